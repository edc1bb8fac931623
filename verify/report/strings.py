"""
What the page says, in English and in Persian: every string is in `page/strings.json`.

Reasons, findings and notices come from the judge and the rules, in English; `messages.py` says
them in Persian.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

INTERFACES = ("en", "fa")
"""The languages in which the page can speak. The first is the default."""

_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

_MONTHS = (
    "January February March April May June July August September October November December",
    "ژانویه فوریه مارس آوریل مهٔ ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
)
_SOLAR_MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"

# Enough for every difference of a sentence; what comes later has no letter.
_LETTERS = ("a b c d e f g h i j k l m n o p q r s t", "الف ب پ ت ث ج چ ح خ د ذ ر ز س ش ص ط ع ف ق")


@dataclass(frozen=True, slots=True)
class Strings:
    """The interface in one language: its words, and how it writes numbers and days."""

    ui: str = "en"

    @property
    def is_persian(self) -> bool:
        """Whether it runs from the right and counts in Persian digits."""
        return self.ui == "fa"

    @property
    def direction(self) -> str:
        """The value of `dir` for the whole page."""
        return "rtl" if self.is_persian else "ltr"

    def __call__(self, key: str, **values: object) -> str:
        """Return the words for `key`, with `values` put in; numbers in the interface's digits."""
        shown = {k: self.number(v) if isinstance(v, int) else v for k, v in values.items()}
        return _table(self.ui)[key].format(**shown)

    def get(self, key: str, default: str) -> str:
        """Return the words for `key`, or `default` for a key that only a forged report has."""
        return _table(self.ui).get(key, default)

    def count(self, key: str, count: int) -> str:
        """Return the words for so many of something."""
        one = f"{key}.one"
        return self(one if count == 1 and one in _table(self.ui) else key, count=count)

    def number(self, value: object) -> str:
        """Write a number in the interface's digits."""
        return str(value).translate(_PERSIAN_DIGITS) if self.is_persian else str(value)

    def listed(self, parts: Iterable[str]) -> str:
        """Join what is counted up."""
        return ("، " if self.is_persian else ", ").join(parts)

    def letter(self, index: int) -> str:
        """Return the letter that leads from a mark in a text to its line in a table."""
        letters = _LETTERS[self.is_persian].split()
        return letters[index] if index < len(letters) else ""

    def day(self, day: date) -> str:
        """Write a day; in Persian by the Solar Hijri calendar, with the Gregorian beside it."""
        month = _MONTHS[self.is_persian].split()[day.month - 1]
        gregorian = f"{day.day} {month} {day.year}"
        if not self.is_persian:
            return gregorian
        solar = _solar(day)
        return self.number(f"{solar} ({gregorian})" if solar else gregorian)

    def moment(self, moment: datetime) -> str:
        """Write a day with its time."""
        clock = f"{moment:%H:%M} {moment.tzname() or ''}".strip()
        if self.is_persian:
            return f"{self.day(moment.date())}، {self.number(f'{moment:%H:%M}')}"
        return f"{self.day(moment.date())}, {clock}"


ENGLISH = Strings()


def _solar(day: date) -> str | None:
    """Return the day by the Solar Hijri calendar, where that calendar reaches so far."""
    from persiantools.jdatetime import JalaliDate

    try:
        solar = JalaliDate(day)  # type: ignore[no-untyped-call]
    except ValueError:
        return None
    return f"{solar.day} {_SOLAR_MONTHS.split()[solar.month - 1]} {solar.year}"


@cache
def _table(ui: str) -> Mapping[str, str]:
    path = files("verify") / "report" / "page" / "strings.json"
    return {key: words[ui] for key, words in json.loads(path.read_text("utf-8")).items()}
