"""Each way in which servers fail has its own class; a dead link takes failures on three days."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import server as web
from verify.errors import FetchError, StoreError
from verify.fetch.answer import LONGEST_WAIT, retry_after
from verify.fetch.live import LiveFetcher
from verify.fetch.local import FileFetcher
from verify.fetch.memory import Memory, RememberingFetcher
from verify.fetch.recorded import RecordedFetcher, newest_page
from verify.fetch.robots import parse
from verify.fetch.store import Store
from verify.judge.verdict import Examiner
from verify.language.identify import Identifier
from verify.model import (
    Article,
    Document,
    Failure,
    Position,
    Report,
    Severity,
    Source,
    SourceId,
    Unavailable,
)
from verify.pipeline import Verifier
from verify.rules import apply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Finding

MONDAY = datetime(2026, 3, 16, 12, tzinfo=UTC)
CONSENT = (
    "<html><body><form action='https://consent.site.example/save' method='post'>"
    "<p>Before you go on, choose how your data may be used.</p><button>Accept all</button>"
    "</form></body></html>"
)
PAYWALL = (
    "<html lang='en'><head><title>The dam</title><script type='application/ld+json'>"
    '{"@type": "NewsArticle", "headline": "The dam", "isAccessibleForFree": false}</script></head>'
    "<body><article><h1>The dam</h1><p>The dam above the valley was opened on a cold morning.</p>"
    "</article></body></html>"
)


@pytest.fixture(scope="module")
def server() -> Iterator[web.Server]:
    with web.Server() as server:
        yield server


def source(url: str) -> Source:
    return Source(SourceId("s"), ("1",), Path("x"), Position(1, 1), urls=(url,))


def fetcher(**options: object) -> LiveFetcher:
    base: dict[str, object] = {"delay": 0, "retries": 0, "policy": web.LOOPBACK, "back_off": 0.01}
    return LiveFetcher(**{**base, **options})  # type: ignore[arg-type]


def read(url: str, live: object) -> Document | Unavailable:
    return Verifier(
        files=FileFetcher(),
        live=live,  # type: ignore[arg-type]
        identifier=Identifier(),
        examiner=Examiner(),
    ).read(source(url))


def found(result: Document | Unavailable, *, strict: bool = False) -> list[Finding]:
    report = Report(
        Article(Path("x"), "It rained.", ()),
        {SourceId("s"): source("https://a.example.org/x")},
        MONDAY,
        readings={SourceId("s"): result},
        strict=strict,
    )
    return [f for f in apply(report) if f.code.startswith("NET")]


# --- classes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "failure"),
    [
        ("/not-found", Failure.GONE),
        ("/gone", Failure.GONE),
        ("/unauthorized", Failure.BLOCKED),
        ("/forbidden", Failure.BLOCKED),
        ("/too-many", Failure.BLOCKED),
        ("/law", Failure.BLOCKED),
        ("/challenge", Failure.BLOCKED),
        ("/broken", Failure.SERVER_ERROR),
        ("/unavailable", Failure.SERVER_ERROR),
        ("/loop", Failure.REDIRECTS),
        ("/to-file", Failure.REFUSED),
    ],
)
def test_each_failure_has_its_class_its_time_and_its_status(
    path: str, failure: Failure, server: web.Server
) -> None:
    with closing(fetcher()) as live:
        result = read(server.url(path), live)

    assert isinstance(result, Unavailable)
    (attempt,) = result.attempts
    assert attempt.failure is failure
    assert attempt.time is not None
    assert attempt.days == 1


def test_a_page_that_asks_for_consent_is_blocked_and_not_judged() -> None:
    pages = {"/": web.page(CONSENT.encode(), web.HTML)}
    with web.Server(pages=pages) as server, closing(fetcher()) as live:
        result = read(server.url("/"), live)

    assert isinstance(result, Unavailable)
    assert [a.failure for a in result.attempts] == [Failure.BLOCKED]
    assert [f.name for f in found(result)] == ["blocked-source"]


def test_of_a_paywalled_page_the_open_part_is_read_and_said() -> None:
    pages = {"/dam": web.page(PAYWALL.encode(), web.HTML)}
    with web.Server(pages=pages) as server, closing(fetcher()) as live:
        result = read(server.url("/dam"), live)

    assert isinstance(result, Document)
    assert result.extraction.paywalled
    assert result.attempts == ()
    assert [f.name for f in found(result)] == ["paywalled-source"]


def test_a_record_that_cannot_be_written_is_no_dead_link(server: web.Server) -> None:
    def full(_: object) -> None:
        raise StoreError("no space left on device")

    with closing(fetcher(record=full)) as live, pytest.raises(StoreError, match="no space"):
        read(server.url("/ok"), live)


# --- three days -------------------------------------------------------------------------


def failing(server: web.Server, folder: Path, days: list[float], path: str = "/gone") -> int:
    """Return on how many days a page has failed, when it is asked for on these."""
    memory = Memory(folder / "memory.sqlite")
    count = 0
    for day in days:
        with closing(fetcher()) as live:
            moment = MONDAY + timedelta(days=day)
            tool = RememberingFetcher(live, memory, lambda moment=moment: moment)  # type: ignore[misc]
            with pytest.raises(FetchError) as caught:
                tool.fetch(source("x"), server.url(path))
            count = caught.value.days
    return count


@pytest.mark.parametrize(
    ("days", "count"), [([0], 1), ([0, 0.1, 0.2, 0.3], 1), ([0, 1], 2), ([0, 1, 1.1, 9], 3)]
)
def test_failures_count_by_day(
    days: list[float], count: int, server: web.Server, tmp_path: Path
) -> None:
    assert failing(server, tmp_path, days) == count


def test_what_is_blocked_is_dead_on_no_day(server: web.Server, tmp_path: Path) -> None:
    assert failing(server, tmp_path, [0, 1, 2, 3], "/forbidden") == 1


def test_a_page_that_was_had_in_between_begins_anew(server: web.Server, tmp_path: Path) -> None:
    memory, address = Memory(tmp_path / "memory.sqlite"), server.url("/ok")
    for day in (0, 1):
        memory.failed(address, Failure.GONE, MONDAY + timedelta(days=day))
    with closing(fetcher()) as live:
        RememberingFetcher(live, memory).fetch(source("x"), address)

    assert memory.failed(address, Failure.GONE, MONDAY + timedelta(days=2)) == 1


@pytest.mark.parametrize(
    "path", ["/brotli", "/partial", "/choices", "/not-modified", "/gzip-broken"]
)
def test_an_answer_that_cannot_be_read_is_dead_on_no_day(
    path: str, server: web.Server, tmp_path: Path
) -> None:
    assert failing(server, tmp_path, [0, 1, 2, 3], path) == 1

    with closing(fetcher()) as live:
        result = read(server.url(path), live)

    assert isinstance(result, Unavailable)
    assert [a.failure for a in result.attempts] == [Failure.UNREADABLE]
    assert found(result) == []


def test_two_silent_days_and_one_of_trouble_make_no_dead_link(
    server: web.Server, tmp_path: Path
) -> None:
    """Also where an earlier version has noted the silence."""
    memory, address = Memory(tmp_path / "memory.sqlite"), server.url("/broken")
    for day in (0, 1):
        memory.failed(address, Failure.TIMEOUT, MONDAY + timedelta(days=day))

    assert failing(server, tmp_path, [2], "/broken") == 1
    assert failing(server, tmp_path, [3, 4, 5], "/hangs") == 1


def test_three_days_make_an_error_and_fewer_a_warning(server: web.Server, tmp_path: Path) -> None:
    severities = []
    for day in range(4):
        with closing(fetcher()) as live:
            tool = RememberingFetcher(
                live,
                Memory(tmp_path / "memory.sqlite"),
                lambda day=day: MONDAY + timedelta(days=day),  # type: ignore[misc]
            )
            (finding,) = found(read(server.url("/gone"), tool))
            severities.append(finding.severity)
    assert severities == [Severity.WARNING, Severity.WARNING, Severity.ERROR, Severity.ERROR]
    assert "on 4 days" in finding.flag.message


def test_strict_takes_one_failure(server: web.Server) -> None:
    with closing(fetcher()) as live:
        result = read(server.url("/gone"), live)

    assert [f.severity for f in found(result)] == [Severity.WARNING]
    assert [f.severity for f in found(result, strict=True)] == [Severity.ERROR]


def test_several_processes_count_together(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    code = (
        "import sys; from datetime import *; from pathlib import Path\n"
        "from verify.fetch.memory import Memory; from verify.model import Failure\n"
        "m, first = Memory(Path(sys.argv[1])), datetime(2026, 3, 16, tzinfo=UTC)\n"
        "for n in range(20):\n"
        "    m.failed('a', Failure.GONE, first + timedelta(days=2 * n + int(sys.argv[2])))"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, str(path), str(n)]) for n in range(2)]
    assert [run.wait(60) for run in runs] == [0, 0]

    assert Memory(path).failed("a", Failure.GONE, MONDAY) == 40


def test_several_threads_count_together(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    threads = [
        threading.Thread(target=memory.failed, args=("a", Failure.GONE, MONDAY + timedelta(days=n)))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert memory.failed("a", Failure.GONE, MONDAY) == 12


def test_a_memory_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    path.write_bytes(b"not a database at all, but some text" * 100)

    with pytest.raises(StoreError) as caught:
        Memory(path).failed("a", Failure.GONE, MONDAY)

    assert caught.value.hint is not None
    assert "delete it" in caught.value.hint


@pytest.mark.parametrize(
    "schema",
    [
        "create table failures (x text); create table copies (x text);",
        "create view failures as select 1 as address; create view copies as select 'x' as body;",
        """
        create table copies (archive text, address text, day text, body text, expires real);
        insert into copies values ('a', 'b', '2026-01-01', 'no bytes', 9e9);
        create view failures as select 1 as address;
        """,
    ],
)
def test_a_memory_that_somebody_else_made_up_is_no_bug(schema: str, tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(sqlite3.connect(path)) as base, base:
        base.executescript(schema)
    memory = Memory(path)

    with pytest.raises(StoreError, match="cannot use"):
        memory.failed("https://a.example/", Failure.GONE, MONDAY)
    with suppress(StoreError):
        assert memory.recall("a", "b", "2026-01-01", MONDAY) is None


def test_nothing_is_written_where_nothing_failed(server: web.Server, tmp_path: Path) -> None:
    with closing(fetcher()) as live:
        RememberingFetcher(live, Memory(tmp_path / "m")).fetch(source("x"), server.url("/ok"))

    assert list(tmp_path.iterdir()) == []


# --- asked again, and only for what has changed -----------------------------------------


def conditional(h: web.Handler) -> None:
    if h.headers.get("If-None-Match") == '"seven"':
        h.answer(304, ETag='"seven"', X_Note="new")
    else:
        h.answer(body=web.UTF8, Content_Type=web.HTML, ETag='"seven"', X_Note="old")


def dated(h: web.Handler) -> None:
    day = "Mon, 16 Mar 2026 12:00:00 GMT"
    if h.headers.get("If-Modified-Since") == day:
        h.answer(304)
    else:
        h.answer(body=web.PACKED, Content_Type=web.HTML, Content_Encoding="gzip", Last_Modified=day)


@pytest.mark.parametrize("behaviour", [conditional, dated])
def test_a_page_that_has_not_changed_is_not_sent_again(behaviour: object, tmp_path: Path) -> None:
    store = Store(tmp_path / "evidence")
    with (
        web.Server(pages={"/page": behaviour}) as server,  # type: ignore[dict-item]
        closing(
            fetcher(record=store.record, recorded=lambda address: newest_page(store, address))
        ) as live,
    ):
        address = server.url("/page")
        first, again = (live.fetch(source("x"), address) for _ in range(2))

    assert server.log.count("/page") == 2
    assert again.body == first.body == web.UTF8
    assert (again.status, again.media_type, again.charset) == (200, "text/html", "utf-8")
    entries = store.entries(address)
    assert [e.is_revisit for e in entries] == [False, True]
    newest = RecordedFetcher(store).fetch(source("x"), address)
    assert newest.body == first.body
    assert newest.retrieved == entries[1].time


def test_a_server_that_says_unchanged_without_being_asked_gives_no_page(
    server: web.Server,
) -> None:
    with closing(fetcher()) as live:
        result = read(server.url("/not-modified"), live)

    assert isinstance(result, Unavailable)


# --- robots.txt -------------------------------------------------------------------------

ROBOTS = b"""\
User-agent: *
Disallow: /private/
Crawl-delay: 1

User-agent: verify-sources
Disallow: /ours/
"""


def site(robots: object) -> dict[str, object]:
    pages = ("/open", "/private/page", "/ours/page")
    return {"/robots.txt": robots, **{path: web.page(web.UTF8, web.HTML) for path in pages}}


def test_a_site_s_wish_is_heeded_and_asked_for_once() -> None:
    with (
        web.Server(pages=site(web.page(ROBOTS, "text/plain"))) as server,  # type: ignore[arg-type]
        closing(fetcher(heeds_robots=True)) as live,
    ):
        live.fetch(source("x"), server.url("/open"))
        live.fetch(source("x"), server.url("/private/page"))  # another group speaks of us
        with pytest.raises(FetchError) as caught:
            live.fetch(source("x"), server.url("/ours/page"))

    assert caught.value.failure is Failure.DISALLOWED
    assert server.log.count("/robots.txt") == 1
    assert server.log.count("/ours/page") == 0


def test_a_redirect_to_what_a_site_bars_is_not_followed() -> None:
    pages = {**site(web.page(ROBOTS, "text/plain")), "/to": web.redirect("/ours/page")}
    with (
        web.Server(pages=pages) as server,  # type: ignore[arg-type]
        closing(fetcher(heeds_robots=True)) as live,
        pytest.raises(FetchError) as caught,
    ):
        live.fetch(source("x"), server.url("/to"))

    assert caught.value.failure is Failure.DISALLOWED
    assert server.log.count("/ours/page") == 0


def test_a_crawl_delay_is_kept_within_a_cap() -> None:
    robots = web.page(b"User-agent: *\nCrawl-delay: 3600\n", "text/plain")
    with (
        web.Server(pages=site(robots)) as server,  # type: ignore[arg-type]
        closing(fetcher(heeds_robots=True, max_wait=0.3)) as live,
    ):
        for path in ("/open", "/private/page"):
            live.fetch(source("x"), server.url(path))

    first, second = (server.log.moments(p)[0] for p in ("/open", "/private/page"))
    assert 0.25 < second - first < 3


@pytest.mark.parametrize(
    "line",
    [
        "Disallow: //[", "Allow: http://[a", "Disallow: %2f%2f[", "Disallow: //\u2100.com/",
        "Crawl-delay: ²", "Crawl-delay: 1" + "0" * 400, "Crawl-delay: " + "1" * 5_000,
        "Request-rate: ²/1", "Request-rate: 1/²",
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_asks_for_nothing_and_the_others_hold(line: str) -> None:
    groups = f"User-agent: other\n{line}\nUser-agent: *\n{line}\nDisallow: /private/\n"
    rules = parse(groups.encode())

    assert 0 <= rules.delay <= LONGEST_WAIT
    rules.check("https://a.example/open")
    with pytest.raises(FetchError) as caught:
        rules.check("https://a.example/private/page")
    assert caught.value.failure is Failure.DISALLOWED
    # The group before it stays a group of its own.
    assert rules.parser.can_fetch("other", "https://a.example/private/page")


def test_a_site_with_such_a_line_is_read() -> None:
    page = web.page("User-agent: *\nDisallow: //[\nCrawl-delay: ²\n".encode(), "text/plain")
    with (
        web.Server(pages=site(page)) as server,  # type: ignore[arg-type]
        closing(fetcher(heeds_robots=True)) as live,
    ):
        assert isinstance(read(server.url("/open"), live), Document)


@pytest.mark.parametrize(
    "moment",
    ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "1 Jan 2020 00:00:00 -9999999999999999"],
)
def test_a_moment_that_no_clock_knows_asks_for_no_wait(moment: str) -> None:
    assert retry_after({"Retry-After": moment}) is None


@pytest.mark.parametrize(
    ("robots", "failure"),
    [
        (web.status(404), None),
        (web.status(403), None),
        (web.page(b"<html>no robots here</html>", "text/html"), None),
        (web.page(bytes(range(256)) * 4_000, "text/plain"), None),
        (web.page(b"Disallow: /\n" * 60_000, "text/plain"), None),
        (web.redirect("/robots.txt"), None),
        (web.status(503), Failure.DISALLOWED),
    ],
    ids=["404", "403", "html", "bytes", "no-agent", "circle", "503"],
)
def test_odd_rules_forbid_nothing_but_a_server_in_trouble_does(
    robots: object, failure: Failure | None
) -> None:
    with (
        web.Server(pages=site(robots)) as server,  # type: ignore[arg-type]
        closing(fetcher(heeds_robots=True)) as live,
    ):
        result = read(server.url("/open"), live)

    failures = [a.failure for a in result.attempts] if isinstance(result, Unavailable) else []
    assert failures == ([failure] if failure else [])
    if failure:
        assert [f.name for f in found(result)] == ["blocked-source"]


def test_a_huge_robots_txt_is_read_in_time() -> None:
    rules = parse(b"User-agent: *\n" + b"Disallow: /a\n" * 1_000_000)

    rules.check("https://a.example.org/b")
    with pytest.raises(FetchError):
        rules.check("https://a.example.org/a")


def test_the_wish_of_a_dead_site_is_a_dead_site() -> None:
    with web.Server() as server:
        port = server.port
    with closing(fetcher(heeds_robots=True)) as live:
        result = read(f"http://127.0.0.1:{port}/page", live)

    assert isinstance(result, Unavailable)
    assert [a.failure for a in result.attempts] == [Failure.UNREACHABLE]


def test_no_robots_are_asked_for_where_nobody_heeds_them(server: web.Server) -> None:
    with closing(replace(fetcher())) as live:
        live.fetch(source("x"), server.url("/ok"))

    assert server.log.count("/robots.txt") == 0
