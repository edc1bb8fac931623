"""
Notes and markers typed by hand: `[1]` in a sentence, `[1] …` below the text.

Plain text has no other kind; Markdown, HTML and DOCX often have these too. A text has one
style of note, found by looking at what stands at the beginning of its lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from verify.article.manuscript import Marker, Note, tidy
from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

D = "[0-9۰-۹٠-٩]"
"""A Latin, Persian or Arabic digit; Python's `int` reads all three."""

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
FROM_SUPERSCRIPT = str.maketrans(SUPERSCRIPTS, "0123456789")
TO_SUPERSCRIPT = str.maketrans("0123456789۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", SUPERSCRIPTS * 3)
"""How a number between `<sup>` and `</sup>` is written in plain text."""

# Word processors set a direction mark on either side of a bracket in a right-to-left line.
GAP = r"[\s\u200e\u200f]{0,3}"
BRACKETED = re.compile(rf"[\u200e\u200f]?\[\^?{GAP}({D}{{1,5}}){GAP}\]:?[\u200e\u200f]?")
NAMED = re.compile(r"\[\^([^\]\[\s^]{1,60})\]:")
RAISED = re.compile(rf"([{SUPERSCRIPTS}]{{1,5}})[.)]?")
DOTTED = re.compile(rf"[\u200e\u200f]?({D}{{1,4}})\s?[.)–-](?=\s)")
ROUND = re.compile(rf"[\u200e\u200f]?\(({D}{{1,4}})\)(?=\s)")

JOINT = r"\s?[,،;؛–—-]\s?"
IN_BRACKETS = re.compile(rf"\[\^?{GAP}({D}{{1,5}}(?:{JOINT}{D}{{1,5}}){{0,30}}){GAP}\]")
IN_ROUND = re.compile(rf"\(\s?({D}{{1,4}}(?:{JOINT}{D}{{1,4}}){{0,30}})\s?\)")
BY_NAME = re.compile(r"\[\^([^\]\[\s^]{1,60})\]")
SUPERSCRIPT_RUN = re.compile(rf"[{SUPERSCRIPTS}]{{1,5}}(?:[,˒ʼ–⁻-][{SUPERSCRIPTS}]{{1,5}}){{0,30}}")
DASHES = re.compile(r"\s?[–—-]\s?")

UNITS = frozenset({"m", "km", "cm", "mm", "dm", "ft", "in", "mi", "yd", "nm", "µm", "s", "x", "y"})
"""What a raised number squares or cubes: it is no note there."""

# A range such as [3]–[900] is more likely a slip than nine hundred notes for one sentence.
MAX_RANGE = 50

NOTES_HEADING = re.compile(
    r"\W*(?:foot|end)?notes?|references?|sources?|bibliography|works cited|citations|"
    r"(?:پانوشت|پانویس|پی[\u200c ]?نوشت|یادداشت)[\u200c ]?(?:ها)?|منابع(?: و مآخذ)?|"
    r"مآخذ|ارجاعات|kaynakça|kaynaklar|dipnotlar|[-_=*—]{3,}",
    re.IGNORECASE,
)
ADDRESS_ONLY = re.compile(r"\s*<?(?:https?://|www\.)\S+\s*")

# A note is a line or two; a line this long after a finished note is a paragraph (the
# author's biography, most often) that lacks the empty line above it.
PARAGRAPH_LENGTH = 300


def read_label(written: str) -> str:
    """Return the label in Latin digits, without brackets, so that `[۱]`, `¹` and `1` agree."""
    bare = written.strip("[]()^ \u200e\u200f\u200c.:").translate(FROM_SUPERSCRIPT)
    return str(int(bare)) if re.fullmatch(rf"{D}{{1,9}}", bare) else bare


def without_label(raw: str, label: str) -> str:
    """Return a note's text without its own label, where it begins with it."""
    for pattern in (BRACKETED, RAISED, DOTTED, ROUND):
        match = pattern.match(raw)
        if match and read_label(match[1]) == label:
            return raw[match.end() :].lstrip()
    return raw


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block. The first of a block has `number` 0."""

    block: int
    number: int
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A line that begins like a note; `body` is where the note's own words begin."""

    index: int
    label: str
    body: int


@dataclass(frozen=True, slots=True)
class TypedNotes:
    """The notes of a text, and the spans of its blocks (or parts of blocks) that are none."""

    notes: tuple[Note, ...]
    body: tuple[Span, ...]
    below: tuple[Span, ...]
    """What stands under the last note: a biography, a list of other articles."""
    is_round: bool = False
    """Whether `(1)` is a marker in this text."""


@dataclass(slots=True)
class _Draft:
    """A note while its lines are being gathered."""

    label: str
    span: Span
    pieces: list[str] = field(default_factory=list)

    def add(self, line: Line, text: str) -> None:
        self.span = Span(self.span.start, line.span.end)
        self.pieces.append(text)

    def note(self) -> Note:
        return Note(self.label, tidy(" ".join(self.pieces)), self.span)


def lines_of(text: str, blocks: Sequence[Span]) -> list[Line]:
    """Return the lines of every block that hold anything."""
    lines = []
    for place, block in enumerate(blocks):
        start = block.start
        number = 0
        for piece in text[block.start : block.end].split("\n"):
            if piece.strip():
                lines.append(Line(place, number, Span(start, start + len(piece)), piece))
                number += 1
            start += len(piece) + 1
    return lines


def find_notes(text: str, blocks: Sequence[Span]) -> TypedNotes:
    """Part `blocks` into notes and body. Without notes, all of it is body."""
    lines = lines_of(text, blocks)
    for style in (_bracketed, _raised, _dotted, _round):
        definitions = style(text, lines)
        if definitions:
            return _gather(lines, blocks, definitions, is_round=style is _round)
    return TypedNotes((), tuple(blocks), ())


def _bracketed(_: str, lines: list[Line]) -> list[Definition]:
    return _firm(lines, _candidates(lines, BRACKETED) | _candidates(lines, NAMED))


def _raised(_: str, lines: list[Line]) -> list[Definition]:
    return _firm(lines, _candidates(lines, RAISED))


def _dotted(text: str, lines: list[Line]) -> list[Definition]:
    cited = [m for line in lines for m in find_markers(text, [line.span], frozenset())]
    return _last_list(lines, _candidates(lines, DOTTED), cited)


def _round(text: str, lines: list[Line]) -> list[Definition]:
    candidates = _candidates(lines, ROUND)
    if not candidates:
        return []
    inside = [Span(s.start + (i in candidates), s.end) for i, s in _numbered(lines)]
    cited = find_markers(text, inside, frozenset(), is_round=True)
    return _last_list(lines, candidates, cited)


def _numbered(lines: list[Line]) -> Iterator[tuple[int, Span]]:
    return ((i, line.span) for i, line in enumerate(lines))


def _candidates(lines: list[Line], pattern: re.Pattern[str]) -> dict[int, Definition]:
    """Return the lines that begin as `pattern` says and go on with words."""
    found = {}
    for index, line in enumerate(lines):
        indent = len(line.text) - len(line.text.lstrip())
        match = pattern.match(line.text, indent)
        if match and any(c.isalpha() for c in line.text[match.end() :]):
            found[index] = Definition(index, read_label(match[1]), match.end())
    return found


def _firm(lines: list[Line], candidates: dict[int, Definition]) -> list[Definition]:
    """
    Keep the lines that are notes for sure.

    A note begins a paragraph, or follows a note or a heading. In a wrapped text a marker may
    also land at the beginning of a line: such a line is a note only where its label was
    cited above and nothing else defines it.
    """
    firm = [c for c in candidates.values() if _begins(lines, c.index, candidates)]
    labels = {d.label for d in firm}
    indexes = {d.index for d in firm}
    weak = [c for c in candidates.values() if c.index not in indexes and c.label not in labels]
    if weak:
        cited = _cited_before(lines, {c.index for c in weak} | indexes)
        firm += [c for c in weak if cited.get(c.label, c.index) < c.index]
    return sorted(firm, key=lambda d: d.index)


def _begins(lines: list[Line], index: int, candidates: dict[int, Definition]) -> bool:
    """Whether line `index` stands where a note can: first, under a heading, in a run of notes."""
    line = lines[index]
    first = index - line.number
    if line.number == 0 or first in candidates or index - 1 in candidates:
        return True
    above = lines[index - 1].text.strip().rstrip(":")
    return bool(NOTES_HEADING.fullmatch(above))


def _cited_before(lines: list[Line], definitions: set[int]) -> dict[str, int]:
    """Return the first line that cites each label; a definition does not cite itself."""
    cited: dict[str, int] = {}
    for index, line in enumerate(lines):
        found = _labels_in(line.text)
        for label in found[1:] if index in definitions else found:
            cited.setdefault(label, index)
    return cited


def _labels_in(text: str) -> list[str]:
    return [m.label for m in find_markers(text, [Span(0, len(text))], frozenset())]


def _last_list(
    lines: list[Line], candidates: dict[int, Definition], cited: list[Marker]
) -> list[Definition]:
    """Keep a numbered list as notes where it stands below all markers and defines one of them."""
    if not cited:
        return []
    last = max(m.span.start for m in cited)
    below = [c for c in candidates.values() if lines[c.index].span.start > last]
    return below if {c.label for c in below} & {m.label for m in cited} else []


def _gather(
    lines: list[Line], blocks: Sequence[Span], definitions: list[Definition], *, is_round: bool
) -> TypedNotes:
    """Take each definition with the lines that continue it; the rest is body."""
    by_index = {d.index: d for d in definitions}
    drafts: list[_Draft] = []
    others: list[Line] = []
    draft: _Draft | None = None
    for index, line in enumerate(lines):
        definition = by_index.get(index)
        if definition:
            draft = _Draft(definition.label, line.span)
            draft.add(line, line.text[definition.body :])
            drafts.append(draft)
        elif draft and _continues(draft, line):
            draft.add(line, line.text)
        else:
            draft = None
            others.append(line)
    notes = tuple(d.note() for d in drafts)
    rest = _rejoin(blocks, others)
    end = notes[-1].span.end
    body = tuple(s for s in rest if s.start < end)
    return TypedNotes(notes, body, tuple(s for s in rest if s.start >= end), is_round)


def _continues(draft: _Draft, line: Line) -> bool:
    """Whether `line` goes on with the note above it."""
    if line.number == 0:
        return line.text.startswith(("  ", "\t")) or bool(ADDRESS_ONLY.fullmatch(line.text))
    is_finished = draft.pieces[-1].rstrip().endswith((".", ")"))
    return not (is_finished and len(line.text) > PARAGRAPH_LENGTH)


def _rejoin(blocks: Sequence[Span], lines: list[Line]) -> list[Span]:
    """Return the blocks that are left when only `lines` are left of them."""
    spans: dict[int, Span] = {}
    for line in lines:
        start = spans[line.block].start if line.block in spans else line.span.start
        spans[line.block] = Span(start, line.span.end)
    return [blocks[b] if spans[b] == blocks[b] else spans[b] for b in spans]


def find_markers(
    text: str, spans: Sequence[Span], defined: frozenset[str], *, is_round: bool = False
) -> list[Marker]:
    """
    Return the markers of `spans`, in order.

    `defined` are the labels that have a note: `word¹²` is note 12 where there is one, and
    notes 1 and 2 where there are those.
    """
    found: list[Marker] = []
    for span in spans:
        here = [*_bracket_markers(text, span), *_raised_markers(text, span, defined)]
        if is_round:
            here += _round_markers(text, span, defined)
        found += sorted(here, key=lambda m: m.span.start)
    return found


def _bracket_markers(text: str, span: Span) -> list[Marker]:
    found = IN_BRACKETS.finditer(text, span.start, span.end)
    groups = [(m.start(), m.end(), _expand(m[1])) for m in found]
    markers = [Marker(label, Span(a, b)) for a, b, labels in groups for label in labels]
    for (_, end, left), (start, _, right) in pairwise(groups):
        if len(left) == len(right) == 1 and DASHES.fullmatch(text, end, start):
            between = _range(left[0], right[0])[1:-1]
            markers += [Marker(label, Span(end, start)) for label in between]
    for match in BY_NAME.finditer(text, span.start, span.end):
        if not match[1].isdecimal():
            markers.append(Marker(match[1], Span(match.start(), match.end())))
    return markers


def _expand(written: str) -> list[str]:
    """Read `1, 2`, `1-3` and `1، ۴–۶`."""
    labels: list[str] = []
    for part in re.split(r"\s?[,،;؛]\s?", written):
        ends = [read_label(p) for p in DASHES.split(part) if p]
        labels += _range(ends[0], ends[1]) if len(ends) == 2 else ends
    return list(dict.fromkeys(labels))


def _range(first: str, last: str) -> list[str]:
    """Return all labels from `first` to `last`, or only those two where that is too many."""
    low, high = int(first), int(last)
    if low <= high <= low + MAX_RANGE:
        return [str(n) for n in range(low, high + 1)]
    return [first, last]


def _raised_markers(text: str, span: Span, defined: frozenset[str]) -> list[Marker]:
    markers = []
    for match in SUPERSCRIPT_RUN.finditer(text, span.start, span.end):
        if _is_power(text, match.start()):
            continue
        labels = _raised_labels(match[0], defined)
        markers += [Marker(label, Span(match.start(), match.end())) for label in labels]
    return markers


def _raised_labels(written: str, defined: frozenset[str]) -> list[str]:
    parts = re.split(r"[,˒ʼ]", written)
    labels: list[str] = []
    for part in parts:
        ends = [read_label(p) for p in re.split(r"[–⁻-]", part) if p]
        if len(ends) == 2:
            labels += _range(ends[0], ends[1])
        elif ends and ends[0] not in defined and set(ends[0]) <= defined:
            labels += list(ends[0])
        else:
            labels += ends
    return list(dict.fromkeys(labels))


def _is_power(text: str, at: int) -> bool:
    """Whether the raised number at `at` is an exponent, as in km² and 10⁶."""
    before = text[max(0, at - 4) : at]
    word = re.search(r"[^\W\d_]*$", before)
    return before[-1:].isdigit() or (word is not None and word[0].lower() in UNITS)


def _round_markers(text: str, span: Span, defined: frozenset[str]) -> list[Marker]:
    markers = []
    for match in IN_ROUND.finditer(text, span.start, span.end):
        labels = _expand(match[1])
        if not defined or defined.issuperset(labels):
            markers += [Marker(label, Span(match.start(), match.end())) for label in labels]
    return markers
