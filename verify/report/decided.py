"""In words: what a person decided, and which copy of a page was judged, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.report.strings import ENGLISH
from verify.report.visible import one_line
from verify.report.words import OUTCOMES, version_phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Drift, Verdict, Version


def judged_phrase(version: Version) -> str:
    """Say which kind of text was judged, of when, and when an archive took it."""
    captured = f", captured {version.captured:%Y-%m-%d}" if version.captured else ""
    return f"{version_phrase(version)}{captured}"


def drift_phrase(drift: Drift) -> str:
    """Say how the live page and its copy differ, in a sentence or two."""
    other = f"By {judged_phrase(drift.other)}, it would be: {OUTCOMES[drift.outcome].name}."
    return f"{ENGLISH(f'drift.{drift.kind.value}')} {other}"


def decisions(verdict: Verdict) -> Iterator[str]:
    """Say what a person decided of a verdict, and why it stands no longer."""
    if review := verdict.review:
        same = "agrees" if review.outcome is verdict.outcome else "differs"
        decided = f"{OUTCOMES[review.outcome].name} ({ENGLISH(f'review.{same}')})"
        yield f"{one_line(review.reviewer)} decided on {review.date.isoformat()}: {decided}"
        if review.note:
            yield one_line(review.note)
        if review.fixed:
            yield ENGLISH("review.fixed")
    if verdict.asks_again:
        yield f"to be reviewed again: {one_line(verdict.asks_again)}"
