"""The example, run as a person runs it: the real command, on the real files, offline."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests import readme
from verify.language.sentences import split

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PAGES = sorted((EXAMPLES / "pages").glob("*.html"))
PACKAGE = ROOT / "tests" / "packages" / "translate-fa_en-0_1.argosmodel"
PAIRS = ROOT / "training" / "demo_package" / "example_sentences.tsv"
MADE_UP = "This page is made up: it was written only for the example of verify."

Verdict: TypeAlias = "dict[str, Any]"

# Written into the path of the child process: whoever asks for a connection, is noted and
# refused, in Python and below it.
GUARD = """
import os, sys
def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
        with open(os.environ["NETWORK_LOG"], "a") as log:
            print(event, arguments[1:], file=log)
        raise OSError("the example needs no network")
sys.addaudithook(refuse)
"""


@dataclass(frozen=True)
class Run:
    """What one run of the command left behind."""

    code: int
    reports: dict[str, dict[str, Any]]
    stderr: str
    asked: str
    """The connections that it tried to make."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("example")
    (folder / "sitecustomize.py").write_text(GUARD)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("VERIFY_", "ARGOS_", "XDG_"))
    }
    environment |= {
        "PYTHONPATH": str(folder),
        "NETWORK_LOG": str(folder / "network.log"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_DATA_HOME": str(folder / "data"),
        "PYTHONUTF8": "1",
    }
    packages = str(folder / "packages")
    command("models", "install", str(PACKAGE), "--folder", packages, environment=environment)
    done = command(
        "check", *ARTICLES, "--format", "json", "--packages", packages, environment=environment
    )
    assert done.stdout, done.stderr
    log = folder / "network.log"
    return Run(
        done.returncode,
        {report["article"]["path"]: report for report in json.loads(done.stdout)["reports"]},
        done.stderr,
        log.read_text() if log.exists() else "",
    )


def command(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "verify", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


BRIEFING, PERSIAN = ARTICLES = ("examples/transit-corridor.txt", "examples/persian.md")


def verdicts(run: Run, article: str, label: str) -> list[Verdict]:
    return [v for v in run.reports[article]["verdicts"] if v["label"] == label]


@pytest.mark.parametrize(
    ("article", "label", "place", "outcome"),
    [
        (BRIEFING, "1", 0, "supported"),
        (BRIEFING, "2", 0, "supported"),
        (BRIEFING, "2", 1, "supported"),
        (BRIEFING, "5", 0, "altered"),
        (BRIEFING, "6", 0, "altered"),
        (BRIEFING, "7", 0, "not-found"),
        (BRIEFING, "8", 0, "partly-supported"),
        (BRIEFING, "8", 1, "contradicted"),
        (BRIEFING, "9", 0, "unchecked"),
        (BRIEFING, "10", 0, "supported"),
        (BRIEFING, "13", 0, "unchecked"),
        (PERSIAN, "1", 0, "supported"),
        (PERSIAN, "2", 0, "supported"),
        (PERSIAN, "3", 0, "altered"),
        (PERSIAN, "3", 1, "altered"),
        (PERSIAN, "4", 0, "supported"),
        (PERSIAN, "5", 0, "supported"),
    ],
)
def test_each_note_comes_out_as_it_was_planted(
    run: Run, article: str, label: str, place: int, outcome: str
) -> None:
    verdict = verdicts(run, article, label)[place]
    assert verdict["outcome"] == outcome, verdict["reasons"]


@pytest.mark.parametrize(
    ("article", "label", "place", "kind", "ours", "theirs"),
    [
        (BRIEFING, "5", 0, "number", "fourteen", "eleven"),
        (BRIEFING, "6", 0, "silent-omission", "", "most of it damaged"),
        (PERSIAN, "3", 0, "negation", "خورده", "نخورده"),
        (PERSIAN, "3", 1, "number", "۱۳", "۳۱"),
    ],
)
def test_an_altered_quotation_names_what_was_altered(
    run: Run, article: str, label: str, place: int, kind: str, ours: str, theirs: str
) -> None:
    found = verdicts(run, article, label)[place]["differences"]
    material = [d for d in found if d["material"]]
    assert {d["kind"] for d in material} == {kind}
    assert ours in material[0]["claim_text"]
    assert theirs in material[0]["source_text"]


@pytest.mark.parametrize(
    ("label", "place", "kind", "ours", "theirs"),
    [
        ("3", 0, "number", "28", "۱۸"),
        ("4", 0, "negation", "", "نداد"),
        ("8", 1, "date", "21 March 2023", "۲۱ فوریهٔ ۲۰۲۳"),
    ],
)
def test_a_claim_with_a_wrong_fact_is_never_supported_and_the_fact_is_named(
    run: Run, label: str, place: int, kind: str, ours: str, theirs: str
) -> None:
    verdict = verdicts(run, BRIEFING, label)[place]
    assert verdict["outcome"] in {"contradicted", "partly-supported"}
    named = {(d["kind"], d["claim_text"], d["source_text"]) for d in verdict["differences"]}
    assert (kind, ours, theirs) in named


def test_the_report_names_the_package_that_translated_and_calls_it_a_demonstration(
    run: Run,
) -> None:
    assert "demonstration" in run.reports[BRIEFING]["tools"]["translator"]
    assert verdicts(run, BRIEFING, "10")[0]["evidence"][0]["english"]


def test_all_six_outcomes_occur_in_the_briefing(run: Run) -> None:
    counts = run.reports[BRIEFING]["coverage"]["outcomes"]
    assert len(counts) == 6
    assert all(counts.values()), counts


def test_every_rule_about_notes_finds_its_planted_fault(run: Run) -> None:
    findings = run.reports[BRIEFING]["findings"]
    found = {(f["code"], f["label"]) for f in findings if f["code"].startswith("CIT")}
    assert found == {
        ("CIT001", "13"),
        ("CIT002", "11"),
        ("CIT003", "11"),
        ("CIT004", "9"),
        ("CIT005", "7"),
        ("CIT006", "5"),
        ("CIT007", "8"),
        ("CIT008", "2"),
        ("CIT008", "3"),
        ("CIT009", None),
        ("CIT010", "9"),
    }


def test_the_persian_article_has_clean_notes(run: Run) -> None:
    findings = run.reports[PERSIAN]["findings"]
    assert [f for f in findings if f["code"].startswith("CIT")] == []


def test_the_run_fails_the_check_and_says_why(run: Run) -> None:
    assert run.code == 1, run.stderr
    assert "Traceback" not in run.stderr


def test_the_run_asks_for_no_connection(run: Run) -> None:
    assert run.asked == ""


def test_nothing_of_the_boilerplate_or_the_biography_is_a_claim(run: Run) -> None:
    text = "\n".join(v["claim"] + v["context"] for v in run.reports[BRIEFING]["verdicts"])
    for stray in ("Related Briefings", "Türkçe", "Made up for", "Yamaçlı", "Bozkır"):
        assert stray not in text


def test_evidence_stands_in_the_page_it_names(run: Run) -> None:
    for article in ARTICLES:
        report = run.reports[article]
        pages = {s["id"]: s["files"][0] for s in report["sources"] if s["files"]}
        for verdict in report["verdicts"]:
            for evidence in verdict["evidence"]:
                page = visible(ROOT / pages[verdict["source"]])
                assert "".join(evidence["text"].split()) in page


def test_the_old_page_is_read_as_windows_1256_with_its_joiners(run: Run) -> None:
    verdict = verdicts(run, BRIEFING, "10")[0]
    source = next(s for s in run.reports[BRIEFING]["sources"] if s["id"] == verdict["source"])
    assert source["reading"]["encoding"] == "windows-1256"
    assert source["reading"]["language"] == "fa"
    assert "سه‌شنبه" in verdict["evidence"][0]["text"].replace("ي", "ی")


def test_garbled_titles_get_the_reading_that_their_pages_bear(run: Run) -> None:
    references = run.reports[BRIEFING]["references"]
    for label, page in (("2", "sepidrah-first-train"), ("3", "didban-one-year")):
        repaired = next(r["title_repaired"] for r in references if r["label"] == label)
        assert "".join(repaired.split()) in visible(EXAMPLES / "pages" / f"{page}.html")


# --- the pages --------------------------------------------------------------------------


def raw(page: Path) -> str:
    data = page.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("windows-1256")


def visible(page: Path) -> str:
    """The page without its markup and without any spaces."""
    return "".join(re.sub(r"<[^<>]*>", "", raw(page)).split())


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_every_page_says_that_it_is_made_up(page: Path) -> None:
    text = raw(page).replace("ي", "ی").replace("ك", "ک")
    assert MADE_UP in text
    assert "این صفحه ساختگی است و فقط برای" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_every_persian_sentence_of_a_page_has_its_english(page: Path) -> None:
    """The demonstration package is trained on these pairs, so it knows the pages' words."""
    known = {line.split("\t")[0] for line in PAIRS.read_text("utf-8").splitlines()}
    body = raw(page).partition("<footer>")[0]
    paragraphs = re.findall(r"<p[^>]*>([^<]+)</p>", body)
    paragraphs += [p for p in re.split(r"<BR>|<[^<>]*FONT[^<>]*>", body) if "<" not in p]
    sentences = 0
    for paragraph in paragraphs:
        text = paragraph.strip().replace("ي", "ی").replace("ك", "ک")
        if len(re.findall("[آ-ی]", text)) < len(text) / 2 or not text.endswith((".", "»")):
            continue
        for span in split(text):
            assert text[span.start : span.end] in known
            sentences += 1
    is_english = re.search(r'<html lang="en', body)
    assert sentences >= (2 if is_english else 10)  # an English page has its notice in Persian


# --- README -----------------------------------------------------------------------------


def test_the_readme_shows_what_the_example_says(run: Run) -> None:
    """All but two things that differ from day to day and machine to machine: time, and percent."""
    shown = readme.block("example", readme.README.read_text("utf-8"))
    today = readme.opening(json.dumps(run.reports[BRIEFING]))

    assert settled(shown) == settled(today), "run `make example`, then python -m tests.readme"


def settled(text: str) -> str:
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME", text)
    return re.sub(r"\d+ % sure", "SURE", text)
