"""Which stretch of a text is marked as what: an article by claims, a passage by differences."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from verify.hosts import in_ascii
from verify.model import Side, Span
from verify.report.words import SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.model import Article, Difference, Evidence, Outcome, Reference, Verdict, WordLink

_QUOTED = re.compile("(?<=“)([^“”]+)(?=”)")

# A stretch in Persian or Arabic letters, with the spaces, digits and marks between its words.
_FROM_RIGHT = re.compile(
    "([\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]"
    "(?:[\u0600-\u06ff\u200c\u200d\ufb50-\ufdff\ufe70-\ufeff\\s.:/-]*"
    "[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff])?)"
)

_RANK = {outcome: rank for rank, outcome in enumerate(SIGNS)}


# A claim is a sentence or two; the bound is for forged reports, whose claims could each span
# the whole article.
MOST_LINES = 100

# A sentence carries a marker or two; the bound is for forged reports, whose claims could all
# span the same text, so that every stretch would name every claim.
MOST_CLAIMS = 8

# A claim has a dozen words that can be linked; the bound is for forged reports.
MOST_LINKS = 60

# As many differences of one claim as there are letters to tell them apart by.
MOST_LETTERS = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a claim or a passage, and how it differs."""

    text: str
    differs: bool = False
    ends: tuple[int, ...] = ()
    """The material differences that end with it, as indices: where their letters stand."""
    word: int | None = None
    """Which of the linked words it belongs to."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that is marked in one way."""

    text: str
    outcome: Outcome | None = None
    """The worst outcome of the claims that it belongs to."""
    markers: tuple[int, ...] = ()
    """The verdicts whose marker it is, as indices."""
    claims: tuple[int, ...] = ()
    """The verdicts whose claim it is part of, as indices, the first few."""


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


def material(verdict: Verdict) -> list[Difference]:
    """Return the differences that change what is said, in the order of their letters."""
    return [d for d in verdict.differences if d.kind.is_material]


def _lettered(verdict: Verdict | None) -> list[tuple[int, Difference]]:
    return list(enumerate(material(verdict)[:MOST_LETTERS])) if verdict else []


def source_pieces(evidence: Evidence, verdict: Verdict | None) -> Iterator[Piece]:
    """Cut a passage into what agrees and what differs in substance, where that is known."""
    offset = evidence.span.start
    places = []
    for index, d in _lettered(verdict):
        if d.side is Side.ORIGINAL:
            span = d.source_span and Span(d.source_span.start - offset, d.source_span.end - offset)
            places.append((span or _only(evidence.text, d.source_text), index))
    is_first = verdict is not None and evidence is verdict.evidence[0]
    yield from _cut(evidence.text, places, [k.passage for k in _links(verdict)] if is_first else ())


def english_pieces(evidence: Evidence, verdict: Verdict | None) -> Iterator[Piece]:
    """Cut a passage's translation by the differences that were seen in it."""
    text = evidence.english or ""
    places = [
        (_only(text, d.source_text), index)
        for index, d in _lettered(verdict)
        if d.side is Side.TRANSLATION
    ]
    yield from _cut(text, places)


def claim_pieces(verdict: Verdict) -> Iterator[Piece]:
    """Cut a claim by what differs from its source."""
    text = verdict.claim.text
    places = [(_in_claim(verdict, d), index) for index, d in _lettered(verdict)]
    yield from _cut(text, places, [link.claim for link in _links(verdict)])


def word_pairs(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Give the words of a claim that have a counterpart in the first passage, with it."""
    for link in _links(verdict):
        claim, passage = verdict.claim.text, verdict.evidence[0].text
        yield (
            claim[link.claim.start : link.claim.end],
            passage[link.passage.start : link.passage.end],
        )


def unborne_words(verdict: Verdict) -> list[str]:
    """Return the words of a claim that its source does not bear out, each once."""
    words = (verdict.claim.text[s.start : s.end] for s in verdict.unborne[:MOST_LETTERS])
    return list(dict.fromkeys(word for word in words if word.strip()))


def _links(verdict: Verdict | None) -> Sequence[WordLink]:
    return verdict.evidence[0].links[:MOST_LINKS] if verdict and verdict.evidence else ()


def _in_claim(verdict: Verdict, difference: Difference) -> Span | None:
    """Return where a difference stands in the claim's text: its span may count in a quotation."""
    span, text = difference.claim_span, verdict.claim.text
    if span and span.start < span.end:
        for words in (*(q.text for q in verdict.claim.quotations), text):
            start = text.find(words)
            if start >= 0 and words[span.start : span.end] == difference.claim_text:
                return Span(start + span.start, start + span.end)
    return _only(text, difference.claim_text)


def _only(text: str, words: str) -> Span | None:
    """Return where `words` stand in `text`, if they stand there once."""
    start = text.find(words) if words else -1
    if start < 0 or text.find(words, start + 1) >= 0:
        return None
    return Span(start, start + len(words))


def _cut(
    text: str, places: Sequence[tuple[Span | None, int]], words: Sequence[Span] = ()
) -> Iterator[Piece]:
    """Cut a text at the edges of linked words and differences; these may lie in one another."""
    known = [
        (max(0, span.start), min(span.end, len(text)), index)
        for span, index in places
        if span and span.start < min(span.end, len(text))
    ]
    edges = {0, len(text), *(edge for start, end, _ in known for edge in (start, end))}
    edges |= {min(edge, len(text)) for word in words for edge in (word.start, word.end)}
    for first, last in pairwise(sorted(edges)):
        over = [(end, index) for start, end, index in known if start <= first and last <= end]
        ends = tuple(index for end, index in over if end == last)
        linked = (n for n, word in enumerate(words) if word.start <= first and last <= word.end)
        yield Piece(text[first:last], bool(over), ends, next(linked, None))


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
    for index, part in enumerate(_QUOTED.split(in_ascii(message))):
        yield part, index % 2 == 1


def mixed(text: str) -> Iterator[tuple[str, bool]]:
    """Cut an English sentence into its own words and what runs from right to left (True)."""
    for index, part in enumerate(_FROM_RIGHT.split(in_ascii(text))):
        yield part, index % 2 == 1


def around(evidence: Evidence) -> tuple[str, str]:
    """Return the words before and after a passage, without the halves of cut words."""
    before, after = evidence.prefix, evidence.suffix
    if evidence.span.start > len(before):
        before = "… " + before.partition(" ")[2].lstrip()
    if after and after[-1].isalnum():
        after = after.rpartition(" ")[0].rstrip() + " …"
    return before, after


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
        claims = tuple(islice((m.verdict for m in here if not m.is_marker), MOST_CLAIMS))
        yield Run(article.text[start:end], worst, markers, claims)
