"""A repeated run says whether it came out the same, and runs nothing that the bundle brings."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.test_bundle_container import edit, forged
from verify import __version__, bundle
from verify.cli import main
from verify.commands.output import exit_code
from verify.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARTICLE = "# Rain\n\nNobody was there to see it.[^1]\n\n[^1]: Notes. Kept beside the article.\n"
DIARY = """\
<html lang="en"><body><p>It rained in the made-up city all day, and the streets got wet by noon.</p>
<p>Nobody was there to see it. The market had closed at ten, and the last tram was gone.</p></body>
"""
ALONE = ("--offline", "--no-translate")

LATE = ("lxml", "numpy", "onnxruntime", "warcio", "yaml")
"""Libraries that are imported once they are needed."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with an article and a source beside it; we stand in another one."""
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "article.md").write_text(ARTICLE, "utf-8")
    (folder / "notes.html").write_text(DIARY, "utf-8")
    (folder / "sources.yaml").write_text("sources:\n  - {note: 1, file: notes.html}\n", "utf-8")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return folder


@pytest.fixture
def made(desk: Path) -> Path:
    path = desk / "run.wacz"
    asked = ["bundle", str(desk / "article.md"), *ALONE, "--quiet", "--output", str(path)]
    assert main(asked) == 0
    return path


def repeated(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["check", "--from", str(path), *more])
    return code, capsys.readouterr().err


def test_a_run_that_comes_out_the_same_says_so(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = repeated(made, capsys)

    assert code == 0
    assert "run.wacz: the run came out the same, to the byte\n" in told
    assert "warning" not in told
    assert repeated(made, capsys, "--quiet") == (0, "")


def test_a_report_that_the_run_does_not_bear_out_is_told(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def better(report: Any) -> None:
        report["verdicts"][0]["outcome"] = "contradicted"

    entries = bundle.read(made).report
    forged(made, lambda held: held.update({bundle.REPORT: _changed(entries, better)}))

    code, told = repeated(made, capsys, "--quiet")
    assert code == 0
    assert re.search(
        r"warning: run\.wacz: this run's report is not the one in it: "
        r'line \d+: "outcome": "contradicted",? there, "outcome": "supported",? here\n',
        told,
    )
    assert "hint: beside the one in it, this run has: 1 better\n" in told


def _changed(text: str, change: Callable[[Any], None]) -> bytes:
    report = json.loads(text)
    change(report)
    return (json.dumps(report, ensure_ascii=False, indent=2) + "\n").encode()


@pytest.mark.parametrize(
    ("content", "there"),
    [(b"", "nothing there"), (b"[" * 200_000, "[[["), (b'{"a": "\x1b[2J"}', "U+001B")],
)
def test_a_report_that_is_none_is_told(
    content: bytes, there: str, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged(made, lambda entries: entries.update({bundle.REPORT: content}))

    _, told = repeated(made, capsys)
    assert "warning: run.wacz: this run's report is not the one in it: line 1: " in told
    assert there in told
    assert "hint" not in told
    assert len(told) < 1_000


@pytest.mark.parametrize("version", ["9.9.9", None])
def test_another_version_is_told(
    version: str | None, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged(made, edit(bundle.RUN, lambda run: run.update(version=version)))

    _, told = repeated(made, capsys)
    assert f"warning: verify: the bundle's run had {version}, this one has {__version__}" in told


def test_a_bundle_names_its_models_by_their_whole_digest(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = bundle.read(made).run

    assert run["models"].keys() == {"encoder", "judge"}
    for role, digest in run["models"].items():
        assert re.fullmatch("sha256:[0-9a-f]{64}", digest)
        assert f"({digest[7:15]})" in run["tools"][role]

    other = run["models"]["judge"][:-1] + "x"
    forged(made, edit(bundle.RUN, lambda run: run["models"].update(judge=other)))
    _, told = repeated(made, capsys)
    assert f"warning: judge: the bundle's run had {other}, this one has sha256:" in told


# --- no article -------------------------------------------------------------------------


def test_a_bundle_of_no_article_is_refused(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forged(made, edit(bundle.RUN, lambda run: run.update(articles=[])))

    code, told = repeated(made, capsys)
    assert code == 2
    assert told.startswith("fatal: nothing was checked: cannot read")
    assert "it is of no article, so there is nothing to check\n" in told


def test_no_report_is_no_pass() -> None:
    assert exit_code([], Settings()) == 2
    assert exit_code([], Settings(allow_unchecked=True)) == 2


# --- nothing of a bundle is run ---------------------------------------------------------

# At Python's prompt and with -c, libraries are looked for in the folder where we stand.
PROMPT = "import sys; from verify.cli import main; sys.exit(main(sys.argv[1:]))"


def _at_the_prompt(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONSAFEPATH"}
    return subprocess.run(
        [sys.executable, "-c", PROMPT, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def test_no_file_of_a_bundle_is_imported(made: Path, tmp_path: Path) -> None:
    planted = f"open({str(tmp_path / 'planted')!r}, 'w')\n".encode()

    def plant(entries: dict[str, bytes]) -> None:
        run = json.loads(entries[bundle.RUN])
        for number, name in enumerate(LATE, 50):
            entries[f"article/{number}.py"] = planted
            run["files"][f"{name}.py"] = f"article/{number}.py"
        entries[bundle.RUN] = json.dumps(run).encode()

    forged(made, plant)
    run = _at_the_prompt("check", "--from", str(made))

    assert not (tmp_path / "planted").exists(), run.stderr
    assert run.returncode == 0, run.stderr
    assert "the run came out the same" in run.stderr


def test_no_file_beside_an_article_is_imported(desk: Path, tmp_path: Path) -> None:
    for name in LATE:
        (desk / f"{name}.py").write_text(f"open({str(tmp_path / 'planted')!r}, 'w')\n", "utf-8")

    run = _at_the_prompt("bundle", str(desk / "article.md"), *ALONE)

    assert not (tmp_path / "planted").exists(), run.stderr
    assert run.returncode == 0, run.stderr


def test_where_modules_are_looked_for_is_afterwards_as_it_was(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", ["", ".", *sys.path])
    before = sys.path[:]

    main(["check", "--from", str(made), "--quiet"])

    assert sys.path == before
