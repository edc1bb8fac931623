"""A quotation beside its source: which words agree, which were moved, and how alike they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from verify.judge.align import Pair, without_loose_ends
from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from verify.judge.align import Word

# Two words or more that stand elsewhere were moved; one alone only where another word took
# its place, as in «Iran attacked Iraq» for «Iraq attacked Iran».
_FEWEST_MOVED = 2


@dataclass(frozen=True)
class Comparison:
    """
    A quotation and a window of the text, word by word.

    `aligned` sets all of `quoted` beside a part of `source`, in order.
    """

    quoted: Sequence[Word]
    source: Sequence[Word]
    aligned: Sequence[Pair]

    @cached_property
    def _elsewhere(self) -> list[Pair]:
        """Quoted words that the window has in another place than the alignment, with it."""
        free = _rest(self.source, (p.source for p in self.aligned if p.is_same))
        replaced = {i for p in self.aligned if not p.is_same for i in _indices(p.source)}
        found: list[Pair] = []
        for run in _runs(_rest(self.quoted, (p.quoted for p in self.aligned if p.is_same))):
            start = run.start
            while start < run.end:
                pair = self._longest(start, run.end, free)
                length = pair.quoted.end - start
                if length >= _FEWEST_MOVED or (length and pair.source.start in replaced):
                    found.append(pair)
                    free.difference_update(_indices(pair.source))
                start += max(1, length)
        return found

    @cached_property
    def moved(self) -> list[Pair]:
        """Quoted words that the source has in another order, each beside its place."""
        return [pair for pair in self._elsewhere if not self._keeps_order(pair)]

    def _keeps_order(self, pair: Pair) -> bool:
        """Whether words found elsewhere only stand behind a passage that was left out."""
        return all(
            (other.quoted.start < pair.quoted.start) == (other.source.start < pair.source.start)
            for other in (*self.aligned, *self._elsewhere)
            if other.is_same and other != pair
        )

    @cached_property
    def pairs(self) -> list[Pair]:
        """The alignment in order: without the words that were moved, with those far behind."""
        ours = {i for pair in self._elsewhere for i in _indices(pair.quoted)}
        theirs = {i for pair in self._elsewhere for i in _indices(pair.source)}
        pairs = [pair for pair in self._elsewhere if self._keeps_order(pair)]
        for pair in self.aligned:
            quoted, source = pair.quoted, pair.source
            if not ours.isdisjoint(_indices(quoted)):
                quoted = Span(quoted.end, quoted.end)
            if not theirs.isdisjoint(_indices(source)):
                source = Span(source.end, source.end)
            if quoted.start < quoted.end or source.start < source.end:
                pairs.append(Pair(quoted, source, pair.is_same))
        pairs.sort(key=lambda pair: (pair.quoted.start, pair.source.start))
        return list(_with_gaps(without_loose_ends(pairs)))

    def _longest(self, start: int, end: int, free: set[int]) -> Pair:
        """Return the longest stretch of free source words that begins as `quoted[start:end]`."""
        best, place = 0, 0
        for index in sorted(free):
            length = 0
            while (
                start + length < end
                and index + length in free
                and self.quoted[start + length].key == self.source[index + length].key
            ):
                length += 1
            if length > best:
                best, place = length, index
        return Pair(Span(start, start + best), Span(place, place + best), is_same=True)

    @cached_property
    def span(self) -> Span:
        """The passage that the quotation was taken from, moved words included."""
        places = [p.source for p in (*self.pairs, *self.moved) if p.source.start < p.source.end]
        if not places:
            return Span(0, 0)
        first, last = min(p.start for p in places), max(p.end for p in places)
        return Span(self.source[first].span.start, self.source[last - 1].span.end)

    @property
    def agreement(self) -> float:
        """The share of the quotation's letters that the source has, moved words included."""
        kept = [p.quoted for p in self.pairs if p.is_same] + [p.quoted for p in self.moved]
        same = sum(len(self.quoted[i].key) for span in kept for i in _indices(span))
        total = sum(len(w.key) for w in self.quoted if not w.is_editorial)
        return min(1.0, same / total) if total else 0.0

    @property
    def similarity(self) -> float:
        """How alike quotation and passage are, letter by letter, from 0 to 1."""
        from rapidfuzz.distance import Indel

        quoted = " ".join(w.key for w in self.quoted if not w.is_editorial)
        span = self.span
        source = " ".join(w.key for w in self.source if span.start <= w.span.start < span.end)
        likeness = float(Indel.normalized_similarity(quoted, source))
        return max(likeness, self.agreement) if self.moved else likeness


def _with_gaps(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """Yield the pairs, and between them what the source has that no pair tells of."""
    end = pairs[0].source.start if pairs else 0
    for pair in pairs:
        here = Span(pair.quoted.start, pair.quoted.start)
        for index in range(end, pair.source.start):
            yield Pair(here, Span(index, index + 1), is_same=False)
        end = max(end, pair.source.end)
        yield pair


def _indices(span: Span) -> range:
    """Return the indices that a span holds."""
    return range(span.start, span.end)


def _rest(words: Sequence[Word], taken: Iterable[Span]) -> set[int]:
    """Return the indices of the words that no span takes."""
    return set(range(len(words))).difference(*map(_indices, taken))


def _runs(indices: set[int]) -> Iterator[Span]:
    """Yield the unbroken runs of a set of indices, in order."""
    for _, group in groupby(enumerate(sorted(indices)), key=lambda pair: pair[1] - pair[0]):
        run = [index for _, index in group]
        yield Span(run[0], run[-1] + 1)
