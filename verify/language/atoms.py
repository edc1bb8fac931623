"""
The pieces that numbers are made of: digits, number words, "and", and what stands between.

Everything keeps its offset: `PLAIN` writes one character for one character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# one character for one character, so that every offset stays true
PLAIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹يىكةأإٱ٪٬٫", "01234567890123456789ییکهااا%,.")

TOKEN = re.compile(
    r"(?P<digits>(?:[0-9]{1,3}(?:[,،][0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
    r"(?:/[0-9]{1,4}(?![0-9/]|,[0-9]))?)"
    r"|(?P<weekday>(?<![^\W\d_])(?:یک|دو|سه|چهار|پنج)[\u200c ]?شنبه)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<symbol>[%$€£¥₹₺°])"
)

# «نه» is "no" and «ده» is "village" as often as nine and ten: alone they count only before these
_COUNTED = (
    "نفر تن سال ساله روز روزه ماه ماهه هفته ساعت دقیقه ثانیه درصد هزار میلیون میلیارد کشور شهر "
    "ولایت استان عضو سرباز دلار یورو کیلومتر متر کیلوگرم مورد بار مرتبه زن مرد کودک کشته زخمی "
    "مایل مایلی نفره تنی نفری ماده"
)
COUNTED = frozenset(_COUNTED.split())
AMBIGUOUS = frozenset({"نه", "ده"})

# "BBC" and "CNN" spelt out in Persian hold the word for thirty
LETTER_NAMES = frozenset({"بی", "ان", "اس", "دی", "پی", "تی", "وی", "ای"})

# longer runs of digits are identifiers, and unbounded ones would cost us quadratic time
MAX_DIGITS = 24


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


@cache
def unit_kinds() -> Mapping[str, str]:
    """Return the kind (`money`, `time`, ...) of each unit: one kind's units are alternatives."""
    return {unit: kind for unit, kind, _ in rows("units.tsv")}


@cache
def exact_units() -> Mapping[str, tuple[Fraction, str]]:
    """Return how many of a smaller unit a unit is by definition, and which unit that is."""
    return {unit: (Fraction(many), small) for unit, many, small in rows("conversions.tsv")}


@cache
def things() -> Mapping[str, str]:
    """Return what each of the commonly counted nouns stands for, in either language."""
    return {
        word.translate(PLAIN): thing
        for thing, english, persian in rows("things.tsv")
        for word in (english + "|" + persian).split("|")
    }


@cache
def rows(name: str) -> tuple[tuple[str, str, str], ...]:
    """Return the rows of one of our tables, without its heading."""
    text = (files("verify.language") / "data" / name).read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return tuple((first, second, third) for first, second, third in rows[1:])


@cache
def unit_forms() -> Mapping[tuple[str, ...], str]:
    """Return how each unit is written, word for word."""
    return {
        tuple(m.group() for m in TOKEN.finditer(form)): unit
        for unit, _, forms in rows("units.tsv")
        for form in forms.split("|")
    }


@cache
def _lexicon() -> Mapping[str, tuple[str, Fraction]]:
    words = {word: (kind, Fraction(value)) for word, kind, value in rows("numbers.tsv")}
    for word, (kind, value) in list(words.items()):
        if kind in {"low", "hundred", "magnitude"} and not word.isascii():
            for ending in ("م", "مین", "ام", "امین", "\u200cام", "\u200cامین"):
                words.setdefault(word + ending, ("ordinal", value))
    return words


def read_atoms(text: str) -> Iterator[Atom]:
    """Cut a text into the pieces that may make numbers; weekdays are none («سه‌شنبه»)."""
    plain = text.translate(PLAIN)
    lowered = plain.lower()
    if len(lowered) == len(plain):  # a few capitals grow in lower case: offsets come first
        plain = lowered
    previous_end, previous_is_word = -1, False
    for match in TOKEN.finditer(plain):
        word, start, kind = match.group(), match.start(), match.lastgroup
        if kind == "weekday":
            yield Atom("other", Fraction(0), word, start, match.end())
        elif kind == "digits":
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
    value = Fraction(whole.replace(",", "").replace("،", ""))
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


def is_really_number(atoms: Sequence[Atom], index: int) -> bool:
    """Tell nine from "no", ten from "village", and thirty from the last word of «بی‌بی‌سی»."""
    atom = atoms[index]
    before = atoms[index - 1].text if index else ""
    after = atoms[index + 1].text if index + 1 < len(atoms) else ""
    if atom.text in AMBIGUOUS:
        return after == "ها" or (counts(after) and not _is_listed(atoms, index))
    if atom.text == "صد" and before == "در":  # «۴۰ در صد»
        return index < 2 or atoms[index - 2].kind not in {"digits", "low"}
    if atom.text == "سی":
        return before not in LETTER_NAMES and after not in LETTER_NAMES
    return True


def counts(word: str) -> bool:
    """Whether a word behind «نه» or «ده» makes it nine or ten: what is counted, or a number."""
    stem = word.removesuffix("ی")
    if word in COUNTED or (word,) in unit_forms() or (stem,) in unit_forms():
        return True
    return _lexicon().get(word, ("",))[0] == "magnitude"


def _is_listed(atoms: Sequence[Atom], index: int) -> bool:
    """Whether «نه» stands in "neither ... nor": «نه روز و نه شب»."""
    around = [a.text for a in atoms[max(0, index - 3) : index + 4]]
    return around.count("نه") > 1 and "و" in around
