"""
What the articles of one run say together of the sources.yaml that they share.

A rule looks at one article. Of an entry it can say that this article does not use it, which is a
fault only where no other does, and whatever else it says of the entry it says again in each
article. So both are settled once all articles have been looked at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from verify.model import Finding, Position, Report

    Place: TypeAlias = tuple[Path, Position]
    Told: TypeAlias = tuple[str, Path, Position, str]

UNUSED = frozenset({"SRC001", "SRC002", "CIT012"})
"""Rules that say that something of sources.yaml has no use: true where every article says it."""


def together(reports: Sequence[Report]) -> list[Report]:
    """
    Leave out what another article of the run refutes, and tell the rest of an entry once.

    It is told at the first article that cites the entry, or at the first of all.
    """
    if len(reports) < 2:
        return list(reports)
    sharing = Counter(place for report in reports for place in _places(report))
    saying = Counter(told for report in reports for told in {_told(f) for f in _shared(report)})
    homes = _homes(reports)

    def stands(finding: Finding, number: int, report: Report) -> bool:
        told = _told(finding)
        if finding.flag.path == report.article.path:
            return True
        is_refuted = finding.code in UNUSED and saying[told] < sharing[told[1], told[2]]
        return not is_refuted and homes[told] == number

    return [
        replace(report, findings=tuple(f for f in report.findings if stands(f, number, report)))
        for number, report in enumerate(reports)
    ]


def _places(report: Report) -> set[Place]:
    """Return the places of sources.yaml that this article was looked at with."""
    entries = {(s.path, s.position) for s in report.sources.values() if s.in_yaml}
    return entries | {(s.path, s.position) for s in report.suppressions if s.source}


def _homes(reports: Sequence[Report]) -> dict[Told, int]:
    """Return the number of the report that tells each finding of an entry."""
    homes: dict[Told, int] = {}
    for cites in (True, False):
        for number, report in enumerate(reports):
            for finding in _shared(report):
                if cites is (finding.flag.label is not None):
                    homes.setdefault(_told(finding), number)
    return homes


def _shared(report: Report) -> list[Finding]:
    """Return the findings that stand outside the article itself."""
    return [f for f in report.findings if f.flag.path != report.article.path]


def _told(finding: Finding) -> Told:
    flag = finding.flag
    return finding.code, flag.path, flag.position, flag.message
