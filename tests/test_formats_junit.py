"""JUnit XML: read by a real consumer, and legal whatever a page holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from junitparser import Failure, JUnitXml, Skipped
from lxml import etree

from tests import hostile, sample
from tests.test_formats import poisoned
from verify.model import Severity
from verify.report import FORMATTERS, for_run

if TYPE_CHECKING:
    from verify.model import Report


def read(*reports: Report, fail_on: Severity | None = Severity.ERROR) -> Any:
    return JUnitXml.fromstring(for_run("junit", fail_on=fail_on).format(reports).encode())


def cases(*reports: Report, fail_on: Severity | None = Severity.ERROR) -> dict[str, Any]:
    return {case.name: case for suite in read(*reports, fail_on=fail_on) for case in suite}


def outcome(case: Any) -> type | None:
    return type(case.result[0]) if case.result else None


def test_a_suite_is_an_article_and_a_case_a_citation() -> None:
    (suite,) = read(sample.report())
    named = [case.name for case in suite]

    assert suite.name == "articles/green-valley.txt"
    assert [name for name in named if name.startswith("note ")] == named[:8]
    assert named[3] == "note 4, line 5: He added that no family would have to move."
    assert suite.timestamp == "2026-11-20T09:30:00"


def test_the_counts_are_what_a_reader_counts() -> None:
    whole = read(sample.report(), sample.decided())

    # Citations 3, 4 and 6 fail; people let the findings at 3 stand.
    assert (whole.failures, whole.skipped) == (3 + 2, 4)
    assert whole.tests == sum(suite.tests for suite in whole)
    for suite in whole:
        kinds = [outcome(case) for case in suite]
        assert suite.tests == len(kinds)
        assert suite.failures == kinds.count(Failure)
        assert suite.skipped == kinds.count(Skipped)


def test_a_failing_citation_says_what_is_wrong_and_shows_the_evidence() -> None:
    case = cases(sample.report())["note 4, line 5: He added that no family would have to move."]
    (failure,) = case.result

    assert isinstance(failure, Failure)
    assert failure.type == "CLM002"
    assert failure.message.startswith("CLM002 contradicted-claim: the source says otherwise")
    assert "CLM006 error the negation differs" in failure.text
    assert "جابه\u200cجا شوند" in case.system_out
    assert case.classname == "articles/green-valley.txt"


def test_an_unchecked_citation_is_skipped_with_its_reason() -> None:
    found = [c for n, c in cases(sample.report()).items() if n.startswith("note 7")]
    (skipped,) = found[0].result

    assert isinstance(skipped, Skipped)
    assert "403 Forbidden" in skipped.message
    assert "next: save the page from a browser" in skipped.message


def test_what_rules_say_of_notes_are_cases_too() -> None:
    named = cases(sample.report(), fail_on=Severity.INFO)

    assert outcome(named["CIT005 unreadable-date, note 6, line 21"]) is Failure
    assert outcome(named["SRC005 unpinned-source, note 5, line 3"]) is Failure
    assert outcome(named["CIT009 uncited-quotation, line 9"]) is Failure


@pytest.mark.parametrize("fail_on", [Severity.ERROR, Severity.WARNING, Severity.INFO, None])
def test_a_failure_is_what_fails_the_run(fail_on: Severity | None) -> None:
    failing = {
        (f.flag.position, f.flag.label)
        for f in sample.report().findings
        if fail_on is not None and f.severity >= fail_on
    }
    codes = {
        f.code for f in sample.report().findings if fail_on is not None and f.severity >= fail_on
    }
    failed = [c for c in cases(sample.report(), fail_on=fail_on).values() if outcome(c) is Failure]
    text = "\n".join(case.result[0].text for case in failed)

    assert bool(failed) is bool(failing)
    assert {code for code in codes if code not in text} == set()
    assert len(failed) >= len(failing)


def test_what_people_let_stand_is_no_failure_and_is_said() -> None:
    named = cases(sample.decided())
    case = next(c for n, c in named.items() if n.startswith("note 3"))

    assert outcome(case) is None
    assert "(suppressed: the speech as it was printed, not as it was held)" in case.system_out
    assert "Parisa decided on 2026-11-21" in str(
        next(c for n, c in named.items() if n.startswith("note 4")).system_out
    )


@pytest.mark.parametrize("group", hostile.PAYLOADS)
def test_whatever_a_page_holds_the_document_is_legal(group: str) -> None:
    parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
    harmless = read(poisoned(hostile.HARMLESS))
    shapes, whole = {e.tag for e in harmless._elem.iter()}, harmless.tests
    for payload in hostile.PAYLOADS[group][: 1 if group == "length" else None]:
        text = FORMATTERS["junit"].format([poisoned(payload)])
        root = etree.fromstring(text.encode(), parser)
        assert {e.tag for e in root.iter()} <= shapes, payload[:60]
        assert len(root.findall(".//testcase")) == whole


def test_no_article_makes_an_empty_document() -> None:
    assert read().tests == 0


def test_a_report_without_a_zone_is_written() -> None:
    naive = replace(sample.report(), created=sample.NOW.replace(tzinfo=None))

    assert "timestamp=" in FORMATTERS["junit"].format([naive])
