"""Dates in three calendars and two languages."""

from __future__ import annotations

import time
from datetime import date

import pytest

from verify.language.dates import (
    GREGORIAN,
    LUNAR_HIJRI,
    SOLAR_HIJRI,
    beside,
    find_dates,
    is_calendar_word,
    read_date,
)
from verify.language.days import find_days


@pytest.mark.parametrize(
    "text",
    [
        "28.10.2022",
        "28/10/2022",
        "10/28/2022",
        "2022-10-28",
        "2022-10-28T09:30:00+03:30",
        "28 October 2022",
        "28th of October, 2022",
        "October 28, 2022",
        "Oct. 28, 2022",
        "28 Ekim 2022",
        "۲۸ اکتبر ۲۰۲۲",
        "۲۸ اکتوبر سال ۲۰۲۲",
        "۶ آبان ۱۴۰۱",
        "۶ آبان‌ماه سال ۱۴۰۱",
        "6 آبان 1401",
        "ششم آبان ۱۴۰۱",
        "۶ عقرب ۱۴۰۱",
        "٦ عقرب ١٤٠١",
        "۱۴۰۱/۰۸/۰۶",
        "1401/8/6",
        "6/8/1401",
        "accessed 28.10.2022.",
        "تاریخ دسترسی: ۶ آبان ۱۴۰۱ ساعت ۱۰",
    ],
)
def test_one_day_is_read_from_every_form(text: str) -> None:
    assert read_date(text) == date(2022, 10, 28)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("۲۵ دلو ۱۴۰۲", date(2024, 2, 14)),
        ("۱ حمل ۱۴۰۰", date(2021, 3, 21)),
        ("بیست و یکم آذر ۱۴۰۱", date(2022, 12, 12)),
        ("سی‌ام آبان ۱۴۰۱", date(2022, 11, 21)),
        ("۳۰ اسفند ۱۳۹۹", date(2021, 3, 20)),
        ("29 February 2020", date(2020, 2, 29)),
        ("۲۸ می ۲۰۲۲", date(2022, 5, 28)),
        ("۲۸ مه ۲۰۲۲", date(2022, 5, 28)),
    ],
)
def test_months_of_iran_and_afghanistan(text: str, day: date) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31.02.2022",
        "۳۱ مهر ۱۴۰۱",
        "۳۰ اسفند ۱۴۰۰",
        "31 February 2022",
        "00.10.2022",
        "10.0.2022",
    ],
)
def test_a_day_that_never_was_is_none(text: str) -> None:
    assert read_date(text) is None
    assert find_dates(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "سرطان سینه در ۴۰ کشور",
        "حمل ۴۰ تن کالا",
        "بشار اسد رئیس است",
        "she may 2021 times",
        "version 1.2.2020.4 at 192.168.1.1",
        "by 2000 people",
        "hut 3000",
        "call 28-10-20225",
    ],
)
def test_a_month_name_without_a_date_is_none(text: str) -> None:
    assert find_dates(text) == []


def test_a_lunar_day_may_be_one_day_off() -> None:
    mention = find_dates("در ۱ رمضان ۱۴۴۳")[0]
    assert mention.calendar == LUNAR_HIJRI
    assert (mention.first, mention.last) == (date(2022, 4, 2), date(2022, 4, 4))
    assert not mention.is_exact
    assert read_date("۱ رمضان ۱۴۴۳") == date(2022, 4, 3)


@pytest.mark.parametrize(
    ("text", "first", "last", "calendar"),
    [
        ("May 2021", date(2021, 5, 1), date(2021, 5, 31), GREGORIAN),
        ("دلو ۱۴۰۲", date(2024, 1, 21), date(2024, 2, 19), SOLAR_HIJRI),
        ("سال ۱۴۰۱", date(2022, 3, 21), date(2023, 3, 20), SOLAR_HIJRI),
        ("in 2022", date(2022, 1, 1), date(2022, 12, 31), GREGORIAN),
        ("۱۳۹۰ شمسی", date(2011, 3, 21), date(2012, 3, 19), SOLAR_HIJRI),
        ("سال ۲۰۲۲ میلادی", date(2022, 1, 1), date(2022, 12, 31), GREGORIAN),
    ],
)
def test_a_partial_date_is_a_range(text: str, first: date, last: date, calendar: str) -> None:
    (mention,) = find_dates(text)
    assert (mention.first, mention.last, mention.calendar) == (first, last, calendar)
    assert read_date(text) is None


def test_dates_in_running_text_have_their_spans() -> None:
    text = "روز ۸ عقرب ۱۴۰۱ (۳۰ اکتوبر ۲۰۲۲) گفت: from 2021-08-15 on, in May 2022."
    found = [text[m.span.start : m.span.end] for m in find_dates(text)]
    assert found == ["۸ عقرب ۱۴۰۱", "۳۰ اکتوبر ۲۰۲۲", "2021-08-15", "May 2022"]


def test_a_day_without_a_year_needs_the_day_of_publication() -> None:
    text = "on October 28 and ۲ حمل"
    assert find_dates(text) == []
    days = [m.first for m in find_dates(text, near=date(2023, 1, 5))]
    assert days == [date(2022, 10, 28), date(2023, 3, 22)]


def test_calendar_words() -> None:
    assert is_calendar_word("October")
    assert is_calendar_word("سه‌شنبه")
    assert is_calendar_word("عقرب")
    assert not is_calendar_word("کابل")


@pytest.mark.parametrize("piece", ["28 ", "1/", "2022-10-28 ", "آبان ", "28 October 2022 ", "سال "])
def test_reading_takes_linear_time(piece: str) -> None:
    started = time.perf_counter()
    find_dates(piece * (200_000 // len(piece)))
    assert time.perf_counter() - started < 4


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("in June", date(2022, 6, 1), date(2022, 6, 30)),
        ("اواخر دسامبر", date(2022, 12, 1), date(2022, 12, 31)),
        ("آبان‌ماه", date(2022, 10, 23), date(2022, 11, 21)),
        ("the 2019–20 season", date(2019, 1, 1), date(2020, 12, 31)),
        ("سال‌های ۲۰۲۰-۲۰۱۹", date(2019, 1, 1), date(2020, 12, 31)),
        ("the 1930s", date(1930, 1, 1), date(1939, 12, 31)),
        ("دههٔ ۱۹۳۰", date(1930, 1, 1), date(1939, 12, 31)),
        ("دهه ۳۰ میلادی", date(1930, 1, 1), date(1939, 12, 31)),
    ],
)
def test_months_alone_and_years_together_need_the_day_of_publication(
    text: str, first: date, last: date
) -> None:
    (mention,) = find_dates(text, near=date(2022, 9, 1))
    assert (mention.first, mention.last) == (first, last)
    assert find_dates(text) == []


@pytest.mark.parametrize("text", ["he may go", "a march in the city", "pp. 1950-20", "دهه ۶۰"])
def test_what_only_looks_like_a_month_or_a_span_of_years_is_none(text: str) -> None:
    assert find_dates(text, near=date(2022, 9, 1)) == []


def test_two_days_of_one_month_are_two_dates() -> None:
    found = find_dates("چهارم و پنجم مارچ ۲۰۲۰")
    assert [m.first for m in found] == [date(2020, 3, 4), date(2020, 3, 5)]


def test_a_day_without_a_year_can_be_moved_beside_another() -> None:
    (mention,) = find_dates("on October 28", near=date(2023, 1, 5))
    assert beside(mention, date(2015, 11, 2)).first == date(2015, 10, 28)
    (whole,) = find_dates("on October 28, 2022")
    assert beside(whole, date(2015, 11, 2)) == whole


@pytest.mark.parametrize(
    ("text", "weekday"),
    [("سه‌شنبه", 1), ("سه شنبه", 1), ("پنجشنبه", 3), ("شنبه", 5), ("جمعه", 4), ("on Monday", 0)],
)
def test_weekdays_are_known_in_every_spelling(text: str, weekday: int) -> None:
    (day,) = find_days(text)
    assert (day.weekday, day.first) == (weekday, None)


def test_days_are_resolved_only_from_a_day_of_publication() -> None:
    thursday = date(2022, 10, 27)
    assert [d.first for d in find_days("on Tuesday", thursday)] == [date(2022, 10, 25)]
    assert [d.first for d in find_days("روز پنج‌شنبه", thursday)] == [thursday]
    assert [d.first for d in find_days("دیروز", thursday)] == [date(2022, 10, 26)]
    (month,) = find_days("ماه گذشته", thursday)
    assert month.first is not None
    assert month.last is not None
    assert month.first < date(2022, 9, 23)
    assert month.last < thursday
    assert find_days("امام جمعه") == []
