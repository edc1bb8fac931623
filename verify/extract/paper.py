"""
Lines on pages -> paragraphs: what a PDF's text was before it was set.

A paragraph goes on in the next line unless the line before was ended on purpose: there was room
left for the next word. Lines that repeat at the edges of pages are running heads and feet; each
is kept once, and is no main text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from verify.extract.blocks import clean
from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ZWNJ = "\u200c"
TERMINATED = re.compile(r"[.!?؟…:؛][\"'”’»)\]]{0,3}$")
BULLET = re.compile(r"[•▪◦●■–—-]\s|[(\[]?[0-9۰-۹a-z]{1,3}[.)\]-]\s")
DIVIDED = re.compile(r"[^\W\d_]-$")
COMPOUND = re.compile(r"\w{1,40}-\w{1,40}")
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, in reading order, with its place in points from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    column: tuple[float, float]
    """The left and right ends of the block that it stands in."""
    first: float
    """How wide its first word is, as it is read."""
    is_leftward: bool = False

    @property
    def height(self) -> float:
        """How tall it is; never nothing, so that it can be divided by."""
        return max(self.bottom - self.top, 0.1)

    @property
    def room(self) -> float:
        """What its end leaves free of the column."""
        return self.left - self.column[0] if self.is_leftward else self.column[1] - self.right

    @property
    def indent(self) -> float:
        """How far inside the column it begins."""
        return self.column[1] - self.right if self.is_leftward else self.left - self.column[0]


@dataclass(frozen=True, slots=True)
class Paper:
    """The text of all pages, one paragraph a line; `main` leaves running heads out."""

    text: str
    main: tuple[Span, ...]
    pages: tuple[Span, ...]


def compose(pages: Sequence[Sequence[Line]]) -> Paper:
    """Return the pages' text, with each paragraph joined, over a page's end if need be."""
    running = _running(pages)
    hyphened = _hyphened(line.text for page in pages for line in page)
    paragraphs: list[list[_Piece]] = []
    asides: dict[str, str] = {}
    before: Line | None = None
    for number, page in enumerate(pages):
        edges, pitch, is_new_page = _edges(page), _pitch(page), True
        for line in page:
            if _key(line.text) in running and line in edges:
                asides.setdefault(_key(line.text), clean(line.text))
                continue
            if before is None or not _goes_on(before, line, pitch, is_new_page=is_new_page):
                paragraphs.append([_Piece(number, clean(line.text))])
            else:
                _join(paragraphs[-1], _Piece(number, clean(line.text)), hyphened)
            before, is_new_page = line, False
    return _written(paragraphs, list(asides.values()), len(pages))


# --- running heads and feet -------------------------------------------------------------

EDGE = 2
"""Lines from an edge of a page: a head or a foot has one line, or a title and a number."""

FEWEST_PAGES = 2
MOST = 0.4
"""Share of the pages: left and right pages have their own heads, first pages have none."""


def _running(pages: Sequence[Sequence[Line]]) -> set[str]:
    """Return the lines that stand at the edge of most pages, without their numbers."""
    count = Counter(key for page in pages for key in {_key(line.text) for line in _edges(page)})
    fewest = max(FEWEST_PAGES, MOST * len(pages))
    return {key for key, times in count.items() if times >= fewest}


def _edges(page: Sequence[Line]) -> list[Line]:
    lines = sorted(page, key=lambda line: line.top)
    return [*lines[:EDGE], *lines[EDGE:][-EDGE:]]


def _key(text: str) -> str:
    return DIGITS.sub("0", text.casefold())


# --- paragraphs -------------------------------------------------------------------------

NARROW = 0.15
"""Share of the column's width that a full line may leave free where a page or column ends."""


WIDER = 1.3
"""How much more than the page's own distance between two lines an empty line or half of one is."""


def _pitch(page: Sequence[Line]) -> float:
    """Return how far apart the lines of a page mostly are."""
    steps = [b.top - a.top for a, b in pairwise(page) if a.top < b.top < a.top + 4 * a.height]
    return median(steps) if steps else 0.0


def _goes_on(before: Line, line: Line, pitch: float, *, is_new_page: bool) -> bool:
    """Say whether `line` continues the paragraph of the line before it."""
    if BULLET.match(line.text) or before.is_leftward is not line.is_leftward:
        return False
    if DIVIDED.search(before.text) and line.text[:1].islower():
        return True
    if not 0.75 <= line.height / before.height <= 1.33:  # another size of letters
        return False
    if is_new_page or line.top < before.top or line.left > before.right:
        width = before.column[1] - before.column[0]
        return not TERMINATED.search(before.text) and before.room <= NARROW * max(width, 1)
    return not _is_set_off(before, line, pitch) and before.room < line.first + line.height / 4


def _is_set_off(before: Line, line: Line, pitch: float) -> bool:
    """Say whether a paragraph begins here to the eye: by space above it, or indented."""
    is_indented = line.indent > 0.8 * line.height and before.indent < 0.4 * line.height
    return is_indented or line.top - before.top > WIDER * pitch


class _Piece(NamedTuple):
    """The part of a paragraph that stands on one page, counted from 0."""

    page: int
    text: str


def _hyphened(texts: Iterable[str]) -> set[str]:
    """Return the words that have a hyphen inside a line, to which it thus belongs."""
    return {word.casefold() for text in texts for word in COMPOUND.findall(text)}


def _join(paragraph: list[_Piece], piece: _Piece, hyphened: set[str]) -> None:
    """Add a line to a paragraph; what was divided at its end becomes one word again."""
    page, before = paragraph[-1]
    joint = " "
    if before.endswith(("-", ZWNJ)) or piece.text.startswith(ZWNJ):
        joint = ""
        if DIVIDED.search(before) and piece.text[0].islower():
            word = f"{before.rpartition(' ')[2]}{piece.text.partition(' ')[0]}"
            parts = COMPOUND.match(word.lstrip("(“\"'«"))
            if parts is None or parts[0].casefold() not in hyphened:
                before = before[:-1]
    if page == piece.page:
        paragraph[-1] = _Piece(page, f"{before}{joint}{piece.text}")
    else:
        paragraph[-1:] = [_Piece(page, f"{before}{joint}"), piece]


def _written(paragraphs: list[list[_Piece]], asides: list[str], count: int) -> Paper:
    """Write the paragraphs, then what repeats; say where each paragraph and each page stands."""
    texts, main, starts, position = [], [], dict[int, int](), 0
    for paragraph in paragraphs:
        begin = position
        for page, text in paragraph:
            starts.setdefault(page, position)
            position += len(text)
        main.append(Span(begin, position))
        texts.append("".join(text for _, text in paragraph))
        position += 1
    end = max(position - 1, 0)
    pages, following = [], end
    for page in reversed(range(count)):
        start = starts.get(page, following)
        pages.append(Span(start, following))
        following = start
    return Paper("\n".join([*texts, *asides]), tuple(main), tuple(reversed(pages)))
