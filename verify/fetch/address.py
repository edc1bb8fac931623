"""Which addresses may be asked at all, before any connection is made."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from verify.errors import FetchError
from verify.model import Failure

SCHEMES = frozenset({"http", "https"})

MAX_LENGTH = 8_000
"""What servers accept at least, by RFC 9110, section 4.1."""

UNSAFE = re.compile(r"[\x00-\x20\x7f\\<>\"]")


def refused(message: str) -> FetchError:
    """Return the error for an address that we decline to ask."""
    return FetchError(message, failure=Failure.REFUSED)


def check(address: str) -> SplitResult:
    """Return the parts of an address that may be asked, or raise `FetchError` (refused)."""
    if len(address) > MAX_LENGTH:
        raise refused(f"the address is {len(address)} characters long: {address[:60]}…")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise refused(f"not an address: {address[:200]!r} ({error})") from error
    if parts.scheme not in SCHEMES:
        raise refused(f"neither http nor https: {address[:200]!r}")
    if UNSAFE.search(address) or not parts.hostname or port == 0:
        raise refused(f"not an address: {address[:200]!r}")
    if parts.username is not None:
        raise refused(f"the address carries a user name: {parts.hostname}")
    return parts


def host_of(address: str) -> str:
    """Return what politeness is counted by: the host with its port."""
    parts = check(address)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or ''}"


def join(base: str, location: str) -> str:
    """Return where a redirect from `base` leads, still unchecked."""
    try:
        return urljoin(base, location.strip()).replace(" ", "%20")
    except ValueError as error:
        raise refused(f"redirects to no address: {location[:200]!r}") from error
