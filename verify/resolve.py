"""
How a source comes to a text: an ordered list of places, and the first that holds up.

What sources.yaml pins comes first (files; a SHA-256 holds for every place), then recorded
evidence, the live page, the archived copies nearest the day of access, and then the source's
other addresses. Whatever fails is an `Attempt`, and never an exception.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from verify.errors import ExtractError, FetchError, VerifyError
from verify.extract import extract, unread
from verify.faults import fault
from verify.fetch import softmissing
from verify.fetch.archives import SLACK
from verify.fetch.timemap import MOST_TRIED, parse
from verify.model import Attempt, Document, Extraction, Failure, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verify.interfaces import Fetcher, LanguageIdentifier
    from verify.model import Reading, Snapshot, Source

OF_THE_WEB = frozenset({"live", "recorded"})
"""Places that show a page as it is now, or was a few hours ago."""

FOR_A_BROWSER = frozenset({Failure.EMPTY, Failure.BLOCKED})
"""What a page that is written by scripts, or asks for consent, looks like without a browser."""

PAGES = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class Place:
    """One place that may hold a source."""

    fetcher: Fetcher
    address: str
    via: str
    captured: datetime | None = None
    """When an archive says that it took this copy."""


@dataclass(frozen=True, kw_only=True)
class Resolver:
    """Reads sources. `copies` lists a page's archived copies, and `archive` has them."""

    files: Fetcher
    live: Fetcher
    identifier: LanguageIdentifier
    recorded: Fetcher | None = None
    browser: Fetcher | None = None
    copies: Fetcher | None = None
    archive: Fetcher | None = None
    offline: bool = False
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def read(self, source: Source) -> Reading:
        """Try each place that may hold `source`, in order, until one can be read."""
        attempts: list[Attempt] = []
        try:
            return self._read(source, attempts)
        except VerifyError:
            raise
        except Exception as error:  # noqa: BLE001
            # What one source brings out must not cost the reader the report on all others.
            self._note_fault(attempts, source, error)
        return Unavailable(source.id, tuple(attempts))

    def _read(self, source: Source, attempts: list[Attempt]) -> Reading:
        spare: Document | None = None
        for place in self._places(source, attempts):
            try:
                document = self._document(source, place)
            except (FetchError, ExtractError) as error:
                self._note(attempts, place.address, place.via, error)
                if error.failure is Failure.TIME_OVER:
                    break
                continue
            if not document.extraction.paywalled:
                return replace(document, attempts=tuple(attempts))
            spare = spare or replace(document, attempts=tuple(attempts))
            self._note(attempts, place.address, place.via, _paywalled(document.extraction))
        if spare is not None:
            later = attempts[len(spare.attempts) + 1 :]
            return replace(spare, attempts=(*spare.attempts, *later))
        if not attempts:
            reason = "neither the note nor sources.yaml gives an address or a file"
            attempts.append(Attempt("", "note", Failure.NO_ADDRESS, reason, time=self.clock()))
        return Unavailable(source.id, tuple(attempts))

    def copy(self, source: Source, page: Document) -> tuple[Document | None, tuple[Attempt, ...]]:
        """Return the archived copy of a live page nearest the day of access, and what failed."""
        attempts: list[Attempt] = []
        if page.snapshot.via not in OF_THE_WEB:
            return None, ()
        copy = None
        try:
            copy = self._copy(source, page, attempts)
        except VerifyError:
            raise
        except Exception as error:  # noqa: BLE001
            self._note_fault(attempts, source, error)
        return copy, tuple(attempts)

    def _copy(self, source: Source, page: Document, attempts: list[Attempt]) -> Document | None:
        unpinned = replace(source, sha256=None)  # what is pinned is the page
        for place in self._copies(source, page.snapshot.address, attempts):
            try:
                return self._document(unpinned, place)
            except (FetchError, ExtractError) as error:
                self._note(attempts, place.address, place.via, error)
        return None

    # --- where to look ------------------------------------------------------------------

    def _places(self, source: Source, attempts: list[Attempt]) -> Iterator[Place]:
        yield from (Place(self.files, str(path), "file") for path in source.files)
        for number, url in enumerate(source.urls):
            if self.recorded is not None:
                yield Place(self.recorded, url, "recorded")
            yield Place(self.live, url, "live")
            if self.browser is not None and attempts and attempts[-1].failure in FOR_A_BROWSER:
                yield Place(self.browser, url, "browser")
            if number == 0:
                yield from self._named(source)
            yield from self._copies(source, url, attempts)
        if not source.urls:
            yield from self._named(source)

    def _named(self, source: Source) -> Iterator[Place]:
        """Yield the copies that sources.yaml names."""
        fetcher = self.archive or self.live
        return (Place(fetcher, address, "archive") for address in source.archives)

    def _copies(self, source: Source, url: str, attempts: list[Attempt]) -> Iterator[Place]:
        """Ask which copies there are, but not before somebody wants one."""
        if self.copies is None or self.archive is None or _is_refused(url, attempts):
            return
        try:
            listed = self.copies.fetch(source, url)
        except FetchError as error:
            self._note(attempts, url, "archive", error)
            return
        for copy in parse(listed.body.decode("utf-8", "replace"), url).copies[:MOST_TRIED]:
            yield Place(self.archive, copy.address, "archive", copy.captured)

    # --- what is there ------------------------------------------------------------------

    def _document(self, source: Source, place: Place) -> Document:
        """Read one place. Raises `FetchError` or `ExtractError` for what is not the text."""
        snapshot = _dated(self._fetch(source, place), place)
        extraction = extract(snapshot)
        error = unread(extraction) or self._missing(source, place, snapshot, extraction)
        if error is not None:
            raise error
        if place.via == "file":
            # Whoever has paid saves a page that still says of itself that it is not free.
            extraction = replace(extraction, paywalled=None)
        if extraction.published is None and source.published is not None:
            extraction = replace(extraction, published=source.published)
        identification = self.identifier.identify(
            _main_text(extraction), extraction.declared or source.language
        )
        return Document(snapshot, extraction, identification)

    def _fetch(self, source: Source, place: Place) -> Snapshot:
        if self.offline and place.fetcher is self.live:
            raise FetchError("not asked for: this run is offline", failure=Failure.OFFLINE)
        snapshot = place.fetcher.fetch(source, place.address)
        if source.sha256 and snapshot.sha256 != source.sha256:
            raise FetchError(
                f"its SHA-256 is {snapshot.sha256[:12]}…, sources.yaml pins {source.sha256[:12]}…",
                failure=Failure.CHANGED,
            )
        return replace(snapshot, via=place.via)

    def _missing(
        self, source: Source, place: Place, snapshot: Snapshot, extraction: Extraction
    ) -> FetchError | None:
        """Return the suspicion that a page says nothing but that there is none."""
        if place.via == "file" or source.sha256:
            return None  # a person has looked at it
        why = softmissing.suspicion(snapshot, extraction)
        is_page = place.via in OF_THE_WEB and snapshot.media_type in PAGES
        if is_page and (why or softmissing.is_short(extraction)):
            is_alike = self._is_answered_alike(source, place, snapshot, extraction)
            if is_alike:
                made_up = "a made-up address beside it gives the same page"
                why = f"{why}, and {made_up}" if why else made_up
        if why is None:
            return None
        return FetchError(
            f"perhaps there is no such page any more: {why}",
            failure=Failure.SOFT_MISSING,
            status=snapshot.status,
            redirects=snapshot.redirects,
        )

    def _is_answered_alike(
        self, source: Source, place: Place, snapshot: Snapshot, extraction: Extraction
    ) -> bool:
        """Ask for a page that cannot be there, from whoever gave this one."""
        address = softmissing.sibling(place.address)
        if address is None:
            return False
        try:
            other = place.fetcher.fetch(source, address)
            if other.redirects and other.final_address == snapshot.final_address:
                return True
            return softmissing.is_alike(extraction, extract(other))
        except (FetchError, ExtractError) as error:
            if error.failure is Failure.TIME_OVER:
                raise  # nobody may judge by a page that was not looked at to the end
            return False

    def _note_fault(self, attempts: list[Attempt], source: Source, error: Exception) -> None:
        """Say of an error that nobody foresaw that it is ours."""
        places = (*map(str, source.files), *source.urls, *source.archives, "")
        self._note(attempts, places[0], "verify", fault(error))

    def _note(
        self, attempts: list[Attempt], address: str, via: str, error: FetchError | ExtractError
    ) -> None:
        if error.failure is Failure.UNRECORDED:
            return
        failed = Attempt(address, via, error.failure, str(error), time=self.clock())
        if isinstance(error, FetchError):
            failed = replace(
                failed, status=error.status, redirects=error.redirects, days=error.days
            )
        attempts.append(failed)


def _is_refused(url: str, attempts: list[Attempt]) -> bool:
    """Whether we declined to ask for an address: then nobody else is told of it, either."""
    return any(
        a.address == url and a.via in OF_THE_WEB and a.failure is Failure.REFUSED for a in attempts
    )


def _dated(snapshot: Snapshot, place: Place) -> Snapshot:
    """Give a copy the day that its archive lists, unless the copy itself says another."""
    listed, said = place.captured, snapshot.captured
    if listed is None or place.via != "archive":
        return snapshot
    if said is not None and abs(said - listed) > SLACK:
        raise FetchError(
            f"the archive gives a copy of {said:%Y-%m-%d}, where it lists one of {listed:%Y-%m-%d}",
            failure=Failure.UNARCHIVED,
        )
    return replace(snapshot, captured=said or listed)


def _paywalled(extraction: Extraction) -> FetchError:
    return FetchError(f"only a part can be read: {extraction.paywalled}", failure=Failure.PAYWALLED)


def _main_text(extraction: Extraction) -> str:
    main = "\n".join(extraction.text[s.start : s.end] for s in extraction.main)
    return main or extraction.text
