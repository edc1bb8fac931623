"""What a verdict says: reasons in sentences for a reader, and typed differences of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.model import (
    Difference,
    DifferenceKind,
    Fact,
    FactKind,
    FactOutcome,
    Outcome,
    Side,
    Span,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.model import Passage

UNDECIDED = "whether the passage bears the claim out could not be decided"

KINDS = {
    FactKind.NUMBER: DifferenceKind.NUMBER,
    FactKind.DATE: DifferenceKind.DATE,
    FactKind.NAME: DifferenceKind.NAME,
    FactKind.NEGATION: DifferenceKind.NEGATION,
    FactKind.POLARITY: DifferenceKind.ANTONYM,
    FactKind.SPEAKER: DifferenceKind.SPEAKER,
}


def in_marks(text: str | None) -> str:
    """Return a text between quotation marks, what cannot be seen written out; a ZWNJ is kept."""
    return repr(text).replace("\\u200c", "\u200c")


def reasons(outcome: Outcome, facts: Sequence[Fact], *, is_same: bool) -> Iterator[str]:
    """Yield why a claim came out as it did, weightiest first."""
    if outcome is Outcome.UNCHECKED:
        yield UNDECIDED
    elif outcome is Outcome.NOT_FOUND:
        yield "no passage of the source says this; the nearest one is shown"
    elif outcome is Outcome.SUPPORTED:
        how = "in its words and facts" if is_same else "in its meaning and facts"
        yield f"a passage of the source agrees with the claim {how}"
    if outcome is not Outcome.NOT_FOUND:
        yield from filter(None, map(_say_fact, facts))


def _say_fact(fact: Fact) -> str:
    if fact.outcome is FactOutcome.MATCHED:
        return ""
    ours, theirs = fact.claim_text, fact.source_text
    where = "the passage" if fact.side is Side.ORIGINAL else "the translated passage"
    if fact.kind is FactKind.NEGATION:
        return _say_denial(ours, theirs, where)
    if fact.outcome is FactOutcome.MISSING:
        verb = "name" if fact.kind is FactKind.NAME else "give"
        return f"{where} does not {verb} {ours}"
    if fact.kind is FactKind.POLARITY:
        return f"{where} says {in_marks(theirs)}, the opposite of {in_marks(ours)} in the article"
    if fact.kind is FactKind.SPEAKER:
        return f"in {where} {in_marks(theirs)} says it, in the article {in_marks(ours)}"
    return f"{where} gives {theirs} where the article says {ours}"


def _say_denial(ours: str, theirs: str | None, where: str) -> str:
    if theirs and not ours:
        return f"{where} denies ({in_marks(theirs)}) what the article affirms"
    if theirs:
        return f"{where} and the article do not deny the same things"
    return f"the article denies ({in_marks(ours)}) what {where} affirms"


def differences(claim: str, passage: Passage, facts: Sequence[Fact]) -> Iterator[Difference]:
    """Yield a difference for each fact that the passage has otherwise."""
    for fact in facts:
        if fact.outcome is not FactOutcome.MISMATCHED:
            continue
        source_span = None
        if fact.side is Side.ORIGINAL:
            source_span = _within(passage.text, fact.source_text, passage.span.start)
        yield Difference(
            KINDS[fact.kind],
            fact.claim_text,
            fact.source_text or "",
            _within(claim, fact.claim_text, 0),
            source_span,
            fact.side,
        )


def _within(text: str, part: str | None, offset: int) -> Span | None:
    at = text.find(part) if part else -1
    return Span(offset + at, offset + at + len(part)) if part and at >= 0 else None
