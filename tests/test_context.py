"""A passage in its context: what stands around it changes what it says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.calibration_pages import document
from verify.judge.context import FOREMOST, MOST, InContext, in_context
from verify.judge.crossencoder import CrossEncoder
from verify.judge.encode import OnnxEncoder
from verify.judge.features import log_odds
from verify.judge.fusion import Fusion, calibration
from verify.judge.retrieve import passages
from verify.judge.verdict import Examiner
from verify.model import Claim, Judgement, Outcome

if TYPE_CHECKING:
    from verify.model import Document

MODELS = sorted(calibration()["pages"])
SHARES = st.floats(0, 1)

COUNCIL = (
    "The town council of Darvaz met on Tuesday in the old customs house.",
    "Parwin Sarkhosh was elected to lead the water commission.",
    "She closed three of its eleven wells within a year.",
    "Farmers along the canal had asked for a longer delay.",
    "The commission employs forty people and owns two drilling rigs.",
)


@pytest.fixture(scope="module")
def fusion() -> Fusion:
    return Fusion(OnnxEncoder(threads=1), CrossEncoder(threads=1))


def page(*sentences: str) -> Document:
    return document(sentences, "en")


def contexts(fusion: Fusion, claim: str, source: Document) -> list[InContext] | None:
    found = passages(claim, source, fusion.encoder, limit=5, reader=fusion)
    alone = fusion.judge(claim, [p.text for p in found])
    return in_context(fusion, claim, list(zip(found, alone, strict=True)), source)


@pytest.mark.parametrize("model", MODELS)
@given(alone=SHARES, among=SHARES, together=SHARES, more=SHARES, contradicts=SHARES)
def test_no_reading_that_is_likelier_makes_the_whole_less_likely(
    model: str, *, alone: float, among: float, together: float, more: float, contradicts: float
) -> None:
    def pooled(one: float, two: float, three: float) -> Judgement:
        readings = (Judgement(s, contradicts * (1 - s)) for s in (one, two, three))
        return InContext(*readings).pooled(model)

    here = pooled(alone, among, together)
    assert 0 <= here.supports <= 1
    assert here.supports + here.contradicts <= 1 + 1e-9
    assert pooled(max(alone, more), among, together).supports >= here.supports
    assert pooled(alone, max(among, more), together).supports >= here.supports
    assert pooled(alone, among, max(together, more)).supports >= here.supports


@pytest.mark.parametrize("model", MODELS)
def test_a_denial_is_weakened_only_by_a_page_that_bears_the_claim_out(model: str) -> None:
    denial, unsure, sure = Judgement(0.02, 0.9), Judgement(0.3, 0.1), Judgement(0.999, 0.0)

    assert InContext(denial, unsure, unsure).pooled(model).contradicts == pytest.approx(0.9)
    assert InContext(denial, sure, sure).pooled(model).contradicts < 0.5


@pytest.mark.parametrize(("share", "expected"), [(0.5, 0.0), (0.9, math.log(9)), (1.0, 6.9068)])
def test_log_odds_are_bounded(share: float, expected: float) -> None:
    assert log_odds(share, MOST) == pytest.approx(expected, abs=1e-3)
    assert log_odds(1 - share, MOST) == pytest.approx(-expected, abs=1e-3)


def test_two_sentences_say_together_what_neither_says(fusion: Fusion) -> None:
    claim = "Within a year of her election the new head of the commission had closed three wells."
    found = contexts(fusion, claim, page(*COUNCIL))

    assert found is not None
    assert max(c.among.supports for c in found) > max(c.alone.supports for c in found)


def test_what_the_page_says_is_supported_where_no_sentence_says_all(fusion: Fusion) -> None:
    examiner = Examiner(fusion.encoder, reader=fusion.reader)
    true, false = (
        Claim(f"Parwin Sarkhosh, who heads the water commission, closed {number} of its wells.")
        for number in ("three", "seven")
    )

    assert examiner.examine(true, page(*COUNCIL)).outcome is Outcome.SUPPORTED
    assert examiner.examine(false, page(*COUNCIL)).outcome is not Outcome.SUPPORTED


def test_a_page_of_one_sentence_has_no_context(fusion: Fusion) -> None:
    assert contexts(fusion, "Farmers asked for a delay.", page(COUNCIL[3])) is None


def test_only_the_foremost_are_read_with_their_neighbours(fusion: Fusion) -> None:
    found = contexts(fusion, "The council of Darvaz met about the wells.", page(*COUNCIL))

    assert found is not None
    assert len(found) > FOREMOST
    assert all(c.among is c.alone for c in found[FOREMOST:])
    assert len({c.together for c in found}) == 1
