"""What README.md and docs/ say exists: commands, flags, settings, rules, files, targets."""

from __future__ import annotations

import argparse
import re
import shlex
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests import readme
from verify import cli, settings
from verify.errors import VerifyError
from verify.model import Severity
from verify.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = readme.ROOT
USER = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "examples" / "README.md",
    ROOT / "reports" / "README.md",
]
PAGES = [
    *USER,
    *sorted((ROOT / "benchmarks").rglob("*.md")),
    *sorted((ROOT / "training").rglob("*.md")),
    ROOT / "CHANGELOG.md",
]
PARTS = [ROOT / "examples" / "ci" / "gitlab.yml", ROOT / ".pre-commit-hooks.yaml"]

FENCE = re.compile(r"^( *)```[^\n]*\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)")
# At the beginning of a line, after a prompt, a YAML key or another command.
COMMAND = re.compile(r"(?:^\s*|[$|-] |\|\| |run: |entry: |\.venv/bin/)verify ([a-z][^#|]*)")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")

# Flags of other programs that the pages speak of: pip, and our own that are no command.
FOREIGN = {"--find-links", "--allow-regression"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(text: str) -> str:
    return "\n".join(match[2] for match in FENCE.finditer(text))


def spans(text: str) -> list[str]:
    return CODE.findall(FENCE.sub("", text))


# --- commands ---------------------------------------------------------------------------


def commands(path: Path) -> Iterator[list[str]]:
    """Yield the arguments of every `verify` that a page tells its reader to run."""
    text = path.read_text("utf-8")
    shown = blocks(text) if path.suffix == ".md" else text
    for line in re.sub(r"\\\n\s*", " ", shown).splitlines():
        if found := COMMAND.search(line):
            yield shlex.split(found[1])
    for span in spans(text) if path.suffix == ".md" else ():
        if found := re.fullmatch(r"verify ([a-z].*)", span):
            yield shlex.split(found[1])


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from parsers(each)


KNOWN = {
    option
    for parser in parsers(cli._parser())
    for action in parser._actions
    for option in action.option_strings
}


@pytest.mark.parametrize("path", [*USER, *PARTS], ids=name)
def test_every_command_that_a_page_shows_can_be_run(path: Path) -> None:
    for arguments in commands(path):
        asked = [a for a in arguments if a not in {"--help", "..."}]
        try:
            cli._parser().parse_args(asked)
        except VerifyError as error:
            # A page may name a command without what it is for: `verify check`.
            if "required" not in str(error) and "expected" not in str(error):
                pytest.fail(f"verify {shlex.join(arguments)}: {error}")


def test_the_pages_show_commands() -> None:
    shown = {arguments[0] for path in USER for arguments in commands(path)}
    known = next(a for a in cli._parser()._actions if isinstance(a, argparse._SubParsersAction))

    assert shown == set(known.choices)


@pytest.mark.parametrize("path", USER, ids=name)
def test_every_flag_that_a_page_names_exists(path: Path) -> None:
    ours = [s for s in spans(path.read_text("utf-8")) if s.startswith(("--", "verify "))]
    named = {flag for span in ours for flag in FLAG.findall(span)}

    assert named - KNOWN - FOREIGN == set()


# --- names ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_rule_that_a_page_names_exists(path: Path) -> None:
    families = "|".join(sorted({rule.code[:3] for rule in RULES}))
    named = set(re.findall(rf"\b(?:{families})\d{{3}}\b", path.read_text("utf-8")))

    assert named - {rule.code for rule in RULES} == set()


@pytest.mark.parametrize("path", [*PAGES, *PARTS, ROOT / "action.yml"], ids=name)
def test_every_variable_that_a_page_names_exists(path: Path) -> None:
    named = set(re.findall(r"\bVERIFY_[A-Z_]+\b", path.read_text("utf-8")))
    known = {f"VERIFY_{field.upper()}" for field in settings.FIELDS}

    assert named - known - {"VERIFY_DEBUG"} == set()


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_target_module_and_program_that_a_page_names_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    code = "\n".join([blocks(text), *spans(text)])
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    assert set(re.findall(r"(?:^|`|&& )make ([a-z-]+)", code, re.MULTILINE)) - targets == set()
    for module in re.findall(r"python3? -m ([\w.]+)", code):
        assert module in {"venv", "pip", "pytest"} or find_spec(module), module
    for file in re.findall(r"python3? ([\w/]+\.py)", code):
        assert (ROOT / file).is_file(), file


def row(key: str) -> list[str]:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    found = re.search(rf"^\| `{key}` \|(.*)\|$", page, re.MULTILINE)
    assert found, f"docs/settings.md has no row for {key}"
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", found[1])]


@pytest.mark.parametrize("field", settings.FIELDS)
def test_a_settings_default_is_the_documented_one(field: str) -> None:
    _, _, shown, *_ = row(field.replace("_", "-"))
    default = getattr(settings.Settings(), field)
    if isinstance(default, Severity):
        default = default.label
    if isinstance(default, bool):
        default = str(default).lower()
    if isinstance(default, float):
        default = f"{default:g}"
    if isinstance(default, tuple):
        default = ",".join(map(str, default))

    if default in {None, ""}:
        assert not shown.startswith("`") or shown == "nearest `sources.yaml`"
    else:
        assert shown == f"`{default}`"


def test_every_row_of_the_settings_page_is_a_setting() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \|.*`VERIFY_", page, re.MULTILINE)

    assert sorted(rows) == sorted(field.replace("_", "-") for field in settings.FIELDS)
    told = ("not in a file", "from the environment alone")
    personal = {key for key in rows if any(words in row(key)[-1] for words in told)}
    assert personal == set(settings.PERSONAL)


def test_every_flag_is_a_setting_or_told_to_be_a_flag_alone() -> None:
    names = {field.replace("_", "-") for field in settings.FIELDS}
    alone = {flag for flag in KNOWN if flag.startswith("--")} - {"--help", "--version"}
    alone -= {f"--{each}" for each in names} | {f"--no-{each}" for each in names}
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    told = page.partition("flags alone")[2].partition("```")[0]

    assert alone == {f"--{name}" for name in settings.FLAGS_ALONE} == set(FLAG.findall(told))
    for flag, command in settings.FLAGS_ALONE.items():
        assert f"`{command.removeprefix('verify ')}`" in told, flag


def test_what_the_readme_tells_a_reader_to_look_for_is_said() -> None:
    text = readme.README.read_text("utf-8").partition("\n| you see |")[2].partition("\n\n")[0]
    words = re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)
    said = "".join(p.read_text("utf-8") for p in (ROOT / "verify").rglob("*.py"))

    assert len(words) >= 4
    assert [each for each in words if each not in said] == []


# --- links ------------------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = FENCE.sub("", path.read_text("utf-8"))
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).lower())
        found.add(plain.strip().replace(" ", "-"))
    return found


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = CODE.sub("", FENCE.sub("", path.read_text("utf-8")))
    for link in LINK.findall(text):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), link
        assert ROOT in file.parents, link
        assert not anchor or anchor in anchors(file), link


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=name)
def test_every_page_can_be_reached_from_the_readme(path: Path) -> None:
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        for link in LINK.findall(page.read_text("utf-8")):
            file = (page.parent / link.partition("#")[0]).resolve()
            if file.suffix == ".md" and file.is_file() and file not in seen:
                waiting.append(file)

    assert path in seen
