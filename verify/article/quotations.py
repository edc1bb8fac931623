"""Finds what a paragraph puts between quotation marks, in any of the common ways of writing."""

from __future__ import annotations

import re
from typing import NamedTuple

from verify.model import Span

DOUBLE = '“”„‟"＂〝〞'
GUILLEMETS = "«»"
ANGLES = "‹›"
OPENERS = "“„‟«‹〝"
CLOSERS = "”»›〞"
STRAIGHT = '"＂'
MARK = re.compile(f"[{DOUBLE}{GUILLEMETS}{ANGLES}‘']")

# Deeper nesting than this is damage, not writing; the bound keeps the search linear.
MAX_DEPTH = 8

# Single marks are apostrophes far more often than quotation marks, so a pair of them must
# close within a sentence or two and hold two words at least.
MAX_SINGLE = 600
MAX_APOSTROPHES = 12


class Pair(NamedTuple):
    """A quotation: the offsets of its two marks."""

    start: int
    end: int

    @property
    def inner(self) -> Span:
        """The words between the marks."""
        return Span(self.start + 1, self.end)


class Scan(NamedTuple):
    """The outermost pairs of a text, and the marks that have no partner, by offset."""

    pairs: tuple[Pair, ...]
    unopened: tuple[int, ...]
    unclosed: tuple[int, ...]


def find_pairs(text: str) -> tuple[Pair, ...]:
    """Return the outermost quotations of `text`, in order, with words in them."""
    return scan(text).pairs


def scan(text: str) -> Scan:
    """Match the quotation marks of `text`, and say which of them have no partner."""
    open_marks: list[int] = []
    pairs: list[Pair] = []
    unopened: list[int] = []
    unclosed: list[int] = []
    behind = 0
    for match in MARK.finditer(text):
        at = match.start()
        if at < behind:
            continue
        if match[0] in "‘'":
            end = _single_end(text, at)
            if end is not None:
                pairs.append(Pair(at, end))
                # where another mark is open, this pair is not the outermost one
                behind = behind if open_marks else end
        else:
            _take(text, at, open_marks, pairs, unopened, unclosed)
    kept = [p for p in _outermost(pairs) if text[p.start + 1 : p.end].strip()]
    return Scan(tuple(kept), tuple(unopened), tuple(sorted(unclosed + open_marks)))


def _take(
    text: str,
    at: int,
    open_marks: list[int],
    pairs: list[Pair],
    unopened: list[int],
    unclosed: list[int],
) -> None:
    """Open or close a quotation at the mark `text[at]`."""
    partner = _partner(text, at, open_marks)
    if partner is not None:
        start = open_marks[partner]
        unclosed.extend(open_marks[partner + 1 :])
        del open_marks[partner:]
        pairs.append(Pair(start, at))
    elif _can_open(text, at):
        if len(open_marks) == MAX_DEPTH:
            unclosed.append(open_marks.pop(0))
        open_marks.append(at)
    elif not _is_measure(text, at):
        unopened.append(at)


def _family(mark: str) -> str:
    """Return the marks that may stand for one another, or nothing for any other character."""
    return next((f for f in (DOUBLE, GUILLEMETS, ANGLES) if mark in f), "")


def _partner(text: str, at: int, open_marks: list[int]) -> int | None:
    """Return the place in `open_marks` of the mark that `text[at]` closes, if it closes one."""
    if not _can_close(text, at):
        return None
    family = _family(text[at])
    for place in range(len(open_marks) - 1, -1, -1):
        if text[open_marks[place]] in family:
            return place
    return None


def _before(text: str, at: int) -> str:
    return text[at - 1] if at else " "


def _after(text: str, at: int) -> str:
    return text[at + 1] if at + 1 < len(text) else " "


def _at_word_start(text: str, at: int) -> bool:
    """Whether a mark stands before a word and not behind one."""
    before = _before(text, at)
    return not _after(text, at).isspace() and (
        before.isspace() or before in "([{—–-/:،,\u200f\u200e“«„‘'"
    )


def _can_close(text: str, at: int) -> bool:
    mark = text[at]
    if mark in CLOSERS:
        return True
    if mark in "«‹":
        return False
    # “ also closes in German („…“) and in careless typing (“…“); straight marks do both
    return not _at_word_start(text, at)


def _can_open(text: str, at: int) -> bool:
    mark = text[at]
    if mark in OPENERS:
        return True
    if mark in "»›":
        return False
    return _at_word_start(text, at)


def _is_measure(text: str, at: int) -> bool:
    """Whether a straight mark stands for inches or seconds, as in 5"."""
    return text[at] in STRAIGHT and _before(text, at).isdigit()


def _single_end(text: str, at: int) -> int | None:
    """Return where the single quotation opened at `text[at]` clearly closes, if it does."""
    if _before(text, at).isalnum() or not _after(text, at).isalpha():
        return None
    closer = "’" if text[at] == "‘" else "'"
    limit = min(len(text), at + MAX_SINGLE)
    end = at
    for _ in range(MAX_APOSTROPHES):
        end = text.find(closer, end + 1, limit)
        if end < 0:
            return None
        if not text[end - 1].isspace() and not _after(text, end).isalnum():
            words = text[at + 1 : end]
            return end if " " in words and "‘" not in words else None
    return None


def _outermost(pairs: list[Pair]) -> list[Pair]:
    """Leave out the pairs that stand inside another."""
    kept: list[Pair] = []
    for pair in sorted(pairs, key=lambda p: (p.start, -p.end)):
        if not kept or pair.start > kept[-1].end:
            kept.append(pair)
    return kept
