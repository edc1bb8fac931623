"""
The nouns of `verify`, in the order in which a run produces them.

Article -> Reference, Citation -> Source -> Snapshot -> Document -> Evidence -> Verdict
-> Finding -> Report

Everything here is frozen and holds no behaviour beyond what follows from its own
fields. This package imports nothing else of `verify`; every other module imports it.
All offsets count code points, and every span is half-open.
"""

from verify.model.article import (
    UNDETERMINED,
    Anchor,
    Article,
    Change,
    Citation,
    Claim,
    ClaimKind,
    Language,
    Position,
    Quotation,
    Reference,
    Repair,
    Span,
)
from verify.model.report import (
    Coverage,
    Finding,
    Flag,
    Report,
    Severity,
    Suppression,
)
from verify.model.source import (
    Attempt,
    Document,
    Extraction,
    Failure,
    Identification,
    Reading,
    Snapshot,
    Source,
    SourceId,
    Unavailable,
)
from verify.model.verdict import (
    HARMLESS,
    Difference,
    DifferenceKind,
    Drift,
    DriftKind,
    Elsewhere,
    Evidence,
    Fact,
    FactKind,
    FactOutcome,
    Judgement,
    Outcome,
    Passage,
    Review,
    Side,
    Verdict,
    Version,
)

__all__ = [
    "HARMLESS",
    "UNDETERMINED",
    "Anchor",
    "Article",
    "Attempt",
    "Change",
    "Citation",
    "Claim",
    "ClaimKind",
    "Coverage",
    "Difference",
    "DifferenceKind",
    "Document",
    "Drift",
    "DriftKind",
    "Elsewhere",
    "Evidence",
    "Extraction",
    "Fact",
    "FactKind",
    "FactOutcome",
    "Failure",
    "Finding",
    "Flag",
    "Identification",
    "Judgement",
    "Language",
    "Outcome",
    "Passage",
    "Position",
    "Quotation",
    "Reading",
    "Reference",
    "Repair",
    "Report",
    "Review",
    "Severity",
    "Side",
    "Snapshot",
    "Source",
    "SourceId",
    "Span",
    "Suppression",
    "Unavailable",
    "Verdict",
    "Version",
]
