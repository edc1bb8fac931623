"""The browser fetcher, with a real Chromium and a real server on loopback."""

from __future__ import annotations

import shutil
import sys
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.server import LOOPBACK
from verify.errors import FetchError
from verify.extract import extract, unread
from verify.fetch.browser import BrowserFetcher
from verify.fetch.limit import LimitedFetcher
from verify.fetch.live import LiveFetcher
from verify.model import Failure, Position, Snapshot, Source, SourceId
from verify.settings import Settings
from verify.tools import fetchers

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Source(SourceId("s"), (), Path("sources.yaml"), Position(1, 1))
SENTENCE = "دیروز در شهر ساختگی ما باران بارید و خیابان‌ها تا نیمه‌شب خیس ماندند."
SHELL = (
    "<!doctype html><html lang=fa><meta charset=utf-8><div id=root></div>"
    "<noscript>Please enable JavaScript.</noscript>"
)
WRITE = (
    "fetch('{}').then(r => r.json()).then(d => {{"
    "document.getElementById('root').innerHTML = '<article><p>' + d.text + '</p></article>';}})"
)
HOSTILE = """
<p id=a>The page itself.</p><script>
const say = t => document.getElementById('a').append(' ' + t);
alert('1'); confirm('2'); prompt('3'); window.open('/popup'); location.hash = 'x';
for (const url of ['http://169.254.169.254/latest/meta-data', 'http://10.0.0.1/', '/to-private', 'file:///etc/passwd'])
  fetch(url).then(r => r.text()).then(t => say('REACHED ' + url)).catch(() => say('refused'));
fetch('/post', {method: 'POST', body: 'x'}).then(() => say('REACHED post')).catch(() => 0);
new WebSocket('ws://127.0.0.1:%(port)d/socket').onopen = () => say('REACHED socket');
const a = document.createElement('a'); a.href = '/download'; a.download = 'x'; a.click();
setTimeout(() => { location = '/elsewhere'; }, 50);
try { new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:%(port)d'}]}); } catch (e) {}
</script><img src=/picture.png><iframe src=/frame></iframe><link rel=stylesheet href=/style.css>
"""


class Site(ThreadingHTTPServer):
    """Serves pages that scripts write, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        big = "x" * 100_000
        self.pages = {
            "/app": SHELL + "<script src=/app.js></script>",
            "/app.js": WRITE.format("/text.json"),
            "/text.json": f'{{"text": "{SENTENCE * 5}"}}',
            "/hostile": HOSTILE % {"port": self.server_port},
            "/endless": SHELL + "<script>for (;;);</script>",
            "/elsewhere": "<p>another page</p>",
            "/leaving": "<p>Before.</p><script>location = '/elsewhere'</script>"
            "<script>location.hash = 'x'; setTimeout(() => { location = '/elsewhere'; })</script>"
            + "<p>The text goes on.</p>" * 3000
            + "<iframe src=/frame></iframe><script src=/app.js></script><p>The end.</p>",
            "/greedy": SHELL + "<script>for (let n = 0; n < 90; n++) fetch('/part.json?' + n);"
            "document.body.append('x'.repeat(1e6))</script>",
            "/part.json": f'{{"a": "{big}"}}',
            "/text": "plain",
        }


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.asked.append(path)
        if path in {"/moved", "/to-private"}:
            target = "/app" if path == "/moved" else "http://192.168.0.1/"
            self.send_response(302)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = self.server.pages.get(path, "").encode()
        kind = {".js": "text/javascript", ".json": "application/json"}.get(Path(path).suffix)
        self.send_response(200 if body else 404)
        kind = kind or ("text/plain" if path == "/text" else "text/html; charset=utf-8")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def live() -> Iterator[LiveFetcher]:
    fetcher = LiveFetcher(delay=0.0, policy=LOOPBACK)
    yield fetcher
    fetcher.close()


def at(site: Site, path: str) -> str:
    return f"http://127.0.0.1:{site.server_port}{path}"


needs_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("chromium"), reason="needs Debian's chromium"),
]


def marked(function: object) -> object:
    for mark in needs_chromium:
        function = mark(function)
    return function


@marked
def test_a_page_that_scripts_write_is_read_as_a_reader_sees_it(
    site: Site, live: LiveFetcher
) -> None:
    before = extract(live.fetch(SOURCE, at(site, "/app")))
    snapshot = BrowserFetcher(live).fetch(SOURCE, at(site, "/moved"))
    after = extract(snapshot)

    assert before.needs_browser
    assert not after.needs_browser
    assert unread(after) is None
    assert after.text.startswith((SENTENCE * 5).strip())
    assert (snapshot.via, snapshot.status, snapshot.charset) == ("browser", 200, "utf-8")
    assert snapshot.final_address == at(site, "/app")
    assert snapshot.redirects == (at(site, "/app"),)


@marked
def test_a_hostile_page_reaches_nothing_that_we_would_not_ask(
    site: Site, live: LiveFetcher
) -> None:
    body = BrowserFetcher(live).fetch(SOURCE, at(site, "/hostile")).body.decode()

    assert "REACHED" not in body.partition("</p>")[0]
    assert body.count("refused") >= 3
    assert set(site.asked) <= {"/hostile", "/to-private"}


@marked
def test_a_page_that_leads_elsewhere_while_it_loads_is_read_to_its_end(
    site: Site, live: LiveFetcher
) -> None:
    began = time.monotonic()
    body = BrowserFetcher(live).fetch(SOURCE, at(site, "/leaving")).body.decode()

    assert body.count("The text goes on.") == 3000
    assert "The end." in body
    assert "/elsewhere" not in site.asked
    assert time.monotonic() - began < 30.0


@marked
def test_a_script_that_never_ends_is_ended(site: Site, live: LiveFetcher) -> None:
    began = time.monotonic()
    with pytest.raises(FetchError, match="not done within 3 s") as caught:
        BrowserFetcher(live, timeout=3.0).fetch(SOURCE, at(site, "/endless"))

    assert caught.value.failure is Failure.TIMEOUT
    assert time.monotonic() - began < 20.0


@marked
def test_a_page_may_not_ask_for_ever_nor_grow_beyond_the_cap(site: Site, live: LiveFetcher) -> None:
    with pytest.raises(FetchError, match="beyond the cap") as caught:
        BrowserFetcher(live, max_bytes=500_000).fetch(SOURCE, at(site, "/greedy"))

    assert caught.value.failure is Failure.TOO_LARGE
    assert 0 < site.asked.count("/part.json") <= 60


# --- without a browser ------------------------------------------------------------------


def test_what_is_no_page_is_not_shown_to_a_browser(site: Site, live: LiveFetcher) -> None:
    with pytest.raises(FetchError, match="no help with text/plain"):
        BrowserFetcher(live).fetch(SOURCE, at(site, "/text"))


def test_an_address_that_is_refused_is_refused_before_any_browser(live: LiveFetcher) -> None:
    with pytest.raises(FetchError) as caught:
        BrowserFetcher(live, program="/nowhere").fetch(SOURCE, "http://169.254.169.254/")
    assert caught.value.failure is Failure.REFUSED


def test_without_the_extra_the_reason_says_what_to_install(
    site: Site, live: LiveFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(FetchError, match=r"pip install 'verify-sources\[browser\]'"):
        BrowserFetcher(live).fetch(SOURCE, at(site, "/app"))


def test_without_a_browser_the_reason_says_what_to_install(
    site: Site, live: LiveFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.fetch.browser.shutil.which", lambda _: None)
    with pytest.raises(FetchError, match="install Chromium"):
        BrowserFetcher(live).fetch(SOURCE, at(site, "/app"))


def test_scripts_of_a_public_page_read_nothing_that_is_allowed_of_one_s_own_network(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.fetch.guard.system_numbers", lambda *_: ["127.0.0.1"])
    monkeypatch.setenv("HOME", str(tmp_path))
    allowed = ("intra.example.org", "127.0.0.0/8")
    settings = Settings(
        allow_private=allowed, browser=True, evidence=tmp_path / "kept", delay=0.0, retries=0
    )
    asked = SimpleNamespace(
        method="GET",
        resource_type="fetch",
        url=f"http://intra.example.org:{site.server_port}/text.json",
    )

    def found(browser: BrowserFetcher, page: str) -> object:
        first = Snapshot(SOURCE.id, page, page, "text/html", b"", datetime.now(UTC), "live")
        visit = browser.visit(SOURCE, first)
        visit.deadline = time.monotonic() + 60
        return visit._found(asked)

    with fetchers(settings) as tools:
        assert isinstance(tools.browser, LimitedFetcher)
        browser = tools.browser.inner
        assert isinstance(browser, BrowserFetcher)

        # Whatever its name stands for at the moment.
        assert found(browser, "http://evil.example.org/") is None
        assert not site.asked
        assert found(browser, "http://intra.example.org/") is not None
        assert found(browser, "http://127.0.0.1/") is not None


def test_a_run_asks_the_browser_where_a_person_says_so(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    from verify.cli import main

    monkeypatch.chdir(tmp_path)
    url = f"http://127.0.0.1:{site.server_port}/app"
    Path("a.md").write_text(f"«{SENTENCE}»[^1]\n\n[^1]: Rain. {url}\n", "utf-8")
    arguments = ["check", "a.md", "--allow-private", "127.0.0.1", "--no-archives", "--delay", "0"]

    main([*arguments, "--format", "json=without.json"])
    main([*arguments, "--format", "json=with.json", "--browser"])
    without, with_browser = (
        json.loads(Path(name).read_text("utf-8"))["verdicts"][0]
        for name in ("without.json", "with.json")
    )

    assert without["outcome"] == "unchecked"
    assert with_browser["outcome"] == "supported"
    assert with_browser["version"]["via"] == "browser"
