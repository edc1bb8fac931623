"""
The numbers that a text gives, in digits and in words, in Persian and in English.

`find_numbers` turns the text into atoms (digits, number words, "and") and lets a
`_Number` take one after another for as long as they make one number: a *group* below a
thousand, the magnitude that multiplies it, and the smaller groups joined to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# one character for one character, so that every offset stays true
PLAIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹يىكةأإٱ٪٬٫", "01234567890123456789ییکهااا%,.")

TOKEN = re.compile(
    r"(?P<digits>(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
    r"(?:/[0-9]+(?![0-9/]))?)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<symbol>[%$€£¥₹₺°])"
)

_APPROXIMATE = (
    "about around roughly approximately nearly almost some over under least most than circa "
    "estimated حدود حدودا تقریبا نزدیک قریب بیش بیشتر کمتر دستکم دست حداقل حداکثر بالغ تخمینا"
)
APPROXIMATE = frozenset(_APPROXIMATE.split())

# «نه» is "no" and «ده» is "village" as often as nine and ten: alone they count only before these
_COUNTED = (
    "نفر تن سال ساله روز روزه ماه ماهه هفته ساعت دقیقه ثانیه درصد هزار میلیون میلیارد کشور شهر "
    "ولایت استان عضو سرباز دلار یورو کیلومتر متر کیلوگرم مورد بار مرتبه زن مرد کودک کشته زخمی"
)
COUNTED = frozenset(_COUNTED.split())
AMBIGUOUS = frozenset({"نه", "ده"})

# "BBC" and "CNN" spelt out in Persian hold the word for thirty
LETTER_NAMES = frozenset({"بی", "ان", "اس", "دی", "پی", "تی", "وی", "ای"})

CURRENCY_SIGNS = frozenset("$€£¥₹₺")

# longer runs of digits are identifiers, and unbounded ones would cost us quadratic time
MAX_DIGITS = 24


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

    @property
    def is_percent(self) -> bool:
        """Whether it is a share of a hundred."""
        return self.unit == "percent"


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of the text that is, or may stand beside, a piece of a number."""

    kind: str
    value: Fraction
    text: str
    start: int
    end: int

    @property
    def is_english(self) -> bool:
        """Whether it is an English word: English joins parts without "and"."""
        return self.kind != "digits" and self.text.isascii()


def find_numbers(text: str, *, skip: Sequence[Span] = ()) -> list[NumberMention]:
    """
    Return the numbers of `text` in order.

    Numbers that touch a span of `skip` are left out: pass the dates of the text here.
    """
    atoms = list(_atoms(text))
    found: list[NumberMention] = []
    index = 0
    while index < len(atoms):
        number = _Number()
        end = number.read(atoms, index)
        if end > index:
            mention = _mention(number, atoms, index, end)
            if not any(s.start < mention.span.end and mention.span.start < s.end for s in skip):
                found.append(mention)
        index = max(end, index + 1)
    return found


@cache
def unit_kinds() -> Mapping[str, str]:
    """Return the kind (`money`, `time`, ...) of each unit: one kind's units are alternatives."""
    return {unit: kind for unit, kind, _ in _rows("units.tsv")}


@cache
def _rows(name: str) -> tuple[tuple[str, str, str], ...]:
    text = (files("verify.language") / "data" / name).read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return tuple((first, second, third) for first, second, third in rows[1:])


@cache
def _unit_forms() -> Mapping[tuple[str, ...], str]:
    return {
        tuple(m.group() for m in TOKEN.finditer(form)): unit
        for unit, _, forms in _rows("units.tsv")
        for form in forms.split("|")
    }


@cache
def _lexicon() -> Mapping[str, tuple[str, Fraction]]:
    words = {word: (kind, Fraction(value)) for word, kind, value in _rows("numbers.tsv")}
    for word, (kind, value) in list(words.items()):
        if kind in {"low", "hundred", "magnitude"} and not word.isascii():
            for ending in ("م", "مین", "ام", "امین", "\u200cام", "\u200cامین"):
                words.setdefault(word + ending, ("ordinal", value))
    return words


# --- atoms ------------------------------------------------------------------------------


def _atoms(text: str) -> Iterator[Atom]:
    plain = text.translate(PLAIN)
    lowered = plain.lower()
    if len(lowered) == len(plain):  # a few capitals grow in lower case: offsets come first
        plain = lowered
    previous_end, previous_is_word = -1, False
    for match in TOKEN.finditer(plain):
        word, start, kind = match.group(), match.start(), match.lastgroup
        if kind == "digits":
            glued = previous_is_word and previous_end == start and plain[start - 1].isascii()
            is_persian = text[start] > "9"
            yield _digits(word, start, is_code=glued, is_persian=is_persian)
        else:
            yield from _word_atoms(word, start)
        previous_end, previous_is_word = match.end(), kind == "word"


def _digits(text: str, start: int, *, is_code: bool, is_persian: bool) -> Atom:
    """Read digits; those of a code such as H1N1 or B12 are no number."""
    whole, _, slash = text.partition("/")
    end = start + len(text)
    if is_code or len(text) > MAX_DIGITS:
        return Atom("other", Fraction(0), text, start, end)
    value = Fraction(whole.replace(",", ""))
    if slash:
        value = _after_slash(value, slash, is_persian=is_persian)
    return Atom("digits", value, text, start, end)


def _after_slash(value: Fraction, digits: str, *, is_persian: bool) -> Fraction:
    """Read «۲/۵» as 2.5, as Persian print writes decimals, and 1/2 or 3/4 as fractions."""
    below = int(digits)
    if value < below <= 10 and not is_persian:
        return value / below
    return value + Fraction(below, 10 ** len(digits))


def _word_atoms(word: str, start: int) -> Iterator[Atom]:
    lexicon = _lexicon()
    for piece in _pieces(word):
        kind, value = lexicon.get(piece, ("other", Fraction(0)))
        yield Atom(kind, value, piece, start, start + len(piece))
        start += len(piece)


def _pieces(word: str) -> list[str]:
    """Cut a compound that is written as one word: «سی‌وپنج», «پانصدهزار»."""
    lexicon = _lexicon()
    if word in lexicon or word.isascii() or len(word) > 30:
        return [word]
    if word[0] == "و" and word[1:] in lexicon:
        return ["و", word[1:]]
    for cut in range(2, len(word) - 1):
        left, right = word[:cut], word[cut:]
        kind, value = lexicon.get(left, ("other", Fraction(0)))
        if kind == "low" and lexicon.get(right, ("",))[0] == "magnitude":
            return [left, right]
        if value >= 20 and right[0] == "و" and right[1:] in lexicon:
            return [left, "و", right[1:]]
    return [word]


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
            if not _is_really_number(atoms, index):
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
        """Use the "of" of "tens of thousands", the «ها» of «ده‌ها» and the «ام» of «سی‌ام»."""
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


def _is_really_number(atoms: Sequence[Atom], index: int) -> bool:
    """Tell nine from "no", ten from "village", and thirty from the last word of «بی‌بی‌سی»."""
    atom = atoms[index]
    before = atoms[index - 1].text if index else ""
    after = atoms[index + 1].text if index + 1 < len(atoms) else ""
    if atom.text in AMBIGUOUS:
        counts = (after,) in _unit_forms() or (after.removesuffix("ی"),) in _unit_forms()
        return counts or after in COUNTED or after == "ها"
    if atom.text == "صد" and before == "در":  # «۴۰ در صد»
        return index < 2 or atoms[index - 2].kind not in {"digits", "low"}
    if atom.text == "سی":
        return before not in LETTER_NAMES and after not in LETTER_NAMES
    return True


def _mention(number: _Number, atoms: Sequence[Atom], begin: int, end: int) -> NumberMention:
    span = Span(atoms[begin].start, atoms[end - 1].end)
    before, after = atoms[max(0, begin - 3) : begin], atoms[end : end + 4]
    if before and before[-1].text in CURRENCY_SIGNS:
        span = Span(before[-1].start, span.end)
    unit = None if number.ordinal else _unit(before, after)
    in_words = not number.digits and not number.vague
    weak_value = number.value == 1 or (unit is None and number.value < 1)
    return NumberMention(
        span=span,
        value=number.value,
        unit=unit,
        approximate=number.vague or any(a.text in APPROXIMATE for a in before),
        ordinal=number.ordinal,
        weak=in_words and (weak_value or (number.ordinal and number.value <= 3)),
    )


def _unit(before: Sequence[Atom], after: Sequence[Atom]) -> str | None:
    forms = _unit_forms()
    if before and (symbol := forms.get((before[-1].text,))) and before[-1].text in CURRENCY_SIGNS:
        return symbol
    for length in (4, 3, 2, 1):
        unit = forms.get(tuple(a.text for a in after[:length]))
        if unit is not None and len(after) >= length:
            return unit
    return None
