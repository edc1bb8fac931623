"""Addresses that open a page at a passage: by the specification, and in a real browser."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pytest

from verify.extract import extract
from verify.judge.fragment import LONGEST_WHOLE, directive, fragment_address
from verify.model import (
    Document,
    Extraction,
    Identification,
    Language,
    Snapshot,
    SourceId,
    Span,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = Path("/usr/bin/chromium")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = (
    "Contents\n"
    "The mill was sold on Friday.\n"
    "The mill was sold on Friday. Its wheel, made by Ali-Reza & sons, still turns in the flood "
    "and is greased by hand in every week of the winter months, as the last miller asked for.\n"
    "A neighbour remembers the noise. The Mill was sold on Friday, and nobody wept."
)
PERSIAN = (
    "آسیاب کهنه\n"
    "آسیاب روز جمعه فروخته شد. چرخ آن هنوز در آب می‌چرخد و هر هفته با دست روغن‌کاری می‌شود، "
    "چنان‌که آخرین آسیابان خواسته بود.\n"
    "همسایه صدای آن را به یاد می‌آورد."
)


def document(text: str, address: str = "https://mill.example/page", via: str = "live") -> Document:
    snapshot = Snapshot(SourceId("s"), "", address, "text/html", b"", NOW, via)
    return Document(snapshot, Extraction(text, ()), Identification(Language("en"), 1.0))


def at(text: str, words: str, number: int = 0) -> str:
    """Return the directive for the `number`th place of some words."""
    start = -1
    for _ in range(number + 1):
        start = text.index(words, start + 1)
    return str(directive(text, Span(start, start + len(words))))


def test_a_passage_that_stands_once_is_named_by_its_words() -> None:
    assert at(PAGE, "A neighbour remembers the noise.") == (
        ":~:text=A%20neighbour%20remembers%20the%20noise."
    )


def test_the_signs_of_the_directive_itself_are_encoded() -> None:
    assert at(PAGE, "wheel, made by Ali-Reza & sons") == (
        ":~:text=wheel%2C%20made%20by%20Ali%2DReza%20%26%20sons%2C"
    )


def test_a_passage_that_repeats_has_as_many_words_around_it_as_it_needs() -> None:
    words = "The mill was sold on Friday."

    assert at(PAGE, words) == ":~:text=The%20mill%20was%20sold%20on%20Friday."
    # What comes before is in the block before, and a browser skips the space between.
    assert at(PAGE, words, 1) == (
        ":~:text=sold%20on%20Friday.-,The%20mill%20was%20sold%20on%20Friday.,-Its%20wheel%2C%20made"
    )


def test_a_long_passage_is_named_by_its_ends() -> None:
    words = PAGE[PAGE.index("Its wheel") : PAGE.index("\nA neighbour")]
    assert len(quote(words)) > LONGEST_WHOLE

    assert unquote(at(PAGE, words)) == ":~:text=Its wheel, made by,last miller asked for."


def test_a_passage_of_several_blocks_is_named_by_its_ends() -> None:
    words = "asked for.\nA neighbour remembers"

    assert unquote(at(PAGE, words)) == ":~:text=asked for.,A neighbour remembers"


def test_no_piece_begins_or_ends_within_a_word() -> None:
    assert unquote(at(PAGE, "eighbour remem")) == ":~:text=neighbour remembers"


def test_persian_keeps_its_non_joiners() -> None:
    assert unquote(at(PERSIAN, "صدای آن را به یاد می‌آورد")).endswith("به یاد می‌آورد.")
    assert "%E2%80%8C" in at(PERSIAN, "می‌چرخد")


@pytest.mark.parametrize(
    ("address", "via"),
    [
        ("pages/mill.html", "file"),
        ("https://mill.example/page", "file"),
        ("", "given"),
        ("ftp://mill.example/page", "live"),
        ("javascript:alert(1)", "live"),
        ("https://mill.example/a b", "live"),
        ("https://[mill.example/page", "live"),
    ],
)
def test_only_pages_of_the_web_have_such_an_address(address: str, via: str) -> None:
    assert fragment_address(document(PAGE, address, via), Span(0, 8)) is None


def test_a_fragment_of_the_address_stays() -> None:
    opened = fragment_address(document(PAGE, "https://mill.example/#top", "archive"), Span(0, 8))
    again = fragment_address(document(PAGE, opened or ""), Span(0, 8))

    assert opened == again == "https://mill.example/#top:~:text=Contents"


@pytest.mark.parametrize("text", ["", "  \n ", "…", "۔" * 500])
def test_a_passage_without_a_word_has_none(text: str) -> None:
    assert fragment_address(document(text), Span(0, len(text))) is None


def test_a_hostile_page_of_repeats_takes_no_time() -> None:
    text = "water and bread and salt and " * 20_000
    middle = Span(300_000 - 300_000 % 29, 300_000 - 300_000 % 29 + 2_000)

    assert directive(text, middle) is not None


# --- a real browser ---------------------------------------------------------------------


def blocks(text: str) -> str:
    """Make a page of a text, with a screen of space between its blocks and marks inside them."""
    body = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
    body = body.replace("Friday", "<b>Friday</b>").replace("جمعه", "<b>جمعه</b>")
    head = '<meta charset="utf-8"><title>mill</title><style>p { margin: 1500px 0 }</style>'
    return f"<!DOCTYPE html><html><head>{head}</head><body><main>{body}</main></body></html>"


@contextmanager
def served(pages: dict[str, str]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def read(address: str, page: str) -> Document:
    """Read a page as the tool does."""
    snapshot = Snapshot(
        SourceId("s"), address, address, "text/html", page.encode(), NOW, "live", charset="utf-8"
    )
    return Document(snapshot, extract(snapshot), Identification(Language("en"), 1.0))


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
def test_a_real_browser_opens_the_page_at_the_passage() -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    # words of the passage, and the block that must come into view
    wanted = [
        ("/en", "Its wheel, made by Ali-Reza & sons, still turns in the flood", 2),
        ("/en", PAGE.split("\n")[2], 2),
        ("/en", "The mill was sold on Friday.", 2),
        ("/en", "A neighbour remembers the noise.", 3),
        ("/en", "The Mill was sold on Friday, and", 3),
        ("/fa", "چرخ آن هنوز در آب می‌چرخد و هر هفته", 1),
        ("/fa", PERSIAN.split("\n")[1], 1),
        ("/fa", "صدای آن را به یاد می‌آورد", 2),
    ]
    pages = {"/en": blocks(PAGE), "/fa": blocks(PERSIAN)}
    switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"]
    with served(pages) as root, playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=switches)
        for path, words, block in wanted:
            source = read(root + path, pages[path])
            # the last place, so that repeats have to be told apart
            start = source.text.rindex(words)
            address = fragment_address(source, Span(start, start + len(words)))
            assert address is not None, words
            tab = browser.new_page(viewport={"width": 900, "height": 700})
            tab.goto(address)
            tab.wait_for_function("window.scrollY > 0", timeout=5_000)
            shown = tab.evaluate(
                "[...document.querySelectorAll('p')].findIndex(p => {"
                " const box = p.getBoundingClientRect();"
                " return box.bottom > 0 && box.top < innerHeight; })"
            )
            assert (shown, words) == (block, words)
            tab.close()
        browser.close()
