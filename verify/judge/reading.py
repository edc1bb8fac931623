"""All that one text says in numbers, dates, names and denials."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from verify.judge.words import TERM, is_common, terms
from verify.language.dates import find_dates
from verify.language.days import find_days
from verify.language.fold import normalise
from verify.language.names import find_names
from verify.language.negation import find_negations
from verify.language.numbers import find_numbers

if TYPE_CHECKING:
    from fractions import Fraction

    from verify.language.dates import DateMention
    from verify.language.days import DayWord
    from verify.language.names import NameMention
    from verify.language.negation import NegationMention
    from verify.language.numbers import NumberMention

# Days without a year are read as if published then, and compared without their year. A leap
# year, so that 29 February can be read.
SOME_DAY = date(2020, 7, 1)


@dataclass(frozen=True)
class Reading:
    """A text, and what was found in it."""

    text: str
    numbers: tuple[NumberMention, ...]
    every_value: frozenset[Fraction]
    """Also those inside dates, and the parts of shares."""
    dates: tuple[DateMention, ...]
    days: tuple[DayWord, ...]
    names: tuple[NameMention, ...]
    negations: tuple[NegationMention, ...]

    def words(self) -> list[str]:
        """Return the folded words."""
        return TERM.findall(normalise(self.text))

    def content(self) -> frozenset[str]:
        """Return the stems that say what the text is about."""
        return frozenset(t for t in terms(self.text) if not is_common(t))

    def cut(self, mention: NumberMention | DateMention | DayWord) -> str:
        """Return a mention as it is written."""
        return self.text[mention.span.start : mention.span.end]


@lru_cache(maxsize=2048)
def read(text: str, near: date | None = None) -> Reading:
    """Read a text that was published about the day `near`, if that is known."""
    dates = find_dates(text, near or SOME_DAY)
    numbers = tuple(find_numbers(text, skip=[d.span for d in dates]))
    every = {m.value for m in find_numbers(text)} | {p for n in numbers for p in n.parts}
    return Reading(
        text,
        numbers,
        frozenset(every),
        tuple(dates),
        tuple(find_days(text, near)),
        tuple(find_names(text)),
        tuple(find_negations(text)),
    )
