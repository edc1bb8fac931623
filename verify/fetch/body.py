"""A response's body: unpacked within bounds, and known to be whole."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from verify.errors import FetchError
from verify.model import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable

GZIP_MAGIC = b"\x1f\x8b"

MAX_MEMBERS = 64
"""Gzip members in one body. Servers send one; each costs us a new decompressor."""

IDENTITY = frozenset({"", "identity"})
GZIP = frozenset({"gzip", "x-gzip"})


def size(count: int) -> str:
    """Return a number of bytes as people write it."""
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count} bytes"


def too_large(max_bytes: int) -> FetchError:
    """Return the error for a body that grows beyond the cap."""
    return FetchError(f"larger than the cap of {size(max_bytes)}", failure=Failure.TOO_LARGE)


def _damaged(how: str) -> FetchError:
    return FetchError(f"the compressed body {how}", failure=Failure.UNREADABLE)


def unpack(chunks: Iterable[bytes], encoding: str, max_bytes: int) -> bytes:
    """
    Return the whole body that `chunks` carry in this content encoding.

    No more than `max_bytes` are ever held, packed or unpacked, so a gzip bomb costs no more
    than an honest page. A compressed stream without its end is an error: half a page would
    read as a source that does not say what it says.
    """
    whole = bytearray()
    received = 0
    decoder = _decoder(encoding)
    for chunk in chunks:
        received += len(chunk)
        if received > max_bytes:
            raise too_large(max_bytes)
        try:
            whole += decoder.feed(chunk, max_bytes - len(whole))
        except zlib.error as error:
            raise _damaged("is damaged") from error
        if len(whole) > max_bytes:
            raise too_large(max_bytes)
    decoder.finish()
    return bytes(whole)


def _decoder(encoding: str) -> _Plain | _Zlib:
    name = encoding.strip().lower()
    if name in IDENTITY:
        return _Plain()
    if name in GZIP or name == "deflate":
        return _Zlib(is_gzip=name in GZIP)
    raise FetchError(
        f"the body is packed as {name[:40]!r}, which was not asked for",
        failure=Failure.UNREADABLE,
    )


class _Plain:
    """A body as it came."""

    def feed(self, chunk: bytes, room: int) -> bytes:
        return chunk[: room + 1]

    def finish(self) -> None:
        """Nothing to check: HTTP itself says where a plain body ends."""


class _Zlib:
    """Gzip (also several members in a row), zlib, or the bare deflate that some servers send."""

    def __init__(self, *, is_gzip: bool) -> None:
        self.is_gzip = is_gzip
        self.inner: zlib._Decompress | None = None
        self.head = b""
        self.members = 0
        self.is_plain = False

    def feed(self, chunk: bytes, room: int) -> bytes:
        """Return at most `room + 1` bytes, so that the caller can see the cap passed."""
        chunk, self.head = self.head + chunk, b""
        if self.is_plain:
            return chunk[: room + 1]
        if self.inner is None and len(chunk) < len(GZIP_MAGIC):
            self.head = chunk
            return b""
        whole = bytearray()
        while chunk and len(whole) <= room:
            inner = self.inner or self._next_member(chunk)
            if inner is None:
                return bytes(whole) + self._rest(chunk, room)
            whole += inner.decompress(chunk, room + 1 - len(whole))
            self.inner, chunk = (None if inner.eof else inner), inner.unused_data
        return bytes(whole)

    def _rest(self, chunk: bytes, room: int) -> bytes:
        """Return what no member holds: all of it where nothing was packed, else padding."""
        return chunk[: room + 1] if self.is_plain else b""

    def _next_member(self, chunk: bytes) -> zlib._Decompress | None:
        """Return what reads the member that `chunk` begins with, or `None` if it begins none."""
        if self.is_gzip and not chunk.startswith(GZIP_MAGIC):
            # Before the first member the header was wrong; after one it is padding.
            self.is_plain = self.members == 0
            return None
        self.members += 1
        if self.members > (MAX_MEMBERS if self.is_gzip else 1):
            return None
        return zlib.decompressobj(self._window(chunk))

    def _window(self, chunk: bytes) -> int:
        if self.is_gzip:
            return zlib.MAX_WBITS | 16
        is_zlib = chunk[0] & 0x0F == zlib.DEFLATED and int.from_bytes(chunk[:2]) % 31 == 0
        return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS

    def finish(self) -> None:
        is_open = self.inner is not None
        if is_open or (self.head and not self.members):
            raise _damaged("is cut short")
