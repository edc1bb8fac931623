"""
What a claim asserts or denies, compared with a passage: its denials and its opposites.

Both are one reckoning: "did not rise" agrees with "fell", and «رد کرد» ("rejected") speaks
against "confirmed" though neither has a "not".
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from verify.judge.clauses import bearing, is_in
from verify.judge.words import script, terms
from verify.language.negation import DENIALS, Strength
from verify.language.polarity import find_poles
from verify.model import Fact, FactKind, FactOutcome, Side

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.judge.reading import Reading
    from verify.language.negation import NegationMention
    from verify.language.polarity import PoleMention
    from verify.model import Span

# How many words on either side of a denial it may turn. On FarsTail's true pairs, whose
# passages say more than their claims, 2, 4, 6 and all words raise 8, 9, 10 and 13 % alarms.
SCOPE = 3
CLAUSE_END = re.compile(r"[,;:.!?،؛؟()\n]")


def compare_senses(ours: Reading, theirs: Reading, side: Side) -> Iterator[Fact]:
    """Compare the words that have an opposite, and then the denials that these do not explain."""
    places = bearing(ours, theirs)
    explained: list[Span] = []
    for mine, others, outcome in _opposed(ours, theirs, places):
        yield Fact(FactKind.POLARITY, outcome, mine.text, others[0].text, side)
        if any(other.pole != mine.pole for other in others):
            explained += [s for m in (mine, *others) for s in (m.span, m.denied_by) if s]
    yield from _compare_negation(
        _without(ours, explained), _without(theirs, explained, places), side
    )


# --- words with an opposite ----------------------------------------------------------------


def _opposed(
    ours: Reading, theirs: Reading, places: Sequence[Span]
) -> Iterator[tuple[PoleMention, Sequence[PoleMention], FactOutcome]]:
    """
    Yield the words of the claim with an opposite, beside the passage's and what that means.

    A passage that has the claim's own word anywhere is not read as its opposite; whether the
    same word is denied is for the denials to say.
    """
    answers = find_poles(theirs.text)
    for mine in _telling(find_poles(ours.text)):
        same = [m for m in answers if m.concept == mine.concept]
        agreeing = [m for m in same if m.sense == mine.sense]
        if agreeing:
            own = [m for m in same if m.pole == mine.pole] or agreeing
            if own[0] in agreeing and not own[0].only_answers:
                yield mine, [own[0], *agreeing], FactOutcome.MATCHED
            continue
        against = [m for m in same if not m.only_answers and is_in(m.span, places)]
        if against and all(m.pole != mine.pole for m in same):
            yield mine, against, FactOutcome.MISMATCHED


def _telling(mentions: Sequence[PoleMention]) -> Iterator[PoleMention]:
    """Yield a word a concept, leaving out concepts of which the claim names both sides."""
    for concept in dict.fromkeys(m.concept for m in mentions if not m.only_answers):
        mine = [m for m in mentions if m.concept == concept]
        if len({m.pole for m in mine}) == len({m.sense for m in mine}) == 1:
            yield next(m for m in mine if not m.only_answers)


# --- denials ----------------------------------------------------------------------------


def _without(
    reading: Reading, explained: Sequence[Span], places: Sequence[Span] | None = None
) -> Reading:
    """Return a reading without the denials that are explained, or stand outside `places`."""
    left = [
        n
        for n in reading.negations
        if not any(n.span.start < s.end and s.start < n.span.end for s in explained)
    ]
    if places is not None:
        left = [n for n in left if is_in(n.span, places)]
    return replace(reading, negations=tuple(left))


def _compare_negation(ours: Reading, theirs: Reading, side: Side) -> Iterator[Fact]:
    """
    Compare how often both deny.

    A denial calls for an answer; a weaker word ("unknown", «ممنوع») may be the answer, and
    calls for none.
    """
    claim, passage = _denials(ours), _denials(theirs)
    if script(ours.text) == script(theirs.text):
        passage = _in_scope(passage, theirs.text, ours.content())
    if _outnumbers(claim, ours, passage, theirs):
        cue = claim[-1].text
        yield Fact(FactKind.NEGATION, FactOutcome.MISMATCHED, cue, _first(passage), side)
    elif _outnumbers(passage, theirs, claim, ours):
        cue = passage[-1].text
        yield Fact(FactKind.NEGATION, FactOutcome.MISMATCHED, _first(claim) or "", cue, side)
    elif claim:
        answer = _first(passage) or _first(theirs.negations)
        yield Fact(FactKind.NEGATION, FactOutcome.MATCHED, claim[0].text, answer, side)


def _outnumbers(
    ones: Sequence[NegationMention],
    reading: Reading,
    others: Sequence[NegationMention],
    answering: Reading,
) -> bool:
    """Whether one side denies oftener than the other denies, or answers by any other word."""
    affixes = sum(n.strength is Strength.AFFIX for n in reading.negations)
    return len(ones) > len(others) and len(ones) + affixes > _answers(answering)


def _answers(reading: Reading) -> int:
    """Count what may answer a denial; «هیچ» beside a negated verb is one with it."""
    cancelled = _cancelled(reading)
    left = [n for n in reading.negations if n not in cancelled]
    has_verb = any(n.strength is Strength.STRONG for n in left)
    return sum(not (has_verb and n.strength is Strength.CONCORD) for n in left)


def _denials(reading: Reading) -> list[NegationMention]:
    """Return the words that deny, less the pairs that undo each other."""
    cancelled = _cancelled(reading)
    strong = [n for n in reading.negations if n.strength in DENIALS and n not in cancelled]
    return strong or [n for n in reading.negations if n.strength is Strength.CONCORD]


def _cancelled(reading: Reading) -> set[NegationMention]:
    """Return the words of double denials: "did not deny", «رد نکرد»."""
    found: set[NegationMention] = set()
    for one, next_one in pairwise(reading.negations):
        between = reading.text[one.span.end : next_one.span.start]
        is_pair = {one.strength, next_one.strength} == {Strength.STRONG, Strength.VERB}
        if is_pair and len(between.split()) <= 1 and not CLAUSE_END.search(between):
            found |= {one, next_one}
    return found


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
