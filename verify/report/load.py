"""JSON -> Report: reads back what `dump` wrote, so that a saved run can be shown again."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from verify.errors import InputError
from verify.model import (
    Anchor,
    Article,
    Attempt,
    Change,
    Citation,
    Claim,
    ClaimKind,
    Difference,
    DifferenceKind,
    Document,
    Elsewhere,
    Evidence,
    Extraction,
    Fact,
    FactKind,
    FactOutcome,
    Failure,
    Finding,
    Flag,
    Identification,
    Judgement,
    Language,
    Outcome,
    Position,
    Quotation,
    Reading,
    Reference,
    Repair,
    Report,
    Severity,
    Side,
    Snapshot,
    Source,
    SourceId,
    Span,
    Unavailable,
    Verdict,
    WordLink,
)
from verify.report.beside import (
    drift_of,
    moment,
    review_of,
    suppression_of,
    suppressions_of,
    version_of,
)
from verify.report.wire import SCHEMA_VERSION, ReportsWire, ReportWire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verify.report.wire import (
        ArticleWire,
        AttemptWire,
        CitationWire,
        DifferenceWire,
        ElsewhereWire,
        EvidenceWire,
        FactWire,
        FindingWire,
        QuotationWire,
        ReadingWire,
        ReferenceWire,
        SourceWire,
        SpanWire,
        VerdictWire,
    )

HINT = "give a file that `verify check --format json` wrote"


def load(text: str) -> list[Report]:
    """
    Return the reports in `text`.

    The sources' bytes and texts are not in a JSON report: each loaded document knows its
    SHA-256 and metadata, and its text is empty. What a form before 1.1 did not say is taken
    for absent. Raises `InputError`.
    """
    data = _parsed(text)
    _check_version(data)
    _validate(data)
    try:
        if "reports" in data:
            return [_report(each) for each in cast("ReportsWire", data)["reports"]]
        return [_report(cast("ReportWire", data))]
    except (ValueError, KeyError, OverflowError) as error:
        raise InputError(f"cannot read the report: {error}", hint=HINT) from None


@cache
def schema() -> Mapping[str, Any]:
    """Return the JSON Schema of the report."""
    text = (files("verify") / "schemas" / "report.schema.json").read_text("utf-8")
    return dict(json.loads(text))


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text, parse_constant=_refuse)
        # Half of a surrogate pair parses, and could then be written nowhere.
        json.dumps(data, ensure_ascii=False).encode()
    except RecursionError:
        raise InputError("cannot read the report: it nests too deep", hint=HINT) from None
    except ValueError as error:
        raise InputError(f"cannot read the report: it is not JSON ({error})", hint=HINT) from None
    if not isinstance(data, dict):
        raise InputError("cannot read the report: it is not a JSON object", hint=HINT)
    return data


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _check_version(data: Mapping[str, Any]) -> None:
    version = data.get("schema_version")
    if version is None:
        raise InputError("cannot read the report: it has no schema_version", hint=HINT)
    if str(version).partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise InputError(
            f"cannot read a report of version {str(version)[:20]!r}: "
            f"this verify writes {SCHEMA_VERSION}",
            hint="render it with the verify that wrote it, or check the article again",
        )


def _validate(data: Mapping[str, Any]) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(schema()).iter_errors(data))
    if error is not None:
        place = error.json_path.removeprefix("$").lstrip(".") or "the top"
        message = error.message if len(error.message) < 200 else f"{error.validator} is not met"
        raise InputError(f"cannot read the report: at {place}: {message}", hint=HINT)


def _report(wire: ReportWire) -> Report:
    citations = tuple(_citation(each) for each in wire["article"]["citations"])
    article = _article(wire["article"], wire["references"], citations)
    placed = {(c.label, c.marker): c for c in citations}
    sources = [_source(each) for each in wire["sources"]]
    return Report(
        article,
        {source.id: source for source in sources},
        datetime.fromisoformat(wire["created"]),
        fetched=wire["fetched"],
        readings={
            SourceId(each["id"]): _reading(SourceId(each["id"]), each["reading"])
            for each in wire["sources"]
            if each["reading"]
        },
        verdicts=tuple(_verdict(each, placed) for each in wire["verdicts"]),
        findings=tuple(_finding(each) for each in wire["findings"]),
        tools=dict(wire["tools"]),
        notices=tuple(wire["notices"]),
        suppressions=suppressions_of(wire.get("suppressions", ())),
        left_out=wire.get("left_out", 0),
    )


# --- the article ------------------------------------------------------------------------


def _span(wire: SpanWire) -> Span:
    return Span(wire["start"], wire["end"])


def _quotations(wires: Sequence[QuotationWire]) -> tuple[Quotation, ...]:
    return tuple(Quotation(wire["text"], _span(wire)) for wire in wires)


def _citation(wire: CitationWire) -> Citation:
    claim = wire["claim"]
    return Citation(
        wire["label"],
        _span(wire["marker"]),
        _span(wire),
        Claim(
            claim["text"],
            ClaimKind(claim["kind"]),
            _quotations(claim["quotations"]),
            claim["context"],
        ),
    )


def _article(
    wire: ArticleWire, references: Sequence[ReferenceWire], citations: tuple[Citation, ...]
) -> Article:
    return Article(
        Path(wire["path"]),
        wire["text"],
        anchors=tuple(Anchor(*anchor) for anchor in wire["anchors"]),
        references=tuple(_reference(each) for each in references),
        citations=citations,
        quotations=_quotations(wire["quotations"]),
        title=wire["title"],
        language=Language(wire["language"]),
        suppressions=suppressions_of(wire.get("suppressions", ())),
    )


def _reference(wire: ReferenceWire) -> Reference:
    changes = tuple(Change(c["before"], c["after"], c["reason"]) for c in wire["title_changes"])
    repaired = wire["title_repaired"]
    return Reference(
        wire["label"],
        wire["raw"],
        _span(wire),
        title=wire["title"],
        title_repaired=None if repaired is None else Repair(repaired, changes),
        title_balanced=wire["title_balanced"],
        publisher=wire["publisher"],
        urls=tuple(wire["urls"]),
        accessed=_day(wire["accessed"]),
        accessed_raw=wire["accessed_raw"],
        language=Language(wire["language"]),
        markers=tuple(_span(marker) for marker in wire["markers"]),
        is_link=wire["is_link"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _language(text: str | None) -> Language | None:
    return Language(text) if text else None


# --- the sources ------------------------------------------------------------------------


def _source(wire: SourceWire) -> Source:
    return Source(
        SourceId(wire["id"]),
        tuple(wire["labels"]),
        Path(wire["path"]),
        Position(wire["line"], wire["column"]),
        in_yaml=wire["in_yaml"],
        named=tuple(wire["named"]),
        urls=tuple(wire["urls"]),
        files=tuple(Path(file) for file in wire["files"]),
        archives=tuple(wire["archives"]),
        title=wire["title"],
        publisher=wire["publisher"],
        language=_language(wire["language"]),
        accessed=_day(wire["accessed"]),
        published=_day(wire["published"]),
        quote=wire["quote"],
        claim=wire["claim"],
        sha256=wire["sha256"],
        suppressions=suppressions_of(wire.get("suppressions", ())),
    )


def _reading(source_id: SourceId, wire: ReadingWire) -> Reading:
    attempts = tuple(_attempt(attempt) for attempt in wire["attempts"])
    if not wire["read"]:
        return Unavailable(source_id, attempts)
    return Document(
        _snapshot(source_id, wire),
        Extraction(
            "",
            (),
            title=wire["title"],
            author=wire["author"],
            publisher=wire["publisher"],
            published=_day(wire["published"]),
            declared=_language(wire["declared_language"]),
            encoding=wire["encoding"],
            pages=tuple(_span(page) for page in wire.get("pages", ())),
            structured=_span(structured) if (structured := wire.get("structured")) else None,
            paywalled=wire.get("paywalled"),
            needs_browser=wire.get("needs_browser", False),
            consent=wire.get("consent", False),
            cautions=tuple(wire.get("cautions", ())),
        ),
        Identification(
            Language(wire["language"] or ""),
            wire["language_confidence"] or 0.0,
            {method: Language(found) for method, found in wire["language_opinions"].items()},
        ),
        attempts,
    )


def _snapshot(source_id: SourceId, wire: ReadingWire) -> Snapshot:
    snapshot = Snapshot(
        source_id,
        wire["address"] or "",
        wire["final_address"] or "",
        wire["media_type"] or "",
        b"",
        datetime.fromisoformat(wire["retrieved"] or ""),
        wire["via"] or "",
        charset=wire["charset"],
        status=wire["status"],
        redirects=tuple(wire["redirects"]),
        captured=moment(wire.get("captured")),
    )
    # The digest is of the bytes that were judged, which a report does not carry.
    snapshot.__dict__["sha256"] = wire["sha256"]
    return snapshot


def _attempt(wire: AttemptWire) -> Attempt:
    return Attempt(
        wire["address"],
        wire["via"],
        Failure(wire["failure"]),
        wire["reason"],
        wire["status"],
        tuple(wire["redirects"]),
        moment(wire.get("time")),
        wire.get("days", 1),
    )


# --- the judgement ----------------------------------------------------------------------


def _verdict(wire: VerdictWire, placed: Mapping[tuple[str, Span], Citation]) -> Verdict:
    marker = wire["marker"]
    claim = Claim(
        wire["claim"],
        ClaimKind(wire["kind"]),
        _quotations(wire["quotations"]),
        wire["context"],
    )
    return Verdict(
        claim,
        Outcome(wire["outcome"]),
        wire["confidence"],
        Side(wire["rests_on"]) if wire["rests_on"] else None,
        tuple(wire["reasons"]),
        tuple(_evidence(each) for each in wire["evidence"]),
        tuple(_difference(each) for each in wire["differences"]),
        tuple(_fact(each) for each in wire["facts"]),
        Judgement(**wire["judgement"]) if wire["judgement"] else None,
        citation=placed.get((wire["label"] or "", _span(marker))) if marker else None,
        source_id=SourceId(wire["source"]) if wire["source"] is not None else None,
        version=version_of(wire["version"]) if wire["version"] else None,
        found_in=_elsewhere(wire["found_in"]) if wire["found_in"] else None,
        review=review_of(review) if (review := wire.get("review")) else None,
        asks_again=wire.get("asks_again"),
        drift=drift_of(drift) if (drift := wire.get("drift")) else None,
        unborne=tuple(_span(each) for each in wire.get("unborne", ())),
    )


def _elsewhere(wire: ElsewhereWire) -> Elsewhere:
    return Elsewhere(
        wire["quotation"],
        SourceId(wire["source"]),
        _evidence(wire["evidence"]),
        version_of(wire["version"]),
        also_cited=wire["also_cited"],
    )


def _evidence(wire: EvidenceWire) -> Evidence:
    return Evidence(
        wire["text"],
        _span(wire),
        wire["score"],
        wire["method"],
        is_main=wire["is_main"],
        english=wire["english"],
        prefix=wire["prefix"],
        suffix=wire["suffix"],
        fragment=wire["fragment"],
        page=wire.get("page"),
        links=tuple(
            WordLink(Span(*each["claim"]), Span(*each["passage"]), each["score"])
            for each in wire.get("links", ())
        ),
    )


def _difference(wire: DifferenceWire) -> Difference:
    here, there = wire["claim_span"], wire["source_span"]
    return Difference(
        DifferenceKind(wire["kind"]),
        wire["claim_text"],
        wire["source_text"],
        _span(here) if here else None,
        _span(there) if there else None,
        Side(wire["side"]),
    )


def _fact(wire: FactWire) -> Fact:
    return Fact(
        FactKind(wire["kind"]),
        FactOutcome(wire["outcome"]),
        wire["claim_text"],
        wire["source_text"],
        Side(wire["side"]),
    )


# --- the findings -----------------------------------------------------------------------


def _finding(wire: FindingWire) -> Finding:
    return Finding(
        wire["code"],
        wire["name"],
        Severity[wire["severity"].upper()],
        Flag(
            wire["message"],
            Path(wire["path"]),
            Position(wire["line"], wire["column"]),
            wire["label"],
            wire["confidence"],
            subject=wire.get("subject", ""),
        ),
        wire.get("fingerprint", ""),
        suppression_of(suppression) if (suppression := wire.get("suppression")) else None,
        is_known=wire.get("is_known", False),
    )
