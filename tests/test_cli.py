"""The real process: every command, every exit code, and never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PAGE = """<html lang="en"><head><title>The river board met</title></head><body><article>
<h1>The river board met</h1>
<p>The river board met in the old town hall on 3 May 2021 and agreed on new water shares.</p>
<p>The board said that 46 villages will get water every second day until the autumn rains.</p>
<p>Its chair told reporters that nobody would be asked to pay more before the next harvest.</p>
</article></body></html>
"""
ARTICLE = """# Water shares

The river board met on 3 May 2021 and agreed on new water shares.[^1]

The board said that “46 villages will get water every second day”.[^2]

[^1]: “The river board met”, Valley Post, (Date of Accession: 04.05.2021).
[^2]: “The river board met”, Valley Post, (Date of Accession: 04.05.2021).
"""
SOURCES = "sources:\n  - note: [1, 2]\n    file: page.html\n"


def verify(
    *arguments: str, cwd: Path, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    run = subprocess.run(
        [sys.executable, "-m", "verify", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert "Traceback" not in run.stderr
    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "article.md").write_text(ARTICLE, "utf-8")
    (tmp_path / "sources.yaml").write_text(SOURCES, "utf-8")
    return tmp_path


def test_a_true_article_exits_with_0(folder: Path) -> None:
    run = verify("check", "article.md", cwd=folder)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "All 2 citations were checked" in run.stdout


def test_a_changed_number_in_a_quotation_exits_with_1(folder: Path) -> None:
    (folder / "article.md").write_text(ARTICLE.replace("“46", "“64"), "utf-8")

    run = verify("check", "article.md", "--format", "json", cwd=folder)

    report = json.loads(run.stdout)
    assert run.returncode == 1
    assert [v["outcome"] for v in report["verdicts"]] == ["supported", "altered"]
    assert "number" in {d["kind"] for d in report["verdicts"][1]["differences"]}
    assert verify("check", "article.md", "--fail-on", "never", cwd=folder).returncode == 0


@pytest.mark.parametrize(
    "field", ['url: "http://[x/"', 'url: "http://a]b/"', "file: loop", 'file: "\\0"']
)
def test_one_entry_that_leads_nowhere_costs_no_other_its_report(field: str, folder: Path) -> None:
    (folder / "loop").symlink_to("loop")
    entries = f"sources:\n  - note: 1\n    file: page.html\n  - note: 2\n    {field}\n"
    (folder / "sources.yaml").write_text(entries, "utf-8")

    run = verify("check", "article.md", "--format", "json", cwd=folder)

    report = json.loads(run.stdout)
    assert run.returncode == 3
    assert [v["outcome"] for v in report["verdicts"]] == ["supported", "unchecked"]
    assert {"NET001", "NET002"} & {f["code"] for f in report["findings"]}


def test_an_unreachable_source_exits_with_3_and_allowing_it_with_0(folder: Path) -> None:
    (folder / "sources.yaml").write_text(
        "sources:\n  - {note: 1, file: page.html}\n  - {note: 2, file: gone.html}\n", "utf-8"
    )

    assert verify("check", "article.md", cwd=folder).returncode == 3
    assert verify("check", "article.md", "--allow-unchecked", cwd=folder).returncode == 0


def test_nothing_checked_is_never_a_pass(folder: Path) -> None:
    (folder / "sources.yaml").write_text("sources: []", "utf-8")
    (folder / "plain.txt").write_text("No notes stand here.\n\nNone at all.\n", "utf-8")

    for name in ("article.md", "plain.txt"):
        run = verify("check", name, "--allow-unchecked", cwd=folder)
        assert run.returncode == 3, name


def test_what_two_notes_lack_alike_is_told_once(folder: Path) -> None:
    (folder / "sources.yaml").unlink()

    shown = verify("check", "article.md", "--ui", "en", cwd=folder).stdout
    verify("check", "article.md", "--format", "html=page.html", cwd=folder)

    assert shown.count("next: give the note an address") == 1
    assert shown.count("as for note 1") == 1
    assert "nothing is known of any citation yet" in (folder / "page.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "none.md"], "none.md"),
        (["check"], "ARTICLE"),
        (["check", "article.md", "--sources", "none.yaml"], "none.yaml"),
        (["check", "article.md", "--format", "pdf"], "no format 'pdf'"),
        (["check", "article.md", "--format", "html=no/such/x.html"], "no folder"),
        (["check", "article.md", "--format", "json", "--format", "html"], "same place"),
        (["check", "article.md", "--fail-on", "x"], "--fail-on"),
        (["rule", "XYZ999"], "no rule 'XYZ999'"),
        (["render", "none.json"], "none.json"),
        (["render", "page.html"], "page.html"),
        (["models", "install", "none.argosmodel"], "none.argosmodel"),
        (["models", "info", "xx"], "xx"),
        (["claims", "none.jsonl"], "none.jsonl"),
        (["nothing"], "verify has no command 'nothing'\nhint: try `verify --help`"),
        (["chek"], "verify has no command 'chek'\nhint: did you mean 'check'?"),
        (["models", "instal", "fa"], "verify models has no command 'instal'\nhint: did you mean"),
        (["check", "article.md", "--format", "html=."], "cannot write .: it is a folder\nhint: "),
        (["bundle", "article.md", "--output", "no/b.wacz"], "there is no folder"),
        (["baseline", "article.md", "--baseline", "no/b.json"], "there is no folder no\nhint: "),
        (["check", "article.md", "--fromat", "html"], "'--fromat'\nhint: did you mean --format?"),
        (["fetch", "article.md", "--fail-on=x"], "'--fail-on=x'\nhint: try `verify fetch --help`"),
        (["lint", "article.md", "--offlin"], "verify lint does not know '--offlin'"),
    ],
)
def test_what_cannot_start_exits_with_2_and_a_hint(
    arguments: list[str], message: str, folder: Path
) -> None:
    run = verify(*arguments, cwd=folder)

    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("fatal: nothing was checked: ")
    assert message in run.stderr


def test_a_place_that_cannot_be_written_is_told_before_anything_is_read(folder: Path) -> None:
    (folder / "article.md").unlink()
    for arguments in (["check", "--format=html=."], ["baseline", "--baseline=no/b.json"]):
        run = verify(*arguments, "article.md", cwd=folder)
        assert "cannot write" in run.stderr, run.stderr


def test_alone_it_shows_its_commands(folder: Path) -> None:
    run = verify(cwd=folder)

    assert (run.returncode, run.stdout) == (2, "")
    assert "COMMAND" in run.stderr
    assert "read an article's sources and judge its claims" in run.stderr


def test_a_wrong_sources_file_names_its_line(folder: Path) -> None:
    (folder / "sources.yaml").write_text("sources:\n  - note: 1\n    acessed: x\n", "utf-8")

    run = verify("check", "article.md", cwd=folder)

    assert run.returncode == 2
    assert "sources.yaml:3: 'acessed' is not a field\nhint: did you mean 'accessed'?" in run.stderr


def test_a_bug_exits_with_4_without_a_traceback(folder: Path) -> None:
    code = (
        "import sys\nfrom verify import cli, pipeline\n"
        "def broken(*_, **__): raise ZeroDivisionError('planted')\n"
        "pipeline.lint_all = broken\nsys.exit(cli.main(['lint', 'article.md']))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )

    assert run.returncode == 4
    assert run.stderr.startswith("fatal: a bug in verify: ZeroDivisionError: planted")


def test_lint_asks_for_no_source(folder: Path) -> None:
    (folder / "page.html").unlink()
    (folder / "article.md").write_text(ARTICLE.replace("waters.[^1]", "") + "\nMore.[^9]\n")

    run = verify("lint", "article.md", cwd=folder)

    assert run.returncode == 1
    assert "CIT001" in run.stdout
    assert "NET" not in run.stdout


def test_lint_says_that_an_article_has_no_citation(folder: Path) -> None:
    (folder / "plain.txt").write_text("A title\n\nNo notes stand here.\n", "utf-8")

    assert "has no citation" in verify("lint", "plain.txt", cwd=folder).stdout
    assert "has no citation" not in verify("lint", "article.md", cwd=folder).stdout


def test_a_saved_report_renders_as_the_run_did(folder: Path) -> None:
    verify("check", "article.md", "--format", "json=r.json", "--format", "html=r.html", cwd=folder)

    run = verify("render", "r.json", "--format", "html", cwd=folder)

    assert run.returncode == 0
    assert run.stdout == (folder / "r.html").read_text("utf-8")
    assert "46 villages" in run.stdout


def test_rule_prints_its_page_and_lists_all(folder: Path) -> None:
    assert "What it does" in verify("rule", "CIT004", cwd=folder).stdout
    assert verify("rule", "missing-address", cwd=folder).returncode == 0
    assert "CIT001" in verify("rule", cwd=folder).stdout


def test_claims_answers_every_line_in_order(folder: Path) -> None:
    text = "مجلس روز دوشنبه تشکیل شد. ۴۶ روستا هر دو روز آب می‌گیرند."
    rows = [
        {"id": 1, "claim": "x", "quote": "46 روستا هر دو روز آب میگیرند", "source_text": text},
        {"id": 2, "claim": "x", "quote": "46 روستا هر دو روز آب نمی‌گیرند", "source_text": text},
        {"id": 3, "claim": "The river board met on 3 May 2021.", "source": "page.html"},
        {"id": 4, "claim": "Anything at all.", "source_text": "   "},
        {"id": 5, "claim": "x", "source": "gone.html"},
        {"id": 6, "claim": "x", "surprise": 1},
    ]
    half = r'{"id": "\ud83d", "claim": "x\udfff", "source_text": "\ud83d"}'
    lines = [json.dumps(r, ensure_ascii=False) for r in rows] + ["{broken", "[]", half]
    (folder / "c.jsonl").write_text("\n".join(lines), "utf-8")

    run = verify("claims", "c.jsonl", cwd=folder)

    out = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 3
    assert [o["id"] for o in out] == [1, 2, 3, 4, 5, 6, None, None, "?"]
    assert [o["outcome"] for o in out] == [
        "supported", "altered", "supported", *["unchecked"] * 6,
    ]  # fmt: skip
    for row, verdict in zip(rows, out, strict=False):
        for e in verdict["evidence"]:
            if "source_text" in row:
                assert str(row["source_text"])[e["start"] : e["end"]] == e["text"]
    assert "c.jsonl:7: it is not JSON" in out[6]["reasons"][0]
    assert "negation" in {d["kind"] for d in out[1]["differences"]}
    assert "'نمی\u200cگیرند'" in "".join(out[1]["reasons"]), "a ZWNJ is no \\u200c to readers"
    piped = verify("claims", "-", cwd=folder, stdin=lines[0])
    assert (piped.returncode, json.loads(piped.stdout)["outcome"]) == (0, "supported")


def test_a_closed_pipe_is_no_error(folder: Path) -> None:
    run = subprocess.run(
        f"{sys.executable} -m verify rule CIT001 | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stderr) == (0, "")
