"""
A line as it is painted, from left to right -> the line as it is read.

A PDF places letters on paper and forgets in which order they were typed. This turns the
bidirectional algorithm (https://unicode.org/reports/tr9/) round, for one line at a time:
right-to-left letters are turned, numbers and foreign words inside them are not. What the
painting left ambiguous stays so: which of two numbers around a hyphen came first, for one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

RIGHT = "\u0590-\u05ff\u0600-\u065f\u066e-\u06ef\u06fa-\u07ff\ufb1d-\ufdff\ufe70-\ufefc"
"""Letters and marks of scripts that run to the left, without their digits and separators."""
DIGIT = "0-9\u0660-\u0669\u06f0-\u06f9"
LEFT = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02b8\u0370-\u058f"

MARKS = "\u060c\u061b\u061f\u066a-\u066d\u06d4"
"""The punctuation among those letters, which takes its direction from what is around it."""

LEFTWARD_LETTER = re.compile(f"(?![{MARKS}])[{RIGHT}]")
RIGHTWARD_LETTER = re.compile(f"[{LEFT}]")
RIGHTWARD = re.compile(f"[{LEFT}{DIGIT}]")
NUMBER = re.compile(f"[{DIGIT}]+(?:[.,/:\u060c\u066b\u066c][{DIGIT}]+){{0,50}}")
LOCAL_NUMBER = re.compile(
    "[\u0660-\u0669\u06f0-\u06f9][\u0660-\u0669\u06f0-\u06f9.,/:\u066b\u066c]*"
)

PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("«", "»"))

Mirror: TypeAlias = Mapping[int, str]
"""Brackets that stand in the file as they look, each with the one that was typed."""

AS_TYPED: Mirror = {}

COMPATIBLE = re.compile("[\ufb00-\ufb06\ufb50-\ufd3d\ufd40-\ufdff\ufe70-\ufefc]+")
"""Ligatures and the shapes of Arabic letters, which PDFs often name instead of the letters."""


def logical(line: str, *, is_leftward: bool, mirror: Mirror = AS_TYPED) -> str:
    """
    Return `line` in reading order.

    `is_leftward` tells the direction of the paragraph around it. `mirror` swaps the brackets
    that stand in the file as they look.
    """
    if not LEFTWARD_LETTER.search(line):
        return _letters(line)
    if is_leftward:
        return _letters(_turned(line, mirror))
    whole, position = [], 0
    for start, end in _stretches(line, LEFTWARD_LETTER, RIGHTWARD_LETTER):
        whole += [line[position:start], _turned(line[start:end], mirror)]
        position = end
    return _letters("".join([*whole, line[position:]]))


def is_leftward(line: str, *, is_page_leftward: bool = False) -> bool:
    """Say whether a line runs to the left, by its letters and the page around it."""
    right, left = len(LEFTWARD_LETTER.findall(line)), len(RIGHTWARD_LETTER.findall(line))
    return right > left or (is_page_leftward and (right > 0 or not left))


def share_leftward(text: str) -> float:
    """Return the share of the letters that run to the left."""
    right, left = len(LEFTWARD_LETTER.findall(text)), len(RIGHTWARD_LETTER.findall(text))
    return right / (right + left) if right + left else 0.0


def mirrored(lines: Sequence[str]) -> Mirror:
    """Return which brackets to swap: those that close before they open in most of the lines."""
    swapped: dict[int, str] = {}
    for opening, closing in PAIRS:
        places = [(line.find(opening), line.find(closing)) for line in lines]
        wrong = sum(close >= 0 and not 0 <= open_ < close for open_, close in places)
        if 2 * wrong > sum(max(place) >= 0 for place in places):
            swapped |= {ord(opening): closing, ord(closing): opening}
    return swapped


def _letters(line: str) -> str:
    return COMPATIBLE.sub(lambda m: unicodedata.normalize("NFKC", m[0]), line)


def _stretches(line: str, inner: re.Pattern[str], outer: re.Pattern[str]) -> list[list[int]]:
    """Return where a line runs another way: from `inner` to the last one before any `outer`."""
    found: list[list[int]] = []
    is_open = False
    for place, character in enumerate(line):
        if outer.match(character):
            is_open = False
        elif inner.match(character) and is_open:
            found[-1][1] = place + 1
        elif inner.match(character):
            found.append([place, place + 1])
            is_open = True
    return found


def _turned(line: str, mirror: Mirror) -> str:
    """Read a leftward line from its right end; what runs to the right inside it stays."""
    pieces: list[str] = []
    position = 0
    for start, end in _stretches(line, RIGHTWARD, LEFTWARD_LETTER):
        between = line[position:start]
        pieces += [_reversed(between, mirror), _inner(line[start:end])]
        position = end
    pieces.append(_reversed(line[position:], mirror))
    return "".join(reversed(pieces))


def _reversed(text: str, mirror: Mirror) -> str:
    return text.translate(mirror)[::-1]


def _inner(text: str) -> str:
    """Return a rightward stretch in reading order: several numbers alone run to the left."""
    if not RIGHTWARD_LETTER.search(text):
        return _numbers(text)
    # «در سال ۱۴۰۰ NASA»: a number in Persian digits belongs to the Persian around it.
    words, first = text.split(" "), []
    while LOCAL_NUMBER.fullmatch(words[-1]):
        first.append(words.pop())
    return " ".join([*first, " ".join(words)])


def _numbers(text: str) -> str:
    pieces: list[str] = []
    position = 0
    for match in NUMBER.finditer(text):
        pieces += [text[position : match.start()][::-1], match[0]]
        position = match.end()
    return "".join(reversed([*pieces, text[position:][::-1]]))
