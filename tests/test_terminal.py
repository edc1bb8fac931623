"""Every command on a terminal, with names and texts that would drive it: none gets through."""

from __future__ import annotations

import ast
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

import verify
from tests.hostile import poisoned
from verify import bundle
from verify.commands.output import progress_for
from verify.fetch.journal import Journal
from verify.report import for_run
from verify.report.visible import told
from verify.settings import Settings

ROOT = Path(__file__).resolve().parent.parent

EVIL = "\x1b]0;owned\x07\x9b31m\u202e"
"""A window's title, a colour by a C1 control, and text turned around."""

OURS = re.compile(r"\x1b\[(?:\?25[lh]|[0-9;]*m|1A|2K|H|2J|3J)")
"""Colours, and how rich draws a line over: the cursor hidden and shown, up a line, a line wiped."""

ARTICLE = """\
# Wells

The town {evil} dug two wells in 1931.[^1] “The water is sweet {evil}”, he said.[^2] Rain.[^3]

[^1]: "Wells {evil} of the town", Gazette {evil}, (Date of Accession: 11.01.2022).
[^2]: "Sweet water", Gazette, https://gazette.example/sweet, (Date of Accession: 11.01.2022).
"""

SOURCES = json.dumps(
    {
        "sources": [
            {"id": f"wells{EVIL}", "note": "1", "title": f"Wells {EVIL}", "file": "wells.txt"},
            {"id": f"gone{EVIL}", "note": f"9{EVIL}", "file": f"gone{EVIL}.txt"},
        ]
    }
)

PAGE = f"The town dug two wells {EVIL} in 1931, and the mayor drank from both of them first.\n"

# Relative to the folder that they run in, which has a hostile name, too.
COMMANDS: dict[str, list[str]] = {
    "check": ["check", "--offline", f"a{EVIL}.md"],
    "check in every part": ["check", "--offline", ".", "--format", "terminal"],
    "check of no file": ["check", f"none{EVIL}.md"],
    "check of a damaged file": ["check", "--offline", f"b{EVIL}.docx"],
    "check with a bad flag": ["check", f"--none{EVIL}"],
    "check with a bad format": ["check", "--format", f"x{EVIL}", "a.md"],
    "check that cannot write": ["check", "--output", f"no{EVIL}/x", f"a{EVIL}.md"],
    "check of other sources": ["check", "--sources", f"no{EVIL}.yaml", f"a{EVIL}.md"],
    "check of bad sources": ["check", "--sources", f"bad{EVIL}.yaml", f"a{EVIL}.md"],
    "check from a bundle": ["check", "--from", f"run{EVIL}.wacz"],
    "check against no report": ["check", "--against", f"no{EVIL}.json", f"a{EVIL}.md"],
    "check since no commit": ["check", "--offline", "--changed-since", "no", f"a{EVIL}.md"],
    "lint": ["lint", "."],
    "fetch": ["fetch", "--offline", "."],
    "bundle": ["bundle", "--offline", "--output", f"new{EVIL}.wacz", f"a{EVIL}.md"],
    "baseline": ["baseline", "--offline", "--baseline", f"base{EVIL}.json", f"a{EVIL}.md"],
    "sources draft": ["sources", "draft", "--dry-run", f"a{EVIL}.md"],
    "sources pin": ["sources", "pin", "--offline", f"a{EVIL}.md"],
    "audit": ["audit", "--offline", "--reviewer", f"A {EVIL}", f"a{EVIL}.md"],
    "claims": ["claims", f"claims{EVIL}.jsonl"],
    "claims of no file": ["claims", f"no{EVIL}.jsonl"],
    "render": ["render", f"saved{EVIL}.json"],
    "render of no report": ["render", f"a{EVIL}.md"],
    "rule": ["rule", f"x{EVIL}"],
    "models list": ["models", "list", "--packages", f"packages{EVIL}"],
    "models info": ["models", "info", f"fa{EVIL}"],
    "models install": ["models", "install", f"x{EVIL}.argosmodel"],
    "settings": ["lint", f"settings{EVIL}/a.md"],
    "no command": [f"chek{EVIL}"],
    "a bug": ["check", "--from", f"bug{EVIL}"],
}

RUN = """\
import json, os, sys
from verify import bundle
from verify.commands.output import progress_for
from verify.cli import main
read = bundle.read
def broken(path):
    if str(path).startswith("bug"):
        raise RuntimeError(path)
    return read(path)
bundle.read = broken
os.environ["VERIFY_DEBUG"] = "1"
for name, arguments in json.loads(sys.argv[1]).items():
    print(f"<<<{name}>>>", flush=True)
    main(arguments)
    sys.stderr.flush()
"""


def _folder(parent: Path) -> Path:
    """Make a folder in which everything has a hostile name."""
    folder = parent / f"here{EVIL}"
    for inner in (folder, folder / f"settings{EVIL}", folder / f"packages{EVIL}" / f"x{EVIL}"):
        inner.mkdir(parents=True)
    texts = {
        f"a{EVIL}.md": ARTICLE.format(evil=EVIL),
        f"b{EVIL}.docx": "PK\x03\x04",
        f"settings{EVIL}/a.md": ARTICLE.format(evil=EVIL),
        f"settings{EVIL}/verify.toml": f"{json.dumps('no' + EVIL)} = 1\n",
        "sources.yaml": SOURCES,
        f"bad{EVIL}.yaml": json.dumps({"sources": [{f"key{EVIL}": 1}, {"language": EVIL}]}),
        "wells.txt": PAGE,
        f"x{EVIL}.argosmodel": "none",
        f"saved{EVIL}.json": for_run("json").format([poisoned(EVIL)]),
        f"claims{EVIL}.jsonl": json.dumps({"id": EVIL, "claim": EVIL, "source_text": PAGE}),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    run = {
        "version": verify.__version__,
        "created": "2026-11-30T12:00:00+00:00",
        "articles": [{"path": f"a{EVIL}.md", "sources": None}],
        "settings": {},
        "tools": {f"role{EVIL}": f"tool{EVIL}", "judge": {"a": EVIL}},
        "told": [f"told {EVIL}"],
        "judged": None,
    }
    journal = Journal()
    files = {f"a{EVIL}.md": journal.keep(ARTICLE.format(evil=EVIL).encode())}
    made = bundle.Bundle(run, for_run("json").format([]), files, journal)
    bundle.write(folder / f"run{EVIL}.wacz", made)
    return folder


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what each command writes to a terminal."""
    parent = tmp_path_factory.mktemp("terminal")
    own = {name: str(parent) for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    kept = {k: v for k, v in os.environ.items() if k not in {"CI", "NO_COLOR"}}
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-c", RUN, json.dumps(COMMANDS)],
        cwd=_folder(parent),
        env=kept | own | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert program.wait() == 0
    parts = re.split("<<<(.*?)>>>", written.decode())
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux's word for "the other side is closed"
        return b""


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_lets_a_foreign_escape_through(command: str, outputs: dict[str, str]) -> None:
    output = outputs[command]
    assert "⟨U+001B⟩" in output or "\\x1b" in output or "\\u001b" in output, output
    rest = OURS.sub("", output).replace("\r", "")
    assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", rest) == []


def test_the_progress_line_shows_a_title_as_it_is_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with progress_for(Settings()) as progress:
        progress(f"reading [1] Wells {EVIL}")
    assert "Wells ⟨U+001B⟩]0;owned" in screen.getvalue()
    assert "\x1b]" not in screen.getvalue()


class Screen(io.StringIO):
    """A text that takes itself for a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("cannot read a\x1bb.md", "cannot read a⟨U+001B⟩b.md"),
        ("two faults\n  the first\r\n  the second", "two faults\n  the first\n  the second"),
        ("a\n::error::b", "a⟨U+000A⟩::error::b"),
        ("a\n  ::error::b", "a⟨U+000A⟩  ::error::b"),
        ("a\n  \t::error::b", "a⟨U+000A⟩  \t::error::b"),
        ("a\r::error::b", "a⟨U+000D⟩::error::b"),
        ("a\nhint: delete it", "a⟨U+000A⟩hint: delete it"),
    ],
)
def test_a_name_neither_drives_nor_forges_a_line(said: str, shown: str) -> None:
    assert told(said) == shown


WRITERS = {
    "commands/output.py": "the one place, and reports, which are safe by themselves",
    "commands/rule.py": "pages of ours",
    "commands/claims.py": "JSON, in which controls are escaped",
    "commands/audit.py": "a question of ours",
    "audit/keys.py": "a prompt of ours",
    "translate/trial.py": "JSON, to the process that asked",
    "extract/miner.py": "a text, to the process that asked",
    "cli.py": "the help",
    "faults.py": "a traceback, in ASCII",
}
"""Which modules write to the standard streams by themselves, and what."""


def test_what_people_read_goes_through_one_place() -> None:
    package = Path(verify.__file__).parent
    writing = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if _writes(node)
    }
    assert writing == set(WRITERS)


def _writes(node: ast.AST) -> bool:
    """Whether a piece of a program prints, or hands on a standard stream."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "print"
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return False
    return node.value.id == "sys" and node.attr in {"stdout", "stderr"}
