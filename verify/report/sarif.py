"""
Report -> SARIF 2.1.0, for code scanning and for every viewer of the standard.

Sections of the standard are named where it decides something. What GitHub does beyond it:
it refuses the whole file if a location is not a file of the repository, so a source's web
address stands in messages and properties and never in a location; it takes one run of a tool;
and it tells results apart by `primaryLocationLineHash`, which we give it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from verify import __version__
from verify.hosts import in_ascii, shown
from verify.language.fold import normalise
from verify.model import Position, Severity
from verify.report.decided import decisions, drift_phrase, judged_phrase
from verify.report.findings import Place, place_of, subjects, unchecked
from verify.report.visible import json_text, one_line, shortened, visible
from verify.report.words import advice, attempts_at, coverage_sentence, lead_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from verify.model import Finding, Report, Source, Verdict
    from verify.report.findings import Subject
    from verify.report.sarif_wire import (
        ArtifactWire,
        InvocationWire,
        LocationWire,
        LogWire,
        MessageWire,
        NotificationWire,
        PhysicalWire,
        RegionWire,
        ResultWire,
        RuleWire,
        RunWire,
        SuppressionWire,
    )

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "SRCROOT"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}

UNCHECKED = "unchecked-citation"
UNCHECKED_HELP = """\
Nothing was judged here, for the reason given. Take the sentence for neither right nor wrong.
"""

# Long enough for a paragraph of a page; a viewer shows the first line and folds the rest.
LONGEST_PASSAGE = 1000


class RuleText(Protocol):
    """What is said of a rule: `verify.rules` has it, and a report does not."""

    @property
    def code(self) -> str:
        """Its code, such as `QUO002`."""
        ...

    @property
    def name(self) -> str:
        """Its name, such as `altered-quotation`."""
        ...

    @property
    def severity(self) -> Severity:
        """How bad its findings are, unless a finding says otherwise."""
        ...

    @property
    def summary(self) -> str:
        """What it does, in a sentence."""
        ...

    @property
    def explanation(self) -> str:
        """Its page, in Markdown."""
        ...


@dataclass(frozen=True, slots=True)
class SarifFormatter:
    """Writes one run with a result for each finding and for each unchecked citation."""

    rules: Sequence[RuleText] = field(default=(), repr=False)
    """The pages of the rules; without them a rule has its code and name alone."""
    name: str = "sarif"

    def format(self, reports: Sequence[Report]) -> str:
        """Return the whole output as text."""
        whole = json.dumps(log(reports, self.rules), ensure_ascii=False, indent=2)
        return json_text(whole) + "\n"


def log(reports: Sequence[Report], rules: Sequence[RuleText] = ()) -> LogWire:
    """Return the whole log."""
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(reports, rules)]}


def _run(reports: Sequence[Report], rules: Sequence[RuleText]) -> RunWire:
    described = _rules(reports, {rule.code: rule for rule in rules})
    numbers = {rule["id"]: number for number, rule in enumerate(described)}
    # 3.27.24: either every result has a baseline state, or none has.
    compared = any(f.is_known for report in reports for f in report.findings)
    return {
        "tool": {
            "driver": {
                "name": "verify",
                "version": __version__,
                "semanticVersion": __version__,
                "shortDescription": {"text": "Checks articles against the sources they cite."},
                "rules": described,
            }
        },
        "automationDetails": {"id": "verify/"},
        "invocations": [_invocation(reports)],
        # 3.14.14: a base without an address is the root of the tree, wherever that lies.
        "originalUriBaseIds": {ROOT: {"description": {"text": "Where verify ran."}}},
        "artifacts": _artifacts(reports),
        "columnKind": "unicodeCodePoints",
        "results": [
            result for report in reports for result in _results(report, numbers, compared=compared)
        ],
        "properties": {
            "coverage": [
                {
                    "article": report.article.path.as_posix(),
                    "citations": report.coverage.citations,
                    "checked": report.coverage.checked,
                    "unchecked": report.coverage.unchecked,
                    "outcomes": dict(report.coverage.outcomes),
                    "fetched": report.fetched,
                }
                for report in reports
            ],
            "tools": {role: tool for report in reports for role, tool in report.tools.items()},
        },
    }


# --- the rules --------------------------------------------------------------------------


def _rules(reports: Sequence[Report], known: Mapping[str, RuleText]) -> list[RuleWire]:
    """Describe the rules that have results, in the order of their codes."""
    used = {f.code: f for report in reports for f in reversed(report.findings)}
    described = [_rule(used[code], known.get(code)) for code in sorted(used)]
    if any(unchecked(report.verdicts) for report in reports):
        described.append(_unchecked_rule())
    return described


def _rule(finding: Finding, rule: RuleText | None) -> RuleWire:
    severity = rule.severity if rule else finding.severity
    summary = rule.summary if rule else finding.name.replace("-", " ")
    page = rule.explanation if rule else f"`verify rule {finding.code}` explains it."
    return {
        "id": finding.code,
        "name": "".join(word.capitalize() for word in finding.name.split("-")),
        "shortDescription": {"text": finding.name.replace("-", " ")},
        "fullDescription": {"text": summary},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {"tags": ["citations", finding.code[:3]]},
    }


def _unchecked_rule() -> RuleWire:
    return {
        "id": UNCHECKED,
        "name": "UncheckedCitation",
        "shortDescription": {"text": "unchecked citation"},
        "fullDescription": {"text": "A citation that could not be checked."},
        "help": {"text": UNCHECKED_HELP, "markdown": UNCHECKED_HELP},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["citations", "coverage"]},
    }


# --- the run ----------------------------------------------------------------------------


def _invocation(reports: Sequence[Report]) -> InvocationWire:
    invocation: InvocationWire = {
        "executionSuccessful": True,
        "toolExecutionNotifications": [n for r in reports for n in _notifications(r)],
    }
    if reports:
        invocation["endTimeUtc"] = _utc(max(report.created for report in reports))
    return invocation


def _notifications(report: Report) -> list[NotificationWire]:
    """Say what the reader must know of the run: first how much of it was checked."""
    coverage = report.coverage
    asked = coverage.citations or coverage.left_out
    whole = not report.fetched or (asked and not coverage.unchecked)
    level = "error" if report.is_unread else "note" if whole else "warning"
    first = _notification(report, coverage_sentence(report), level)
    return [first, *(_notification(report, n, "note") for n in report.notices)]


def _notification(report: Report, text: str, level: str) -> NotificationWire:
    here = _physical(report.article.path, None)
    return {"message": _message(text), "level": level, "locations": [{"physicalLocation": here}]}


def _artifacts(reports: Sequence[Report]) -> list[ArtifactWire]:
    """List the articles, and the other files that findings point to."""
    articles = dict.fromkeys(report.article.path for report in reports)
    found = dict.fromkeys(f.flag.path for report in reports for f in report.findings)
    wires: list[ArtifactWire] = [
        {"location": _artifact(path), "roles": ["analysisTarget"]} for path in articles
    ]
    wires += [{"location": _artifact(path)} for path in found if path not in articles]
    return wires


# --- the results ------------------------------------------------------------------------


def _results(report: Report, numbers: Mapping[str, int], *, compared: bool) -> list[ResultWire]:
    results = [
        _result(report, finding, subject, numbers[finding.code])
        for finding, subject in subjects(report)
    ]
    results += [
        _open(report, verdict, numbers[UNCHECKED]) for verdict in unchecked(report.verdicts)
    ]
    if compared:
        states = ["unchanged" if finding.is_known else "new" for finding in report.findings]
        for number, result in enumerate(results):
            result["baselineState"] = states[number] if number < len(states) else "new"
    return results


def _result(report: Report, finding: Finding, subject: Subject, number: int) -> ResultWire:
    verdict = subject.verdict
    flag = finding.flag
    said = _message("\n".join([flag.message, *(_told(verdict) if verdict else ())]))
    location: LocationWire = {"physicalLocation": _physical(flag.path, subject.place)}
    return {
        "ruleId": finding.code,
        "ruleIndex": number,
        "kind": "fail",
        "level": LEVELS[finding.severity],
        "message": said,
        "locations": [location],
        "relatedLocations": _related(report, subject),
        "partialFingerprints": _fingerprints(finding.fingerprint),
        "rank": round(flag.confidence * 100, 2),
        "suppressions": _suppressions(report, finding),
        "properties": {"confidence": round(flag.confidence, 4), **_properties(flag.label, verdict)},
    }


def _open(report: Report, verdict: Verdict, number: int) -> ResultWire:
    """Show a citation that nobody checked: 3.27.9 calls a question without an answer open."""
    attempts = attempts_at(report, verdict)
    lines = ["this could not be checked", *verdict.reasons[:2]]
    if step := advice(attempts):
        lines.append(f"next: {step}")
    citation = verdict.citation
    place = place_of(report.article, citation.span) if citation else None
    source = report.sources.get(verdict.source_id) if verdict.source_id else None
    label = citation.label if citation else None
    location: LocationWire = {"physicalLocation": _physical(report.article.path, place)}
    return {
        "ruleId": UNCHECKED,
        "ruleIndex": number,
        "kind": "open",
        "level": "none",
        "message": _message("\n".join(lines)),
        "locations": [location],
        "relatedLocations": [_named(source, 1)] if source else [],
        "partialFingerprints": _fingerprints(_unchecked_fingerprint(verdict, source)),
        "suppressions": [],
        "properties": _properties(label, verdict),
    }


def _told(verdict: Verdict) -> list[str]:
    """Set what the article says beside what the source says."""
    lines = [f"The article says: “{shortened(verdict.claim.text, LONGEST_PASSAGE)}”"]
    if verdict.evidence and verdict.version:
        passage = verdict.evidence[0]
        lead = lead_in("The source says", passage)
        lines.append(f"{lead}: “{shortened(passage.text, LONGEST_PASSAGE)}”")
        if passage.english:
            lines.append(f"In English: “{shortened(passage.english, LONGEST_PASSAGE)}”")
        lines.append(f"Judged: {judged_phrase(verdict.version)}, {shown(verdict.version.address)}")
    lines += [drift_phrase(verdict.drift)] if verdict.drift else []
    lines += decisions(verdict)
    return lines


def _related(report: Report, subject: Subject) -> list[LocationWire]:
    """Point at the note or the entry that names the source, with the passages as messages."""
    if subject.source is None:
        return []
    related = [_named(subject.source, 1)]
    verdict = subject.verdict
    for passage in verdict.evidence if verdict and verdict.version else ():
        where = passage.fragment or (verdict.version.address if verdict and verdict.version else "")
        wire = _named(subject.source, len(related) + 1)
        wire["message"] = _message(
            f"“{shortened(passage.text, LONGEST_PASSAGE)}” ({lead_in(where, passage)})"
        )
        related.append(wire)
    if verdict and verdict.found_in:
        other = report.sources.get(verdict.found_in.source_id)
        if other:
            wire = _named(other, len(related) + 1)
            wire["message"] = _message(
                f"these words stand in this source: {other.title or other.id}"
            )
            related.append(wire)
    return related


def _named(source: Source, number: int) -> LocationWire:
    said = one_line(source.title or source.publisher or source.id)
    address = f" ({shown(source.urls[0])})" if source.urls else ""
    return {
        "id": number,
        "message": _message(f"the source: {shortened(said, 200)}{address}"),
        "physicalLocation": _physical(source.path, Place(source.position)),
    }


def _unchecked_fingerprint(verdict: Verdict, source: Source | None) -> str:
    """Name a citation that nobody checked by its words and its source, as findings are named."""
    place = next(iter(source.urls), source.title or source.id) if source else ""
    said = "\x1f".join((UNCHECKED, normalise(verdict.claim.text), place))
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _fingerprints(fingerprint: str) -> dict[str, str]:
    """
    Give the fault its name under our key, and under the one that GitHub reads.

    GitHub's upload would make one of the line's text otherwise, and where a paragraph is a
    line, any edit to it would close its alerts and open them anew.
    """
    if not fingerprint:
        return {}
    return {"verifyFinding/v1": fingerprint, "primaryLocationLineHash": f"{fingerprint}:1"}


def _suppressions(report: Report, finding: Finding) -> list[SuppressionWire]:
    found = finding.suppression
    if found is None:
        return []
    until = f" (until {found.until.isoformat()})" if found.until else ""
    where = _physical(found.path, Place(found.position))
    return [
        {
            "kind": "inSource" if found.path == report.article.path else "external",
            "status": "accepted",
            "justification": visible(found.reason) + until,
            "location": {"physicalLocation": where},
        }
    ]


def _properties(label: str | None, verdict: Verdict | None) -> dict[str, object]:
    """Say for programs what the standard has no place for."""
    properties: dict[str, object] = {"note": label}
    if verdict is None:
        return properties
    properties |= {"outcome": verdict.outcome.value, "claim": verdict.claim.text}
    if version := verdict.version:
        properties["version"] = {
            "via": version.via,
            "address": version.address,
            "retrieved": _utc(version.retrieved),
            "captured": _utc(version.captured) if version.captured else None,
            "sha256": version.sha256,
        }
    properties["evidence"] = [
        {
            "text": passage.text,
            "english": passage.english,
            "start": passage.span.start,
            "end": passage.span.end,
            "address": passage.fragment,
            "page": passage.page,
        }
        for passage in verdict.evidence
    ]
    if review := verdict.review:
        properties["review"] = {
            "outcome": review.outcome.value,
            "reviewer": review.reviewer,
            "date": review.date.isoformat(),
        }
    return properties


# --- the small parts --------------------------------------------------------------------


def _message(text: str) -> MessageWire:
    """
    Write a text that holds foreign words.

    3.11.5 doubles braces, which would be placeholders; 3.11.6 makes links of `[text](target)`,
    which nothing that we quote shall do.
    """
    plain = visible(in_ascii(text)).replace("{", "{{").replace("}", "}}")
    return {"text": re.sub(r"\](?=\()", "] ", plain)}


def _physical(path: Path, place: Place | None) -> PhysicalWire:
    wire: PhysicalWire = {"artifactLocation": _artifact(path)}
    wire["region"] = _region(place or Place(Position(1, 1)))
    return wire


def _region(place: Place) -> RegionWire:
    region: RegionWire = {"startLine": place.start.line, "startColumn": place.start.column}
    if place.end:
        region |= {"endLine": place.end.line, "endColumn": place.end.column}
    return region


def _artifact(path: Path) -> dict[str, str]:
    """Name a file by a relative address where it has one (3.10.2), and percent-encoded."""
    if path.is_absolute():
        return {"uri": "file://" + quote(path.as_posix(), errors="replace")}
    return {"uri": quote(path.as_posix(), errors="replace"), "uriBaseId": ROOT}


def _utc(time: datetime) -> str:
    """Write a time as 3.9 wants it; one without a zone is taken for UTC."""
    aware = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    return f"{aware:%Y-%m-%dT%H:%M:%S}Z"
