"""QUO: are quotations quoted as they stand in the source?"""

# ruff: noqa: D400 (a rule's docstring is its page, and begins with a heading)

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verify.model import ClaimKind, DifferenceKind, Outcome, Severity
from verify.rules.place import at_verdict, quoted
from verify.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Difference, Flag, Report, Verdict


@rule("QUO001", "missing-quotation", Severity.ERROR, since="0.1")
def missing_quotation(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a quotation that does not stand in the text of the source.

    ## Why it matters

    Words between quotation marks are promised to be the source's own.

    ## Example

    ```text
    The report calls it "the greatest work of the century".[1]
    ```

    where the report says: “It was a great work.”

    ## Use instead

    Quote what is there, or say it in your own words.

    ```text
    The report calls it "a great work".[1]
    ```

    ## How sure we are

    Spelling, digits, punctuation and spacing are folded away before the search, and one word
    in ten may differ. Not found does not mean invented: the page may have changed, may hold
    only a part of the text, or the words may be a translation. The report says which version
    was read. Where the same sentence cites another source that has the words, it is a warning;
    where only a source cited elsewhere has them, `misattributed-quotation` speaks instead.
    """
    for verdict in report.verdicts:
        if verdict.claim.kind is not ClaimKind.QUOTE or verdict.outcome is not Outcome.NOT_FOUND:
            continue
        flag = at_verdict(
            report, verdict, f"the source does not have the words {quoted(_words(verdict))}"
        )
        if verdict.found_in is None:
            yield flag
        elif verdict.found_in.also_cited:
            yield replace(flag, severity=Severity.WARNING)


@rule("QUO002", "altered-quotation", Severity.ERROR, since="0.1")
def altered_quotation(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a quotation that stands in the source with other words, numbers, names or an
    added or lost negation.

    ## Why it matters

    A single changed word can turn a statement round, and quotation marks say that none was.

    ## Example

    ```text
    The minister said: "The dam will hold for forty years."[1]
    ```

    where the source has “The dam will hold for fourteen years.”

    ## Use instead

    ```text
    The minister said: "The dam will hold for fourteen years."[1]
    ```

    Words of your own inside a quotation go between square brackets: `"It [the dam] will
    hold"`.

    ## How sure we are

    As sure as the verdict. Differences of spelling, digit script, punctuation, spacing and
    case, words between square brackets and a marked ellipsis are not flagged.
    """
    for verdict in report.verdicts:
        changes = _changes(verdict)
        if verdict.outcome is Outcome.ALTERED and changes:
            said = "; ".join(_told(change) for change in changes[:3])
            more = f"; and {len(changes) - 3} more" if len(changes) > 3 else ""
            yield at_verdict(report, verdict, f"the quotation was altered: {said}{more}")


@rule("QUO003", "silent-omission", Severity.ERROR, since="0.1")
def silent_omission(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a quotation that leaves out words of the source without a sign.

    ## Why it matters

    Readers take a quotation to be unbroken. What was left out may be the condition that
    everything hung on.

    ## Example

    ```text
    The minister said: "The dam will be finished in May."[1]
    ```

    where the source has “The dam will, if the rains allow it, be finished in May.”

    ## Use instead

    ```text
    The minister said: "The dam will […] be finished in May."[1]
    ```

    ## How sure we are

    As sure as the verdict. Where the verdict holds that the quotation is still borne out, the
    finding is a warning.
    """
    for verdict in report.verdicts:
        if verdict.claim.kind is not ClaimKind.QUOTE:
            continue
        for difference in verdict.differences:
            if difference.kind is DifferenceKind.OMISSION:
                words = quoted(difference.source_text)
                flag = at_verdict(report, verdict, f"left out without a sign: {words}")
                grave = verdict.outcome is Outcome.ALTERED
                yield flag if grave else replace(flag, severity=Severity.WARNING)


@rule("QUO004", "misattributed-quotation", Severity.ERROR, since="0.1")
def misattributed_quotation(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a quotation that its source lacks, and that the source of another note has.

    ## Why it matters

    Whoever follows the note finds nothing, and takes a true quotation for an invented one. Most
    often two notes were swapped, or one was left out.

    ## Example

    ```text
    The mayor called it "a bridge that nobody asked for".[3]
    ```

    where the words stand in the source of note 5.

    ## Use instead

    ```text
    The mayor called it "a bridge that nobody asked for".[5]
    ```

    ## How sure we are

    The words were found as `altered-quotation` finds them, whole or with a word in ten changed,
    in the text of the other source. Quotations of fewer than five words are not looked for, nor
    are translated ones. A sentence that cites both sources is not flagged.
    """
    for verdict in report.verdicts:
        where = verdict.found_in
        if where is None or where.also_cited:
            continue
        source = report.sources.get(where.source_id)
        there = f"note [{source.labels[0]}]" if source and source.labels else where.source_id
        words = quoted(where.quotation)
        here = f", not in that of note [{verdict.citation.label}]" if verdict.citation else ""
        yield at_verdict(report, verdict, f"{words} stands in the source of {there}{here}")


def _words(verdict: Verdict) -> str:
    quotations = verdict.claim.quotations
    return max((q.text for q in quotations), key=len) if quotations else verdict.claim.text


def _changes(verdict: Verdict) -> list[Difference]:
    """Return what was changed; what was left out silently has a rule of its own."""
    differences = verdict.differences
    return [d for d in differences if d.kind.is_material and d.kind is not DifferenceKind.OMISSION]


def _told(change: Difference) -> str:
    if not change.claim_text:
        return f"the source also has {quoted(change.source_text)}"
    if not change.source_text:
        return f"{quoted(change.claim_text)} is not in the source"
    return f"{quoted(change.claim_text)} for {quoted(change.source_text)}"
