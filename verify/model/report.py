"""The report: findings, and everything that one run learned."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from verify.model.verdict import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from verify.model.article import Article, Position
    from verify.model.source import Reading, Source, SourceId
    from verify.model.verdict import Verdict


class Severity(IntEnum):
    """How loudly a finding speaks. Ordered, so that a threshold is a comparison."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        """The name that flags and reports use, such as `error`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Flag:
    """What a rule says about one place in one file. `confidence` runs from 0 to 1."""

    message: str
    path: Path
    position: Position
    label: str | None = None
    confidence: float = 1.0
    severity: Severity | None = None
    """Overrides the rule's own, where this case is graver or lighter than most."""
    subject: str = ""
    """What it is about, in words that stay when lines move: a claim's text, a note's, an id."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A person's reason to let the findings of one rule stand, and for how long."""

    code: str
    """The rule's code or name, as written."""
    reason: str
    path: Path
    position: Position
    until: date | None = None
    """The last day on which it holds; `None` for no end."""
    first: Position | None = None
    """Where in the article what it speaks for begins; `None` for all of the article."""
    last: Position | None = None
    source: SourceId | None = None
    """The source that it speaks for, where it stands in sources.yaml."""
    fault: str = ""
    """Why it cannot be read as it was written."""

    def speaks_for(self, place: Position) -> bool:
        """Whether a place of its article is among those that it stands for."""
        if self.first is None or self.last is None:
            return True
        first, last = self.first, self.last
        return (first.line, first.column) <= (place.line, place.column) <= (last.line, last.column)


@dataclass(frozen=True, slots=True)
class Finding:
    """A flag with the code and severity of the rule that raised it."""

    code: str
    name: str
    severity: Severity
    flag: Flag
    fingerprint: str = ""
    """Hex; the same for the same fault in later runs, also where lines have moved."""
    suppression: Suppression | None = None
    """What lets it stand. It stays in every report, and fails no run."""
    is_known: bool = False
    """Whether the baseline has it already, so that it fails no run."""

    @property
    def is_open(self) -> bool:
        """Whether somebody should still look at it."""
        return self.suppression is None and not self.is_known


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many citations there are, how many were checked, and what came of them."""

    citations: int
    checked: int
    outcomes: Mapping[str, int]
    left_out: int = 0
    """Those nobody asked to check, because nothing of them has changed; not in `citations`."""

    @property
    def unchecked(self) -> int:
        """The citations that nobody should take for checked."""
        return self.citations - self.checked


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run learned of one article. Formatters read this, nothing else."""

    article: Article
    sources: Mapping[SourceId, Source]
    created: datetime
    fetched: bool = True
    """False for `verify lint`: nobody asked for the sources."""
    readings: Mapping[SourceId, Reading] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    """What read, translated and judged, by role: name, version, digest."""
    notices: tuple[str, ...] = ()
    """What the reader must know of the run itself, such as a missing translator."""
    suppressions: tuple[Suppression, ...] = ()
    """Every reason that people gave to let a finding stand, whether or not it was needed."""
    left_out: int = 0
    """The citations that nobody was asked to check: nothing of them has changed."""
    strict: bool = False
    """Whether one failure makes a link dead. Decides over findings alone; not in any format."""

    @property
    def coverage(self) -> Coverage:
        """Count the verdicts by outcome. What a person has decided is checked, too."""
        outcomes = Counter(v.outcome.value for v in self.verdicts)
        checked = sum(v.outcome is not Outcome.UNCHECKED or bool(v.review) for v in self.verdicts)
        counted = dict(sorted(outcomes.items()))
        return Coverage(len(self.verdicts), checked, counted, self.left_out)

    @property
    def is_unread(self) -> bool:
        """Whether the article itself could not be read; its notices say why."""
        return not self.article.text

    def worst(self) -> Severity | None:
        """Return the highest severity among the open findings."""
        return max((f.severity for f in self.findings if f.is_open), default=None)
