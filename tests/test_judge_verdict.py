from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from verify.judge.encode import OnnxEncoder
from verify.judge.quoted import OUTSIDE_MAIN
from verify.judge.retrieve import passages
from verify.judge.verdict import Examiner
from verify.model import (
    Claim,
    ClaimKind,
    DifferenceKind,
    Document,
    Extraction,
    FactOutcome,
    Identification,
    Language,
    Outcome,
    Quotation,
    Side,
    Snapshot,
    SourceId,
    Span,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = (
    "وزیر خارجه افغانستان روز سه‌شنبه در نشست کابل سخن گفت. حنیف اتمر گفت که بیش از ۴۰ درصد "
    "مدارس در ولایت هرات بسته شده است. او افزود دولت برنامه‌ای برای بازگشایی مدارس ندارد.\n"
    "به گفتهٔ سازمان ملل متحد، نزدیک به دو و نیم میلیون کودک به آموزش دسترسی ندارند. "
    "این گزارش در ۶ آبان ۱۴۰۱ منتشر شد.\n"
    "هوای کابل فردا آفتابی خواهد بود و باد ملایمی می‌وزد. "
    "قیمت نان در بازارهای شهر تغییری نکرده است.\n"
    "نظر خوانندگان: شهردار هرات پل تازه‌ای بر رود هریرود افتتاح کرد و به مردم تبریک گفت."
)
PERSIAN = Language("fa")
MAIN = Span(0, PAGE.index("نظر خوانندگان"))
SCHOOLS = "بیش از ۴۰ درصد مدارس در ولایت هرات بسته شده است"


def page(text: str = PAGE, language: str = "fa", main: Span | None = None) -> Document:
    snapshot = Snapshot(
        SourceId("x"), "x", "x", "text/plain", text.encode(), datetime.now(UTC), "given"
    )
    spans = (main or Span(0, len(text)),)
    return Document(snapshot, Extraction(text, spans), Identification(Language(language), 1.0))


@pytest.fixture(scope="module")
def examiner() -> Examiner:
    return Examiner(OnnxEncoder())


def quote(text: str) -> Claim:
    return Claim(text, ClaimKind.QUOTE, (Quotation(text, Span(0, len(text))),))


def assert_exact(verdict: Verdict, document: Document) -> None:
    for evidence in verdict.evidence:
        start, end = evidence.span.start, evidence.span.end
        assert evidence.text == document.text[start:end]
        assert document.text[:start].endswith(evidence.prefix)
        assert document.text[end:].startswith(evidence.suffix)


# --- quotations -------------------------------------------------------------------------


def test_a_true_quotation_is_supported_at_its_place(examiner: Examiner) -> None:
    verdict = examiner.examine(quote(SCHOOLS), page())
    assert verdict.outcome is Outcome.SUPPORTED
    assert verdict.evidence[0].text == SCHOOLS
    assert_exact(verdict, page())


def test_a_changed_number_alters_a_quotation_and_is_named(examiner: Examiner) -> None:
    verdict = examiner.examine(quote(SCHOOLS.replace("۴۰", "۴۶")), page())
    assert verdict.outcome is Outcome.ALTERED
    assert DifferenceKind.NUMBER in {d.kind for d in verdict.differences}
    assert "۴۰" in verdict.reasons[0]
    assert "۴۶" in verdict.reasons[0]


def test_an_absent_quotation_is_not_found_and_shows_the_nearest(examiner: Examiner) -> None:
    absent = quote("دولت هفتهٔ آینده دانشگاه تازه‌ای در ولایت هرات می‌سازد")
    verdict = examiner.examine(absent, page())
    assert verdict.outcome is Outcome.NOT_FOUND
    assert_exact(verdict, page())


def test_an_english_quotation_of_a_persian_page_is_judged_as_a_claim(examiner: Examiner) -> None:
    text = "more than 40 percent of schools in Herat province are closed"
    verdict = examiner.examine(quote(text), page())
    assert verdict.outcome is not Outcome.ALTERED
    assert any("translation" in reason for reason in verdict.reasons)


# --- claims -----------------------------------------------------------------------------

TRUE = [
    "Haneef Atmar said that more than 40 percent of schools in Herat province were closed.",
    "According to the United Nations, nearly 2.5 million children have no access to education.",
]
EDITED = [
    "Haneef Atmar said that more than 46 percent of schools in Herat province were closed.",
    "According to the United Nations, nearly 3.5 million children have no access to education.",
    "According to the United Nations, nearly 2.5 million children have access to education.",
]
ABSENT = [
    "France won the football world cup in 2018 after beating Croatia.",
    "The company sold its oil wells in the North Sea to a Norwegian fund.",
    "Vaccines against measles reached the northern islands last spring.",
]


@pytest.mark.parametrize("text", TRUE)
def test_a_true_english_claim_is_supported_by_a_persian_page(examiner: Examiner, text: str) -> None:
    verdict = examiner.examine(Claim(text), page())
    assert verdict.outcome is Outcome.SUPPORTED
    assert verdict.rests_on is Side.ORIGINAL
    assert verdict.evidence[0].is_main
    assert_exact(verdict, page())


@pytest.mark.parametrize("text", EDITED)
def test_an_edited_claim_is_not_supported_and_the_edit_is_named(
    examiner: Examiner, text: str
) -> None:
    verdict = examiner.examine(Claim(text), page())
    assert verdict.outcome in {Outcome.PARTLY_SUPPORTED, Outcome.CONTRADICTED}
    assert verdict.differences
    assert any(f.outcome is FactOutcome.MISMATCHED for f in verdict.facts)


@pytest.mark.parametrize("text", ABSENT)
def test_an_absent_claim_is_never_supported_nor_contradicted(examiner: Examiner, text: str) -> None:
    assert examiner.examine(Claim(text), page()).outcome is Outcome.NOT_FOUND


def test_a_claim_in_the_page_s_own_language_is_judged_too(examiner: Examiner) -> None:
    true = examiner.examine(Claim("بیش از ۴۰ درصد مدارس هرات بسته شده است"), page())
    false = examiner.examine(Claim("بیش از ۶۰ درصد مدارس هرات بسته شده است"), page())
    absent = examiner.examine(Claim("تیم ملی فوتبال برزیل قهرمان جام جهانی شد"), page())
    assert true.outcome is Outcome.SUPPORTED
    assert false.outcome in {Outcome.PARTLY_SUPPORTED, Outcome.CONTRADICTED}
    assert absent.outcome is Outcome.NOT_FOUND


@pytest.mark.parametrize("text", ["", "   \n ", "۱۲۳ ۴۵۶", "خطا ۴۰۴"])
def test_an_empty_page_is_no_evidence(examiner: Examiner, text: str) -> None:
    for claim in (Claim(TRUE[0]), quote(SCHOOLS)):
        verdict = examiner.examine(claim, page(text))
        assert verdict.outcome is Outcome.UNCHECKED
        assert verdict.confidence is None
        assert not verdict.evidence
        assert verdict.reasons


def test_side_matter_is_shown_beside_a_passage_only_where_it_may_be_meant(
    examiner: Examiner,
) -> None:
    """A page's foot repeats the newspaper's name; that is no further evidence."""
    main = (
        "Officials of the Iranian consulate in Herat did not answer the Hill Post's questions "
        "about the new toll. The toll was raised in spring, and the carters pay it at the bridge."
    )
    foot = "Hill Post, Herat - powered by a content system"
    comment = "A reader: the consulate in Herat never answers the Hill Post's questions."
    document = page(f"{main}\n{comment}\n{foot}", "en", Span(0, len(main)))
    claim = Claim("The Iranian consulate in Herat answered the Hill Post's questions.")

    shown = examiner.examine(claim, document).evidence

    assert shown[0].is_main
    assert comment in {e.text for e in shown}
    assert foot not in {e.text for e in shown}


def test_a_hit_outside_the_main_text_is_weak(examiner: Examiner) -> None:
    claim = Claim("شهردار هرات پل تازه‌ای بر رود هریرود افتتاح کرد")
    inside = examiner.examine(claim, page())
    outside = examiner.examine(claim, page(main=MAIN))
    assert outside.reasons[0] == OUTSIDE_MAIN
    assert not outside.evidence[0].is_main
    assert (outside.confidence or 0) < (inside.confidence or 0)


def test_without_an_encoder_another_language_stays_unchecked() -> None:
    verdict = Examiner().examine(Claim(TRUE[0]), page())
    assert verdict.outcome is Outcome.UNCHECKED
    assert "encoder" in verdict.reasons[0]
    own = Examiner().examine(Claim("بیش از ۴۰ درصد مدارس هرات بسته شده است"), page())
    assert own.outcome is Outcome.SUPPORTED


def test_a_language_we_cannot_judge_stays_unchecked(examiner: Examiner) -> None:
    verdict = examiner.examine(Claim(TRUE[0]), page(language="ps"))
    assert verdict.outcome is Outcome.UNCHECKED
    assert "ps" in verdict.reasons[0]


@dataclass(frozen=True)
class Dictionary:
    """A translator of one page that its test knows by heart."""

    name: str = "dictionary 1"
    source: Language = PERSIAN

    def translate(self, sentences: Sequence[str]) -> list[str]:
        return [TRUE[0] if "اتمر" in s else "Something else." for s in sentences]


def test_only_the_passages_are_translated_and_shown_beside_the_original() -> None:
    examiner = Examiner(OnnxEncoder(), {Language("fa"): Dictionary()})
    verdict = examiner.examine(Claim(TRUE[0]), page())
    assert verdict.outcome is Outcome.SUPPORTED
    assert verdict.evidence[0].english == TRUE[0]
    assert examiner.tools()["translator"] == "dictionary 1"


def test_passages_keep_their_place_and_their_order(examiner: Examiner) -> None:
    found = passages(TRUE[0], page(), examiner.encoder)
    assert "۴۰ درصد" in found[0].text
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    assert all(PAGE[p.span.start : p.span.end] == p.text for p in found)


def test_a_huge_page_is_bounded() -> None:
    text = PAGE + "\n" + "این جملهٔ بی‌ربط برای پر کردن صفحه است. " * 20_000
    found = passages("بیش از ۴۰ درصد مدارس هرات بسته شده است", page(text), None)
    assert "۴۰ درصد" in found[0].text
