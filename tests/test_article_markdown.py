"""Markdown: footnotes, inline notes, links, and the way back to line and column."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from verify.article import read
from verify.model import Article, ClaimKind

FILE = Path(__file__).parent / "articles" / "notes.md"


@pytest.fixture(scope="module")
def notes() -> Article:
    return read(FILE)


def made(tmp_path: Path, text: str) -> Article:
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_front_matter_gives_the_title_and_nothing_else(notes: Article) -> None:
    assert notes.title == "An invented valley"
    assert "tags" not in notes.text


def test_citations_come_in_reading_order_with_their_sentences(notes: Article) -> None:
    assert [(c.label, c.claim.text) for c in notes.citations] == [
        ("1", "The last of them was dug in 1950."),
        ("2", "The third well runs under the old road, people say."),
        ("link-1", "The third well runs under the old road, people say."),
        ("zz", "An undefined note stands here."),
        ("inline-1", "One is written in place."),
        ("1", "The mayor said: “we will never sell the water of this valley.”"),
        ("2", "An item of a list cites as well."),
        ("link-1", "The road is old."),
        ("4", "A raised number stands here too."),
    ]


def test_every_marker_leads_to_its_line_and_column(notes: Article) -> None:
    lines = FILE.read_text(encoding="utf-8").split("\n")
    assert notes.citations
    for citation in notes.citations:
        place = notes.position(citation.marker.start)
        rest = lines[place.line - 1][place.column - 1 :]
        shown = notes.text[citation.marker.start : citation.marker.end]
        expected = {"inline-1": "^[", "4": "4</sup>"}.get(citation.label, shown)
        assert rest.startswith(expected), citation.label


def test_notes_lead_to_their_definitions(notes: Article) -> None:
    lines = FILE.read_text(encoding="utf-8").split("\n")
    written = [r for r in notes.references if not (r.is_link or r.label.startswith("inline"))]
    assert written
    for reference in written:
        place = notes.position(reference.span.start)
        assert lines[place.line - 1].startswith(f"[^{reference.label}]:")


def test_a_note_written_in_place_is_a_reference(notes: Article) -> None:
    inline = next(r for r in notes.references if r.label == "inline-1")
    assert inline.title == "Wells of the valley"
    assert inline.urls == ("https://post.example/wells",)


def test_uncited_and_repeated_definitions_are_kept(notes: Article) -> None:
    by_label = [r for r in notes.references if r.label in {"1", "3"}]
    assert [(r.label, r.title, len(r.markers)) for r in by_label] == [
        ("1", "The last well", 2),
        ("3", "the unused note", 0),
        ("1", "Another first", 2),
    ]


def test_a_note_has_its_fields(notes: Article) -> None:
    first = next(r for r in notes.references if r.label == "1")
    assert first.publisher == "Example Post"
    assert first.accessed == date(2022, 5, 3)
    assert first.urls == ("https://post.example/last",)
    second = next(r for r in notes.references if r.label == "2")
    assert (second.title, second.publisher) == ("The third well", "Example Press")
    assert second.raw.endswith("It goes on here.")
    fourth = next(r for r in notes.references if r.label == "4")
    assert (fourth.title, fourth.urls) == ("A linked title", ("https://post.example/linked",))


def test_one_address_is_one_reference_however_often_it_is_linked(notes: Article) -> None:
    links = [r for r in notes.references if r.is_link]
    assert [(r.label, r.urls, len(r.markers)) for r in links] == [
        ("link-1", ("https://roads.example/old_(road)",), 2)
    ]


def test_a_quotation_in_a_block_quote_is_a_quote(notes: Article) -> None:
    quotes = [c for c in notes.citations if c.claim.kind is ClaimKind.QUOTE]
    assert [q.text for c in quotes for q in c.claim.quotations] == [
        "we will never sell the water of this valley."
    ]


def test_code_cites_nothing(notes: Article) -> None:
    assert "a block of code" not in " ".join(c.claim.text for c in notes.citations)
    assert sum(c.label == "1" for c in notes.citations) == 2


def test_hand_typed_notes_work_in_markdown(tmp_path: Path) -> None:
    article = made(tmp_path, "# T\n\nThe one thing was *so*.[1]\n\n[1] “One”, P.\n[2] “Two”, Q.\n")
    assert [(c.label, c.claim.text) for c in article.citations] == [("1", "The one thing was so.")]
    assert [r.title for r in article.references] == ["One", "Two"]


def test_an_ordered_list_below_hand_typed_markers_is_the_notes(tmp_path: Path) -> None:
    article = made(tmp_path, "The one thing was so.[1]\n\n1. “One”, P.\n2. “Two”, Q.\n")
    assert [r.title for r in article.references] == ["One", "Two"]


def test_persian_notes_keep_their_half_spaces(tmp_path: Path) -> None:
    article = made(
        tmp_path,
        "باران می\u200cبارد.[^۱] آب می\u200cرود.\n\n[^۱]: «باران»، خبرگزاری نمونه، ۶ آبان ۱۴۰۱\n",
    )
    assert article.citations[0].label == "1"
    assert article.citations[0].claim.text == "باران می\u200cبارد."
    assert article.references[0].markers


def test_escapes_and_entities_do_not_move_what_follows(tmp_path: Path) -> None:
    text = "One \\*star\\* &amp; two &copy; [^1] then.[^2]\n\n[^1]: “A b”, P.\n[^2]: “C d”, P.\n"
    article = made(tmp_path, text)
    assert article.text.startswith("One *star* & two © [^1] then.[^2]")
    for citation in article.citations:
        place = article.position(citation.marker.start)
        assert text[place.column - 1 :].startswith(f"[^{citation.label}]")


def test_a_link_in_a_heading_is_no_citation(tmp_path: Path) -> None:
    article = made(
        tmp_path, "# See [this](https://a.example/x)\n\nOne whole sentence stands here.\n"
    )
    assert article.citations == ()


def test_broken_front_matter_is_passed_over(tmp_path: Path) -> None:
    article = made(tmp_path, "---\ntitle: [\n---\n\n# The heading\n\nOne sentence stands here.\n")
    assert article.title == "The heading"
