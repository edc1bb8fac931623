"""
The sentences of a document that may speak to a claim, best first.

Words find them in the claim's own language (BM25); across languages the encoder does, with
the names and numbers that both sides give. Where a cross-encoder is at hand, it reads the
foremost of them and puts first what speaks of the claim, for it or against it.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol

from verify.judge.named import NAME_MATCHED
from verify.judge.words import TERM, is_common, script, terms
from verify.language.fold import normalise
from verify.language.names import entries_in, find_name, find_names
from verify.language.numbers import find_numbers
from verify.language.sentences import split
from verify.model import Passage, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from verify.interfaces import Encoder
    from verify.language.names import NameMention
    from verify.model import Document

# Bounds for hostile pages. 2,500 sentences hold every page of the gate's HTML samples.
MAX_SENTENCES = 2500
LONGEST_SENTENCE = 1500

# How many sentences are encoded for one claim. The encoder takes 80 to 160 a second a core, and
# a page of 5,000 words has about 250: the whole of most pages is seen. Vectors are kept, so
# that the second claim on a page costs nothing. With half as many, chosen by words, fewer free
# paraphrases in a page's own language keep their passage among the foremost eight: 94 % in place
# of 96.5 (English), 96 in place of 98.5 (Persian; 200 written claims of each).
MAX_ENCODED = 240

# e5 cosines of unrelated sentences lie near 0.75 and those of true pairs near 0.91
# (997 Persian-English pairs): this stretches what lies between.
COSINE_FLOOR, COSINE_RANGE = 0.75, 0.18

# Weight of shared names and numbers beside the cosine across languages: on 30-sentence pages
# (285 TICO-19 and 140 FLORES claims) 0 to 0.15 puts the right sentence first every time, 0.3
# in 99 % and 0.8 in 97 %. Weight of the cosine beside BM25 in one language: on 30 FarsTail
# claims among 30 passages every value from 0 to 1 finds all; 0.5 parts absent ones best.
ANCHOR_WEIGHT = 0.15
COSINE_WEIGHT = 0.5

# A window of two sentences replaces its better half where it scores this much higher; chosen.
WINDOW_GAIN = 0.15

# Passages that the cross-encoder reads, and what its opinion weighs beside the rest. Chosen: eight
# short pairs take a tenth of a second, and a reading may make up for 0.3 of nearness.
RERANKED = 8
READING_WEIGHT = 0.3


class Readings(Protocol):
    """What the cross-encoder makes of passages; `None` where there is none."""

    def readings(self, claim: str, passages: Sequence[str]) -> Sequence[Sequence[float] | None]:
        """Return a row a passage: entailment, neutral, contradiction."""
        ...


@dataclass(frozen=True)
class _Sentence:
    """A sentence of a page. What is found in it is kept for further claims on the page."""

    span: Span
    text: str
    terms: tuple[str, ...]
    is_main: bool

    @cached_property
    def numbers(self) -> frozenset[Fraction]:
        return frozenset(m.value for m in find_numbers(self.text))

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(TERM.findall(normalise(self.text)))

    @cached_property
    def entries(self) -> frozenset[int]:
        return entries_in(self.text)


def passages(
    claim: str,
    document: Document,
    encoder: Encoder | None,
    *,
    limit: int = 3,
    reader: Readings | None = None,
) -> list[Passage]:
    """Return up to `limit` passages of `document` that suit `claim` best, best first."""
    sentences = _sentences(document.text, document.extraction.main)
    if not sentences or not claim.strip():
        return []
    is_cross = script(claim) != script(document.text[:20_000])
    wanted = max(limit, RERANKED) if reader else limit
    scores = _scores(claim, sentences, encoder, wanted, is_cross=is_cross)
    order = sorted(range(len(sentences)), key=lambda i: (-scores[i], not sentences[i].is_main, i))
    chosen = [i for i in order[:wanted] if scores[i] > 0]
    found = [_widen(claim, sentences, scores, i, document.text) for i in chosen]
    apart = _without_overlaps(sorted(found, key=lambda p: -p.score))
    return (_reranked(claim, apart, reader) if reader else apart)[:limit]


def _reranked(claim: str, found: Sequence[Passage], reader: Readings) -> list[Passage]:
    """Put first what is read as speaking of the claim. The scores stay those of retrieval."""
    rows = reader.readings(claim, [p.text for p in found])
    said = [0.0 if row is None else 1 - row[1] for row in rows]
    order = sorted(range(len(found)), key=lambda i: (-found[i].score - READING_WEIGHT * said[i], i))
    return [found[i] for i in order]


def surroundings(document: Document, passage: Passage, *, sides: int = 1) -> Passage:
    """Return the passage with so many sentences on either side, within its kind of text."""
    sentences = _sentences(document.text, document.extraction.main)
    inside = [i for i, s in enumerate(sentences) if _overlap(s.span, passage.span)]
    if not inside:
        return passage
    near = sentences[max(0, inside[0] - sides) : inside[-1] + sides + 1]
    spans = [s.span for s in near if s.is_main == passage.is_main]
    if not spans:
        return passage
    whole = Span(min(s.start for s in spans), max(s.end for s in spans))
    return replace(passage, text=document.text[whole.start : whole.end], span=whole)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _fuse(lexical: float, anchor: float, cosine: float | None, *, is_cross: bool) -> float:
    if cosine is None:
        return lexical * 0.5 if not is_cross else 0.3 * max(lexical, anchor)
    if is_cross:
        return (cosine + ANCHOR_WEIGHT * max(anchor, lexical)) / (1 + ANCHOR_WEIGHT)
    return (lexical + COSINE_WEIGHT * cosine) / (1 + COSINE_WEIGHT)


@lru_cache(maxsize=4)  # one page is asked about many claims
def _sentences(text: str, main: tuple[Span, ...]) -> tuple[_Sentence, ...]:
    return tuple(_cut(text, main))


def _cut(text: str, main: tuple[Span, ...]) -> Iterator[_Sentence]:
    for span in split(text)[:MAX_SENTENCES]:
        bounded = Span(span.start, min(span.end, span.start + LONGEST_SENTENCE))
        words = tuple(terms(text[bounded.start : bounded.end]))
        if len(words) > 2:
            is_main = not main or any(m.start <= span.start < m.end for m in main)
            yield _Sentence(bounded, text[bounded.start : bounded.end], words, is_main)


def _scores(
    claim: str,
    sentences: Sequence[_Sentence],
    encoder: Encoder | None,
    wanted: int,
    *,
    is_cross: bool,
) -> list[float]:
    """Return how well each sentence suits the claim; exact for those that may be the best."""
    lexical = _lexical(claim, [s.terms for s in sentences])
    every = range(len(sentences))
    are_all_encoded = encoder is not None and len(sentences) <= MAX_ENCODED
    anchors = _anchors(claim, sentences, every if is_cross and not are_all_encoded else ())
    hints = [lexical[i] + anchors.get(i, 0.0) for i in every]
    cosines = _cosines(claim, sentences, hints, encoder)
    if is_cross and are_all_encoded:
        anchors = _anchors(claim, sentences, _in_reach(lexical, cosines, wanted))
    return [
        _fuse(lexical[i], anchors.get(i, 0.0), cosines.get(i), is_cross=is_cross) for i in every
    ]


def _in_reach(lexical: Sequence[float], cosines: Mapping[int, float], wanted: int) -> list[int]:
    """Return the sentences that names and numbers can lift among the `wanted` best."""
    least, most = (
        [_fuse(word, anchor, cosines[i], is_cross=True) for i, word in enumerate(lexical)]
        for anchor in (0.0, 1.0)
    )
    bar = sorted(least, reverse=True)[:wanted][-1]
    return [i for i, score in enumerate(most) if score >= bar]


def _cosines(
    claim: str, sentences: Sequence[_Sentence], hints: Sequence[float], encoder: Encoder | None
) -> dict[int, float]:
    """Return the stretched cosine of the sentences worth encoding."""
    if encoder is None:
        return {}
    order = sorted(range(len(sentences)), key=lambda i: (-hints[i], not sentences[i].is_main, i))
    chosen = order[:MAX_ENCODED]
    vectors = encoder.encode([claim, *(sentences[i].text for i in chosen)])
    cosines = vectors[1:] @ vectors[0]
    return {i: stretch(float(cosine)) for i, cosine in zip(chosen, cosines.tolist(), strict=True)}


def stretch(cosine: float) -> float:
    """Spread the narrow range of e5 cosines over 0 to 1."""
    return min(1.0, max(0.0, (cosine - COSINE_FLOOR) / COSINE_RANGE))


def _lexical(claim: str, sentences: Sequence[Sequence[str]]) -> list[float]:
    """Return BM25 of each sentence, as a share of what the claim itself would score."""
    wanted = {term for term in terms(claim) if not is_common(term)}
    if not wanted:
        return [0.0] * len(sentences)
    counts = [Counter(sentence) for sentence in sentences]
    held = Counter(term for count in counts for term in wanted & count.keys())
    total = len(sentences)
    idf = {t: math.log(1 + (total - held[t] + 0.5) / (held[t] + 0.5)) for t in wanted}
    average = sum(map(len, sentences)) / total
    best = sum(idf.values())
    return [
        min(1.0, sum(idf[t] * _saturated(c[t], len(s), average) for t in wanted if t in c) / best)
        for c, s in zip(counts, sentences, strict=True)
    ]


def _saturated(count: int, length: int, average: float) -> float:
    """Weigh a term's count as BM25 does (k1 1.2, b 0.5): once in an average sentence is 1."""
    norm = 1.2 * (0.5 + 0.5 * length / average)
    return count * 2.2 / (count + norm)


def _anchors(claim: str, sentences: Sequence[_Sentence], places: Iterable[int]) -> dict[int, float]:
    """Return the share of the claim's names and numbers that the sentences at `places` have."""
    numbers = [m.value for m in find_numbers(claim) if not m.weak]
    names = find_names(claim)
    total = len(numbers) + len(names)
    if not total:
        return {}
    shares = {}
    for place in places:
        sentence = sentences[place]
        hits = sum(n in sentence.numbers for n in numbers)
        hits += sum(_has(sentence, name) for name in names)
        shares[place] = hits / total
    return shares


def _has(sentence: _Sentence, name: NameMention) -> bool:
    if name.entries:
        return not name.entries.isdisjoint(sentence.entries)
    return find_name(name.text, sentence.words) >= NAME_MATCHED


def _widen(
    claim: str, sentences: Sequence[_Sentence], scores: Sequence[float], index: int, text: str
) -> Passage:
    """Take a neighbour in where the two together say clearly more of the claim."""
    here = sentences[index]
    wanted = {term for term in terms(claim) if not is_common(term)}
    own = len(wanted & set(here.terms))
    best, gain = here.span, 0.0
    for other in (index - 1, index + 1):
        if not 0 <= other < len(sentences) or scores[other] > scores[index]:
            continue
        if sentences[other].is_main != here.is_main:
            continue
        more = (len(wanted & {*here.terms, *sentences[other].terms}) - own) / max(len(wanted), 1)
        if more > max(gain, WINDOW_GAIN) and more >= 2 / max(len(wanted), 1):
            first, last = sorted((here.span, sentences[other].span), key=lambda s: s.start)
            best, gain = Span(first.start, last.end), more
    score = min(1.0, scores[index] + gain / 2)
    return Passage(text[best.start : best.end], best, score, here.is_main)


def _without_overlaps(found: Sequence[Passage]) -> list[Passage]:
    kept: list[Passage] = []
    for passage in found:
        if all(passage.span.end <= k.span.start or k.span.end <= passage.span.start for k in kept):
            kept.append(passage)
    return kept
