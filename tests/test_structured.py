"""Pages that are not quite the article: paywalls, scripts, walls of consent, JSON-LD."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from verify.errors import ExtractError
from verify.extract import extract, sniff, unread
from verify.model import Extraction, Failure, Snapshot, SourceId

PARAGRAPHS = (
    "شهردار سروآباد گفت خط دوم قطار شهری با ۱۴ ایستگاه تا پایان پاییز گشوده می‌شود.",
    "او افزود که هیچ ایستگاهی بدون آسانسور گشوده نخواهد شد و کار از بهار آغاز شده است.",
    "The bridge at Lower Marsh took nine years to build and opened on a rainy Tuesday.",
)
BODY = "\n\n".join(PARAGRAPHS)
LONG = "The reservoir above the village was filled for the first time in the spring. " * 4


def read(page: str, media_type: str = "text/html") -> Extraction:
    now = datetime.now(UTC)
    return extract(Snapshot(SourceId("s"), "a", "a", media_type, page.encode(), now, "file"))


def page(body: str, *things: object, head: str = "") -> str:
    scripts = "".join(
        f"<script type='application/ld+json'>{json.dumps(t)}</script>" for t in things
    )
    return f"<!doctype html><html><head>{head}{scripts}</head><body>{body}</body></html>"


def main(found: Extraction) -> list[str]:
    return [found.text[s.start : s.end] for s in found.main]


# --- the body that is stated for machines -----------------------------------------------

ARTICLE = {"@context": "https://schema.org", "@type": "NewsArticle", "articleBody": BODY}


@pytest.mark.parametrize(
    "thing",
    [
        ARTICLE,
        [ARTICLE],
        {"@graph": [{"@type": "WebSite"}, ARTICLE]},
        {"@type": "WebPage", "mainEntity": ARTICLE},
        {**ARTICLE, "@type": ["Article", "BlogPosting"]},
        {**ARTICLE, "@type": "LiveBlogPosting"},
        {**ARTICLE, "articleBody": "".join(f"<p>{p}</p>" for p in PARAGRAPHS)},
        {**ARTICLE, "articleBody": BODY.replace("\u200c", "&zwnj;").replace("\n\n", "&lt;br&gt;")},
    ],
    ids=["plain", "list", "graph", "entity", "types", "live", "tags", "entities"],
)
def test_a_body_that_is_stated_and_not_shown_is_read_and_marked(thing: object) -> None:
    found = read(page("<h1>خط دوم</h1><p>برای خواندن ادامه مشترک شوید.</p>", thing))

    assert found.structured is not None
    assert found.text[found.structured.start : found.structured.end] == "\n".join(PARAGRAPHS)
    assert tuple(main(found)[-3:]) == PARAGRAPHS
    assert "JSON-LD" in found.cautions[0]
    assert not found.needs_browser


def test_a_body_that_the_page_shows_is_not_read_twice() -> None:
    shown = "".join(f"<p>{p.replace('گشوده', '<b>گشوده</b>')}</p>" for p in PARAGRAPHS)
    found = read(page(shown, ARTICLE))

    assert found.structured is None
    assert found.text.split("\n") == list(PARAGRAPHS)
    assert found.cautions == ()


def test_a_page_of_scripts_with_a_stated_body_needs_no_browser() -> None:
    found = read(page("<div id=root></div><script src=app.js></script>", ARTICLE))

    assert found.text == "\n".join(PARAGRAPHS)
    assert found.structured is not None
    assert (found.structured.start, found.structured.end) == (0, len(found.text))
    assert unread(found) is None


@pytest.mark.parametrize(
    "thing",
    [
        {"@type": "Organization", "articleBody": BODY},
        {"articleBody": BODY},
        {**ARTICLE, "articleBody": ["a", {"b": 1}]},
        {**ARTICLE, "articleBody": " \n "},
        {**ARTICLE, "articleBody": "word " * 200_000},
    ],
    ids=["another type", "no type", "no text", "empty", "beyond the bound"],
)
def test_what_is_no_body_is_left_alone(thing: object) -> None:
    assert read(page(f"<p>{LONG}</p>", thing)).structured is None


def test_hostile_structured_data_costs_bounded_time() -> None:
    few = "<script type='application/ld+json'>[" + "{}," * 100_000 + "{}]</script>"
    many = "".join(f"{n} sentences that stand nowhere on the page. " for n in range(9_000))
    began = time.monotonic()

    read(page(f"<p>{LONG}</p>", {**ARTICLE, "articleBody": many}, head=few) + f"<p>{LONG * 9000}")
    assert time.monotonic() - began < 6.0


# --- what has to be paid for ------------------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "head"),
    [
        ({**ARTICLE, "isAccessibleForFree": False}, ""),
        ({**ARTICLE, "isAccessibleForFree": "False"}, ""),
        ({**ARTICLE, "isAccessibleForFree": "http://schema.org/False"}, ""),
        (
            {
                "@type": "Article",
                "hasPart": {
                    "@type": "WebPageElement",
                    "isAccessibleForFree": False,
                    "cssSelector": ".paid",
                },
            },
            "",
        ),
        ({}, "<meta itemprop=isAccessibleForFree content=false>"),
        ({}, "<meta property='article:content_tier' content='locked'>"),
    ],
    ids=["boolean", "string", "address", "part", "microdata", "tier"],
)
def test_a_page_that_says_it_is_not_free_is_called_paywalled(thing: object, head: str) -> None:
    found = read(page(f"<p>{LONG}</p>", thing, head=head))

    assert found.paywalled
    assert "marks it as" in found.paywalled


@pytest.mark.parametrize(
    "free",
    [
        {**ARTICLE, "isAccessibleForFree": True},
        {**ARTICLE, "isAccessibleForFree": "True"},
        {**ARTICLE, "isAccessibleForFree": None},
        ARTICLE,
    ],
)
def test_a_page_that_is_free_is_not(free: object) -> None:
    assert read(page(f"<p>{LONG}</p>", free)).paywalled is None


@pytest.mark.parametrize(
    "demand",
    [
        "Subscribe to continue reading",
        "To read the full story, start a free trial.",
        "This article is for paying subscribers only.",
        "Already a subscriber? Log in",
        "برای خواندن ادامه این گزارش مشترک شوید.",
        "برای مطالعهٔ متن کامل وارد شوید",
        "این مطلب ویژه مشترکان است.",
    ],
)
def test_a_text_that_ends_in_a_demand_for_money_is_a_teaser(demand: str) -> None:
    found = read(page(f"<article><h1>A dam</h1><p>{LONG}</p><div>{demand}</div></article>"))
    assert found.paywalled == "its text ends where it asks for a subscription"


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{LONG}</p><p>Subscribe to our newsletter</p>",
        f"<p>{LONG}</p><p>The paper asked readers to subscribe to continue reading it, {LONG}</p>",
        f"<p>Already a subscriber? Log in</p>{f'<p>{LONG}</p>' * 20}",
        f"<p>{LONG}</p><p>Continue reading other stories</p>",
    ],
    ids=["newsletter", "an article's own words", "a whole article", "more of the site"],
)
def test_other_invitations_are_not_taken_for_a_paywall(body: str) -> None:
    assert read(page(f"<article>{body}</article>")).paywalled is None


# --- scripts, consent and tests for humans ----------------------------------------------

SHELL = "<div id=root></div><script src=/static/main.4f2a.js></script>"


@pytest.mark.parametrize(
    "body",
    [
        f"<noscript>You need to enable JavaScript to run this app.</noscript>{SHELL}",
        f"<noscript><p>لطفاً جاوا اسکریپت مرورگر خود را فعال کنید.</p></noscript>{SHELL}",
        f"<nav><a href=/>Home</a><a href=/n>News</a></nav>{SHELL}",
        "<p>This site requires JavaScript.</p><script>start()</script>",
    ],
    ids=["noscript", "in Persian", "a menu", "no shell"],
)
def test_a_page_that_scripts_write_needs_a_browser(body: str) -> None:
    found = read(page(body))
    error = unread(found)

    assert found.needs_browser
    assert error is not None
    assert error.failure is Failure.EMPTY
    assert str(error) == "the text of the page comes from scripts; it needs a browser"


def test_a_page_without_a_word_that_has_scripts_says_the_same() -> None:
    with pytest.raises(ExtractError, match="it needs a browser") as caught:
        read(page(SHELL))
    assert caught.value.failure is Failure.EMPTY


@pytest.mark.parametrize(
    "body",
    [
        (
            f"<div id=root><p>{LONG}</p></div><noscript>Please enable JavaScript</noscript>"
            "<script src=a.js></script>"
        ),
        "<p>A short notice of six words.</p><script src=count.js></script>",
        "<p>The course needs JavaScript, and some patience.</p>",
        f"<p>{LONG}</p>{SHELL}",
    ],
    ids=["written already", "a short page", "no script", "an app beside the text"],
)
def test_a_page_with_its_text_in_it_needs_none(body: str) -> None:
    found = read(page(body))
    assert not found.needs_browser
    assert unread(found) is None


WALLS = {
    "challenge": "<h1>Just a moment…</h1><p>Checking your browser.</p><form id=challenge-form>"
    "</form><script src='/cdn-cgi/challenge-platform/h/g/orchestrate.js'></script>",
    "captcha": "<p>Are you a person?</p><iframe src='https://geo.captcha-delivery.com/c'></iframe>",
    "inline": "<p>در حال انتقال به سایت</p><script>var __arcsjs = 1; go()</script>",
    "consent form": "<h1>Before you continue</h1><p>We and our partners use cookies.</p>"
    "<form action='https://consent.site.example/save'><button>Accept all</button></form>",
    "consent layer": "<div id=cookie-consent><p>"
    + "We value your privacy and store information on your device. " * 8
    + "</p><button>Accept</button></div><p>The Example Gazette</p>",
}


@pytest.mark.parametrize("name", WALLS)
def test_a_wall_is_known_by_its_structure(name: str) -> None:
    found = read(page(WALLS[name]))
    error = unread(found)

    assert found.consent
    assert error is not None
    assert error.failure is Failure.BLOCKED


@pytest.mark.parametrize(
    "body",
    [
        (
            f"<article><h1>Cookies</h1><p>{LONG}</p></article><div id=cookie-consent>"
            f"<p>{LONG * 4}</p><button>Accept</button></div>"
        ),
        (
            f"<h1>What consent means</h1><p>{LONG}</p><p>{LONG}</p><p>{LONG}</p>"
            "<form action='/newsletter/consent'><button>Go</button></form>"
        ),
        (
            f"<div class=comments><p>{LONG}</p></div><script src='https://x.example/recaptcha/api.js'>"
            f"</script><p>{LONG}</p><p>{LONG}</p>"
        ),
    ],
    ids=["an article under a layer", "an article with a form", "a form with a captcha"],
)
def test_an_article_with_a_consent_layer_is_still_an_article(body: str) -> None:
    assert not read(page(body)).consent


# --- fragments of pages -----------------------------------------------------------------


@pytest.mark.parametrize("opening", ["<p style='margin:0 0 1em'>", "<br>", "<span>", "<b>", "<ul>"])
@pytest.mark.parametrize("media_type", ["text/html", "application/octet-stream", ""])
def test_a_saved_fragment_without_html_or_body_is_read(opening: str, media_type: str) -> None:
    found = read(f"{opening}{LONG}", media_type)
    assert main(found) == [LONG.strip()]


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"PK\x03\x04....[Content_Types].xml..word/document.xml",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"PK\x03\x04....mimetype", "text/plain"),
        (b"<!-- saved from a browser --><p>", "text/html"),
        (b"a < b and b > c", "text/plain"),
        (b"<code> is what the manual calls it", "text/plain"),
    ],
)  # fmt: skip
def test_bytes_of_an_unsaid_type_say_themselves_what_they_are(body: bytes, media_type: str) -> None:
    assert sniff(body) == media_type
