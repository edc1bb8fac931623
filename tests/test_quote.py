"""Quotations: where they stand in a text, and in what they differ from it."""

from __future__ import annotations

import random
import time

import pytest

from verify import check_claim
from verify.judge.quote import QuoteMatch, find_quotation, nearest
from verify.judge.surroundings import Surroundings
from verify.language.fold import fold
from verify.model import DifferenceKind as Kind
from verify.model import Span

ENGLISH = (
    "The minister said on Tuesday that the government did not agree to release the prisoners "
    "before the talks in Doha had ended. Later, Hamid Karzai told reporters that 25 people, "
    "among them twelve women, were killed in the attack; the ministry may publish a list. "
    "Iraq attacked Iran in 1980 and the war lasted eight years, at a cost of 500 million "
    "dollars. He had an ice cream. The co-operation of both sides was well-known to all."
)
PERSIAN = (
    "وزارت خارجه روز سه‌شنبه گفت که دولت می‌خواهد زندانیان را پیش از پایان گفت‌وگوهای دوحه "
    "آزاد کند. به گفتهٔ سخنگوی وزارت، ۲۵ نفر از جمله دوازده زن در این حمله کشته شدند و کاهش "
    "قیمت‌ها ادامه داشت. او این خبر را تأیید نکرد و آن را بی‌اساس خواند. مسئول دفتر نیز در "
    "۶ آبان ۱۴۰۱ گفت که شاید نمایندگان افغانستان در نشست آینده حاضر باشند."
)


def found(quote: str, text: str) -> QuoteMatch:
    match = find_quotation(quote, text)
    assert match is not None, quote
    assert text[match.span.start : match.span.end] == match.text
    for change in match.differences:
        assert change.claim_span is not None
        assert change.source_span is not None
        ours, theirs = change.claim_span, change.source_span
        assert quote[ours.start : ours.end] == change.claim_text
        assert text[theirs.start : theirs.end] == change.source_text
    return match


def kinds(match: QuoteMatch) -> list[Kind]:
    return [change.kind for change in match.differences]


def material(match: QuoteMatch) -> set[Kind]:
    return {kind for kind in kinds(match) if kind.is_material}


def test_the_same_letters_are_exact() -> None:
    match = found("did not agree to release", ENGLISH)
    assert (match.method, match.similarity, match.differences) == ("exact", 1.0, ())
    assert match.is_faithful


ASIDE = "The road to the pass was mended by hand and stone that year, and nobody was paid. " * 3
REPEATS = (
    f"Contents: the well was dry again by noon. {ASIDE}"
    "In the spring of 1990 the well was dry again by noon, said Karim Rad, the oldest shepherd. "
    f"{ASIDE}In the autumn of 2004 the well was dry again by noon, said Leyla Rad, a teacher."
)


@pytest.mark.parametrize(
    ("prefix", "suffix", "year"),
    [
        ("", "", "Contents"),
        ("She recalls that in 2004 ", "", "2004"),
        ("", ", said Karim Rad.", "1990"),
        ("", ", as the teacher told us", "2004"),
        ("the Spring of 1990 ", ", said Leyla", "1990"),
    ],
)
@pytest.mark.parametrize(
    "quote", ["the well was dry again by noon", "the Well was dry-again by noon"]
)
def test_the_words_around_a_quotation_tell_repeats_apart(
    quote: str, prefix: str, suffix: str, year: str
) -> None:
    match = find_quotation(quote, REPEATS, near=Surroundings(prefix, suffix))

    assert match is not None
    assert match.places == 3
    assert year in REPEATS[: match.span.start].rpartition(". ")[2]


def test_the_main_text_comes_before_a_menu() -> None:
    main = (Span(REPEATS.index("In the autumn"), len(REPEATS)),)
    match = find_quotation("the well was dry again by noon", REPEATS, near=Surroundings(main=main))

    assert match is not None
    assert main[0].start < match.span.start


def test_a_reader_is_told_that_the_words_stand_in_several_places() -> None:
    claim = "In 2004 “the well was dry again by noon”, said Leyla Rad"
    verdict = check_claim(claim, REPEATS, quote="the well was dry again by noon")
    single = check_claim(claim, REPEATS, quote="said Karim Rad, the oldest shepherd")

    assert any("stands in 3 places of the source" in reason for reason in verdict.reasons)
    assert REPEATS[: verdict.evidence[0].span.start].endswith("In the autumn of 2004 ")
    assert not any("places of the source" in reason for reason in single.reasons)


def test_words_that_stand_once_stand_in_one_place() -> None:
    assert found("the oldest shepherd", REPEATS).places == 1
    assert found("the Oldest shepherd", REPEATS).places == 1


def test_marks_around_a_quotation_are_not_part_of_it() -> None:
    assert found("«کاهش قیمت‌ها ادامه داشت»", PERSIAN).text == "کاهش قیمت‌ها ادامه داشت"


@pytest.mark.parametrize(
    ("quote", "kind"),
    [
        ("The Minister said on tuesday that", Kind.CASE),
        ("the minister said on Tuesday — that the government", Kind.PUNCTUATION),
        ("The cooperation of both sides was wellknown", Kind.SPACING),
        ("دولت ميخواهد زندانيان را پيش از پايان", Kind.SPELLING),
        ("دولت می خواهد زندانیان را پیش از پایان", Kind.SPACING),
        ("25 نفر از جمله دوازده زن", Kind.DIGIT_SCRIPT),
        ("به گفته‌ی سخنگوی وزارت", Kind.SPELLING),
        ("خبر را تایید نکرد و آن را", Kind.SPELLING),
        ("مسؤول دفتر نیز در", Kind.SPELLING),
        ("مســئولِ دفتر نیز در", Kind.SPELLING),
        ("گفت و گوهای دوحه آزاد کند", Kind.SPACING),
        ("25 people, among them 12 women, were killed", Kind.SPELLING),
    ],
)
def test_another_spelling_is_accepted_and_named(quote: str, kind: Kind) -> None:
    match = found(quote, ENGLISH if quote.isascii() or "—" in quote else PERSIAN)
    assert match.is_faithful
    assert kind in kinds(match)


@pytest.mark.parametrize(
    ("quote", "kind"),
    [
        ("دولت نمی‌خواهد زندانیان را پیش از پایان", Kind.NEGATION),
        ("کاهش قیمت‌ها ادامه نداشت", Kind.NEGATION),
        ("او این خبر را تأیید کرد", Kind.NEGATION),
        ("آن را با اساس خواند. مسئول دفتر", Kind.NEGATION),
        ("the government did agree to release the prisoners", Kind.NEGATION),
        ("the government didn't not agree to release the prisoners", Kind.NEGATION),
        ("۲۶ نفر از جمله دوازده زن در این حمله", Kind.NUMBER),
        ("۲۵ نفر از جمله سیزده زن در این حمله", Kind.NUMBER),
        ("told reporters that 250 people, among them twelve women", Kind.NUMBER),
        ("the war lasted nine years, at a cost", Kind.NUMBER),
        ("در ۷ آبان ۱۴۰۱ گفت که شاید نمایندگان", Kind.DATE),
        ("در ۶ آذر ۱۴۰۱ گفت که شاید نمایندگان", Kind.DATE),
        ("روز چهارشنبه گفت که دولت می‌خواهد", Kind.DATE),
        ("The minister said on Wednesday that the government", Kind.DATE),
        ("نمایندگان پاکستان در نشست آینده حاضر باشند", Kind.NAME),
        ("Later, Ashraf Karzai told reporters that 25 people", Kind.NAME),
        ("and the war lasted eight months, at a cost of 500", Kind.UNIT),
        ("at a cost of 500 million euros. He had", Kind.UNIT),
        ("the ministry will publish a list. Iraq", Kind.MODALITY),
        ("گفت که باید نمایندگان افغانستان در نشست", Kind.MODALITY),
        ("in the attack; the ministry publish a list", Kind.MODALITY),
        ("و افزایش قیمت‌ها ادامه داشت. او این خبر", Kind.WORD_CHANGED),
        ("که دولت ایران می‌خواهد زندانیان را پیش از پایان", Kind.WORD_ADDED),
        ("said on Tuesday that the government of Kabul did not agree", Kind.WORD_ADDED),
        ("that 25 people, among them women, were killed", Kind.NUMBER),
        ("to release prisoners before the talks in Doha", Kind.WORD_DROPPED),
        ("25 people were killed in the attack", Kind.OMISSION),
        ("Iran attacked Iraq in 1980 and the war", Kind.ORDER),
        ("were killed in the attack; among them twelve women", Kind.ORDER),
        ("He had a nice cream. The co-operation", Kind.WORD_CHANGED),
    ],
)
def test_a_change_of_meaning_is_rejected_and_named(quote: str, kind: Kind) -> None:
    match = found(quote, ENGLISH if quote.isascii() else PERSIAN)
    assert not match.is_faithful
    assert kind in material(match)


def test_a_changed_letter_in_a_number_is_no_spelling() -> None:
    assert material(found("the rate of 35 percent held on", "the rate of 3.5 percent held on")) == {
        Kind.NUMBER
    }


def test_editorial_brackets_are_the_authors_own() -> None:
    quote = "[T]he [Afghan] government did not agree to release [them] before the talks"
    match = found(quote, ENGLISH)
    assert match.is_faithful
    assert set(kinds(match)) == {Kind.EDITORIAL}
    assert match.text.startswith("the government")


def test_brackets_do_not_hide_a_denial() -> None:
    match = found("the government [had] agree to release the prisoners before", ENGLISH)
    assert Kind.NEGATION in material(match)


@pytest.mark.parametrize("mark", ["…", "...", "[...]", "(…)", ". . ."])
def test_a_marked_ellipsis_joins_places_in_order(mark: str) -> None:
    match = found(f"The minister said on Tuesday {mark} Hamid Karzai told reporters", ENGLISH)
    assert match.is_faithful
    assert kinds(match) == [Kind.ELLIPSIS]
    assert match.text.startswith("The minister")
    assert match.text.endswith("told reporters")


def test_an_ellipsis_does_not_join_places_out_of_order() -> None:
    quote = "Hamid Karzai told reporters … The minister said on Tuesday"
    assert Kind.ORDER in material(found(quote, ENGLISH))


def test_an_ellipsis_does_not_reach_across_a_book() -> None:
    far = ENGLISH.replace("Later,", "Other words were said. " * 200)
    match = find_quotation("The minister said on Tuesday … told reporters that", far)
    assert match is None or not match.is_faithful


def test_an_ellipsis_that_hides_a_denial_is_a_flip() -> None:
    assert Kind.NEGATION in material(found("the government did … agree to release", ENGLISH))


def test_a_passage_left_out_in_silence_is_found_and_named() -> None:
    gap = "There was much else to say about the matter on that day, and it was said at length. "
    text = ENGLISH.replace("Later,", gap * 4 + "Later,")
    quote = "before the talks in Doha had ended. Later, Hamid Karzai told reporters that 25 people"
    match = found(quote, text)
    assert Kind.OMISSION in material(match)
    assert match.text.startswith("before the talks")
    assert match.text.endswith("25 people")


def test_of_two_places_the_more_faithful_is_taken() -> None:
    text = "He said: we shall NOT go there at all. She said: We shall not go there at all."
    match = found("We shall not go there at all", text)
    assert match.method == "exact"
    match = found("we  shall not go there at all", text.replace("She said: We", "She said: we"))
    assert match.span.start > 40


@pytest.mark.parametrize(
    "quote",
    [
        "told journalists",
        "کشته نشدند",
        "a completely different text about nothing of the sort",
        "او در کابل به دنیا آمد و در هرات درس خواند",
        "ice",
        "Dohaa",
        "",
        "«…»",
        " \n",
        "[...]",
    ],
)
def test_what_is_absent_is_not_found(quote: str) -> None:
    text = (ENGLISH + "\n" + PERSIAN).replace("ice cream", "dice")
    assert find_quotation(quote, text) is None


def test_a_short_quotation_is_found_only_where_words_begin_and_end() -> None:
    assert find_quotation("list", "a listing and enlisted") is None
    assert found("list", "enlisted on a List").text == "List"
    assert find_quotation("کتاب", "کتاب‌ها و کتابخانه") is None


def test_an_empty_text_has_nothing() -> None:
    assert find_quotation("some words of a quotation", "") is None
    assert nearest("some words of a quotation", "") is None


def test_a_text_shorter_than_its_quotation() -> None:
    assert find_quotation(ENGLISH, "The minister said on Tuesday") is None


def test_the_nearest_passage_is_offered_for_what_is_absent() -> None:
    match = nearest("the government wanted to keep all of the prisoners", ENGLISH)
    assert match is not None
    assert "prisoners" in match.text
    assert match.similarity < 0.8
    assert ENGLISH[match.span.start : match.span.end] == match.text


def test_the_nearest_passage_of_a_present_quotation_is_itself() -> None:
    assert nearest("He had an ice cream", ENGLISH) == find_quotation("He had an ice cream", ENGLISH)


def test_a_folded_text_may_be_passed() -> None:
    quote = "دولت ميخواهد زندانيان را"
    assert find_quotation(quote, PERSIAN, fold(PERSIAN)) == find_quotation(quote, PERSIAN)


def test_a_long_text_is_searched_quickly() -> None:
    rng = random.Random(3)
    stock = [w.strip(".,;") for w in (ENGLISH + " " + PERSIAN).split()]
    page = " ".join(rng.choice(stock) for _ in range(90_000))[:500_000]
    folded = fold(page)
    assert folded.letters.text
    start = page.index(" ", 250_000) + 1
    quote = page[start : page.index(" ", start + 200)]
    words = quote.split()
    words[5] = "otherwise"
    altered = " ".join(words)
    find_quotation(altered, page, folded)
    started = time.perf_counter()
    match = find_quotation(altered, page, folded)
    # 25 ms is the floor on an idle core (10 ms measured); a loaded one gets ten times that
    assert time.perf_counter() - started < 0.25
    assert match is not None
    assert match.span.start == start
    assert not match.is_faithful


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("a " * 3000, "a b " * 200_000),
        ("x" * 1000, "x" * 900 + "y" + "x" * 200_000),
        ("… " * 5000 + "foo bar baz", ENGLISH),
        ("[" * 5000, ENGLISH),
        ("[a] " * 3000, ENGLISH),
        ("word " * 1400, "word other " * 40_000),
        ("\u064b" * 1000 + "zz", ENGLISH),
        ("12," * 2000, "12," * 50_000),
    ],
)
def test_hostile_quotations_take_bounded_time(quote: str, text: str) -> None:
    started = time.perf_counter()
    find_quotation(quote, text)
    nearest(quote, text)
    assert time.perf_counter() - started < 6
