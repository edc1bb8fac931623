"""Which stretch of a text is marked as what: an article by claims, a passage by differences."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from verify.model import Side, Span
from verify.report.words import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.model import Article, Evidence, Outcome, Reference, Verdict

_QUOTED = re.compile("(?<=“)([^“”]+)(?=”)")

_RANK = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}


# A claim is a sentence or two; the bound is for forged reports, whose claims could each span
# the whole article.
MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that is marked in one way."""

    text: str
    outcome: Outcome | None = None
    """The worst outcome of the claims that it belongs to."""
    markers: tuple[int, ...] = ()
    """The verdicts whose marker it is, as indices."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the article, with the verdicts that it carries, as indices."""

    runs: tuple[Run, ...]
    verdicts: tuple[int, ...]
    is_title: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a verdict touches the article."""

    span: Span
    verdict: int
    is_marker: bool


def paragraphs(article: Article, verdicts: Sequence[Verdict]) -> Iterator[Paragraph]:
    """
    Give the article's body line by line, without its notes.

    Every character outside the notes comes back once and in order.
    """
    lines = list(_lines(article))
    starts = [line.start for line in lines]
    marks: list[list[_Mark]] = [[] for _ in lines]
    for mark in _marks(verdicts):
        first = max(0, bisect_right(starts, mark.span.start) - 1)
        last = max(first + 1, bisect_left(starts, mark.span.end))
        for index in range(first, min(last, len(lines), first + MOST_LINES)):
            marks[index].append(mark)
    title = " ".join((article.title or "").split())
    for line, found in zip(lines, marks, strict=True):
        text = article.text[line.start : line.end]
        carried = dict.fromkeys(m.verdict for m in found if m.is_marker)
        is_title = bool(title) and " ".join(text.split()) == title and not found
        yield Paragraph(tuple(_runs(article, verdicts, line, found)), tuple(carried), is_title)


def differing(evidence: Evidence, verdict: Verdict | None) -> Iterator[tuple[str, bool]]:
    """Cut a passage into what agrees and what differs in substance, where that is known."""
    spans = sorted(
        (
            (d.source_span.start, d.source_span.end)
            for d in (verdict.differences if verdict else ())
            if d.source_span and d.kind.is_material and d.side is Side.ORIGINAL
        ),
    )
    place, end = evidence.span.start, evidence.span.end
    for start, stop in spans:
        first, last = max(start, place), min(stop, end)
        if first < last:
            yield _part(evidence, place, first), False
            yield _part(evidence, first, last), True
            place = last
    yield _part(evidence, place, end), False


def note_pieces(reference: Reference) -> Iterator[tuple[str, str]]:
    """Cut a note's text into pieces, each a `title`, an `address` or `text`."""
    raw, place = reference.raw, 0
    known = [("title", reference.title or ""), *(("address", url) for url in reference.urls)]
    found = sorted((raw.find(words), kind, words) for kind, words in known if words)
    for start, kind, words in found:
        if start >= place:
            yield "text", raw[place:start]
            yield kind, words
            place = start + len(words)
    yield "text", raw[place:]


def message_pieces(message: str) -> Iterator[tuple[str, bool]]:
    """Cut a finding's message into our words and what they quote (True)."""
    for index, part in enumerate(_QUOTED.split(message)):
        yield part, index % 2 == 1


def around(evidence: Evidence) -> tuple[str, str]:
    """Return the words before and after a passage, without the halves of cut words."""
    before, after = evidence.prefix, evidence.suffix
    if evidence.span.start > len(before):
        before = "… " + before.partition(" ")[2].lstrip()
    if after and after[-1].isalnum():
        after = after.rpartition(" ")[0].rstrip() + " …"
    return before, after


def _part(evidence: Evidence, start: int, end: int) -> str:
    return evidence.text[start - evidence.span.start : end - evidence.span.start]


def _lines(article: Article) -> Iterator[Span]:
    """Give the lines of the body: neither blank ones, nor those of the notes."""
    hidden = sorted((r.span for r in article.references if _is_note(r)), key=lambda s: s.start)
    place = 0
    for note in hidden:
        yield from _split(article.text, place, note.start)
        place = max(place, note.end)
    yield from _split(article.text, place, len(article.text))


def _is_note(reference: Reference) -> bool:
    return not reference.is_link and reference.span.start < reference.span.end


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if text[start:stop].strip():
            yield Span(start, stop)
        start = stop + 1


def _marks(verdicts: Sequence[Verdict]) -> Iterator[_Mark]:
    for index, verdict in enumerate(verdicts):
        if verdict.citation:
            yield _Mark(verdict.citation.span, index, is_marker=False)
            yield _Mark(verdict.citation.marker, index, is_marker=True)


def _runs(
    article: Article, verdicts: Sequence[Verdict], line: Span, marks: Sequence[_Mark]
) -> Iterator[Run]:
    """Cut a line wherever a mark begins or ends, in one sweep from left to right."""
    edges = {line.start, line.end}
    edges |= {e for m in marks for e in (m.span.start, m.span.end) if line.start < e < line.end}
    waiting = sorted(marks, key=lambda m: m.span.start, reverse=True)
    here: list[_Mark] = []
    for start, end in pairwise(sorted(edges)):
        while waiting and waiting[-1].span.start <= start:
            here.append(waiting.pop())
        here = [m for m in here if end <= m.span.end]
        worst = min(
            (verdicts[m.verdict].outcome for m in here), key=_RANK.__getitem__, default=None
        )
        markers = tuple(m.verdict for m in here if m.is_marker)
        yield Run(article.text[start:end], worst, markers)
