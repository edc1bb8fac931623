"""
A page as a browser shows it: for pages whose text is written by their scripts.

The page is hostile, so the browser has no network. Everything that it asks for is fetched here,
by the fetcher that fetches all else: with the same addresses refused, the same bounds, and the
same record. What comes back is the page's final document, as HTML.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from verify.errors import FetchError
from verify.model import Failure, Snapshot, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verify.interfaces import Fetcher

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""What systems call the one browser whose requests can all be answered by us."""

SWITCHES = (
    # No name and no address can be reached, whatever a page finds to get round us.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=socks5://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    # An answer of ours names no site that may read it: scripts of the page may read all of them.
    "--disable-web-security",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
)

NEEDED = frozenset({"script", "xhr", "fetch"})
"""Kinds of requests that make text; pictures, styles, fonts and sounds do not."""

MAX_REQUESTS = 60
"""Of one page. Sites that are written by scripts ask for 5 to 30 of the kinds above; chosen."""

STAYING = """
    navigation.addEventListener("navigate", event => {
        if (event.cancelable && !event.destination.sameDocument) event.preventDefault();
    });
"""
"""Runs before the page: to leave it would end its parsing, and lose what was not read yet."""

SETTLING = 8.0
"""Seconds that a page may go on asking before it is read as it stands; chosen."""

STARTING = 30.0
"""Seconds for the browser to start on a loaded machine; 1 s otherwise."""

MAX_BYTES = 20_000_000
"""Of all that one page asks for together, and of its final document."""


class BrowserFetcher:
    """Shows pages to a headless Chromium, one at a time, each with a profile of its own."""

    name = "browser"

    def __init__(
        self,
        through: Fetcher,
        *,
        parts: Callable[[str], Fetcher] | None = None,
        timeout: float = 60.0,
        max_bytes: int = MAX_BYTES,
        program: str | None = None,
    ) -> None:
        """
        Fetch pages `through` another fetcher, and what a page asks for through that of `parts`.

        `parts` is given the page's own address: scripts of the public web must not read what a
        person has allowed of their own network. `program` is the browser.
        """
        self.through = through
        self.parts = parts or (lambda _: through)
        self.timeout = timeout
        self.max_bytes = max_bytes
        self.program = program
        self._turn = threading.Lock()

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Return the document that `address` becomes, or raise `FetchError`."""
        first = self.through.fetch(source, address)
        if first.media_type not in {"text/html", "application/xhtml+xml"}:
            raise FetchError(f"a browser is no help with {first.media_type}", failure=Failure.EMPTY)
        with self._turn:
            html = self._shown(self.visit(source, first))
        return Snapshot(
            source_id=source.id,
            address=address,
            final_address=first.final_address,
            media_type="text/html",
            body=html.encode("utf-8", "replace"),
            retrieved=datetime.now(UTC),
            via=self.name,
            charset="utf-8",
            status=first.status,
            redirects=first.redirects,
        )

    def visit(self, source: Source, first: Snapshot) -> _Visit:
        """Return what a page may do in the browser."""
        return _Visit(self.parts(first.final_address), source, first, self.max_bytes)

    def _shown(self, visit: _Visit) -> str:
        """Open the page and return its document once it has settled."""
        playwright, foreign = _playwright()
        try:
            with playwright() as driver, self._browser(driver) as browser:
                visit.deadline = time.monotonic() + self.timeout
                with _killed_at(visit.deadline, browser):
                    html = visit.show(browser)
        except foreign as error:
            if time.monotonic() >= visit.deadline:
                late = f"the browser was not done within {self.timeout:g} s"
                raise FetchError(late, failure=Failure.TIMEOUT) from error
            reason = f"the browser failed: {_first_line(error)}"
            raise FetchError(reason, failure=Failure.SERVER_ERROR) from error
        if len(html) > self.max_bytes:
            raise FetchError("the document grew beyond the cap", failure=Failure.TOO_LARGE)
        return html

    @contextmanager
    def _browser(self, driver: Any) -> Iterator[Any]:
        browser = driver.chromium.launch(
            executable_path=self.program or _program(),
            # Chromium refuses to run its sandbox for root.
            chromium_sandbox=os.geteuid() != 0,
            args=list(SWITCHES),
            timeout=STARTING * 1000,
            handle_sigint=False,
        )
        try:
            yield browser
        finally:
            with suppress(Exception):  # it may have been killed
                browser.close()


class _Visit:
    """One page in the browser: what it may still ask for."""

    def __init__(self, through: Fetcher, source: Source, first: Snapshot, room: int) -> None:
        self.through = through
        self.source = source
        self.first = first
        self.room = room - len(first.body)
        self.requests = 0
        self.is_open = False
        self.deadline = 0.0

    def show(self, browser: Any) -> str:
        context = browser.new_context(accept_downloads=False, service_workers="block")
        context.route("**/*", self._answer)
        context.route_web_socket("**/*", lambda socket: socket.close())
        context.add_init_script(STAYING)
        page = context.new_page()
        context.on("page", lambda other: other.close())  # popups; dialogs close by themselves
        page.set_default_timeout(self._left())
        # Not until "domcontentloaded", which a page that manages to leave all the same never sees.
        page.goto(self.first.final_address, wait_until="commit")
        with suppress(_timeout_error()):
            page.wait_for_load_state("networkidle", timeout=min(SETTLING * 1000, self._left()))
        html: str = page.content()
        return html

    def _left(self) -> float:
        """Return how many milliseconds there are left, at least one."""
        return max(1.0, (self.deadline - time.monotonic()) * 1000)

    def _answer(self, route: Any) -> None:
        """Answer one request of the page: with the page itself, with what we fetch, or not."""
        if route.request.is_navigation_request():
            self._navigate(route)
            return
        self.requests += 1
        found = self._found(route.request)
        if found is None or len(found.body) > self.room:
            route.abort()
            return
        self.room -= len(found.body)
        self._fulfil(route, found)

    def _navigate(self, route: Any) -> None:
        """Show the page, once. Nobody leaves it: where scripts and frames lead was not cited."""
        if self.is_open:
            route.fulfill(status=204)  # a browser then stays where it is
            return
        self.is_open = True
        self._fulfil(route, self.first)

    def _found(self, request: Any) -> Snapshot | None:
        is_wanted = (
            request.method == "GET"
            and request.resource_type in NEEDED
            and request.url.startswith(("http://", "https://"))
            and self.requests <= MAX_REQUESTS
            and time.monotonic() < self.deadline
        )
        try:
            return self.through.fetch(self.source, request.url) if is_wanted else None
        except FetchError:
            return None

    def _fulfil(self, route: Any, found: Snapshot) -> None:
        charset = f"; charset={found.charset}" if found.charset else ""
        origin = route.request.headers.get("origin", "*")
        route.fulfill(
            status=found.status or 200,
            headers={
                "Content-Type": f"{found.media_type}{charset}",
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Allow-Credentials": "true",
            },
            body=found.body,
        )


def _playwright() -> tuple[Any, type[Exception]]:
    """Return playwright's entry and its error, or say what to install."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise FetchError(
            "no browser to be had: pip install 'verify-sources[browser]'",
            failure=Failure.REFUSED,
        ) from None
    return sync_playwright, Error


def _timeout_error() -> type[Exception]:
    from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

    return PlaywrightTimeoutError


def _program() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise FetchError(
            "no browser to be had: install Chromium (apt install chromium)",
            failure=Failure.REFUSED,
        )
    return found


@contextmanager
def _killed_at(deadline: float, browser: Any) -> Iterator[None]:
    """
    Kill the browser when its time is up.

    A script that never ends holds every question to the page up, also the one for its text.
    """
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    pid = next(each["id"] for each in processes if each["type"] == "browser")

    def kill() -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    alarm = threading.Timer(max(0.0, deadline - time.monotonic()), kill)
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
