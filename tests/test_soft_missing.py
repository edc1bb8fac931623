"""Pages that say, with status 200, that there is none; and pages that only look so."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import server as web
from verify.extract import extract
from verify.fetch import softmissing
from verify.fetch.live import LiveFetcher
from verify.fetch.local import FileFetcher
from verify.judge.verdict import Examiner
from verify.language.identify import Identifier
from verify.model import (
    Article,
    Document,
    Failure,
    Position,
    Report,
    Snapshot,
    Source,
    SourceId,
    Unavailable,
)
from verify.pipeline import Verifier
from verify.rules import apply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verify.model import Extraction, Reading

PARAGRAPH = "<p>The river rose by two metres in the night, and the old bridge was closed.</p>"
PERSIAN = "<p>آب رودخانه در شب دو متر بالا آمد و پل قدیمی شهر را بستند.</p>"


def page(title: str, body: str = "") -> str:
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title></head>"
        f"<body><main>{body}</main></body></html>"
    )


MISSING = {
    "title": page("404 Not Found", "<p>Nothing here.</p>"),
    "title-with-site": page("Valley Post | Page not found", "<p>Try the search instead.</p>"),
    "heading": page("Valley Post", "<h1>Sorry, this page does not exist</h1><p>Go home.</p>"),
    "long-words": page("Oops! The page you are looking for could not be found", "<p>Hm.</p>"),
    "removed": page("Valley Post", "<h1>This article is no longer available</h1><p>It was.</p>"),
    "persian": page("صفحه یافت نشد", "<p>به صفحهٔ نخست بازگردید.</p>"),
    "persian-long": page(
        "خبرگزاری دره", "<h1>صفحه مورد نظر شما پیدا نشد</h1><p>دوباره بکوشید.</p>"
    ),
    "persian-polite": page("متأسفانه صفحه مورد نظر وجود ندارد", "<p>بازگشت به خانه</p>"),
    "persian-404": page("خطای ۴۰۴ - خبرگزاری دره", "<p>بازگشت به خانه</p>"),
}

THERE = {
    "article": page("The river rose", PARAGRAPH * 20),
    "short": page("The river rose", PARAGRAPH),
    "about-errors": page("404 not found: the story of a number", PARAGRAPH * 25),
    "found-later": page("Lost child found", PARAGRAPH + "<p>The child was not found at once.</p>"),
    "not-available": page("Bread is not available in the valley", PARAGRAPH),
    "persian": page("آب رودخانه بالا آمد", PERSIAN * 20),
    "persian-missing-child": page("کودک گمشده هنوز پیدا نشده است، می‌گوید پدرش", PERSIAN),
}

FRONT = page(
    "Valley Post", "".join(f"<p>Headline number {n} of today's news.</p>" for n in range(40))
)


def read(
    body: str, asked: str = "http://a.example.org/news/river.html"
) -> tuple[Snapshot, Extraction]:
    snapshot = Snapshot(
        SourceId("s"), asked, asked, "text/html", body.encode(), datetime.now(UTC), "live"
    )
    return snapshot, extract(snapshot)


@pytest.mark.parametrize("name", MISSING)
def test_a_page_that_says_it_is_missing_is_suspect(name: str) -> None:
    assert softmissing.suspicion(*read(MISSING[name]))


@pytest.mark.parametrize("name", THERE)
def test_an_article_is_not_suspect(name: str) -> None:
    assert softmissing.suspicion(*read(THERE[name])) is None


@pytest.mark.parametrize(
    ("asked", "final", "is_suspect"),
    [
        ("/news/river.html", "/", True),
        ("/news/river.html", "/fa/", True),
        ("/news/river.html", "/index.php", True),
        ("/news/river.html", "/search?q=river", True),
        ("/news/river.html", "/?s=river", True),
        ("/news/river.html", "/404.html", True),
        ("/news/river.html", "/errors/404", True),
        ("/news/river.html", "/page-not-found", True),
        ("/news/river.html", "/archive/news/river", False),
        ("/news/river.html", "/fa/news/river", False),
        ("/?p=117", "/2022/river", False),
        ("/?p=117", "/", True),
        ("/", "/fa/", False),
        ("/search/river", "/search?q=river", False),
        ("/news/river.html", "/research/river", False),
        ("/news/river.html", "/tv", False),
        ("/news/river.html", "/en-gb/", True),
        ("/news/river.html", "/news/404-houses-flooded", False),
    ],
)
def test_where_a_redirect_leads_tells(asked: str, final: str, is_suspect: bool) -> None:
    host = "http://a.example.org"
    snapshot, extraction = read(THERE["article"])
    moved = Snapshot(
        snapshot.source_id, host + asked, host + final, "text/html", snapshot.body,
        snapshot.retrieved, "live", redirects=(host + final,),
    )  # fmt: skip

    assert bool(softmissing.suspicion(moved, extraction)) == is_suspect


def test_an_archived_redirect_to_the_front_page_is_no_copy() -> None:
    web_archive = "https://web.archive.org/web/20220601120000id_/http://a.example.org"
    snapshot, extraction = read(FRONT)
    moved = Snapshot(
        snapshot.source_id, f"{web_archive}/news/river.html", f"{web_archive}/", "text/html",
        snapshot.body, snapshot.retrieved, "archive", redirects=(f"{web_archive}/",),
    )  # fmt: skip

    assert softmissing.suspicion(moved, extraction)


def test_a_made_up_sibling_is_beside_the_page_and_always_the_same() -> None:
    made_up = softmissing.sibling("https://a.example.org/news/2022/river.html?id=7#top")

    assert made_up is not None
    assert made_up.startswith("https://a.example.org/news/2022/verify-")
    assert made_up.endswith(".html")
    assert made_up == softmissing.sibling("https://a.example.org/news/2022/river.html?id=7#top")
    assert softmissing.sibling("https://a.example.org/") is None


# --- a server that behaves so -----------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[web.Server]:
    def parked(h: web.Handler) -> None:
        web.page(page("valley.example", "<p>This name may be for sale.</p>").encode(), web.HTML)(h)

    pages = {
        "/": web.page(FRONT.encode(), web.HTML),
        "/news/to-front": web.redirect("/"),
        "/news/missing": web.page(MISSING["title"].encode(), web.HTML),
        "/news/short": web.page(THERE["short"].encode(), web.HTML),
        "/news/article": web.page(THERE["article"].encode(), web.HTML),
        "/news/to-article": web.redirect("/news/article", 301),
        "/parked/river": parked,
    }

    class Anywhere(dict[str, "Callable[[web.Handler], None]"]):
        """Give the parked page for everything below its folder."""

        def get(self, path: str, default: Any = None) -> Any:
            return parked if path.startswith("/parked/") else super().get(path, default)

    with web.Server(pages=Anywhere(pages)) as server:
        yield server


def reading(server: web.Server, path: str) -> tuple[Source, Reading]:
    source = Source(SourceId("s"), ("1",), Path("x"), Position(1, 1), urls=(server.url(path),))
    with closing(LiveFetcher(delay=0, retries=0, policy=web.LOOPBACK)) as live:
        tool = Verifier(
            files=FileFetcher(), live=live, identifier=Identifier(), examiner=Examiner()
        )
        return source, tool.read(source)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/news/to-front", "leads to the site's front page"),
        ("/news/missing", "404 Not Found"),
        ("/parked/river", "a made-up address beside it gives the same page"),
    ],
)
def test_a_soft_missing_page_is_suspect_and_never_dead(
    path: str, words: str, server: web.Server
) -> None:
    source, result = reading(server, path)

    assert isinstance(result, Unavailable)
    (attempt,) = result.attempts
    assert attempt.failure is Failure.SOFT_MISSING
    assert attempt.status == 200
    assert words in attempt.reason
    report = Report(
        Article(Path("x"), "It rained.", ()),
        {source.id: source},
        datetime.now(UTC),
        readings={source.id: result},
    )
    names = [f.name for f in apply(report)]
    assert "soft-missing-page" in names
    assert "unreachable-source" not in names


@pytest.mark.parametrize("path", ["/news/short", "/news/article", "/news/to-article", "/"])
def test_a_page_that_is_there_is_read(path: str, server: web.Server) -> None:
    _, result = reading(server, path)

    assert isinstance(result, Document)
    assert result.attempts == ()


def test_a_long_article_has_no_sibling_asked_for(server: web.Server) -> None:
    before = len(server.log.requests)

    reading(server, "/news/article")

    assert len(server.log.requests) == before + 1
