"""REV: what people decided about claims, and decisions that stand no longer."""

# ruff: noqa: D400 (a rule's docstring is its page, and begins with a heading)

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verify.model import Outcome, Severity, Suppression
from verify.rules.place import at_verdict
from verify.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verify.model import Finding, Flag, Position, Report, Review

JUDGED = ("QUO", "CLM")
"""The families whose findings are answers to the question that a person has answered."""

BORNE = frozenset({Outcome.SUPPORTED, Outcome.PARTLY_SUPPORTED})


@rule("REV001", "rejected-claim", Severity.ERROR, since="0.1")
def rejected_claim(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a claim that a person has looked at and found not to be borne out by its source.

    ## Why it matters

    Somebody has read both texts. Whatever the machine makes of them, the sentence or its note
    has to change.

    ## Example

    ```text
    The dam feeds three provinces.[1]
    ```

    where reviews.yaml has the answer `contradicted` for note 1.

    ## Use instead

    Put the sentence right: a changed sentence asks for a new decision. Where it was put right
    in another way, mark the decision as `fixed: true`, or decide again with `verify audit`.

    ## How sure we are

    As sure as the person was. verify adds nothing to it.
    """
    for verdict in report.verdicts:
        review = verdict.review
        if review is not None and review.outcome not in BORNE and not review.fixed:
            message = f"{_who(review)} found the claim {review.outcome.value}"
            if review.note:
                message += f": {' '.join(review.note.split())[:200]}"
            yield replace(at_verdict(report, verdict, message), confidence=1.0)


@rule("REV002", "outdated-review", Severity.WARNING, since="0.1")
def outdated_review(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a claim on which a person's decision stands no longer, because the sentence or the
    source has changed since.

    ## Why it matters

    The decision was about other words. Nobody has looked at these.

    ## Example

    A decision on a sentence that said 12 wells, in an article that now says 20.

    ## Use instead

    Look at it again: `verify audit` begins with such claims.

    ## How sure we are

    Certain: the SHA-256 of the sentence, or of the page and of its passage, is another.
    """
    for verdict in report.verdicts:
        if verdict.asks_again:
            flag = at_verdict(report, verdict, f"to be reviewed again: {verdict.asks_again}")
            yield replace(flag, confidence=1.0)


def settle(findings: Iterable[Finding], report: Report) -> tuple[Finding, ...]:
    """Let a person's decision answer the findings on the same claim; it says so in their place."""
    reviewed = _reviewed(report)

    def settled(finding: Finding) -> Finding:
        flag = finding.flag
        review = reviewed.get((flag.position, flag.label))
        if review is None or finding.suppression or not finding.code.startswith(JUDGED):
            return finding
        note = f": {' '.join(review.note.split())}" if review.note else ""
        reason = f"{_who(review)} found the claim {review.outcome.value}{note}"
        given = Suppression(finding.code, reason, flag.path, flag.position)
        return replace(finding, suppression=given)

    return tuple(settled(finding) for finding in findings)


def _reviewed(report: Report) -> dict[tuple[Position, str | None], Review]:
    """Return the standing decisions by where the findings on their claims are flagged."""
    found: dict[tuple[Position, str | None], Review] = {}
    for verdict in report.verdicts:
        if verdict.review is not None:
            flag = at_verdict(report, verdict, "")
            found[flag.position, flag.label] = verdict.review
    return found


def _who(review: Review) -> str:
    return f"{review.reviewer} ({review.date.isoformat()})"
