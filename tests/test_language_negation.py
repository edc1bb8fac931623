from __future__ import annotations

import pytest

from verify.language.negation import Strength, find_negations, is_negated


@pytest.mark.parametrize(
    "text",
    [
        "او نمی‌رود",
        "او نمیرود",
        "او نمی رود",
        "آنان نخواهند رفت",
        "این خبر درست نیست",
        "گزارشی منتشر نشده‌است",
        "دولت نتوانست",
        "آنها نیامدند",
        "کسی نیافتند",
        "نباید چنین شود",
        "بدون دلیل",
        "عدم حضور",
        "نه او و نه من",
        "هیچ‌کس نماند",
        "هرگز نگفت",
        "He did not go",
        "They don't know",
        "It can't be",
        "without help",
        "neither of them",
        "nobody came",
        "No one came",
    ],
)
def test_a_denial_is_seen(text: str) -> None:
    assert is_negated(text)


INNOCENT = """
    نماینده نشان نام نفر نظامی نشست نبرد نزد نمود نماید نوشت نهاد نقش نظر نیز نیاز نیروها نتیجه
    نگران نخست نوبت ناشر نامه نمایندگان نشسته نوشته نمونه نسبت نزدیک
"""


@pytest.mark.parametrize("word", INNOCENT.split())
def test_a_word_that_merely_begins_with_the_letter_denies_nothing(word: str) -> None:
    assert find_negations(word) == []


@pytest.mark.parametrize(
    "text",
    [
        "نه ساعت کار",
        "نه میلیون نفر",
        "ابراز ناراحتی کرد",
        "not only this",
        "نه تنها او",
        "see No. 5",
        "not even he",
        "whether or not",
    ],
)
def test_a_phrase_that_only_looks_like_a_denial_is_none(text: str) -> None:
    assert not is_negated(text)


@pytest.mark.parametrize("text", ["they refused", "he denied it", "این خبر را تکذیب کرد"])
def test_denial_by_meaning_is_weaker(text: str) -> None:
    (mention,) = find_negations(text)
    assert mention.strength is Strength.VERB
    assert not is_negated(text)


def test_a_pronoun_beside_a_negated_verb_is_one_denial_with_it() -> None:
    strengths = [m.strength for m in find_negations("هیچ‌کس نیامد")]
    assert strengths == [Strength.CONCORD, Strength.STRONG]


def test_spans_are_those_of_the_original() -> None:
    text = "کتاب را نياورد"
    (mention,) = find_negations(text)
    assert text[mention.span.start : mention.span.end] == mention.text == "نياورد"


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("without help", Strength.NOUN),
        ("عدم حضور", Strength.NOUN),
        ("این طرح را رد کرد", Strength.VERB),
        ("declined to say", Strength.VERB),
        ("the origin is unknown", Strength.AFFIX),
        ("منشأ نامشخص", Strength.AFFIX),
        ("ممنوع است", Strength.WEAK),
    ],
)
def test_how_surely_a_word_denies(text: str, strength: Strength) -> None:
    assert [m.strength for m in find_negations(text)] == [strength]


@pytest.mark.parametrize("text", ["از مرز رد شد", "ردپای او", "prices declined"])
def test_a_trace_and_a_fall_deny_no_claim(text: str) -> None:
    assert all(m.strength is Strength.WEAK for m in find_negations(text))
