"""
The words of a quotation beside the words of the passage it was taken from.

The passage is a window cut around the place, so its own first and last words cost nothing to
leave out: that is how the exact ends of a quotation are found.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from verify.language.spelling import is_variant
from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.language.fold import Folded

_WORD = re.compile(r"\d+(?:[.,/:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")

# The costs of one word, in words. A changed word costs less than one dropped and one added,
# a joined or parted one next to nothing, one in editorial brackets little. Words dropped
# together cost little more than one: what is left out of a quotation is a stretch.
_GAP = 1.0
_LONGER_GAP = 0.15
# A changed word: near twins, and words with no letter in common.
_TWIN, _STRANGER = 0.5, 1.4
# At the ends of a quotation no neighbour holds a changed word to its place.
_STRANGER_AT_END = 0.9
_JOINED = 0.05
_VARIANT = 0.02
_EDITORIAL = 0.3
# A full table up to this many cells (a quotation of 150 words); beyond it a band.
_FULL = 40_000
_BAND = 60
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Word:
    """A word: its folded form, and where it stands in the original."""

    key: str
    raw: str
    span: Span
    is_editorial: bool = False
    """Whether the article's author put it into the quotation, in brackets."""
    is_hyphened: bool = False
    """Whether a hyphen joins it to the word before it."""

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return self.key[0].isdecimal()


@dataclass(frozen=True, slots=True)
class Pair:
    """Words `a[start:end]` of the quotation beside `b[start:end]` of the passage."""

    quoted: Span
    source: Span
    is_same: bool
    """Whether both are the same words, spelling and spacing apart."""


def words(
    folded: Folded, text: str, start: int = 0, end: int | None = None, *, brackets: bool = False
) -> list[Word]:
    """Return the words of `folded.text[start:end]`; `text` is the original."""
    end = len(folded.text) if end is None else end
    found = []
    for match in _WORD.finditer(folded.text, start, end):
        span = folded.original(*match.span())
        key = _THOUSANDS.sub("", match[0])
        editorial = brackets and _is_bracketed(text, span)
        hyphened = folded.text[match.start() - 1 : match.start()] == "-"
        found.append(Word(key, text[span.start : span.end], span, editorial, hyphened))
    return found


def _is_bracketed(text: str, span: Span) -> bool:
    """Whether the nearest bracket on each side of a span opens before it and closes behind."""
    opened = text.rfind("[", 0, span.start)
    closed = text.find("]", span.end)
    return (
        opened >= 0
        and closed >= 0
        and "]" not in text[opened : span.start]
        and "[" not in text[span.end : closed]
    )


def align(quoted: Sequence[Word], source: Sequence[Word]) -> list[Pair]:
    """
    Return the cheapest alignment of all of `quoted` with a stretch of `source`.

    An added word has an empty source side, a dropped one an empty quoted side. The pairs are
    in order, and what the source has before the first and behind the last is left out.
    """
    table = _Table.of(quoted, source)
    row, column = len(quoted), table.end
    pairs: list[Pair] = []
    while row > 0:
        up, left, same = _MOVES[table.moves[row][column]]
        for _ in range(table.drops[row][column] if not up else 1):
            pairs.append(Pair(Span(row - up, row), Span(column - left, column), same))
            row, column = row - up, column - left
    pairs.reverse()
    return without_loose_ends(pairs)


def without_loose_ends(pairs: Sequence[Pair]) -> list[Pair]:
    """Leave out what was dropped before the first and behind the last quoted word."""
    kept = [i for i, pair in enumerate(pairs) if pair.quoted.start < pair.quoted.end]
    return list(pairs[kept[0] : kept[-1] + 1]) if kept else []


# How many words of the quotation and of the source each move takes, and whether they agree.
_SAME, _CHANGED, _ADDED, _DROPPED, _JOINS_2, _PARTS_2, _JOINS_3, _PARTS_3 = range(8)
_MOVES = (
    (1, 1, True),
    (1, 1, False),
    (1, 0, False),
    (0, 1, False),
    (2, 1, True),
    (1, 2, True),
    (3, 1, True),
    (1, 3, True),
)


@dataclass(frozen=True, slots=True)
class _Table:
    """The cheapest move into every cell, and how many words it drops where it drops some."""

    moves: list[bytearray]
    drops: list[array[int]]
    end: int
    """The column in which the cheapest alignment ends."""

    @classmethod
    def of(cls, quoted: Sequence[Word], source: Sequence[Word]) -> _Table:
        """Fill the table row by row; only the last three rows of costs are kept."""
        width = len(source) + 1
        rows: list[list[float]] = [[0.0] * width]
        moves, drops = [bytearray(width)], [array("H", bytes(2 * width))]
        is_full = len(quoted) * len(source) <= _FULL
        for i in range(1, len(quoted) + 1):
            band = (1, width) if is_full else _band(i, len(quoted), width)
            cost, move, drop = _row(quoted, source, i, rows, band)
            rows = [*rows[-2:], cost]
            moves.append(move)
            drops.append(drop)
        end = min(range(width), key=lambda j: (rows[-1][j], j))
        return cls(moves, drops, end)


def _row(
    quoted: Sequence[Word],
    source: Sequence[Word],
    i: int,
    rows: Sequence[Sequence[float]],
    band: tuple[int, int],
) -> tuple[list[float], bytearray, array[int]]:
    """Fill the row of one quoted word; return its costs, its moves and its dropped words."""
    width, above, word = len(source) + 1, rows[-1], quoted[i - 1]
    cost, move = [_NEVER] * width, bytearray([_ADDED]) * width
    drop = array("H", bytes(2 * width))
    added = _EDITORIAL if word.is_editorial else _GAP
    dearest = _STRANGER_AT_END if i in {1, 2, len(quoted) - 1, len(quoted)} else _STRANGER
    cost[0] = above[0] + added
    gap, dropped = _NEVER, 0
    for j in range(*band):
        step, price = _pairing(word, source[j - 1])
        best, chosen = above[j - 1] + min(price, dearest), step
        if above[j] + added < best:
            best, chosen = above[j] + added, _ADDED
        ends = source[j - 1].key
        # the cheap half of the test for joined words: it turns nearly all of them away
        if step == _CHANGED and (ends.endswith(word.key) or word.key.endswith(ends)):
            best, chosen = _merged(quoted, source, i, j, rows, best, chosen)
        gap, dropped = gap + _LONGER_GAP, dropped + 1
        if cost[j - 1] + _GAP < gap:
            gap, dropped = cost[j - 1] + _GAP, 1
        if gap < best:
            best, chosen = gap, _DROPPED
        cost[j], move[j], drop[j] = best, chosen, dropped
    return cost, move, drop


def _band(row: int, height: int, width: int) -> tuple[int, int]:
    """Return the columns of a row that lie near the diagonal of a large table."""
    middle = row * width // height
    half = _BAND + abs(width - height)
    return max(1, middle - half), min(width, middle + half)


def _merged(
    quoted: Sequence[Word],
    source: Sequence[Word],
    i: int,
    j: int,
    rows: Sequence[Sequence[float]],
    best: float,
    chosen: int,
) -> tuple[float, int]:
    """Return the cheaper of the best move so far and of two or three words made one."""
    for step, up, left in ((_JOINS_2, 2, 1), (_PARTS_2, 1, 2), (_JOINS_3, 3, 1), (_PARTS_3, 1, 3)):
        if up > i or left > j or len(rows) < up:
            continue
        price = rows[-up][j - left] + _JOINED
        if price < best and _joins(quoted[i - up : i], source[j - left : j]):
            best, chosen = price, step
    return best, chosen


def _joins(quoted: Sequence[Word], source: Sequence[Word]) -> bool:
    """
    Whether the words are the same but for the spaces between them.

    Persian parts and joins words freely. English does so only where a hyphen shows it.
    """
    if "".join(w.key for w in quoted) != "".join(w.key for w in source):
        return False
    parted = quoted if len(quoted) > 1 else source
    if any(w.is_number for w in parted):
        return False
    return not parted[0].key.isascii() or all(word.is_hyphened for word in parted[1:])


def _pairing(left: Word, right: Word) -> tuple[int, float]:
    """Return the move that sets one word beside one other, and its price."""
    if left.key == right.key:
        return _SAME, 0.0
    if left.is_editorial:
        return _CHANGED, _EDITORIAL
    return _likeness(left.key, right.key, left.raw, right.raw)


@lru_cache(maxsize=65536)
def _likeness(left: str, right: str, left_raw: str, right_raw: str) -> tuple[int, float]:
    """Return the move and price of two different folded forms."""
    if left[0].isdecimal() != right[0].isdecimal():
        return _CHANGED, _STRANGER
    from rapidfuzz.distance import Indel

    likeness = Indel.normalized_similarity(left, right)
    # No two spellings of a word are less alike; nearly all pairs of words are.
    if likeness >= 0.5 and is_variant(left_raw, right_raw):
        return _SAME, _VARIANT
    # Likeness only settles which word stands beside which.
    return _CHANGED, _STRANGER - (_STRANGER - _TWIN) * likeness
