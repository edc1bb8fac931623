"""The seed article with pages of ours behind its notes (tests/seed_pages/README.md)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.test_cli import verify
from verify.model import Document, Report, Verdict
from verify.pipeline import opened
from verify.settings import Settings

# Borne out, or an honest abstention; never "not found" and never contradicted.
BORNE_OUT = {"supported", "partly-supported"}
ABSTAINED = {"unchecked"}

PAGES = Path(__file__).resolve().parent / "seed_pages"


@pytest.fixture(scope="module")
def report(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("seed") / "pages"
    shutil.copytree(PAGES, folder)
    article = shutil.copy(shared / "seed" / "article.txt", folder / "article.txt")
    with opened(Settings(offline=True, translate=False)) as verifier:
        return verifier.check(Path(article))


def test_without_addresses_nothing_is_checked_and_nothing_passes(
    shared: Path, tmp_path: Path
) -> None:
    shutil.copy(shared / "seed" / "article.txt", tmp_path / "article.txt")

    run = verify("check", "article.txt", "--format", "json", cwd=tmp_path)
    allowed = verify("check", "article.txt", "--allow-unchecked", cwd=tmp_path)

    made = json.loads(run.stdout)
    assert (run.returncode, allowed.returncode) == (3, 3)
    assert [v["outcome"] for v in made["verdicts"]] == ["unchecked"] * 7
    assert [r["language"] for r in made["references"]] == ["en"] + ["fa"] * 6
    assert {r["accessed"] for r in made["references"]} == {"2022-10-28"}
    flagged: dict[str, list[str]] = {}
    for finding in made["findings"]:
        flagged.setdefault(finding["name"], []).append(finding["label"])
    assert flagged == {
        "missing-address": ["1", "2", "3", "4", "5", "6", "7"],
        "missing-publisher": ["1"],
        "garbled-title": ["2", "3", "4", "6"],
        "unbalanced-quotation-mark": ["7"],
    }


def verdict(report: Report, label: str) -> Verdict:
    found = [v for v in report.verdicts if v.citation and v.citation.label == label]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("label", "page", "language"),
    [
        ("1", "1-statute.html", "en"),
        ("2", "2-banknotes.html", "fa"),
        ("3", "3-resistance.html", "fa"),
        ("4", "4-finance.html", "fa"),
        ("5", "5-turkey.html", "fa"),
        ("6", "6-dialogue.html", "fa"),
        ("7", "7-tajikistan.html", "fa"),
    ],
)
def test_each_note_is_judged_against_its_own_page(
    report: Report, label: str, page: str, language: str
) -> None:
    found = verdict(report, label)
    assert found.source_id is not None
    reading = report.readings[found.source_id]
    assert isinstance(reading, Document)
    assert reading.snapshot.address.endswith(page)
    assert reading.language == language
    assert found.version is not None
    assert found.version.sha256 == reading.snapshot.sha256


@pytest.mark.parametrize(
    ("label", "deserved"),
    [
        ("1", BORNE_OUT | ABSTAINED),
        ("2", BORNE_OUT | ABSTAINED),
        ("3", BORNE_OUT | ABSTAINED),
        ("4", BORNE_OUT | ABSTAINED),
        ("5", {"not-found"}),
        # One half of the sentence has no source: never support, whatever is said of the rest.
        ("6", {"partly-supported", "not-found", "unchecked"}),
        ("7", {"contradicted"}),
    ],
)
def test_the_verdict_is_what_the_page_deserves(
    report: Report, label: str, deserved: set[str]
) -> None:
    found = verdict(report, label)
    assert found.outcome.value in deserved, found.reasons


def test_most_pages_that_bear_the_sentence_out_are_recognised(report: Report) -> None:
    outcomes = [verdict(report, label).outcome.value for label in "1234"]
    assert sum(outcome in BORNE_OUT for outcome in outcomes) >= 2, outcomes


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("1", "intra-Afghan talks under the Doha Agreement"),
        ("2", "برای کمک‌های بشردوستانه به افغانستان دالر بفرستد"),
        ("3", "کشورش از مخالفان مسلح طالبان حمایت نخواهد کرد"),
        ("4", "قول داده است از مخالفان مسلح طالبان حمایت نکند"),
        ("6", "مذاکرات ملی برای تعیین آیندهٔ افغانستان"),
        ("7", "از آغاز روند سیاسی مشروع"),
    ],
)
def test_the_evidence_is_the_sentence_that_speaks_to_the_claim(
    report: Report, label: str, words: str
) -> None:
    found = verdict(report, label)
    assert any(words in evidence.text for evidence in found.evidence[:3])
    reading = report.readings[found.source_id] if found.source_id else None
    assert isinstance(reading, Document)
    for evidence in found.evidence:
        assert reading.text[evidence.span.start : evidence.span.end] == evidence.text
