"""The article that the project began with, where the shared data is at hand."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from verify.article import read
from verify.language.identify import identify

if TYPE_CHECKING:
    from pathlib import Path

    from verify.model import Article, Reference

ZWNJ = "\u200c"


@pytest.fixture(scope="module")
def seed(shared: Path) -> Article:
    return read(shared / "seed" / "article.txt")


def note(article: Article, label: str) -> Reference:
    return next(r for r in article.references if r.label == label)


def test_it_has_seven_notes_each_cited_once(seed: Article) -> None:
    labels = [str(n) for n in range(1, 8)]
    assert [r.label for r in seed.references] == labels
    assert [c.label for c in seed.citations] == labels
    assert all(len(r.markers) == 1 for r in seed.references)


def test_every_note_has_the_title_that_stands_in_its_first_quotation_mark(seed: Article) -> None:
    for reference in seed.references:
        assert reference.title
        assert reference.raw.startswith(f"“{reference.title}")


def test_publishers_stand_between_title_and_date(seed: Article) -> None:
    publishers = [r.publisher for r in seed.references]
    assert publishers == [None, "Afintl", "Sputnik", "IRNA", "Pars Today", "8am", "Afintl"]


def test_all_were_read_on_the_same_day(seed: Article) -> None:
    assert {r.accessed for r in seed.references} == {date(2022, 10, 28)}
    assert {r.accessed_raw for r in seed.references} == {"28.10.2022"}


def test_the_first_title_is_english_and_the_others_persian(seed: Article) -> None:
    assert [r.language for r in seed.references] == ["en", *["fa"] * 6]
    assert seed.language == "en"


def test_no_note_has_an_address(seed: Article) -> None:
    assert not any(r.urls for r in seed.references)


def test_each_claim_is_the_sentence_that_ends_in_its_marker(seed: Article) -> None:
    for citation in seed.citations:
        covered = seed.text[citation.span.start : citation.span.end]
        assert covered.endswith(f"[{citation.label}]")
        assert covered.removesuffix(f"[{citation.label}]") == citation.claim.text
        assert citation.claim.text.endswith(".")
        assert citation.claim.text in citation.claim.context


def test_a_claim_begins_where_the_sentence_before_ends(seed: Article) -> None:
    for citation in seed.citations:
        before = seed.text[: citation.span.start].rstrip()
        assert before.endswith((".", "]"))


def test_four_titles_are_garbled_and_read_as_a_reader_would_restore_them(seed: Article) -> None:
    repaired = {r.label: r.title_repaired for r in seed.references if r.title_repaired}
    assert set(repaired) == {"2", "3", "4", "6"}
    for label, repair in repaired.items():
        assert not re.search(r"[A-Za-z\[\]]|ی:ک", repair.text), label
        assert repair.changes
        assert identify(repair.text).language == "fa"
    assert f"نوت{ZWNJ}های" in repaired["2"].text
    assert f"می{ZWNJ}گیرد" in repaired["3"].text
    assert f"نمی{ZWNJ}کند و" in repaired["3"].text
    assert repaired["4"].text.endswith(f"نمی{ZWNJ}کند")
    assert repaired["6"].text.startswith(f"گفت{ZWNJ}وگو")


def test_only_the_seventh_title_has_a_lone_quotation_mark(seed: Article) -> None:
    assert [r.label for r in seed.references if not r.title_balanced] == ["7"]
    title = note(seed, "7").title
    assert title is not None
    assert "«" in title
    assert "»" in title


def test_the_biography_gives_no_quotation_and_no_claim(seed: Article) -> None:
    end = max(r.span.end for r in seed.references)
    assert len(seed.text) > end + 500
    assert all(q.span.end < end for q in seed.quotations)
    assert all(c.span.end < end for c in seed.citations)
    assert all(r.span.end <= end for r in seed.references)


def test_the_title_is_the_first_line(seed: Article) -> None:
    assert seed.title == seed.text.split("\n", 1)[0]


def test_positions_are_lines_of_the_file(seed: Article) -> None:
    lines = seed.text.split("\n")
    for reference in seed.references:
        place = seed.position(reference.span.start)
        assert place.column == 1
        assert lines[place.line - 1].startswith(f"[{reference.label}] ")
