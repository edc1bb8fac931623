from __future__ import annotations

import pytest

from verify.language.polarity import find_poles


def senses(text: str, concept: str) -> list[int]:
    return [m.sense for m in find_poles(text) if m.concept == concept and not m.only_answers]


@pytest.mark.parametrize(
    ("text", "concept", "sense"),
    [
        ("prices rose", "amount", 1),
        ("قیمت‌ها افزایش یافت", "amount", 1),
        ("قیمت‌ها بالا رفته است", "amount", 1),
        ("prices fell by half", "amount", -1),
        ("قیمت‌ها كاهش یافت", "amount", -1),
        ("the minister confirmed it", "assent", 1),
        ("وزیر آن را تأیید کرد", "assent", 1),
        ("وزیر آن را رد کرد", "assent", -1),
        ("وزیر آن را تکذیب می‌کند", "assent", -1),
        ("she welcomed the decision", "reception", 1),
        ("این تصمیم را محکوم کردند", "reception", -1),
        ("the school was closed", "opening", -1),
        ("مدرسه بازگشایی شد", "opening", 1),
        ("before the war", "order", 1),
        ("پس از جنگ", "order", -1),
    ],
)
def test_a_word_with_an_opposite_is_known_by_its_pole(text: str, concept: str, sense: int) -> None:
    assert senses(text, concept) == [sense]


@pytest.mark.parametrize(
    ("text", "concept", "sense"),
    [
        ("prices did not rise", "amount", -1),
        ("prices never rose", "amount", -1),
        ("قیمت‌ها افزایش نیافت", "amount", -1),
        ("قیمت‌ها افزایش چشمگیری نداشت", "amount", -1),
        ("وزیر آن را تأیید نکرد", "assent", -1),
        ("وزیر آن را نپذیرفت", "assent", -1),
        ("وزیر آن را رد نکرد", "assent", 1),
        ("it was not rejected", "assent", 1),
    ],
)
def test_a_denial_turns_a_word_round(text: str, concept: str, sense: int) -> None:
    assert senses(text, concept) == [sense]


def test_a_denial_of_another_clause_turns_nothing_round() -> None:
    assert senses("he did not come, prices rose", "amount") == [1]
    assert senses("قیمت‌ها افزایش یافت، اما او نیامد", "amount") == [1]


@pytest.mark.parametrize("text", ["از مرز رد شدند و رفتند", "the fall of Kabul", "او افزود"])
def test_a_word_of_another_meaning_has_no_opposite(text: str) -> None:
    assert senses(text, "amount") == []


def test_spans_are_those_of_the_original() -> None:
    text = "شمار بیماران كاهش‌ یافته است"
    (mention,) = [m for m in find_poles(text) if m.concept == "amount"]
    assert text[mention.span.start : mention.span.end] == mention.text == "كاهش"
