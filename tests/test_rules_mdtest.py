"""
Run the rules' Markdown tests: articles with the findings that they must have.

A document under tests/mdtest/FAMILY/rule-name.md holds cases, each under a heading of its own:
fenced files (```` ```text article.txt ````), and a `findings` block that lists every finding of
this rule, as `CODE name LINE:COLUMN message`, with the file's name before the line where it is
not the article. CIT and SRC cases are linted; NET and DOC cases have their sources read, from
files alone; QUO and CLM cases are judged too, without an encoder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from verify import pipeline
from verify.fetch.local import FileFetcher
from verify.judge.verdict import Examiner
from verify.language.identify import Identifier
from verify.model import Claim, Document, Outcome, Verdict
from verify.rules import RULES, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Finding, Report
    from verify.rules.rule import Rule

FOLDER = Path(__file__).parent / "mdtest"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Abstainer:
    """Judges nothing: these rules look at what was read, not at what it says."""

    judge = None
    memories = ()

    def examine(self, claim: Claim, _: Document) -> Verdict:
        return Verdict(claim, Outcome.UNCHECKED)

    def tools(self) -> dict[str, str]:
        return {}

    translators: dict[str, object] = {}  # noqa: RUF012


@dataclass(frozen=True)
class Case:
    """One article, with what goes with it and what must be found."""

    rule: Rule
    title: str
    files: dict[str, str]
    expected: list[str]

    @property
    def article(self) -> str:
        return next(name for name in self.files if name.startswith("article."))


def cases() -> Iterator[Case]:
    for path in sorted(FOLDER.rglob("*.md")):
        rule = find(path.stem)
        assert rule, f"there is no rule {path.stem}"
        assert rule.code.startswith(path.parent.name), path
        _, *parts = HEADING.split(path.read_text("utf-8"))
        for title, body in zip(parts[::2], parts[1::2], strict=True):
            blocks = FENCE.findall(body)
            expected = [text.splitlines() for kind, _, text in blocks if kind == "findings"]
            assert len(expected) == 1, f"{path}: {title}: one findings block, please"
            yield Case(rule, title, {name: text for _, name, text in blocks if name}, expected[0])


def told(finding: Finding, article: str) -> str:
    flag = finding.flag
    file = "" if flag.path.name == article else f"{flag.path.name}:"
    place = f"{file}{flag.position.line}:{flag.position.column}"
    return f"{finding.code} {finding.name} {place} {flag.message}"


def report_on(case: Case) -> Report:
    if case.rule.code[:3] in {"CIT", "SRC"}:
        return pipeline.lint(Path(case.article))
    return pipeline.Verifier(
        files=FileFetcher(),
        live=FileFetcher(),
        identifier=Identifier(),
        examiner=Examiner() if case.rule.code[:3] in {"QUO", "CLM"} else Abstainer(),  # type: ignore[arg-type]
        offline=True,
        jobs=1,
    ).check(Path(case.article))


@pytest.mark.parametrize("case", list(cases()), ids=lambda c: f"{c.rule.name}: {c.title}")
def test_a_rule_finds_what_its_document_says(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in case.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    findings = [f for f in report_on(case).findings if f.code == case.rule.code]

    assert [told(finding, case.article) for finding in findings] == case.expected


@pytest.mark.parametrize(
    "rule", [r for r in RULES if r.code[:3] in {"CIT", "SRC"}], ids=lambda r: r.name
)
def test_every_rule_on_notes_and_sources_has_a_document(rule: Rule) -> None:
    mine = [case for case in cases() if case.rule == rule]

    assert any(case.expected for case in mine), "a case with a finding"
    assert any(not case.expected for case in mine), "a case without one"
