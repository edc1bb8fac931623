"""
Report -> CSV (RFC 4180), a row a citation, for spreadsheets and for counting.

What rules say of notes and entries, and so of no citation, has rows of its own, and so has an
article that could not be read. The text begins with a byte order mark: without it a spreadsheet
reads Persian as another script's letters. A cell that a spreadsheet would take for a formula
begins with an apostrophe.
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, TypedDict

from verify.hosts import in_ascii
from verify.model import Outcome
from verify.report.findings import place_of, state, subjects
from verify.report.visible import visible
from verify.report.words import DIFFERENCES, coverage_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.model import Finding, Report, Source, Verdict

# What begins a formula in a spreadsheet, with the tab and the line breaks that are skipped
# before one, and the full-width forms that some versions take for the plain ones.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


# A spreadsheet takes 32,767 characters into a cell; an apostrophe may still come before it.
LONGEST_CELL = 32_000


class RowWire(TypedDict, total=False):
    """One row: a `citation`, a `finding` that is at none, or an `article` that was not read."""

    row: str
    article: str
    file: str
    line: int
    column: int
    note: str
    outcome: str
    confidence: float | str
    kind: str
    claim: str
    source: str
    title: str
    via: str
    address: str
    retrieved: str
    captured: str
    sha256: str
    rests_on: str
    evidence: str
    english: str
    evidence_start: int | str
    evidence_end: int | str
    evidence_page: int | str
    differences: str
    reasons: str
    review: str
    reviewer: str
    reviewed: str
    review_note: str
    asks_again: str
    drift: str
    codes: str
    severity: str
    state: str
    messages: str
    fingerprints: str


COLUMNS = tuple(RowWire.__annotations__)


class CsvFormatter:
    """Writes one table of all reports."""

    name = "csv"

    def format(self, reports: Sequence[Report]) -> str:
        """Return the whole output as text."""
        text = StringIO(newline="")
        table = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
        table.writeheader()
        for report in reports:
            for row in _rows(report):
                table.writerow({name: _cell(value) for name, value in row.items()})
        return "\ufeff" + text.getvalue()


def _rows(report: Report) -> Iterator[RowWire]:
    if report.is_unread:
        yield _unread(report)
    at: dict[int, list[Finding]] = {}
    others: list[tuple[Finding, Source | None]] = []
    for finding, subject in subjects(report):
        if subject.verdict:
            at.setdefault(id(subject.verdict), []).append(finding)
        else:
            others.append((finding, subject.source))
    for verdict in report.verdicts:
        yield _citation(report, verdict) | _findings(at.pop(id(verdict), []))
    for finding, source in others:
        yield _finding(report, finding, source) | _findings([finding])


def _unread(report: Report) -> RowWire:
    """Say of an article that it could not be read: without a row it would be missing."""
    path = report.article.path.as_posix()
    return {
        "row": "article",
        "article": path,
        "file": path,
        "outcome": Outcome.UNCHECKED.value,
        "reasons": in_ascii(" ".join([coverage_sentence(report), *report.notices])),
    }


def _citation(report: Report, verdict: Verdict) -> RowWire:
    path = report.article.path.as_posix()
    row: RowWire = {
        "row": "citation",
        "article": path,
        "file": path,
        "outcome": verdict.outcome.value,
        "confidence": "" if verdict.confidence is None else round(verdict.confidence, 4),
        "kind": verdict.claim.kind.value,
        "claim": verdict.claim.text,
        "rests_on": verdict.rests_on.value if verdict.rests_on else "",
        "differences": "; ".join(
            f"{DIFFERENCES[d.kind]}: {d.claim_text} | {d.source_text}"
            for d in verdict.differences
            if d.kind.is_material
        ),
        "reasons": in_ascii(" ".join(verdict.reasons)),
        "asks_again": verdict.asks_again or "",
        "drift": verdict.drift.kind.value if verdict.drift else "",
    }
    if verdict.citation:
        place = place_of(report.article, verdict.citation.span).start
        row |= {"line": place.line, "column": place.column, "note": verdict.citation.label}
    source = report.sources.get(verdict.source_id) if verdict.source_id else None
    return row | _source(source) | _evidence(verdict) | _review(verdict)


def _evidence(verdict: Verdict) -> RowWire:
    row: RowWire = {}
    for passage in verdict.evidence[:1]:
        row |= {
            "evidence": passage.text,
            "english": passage.english or "",
            "evidence_start": passage.span.start,
            "evidence_end": passage.span.end,
            "evidence_page": passage.page or "",
        }
    if version := verdict.version:
        row |= {
            "via": version.via,
            "address": in_ascii(version.address),
            "retrieved": version.retrieved.isoformat(),
            "captured": version.captured.isoformat() if version.captured else "",
            "sha256": version.sha256,
        }
    return row


def _review(verdict: Verdict) -> RowWire:
    review = verdict.review
    if review is None:
        return {}
    return {
        "review": review.outcome.value,
        "reviewer": review.reviewer,
        "reviewed": review.date.isoformat(),
        "review_note": review.note,
    }


def _finding(report: Report, finding: Finding, source: Source | None) -> RowWire:
    flag = finding.flag
    row: RowWire = {
        "row": "finding",
        "article": report.article.path.as_posix(),
        "file": flag.path.as_posix(),
        "line": flag.position.line,
        "column": flag.position.column,
        "note": flag.label or "",
        "confidence": round(flag.confidence, 4),
    }
    return row | _source(source)


def _source(source: Source | None) -> RowWire:
    if source is None:
        return {}
    address = in_ascii(next(iter(source.urls), ""))
    return {"source": source.id, "title": source.title or "", "address": address}


def _findings(findings: Sequence[Finding]) -> RowWire:
    if not findings:
        return {}
    return {
        "codes": "; ".join(f.code for f in findings),
        "severity": max(f.severity for f in findings).label,
        "state": "; ".join(state(f) for f in findings),
        "messages": in_ascii("; ".join(f.flag.message for f in findings)),
        "fingerprints": "; ".join(f.fingerprint for f in findings),
    }


def _cell(value: object) -> object:
    """Make a foreign text harmless. Numbers of ours stay numbers."""
    if not isinstance(value, str):
        return value
    text = visible(value)
    if len(text) > LONGEST_CELL:
        text = text[: LONGEST_CELL - 1] + "…"
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
