"""CLM: does the source bear out what the article says in its own words?"""

# ruff: noqa: D400 (a rule's docstring is its page, and begins with a heading)

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verify.model import ClaimKind, DifferenceKind, Fact, FactKind, FactOutcome, Outcome, Severity
from verify.rules.place import at_verdict, quoted
from verify.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Flag, Report, Verdict

# With these outcomes there is a passage that speaks of the same matter, so a fact that
# differs from it is worth naming. Without one, every fact differs.
COMPARABLE = frozenset(
    {Outcome.SUPPORTED, Outcome.PARTLY_SUPPORTED, Outcome.ALTERED, Outcome.CONTRADICTED}
)

# With these outcomes the difference is what the verdict rests on.
GRAVE = frozenset({Outcome.ALTERED, Outcome.CONTRADICTED})

AS_FACT = {
    DifferenceKind.NUMBER: FactKind.NUMBER,
    DifferenceKind.UNIT: FactKind.NUMBER,
    DifferenceKind.DATE: FactKind.DATE,
    DifferenceKind.NAME: FactKind.NAME,
    DifferenceKind.NEGATION: FactKind.NEGATION,
    DifferenceKind.ANTONYM: FactKind.POLARITY,
    DifferenceKind.SPEAKER: FactKind.SPEAKER,
}


@rule("CLM001", "unsupported-claim", Severity.ERROR, since="0.1")
def unsupported_claim(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a claim for which the source has no passage that bears it out.

    ## Why it matters

    A note promises that the reader will find the statement there.

    ## Example

    ```text
    The dam feeds three provinces.[1]
    ```

    where the source speaks of the dam's cost only.

    ## Use instead

    Cite the source that says it, or move the marker to the sentence that this source bears
    out.

    ## How sure we are

    As sure as the verdict. Not found does not mean untrue: the page may have changed, hold
    only a part of the text, or say the same in words that were not recognised. The report
    shows the nearest passage.
    """
    for verdict in report.verdicts:
        if verdict.claim.kind is ClaimKind.PARAPHRASE and verdict.outcome is Outcome.NOT_FOUND:
            yield at_verdict(report, verdict, "the source does not say this")


@rule("CLM002", "contradicted-claim", Severity.ERROR, since="0.1")
def contradicted_claim(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a claim that the source denies.

    ## Why it matters

    It is the gravest fault that a citation can have.

    ## Example

    ```text
    The council approved the dam.[1]
    ```

    where the source says: “The council refused to approve the dam.”

    ## Use instead

    ```text
    The council refused to approve the dam.[1]
    ```

    ## How sure we are

    It is the hardest verdict to reach: contradiction is read only on the passage that speaks
    of the same matter, never on the page as a whole. Still, read the passage in the report
    before you act on it.
    """
    for verdict in report.verdicts:
        if verdict.outcome is Outcome.CONTRADICTED:
            seen = f": {quoted(verdict.evidence[0].text)}" if verdict.evidence else ""
            yield at_verdict(report, verdict, f"the source says otherwise{seen}")


@rule("CLM003", "mismatched-number", Severity.WARNING, since="0.1")
def mismatched_number(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a number, an amount or its unit for which the source's passage has another.

    ## Why it matters

    Numbers are what readers carry away, and what is most easily mistyped or mistranslated.

    ## Example

    ```text
    The dam cost 46 million.[1]
    ```

    where the source has «۴۰ میلیون».

    ## Use instead

    ```text
    The dam cost 40 million.[1]
    ```

    ## How sure we are

    Numbers are compared as values, in three digit scripts and in words of both languages, on
    the original and on the translation; one side that agrees is enough. An error where the
    verdict rests on it, a warning elsewhere.
    """
    yield from _mismatches(report, FactKind.NUMBER, "number")


@rule("CLM004", "mismatched-date", Severity.WARNING, since="0.1")
def mismatched_date(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a date for which the source's passage has another.

    ## Why it matters

    A wrong day or year puts an event before its cause.

    ## Example

    ```text
    The treaty was signed on 14 February 2024.[1]
    ```

    where the source has «۲۵ دی ۱۴۰۲», which is 15 January 2024.

    ## Use instead

    ```text
    The treaty was signed on 15 January 2024.[1]
    ```

    ## How sure we are

    Gregorian, Solar Hijri (with Iranian and Afghan months) and lunar Hijri dates are compared
    as days; a month or a year alone is a range. An error where the verdict rests on it, a
    warning elsewhere.
    """
    yield from _mismatches(report, FactKind.DATE, "date")


@rule("CLM005", "mismatched-name", Severity.WARNING, since="0.1")
def mismatched_name(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a person, place or body for which the source's passage has another.

    ## Why it matters

    The right words in the wrong mouth are wrong.

    ## Example

    ```text
    Minister Azizi opened the dam.[1]
    ```

    where the source has «وزیر عظیمی».

    ## Use instead

    ```text
    Minister Azimi opened the dam.[1]
    ```

    ## How sure we are

    Across scripts names are compared by their consonants, which lets variants of spelling
    pass and can miss two names that sound alike. An error where the verdict rests on it, a
    warning elsewhere.
    """
    yield from _mismatches(report, FactKind.NAME, "name")


@rule("CLM006", "reversed-negation", Severity.WARNING, since="0.1")
def reversed_negation(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a claim that denies what the source's passage affirms, or the other way round.

    ## Why it matters

    It is the smallest possible change with the greatest possible effect, and machine
    translation loses one negation in seven.

    ## Example

    ```text
    The talks did not fail.[1]
    ```

    where the source has «گفتگوها شکست خورد».

    ## Use instead

    ```text
    The talks failed.[1]
    ```

    ## How sure we are

    Less sure than of numbers: a negation may belong to another part of the sentence. It is
    compared on the original first. An error where the verdict rests on it, a warning
    elsewhere.
    """
    yield from _mismatches(report, FactKind.NEGATION, "negation")


@rule("CLM007", "weakly-supported-claim", Severity.WARNING, since="0.1")
def weakly_supported_claim(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a claim that the source bears out in part only, or only outside its main text, such
    as in a menu, a headline of another article or a comment.

    ## Why it matters

    The rest of the sentence stands without a source.

    ## Example

    ```text
    The dam was finished in 1974 and feeds three provinces.[1]
    ```

    where the source gives the year, and says nothing of provinces.

    ## Use instead

    Put each marker behind the part that its source bears out.

    ```text
    The dam was finished in 1974[1] and feeds three provinces.[2]
    ```

    ## How sure we are

    As sure as the verdict; the report lists what was found and what was not.
    """
    for verdict in report.verdicts:
        if verdict.outcome is Outcome.PARTLY_SUPPORTED:
            missing = _missing(verdict)
            rest = f"; not found: {missing}" if missing else ""
            yield at_verdict(report, verdict, f"the source bears this out in part only{rest}")
        elif verdict.outcome is Outcome.SUPPORTED and _is_aside(verdict):
            yield at_verdict(report, verdict, "found only outside the main text of the page")


@rule("CLM008", "opposite-word", Severity.WARNING, since="0.1")
def opposite_word(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a word for which the source's passage has the opposite: "rose" beside «کاهش»,
    "confirmed" beside «رد کرد».

    ## Why it matters

    The sentence has the right names and numbers, and says the contrary.

    ## Example

    ```text
    The minister welcomed the treaty.[1]
    ```

    where the source has «وزیر این پیمان را محکوم کرد».

    ## Use instead

    ```text
    The minister condemned the treaty.[1]
    ```

    ## How sure we are

    Opposites are looked up in a table of our own, in Persian and English, so most pairs that a
    reader would see are not in it. A passage that has the claim's own word anywhere is left
    alone, and a denial turns a word round: "did not rise" agrees with "fell". Of 18,000 true
    pairs of translations 5 raise this alarm. An error where the verdict rests on it, a warning
    elsewhere.
    """
    yield from _mismatches(report, FactKind.POLARITY, "sense")


@rule("CLM009", "mismatched-speaker", Severity.WARNING, since="0.1")
def mismatched_speaker(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a claim that has somebody say what somebody else says in the source's passage.

    ## Why it matters

    The right words in the wrong mouth are wrong.

    ## Example

    ```text
    According to the minister, the school will open in May.[1]
    ```

    where the source has «به گفتهٔ شهردار، مدرسه در ماه مه باز می‌شود».

    ## Use instead

    ```text
    According to the mayor, the school will open in May.[1]
    ```

    ## How sure we are

    Two speakers are told apart by their titles, and by the places and bodies that they stand
    for; titles that translators mix up, such as head and director, count as one. Where the
    source says "he said", or nobody is named, nothing is compared. Of 470 true pairs with a
    speaker, 2 raise this alarm. An error where the verdict
    rests on it, a warning elsewhere.
    """
    yield from _mismatches(report, FactKind.SPEAKER, "speaker")


def _mismatches(report: Report, kind: FactKind, noun: str) -> Iterator[Flag]:
    for verdict in report.verdicts:
        if verdict.outcome in COMPARABLE:
            for fact in _unmatched(verdict, kind):
                message = f"the {noun} differs: {_pair(fact)}"
                flag = at_verdict(report, verdict, message)
                grave = verdict.outcome in GRAVE
                yield replace(flag, severity=Severity.ERROR) if grave else flag


def _unmatched(verdict: Verdict, kind: FactKind) -> Iterator[Fact]:
    """
    Give each fact of the claim that differs on every side on which it was compared.

    What a quotation changed is told by altered-quotation, once.
    """
    facts = [f for f in verdict.facts if f.kind is kind]
    if not facts and verdict.claim.kind is ClaimKind.PARAPHRASE:
        facts = [
            Fact(kind, FactOutcome.MISMATCHED, d.claim_text, d.source_text, d.side)
            for d in verdict.differences
            if AS_FACT.get(d.kind) is kind
        ]
    settled = {f.claim_text for f in facts if f.outcome is FactOutcome.MATCHED}
    for fact in facts:
        if fact.outcome is FactOutcome.MISMATCHED and fact.claim_text not in settled:
            settled.add(fact.claim_text)
            yield fact


def _pair(fact: Fact) -> str:
    here = quoted(fact.claim_text) if fact.claim_text else "nothing"
    there = quoted(fact.source_text) if fact.source_text else "nothing"
    return f"{here} here, {there} in the source"


def _missing(verdict: Verdict) -> str:
    facts = (f.claim_text for f in verdict.facts if f.outcome is FactOutcome.MISSING)
    return ", ".join(quoted(text) for text in list(dict.fromkeys(facts))[:3])


def _is_aside(verdict: Verdict) -> bool:
    return bool(verdict.evidence) and not any(e.is_main for e in verdict.evidence)
