"""
Quality has floors: measure every room, and fail where a figure fell below its floor.

    python benchmarks/gate.py                            # compare
    python benchmarks/gate.py --update                   # raise the floors to today's figures
    python benchmarks/gate.py --update --allow-regression

Each module of benchmarks/quality has `measure(shared) -> dict[str, float]`. Its figures are
fractions where more is better. The data is pinned by digest: other data, other figures.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).resolve().parent
BASELINE = HERE / "baseline.json"
SHARED = HERE.parent.parent / "shared"

# The module that takes longest: it begins, and the others are measured beside it.
SLOWEST = "judge"

# A re-pinned floor keeps this much room, so that a tie broken otherwise on another machine
# does not fail the build.
ROOM = 0.002


def digest(folder: Path) -> str:
    """Return one SHA-256 over the names and bytes of all data files."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        total.update(path.name.encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def measured(only: str | None) -> dict[str, float]:
    """Run every module of benchmarks/quality, two at a time, and name its figures `room.figure`."""
    figures: dict[str, float] = {}
    paths = sorted((HERE / "quality").glob("*.py"), key=lambda path: path.stem != SLOWEST)
    chosen = [p for p in paths if not p.stem.startswith("_") and only in {None, p.stem}]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for name, found, seconds in pool.map(_measured, chosen):
            print(f"{name}: {seconds:.1f} s", file=sys.stderr)
            figures |= {f"{name}.{key}": float(value) for key, value in found.items()}
    return figures


def _measured(path: Path) -> tuple[str, dict[str, float], float]:
    """Run one module in a process of its own: its figures, and how long it took."""
    spec = importlib.util.spec_from_file_location(f"quality_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    started = time.perf_counter()
    found: dict[str, float] = module.measure(SHARED)
    return path.stem, found, time.perf_counter() - started


def compare(figures: Mapping[str, float], floors: Mapping[str, float], *, whole: bool) -> list[str]:
    """Print a table, and return the complaints."""
    complaints = []
    for name in sorted(figures.keys() | floors.keys()):
        figure, floor = figures.get(name), floors.get(name)
        if figure is None:
            if whole:
                complaints.append(f"{name} has a floor but was not measured")
            continue
        below = floor is not None and figure < floor
        shown = "     –" if floor is None else f"{floor:6.3f}"
        print(f"{name:<58} {figure:6.3f}  floor {shown}{'  BELOW' if below else ''}")
        if below:
            complaints.append(f"{name} is {figure:.4f}, below its floor {floor:.4f}")
        if floor is None:
            complaints.append(f"{name} has no floor; pin it with --update")
    return complaints


def update(
    figures: Mapping[str, float], floors: Mapping[str, float], *, allow_regression: bool
) -> int:
    """Write the floors; refuse to lower one unless told to."""
    fresh = {name: round(max(0.0, value - ROOM), 4) for name, value in figures.items()}
    lowered = [n for n, floor in floors.items() if fresh.get(n, 0.0) < floor - ROOM]
    if lowered and not allow_regression:
        print(f"would lower {', '.join(lowered)}; pass --allow-regression if meant")
        return 1
    kept = {n: f for n, f in floors.items() if n not in lowered}
    merged = {n: max(f, kept.get(n, 0.0)) for n, f in fresh.items()}
    content = {"data": digest(SHARED / "data"), "floors": dict(sorted(merged.items()))}
    BASELINE.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    return 0


def main() -> int:
    """Measure, and compare or re-pin."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-regression", action="store_true")
    parser.add_argument("--only", metavar="ROOM", help="one module of benchmarks/quality")
    options = parser.parse_args()
    if not SHARED.is_dir():
        print("quality gate skipped: it needs the shared data beside the checkout")
        return 0
    baseline = json.loads(BASELINE.read_text("utf-8")) if BASELINE.exists() else {}
    floors = baseline.get("floors", {})
    figures = measured(options.only)
    if options.update:
        return update(
            {**(floors if options.only else {}), **figures},
            floors,
            allow_regression=options.allow_regression,
        )
    complaints = compare(figures, floors, whole=options.only is None)
    if baseline and baseline["data"] != digest(SHARED / "data"):
        complaints.append("the data is not the one that the floors were measured on")
    for complaint in complaints:
        print(f"gate: {complaint}")
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main())
