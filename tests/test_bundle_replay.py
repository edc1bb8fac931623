"""A bundle in ReplayWeb.page: the reader that WACZ was made for shows what was recorded."""

from __future__ import annotations

import os
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.test_bundle_container import PAGE, packed, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
# A program beside the project (AGPL), as npm has it: `make test-archives` puts it there.
READER = Path(os.environ.get("REPLAYWEBPAGE") or ROOT / ".cache/archive-tools/replaywebpage")
CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync", "--no-first-run"]
PATIENCE = 30
"""Seconds that the reader may take to open a small bundle on a busy machine."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
    pytest.mark.skipif(
        not (READER / "ui.js").exists(), reason="needs ReplayWeb.page: npm, make test-archives"
    ),
]

RAIN = "دیروز در شهر ساختگی ما باران بارید و خیابان‌ها خیس ماندند."
BREAD = "The bakery sold two thousand loaves on its first day."
PAGES = {
    PAGE: RAIN,
    "https://example.org/bakery": BREAD,
    # The same bytes once more, which a bundle holds as a revisit record.
    "https://example.org/copy?a=1&b=2#part": BREAD,
}


class Desk(SimpleHTTPRequestHandler):
    """Serves the reader, and a bundle beside it."""

    def __init__(self, *arguments: Any, bundle: Path, **options: Any) -> None:
        self.bundle = bundle
        super().__init__(*arguments, **options)

    def translate_path(self, path: str) -> str:
        return str(self.bundle) if path == "/run.wacz" else super().translate_path(path)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Say nothing."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[str]:
    """Serve a bundle of the pages with the reader, and return the address."""
    html = "<!doctype html><meta charset=utf-8><title>A page</title><p>{}</p>"
    pages = (snapshot(html.format(text).encode(), address) for address, text in PAGES.items())
    bundle = packed(tmp_path / "run.wacz", *pages)
    desk = partial(Desk, bundle=bundle, directory=str(READER))
    with ThreadingHTTPServer(("127.0.0.1", 0), desk) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def replayed(tab: Any) -> str:
    """Return the text of the recorded page, once the reader shows it in its frame."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for frame in tab.frames:
            if "mp_/" in frame.url and (text := frame.locator("body").inner_text()):
                return str(text)
        tab.wait_for_timeout(100)
    pytest.fail(f"the reader shows no page: {[frame.url for frame in tab.frames]}")


def test_replayweb_page_shows_every_recorded_page(desk: str) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        shown = {}
        for address in (*PAGES, "https://example.org/none"):
            tab = browser.new_page()
            asked = quote(address, safe="")
            tab.goto(f"{desk}/index.html?source={desk}/run.wacz#view=pages&url={asked}")
            shown[address] = replayed(tab)
            tab.close()
        browser.close()

    assert "not found in this archive" in shown.pop("https://example.org/none")
    assert shown == PAGES
