from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from verify.judge.decision import Read, decide
from verify.judge.features import features, mode_of
from verify.judge.fusion import Fusion, calibration, judged, probability
from verify.judge.strictness import NAMES, Point, point
from verify.model import Fact, FactKind, FactOutcome, Judgement, Outcome, Passage, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

CLAIM = "The ministry opened 12 schools in Herat."
PASSAGE = "این وزارت ۱۲ مدرسه در هرات گشود."
WRONG_NUMBER = Fact(FactKind.NUMBER, FactOutcome.MISMATCHED, "12", "۱۴")
LIKELY, UNLIKELY = (0.96, 0.03, 0.01), (0.02, 0.08, 0.9)
ACCUSERS = (
    "number_mismatched",
    "date_mismatched",
    "negation_mismatched",
    "polarity_mismatched",
    "speaker_mismatched",
)
CUTS = Point(accept=0.5, absent=0.1, deny=0.6)


@dataclass
class Counting:
    """A reader that says the same of everything, and counts what it was asked."""

    name: str = "counting"
    asked: list[str] = field(default_factory=list)

    def read(self, claim: str, passages: Sequence[str]) -> Any:
        assert claim
        self.asked += passages
        return np.array([LIKELY for _ in passages], dtype=np.float32)


def reading(supports: float, contradicts: float, *facts: Fact, relevance: float = 0.9) -> Read:
    judgement = Judgement(supports, contradicts)
    passage = Passage(PASSAGE, Span(0, len(PASSAGE)), relevance)
    return Read(passage, facts, judgement, facts, judgement, relevance)


@pytest.mark.parametrize("fact", [WRONG_NUMBER, Fact(FactKind.NUMBER, FactOutcome.MISSING, "12")])
@pytest.mark.parametrize("cosine", [0.8, 0.92])
def test_a_fact_amiss_never_makes_a_claim_likelier(fact: Fact, cosine: float) -> None:
    for read in (LIKELY, UNLIKELY, None):
        without = judged(CLAIM, PASSAGE, (), cosine, read)
        amiss = judged(CLAIM, PASSAGE, (fact,), cosine, read)
        assert amiss.supports <= without.supports


def test_what_the_judge_reads_as_entailed_is_likelier_in_one_language_and_in_two() -> None:
    for claim in (CLAIM, "این وزارت ۱۲ مدرسه گشود"):
        for cosine in (0.8, 0.92):
            likely, unlikely = (judged(claim, PASSAGE, (), cosine, r) for r in (LIKELY, UNLIKELY))
            assert likely.supports > unlikely.supports
            assert likely.contradicts < unlikely.contradicts


def test_support_and_denial_never_come_to_more_than_one() -> None:
    for cosine, read in itertools.product((0.7, 0.85, 0.99), (LIKELY, UNLIKELY)):
        found = judged(CLAIM, PASSAGE, (WRONG_NUMBER,), cosine, read)
        assert 0 <= found.supports + found.contradicts <= 1 + 1e-9


def test_the_shipped_weights_are_monotone() -> None:
    assert calibration()["models"].keys() == calibration()["strictness"]["cuts"].keys() != set()
    for name, model in calibration()["models"].items():
        weights = model["supports"]
        assert all(weights.get(fact, 0) <= 0 for fact in ACCUSERS), name
        assert weights.get("entails", 0) >= 0
        assert weights.get("cosine", 0) >= 0
        assert model["denies"].get("denies", 0) >= 0


def test_every_weight_is_of_a_feature_that_is_computed() -> None:
    known = features(CLAIM, PASSAGE, (), cosine=0.9, reading=LIKELY).keys() | {"bias"}
    for model in calibration()["models"].values():
        assert model["supports"].keys() | model["denies"].keys() <= known


def test_a_passage_is_read_once_however_often_it_is_asked_for() -> None:
    reader = Counting()
    fusion = Fusion(reader=reader)
    fusion.readings(CLAIM, [PASSAGE, "other", PASSAGE])
    fusion.readings(CLAIM, ["other", PASSAGE])
    assert sorted(reader.asked) == sorted([PASSAGE, "other"])
    fusion.readings("Another claim.", [PASSAGE])
    assert len(reader.asked) == 3


def test_an_extreme_score_neither_overflows_nor_leaves_the_range() -> None:
    for size in (-1e9, 1e9):
        assert 0 <= probability({"bias": 0.0, "entails": size}, {"entails": 1.0}) <= 1


def test_the_stricter_the_more_is_asked_of_support() -> None:
    for model in calibration()["strictness"]["cuts"]:
        cuts = [point(name, model) for name in NAMES]
        assert [c.accept for c in cuts] == sorted(c.accept for c in cuts)
        assert all(c.absent <= c.accept for c in cuts)
    assert point("default", None).accept == pytest.approx(0.5)


def test_a_fact_vetoes_support() -> None:
    assert decide(reading(0.9, 0.02), CUTS) is Outcome.SUPPORTED
    assert decide(reading(0.9, 0.02, WRONG_NUMBER), CUTS) is not Outcome.SUPPORTED


def test_nothing_accuses_alone() -> None:
    denied = reading(0.05, 0.9)
    assert decide(denied, CUTS) is not Outcome.CONTRADICTED
    assert decide(reading(0.4, 0.1, WRONG_NUMBER), CUTS) is not Outcome.CONTRADICTED
    assert decide(reading(0.05, 0.9, WRONG_NUMBER), CUTS) is Outcome.CONTRADICTED
    assert decide(denied, CUTS, is_seconded=True) is Outcome.CONTRADICTED


def test_a_denial_far_from_the_matter_accuses_nobody() -> None:
    far = reading(0.05, 0.9, WRONG_NUMBER, relevance=0.3)
    assert decide(far, CUTS) is Outcome.NOT_FOUND
    assert decide(far, CUTS, is_seconded=True) is Outcome.NOT_FOUND


def test_between_supported_and_absent_nothing_is_decided() -> None:
    assert decide(reading(0.3, 0.2), CUTS) is Outcome.UNCHECKED
    assert decide(reading(0.05, 0.2), CUTS) is Outcome.NOT_FOUND


def test_two_scripts_are_two_languages() -> None:
    assert mode_of(CLAIM, PASSAGE) == "cross"
    assert mode_of(CLAIM, "12 schools") == "latin"
    assert mode_of("12", PASSAGE) == "arabic"
