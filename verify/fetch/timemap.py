"""TimeMaps: lists of archived copies, in `application/link-format` (RFC 7089, RFC 6690)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

from verify.errors import FetchError
from verify.fetch import address as addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LINK = re.compile(r"<([^<>\s]{1,8000})>([^<>]{0,2000})")
"""One link with its parameters, which end where the next link begins."""

PARAMETER = re.compile(
    r";\s{0,9}([a-z*-]{1,20})\s{0,9}=\s{0,9}(?:\"([^\"]{0,300})\"|([^\s;,\"]{1,300}))"
)

MOST_LINKS = 50_000
"""Links of one list that are read. The Wayback Machine's longest lists have more, and their end
is let go: the gate has named the nearest copy already."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a page: a memento, with the moment at which it was taken."""

    address: str
    captured: datetime


@dataclass(frozen=True, slots=True)
class TimeMap:
    """The copies that a list or a Link header names, and the address of a longer list."""

    copies: tuple[Copy, ...]
    timemap: str | None = None


def parse(text: str, base: str) -> TimeMap:
    """Read a list of links, leaving out what is not understood."""
    copies: list[Copy] = []
    more = None
    for number, found in enumerate(LINK.finditer(text)):
        if number >= MOST_LINKS:
            break
        fields = {m[1]: m[2] if m[2] is not None else m[3] for m in PARAMETER.finditer(found[2])}
        relations = fields.get("rel", "").lower().split()
        if "memento" in relations:
            copies += _copy(base, found[1], fields.get("datetime", ""))
        elif "timemap" in relations and more is None:
            more = _joined(base, found[1])
    return TimeMap(tuple(copies), more)


def dump(page: str, copies: Iterable[Copy]) -> bytes:
    """Write a list of the copies of `page`, in their order."""
    links = [f'<{page}>; rel="original"']
    for copy in copies:
        moment = format_datetime(copy.captured.astimezone(UTC), usegmt=True)
        links.append(f'<{copy.address}>; rel="memento"; datetime="{moment}"')
    return ",\n".join(links).encode()


def nearest(copies: Iterable[Copy], moment: datetime, most: int, *, latest: datetime) -> list[Copy]:
    """
    Return the copies nearest `moment`, none of them later than `latest`.

    Where there are copies on both sides, the list has one of each side.
    """
    unique = {copy.captured: copy for copy in reversed(list(copies)) if copy.captured <= latest}
    ordered = sorted(unique.values(), key=lambda c: (abs(c.captured - moment), c.captured))
    chosen = ordered[:most]
    for is_after in (False, True):
        side = [copy for copy in ordered if (copy.captured > moment) == is_after]
        if side and side[0] not in chosen:
            chosen[-1] = side[0]
    return chosen


def http_date(text: str) -> datetime | None:
    """Read a date as HTTP writes it, or `None`."""
    try:
        moment = parsedate_to_datetime(text[:60])
    except (ValueError, TypeError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _copy(base: str, address: str, moment: str) -> Iterator[Copy]:
    captured, where = http_date(moment), _joined(base, address)
    if captured is not None and where is not None:
        yield Copy(where, captured)


def _joined(base: str, address: str) -> str | None:
    try:
        return addresses.check(addresses.join(base, address)).url
    except FetchError:
        return None
