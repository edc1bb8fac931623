"""
The fault gauntlet: every behaviour of the servers, against the real fetcher and reader.

No crash, no page called dead that is not, no private machine reached, and no more time than
was given. The figures are printed at the end.
"""

from __future__ import annotations

import resource
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests import server as web
from tests import strange
from tests.test_fetch import FAILURES
from verify.errors import FetchError
from verify.fetch.live import LiveFetcher
from verify.fetch.local import FileFetcher
from verify.language.identify import Identifier
from verify.model import (
    DEAD,
    Document,
    Failure,
    Position,
    Reading,
    Snapshot,
    Source,
    SourceId,
    Unavailable,
)
from verify.pipeline import Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TIMEOUT = 1.5
SERVERS = 8
"""A host is asked one thing at a time, so that several servers share the work."""

BEHAVIOURS = web.PAGES | strange.STRANGE

MAY_BE_DEAD = (
    {path for path, failure in FAILURES.items() if failure in DEAD}
    | strange.BROKEN.keys()
    | {"/reason-hostile"}  # a 404 whose words say otherwise
    | {"/to-long", "/to-lines"}  # they lead to pages of this server that are not there
    | {"/origin-down", "/not-implemented-page"}  # 5xx, which is dead only where it stays so
    | {"/to-fragment", "/to-empty", "/cookie-forever"}  # browsers give up, too
)

REFUSED = {path for path in strange.ALIVE if path.startswith(("/to-metadata", "/to-private"))} | {
    "/to-loopback-six", "/to-mapped", "/to-localhost-port", "/to-other-loopback", "/to-mail",
    "/to-twice", "/to-backslash", "/to-file", "/to-ftp", "/to-script", "/to-data", "/to-user",
}  # fmt: skip


BUSY = {"/too-many-for-long"}
"""Comes last, for its server is not asked for anything afterwards."""


@dataclass(frozen=True)
class Run:
    """What came of one behaviour."""

    path: str
    reading: Reading | BaseException
    fetching: float
    """Seconds by the clock on the wall."""
    reading_it: float
    """Seconds of this thread's own."""

    @property
    def failures(self) -> set[Failure]:
        match self.reading:
            case Unavailable(attempts=attempts):
                return {a.failure for a in attempts}
            case _:
                return set()


@dataclass(frozen=True)
class Replay:
    """Gives what was fetched before, so that reading one page does not slow another's server."""

    got: dict[str, Snapshot | BaseException]
    name: str = "live"

    def fetch(self, source: Source, address: str) -> Snapshot:  # noqa: ARG002
        # A made-up address, beside a short page, is one that these servers do not have.
        found = self.got.get(address, FetchError("404 Not Found", failure=Failure.GONE))
        if isinstance(found, BaseException):
            raise found
        return found


@pytest.fixture(scope="module")
def hosts() -> Iterator[set[str]]:
    """Yield the set of hosts that any socket connects to while this module runs."""
    asked: set[str] = set()
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            asked.add(str(address[0]))
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", noted)
        yield asked


@pytest.fixture(scope="module")
def runs(hosts: set[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Run all of it once."""
    assert not hosts
    folder = tmp_path_factory.mktemp("gauntlet")
    live = LiveFetcher(
        timeout=TIMEOUT, max_bytes=2_000_000, delay=0.0, back_off=0.01, retries=1, max_wait=1.0,
        policy=web.LOOPBACK,
    )  # fmt: skip
    with ExitStack() as stack:
        stack.enter_context(closing(live))
        servers = [stack.enter_context(web.Server(pages=BEHAVIOURS)) for _ in range(SERVERS)]
        sources = {
            path: _source(folder, _address(servers[number % SERVERS], path))
            for number, path in enumerate(sorted(BEHAVIOURS, key=BUSY.__contains__))
        }
        with ThreadPoolExecutor(SERVERS) as pool:
            # Those of one server in one thread, so that nobody waits for a busy host's turn.
            shares = [list(sources.values())[n::SERVERS] for n in range(SERVERS)]
            fetched = [one for share in pool.map(partial(_fetched, live), shares) for one in share]
    got = {address: found for address, found, _ in fetched}
    times = {address: seconds for address, _, seconds in fetched}
    verifier = Verifier(
        files=FileFetcher(),
        live=Replay(got),
        identifier=Identifier(),
        examiner=None,  # type: ignore[arg-type]
    )
    verifier.read(next(iter(sources.values())))  # what is loaded once is not any page's fault
    return {path: _run(verifier, s, path, times[s.urls[0]]) for path, s in sources.items()}


def _address(server: web.Server, path: str) -> str:
    return server.url(f"{path}?n=1" if path == "/endless-redirects" else path)


def _source(folder: Path, address: str) -> Source:
    identifier = SourceId("note-1")
    return Source(identifier, ("1",), folder / "a.txt", Position(1, 1), urls=(address,))


def _fetched(
    live: LiveFetcher, share: list[Source]
) -> list[tuple[str, Snapshot | BaseException, float]]:
    found: list[tuple[str, Snapshot | BaseException, float]] = []
    for source in share:
        began = time.monotonic()
        answer: Snapshot | BaseException
        try:
            answer = live.fetch(source, source.urls[0])
        except BaseException as error:  # noqa: BLE001 (that is what is looked for)
            answer = error
        found.append((source.urls[0], answer, time.monotonic() - began))
    return found


def _run(verifier: Verifier, source: Source, path: str, fetching: float) -> Run:
    began = time.thread_time()
    reading: Reading | BaseException
    try:
        reading = verifier.read(source)
    except BaseException as error:  # noqa: BLE001 (that is what is looked for)
        reading = error
    return Run(path, reading, fetching, time.thread_time() - began)


def test_there_are_more_behaviours_than_the_floor_asks_for() -> None:
    assert not web.PAGES.keys() & strange.STRANGE.keys()
    assert len(BEHAVIOURS) >= 60


def test_nothing_crashes(runs: dict[str, Run]) -> None:
    crashed = {p: r.reading for p, r in runs.items() if isinstance(r.reading, BaseException)}
    assert not crashed
    assert not [p for p, r in runs.items() if Failure.FAULT in r.failures]


def test_nothing_that_lives_is_called_dead(runs: dict[str, Run]) -> None:
    wrong = {p: r.failures for p, r in runs.items() if r.failures & DEAD and p not in MAY_BE_DEAD}
    assert not wrong


def test_nothing_broken_is_called_a_page(runs: dict[str, Run]) -> None:
    assert not [p for p in strange.BROKEN if isinstance(runs[p].reading, Document)]


def test_no_machine_but_the_one_allowed_is_reached(runs: dict[str, Run], hosts: set[str]) -> None:
    assert hosts == {"127.0.0.1"}
    assert not [p for p in REFUSED if runs[p].failures != {Failure.REFUSED}]


def test_every_behaviour_ends_in_time(runs: dict[str, Run]) -> None:
    assert {p: r.fetching for p, r in runs.items() if r.fetching > TIMEOUT + 4} == {}
    assert {p: r.reading_it for p, r in runs.items() if r.reading_it > 5} == {}


def test_every_reason_can_be_shown(runs: dict[str, Run]) -> None:
    for run in runs.values():
        if isinstance(run.reading, Unavailable):
            for attempt in run.reading.attempts:
                assert attempt.reason
                assert len(attempt.reason) < 500
                assert "object at 0x" not in attempt.reason
                assert "\x1b" not in attempt.reason


def test_the_figures(runs: dict[str, Run], hosts: set[str], capsys: Any) -> None:
    ends = Counter(
        next(iter(r.failures)).value if r.failures else type(r.reading).__name__.lower()
        for r in runs.values()
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with capsys.disabled():
        print(  # noqa: T201
            f"\nfault gauntlet: {len(runs)} behaviours, 0 crashes, 0 wrong dead, "
            f"hosts reached {sorted(hosts)}, slowest fetch "
            f"{max(r.fetching for r in runs.values()):.1f} s (allowed {TIMEOUT:g}), slowest read "
            f"{max(r.reading_it for r in runs.values()):.1f} s, peak memory {peak} MB\n"
            f"  {dict(ends.most_common())}"
        )
    assert sum(ends.values()) == len(BEHAVIOURS)
