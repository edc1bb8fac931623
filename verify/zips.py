"""
ZIPs, opened with care: the office documents of others, and containers of our own.

Both a document's ZIP and the XML in it can be made to hurt: members are bounded before they are
unpacked, and no entity is ever resolved. A container of our own is written in one way only, and
read in that way only: whatever else a ZIP may be (packed, encrypted, a link, two of one name) is
not the same bytes.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from verify.errors import VerifyError

Element: TypeAlias = Any
"""An element of lxml, which has no types of its own."""

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"

# The parts that we read are text: a book of a million words has about 40 MB of such XML.
# Deflate shrinks real documents 5 to 20 times, and a bomb up to 1,000 times.
MOST_BYTES = 100 * 1024 * 1024
MOST_SHRUNK = 200
SMALL = 1024 * 1024

MOST_MEMBERS = 10_000
"""A book with a picture on each page has about 1,000."""

MOST_DIRECTORY = 2_000_000
"""Bytes of the list of so many members, where their names have 150 letters."""

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,  # encrypted
    NotImplementedError,  # an unknown way of packing
    OSError,
    EOFError,
    ValueError,
)


class Package:
    """The members of a DOCX, by name. A subclass says which error a damaged one is."""

    def __init__(self, body: bytes) -> None:
        """Open the zip, or say that it is none."""
        self._left = MOST_BYTES
        file = _Document(body)
        try:
            self._zip = zipfile.ZipFile(file)
            file.is_opened = True
        except DAMAGED as error:
            raise self.failed(f"it is no DOCX file ({error})") from None
        names = self._zip.namelist()
        if len(names) > MOST_MEMBERS or len(set(names)) < len(names):
            # Of two members with one name, programs differ in which they read.
            raise self.failed("it has too many members, or two of one name")

    def failed(self, reason: str) -> VerifyError:
        """Return the error to raise for this reason."""
        raise NotImplementedError

    def tree(self, path: str) -> Element | None:
        """Return the XML of one member, or `None` where there is no such member."""
        from lxml import etree

        data = self._read(path)
        if data is None:
            return None
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            # the strict form of the standard has other namespaces and is the same otherwise
            return etree.fromstring(data.replace(STRICT, TRANSITIONAL), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self.failed(f"{path} in it is damaged ({error})") from None

    def links(self, path: str) -> dict[str, str]:
        """Return the addresses that the links of a member lead to, by their ids."""
        folder, file = posixpath.split(path)
        tree = self.tree(f"{folder}/_rels/{file}.rels")
        if tree is None:
            return {}
        return {
            r.get("Id") or "": r.get("Target") or ""
            for r in tree.iterchildren("{*}Relationship")
            if r.get("TargetMode") == "External"
        }

    def _read(self, path: str) -> bytes | None:
        try:
            info = self._zip.getinfo(path)
        except KeyError:
            return None
        is_bomb = info.file_size > SMALL and info.file_size > MOST_SHRUNK * info.compress_size
        if is_bomb or info.file_size > self._left:
            raise self.failed(f"{path} in it unpacks to {info.file_size >> 20} MB")
        try:
            with self._zip.open(info) as member:
                # the header may lie: never read more than it says
                data = member.read(info.file_size)
        except DAMAGED as error:
            raise self.failed(f"{path} in it is damaged ({error})") from None
        self._left -= len(data)
        return data


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open the ZIP at `path`. Raises `zipfile.BadZipFile`, also where its list has no end."""
    with _File(io.FileIO(path)) as file, zipfile.ZipFile(file) as archive:
        file.is_opened = True
        yield archive


class _Bounded(io.BufferedIOBase):
    """A file that gives no endless list of members: `zipfile` takes that whole, uncounted."""

    is_opened = False

    def read(self, size: int | None = -1, /) -> bytes:
        if not self.is_opened and size is not None and size > MOST_DIRECTORY:
            raise zipfile.BadZipFile("its list of members is too long")
        return super().read(size)


class _Document(_Bounded, io.BytesIO):
    """One in memory."""


class _File(_Bounded, io.BufferedReader):
    """One on disk."""


# --- a container of our own ---------------------------------------------------------------

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s4B4H3L5H2L")
END = struct.Struct("<4s4H2LH")

EPOCH = (0, 1 << 5 | 1)
"""The one moment that every member carries, the first of 1980: ZIP knows none earlier."""

VERSION, UNIX, RIGHTS = 20, 3, 0o644 << 16

NAME = re.compile(r"(?:[a-z]{1,20}/)?[a-z0-9][a-z0-9-]{0,60}(?:\.[a-z0-9]{1,20}){1,3}")
"""One folder deep, and nothing that any system could read as a way elsewhere."""

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a container. `offset` is where its header begins."""

    name: str
    offset: int
    size: int = 0
    crc: int = 0

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.offset + len(self.head) + self.size

    @property
    def head(self) -> bytes:
        """What stands before its bytes."""
        return LOCAL.pack(
            b"PK\3\4", VERSION, 0, 0, *EPOCH, self.crc, self.size, self.size, len(self.name), 0
        ) + self.name.encode("ascii")

    @property
    def line(self) -> bytes:
        """What the list at the end says of it."""
        return CENTRAL.pack(
            b"PK\1\2", VERSION, UNIX, VERSION, 0, 0, 0, *EPOCH, self.crc, self.size, self.size,
            len(self.name), 0, 0, 0, 0, RIGHTS, self.offset,
        ) + self.name.encode("ascii")  # fmt: skip


class Packing:
    """
    Writes a container, member by member, without holding any.

    Python's `zipfile` writes the same bytes today. These must stay the same under every Python,
    because readers compare them.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Begin a container in `file`, which can seek."""
        self._file = file
        self._members: list[Member] = []

    def add(self, name: str, chunks: Iterable[bytes]) -> int:
        """Write one member, and return its size in bytes."""
        offset = self._file.tell()
        self._file.write(Member(name, offset).head)
        size = crc = 0
        for chunk in chunks:
            self._file.write(chunk)
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
        member = Member(name, offset, size, crc)
        self._members.append(member)
        self._file.seek(offset)
        self._file.write(member.head)
        self._file.seek(0, io.SEEK_END)
        return size

    def close(self) -> None:
        """Write the list of members."""
        self._file.write(_tail(self._members, self._file.tell()))


def _tail(members: list[Member], begin: int) -> bytes:
    lines = b"".join(member.line for member in members)
    count = len(members)
    return lines + END.pack(b"PK\5\6", 0, 0, count, count, len(lines), begin, 0)


def members(file: BinaryIO, most: int) -> dict[str, Member]:
    """
    Return the members of a container, at most so many, by name.

    Raises `zipfile.BadZipFile`, which names the place, where it is not as `Packing` writes it.
    """
    end = file.seek(0, io.SEEK_END) - END.size
    if end < 0:
        raise zipfile.BadZipFile("it is no ZIP file")
    file.seek(end)
    last = file.read(END.size)
    sign, _, _, _, count, length, begin, _ = END.unpack(last)
    if sign != b"PK\5\6" or begin + length != end:
        raise zipfile.BadZipFile("it is no ZIP file that verify wrote, or it is not whole")
    if count > most or length > MOST_DIRECTORY:
        raise zipfile.BadZipFile(f"it claims to hold {count} files in a list of {length} bytes")
    file.seek(begin)
    tail = file.read(length) + last
    found = _listed(file, tail, count)
    rebuilt = _tail(list(found.values()), max((m.end for m in found.values()), default=0))
    if tail != rebuilt:
        where = next((i for i, (a, b) in enumerate(zip(tail, rebuilt, strict=False)) if a != b), 0)
        raise zipfile.BadZipFile(f"the list of files, byte {where}: it is not as verify writes it")
    return found


def _listed(file: BinaryIO, tail: bytes, count: int) -> dict[str, Member]:
    """Return what the list names, each checked to stand right behind the one before it."""
    found: dict[str, Member] = {}
    place = offset = 0
    for _ in range(count):
        if place + CENTRAL.size > len(tail):
            raise zipfile.BadZipFile("its list of files is cut off")
        fields = CENTRAL.unpack_from(tail, place)
        crc, size, length = fields[9], fields[11], fields[12]
        place += CENTRAL.size
        name = tail[place : place + length].decode("latin-1")
        place += length
        if not NAME.fullmatch(name):
            raise zipfile.BadZipFile(f"{name[:80]!r}: verify gives no file such a name")
        if name in found:
            raise zipfile.BadZipFile(f"{name}: it stands there twice")
        member = Member(name, offset, size, crc)
        file.seek(member.offset)
        if file.read(len(member.head)) != member.head:
            raise zipfile.BadZipFile(f"{name}: its header is not as verify writes it")
        found[name], offset = member, member.end
    return found


def chunks(file: BinaryIO, member: Member) -> Iterator[bytes]:
    """
    Yield the bytes of a member, a megabyte at a time.

    Raises `zipfile.BadZipFile` at their end where they are not those that were written.
    """
    left, crc = member.size, 0
    begin = member.offset + len(member.head)
    while left:
        # Whoever takes the chunks may read elsewhere in the file meanwhile.
        file.seek(begin + member.size - left)
        chunk = file.read(min(left, CHUNK))
        if not chunk:
            raise zipfile.BadZipFile(f"{member.name}: it is cut off")
        left -= len(chunk)
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if crc != member.crc:
        raise zipfile.BadZipFile(f"{member.name}: its bytes have changed")
