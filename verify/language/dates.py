"""
Dates in running text: Gregorian, Solar Hijri (Iranian and Afghan month names), lunar Hijri.

A partial date is a range. Many month names are words of their own (سرطان, the disease; حمل,
to carry; «may»), so a name counts only beside the day or the year that makes it a date.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from verify.language.fold import fold, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verify.language.fold import Folded
    from verify.model import Span

GREGORIAN, SOLAR_HIJRI, LUNAR_HIJRI = "gregorian", "solar-hijri", "lunar-hijri"


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text. `first` and `last` bound the days that it may mean."""

    span: Span
    first: date
    last: date
    calendar: str
    part: tuple[int, int | None] | None = None
    """The month and day of a date without a year: `beside` gives it one."""

    @property
    def is_exact(self) -> bool:
        """Whether it means one day and no other."""
        return self.first == self.last


# One month a line. Iran writes Gregorian months as French has them, Afghanistan as English
# has them; Arabic and Turkish names stand on pages that Persian articles cite.
_MONTHS = {
    GREGORIAN: """
        january jan ژانویه جنوری يناير ocak
        february feb فوریه فبروری فبرایر şubat
        march mar مارس مارچ mart
        april apr آوریل آپریل اپریل ابریل nisan
        may مه می مایو mayıs
        june jun ژوئن جون یونیو haziran
        july jul ژوئیه جولای ژولای یولیو temmuz
        august aug اوت آگوست اگوست آگست اگست اغسطس ağustos
        september sept sep سپتامبر سپتمبر سبتمبر eylül
        october oct اکتبر اکتوبر ekim
        november nov نوامبر نومبر نوفمبر kasım
        december dec دسامبر دسمبر دیسمبر aralık
    """,
    SOLAR_HIJRI: """
        فروردین حمل farvardin hamal
        اردیبهشت ثور ordibehesht sawr
        خرداد جوزا khordad jawza
        تیر سرطان tir saratan
        مرداد امرداد اسد mordad asad
        شهریور سنبله shahrivar sonbola
        مهر میزان mehr mizan
        آبان عقرب aban aqrab
        آذر قوس azar qaws
        دی جدی dey jadi
        بهمن دلو bahman dalw
        اسفند حوت esfand hut
    """,
    LUNAR_HIJRI: """
        محرم muharram
        صفر safar
        ربیع‌الاول ربیع_الاول rabi_al-awwal
        ربیع‌الثانی ربیع_الثانی ربیع‌الآخر rabi_al-thani
        جمادی‌الاول جمادی_الاول جمادی‌الاولی jumada_al-awwal
        جمادی‌الثانی جمادی_الثانی جمادی‌الثانیه jumada_al-thani
        رجب rajab
        شعبان shaban sha'ban
        رمضان ramadan ramazan
        شوال shawwal
        ذیقعده ذی‌القعده ذوالقعده dhu_al-qadah
        ذیحجه ذی‌الحجه ذوالحجه dhu_al-hijjah
    """,
}
_MONTH = {
    normalise(name.replace("_", " ")): (calendar, number)
    for calendar, lines in _MONTHS.items()
    for number, line in enumerate(lines.strip().splitlines(), 1)
    for name in line.split()
}
# English words that are months only with a capital.
_CAPITAL = frozenset({"may", "march", "mar", "jun", "dec", "sep", "tir", "hut", "asad", "safar"})

_DAYS = """
    monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow
    شنبه یکشنبه دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه دیروز امروز فردا پریروز پارسال امسال
"""
_DAY_WORDS = frozenset(normalise(word) for word in _DAYS.split())

_UNITS = "یکم دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم یازدهم دوازدهم سیزدهم چهاردهم پانزدهم"
_TEENS = "شانزدهم هفدهم هجدهم نوزدهم بیستم"
_ORDINAL = {word: number for number, word in enumerate(f"{_UNITS} {_TEENS}".split(), 1)}
_ORDINAL |= {f"بیست و {word}": 20 + _ORDINAL[word] for word in _UNITS.split()[:9]}
_ORDINAL |= {"اول": 1, "نخست": 1, "هژدهم": 18, "سیام": 30, "سی ام": 30, "سی و یکم": 31}

_ERAS = {
    "شمسی": SOLAR_HIJRI,
    "خورشیدی": SOLAR_HIJRI,
    "ه.ش": SOLAR_HIJRI,
    "ش": SOLAR_HIJRI,
    "هجری شمسی": SOLAR_HIJRI,
    "هجری خورشیدی": SOLAR_HIJRI,
    "قمری": LUNAR_HIJRI,
    "ه.ق": LUNAR_HIJRI,
    "هجری قمری": LUNAR_HIJRI,
    "میلادی": GREGORIAN,
    "م": GREGORIAN,
}


def _any(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


# White space is bounded everywhere: a page of blanks must not cost more than other pages.
_EDGE = r"(?<![\w./:,-])"
_NUMBER = r"(?P<number>\d{1,2})"
_CLOCK = r"(?:t\d{2}:\d{2}\S{0,20}|(?![\w/-]|\.\d))"
_COUNTED = r"\s{0,9}(?:[%$]|percent|people|men|women|children|km|years|days|dollars)"
_LETTER = r"[^\W\d_]"
# Months that a Persian page writes with no other sense, unlike «مه» (fog) and «می».
_PERSIAN_GREGORIAN = [
    name
    for name, (calendar, _) in _MONTH.items()
    if calendar == GREGORIAN and not name.isascii() and len(name) > 3
]
_NAME = rf"(?<!{_LETTER})(?P<month>{_any(_MONTH)})\.?"
_DAY = rf"{_EDGE}(?P<day>[0-3]?\d(?=\D)|{_any(_ORDINAL)})(?:st|nd|rd|th|ام|م)?(?!\d)"
_OTHER_DAY = rf"(?:[0-3]?\d|{_any(_ORDINAL)})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})(?!\d|[.,/:]\d)"
_IN = "in|since|until|till|by|during|of|early|mid|late|last|this|around|from|to"
_LONG_ERA = _any(era for era in _ERAS if len(era) > 1)
_ERA = rf"(?:\s{{0,9}}(?P<era>{_any(_ERAS)})(?!{_LETTER}))?"
# «ماه» and «سال» may stand between a month's name and its year, joined or apart.
_OF_YEAR = rf"\s{{0,9}}(?:ماه)?[\s,]{{0,9}}(?:سال)?(?!{_LETTER})[\s,-]{{0,9}}"
_NAMED_YEAR = rf"{_NAME}(?!{_LETTER})(?:{_OF_YEAR}{_YEAR})?"

# The fullest form first: what one pattern has taken, the later ones leave alone.
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_EDGE}(?P<year>\d{{4}})(?P<mark>[-/.]){_NUMBER}(?P=mark)(?P<day>\d{{1,2}}){_CLOCK}{_ERA}",
        rf"{_EDGE}(?P<day>\d{{1,2}})(?P<mark>[-/.]){_NUMBER}(?P=mark)(?P<year>\d{{4}}){_CLOCK}{_ERA}",
        rf"{_DAY}[\s.-]{{0,9}}(?:of\s{{1,9}}|de\s{{1,9}})?{_NAME}{_OF_YEAR}{_YEAR}{_ERA}",
        rf"{_NAME}\s{{1,9}}(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s{{0,9}},?\s{{1,9}}{_YEAR}",
        rf"{_NAME}{_OF_YEAR}{_YEAR}{_ERA}",
        rf"{_DAY}\s{{0,9}}(?:of\s{{1,9}})?{_NAME}(?!{_LETTER})",
        rf"{_NAME}\s{{1,9}}(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?![\w%]|[.,/:]\d)",
        rf"(?<!{_LETTER})سال\s{{0,9}}{_YEAR}{_ERA}",
        rf"{_EDGE}{_YEAR}\s{{0,9}}(?P<era>{_LONG_ERA})(?!{_LETTER})",
        rf"(?<!\w)(?:in|since|until|till|by|during|year|early|mid|late)[\s-]{{1,9}}{_YEAR}(?!{_COUNTED})",
        # the first of two days of one month: «چهارم و پنجم مارچ»
        rf"{_DAY}(?=\s{{0,9}}(?:-|to|and|و|تا)\s{{0,9}}{_OTHER_DAY}[\s.-]{{0,9}}(?:of\s{{1,9}})?{_NAMED_YEAR})",
    )
)


# Months without a year, spans of years, and decades: read only where `near` is given, for
# notes and pages are full of numbers that look like them.
_LOOSE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_EDGE}(?P<year>\d{{4}})\s?-\s?(?P<until>\d{{4}}|\d\d)(?![\w./-])",
        r"(?<![\w.,/-])(?P<decade>\d{3}0)'?s(?!\w)",
        rf"(?<!{_LETTER})دهه\s{{0,9}}(?:ی\s{{0,9}})?(?P<decade>\d{{3}}0|\d0(?=\s{{0,9}}میلادی))(?!\d)",
        rf"(?<!{_LETTER})(?:{_IN})[\s-]{{1,9}}{_NAME}(?!{_LETTER})",
        rf"(?<!{_LETTER})(?:ماه|اوایل|اواسط|اواخر|اوائل)\s{{0,9}}(?:ماه\s{{0,9}})?{_NAME}(?!{_LETTER})",
        rf"{_NAME}\s{{0,9}}ماه(?!{_LETTER})",
        rf"(?<!{_LETTER})(?:در|تا|از|به|حدود)\s{{1,9}}(?P<month>{_any(_PERSIAN_GREGORIAN)})(?!{_LETTER})",
    )
)


def read_date(text: str) -> date | None:
    """
    Return the first whole date in `text`, or `None`.

    A day of the lunar calendar is returned as the arithmetical calendar has it, though the
    moon may have been seen a day earlier or later.
    """
    for mention in find_dates(text):
        spread = mention.last - mention.first
        if spread <= timedelta(days=2):
            return mention.first + spread // 2
    return None


def find_dates(text: str, near: date | None = None) -> list[DateMention]:
    """
    Return the dates in `text`, in order.

    A day and month without a year are read only where `near` is given (the day on which the
    text was published): they mean the nearest such day. So are months alone, and decades.
    """
    folded = fold(text)
    taken = bytearray(len(folded.text))
    mentions: list[DateMention] = []
    for pattern in _PATTERNS if near is None else (*_PATTERNS, *_LOOSE):
        for match in pattern.finditer(folded.text):
            start, end = match.span()
            if any(taken[start:end]) or not _is_named(match, folded, text):
                continue
            days = _days(match, near)
            if days is None and not match.groupdict().get("year"):
                continue
            if days is None and match.groupdict().get("until"):
                continue
            taken[start:end] = b"\1" * (end - start)
            if days is not None:
                span = folded.original(start, end)
                mentions.append(DateMention(span, *days, _part(match)))
    return sorted(mentions, key=lambda mention: mention.span.start)


def beside(mention: DateMention, day: date) -> DateMention:
    """Give a date without a year the one that brings it nearest to `day`."""
    if mention.part is None:
        return mention
    found = _nearest(mention.calendar, *mention.part, day)
    return DateMention(mention.span, *found, mention.part) if found else mention


def is_calendar_word(word: str) -> bool:
    """Whether a word by itself is a month, a weekday, or a day counted from today."""
    folded = normalise(word)
    return folded in _MONTH or folded in _DAY_WORDS


def _is_named(match: re.Match[str], folded: Folded, text: str) -> bool:
    """Whether an English word that may be a month's name has the capital of a name."""
    name = match.groupdict().get("month")
    return name not in _CAPITAL or text[folded.starts[match.start("month")]].isupper()


def _days(match: re.Match[str], near: date | None) -> tuple[date, date, str] | None:
    """Return the first and last day that a match may mean, and its calendar."""
    group = match.groupdict()
    day = _number(group.get("day"))
    calendar, month = _MONTH.get(group.get("month") or "", ("", _number(group.get("number"))))
    year = _number(group.get("year"))
    if group.get("until") or group.get("decade"):
        return _years(year, group)
    if year is None:
        return _nearest(calendar, month, day, near)
    calendar = _ERAS.get(group.get("era") or "", calendar or _calendar(year))
    if not _is_plausible(calendar, year):
        return None
    if calendar == GREGORIAN and group.get("number") and (month or 0) > 12:
        month, day = day, month
    return _range(calendar, year, month, day)


def _part(match: re.Match[str]) -> tuple[int, int | None] | None:
    """Return the month and day of a match that has no year."""
    group = match.groupdict()
    if group.get("year") or not group.get("month"):
        return None
    return _MONTH[group["month"]][1], _number(group.get("day"))


def _years(year: int | None, group: dict[str, Any]) -> tuple[date, date, str] | None:
    """Return the days of "2019–20" (either way round, as Persian lines turn it) or of a decade."""
    if year is None:
        decade = int(group["decade"])
        first, last = (decade, decade + 9) if decade > 99 else (1900 + decade, 1909 + decade)
    else:
        until = group["until"]
        other = int(until) if len(until) == 4 else year - year % 100 + int(until)
        first, last = min(year, other), max(year, other)
        # Longer spans are pages, prices or lives, whose two numbers are compared apart.
        if not 0 < last - first <= 10:
            return None
    calendar = _calendar(first)
    if not (_is_plausible(calendar, first) and _is_plausible(calendar, last)):
        return None
    start, end = _first(calendar, first, None, None), _last(calendar, last, None, None)
    return (start, end, calendar) if start and end else None


def _number(text: str | None) -> int | None:
    """Return the number that digits or an ordinal word stand for."""
    if text is None:
        return None
    return int(text) if text.isdecimal() else _ORDINAL[text]


# A year without an era or a month's name: Iran and Afghanistan write 1300 to 1420 in numbers
# for the solar years 1921 to 2042; above it the lunar years begin with 1421 (the year 2000).
def _calendar(year: int) -> str:
    """Return the calendar that a bare year is most likely counted in."""
    if year > 1500:
        return GREGORIAN
    return SOLAR_HIJRI if year <= 1420 else LUNAR_HIJRI


def _is_plausible(calendar: str, year: int) -> bool:
    """Whether a number of four digits can be meant as a year of this calendar."""
    # Two digits changed places in 2202 and 2204: such a date is read, so that it can be told.
    return 1500 < year < 2300 if calendar == GREGORIAN else 1000 <= year <= 1520


def _range(
    calendar: str, year: int, month: int | None, day: int | None
) -> tuple[date, date, str] | None:
    """Return the days of a date, a month or a year; `None` where there is no such day."""
    first, last = _first(calendar, year, month, day), _last(calendar, year, month, day)
    if first is None or last is None:
        return None
    # The arithmetical lunar calendar and the sighted one differ by a day either way.
    # van Gent, "The Arabic Calendar", https://webspace.science.uu.nl/~gent0113/islam/
    slack = timedelta(days=1 if calendar == LUNAR_HIJRI else 0)
    return first - slack, last + slack, calendar


def _first(calendar: str, year: int, month: int | None, day: int | None) -> date | None:
    """Return the first day that a partial date may mean."""
    month, day = (1 if part is None else part for part in (month, day))
    return _to_gregorian(calendar, year, month, day)


def _last(calendar: str, year: int, month: int | None, day: int | None) -> date | None:
    """Return the last day that a partial date may mean."""
    if day is not None:
        return _first(calendar, year, month, day)
    after = (year, month + 1) if month and month < 12 else (year + 1, 1)
    behind = _to_gregorian(calendar, *after, 1)
    return behind and behind - timedelta(days=1)


def _to_gregorian(calendar: str, year: int, month: int, day: int) -> date | None:
    """Return the Gregorian day, or `None` where the calendar has no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if calendar == GREGORIAN:
        return date(year, month, day) if day <= monthrange(year, month)[1] else None
    if calendar == LUNAR_HIJRI:
        return _from_lunar(year, month, day)
    from persiantools import jdatetime

    jalali: Any = jdatetime.JalaliDate
    if day > jalali.days_in_month(month, year):
        return None
    converted: date = jalali(year, month, day).to_gregorian()
    return converted


def _from_lunar(year: int, month: int, day: int) -> date | None:
    """
    Convert by the arithmetical calendar of thirty-year cycles.

    Reingold and Dershowitz, Calendrical Calculations, chapter 7: the epoch is 16 July 622
    (Julian), day 227015 of the Gregorian count.
    """
    is_leap = (14 + 11 * year) % 30 < 11
    length = 30 if month % 2 or (month == 12 and is_leap) else 29
    if day > length:
        return None
    before = 354 * (year - 1) + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2
    return date.fromordinal(227014 + before + day)


def _nearest(
    calendar: str, month: int | None, day: int | None, near: date | None
) -> tuple[date, date, str] | None:
    """Return the day (or month) without a year that lies nearest to `near`."""
    if near is None or month is None:
        return None
    offset = {GREGORIAN: 0, SOLAR_HIJRI: 622, LUNAR_HIJRI: 579}[calendar]
    years = range(near.year - offset - 2, near.year - offset + 3)
    found = (_range(calendar, year, month, day) for year in years)
    return min((r for r in found if r), key=lambda r: abs(r[0] - near), default=None)
