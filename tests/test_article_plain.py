"""Plain text: notes and markers typed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verify.article import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from verify.model import Article

    Reader = Callable[[str], Article]


@pytest.fixture
def article(tmp_path: Path) -> Reader:
    def make(text: str) -> Article:
        path = tmp_path / "article.txt"
        path.write_text(text, encoding="utf-8")
        return read(path)

    return make


def cited(article: Article) -> list[tuple[str, str]]:
    return [(c.label, c.claim.text) for c in article.citations]


BODY = "A title\n\nThe first thing was seen in May.{a} The second thing was seen in June.{b}\n\n"


@pytest.mark.parametrize(
    ("a", "b", "notes"),
    [
        ("[1]", "[2]", "[1] “One”, P.\n\n[2] “Two”, Q."),
        ("[1]", "[2]", "[1] “One”, P.\n[2] “Two”, Q."),
        ("[1]", "[2]", "Notes:\n[1] “One”, P.\n[2] “Two”, Q."),
        ("[1]", "[2]", "1. “One”, P.\n2. “Two”, Q."),
        ("[1]", "[2]", "1) “One”, P.\n\n2) “Two”, Q."),
        ("¹", "²", "¹ “One”, P.\n² “Two”, Q."),
        ("¹", "²", "1. “One”, P.\n2. “Two”, Q."),
        ("[۱]", "[۲]", "[1] “One”, P.\n\n[2] “Two”, Q."),
        ("[1]", "[2]", "[۱] “One”, P.\n\n[۲] “Two”, Q."),
        ("[١]", "[٢]", "[۱] “One”, P.\n\n[۲] “Two”, Q."),
        ("(1)", "(2)", "(1) “One”, P.\n(2) “Two”, Q."),
        ("[^1]", "[^2]", "[^1]: “One”, P.\n[^2]: “Two”, Q."),
        # direction marks, as word processors set them around brackets
        ("[\u200e۱\u200e]", "[۲\u200f]", "\u200f[۱\u200f]\u200f “One”, P.\n[\u200e۲] “Two”, Q."),
    ],
)
def test_every_way_of_typing_notes_gives_the_same_citations(
    article: Reader, a: str, b: str, notes: str
) -> None:
    result = article(BODY.format(a=a, b=b) + notes + "\n")
    assert cited(result) == [
        ("1", "The first thing was seen in May."),
        ("2", "The second thing was seen in June."),
    ]
    assert [(r.label, r.title, r.publisher) for r in result.references] == [
        ("1", "One", "P"),
        ("2", "Two", "Q"),
    ]


@pytest.mark.parametrize(
    ("marker", "labels"),
    [
        ("[1, 3]", ["1", "3"]),
        ("[1,2,3]", ["1", "2", "3"]),
        ("[1-3]", ["1", "2", "3"]),
        ("[۱–۳]", ["1", "2", "3"]),
        ("[1]–[3]", ["1", "2", "3"]),
        ("[۱، ۳]", ["1", "3"]),
        ("[1][2]", ["1", "2"]),
        ("¹²", ["1", "2"]),
        ("¹,³", ["1", "3"]),
    ],
)
def test_one_marker_may_name_several_notes(article: Reader, marker: str, labels: list[str]) -> None:
    notes = "\n\n".join(f"[{n}] “Title {n}”, P." for n in (1, 2, 3))
    if "[" not in marker:
        notes = notes.replace("[1]", "¹").replace("[2]", "²").replace("[3]", "³")
    result = article(f"Only this one thing was said here{marker}.\n\n{notes}")
    assert sorted(c.label for c in result.citations) == labels
    assert {c.claim.text for c in result.citations} == {"Only this one thing was said here."}


def test_a_raised_number_behind_a_unit_is_a_power(article: Reader) -> None:
    result = article("The field of 12 km² was sold for 10⁶ coins that year.¹\n\n¹ “One”, P.")
    assert [c.label for c in result.citations] == ["1"]


def test_a_marker_without_a_note_is_a_citation_without_a_reference(article: Reader) -> None:
    result = article("This whole sentence has no note at all.[9]\n\n[1] “One”, P.")
    assert [c.label for c in result.citations] == ["9"]
    assert [(r.label, r.markers) for r in result.references] == [("1", ())]


def test_two_notes_of_one_label_are_both_kept(article: Reader) -> None:
    result = article("One thing was said here.[1]\n\n[1] “One”, P.\n\n[1] “Two”, Q.")
    assert [r.title for r in result.references] == ["One", "Two"]


def test_a_note_goes_on_over_lines_and_indented_paragraphs(article: Reader) -> None:
    result = article(
        "One thing was said here.[1]\n\n[1] “One”, P,\nhttps://p.example/a\n\n"
        "   and a word more.\n\n[2] “Two”, Q.\n\nhttps://q.example/b\n"
    )
    assert [r.raw for r in result.references] == [
        "“One”, P, https://p.example/a and a word more.",
        "“Two”, Q. https://q.example/b",
    ]
    assert result.references[1].urls == ("https://q.example/b",)


def test_headings_boilerplate_and_the_biography_say_nothing(article: Reader) -> None:
    result = article(
        "A “quoted words in a heading” title\n\nSimilar Posts\n\n"
        "This post is also available in: “fa”\n\n"
        "The claim of this article is short and clear.[1]\n\n[1] “One”, P.\n\n"
        "The author has written “a very long book about rivers” and lives by one.\n"
    )
    assert cited(result) == [("1", "The claim of this article is short and clear.")]
    assert result.quotations == ()


def test_the_article_goes_on_below_a_note_where_it_cites_again(article: Reader) -> None:
    result = article(
        "The first claim is made up here.[1]\n\n[1] “One”, P.\n\n"
        "The second claim is made up there.[1]\n"
    )
    assert len(result.citations) == 2


def test_a_wrapped_paragraph_is_one_and_its_sentences_are_whole(article: Reader) -> None:
    result = article(
        "The committee of the invented town met on the second day of the month to\n"
        "talk about the bridge, and it took them until the evening to agree on\n"
        "[1] the colour. Nobody was content with that.[2]\n\n[1] “One”, P.\n\n[2] “Two”, Q.\n"
    )
    assert [c.claim.text for c in result.citations] == [
        (
            "The committee of the invented town met on the second day of the month to talk about "
            "the bridge, and it took them until the evening to agree on the colour."
        ),
        "Nobody was content with that.",
    ]


def test_spans_lead_back_to_the_file(article: Reader) -> None:
    text = (
        "T\n\nیک جملهٔ ساختگی برای آزمون است.[۱] دیگری هم هست.[۲]\n\n[۱] «یک»، ن.\n\n[۲] «دو»، م.\n"
    )
    result = article(text)
    assert result.text == text
    for citation in result.citations:
        place = result.position(citation.marker.start)
        line = text.split("\n")[place.line - 1]
        assert line[place.column - 1 :].startswith("[")
    assert result.language == "fa"


def test_a_numbered_list_in_an_article_without_notes_is_no_notes(article: Reader) -> None:
    result = article("Three things happened here:\n\n1. One thing.\n2. Two things.\n")
    assert result.references == ()
    assert result.citations == ()
