"""
Report -> Markdown, for a job's summary or a comment on a pull request.

First how much was checked, then what is new, then what got worse and what got better since an
earlier report, then every note, with the evidence folded away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verify.hosts import in_ascii
from verify.model import Outcome
from verify.report.decided import decisions, drift_phrase, judged_phrase
from verify.report.findings import place_of, state, tally, worst_of
from verify.report.inert import inert, link, prose
from verify.report.since import Since, Turn
from verify.report.strings import ENGLISH
from verify.report.words import (
    DIFFERENCES,
    OUTCOMES,
    advice,
    attempts_at,
    certainty,
    coverage_sentence,
    lead_in,
    worst_first,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.model import Finding, Report, Verdict
    from verify.report.since import Change

# GitHub takes 65,536 characters for a comment; what is left is for what says so.
LONGEST = 65_000
LONGEST_CLAIM = 240
LONGEST_PASSAGE = 640
# Nobody reads on here; the list is there to show that it is not empty.
MOST_STANDING = 50

TURNS = {
    Turn.WORSE: "Worse than before",
    Turn.BETTER: "Better than before",
    Turn.NEW: "New claims",
}


@dataclass(frozen=True, slots=True)
class MarkdownFormatter:
    """Writes a summary of all reports, within what GitHub takes."""

    before: Sequence[Report] = field(default=(), repr=False)
    """Reports of an earlier run, to say what has changed since."""
    longest: int = LONGEST
    name: str = "markdown"

    def format(self, reports: Sequence[Report]) -> str:
        """Return the whole output as text."""
        return _within(self.longest, _blocks(reports, Since.between(reports, self.before)))


def _within(longest: int, blocks: Iterator[str]) -> str:
    """Join whole blocks until one does not fit, and say how many were left out."""
    kept: list[str] = []
    size = left_out = 0
    for block in blocks:
        if left_out or size + len(block) > longest:
            left_out += 1
        else:
            kept.append(block)
            size += len(block)
    if left_out:
        kept.append(
            f"\n{left_out} more parts are left out, for want of room. "
            "The HTML and JSON reports have them all.\n"
        )
    return "".join(kept) or "Nothing was checked: there is no report.\n"


def _blocks(reports: Sequence[Report], since: Since) -> Iterator[str]:
    """Yield what may be shown or left out as a whole, weightiest first."""
    if not reports:
        return
    yield _coverage(reports)
    for report in reports:
        for notice in report.notices:
            yield f"> {prose(in_ascii(notice), LONGEST_PASSAGE)}\n\n"
    yield from _since(since)
    yield from _new(reports, since)
    yield from _turned(since)
    for report in reports:
        yield from _notes(report)
    yield from _standing(reports)
    for report in reports:
        for verdict in worst_first(report.verdicts):
            yield _evidence(report, verdict)
    yield from _tools(reports)


# --- how much was checked ---------------------------------------------------------------


def _coverage(reports: Sequence[Report]) -> str:
    heads = [f"{word.sign} {word.name}" for word in OUTCOMES.values()]
    lines = [f"## {_sentence(reports)}\n"]
    if any(report.fetched for report in reports):
        lines.append(f"| article | checked | {' | '.join(heads)} |")
        lines.append(f"|---|--:|{'--:|' * len(heads)}")
        lines += [_counts(report) for report in reports]
    return "\n".join(lines) + "\n\n"


def _sentence(reports: Sequence[Report]) -> str:
    """Say of all articles together what nobody may overlook."""
    if len(reports) == 1:
        return coverage_sentence(reports[0])
    citations = sum(report.coverage.citations for report in reports)
    checked = sum(report.coverage.checked for report in reports)
    left_out = sum(report.coverage.left_out for report in reports)
    said = f"{len(reports)} articles: {checked} of {citations} citations checked"
    if checked < citations:
        said += f"; {citations - checked} could not be"
    if unread := sum(report.is_unread for report in reports):
        said += f"; {unread} article{'s' if unread > 1 else ''} could not be read"
    return f"{said}; {left_out} left out, as they have not changed." if left_out else f"{said}."


def _counts(report: Report) -> str:
    coverage = report.coverage
    counts = [str(coverage.outcomes.get(outcome.value, 0) or "") for outcome in OUTCOMES]
    path = inert(report.article.path.as_posix())
    checked = "not read" if report.is_unread else f"{coverage.checked} of {coverage.citations}"
    return f"| {path} | {checked} | {' | '.join(counts)} |"


# --- what is new, what got worse, and what got better -----------------------------------


def _since(since: Since) -> Iterator[str]:
    if since.is_asked:
        yield f"**{since.line(ENGLISH)}** {since.coverage(ENGLISH)}".rstrip() + "\n\n"


def _new(reports: Sequence[Report], since: Since) -> Iterator[str]:
    found = [finding for report in reports for finding in report.findings]
    standing = worst_of(finding for finding in found if finding.is_open)
    if not since.is_asked:
        word = "New findings" if any(finding.is_known for finding in found) else "Findings"
        yield from _rows(word, standing, always=True)
        return
    fresh = since.fresh()
    yield from _rows("New findings", fresh, always=True)
    yield from _rows("Findings as before", [f for f in standing if not since.is_fresh(f)])
    yield from _solved(since)


def _rows(word: str, found: Sequence[Finding], *, always: bool = False) -> Iterator[str]:
    if found:
        yield f"### {word}: {len(found)}\n\n| | where | what |\n|---|---|---|\n"
        yield from map(_row, found)
        yield "\n"
    elif always:
        yield f"### No {word[0].lower()}{word[1:]}\n\n"


def _solved(since: Since) -> Iterator[str]:
    """Fold away what the earlier run found, and this one, having looked, did not."""
    solved = since.solved()
    if solved:
        lines = [f"<details><summary>Findings solved: {len(solved)}</summary>\n"]
        for finding in solved[:MOST_STANDING]:
            message = prose(in_ascii(finding.flag.message), LONGEST_CLAIM)
            lines.append(f"- <code>{finding.code}</code> {message}")
        if len(solved) > MOST_STANDING:
            lines.append(f"- and {len(solved) - MOST_STANDING} more")
        yield "\n".join([*lines, "\n</details>\n\n"])


def _row(finding: Finding) -> str:
    flag = finding.flag
    where = inert(f"{flag.path.as_posix()}:{flag.position.line}")
    what = f"{prose(in_ascii(flag.message), LONGEST_PASSAGE)} (<code>{finding.code}</code>)"
    return f"| {finding.severity.label} | {where} | {what} |\n"


def _turned(since: Since) -> Iterator[str]:
    for turn, title in TURNS.items():
        changes = since.changes(turn)
        if changes:
            yield f"### {title}: {len(changes)}\n\n"
            yield from map(_change, changes)
            yield "\n"


def _change(change: Change) -> str:
    verdict, now = change.verdict, OUTCOMES[change.verdict.outcome]
    was = f"{OUTCOMES[change.was].sign} {OUTCOMES[change.was].name} → " if change.was else ""
    claim = prose(verdict.claim.text, LONGEST_CLAIM)
    edited = " (edited)" if change.is_edited else ""
    return f"- {was}{now.sign} **{now.name}**, {_at(change.report, verdict)}{edited}: {claim}\n"


# --- every note -------------------------------------------------------------------------


def _notes(report: Report) -> Iterator[str]:
    if not report.verdicts:
        return
    path = inert(report.article.path.as_posix())
    yield f"### {path}\n\n| note | line | outcome | claim | source |\n|---|--:|---|---|---|\n"
    for verdict in worst_first(report.verdicts):
        yield _note(report, verdict)
    yield "\n"


def _note(report: Report, verdict: Verdict) -> str:
    citation, word = verdict.citation, OUTCOMES[verdict.outcome]
    label = inert(citation.label) if citation else ""
    line = place_of(report.article, citation.span).start.line if citation else ""
    sure = certainty(verdict.confidence)
    outcome = f"{word.sign} {word.name}{f', {sure}' if sure else ''}{_decided(verdict)}"
    claim = prose(verdict.claim.text, LONGEST_CLAIM)
    return f"| {label} | {line} | {outcome} | {claim} | {_source(report, verdict)} |\n"


def _decided(verdict: Verdict) -> str:
    if review := verdict.review:
        word = OUTCOMES[review.outcome].name
        return f"<br>{inert(review.reviewer)}, {review.date}: {word}"
    return "<br>to be reviewed again" if verdict.asks_again else ""


def _source(report: Report, verdict: Verdict) -> str:
    source = report.sources.get(verdict.source_id) if verdict.source_id else None
    if source is None:
        return ""
    named = source.title or source.publisher or source.id
    if verdict.version and source.urls:
        return link(named, verdict.version.address)
    return link(named, source.urls[0]) if source.urls else prose(named, LONGEST_CLAIM)


def _at(report: Report, verdict: Verdict) -> str:
    if verdict.citation is None:
        return inert(report.article.path.as_posix())
    line = place_of(report.article, verdict.citation.span).start.line
    path = inert(report.article.path.as_posix())
    return f"{path}:{line}, note {inert(verdict.citation.label)}"


def _standing(reports: Sequence[Report]) -> Iterator[str]:
    """Fold away what people let stand and what the baseline has."""
    found = [f for report in reports for f in report.findings if not f.is_open]
    if not found:
        return
    lines = [f"<details><summary>Not counted: {tally(found).sentence}</summary>\n"]
    for finding in found[:MOST_STANDING]:
        why = f": {prose(finding.suppression.reason, 240)}" if finding.suppression else ""
        place = inert(f"{finding.flag.path.as_posix()}:{finding.flag.position.line}")
        lines.append(f"- {place} <code>{finding.code}</code> {state(finding)}{why}")
    if len(found) > MOST_STANDING:
        lines.append(f"- and {len(found) - MOST_STANDING} more")
    yield "\n".join([*lines, "\n</details>\n\n"])


# --- the evidence -----------------------------------------------------------------------


def _evidence(report: Report, verdict: Verdict) -> str:
    word = OUTCOMES[verdict.outcome]
    lines = [
        f"<details><summary>{word.sign} {word.name}: {_at(report, verdict)}</summary>\n",
        f"{_quoted(verdict.claim.text)}\n",
    ]
    for passage in verdict.evidence[:1]:
        near = verdict.outcome in {Outcome.NOT_FOUND, Outcome.UNCHECKED}
        said = "The nearest passage of the source" if near else "The source says"
        lines += [f"{lead_in(said, passage)}:\n", f"{_quoted(passage.text)}\n"]
        if passage.english:
            lines += ["In English, by machine:\n", f"{_quoted(passage.english)}\n"]
        if passage.fragment:
            lines.append(f"{link('open at the passage', passage.fragment)}\n")
    lines += [f"- {line}" for line in _told(report, verdict)]
    return "\n".join([*lines, "\n</details>\n\n"])


def _told(report: Report, verdict: Verdict) -> Iterator[str]:
    for difference in verdict.differences[:6]:
        if difference.kind.is_material:
            here = prose(difference.claim_text, 120) or "—"
            there = prose(difference.source_text, 120) or "—"
            yield f"{DIFFERENCES[difference.kind]}: {here} | source: {there}".replace("|", "&#124;")
    yield from (inert(reason) for reason in verdict.reasons[:3])
    if version := verdict.version:
        digest = f"sha256 <code>{inert(version.sha256[:12])}</code>"
        where = link(version.address, version.address)
        yield f"{inert(judged_phrase(version))}: {where}, {digest}"
    if verdict.drift:
        yield inert(drift_phrase(verdict.drift))
    yield from (prose(decision, LONGEST_PASSAGE) for decision in decisions(verdict))
    if verdict.outcome is Outcome.UNCHECKED:
        step = advice(attempts_at(report, verdict))
        if step:
            yield f"next: {inert(step)}"


def _quoted(text: str) -> str:
    return f"> {prose(text, LONGEST_PASSAGE)}"


def _tools(reports: Sequence[Report]) -> Iterator[str]:
    tools = dict.fromkeys(
        f"{inert(role)}: {inert(tool)}" for report in reports for role, tool in report.tools.items()
    )
    if tools:
        yield f"<sub>{'; '.join(tools)}</sub>\n"
