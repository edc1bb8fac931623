"""
The numbers, dates, names and negation of a claim, compared with one passage.

Works within one language and across two. A comparison is a hint for the reader and the
judge, never a verdict by itself.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from verify.judge.figures import compare_dates, compare_numbers
from verify.judge.reading import read
from verify.judge.words import script, terms
from verify.language.names import entries_in, find_name, gazetteer
from verify.language.negation import DENIALS, Strength
from verify.model import Fact, FactKind, FactOutcome, Side

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from verify.judge.reading import Reading
    from verify.language.names import NameMention
    from verify.language.negation import NegationMention

# A name is found where each of its words reaches this: see benchmarks/quality/judge.py,
# which measures finds and chance hits on FLORES pairs.
NAME_MATCHED = 0.72

# How many words on either side of a denial it may turn. On FarsTail's true pairs, whose
# passages say more than their claims, 2, 4, 6 and all words raise 8, 9, 10 and 13 % alarms.
SCOPE = 3
CLAUSE_END = re.compile(r"[,;:.!?،؛؟()\n]")


def compare(
    claim: str, passage: str, *, side: Side = Side.ORIGINAL, near: date | None = None
) -> tuple[Fact, ...]:
    """
    Compare each number, date and name of `claim` with `passage`, and whether both deny.

    `side` says whether `passage` is the original or a translation, and `near` when it was
    published: then its "yesterday" is a date.
    """
    ours, theirs = read(claim), read(passage, near)
    names = tuple(_compare_names(ours, theirs, side))
    has_name = any(f.outcome is FactOutcome.MATCHED for f in names)
    return (
        *compare_numbers(ours, theirs, side, has_name=has_name),
        *compare_dates(ours, theirs, side),
        *names,
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


# --- names ------------------------------------------------------------------------------


def _compare_names(ours: Reading, theirs: Reading, side: Side) -> Iterator[Fact]:
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


def _other_of_its_kind(name: NameMention, theirs: Reading, wanted: frozenset[int]) -> str | None:
    """Return the one state or city that the passage names instead, if it is only one."""
    if name.kind != "place":
        return None
    others = [n for n in theirs.names if n.kind == "place" and not n.entries & wanted]
    same = [n for n in others if _note_kind(n) == _note_kind(name)]
    return same[0].text if len(same) == 1 else None


def _note_kind(name: NameMention) -> str:
    return gazetteer()[min(name.entries)].note.split(" of ")[0]


# --- negation ---------------------------------------------------------------------------


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
