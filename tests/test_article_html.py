"""HTML: the notes of the common systems, and the text as a browser shows it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from verify.article import read
from verify.model import Article, ClaimKind

FOLDER = Path(__file__).parent / "articles"


def made(tmp_path: Path, body: str) -> Article:
    path = tmp_path / "a.html"
    path.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    return read(path)


def cited(article: Article) -> list[tuple[str, str]]:
    return [(c.label, c.claim.text) for c in article.citations]


def test_wordpress_and_word_notes() -> None:
    article = read(FOLDER / "wordpress.html")
    quote = "The engineer said “the wall will hold for another ten winters”."
    assert cited(article) == [
        ("1", "The river Invented rose by two metres in May."),
        ("2", "The council met & voted on the same evening."),
        ("2", quote),
        ("7", quote),
    ]
    assert article.citations[2].claim.kind is ClaimKind.QUOTE
    first, second = article.references
    assert (first.title, first.publisher) == ("River levels in May", "Example Gazette")
    assert first.urls == ("https://gazette.example/levels",)
    assert first.accessed == date(2022, 10, 28)
    assert (second.language, len(second.markers)) == ("fa", 2)
    assert article.title == "Levels of an invented river"


def test_menus_scripts_and_what_stands_below_the_notes_say_nothing() -> None:
    article = read(FOLDER / "wordpress.html")
    for hidden in ("Home", "never text", "Related", "Copyright"):
        assert hidden not in article.text
    assert [q.text for q in article.quotations] == ["the wall will hold for another ten winters"]


@pytest.mark.parametrize("name", ["wordpress", "wikipedia", "pandoc", "easy"])
def test_markers_and_notes_lead_to_their_lines(name: str) -> None:
    path = FOLDER / f"{name}.html"
    lines = path.read_text(encoding="utf-8").split("\n")
    article = read(path)
    for citation in article.citations:
        place = article.position(citation.marker.start)
        assert "<a " in lines[place.line - 1][: place.column]
    for reference in article.references:
        place = article.position(reference.span.start)
        first = article.text[reference.span.start : reference.span.end].split()[0]
        assert lines[place.line - 1][place.column - 1 :].startswith(first)


def test_wikipedia_notes() -> None:
    article = read(FOLDER / "wikipedia.html")
    assert article.language == "fa"
    assert cited(article) == [
        ("1", "رود نمونه در سال ۱۳۹۰ خشک شد."),
        ("2", "پس از آن باران\u200cهای بهاری آب را به دشت بازگرداند."),
        ("1", "مردم شهر دوباره کشت می\u200cکنند."),
    ]
    first, second = article.references
    assert first.title == "خشک\u200cشدن رود نمونه"
    assert first.publisher == "خبرگزاری نمونه"
    assert first.urls == ("https://news.example/river",)
    assert first.accessed == date(2022, 10, 28)
    assert len(first.markers) == 2
    assert "↑" not in first.raw
    assert (second.title, second.publisher, second.language) == (
        "Spring rain returns",
        "Example Weather",
        "en",
    )


def test_pandoc_notes() -> None:
    article = read(FOLDER / "pandoc.html")
    assert cited(article) == [
        ("1", "The bridge opened in 1901."),
        ("2", "The toll ended in 1920."),
    ]
    assert [(r.label, r.title, len(r.markers)) for r in article.references] == [
        ("1", "Bridges of Nowhere", 1),
        ("2", "Tolls", 1),
        ("3", "Nobody cites this", 0),
    ]
    assert article.references[1].raw == "“Tolls”, Example Daily. A second paragraph of it."


def test_easy_footnotes() -> None:
    article = read(FOLDER / "easy.html")
    assert cited(article) == [("1", "The mill burned down in 1888.")]
    assert article.references[0].urls == ("https://courier.example/fire",)


def test_a_list_of_footnotes_without_links_is_numbered_as_shown(tmp_path: Path) -> None:
    article = made(
        tmp_path,
        "<p>One whole thing was said.<sup>2</sup></p>"
        '<ol class="footnotes" start="2"><li>“Two”, P.</li><li>“Three”, Q.</li></ol>',
    )
    assert cited(article) == [("2", "One whole thing was said.")]
    assert [(r.label, r.title) for r in article.references] == [("2", "Two"), ("3", "Three")]


def test_hand_typed_notes_in_a_page(tmp_path: Path) -> None:
    article = made(
        tmp_path, "<p>One whole thing was said.[1]</p><p>[1] “One”, P.</p><p>A biography.</p>"
    )
    assert cited(article) == [("1", "One whole thing was said.")]
    assert [r.title for r in article.references] == ["One"]


def test_several_notes_in_one_paragraph_are_parted(tmp_path: Path) -> None:
    article = made(
        tmp_path,
        '<p>One thing was said.<a href="#_ftn1" name="_r1">[1]</a> Two things were.'
        '<a href="#_ftn2" name="_r2">[2]</a></p>'
        '<p><a href="#_r1" name="_ftn1">[1]</a> “One”, P.<br>'
        '<a href="#_r2" name="_ftn2">[2]</a> “Two”, Q.</p>',
    )
    assert [(r.label, r.title, r.publisher) for r in article.references] == [
        ("1", "One", "P"),
        ("2", "Two", "Q"),
    ]


def test_links_are_citations_only_where_a_page_has_no_notes(tmp_path: Path) -> None:
    linked = '<p>The mill <a href="https://a.example/x">burned down</a> in the spring of 1888.</p>'
    article = made(tmp_path, linked + '<p><a href="https://b.example/">Read more</a></p>')
    assert [(r.label, r.urls, r.is_link) for r in article.references] == [
        ("link-1", ("https://a.example/x",), True)
    ]
    assert cited(article) == [("link-1", "The mill burned down in the spring of 1888.")]
    noted = made(tmp_path, linked + "<p>One whole thing was said.[1]</p><p>[1] “One”, P.</p>")
    assert [r.label for r in noted.references] == ["1"]


def test_a_link_to_a_section_is_no_note(tmp_path: Path) -> None:
    article = made(
        tmp_path,
        '<p>See part <a href="#n2">2</a> of this text.</p><h2 id="n2">Two</h2><p>Text here.</p>',
    )
    assert article.references == ()
    assert article.citations == ()


def test_numbers_that_begin_anew_get_labels_of_their_own(tmp_path: Path) -> None:
    part = (
        '<p>Part {0} says a thing.<sup><a href="#fn{0}">1</a></sup></p>'
        '<ol><li id="fn{0}">“Title {0}”, P.</li></ol>'
    )
    article = made(tmp_path, part.format("a") + part.format("b"))
    assert [(r.label, r.title) for r in article.references] == [
        ("1", "Title a"),
        ("1-2", "Title b"),
    ]
    assert [c.label for c in article.citations] == ["1", "1-2"]


def test_entities_in_a_minified_page_do_not_lose_the_place(tmp_path: Path) -> None:
    said = "A &amp; B &ldquo;met&rdquo; a man."
    body = f'<p>{said}<sup><a href="#f1">1</a></sup></p><p id="f1">“One”, P.</p>'
    article = made(tmp_path, body)
    source = (tmp_path / "a.html").read_text(encoding="utf-8")
    place = article.position(article.citations[0].marker.start)
    assert source[place.column - 1 :].startswith("1</a>")
