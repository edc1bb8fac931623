"""
The parts of README.md that a command prints.

`python -m tests.readme` writes them anew: the example's from the report that `make example` left
in reports/, the help from the command.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from verify.report import for_run
from verify.report.json import load
from verify.rules import RULES

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"


def opening(saved: str) -> str:
    """Return how the example's report begins on a terminal: the summary and two citations."""
    text = for_run("terminal", rules=RULES).format(load(saved))
    return "\n\n".join([*text.split("\n\n")[:3], "..."])


def check_help() -> str:
    """Return the help of `verify check`, as a terminal of 80 columns shows it."""
    command = [sys.executable, "-m", "verify", "check", "--help"]
    environment = {**os.environ, "COLUMNS": "80"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return f"$ verify check --help\n{done.stdout.rstrip()}"


def block(name: str, text: str) -> str:
    """Return what stands between the marks of this name, without the fence."""
    return _parts(name, text)[1]


def _parts(name: str, text: str) -> tuple[str, str, str]:
    mark = f"<!-- {name} -->\n```\n"
    before, found, rest = text.partition(mark)
    inside, closed, after = rest.partition(f"\n```\n<!-- /{name} -->")
    assert found, f"README.md has no {mark}"
    assert closed, f"README.md does not end {mark}"
    return before + found, inside, closed + after


def _write() -> None:
    text = README.read_text("utf-8")
    saved = (ROOT / "reports" / "example.json").read_text("utf-8")
    for name, shown in (("example", opening(saved)), ("help", check_help())):
        before, _, after = _parts(name, text)
        text = before + shown + after
    README.write_text(text, "utf-8")


if __name__ == "__main__":
    _write()
