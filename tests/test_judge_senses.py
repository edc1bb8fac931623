from __future__ import annotations

import pytest

from verify.judge.clauses import clauses
from verify.judge.facts import compare
from verify.model import FactKind, FactOutcome

MATCHED, MISMATCHED = FactOutcome.MATCHED, FactOutcome.MISMATCHED


def outcomes(claim: str, passage: str, kind: FactKind) -> list[FactOutcome]:
    return [f.outcome for f in compare(claim, passage) if f.kind is kind]


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("The budget rose by 12 percent.", "بودجه ۱۲ درصد کاهش یافته است."),
        ("Prices fell by half in Herat.", "قیمت‌ها در هرات دو برابر شد و افزایش یافت."),
        ("The director confirmed the accusation.", "مدیر این اتهام را رد کرد."),
        ("A diplomat welcomed the decision.", "یک دیپلمات این تصمیم را محکوم کرد."),
        ("The school was closed.", "مدرسه بازگشایی شد."),
        ("Work will end before the winter.", "کار بعد از زمستان پایان می‌یابد."),
        ("قیمت‌ها افزایش یافت", "قیمت‌ها کاهش یافت"),
        ("Imports have doubled.", "صادرات دو برابر شده است."),
    ],
)
def test_the_opposite_word_speaks_against_a_claim(claim: str, passage: str) -> None:
    assert MISMATCHED in outcomes(claim, passage, FactKind.POLARITY)


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("Prices did not rise.", "قیمت‌ها کاهش یافت."),
        ("The director rejected the accusation.", "مدیر این اتهام را نپذیرفت."),
        ("The director did not confirm it.", "مدیر آن را تکذیب کرد."),
        ("Prices rose, and then fell.", "قیمت‌ها بالا رفت و سپس کاهش یافت."),
        ("The number of cases fell.", "شمار موارد کاهش یافت، نه افزایش."),
    ],
)
def test_what_comes_to_the_same_raises_no_alarm(claim: str, passage: str) -> None:
    assert MISMATCHED not in outcomes(claim, passage, FactKind.POLARITY)
    assert MISMATCHED not in outcomes(claim, passage, FactKind.NEGATION)


def test_the_same_word_denied_is_for_the_denials_to_say() -> None:
    claim, passage = "The ministry confirmed the figures.", "وزارت این آمار را تأیید نکرد."
    assert outcomes(claim, passage, FactKind.POLARITY) == []
    assert outcomes(claim, passage, FactKind.NEGATION) == [MISMATCHED]


LONG = (
    "شهردار هرات گفت ۳۰ مدرسه تا پایان سال ساخته می‌شود. "
    "معلمان شهر اما می‌گویند که حقوقشان پرداخت نشده است."
)


def test_a_denial_in_another_clause_does_not_accuse() -> None:
    claim = "30 schools will be built, the mayor of Herat said."
    assert outcomes(claim, LONG, FactKind.NEGATION) == []


def test_a_denial_in_another_clause_does_not_excuse() -> None:
    claim = "30 schools will not be built, the mayor of Herat said."
    assert outcomes(claim, LONG, FactKind.NEGATION) == [MISMATCHED]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("او گفت که پل امن است", ["او گفت", "پل امن است"]),
        ("پل ساخته شد و راه باز شد", ["پل ساخته شد", "راه باز شد"]),
        ("پل و راه ساخته شد", ["پل و راه ساخته شد"]),
        ("It cost 1,200 dollars, but it is safe", ["It cost 1,200 dollars", "it is safe"]),
    ],
)
def test_a_text_is_cut_into_its_clauses(text: str, expected: list[str]) -> None:
    assert [text[c.start : c.end].strip() for c in clauses(text)] == expected


def test_clauses_of_a_hostile_text_are_found_in_little_time() -> None:
    text = "و " * 20_000 + "که " * 20_000 + "a, " * 20_000
    compare("The mayor did not say that 30 schools rose.", text)


@pytest.mark.parametrize(
    ("claim", "passage", "expected"),
    [
        ("Police said it was found.", "پلیس گفت پیدا شد.", [MATCHED]),
        ("According to the minister, it was found.", "به گفتهٔ شهردار، پیدا شد.", [MISMATCHED]),
        ("Russia said it was found.", "ایران گفت پیدا شد.", [MISMATCHED]),
        ("The mayor of Kunduz said so.", "سخنگوی والی کندز گفت.", [MISMATCHED]),
        ("The head of the union said so.", "مدیر اتحادیه گفت.", [MATCHED]),
        ("The mayor said it was found.", "او گفت پیدا شد.", []),
        ("He said it was found.", "شهردار گفت پیدا شد.", []),
        ("Laila Azimi said it was found.", "مدیر بانک گفت پیدا شد.", []),
        ("Karzai said it was found.", "پلیس گفت کرزی پیدا شد.", [MISMATCHED]),
    ],
)
def test_a_named_speaker_is_compared_with_the_one_who_speaks(
    claim: str, passage: str, expected: list[FactOutcome]
) -> None:
    assert outcomes(claim, passage, FactKind.SPEAKER) == expected


def test_a_claim_of_marks_alone_is_compared_without_a_crash() -> None:
    from verify.judge.facts import compare

    for claim in ("ـ", "«»", "…", "%"):
        compare(claim, "صادرات زعفران نه ۲۸ تن که ۱۸ تن بود و وزیر آن را تکذیب نکرد.")
        compare(claim, "The minister did not deny that exports fell, but they rose.")
