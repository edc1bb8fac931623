"""The fetchers of a run, as the settings ask for them."""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from verify.fetch.archives import Archive, MementoFetcher, TimeMapFetcher
from verify.fetch.browser import BrowserFetcher
from verify.fetch.guard import Policy
from verify.fetch.limit import LimitedFetcher, TimeLimit
from verify.fetch.live import LiveFetcher
from verify.fetch.local import FileFetcher
from verify.fetch.memory import FILE_NAME, Memory, RememberingFetcher
from verify.fetch.recorded import RecordedFetcher, newest_page
from verify.fetch.shared import SharedFetcher
from verify.fetch.store import Store, store_folder
from verify.settings import loosened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    is_over: Callable[[], bool] = lambda: False
    """Whether the run's time is over."""
    told: tuple[str, ...] = ()


@contextmanager
def fetchers(settings: Settings, clock: Callable[[], float] = time.monotonic) -> Iterator[Fetchers]:
    """Yield the fetchers, and close their connections afterwards. The run's time begins now."""
    limit = TimeLimit(settings.time_limit or None, clock)
    store = Store(settings.evidence or store_folder())
    store.mend()
    memory = Memory(store.folder / FILE_NAME)
    live = _live(settings, store, limit)
    # What pages of the public web ask for in the browser.
    apart = _live(replace(settings, allow_private=()), store, limit)
    remembered = RememberingFetcher(live, memory) if settings.record else live
    oldest = None if settings.offline else datetime.now(UTC) - timedelta(hours=settings.max_age)

    def limited(fetcher: Fetcher) -> Fetcher:
        # Outermost, so that no memory takes it for a failure of the page.
        return LimitedFetcher(fetcher, limit.is_over)

    def parts(page: str) -> Fetcher:
        # Not by what its name stands for: whoever owns a name may let it stand for anything.
        return live if live.policy.is_yours(page) else apart

    with closing(live), closing(apart):
        files = FileFetcher(max_bytes=settings.max_bytes, allow_outside=settings.allow_outside)
        copies = MementoFetcher(
            live, RecordedFetcher(store, None, settings.max_bytes), settings.offline
        )
        browser = BrowserFetcher(live, parts=parts, max_bytes=settings.max_bytes)
        yield Fetchers(
            files=limited(files),
            live=limited(SharedFetcher(remembered)),
            recorded=limited(RecordedFetcher(store, oldest, settings.max_bytes)),
            browser=limited(browser) if settings.browser else None,
            copies=limited(_copies(settings, live, memory)) if settings.archives else None,
            archive=limited(SharedFetcher(copies)),
            is_over=limit.is_over,
            told=(*_told(settings), *store.notices),
        )


def _copies(settings: Settings, live: LiveFetcher, memory: Memory) -> TimeMapFetcher:
    """Return what lists copies. Not shared: the nearest one depends on the day of access, too."""
    return TimeMapFetcher(
        live,
        tuple(Archive.read(each) for each in settings.archives),
        memory if settings.record or settings.offline else None,
        settings.offline,
        policy=live.policy,
    )


def _told(settings: Settings) -> Iterator[str]:
    if settings.ignore_robots:
        yield NO_ROBOTS
    if settings.evidence and "evidence" in settings.from_file:
        yield (
            f"recorded answers are kept in {settings.evidence.name}/ and read from there, as the "
            "project's own settings file says: whoever wrote the article may have put some there"
        )
    if keys := loosened(settings):
        yield (
            f"the project's own settings file sets {', '.join(keys)}, with which more passes: "
            "whoever wrote the article may have written it"
        )


def _live(settings: Settings, store: Store, limit: TimeLimit) -> LiveFetcher:
    return LiveFetcher(
        timeout=settings.timeout,
        max_bytes=settings.max_bytes,
        delay=settings.delay,
        retries=settings.retries,
        policy=Policy(allow_private=settings.allow_private),
        record=store.record if settings.record else None,
        recorded=lambda address: newest_page(store, address),
        heeds_robots=not settings.ignore_robots,
        is_over=limit.is_over,
    )
