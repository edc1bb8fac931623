"""
The findings that people let stand, and the three rules on how they said so.

A suppression speaks for a paragraph or a note of the article, for all of the article, or for one
source. It holds with a reason and until its day has passed; what it covers stays in the report.
"""

# ruff: noqa: D400 (a rule's docstring is its page, and begins with a heading)

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verify.model import OURS, Flag, Outcome, Severity
from verify.rules.place import quoted
from verify.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verify.model import Citation, Finding, Report, Source, Suppression
    from verify.rules.rule import Rule

OFFLINE = frozenset({"CIT", "SRC"})
"""The families of rules that speak of the article and sources.yaml alone."""


@rule("CIT011", "expired-suppression", Severity.WARNING, since="0.1")
def expired_suppression(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a suppression whose last day has passed. It no longer holds.

    ## Why it matters

    Somebody set an end on purpose: a correction was promised, a page was to be back. The
    finding is open again, and this says why.

    ## Example

    ```markdown
    <!-- verify: ignore[NET001] the archive moves house until=2024-03-31 -->
    ```

    ## Use instead

    Look at the finding. Then take the comment out, or give a new day and the reason for it.

    ```markdown
    <!-- verify: ignore[NET001] the archive moves house, second delay until=2027-06-30 -->
    ```

    ## How sure we are

    Certain. The day itself still counts; the day of the run is taken in UTC.
    """
    for each in report.suppressions:
        if each.until is not None and each.until < report.created.date():
            yield _at(each, f"the suppression of {_codes(each)} ended on {each.until.isoformat()}")


@rule("CIT012", "unused-suppression", Severity.WARNING, since="0.1")
def unused_suppression(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a suppression that covers no finding.

    ## Why it matters

    What it was written for was mended, or moved elsewhere. Left in place, it would hide the
    next fault of the same kind without anybody having looked at that one.

    ## Example

    ```markdown
    The dam was finished in 1974.[1] <!-- verify: ignore[QUO002] the 1998 edition differs -->
    ```

    where nothing is quoted any more.

    ## Use instead

    Take the comment out, or put it at the paragraph that it is for.

    ## How sure we are

    Certain, for this run. Where a citation that it speaks for could not be checked, or the rule
    did not run (`verify lint` runs CIT and SRC alone), nothing is said.
    """
    today = report.created.date()
    used = {f.suppression for f in report.findings if f.suppression is not None}
    for each in report.suppressions:
        holds = not _fault(each) and (each.until is None or each.until >= today)
        if holds and each not in used and _could_tell(report, each):
            yield _at(each, f"the suppression of {_codes(each)} covers no finding")


@rule("CIT013", "invalid-suppression", Severity.ERROR, since="0.1")
def invalid_suppression(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a suppression without a reason, for a rule that does not exist, or with an end that is
    no day. It does not hold.

    ## Why it matters

    Whoever wrote it believes that a finding was dealt with. Without a reason nobody can tell
    later whether it still should be let stand.

    ## Example

    ```markdown
    <!-- verify: ignore[QUO002] -->
    ```

    ## Use instead

    ```markdown
    <!-- verify: ignore[QUO002] the 1998 edition differs from the one online -->
    ```

    or, for whatever cites one source, in sources.yaml:

    ```yaml
    version: 1
    sources:
      - note: "1"
        url: https://gazette.example/dam
        ignore:
          - code: QUO002
            reason: the 1998 edition differs from the one online
            until: 2027-01-31
    ```

    ## How sure we are

    Certain. The rules on suppressions (CIT011 to CIT013) cannot be suppressed.
    """
    for each in report.suppressions:
        if fault := _fault(each):
            yield _at(each, fault)


RULES: tuple[Rule, ...] = (expired_suppression, unused_suppression, invalid_suppression)


def settle(findings: Iterable[Finding], report: Report) -> tuple[Finding, ...]:
    """Let stand what people gave a reason for; the narrowest suppression comes first."""
    today = report.created.date()
    holding = [
        s for s in report.suppressions if not _fault(s) and (s.until is None or s.until >= today)
    ]
    holding.sort(key=lambda s: s.source is None and s.first is None)

    def settled(finding: Finding) -> Finding:
        covering = (s for s in holding if _names(s, finding) and _reaches(s, finding, report))
        return replace(finding, suppression=next(covering, None))

    return tuple(settled(finding) for finding in findings)


# --- what a suppression speaks for --------------------------------------------------------


def _names(suppression: Suppression, finding: Finding) -> bool:
    return suppression.code.lower() in {finding.code.lower(), finding.name}


def _reaches(suppression: Suppression, finding: Finding, report: Report) -> bool:
    """Whether a finding stands where the suppression speaks for."""
    flag = finding.flag
    if suppression.source is not None:
        source = report.sources.get(suppression.source)
        return source is not None and (
            flag.label in source.labels
            or (flag.path == source.path and flag.position == source.position)
        )
    if suppression.first is None:
        return True
    if flag.path == suppression.path:
        return suppression.speaks_for(flag.position)
    # What is told of a note at its entry in sources.yaml belongs to the note all the same.
    behind = (s.labels for s in report.sources.values() if flag.label in s.labels)
    labels = next(behind, ())
    return bool(_notes(suppression, report).intersection(labels))


def _notes(suppression: Suppression, report: Report) -> set[str]:
    """Return the notes that stand where the suppression speaks for."""
    article = report.article
    return {
        note.label
        for note in article.references
        if not note.is_link and suppression.speaks_for(article.position(note.span.start))
    }


def _citations(suppression: Suppression, report: Report) -> list[Citation]:
    """Return the citations that the suppression speaks for."""
    article = report.article
    if suppression.source is not None:
        source = report.sources.get(suppression.source)
        labels = set(source.labels) if source else set()
        return [c for c in article.citations if c.label in labels]
    notes = _notes(suppression, report) if suppression.first else set()
    return [
        c
        for c in article.citations
        if c.label in notes or suppression.speaks_for(article.position(c.span.start))
    ]


def _could_tell(report: Report, suppression: Suppression) -> bool:
    """Whether this run would have found what the suppression is for."""
    from verify.rules import find

    known = find(suppression.code)
    family = known.code[:3] if known else ""
    if family in OFFLINE:
        return True
    if not report.fetched:
        return False
    citations = _citations(suppression, report)
    if family != "NET":
        checked = {v.citation for v in report.verdicts if v.outcome is not Outcome.UNCHECKED}
        return all(c in checked for c in citations)
    labels = {c.label for c in citations}
    return all(_was_asked(report, s) for s in report.sources.values() if labels & {*s.labels})


def _was_asked(report: Report, source: Source) -> bool:
    reading = report.readings.get(source.id)
    return reading is not None and all(attempt.failure not in OURS for attempt in reading.attempts)


# --- what is wrong with it ----------------------------------------------------------------


def _fault(suppression: Suppression) -> str:
    """Return why a suppression does not hold as it was written, or nothing."""
    from verify.rules import find

    if suppression.fault:
        return f"this suppression does not hold: {suppression.fault}"
    if not suppression.code:
        return "this suppression names no rule; `verify rule` lists them"
    known = find(suppression.code)
    if known is None:
        return f"there is no rule {quoted(suppression.code)}; `verify rule` lists them"
    if known in RULES:
        return f"{known.code} cannot be suppressed: it speaks of suppressions"
    if not any(letter.isalpha() for letter in suppression.reason):
        return f"the suppression of {known.code} gives no reason, so it does not hold"
    return ""


def _codes(suppression: Suppression) -> str:
    return f"{suppression.code} ({quoted(suppression.reason)})"


def _at(suppression: Suppression, message: str) -> Flag:
    subject = f"{suppression.code} {suppression.source or ''} {suppression.reason}"
    return Flag(message, suppression.path, suppression.position, subject=subject)
