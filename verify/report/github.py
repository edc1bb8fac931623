"""
Report -> workflow commands, which GitHub's runner turns into annotations.

The syntax is that of the runner's own toolkit: `::error file=…,line=…,title=…::message`, with
`%`, CR and LF escaped everywhere, and `:` and `,` in properties too. The runner drops columns
where an annotation spans lines, so they are left out there. GitHub shows ten annotations of a
kind for a step; the worst come first.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from verify.model import Severity
from verify.report.findings import subjects, worst_of
from verify.report.visible import one_line, visible
from verify.report.words import coverage_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.model import Finding, Report
    from verify.report.findings import Place

KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}

SHOWN = 10
"""How many annotations of a kind GitHub shows for one step."""


class GithubFormatter:
    """Writes a command for each open finding, and one for how much was checked."""

    name = "github"

    def format(self, reports: Sequence[Report]) -> str:
        """Return the whole output as text."""
        return "".join(f"{line}\n" for line in _lines(reports))


def _lines(reports: Sequence[Report]) -> Iterator[str]:
    places = {id(f): s.place for report in reports for f, s in subjects(report)}
    found = worst_of(f for report in reports for f in report.findings if f.is_open)
    counts = Counter(finding.severity for finding in found)
    # First of all what nobody may overlook, before ten others have filled the page.
    for report in reports:
        yield _coverage(report)
    if hidden := [f"{n} {KINDS[s]}s" for s, n in counts.items() if n > SHOWN]:
        said = f"{' and '.join(hidden)}: GitHub shows {SHOWN} of each; all of them are in this log"
        yield _command("notice", {"title": "More findings than annotations"}, said)
    for finding in found:
        yield _annotation(finding, places[id(finding)])


def _coverage(report: Report) -> str:
    path = report.article.path.as_posix()
    if report.is_unread:
        said = "\n".join([coverage_sentence(report), *report.notices])
        return _command("error", {"file": path, "title": "Article not read"}, f"{path}: {said}")
    coverage = report.coverage
    whole = (coverage.citations or coverage.left_out) and not coverage.unchecked
    kind = "notice" if whole or not report.fetched else "warning"
    said = f"{path}: {coverage_sentence(report)}"
    return _command(kind, {"file": path, "title": "Citations checked"}, said)


def _annotation(finding: Finding, place: Place) -> str:
    flag = finding.flag
    properties = {"file": flag.path.as_posix(), "line": str(place.start.line)}
    if place.end and not place.is_one_line:
        properties["endLine"] = str(place.end.line)
    else:
        properties["col"] = str(place.start.column)
        if place.end:
            properties |= {"endLine": str(place.end.line), "endColumn": str(place.end.column)}
    properties["title"] = f"{finding.code} {finding.name}"
    return _command(KINDS[finding.severity], properties, one_line(flag.message))


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {said}::{_data(message)}"


def _data(text: str) -> str:
    """Escape a message. Controls are shown as marks; line feeds stay, escaped."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
