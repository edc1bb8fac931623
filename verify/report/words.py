"""What the formats call things: one wording for the terminal and for the page."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from verify.model import DifferenceKind, Document, FactOutcome, Failure, Outcome, Side, Unavailable
from verify.report.strings import ENGLISH
from verify.report.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.model import Attempt, Coverage, Evidence, Fact, Report, SourceId, Verdict, Version
    from verify.report.strings import Strings


class Word(NamedTuple):
    """An outcome for the eye: a sign that needs no colour, its name, and what it means."""

    sign: str
    name: str
    meaning: str


# Worst first: the order in which a reader should look.
SIGNS = {
    Outcome.CONTRADICTED: "✗",
    Outcome.ALTERED: "≠",
    Outcome.NOT_FOUND: "∅",
    Outcome.PARTLY_SUPPORTED: "≈",
    Outcome.UNCHECKED: "○",
    Outcome.SUPPORTED: "✓",
}

FACT_SIGNS = {FactOutcome.MATCHED: "✓", FactOutcome.MISMATCHED: "≠", FactOutcome.MISSING: "∅"}


def _word(family: str, name: str, sign: str) -> Word:
    return Word(sign, ENGLISH(f"{family}.{name}"), ENGLISH(f"{family}.{name}.means"))


OUTCOMES = {outcome: _word("outcome", outcome, sign) for outcome, sign in SIGNS.items()}

DIFFERENCES = {kind: ENGLISH.get(f"difference.{kind}", kind) for kind in DifferenceKind}

FACTS = {outcome: _word("fact", outcome, sign) for outcome, sign in FACT_SIGNS.items()}

SIDES = {side: ENGLISH(f"side.{side}") for side in Side}

NEXT = {failure: ENGLISH.get(f"next.{failure}", failure) for failure in Failure}

RIGHT_TO_LEFT = frozenset({"fa", "prs", "pes", "ar", "ur", "ps", "ckb", "ug", "sd", "he", "yi"})


def coverage_sentence(report: Report, say: Strings = ENGLISH) -> str:
    """Say first what nobody may overlook: how much was not checked."""
    coverage = report.coverage
    if report.is_unread:
        return say("coverage.unread")
    if not report.fetched:
        return say("coverage.not-fetched")
    left_out = say.count("coverage.left-out", coverage.left_out) if coverage.left_out else ""
    if not coverage.citations:
        return left_out or say("coverage.none")
    return f"{_checked(coverage, say)} {left_out}".strip()


def _checked(coverage: Coverage, say: Strings) -> str:
    if not coverage.unchecked:
        key = "coverage.only" if coverage.citations == 1 else "coverage.all"
        return say(key, citations=coverage.citations)
    return say(
        "coverage.some.one" if coverage.citations == 1 else "coverage.some",
        checked=coverage.checked,
        citations=coverage.citations,
        unchecked=coverage.unchecked,
    )


def worst_first(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Sort by outcome, and keep reading order within each."""
    rank = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    return sorted(verdicts, key=lambda v: rank[v.outcome])


def certainty(confidence: float | None, say: Strings = ENGLISH) -> str | None:
    """Say how sure the judge is; a hundred per cent is not for machines to claim."""
    return None if confidence is None else say("certainty", percent=percent(confidence))


def percent(confidence: float) -> int:
    """Return a confidence as a whole number of per cent, at most 99."""
    # By way of the three places that the JSON report keeps, so that both show the same.
    return max(0, min(99, round(round(confidence, 3) * 100)))


def via(name: str, say: Strings = ENGLISH) -> str:
    """Name the place that a text came from."""
    return say.get(f"via.{name}", one_line(name))


def version_phrase(version: Version) -> str:
    """Say which kind of text was judged, and of when."""
    return f"{via(version.via)}, {version.retrieved:%Y-%m-%d %H:%M %Z}"


def untold_facts(verdict: Verdict) -> list[Fact]:
    """Return the facts that do not agree and that no difference tells of already."""
    told = {difference.kind.value for difference in verdict.differences}
    return [
        fact
        for fact in verdict.facts
        if fact.outcome is FactOutcome.MISSING
        or (fact.outcome is FactOutcome.MISMATCHED and fact.kind.value not in told)
    ]


def place_in_source(evidence: Evidence, say: Strings = ENGLISH) -> str:
    """Say on which page a passage begins, and whether it is outside the main text."""
    page = [say("card.pdf-page", page=evidence.page)] if evidence.page else []
    return say.listed([*page, *([] if evidence.is_main else [say("card.outside")])])


def lead_in(lead: str, evidence: Evidence) -> str:
    """Introduce a passage: `the source says, page 3 of the PDF`."""
    return ", ".join(part for part in (lead, place_in_source(evidence)) if part)


def note_of(report: Report, source_id: SourceId, say: Strings = ENGLISH) -> str:
    """Name a source by the first note that cites it, or else by its id."""
    source = report.sources.get(source_id)
    if not source or not source.labels:
        return source_id
    return f"{say('note')} [{one_line(source.labels[0])}]"


def attempts_at(report: Report, verdict: Verdict) -> tuple[Attempt, ...]:
    """Return what failed on the way to a verdict's source."""
    match verdict.source_id and report.readings.get(verdict.source_id):
        case Document(attempts=attempts) | Unavailable(attempts=attempts):
            return attempts
        case _:
            return ()


def asked(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Leave out the attempt that stands for having nothing to ask."""
    return [attempt for attempt in attempts if attempt.failure is not Failure.NO_ADDRESS]


def advice(attempts: Sequence[Attempt], say: Strings = ENGLISH) -> str | None:
    """Say what to try next, by the first attempt: it is the one at the source itself."""
    if not attempts:
        return None
    return say.get(f"next.{attempts[0].failure}", NEXT[attempts[0].failure])


def is_right_to_left(text: str) -> bool:
    """Say whether any letter of `text` runs from right to left."""
    return any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)
