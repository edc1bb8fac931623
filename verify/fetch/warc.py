"""
Records of WARC 1.1, as bytes: what was asked of a server, and what it answered.

They are written here and not by warcio: its writer took as long as the rest of the recording, at
the hardest packing, for the same bytes. A record in the very form that we write is read here, too,
in a fifth of warcio's time, since a run reads every page again that has not changed. Any other
form is for warcio.

https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote, urldefrag, urlsplit
from uuid import uuid4

from verify import __version__
from verify.hosts import in_ascii

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verify.fetch.cdxj import Entry
    from verify.fetch.store import Exchange

LEVEL = 3
"""
How hard a record is packed. Of 150 pages of the readability corpus (15 MB), 3 leaves 19.7 % at
152 MB/s and 9 leaves 17.5 % at 35 MB/s.
"""

SMALL = 4_096
"""Bytes of a record of headers alone, or nearly: it needs a window no larger than itself."""

SMALL_TABLES, LARGE_TABLES = (12, 4), (15, 7)
"""
The logarithm of the window, and zlib's `memLevel`. Of the readability corpus (130 pages) 7 leaves
18.5 % and the usual 8 leaves 18.6 %, for four fifths of the time.
"""

REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

HTTP = "application/http; msgtype="

BREAK = re.compile(r"[\x00-\x1f\x7f]")

VISIBLE = "".join(map(chr, range(0x21, 0x7F)))

GZIP = zlib.MAX_WBITS | 16
"""zlib's `wbits` for gzip with the largest window."""

PROTOCOL, END = b"HTTP/1.1 ", b"\r\n\r\n"

WRITTEN = re.compile(
    rb"(WARC/1\.1\r\n(?:[A-Za-z-]+: [^\r\n]*\r\n)*?)Content-Length: ([0-9]{1,12})\r\n\r\n"
    rb"HTTP/1\.1 ([0-9]{3}) \r\n((?:[!#-9;-~]+: [!-~](?:[ -~]*[!-~])?\r\n)*)\r\n"
)
"""The record of an answer down to its body, in the form that `records` gives it."""

Parts: TypeAlias = tuple[int, tuple[tuple[str, str], ...], bytes, bool]
"""Of an answer: its status, its headers, its body, and whether there was more of that."""


def information(name: str) -> bytes:
    """Return the packed record that a WARC file begins with."""
    fields = {"WARC-Filename": name, "WARC-Date": moment(datetime.now(UTC))}
    block = f"software: verify-sources/{__version__}\r\nformat: WARC File Format 1.1\r\n"
    return _member("warcinfo", _identity(), "application/warc-fields", fields, block.encode())


def records(exchange: Exchange, digest: str, repeats: Entry | None) -> tuple[bytes, bytes]:
    """Return the packed request record and the packed response (or revisit) record."""
    identity = _identity()
    common = {"WARC-Target-URI": exchange.address, "WARC-Date": moment(exchange.time)}
    request = _member(
        "request",
        _identity(),
        f"{HTTP}request",
        {**common, "WARC-Concurrent-To": identity},
        _asked(exchange),
    )
    fields = {**common, "WARC-Payload-Digest": f"sha256:{digest}"}
    if exchange.is_cut:
        fields["WARC-Truncated"] = "length"
    if repeats is not None:
        fields |= {
            "WARC-Profile": REVISIT,
            "WARC-Refers-To-Target-URI": repeats.address,
            "WARC-Refers-To-Date": moment(repeats.time),
        }
    kind = "response" if repeats is None else "revisit"
    body = exchange.body if repeats is None else b""
    block = _answered(exchange) + body
    return request, _member(kind, identity, f"{HTTP}response", fields, block)


def unpacked(packed: bytes, most: int) -> bytes:
    """
    Return a record without its packing.

    Raises `ValueError` where it is not one whole member of gzip, or longer than `most` bytes.
    """
    reader = zlib.decompressobj(GZIP)
    try:
        record = reader.decompress(packed, most)
    except zlib.error as error:
        raise ValueError("the compressed record is damaged") from error
    if not reader.eof or reader.unused_data:
        raise ValueError("the compressed record is cut off, too large or not alone")
    return record


def parts(record: bytes) -> Parts:
    """Take the record of an answer apart. Raises `ValueError` where it is none."""
    return _plainly(record) or _by_warcio(record)


def uri(address: str) -> str:
    """
    Return an address as WARC has it: in ASCII, and without its fragment.

    Players look pages up by what a browser would ask for: Persian letters, they never find.
    """
    return quote(urldefrag(in_ascii(address)).url, safe=VISIBLE)


def moment(time: datetime) -> str:
    """
    Write a moment in whole seconds.

    WARC 1.1 allows fractions, but players look up what a revisit refers to by fourteen digits.
    """
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- the small steps --------------------------------------------------------------------


def _plainly(record: bytes) -> Parts | None:
    """Take a record apart that `records` wrote; `None` for any other form."""
    found = WRITTEN.match(record)
    if found is None:
        return None
    fields, length, status, head = found.groups()
    end = len(record) - len(END)
    if found.start(3) - len(PROTOCOL) + int(length) != end or record[end:] != END:
        return None
    pairs = (line.partition(": ") for line in head.decode("ascii").splitlines())
    headers = tuple((name, value) for name, _, value in pairs)
    return int(status), headers, record[found.end() : end], b"\r\nWARC-Truncated: " in fields


def _by_warcio(record: bytes) -> Parts:
    # Not through its iterator: it would unpack what is packed twice, and without a bound.
    from warcio.recordloader import ArcWarcRecordLoader

    try:
        found = ArcWarcRecordLoader().parse_record_stream(BytesIO(record), known_format="warc")
        status = int(found.http_headers.get_statuscode())
    except Exception as error:  # warcio's own share no base
        raise ValueError(f"not a record of an answer ({type(error).__name__})") from error
    headers = tuple((str(k), str(v)) for k, v in found.http_headers.headers)
    is_cut = found.rec_headers.get_header("WARC-Truncated") is not None
    return status, headers, found.raw_stream.read(), is_cut


def _identity() -> str:
    return f"<urn:uuid:{uuid4()}>"


def _member(
    kind: str, identity: str, media_type: str, fields: Mapping[str, str], block: bytes
) -> bytes:
    """Return a record as a gzip member of its own."""
    whole = {
        "WARC-Type": kind,
        "WARC-Record-ID": identity,
        **fields,
        "WARC-Block-Digest": f"sha256:{sha256(block).hexdigest()}",
        "Content-Type": media_type,
        "Content-Length": str(len(block)),
    }
    # No value may begin another line.
    lines = "".join(f"{k}: {BREAK.sub(_escaped, v)}\r\n" for k, v in whole.items())
    head = f"WARC/1.1\r\n{lines}\r\n".encode("utf-8", "replace")
    return _packed(b"".join((head, block, b"\r\n\r\n")))


def _packed(record: bytes) -> bytes:
    """
    Return a record as gzip.

    Its tables are made anew for each record, by calls of the system where they are large: those
    of the usual size took longer than packing a request.
    """
    window, table = SMALL_TABLES if len(record) <= SMALL else LARGE_TABLES
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, window | 16, table)
    return packer.compress(record) + packer.flush()


def _escaped(found: re.Match[str]) -> str:
    return quote(found[0])


def _asked(exchange: Exchange) -> bytes:
    parts = urlsplit(exchange.address)
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    first = f"GET {_ascii(target)} HTTP/1.1"
    return _head(first, [("Host", parts.netloc), *exchange.sent])


def _answered(exchange: Exchange) -> bytes:
    kept = [
        (k, v)
        for k, v in exchange.headers
        # The transfer coding is gone, and the length is that of what we keep.
        if k.lower() not in {"transfer-encoding", "content-length"}
    ]
    length = ("Content-Length", str(len(exchange.body)))
    return _head(f"HTTP/1.1 {exchange.status} ", [*kept, length])


def _head(first: str, fields: Iterable[tuple[str, str]]) -> bytes:
    lines = "".join(f"{_ascii(k)}: {_ascii(v)}\r\n" for k, v in fields)
    return f"{first}\r\n{lines}\r\n".encode("ascii")


def _ascii(text: str) -> str:
    """Percent-encode what HTTP does not carry; its library reads foreign bytes as latin-1."""
    if text.isascii() and text.isprintable():
        return text
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "surrogatepass")
    return quote(raw, safe=f" {VISIBLE}")
