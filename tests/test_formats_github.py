"""GitHub annotations: the exact syntax of workflow commands, read back as the runner reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from tests import hostile, sample
from tests.test_formats import poisoned
from verify.model import Position, Severity
from verify.report import FORMATTERS

if TYPE_CHECKING:
    from verify.model import Report

COMMAND = re.compile(r"::(error|warning|notice) ([^:\r\n]*)::([^\r\n]*)")


@dataclass(frozen=True)
class Command:
    """A command as the runner understands it."""

    kind: str
    properties: dict[str, str]
    message: str


def commands(*reports: Report) -> list[Command]:
    """Read each line as the runner does: split first, and unescape the parts after."""
    lines = FORMATTERS["github"].format(reports).splitlines()
    found = [COMMAND.fullmatch(line) for line in lines]
    assert all(found), [line for line, match in zip(lines, found, strict=True) if not match]
    return [
        Command(
            match[1],
            {
                name: unescaped(value)
                for name, _, value in (part.partition("=") for part in match[2].split(","))
            },
            unescaped(match[3]),
        )
        for match in found
        if match
    ]


def unescaped(text: str) -> str:
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
        text = text.replace(escape, character)
    return text.replace("%25", "%")


def test_an_annotation_has_its_place_its_title_and_its_message() -> None:
    assert (
        "::error file=articles/green-valley.txt,line=5,col=146,endLine=5,endColumn=189,"
        "title=CLM006 reversed-negation::the negation differs: “no family” here, “۴۶ خانواده” "
        "in the source\n"
    ) in FORMATTERS["github"].format([sample.report()])


def test_the_worst_come_first_after_how_much_was_checked() -> None:
    report = replace(sample.report(), findings=sample.report().findings[:15])
    kinds = [c.kind for c in commands(report)]
    first = commands(report)[0]

    assert (first.kind, first.properties["title"]) == ("warning", "Citations checked")
    assert first.message.endswith("6 of 8 citations checked; 2 could not be.")
    assert kinds[1:] == sorted(kinds[1:], key=["error", "warning", "notice"].index)
    assert len(kinds) == 1 + len(report.findings)


def test_a_run_in_which_all_was_checked_says_so_quietly() -> None:
    report = sample.report()
    checked = replace(report, verdicts=report.verdicts[:6], findings=())
    (only,) = commands(checked)

    assert only.kind == "notice"
    assert only.message.endswith("All 6 citations were checked.")


def test_a_run_that_checked_nothing_is_no_notice() -> None:
    (only,) = commands(replace(sample.report(), verdicts=(), findings=()))

    assert only.kind == "warning"


def test_what_people_let_stand_is_not_annotated() -> None:
    titles = {c.properties["title"].partition(" ")[0] for c in commands(sample.decided())}

    assert not titles & {"QUO002", "QUO003", "SRC004", "CLM003"}
    assert "CLM002" in titles


def test_more_than_github_shows_are_counted_in_words() -> None:
    report = sample.report()
    many = replace(report, findings=report.findings * 3)

    few = replace(report, findings=report.findings[:10])
    assert not [c for c in commands(few) if c.properties["title"].startswith("More")]
    (said,) = [c for c in commands(many) if c.properties["title"].startswith("More")]
    counts = {s: sum(f.severity is s for f in many.findings) for s in Severity}
    assert said.message == (
        f"{counts[Severity.ERROR]} errors and {counts[Severity.WARNING]} warnings and "
        f"{counts[Severity.INFO]} notices: GitHub shows 10 of each; all of them are in this log"
    )


def test_properties_and_messages_are_escaped_as_the_runner_s_toolkit_does() -> None:
    report = sample.report()
    finding = report.findings[0]
    path = sample.PATH.with_name("100%, a:b.txt")
    flag = replace(finding.flag, path=path, message="50%\r\nmore: a,b")
    text = FORMATTERS["github"].format([replace(report, findings=(replace(finding, flag=flag),))])

    assert "file=articles/100%25%2C a%3Ab.txt," in text
    assert "::50%25 more: a,b\n" in text


def test_columns_are_left_out_where_a_sentence_spans_lines() -> None:
    report = sample.report()
    anchors = list(report.article.anchors)
    cut = sample.TEXT.index("would have to move")
    before = report.article.position(cut)
    anchors.append(replace(anchors[0], offset=cut, line=before.line + 1, column=1))
    article = replace(report.article, anchors=tuple(sorted(anchors, key=lambda a: a.offset)))
    found = commands(replace(report, article=article))
    place = next(c.properties for c in found if c.properties["title"].startswith("CLM002"))

    assert (place["line"], place["endLine"]) == ("5", "6")
    assert "col" not in place
    assert "endColumn" not in place


def test_every_severity_has_a_kind_that_github_knows() -> None:
    report = sample.report()
    for severity, kind in {
        Severity.ERROR: "error",
        Severity.WARNING: "warning",
        Severity.INFO: "notice",
    }.items():
        finding = replace(report.findings[0], severity=severity)
        flag = replace(finding.flag, position=Position(1, 1))
        found = commands(replace(report, findings=(replace(finding, flag=flag),)))
        assert found[-1].kind == kind


@pytest.mark.parametrize("group", hostile.PAYLOADS)
def test_no_text_becomes_a_command_of_its_own(group: str) -> None:
    whole = len(commands(poisoned(hostile.HARMLESS)))
    for payload in hostile.PAYLOADS[group][: 1 if group == "length" else None]:
        assert len(commands(poisoned(payload))) == whole, payload[:60]
