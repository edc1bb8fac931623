"""
How well the words that a report links go together, on sentence pairs aligned by hand.

    python -m benchmarks.word_alignment            # print
    python -m benchmarks.word_alignment --write    # into docs/judging.md

What is measured is told in `quality/words.py`, which also holds the floors of the gate.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.quality import words
from benchmarks.reliability import put
from verify.judge.counterparts import Counterparts
from verify.judge.encode import OnnxEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(__file__).resolve().parents[2] / "shared"
MARKER = "word by word"


def table(shared: Path) -> Iterator[str]:
    """Yield the lines of a table: precision and recall by half, by text and by kind of word."""
    linker = Counterparts(OnnxEncoder())
    yield "| half | passage | pairs | words | linked | right, of 100 linked | found, of 100 |"
    yield "|---|---|---|---|---|---|---|"
    for half in (words.DEVELOPMENT, words.HELD_BACK):
        chosen = [pair for pair in words.pairs(shared) if pair.half == half]
        for passage, in_passage in (("the sentence", False), ("three sentences", True)):
            used = [p for p in chosen if not in_passage or p.source in words.RUNNING]
            for kind, score in words.scored(used, linker, in_passage=in_passage).items():
                yield (
                    f"| {half} | {passage} | {len(used)} | {kind} | {score.shown} "
                    f"| {100 * score.precision:.1f} | {100 * score.recall:.1f} |"
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into docs/judging.md")
    given = parser.parse_args()
    if not SHARED.is_dir():
        print("skipped: it needs the shared data beside the checkout")
        return
    lines = list(table(SHARED))
    print("\n".join(lines))
    if given.write:
        put(MARKER, lines)


if __name__ == "__main__":
    main()
