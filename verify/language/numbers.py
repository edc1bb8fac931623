"""
The numbers that a text gives, in digits and in words, in Persian and in English.

`find_numbers` turns the text into atoms (digits, number words, "and") and lets a
`_Number` take one after another for as long as they make one number: a *group* below a
thousand, the magnitude that multiplies it, and the smaller groups joined to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from verify.language.atoms import PLAIN, is_really_number, read_atoms, unit_forms, unit_kinds
from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.language.atoms import Atom

__all__ = ["NumberMention", "find_numbers", "unit_kinds"]

# what is said of a number before it: that it is about so, or at least so, or at most so
_ABOUT = (
    "about around roughly approximately some circa estimated حدود حدودا تقریبا تخمینا دست بالغ "
    "nearly almost نزدیک قریب"
)
_ABOVE = "over least than exceeding exceeded above بیش بیشتر دستکم حداقل فراتر افزون"
_BELOW = "under most below fewer کمتر حداکثر"
ABOUT, ABOVE, BELOW = (frozenset(words.split()) for words in (_ABOUT, _ABOVE, _BELOW))

# what joins two numbers to one range, or to a share: "10 to 15", «۱۰ تا ۱۵», "one in five"
RANGE = re.compile(r"\s*(?:[-‐‑–—−]|to|تا|الی)\s*")
BETWEEN = re.compile(r"(?:between|بین|میان)\s+\Z", re.IGNORECASE)
BETWEEN_AND = re.compile(r"\s*(?:and|و)\s*")
SHARE = re.compile(r"\s+(?:in|out of)\s+(?:every\s+)?|\s+(?:نفر\s+|تن\s+)?از\s+هر\s+|\s+از\s+")
OF_EVERY = re.compile(r"(?:از هر|of every)\s+\Z")
ITS_NOUN = re.compile(r"\s+(?:[^\W\d_]{1,20}[\s,،]+){1,2}")
# "3 in 2019", "2 in 24 hours" are none: as a share's whole we take what shares are given in
WHOLES = frozenset({*range(2, 13), 15, 20, 25, 30, 40, 50, 100, 1000, 10_000, 100_000, 1_000_000})

CURRENCY_SIGNS = frozenset("$€£¥₹₺")


@dataclass(frozen=True, slots=True)
class NumberMention:
    """
    One number of a text, with what it counts.

    `value` is exact: "2.5 million" is 2,500,000. `weak` marks words that are as often no
    number at all ("one", "first", «یک»): never report those as missing.
    """

    span: Span
    value: Fraction
    unit: str | None = None
    """A name from `data/units.tsv`, such as `percent`, `usd` or `day`."""
    approximate: bool = False
    """Whether the text says "about", "more than", «حدود», or a vague "dozens"."""
    ordinal: bool = False
    weak: bool = False
    bound: str = ""
    """`above` for "more than" and "at least", `below` for "less than" and "at most"."""
    scale: Fraction = Fraction(1)
    """The last magnitude in it: a million in "2.5 million"."""
    parts: tuple[Fraction, ...] = ()
    """The one and the five of "one in five"."""
    is_label: bool = False
    """Whether it is part of a name, as in COVID-19."""
    is_figures: bool = False
    """Whether it is written in digits."""

    @property
    def is_percent(self) -> bool:
        """Whether it is a share of a hundred."""
        return self.unit == "percent"


def find_numbers(text: str, *, skip: Sequence[Span] = ()) -> list[NumberMention]:
    """
    Return the numbers of `text` in order.

    Numbers that touch a span of `skip` are left out: pass the dates of the text here.
    """
    atoms = list(read_atoms(text))
    found: list[NumberMention] = []
    index = 0
    while index < len(atoms):
        number = _Number()
        end = number.read(atoms, index)
        if end > index:
            mention = _mention(number, atoms, index, end)
            if not any(s.start < mention.span.end and mention.span.start < s.end for s in skip):
                found.append(_labelled(mention, text))
        index = max(end, index + 1)
    return list(_joined(text.translate(PLAIN), found))


# --- reading one number -----------------------------------------------------------------


class _Number:
    """The number read so far. Each `_take` says whether it could use the atom."""

    def __init__(self) -> None:
        self.total = Fraction(0)
        self.group: Fraction | None = None
        self.place = Fraction(0)  # what a further word of this group must be smaller than
        self.limit: Fraction | None = None  # what the next magnitude must be smaller than
        self.started = self.ordinal = self.vague = self.digits = self.closed = False
        self.is_money = False

    @property
    def value(self) -> Fraction:
        return self.total + (self.group or 0)

    def read(self, atoms: Sequence[Atom], begin: int) -> int:
        """Take atoms from `begin` on, and return the index after the last one used."""
        index = end = begin
        self.is_money = begin > 0 and atoms[begin - 1].text in CURRENCY_SIGNS
        while index < len(atoms) and not self.closed:
            joined = atoms[index].kind == "and" and self.started
            index += joined
            if joined and [a.kind for a in atoms[index : index + 2]] == ["article", "half"]:
                index += 1
            if index == len(atoms) or not self._take(atoms, index, joined=joined):
                break
            index += 1
            end = index
        return end

    def _take(self, atoms: Sequence[Atom], index: int, *, joined: bool) -> bool:
        atom = atoms[index]
        following = atoms[index + 1] if index + 1 < len(atoms) else None
        match atom.kind:
            case "low" | "hundred":
                taken = self._take_word(atom, atoms, index, joined=joined)
            case "digits":
                taken = self._take_digits(atom, joined=joined)
            case "magnitude" | "short":
                taken = not joined and self._take_magnitude(atom)
            case "ordinal" | "part":
                taken = self._take_ordinal(atom, joined=joined)
            case "half":
                taken = self._take_half(joined=joined)
            case "vague":
                taken = not joined and self._take_vague(atom)
            case "article":
                taken = not joined and self._take_article(following)
            case _:
                taken = self._is_link(atom, following)
        self.started |= taken
        return taken

    def _take_word(self, atom: Atom, atoms: Sequence[Atom], index: int, *, joined: bool) -> bool:
        if atom.kind == "hundred" and self.group is not None and 1 <= self.group < 100:
            if joined or self.digits:
                return False
            self.group *= atom.value
            self.place = atom.value
            return True
        if not self.started:
            if not is_really_number(atoms, index):
                return False
            self.group = atom.value
        elif self.group is None:
            if self.limit is None or atom.value >= self.limit or not (joined or atom.is_english):
                return False
            self.group = atom.value
        elif not self._joins(atom, joined=joined):
            return False
        else:
            self.group += atom.value
        self.place = Fraction(_place(atom.value))
        return True

    def _joins(self, atom: Atom, *, joined: bool) -> bool:
        """Whether a word completes the group: "twenty" five, "hundred and" five, «بیست و» پنج."""
        if not 0 < atom.value < self.place:
            return False
        if atom.is_english:
            return not joined or self.place == 100
        return joined

    def _take_digits(self, atom: Atom, *, joined: bool) -> bool:
        if self.started and not (
            joined and self.limit is not None and self.group is None and atom.value < self.limit
        ):
            return False
        self.digits, self.group, self.place = True, atom.value, Fraction(0)
        return True

    def _take_magnitude(self, atom: Atom) -> bool:
        if atom.kind == "short" and not (self.digits and self.group is not None):
            return False
        if atom.text == "m" and not self.is_money:  # metres
            return False
        if self.vague and self.group is None:
            return False
        if self.started and self.group is None:  # «هزار میلیارد»: a thousand billions
            if self.limit is None or atom.value < self.limit:
                return False
            self.total *= atom.value
        else:
            self.total += (self.group if self.group is not None else 1) * atom.value
        self.group, self.limit, self.place = None, atom.value, Fraction(0)
        return True

    def _take_ordinal(self, atom: Atom, *, joined: bool) -> bool:
        if not self.started:
            if atom.kind == "part":
                return False
            self.group, self.ordinal = atom.value, True
        elif self.group is not None and self._joins(atom, joined=joined) and atom.kind != "part":
            self.group, self.ordinal = self.group + atom.value, True
        elif self.group is not None and 0 < self.group < 10 and not joined and atom.value > 2:
            self.group /= atom.value
            self.place = Fraction(0)
            return not self.digits
        else:
            return False
        self.closed = True
        return True

    def _take_half(self, *, joined: bool) -> bool:
        if not self.started:
            self.group = Fraction(1, 2)
        elif not joined:
            return False
        elif self.group is None:
            self.total += (self.limit or Fraction(1)) / 2
            self.closed = True
        else:
            self.group += Fraction(1, 2)
        self.place = Fraction(0)
        return True

    def _take_vague(self, atom: Atom) -> bool:
        if self.started and not self.vague:
            return False
        self.group = (self.group or 1) * atom.value
        self.vague = True
        return True

    def _take_article(self, following: Atom | None) -> bool:
        """Use the "a" of "a hundred", "a quarter" and "half a million"."""
        if following is None or following.kind not in {"hundred", "magnitude", "part", "ordinal"}:
            return False
        if self.started:
            return self.group == Fraction(1, 2) and following.kind == "magnitude"
        if following.kind == "ordinal" and following.text not in {"third", "fifth", "tenth"}:
            return False
        self.group = Fraction(1)
        return True

    def _is_link(self, atom: Atom, following: Atom | None) -> bool:
        """Use the "of" of "tens of thousands", the «ها» of «ده‌ها», the sign of «2$ میلیون»."""
        if atom.text in CURRENCY_SIGNS:
            is_amount = self.digits and self.group is not None
            return is_amount and following is not None and following.kind == "magnitude"
        if atom.text == "of":
            return self.vague and following is not None and following.kind == "vague"
        if atom.text in {"ها", "ام"} and self.started and not self.digits:
            self.vague = atom.text == "ها"
            self.ordinal = self.closed = atom.text == "ام"
            return True
        return False


def _place(value: Fraction) -> int:
    """Return what a word joined after `value` must stay below."""
    if value >= 100 and value % 100 == 0:
        return 100
    return 10 if 20 <= value < 100 and value % 10 == 0 else 0


def _mention(number: _Number, atoms: Sequence[Atom], begin: int, end: int) -> NumberMention:
    span = Span(atoms[begin].start, atoms[end - 1].end)
    before, after = atoms[max(0, begin - 3) : begin], atoms[end : end + 4]
    if before and before[-1].text in CURRENCY_SIGNS:
        span = Span(before[-1].start, span.end)
    signs = [a for a in atoms[begin:end] if a.text in CURRENCY_SIGNS]
    unit = None if number.ordinal else _unit(signs or before, after)
    if unit is None and _has_sign_before(before, span.start):
        unit = "percent"
    in_words = not number.digits and not number.vague
    weak_value = number.value == 1 or (unit is None and number.value < 1)
    return NumberMention(
        span=span,
        value=number.value,
        unit=unit,
        approximate=number.vague or any(a.text in ABOUT | ABOVE | BELOW for a in before),
        bound=_bound(before),
        scale=number.limit or Fraction(1),
        is_figures=number.digits,
        ordinal=number.ordinal or _has_ending(atoms[end - 1], after),
        weak=in_words and (weak_value or (number.ordinal and number.value <= 3)),
    )


def _has_ending(last: Atom, after: Sequence[Atom]) -> bool:
    """Whether digits are an ordinal: "1st", "20th"."""
    is_glued = last.kind == "digits" and bool(after) and after[0].start == last.end
    return is_glued and after[0].text in {"st", "nd", "rd", "th"}


def _bound(before: Sequence[Atom]) -> str:
    """Say which side of the number is meant: "not less than" is as much as "at least"."""
    words = {a.text for a in before}
    if "than" in words:
        is_below, is_denied = words & {"less", "fewer"}, words & {"no", "not"}
        return "below" if bool(is_below) != bool(is_denied) else "above"
    return next((k for k, some in (("below", BELOW), ("above", ABOVE)) if some & words), "")


def _labelled(mention: NumberMention, text: str) -> NumberMention:
    """Mark the 19 of COVID-19: a letter and a hyphen stand before it."""
    before = text[max(0, mention.span.start - 2) : mention.span.start]
    if len(before) == 2 and before[0].isalpha() and before[1] in "-‐‑–":
        return replace(mention, is_label=True)
    return mention


# --- two numbers that belong together ------------------------------------------------------


def _joined(plain: str, mentions: Sequence[NumberMention]) -> Iterator[NumberMention]:
    """Give the first of a range the unit and magnitude of the last, and join shares to one."""
    index = 0
    while index < len(mentions):
        first = mentions[index]
        second = mentions[index + 1] if index + 1 < len(mentions) else None
        if second is not None and second.span.start - first.span.end <= 60:
            between = plain[first.span.end : second.span.start]
            before = plain[max(0, first.span.start - 10) : first.span.start]
            share = _share(before, first, between, second)
            if share is not None:
                yield share
                index += 2
                continue
            if _is_range(before, between) or _is_pair(first, between, second):
                first = _like(first, second)
        yield first
        index += 1


def _is_range(before: str, between: str) -> bool:
    if RANGE.fullmatch(between):
        return True
    return bool(BETWEEN.search(before) and BETWEEN_AND.fullmatch(between))


def _is_pair(first: NumberMention, between: str, last: NumberMention) -> bool:
    """Whether two numbers are one rough one: «دو سه میلیون»."""
    return between.isspace() and last.scale > 1 and last.value / last.scale - first.value == 1


def _like(first: NumberMention, last: NumberMention) -> NumberMention:
    """Read the 2 of "2 to 3 million" as millions, and the 10 of "10–15 %" as a percentage."""
    unit = first.unit or last.unit
    if first.scale == 1 < last.scale and 0 < first.value < last.value / last.scale:
        first = replace(first, value=first.value * last.scale, scale=last.scale)
    return replace(first, unit=unit, weak=False)


def _share(
    before: str, first: NumberMention, between: str, second: NumberMention
) -> NumberMention | None:
    """Join "one in five", «یک نفر از هر پنج نفر» and «از هر پنج نفر یک نفر»."""
    if SHARE.fullmatch(between):
        part, whole = first, second
    elif OF_EVERY.search(before) and ITS_NOUN.fullmatch(between):
        part, whole = second, first
    else:
        return None
    is_share = 0 < part.value < whole.value and whole.value in WHOLES
    if not is_share or part.unit or whole.unit or part.ordinal or whole.ordinal:
        return None
    span = Span(first.span.start, second.span.end)
    parts = (part.value, whole.value)
    return NumberMention(span, part.value / whole.value, parts=parts)


def _has_sign_before(before: Sequence[Atom], start: int) -> bool:
    """Whether the percent sign stands first, as in «٪۴۷», and belongs to no number before it."""
    if not before or before[-1].text != "%" or before[-1].end != start:
        return False
    return len(before) < 2 or before[-2].end < before[-1].start


def _unit(before: Sequence[Atom], after: Sequence[Atom]) -> str | None:
    forms = unit_forms()
    if before and (symbol := forms.get((before[-1].text,))) and before[-1].text in CURRENCY_SIGNS:
        return symbol
    for length in (4, 3, 2, 1):
        unit = forms.get(tuple(a.text for a in after[:length]))
        if unit is not None and len(after) >= length:
            return unit
    return None
