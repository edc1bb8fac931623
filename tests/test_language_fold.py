"""Folding: what must meet, what must stay apart, and the way back to the original."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.language.fold import fold, normalise
from verify.language.spelling import is_variant


@pytest.mark.parametrize(
    "forms",
    [
        ("می‌رود", "میرود", "می رود", "مي رود", "ﻣﯽ‌ﺭﻭﺩ", "مـی‌رود", "می&zwnj;رود"),
        ("نمی‌رود", "نمیرود", "نمی رود"),
        ("کتاب‌ها", "کتابها", "کتاب ها", "كتابها"),
        ("کتاب‌های", "کتاب های", "كتابهاي"),
        ("بزرگ‌ترین", "بزرگترین", "بزرگ ترین"),
        ("رفته‌اند", "رفته اند", "رفتهاند"),
        ("خانهٔ ما", "خانۀ ما", "خانه‌ی ما", "خانه ی ما", "خانه ما"),
        ("مثلاً", "مثلا", "مَثَلاً"),
        ("جزئی", "جزیی", "جزئي"),
        ("تأثیر", "تاثیر", "تأثير"),
        ("املاء", "املا"),
        ("آب", "آب", "ﺁب"),
        ("لامپ", "ﻻﻣﭗ"),
        ("۱۲٫۵٪", "12.5%", "١٢٫٥٪"),
        ("«نه»", "“نه”", '"نه"', "&laquo;نه&raquo;"),
        ("و…", "و...", "و. . ."),
        ("infor-\nmation", "Information", "ＩＮＦＯＲＭＡＴＩＯＮ", "infor\u00admation"),
        ("don’t", "DON'T", "don`t"),
        ("café", "café"),
        ("a\u00a0b", "a \u200f\n b", "a&nbsp;b"),
    ],
)
def test_spellings_of_one_word_meet(forms: tuple[str, ...]) -> None:
    assert len({normalise(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("می‌رود", "نمی‌رود"),
        ("داشت", "نداشت"),
        ("آب", "اب"),
        ("جزء", "جز"),
        ("سوء", "سو"),
        ("گروهی", "گروه"),
        ("۱۲", "۱۳"),
        ("3.5", "35"),
        ("دانشگاهی", "دانشگاه"),
        ("خانه‌ای", "خانه‌ی"),
    ],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)
    assert not is_variant(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("مسئول", "مسؤول"),
        ("مسئول", "مسوول"),
        ("هیأت", "هیئت"),
        ("سؤال", "سوال"),
        ("خانهی", "خانه‌ی"),
        ("طهران", "تهران"),
        ("organisation", "organization"),
        ("colour", "color"),
        ("centre", "center"),
    ],
)
def test_two_spellings_in_use_are_one_word(one: str, other: str) -> None:
    assert is_variant(one, other)
    assert is_variant(other, one)


def test_an_american_ending_is_not_seen_in_a_short_word() -> None:
    assert not is_variant("four", "for")


def test_a_match_leads_back_to_what_it_covers() -> None:
    text = "او گفت: «مي‌رَوَدـــ» و رفت."
    folded = fold(text)
    start = folded.text.index("میرود")
    span = folded.original(start, start + len("میرود"))
    assert text[span.start : span.end] == "مي‌رَوَدـــ"


def test_the_joiner_and_controls_behind_a_word_are_not_part_of_it() -> None:
    text = "رفت\u200f و"
    span = fold(text).original(0, 3)
    assert text[span.start : span.end] == "رفت"


def test_a_dropped_ezafe_belongs_to_its_word() -> None:
    text = "خانه‌ی ما"
    span = fold(text).original(0, 4)
    assert text[span.start : span.end] == "خانه‌ی"


def test_the_letters_alone_lead_back_too() -> None:
    text = "a — «ب‌پ», ۱۲"
    letters = fold(text).letters
    assert letters.text == "aبپ12"
    span = letters.original(1, 3)
    assert text[span.start : span.end] == "ب‌پ"


def test_an_empty_range_has_an_empty_span() -> None:
    folded = fold("ab")
    assert folded.original(1, 1) == folded.original(1, 1)
    assert folded.original(2, 2).start == 2
    assert fold("").original(0, 0).end == 0


ALPHABET = "aAéß½ ا\u0653\u0654ـ\u200c\u200fآهیيكةۀءأ\n-.…&;nbspﻻ۱١1\u00ad\ue000\ue001می ها"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=ALPHABET, max_size=40))
def test_every_folded_character_has_its_place_in_order(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    assert all(
        0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True)
    )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_at_all_can_be_folded(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts)
    assert folded.letters.original(0, len(folded.letters.text)).end <= len(text)


def test_folding_takes_linear_time() -> None:
    for piece in ("می‌رود ", "&nbsp;", "\u064e", "- \n", "ه ی ", "."):
        started = time.perf_counter()
        fold(piece * (500_000 // len(piece)))
        assert time.perf_counter() - started < 5
