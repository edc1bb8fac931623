"""
What a WARC file holds behind the records that its index counts: found member by member.

Members are read one behind the other from a place that is known, and never looked for among
other bytes: a page may hold a packed record of somebody else's page.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, BinaryIO

from verify.fetch import warc
from verify.fetch.cdxj import Entry, media_type
from verify.replays import is_copy

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 1 << 14

HEAD = 1 << 20
"""Bytes of a record that are looked at, and that are unpacked at a time: heads have some kB."""

MAGIC = b"\x1f\x8b\x08"

BEGIN = b"WARC/1."

MOST_SHRUNK = 200
"""
How many times as much a record may unpack to: pages unpack to 5 to 20 times, a bomb up to 1,000.
A folder of evidence can come with an article, and this is read without being asked for.
"""


class Rest(Enum):
    """What stands behind the last whole record."""

    NOTHING = "nothing"
    TORN = "torn"
    """The beginning of a record, as a killed process leaves it."""
    FOREIGN = "foreign"
    """Bytes that no record begins with."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The answers in a part of a file, where its last whole record ends, and what follows."""

    answers: tuple[Entry, ...]
    end: int
    rest: Rest


def walk(path: Path, begin: int, most: int) -> Walk:
    """Read the records of a file from `begin` on, where one begins; none above `most` bytes."""
    found, end, rest = [], begin, None
    with path.open("rb") as file:
        while rest is None:
            file.seek(end)
            head, length, rest = _member(file, most)
            if rest is None:
                answer = _answer(head)
                if answer:
                    found.append(replace(answer, file=path.name, offset=end, length=length))
                end += length
    return Walk(tuple(found), end, rest)


def _member(file: BinaryIO, most: int) -> tuple[bytes, int, Rest | None]:
    """Return a record's beginning and its packed length, or what stands there in its place."""
    unpacking, head, length, size = zlib.decompressobj(warc.GZIP), bytearray(), 0, 0
    while not unpacking.eof:
        chunk = unpacking.unconsumed_tail
        if not chunk:
            chunk = file.read(CHUNK)
            length += len(chunk)
            if length == len(chunk) and not MAGIC.startswith(chunk[: len(MAGIC)]):
                return b"", 0, Rest.FOREIGN
        if not chunk:
            return b"", 0, Rest.TORN if length else Rest.NOTHING
        try:
            part = unpacking.decompress(chunk, HEAD)
        except zlib.error:
            return b"", 0, Rest.FOREIGN
        size += len(part)
        head += part[: HEAD - len(head)]
        if size > most or not BEGIN.startswith(head[: len(BEGIN)]):
            return b"", 0, Rest.FOREIGN
    length -= len(unpacking.unused_data)
    is_record = head.startswith(BEGIN) and size <= MOST_SHRUNK * length
    return bytes(head), length, None if is_record else Rest.FOREIGN


def _answer(head: bytes) -> Entry | None:
    """Return what a record says of an answer; `None` where it is a record of something else."""
    about, _, rest = head.partition(b"\r\n\r\n")
    fields = {name.lower(): value for name, value in _fields(about)}
    kind = fields.get("warc-type")
    if kind not in {"response", "revisit"}:
        return None
    block = rest.partition(b"\r\n\r\n")[0]
    try:
        address = warc.uri(fields["warc-target-uri"])
        time = datetime.fromisoformat(fields["warc-date"]).astimezone(UTC)
        digest = fields["warc-payload-digest"].removeprefix("sha256:")
        status = int(block.split(b" ", 2)[1])
    except (KeyError, ValueError, IndexError, OverflowError):
        return None  # whole, but not as we write it: it stays where it is
    return Entry(
        address, time, status, media_type(_fields(block)), digest, file="", offset=0, length=0,
        # By whom it was fetched, the record does not say.
        via="archive" if is_copy(address) else "live", is_revisit=kind == "revisit",
    )  # fmt: skip


def _fields(head: bytes) -> tuple[tuple[str, str], ...]:
    """Return the fields of a head, without its first line."""
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    split = (line.partition(":") for line in lines)
    return tuple((name, value.strip()) for name, _, value in split)
