"""A claim in several parts, and evidence in several places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import verify
from verify.judge.decision import Read, partners
from verify.judge.parts import coverage, parts
from verify.model import Judgement, Outcome, Passage, Span

if TYPE_CHECKING:
    from verify.model import Verdict

ENGLISH = (
    "The council of Herat met in the spring. The first train left Mashhad for Herat with cement "
    "and food. It had been raining for a week. The train carried 42 wagons on 28 September 2022. "
    "A band played at the station. Nobody was allowed on the platform without a ticket."
)
PERSIAN = (
    "نخستین قطار از مشهد به سوی هرات حرکت کرد. یک هفته باران باریده بود. این قطار روز ۶ مهر ۱۴۰۱ "
    "چهل و دو واگن سیمان و مواد غذایی می‌برد. گروهی در ایستگاه ساز می‌زدند."
)
CLAIM = (
    "The first train left Mashhad for Herat on 28 September 2022 with 42 wagons of cement and food."
)
TOGETHER = "two passages of the source were read together"


def shown(verdict: Verdict) -> str:
    return "\n".join(e.text for e in verdict.evidence[:2])


@pytest.mark.parametrize(("page", "one", "other"), [
    (ENGLISH, "left Mashhad", "42 wagons"),
    (PERSIAN, "نخستین قطار", "چهل و دو واگن"),
])  # fmt: skip
def test_two_sentences_may_bear_a_claim_out_together(page: str, one: str, other: str) -> None:
    verdict = verify.check_claim(CLAIM, page)

    assert verdict.outcome is Outcome.SUPPORTED
    assert TOGETHER in verdict.reasons
    assert one in shown(verdict)
    assert other in shown(verdict)


def read_as(text: str, start: int = 0, *, is_main: bool = True) -> Read:
    passage = Passage(text, Span(start, start + len(text)), 0.6, is_main)
    unsure = Judgement(0.3, 0.1)
    return Read(passage, (), unsure, (), unsure, 0.6)


def test_passages_are_gathered_that_hold_what_the_best_one_lacks() -> None:
    claim = "The dam was built by a Swiss company, holds forty fish species and feeds three canals."
    best = read_as("The dam was finished by a Swiss company in spring.")
    fish = read_as("Forty species of fish live there.", 100)
    canals = read_as("Three canals are fed by it.", 200)
    alike = read_as("A dam of another company broke.", 300)
    menu = read_as("Forty species, three canals", 400, is_main=False)

    (gathered,) = partners(claim, best, [best, alike, fish, canals, menu])

    assert {read.passage.text for read in gathered} == {fish.passage.text, canals.passage.text}
    assert list(partners(claim, best, [best, alike, menu])) == []


@pytest.mark.parametrize("page", [ENGLISH, PERSIAN])
def test_a_number_that_stands_nowhere_is_not_supported(page: str) -> None:
    verdict = verify.check_claim(CLAIM.replace("42", "24"), page)

    assert verdict.outcome not in {Outcome.SUPPORTED, Outcome.UNCHECKED}


def test_another_sentence_does_not_talk_a_denial_away() -> None:
    denied = "The first train did not leave Mashhad for Herat with cement and food."

    verdict = verify.check_claim(denied, ENGLISH)

    assert verdict.outcome not in {Outcome.SUPPORTED, Outcome.PARTLY_SUPPORTED}
    assert TOGETHER not in verdict.reasons


def test_a_claim_whose_second_half_has_no_source_is_not_supported() -> None:
    half = "The first train left for Herat, and girls may again study medicine at the university."

    for page in (ENGLISH, PERSIAN):
        assert verify.check_claim(half, page).outcome is not Outcome.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("The train left Mashhad and Herat.", 0),
        ("The bank lends money to both towns, and the board pays for two new hospitals.", 2),
        (
            "He said that the schools must open again and that talks among all sides should begin.",
            2,
        ),
        ("بانک به هر دو شهر وام می‌دهد، اما شهرداری هزینهٔ بیمارستان تازه را می‌پردازد.", 2),
        ("", 0),
    ],
)
def test_a_claim_falls_into_the_parts_that_say_something(claim: str, found: int) -> None:
    assert len(parts(claim)) == found


def test_who_reported_it_is_no_part() -> None:
    claim = "He said that the schools for girls must open and that talks among sides should begin."

    assert parts(claim)[0] == "the schools for girls must open"


def test_coverage_counts_what_says_something() -> None:
    assert coverage("The train left the town of Herat.", "A train that left Herat town") == 1.0
    assert coverage("The train left.", "Nothing of it") == 0.0
    assert coverage("of the and", "of the and") == 0.0


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        (
            "The bank needed the help of the state because of its loans in 2007.",
            "این بانک در سال ۲۰۰۷ به دلیل وام‌های بدون پشتوانه به کمک دولت نیاز داشت و آن را گرفت.",
        ),
        (
            "Cars cannot reach the villages, and there is a lack of hotels in them.",
            "خودروها به این روستاها راه ندارند و در آن‌ها مهمان‌خانه‌ای دیده نمی‌شود.",
        ),
    ],
)
def test_a_denied_noun_and_a_second_denial_do_not_contradict(claim: str, page: str) -> None:
    assert verify.check_claim(claim, page).outcome is not Outcome.CONTRADICTED
