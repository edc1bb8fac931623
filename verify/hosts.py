"""
Host names in ASCII (punycode), so that no letter can pass for another.

`раураl.example` with Cyrillic letters looks like a bank's name and leads elsewhere. Fetching asks
for the one spelling that the DNS has; reports show it.
"""

from __future__ import annotations

import re
from urllib.parse import quote

HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62}){0,126}")
"""A name in ASCII (RFC 1123, with the underscore that some hosts have), 63 a label."""

MAX_HOST = 253
"""The longest name that the DNS carries (RFC 1035, section 2.3.4)."""

AUTHORITY = re.compile(
    r"(?P<scheme>\bhttps?://)(?P<authority>[^\s/?#\\\"'<>“”«»…(){}|^`،؛,;!]{1,2000})", re.IGNORECASE
)
"""What stands between the slashes of an address, also of one in the middle of a sentence."""

PORT = re.compile(r":[0-9]{0,5}\Z")

DOTS = re.compile("[.\u3002\uff0e\uff61]")
"""What browsers take for the dot between two labels (UTS 46)."""

ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5\u06ee-\u06ff\u200c0-9-]+")
"""A label in the letters of Persian and Arabic, none of which looks like a Latin one."""


def name(host: str) -> str | None:
    """Return a host name in ASCII and lower case without its last dot, `None` where it is none."""
    if not host.isascii():
        import idna

        try:
            # What requests does: full-width digits, ideographic dots and capitals are mapped.
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    host = host.lower().removesuffix(".")
    return host if len(host) <= MAX_HOST and HOST.fullmatch(host) else None


def in_ascii(text: str) -> str:
    """Write the host of each web address in `text` in ASCII; all else stays as it is."""
    return text if text.isascii() else AUTHORITY.sub(_spelt, text)


def shown(address: str) -> str:
    """
    Write an address with its host in ASCII.

    A host in Persian or Arabic letters follows in brackets, for its readers cannot read
    punycode. No other letters do: whole names of Cyrillic or Greek ones look like Latin.
    """
    host = readable(address)
    return f"{in_ascii(address)} ({host})" if host else in_ascii(address)


def readable(address: str) -> str | None:
    """Return the host of an address where it is in letters that can be shown beside punycode."""
    found = AUTHORITY.match(address)
    if address.isascii() or found is None or "@" in found["authority"]:
        return None
    host = PORT.sub("", found["authority"])
    labels = [label for label in DOTS.split(host) if not label.isascii()]
    return host if labels and all(ARABIC.fullmatch(label) for label in labels) else None


def _spelt(found: re.Match[str]) -> str:
    authority = found["authority"]
    if authority.isascii():
        return found[0]
    user, at, host = authority.rpartition("@")
    bare = PORT.sub("", host)
    user = quote(user, safe=":", errors="replace")
    return f"{found['scheme']}{user}{at}{_ascii(bare)}{host[len(bare) :]}"


def _ascii(host: str) -> str:
    """Return a host in ASCII, also one that no server can have."""
    if host.isascii():
        return host
    if len(host) > MAX_HOST:  # both ways below take time by the square of the length
        return quote(host, safe=".", errors="replace")
    spelt = name(host) or ".".join(_label(label) for label in DOTS.split(host.rstrip(".")))
    return f"{spelt}." if host.endswith(".") else spelt


def _label(label: str) -> str:
    try:
        return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
    except UnicodeError:
        return quote(label, safe="", errors="replace")
