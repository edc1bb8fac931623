"""Pages to text: charsets, golden pages, hostile pages, and the contract of all extractors."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify.errors import ExtractError
from verify.extract import EXTRACTORS, extract, sniff
from verify.extract.charset import decode
from verify.model import Extraction, Failure, Snapshot, SourceId

PAGES = Path(__file__).parent / "pages"
GOLDEN = sorted(p.parent.name for p in PAGES.glob("*/source.html"))
ZWNJ = "\u200c"
SENTENCE = "دیروز در شهر ساختگی ما باران بارید و خیابان‌ها تا نیمه‌شب خیس ماندند، اما کسی نمی‌نالید."
LEGACY = "ديروز در شهر ما باران باريد و كسي نمي‌ناليد."
WESTERN = "Il a plu hier à la préfecture, où l’été s’était déjà installé; personne n’était étonné."


def _snapshot(
    body: bytes | str, media_type: str = "text/html", charset: str | None = None
) -> Snapshot:
    raw = body.encode() if isinstance(body, str) else body
    now = datetime.now(UTC)
    return Snapshot(SourceId("s"), "a", "a", media_type, raw, now, "file", charset=charset)


def _main(found: Extraction) -> list[str]:
    return [found.text[span.start : span.end] for span in found.main]


def _page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def _failure(body: bytes | str, media_type: str = "text/html") -> ExtractError:
    with pytest.raises(ExtractError) as caught:
        extract(_snapshot(body, media_type))
    return caught.value


# --- golden pages -----------------------------------------------------------------------


def test_there_are_golden_pages() -> None:
    assert len(GOLDEN) >= 7


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_page_gives_exactly_its_main_text(name: str) -> None:
    found = extract(_snapshot((PAGES / name / "source.html").read_bytes()))
    expected = (PAGES / name / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert _main(found) == expected
    assert "\n".join(_main(found)).count(ZWNJ) == "\n".join(expected).count(ZWNJ)


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_page_gives_exactly_its_metadata(name: str) -> None:
    found = extract(_snapshot((PAGES / name / "source.html").read_bytes()))
    expected = json.loads((PAGES / name / "expected.json").read_text(encoding="utf-8"))
    assert {
        "title": found.title,
        "author": found.author,
        "publisher": found.publisher,
        "published": found.published.isoformat() if found.published else None,
        "declared": found.declared,
        "encoding": found.encoding,
    } == expected


def test_what_surrounds_the_article_stays_in_the_whole_text() -> None:
    found = extract(_snapshot((PAGES / "cms" / "source.html").read_bytes()))
    comment = next(line for line in found.text.split("\n") if line.startswith("من هر روز"))
    assert comment not in _main(found)
    assert "نرخ تازه بلیت قطار شهری اعلام شد" in found.text


def test_what_a_browser_does_not_show_is_nowhere() -> None:
    found = extract(_snapshot((PAGES / "react" / "source.html").read_bytes()))
    assert "این پنجره تنها" not in found.text
    assert "این قالب هرگز" not in found.text
    cms = extract(_snapshot((PAGES / "cms" / "source.html").read_bytes()))
    assert "این نوشته نیست" not in cms.text
    assert "color" not in cms.text


# --- charsets ---------------------------------------------------------------------------

META = "<meta charset='{}'>"


@pytest.mark.parametrize(
    ("body", "transport", "text", "encoding"),
    [
        (SENTENCE.encode(), None, SENTENCE, "utf-8"),
        (SENTENCE.encode(), "iso-8859-1", SENTENCE, "utf-8"),
        (SENTENCE.encode(), "windows-1256", SENTENCE, "utf-8"),
        (META.format("windows-1256").encode() + SENTENCE.encode(), None, SENTENCE, "utf-8"),
        (b"\xef\xbb\xbf" + SENTENCE.encode(), None, SENTENCE, "utf-8-sig"),
        (SENTENCE.encode("utf-16"), None, SENTENCE, "utf-16"),
        (b"\xfe\xff" + SENTENCE.encode("utf-16-be"), "utf-8", SENTENCE, "utf-16"),
        (SENTENCE.encode("utf-32"), None, SENTENCE, "utf-32"),
        (_page(SENTENCE).encode("utf-16-le"), None, SENTENCE, "utf-16-le"),
        (_page(SENTENCE).encode("utf-16-be"), None, SENTENCE, "utf-16-be"),
        (LEGACY.encode("windows-1256"), None, LEGACY, "windows-1256"),
        (LEGACY.encode("windows-1256"), "utf-8", LEGACY, "windows-1256"),
        (LEGACY.encode("windows-1256"), "iso-8859-1", LEGACY, "windows-1256"),
        (LEGACY.encode("windows-1256"), "windows-1252", LEGACY, "windows-1256"),
        (LEGACY.encode("windows-1256"), "no-such-charset", LEGACY, "windows-1256"),
        (LEGACY.encode("windows-1256"), "unicode_escape", LEGACY, "windows-1256"),
        (LEGACY.encode("windows-1256"), "rot13", LEGACY, "windows-1256"),
        (LEGACY.encode("windows-1256"), "x-cp1256", LEGACY, "windows-1256"),
        (META.format("cp1256").encode() + LEGACY.encode("cp1256"), "utf-8", LEGACY, "cp1256"),
        (META.format("utf-16").encode() + SENTENCE.encode(), None, SENTENCE, "utf-8"),
        (WESTERN.encode("windows-1252"), None, WESTERN, "windows-1252"),
        (WESTERN.encode("windows-1252"), "iso-8859-1", WESTERN, "windows-1252"),
        ("Καλημέρα κόσμε".encode("iso-8859-7"), "iso-8859-7", "Καλημέρα", "iso-8859-7"),
        ("今日は雨が降りました。".encode("cp932"), "shift_jis", "今日は雨", "cp932"),
        ("今天下雨了，街道很湿。".encode("gb18030"), "gb2312", "今天下雨", "gb18030"),
        (b"plain ASCII", None, "plain ASCII", "utf-8"),
    ],
)
def test_bytes_are_read_in_the_charset_that_they_are_in(
    body: bytes, transport: str | None, text: str, encoding: str
) -> None:
    found, name = decode(body, transport)
    assert text in found
    assert name == encoding
    assert not found.startswith("\ufeff")


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_letter_cut_at_the_end_does_not_change_the_charset(cut: int) -> None:
    text, encoding = decode(SENTENCE.encode()[:-cut])
    assert encoding == "utf-8"
    assert SENTENCE.startswith(text)


def test_one_damaged_letter_does_not_change_the_charset() -> None:
    body = (SENTENCE * 3).encode()
    text, encoding = decode(body[:60] + b"\xff" + body[60:])
    assert encoding == "utf-8"
    assert text.count("\ufffd") <= 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not text, but a picture"),
        (b"PK\x03\x04" + bytes(90), "not text, but a zip archive or an office document"),
        (bytes(range(256)) * 9, "not text, but binary data"),
        (b"<p>text" + bytes([1, 2, 3, 4]) * 90, "not text, but binary data"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(body: bytes, message: str) -> None:
    error = _failure(body)
    assert (str(error), error.failure) == (message, Failure.NOT_TEXT)


# --- what the markup means --------------------------------------------------------------


def test_a_zwnj_survives_as_a_letter_as_an_entity_and_between_tags() -> None:
    page = _page(f"<p>می{ZWNJ}رود می&zwnj;رود می&#8204;رود می&#x200c;رود <b>می</b>{ZWNJ}رود</p>")
    assert extract(_snapshot(page)).text == " ".join([f"می{ZWNJ}رود"] * 5)


def test_invisible_marks_go_and_white_space_collapses() -> None:
    page = _page("<p>a\u202eb\u2066c\u00add\u200be\u200ff&nbsp;&nbsp;g\n\t h&#8239;i</p>")
    assert extract(_snapshot(page)).text == "abcdef g h i"


def test_one_line_break_is_a_space_and_two_end_the_paragraph() -> None:
    found = extract(_snapshot(_page("<p>one<br>two<br><br>three<br> <br/>four</p>")))
    assert found.text == "one two\nthree\nfour"


def test_a_plain_table_row_is_one_line() -> None:
    page = _page("<table><tr><th>Height</th><td>17 m</td></tr><tr><td>a</td><td></td></tr></table>")
    assert extract(_snapshot(page)).text == "Height | 17 m\na"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>secret</script>", "<style>secret</style>", "<template>secret</template>",
        "<div hidden>secret</div>", "<div aria-hidden=true>secret</div>", "<!-- secret -->",
        "<div style='DISPLAY : NONE'>secret</div>", "<p style='visibility:hidden'>secret</p>",
        "<textarea>secret</textarea>", "<select><option>secret</select>",
        "<svg><text>secret</text></svg>", "<dialog>secret</dialog>", "<?php secret ?>",
        "<img alt=secret>", "<input value=secret>", "<iframe>secret</iframe>",
    ],
)  # fmt: skip
def test_hidden_text_is_not_read(hidden: str) -> None:
    page = _page(f"<p>{'A long enough paragraph that is shown to every reader. ' * 5}</p>{hidden}")
    assert "secret" not in extract(_snapshot(page)).text


def test_a_page_that_hides_all_until_a_script_runs_is_read_all_the_same() -> None:
    page = _page(f"<div id=app style='display:none'><p>{SENTENCE}</p></div>")
    assert SENTENCE in extract(_snapshot(page)).text


def test_noscript_is_read_but_is_not_main_text() -> None:
    article = f"<article><p>{SENTENCE * 3}</p></article>"
    found = extract(_snapshot(_page(f"{article}<noscript><p>{SENTENCE}</p></noscript>")))
    assert found.text.split("\n") == [SENTENCE * 3, SENTENCE]
    assert _main(found) == [SENTENCE * 3]


def test_an_article_inside_something_called_a_widget_is_still_the_article() -> None:
    paragraphs = "".join(f"<p>{SENTENCE * 3}</p>" for _ in range(4))
    found = extract(_snapshot(_page(f"<div class='widget sidebar'>{paragraphs}</div>")))
    assert _main(found) == [SENTENCE * 3] * 4


# --- metadata ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<meta property='article:published_time' content='2023-10-15T07:35:00Z'>", "2023-10-15"),
        ("<meta name=date content='20231015'>", "2023-10-15"),
        ("<meta name='dc.date' content='۱۴۰۲/۱۱/۲۵'>", "2024-02-14"),
        ("<meta name=date content='1402-11-25'>", "2024-02-14"),
        ("<meta name=date content='۲۵ دلو ۱۴۰۲'>", "2024-02-14"),
        ("<meta name=date content='28 October 2022'>", "2022-10-28"),
        ("<meta name=date content='2023-13-45'>", None),
        ("<meta name=date content='9999-01-01'>", None),
        ("<meta name=date content='soon'>", None),
        ("<script type='application/ld+json'>{\"datePublished\": \"2020-02-03\"}</script>",
         "2020-02-03"),
        ("<script type='application/ld+json'>{\"datePublished\": 7}</script>", None),
    ],
)  # fmt: skip
def test_the_date_of_publication_is_read_in_its_own_calendar(
    head: str, expected: str | None
) -> None:
    found = extract(_snapshot(_page(f"<p>{SENTENCE}</p>", head)))
    assert (found.published.isoformat() if found.published else None) == expected


def test_a_date_that_the_article_speaks_of_is_not_its_date() -> None:
    text = f"<h1>عنوان</h1><p>{SENTENCE * 2}</p><p>{SENTENCE * 2}</p><p>در ۱۲ خرداد ۱۳۸۵ رفت.</p>"
    assert extract(_snapshot(_page(text))).published is None


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>A long and telling headline - Site</title>", "A long and telling headline"),
        ("<title>S | A long and telling headline</title><meta property=og:site_name content=S>",
         "A long and telling headline"),
        ("<title>One - half of it</title>", "One - half of it"),
        ("<title>Well-known and self-made people</title>", "Well-known and self-made people"),
        ("<meta property=og:title content='From  the\u202e graph'>", "From the graph"),
        ("", None),
    ],
)  # fmt: skip
def test_the_title_comes_without_the_site_s_name(head: str, title: str | None) -> None:
    assert extract(_snapshot(_page("<p>Some text.</p>", head))).title == title


@pytest.mark.parametrize(
    "broken",
    [
        "{", "[" * 50_000, '{"headline": ' * 5_000, "null", "7", '"text"', "[[[[]]]]", "{}",
        '{"@graph": {"@graph": {"@graph": []}}}', '{"headline": {"a": [1]}, "author": [[[7]]]}',
        '{"author": {"name": null}, "publisher": 5, "datePublished": ["x"], "@type": {}}',
        '{"headline": "' + "a" * 600_000 + '"}', "9" * 10_000,
    ],
)  # fmt: skip
def test_broken_structured_data_is_passed_over(broken: str) -> None:
    head = f"<title>Title</title><script type='application/ld+json'>{broken}</script>"
    found = extract(_snapshot(_page("<p>Some text.</p>", head)))
    assert found.title == "Title"
    assert found.author is None


def test_the_declared_language_is_a_primary_subtag() -> None:
    for lang, declared in {"fa-IR": "fa", "FA": "fa", "en_GB": "en", "": None, "*": None}.items():
        page = f"<html lang='{lang}'><body><p>Some text.</p></body></html>"
        assert extract(_snapshot(page)).declared == declared


# --- hostile pages ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "", " ", "<html></html>", _page("<script>document.write('text')</script>"),
        _page("<div id=root></div><script src=app.js></script>"), _page("<p>…</p><p> – </p>"),
        "<!-- only a comment -->", _page("<img src=a.jpg alt=text>"),
    ],
)  # fmt: skip
def test_a_page_without_text_is_empty(body: str) -> None:
    error = _failure(body)
    assert error.failure is Failure.EMPTY
    assert any(word in str(error) for word in ("empty", "no readable text", "needs a browser"))


@pytest.mark.parametrize("depth", [300, 1_900])
def test_deep_nesting_is_read(depth: int) -> None:
    page = "<div>" * depth + SENTENCE + "</div>" * depth + "<p>after</p>"
    assert extract(_snapshot(page)).text == f"{SENTENCE}\nafter"


def test_bottomless_nesting_is_refused_and_not_cut_off() -> None:
    error = _failure("<div>" * 50_000 + SENTENCE)
    assert error.failure is Failure.TOO_LARGE
    assert str(error) == "the page nests its elements too deeply"


@pytest.mark.parametrize(
    "body",
    [
        b"<p>word</p>" * 4_600_000,
        b"a" * 50_000_000,
        b"<p>" * 500_000,
    ],
    ids=["50 MB of paragraphs", "50 MB of text", "half a million tags"],
)
def test_a_page_beyond_the_bounds_is_refused_at_once(body: bytes) -> None:
    began = time.monotonic()
    error = _failure(body)
    assert error.failure is Failure.TOO_LARGE
    assert time.monotonic() - began < 3.0


@pytest.mark.parametrize(
    "body",
    [
        "<p>short line" * 50_000,
        "<table><tr><td>" * 80 + "<tr><td>cell" * 20_000,
        "<div class='related comments'>" * 1_000 + "text " * 100_000,
        "<a href=x>link</a> " * 50_000,
        "text<br><br>" * 40_000,
        "<p " + "a=b " * 200_000 + ">text",
        _page("<p>text", "<title>" + "a - " * 100_000 + "</title>"),
        _page("<p>text", "<meta name=date content='" + "1402/" * 100_000 + "'>"),
        "<p class='" + "related-" * 100_000 + "'>text",
        "<h1>" * 20_000 + "text",
        "<p style='" + "display " * 100_000 + "'>text",
        "<meta charset=" + "a" * 1_000_000 + "><p>text",
        "text &amp;" * 300_000,
    ],
)
def test_a_hostile_page_costs_bounded_time(body: str) -> None:
    began = time.process_time()
    try:
        extract(_snapshot(body))
    except ExtractError as error:
        assert error.failure is Failure.TOO_LARGE  # noqa: PT017 (both ends are right)
    # Linear work needs 0.2-1.5 s on a loaded core; anything quadratic needs minutes.
    assert time.process_time() - began < 6.0


@settings(
    max_examples=150, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<div class=related>", "</div>", "<table>", "<tr>", "<td>", "</table>",
             "<br>", "<li>", "<nav>", "</nav>", "<h1>", "<a href=x>", "</a>", "&zwnj;", "&#0;",
             "<script>", "</script>", "<!--", "-->", "<![CDATA[", "<html", ">", "\x00", ZWNJ,
             SENTENCE, "word ", "<title>", "</title>", "<body>", "<template>", "\ud7ff", "<svg>"]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_any_markup_keeps_the_contract(pieces: list[str]) -> None:
    try:
        found = extract(_snapshot("".join(pieces)))
    except ExtractError as error:
        assert error.failure in {Failure.EMPTY, Failure.NOT_TEXT}  # noqa: PT017 (both are right)
        return
    check(found)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "cp1256", "shift_jis", "x", "hex"]))
def test_any_bytes_decode_or_are_called_no_text(body: bytes, charset: str | None) -> None:
    try:
        text, encoding = decode(body, charset)
    except ExtractError as error:
        assert error.failure in {Failure.EMPTY, Failure.NOT_TEXT}  # noqa: PT017 (both are right)
        return
    assert encoding
    assert "\x00" not in text


# --- the contract of all extractors -----------------------------------------------------


READERS_OF_TEXT = [e for e in EXTRACTORS if any(t.startswith("text/") for t in e.media_types)]
"""The others are given files of their own kinds, in tests of their own."""


def check(found: Extraction) -> None:
    """Check what every extraction promises."""
    lines = found.text.split("\n")
    assert all(line and line == " ".join(line.split()) for line in lines)
    starts = {0, *(n + 1 for n, c in enumerate(found.text) if c == "\n")}
    end = -1
    for span in found.main:
        assert span.start in starts
        assert span.start > end
        assert found.text[span.start : span.end] in lines
        end = span.end
    assert found.encoding


@pytest.mark.parametrize("extractor", READERS_OF_TEXT, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize(
    "text", [f"{SENTENCE * 4}\n\n{SENTENCE * 5}", LEGACY * 9, "Plain words, in English. " * 20]
)
def test_an_extractor_keeps_the_contract(extractor: object, text: str) -> None:
    chosen = next(e for e in EXTRACTORS if e is extractor)
    for media_type in chosen.media_types:
        found = chosen.extract(_snapshot(text, media_type))
        check(found)
        assert found.main
        assert found.text.count(ZWNJ) == text.count(ZWNJ)
        with pytest.raises(ExtractError) as caught:
            chosen.extract(_snapshot(b"\x89PNG\r\n\x1a\n" + bytes(99), media_type))
        assert caught.value.failure is Failure.NOT_TEXT
        with pytest.raises(ExtractError) as caught:
            chosen.extract(_snapshot(" \n ", media_type))
        assert caught.value.failure is Failure.EMPTY


@pytest.mark.parametrize(
    ("media_type", "body", "text"),
    [
        ("text/html", "<p>a<p>b", "a\nb"),
        (
            "application/xhtml+xml",
            '<?xml version="1.0" encoding="utf-8"?><html><p>a</p></html>',
            "a",
        ),
        ("text/plain", "<p>a<p>b", "<p>a<p>b"),
        (
            "text/markdown",
            "# Title\nline\nline\n\n- one\n- two",
            "# Title\nline line\n- one\n- two",
        ),
        ("application/octet-stream", "<!DOCTYPE html><p>a", "a"),
        ("", "only words", "only words"),
    ],
)
def test_the_media_type_or_else_the_bytes_choose_the_extractor(
    media_type: str, body: str, text: str
) -> None:
    assert extract(_snapshot(body, media_type)).text == text


@pytest.mark.parametrize(
    ("media_type", "message"),
    [
        ("image/png", "'image/png' is not read yet"),
        ("application/json", "'application/json' is not read yet"),
    ],
)
def test_a_type_that_is_not_read_is_named(media_type: str, message: str) -> None:
    error = _failure("text", media_type)
    assert (str(error), error.failure) == (message, Failure.NOT_TEXT)


def test_utf_16_markup_and_pdfs_of_an_unsaid_type_are_recognised() -> None:
    assert sniff(_page("text").encode("utf-16")) == "text/html"
    assert sniff(b"%PDF-1.4") == "application/pdf"
    assert _failure(b"%PDF-1.4 x", "application/octet-stream").failure is Failure.NOT_TEXT


def test_plain_text_is_main_text_by_paragraphs() -> None:
    found = extract(_snapshot(f"{SENTENCE}\n{SENTENCE}\n\n\n{LEGACY}\n", "text/plain"))
    assert _main(found) == [f"{SENTENCE} {SENTENCE}", LEGACY]
