"""
What a run costs: start-up, the example, the installed size. Not a test: figures vary.

    python benchmarks/footprint.py

Prints the median of several whole-process runs, the peak memory of the worst, and the size
of what `pip install verify-sources` puts into a fresh environment (`--installed` makes one).
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT.parent / "shared" / "seed" / "article.txt"
MIB = 1 << 20


def timed(*arguments: str, runs: int = 5) -> tuple[float, float]:
    """Return the median seconds and the peak MiB of `python -m verify ARGUMENTS`."""
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "verify", *arguments],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        seconds.append(time.perf_counter() - started)
    # Linux counts the maximum over all children so far in KiB; call in order of size.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return statistics.median(seconds), peak


def installed() -> float:
    """Return the MiB that a plain installation adds to an empty environment."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        before = size(Path(folder))
        pip = Path(folder) / "bin" / "pip"
        constraints = ["-c", str(ROOT / "constraints.txt")]
        subprocess.run([pip, "install", "-q", *constraints, str(ROOT)], check=True)
        return (size(Path(folder)) - before) / MIB


def size(folder: Path) -> int:
    """Return the bytes on disk of all files under `folder`."""
    return sum(
        p.lstat().st_blocks * 512 for p in folder.rglob("*") if p.is_file() and not p.is_symlink()
    )


def main() -> None:
    """Print one line a figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--installed", action="store_true", help="measure the size too")
    options = parser.parse_args()
    rows = [("--help", timed("--help"))]
    if SEED.exists():
        rows.append(("check seed article, offline", timed("check", "--offline", str(SEED))))
    if packages := os.environ.get("VERIFY_PACKAGES"):
        print(f"with the packages in {packages}")
    rows.append(("check example", timed("check", "examples/transit-corridor.txt")))
    for name, (seconds, peak) in rows:
        print(f"{name:<30} {seconds:6.2f} s   peak so far {peak:6.0f} MiB")
    if options.installed:
        print(f"{'installed':<30} {installed():6.0f} MiB")


if __name__ == "__main__":
    main()
