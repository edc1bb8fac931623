"""The shape of the house: imports flow one way, start-up is light, docs say what is true."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "verify"

FOUNDATION = {
    "model", "errors", "faults", "folders", "git", "hosts", "interfaces", "language", "links",
    "markup", "remembered", "replays", "zips",
}  # fmt: skip
STAGES = {"article", "sources", "fetch", "extract", "translate", "judge", "rules", "report"}
# Who may import what, beside the foundation and itself.
ALLOWED = {
    "model": set(),
    "errors": set(),
    "faults": set(),
    "folders": set(),
    "git": set(),
    "hosts": set(),
    "interfaces": set(),
    "language": set(),
    "links": set(),
    "markup": set(),
    "remembered": {"folders"},
    "replays": set(),
    "zips": set(),
    **{stage: set() for stage in STAGES},
    "settings": {"settingsfile"},
    "settingsfile": set(),
    "baseline": set(),
    "changes": {"article", "review", "sources"},
    "corpus": {"sources"},
    "roundtrip": set(),
    "review": {"roundtrip"},
    "draft": {"article", "roundtrip", "sources"},
    "bundle": {"fetch"},
    "audit": {"report", "review"},
    "resolve": {"fetch", "extract"},
    "tools": {"fetch", "settings"},
    "notices": {"changes", "judge"},
    "pipeline": STAGES | {"resolve", "tools", "settings", "changes", "corpus", "notices", "review"},
    "claims": {"pipeline", "report"},
    "commands": STAGES
    | {"pipeline", "settings", "claims", "baseline", "changes", "corpus"}
    | {"audit", "bundle", "draft"},
    "cli": {"commands"},
    "__init__": {"pipeline", "settings", "judge"},
    "__main__": {"cli"},
}
HEAVY = {
    "numpy", "lxml", "bs4", "requests", "ctranslate2", "sentencepiece", "justext",
    "langdetect", "rapidfuzz", "jinja2", "rich", "jsonschema", "yaml", "markdown_it", "torch",
    "argostranslate", "onnxruntime", "persiantools", "warcio", "ruamel",
    "pdfminer", "playwright",
}  # fmt: skip


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imported(path: Path) -> set[str]:
    """Return the rooms of ours that a module imports, wherever in it."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "verify":
            names = {n.name for n in node.names}
            rooms |= names - {"__version__"} if path.parent != PACKAGE else names
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("verify."):
            rooms.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.Import):
            rooms |= {n.name.split(".")[1] for n in node.names if n.name.startswith("verify.")}
    return rooms - {"__version__"}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_flow_one_way(path: Path) -> None:
    mine = room(path)
    is_lowest = mine in {"language", "interfaces", "remembered"}
    foundation = {"model", "errors"} if is_lowest else FOUNDATION
    allowed = ALLOWED[mine] | (foundation if mine != "model" else set()) | {mine}

    assert imported(path) <= allowed


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_module_has_grown_out_of_hand(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 500


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["--version"]])
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom verify.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        "import json; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not HEAVY & set(json.loads(run.stdout.splitlines()[-1]))


def test_readme_shows_todays_help() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "verify", "check", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "80", "PATH": ""},
    )

    # 3.13 prints `-h, --help` alike, but wraps some usage lines elsewhere.
    shown = " ".join(re.sub(r"usage:.*?\n\n", "", run.stdout, flags=re.DOTALL).split())
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())

    assert shown in readme


def test_every_setting_and_every_field_of_sources_yaml_is_documented() -> None:
    from verify import settings, sources

    settings_page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    sources_page = (ROOT / "docs" / "sources.md").read_text("utf-8")
    keys = {name.replace("_", "-") for name in settings.FIELDS}
    fields = set(sources.schema()["$defs"]["entry"]["properties"])

    assert {k for k in keys if f"`{k}`" not in settings_page} == set()
    assert {f for f in fields if f"`{f}`" not in sources_page} == set()


def test_no_file_names_a_package_host_or_a_folder_of_ours() -> None:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    pattern = re.compile("/" + "work/" + "|pypi" + r"\.org|registry\." + "npmjs", re.IGNORECASE)
    found = [
        name
        for name in names
        if name
        and (ROOT / name).suffix in {".py", ".md", ".toml", ".yaml", ".txt", ".json", ""}
        and (ROOT / name).is_file()
        and pattern.search((ROOT / name).read_text("utf-8", "replace"))
    ]

    assert found == []
