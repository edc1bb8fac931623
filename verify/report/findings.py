"""What a finding speaks of, and how findings are ordered and counted: shared by the formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from verify.model import Outcome, Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verify.model import Article, Finding, Report, Source, Span, Verdict


class Place(NamedTuple):
    """A range of a file as editors count; `end` is one past the last column."""

    start: Position
    end: Position | None = None

    @property
    def is_one_line(self) -> bool:
        """Whether it begins and ends on one line, as far as is known."""
        return self.end is None or self.end.line == self.start.line


def place_of(article: Article, span: Span) -> Place:
    """Return where a span of the article stands in its file."""
    start = article.position(span.start)
    if span.end <= span.start:
        return Place(start)
    last = article.position(span.end - 1)
    end = Position(last.line, last.column + 1)
    return Place(start, end if (end.line, end.column) > (start.line, start.column) else None)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about, as far as the report tells."""

    place: Place
    verdict: Verdict | None = None
    source: Source | None = None


def subjects(report: Report) -> list[tuple[Finding, Subject]]:
    """Pair each finding with what it is about, in the order of the report."""
    verdicts, places = _verdicts(report), _places(report)
    cited = {label: source for source in report.sources.values() for label in source.labels}
    paired = []
    for finding in report.findings:
        flag = finding.flag
        key = flag.position, flag.label or ""
        here = flag.path == report.article.path
        verdict = verdicts.get(key) if here else None
        source = cited.get(key[1]) or _entry(report, finding)
        if verdict is not None and verdict.source_id is not None:
            source = report.sources.get(verdict.source_id, source)
        place = places.get(key) if here else None
        paired.append((finding, Subject(place or Place(flag.position), verdict, source)))
    return paired


def _verdicts(report: Report) -> dict[tuple[Position, str], Verdict]:
    """Find each verdict by the places that rules point to for it: sentence and marker."""
    found: dict[tuple[Position, str], Verdict] = {}
    for verdict in report.verdicts:
        if citation := verdict.citation:
            for span in (citation.span, citation.marker):
                key = report.article.position(span.start), citation.label
                found.setdefault(key, verdict)
    return found


def _places(report: Report) -> dict[tuple[Position, str], Place]:
    """Find the whole range of each note, sentence and marker by where it begins."""
    article = report.article
    spans = [(note.span, note.label) for note in article.references]
    for citation in article.citations:
        spans += [(citation.span, citation.label), (citation.marker, citation.label)]
    places = ((place_of(article, span), label) for span, label in spans)
    return {(place.start, label): place for place, label in places}


def _entry(report: Report, finding: Finding) -> Source | None:
    """Return the entry of sources.yaml at which a finding points, where no note cites it."""
    place = finding.flag.path, finding.flag.position
    return next((s for s in report.sources.values() if (s.path, s.position) == place), None)


def worst_of(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by severity, then by confidence, and keep file order within each."""
    return sorted(findings, key=lambda f: (-f.severity, -f.flag.confidence))


def state(finding: Finding) -> str:
    """Say in a word whether somebody should still look at it."""
    if finding.suppression:
        return "suppressed"
    return "known" if finding.is_known else "open"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findings there are of each kind."""

    suppressed: int
    known: int

    @property
    def sentence(self) -> str:
        """Say what stands without failing a run; empty where nothing does."""
        parts = []
        if self.suppressed:
            parts.append(f"{self.suppressed} suppressed")
        if self.known:
            parts.append(f"{self.known} known already (baseline)")
        return ", ".join(parts)


def tally(findings: Iterable[Finding]) -> Tally:
    """Count what people let stand, and what the baseline has."""
    states = [state(finding) for finding in findings]
    return Tally(states.count("suppressed"), states.count("known"))


def unchecked(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts of which nobody should think that they were checked."""
    return [v for v in verdicts if v.outcome is Outcome.UNCHECKED]
