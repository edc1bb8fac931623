"""
Web archives: which copies of a page they have, and the bytes of one copy.

An archive is asked by Memento (RFC 7089): its TimeGate leads to the copy nearest a moment, and a
TimeMap lists the others. Archives that replay as the Wayback Machine does give the bytes as they
were archived at `/TIMESTAMPid_/ADDRESS`. What they send is as hostile as any page: all requests
go through the live fetcher, with its bounds and its address policy.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from verify.errors import FetchError
from verify.fetch.guard import Policy
from verify.fetch.host import NAME_PATIENCE
from verify.fetch.journey import Manner
from verify.fetch.live import snapshot
from verify.fetch.timemap import Copy, Listed, TimeMap, dump, http_date, nearest, parse
from verify.model import Failure, Snapshot, Source
from verify.replays import REPLAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from verify.fetch.live import LiveFetcher
    from verify.fetch.memory import Memory
    from verify.fetch.recorded import RecordedFetcher

WAYBACK = "wayback"

KNOWN = {
    # Its availability API is rate-limited and wrong at times; these two are what it replays by.
    WAYBACK: "https://web.archive.org/web/{timestamp}id_/{url} "
    "https://web.archive.org/cdx/search/cdx",
}

MOST_COPIES = 12
"""Copies of one page that are listed; no more than a few are ever asked for."""

MOST_LISTS = 4
"""
Lists of one page that are read. Long ones are in parts, which say of which days; the part of the
day, its neighbours and the list that names them are four.
"""

MAX_LINE = 20_000
"""Characters of one of its lines; an address has 8,000 at most, and its key as many."""

MAX_LIST = 4_000_000
"""Characters of a list of copies that are read: 30,000 lines. Its end is let go."""

NEGATIVE = timedelta(days=1)
"""How long "no copy" holds. A person who has just saved a page there waits no longer; chosen."""

POSITIVE = timedelta(days=30)
"""How long a list of copies holds: copies stay, and one nearer to a past day is seldom added."""

SLACK = timedelta(days=1)
"""How far the moments may differ that an archive gives of one copy: time zones."""

RESERVED = (".test", ".example", ".invalid", ".localhost", ".local", ".internal", ".onion")
"""Names that mean no public site (RFC 2606, RFC 6761): no archive can have them."""

NOTHING = frozenset({Failure.GONE, Failure.EMPTY, Failure.REDIRECTS})
"""Ways in which an archive says that it has no copy, or none to show at that moment."""


@dataclass(frozen=True, slots=True)
class Archive:
    """
    One archive: the address of its TimeGate, and of its CDX server where it has one.

    `{url}` in the gate stands for the page's address (else it is put behind the gate), and
    `{timestamp}` for the moment, where the gate takes it from the address.
    """

    gate: str
    cdx: str | None = None

    @classmethod
    def read(cls, text: str) -> Archive:
        """Read a setting: `wayback`, or `GATE` or `GATE CDX`. Raises `ValueError`."""
        gate, *rest = KNOWN.get(text.strip(), text).split() or [""]
        if len(rest) > 1 or not all(
            each.startswith(("http://", "https://")) for each in (gate, *rest)
        ):
            raise ValueError("`wayback`, or the address of a TimeGate")
        if rest and "{timestamp}" not in gate:
            raise ValueError("a gate with {timestamp} beside a CDX server")
        return cls(gate, rest[0] if rest else None)

    @property
    def host(self) -> str:
        """The archive's name."""
        return urlsplit(self.gate).netloc

    def ask_for(self, address: str, moment: datetime) -> str:
        """Return where to ask for the copy of a page nearest `moment`."""
        gate = self.gate if "{url}" in self.gate else f"{self.gate}{{url}}"
        return gate.replace("{timestamp}", f"{moment:%Y%m%d%H%M%S}").replace("{url}", address)

    def copy(self, address: str, moment: datetime) -> str:
        """Return where the copy of exactly `moment` is replayed."""
        return raw(self.ask_for(address, moment))

    def list_at(self, address: str, moment: datetime) -> str | None:
        """Return where the CDX server lists the good copies nearest `moment`."""
        if self.cdx is None:
            return None
        asked = [
            ("url", address),
            ("closest", f"{moment:%Y%m%d%H%M%S}"),
            ("sort", "closest"),
            ("filter", "statuscode:200"),
            ("fl", "timestamp,original"),
            ("limit", str(MOST_COPIES)),
        ]
        return f"{self.cdx}?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class TimeMapFetcher:
    """
    Finds the copies of a page in several archives. Its snapshots are TimeMaps, nearest first.

    The moment is noon of the day on which the source was accessed; where that is not known, now.
    """

    web: LiveFetcher
    archives: tuple[Archive, ...]
    memory: Memory | None = None
    offline: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    policy: Policy = field(default_factory=Policy)
    """Says what is private, and what a person has allowed: an archive is told of neither."""
    name: str = "timemap"

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Return the list of the copies of `address`, or raise `FetchError` where there is none."""
        page = address.partition("#")[0]
        self._check(page)
        troubles: list[FetchError] = []
        for archive in self.archives:
            try:
                body = self._listed(archive, page, source.accessed)
            except FetchError as error:
                troubles.append(error)
                continue
            if body:
                return self._snapshot(source, address, body)
        if troubles:
            raise troubles[0]
        hosts = ", ".join(archive.host for archive in self.archives)
        raise FetchError(f"no copy in {hosts}", failure=Failure.UNARCHIVED)

    def _check(self, page: str) -> None:
        """Tell no archive of what only this network has, whatever a person allows us to ask."""
        private = FetchError("no archive is asked for private names", failure=Failure.UNRECORDED)
        public = self.policy.public()
        try:
            found = public.check(page)
            if not self.offline:
                # A name that means nothing any more is what archives are for.
                with suppress(OSError):
                    public.check_numbers(found.host, found.port, NAME_PATIENCE)
        except FetchError as error:
            raise private from error
        is_local = found.host.endswith(RESERVED) or ("." not in found.host and found.ip is None)
        if is_local or self.policy.is_yours(page):
            raise private

    def _listed(self, archive: Archive, page: str, accessed: date | None) -> bytes:
        now = self.clock()
        day = str(accessed or now.date())
        known = self.memory.recall(archive.gate, page, day, now) if self.memory else None
        if known is not None:
            return known
        if self.offline:
            raise FetchError("no list of copies was kept", failure=Failure.UNRECORDED)
        moment = datetime.combine(accessed, time(12), UTC) if accessed else now
        found = [Copy(raw(c.address), c.captured) for c in self._asked(archive, page, moment)]
        copies = nearest(found, moment, MOST_COPIES, latest=now)
        body = dump(page, copies) if copies else b""
        if self.memory:
            kept = POSITIVE if body else NEGATIVE
            self.memory.keep(archive.gate, page, day, body, now + kept)
        return body

    def _asked(self, archive: Archive, page: str, moment: datetime) -> list[Copy]:
        """Ask the gate, then for the neighbours of what it gave."""
        copies: list[Copy] = []
        lists: tuple[Listed, ...] = ()
        try:
            manner = replace(_manner(moment), takes_archived_errors=True)
            answer, redirects = self.web.get(archive.ask_for(page, moment), manner)
        except FetchError as error:
            if error.failure not in NOTHING:
                raise
        else:
            final = redirects[-1] if redirects else archive.ask_for(page, moment)
            captured = captured_at(answer.headers, final)
            if captured is None:
                return []  # the live page, or a search: not a memento (RFC 7089, section 2.1.1)
            given = parse(answer.headers.get("link", "")[:MAX_LIST], final)
            copies = [Copy(final, captured), *given.copies]
            lists = given.lists
        cdx = archive.list_at(page, moment)
        return [*copies, *self._more(archive, page, (Listed(cdx),) if cdx else lists, moment)]

    def _more(
        self, archive: Archive, page: str, lists: Sequence[Listed], moment: datetime
    ) -> Iterator[Copy]:
        """Read lists of copies, those nearest the moment first, and the lists that they name."""
        waiting, seen = [*lists], set[str]()
        while waiting and len(seen) < MOST_LISTS:
            waiting.sort(key=lambda each: each.away(moment))
            at = waiting.pop(0).address
            if at not in seen:
                seen.add(at)
                read = self._list(archive, page, at)
                waiting += read.lists
                yield from read.copies

    def _list(self, archive: Archive, page: str, at: str) -> TimeMap:
        """Read a list of copies. That there is none is no loss where one copy is known."""
        try:
            answer, _ = self.web.get(at, Manner("archive", heeds_robots=False))
        except FetchError as error:
            if error.failure is Failure.TIME_OVER:
                raise  # a list cut short must not be remembered as all that there is
            return TimeMap(())
        text = answer.body[:MAX_LIST].decode("utf-8", "replace")
        if archive.cdx is not None and at.startswith(archive.cdx):
            return TimeMap(tuple(_cdx(archive, page, text)))
        return parse(text, at)

    def _snapshot(self, source: Source, address: str, body: bytes) -> Snapshot:
        return Snapshot(
            source.id, address, address, "application/link-format", body, self.clock(), self.name
        )


@dataclass(frozen=True, slots=True)
class MementoFetcher:
    """Gets one archived copy, as it was archived where the archive can give that."""

    web: LiveFetcher
    recorded: RecordedFetcher | None = None
    """Where copies that were had before are: a copy does not change, however old it is."""
    offline: bool = False
    name: str = "archive"

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Return the copy at `address`, or raise `FetchError`; an archived error is one, too."""
        wanted = raw(address)
        if self.recorded is not None:
            try:
                again = self.recorded.fetch(source, wanted)
                return replace(again, address=address, via=self.name)
            except FetchError as error:
                if error.failure is not Failure.UNRECORDED:
                    raise
        if self.offline:
            raise FetchError("not asked for: this run is offline", failure=Failure.OFFLINE)
        answer, redirects = self.web.get(wanted, _manner())
        final = redirects[-1] if redirects else wanted
        had = snapshot(answer, source, address, redirects, self.name)
        return replace(had, final_address=final, captured=captured_at(answer.headers, final))


def raw(address: str) -> str:
    """Return where the archived bytes themselves are, without the archive's bar and links."""
    return REPLAY.sub(r"\1id_/", address, count=1)


def captured_at(headers: Mapping[str, str], address: str) -> datetime | None:
    """
    Return when a copy was taken, or `None` for what is no copy.

    Raises `FetchError` where the header and the address contradict each other.
    """
    said = http_date(headers.get("memento-datetime", ""))
    found = REPLAY.search(address)
    stamped = stamp(found[2]) if found else None
    if said and stamped and abs(said - stamped) > SLACK:
        raise FetchError(
            f"the archive contradicts itself: {said:%Y-%m-%d} in its header, "
            f"{stamped:%Y-%m-%d} in its address",
            failure=Failure.UNARCHIVED,
        )
    if said and said > datetime.now(UTC) + SLACK:
        raise FetchError("the archive's copy is of the future", failure=Failure.UNARCHIVED)
    return said


def stamp(text: str) -> datetime | None:
    """Read the fourteen digits of a replay address."""
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _manner(moment: datetime | None = None) -> Manner:
    sent = {"Accept-Datetime": format_datetime(moment, usegmt=True)} if moment else {}
    # An archive's TimeGate and its copies are there for programs, whatever robots.txt says of
    # crawling; a person has named the archive.
    return Manner("archive", sent, raw, heeds_robots=False, again=False)


def _cdx(archive: Archive, page: str, text: str) -> Iterable[Copy]:
    """Read the lines of a CDX server, which begin with a timestamp or with a key and one."""
    for line in text.splitlines()[: 10 * MOST_COPIES]:
        moments = [stamp(word) for word in line[:MAX_LINE].split(" ")[:2]]
        moment = next(filter(None, moments), None)
        if moment is not None:
            yield Copy(archive.copy(page, moment), moment)
