"""
Which hosts may be asked: the public web, and what a person allows by name.

An article is somebody else's text. Whoever checks it must not be made to ask the machines of
their own network for pages, so an address is looked at three times: as it is spelt
(`address.check`), by its name (`Policy.check`, also for every redirect), and by the numbers
that its name stands for at the moment of connecting (`Policy.numbers`). The connection goes to
the very number that was looked at, so a name that means another machine a second later (DNS
rebinding) gains nothing.
"""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, TypeAlias

from verify import hosts
from verify.fetch import address as addresses
from verify.fetch.address import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from verify.errors import FetchError
    from verify.fetch.address import IP, Address

Network: TypeAlias = IPv4Network | IPv6Network

Resolver: TypeAlias = "Callable[[str, int], Iterable[str]]"
"""Returns the numbers that a name stands for, or raises `socket.gaierror`."""

MOST_NUMBERS = 4
"""Numbers of one name that are tried. Two families with two each are all that a reader waits
for; a hostile name can have thousands."""

METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",  # most clouds
            "169.254.170.2",  # containers at AWS
            "169.254.170.23",
            "169.254.169.123",
            "169.254.0.23",  # Tencent
            "100.100.100.200",  # Alibaba
            "168.63.129.16",  # Azure; public by its number
            "192.0.0.192",  # Oracle
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",  # Google
            "fd00:42::42",  # Scaleway
        ),
    )
)
"""Where clouds tell a machine its own secrets. Allowed only by naming the very number."""

OF_METADATA = "an address of cloud metadata"

SPECIAL: tuple[tuple[str, str], ...] = (
    # https://www.iana.org/assignments/iana-ipv4-special-registry
    ("0.0.0.0/8", "an address of no machine"),
    ("10.0.0.0/8", "a private address"),
    ("100.64.0.0/10", "an address inside a provider's network"),
    ("127.0.0.0/8", "a loopback address"),
    ("169.254.0.0/16", "a link-local address"),
    ("172.16.0.0/12", "a private address"),
    ("192.0.0.0/24", "a reserved address"),
    ("192.0.2.0/24", "an address of documentation"),
    ("192.88.99.0/24", "an address of a tunnel"),
    ("192.168.0.0/16", "a private address"),
    ("198.18.0.0/15", "an address of benchmarks"),
    ("198.51.100.0/24", "an address of documentation"),
    ("203.0.113.0/24", "an address of documentation"),
    ("224.0.0.0/4", "a multicast address"),
    ("240.0.0.0/4", "a reserved address"),
    # https://www.iana.org/assignments/iana-ipv6-special-registry
    ("::/128", "an address of no machine"),
    ("::1/128", "a loopback address"),
    ("::ffff:0:0/96", "an IPv4 address in the clothes of IPv6"),
    ("::/96", "an IPv4 address in the clothes of IPv6"),
    ("64:ff9b:1::/48", "an address of a local translator"),
    ("2001::/32", "an address of a tunnel"),
    ("2001::/23", "a reserved address"),
    ("2001:db8::/32", "an address of documentation"),
    ("2002::/16", "an address of a tunnel"),
    ("3fff::/20", "an address of documentation"),
    ("fc00::/7", "a private address"),
    ("fe80::/10", "a link-local address"),
    ("fec0::/10", "a private address"),
    ("ff00::/8", "a multicast address"),
)
_SPECIAL: tuple[tuple[Network, str], ...] = tuple((ip_network(n), what) for n, what in SPECIAL)

_GLOBAL = IPv6Network("2000::/3")
"""All of IPv6 that was ever given out for machines of the internet."""

_AT_THE_END: tuple[IPv6Network, ...] = tuple(
    map(
        IPv6Network,
        (
            "::/96",  # compatible
            "::ffff:0:0/96",  # mapped
            "::ffff:0:0:0/96",  # translated (RFC 7915)
            "64:ff9b::/96",  # translated (RFC 6052)
            "64:ff9b:1::/48",  # translated (RFC 8215)
        ),
    )
)
"""Forms of IPv6 that carry an IPv4 address in their last 32 bits."""

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""Networks without IPv4 give every old host a number in here (RFC 6052), its own at the end."""

LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})

PRIVATE_ENDS = (
    ".localhost",  # RFC 6761
    ".local",  # RFC 6762
    ".internal",  # set aside by ICANN in 2024; cloud metadata, too
    ".home.arpa",  # RFC 8375
    ".onion",  # RFC 7686
)

METADATA_NAMES = frozenset(
    {
        "instance-data",
        "instance-data.ec2.internal",
        "metadata",
        "metadata.azure.internal",
        "metadata.goog",
        "metadata.google.internal",
    }
)


@dataclass(frozen=True)
class Policy:
    """
    Says which addresses may be asked.

    `allow_private` names hosts, numbers (`10.1.2.3`) or networks (`10.0.0.0/8`) that may be
    asked although they are not public.
    """

    allow_private: tuple[str, ...] = ()
    resolve: Resolver = field(default_factory=lambda: system_numbers)

    def check(self, address: str) -> Address:
        """Return an address that may be asked as far as its spelling says, or raise."""
        found = addresses.check(address)
        if found.ip is not None:
            self._check_number(found.host, found.ip)
        elif found.host in LOOPBACK_NAMES or found.host.endswith(".localhost"):
            self._check_number(found.host, IPv4Address("127.0.0.1"))
        elif self._is_private_name(found.host):
            raise _private(found.host, "a name of private networks")
        return found

    def numbers(self, host: str, port: int, seconds: float | None = None) -> list[IP]:
        """
        Return the numbers of `host` that may be asked, at most `MOST_NUMBERS`, or raise.

        A name that has public and private numbers is asked at its public ones.
        """
        name, kinds = self._looked_up(host, port, seconds)
        allowed = [ip for ip, what in kinds.items() if what is None]
        if not allowed and kinds:
            raise _means(name, *next(iter(kinds.items())))
        return allowed[:MOST_NUMBERS]

    def check_numbers(self, host: str, port: int, seconds: float | None = None) -> None:
        """Raise where `host` has any number that may not be asked: another may choose that one."""
        name, kinds = self._looked_up(host, port, seconds)
        for ip, what in kinds.items():
            if what is not None:
                raise _means(name, ip, what)

    def is_yours(self, address: str) -> bool:
        """Whether a person has allowed the very host of an address, by its name or its number."""
        found = addresses.check(address)
        if found.ip is None:
            return found.host in self._names
        return self._is_in_networks(found.ip)

    def public(self) -> Policy:
        """Return the policy that allows nothing private."""
        return Policy(resolve=self.resolve)

    def _looked_up(
        self, host: str, port: int, seconds: float | None
    ) -> tuple[str, dict[IP, str | None]]:
        """Return the numbers of a host with the reason why each may not be asked, if any."""
        name = hosts.name(host) or host
        found = [ip_address(n) for n in _in_time(self.resolve, host, port, seconds)]
        return name, {ip: self._forbids(name, ip) for ip in found}

    def _check_number(self, host: str, ip: IP) -> None:
        what = self._forbids(host, ip)
        if what:
            raise _private(host, what)

    def _forbids(self, host: str, ip: IP) -> str | None:
        """Return why a number may not be asked, or `None`."""
        what = kind(ip)
        if what is None:
            return None
        if what == OF_METADATA:
            named = {n.network_address for n in self._networks if n.num_addresses == 1}
            return what if named.isdisjoint((ip, *_carried(ip))) else None
        return None if self._is_in_networks(ip) or host in self._names else what

    def _is_in_networks(self, ip: IP) -> bool:
        return any(n.version == ip.version and ip in n for n in self._networks)

    def _is_private_name(self, host: str) -> bool:
        if host in self._names:
            return False
        # Where a network is allowed, what the name stands for decides.
        return host in METADATA_NAMES or (not self._networks and host.endswith(PRIVATE_ENDS))

    @cached_property
    def _networks(self) -> tuple[Network, ...]:
        return tuple(n for n in map(_network, self.allow_private) if n is not None)

    @cached_property
    def _names(self) -> frozenset[str]:
        named = (hosts.name(h) for h in self.allow_private if _network(h) is None)
        return frozenset(n for n in named if n is not None)


def kind(ip: IP) -> str | None:
    """Return what an address is where it is none of the public internet, in words."""
    if not METADATA.isdisjoint((ip, *_carried(ip))):
        return OF_METADATA
    if ip in _TRANSLATED:
        return kind(IPv4Address(int(ip) & 0xFFFF_FFFF))
    for network, what in _SPECIAL:
        if ip in network:
            return what
    return None if ip.version == 4 or ip in _GLOBAL else "a reserved address"


def system_numbers(host: str, port: int) -> list[str]:
    """Ask the system what a name stands for."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


# --- the small steps --------------------------------------------------------------------


def _private(shown: str, what: str, host: str | None = None) -> FetchError:
    return refused(
        f"{shown} is {what}", f"where it is yours, allow it with --allow-private {host or shown}"
    )


def _means(name: str, ip: IP, what: str | None) -> FetchError:
    shown = f"{name} ({ip})" if name != str(ip) else name
    return _private(shown, str(what), host=name)


def _carried(ip: IP) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses that an IPv6 address has inside, to which it may be taken."""
    if not isinstance(ip, IPv6Address):
        return ()
    if any(ip in network for network in _AT_THE_END):
        return (IPv4Address(int(ip) & 0xFFFF_FFFF),)
    return (*(ip.teredo or ()), *((ip.sixtofour,) if ip.sixtofour else ()))


def _network(text: str) -> Network | None:
    try:
        return ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None


def _in_time(resolve: Resolver, host: str, port: int, seconds: float | None) -> Sequence[str]:
    """
    Look a name up, and wait no longer than `seconds`.

    The C library takes no timeout and asks each name server several times.
    """
    answer: list[Sequence[str] | Exception] = []

    def ask() -> None:
        try:
            answer.append([n.partition("%")[0] for n in resolve(host, port)])
        except Exception as error:  # noqa: BLE001 (raised again below, in the caller's thread)
            answer.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if not answer:
        raise TimeoutError(f"no name server answered for {host}")
    if isinstance(answer[0], Exception):
        raise answer[0]
    return answer[0]
