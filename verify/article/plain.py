"""Plain text -> Manuscript. The text is the file itself, so offsets need no recovery."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

from verify.article.manuscript import Manuscript, Marker, line_starts
from verify.article.typed import BRACKETED, TypedNotes, find_markers, find_notes
from verify.model import Anchor, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

BLANK = re.compile(r"\n[^\S\n]*\n\s*")

# Editors and mail programs wrap at 60 to 100 columns; lines longer than this are paragraphs.
WIDEST_WRAP = 120
NARROWEST_WRAP = 30

# A heading is a line without a full stop, and shorter than almost any paragraph.
LONGEST_HEADING = 120
SENTENCE_END = re.compile(r"[.!?؟…:؛۔][\"'”’»)\]]*(?:\[[^\]\n]{1,20}\]){0,9}\s{0,20}$")
WORD = re.compile(r"\S+")
LINE = re.compile(r"[^\s](?:[^\n]*[^\s])?")
LONGEST_TITLE = 250


def read_plain(text: str) -> Manuscript:
    """Read plain text."""
    blocks = paragraphs_of(text)
    typed = find_notes(text, blocks)
    markers, paragraphs = place_markers(text, typed)
    return Manuscript(
        text=text,
        anchors=tuple(Anchor(s, n, 1) for n, s in enumerate(line_starts(text), start=1)),
        paragraphs=tuple(p for b in paragraphs for p in unwrap(text, b)),
        markers=tuple(markers),
        notes=typed.notes,
        title=_title(text, blocks),
    )


def paragraphs_of(text: str) -> list[Span]:
    """Return the blocks of `text` that empty lines part."""
    blocks = []
    start = text.rfind("\n", 0, len(text) - len(text.lstrip())) + 1
    for gap in BLANK.finditer(text, start):
        if text[start : gap.start()].strip():
            blocks.append(Span(start, gap.start()))
        # the spaces before a first word are its indent: a continued note is known by them
        start = text.rfind("\n", gap.start(), gap.end()) + 1
    end = len(text.rstrip())
    if start < end:
        blocks.append(Span(start, end))
    return blocks


def place_markers(text: str, typed: TypedNotes) -> tuple[list[Marker], list[Span]]:
    """
    Find the markers of hand-typed notes, and the blocks that may make claims.

    What stands below the last note is an author's biography or a list of other articles,
    unless it cites a note itself: then the article goes on down to there.
    """
    defined = frozenset(n.label for n in typed.notes)
    markers = find_markers(text, typed.body, defined, is_round=typed.is_round)
    below = find_markers(text, typed.below, defined, is_round=typed.is_round)
    below = [m for m in below if m.label in defined]
    last = below[-1].span.start if below else -1
    blocks = [*typed.body, *(b for b in typed.below if b.start <= last)]
    markers += below
    places = [m.span.start for m in markers]
    return markers, [b for b in blocks if holds(places, b) or not is_heading(text[b.start : b.end])]


def holds(places: Sequence[int], span: Span) -> bool:
    """Whether any of the sorted offsets `places` lies in `span`."""
    at = bisect_left(places, span.start)
    return at < len(places) and places[at] < span.end


def is_heading(block: str) -> bool:
    """Whether a block is one short line that is no sentence: a heading, a caption, a menu."""
    line = block.strip()
    return len(line) <= LONGEST_HEADING and "\n" not in line and not SENTENCE_END.search(line)


def unwrap(text: str, block: Span) -> list[Span]:
    """
    Return the paragraphs of a block: all of it where its lines were wrapped, else its lines.

    A line break is a wrap where the next line's first word would not have fitted, or where
    a sentence of some length goes on with a small letter.
    """
    lines = _lines(text, block)
    width = max((line.end - line.start for line in lines), default=0)
    paragraphs = lines[:1]
    for above, line in pairwise(lines):
        if _is_wrapped(text, above, line, width):
            paragraphs[-1] = Span(paragraphs[-1].start, line.end)
        else:
            paragraphs.append(line)
    return paragraphs


def _lines(text: str, block: Span) -> list[Span]:
    """Return the lines of a block, without the spaces around them."""
    return [
        Span(block.start + m.start(), block.start + m.end())
        for m in LINE.finditer(text[block.start : block.end])
    ]


def _is_wrapped(text: str, above: Span, line: Span, width: int) -> bool:
    length = above.end - above.start
    if not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return False
    first = WORD.match(text, line.start, line.end)
    if first and length + 1 + len(first[0]) > width:
        return True
    goes_on = text[line.start].islower() and not SENTENCE_END.search(text[above.start : above.end])
    return goes_on and length >= NARROWEST_WRAP


def _title(text: str, blocks: Sequence[Span]) -> str | None:
    """Return the first line where it reads like a title."""
    if not blocks:
        return None
    first = text[blocks[0].start : blocks[0].end].split("\n", 1)[0].strip()
    is_title = 0 < len(first) <= LONGEST_TITLE and not first.endswith((".", "۔", "؛", ":"))
    return first if is_title and not BRACKETED.match(first) else None
