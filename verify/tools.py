"""The fetchers of a run, as the settings ask for them."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from verify.fetch.archives import Archive, MementoFetcher, TimeMapFetcher
from verify.fetch.browser import BrowserFetcher
from verify.fetch.guard import Policy
from verify.fetch.live import LiveFetcher
from verify.fetch.local import FileFetcher
from verify.fetch.memory import FILE_NAME, Memory, RememberingFetcher
from verify.fetch.recorded import RecordedFetcher, newest_page
from verify.fetch.shared import SharedFetcher
from verify.fetch.store import Store, store_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.interfaces import Fetcher
    from verify.settings import Settings

NO_ROBOTS = "robots.txt was not asked for or heeded (--ignore-robots)"


@dataclass(frozen=True, kw_only=True)
class Fetchers:
    """Where sources come from, and what a reader must know of that."""

    files: Fetcher
    live: Fetcher
    recorded: Fetcher
    browser: Fetcher | None
    copies: Fetcher | None
    archive: Fetcher
    told: tuple[str, ...] = ()


@contextmanager
def fetchers(settings: Settings) -> Iterator[Fetchers]:
    """Yield the fetchers, and close their connections afterwards."""
    store = Store(settings.evidence or store_folder())
    memory = Memory(store.folder / FILE_NAME)
    live = _live(settings, store)
    remembered = RememberingFetcher(live, memory) if settings.record else live
    oldest = None if settings.offline else datetime.now(UTC) - timedelta(hours=settings.max_age)
    with closing(live):
        yield Fetchers(
            files=FileFetcher(max_bytes=settings.max_bytes, allow_outside=settings.allow_outside),
            live=SharedFetcher(remembered),
            recorded=RecordedFetcher(store, oldest, settings.max_bytes),
            browser=BrowserFetcher(live, max_bytes=settings.max_bytes)
            if settings.browser
            else None,
            # Not shared: which copy is nearest depends on the day of access, too.
            copies=TimeMapFetcher(
                live,
                tuple(Archive.read(each) for each in settings.archives),
                memory if settings.record or settings.offline else None,
                settings.offline,
            )
            if settings.archives
            else None,
            archive=SharedFetcher(
                MementoFetcher(
                    live, RecordedFetcher(store, None, settings.max_bytes), settings.offline
                )
            ),
            told=(NO_ROBOTS,) if settings.ignore_robots else (),
        )


def _live(settings: Settings, store: Store) -> LiveFetcher:
    return LiveFetcher(
        timeout=settings.timeout,
        max_bytes=settings.max_bytes,
        delay=settings.delay,
        retries=settings.retries,
        policy=Policy(allow_private=settings.allow_private),
        record=store.record if settings.record else None,
        recorded=lambda address: newest_page(store, address),
        heeds_robots=not settings.ignore_robots,
    )
