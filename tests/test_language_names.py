from __future__ import annotations

import pytest

from verify.judge.named import stands_in
from verify.language.fold import normalise
from verify.language.names import (
    NameMention,
    entries_in,
    find_name,
    find_names,
    gazetteer,
    name_words,
)
from verify.language.sounds import skeleton
from verify.model import Span

SAME = [
    ("Ayman al-Zawahiri", "ایمن الظواهری"),
    ("Haneef Atmar", "حنیف اتمر"),
    ("Karzai", "حامد کرزی"),
    ("Barack Obama", "باراک اوباما"),
    ("Ashraf Ghani", "اشرف غنی"),
    ("Abdullah Abdullah", "عبدالله عبدالله"),
    ("Riyadh", "ریاض"),
    ("George Bush", "جورج بوش"),
    ("Margaret Thatcher", "مارگارت تاچر"),
    ("Zalmay Khalilzad", "زلمی خلیل‌زاد"),
    ("Angela Merkel", "آنگلا مرکل"),
    ("Vladimir Putin", "ولادیمیر پوتین"),
    ("Sirajuddin Haqqani", "سراج‌الدین حقانی"),
    ("Mahmoud Ahmadinejad", "محمود احمدی‌نژاد"),
    ("Shakespeare", "شکسپیر"),
    ("President Karzai", "کرزی"),
    ("Germany", "آلمان"),
    ("World Health Organization", "سازمان جهانی بهداشت"),
    ("BBC", "بی بی سی"),
]


def is_found(name: str, text: str) -> bool:
    return stands_in(NameMention(Span(0, len(name)), name, entries_in(name)), text)


@pytest.mark.parametrize(("latin", "persian"), SAME)
def test_a_name_is_known_again_in_the_other_script(latin: str, persian: str) -> None:
    assert is_found(latin, persian)
    assert is_found(persian, latin)


def test_different_people_are_told_apart() -> None:
    people = [pair for pair in SAME[:16] if pair[0] != "President Karzai"]
    chance = [
        is_found(latin, persian)
        for i, (latin, _) in enumerate(people)
        for j, (_, persian) in enumerate(people)
        if i != j
    ]
    assert sum(chance) / len(chance) <= 0.03


def test_capitals_make_names_but_the_start_of_a_sentence_does_not() -> None:
    text = (
        "Yesterday Haneef Atmar met UNAMA in Doha. Schools were closed. However, Stanford said no."
    )
    assert [m.text for m in find_names(text)] == ["Haneef Atmar", "UNAMA", "Doha", "Stanford"]


def test_a_possessive_is_no_part_of_the_name() -> None:
    assert [m.text for m in find_names("and Afghanistan’s and Karzai's men")] == [
        "Afghanistan",
        "Karzai",
    ]


def test_two_words_of_a_name_may_be_one_in_the_other_script() -> None:
    assert find_name("Syr Darya", ["بانک", "همکاری", "سیردریا"]) > 0.72


def test_persian_names_come_from_the_gazetteer_with_their_endings() -> None:
    text = "طالبان‌ها در هرات با سازمان ملل متحد و بی‌بی‌سی سخن گفتند"
    assert [(m.text, m.kind) for m in find_names(text)] == [
        ("طالبان‌ها", "organisation"),
        ("هرات", "place"),
        ("سازمان ملل متحد", "organisation"),
        ("بی‌بی‌سی", "outlet"),
    ]


def test_a_common_word_answers_a_name_but_is_none_by_itself() -> None:
    assert find_names("او این کار را کرد") == []
    assert entries_in("او این کار را کرد") & entries_in("Kurdish")


def test_arabic_letters_find_the_same_names() -> None:
    assert [m.entries for m in find_names("آمريكا")] == [m.entries for m in find_names("آمریکا")]


def test_a_name_is_found_among_the_words_of_a_passage() -> None:
    words = name_words("دانشمندان دانشگاه استنفورد روز دوشنبه گفتند")
    assert find_name("Stanford University", words) > 0.9
    assert find_name("Cambridge University", words) < 0.72


def test_every_line_of_the_gazetteer_has_both_languages_and_says_what_it_is() -> None:
    assert gazetteer()
    for entry in gazetteer():
        assert all(form.strip() for form in (*entry.english, *entry.persian)), entry
        assert entry.kind in {"place", "organisation", "outlet", "person", "title", "weekday"}
        assert entry.note


@pytest.mark.parametrize(
    ("name", "passage"),
    [
        ("Abu Bakr al-Baghdadi", "نیروها گفتند که ابوبکر البغدادی کشته شد"),
        ("Jaish al-Fath", "گروه جیش‌الفتح این حمله را پذیرفت"),
        ("Emomali Rahmonov", "امام‌علی رحمانف به پاریس رفت"),
        ("Mullah Yaqub", "محمد یعقوب به خوست رفت"),
        ("TTRC", "سخنگوی تی‌تی‌آرسی آن را رد کرد"),
        ("Zabiullah Mujahed", "ذبیح الله مجاهد این را نپذیرفت"),
    ],
)
def test_variants_are_found_in_a_passage(name: str, passage: str) -> None:
    assert find_name(name, normalise(passage).split()) >= 0.72


@pytest.mark.parametrize("name", ["Chad", "Un", "Trudeau", "Shindand", "Mashhad", "Assad", "Barr"])
def test_common_words_of_a_passage_answer_no_name(name: str) -> None:
    passage = "این موضوع است که باید در آن شد و برای او گفته میشود و دست کم شدند"
    assert find_name(name, passage.split()) < 0.72


def test_a_given_name_of_half_the_region_is_no_evidence() -> None:
    assert find_name("Mohammad Omar", ["محمد", "یعقوب", "رفت"]) < 0.72
    assert find_name("Mohammad Omar", ["ملا", "عمر", "رفت"]) >= 0.72


def test_a_given_name_is_part_of_the_full_name() -> None:
    assert [m.text for m in find_names("They met David Petraeus, then Ron Paul.")] == [
        "David Petraeus",
        "Ron Paul",
    ]
    assert [m.entries != frozenset() for m in find_names("They met David there.")] == [True]


@pytest.mark.parametrize(
    ("latin", "persian"),
    [
        ("FAO", "سازمان خواربار و کشاورزی"),
        ("Foreign Ministry", "وزارت امور خارجه"),
        ("TTP", "تحریک طالبان پاکستان"),
        ("Athens", "آتن"),
        ("West Azerbaijan", "آذربایجان غربی"),
    ],
)
def test_translated_names_come_from_the_gazetteer(latin: str, persian: str) -> None:
    assert entries_in(latin) & entries_in(persian)


def test_a_ministry_in_persian_does_not_ask_for_capitals_in_english() -> None:
    assert find_names("او در وزارت خارجه کار می‌کند") == []


def test_hostile_words_are_bounded() -> None:
    assert len(skeleton("x" * 100_000)) < 100
    assert not is_found("", "کابل")
    assert find_names("A" * 50_000 + " " + "Ab " * 5_000)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Today Laila Azimi and Parwin Sohrabi met.", ["Laila Azimi", "Parwin Sohrabi"]),
        ("Today the Ministry of Mines and Roads met.", ["the Ministry of Mines and Roads"]),
        ("Today our Ways and Means Committee met.", ["Ways and Means Committee"]),
    ],
)
def test_and_joins_two_names_unless_it_is_part_of_one(text: str, names: list[str]) -> None:
    assert [n.text for n in find_names(text)] == names


def test_a_name_of_the_gazetteer_begins_with_a_capital() -> None:
    assert [n.text for n in find_names("They saw no Rway there.")] == ["Rway"]
    assert "the Hague" in [n.text for n in find_names("They went to the Hague.")]
