"""
One spelling for all the ways in which a text can be typed, with an exact way back.

Folding is what lets «می‌رود», «میرود» and «می رود» meet, and `source[start:end]` still be
what the page says. It runs in three steps, each of which keeps the map:

1. HTML entities that were left in the text become characters.
2. Characters: letters that are typed in several ways, digits of the three scripts, case,
   quotation marks and dashes become one; marks, tatweel and invisible controls go.
3. Boundaries: affixes join their word, and all white space becomes one space.

Digits are never erased and negation is never folded away. «آ» stays apart from «ا».
What is alike only sometimes («هیأت» and «هیئت») is for whoever compares words.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from typing import TYPE_CHECKING

from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable

# Stand in for a character that vanishes, and for one that becomes several. Both are from
# the private use area, so no text means anything by them; where one does occur it vanishes.
_GONE, _SEVERAL = "\ue000", "\ue001"
_MADDAH = "\u0653"
_ZWNJ = "\u200c"

# Letters that are one letter to a reader of Persian. «ئ» is the modern «ی» of «جزئی/جزیی»
# and «مسائل/مسایل»; no pair of Persian words is told apart by it alone. Pashto «ې ۍ» and
# Sorani «ێ ۆ» are other letters and stay.
_LETTERS = {
    "ی": "ي ى ئ ٸ ۓ ے",
    "ک": "ك ڪ",
    "ه": "ة ۀ ہ ھ ە ۂ ۃ",
    "ا": "أ إ ٱ ٲ ٳ",
    "و": "ؤ ٶ",
    '"': "“ ” „ ‟ « » ″ ＂ 〝 〞",
    "'": "‘ ’ ‚ ‛ ‹ › ` ´ ʼ ′ ＇",
    "-": "‐ ‑ ‒ – — ― − ﹣ －",
    ",": "، ٬",
    ";": "؛",
    "?": "؟",
    ".": "۔ ٫",
    "%": "٪",
    "/": "⁄ ∕",
}

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_CHARACTERS = re.compile(rf"{_GONE}+|{_SEVERAL}|ا{_GONE}*{_MADDAH}|{_MADDAH}|\.(?: ?\.){{2,}}")

_WORD = r"[^\W\d_]"
_PERSIAN = r"[\u0621-\u064a\u067e-\u06d3]"
# Endings that are written joined, with a zero-width non-joiner, or apart.
_ENDINGS = (
    "ها|های|هایی|هایم|هایت|هایش|هایمان|هایتان|هایشان|هاست|تر|ترین|تری|ترها|"
    "ام|ای|اند|ایم|اید|اش|ات|مان|تان|شان"
)
_SPACE = r"[\s\u200c]"
_BOUNDARIES = re.compile(
    # a word that a line's end broke in two
    rf"(?<=[a-z])-[^\S\n]*\n\s*(?=[a-z])"
    # the ezafe after a silent heh, which «هٔ» and «ۀ» have already lost
    rf"|(?<=ه)(?P<ezafe>{_SPACE}ی)(?!{_WORD}|{_ZWNJ})"
    # «می رود», «نمی رود»
    rf"|(?<=\bمی){_SPACE}+(?={_PERSIAN})|(?<=\bنمی){_SPACE}+(?={_PERSIAN})"
    # «کتاب ها», «بزرگ تر», «رفته اند»
    rf"|(?<={_PERSIAN}){_SPACE}+(?=(?:{_ENDINGS})\b)"
    # «شده‌است» is «شده است»
    rf"|(?P<space>{_ZWNJ}+(?=(?:است|بود|شد|باشد)\b)|[^\S ]\s*| \s+)"
    # «املاء» is «املا»
    rf"|{_ZWNJ}+|(?<=ا)(?P<hamza>ء)\b"
)
_UNLETTERED = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Folded:
    """A folded text. `starts[i]` and `ends[i]` bound what `text[i]` stands for."""

    text: str
    starts: array[int] = field(repr=False)
    ends: array[int] = field(repr=False)

    def original(self, start: int, end: int) -> Span:
        """
        Return what `text[start:end]` covers in the original.

        Marks and tatweel that follow the last letter belong to it. An empty range gives an
        empty span at the place where it stands.
        """
        if start < end:
            return Span(self.starts[start], self.ends[end - 1])
        if start < len(self.starts):
            return Span(self.starts[start], self.starts[start])
        last = self.ends[-1] if self.ends else 0
        return Span(last, last)

    @cached_property
    def letters(self) -> Folded:
        """The letters and digits alone: the form in which spacing cannot matter."""
        return rewrite(self, _UNLETTERED, lambda _: "")


def rewrite(
    folded: Folded,
    pattern: re.Pattern[str],
    replace: Callable[[re.Match[str]], str],
    absorbs: Callable[[re.Match[str]], int] = lambda _: 0,
) -> Folded:
    """Replace every match; `absorbs` says how much of a lost one the character before gains."""
    pieces: list[str] = []
    starts, ends = array("i"), array("i")
    position = 0
    for match in pattern.finditer(folded.text):
        start, end = match.span()
        pieces.append(folded.text[position:start])
        starts.extend(folded.starts[position:start])
        ends.extend(folded.ends[position:start])
        position = end
        replacement = replace(match)
        if replacement:
            pieces.append(replacement)
            starts.extend([folded.starts[start]] * len(replacement))
            ends.extend([folded.ends[end - 1]] * len(replacement))
        elif ends and (absorbed := absorbs(match)):
            ends[-1] = folded.ends[start + absorbed - 1]
    pieces.append(folded.text[position:])
    starts.extend(folded.starts[position:])
    ends.extend(folded.ends[position:])
    return Folded("".join(pieces), starts, ends)


class _Characters(dict[int, str]):
    """Maps a character to the one character that stands for it; learns as it is asked."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _one(chr(code))
        return folded


def fold(text: str) -> Folded:
    """Return `text` in one spelling, with an exact map back."""
    identity = array("i", range(len(text) + 1))
    folded = Folded(text, identity[:-1], identity[1:])
    if "&" in text:
        folded = rewrite(folded, _ENTITY, lambda match: unescape(match[0]))
    before = folded.text
    folded = Folded(before.translate(_CHARACTER), folded.starts, folded.ends)
    folded = rewrite(
        folded,
        _CHARACTERS,
        lambda match: _character(match, before),
        lambda match: _marks(before, *match.span()),
    )
    return rewrite(
        folded,
        _BOUNDARIES,
        lambda match: " " if match["space"] else "",
        lambda match: len(match["ezafe"] or match["hamza"] or ""),
    )


def normalise(text: str) -> str:
    """Return the folded text alone, without space at its ends."""
    return fold(text).text.strip()


def _one(character: str) -> str:
    """Return the one character that stands for this one, or one of the two stand-ins."""
    if character in {_MADDAH, _ZWNJ, "\n", "…"}:
        return character
    if character.isspace():
        return " "
    folded = _several(character)
    if len(folded) == 1:
        return folded
    return _SEVERAL if folded else _GONE


def _several(character: str) -> str:
    """Return whatever stands for a character: none, one, or several."""
    compatible = unicodedata.normalize("NFKC", character)
    folded = "".join(_VARIANTS.get(c, c) for c in compatible).casefold()
    parts = unicodedata.normalize("NFD", folded)
    # «آ» alone keeps its mark
    kept = "".join(c for c in parts if not _vanishes(c) or c == _MADDAH)
    return "".join(_digit(_VARIANTS.get(c, c)) for c in unicodedata.normalize("NFC", kept))


def _vanishes(character: str) -> bool:
    """Whether a character is a mark, an invisible control or a tatweel."""
    return (
        character in {"ـ", _GONE, _SEVERAL} or unicodedata.category(character) in {"Mn", "Me", "Cf"}
    ) and character != _ZWNJ


def _digit(character: str) -> str:
    """Return a decimal digit of any script as a Latin one, all else as it is."""
    return str(unicodedata.decimal(character, character))


def _character(match: re.Match[str], before: str) -> str:
    """Return what the second step puts for a match; `before` is the text it was made from."""
    found = match[0]
    if found == _SEVERAL:
        return _several(before[match.start()]).strip(_MADDAH)
    if found.startswith("ا"):
        return "آ"
    return "…" if found.startswith(".") else ""


def _marks(text: str, start: int, end: int) -> int:
    """Count what is seen on the letter before it: marks and tatweel, not invisible controls."""
    for position in range(start, end):
        if text[position] != "ـ" and not unicodedata.combining(text[position]):
            return position - start
    return end - start


_VARIANTS = {form: one for one, forms in _LETTERS.items() for form in forms.split()}
_CHARACTER = _Characters()
