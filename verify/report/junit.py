"""
Report -> JUnit XML, which every CI server shows as a list of tests.

There is no standard; this keeps to what the readers of Jenkins, GitLab and GitHub's actions
have in common: `testsuites/testsuite/testcase` with `failure`, `error`, `skipped` and
`system-out`. A suite is an article, a case is a citation, and what rules say of notes and entries
are cases of their own; so is, as an error, that an article could not be read. No case has a
`time`: citations are judged together, and a made-up number would be taken for a measured one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, TypeAlias

from verify.hosts import shown
from verify.model import Outcome, Severity
from verify.report.decided import decisions, drift_phrase, judged_phrase
from verify.report.findings import place_of, state, subjects, worst_of
from verify.report.visible import one_line, shortened, visible
from verify.report.words import OUTCOMES, advice, attempts_at, certainty, coverage_sentence, lead_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from verify.model import Finding, Report, Verdict

    Judged: TypeAlias = tuple[Verdict, list[Finding]]

# XML 1.0, section 2.2: these may stand in no document, not even as references.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# A list of tests has one line for each; this much of a sentence tells it from the others.
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class JunitFormatter:
    """Writes a suite an article and a case a citation."""

    fail_on: Severity | None = Severity.ERROR
    """From which severity on an open finding is a failure; `None` for never."""
    name: str = "junit"

    def format(self, reports: Sequence[Report]) -> str:
        """Return the whole output as text."""
        from xml.etree import ElementTree as ET

        suites = [_suite(report, self.fail_on) for report in reports]
        root = _element("testsuites", {"name": "verify", **_counts(suites)})
        root.extend(suites)
        ET.indent(root)
        body = ET.tostring(root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


@dataclass(frozen=True, slots=True)
class _Case:
    """One case: its name, where it stands, and what came of it."""

    name: str
    path: str
    line: int
    findings: list[Finding] = field(default_factory=list)
    skipped: str | None = None
    error: str | None = None
    output: list[str] = field(default_factory=list)


def _suite(report: Report, fail_on: Severity | None) -> Element:
    cases = [*_unread(report), *_citations(report), *_others(report)]
    elements = [_case(case, fail_on) for case in cases]
    suite = _element(
        "testsuite",
        {
            "name": report.article.path.as_posix(),
            **_counts(elements),
            "timestamp": f"{report.created.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        },
    )
    properties = _element("properties", {})
    for name, value in _properties(report).items():
        properties.append(_element("property", {"name": name, "value": value}))
    suite.append(properties)
    suite.extend(elements)
    return suite


def _properties(report: Report) -> Mapping[str, str]:
    coverage = report.coverage
    counts = {
        "citations": coverage.citations,
        "checked": coverage.checked,
        "unchecked": coverage.unchecked,
    }
    return {**{name: str(count) for name, count in counts.items()}, **report.tools}


def _unread(report: Report) -> Iterator[_Case]:
    """Make a case of an article that could not be read: a suite without one would look clean."""
    if report.is_unread:
        path = report.article.path.as_posix()
        yield _Case(coverage_sentence(report), path, 1, error="; ".join(report.notices))


def _citations(report: Report) -> Iterator[_Case]:
    """Make a case of each citation, with the findings at it."""
    said: dict[int, list[Finding]] = {}
    for finding, subject in subjects(report):
        if subject.verdict:
            said.setdefault(id(subject.verdict), []).append(finding)
    for verdict in report.verdicts:
        claim = shortened(verdict.claim.text, LONGEST_NAME)
        line, name = 1, claim
        if citation := verdict.citation:
            line = place_of(report.article, citation.span).start.line
            name = f"note {one_line(citation.label)}, line {line}: {claim}"
        skipped = None
        if verdict.outcome is Outcome.UNCHECKED:
            step = advice(attempts_at(report, verdict))
            reasons = [one_line(r) for r in verdict.reasons[:2]] or ["nothing was judged"]
            skipped = "; ".join([*reasons, *([f"next: {step}"] if step else [])])
        path = report.article.path.as_posix()
        # Two citations that read alike are judged alike, so they share their findings.
        findings = said.pop(id(verdict), [])
        yield _Case(name, path, line, findings, skipped, output=_output(verdict))


def _others(report: Report) -> Iterator[_Case]:
    """Make a case of each finding that is not at a citation."""
    for finding, subject in subjects(report):
        if subject.verdict is None:
            flag = finding.flag
            note = f", note {one_line(flag.label)}" if flag.label else ""
            name = f"{finding.code} {finding.name}{note}, line {flag.position.line}"
            yield _Case(name, flag.path.as_posix(), flag.position.line, [finding])


def _output(verdict: Verdict) -> list[str]:
    """Tell what came of a citation, for whoever opens the case."""
    word = OUTCOMES[verdict.outcome]
    said = [word.name, certainty(verdict.confidence)]
    lines = [f"{word.sign} {', '.join(part for part in said if part)}", verdict.claim.text]
    for passage in verdict.evidence[:1]:
        lines += [f"{lead_in('the source says', passage)}:", passage.text]
        lines += ["in English, by machine:", passage.english] if passage.english else []
    if version := verdict.version:
        lines += [f"{judged_phrase(version)}, {shown(version.address)}", f"sha256 {version.sha256}"]
    lines += [drift_phrase(verdict.drift)] if verdict.drift else []
    return [visible(line) for line in [*lines, *decisions(verdict)]]


def _case(case: _Case, fail_on: Severity | None) -> Element:
    element = _element(
        "testcase",
        {"classname": case.path, "name": case.name, "file": case.path, "line": str(case.line)},
    )
    remarks = []
    failing: list[Finding] = []
    for finding in worst_of(case.findings):
        if finding.is_open and fail_on is not None and finding.severity >= fail_on:
            failing.append(finding)
        else:
            remarks.append(_remark(finding))
    if failing:
        # Most readers show one failure of a case, so all of it stands in one.
        message = f"{failing[0].code} {failing[0].name}: {one_line(failing[0].flag.message)}"
        kind = {"message": message, "type": failing[0].code}
        element.append(_element("failure", kind, "\n".join(_remark(f) for f in failing)))
    elif case.error is not None:
        element.append(_element("error", {"message": case.error, "type": "unread"}))
    elif case.skipped is not None:
        element.append(_element("skipped", {"message": case.skipped}))
    if output := "\n".join([*remarks, *case.output]):
        element.append(_element("system-out", {}, output))
    return element


def _remark(finding: Finding) -> str:
    flag = finding.flag
    place = f"{flag.path.as_posix()}:{flag.position.line}:{flag.position.column}"
    why = f" ({state(finding)})"
    if finding.suppression:
        why = f" (suppressed: {one_line(finding.suppression.reason)})"
    kept = "" if finding.is_open else why
    return f"{place} {finding.code} {finding.severity.label} {one_line(flag.message)}{kept}"


def _counts(elements: Sequence[Element]) -> dict[str, str]:
    """Count the cases below, or add up the counts of the suites below."""
    if elements and elements[0].tag == "testsuite":
        names = ("tests", "failures", "errors", "skipped")
        return {n: str(sum(int(e.attrib[n]) for e in elements)) for n in names}
    failures = sum(e.find("failure") is not None for e in elements)
    errors = sum(e.find("error") is not None for e in elements)
    skipped = sum(e.find("skipped") is not None for e in elements)
    return {
        "tests": str(len(elements)),
        "failures": str(failures),
        "errors": str(errors),
        "skipped": str(skipped),
    }


def _element(tag: str, attributes: Mapping[str, str], text: str | None = None) -> Element:
    """Make an element of texts that may hold anything."""
    from xml.etree.ElementTree import Element

    element = Element(tag, {name: _legal(value) for name, value in attributes.items()})
    element.text = None if text is None else _legal(text)
    return element


def _legal(text: str) -> str:
    return _NOT_XML.sub("\ufffd", visible(text))
