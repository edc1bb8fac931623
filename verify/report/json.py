"""Report -> JSON, in the form that docs/report.md describes; `load` reads it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

from verify.model import Document, Outcome, Unavailable
from verify.report.beside import (
    drift_wire,
    moment_wire,
    review_wire,
    suppression_wire,
    suppressions_wire,
    version_wire,
)
from verify.report.load import load
from verify.report.visible import json_text
from verify.report.wire import (
    SCHEMA_VERSION,
    ArticleWire,
    AttemptWire,
    ChangeWire,
    CitationWire,
    ClaimWire,
    CoverageWire,
    DifferenceWire,
    ElsewhereWire,
    EvidenceWire,
    FactWire,
    FindingWire,
    JudgedWire,
    JudgementWire,
    PositionSelectorWire,
    QuotationWire,
    QuoteSelectorWire,
    ReadingWire,
    ReferenceWire,
    ReportWire,
    SourceWire,
    SpanWire,
    VerdictWire,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from verify.model import (
        Article,
        Attempt,
        Citation,
        Claim,
        Coverage,
        Difference,
        Elsewhere,
        Evidence,
        Fact,
        Finding,
        Judgement,
        Quotation,
        Reading,
        Reference,
        Report,
        Source,
        Span,
        Verdict,
    )

__all__ = ["JsonFormatter", "dump", "load", "report_to_wire", "verdict_to_wire"]


class JsonFormatter:
    """Writes one object for one report, and an object with `reports` for several."""

    name = "json"

    def format(self, reports: Sequence[Report]) -> str:
        """Return the whole output as text."""
        return dump(reports)


def dump(reports: Sequence[Report]) -> str:
    """Return `reports` as JSON text that `load` reads back."""
    wires = [report_to_wire(report) for report in reports]
    whole = wires[0] if len(wires) == 1 else {"schema_version": SCHEMA_VERSION, "reports": wires}
    return json_text(json.dumps(whole, ensure_ascii=False, indent=2)) + "\n"


def report_to_wire(report: Report) -> ReportWire:
    """Return the object of one report."""
    return {
        "schema_version": SCHEMA_VERSION,
        "created": report.created.isoformat(),
        "fetched": report.fetched,
        "article": _article(report.article),
        "references": [_reference(report.article, r) for r in report.article.references],
        "sources": [_source(s, report.readings.get(s.id)) for s in report.sources.values()],
        "verdicts": [_verdict(report, v) for v in report.verdicts],
        "findings": [_finding(finding) for finding in report.findings],
        "coverage": _coverage(report.coverage),
        "tools": dict(report.tools),
        "notices": list(report.notices),
        "suppressions": suppressions_wire(report.suppressions),
        "left_out": report.left_out,
    }


def verdict_to_wire(verdict: Verdict) -> JudgedWire:
    """Return a verdict's object without its place in an article."""
    return {
        "outcome": verdict.outcome.value,
        "confidence": verdict.confidence,
        "judgement": _judgement(verdict.judgement) if verdict.judgement else None,
        "rests_on": verdict.rests_on.value if verdict.rests_on else None,
        "version": version_wire(verdict.version) if verdict.version else None,
        "evidence": [_evidence(evidence) for evidence in verdict.evidence],
        "differences": [_difference(difference) for difference in verdict.differences],
        "facts": [_fact(fact) for fact in verdict.facts],
        "reasons": list(verdict.reasons),
        "unborne": [_span(span) for span in verdict.unborne],
    }


def _judgement(judgement: Judgement) -> JudgementWire:
    return {
        "supports": round(judgement.supports, 3),
        "contradicts": round(judgement.contradicts, 3),
    }


# --- the article ------------------------------------------------------------------------


def _span(span: Span) -> SpanWire:
    return {"start": span.start, "end": span.end}


def _quotation(quotation: Quotation) -> QuotationWire:
    return {"text": quotation.text, "start": quotation.span.start, "end": quotation.span.end}


def _claim(claim: Claim) -> ClaimWire:
    return {
        "text": claim.text,
        "kind": claim.kind.value,
        "quotations": [_quotation(quotation) for quotation in claim.quotations],
        "context": claim.context,
    }


def _citation(article: Article, citation: Citation) -> CitationWire:
    place = article.position(citation.span.start)
    return {
        "label": citation.label,
        "line": place.line,
        "column": place.column,
        "start": citation.span.start,
        "end": citation.span.end,
        "marker": _span(citation.marker),
        "claim": _claim(citation.claim),
    }


def _article(article: Article) -> ArticleWire:
    return {
        "path": article.path.as_posix(),
        "title": article.title,
        "language": article.language,
        "text": article.text,
        "anchors": [[a.offset, a.line, a.column] for a in article.anchors],
        "citations": [_citation(article, citation) for citation in article.citations],
        "quotations": [_quotation(quotation) for quotation in article.quotations],
        "suppressions": suppressions_wire(article.suppressions),
    }


def _reference(article: Article, reference: Reference) -> ReferenceWire:
    place = article.position(reference.span.start)
    repair = reference.title_repaired
    changes = repair.changes if repair else ()
    return {
        "label": reference.label,
        "raw": reference.raw,
        "title": reference.title,
        "title_repaired": repair.text if repair else None,
        "title_changes": [
            ChangeWire(before=c.before, after=c.after, reason=c.reason) for c in changes
        ],
        "title_balanced": reference.title_balanced,
        "publisher": reference.publisher,
        "url": reference.urls[0] if reference.urls else None,
        "urls": list(reference.urls),
        "accessed": _day(reference.accessed),
        "accessed_raw": reference.accessed_raw,
        "language": reference.language,
        "line": place.line,
        "column": place.column,
        "start": reference.span.start,
        "end": reference.span.end,
        "markers": [_span(marker) for marker in reference.markers],
        "is_link": reference.is_link,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


# --- the sources ------------------------------------------------------------------------


def _source(source: Source, reading: Reading | None) -> SourceWire:
    return {
        "id": source.id,
        "labels": list(source.labels),
        "path": source.path.as_posix(),
        "line": source.position.line,
        "column": source.position.column,
        "in_yaml": source.in_yaml,
        "named": list(source.named),
        "urls": list(source.urls),
        "files": [file.as_posix() for file in source.files],
        "archives": list(source.archives),
        "title": source.title,
        "publisher": source.publisher,
        "language": source.language,
        "accessed": _day(source.accessed),
        "published": _day(source.published),
        "quote": source.quote,
        "claim": source.claim,
        "sha256": source.sha256,
        "suppressions": suppressions_wire(source.suppressions),
        "reading": _reading(reading) if reading else None,
    }


def _reading(reading: Reading) -> ReadingWire:
    match reading:
        case Document():
            return _document(reading)
        case Unavailable(attempts=attempts):
            return _unread(attempts)
        case _:
            assert_never(reading)


def _document(document: Document) -> ReadingWire:
    snapshot, extraction = document.snapshot, document.extraction
    return {
        "read": True,
        "via": snapshot.via,
        "address": snapshot.address,
        "final_address": snapshot.final_address,
        "retrieved": snapshot.retrieved.isoformat(),
        "sha256": snapshot.sha256,
        "media_type": snapshot.media_type,
        "charset": snapshot.charset,
        "status": snapshot.status,
        "redirects": list(snapshot.redirects),
        "title": extraction.title,
        "author": extraction.author,
        "publisher": extraction.publisher,
        "published": _day(extraction.published),
        "declared_language": extraction.declared,
        "encoding": extraction.encoding,
        "language": document.language,
        "language_confidence": document.identification.confidence,
        "language_opinions": dict(document.identification.opinions),
        "attempts": [_attempt(attempt) for attempt in document.attempts],
        "captured": moment_wire(snapshot.captured),
        "pages": [_span(page) for page in extraction.pages],
        "structured": _span(extraction.structured) if extraction.structured else None,
        "paywalled": extraction.paywalled,
        "needs_browser": extraction.needs_browser,
        "consent": extraction.consent,
        "cautions": list(extraction.cautions),
    }


def _unread(attempts: tuple[Attempt, ...]) -> ReadingWire:
    return {
        "read": False,
        "via": None,
        "address": None,
        "final_address": None,
        "retrieved": None,
        "sha256": None,
        "media_type": None,
        "charset": None,
        "status": None,
        "redirects": [],
        "title": None,
        "author": None,
        "publisher": None,
        "published": None,
        "declared_language": None,
        "encoding": None,
        "language": None,
        "language_confidence": None,
        "language_opinions": {},
        "attempts": [_attempt(attempt) for attempt in attempts],
        "captured": None,
        "pages": [],
        "structured": None,
        "paywalled": None,
        "needs_browser": False,
        "consent": False,
        "cautions": [],
    }


def _attempt(attempt: Attempt) -> AttemptWire:
    return {
        "address": attempt.address,
        "via": attempt.via,
        "failure": attempt.failure.value,
        "reason": attempt.reason,
        "status": attempt.status,
        "redirects": list(attempt.redirects),
        "time": moment_wire(attempt.time),
        "days": attempt.days,
    }


# --- the judgement ----------------------------------------------------------------------


def _verdict(report: Report, verdict: Verdict) -> VerdictWire:
    citation = verdict.citation
    place = report.article.position(citation.span.start) if citation else None
    return {
        "label": citation.label if citation else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "marker": _span(citation.marker) if citation else None,
        "source": verdict.source_id,
        "claim": verdict.claim.text,
        "kind": verdict.claim.kind.value,
        "quotations": [_quotation(quotation) for quotation in verdict.claim.quotations],
        "context": verdict.claim.context,
        "found_in": _elsewhere(report, verdict.found_in) if verdict.found_in else None,
        "review": review_wire(verdict.review) if verdict.review else None,
        "asks_again": verdict.asks_again,
        "drift": drift_wire(verdict.drift) if verdict.drift else None,
        **verdict_to_wire(verdict),
    }


def _elsewhere(report: Report, where: Elsewhere) -> ElsewhereWire:
    source = report.sources.get(where.source_id)
    return {
        "quotation": where.quotation,
        "source": where.source_id,
        "labels": list(source.labels) if source else [],
        "also_cited": where.also_cited,
        "version": version_wire(where.version),
        "evidence": _evidence(where.evidence),
    }


def _evidence(evidence: Evidence) -> EvidenceWire:
    return {
        "text": evidence.text,
        "start": evidence.span.start,
        "end": evidence.span.end,
        "english": evidence.english,
        "prefix": evidence.prefix,
        "suffix": evidence.suffix,
        "score": round(float(evidence.score), 4),
        "method": evidence.method,
        "is_main": evidence.is_main,
        "selectors": _selectors(evidence),
        "fragment": evidence.fragment,
        "page": evidence.page,
        "links": [
            {
                "claim": [link.claim.start, link.claim.end],
                "passage": [link.passage.start, link.passage.end],
                "score": link.score,
            }
            for link in evidence.links
        ],
    }


def _selectors(evidence: Evidence) -> list[QuoteSelectorWire | PositionSelectorWire]:
    """Say where a passage is as W3C Web Annotations do."""
    return [
        {
            "type": "TextQuoteSelector",
            "exact": evidence.text,
            "prefix": evidence.prefix,
            "suffix": evidence.suffix,
        },
        {
            "type": "TextPositionSelector",
            "start": evidence.span.start,
            "end": evidence.span.end,
        },
    ]


def _difference(difference: Difference) -> DifferenceWire:
    here, there = difference.claim_span, difference.source_span
    return {
        "kind": difference.kind.value,
        "material": difference.kind.is_material,
        "side": difference.side.value,
        "claim_text": difference.claim_text,
        "source_text": difference.source_text,
        "claim_span": _span(here) if here else None,
        "source_span": _span(there) if there else None,
    }


def _fact(fact: Fact) -> FactWire:
    return {
        "kind": fact.kind.value,
        "outcome": fact.outcome.value,
        "side": fact.side.value,
        "claim_text": fact.claim_text,
        "source_text": fact.source_text,
    }


# --- the findings -----------------------------------------------------------------------


def _finding(finding: Finding) -> FindingWire:
    flag = finding.flag
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.label,
        "confidence": round(float(flag.confidence), 4),
        "label": flag.label,
        "path": flag.path.as_posix(),
        "line": flag.position.line,
        "column": flag.position.column,
        "message": flag.message,
        "subject": flag.subject,
        "fingerprint": finding.fingerprint,
        "suppression": suppression_wire(finding.suppression) if finding.suppression else None,
        "is_known": finding.is_known,
    }


def _coverage(coverage: Coverage) -> CoverageWire:
    return {
        "citations": coverage.citations,
        "checked": coverage.checked,
        "unchecked": coverage.unchecked,
        "outcomes": {o.value: coverage.outcomes.get(o.value, 0) for o in Outcome},
        "left_out": coverage.left_out,
    }
