"""Write the rules' pages to docs/rules: `python -m verify.rules.pages`."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from verify.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from verify.rules.rule import Rule

FOLDER = Path("docs/rules")

FAMILIES = {
    "CIT": "the article's notes",
    "SRC": "sources.yaml",
    "NET": "availability of the sources",
    "DOC": "the text that was read",
    "QUO": "quotations",
    "CLM": "claims",
    "REV": "decisions that people took",
}

INTRODUCTION = """\
# Rules

Written from the rules' docstrings by `python -m verify.rules.pages`; change them there.

A code is three letters for what is at fault and three digits; codes are never reused. The
severity says how bad a finding is, its confidence how sure verify is. `verify rule CODE`
prints a page. `verify lint` runs the CIT and SRC rules alone: the others speak of sources
that were read.
"""


def pages() -> Mapping[str, str]:
    """Return every page by its file name, `index.md` first."""
    return {"index.md": _index()} | {_file(rule): rule.page for rule in RULES}


def _file(rule: Rule) -> str:
    return f"{rule.code}.md"


def _index() -> str:
    families = groupby(RULES, key=lambda r: r.code[:3])
    return INTRODUCTION + "".join(
        "\n".join(_table(family, list(rules))) for family, rules in families
    )


def _table(family: str, rules: list[Rule]) -> Iterator[str]:
    yield f"\n## {family}: {FAMILIES[family]}\n"
    yield "| code | name | severity | what it does |"
    yield "|---|---|---|---|"
    for rule in rules:
        link = f"[{rule.code}]({_file(rule)})"
        yield f"| {link} | {rule.name} | {rule.severity.label} | {rule.summary} |"
    yield ""


def main() -> None:
    """Write the pages, and delete those of rules that are no more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    current = pages()
    for stale in {p.name for p in FOLDER.glob("*.md")} - set(current):
        (FOLDER / stale).unlink()
    for name, text in current.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
