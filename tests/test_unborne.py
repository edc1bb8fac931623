"""Which words of a claim its passage does not bear out, with the shipped judge and doubles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from verify.judge.counterparts import Counterparts
from verify.judge.crossencoder import CrossEncoder
from verify.judge.encode import OnnxEncoder
from verify.judge.unborne import MOST_ASKED, unborne
from verify.judge.verdict import Examiner
from verify.language.identify import Identifier
from verify.model import (
    Claim,
    Document,
    Evidence,
    Extraction,
    Outcome,
    Snapshot,
    SourceId,
    Span,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TRUE = "The council of the city built a new library in the old market in 2019."
PASSAGE = "شورای شهر در سال ۲۰۱۹ یک کتابخانهٔ تازه در بازار کهنه ساخت. مردم شادمان بودند."


class Blaming:
    """Finds a claim unlikely as long as it has one word; counts how often it is asked."""

    name = "blaming"

    def __init__(self, word: str) -> None:
        self.word = word
        self.asked = 0

    def read(self, claim: str, passages: Sequence[str]) -> NDArray[np.float32]:
        self.asked += 1
        chance = 0.02 if self.word in claim else 0.9
        return np.array([[chance, 1 - chance, 0]] * len(passages), dtype=np.float32)


def evidence(*texts: str) -> list[Evidence]:
    return [Evidence(text, Span(0, len(text)), 1.0, "given") for text in texts]


def named(claim: str, spans: Sequence[Span]) -> list[str]:
    return [claim[s.start : s.end] for s in spans]


def test_the_word_without_which_a_claim_is_likely_is_named() -> None:
    claim = "The harbour was closed for nine weeks in spring."
    found = unborne(claim, evidence("In spring the harbour was closed."), Blaming("nine"))

    assert named(claim, found) == ["nine"]


@pytest.mark.parametrize("other", ["", "It was closed for nine long days."])
def test_what_some_passage_has_is_not_named(other: str) -> None:
    claim = "The harbour was closed for nine weeks in spring."
    texts = ["In spring the harbour was closed.", other]
    found = unborne(claim, evidence(*texts), Blaming("nine"))

    assert bool(found) is (not other)


def test_a_judge_is_not_asked_where_nothing_is_lacking_and_never_often() -> None:
    reader = Blaming("x")
    assert unborne("The harbour was closed.", evidence("The harbour was closed."), reader) == ()
    assert reader.asked == 0

    assert unborne("harbour bridge tower wall gate " * 99, evidence("نان"), reader) == ()
    assert reader.asked == MOST_ASKED + 1


@pytest.mark.parametrize("claim", ["", " ", "؟", "\0", "\ud800", "a" * 9000, "ﷺ" * 50])
def test_strange_claims_give_spans_within_the_text(claim: str) -> None:
    found = unborne(claim, evidence("The harbour was closed.", ""), Blaming("a"))

    assert all(0 <= s.start < s.end <= len(claim) for s in found)


# --- with the shipped models ------------------------------------------------------------


@pytest.fixture(scope="module")
def examiner() -> Examiner:
    encoder = OnnxEncoder(threads=1)
    return Examiner(encoder, reader=CrossEncoder(threads=1), counterparts=Counterparts(encoder))


def examined(examiner: Examiner, claim: str) -> Verdict:
    snapshot = Snapshot(SourceId("s"), "", "", "text/plain", b"", datetime.now(UTC), "given")
    text = Extraction(PASSAGE, (Span(0, len(PASSAGE)),))
    return examiner.examine(Claim(claim), Document(snapshot, text, Identifier().identify(PASSAGE)))


@pytest.mark.parametrize(("old", "new"), [("built", "never built"), ("2019", "2017")])
def test_a_planted_error_is_all_that_is_ever_named(examiner: Examiner, old: str, new: str) -> None:
    claim = TRUE.replace(old, new)
    verdict = examined(examiner, claim)

    assert verdict.outcome is not Outcome.SUPPORTED
    assert set(named(claim, verdict.unborne)) <= set(new.split())


def test_of_a_supported_claim_nothing_is_named(examiner: Examiner) -> None:
    verdict = examined(examiner, TRUE)

    assert verdict.outcome is Outcome.SUPPORTED
    assert verdict.unborne == ()
