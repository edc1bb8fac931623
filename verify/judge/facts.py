"""
The numbers, dates, names and negation of a claim, compared with one passage.

Works within one language and across two. A comparison is a hint for the reader and the
judge, never a verdict by itself.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from verify.judge.words import TERM, is_common, script, terms
from verify.language.dates import find_dates
from verify.language.fold import normalise
from verify.language.names import entries_in, find_name, find_names, gazetteer
from verify.language.negation import Strength, find_negations
from verify.language.numbers import find_numbers, unit_kinds
from verify.model import Fact, FactKind, FactOutcome, Side

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.language.dates import DateMention
    from verify.language.names import NameMention
    from verify.language.negation import NegationMention
    from verify.language.numbers import NumberMention

# A name is found where each of its words reaches this: see benchmarks/quality/judge.py,
# which measures finds and chance hits on FLORES pairs.
NAME_MATCHED = 0.72

# "about 2.5 million" is borne out by 2,496,000: what a reader takes for the same round number
ROUNDING = Fraction(5, 100)

# How many words on either side of a denial it may turn. On FarsTail's true pairs, whose
# passages say more than their claims, 2, 4, 6 and all words raise 8, 9, 10 and 13 % alarms.
SCOPE = 3
CLAUSE_END = re.compile(r"[,;:.!?،؛؟()\n]")


def compare(claim: str, passage: str, *, side: Side = Side.ORIGINAL) -> tuple[Fact, ...]:
    """
    Compare each number, date and name of `claim` with `passage`, and whether both deny.

    `side` says whether `passage` is the original or a translation.
    """
    ours, theirs = _read(claim), _read(passage)
    return (
        *_compare_numbers(ours, theirs, side),
        *_compare_dates(ours, theirs, side),
        *_compare_names(ours, theirs, side),
        *_compare_negation(ours, theirs, side),
    )


def merge(original: Sequence[Fact], translated: Sequence[Fact]) -> tuple[Fact, ...]:
    """Join the facts of both sides: what either side bears out counts as borne out."""
    borne_out = {_identity(f): f for f in translated if f.outcome is FactOutcome.MATCHED}
    merged = [
        borne_out.get(_identity(f), f) if f.outcome is not FactOutcome.MATCHED else f
        for f in original
    ]
    known = {_identity(f) for f in original}
    return (*merged, *(f for f in translated if _identity(f) not in known))


def _identity(fact: Fact) -> tuple[FactKind, str]:
    return fact.kind, "" if fact.kind is FactKind.NEGATION else fact.claim_text


@dataclass(frozen=True)
class _Reading:
    """All that one text says of the four kinds."""

    text: str
    numbers: tuple[NumberMention, ...]
    every_value: frozenset[Fraction]
    """Also those inside dates."""
    dates: tuple[DateMention, ...]
    names: tuple[NameMention, ...]
    negations: tuple[NegationMention, ...]

    def words(self) -> list[str]:
        return TERM.findall(normalise(self.text))

    def content(self) -> frozenset[str]:
        return frozenset(t for t in terms(self.text) if not is_common(t))

    def cut(self, mention: NumberMention | DateMention) -> str:
        return self.text[mention.span.start : mention.span.end]


@lru_cache(maxsize=2048)
def _read(text: str) -> _Reading:
    dates = find_dates(text)
    return _Reading(
        text,
        tuple(find_numbers(text, skip=[d.span for d in dates])),
        frozenset(m.value for m in find_numbers(text)),
        tuple(dates),
        tuple(find_names(text)),
        tuple(find_negations(text)),
    )


# --- numbers ----------------------------------------------------------------------------


def _compare_numbers(ours: _Reading, theirs: _Reading, side: Side) -> Iterator[Fact]:
    wanted = [n for n in ours.numbers if not n.weak]
    matches = {n: next((p for p in theirs.numbers if _same(n, p)), None) for n in wanted}
    used = {p for p in matches.values() if p is not None}
    spare = [p for p in theirs.numbers if p not in used and not p.weak]
    for number, match in matches.items():
        text = ours.cut(number)
        if match is not None:
            yield Fact(FactKind.NUMBER, FactOutcome.MATCHED, text, theirs.cut(match), side)
        elif number.value in theirs.every_value and number.unit is None:
            yield Fact(FactKind.NUMBER, FactOutcome.MATCHED, text, None, side)
        elif rival := _rival(number, spare):
            yield Fact(FactKind.NUMBER, FactOutcome.MISMATCHED, text, theirs.cut(rival), side)
        else:
            yield Fact(FactKind.NUMBER, FactOutcome.MISSING, text, None, side)


def _same(claim: NumberMention, passage: NumberMention) -> bool:
    if _excludes(claim.unit, passage.unit):
        return False
    left, right = claim.value, passage.value
    if claim.is_percent != passage.is_percent and max(left, right) != min(left, right):
        left = left / 100 if claim.is_percent else left
        right = right / 100 if passage.is_percent else right
    if left == right:
        return True
    vague = claim.approximate or passage.approximate
    return vague and abs(left - right) <= ROUNDING * max(abs(left), abs(right))


def _excludes(left: str | None, right: str | None) -> bool:
    """Whether two units cannot both be meant: days are no months."""
    if left is None or right is None or left == right:
        return False
    kinds = unit_kinds()
    return kinds[left] == kinds[right]


def _rival(number: NumberMention, spare: Sequence[NumberMention]) -> NumberMention | None:
    """Return the passage's number that most likely stands where the claim's should."""
    alike = [p for p in spare if p.is_percent == number.is_percent and p.ordinal == number.ordinal]
    return min(alike, key=lambda p: _apart(number.value, p.value), default=None)


def _apart(left: Fraction, right: Fraction) -> float:
    return abs(math.log10(float(left) + 1) - math.log10(float(right) + 1))


# --- dates ------------------------------------------------------------------------------


def _compare_dates(ours: _Reading, theirs: _Reading, side: Side) -> Iterator[Fact]:
    matches = {d: next((p for p in theirs.dates if _meets(d, p)), None) for d in ours.dates}
    used = {p for p in matches.values() if p is not None}
    for wanted, match in matches.items():
        text = ours.cut(wanted)
        spare = [p for p in theirs.dates if p not in used and _same_grain(wanted, p)]
        if match is not None:
            yield Fact(FactKind.DATE, FactOutcome.MATCHED, text, theirs.cut(match), side)
        elif not wanted.is_exact and _has_year(wanted, theirs):
            yield Fact(FactKind.DATE, FactOutcome.MATCHED, text, None, side)
        elif spare:
            yield Fact(FactKind.DATE, FactOutcome.MISMATCHED, text, theirs.cut(spare[0]), side)
        else:
            yield Fact(FactKind.DATE, FactOutcome.MISSING, text, None, side)


def _meets(left: DateMention, right: DateMention) -> bool:
    """Whether one lies in the other; years of two calendars only need to overlap."""
    if left.first <= right.first and right.last <= left.last:
        return True
    if right.first <= left.first and left.last <= right.last:
        return True
    overlap = left.first <= right.last and right.first <= left.last
    return overlap and left.calendar != right.calendar and not (left.is_exact or right.is_exact)


def _same_grain(left: DateMention, right: DateMention) -> bool:
    return left.is_exact == right.is_exact


def _has_year(wanted: DateMention, theirs: _Reading) -> bool:
    """Whether a bare "2014" stands where no date could be read for certain."""
    whole_year = (wanted.last - wanted.first).days > 300
    return whole_year and Fraction(wanted.first.year) in theirs.every_value


# --- names ------------------------------------------------------------------------------


def _compare_names(ours: _Reading, theirs: _Reading, side: Side) -> Iterator[Fact]:
    if not ours.names:
        return
    words, entries = theirs.words(), entries_in(theirs.text)
    wanted = frozenset(entry for name in ours.names for entry in name.entries)
    for name in ours.names:
        if name.entries & entries or find_name(name.text, words) >= NAME_MATCHED:
            yield Fact(FactKind.NAME, FactOutcome.MATCHED, name.text, None, side)
        elif rival := _other_of_its_kind(name, theirs, wanted):
            yield Fact(FactKind.NAME, FactOutcome.MISMATCHED, name.text, rival, side)
        elif name.entries or script(name.text) == "latin":
            yield Fact(FactKind.NAME, FactOutcome.MISSING, name.text, None, side)


def _other_of_its_kind(name: NameMention, theirs: _Reading, wanted: frozenset[int]) -> str | None:
    """Return the one state or city that the passage names instead, if it is only one."""
    if name.kind != "place":
        return None
    others = [n for n in theirs.names if n.kind == "place" and not n.entries & wanted]
    same = [n for n in others if _note_kind(n) == _note_kind(name)]
    return same[0].text if len(same) == 1 else None


def _note_kind(name: NameMention) -> str:
    return gazetteer()[min(name.entries)].note.split(" of ")[0]


# --- negation ---------------------------------------------------------------------------


def _compare_negation(ours: _Reading, theirs: _Reading, side: Side) -> Iterator[Fact]:
    """
    Compare how often both deny.

    A weak word ("refuse", «غیرقانونی») may answer a denial but calls for no answer.
    """
    claim, passage = _denials(ours), _denials(theirs)
    if script(ours.text) == script(theirs.text):
        passage = _in_scope(passage, theirs.text, ours.content())
    if len(claim) > max(len(passage), len(theirs.negations)):
        cue = claim[-1].text
        yield Fact(FactKind.NEGATION, FactOutcome.MISMATCHED, cue, _first(passage), side)
    elif len(passage) > max(len(claim), len(ours.negations)):
        cue = passage[-1].text
        yield Fact(FactKind.NEGATION, FactOutcome.MISMATCHED, _first(claim) or "", cue, side)
    elif claim:
        answer = theirs.negations[0].text
        yield Fact(FactKind.NEGATION, FactOutcome.MATCHED, claim[0].text, answer, side)


def _denials(reading: _Reading) -> list[NegationMention]:
    """Return the words that deny; «هیچ» beside a negated verb is one denial with it."""
    strong = [n for n in reading.negations if n.strength is Strength.STRONG]
    return strong or [n for n in reading.negations if n.strength is Strength.CONCORD]


def _in_scope(
    mentions: Sequence[NegationMention], text: str, content: frozenset[str]
) -> list[NegationMention]:
    """Keep the denials that stand beside a word of the claim: the others deny something else."""
    return [m for m in mentions if content & set(terms(_around(text, m)))]


def _around(text: str, mention: NegationMention) -> str:
    """
    Return the words whose sense a denial turns.

    Those next to it within its clause, for Persian denies behind and English before.
    """
    before = CLAUSE_END.split(text[: mention.span.start])[-1].split()[-SCOPE:]
    behind = CLAUSE_END.split(text[mention.span.end :])[0].split()[:SCOPE]
    return " ".join((*before, *behind))


def _first(mentions: Sequence[NegationMention]) -> str | None:
    return mentions[0].text if mentions else None
