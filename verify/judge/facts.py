"""
The numbers, dates, names, denials, opposites and speakers of a claim, compared with one passage.

Works within one language and across two. A comparison is a hint for the reader and the
judge, never a verdict by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.judge.figures import compare_dates, compare_numbers
from verify.judge.named import compare_names
from verify.judge.reading import read
from verify.judge.senses import compare_senses
from verify.judge.speakers import compare_speakers
from verify.model import Fact, FactKind, FactOutcome, Side

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


def compare(
    claim: str, passage: str, *, side: Side = Side.ORIGINAL, near: date | None = None
) -> tuple[Fact, ...]:
    """
    Compare each number, date and name of `claim` with `passage`, what both deny, and who says it.

    `side` says whether `passage` is the original or a translation, and `near` when it was
    published: then its "yesterday" is a date.
    """
    ours, theirs = read(claim), read(passage, near)
    names = tuple(compare_names(ours, theirs, side))
    # one name of several may be the topic of the whole page
    has_name = bool(names) and 2 * sum(f.outcome is FactOutcome.MATCHED for f in names) >= len(
        names
    )
    return (
        *compare_numbers(ours, theirs, side, has_name=has_name),
        *compare_dates(ours, theirs, side),
        *names,
        *compare_senses(ours, theirs, side),
        *compare_speakers(ours, theirs, side),
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
