"""
From markers to claims: the sentence that a note is attached to, and what leans on it.

Most wrong verdicts on citations come from judging a sentence by its neighbour's note, so
the binding is strict: a marker belongs to the sentence it stands in or directly behind.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify.article.manuscript import Marker, tidy
from verify.article.quotations import Pair, find_pairs
from verify.language import sentences
from verify.model import Citation, Claim, ClaimKind, Quotation, Span

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from verify.article.manuscript import Manuscript

# Scare quotes, terms and most names are shorter than five words; longer names betray
# themselves by their capitals. A rule of thumb, chosen by reading and not measured.
QUOTE_WORDS = 5

# "of", "and", "to": English titles leave them without a capital.
SHORT_WORD = 3

# A sentence with fewer words is a fragment ("So he said.") that only the one before explains.
FRAGMENT_WORDS = 4

# What a judge and a reader can take in beside a claim: about a dozen sentences.
CONTEXT_LENGTH = 2000

CUT = "\ufdd0"
"""Stands where a marker was cut out; a code point that no text may contain."""

CLOSING_PUNCTUATION = ".,;:!?…،؛؟۔»”’)]"

CONNECTIVE = re.compile(
    r"(?:and|but|or|yet|so|then|also|still|however|moreover|furthermore|nevertheless|"
    r"therefore|thus|indeed|instead|later|meanwhile|besides|و|اما|ولی|لیکن|البته|همچنین|"
    r"سپس|بنابراین|با این حال|در عین حال)\b[,،]?\s+",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"(?:he|she|they|him|her|them|his|their|theirs|its|the (?:former|latter|same)|"
    r"او|وی|ایشان|آنان|اینان|آن(?:[\u200c ]?ها)|این(?:[\u200c ]?ها)|نامبرده|همو)(?![\w\u200c])",
    re.IGNORECASE,
)
IT = re.compile(r"it(?:['’]s)?\b", re.IGNORECASE)
IMPERSONAL = re.compile(
    # "it is known that", "it seems to": nothing stands behind this "it"
    r"it(?:['’]s| is| was| has been| had been| can be| could be| should be| must be| may be| "
    r"seems| appears| turned out| follows)\b[^.;:]{0,60}?\b(?:that|to)\b",
    re.IGNORECASE,
)
BARE_DEMONSTRATIVE = re.compile(
    # a demonstrative with a verb behind it is a subject of its own; with a noun it is not
    r"(?:(?:this|that|these|those|such)\s+"
    r"(?:is|was|are|were|has|have|had|will|would|can|could|may|might|must|should|shall|does|do|"
    r"did|also|alone|in turn|means|meant|came|comes|led|leads|made|makes|shows|showed|shown|"
    r"happens|happened|includes|included|follows|followed|allowed|enabled|prompted|caused|"
    r"causes|gave|gives|took|takes|seems|suggests|suggested|reflects|marks|marked)\b|"
    r"(?:این|آن|همین|همان|چنین)\s*(?:[،,]|(?:است|بود|را|هم|نیز|یعنی|که|در حالی|امر|کار|"
    r"باعث|سبب|موجب|نشان|به معنا[یي]?)(?![\w\u200c])))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph with its sentences and quotations; all spans index `masked`."""

    start: int
    masked: str
    """The paragraph, as long as it was, with CUT for markers and spaces for line breaks."""
    sentences: tuple[Span, ...]
    pairs: tuple[Pair, ...]
    quotations: tuple[Quotation, ...]
    """With spans that index the article."""

    def sentence_at(self, offset: int) -> int:
        """Return the index of the sentence that a marker at `offset` belongs to."""
        return max(0, bisect_right(self.sentences, offset, key=lambda s: s.start) - 1)

    def is_spoken(self) -> bool:
        """Whether anything but markers stands here."""
        return any(c.isalnum() for c in self.masked)


def find_claims(manuscript: Manuscript) -> tuple[tuple[Citation, ...], tuple[Quotation, ...]]:
    """Return the citations of all paragraphs, in order, and every quotation."""
    markers = sorted(manuscript.markers, key=lambda m: (m.span.start, m.span.end))
    citations: list[Citation] = []
    quotations: list[Quotation] = []
    previous: _Paragraph | None = None
    for span in manuscript.paragraphs:
        here = _within(markers, span)
        paragraph = _read(manuscript.text, span, here)
        if paragraph.is_spoken():
            citations += _cite(paragraph, here)
            quotations += paragraph.quotations
            previous = paragraph
        elif previous:
            citations += _cite_above(previous, here)
    return tuple(citations), tuple(quotations)


def _within(markers: Sequence[Marker], span: Span) -> list[Marker]:
    """Return the markers that begin inside `span`."""
    first = bisect_left(markers, span.start, key=lambda m: m.span.start)
    last = bisect_left(markers, span.end, key=lambda m: m.span.start)
    return list(markers[first:last])


def _read(text: str, span: Span, markers: Sequence[Marker]) -> _Paragraph:
    """Split a paragraph into sentences, with its markers out of the splitter's way."""
    masked = _mask(text, span, markers)
    readable = masked.replace(CUT, " ")
    pairs = find_pairs(readable)
    return _Paragraph(
        start=span.start,
        masked=masked,
        sentences=tuple(sentences.split(readable)) or (Span(0, len(masked)),),
        pairs=pairs,
        quotations=tuple(_quotation(masked, p, span.start) for p in pairs),
    )


def _mask(text: str, span: Span, markers: Sequence[Marker]) -> str:
    """Return the paragraph, exactly as long, with its markers cut out and on one line."""
    pieces: list[str] = []
    at = span.start
    for marker in markers:
        if marker.is_link or marker.span.end <= at:
            continue
        start, end = max(at, marker.span.start), min(marker.span.end, span.end)
        pieces += [text[at:start], CUT * (end - start)]
        at = end
    pieces.append(text[at : span.end])
    return "".join(pieces).replace("\n", " ").replace("\r", " ")


def _quotation(masked: str, pair: Pair, offset: int) -> Quotation:
    """Return the words between two marks, without the spaces beside them."""
    inner = masked[pair.inner.start : pair.inner.end]
    start = pair.inner.start + len(inner) - len(inner.lstrip(" \t" + CUT))
    end = pair.inner.start + len(inner.rstrip(" \t" + CUT))
    end = max(start, end)
    return Quotation(plain(masked[start:end]), Span(offset + start, offset + end))


def plain(masked: str) -> str:
    """Return the words of a masked stretch as one tidy line."""
    return tidy(re.sub(rf"[ \t]{{0,20}}{CUT}+[ \t]*", _stitch, masked))


def _stitch(match: re.Match[str]) -> str:
    """Close the gap that a marker leaves: with nothing before punctuation, else as it was."""
    following = match.string[match.end() : match.end() + 1]
    before = match.string[match.start() - 1 : match.start()]
    if following in CLOSING_PUNCTUATION:
        return ""
    is_spaced = match[0].strip(CUT) != ""
    return " " if is_spaced or before in CLOSING_PUNCTUATION else ""


def _cite(paragraph: _Paragraph, markers: Sequence[Marker]) -> Iterator[Citation]:
    """Yield one citation a marker; the markers of one sentence share its claim."""
    groups: dict[int, list[Marker]] = {}
    for marker in markers:
        index = paragraph.sentence_at(marker.span.start - paragraph.start)
        groups.setdefault(index, []).append(marker)
    since = 0
    for index, group in sorted(groups.items()):
        span, claim = _claim(paragraph, index, since, cited=groups.keys())
        end = max(m.span.end for m in group) - paragraph.start
        start = min(m.span.start for m in group) - paragraph.start
        whole = Span(paragraph.start + min(span.start, start), paragraph.start + max(span.end, end))
        yield from (Citation(m.label, m.span, whole, claim) for m in group)
        since = max(end, span.end)


def _cite_above(previous: _Paragraph, markers: Sequence[Marker]) -> Iterator[Citation]:
    """Bind markers that stand alone in a paragraph to the last sentence above them."""
    span, claim = _claim(previous, len(previous.sentences) - 1, 0)
    for marker in markers:
        whole = Span(previous.start + span.start, marker.span.end)
        yield Citation(marker.label, marker.span, whole, claim)


def _claim(
    paragraph: _Paragraph, index: int, since: int, *, cited: Container[int] = ()
) -> tuple[Span, Claim]:
    """
    Return the claim of sentence `index`, whose last neighbour's marker ends at `since`.

    `cited` are the sentences of the paragraph that have a note of their own.
    """
    first, end = _first(paragraph, index, cited), paragraph.sentences[index].end
    start = paragraph.sentences[first].start
    quotations = tuple(_quotations_within(paragraph, start, end))
    is_quote = any(is_speech(q.text) for q in quotations)
    return Span(start, end), Claim(
        text=plain(paragraph.masked[start:end]),
        kind=ClaimKind.QUOTE if is_quote else ClaimKind.PARAPHRASE,
        quotations=quotations,
        context=_context(paragraph, since, end),
    )


def is_speech(quoted: str) -> bool:
    """Whether words in quotation marks are somebody's, and not a name, a title or a term."""
    words = quoted.split()
    if len(words) < QUOTE_WORDS:
        return False
    long_words = [w for w in words if len(w) > SHORT_WORD and (w.islower() or w[0].isupper())]
    is_name = len(long_words) > 1 and all(w[0].isupper() for w in long_words)
    return not is_name


def _first(paragraph: _Paragraph, index: int, cited: Container[int]) -> int:
    """
    Return the sentence that the claim begins with: `index`, or one before that it needs.

    What has a note of its own is for that source to bear out, and would be held against this
    one; only a fragment, which says nothing alone, takes it along all the same.
    """
    first = index
    start = paragraph.sentences[index].start
    sentence = plain(paragraph.masked[start : paragraph.sentences[index].end])
    is_free = index - 1 not in cited or _is_fragment(sentence)
    if index and is_free and leans_on_the_one_before(sentence):
        first = index - 1
    # a quotation that began earlier is quoted from this source as a whole
    place = bisect_right(paragraph.pairs, start, key=lambda p: p.start) - 1
    if place >= 0 and paragraph.pairs[place].end > start:
        first = min(first, paragraph.sentence_at(paragraph.pairs[place].start))
    return first


def _quotations_within(paragraph: _Paragraph, start: int, end: int) -> Iterator[Quotation]:
    """Yield the quotations that begin from `start` to `end`."""
    first = bisect_left(paragraph.pairs, start, key=lambda p: p.start)
    last = bisect_left(paragraph.pairs, end, key=lambda p: p.start)
    yield from paragraph.quotations[first:last]


def _context(paragraph: _Paragraph, since: int, end: int) -> str:
    """Return the text from `since` to `end`, from the beginning of a sentence if it is long."""
    if end - since > CONTEXT_LENGTH:
        nearest = bisect_left(paragraph.sentences, end - CONTEXT_LENGTH, key=lambda s: s.start)
        since = paragraph.sentences[min(nearest, len(paragraph.sentences) - 1)].start
    return plain(paragraph.masked[since:end]).lstrip(" .,;")


def _is_fragment(sentence: str) -> bool:
    return len(sentence.split()) < FRAGMENT_WORDS


def leans_on_the_one_before(sentence: str) -> bool:
    """Whether `sentence` cannot be read alone: a fragment, or about an unnamed it, he or this."""
    if _is_fragment(sentence):
        return True
    bare = sentence.lstrip("\"'“”«‘([ \u200f\u200e")
    bare = CONNECTIVE.sub("", bare, count=1) if CONNECTIVE.match(bare) else bare
    if IT.match(bare):
        return not IMPERSONAL.match(bare)
    return bool(PRONOUN.match(bare) or BARE_DEMONSTRATIVE.match(bare))
