"""How an address may be spelt: one reading of it, or a refusal, before any name is looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import TypeAlias
from urllib.parse import SplitResult, urljoin, urlsplit

from verify.errors import FetchError
from verify.hosts import name
from verify.model import Failure

IP: TypeAlias = IPv4Address | IPv6Address

PORTS = {"http": 80, "https": 443}

MAX_LENGTH = 8_000
"""What servers accept at least, by RFC 9110, section 4.1."""

UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"\u2028\u2029]")
"""White space, controls, and the characters that browsers and libraries read differently."""

NUMBER = re.compile(r"0[xX][0-9a-fA-F]{0,64}|[0-9]{1,64}")

CLOSED_PORTS = frozenset(
    {
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95,
        101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179,
        389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601,
        636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566,
        6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    }
)  # fmt: skip
"""
The ports of mail, shells and the like, which no browser asks for pages either
(https://fetch.spec.whatwg.org/#port-blocking).
"""


@dataclass(frozen=True, slots=True)
class Address:
    """An address that is well spelt. Whether it may be asked is for `guard.Policy` to say."""

    url: str
    """As it was given."""
    scheme: str
    host: str
    """In ASCII (punycode) and lower case, without brackets or a last dot."""
    port: int
    ip: IP | None
    """What the host is, where it is no name."""
    parts: SplitResult

    @property
    def origin(self) -> str:
        """What politeness is counted by: the scheme, the host and its port."""
        host = f"[{self.host}]" if isinstance(self.ip, IPv6Address) else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def shown(self) -> str:
        """The address with its host in ASCII, so that no letter can pass for another."""
        rest = self.parts._replace(scheme="", netloc="").geturl()
        return self.origin + rest


def refused(message: str, hint: str | None = None) -> FetchError:
    """Return the error for an address that we decline to ask."""
    error = FetchError(message, failure=Failure.REFUSED)
    error.hint = hint
    return error


def check(address: str) -> Address:
    """Return the one reading of a well spelt address, or raise `FetchError` (refused)."""
    if len(address) > MAX_LENGTH:
        raise refused(f"the address is {len(address)} characters long: {address[:60]}…")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise refused(f"not an address: {address[:200]!r} ({error})") from error
    if parts.scheme not in PORTS:
        raise refused(f"neither http nor https: {address[:200]!r}")
    if UNSAFE.search(address) or not parts.hostname:
        raise refused(f"not an address: {address[:200]!r}")
    if "@" in parts.netloc:
        # `http://bank.example@evil.example/` reads as the one and leads to the other.
        raise refused(f"the address carries a user name: {parts.hostname}")
    host, ip = _host(parts.hostname, address, is_bracketed="[" in parts.netloc)
    port = PORTS[parts.scheme] if port is None else port
    if port in CLOSED_PORTS:
        raise refused(f"port {port} is not one of web pages: {address[:200]!r}")
    return Address(address, parts.scheme, host, port, ip, parts)


def host_of(address: str) -> str:
    """Return what politeness is counted by: the scheme, the host and its port."""
    return check(address).origin


def join(base: str, location: str) -> str:
    """Return where a redirect from `base` leads, still unchecked, with its host in ASCII."""
    try:
        joined = urljoin(base, location.strip()).replace(" ", "%20")
        host = urlsplit(joined).hostname or ""
    except ValueError as error:
        raise refused(f"redirects to no address: {location[:200]!r}") from error
    spelt = host if host.isascii() else name(host)
    # The host comes first: what stands before it has no such letters.
    return joined.replace(host, spelt, 1) if spelt and host in joined else joined


# --- the host ---------------------------------------------------------------------------


def _host(host: str, address: str, *, is_bracketed: bool) -> tuple[str, IP | None]:
    if is_bracketed:
        ip = _ipv6(host, address)
        return str(ip), ip
    spelt = name(host)
    if spelt is None:
        raise refused(f"not an address: {address[:200]!r} (its host is no name)")
    if not NUMBER.fullmatch(spelt.rpartition(".")[2]):
        return spelt, None
    number = _ipv4(spelt, address)
    return str(number), number


def _ipv6(host: str, address: str) -> IPv6Address:
    try:
        ip = IPv6Address(host)
    except ValueError as error:
        raise refused(f"not an address: {address[:200]!r} ({error})") from error
    if ip.scope_id is not None:
        raise refused(f"the address names a network interface: {address[:200]!r}")
    return ip


def _ipv4(host: str, address: str) -> IPv4Address:
    """
    Read a host that ends in a number, as browsers and the C library do.

    They take 2130706433, 0x7f.1 and 0177.0.0.1 for 127.0.0.1; other readers do not. Nobody
    cites a source that way, so only four decimal numbers are let through.
    """
    ip = _by_any_reading(host.split("."))
    if ip is None:
        raise refused(f"not an address: {address[:200]!r} (its host is no number of the internet)")
    if str(ip) != host:
        raise refused(f"{host[:80]!r} is an odd spelling of {ip}", f"write {ip}")
    return ip


def _by_any_reading(labels: list[str]) -> IPv4Address | None:
    """Read up to four numbers, the last of which fills all bytes that are left."""
    if len(labels) > 4 or not all(NUMBER.fullmatch(label) for label in labels):
        return None
    try:
        *heads, last = [_number(label) for label in labels]
    except ValueError:  # 089 is neither octal nor decimal
        return None
    if any(head > 255 for head in heads) or last >= 256 ** (4 - len(heads)):
        return None
    return IPv4Address(sum(h << 8 * (3 - n) for n, h in enumerate(heads)) + last)


def _number(label: str) -> int:
    if label[:2].lower() == "0x":
        return int(label[2:] or "0", 16)
    return int(label, 8 if label.startswith("0") and len(label) > 1 else 10)
