"""`verify fetch` and `verify bundle` take what `verify check` takes: files, folders and globs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from verify import bundle
from verify.cli import main

LOCAL = "# Rain\n\nNobody was there to see it.[^1]\n\n[^1]: Notes. Kept beside the article.\n"
DIARY = """\
It rained in the made-up city all day, and the streets got wet by noon.

Nobody was there to see it. The market had closed at ten, and the last tram was gone.
"""
ALONE = ("--offline", "--no-translate", "--quiet")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of two articles with sources of their own; we stand beside it."""
    for name in ("one", "two"):
        folder = tmp_path / "shelf" / "articles" / name
        folder.mkdir(parents=True)
        (folder / "article.md").write_text(LOCAL, "utf-8")
        (folder / "notes.txt").write_text(DIARY, "utf-8")
        (folder / "sources.yaml").write_text("sources:\n  - {note: 1, file: notes.txt}\n", "utf-8")
    (tmp_path / "shelf" / "articles" / "about.md").write_text("# About\n\nNo note.\n", "utf-8")
    (tmp_path / "shelf" / "beside").mkdir()
    monkeypatch.chdir(tmp_path / "shelf")
    return tmp_path / "shelf"


def repeated(path: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a bundle gives its report again, elsewhere and without what it was made from."""
    elsewhere = path.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    main(["check", "--from", str(path), "--format", "json=again.json", "--quiet"])
    return (elsewhere / "again.json").read_text("utf-8") == bundle.read(path).report


@pytest.mark.parametrize(
    ("stand", "named", "articles"),
    [
        ("", "articles", 2),
        ("", "articles/*/*.md", 2),
        ("beside", "../articles/two/article.md", 1),
        ("beside", "../articles", 2),
        ("articles", ".", 2),
    ],
)
def test_a_bundle_takes_what_a_check_takes(
    shelf: Path, stand: str, named: str, articles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shelf / stand)

    assert main(["bundle", named, *ALONE, "--output", str(shelf / "run.wacz")]) == 0
    held = bundle.read(shelf / "run.wacz")
    assert len(held.run["articles"]) == articles
    assert repeated(shelf / "run.wacz", monkeypatch)


@pytest.mark.parametrize(
    ("named", "name"), [("articles", "articles.wacz"), ("articles/one/article.md", "article.wacz")]
)
@pytest.mark.usefixtures("shelf")
def test_a_bundle_is_named_after_what_was_asked_for(named: str, name: str) -> None:
    main(["bundle", named, *ALONE])

    assert Path(name).exists()


def test_a_bundle_lacks_no_article_that_was_asked_for(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shelf / "articles" / "broken.docx").write_bytes(b"PK\x03\x04 no zip")

    assert main(["bundle", "articles", *ALONE]) == 2
    told = capsys.readouterr().err
    assert "cannot read articles/broken.docx" in told
    assert "hint: mend it, or name the articles without it" in told
    assert not list(shelf.glob("*.wacz"))


def test_a_bundle_of_no_article_says_so(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "beside", *ALONE]) == 2
    assert "there is no article in beside" in capsys.readouterr().err
    (shelf / "beside" / "about.md").write_text("# About\n", "utf-8")
    assert main(["bundle", "beside", *ALONE]) == 2
    assert "none of the files found has notes" in capsys.readouterr().err


def test_a_bundle_repeats_with_its_own_strictness_and_decisions(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = shelf / "articles" / "one" / "article.md"
    article.write_text(LOCAL.replace("Nobody was", "Everybody was"), "utf-8")
    audit = ["audit", str(article), "--plain", "--reviewer", "A. Editor", *ALONE[:2]]
    subprocess.run(
        [sys.executable, "-m", "verify", *audit],
        input="r\nc\nnobody came\n",
        text=True,
        capture_output=True,
        check=False,
    )
    main(["bundle", str(article), *ALONE, "--strictness", "strict", "--output", "run.wacz"])

    held = bundle.read(shelf / "run.wacz")
    assert held.run["settings"]["strictness"] == "strict"
    assert json.loads(held.report)["verdicts"][0]["review"]["reviewer"] == "A. Editor"
    assert repeated(shelf / "run.wacz", monkeypatch)


# --- fetch ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "lines"),
    [
        (["articles"], 2),
        (["articles/*/*.md"], 2),
        (["articles/one/article.md", "articles"], 2),
        (["articles/two/article.md"], 1),
    ],
)
def test_fetch_takes_what_a_check_takes(
    named: list[str], lines: int, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", *named, "--offline"]) == 0
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == lines, shown.out
    assert "notes.txt (file, en, " in shown.out
    assert shelf.exists()


def test_fetch_loses_no_article_to_one_that_cannot_be_read(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shelf / "articles" / "broken.docx").write_bytes(b"PK\x03\x04 no zip")

    assert main(["fetch", "articles", "--offline"]) == 3
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 2
    assert "\ncannot read articles/broken.docx: " in shown.err
    assert main(["fetch", "articles/broken.docx", "--offline"]) == 2


def test_fetch_says_what_could_not_be_had(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "articles" / "one" / "notes.txt").unlink()

    assert main(["fetch", "articles", "--offline"]) == 3
    assert capsys.readouterr().err.endswith("\n1 could not be had\n")
    assert main(["fetch", "beside", "--offline"]) == 2
    assert "there is no article in beside" in capsys.readouterr().err
