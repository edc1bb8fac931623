"""TimeMaps: lists of archived copies, in `application/link-format` (RFC 7089, RFC 6690)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from itertools import zip_longest
from typing import TYPE_CHECKING

from verify.errors import FetchError
from verify.fetch import address as addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LINK = re.compile(r"<([^<>\s]{1,8000})>([^<>]{0,2000})")
"""One link with its parameters, which end where the next link begins."""

PARAMETER = re.compile(
    r";\s{0,9}([a-z*-]{1,20})\s{0,9}=\s{0,9}(?:\"([^\"]{0,300})\"|([^\s;,\"]{1,300}))"
)

MOST_LINKS = 50_000
"""Links of one list that are read. The Wayback Machine's longest lists have more, and their end
is let go: the gate has named the nearest copy already."""


MOST_PARTS = 1_000
"""Other lists that one list may name; the longest known has some dozens."""

MOST_TRIED = 4
"""
Archived copies of one page that are read before it is given up: two on each side of a day, where
each side has two.
"""

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a page: a memento, with the moment at which it was taken."""

    address: str
    captured: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """Another list of copies, with the days that it is of, where that is said."""

    address: str
    first: datetime | None = None
    last: datetime | None = None

    def away(self, moment: datetime) -> timedelta:
        """Return how far its copies are from `moment`; nothing, where that is not known."""
        too_late = self.first - moment if self.first else NOTHING
        too_early = moment - self.last if self.last else NOTHING
        return max(too_late, too_early, NOTHING)


@dataclass(frozen=True, slots=True)
class TimeMap:
    """The copies that a list or a Link header names, and other lists of that page."""

    copies: tuple[Copy, ...]
    lists: tuple[Listed, ...] = ()


def parse(text: str, base: str) -> TimeMap:
    """Read a list of links, leaving out what is not understood."""
    copies: list[Copy] = []
    lists: list[Listed] = []
    for number, found in enumerate(LINK.finditer(text)):
        if number >= MOST_LINKS:
            break
        fields = {m[1]: m[2] if m[2] is not None else m[3] for m in PARAMETER.finditer(found[2])}
        relations = fields.get("rel", "").lower().split()
        if "memento" in relations:
            copies += _copy(base, found[1], fields.get("datetime", ""))
        elif "timemap" in relations and len(lists) < MOST_PARTS:
            lists += _listed(base, found[1], fields)
    return TimeMap(tuple(copies), tuple(lists))


def dump(page: str, copies: Iterable[Copy]) -> bytes:
    """Write a list of the copies of `page`, in their order."""
    links = [f'<{page}>; rel="original"']
    for copy in copies:
        moment = format_datetime(copy.captured.astimezone(UTC), usegmt=True)
        links.append(f'<{copy.address}>; rel="memento"; datetime="{moment}"')
    return ",\n".join(links).encode()


def nearest(copies: Iterable[Copy], moment: datetime, most: int, *, latest: datetime) -> list[Copy]:
    """
    Return the copies nearest `moment`, none of them later than `latest`, in the order to try them.

    Among each `MOST_TRIED` there are as many of either side as there can be: those of one side may
    all be of what the page became, or all be errors.
    """
    unique = {copy.captured: copy for copy in reversed(list(copies)) if copy.captured <= latest}

    def far(copy: Copy) -> tuple[timedelta, datetime]:
        return abs(copy.captured - moment), copy.captured

    ordered = sorted(unique.values(), key=far)
    before = [copy for copy in ordered if copy.captured <= moment]
    after = [copy for copy in ordered if copy.captured > moment]
    sides = (before, after) if ordered[:1] == before[:1] else (after, before)
    by_turns = [copy for pair in zip_longest(*sides) for copy in pair if copy is not None][:most]
    rounds = (by_turns[n : n + MOST_TRIED] for n in range(0, len(by_turns), MOST_TRIED))
    return [copy for tried in rounds for copy in sorted(tried, key=far)]


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


def _listed(base: str, address: str, fields: Mapping[str, str]) -> Iterator[Listed]:
    where = _joined(base, address)
    if where is not None:
        yield Listed(where, http_date(fields.get("from", "")), http_date(fields.get("until", "")))


def _joined(base: str, address: str) -> str | None:
    try:
        return addresses.check(addresses.join(base, address)).url
    except FetchError:
        return None
