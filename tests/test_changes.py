"""`--changed-since`: what is left out, what is not, and why it cannot be told. Real git."""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from verify import pipeline, review
from verify.changes import Changes
from verify.cli import main
from verify.errors import SettingsError
from verify.fetch.local import FileFetcher
from verify.judge.verdict import Examiner
from verify.language.identify import Identifier
from verify.model import Outcome, Review

if TYPE_CHECKING:
    from verify.model import Report

PAGE = """<html lang="en"><body><article><h1>The bridge opens</h1>
<p>The bridge over the dry river was opened by the mayor on 3 May 2021.</p>
<p>The mayor said that 46 lamps will burn on it every night of the year.</p>
</article></body></html>
"""
ARTICLE = """# Lamps

The bridge over the dry river was opened by the mayor on 3 May 2021.[^1]

The mayor said that “46 lamps will burn on it every night”.[^2]

[^1]: “The bridge opens”, Hill Post, (Date of Accession: 04.05.2021).
[^2]: “The lamps of the bridge”, Hill Post, (Date of Accession: 04.05.2021).
"""
SOURCES = """sources:
  - note: 1
    file: pages/bridge.html
  - note: 2
    file: pages/lamps.html
"""


def git(folder: Path, *arguments: str) -> None:
    options = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(
        ["git", "-C", str(folder), *options, *arguments], check=True, capture_output=True
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    (folder / "articles" / "pages").mkdir(parents=True)
    for name in ("bridge", "lamps"):
        (folder / "articles" / "pages" / f"{name}.html").write_text(PAGE, "utf-8")
    (folder / "articles" / "lamps.md").write_text(ARTICLE, "utf-8")
    (folder / "articles" / "sources.yaml").write_text(SOURCES, "utf-8")
    monkeypatch.chdir(folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=none")
    git(folder, "tag", EMPTY)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=one")
    return folder


EMPTY = "empty"
"""A tag on a commit that has no article."""


def check(article: str = "articles/lamps.md", revision: str = "HEAD") -> Report:
    verifier = pipeline.Verifier(
        files=FileFetcher(),
        live=FileFetcher(),
        identifier=Identifier(),
        examiner=Examiner(),
        offline=True,
        jobs=1,
    )
    return replace(verifier, changes=Changes(revision)).check(Path(article))


def asked(report: Report) -> list[str]:
    assert report.left_out == len(report.article.citations) - len(report.verdicts)
    return [v.citation.label for v in report.verdicts if v.citation]


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text("utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new), "utf-8")


@pytest.mark.usefixtures("folder")
def test_nothing_changed_is_left_out_and_told() -> None:
    report = check()

    assert asked(report) == []
    assert report.coverage.left_out == 2
    assert "2 of 2 citations were left out" in report.notices[0]
    assert "since HEAD" in report.notices[0]


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("articles/lamps.md", "“46 lamps", "“64 lamps", ["2"]),
        ("articles/lamps.md", "over the dry river was", "was", ["1"]),
        ("articles/lamps.md", "“The lamps of the bridge”", "“The lamps”", ["2"]),
        ("articles/sources.yaml", "pages/lamps.html", "pages/bridge.html", ["2"]),
        ("articles/sources.yaml", "  - note: 1\n", "  - note: 1\n    language: en\n", ["1"]),
        ("articles/pages/lamps.html", "46 lamps", "48 lamps", ["2"]),
        ("articles/lamps.md", "# Lamps\n", "# Lamps\n\nA first sentence without a note.\n", []),
        ("articles/sources.yaml", "sources:\n", "# a comment\nversion: 1\nsources:\n", []),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_citation_is_checked_where_its_words_its_note_or_its_source_changed(
    path: str, old: str, new: str, expected: list[str]
) -> None:
    edit(path, old, new)

    assert asked(check()) == expected


REMARK = "<!-- verify: ignore[QUO002] they were counted twice -->"


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("articles/lamps.md", f" {REMARK}", "", ["2"]),
        ("articles/lamps.md", "counted twice", "counted twice until=2031-01-31", ["2"]),
        ("articles/lamps.md", "3 May 2021.[^1]", f"3 May 2021.[^1] {REMARK}", ["1"]),
        ("articles/lamps.md", "[^1]: “The", f"{REMARK}\n[^1]: “The", ["1"]),
        ("articles/lamps.md", "# Lamps", "# <!-- verify: ignore-file[CLM] all -->", ["1", "2"]),
        ("articles/lamps.md", "# Lamps", "# Lamps\n\nNo note stands here.", []),
        ("articles/sources.yaml", "reason: it moves", "reason: it moved", ["1"]),
        ("articles/sources.yaml", "it moves}", "it moves, until: 2031-01-31}", ["1"]),
        ("articles/sources.yaml", "    ignore: [{code: NET001, reason: it moves}]\n", "", ["1"]),
    ],
)  # fmt: skip
def test_what_is_asked_to_stand_counts_for_the_citations_that_it_speaks_for(
    folder: Path, path: str, old: str, new: str, expected: list[str]
) -> None:
    edit("articles/lamps.md", "every night”.[^2]", f"every night”.[^2] {REMARK}")
    edit(
        "articles/sources.yaml",
        "bridge.html\n",
        "bridge.html\n    ignore: [{code: NET001, reason: it moves}]\n",
    )
    git(folder, "commit", "--quiet", "--all", "--message=two")
    edit(path, old, new)

    assert asked(check()) == expected


def decide(label: str, outcome: Outcome, article: str = "articles/lamps.md") -> review.Decision:
    verdicts = check(revision=EMPTY).verdicts
    sentence = next(v.claim for v in verdicts if v.citation and v.citation.label == label)
    answer = Review(outcome, "A. Editor", date(2024, 3, 1), review.claim_digest(sentence))
    decision = review.Decision(Path(article).resolve(), label, answer)
    review.save(Path("articles/reviews.yaml"), decision)
    return decision


def test_a_decision_counts_for_the_citation_that_it_is_on(folder: Path) -> None:
    decided = decide("2", Outcome.NOT_FOUND)
    assert asked(check()) == ["2"]

    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=two")
    assert asked(check()) == []

    edit("articles/reviews.yaml", "# What people decided", "# What they decided")
    assert asked(check()) == [], "a comment decides nothing"

    edit("articles/reviews.yaml", "outcome: not-found", "outcome: supported")
    assert asked(check()) == ["2"]

    review.remove(Path("articles/reviews.yaml"), decided)
    assert asked(check()) == ["2"]


def test_earlier_decisions_that_cannot_be_read_leave_nothing_out(folder: Path) -> None:
    decide("1", Outcome.SUPPORTED)
    edit("articles/reviews.yaml", "outcome: supported", "outcome: perhaps")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=broken")
    edit("articles/reviews.yaml", "outcome: perhaps", "outcome: supported")

    assert asked(check()) == ["1", "2"]


@pytest.mark.usefixtures("folder")
def test_notes_that_are_only_numbered_anew_have_not_changed() -> None:
    text = ARTICLE.replace("[^2]", "[^9]")
    Path("articles/lamps.md").write_text(text, "utf-8")
    edit("articles/sources.yaml", "note: 2", "note: 9")

    assert asked(check()) == []


def test_a_new_article_is_checked_whole_and_a_renamed_one_as_before(folder: Path) -> None:
    git(folder, "mv", "articles/lamps.md", "articles/bridge.md")
    edit("articles/bridge.md", "“46 lamps", "“64 lamps")
    Path("articles/new.md").write_text(ARTICLE, "utf-8")

    assert asked(check("articles/bridge.md")) == ["2"]
    assert asked(check("articles/new.md")) == ["1", "2"]


def test_a_file_that_git_does_not_know_counts_as_changed(folder: Path) -> None:
    (folder / ".gitignore").write_text("kept.html\n")
    Path("articles/pages/kept.html").write_text(PAGE, "utf-8")
    edit("articles/sources.yaml", "pages/lamps.html", "pages/kept.html")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=two")

    assert asked(check()) == ["2"]


def test_an_earlier_version_that_cannot_be_read_leaves_nothing_out(folder: Path) -> None:
    edit("articles/sources.yaml", "sources:", "sorces:")
    git(folder, "commit", "--quiet", "--all", "--message=broken")
    edit("articles/sources.yaml", "sorces:", "sources:")

    assert asked(check()) == ["1", "2"]
    assert asked(check(revision="HEAD~1")) == []


def test_a_sources_yaml_that_was_deleted_is_a_change(folder: Path) -> None:
    (folder / "articles" / "sources.yaml").unlink()

    assert asked(check()) == ["1", "2"]


def test_a_shallow_clone_has_its_own_commit_and_says_what_it_lacks(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(folder, "commit", "--quiet", "--allow-empty", "--message=two")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", folder.as_uri(), str(clone))
    monkeypatch.chdir(clone)

    assert asked(check()) == []
    with pytest.raises(SettingsError, match="this clone is shallow") as caught:
        check(revision="HEAD~1")
    assert "fetch-depth: 0" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "revision",
    [
        "origin/base", "base", "refs/heads/base", "v1", "refs/tags/v1", "SHA", "SHORT",
        "HEAD~1", "HEAD^", "origin/base~1", "SHA~1", "v1~1",
    ],
)  # fmt: skip
def test_the_hint_of_a_shallow_clone_fetches_what_it_lacks(
    revision: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(folder, "commit", "--quiet", "--allow-empty", "--message=two")
    git(folder, "branch", "base")
    git(folder, "tag", "--annotate", "--message=one", "v1")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=three")
    sha = _said(folder, "rev-parse", "v1^{commit}")
    revision = revision.replace("SHA", sha).replace("SHORT", sha[:12])
    clone = tmp_path / "clone"
    source = folder.as_uri()
    git(tmp_path, "clone", "--quiet", "--no-tags", "--depth=1", source, str(clone))
    monkeypatch.chdir(clone)

    with pytest.raises(SettingsError, match="this clone is shallow") as caught:
        check(revision=revision)
    commands = re.findall(r"`git ([^`]+)`", caught.value.hint or "")
    is_tag = revision.startswith("v1")
    assert len(commands) == (2 if is_tag or revision == "base" else 1)
    git(clone, *shlex.split(commands[-1 if is_tag else 0]))

    assert asked(check(revision=revision)) == []


def test_a_hint_is_no_way_in_for_a_name_that_the_shell_would_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", folder.as_uri(), str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")

    with pytest.raises(SettingsError) as caught:
        check(revision="origin/a;b")
    assert "'a;b:refs/remotes/origin/a;b'" in (caught.value.hint or "")


def _said(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    )
    return run.stdout.strip()


@pytest.mark.parametrize("revision", ["no-such-branch", "--help", "HEAD:articles", "x\ny", ""])
@pytest.mark.usefixtures("folder")
def test_what_is_no_commit_is_an_error(revision: str) -> None:
    with pytest.raises(SettingsError, match="git knows no such commit"):
        check(revision=revision)


def test_outside_git_it_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_text(ARTICLE, "utf-8")

    code = main(["check", str(tmp_path / "a.md"), "--offline", "--changed-since", "HEAD"])

    said = capsys.readouterr().err
    assert code == 2
    assert "is in no git repository" in said
    assert "hint: leave --changed-since out" in said


def test_without_git_it_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))

    with pytest.raises(SettingsError, match="there is no git"):
        check()


@pytest.mark.usefixtures("folder")
def test_nothing_to_check_exits_with_0_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["check", "articles/lamps.md", "--offline", "--changed-since", "HEAD"]

    assert main([*arguments, "--format", "json=r.json"]) == 0
    assert "nothing to check: none of 2 citations has changed" in capsys.readouterr().err

    Path("articles/bare.md").write_text("# Lamps\n\nNothing is cited here at all.\n", "utf-8")
    arguments[1] = "articles/bare.md"
    assert main([*arguments, "--fail-on", "never", "--allow-unchecked"]) == 3


@pytest.mark.usefixtures("folder")
def test_what_changed_for_the_worse_exits_with_1() -> None:
    edit("articles/lamps.md", "“46 lamps", "“64 lamps")

    assert main(["check", "articles/lamps.md", "--offline", "--changed-since", "HEAD"]) == 1


# --- a repository that comes with the article ------------------------------------------------


def booby_trapped(folder: Path, traps: Path) -> None:
    """Let everything that a repository's config can start leave a file in `traps`."""
    traps.mkdir()

    def trap(name: str) -> str:
        return f"touch '{traps / name}'; cat"

    for key in (
        "core.fsmonitor", "core.sshCommand", "core.pager", "diff.external", "diff.x.command",
        "diff.x.textconv", "filter.x.clean", "filter.x.smudge", "filter.x.process",
        "remote.origin.uploadpack", "alias.ls-files", "alias.diff-index",
    ):  # fmt: skip
        git(folder, "config", key, trap(key) if "alias" not in key else f"!{trap(key)}")
    for key, value in {
        "filter.x.required": "true",
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": str(traps),
        "core.hooksPath": str(folder / ".git" / "traps"),
    }.items():
        git(folder, "config", key, value)
    (folder / ".git" / "info" / "attributes").write_text("* filter=x diff=x\n", "utf-8")
    hooks = folder / ".git" / "traps"
    hooks.mkdir()
    for name in ("post-index-change", "post-checkout", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\n{trap(name)}\n", "utf-8")
        (hooks / name).chmod(0o755)


def test_nothing_that_a_repository_names_is_run(folder: Path, tmp_path: Path) -> None:
    traps = tmp_path / "traps"
    page = folder / "articles" / "pages" / "lamps.html"
    git(folder, "mv", "articles/lamps.md", "articles/bridge.md")
    booby_trapped(folder, traps)
    page.write_text(PAGE.replace("46", "47"), "utf-8")

    assert asked(check("articles/bridge.md")) == ["2"]
    assert main(["lint", "articles", "--quiet"]) in {0, 1, 3}
    assert not list(traps.iterdir())


def test_what_a_clone_lacks_is_not_fetched_by_the_command_that_it_names(
    folder: Path, tmp_path: Path
) -> None:
    traps = tmp_path / "traps"
    booby_trapped(folder, traps)
    for found in (folder / ".git" / "objects").glob("??/*"):
        kind = subprocess.run(
            ["git", "-C", str(folder), "cat-file", "-t", found.parent.name + found.name],
            check=True,
            capture_output=True,
        )
        if kind.stdout == b"blob\n":
            found.unlink()

    with pytest.raises(SettingsError, match="cannot compare with"):
        check()
    assert not list(traps.iterdir())


def test_the_traps_of_these_tests_do_go_off(folder: Path, tmp_path: Path) -> None:
    booby_trapped(folder, tmp_path / "traps")
    (folder / "articles" / "pages" / "lamps.html").write_text("another length", "utf-8")
    for arguments in (["status"], ["diff", "HEAD"], ["diff", "--ext-diff", "HEAD"]):
        subprocess.run(["git", "-C", str(folder), *arguments], check=False, capture_output=True)

    gone_off = {path.name for path in (tmp_path / "traps").iterdir()}
    assert {"core.fsmonitor", "filter.x.process"} <= gone_off


def test_a_committer_s_name_is_asked_for_without_running_anything(
    folder: Path, tmp_path: Path
) -> None:
    from verify.commands.audit import _git_name

    git(folder, "config", "user.name", "A Reader")
    booby_trapped(folder, tmp_path / "traps")

    assert _git_name() == "A Reader"
    assert not list((tmp_path / "traps").iterdir())
