"""What every format promises, whatever it is given."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests import hostile, sample
from verify.cli import main
from verify.commands.output import FORMATS
from verify.model import Severity
from verify.pipeline import lint
from verify.report import FORMATTERS, for_run
from verify.report.json import dump, load
from verify.rules import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from verify.interfaces import Formatter
    from verify.model import Report


@cache
def poisoned(payload: str) -> Report:
    """Put `payload` into a report that people and time have been at, wherever text can reach."""
    report = sample.decided()
    poisoned_report: Report = hostile._poisoned(report, payload)
    findings = tuple(hostile._poisoned(finding, payload) for finding in report.findings)
    return replace(poisoned_report, findings=findings)


def test_the_command_line_knows_every_format() -> None:
    assert tuple(FORMATTERS) == FORMATS
    assert {name: formatter.name for name, formatter in FORMATTERS.items()} == {
        name: name for name in FORMATS
    }


@pytest.mark.parametrize("name", FORMATTERS)
class TestEvery:
    """The contract, over every format."""

    def test_it_is_a_formatter(self, name: str) -> None:
        formatter: Formatter = for_run(name, rules=RULES, fail_on=Severity.WARNING)

        assert formatter.name == name

    def test_it_writes_something_for_no_report(self, name: str) -> None:
        assert isinstance(FORMATTERS[name].format([]), str)

    def test_it_writes_what_lint_found(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / "note.md"
        path.write_text("It rose.[^1]\n\n[^1]: “Rain”, accessed 31.02.2022.\n", "utf-8")
        text = FORMATTERS[name].format([lint(path)])

        assert "CIT005" in text
        assert "31.02.2022" in text

    def test_it_writes_an_article_without_citations(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / "note.txt"
        path.write_text("Nothing.", "utf-8")

        assert FORMATTERS[name].format([replace(lint(path), fetched=True)])

    def test_it_keeps_several_articles_apart(self, name: str) -> None:
        other = sample.decided()
        moved = replace(other, article=replace(other.article, path=sample.PATH.with_name("b.md")))
        text = for_run(name, rules=RULES).format([sample.report(), moved])

        assert "green-valley.txt" in text
        assert "b.md" in text

    def test_it_is_the_same_every_time(self, name: str) -> None:
        assert FORMATTERS[name].format([sample.decided()]) == FORMATTERS[name].format(
            [sample.decided()]
        )

    def test_a_saved_report_gives_the_same(self, name: str) -> None:
        report = sample.decided()

        assert FORMATTERS[name].format(load(dump([report]))) == FORMATTERS[name].format([report])

    def test_the_non_joiner_survives(self, name: str) -> None:
        assert "جابه\u200cجا شوند" in FORMATTERS[name].format([sample.report()])

    def test_it_can_be_written_whatever_it_holds(self, name: str) -> None:
        if name in {"html", "terminal"}:
            pytest.skip("tests/test_hostile.py holds more of it")
        for payload in (*hostile.SHORT[::4], "\ud800", "\udfff\ud800", "\U000e0041"):
            assert FORMATTERS[name].format([poisoned(payload)]).encode()

    def test_nothing_drives_a_terminal(self, name: str) -> None:
        if name in {"html", "terminal"}:
            pytest.skip("tests/test_hostile.py holds more of it")
        for payload in hostile.PAYLOADS["terminal escapes"]:
            text = FORMATTERS[name].format([poisoned(payload)]).removeprefix("\ufeff")
            assert not hostile.terminal_faults(text.replace("\r\n", "\n")), repr(payload)


def test_several_formats_are_written_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(dump([sample.decided()]), "utf-8")
    wanted = [flag for name in FORMATS for flag in ("--format", f"{name}={tmp_path / name}")]

    assert main(["render", str(saved), *wanted]) == 0
    assert capsys.readouterr().out == ""
    for name, file in sample.DECIDED.items():
        written = (tmp_path / name).read_bytes().decode()
        assert written == (sample.FORMATS / file).read_bytes().decode(), name


def test_a_format_on_standard_output_is_all_that_stands_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(dump([sample.report()]), "utf-8")

    assert main(["render", str(saved), "--format", "sarif"]) == 0
    log: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert log["version"] == "2.1.0"


def test_an_unknown_format_is_told_with_those_that_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", str(tmp_path), "--format", "serif"]) == 2
    said = capsys.readouterr().err
    assert "there is no format 'serif'" in said
    assert "sarif, junit, github, markdown, csv" in said
