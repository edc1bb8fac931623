"""The live web and local files, against a real server that misbehaves as real servers do."""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import server as web
from verify.errors import FetchError
from verify.fetch.live import LiveFetcher
from verify.fetch.local import FileFetcher
from verify.model import Failure, Position, Snapshot, Source, SourceId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.interfaces import Fetcher

TIMEOUT = 1.0
CAP = 1_000_000


@pytest.fixture(scope="module")
def server() -> Iterator[web.Server]:
    with web.Server() as running:
        yield running


@pytest.fixture
def live() -> Iterator[LiveFetcher]:
    with closing(_live()) as fetcher:
        yield fetcher


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(SourceId("note-1"), ("1",), tmp_path / "sources.yaml", Position(1, 1))


def _live(**options: float) -> LiveFetcher:
    settings = {"timeout": TIMEOUT, "delay": 0.0, "back_off": 0.01, "retries": 1, **options}
    return LiveFetcher(max_bytes=CAP, policy=web.LOOPBACK, **settings)  # type: ignore[arg-type]


def _failure(fetcher: Fetcher, source: Source, address: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(source, address)
    return caught.value


# --- every behaviour of the server ------------------------------------------------------

WHOLE = {
    "/ok", "/plain", "/no-charset", "/no-type", "/wrong-utf8", "/wrong-latin1", "/wrong-1256",
    "/wrong-unknown", "/wrong-codec", "/right-1256", "/picture-as-html", "/picture", "/octets",
    "/duplicate-headers", "/gzip", "/gzip-members", "/gzip-padded", "/gzip-not", "/deflate",
    "/deflate-raw", "/reset-once", "/too-long", "/chunked", "/http-1.0", "/bad-length",
    "/bytes-in-headers", "/accepted", "/to-ok", "/to-ok-307", "/to-ok-308", "/to-ok-twice",
    "/to-relative", "/to-persian", "/خبر", "/%D8%AE%D8%A8%D8%B1", "/cookie-wall",
    "/huge-redirect", "/too-many-once", "/unavailable-once", "/unavailable-until",
}  # fmt: skip

FAILURES = {
    "/gzip-truncated": Failure.UNREADABLE,
    "/gzip-broken": Failure.UNREADABLE,
    "/gzip-bomb": Failure.TOO_LARGE,
    "/brotli": Failure.UNREADABLE,
    "/slow-headers": Failure.TIMEOUT,
    "/slow-body": Failure.TIMEOUT,
    "/slow-endless-body": Failure.TIMEOUT,
    "/hangs": Failure.TIMEOUT,
    "/resets": Failure.UNREACHABLE,
    "/reset-in-body": Failure.UNREACHABLE,
    "/too-short": Failure.UNREACHABLE,
    "/huge": Failure.TOO_LARGE,
    "/chunked-nonsense": Failure.UNREACHABLE,
    "/http-0.9": Failure.UNREACHABLE,
    "/bad-status-line": Failure.UNREACHABLE,
    "/huge-header": Failure.UNREACHABLE,
    "/many-headers": Failure.UNREACHABLE,
    "/closes": Failure.UNREACHABLE,
    "/empty": Failure.EMPTY,
    "/no-content": Failure.EMPTY,
    "/partial": Failure.UNREADABLE,
    "/loop": Failure.REDIRECTS,
    "/loop-back": Failure.REDIRECTS,
    "/loop-self": Failure.REDIRECTS,
    "/endless-redirects": Failure.REDIRECTS,
    "/to-file": Failure.REFUSED,
    "/to-ftp": Failure.REFUSED,
    "/to-script": Failure.REFUSED,
    "/to-data": Failure.REFUSED,
    "/to-user": Failure.REFUSED,
    "/to-nonsense": Failure.REFUSED,
    "/to-port": Failure.REFUSED,
    "/to-nowhere": Failure.REDIRECTS,
    "/choices": Failure.UNREADABLE,
    "/not-modified": Failure.UNREADABLE,
    "/bad-request": Failure.BLOCKED,
    "/unauthorized": Failure.BLOCKED,
    "/payment": Failure.BLOCKED,
    "/forbidden": Failure.BLOCKED,
    "/not-found": Failure.GONE,
    "/not-acceptable": Failure.BLOCKED,
    "/request-timeout": Failure.TIMEOUT,
    "/gone": Failure.GONE,
    "/too-many": Failure.BLOCKED,
    "/too-many-for-long": Failure.BLOCKED,
    "/law": Failure.BLOCKED,
    "/linkedin": Failure.BLOCKED,
    "/challenge": Failure.BLOCKED,
    "/challenge-202": Failure.BLOCKED,
    "/broken": Failure.SERVER_ERROR,
    "/not-implemented": Failure.SERVER_ERROR,
    "/unavailable": Failure.SERVER_ERROR,
    "/strange-status": Failure.UNREADABLE,
}


def test_every_behaviour_of_the_server_has_an_expected_end() -> None:
    assert WHOLE | FAILURES.keys() == web.PAGES.keys()
    assert not WHOLE & FAILURES.keys()


@pytest.mark.parametrize("path", sorted(WHOLE))
def test_a_page_that_arrives_is_kept_whole(path: str, server: web.Server, source: Source) -> None:
    with closing(_live(timeout=5.0)) as live:
        snapshot = live.fetch(source, server.url(path))
    assert snapshot.body
    assert snapshot.via == live.name == "live"
    assert snapshot.address == server.url(path)
    assert snapshot.source_id == source.id
    assert snapshot.retrieved.tzinfo is not None
    if path not in {"/gzip-members", "/plain", "/picture", "/picture-as-html"}:
        assert snapshot.body in {web.UTF8, web.ARABIC_BYTES}


@pytest.mark.parametrize("path", sorted(FAILURES))
def test_a_page_that_cannot_be_had_fails_in_its_own_class_and_in_time(
    path: str, server: web.Server, source: Source, live: LiveFetcher
) -> None:
    address = server.url(f"{path}?n=1" if path == "/endless-redirects" else path)
    began = time.monotonic()
    error = _failure(live, source, address)
    assert time.monotonic() - began < TIMEOUT + 1.5
    assert error.failure is FAILURES[path]
    first = str(error)[0]
    assert first.isdigit() or first.islower() or str(error).startswith("TLS"), str(error)
    assert "object at 0x" not in str(error)


# --- what a snapshot and a failure say --------------------------------------------------


def test_a_failure_keeps_the_status_and_its_standard_name(
    server: web.Server, source: Source, live: LiveFetcher
) -> None:
    error = _failure(live, source, server.url("/not-found"))
    assert (str(error), error.status) == ("404 Not Found", 404)


def test_a_blocked_page_is_not_called_dead(
    server: web.Server, source: Source, live: LiveFetcher
) -> None:
    error = _failure(live, source, server.url("/forbidden"))
    assert str(error) == "403 Forbidden (blocked is not dead)"


def test_every_redirect_is_recorded(server: web.Server, source: Source, live: LiveFetcher) -> None:
    snapshot = live.fetch(source, server.url("/to-ok-twice"))
    assert snapshot.redirects == (server.url("/to-ok"), server.url("/ok"))
    assert snapshot.final_address == server.url("/ok")
    assert snapshot.address == server.url("/to-ok-twice")


def test_a_refused_redirect_is_recorded_and_never_asked(
    server: web.Server, source: Source, live: LiveFetcher
) -> None:
    error = _failure(live, source, server.url("/to-ftp"))
    assert error.redirects == ("ftp://127.0.0.1/secret",)
    assert str(error) == "neither http nor https: 'ftp://127.0.0.1/secret'"


def test_the_body_of_a_redirect_is_not_read(
    server: web.Server, source: Source, live: LiveFetcher
) -> None:
    live.fetch(source, server.url("/huge-redirect"))
    assert server.log.redirect_bytes < 20_000_000  # of 100 MB; the rest is socket buffers


@pytest.mark.parametrize(
    ("path", "media_type", "charset"),
    [
        ("/ok", "text/html", "utf-8"),
        ("/no-charset", "text/html", None),
        ("/no-type", "application/octet-stream", None),
        ("/duplicate-headers", "text/html", "windows-1256"),
        ("/bytes-in-headers", "application/octet-stream", None),
    ],
)
def test_the_media_type_and_the_charset_come_from_the_header(
    path: str, media_type: str, charset: str | None, server: web.Server, source: Source,
    live: LiveFetcher,
) -> None:  # fmt: skip
    snapshot = live.fetch(source, server.url(path))
    assert (snapshot.media_type, snapshot.charset) == (media_type, charset)


# --- manners ----------------------------------------------------------------------------


def test_we_say_who_we_are_and_ask_only_for_what_we_can_unpack(
    server: web.Server, source: Source, live: LiveFetcher
) -> None:
    live.fetch(source, server.url("/ok"))
    headers = server.log.requests[-1].headers
    assert headers["User-Agent"].startswith("verify-sources/")
    assert headers["Accept-Encoding"] == "gzip, deflate"


def test_no_credentials_leave_this_machine(
    server: web.Server, source: Source, live: LiveFetcher,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password word\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    live.fetch(source, server.url("/ok"))
    assert "Authorization" not in server.log.requests[-1].headers


def test_cookies_last_for_one_fetch(server: web.Server, source: Source, live: LiveFetcher) -> None:
    live.fetch(source, server.url("/cookie-wall"))
    assert server.log.requests[-1].headers["Cookie"] == "seen=1"
    live.fetch(source, server.url("/ok"))
    assert "Cookie" not in server.log.requests[-1].headers


def test_a_host_is_left_in_peace_between_two_requests(server: web.Server, source: Source) -> None:
    before = len(server.log.moments("/plain"))
    with closing(_live(delay=0.3)) as live:
        threads = [
            threading.Thread(target=live.fetch, args=(source, server.url("/plain")))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    moments = sorted(server.log.moments("/plain")[before:])
    gaps = [b - a for a, b in itertools.pairwise(moments)]
    assert len(gaps) == 2
    assert min(gaps) >= 0.28


def test_two_hosts_do_not_wait_for_each_other(source: Source) -> None:
    with web.Server() as one, web.Server() as other, closing(_live(delay=5.0)) as live:
        began = time.monotonic()
        live.fetch(source, one.url("/ok"))
        live.fetch(source, other.url("/ok"))
        assert time.monotonic() - began < 2.0


def test_retry_after_is_honoured(source: Source) -> None:
    with web.Server() as server, closing(_live(timeout=5.0)) as live:
        live.fetch(source, server.url("/too-many-once"))
        first, second = server.log.moments("/too-many-once")
    assert second - first >= 0.95


def test_a_retry_after_beyond_our_patience_ends_the_fetch_at_once(
    server: web.Server, source: Source, live: LiveFetcher
) -> None:
    before = server.log.count("/too-many-for-long")
    _failure(live, source, server.url("/too-many-for-long"))
    assert server.log.count("/too-many-for-long") == before + 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_left_in_peace_and_holds_nobody_up(status: int, source: Source) -> None:
    pages = {
        "/busy": web.status(status, Retry_After="3600"),
        "/other": web.page(web.UTF8, web.HTML),
    }
    with (
        web.Server(pages=pages) as server,
        web.Server() as another,
        closing(_live(retries=2, delay=0.2)) as live,
    ):
        first = _failure(live, source, server.url("/busy"))
        began = time.monotonic()
        later = [_failure(live, source, server.url("/other")) for _ in range(20)]
        took = time.monotonic() - began
        assert live.fetch(source, another.url("/ok")).body == web.UTF8

    assert first.failure is Failure.BLOCKED
    assert first.status == status
    assert "asks to come back in 3600 s" in str(first)
    assert {e.failure for e in later} == {Failure.BLOCKED}
    assert "not asked: its server was busy before" in str(later[-1])
    assert [r.path for r in server.log.requests] == ["/busy"]
    assert took < 1.0


def test_a_busy_host_is_asked_again_once_it_has_had_its_rest(source: Source) -> None:
    pages = {
        "/busy": web.status(429, Retry_After="1"),
        "/other": web.page(web.UTF8, web.HTML),
    }
    with web.Server(pages=pages) as server:
        live = LiveFetcher(policy=web.LOOPBACK, delay=0.0, retries=0, max_wait=0.2)
        with closing(live):
            _failure(live, source, server.url("/busy"))
            _failure(live, source, server.url("/other"))
            time.sleep(1.05)
            assert live.fetch(source, server.url("/other")).body == web.UTF8


def test_those_who_wait_for_a_busy_host_are_told_at_once(source: Source) -> None:
    pages = {
        f"/{n}": web.status(503, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT") for n in range(9)
    }
    with web.Server(pages=pages) as server, closing(_live(delay=0.5, timeout=5.0)) as live:
        began = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            errors = list(pool.map(lambda n: _failure(live, source, server.url(f"/{n}")), range(9)))
        took = time.monotonic() - began

    assert {e.failure for e in errors} == {Failure.BLOCKED}
    assert len(server.log.requests) == 1
    assert took < 2.0


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_robots_txt_says_nothing_of_what_may_be_read(status: int, source: Source) -> None:
    pages = {
        "/robots.txt": web.status(status, Retry_After="1"),
        "/ok": web.page(web.UTF8, web.HTML),
    }
    with web.Server(pages=pages) as server:
        live = LiveFetcher(
            policy=web.LOOPBACK, delay=0.0, retries=0, max_wait=0.2, heeds_robots=True
        )
        with closing(live):
            busy = _failure(live, source, server.url("/ok"))
            assert server.log.count("/ok") == 0
            time.sleep(1.05)
            again = _failure(live, source, server.url("/ok"))

    assert {busy.failure, again.failure} == {Failure.BLOCKED}
    assert server.log.count("/robots.txt") == 2


def test_what_an_archive_replays_of_a_busy_server_shuts_no_archive(source: Source) -> None:
    pages = {
        "/copy": web.status(
            503, Retry_After="3600", Memento_Datetime="Fri, 20 Mar 2020 12:00:00 GMT"
        ),
        "/other": web.page(web.UTF8, web.HTML),
    }
    with web.Server(pages=pages) as server, closing(_live(retries=0)) as live:
        _failure(live, source, server.url("/copy"))
        assert live.fetch(source, server.url("/other")).body == web.UTF8


@pytest.mark.parametrize(
    ("path", "times"), [("/broken", 3), ("/not-found", 1), ("/forbidden", 1), ("/gone", 1)]
)
def test_only_trouble_that_may_pass_is_tried_again(
    path: str, times: int, server: web.Server, source: Source
) -> None:
    before = server.log.count(path)
    with closing(_live(retries=2)) as live:
        _failure(live, source, server.url(path))
    assert server.log.count(path) == before + times


def test_one_host_serves_many_threads(server: web.Server, source: Source) -> None:
    snapshots: list[Snapshot] = []
    with closing(_live(timeout=10.0)) as live:
        threads = [
            threading.Thread(
                target=lambda: snapshots.append(live.fetch(source, server.url("/gzip")))
            )
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [s.body for s in snapshots] == [web.UTF8] * 20


def test_open_connections_do_not_pile_up(server: web.Server, source: Source) -> None:
    with closing(_live(timeout=10.0)) as live:
        live.fetch(source, server.url("/ok"))
        before = _open_files()
        for path in ["/http-1.0", "/not-found", "/huge", "/ok"] * 10:
            try:
                live.fetch(source, server.url(path))
            except FetchError:
                continue
        assert _open_files() <= before + 4


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


# --- addresses that are never asked -----------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "", " ", "no address", "ftp://127.0.0.1/", "file:///etc/hostname", "javascript:alert(1)",
        "//127.0.0.1/", "http://", "http:///path", "http://[::1", "http://127.0.0.1:99999/",
        "http://127.0.0.1:word/", "http://127.0.0.1:0/", "http://user:word@127.0.0.1/",
        "http://user@127.0.0.1/", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: 1",
        "http://127.0.0.1\\@example.org/", "http://" + "a" * 9_000, "http://\ud800.example/",
        "http://" + "ا" * 200 + ".example/", "http://..../", "http://a..b/", "http://*/",
        "http://\x00/", "HTTP://", "data:text/html,<p>", "http://[v1.x]/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(address: str, source: Source, live: LiveFetcher) -> None:
    error = _failure(live, source, address)
    assert error.failure in {Failure.REFUSED, Failure.UNREACHABLE}
    assert len(str(error)) < 400


def test_a_port_where_nobody_listens_is_unreachable(source: Source, live: LiveFetcher) -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        error = _failure(live, source, address)
    assert error.failure is Failure.UNREACHABLE
    assert str(error) == "no connection (connection refused)"


def test_a_server_that_speaks_no_tls_is_unreachable(
    server: web.Server, source: Source, live: LiveFetcher
) -> None:
    error = _failure(live, source, server.url("/ok").replace("http:", "https:"))
    assert error.failure is Failure.UNREACHABLE
    assert str(error).startswith("TLS failed")


def test_a_server_that_never_ends_its_tls_handshake_times_out(source: Source) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent, closing(_live()) as live:
        began = time.monotonic()
        error = _failure(live, source, f"https://127.0.0.1:{silent.getsockname()[1]}/")
    assert error.failure is Failure.TIMEOUT
    assert time.monotonic() - began < TIMEOUT + 1.0


# --- local files ------------------------------------------------------------------------


def test_a_file_is_read_as_it_is(tmp_path: Path, source: Source) -> None:
    path = tmp_path / "صفحه.html"
    path.write_bytes(web.ARABIC_BYTES)
    snapshot = FileFetcher().fetch(source, str(path))
    assert snapshot.body == web.ARABIC_BYTES
    assert (snapshot.media_type, snapshot.via) == ("text/html", "file")
    assert snapshot.address == snapshot.final_address == str(path)
    assert (snapshot.charset, snapshot.status) == (None, None)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.HTM", "text/html"),
        ("a.xhtml", "application/xhtml+xml"),
        ("a.txt", "text/plain"),
        ("a.md", "text/markdown"),
        ("a.pdf", "application/pdf"),
        ("a", "application/octet-stream"),
        ("a.1404", "application/octet-stream"),
    ],
)
def test_a_file_s_suffix_names_its_type(
    name: str, media_type: str, tmp_path: Path, source: Source
) -> None:
    (tmp_path / name).write_text("text")
    assert FileFetcher().fetch(source, str(tmp_path / name)).media_type == media_type


def test_what_is_no_readable_file_is_refused_with_its_path(tmp_path: Path, source: Source) -> None:
    fifo, large, empty = tmp_path / "fifo", tmp_path / "large", tmp_path / "empty"
    os.mkfifo(fifo)
    large.write_bytes(bytes(101))
    empty.touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    expected = {
        tmp_path / "missing.html": Failure.MISSING_FILE,
        empty / "below-a-file": Failure.MISSING_FILE,
        tmp_path / "loop": Failure.MISSING_FILE,
        tmp_path / ("a" * 300): Failure.MISSING_FILE,
        tmp_path: Failure.REFUSED,
        fifo: Failure.REFUSED,
        "/dev/zero": Failure.REFUSED,
        "null\0byte": Failure.REFUSED,
        "half a pair \ud800": Failure.REFUSED,
        large: Failure.TOO_LARGE,
        empty: Failure.EMPTY,
    }
    for path, failure in expected.items():
        error = _failure(FileFetcher(max_bytes=100), source, str(path))
        assert error.failure is failure, path
        if failure is not Failure.TOO_LARGE:
            assert str(path)[:8] in str(error) or "\\" in str(error)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_we_may_not_read_says_so(tmp_path: Path, source: Source) -> None:
    path = tmp_path / "secret.html"
    path.write_text("text")
    path.chmod(0)
    assert "permission denied" in str(_failure(FileFetcher(), source, str(path)))


# --- the contract of all fetchers -------------------------------------------------------


@pytest.fixture(params=["live", "file"])
def fetcher_and_place(
    request: pytest.FixtureRequest, server: web.Server, tmp_path: Path, live: LiveFetcher
) -> tuple[Fetcher, str, str]:
    """Return a fetcher, an address that has the article, and one that has nothing."""
    if request.param == "live":
        return live, server.url("/ok"), server.url("/not-found")
    path = tmp_path / "ok.html"
    path.write_bytes(web.UTF8)
    return FileFetcher(), str(path), str(tmp_path / "missing.html")


def test_a_fetcher_gives_a_snapshot_or_raises_a_fetch_error(
    fetcher_and_place: tuple[Fetcher, str, str], source: Source
) -> None:
    fetcher, present, absent = fetcher_and_place
    snapshot = fetcher.fetch(source, present)
    assert snapshot.body == web.UTF8
    assert snapshot.media_type == "text/html"
    assert snapshot.via == fetcher.name
    assert snapshot.address == present
    assert snapshot.source_id == source.id
    error = _failure(fetcher, source, absent)
    assert error.failure in {Failure.GONE, Failure.MISSING_FILE}
    assert str(error)
    assert fetcher.fetch(source, present).sha256 == snapshot.sha256
