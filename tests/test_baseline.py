"""`verify baseline`: what was wrong on the first day fails no later run; all else does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from verify.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = """<html lang="en"><body><article><h1>The bridge opens</h1>
<p>The bridge over the dry river was opened by the mayor on 3 May 2021.</p>
<p>The mayor said that 46 lamps will burn on it every night of the year.</p>
</article></body></html>
"""
ARTICLE = """# Lamps

The bridge over the dry river was opened by the mayor on 3 May 2021.[^1]

The mayor said that “64 lamps will burn on it every night”.[^2]

[^1]: “The bridge opens”, Hill Post, (Date of Accession: 04.05.2021).
[^2]: “The lamps of the bridge”, Hill Post, (Date of Accession: 04.05.2021).
"""
FILE = Path(".verify-baseline.json")
OPTIONS = ("--offline", "--no-translate", "--quiet")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("page.html").write_text(PAGE, "utf-8")
    Path("lamps.md").write_text(ARTICLE, "utf-8")
    Path("sources.yaml").write_text("sources:\n  - note: [1, 2]\n    file: page.html\n", "utf-8")
    return tmp_path


def check(*arguments: str) -> int:
    return main(["check", "lamps.md", *OPTIONS, *arguments, "--format", "json=r.json"])


def record(*arguments: str) -> int:
    return main(["baseline", "lamps.md", *OPTIONS, *arguments])


def report() -> dict[str, Any]:
    return dict(json.loads(Path("r.json").read_text("utf-8")))


def recorded() -> list[dict[str, str]]:
    return list(json.loads(FILE.read_text("utf-8"))["findings"])


def edit(old: str, new: str) -> None:
    text = Path("lamps.md").read_text("utf-8")
    assert old in text
    Path("lamps.md").write_text(text.replace(old, new), "utf-8")


def test_a_known_finding_fails_no_run_and_stays_in_the_report() -> None:
    assert check() == 1
    assert record() == 0
    assert check("--baseline", str(FILE)) == 0
    known = {f["code"]: f["is_known"] for f in report()["findings"]}
    assert known == {"QUO002": True, "SRC005": True}
    assert check() == 1, "a baseline counts where it is asked for, and nowhere else"


def test_a_new_finding_fails_and_the_old_one_does_not_hide_it() -> None:
    record()
    edit(
        "on 3 May 2021.[^1]",
        "on 3 May 2021.[^1] The mayor said: “Nobody at all shall pass here before autumn”.[^2]",
    )

    assert check("--baseline", str(FILE)) == 1
    assert {(f["code"], f["is_known"]) for f in report()["findings"]} >= {
        ("QUO002", True),
        ("QUO001", False),
    }


def test_lines_that_move_leave_a_finding_known() -> None:
    record()
    edit("# Lamps\n", "# Lamps\n\nA sentence that nobody needs a source for.\n")

    assert check("--baseline", str(FILE)) == 0


def test_another_fault_in_the_same_sentence_is_a_new_one() -> None:
    record()
    edit("64 lamps", "640 lamps")

    assert check("--baseline", str(FILE)) == 1


def test_a_page_that_is_edited_and_keeps_its_address_leaves_known_what_was_known() -> None:
    record()
    Path("page.html").write_text(PAGE.replace("46 lamps", "48 lamps"), "utf-8")
    assert check("--baseline", str(FILE)) == 0, "as docs/ci.md says"

    Path("page.html").write_text(PAGE.replace("46 lamps will burn", "Nothing is left"), "utf-8")
    assert check("--baseline", str(FILE)) == 1, "another rule has found something"
    assert {f["code"] for f in report()["findings"] if not f["is_known"]} == {"QUO001"}


def test_what_no_longer_occurs_is_told_and_taken_out() -> None:
    record()
    edit("64 lamps", "46 lamps")

    assert check("--baseline", str(FILE)) == 0
    assert "QUO002 [2]; `verify baseline --prune`" in report()["notices"][-1]
    assert record("--prune") == 0
    assert [row["code"] for row in recorded()] == ["SRC005"]
    edit("46 lamps", "64 lamps")
    record("--prune")
    assert [row["code"] for row in recorded()] == ["SRC005"], "pruning adds nothing"
    assert check("--baseline", str(FILE)) == 1


def test_a_citation_that_could_not_be_checked_keeps_its_entry() -> None:
    record()
    Path("page.html").unlink()

    assert check("--baseline", str(FILE)) == 3
    assert not any("no longer occur" in notice for notice in report()["notices"])
    assert record() == 3
    assert {row["code"] for row in recorded()} >= {"QUO002", "NET001"}


def test_a_finding_that_became_graver_is_new() -> None:
    record()
    rows = json.loads(FILE.read_text("utf-8"))
    for row in rows["findings"]:
        row["severity"] = "info"
    FILE.write_text(json.dumps(rows), "utf-8")

    assert check("--baseline", str(FILE)) == 1
    assert {f["code"]: f["is_known"] for f in report()["findings"]}["SRC005"]


def test_the_file_is_the_same_each_time_and_reads_well_in_a_diff() -> None:
    record()
    first = FILE.read_bytes()
    record()

    assert FILE.read_bytes() == first
    (row,) = (row for row in recorded() if row["code"] == "QUO002")
    assert list(row) == ["article", "code", "label", "message", "severity", "fingerprint"]
    assert row["article"] == "lamps.md"
    assert "“64” for “46”" in row["message"]
    assert first.count(b"\n") > 10


def test_it_serves_from_another_folder_and_for_other_articles(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record()
    Path("other.md").write_text(ARTICLE, "utf-8")
    assert main(["check", "lamps.md", "other.md", *OPTIONS, "--baseline", str(FILE)]) == 1
    assert main(["baseline", "other.md", *OPTIONS]) == 0
    assert {row["article"] for row in recorded()} == {"lamps.md", "other.md"}

    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    arguments = ["../lamps.md", "../other.md", *OPTIONS]
    assert main(["check", *arguments, "--baseline", f"../{FILE}"]) == 0


def test_a_renamed_article_keeps_its_baseline() -> None:
    record()
    Path("lamps.md").rename("bridge.md")

    assert main(["check", "bridge.md", *OPTIONS, "--baseline", str(FILE)]) == 0
    assert main(["baseline", "bridge.md", *OPTIONS]) == 0
    assert {row["article"] for row in recorded()} == {"bridge.md"}


def test_a_suppressed_finding_is_not_recorded() -> None:
    edit(".[^2]\n", ".[^2] <!-- verify: ignore[QUO002] the print edition has 64 -->\n")
    record()

    assert [row["code"] for row in recorded()] == ["SRC005"]


def test_lint_takes_a_baseline_and_leaves_alone_what_it_cannot_see() -> None:
    edit("[^2]: “The", "[^3]: “The")
    record()

    assert main(["lint", "lamps.md"]) == 1
    assert main(["lint", "lamps.md", "--baseline", str(FILE), "--format", "json=r.json"]) == 0
    assert report()["notices"] == []


def test_it_is_a_setting_too(monkeypatch: pytest.MonkeyPatch) -> None:
    record()
    monkeypatch.setenv("VERIFY_BASELINE", str(FILE))
    assert check() == 0
    monkeypatch.delenv("VERIFY_BASELINE")
    Path("verify.toml").write_text(f'baseline = "{FILE}"\n')
    assert check() == 0


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda: None, "cannot find the baseline none.json"),
        (lambda: Path("none.json").write_text("{"), "it is not JSON"),
        (lambda: Path("none.json").write_text("[" * 100_000), "it is not JSON"),
        (lambda: Path("none.json").write_bytes(b"\xff\xfe"), "it is not JSON"),
        (lambda: Path("none.json").mkdir(), "is a directory"),
        (lambda: Path("none.json").write_text("[]"), "it has no list of findings"),
        (lambda: Path("none.json").write_text('{"findings": [], "version": 9}'), "version 9"),
        (lambda: Path("none.json").write_text('{"findings": [3], "version": 1}'), "finding 1 must"),
    ],
)
def test_what_is_no_baseline_is_an_error(
    write: Callable[[], object], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write()

    assert check("--baseline", "none.json") == 2
    said = capsys.readouterr().err
    assert message in said
    assert "hint: " in said
