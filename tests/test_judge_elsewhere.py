"""Quotations that the cited source lacks: where else the article may have them from."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verify.judge.elsewhere import attribute
from verify.judge.verdict import Examiner
from verify.model import (
    Citation,
    Claim,
    ClaimKind,
    Document,
    Extraction,
    Identification,
    Language,
    Outcome,
    Position,
    Quotation,
    Reading,
    Snapshot,
    Source,
    SourceId,
    Span,
    Unavailable,
    Verdict,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HARBOUR = (
    "The harbour master counted the boats on Monday and wrote the number into the book. "
    "He said that the pier would be painted before the summer guests arrive in the town."
)
SCHOOL = (
    "The school by the river was opened on Tuesday with a song that the children had written. "
    "The head teacher said that every child would have a garden bed of its own this year."
)
MADRASE = (
    "مدرسه‌ی کنار رودخانه روز سه‌شنبه با سرودی گشایش یافت که کودکان نوشته بودند. "
    "مدیر مدرسه گفت که امسال هر کودکی باغچه‌ای از آنِ خود خواهد داشت."
)
GARDEN = "every child would have a garden bed of its own this year"


def document(number: int, text: str) -> Document:
    address = f"https://town.example/{number}"
    body = text.encode()
    snapshot = Snapshot(SourceId(f"s{number}"), address, address, "text/html", body, NOW, "live")
    language = Language("fa" if "م" in text else "en")
    return Document(
        snapshot, Extraction(text, (Span(0, len(text)),)), Identification(language, 1.0)
    )


def sources(count: int) -> dict[SourceId, Source]:
    return {
        SourceId(f"s{n}"): Source(SourceId(f"s{n}"), (str(n),), Path("a.txt"), Position(1, 1))
        for n in range(count)
    }


def readings(*texts: str) -> dict[SourceId, Reading]:
    return {SourceId(f"s{n}"): document(n, text) for n, text in enumerate(texts)}


def judged(words: str, number: int, texts: dict[SourceId, Reading], place: int = 0) -> Verdict:
    """Judge a sentence that says no more than a quotation, against source `number`."""
    span = Span(place, place + len(words))
    claim = Claim(words, ClaimKind.QUOTE, (Quotation(words, span),), words)
    cited = texts[SourceId(f"s{number}")]
    assert isinstance(cited, Document)
    citation = Citation(str(number), Span(span.end, span.end + 3), span, claim)
    return Verdict(
        claim,
        Examiner().examine(claim, cited).outcome,
        citation=citation,
        source_id=SourceId(f"s{number}"),
    )


def test_a_quotation_from_another_source_is_found_there() -> None:
    texts = readings(HARBOUR, SCHOOL)
    (verdict,) = attribute([judged(GARDEN, 0, texts)], sources(2), texts)

    assert verdict.outcome is Outcome.NOT_FOUND
    assert verdict.found_in is not None
    assert verdict.found_in.source_id == "s1"
    assert not verdict.found_in.also_cited
    span = verdict.found_in.evidence.span
    assert SCHOOL[span.start : span.end] == verdict.found_in.evidence.text == GARDEN
    assert verdict.found_in.evidence.fragment is not None
    assert verdict.reasons[0] == "these words are in the source of note [1], not of note [0]"


@pytest.mark.parametrize(
    "words",
    [
        "Every child would have a garden-bed of its own, this year",
        "every child would have a vegetable bed of its own this year",
        "every child would have … a bed of its own this year",
    ],
)
def test_nearly_the_same_words_are_found_too(words: str) -> None:
    texts = readings(HARBOUR, SCHOOL)
    (verdict,) = attribute([judged(words, 0, texts)], sources(2), texts)

    assert verdict.found_in is not None


@pytest.mark.parametrize(
    "words",
    [
        "no pupil shall ever again write with chalk on slate in this school",
        "every child would be given two new books at the end of this year",
        "garden bed",
    ],
)
def test_other_words_and_mere_names_are_not(words: str) -> None:
    texts = readings(HARBOUR, SCHOOL)
    (verdict,) = attribute([judged(words, 0, texts)], sources(2), texts)

    assert verdict.found_in is None


def test_a_sentence_that_cites_both_sources_attributes_nothing_wrongly() -> None:
    texts = readings(HARBOUR, SCHOOL, SCHOOL)
    first, second = attribute(
        [judged(GARDEN, 0, texts), judged(GARDEN, 2, texts)], sources(3), texts
    )

    assert first.found_in is not None
    assert (first.found_in.source_id, first.found_in.also_cited) == ("s2", True)
    assert first.reasons[0].endswith("note [2], which the sentence cites too")
    assert second.found_in is None


def test_a_quotation_is_looked_for_in_its_own_script_alone() -> None:
    words = "امسال هر کودکي باغچه اي از آن خود خواهد داشت"
    texts = readings(HARBOUR, SCHOOL, MADRASE)
    missing = replace(judged(words, 0, texts), outcome=Outcome.NOT_FOUND)
    (verdict,) = attribute([missing], sources(3), texts)

    assert verdict.found_in is not None
    assert verdict.found_in.source_id == "s2"


def test_what_was_found_or_could_not_be_read_is_left_alone() -> None:
    texts = readings(HARBOUR, SCHOOL)
    supported = judged(GARDEN, 1, texts)
    lost = Verdict(supported.claim, Outcome.UNCHECKED, source_id=SourceId("s0"))
    texts[SourceId("s0")] = Unavailable(SourceId("s0"), ())

    assert attribute([supported, lost], sources(2), texts) == (supported, lost)


def test_a_thousand_notes_take_seconds() -> None:
    """Each quotation in each source would be a million searches, or an hour."""
    pick = random.Random(1)
    names = [
        "".join(pick.choices("abcdefghilmnoprstuvz", k=pick.randint(3, 9))) for _ in range(900)
    ]
    texts = readings(*(" ".join(pick.choices(names, k=200)) for _ in range(1_000)))
    quotations = [
        " ".join(d.text.split()[50:60]) for d in texts.values() if isinstance(d, Document)
    ]
    shifted = [*quotations[1:], quotations[0]]
    verdicts = [
        Verdict(
            Claim(words, ClaimKind.QUOTE, (Quotation(words, Span(0, len(words))),)),
            Outcome.NOT_FOUND,
            source_id=SourceId(f"s{number}"),
        )
        for number, words in enumerate(shifted)
    ]
    started = time.perf_counter()

    found = attribute(verdicts, sources(1_000), texts)

    assert [v.found_in and v.found_in.source_id for v in found] == [
        f"s{(number + 1) % 1_000}" for number in range(1_000)
    ]
    assert time.perf_counter() - started < 40
