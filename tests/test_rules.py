"""The rules on reports built in Python, and the promises that every rule keeps."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import sample
from verify.model import (
    DEAD,
    Attempt,
    Citation,
    Claim,
    ClaimKind,
    Difference,
    DifferenceKind,
    Document,
    Evidence,
    Fact,
    FactKind,
    FactOutcome,
    Failure,
    Finding,
    Flag,
    Identification,
    Language,
    Outcome,
    Quotation,
    Report,
    Severity,
    Side,
    SourceId,
    Span,
    Unavailable,
    Verdict,
)
from verify.report.json import dump, load
from verify.rules import RULES, apply, find
from verify.rules.pages import FOLDER, pages
from verify.rules.rule import HEADINGS, Rule

ROOT = Path(__file__).resolve().parent.parent
ONE = SourceId("note-1")


def codes(report: Report) -> list[str]:
    return [f.code for f in apply(report)]


def only(code: str, report: Report) -> list[Finding]:
    return [f for f in apply(report) if f.code == code]


# --- every rule -------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_every_rule_has_a_whole_page(rule: Rule) -> None:
    headings = re.findall(r"^## (.+)$", rule.explanation, re.MULTILINE)
    sections = re.split(r"^## .+$", rule.explanation, flags=re.MULTILINE)

    assert tuple(headings) == HEADINGS
    assert all(section.strip() for section in sections[1:])
    assert rule.summary.startswith("Flags ")
    assert rule.summary.endswith(".")
    assert rule.page.startswith(f"# {rule.code} {rule.name}\n")


def test_codes_and_names_are_unique_well_formed_and_in_order() -> None:
    families = ["CIT", "SRC", "NET", "DOC", "QUO", "CLM", "REV"]

    assert len({r.code for r in RULES}) == len({r.name for r in RULES}) == len(RULES)
    assert all(re.fullmatch(r"[A-Z]{3}\d{3}", r.code) for r in RULES)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", r.name) for r in RULES)
    assert list(dict.fromkeys(r.code[:3] for r in RULES)) == families
    assert all(a.code < b.code for a, b in pairwise(RULES) if a.code[:3] == b.code[:3])


def test_the_pages_in_docs_are_those_that_the_docstrings_make() -> None:
    folder = ROOT / FOLDER
    written = {p.name: p.read_text("utf-8") for p in folder.glob("*.md")}

    assert written == dict(pages()), "run `python -m verify.rules.pages`"


@pytest.mark.parametrize("wanted", ["CIT004", "cit004", " missing-address ", "Missing-Address"])
def test_a_rule_is_found_by_code_and_by_name(wanted: str) -> None:
    rule = find(wanted)

    assert rule is not None
    assert (rule.code, rule.name) == ("CIT004", "missing-address")


def test_what_is_no_rule_is_not_found() -> None:
    assert find("CIT999") is None
    assert find("") is None


def test_findings_come_in_the_order_of_the_files() -> None:
    findings = apply(sample.report())
    places = [
        (str(f.flag.path), f.flag.position.line, f.flag.position.column, f.code) for f in findings
    ]

    assert places == sorted(places)
    assert findings == apply(sample.report())


def test_a_report_whose_sources_nobody_asked_for_has_findings_on_notes_and_entries_only() -> None:
    report = sample.report()
    linted = replace(report, fetched=False, readings={}, verdicts=())

    assert {code[:3] for code in codes(linted)} == {"CIT", "SRC"}
    assert {code[:3] for code in codes(report)} == {"CIT", "SRC", "NET", "QUO", "CLM"}


def test_findings_can_be_computed_again_from_saved_json() -> None:
    report = sample.report()

    assert [f.flag for f in apply(load(dump([report]))[0])] == [f.flag for f in report.findings]


def test_messages_are_short_lines_whatever_the_texts() -> None:
    long = "x\n\r " * 5_000
    report = sample.report()
    attempts = (Attempt(long, "live", Failure.GONE, "gone"),)
    flooded = replace(
        report,
        verdicts=tuple(
            replace(v, evidence=tuple(replace(e, text=long) for e in v.evidence))
            for v in report.verdicts
        ),
        readings={ONE: Unavailable(ONE, attempts)},
    )

    messages = [f.flag.message for f in apply(flooded)]
    assert any("x x" in message for message in messages)
    assert all(len(message) < 300 for message in messages)
    assert all("\n" not in message for message in messages)


def test_the_quotations_of_a_book_are_looked_for_in_little_time() -> None:
    count, length = 1_000, 600
    words = [f"nobody wrote down what number {n} said that day" for n in range(2 * count)]
    article = replace(
        sample.report().article,
        citations=tuple(
            Citation("1", Span(n, n), Span(n * length, n * length + 50), Claim("x", context=said))
            for n, said in enumerate(f"{'so it is said ' * 40}“{w}”" for w in words[:count])
        ),
        quotations=tuple(
            Quotation(w, Span(n * length + 60, n * length + 99)) for n, w in enumerate(words)
        ),
    )
    report = replace(sample.report(), article=article)
    start = time.process_time()
    (rule,) = [r for r in RULES if r.code == "CIT009"]
    found = list(rule.findings(report))

    assert len(found) == count, "those of the contexts are covered, and no other"
    assert time.process_time() - start < 6


# --- NET and DOC ------------------------------------------------------------------------


def unread(*failures: Failure) -> Report:
    attempts = tuple(Attempt("https://a.example", "live", f, f"it was {f.value}") for f in failures)
    return replace(sample.report(), readings={ONE: Unavailable(ONE, attempts)}, verdicts=())


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Failure.GONE, "NET001"),
        (Failure.UNREACHABLE, "NET001"),
        (Failure.SERVER_ERROR, "NET001"),
        (Failure.REDIRECTS, "NET001"),
        (Failure.MISSING_FILE, "NET001"),
        (Failure.BLOCKED, "NET002"),
        (Failure.TIMEOUT, "NET002"),
        (Failure.REFUSED, "NET002"),
        (Failure.DISALLOWED, "NET002"),
        (Failure.SOFT_MISSING, "NET004"),
        (Failure.UNARCHIVED, "NET005"),
        (Failure.CHANGED, "NET006"),
        (Failure.EMPTY, "DOC001"),
        (Failure.NOT_TEXT, "DOC001"),
        (Failure.TOO_LARGE, "DOC001"),
        (Failure.UNREADABLE, "DOC001"),
        (Failure.OFFLINE, None),
        (Failure.UNRECORDED, None),
        (Failure.NO_ADDRESS, None),
        (Failure.TIME_OVER, None),
        (Failure.NO_NETWORK, None),
        (Failure.FAULT, None),
        (Failure.PAYWALLED, None),  # the part that was read is a document, and NET007 looks at it
    ],
)
def test_each_way_of_failing_is_one_finding_or_none(failure: Failure, code: str | None) -> None:
    found = [c for c in codes(unread(failure)) if c[:3] in {"NET", "DOC"}]

    assert found == ([code] if code else [])


def test_every_way_of_failing_is_in_the_table_above() -> None:
    (mark,) = test_each_way_of_failing_is_one_finding_or_none.pytestmark  # type: ignore[attr-defined]

    assert {failure for failure, _ in mark.args[1]} == set(Failure)


@pytest.mark.parametrize(
    "failure", [Failure.UNREADABLE, Failure.NO_NETWORK, Failure.FAULT, Failure.TIMEOUT]
)
def test_a_source_whose_other_address_may_be_well_is_not_called_dead(failure: Failure) -> None:
    assert "NET001" not in codes(unread(Failure.GONE, failure))


def test_what_is_counted_by_the_day_is_what_can_mean_a_dead_link() -> None:
    assert not DEAD & {
        Failure.TIMEOUT, Failure.UNREADABLE, Failure.NO_NETWORK, Failure.BLOCKED, Failure.FAULT
    }  # fmt: skip


def test_a_page_that_was_blocked_is_not_called_dead_for_its_archive_is_missing() -> None:
    assert codes(unread(Failure.BLOCKED, Failure.GONE))[-1:] != ["NET001"]
    assert only("NET001", unread(Failure.BLOCKED, Failure.GONE)) == []
    assert len(only("NET002", unread(Failure.BLOCKED, Failure.GONE))) == 1


def test_an_archived_copy_makes_a_dead_link_a_remark() -> None:
    (finding,) = only("NET001", sample.report())

    assert finding.severity is Severity.INFO
    assert finding.flag.label == "4"


def read_with(**changes: Any) -> Report:
    """Change what was read for note 1: a part of the document, by its name."""
    report = sample.report()
    document = report.readings[ONE]
    assert isinstance(document, Document)
    parts: dict[str, Any] = {
        name: replace(getattr(document, name), **value) if isinstance(value, dict) else value
        for name, value in changes.items()
    }
    return replace(report, readings={ONE: replace(document, **parts)})


def with_source(report: Report, **changes: Any) -> Report:
    source = replace(report.sources[ONE], **changes)
    return replace(report, sources={**report.sources, ONE: source})


@pytest.mark.parametrize(
    ("address", "moved"),
    [
        ("https://news.example/sabz-dam", True),
        ("https://gazette.example/", True),
        ("https://gazette.example/sabz-dam?page=2", True),
        ("https://www.gazette.example/sabz-dam/", False),
        ("https://gazette.example/sabz-dam#top", False),
        ("http://[", True),
    ],
)
def test_a_redirect_to_another_page_is_a_move(address: str, *, moved: bool) -> None:
    report = read_with(snapshot={"final_address": address, "redirects": (address,)})

    assert bool(only("NET003", report)) is moved


def test_the_dates_of_an_archive_s_own_redirects_are_no_move() -> None:
    there = "https://archive.example/2"
    report = read_with(snapshot={"final_address": there, "redirects": (there,), "via": "archive"})

    assert only("NET003", report) == []


@pytest.mark.parametrize(
    ("found", "expected", "flagged"),
    [
        ("en", "fa", True),
        ("fa", "prs", False),
        ("fa", "fa-AF", False),
        ("prs", "fa", False),
        ("und", "fa", False),
        ("en", None, False),
        ("ps", "fa", True),
    ],
)
def test_a_page_in_another_language_is_unexpected(
    found: str, expected: str | None, *, flagged: bool
) -> None:
    report = read_with(identification=Identification(Language(found), 0.8))
    findings = only("DOC002", with_source(report, language=expected))

    assert bool(findings) is flagged
    assert all(f.flag.confidence == 0.8 for f in findings)


def test_persian_evidence_without_english_is_untranslatable_for_an_english_article() -> None:
    report = sample.report()
    bare = replace(
        report,
        verdicts=tuple(
            replace(v, evidence=tuple(replace(e, english=None) for e in v.evidence))
            for v in report.verdicts
        ),
    )

    assert only("DOC003", report) == []
    assert [f.flag.label for f in only("DOC003", bare)] == ["2", "4"]
    persian = replace(bare, article=replace(bare.article, language=Language("fa")))
    assert only("DOC003", persian) == []


# --- QUO and CLM ------------------------------------------------------------------------

PASSAGE = Evidence("a passage", Span(0, 9), 0.9, "bm25")


def judged(outcome: Outcome, **changes: Any) -> Report:
    """Make a report with one verdict, on note 1, of `outcome`."""
    report = sample.report()
    verdict = Verdict(
        report.verdicts[0].claim,
        outcome,
        0.8,
        Side.ORIGINAL,
        evidence=(PASSAGE,),
        citation=report.verdicts[0].citation,
        source_id=ONE,
    )
    return replace(report, verdicts=(replace(verdict, **changes),))


def about(report: Report) -> list[tuple[str, str]]:
    """Return what is said of quotations and claims."""
    return [(f.code, f.severity.label) for f in apply(report) if f.code[:3] in {"QUO", "CLM"}]


def quote(report: Report) -> Report:
    (verdict,) = report.verdicts
    claim = replace(verdict.claim, kind=ClaimKind.QUOTE)
    return replace(report, verdicts=(replace(verdict, claim=claim),))


def difference(kind: DifferenceKind, here: str = "here", there: str = "there") -> Difference:
    return Difference(kind, here, there)


def test_no_evidence_is_an_error_for_a_quotation_and_for_a_claim() -> None:
    """Exit 0 promises that nothing is wrong: a source that is silent must not pass."""
    assert about(judged(Outcome.NOT_FOUND)) == [("CLM001", "error")]
    assert about(quote(judged(Outcome.NOT_FOUND))) == [("QUO001", "error")]


def test_supported_and_unchecked_claims_have_no_finding() -> None:
    assert about(judged(Outcome.SUPPORTED)) == []
    assert about(judged(Outcome.UNCHECKED, confidence=None, evidence=())) == []


def test_a_quotation_from_another_source_is_one_error_and_not_two() -> None:
    elsewhere = sample.report().verdicts[5].found_in
    assert elsewhere is not None
    wrong = quote(judged(Outcome.NOT_FOUND, found_in=elsewhere))
    beside = quote(judged(Outcome.NOT_FOUND, found_in=replace(elsewhere, also_cited=True)))

    assert about(wrong) == [("QUO004", "error")]
    assert about(beside) == [("QUO001", "warning")]
    assert only("QUO004", wrong)[0].flag.message == (
        "“two thirds of the valley’s wheat fields have been watered f…” stands in the source of "
        "note [5], not in that of note [1]"
    )


@pytest.mark.parametrize("kind", DifferenceKind)
def test_only_material_changes_make_an_altered_quotation(kind: DifferenceKind) -> None:
    report = quote(judged(Outcome.ALTERED, differences=(difference(kind),)))
    omitted = kind is DifferenceKind.OMISSION
    expected = [("QUO003" if omitted else "QUO002", "error")] if kind.is_material else []

    assert about(report) == expected


def test_a_supported_quotation_with_a_gap_is_warned_of() -> None:
    gap = difference(DifferenceKind.OMISSION, "", "if it rains")
    report = quote(judged(Outcome.SUPPORTED, differences=(gap,)))

    assert about(report) == [("QUO003", "warning")]


def test_an_altered_quotation_says_what_was_changed() -> None:
    changes = (
        difference(DifferenceKind.WORD_CHANGED, "red", "blue"),
        difference(DifferenceKind.WORD_ADDED, "very", ""),
        difference(DifferenceKind.WORD_DROPPED, "", "not"),
        difference(DifferenceKind.NAME, "A", "B"),
    )
    (finding,) = only("QUO002", quote(judged(Outcome.ALTERED, differences=changes)))

    assert finding.flag.message == (
        "the quotation was altered: “red” for “blue”; “very” is not in the source; "
        "the source also has “not”; and 1 more"
    )


def test_a_contradicted_claim_shows_the_passage_and_how_sure_we_are() -> None:
    (finding,) = only("CLM002", judged(Outcome.CONTRADICTED))

    assert finding.flag.message == "the source says otherwise: “a passage”"
    assert finding.flag.confidence == 0.8
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("kind", "as_difference", "code"),
    [
        (FactKind.NUMBER, DifferenceKind.NUMBER, "CLM003"),
        (FactKind.NUMBER, DifferenceKind.UNIT, "CLM003"),
        (FactKind.DATE, DifferenceKind.DATE, "CLM004"),
        (FactKind.NAME, DifferenceKind.NAME, "CLM005"),
        (FactKind.NEGATION, DifferenceKind.NEGATION, "CLM006"),
    ],
)
def test_a_fact_that_differs_is_told_once(
    kind: FactKind, as_difference: DifferenceKind, code: str
) -> None:
    facts = (Fact(kind, FactOutcome.MISMATCHED, "here", "there"),) * 2
    differences = (difference(as_difference),)

    assert about(judged(Outcome.SUPPORTED, facts=facts)) == [(code, "warning")]
    assert about(judged(Outcome.SUPPORTED, differences=differences)) == [(code, "warning")]
    both = judged(Outcome.CONTRADICTED, facts=facts, differences=differences)
    assert about(both) == [("CLM002", "error"), (code, "error")]


def test_a_fact_that_agrees_on_one_side_does_not_differ() -> None:
    facts = (
        Fact(FactKind.NUMBER, FactOutcome.MISMATCHED, "46", "40", Side.TRANSLATION),
        Fact(FactKind.NUMBER, FactOutcome.MATCHED, "46", "۴۶"),
    )

    assert about(judged(Outcome.SUPPORTED, facts=facts)) == []


def test_without_a_passage_on_the_matter_no_fact_is_compared() -> None:
    facts = (Fact(FactKind.NUMBER, FactOutcome.MISMATCHED, "46", "40"),)

    assert about(judged(Outcome.NOT_FOUND, facts=facts)) == [("CLM001", "error")]


def test_support_in_part_and_support_from_a_side_bar_are_weak() -> None:
    missing = Fact(FactKind.NAME, FactOutcome.MISSING, "three provinces")
    (part,) = only("CLM007", judged(Outcome.PARTLY_SUPPORTED, facts=(missing,)))
    aside = judged(Outcome.SUPPORTED, evidence=(replace(PASSAGE, is_main=False),))

    assert part.flag.message == (
        "the source bears this out in part only; not found: “three provinces”"
    )
    assert about(aside) == [("CLM007", "warning")]


def test_a_verdict_without_a_citation_points_at_the_head_of_the_article() -> None:
    (finding,) = only("CLM001", judged(Outcome.NOT_FOUND, citation=None))

    assert (finding.flag.position.line, finding.flag.label) == (1, None)


def test_a_flag_may_be_lighter_than_its_rule() -> None:
    def check(report: Report) -> list[Flag]:
        place = report.article.position(0)
        return [
            Flag("a", report.article.path, place),
            Flag("b", report.article.path, place, severity=Severity.INFO),
        ]

    rule = Rule("CIT999", "made-up", Severity.ERROR, "0.1", check)  # type: ignore[arg-type]

    severities = [f.severity for f in rule.findings(sample.report())]
    assert severities == [Severity.ERROR, Severity.INFO]
