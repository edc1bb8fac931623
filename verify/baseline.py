"""
What was already wrong on the day somebody began: findings that fail no later run.

The file is JSON that people read in a diff: one object a finding, sorted, with the article's path
from the file's own folder. A finding is known where its article and its fingerprint are, and where
it has not become graver.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.errors import InputError
from verify.model import Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from verify.model import Finding, Report

VERSION = 1
FILE_NAME = ".verify-baseline.json"

# An entry is about 300 bytes: this is more findings than anybody would look at.
MAX_BYTES = 50_000_000

# A notice is a sentence or two.
MOST_TOLD = 5

OFFLINE = ("CIT", "SRC")
"""Families whose findings need no source, so that every run can tell whether they are gone."""


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """One finding of the baseline."""

    article: str
    code: str
    label: str
    message: str
    severity: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings that `path` records."""

    path: Path
    known: tuple[Known, ...] = ()

    def applied(self, reports: Iterable[Report]) -> list[Report]:
        """Mark the findings that are known. They stay in every report."""
        reports = list(reports)
        anywhere = {known.fingerprint: known for known in self.known}
        gone = self.gone(reports)
        return [self._applied(report, anywhere, gone) for report in reports]

    def _applied(
        self, report: Report, anywhere: Mapping[str, Known], gone: Sequence[Known]
    ) -> Report:
        known = self._known_of(report)

        def marked(finding: Finding) -> Finding:
            # What is told of sources.yaml is told at one of the articles that share it.
            where = anywhere if _is_shared(report, finding) else known
            entry = known.get(finding.fingerprint) or where.get(finding.fingerprint)
            graver = entry and finding.severity > Severity[entry.severity.upper()]
            is_known = entry is not None and not graver and finding.suppression is None
            return replace(finding, is_known=is_known)

        findings = tuple(marked(f) for f in report.findings)
        notices = (*report.notices, *self._told(report, gone))
        return replace(report, findings=findings, notices=notices)

    def _told(self, report: Report, gone: Sequence[Known]) -> Iterator[str]:
        """Say what no longer occurs, so that the baseline shrinks."""
        name = self._name(report)
        gone = [known for known in gone if known.article == name]
        if gone:
            which = [f"{k.code} [{k.label}]" if k.label else k.code for k in gone[:MOST_TOLD]]
            more = [f"and {len(gone) - MOST_TOLD} more"] if len(gone) > MOST_TOLD else []
            yield (
                f"{len(gone)} of the findings in {self.path} no longer occur: "
                f"{', '.join([*which, *more])}; `verify baseline --prune` takes them out"
            )

    def _known_of(self, report: Report) -> dict[str, Known]:
        """Return the entries of one article, by fingerprint; those of its former name too."""
        name = self._name(report)
        moved = {k.fingerprint: k for k in self.known if self._is_moved(k)}
        return moved | {k.fingerprint: k for k in self.known if k.article == name}

    def _is_moved(self, known: Known) -> bool:
        return not (self.path.resolve().parent / known.article).exists()

    def gone(self, reports: Sequence[Report]) -> list[Known]:
        """
        Return the entries that these reports no longer have, and those of lost articles.

        A citation that could not be checked in this run may still have its finding: its entries
        are not gone. Nor are those of articles that this run did not look at.
        """
        by_name = {self._name(report): report for report in reports if not report.is_unread}
        found = {
            (name, finding.fingerprint)
            for name, report in by_name.items()
            for finding in report.findings
        }
        shared = {f.fingerprint for r in reports for f in r.findings if _is_shared(r, f)}

        def is_gone(known: Known) -> bool:
            report = by_name.get(known.article)
            if report is None:
                return self._is_moved(known)
            is_found = (known.article, known.fingerprint) in found
            is_found = is_found or known.fingerprint in shared
            return not is_found and _could_tell(report, known)

        return [known for known in self.known if is_gone(known)]

    def recorded(self, reports: Sequence[Report]) -> Baseline:
        """Return the baseline with every finding of `reports` that has no reason to stand."""
        entries = (
            self._entry(report, finding)
            for report in reports
            for finding in report.findings
            if finding.suppression is None
        )
        found = {(known.article, known.fingerprint): known for known in entries}
        kept = {(k.article, k.fingerprint): k for k in self.pruned(reports).known}
        return replace(self, known=tuple(sorted((kept | found).values())))

    def pruned(self, reports: Sequence[Report]) -> Baseline:
        """Return the baseline without what is gone, and with nothing new."""
        gone = set(self.gone(reports))
        return replace(self, known=tuple(k for k in self.known if k not in gone))

    def _entry(self, report: Report, finding: Finding) -> Known:
        flag = finding.flag
        return Known(
            self._name(report),
            finding.code,
            flag.label or "",
            flag.message,
            finding.severity.label,
            finding.fingerprint,
        )

    def _name(self, report: Report) -> str:
        """Name an article from the baseline's folder, so that any checkout has the same names."""
        folder = self.path.resolve().parent
        return Path(os.path.relpath(report.article.path.resolve(), folder)).as_posix()

    def written(self) -> None:
        """Write the file. Raises `InputError` where it cannot be written."""
        rows = [asdict(known) for known in self.known]
        text = json.dumps({"version": VERSION, "findings": rows}, ensure_ascii=False, indent=2)
        try:
            self.path.write_text(text + "\n", "utf-8")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(
                f"cannot write {self.path}: {reason}", hint="name another place with --baseline"
            ) from None


def _is_shared(report: Report, finding: Finding) -> bool:
    """Whether a finding is told of sources.yaml, which several articles may share."""
    return finding.flag.path != report.article.path


def _could_tell(report: Report, known: Known) -> bool:
    """Whether the run that made `report` would have found it again."""
    if known.code.startswith(OFFLINE):
        return True
    citations = [c for c in report.article.citations if not known.label or c.label == known.label]
    checked = {v.citation for v in report.verdicts if v.outcome is not Outcome.UNCHECKED}
    return report.fetched and all(c in checked for c in citations)


# --- reading ------------------------------------------------------------------------------


def load(path: Path) -> Baseline:
    """Read a baseline. Raises `InputError` where there is none, or something else."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _error(path, f"it is larger than {MAX_BYTES // 1_000_000} MB")
        data = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise InputError(
            f"cannot find the baseline {path}", hint="write one: verify baseline ARTICLE"
        ) from None
    except OSError as error:
        raise _error(path, (error.strerror or str(error)).lower()) from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise _error(path, "it is not JSON") from None
    return Baseline(path, tuple(sorted(_knowns(path, data))))


def _knowns(path: Path, data: Any) -> Iterator[Known]:
    if not isinstance(data, dict) or not isinstance(data.get("findings"), list):
        raise _error(path, "it has no list of findings")
    if data.get("version") != VERSION:
        raise _error(path, f"it is of version {data.get('version')!r}, and this reads {VERSION}")
    names = set(Known.__dataclass_fields__)
    severities = {severity.label for severity in Severity}
    for number, row in enumerate(data["findings"], 1):
        if not isinstance(row, dict) or set(row) != names:
            raise _error(path, f"finding {number} must have {', '.join(sorted(names))}")
        if not all(isinstance(v, str) for v in row.values()) or row["severity"] not in severities:
            raise _error(path, f"finding {number} has a value that is none")
        yield Known(**row)


def _error(path: Path, why: str) -> InputError:
    return InputError(
        f"cannot read the baseline {path}: {why}",
        hint="write it anew: verify baseline ARTICLE",
    )
