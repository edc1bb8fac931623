"""
Find a quotation in a text, and say in what the two differ. No model is asked.

The search takes these steps, and the first that finds the quotation ends it:

1. exact: the text has it letter for letter;
2. ellipsis: it is in pieces, each of which is found by these steps, in order and near;
3. folded: the text has it in another spelling;
4. aligned: most of its words stand together in the text, by sequences of words that both
   have, or by RapidFuzz where there are too few of those.

Ends are exact in the original: `text[match.span.start:match.span.end] == match.text`. Where
several places are equally good, the words around the quotation choose among them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from verify.judge.align import Word, align, words
from verify.judge.comparison import Comparison
from verify.judge.difference import differences
from verify.judge.flips import denies
from verify.judge.surroundings import NOWHERE, Surroundings
from verify.language.fold import Folded, fold, rewrite
from verify.model import Difference, DifferenceKind, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EXACT, FOLDED, ALIGNED = "exact", "folded", "aligned"

# Chosen: fewer letters are a word or two, which match by accident where words may differ.
_FEWEST_LETTERS = 12
# An exact or folded place is looked at this often before the best so far is taken.
MOST_PLACES = 20
# A seed is four words in a row: of quotations with one word in ten changed two seeds in
# three survive, and twenty are enough to find the place.
_SEED = 4
_MOST_SEEDS = 20
# What RapidFuzz is given: beyond it a quotation that shares no four words is none.
_LONGEST_FUZZY = 1_000
# Words are compared one by one up to this many: four pages of print.
_MOST_WORDS = 1_500
# Around the place that a search found: its ends shift by what was added or left out.
_MARGIN = 30
# Between two pieces that an ellipsis joins: a paragraph or two.
_LONGEST_GAP = 1_500
# An ellipsis that hides a single «not» is no honest one. In longer gaps the denial belongs to
# what was left out (in the development data from five words on).
_SHORT_GAP = 3

_SURROUNDINGS = " \t\r\n\u200b\ufeff«»“”„\"'‘’‚‹›"
_ELLIPSIS = re.compile(
    r"\s{0,9}(?:[\[(]\s{0,9}(?:\.{3,}|…|\. \. \.)\s{0,9}[\])]|\.{3,}|…|\. \. \.)\s*"
)
# «[t]he» and «publish[ed]»: brackets inside a word
_MENDED = re.compile(r"\[([^\W\d_]+)\](?=[^\W_])|(?<=[^\W_])\[([^\W\d_]+)\]")
_LETTER = re.compile(r"[\w\u200c]")


@dataclass(frozen=True, slots=True)
class QuoteMatch:
    """
    Where a text has a quotation, and how far it is the same.

    `text` is the original's. `method` is `exact`, `folded` or `aligned`; `similarity` runs
    from 0 to 1 and proves nothing by itself: read `differences`.
    """

    span: Span
    text: str
    similarity: float
    method: str
    differences: tuple[Difference, ...] = ()
    places: int = 1
    """In how many places of the text it stands just so; the one that suits best is given."""

    @property
    def is_faithful(self) -> bool:
        """Whether nothing that was changed changes what is said."""
        return not any(d.kind.is_material for d in self.differences)


def find_quotation(
    quote: str,
    text: str,
    folded: Folded | None = None,
    *,
    near: Surroundings = NOWHERE,
) -> QuoteMatch | None:
    """
    Return the best place of `quote` in `text`, or `None` where it is absent.

    Of places that are equally good, the one that `near` speaks for; else the first. Pass
    `folded = fold(text)` where you keep it; otherwise the last few texts are kept here.
    """
    left, right = _trimmed(quote)
    if left == right:
        return None
    return _Search(quote, left, right, text, folded or _folded(text), near=near).find()


def nearest(quote: str, text: str, folded: Folded | None = None) -> QuoteMatch | None:
    """
    Return the passage most like `quote`, however unlike, or `None` where no word is shared.

    For the reader of a "not found": it is no finding.
    """
    left, right = _trimmed(quote)
    if left == right:
        return None
    return _Search(quote, left, right, text, folded or _folded(text)).nearest()


@lru_cache(maxsize=8)
def _folded(text: str) -> Folded:
    """Fold a text, and keep the last few: a source is searched for many quotations."""
    return fold(text)


def _trimmed(quote: str) -> tuple[int, int]:
    """Return the range of a quotation without the marks and spaces around it."""
    left = len(quote) - len(quote.lstrip(_SURROUNDINGS))
    return left, max(left, len(quote.rstrip(_SURROUNDINGS)))


@dataclass(frozen=True)
class _Search:
    """One quotation, `quote[left:right]`, in one text. Spans stay those of both wholes."""

    quote: str
    left: int
    right: int
    text: str
    folded: Folded
    first: int = 0
    last: int | None = None
    """Where in `text` to look."""
    near: Surroundings = NOWHERE

    @cached_property
    def words(self) -> list[Word]:
        """The words of the quotation."""
        folded = rewrite(fold(self.quote), _MENDED, lambda match: match[1] or match[2])
        start = bisect_left(folded.starts, self.left)
        end = bisect_left(folded.starts, self.right)
        return words(folded, self.quote, start, end, brackets="[" in self.quote)

    @cached_property
    def needle(self) -> str:
        """The letters and digits of the quotation, without what its author put in brackets."""
        return "".join(_letters(word) for word in self.words if not word.is_editorial)

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """Where among the letters of the text to look."""
        starts = self.folded.letters.starts
        last = len(starts) if self.last is None else bisect_left(starts, self.last)
        return bisect_left(starts, self.first), last

    def find(self) -> QuoteMatch | None:
        """Take the steps in turn."""
        return self._exact() or self._in_pieces() or self._in_folded() or self._aligned()

    def nearest(self) -> QuoteMatch | None:
        """Return the best window, whatever its worth."""
        found = self.find()
        if found or not self.needle or len(self.words) > _MOST_WORDS:
            return found
        windows = [w for w in (self._by_seeds(), self._by_likeness(0)) if w]
        matches = [m for m in (self._match(w, ALIGNED) for w in windows) if m]
        return max(matches, key=lambda m: m.similarity, default=None)

    # --- 1. exact ---

    def _exact(self) -> QuoteMatch | None:
        """Return the first place that has the quotation letter for letter."""
        wanted = self.quote[self.left : self.right]
        starts = _occurrences(wanted, self.text, self.first, self.last)
        spans = [Span(start, start + len(wanted)) for start in starts]
        found = [QuoteMatch(s, wanted, 1.0, EXACT) for s in spans if self._is_whole(s)]
        return self._likeliest(found)

    def _likeliest(self, found: Sequence[QuoteMatch]) -> QuoteMatch | None:
        """Choose among places that are equally good."""
        if len(found) < 2:
            return found[0] if found else None
        best = max(found, key=lambda match: self.near.speak_for(self.text, match.span))
        return replace(best, places=len(found))

    def _is_whole(self, span: Span) -> bool:
        """Whether a span begins and ends where words do."""
        return not (_is_inside(self.text, span.start) or _is_inside(self.text, span.end))

    # --- 2. in pieces ---

    def _in_pieces(self) -> QuoteMatch | None:
        """Return the passage that holds the pieces between ellipses, in order and near."""
        pieces = self._pieces()
        if len(pieces) < 2:
            return None
        anchor = max(range(len(pieces)), key=lambda i: len(pieces[i].needle))
        found: dict[int, QuoteMatch] = {}
        for index in (anchor, *range(anchor + 1, len(pieces)), *range(anchor - 1, -1, -1)):
            first, last = self.first, self.last
            if index > anchor:
                first = found[index - 1].span.end
                last = first + _LONGEST_GAP
            elif index < anchor:
                last = found[index + 1].span.start
                first = max(0, last - _LONGEST_GAP)
            match = replace(pieces[index], first=first, last=last).find()
            if match is None:
                return None
            found[index] = match
        return self._joined(pieces, [found[i] for i in range(len(pieces))])

    def _pieces(self) -> list[_Search]:
        """Return a search for each piece of the quotation that holds a letter."""
        cuts = [m.span() for m in _ELLIPSIS.finditer(self.quote, self.left, self.right)]
        starts = [self.left, *(end for _, end in cuts)]
        ends = [*(start for start, _ in cuts), self.right]
        pieces = [
            replace(self, left=start, right=end)
            for start, end in zip(starts, ends, strict=True)
            if start < end
        ]
        return [piece for piece in pieces if piece.needle]

    def _joined(self, pieces: Sequence[_Search], found: Sequence[QuoteMatch]) -> QuoteMatch:
        """Make one match of the matches of the pieces."""
        changes: list[Difference] = []
        for index, match in enumerate(found):
            if index:
                ours = Span(pieces[index - 1].right, pieces[index].left)
                theirs = Span(found[index - 1].span.end, match.span.start)
                changes.append(self._gap(ours, theirs))
            changes.extend(match.differences)
        span = Span(found[0].span.start, found[-1].span.end)
        weights = [len(piece.needle) for piece in pieces]
        likeness = sum(w * m.similarity for w, m in zip(weights, found, strict=True))
        method = ALIGNED if any(m.method == ALIGNED for m in found) else FOLDED
        text = self.text[span.start : span.end]
        return QuoteMatch(span, text, likeness / sum(weights), method, tuple(changes))

    def _gap(self, ours: Span, theirs: Span) -> Difference:
        """Return what an ellipsis amounts to: material only where it hides a denial."""
        left, right = self.quote[ours.start : ours.end], self.text[theirs.start : theirs.end]
        hidden = right.split()
        is_denial = len(hidden) <= _SHORT_GAP and any(map(denies, hidden))
        kind = DifferenceKind.NEGATION if is_denial else DifferenceKind.ELLIPSIS
        return Difference(kind, left, right, ours, theirs)

    # --- 3. folded ---

    def _in_folded(self) -> QuoteMatch | None:
        """Return the place that has the same letters and the fewest differences."""
        letters = self.folded.letters
        best: list[QuoteMatch] = []
        if not self.needle:
            return None
        for start in _occurrences(self.needle, letters.text, *self.bounds):
            span = letters.original(start, start + len(self.needle))
            if not self._is_whole(span):
                continue
            if len(self.words) > _MOST_WORDS:
                return self._unread(span)
            match = self._match(span, FOLDED)
            if match and match.is_faithful:
                best.append(match)
        fewest = min((len(match.differences) for match in best), default=0)
        return self._likeliest([m for m in best if len(m.differences) == fewest])

    def _unread(self, span: Span) -> QuoteMatch:
        """Return a match of the same letters that is too long to be compared by words."""
        ours = Span(self.left, self.right)
        left, right = self.quote[ours.start : ours.end], self.text[span.start : span.end]
        whole = Difference(DifferenceKind.SPELLING, left, right, ours, span)
        return QuoteMatch(span, right, 1.0, FOLDED, (whole,))

    # --- 4. aligned ---

    def _aligned(self) -> QuoteMatch | None:
        """Return the place where enough of the words stand together."""
        if len(self.needle) < _FEWEST_LETTERS or len(self.words) > _MOST_WORDS:
            return None
        for window in self._windows():
            match = self._match(window, ALIGNED, is_candidate=True)
            if match:
                return match
        return None

    def _windows(self) -> Iterator[Span]:
        """Yield the places to look at, the cheaper search first."""
        seeded = self._by_seeds()
        if seeded:
            yield seeded
        likely = self._by_likeness(_LEAST_LIKENESS)
        if likely:
            yield likely

    def _by_seeds(self) -> Span | None:
        """Return the window in which most sequences of four words are found."""
        hits = sorted(self._hits())
        width = 2 * len(self.needle) + 600
        best: list[tuple[int, int]] = []
        start = 0
        for end in range(len(hits)):
            while hits[end][0] - hits[start][0] > width:
                start += 1
            here = hits[start : end + 1]
            if len({offset for _, offset in here}) > len({offset for _, offset in best}):
                best = here
        if not best:
            return None
        letters = self.folded.letters
        first = max(self.bounds[0], min(place - offset for place, offset in best))
        last = max(place - offset for place, offset in best) + len(self.needle)
        return letters.original(first, min(last, self.bounds[1]))

    def _hits(self) -> Iterator[tuple[int, int]]:
        """Yield where the letters of the text have a seed, and where the quotation has it."""
        kept = [_letters(word) for word in self.words if not word.is_editorial]
        step = len(kept) // _MOST_SEEDS + 1
        offset = 0
        for index, word in enumerate(kept):
            seed = "".join(kept[index : index + _SEED])
            is_full = index + _SEED <= len(kept) and len(seed) >= _FEWEST_LETTERS
            if is_full and index % step == 0:
                for place in _occurrences(seed, self.folded.letters.text, *self.bounds):
                    yield place, offset
            offset += len(word)

    def _by_likeness(self, least: float) -> Span | None:
        """Return the window that RapidFuzz finds most like the quotation."""
        if len(self.needle) > _LONGEST_FUZZY:
            return None
        from rapidfuzz.fuzz import partial_ratio_alignment

        letters = self.folded.letters
        first, last = self.bounds
        if last - first <= len(self.needle):
            return letters.original(first, last) if first < last else None
        found = partial_ratio_alignment(self.needle, letters.text[first:last], score_cutoff=least)
        if found is None or found.dest_start == found.dest_end:
            return None
        return letters.original(first + found.dest_start, first + found.dest_end)

    def _match(self, window: Span, method: str, *, is_candidate: bool = False) -> QuoteMatch | None:
        """Align the quotation with a window; a mere candidate must agree well enough."""
        margin = _MARGIN if method == ALIGNED else 0
        start = bisect_left(self.folded.starts, window.start)
        end = bisect_left(self.folded.starts, window.end)
        start, end = _widened(self.folded.text, start, end, margin)
        source = words(self.folded, self.text, start, end)
        comparison = Comparison(self.words, source, align(self.words, source))
        if is_candidate and not _is_enough(comparison, len(self.needle)):
            return None
        span = comparison.span
        if span.start == span.end:
            return None
        found = differences(comparison, self.quote, self.text)
        text = self.text[span.start : span.end]
        return QuoteMatch(span, text, comparison.similarity, method, found)


# Chosen: this only saves the alignment of hopeless windows. RapidFuzz makes up to 77 of whole
# sentences that are absent, so what is above it is judged by `_least`.
_LEAST_LIKENESS = 60.0


def _least(letters: int) -> float:
    """
    Return how alike a passage must be to be taken for the source of so many letters.

    Measured with 570 absent fragments and sentences in pages of 900 sentences, Persian and
    English: of 12 to 15 letters one in 40 finds a passage .87 alike, of 16 to 25 none above
    .85, of 26 to 33 none above .77, of more none above .72. Of true ones with a tenth of the
    letters edited, all of 60 letters and more stay above this line, and 95 % of shorter ones.
    """
    return 0.73 + 2.4 / letters


def _is_enough(comparison: Comparison, letters: int) -> bool:
    """
    Whether so much agrees that the passage is what the quotation was taken from.

    Where words were left out the passage is longer than the quotation, and only the share
    of the quotation that the source has can tell.
    """
    return max(comparison.similarity, comparison.agreement) >= _least(letters)


def _letters(word: Word) -> str:
    """Return a word as the text without marks has it."""
    return "".join(c for c in word.key if c.isalnum())


def _occurrences(needle: str, text: str, first: int, last: int | None) -> Iterator[int]:
    """Yield the first places where a text has a string."""
    place = first - 1
    end = len(text) if last is None else last
    for _ in range(MOST_PLACES):
        place = text.find(needle, place + 1, end)
        if place < 0:
            return
        yield place


def _is_inside(text: str, place: int) -> bool:
    """Whether a place of a text has letters of one word on both sides."""
    return bool(
        0 < place < len(text) and _LETTER.match(text[place - 1]) and _LETTER.match(text[place])
    )


def _widened(text: str, start: int, end: int, margin: int) -> tuple[int, int]:
    """Widen a range by a margin, and on to the edges of words."""
    start, end = max(0, start - margin), min(len(text), end + margin)
    left = text.rfind(" ", max(0, start - _MARGIN), start + 1)
    right = text.find(" ", max(0, end - 1), end + _MARGIN)
    return (left if left >= 0 and margin else start), (right if right >= 0 and margin else end)
