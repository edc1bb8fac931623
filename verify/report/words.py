"""What the formats call things: one wording for the terminal and for the page."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from verify.model import DifferenceKind, Document, FactOutcome, Failure, Outcome, Side, Unavailable
from verify.report.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.model import Attempt, Coverage, Fact, Report, SourceId, Verdict, Version


class Word(NamedTuple):
    """An outcome for the eye: a sign that needs no colour, its name, and what it means."""

    sign: str
    name: str
    meaning: str


# Worst first: the order in which a reader should look.
OUTCOMES = {
    Outcome.CONTRADICTED: Word("✗", "contradicted", "The source denies what the article says."),
    Outcome.ALTERED: Word("≠", "altered", "The source has the words, but not these words."),
    Outcome.NOT_FOUND: Word(
        "∅", "not found", "No passage of the source bears it out. This does not mean invented."
    ),
    Outcome.PARTLY_SUPPORTED: Word("≈", "partly supported", "The source bears out a part of it."),
    Outcome.UNCHECKED: Word(
        "○", "unchecked", "Nothing was judged. Take it for neither right nor wrong."
    ),
    Outcome.SUPPORTED: Word("✓", "supported", "The source bears it out."),
}

DIFFERENCES = {
    DifferenceKind.SPELLING: "spelling",
    DifferenceKind.DIGIT_SCRIPT: "script of the digits",
    DifferenceKind.PUNCTUATION: "punctuation",
    DifferenceKind.SPACING: "spacing",
    DifferenceKind.CASE: "capitals",
    DifferenceKind.EDITORIAL: "words in square brackets",
    DifferenceKind.ELLIPSIS: "marked ellipsis",
    DifferenceKind.WORD_CHANGED: "word changed",
    DifferenceKind.WORD_ADDED: "word added",
    DifferenceKind.WORD_DROPPED: "word dropped",
    DifferenceKind.NUMBER: "number",
    DifferenceKind.UNIT: "unit",
    DifferenceKind.DATE: "date",
    DifferenceKind.NAME: "name",
    DifferenceKind.NEGATION: "negation",
    DifferenceKind.MODALITY: "certainty",
    DifferenceKind.OMISSION: "left out without a sign",
    DifferenceKind.ORDER: "order of words",
}

FACTS = {
    FactOutcome.MATCHED: Word("✓", "the same", "The passage has the same."),
    FactOutcome.MISMATCHED: Word("≠", "differs", "The passage has another in its place."),
    FactOutcome.MISSING: Word("∅", "not there", "The passage says nothing of it."),
}

SIDES = {Side.ORIGINAL: "in the original", Side.TRANSLATION: "in the translation"}

NEXT = {
    Failure.NO_ADDRESS: "give the note an address, or name one in sources.yaml "
    "(url:, or file: for a copy).",
    Failure.GONE: "look for an archived copy and name it in sources.yaml (archive:).",
    Failure.BLOCKED: "save the page from a browser and name the copy in sources.yaml (file:).",
    Failure.SERVER_ERROR: "try again later, or name an archived copy (archive:).",
    Failure.TIMEOUT: "try again, with a longer --timeout if need be.",
    Failure.UNREACHABLE: "check the address and the network, or name an archived copy (archive:).",
    Failure.REFUSED: "correct the address, or name a copy in sources.yaml (file:).",
    Failure.REDIRECTS: "open the address in a browser and cite where it ends.",
    Failure.TOO_LARGE: "name a copy of the part that is cited (file:), or raise --max-bytes.",
    Failure.NOT_TEXT: "name a copy as text or HTML in sources.yaml (file:).",
    Failure.EMPTY: "save the page from a browser, where its scripts have run (file:).",
    Failure.MISSING_FILE: "correct the path in sources.yaml.",
    Failure.CHANGED: "compare the copy with the one that was pinned, then mend sha256:.",
    Failure.OFFLINE: "run again without --offline, or name a copy (file:).",
}

VIA = {
    "live": "the live page",
    "file": "a local copy",
    "archive": "an archived copy",
    "recorded": "recorded evidence",
    "given": "the text that was given",
}

RIGHT_TO_LEFT = frozenset({"fa", "prs", "pes", "ar", "ur", "ps", "ckb", "ug", "sd", "he", "yi"})


def coverage_sentence(coverage: Coverage, *, fetched: bool) -> str:
    """Say first what nobody may overlook: how much was not checked."""
    if not fetched:
        return "The notes were looked at; no source was asked for."
    if not coverage.citations:
        return "The article has no citation, so nothing was checked."
    citations = "citation" if coverage.citations == 1 else "citations"
    if not coverage.unchecked:
        if coverage.citations == 1:
            return "The only citation was checked."
        return f"All {coverage.citations} citations were checked."
    return (
        f"{coverage.checked} of {coverage.citations} {citations} checked; "
        f"{coverage.unchecked} could not be."
    )


def worst_first(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Sort by outcome, and keep reading order within each."""
    rank = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    return sorted(verdicts, key=lambda v: rank[v.outcome])


def certainty(confidence: float | None) -> str | None:
    """Say how sure the judge is; a hundred per cent is not for machines to claim."""
    return None if confidence is None else f"{min(99, round(confidence * 100))} % sure"


def version_phrase(version: Version) -> str:
    """Say which kind of text was judged, and of when."""
    return f"{VIA.get(version.via, one_line(version.via))}, {version.retrieved:%Y-%m-%d %H:%M %Z}"


def untold_facts(verdict: Verdict) -> list[Fact]:
    """Return the facts that do not agree and that no difference tells of already."""
    told = {difference.kind.value for difference in verdict.differences}
    return [
        fact
        for fact in verdict.facts
        if fact.outcome is FactOutcome.MISSING
        or (fact.outcome is FactOutcome.MISMATCHED and fact.kind.value not in told)
    ]


def note_of(report: Report, source_id: SourceId) -> str:
    """Name a source by the first note that cites it, or else by its id."""
    source = report.sources.get(source_id)
    return f"note [{one_line(source.labels[0])}]" if source and source.labels else source_id


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


def advice(attempts: Sequence[Attempt]) -> str | None:
    """Say what to try next, by the first attempt: it is the one at the source itself."""
    return NEXT[attempts[0].failure] if attempts else None


def is_right_to_left(text: str) -> bool:
    """Say whether any letter of `text` runs from right to left."""
    return any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)
