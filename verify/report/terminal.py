"""Report -> lines for a terminal: worst first, and readable without colour."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING

from verify.hosts import shown
from verify.model import FactOutcome, Outcome, Severity
from verify.report.decided import decisions, drift_phrase, judged_phrase
from verify.report.findings import state, tally
from verify.report.marks import unborne_words
from verify.report.since import Since, Turn
from verify.report.strings import ENGLISH
from verify.report.visible import one_line, shortened, web_address
from verify.report.words import (
    DIFFERENCES,
    FACTS,
    OUTCOMES,
    SIDES,
    advice,
    asked,
    attempts_at,
    certainty,
    coverage_sentence,
    is_right_to_left,
    lead_in,
    note_of,
    untold_facts,
    worst_first,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from verify.model import Attempt, Evidence, Fact, Finding, Report, Verdict
    from verify.report.since import Change

STYLES = {
    Outcome.SUPPORTED: "green",
    Outcome.PARTLY_SUPPORTED: "yellow",
    Outcome.ALTERED: "bright_red",
    Outcome.CONTRADICTED: "bold red",
    Outcome.NOT_FOUND: "magenta",
    Outcome.UNCHECKED: "cyan",
}
SEVERITIES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}

# Three lines of 80 columns tell a sentence from its neighbours; the passage that the verdict
# rests on is shown further, because it is what the reader has to judge.
LONGEST_CLAIM = 240
LONGEST_PASSAGE = 640

# What comes after these tells a reader nothing new; the JSON and the page have all of it.
MOST_REASONS = 3
MOST_DIFFERENCES = 6
MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class TerminalFormatter:
    """Writes what somebody at a terminal can act on."""

    colour: bool = False
    width: int = 80
    before: Sequence[Report] = field(default=(), repr=False)
    """Reports of an earlier run, to say what has changed since."""
    name: str = "terminal"

    def format(self, reports: Sequence[Report]) -> str:
        """Return the whole output as text."""
        from rich.console import Console

        console = Console(
            file=StringIO(),
            width=self.width,
            force_terminal=self.colour,
            color_system="standard" if self.colour else None,
            no_color=not self.colour,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )
        with console.capture() as capture:
            for report in reports:
                _report(_Page(console), report)
            _since(_Page(console), Since.between(reports, self.before))
        lines = (line.rstrip() for line in capture.get().splitlines())
        return "\n".join(lines).strip("\n") + "\n"


@dataclass(frozen=True, slots=True)
class _Page:
    """Prints plain text with an indent; no markup of a foreign text is ever read."""

    console: Console

    def say(self, text: str, indent: int = 0, style: str = "") -> None:
        """Print a paragraph, wrapped to the width."""
        from rich.padding import Padding
        from rich.text import Text

        self.console.print(Padding(Text(text, style), (0, 0, 0, indent), expand=False))

    def gap(self) -> None:
        """Leave a line empty."""
        self.console.line()

    def line(self, *parts: tuple[str, str]) -> None:
        """Print one unbroken line, so that it can be searched and clicked."""
        from rich.text import Text

        self.console.print(Text.assemble(*parts), soft_wrap=True)


def _report(page: _Page, report: Report) -> None:
    title = f"  {one_line(report.article.title)}" if report.article.title else ""
    page.line((one_line(str(report.article.path)), "bold"), (title, ""))
    page.say(coverage_sentence(report))
    for notice in report.notices:
        page.say(f"note: {one_line(notice)}", style="yellow")
    told: dict[tuple[str, ...], str] = {}
    for verdict in worst_first(report.verdicts):
        page.gap()
        _verdict(page, report, verdict, told)
    _findings(page, report.findings)
    _summary(page, report)


def _verdict(
    page: _Page, report: Report, verdict: Verdict, told: dict[tuple[str, ...], str]
) -> None:
    _heading(page, report, verdict)
    page.say(shortened(verdict.claim.text, LONGEST_CLAIM), 2)
    if label := _told_before(report, verdict, told):
        page.say(f"why, and what is next: as for note {label}", 2)
        return
    for number, evidence in enumerate(verdict.evidence[:2]):
        _evidence(page, evidence, "also" if number else _lead(verdict))
        if not number:
            _open(page, evidence)
    _elsewhere(page, report, verdict)
    for reason in verdict.reasons[:MOST_REASONS]:
        page.say(f"why: {one_line(reason)}", 2)
    if words := unborne_words(verdict):
        page.say(f"most likely not borne out: {shortened(', '.join(words), LONGEST_CLAIM)}", 2)
    _differences(page, verdict)
    for fact in untold_facts(verdict):
        _fact(page, fact)
    _agreed(page, verdict)
    if verdict.drift:
        page.say(f"since then: {drift_phrase(verdict.drift)}", 2)
    for decision in decisions(verdict):
        page.say(f"person: {decision}", 2, "bold")
    _rests_on(page, verdict)
    _attempts(page, attempts_at(report, verdict), failed=verdict.outcome is Outcome.UNCHECKED)


def _told_before(report: Report, verdict: Verdict, told: dict[tuple[str, ...], str]) -> str | None:
    """Return the note of which the same was told, where nothing else is known of this one."""
    attempts = attempts_at(report, verdict)
    has_decisions = any(decisions(verdict))
    is_bare = not (verdict.evidence or verdict.drift or has_decisions or asked(attempts))
    if verdict.outcome is not Outcome.UNCHECKED or not verdict.citation or not is_bare:
        return None
    said = (*verdict.reasons, advice(attempts) or "")
    before = told.get(said)
    told.setdefault(said, one_line(verdict.citation.label))
    return before


def _heading(page: _Page, report: Report, verdict: Verdict) -> None:
    word = OUTCOMES[verdict.outcome]
    parts = [certainty(verdict.confidence)]
    if verdict.citation:
        place = report.article.position(verdict.citation.span.start)
        parts = [f"note {one_line(verdict.citation.label)}", f"line {place.line}", *parts]
    said = ", ".join(part for part in parts if part)
    page.line((f"{word.sign} {word.name}", STYLES[verdict.outcome]), (f"  {said}", ""))


def _lead(verdict: Verdict) -> str:
    missed = verdict.outcome is Outcome.NOT_FOUND
    return "the nearest passage of the source" if missed else "the source says"


def _evidence(page: _Page, evidence: Evidence, lead: str) -> None:
    page.say(f"{lead_in(lead, evidence)}:", 2, "dim")
    page.say(shortened(evidence.text, LONGEST_PASSAGE), 4)
    if evidence.english:
        page.say("in English, by machine:", 2, "dim")
        page.say(shortened(evidence.english, LONGEST_PASSAGE), 4)


def _open(page: _Page, evidence: Evidence) -> None:
    """Give the address that opens the page at the passage."""
    address = web_address(evidence.fragment or "")
    if address:
        page.say("open at the passage:", 2, "dim")
        page.line((f"  {shown(address)}", "dim"))


def _elsewhere(page: _Page, report: Report, verdict: Verdict) -> None:
    """Show the words in the source that has them."""
    found = verdict.found_in
    if found:
        _evidence(page, found.evidence, f"the source of {note_of(report, found.source_id)} says")
        _open(page, found.evidence)


def _differences(page: _Page, verdict: Verdict) -> None:
    material = [d for d in verdict.differences if d.kind.is_material]
    for each in material[:MOST_DIFFERENCES]:
        _compared(page, DIFFERENCES[each.kind], "≠", each.claim_text, each.source_text)
    if len(material) > MOST_DIFFERENCES:
        page.say(f"≠ and {len(material) - MOST_DIFFERENCES} more", 2)
    kinds = [DIFFERENCES[d.kind] for d in verdict.differences if not d.kind.is_material]
    if kinds:
        page.say(f"let pass: {', '.join(dict.fromkeys(kinds))}", 2, "dim")


def _fact(page: _Page, fact: Fact) -> None:
    word = FACTS[fact.outcome]
    kind = f"{fact.kind.value} {word.name} {SIDES[fact.side]}"
    if fact.outcome is FactOutcome.MISSING:
        return page.say(f"{word.sign} {kind}: {shortened(fact.claim_text, 60)}", 2)
    return _compared(page, kind, word.sign, fact.claim_text, fact.source_text or "")


def _agreed(page: _Page, verdict: Verdict) -> None:
    """Name the facts that agree, each once, in the claim's words."""
    facts = [f for f in verdict.facts if f.outcome is FactOutcome.MATCHED]
    said = dict.fromkeys(f"{f.kind.value} {shortened(f.claim_text, 60)}" for f in facts)
    if said:
        page.say(f"{FACTS[FactOutcome.MATCHED].sign} the same: {', '.join(said)}", 2)


def _compared(page: _Page, kind: str, sign: str, here: str, there: str) -> None:
    """Show two texts; one that runs from right to left has a line of its own."""
    here, there = shortened(here, 120), shortened(there, 120)
    if not here or not there:
        return page.say(f"{sign} {kind}: {here or there}", 2)
    if not is_right_to_left(here + there):
        return page.say(f"{sign} {kind}: {here} | source: {there}", 2)
    page.say(f"{sign} {kind}, article and source:", 2)
    page.say(here, 4)
    return page.say(there, 4)


def _rests_on(page: _Page, verdict: Verdict) -> None:
    version = verdict.version
    if version is None:
        return
    rests = f", judged {SIDES[verdict.rests_on]}" if verdict.rests_on else ""
    page.say(f"{judged_phrase(version)}{rests}", 2, "dim")
    page.line((f"  {one_line(shown(version.address))}", "dim"))
    page.say(f"sha256 {version.sha256[:12]}", 2, "dim")


def _attempts(page: _Page, attempts: Sequence[Attempt], *, failed: bool) -> None:
    for attempt in asked(attempts):
        what = f"{one_line(shown(attempt.address))}: {one_line(attempt.reason)}"
        page.line((f"  failed ({one_line(attempt.via)}): {what}", ""))
    step = advice(attempts)
    if failed and step:
        page.say(f"next: {step}", 2)


def _findings(page: _Page, findings: Sequence[Finding]) -> None:
    if findings:
        page.gap()
        page.say("Findings", style="bold")
    for finding in findings:
        flag = finding.flag
        place = f"{one_line(str(flag.path))}:{flag.position.line}:{flag.position.column}"
        page.line(
            (f"{place} ", ""),
            (f"{finding.code} {finding.severity.label}", SEVERITIES[finding.severity]),
            (f" {one_line(flag.message)}", ""),
            (_standing(finding), "dim"),
        )


def _standing(finding: Finding) -> str:
    """Say why a finding fails no run."""
    if finding.suppression is None:
        return "" if finding.is_open else f" ({state(finding)})"
    until = f" until {finding.suppression.until}" if finding.suppression.until else ""
    return f" (suppressed{until}: {one_line(finding.suppression.reason)})"


def _summary(page: _Page, report: Report) -> None:
    page.gap()
    page.say("Summary", style="bold")
    page.say(coverage_sentence(report))
    outcomes = ", ".join(_counted(report))
    if outcomes:
        page.say(outcomes)
    fresh = [finding for finding in report.findings if finding.is_open]
    counts = [(s, sum(f.severity is s for f in fresh)) for s in SEVERITIES]
    said = ", ".join(f"{count} {_plural(s.label, count)}" for s, count in counts if count)
    page.say(said or ("no new findings" if report.findings else "no findings"))
    if not (report.fetched or report.is_unread or report.article.citations):
        page.say("The article has no citation: is it the right file?", style="yellow")
    if standing := tally(report.findings).sentence:
        page.say(f"not counted: {standing}")
    again = sum(verdict.asks_again is not None for verdict in report.verdicts)
    reviewed = sum(verdict.review is not None for verdict in report.verdicts)
    if reviewed or again:
        page.say(f"reviewed by a person: {reviewed}; to be reviewed again: {again}")
    for role, tool in report.tools.items():
        page.say(f"{one_line(role)}: {one_line(tool)}", style="dim")
    page.gap()


def _since(page: _Page, since: Since) -> None:
    """Say at the end, where it is read first, what has changed since an earlier report."""
    if not since.is_asked:
        return
    page.say(since.line(ENGLISH), style="bold")
    if coverage := since.coverage(ENGLISH):
        page.say(coverage)
    changes = [change for turn in Turn for change in since.changes(turn)]
    for change in changes[:MOST_CHANGES]:
        _change(page, change)
    if len(changes) > MOST_CHANGES:
        page.say(f"and {len(changes) - MOST_CHANGES} more", 2)


def _change(page: _Page, change: Change) -> None:
    citation, now = change.verdict.citation, OUTCOMES[change.verdict.outcome]
    was = f"{OUTCOMES[change.was].sign} {OUTCOMES[change.was].name} → " if change.was else ""
    place = one_line(str(change.report.article.path))
    if citation:
        line = change.report.article.position(citation.span.start).line
        place += f":{line}, note {one_line(citation.label)}"
    edited = ", edited" if change.is_edited else ""
    page.say(f"{change.turn.value}: {was}{now.sign} {now.name}  {place}{edited}", 2)


def _counted(report: Report) -> Iterator[str]:
    for outcome, word in OUTCOMES.items():
        count = report.coverage.outcomes.get(outcome.value, 0)
        if count:
            yield f"{word.sign} {count} {word.name}"


def _plural(label: str, count: int) -> str:
    return label if count == 1 or label == Severity.INFO.label else f"{label}s"
