from __future__ import annotations

from fractions import Fraction

import pytest

from verify.language.atoms import exact_units
from verify.language.numbers import find_numbers, unit_kinds
from verify.model import Span


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234,567.89", Fraction(123456789, 100)),
        ("۱۲٬۳۴۵", 12345),
        ("۱۲,۳۴۵", 12345),
        ("١٢٣", 123),
        ("۲٫۵ میلیون", 2_500_000),
        ("2.5 million", 2_500_000),
        ("۲/۵ درصد", Fraction(5, 2)),
        ("1/2 cup", Fraction(1, 2)),
        ("دو هزار و پانصد نفر", 2500),
        ("۲ هزار و ۵۰۰ نفر", 2500),
        ("یک میلیون و دویست هزار دالر", 1_200_000),
        ("دو و نیم میلیون", 2_500_000),
        ("یک میلیون و نیم", 1_500_000),
        ("صد و بیست و پنج هزار", 125_000),
        ("سی‌وپنج نفر", 35),
        ("پانصدهزار تن", 500_000),
        ("هفت صد نفر", 700),
        ("۱۰ هزار میلیارد تومان", 10**13),
        ("بیست و یکم", 21),
        ("پنجمین دور", 5),
        ("سی‌ام", 30),
        ("سه چهارم مردم", Fraction(3, 4)),
        ("two hundred and fifty-one thousand three hundred", 251_300),
        ("one and a half million", 1_500_000),
        ("a million and a half", 1_500_000),
        ("half a million", 500_000),
        ("a dozen people", 12),
        ("four dozen bases", 48),
        ("two-thirds of them", Fraction(2, 3)),
        ("a quarter", Fraction(1, 4)),
        ("twenty-first century", 21),
        ("tens of thousands", 10_000),
        ("ده‌ها هزار نفر", 10_000),
        ("$5m", 5_000_000),
        ("30 m", 30),
        ("نه ساعت", 9),
        ("نه هزار نفر", 9000),
        ("۸،۸۶۶ بیمار", 8866),
        ("۴۷.۴٪", Fraction(237, 5)),
        ("one in five people", Fraction(1, 5)),
        ("3 out of 10 voters", Fraction(3, 10)),
        ("یک نفر از هر پنج نفر", Fraction(1, 5)),
        ("از هر هشت خانه سه خانه", Fraction(3, 8)),
        ("نیم میلیون", 500_000),
        ("صدها نفر", 100),
    ],
)
def test_one_number_is_read_with_its_exact_value(text: str, value: Fraction) -> None:
    assert [m.value for m in find_numbers(text)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        *("سه‌شنبه", "سه شنبه", "روز پنج‌شنبه", "یک‌شنبه", "دوشنبه/چهارشنبه", "چهارشنبه‌ها"),
        "نه روز و نه شب",
        "بی‌بی‌سی فارسی",
        "سی ان ان",
        "نه، او نرفت",
        "این ده در دره است",
        "H1N1",
        "word",
        "9" * 60,
    ],
)
def test_words_and_codes_that_only_look_like_numbers_are_left_alone(text: str) -> None:
    assert find_numbers(text) == []


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("40 percent", "percent"),
        ("۴۰٪", "percent"),
        ("۴۰ در صد", "percent"),
        ("40%", "percent"),
        ("$12", "usd"),
        ("€3.2bn", "eur"),
        ("۵۰۰ ریال سعودی", "sar"),
        ("500 Saudi riyals", "sar"),
        ("۲۰ منات", "azn"),
        ("five cents", "cent"),
        ("۵ میلیون افغانی", "afn"),
        ("12 days", "day"),
        ("۳ ماه", "month"),
        ("80 square kilometres", "square-kilometre"),
        ("٪۴۰", "percent"),
        ("12 people", None),
    ],
)
def test_what_a_number_counts_is_named(text: str, unit: str | None) -> None:
    assert [m.unit for m in find_numbers(text)] == [unit]


def test_units_of_one_kind_are_alternatives() -> None:
    kinds = unit_kinds()
    assert kinds["day"] == kinds["month"] != kinds["usd"]


def test_ranges_and_neighbours_stay_two_numbers() -> None:
    assert [m.value for m in find_numbers("between twenty and thirty")] == [20, 30]
    assert [m.value for m in find_numbers("بین بیست و سی نفر")] == [20, 30]
    assert [m.value for m in find_numbers("۲۰ و ۵ درصد")] == [20, 5]


def test_the_span_is_the_original_text() -> None:
    text = "حدود «دو هزار و پانصد» نفر"
    (mention,) = find_numbers(text)
    assert text[mention.span.start : mention.span.end] == "دو هزار و پانصد"
    assert mention.approximate


def test_numbers_inside_given_spans_are_skipped() -> None:
    text = "on 28 October 2022 some 40 people"
    assert [m.value for m in find_numbers(text, skip=[Span(3, 18)])] == [40]


@pytest.mark.parametrize("text", ["one of them", "یک نفر", "the first time", "دومین بار"])
def test_words_that_seldom_count_are_weak(text: str) -> None:
    assert all(m.weak for m in find_numbers(text))


def test_a_long_run_of_number_words_is_read_in_good_time() -> None:
    assert len(find_numbers("بیست و " * 20_000)) > 0
    assert find_numbers("1,234/" * 20_000)


@pytest.mark.parametrize(
    ("text", "values", "unit"),
    [
        ("2 to 3 million", [2_000_000, 3_000_000], None),
        ("between 2 and 3 million", [2_000_000, 3_000_000], None),
        ("بین ۲ و ۳ میلیون", [2_000_000, 3_000_000], None),
        ("دو سه میلیون", [2_000_000, 3_000_000], None),
        ("۱۰ تا ۱۵ درصد", [10, 15], "percent"),
        ("10–15%", [10, 15], "percent"),
        ("from 10 to 2 million", [10, 2_000_000], None),
    ],
)
def test_the_first_of_a_range_has_the_unit_and_magnitude_of_the_last(
    text: str, values: list[int], unit: str | None
) -> None:
    found = find_numbers(text)
    assert [m.value for m in found] == values
    assert {m.unit for m in found} == {unit}


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("more than 40", "above"),
        ("at least 40", "above"),
        ("no more than 40", "below"),
        ("not less than 40", "above"),
        ("بیش از ۴۰", "above"),
        ("less than 40", "below"),
        ("حداکثر ۴۰", "below"),
        ("about 40", ""),
    ],
)
def test_which_side_of_a_number_is_meant(text: str, bound: str) -> None:
    (mention,) = find_numbers(text)
    assert mention.approximate
    assert mention.bound == bound


def test_counts_of_two_things_and_times_are_no_shares() -> None:
    assert [m.value for m in find_numbers("3 in 24 hours")] == [3, 24]
    assert [m.value for m in find_numbers("14 of 28 nations")] == [14, 28]


def test_the_number_in_a_name_is_a_label() -> None:
    assert [m.is_label for m in find_numbers("COVID-19 و کووید-۱۹")] == [True, True]
    assert not find_numbers("10-19")[1].is_label


def test_units_are_converted_only_where_they_are_so_by_definition() -> None:
    exact = exact_units()
    assert exact["week"][0] == 7 * exact["day"][0]
    assert exact["day"][1] != exact["month"][1]
    assert "mile" not in exact
