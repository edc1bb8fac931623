"""
The ready parts for CI, run as their hosts would run them.

The steps of action.yml and the script of the GitLab template run in bash, in a checkout of their
own; the hooks of pre-commit run by their entries; and every setting is had in all three ways.
"""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from verify import settings
from verify.commands.output import FORMATS

ROOT = Path(__file__).resolve().parent.parent
PAGE = """<html lang="en"><body><article><h1>The bridge opens</h1>
<p>The bridge over the dry river was opened by the mayor on 3 May 2021.</p>
<p>The mayor said that 46 lamps will burn on it every night of the year.</p>
<p>::error title=planted::The page itself would command the runner, if we let it.</p>
</article></body></html>
"""
ARTICLE = """# Lamps

The bridge over the dry river was opened by the mayor on 3 May 2021.[^1]

The mayor said that “46 lamps will burn on it every night”.[^2]

[^1]: “The bridge opens”, Hill Post, (Date of Accession: 04.05.2021).
[^2]: “The bridge opens”, Hill Post, (Date of Accession: 04.05.2021).
"""
CHANGED = ARTICLE.replace("“46", "“64")
SOURCES = "sources:\n  - note: [1, 2]\n    file: page.html\n"
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def environment(**more: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ours = {"PATH": path, "PYTHONPATH": str(ROOT), "VERIFY_TRANSLATE": "false"}
    return {**os.environ, **ours, **more}


def bash(script: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script with the options that GitHub's runner gives to `shell: bash`."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / "articles").mkdir(parents=True)
    (folder / "articles" / "lamps.md").write_text(ARTICLE, "utf-8")
    (folder / "articles" / "page.html").write_text(PAGE, "utf-8")
    (folder / "articles" / "sources.yaml").write_text(SOURCES, "utf-8")
    return folder


# --- action.yml ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What the steps of one job left behind."""

    code: int
    log: str
    errors: str
    summary: str
    outputs: dict[str, str]
    reports: Path


def action() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "action.yml").read_text("utf-8")))


def act(checkout: Path, **inputs: str) -> Run:
    """Run the `run:` steps of the action, as a job with these inputs would."""
    known = {name: str(each.get("default", "")) for name, each in action()["inputs"].items()}
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    assert given.keys() <= known.keys()
    values = {f"inputs.{name}": value for name, value in {**known, **given}.items()}
    files = {name: checkout.parent / name for name in ("output", "summary")}
    for file in files.values():
        file.write_text("")
    base = environment(
        GITHUB_ACTIONS="true",
        CI="true",
        GITHUB_ACTION_PATH=str(ROOT),
        GITHUB_OUTPUT=str(files["output"]),
        GITHUB_STEP_SUMMARY=str(files["summary"]),
        RUNNER_TEMP=str(checkout.parent),
    )
    code, log, errors = 0, "", ""
    for step in action()["runs"]["steps"]:
        if code or "run" not in step or not _holds(step.get("if", "true"), values):
            continue
        env = {k: _filled(str(v), values) for k, v in step.get("env", {}).items()}
        assert "${{" not in step["run"], "an expression in a script is a way in for what it says"
        run = bash(step["run"], checkout, {**base, **env})
        code, log, errors = run.returncode, log + run.stdout, errors + run.stderr
        values |= {f"steps.check.outputs.{k}": v for k, v in _outputs(files["output"]).items()}
    outputs = _outputs(files["output"])
    reports = Path(outputs.get("reports", ""))
    return Run(code, log, errors, files["summary"].read_text("utf-8"), outputs, reports)


def _outputs(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines())


def _filled(text: str, values: dict[str, str]) -> str:
    return EXPRESSION.sub(lambda m: values.get(m[1], ""), text)


def _holds(condition: str, values: dict[str, str]) -> bool:
    """Decide conditions of the kind `inputs.x != ''`, joined by `&&`."""
    for part in condition.split("&&"):
        match = re.fullmatch(r"\s*([\w.-]+)\s*(==|!=)\s*'(.*?)'\s*", part)
        if match and (values.get(match[1], "") == match[3]) is not (match[2] == "=="):
            return False
    return True


def test_a_true_article_passes_with_its_summary_and_reports(checkout: Path) -> None:
    run = act(checkout, articles="articles", offline="true", python_version="")

    assert (run.code, run.outputs["exit-code"]) == (0, "0"), run.log + run.errors
    assert (run.outputs["checked"], run.outputs["citations"]) == ("2", "2")
    assert run.outputs["findings"] == "1", "an unpinned copy, which is information"
    assert "lamps.md" in run.summary
    assert "All 2 citations were checked" in run.log
    sarif = json.loads((run.reports / "report.sarif").read_text("utf-8"))
    assert sarif["version"] == "2.1.0"
    assert {path.name for path in run.reports.iterdir()} >= {"report.json", "report.html"}


def test_a_changed_quotation_fails_at_its_line_and_no_text_commands_the_runner(
    checkout: Path,
) -> None:
    planted = CHANGED.replace("every night”", "every night” ::error::the article would")
    (checkout / "articles" / "lamps.md").write_text(planted, "utf-8")
    run = act(checkout, articles="articles/lamps.md\n\n", offline="true", python_version="")

    (result,) = json.loads((run.reports / "report.sarif").read_text("utf-8"))["runs"]
    assert run.code == 1
    assert "QUO002" in {each["ruleId"] for each in result["results"]}
    assert "64" in run.summary
    silenced, token, heeded = re.split(r"^::([0-9a-f]{32})::$", run.log, flags=re.MULTILINE)
    assert silenced.startswith(f"::stop-commands::{token}\n")
    assert "would" in silenced
    commands = [line for line in heeded.splitlines() if line.lstrip().startswith("::")]
    assert any(re.match(r"::error .*file=articles/lamps\.md,.*line=5", c) for c in commands)
    assert not any(c.startswith("::error::") or "planted" in c.split("::")[1] for c in commands)


def test_what_cannot_start_fails_and_leaves_its_words(checkout: Path) -> None:
    run = act(checkout, articles="none.md", arguments="--offline\n--jobs=2", python_version="")

    assert (run.code, run.outputs["exit-code"], run.outputs["checked"]) == (2, "2", "0")
    assert "fatal: nothing was checked: cannot find none.md" in run.errors
    assert "sarif" not in run.outputs


def test_an_unchecked_citation_fails_unless_it_is_allowed(checkout: Path) -> None:
    (checkout / "articles" / "sources.yaml").write_text(
        "sources:\n  - {note: 1, file: page.html}\n  - {note: 2, file: gone.html}\n", "utf-8"
    )
    inputs = {"articles": "articles", "mode": "check", "python_version": ""}
    run = act(checkout, **inputs, allow_unchecked="true", arguments="--offline")

    assert (run.code, run.outputs["checked"], run.outputs["citations"]) == (0, "1", "2")


def test_a_pull_request_checks_what_it_changes(checkout: Path) -> None:
    git = f"git -C {shlex.quote(str(checkout))} -c user.name=A -c user.email=a@example.org "
    subprocess.run(f"{git} init -q && {git} add . && {git} commit -qm 1", shell=True, check=True)
    inputs = {"articles": "articles", "offline": "true", "python_version": ""}
    unchanged = act(checkout, **inputs, changed_since="HEAD")
    (checkout / "articles" / "lamps.md").write_text(CHANGED, "utf-8")

    assert (unchanged.code, unchanged.outputs["citations"]) == (0, "0")
    assert "2 of 2 citations were left out" in unchanged.log
    assert act(checkout, **inputs, changed_since="HEAD").outputs["citations"] == "1"


@pytest.mark.parametrize(
    "since",
    ["SHA", "origin/base", "base", "v1", "HEAD~1", "origin/base~1"],
)
def test_a_shallow_checkout_fetches_what_it_is_compared_with(since: str, checkout: Path) -> None:
    def git(*arguments: str) -> str:
        named = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        command = ["git", "-C", str(checkout), *named, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet", "--initial-branch=main")
    git("add", ".")
    git("commit", "--quiet", "--message=1")
    git("commit", "--quiet", "--allow-empty", "--message=2")
    git("branch", "base")
    git("tag", "--annotate", "--message=base", "v1")
    (checkout / "articles" / "lamps.md").write_text(CHANGED, "utf-8")
    git("commit", "--quiet", "--all", "--message=3")
    # As actions/checkout does it for a pull request: one commit, and no branch.
    clone = checkout.parent / "clone"
    subprocess.run(["git", "init", "--quiet", str(clone)], check=True)
    here, there = git("rev-parse", "HEAD"), checkout.as_uri()
    script = f"""
    git remote add origin {there}
    git fetch --quiet --no-tags --depth=1 origin +{here}:refs/remotes/pull/1/merge
    git checkout --quiet --detach refs/remotes/pull/1/merge
    """
    assert bash(script, clone, environment()).returncode == 0
    since = since.replace("SHA", git("rev-parse", "base"))
    inputs = {"articles": "articles", "offline": "true", "python_version": ""}
    run = act(clone, **inputs, changed_since=since)

    assert run.outputs["citations"] == "1", run.log + run.errors


def test_what_cannot_be_fetched_is_told_and_nothing_is_checked(checkout: Path) -> None:
    script = """
    git init --quiet && git add . && git remote add origin "file://$PWD"
    git -c user.name=A -c user.email=a@example.org commit --quiet --message=1
    """
    assert bash(script, checkout, environment()).returncode == 0
    inputs = {"articles": "articles", "offline": "true", "python_version": ""}
    run = act(checkout, **inputs, changed_since="--upload-pack=touch stolen")

    assert run.code == 2
    assert "could not be fetched" in run.log
    assert not (checkout / "stolen").exists()


def test_what_was_learnt_is_kept_when_the_job_fails() -> None:
    steps = action()["runs"]["steps"]
    used = {
        s["uses"].split("@")[0]: s for s in steps if s.get("uses", "").startswith("actions/cache")
    }
    restored, saved = used["actions/cache/restore"], used["actions/cache/save"]
    gitlab = yaml.safe_load((ROOT / "examples" / "ci" / "gitlab.yml").read_text("utf-8"))

    assert len(used) == 2, "actions/cache itself keeps nothing of a job that fails"
    assert saved["if"] == f"always() && {restored['if']}"
    assert saved["with"]["path"] == restored["with"]["path"]
    assert saved["with"]["key"] == restored["with"]["key"]
    assert steps.index(saved) > [s.get("id") for s in steps].index("check")
    assert gitlab["verify"]["cache"]["when"] == "always"


def test_a_summary_tells_what_has_changed_since_an_earlier_report(checkout: Path) -> None:
    inputs = {"articles": "articles", "offline": "true", "python_version": ""}
    earlier = act(checkout, **inputs).reports / "report.json"
    earlier.rename(checkout.parent / "earlier.json")
    (checkout / "articles" / "lamps.md").write_text(CHANGED, "utf-8")
    run = act(checkout, **inputs, against=str(checkout.parent / "earlier.json"))

    assert "### Worse than before: 1" in run.summary
    assert "worse: ✓ supported → ≠ altered" in run.log


def test_lint_asks_for_nothing(checkout: Path) -> None:
    (checkout / "articles" / "page.html").unlink()
    run = act(checkout, articles="articles", mode="lint", summary="false", python_version="")

    assert (run.code, run.summary) == (0, "")


def test_every_action_that_it_uses_names_a_version_and_every_output_a_step() -> None:
    steps = action()["runs"]["steps"]
    used = [step["uses"] for step in steps if "uses" in step]
    check = next(step for step in steps if step.get("id") == "check")

    assert all(re.fullmatch(r"[\w./-]+@v\d+", each) for each in used)
    for name, output in action()["outputs"].items():
        assert output["value"] == f"${{{{ steps.check.outputs.{name} }}}}"
        assert name in check["run"]
    assert all(step["shell"] == "bash" for step in steps if "run" in step)


# --- the recipes of docs/ci.md ------------------------------------------------------------

# gh as far as the recipes ask for it, with its own words where something is missing.
GH = """#!/bin/bash
echo "$*" >> "$GH_LOG"
refuse() { echo "$1" >&2; exit 1; }
case "$1 $2" in
  "label create") touch "$GH_LOG.label" ;;
  "issue list") cat "$GH_LOG.issue" 2> /dev/null || true ;;
  "issue create")
    [ -f "$GH_LOG.label" ] || refuse "could not add label: 'citations' not found"
    echo 7 > "$GH_LOG.issue" ;;
  "pr comment")
    case "$*" in
      *--edit-last*) [ -f "$GH_LOG.comment" ] || refuse "no comments found for current user" ;;
      *) touch "$GH_LOG.comment" ;;
    esac ;;
esac
"""


def recipes() -> dict[str, Any]:
    """Return the workflows that the page shows, by name."""
    page = (ROOT / "docs" / "ci.md").read_text("utf-8")
    fences = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    shown = (yaml.safe_load(each) for each in fences)
    return {each["name"]: each for each in shown if "jobs" in each}


def with_gh(step: dict[str, Any], folder: Path, **values: str) -> list[str]:
    """Run a step's script beside a `gh` that keeps what it is asked, and return that."""
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / "gh").write_text(GH)
    (folder / "bin" / "gh").chmod(0o755)
    log = folder / "asked"
    log.unlink(missing_ok=True)
    known = {"github.token": "t", "steps.verify.outputs.reports": "reports", **values}
    env = {name: _filled(str(value), known) for name, value in step["env"].items()}
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    run = bash(step["run"], folder, {**os.environ, "PATH": path, "GH_LOG": str(log), **env})
    assert run.returncode == 0, run.stderr
    return log.read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", ["citations", "citations at night"])
def test_a_recipe_gives_the_action_what_it_knows(name: str) -> None:
    steps = recipes()[name]["jobs"]["check"]["steps"]
    ours = next(step for step in steps if step.get("uses") == "OWNER/verify@REF")
    read = set(re.findall(r"steps\.verify\.outputs\.([\w-]+)", json.dumps(steps)))

    assert set(ours["with"]) <= set(action()["inputs"])
    assert ours["id"] == "verify"
    assert read <= set(action()["outputs"])


def test_the_nightly_recipe_opens_one_issue_where_there_is_no_label_yet(tmp_path: Path) -> None:
    recipe = recipes()["citations at night"]
    step = recipe["jobs"]["check"]["steps"][-1]
    first, second = with_gh(step, tmp_path), with_gh(step, tmp_path)

    assert recipe["permissions"]["issues"] == "write"
    assert [line.split(" --")[0] for line in first] == [
        "issue list",
        "label create citations",
        "issue create",
    ]
    assert "--force" in first[1], "a label that is there already is no failure"
    assert second[-1] == "issue edit 7 --body-file reports/report.md"


def test_the_recipe_for_pull_requests_keeps_one_comment(tmp_path: Path) -> None:
    recipe = recipes()["citations"]
    step = recipe["jobs"]["check"]["steps"][-1]
    number = {"github.event.pull_request.number": "12"}
    first, second = with_gh(step, tmp_path, **number), with_gh(step, tmp_path, **number)

    assert recipe["permissions"]["pull-requests"] == "write"
    assert "always()" in step["if"], "a job that fails has the most to say"
    assert first == [
        "pr comment 12 --edit-last --body-file reports/report.md",
        "pr comment 12 --body-file reports/report.md",
    ]
    assert second == first[:1]


# --- pre-commit ---------------------------------------------------------------------------


def hooks() -> list[dict[str, Any]]:
    return list(yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")))


@pytest.mark.parametrize("hook", hooks(), ids=lambda h: h["id"])
def test_a_hook_passes_a_true_article_and_fails_a_false_one(
    hook: dict[str, Any], checkout: Path
) -> None:
    (checkout / "articles" / "false.md").write_text(f"{CHANGED}\nMore.[^9]\n", "utf-8")
    script = f"{hook['entry']} articles/lamps.md --format json=true.json"
    both = f"{script}; {hook['entry']} articles/lamps.md articles/false.md"
    run = bash(both, checkout, environment())

    assert (checkout / "true.json").exists()
    assert run.returncode == 1
    assert "QUO002" in run.stdout or "CIT001" in run.stdout


@pytest.mark.parametrize("hook", hooks(), ids=lambda h: h["id"])
def test_a_hook_is_for_articles_alone(hook: dict[str, Any]) -> None:
    assert re.search(hook["files"], "a/b.docx")
    assert re.search(hook["files"], "a/b.md")
    assert not re.search(hook["files"], "a/b.py")
    assert re.search(hook["files"], "a/sources.yaml"), "which stands for the articles it serves"
    assert not re.search(hook["files"], "a/reviews.yaml")


@pytest.mark.parametrize("hook", hooks(), ids=lambda h: h["id"])
def test_a_commit_of_a_sources_file_alone_looks_at_its_articles(
    hook: dict[str, Any], checkout: Path
) -> None:
    run = bash(f"{hook['entry']} articles/sources.yaml", checkout, environment())
    (checkout / "articles" / "sources.yaml").write_text("sources:\n  - {note: 7}\n", "utf-8")
    wrong = bash(f"{hook['entry']} articles/sources.yaml", checkout, environment())

    assert run.returncode == 0, run.stdout + run.stderr
    assert "lamps.md" in run.stdout
    assert "page.html  " not in run.stdout
    assert wrong.returncode == 1
    assert "SRC001" in wrong.stdout


def test_the_example_for_pre_commit_names_articles_and_their_sources() -> None:
    page = (ROOT / "docs" / "ci.md").read_text("utf-8")
    (example,) = (b for b in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "hooks:" in b)
    for hook in yaml.safe_load(example)["repos"][0]["hooks"]:
        assert re.search(hook["files"], "articles/2021/lamps.md")
        assert re.search(hook["files"], "articles/sources.yaml")
        assert not re.search(hook["files"], "articles/reviews.yaml")
        assert not re.search(hook["files"], "articles/lamps.jpeg")


# --- GitLab -------------------------------------------------------------------------------


def test_the_gitlab_template_runs_its_script(checkout: Path) -> None:
    job = yaml.safe_load((ROOT / "examples" / "ci" / "gitlab.yml").read_text("utf-8"))["verify"]
    (checkout / ".verify-packages").mkdir()
    variables = {
        name: str(value).replace("$CI_PROJECT_DIR", str(checkout))
        for name, value in job["variables"].items()
    }
    run = bash(
        "\n".join(job["script"]), checkout, environment(CI="true", VERIFY_OFFLINE="1", **variables)
    )

    assert run.returncode == 0, run.stdout + run.stderr
    for path in (*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]):
        assert (checkout / path).stat().st_size > 500
    assert all((checkout / Path(p).name).name.startswith(".verify") for p in job["cache"]["paths"])


# --- settings, colours --------------------------------------------------------------------

OWN = {"translate": "--no-translate", "record": "--no-record"}
"""Settings that are true by default have a flag that says no."""


def help_of(command: str) -> str:
    run = bash(f"verify {command} --help", ROOT, environment(COLUMNS="200"))
    assert run.returncode == 0
    return run.stdout


@pytest.fixture(scope="module")
def check_help() -> str:
    return help_of("check")


# A key in a command line can be read by everybody on the machine.
FLAGGED = [name for name in settings.FIELDS if name != "judge_key"]


@pytest.mark.parametrize("name", FLAGGED)
def test_every_setting_has_a_flag_and_a_line_in_the_docs(name: str, check_help: str) -> None:
    flag = OWN.get(name, f"--{name.replace('_', '-')}")
    row = re.compile(
        rf"^\| `{name.replace('_', '-')}` \|.*`{flag}[ `\[].*`VERIFY_{name.upper()}`", re.MULTILINE
    )

    assert re.search(rf"(?<![\w-]){flag}(?![\w-])", check_help)
    assert row.search((ROOT / "docs" / "settings.md").read_text("utf-8"))


def example(name: str) -> str:
    """Return a value other than the default, as a variable would give it."""
    special = {
        "format": "json", "fail_on": "info", "changed_since": "HEAD",
        "allow_private": "10.0.0.0/8", "packages": "a:b", "ui": "fa",
    }  # fmt: skip
    default = getattr(settings.Settings(), name)
    if name in special:
        return special[name]
    if isinstance(default, bool):
        return str(not default).lower()
    if isinstance(default, int | float):
        return str(int(default) + 1)
    return {
        "archives": "https://gate.example/timegate/",
        "strictness": "strict",
        "judge": "llm:m",
    }.get(name, "x")


@pytest.mark.parametrize("name", settings.FIELDS)
def test_every_setting_comes_from_a_variable_and_from_a_file(name: str, tmp_path: Path) -> None:
    from_variable = settings.load({}, {f"VERIFY_{name.upper()}": example(name)}, tmp_path)
    assert getattr(from_variable, name) != getattr(settings.Settings(), name)

    key = name.replace("_", "-")
    if key in settings.PERSONAL:
        return
    value = "" if key == "archives" else example(name)  # a file can name no archive of its own
    (tmp_path / "pyproject.toml").write_text(f"[tool.verify]\n{key} = {json.dumps(value)}\n")
    from_file = getattr(settings.load({}, {}, tmp_path), name)
    assert from_file != getattr(settings.Settings(), name)


def on_terminal(command: list[str], cwd: Path, env: dict[str, str]) -> str:
    """Run a command on a terminal of its own, and return all that it showed."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, cwd=cwd, env=env, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # Linux says so when the last writer has gone
            while piece := os.read(ours, 4096):
                shown += piece
        os.close(ours)
    assert process.returncode == 0, shown
    return shown.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("variables", "coloured", "moving"),
    [
        ({}, True, True),
        ({"CI": "false"}, True, True),
        ({"CI": "true"}, False, False),
        ({"CI": "1"}, False, False),
        ({"NO_COLOR": "1"}, False, True),
        ({"NO_COLOR": "1", "CI": "true"}, False, False),
    ],
    ids=["bare", "no-ci", "ci", "ci-1", "no-color", "both"],
)
def test_colours_and_progress_are_for_a_person_at_a_terminal(
    variables: dict[str, str], coloured: bool, moving: bool, checkout: Path
) -> None:
    command = [sys.executable, "-m", "verify", "check", "articles", "--offline", "--no-translate"]
    shown = on_terminal(command, checkout, environment(TERM="xterm-256color", **variables))

    assert "All 2 citations were checked" in shown
    assert (re.search(r"\x1b\[[0-9;]*m", shown) is not None) is coloured
    assert ("\x1b" in shown) is (coloured or moving)
    assert ("reading" in shown) is moving


def test_a_run_over_several_articles_ends_with_one_line_for_all(checkout: Path) -> None:
    (checkout / "articles" / "more.md").write_text(ARTICLE, "utf-8")
    command = [sys.executable, "-m", "verify", "check", "articles", "--offline", "--no-translate"]
    shown = on_terminal(command, checkout, environment(CI="true"))
    elsewhere = on_terminal([*command, "--format=json=r.json"], checkout, environment(CI="true"))

    assert "2 articles: 4 of 4 citations checked, 1 finding" in shown
    assert "lamps.md: 2 of 2" not in shown, "the report itself has said so"
    assert "lamps.md: 2 of 2 citations checked" in elsewhere
    assert "2 articles: 4 of 4 citations checked" in elsewhere


def test_the_formats_that_the_parts_ask_for_exist() -> None:
    texts = [
        (ROOT / "action.yml"),
        (ROOT / "examples" / "ci" / "gitlab.yml"),
        ROOT / "docs" / "ci.md",
    ]
    asked = {
        match
        for path in texts
        for match in re.findall(r"--format \"?(\w+)", path.read_text("utf-8"))
    }

    assert asked <= set(FORMATS)
