"""
Weekdays, and days told from another day: "Tuesday", «سه‌شنبه», "yesterday", «ماه گذشته».

Alone they are no dates. Where the day of publication is known they are resolved to the days
that they may mean; the reader is told which, for a writer's "last week" is not exact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from verify.model import Span

_ENGLISH = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_PERSIAN = ["دوشنبه", "سهشنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"]
WEEKDAYS = {name: day for names in (_ENGLISH, _PERSIAN) for day, name in enumerate(names)}
WEEKDAYS |= {"پنچشنبه": 3, "ادینه": 4}

# How far before and after the day of publication a word reaches. "Last month" and "last year"
# hold the months and years of both calendars, which begin 11 and 80 days apart at most.
REACH = {
    "yesterday": (1, -1),
    "دیروز": (1, -1),
    "دیشب": (1, -1),
    "پریروز": (2, -2),
    "today": (0, 0),
    "امروز": (0, 0),
    "امشب": (0, 0),
    "tomorrow": (-1, 1),
    "فردا": (-1, 1),
    "last week": (13, -1),
    "هفته گذشته": (13, -1),
    "هفته پیش": (13, -1),
    "last month": (61, -1),
    "ماه گذشته": (61, -1),
    "ماه پیش": (61, -1),
    "last year": (730, -1),
    "سال گذشته": (730, -1),
    "پارسال": (730, -1),
    "this year": (365, 365),
    "امسال": (365, 365),
}

PLAIN = str.maketrans("يىكآ\u200c", "ییکا ")  # one for one, so that offsets stay true
LETTER = r"[^\W\d_]"
WEEKDAY = re.compile(
    rf"(?<!{LETTER})(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    rf"|(?:(?:یک|دو|سه|چهار|پن[جچ]) ?)?شنبه|(?<!امام )(?<!نماز )جمعه|ادینه)(?!{LETTER})"
)
RELATIVE = re.compile(rf"(?<!{LETTER})(?:{'|'.join(REACH)})(?!{LETTER})")


@dataclass(frozen=True, slots=True)
class DayWord:
    """A weekday or a relative day, and the days it means where that can be told."""

    span: Span
    weekday: int | None = None
    """Monday is 0."""
    first: date | None = None
    last: date | None = None


def find_days(text: str, near: date | None = None) -> list[DayWord]:
    """Return the weekdays and relative days of `text`; `near` is when it was published."""
    plain = text.translate(PLAIN)
    lowered = plain.lower()
    plain = lowered if len(lowered) == len(plain) else plain
    found = [_weekday(m, near) for m in WEEKDAY.finditer(plain)]
    found += [_relative(m, near) for m in RELATIVE.finditer(plain)]
    return sorted(found, key=lambda day: day.span.start)


def _weekday(match: re.Match[str], near: date | None) -> DayWord:
    """Resolve a weekday to the last one before the day of publication, or that very day."""
    weekday = WEEKDAYS[match[0].replace(" ", "")]
    span = Span(*match.span())
    if near is None:
        return DayWord(span, weekday)
    day = near - timedelta(days=(near.weekday() - weekday) % 7)
    return DayWord(span, weekday, day, day)


def _relative(match: re.Match[str], near: date | None) -> DayWord:
    span = Span(*match.span())
    if near is None:
        return DayWord(span)
    before, after = REACH[match[0]]
    return DayWord(span, None, near - timedelta(days=before), near + timedelta(days=after))
