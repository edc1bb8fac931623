"""
What the differences between a quotation and its source amount to.

Each is typed, because a likeness of 99 % proves nothing: «کاهش داشت» and «کاهش نداشت» are one
letter apart. Only a changed spelling, digit script, space, mark or case is harmless, and
what the author marks as his own: brackets and ellipses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from verify.judge.flips import denies, hedges, is_flip
from verify.language.dates import find_dates, is_calendar_word
from verify.language.names import find_names
from verify.language.numbers import find_numbers
from verify.language.speech import find_titled
from verify.model import Difference, DifferenceKind, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from fractions import Fraction

    from verify.judge.align import Pair, Word
    from verify.judge.comparison import Comparison

# This many words left out in a row are a passage left out, and not a slip.
_OMISSION = 3
# An author's brackets stand for this many words of the source, not for whole clauses.
_BRACKETED = 4
# A day and month without a year still make a date; which year does not matter here.
_SOME_DAY = date(2020, 1, 1)
_ARABIC_DIGITS = re.compile("[٠-٩۰-۹]")
_JOINS = re.compile("[\\s\u200c\u200b\u00ad-]+")


def differences(comparison: Comparison, quote: str, text: str) -> tuple[Difference, ...]:
    """Return every difference of a quotation from its source, those of order first."""
    return tuple(_Typist(comparison, quote, text).differences())


@dataclass(frozen=True)
class _Typist:
    """Types the differences of one comparison; what it must look up it looks up once."""

    comparison: Comparison
    quote: str
    text: str

    def differences(self) -> Iterator[Difference]:
        """Yield the differences, those of order first."""
        for pair in self.comparison.moved:
            yield self._difference(DifferenceKind.ORDER, pair.quoted, pair.source)
        before: Pair | None = None
        for run in self._runs():
            if run[0].is_same:
                yield from self._harmless(run[0], before)
                before = run[0]
            else:
                yield from self._material(run)
                before = None

    def _runs(self) -> Iterator[list[Pair]]:
        """Yield each pair that agrees alone, and what lies between two of them together."""
        run: list[Pair] = []
        for pair in self.comparison.pairs:
            if not pair.is_same:
                run.append(pair)
                continue
            if run:
                yield run
                run = []
            yield [pair]
        if run:
            yield run

    # --- harmless ---

    def _harmless(self, pair: Pair, before: Pair | None) -> Iterator[Difference]:
        """Yield how words that agree are written differently, and the marks before them."""
        if before is not None:
            yield from self._marks(before, pair)
        ours, theirs = self._sides(pair)
        left, right = self.quote[ours.start : ours.end], self.text[theirs.start : theirs.end]
        if left != right:
            yield Difference(_writing(left, right), left, right, ours, theirs)

    def _marks(self, before: Pair, after: Pair) -> Iterator[Difference]:
        """Yield the difference between the marks that stand between two pairs of words."""
        (left, left_source), (right, right_source) = self._sides(before), self._sides(after)
        ours = Span(left.end, right.start)
        theirs = Span(left_source.end, right_source.start)
        mine, source = self.quote[ours.start : ours.end], self.text[theirs.start : theirs.end]
        is_near = (
            before.quoted.end == after.quoted.start and before.source.end == after.source.start
        )
        if is_near and "".join(mine.split()) != "".join(source.split()):
            yield Difference(DifferenceKind.PUNCTUATION, mine, source, ours, theirs)

    # --- material ---

    def _material(self, run: Sequence[Pair]) -> Iterator[Difference]:
        """Yield what the words between two agreements amount to."""
        if self._is_same_number(run):
            yield self._difference(DifferenceKind.SPELLING, *_hull(run))
            return
        brackets = sum(self._is_editorial(pair) for pair in run)
        is_bracketed = brackets and sum(not _is_empty(p.source) for p in run) <= _BRACKETED
        for group in _grouped(run):
            yield from self._typed(group, is_bracketed=bool(is_bracketed))

    def _typed(self, group: Sequence[Pair], *, is_bracketed: bool) -> Iterator[Difference]:
        """Yield the differences of one changed or added word, or of the words dropped together."""
        kinds = [self._kind(pair) for pair in group]
        if is_bracketed:
            kinds = [
                kind if self._stays(kind, pair) else DifferenceKind.EDITORIAL
                for kind, pair in zip(kinds, group, strict=True)
            ]
        elif len(group) >= _OMISSION:
            yield self._difference(DifferenceKind.OMISSION, group[0].quoted, _hull(group)[1])
            kinds = [k if k is DifferenceKind.NEGATION else DifferenceKind.OMISSION for k in kinds]
            group, kinds = _without(group, kinds, DifferenceKind.OMISSION)
        for pair, kind in zip(group, kinds, strict=True):
            yield self._difference(kind, pair.quoted, pair.source)

    def _stays(self, kind: DifferenceKind, pair: Pair) -> bool:
        """Whether a change is no author's to make, even in brackets."""
        if kind is DifferenceKind.NUMBER:
            return not self._is_editorial(pair)
        return kind is DifferenceKind.NEGATION

    def _kind(self, pair: Pair) -> DifferenceKind:
        """Return what one changed, added or dropped word amounts to: the gravest that holds."""
        ours, theirs = self._words(pair)
        if not (ours and theirs):
            return self._kind_alone(ours or theirs, is_added=bool(ours))
        left, right = ours[0].raw, theirs[0].raw
        is_calendar = is_calendar_word(left) and is_calendar_word(right)
        tests: tuple[tuple[DifferenceKind, Callable[[], bool]], ...] = (
            (DifferenceKind.NEGATION, lambda: is_flip(left, right)),
            (DifferenceKind.DATE, lambda: is_calendar or self._in_date(pair)),
            (DifferenceKind.UNIT, lambda: _changes_unit(left, right)),
            (DifferenceKind.NUMBER, lambda: _is_number(left) or _is_number(right)),
            (DifferenceKind.NUMBER, lambda: _are_numbers(left, right)),
            (DifferenceKind.MODALITY, lambda: hedges(left) or hedges(right)),
            (DifferenceKind.NAME, lambda: self._in_name(pair)),
        )
        kinds = (kind for kind, holds in tests if holds())
        return next(kinds, DifferenceKind.WORD_CHANGED)

    def _kind_alone(self, words: Sequence[Word], *, is_added: bool) -> DifferenceKind:
        """Return what a word amounts to that only one side has."""
        raw = words[0].raw
        if denies(raw):
            return DifferenceKind.NEGATION
        if _is_number(raw):
            return DifferenceKind.NUMBER
        if hedges(raw):
            return DifferenceKind.MODALITY
        return DifferenceKind.WORD_ADDED if is_added else DifferenceKind.WORD_DROPPED

    def _is_same_number(self, run: Sequence[Pair]) -> bool:
        """Whether a run writes one number in two ways: «12» and «twelve»."""
        ours, theirs = (_number(part) for part in self._raw(*_hull(run)))
        return ours is not None and ours == theirs

    def _in_date(self, pair: Pair) -> bool:
        """Whether a changed word is part of a date on both sides."""
        ours, theirs = self._sides(pair)
        return _is_within(ours, self._dates[0]) and _is_within(theirs, self._dates[1])

    def _in_name(self, pair: Pair) -> bool:
        """Whether a changed word is part of a name on either side, and could be on the other."""
        ours, theirs = self._sides(pair)
        left, right = self._raw(pair.quoted, pair.source)
        could_be = all(not word[0].islower() for word in (left, right))
        is_name = _is_within(ours, self._names[0]) or _is_within(theirs, self._names[1])
        return could_be and is_name

    @cached_property
    def _dates(self) -> tuple[list[Span], list[Span]]:
        """The dates of the quotation and of the passage."""
        ours, theirs = self._passages
        offset = self.comparison.span.start
        return (
            [mention.span for mention in find_dates(ours, near=_SOME_DAY)],
            [_shift(mention.span, offset) for mention in find_dates(theirs, near=_SOME_DAY)],
        )

    @cached_property
    def _names(self) -> tuple[list[Span], list[Span]]:
        """The names of the quotation and of the passage."""
        ours, theirs = self._passages
        offset = self.comparison.span.start
        return (
            _named(ours),
            [_shift(span, offset) for span in _named(theirs)],
        )

    @property
    def _passages(self) -> tuple[str, str]:
        """The quotation and the passage as they are written."""
        span = self.comparison.span
        return self.quote, self.text[span.start : span.end]

    # --- places ---

    def _difference(self, kind: DifferenceKind, quoted: Span, source: Span) -> Difference:
        """Make a difference of words on both sides."""
        ours = _place(self.comparison.quoted, quoted)
        theirs = _place(self.comparison.source, source)
        left, right = self._raw(quoted, source)
        return Difference(kind, left, right, ours, theirs)

    def _sides(self, pair: Pair) -> tuple[Span, Span]:
        """Return where a pair stands in the quotation and in the text."""
        quoted, source = self.comparison.quoted, self.comparison.source
        return _place(quoted, pair.quoted), _place(source, pair.source)

    def _raw(self, quoted: Span, source: Span) -> tuple[str, str]:
        """Return how both sides are written."""
        ours = _place(self.comparison.quoted, quoted)
        theirs = _place(self.comparison.source, source)
        return self.quote[ours.start : ours.end], self.text[theirs.start : theirs.end]

    def _words(self, pair: Pair) -> tuple[Sequence[Word], Sequence[Word]]:
        """Return the words of both sides."""
        quoted, source = self.comparison.quoted, self.comparison.source
        return (
            quoted[pair.quoted.start : pair.quoted.end],
            source[pair.source.start : pair.source.end],
        )

    def _is_editorial(self, pair: Pair) -> bool:
        """Whether a pair's quoted word stands in the author's brackets, or is mended by them."""
        ours, _ = self._words(pair)
        return any(word.is_editorial or "[" in word.raw for word in ours)


def _writing(left: str, right: str) -> DifferenceKind:
    """Return how two writings of the same words differ."""
    if "[" in left:
        return DifferenceKind.EDITORIAL
    if _ARABIC_DIGITS.search(left + right) and any(c.isdecimal() for c in left):
        return DifferenceKind.DIGIT_SCRIPT
    if left.casefold() == right.casefold():
        return DifferenceKind.CASE
    if _JOINS.sub("", left).casefold() == _JOINS.sub("", right).casefold():
        return DifferenceKind.SPACING
    return DifferenceKind.SPELLING


def _number(text: str) -> Fraction | None:
    """Return the value of a text that is one number and nothing else."""
    found = find_numbers(text)
    return found[0].value if len(found) == 1 else None


def _named(text: str) -> list[Span]:
    """Return the names of a text, and the words that a title stands behind."""
    return [*(mention.span for mention in find_names(text)), *find_titled(text)]


def _is_number(word: str) -> bool:
    """Whether a word says how many, surely enough to call it a number."""
    return any(not mention.weak for mention in find_numbers(word))


def _are_numbers(left: str, right: str) -> bool:
    """Whether both words are numbers, of the kinds too that are as often none: «یک‌سوم»."""
    ours, theirs = _number(left), _number(right)
    return ours is not None and theirs is not None and ours != theirs


def _changes_unit(left: str, right: str) -> bool:
    """Whether a word is one unit of measure where the source has another."""
    units = _unit(left), _unit(right)
    return None not in units and units[0] != units[1]


def _unit(word: str) -> str | None:
    """Return the unit of measure that a word stands for."""
    found = find_numbers(f"3 {word}")
    return found[0].unit if len(found) == 1 else None


def _grouped(run: Sequence[Pair]) -> Iterator[list[Pair]]:
    """Yield dropped words that follow one another together, and every other pair alone."""
    dropped: list[Pair] = []
    for pair in run:
        if _is_empty(pair.quoted) and (not dropped or dropped[-1].source.end == pair.source.start):
            dropped.append(pair)
            continue
        if dropped:
            yield dropped
        dropped = []
        yield [pair]
    if dropped:
        yield dropped


def _without(
    group: Sequence[Pair], kinds: Sequence[DifferenceKind], unwanted: DifferenceKind
) -> tuple[list[Pair], list[DifferenceKind]]:
    """Return the pairs that are not of one kind, with their kinds."""
    kept = [(p, k) for p, k in zip(group, kinds, strict=True) if k is not unwanted]
    return [p for p, _ in kept], [k for _, k in kept]


def _hull(run: Sequence[Pair]) -> tuple[Span, Span]:
    """Return the words of both sides that a run of pairs spans."""
    return (
        Span(run[0].quoted.start, run[-1].quoted.end),
        Span(run[0].source.start, run[-1].source.end),
    )


def _place(words: Sequence[Word], span: Span) -> Span:
    """Return where words stand in their text; no words stand behind the word before them."""
    if span.start < span.end:
        return Span(words[span.start].span.start, words[span.end - 1].span.end)
    at = words[span.start - 1].span.end if span.start else (words[0].span.start if words else 0)
    return Span(at, at)


def _shift(span: Span, by: int) -> Span:
    """Move a span."""
    return Span(span.start + by, span.end + by)


def _is_empty(span: Span) -> bool:
    """Whether a span holds nothing."""
    return span.start == span.end


def _covers(outer: Span, inner: Span) -> bool:
    """Whether one span holds all of another that is not empty."""
    return inner.start < inner.end and outer.start <= inner.start and inner.end <= outer.end


def _is_within(span: Span, mentions: Sequence[Span]) -> bool:
    """Whether a span lies in one of the mentions."""
    return any(_covers(mention, span) for mention in mentions)
