"""`reports/` holds the example's report in every format: all made of the one saved run."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.commands.output import FORMATS
from verify.report import for_run
from verify.report.json import dump, load
from verify.rules import RULES

FOLDER = Path(__file__).resolve().parent.parent / "reports"
SAVED = FOLDER / "example.json"
# The file of each format. `make example` writes them all.
FILES = {
    "json": "example.json",
    "html": "example.html",
    "sarif": "example.sarif",
    "junit": "example.junit.xml",
    "github": "example.github.txt",
    "markdown": "example.md",
    "csv": "example.csv",
    "terminal": "example.txt",
}


def test_every_format_has_its_report() -> None:
    makefile = (FOLDER.parent / "Makefile").read_text("utf-8")

    assert set(FILES) == set(FORMATS)
    for name, file in FILES.items():
        assert (FOLDER / file).is_file(), "run `make example`"
        assert f"{name}=reports/{file}" in makefile.split()


@pytest.mark.parametrize("name", FILES)
def test_a_stored_report_is_what_its_format_makes_of_the_saved_run(name: str) -> None:
    reports = load(SAVED.read_text("utf-8"))
    stored = (FOLDER / FILES[name]).read_bytes().decode()
    made = dump(reports) if name == "json" else for_run(name, rules=RULES).format(reports)

    assert made.rstrip("\n") == stored.rstrip("\n"), "run `make example`, and look at it"


def test_nothing_else_lies_there() -> None:
    others = {file.name for file in FOLDER.iterdir()} - {*FILES.values(), "README.md"}

    assert {name for name in others if name.startswith("example.")} == set()
