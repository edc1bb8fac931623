"""
The shipped weights: whether they are what was made, and what both models read of them.

Encoder and cross-encoder share the vocabulary (`pieces.model`) and the table of word pieces
(`words.npy`: a scale and 384 eight-bit numbers a piece), which is mapped into memory, not
read. Each has its layers in an ONNX file of its own.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.errors import ModelError
from verify.language.fold import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = Path(__file__).parent / "weights"
REINSTALL = "try: pip install --force-reinstall verify-sources"

BEGINNING, PADDING, END = 0, 1, 2

# What the model has positions for.
MOST_PIECES = 512

# A batch of about this many pieces stays in a core's cache: on the sentences of a page (217 of
# FLORES) two threads took 0.70 s with 256 pieces, 0.73 with 192 or 320, 0.79 with 96 and more
# than a second with 1,280.
BATCH_PIECES = 256


def pins() -> dict[str, str]:
    """Return the SHA-256 of every shipped file."""
    content = json.loads((WEIGHTS / "weights.json").read_text(encoding="utf-8"))
    return {name: entry["sha256"] for name, entry in content["files"].items()}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or raise `ModelError` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"cannot read the model's weights: {error}", hint=REINSTALL) from error


def check(name: str) -> Path:
    """Return a shipped file's path once its SHA-256 is what it should be."""
    path = WEIGHTS / name
    if digest(path) != pins()[name]:
        raise ModelError(f"the weights in {path} are not those that were shipped", hint=REINSTALL)
    return path


def spare_cores() -> int:
    """Return how many threads to use where nobody says: every core of ours, up to four."""
    return min(4, len(os.sched_getaffinity(0)))


def session(path: Path) -> Any:
    """Open an ONNX file for computing, by one thread a call: see `run`."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the import: it asks no further
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # it reports on its own optimisations otherwise
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions have no base of their own
        raise ModelError(f"cannot load {path}: {error}", hint=REINSTALL) from error


@dataclass(frozen=True)
class Pieces:
    """Cuts texts into pieces, and gives the vectors that the layers start from."""

    model: Any
    table: NDArray[Any]

    def cut(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the numbers of every folded text's pieces."""
        cut: list[list[int]] = self.model.encode(list(texts), num_threads=1)
        return cut

    def vectors(self, rows: Sequence[Sequence[int]]) -> dict[str, NDArray[Any]]:
        """Return the rows as a model takes them, the shorter ones padded."""
        import numpy as np

        ids = np.full((len(rows), max(map(len, rows))), PADDING)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
        found = self.table[ids]
        words = found["weights"].astype(np.float32)
        words *= found["scale"][..., None]
        return {"words": words, "mask": (ids != PADDING).astype(np.int32)}


@cache
def load_pieces() -> Pieces:
    """Return the vocabulary with its table; loaded once, whoever asks."""
    import numpy as np
    from sentencepiece import SentencePieceProcessor

    model = SentencePieceProcessor(model_proto=check("pieces.model").read_bytes())
    return Pieces(model, np.load(check("words.npy"), mmap_mode="r"))


def fold(text: str, longest: int) -> str:
    """Fold spelling, bound the length, and leave nothing that UTF-8 or C cannot hold."""
    text = text[:longest].encode("utf-8", "replace").decode("utf-8")
    return normalise(text).replace("\0", " ")


def run(
    pieces: Pieces,
    rows: Sequence[Sequence[int]],
    compute: Callable[[dict[str, NDArray[Any]]], NDArray[np.float32]],
    threads: int = 1,
) -> NDArray[np.float32]:
    """
    Compute all rows in batches of about one length; return the results in order.

    Each thread computes batches of its own: nobody waits for the other after every product,
    as threads that share a batch do, and two of them take half the time of one.
    """
    import numpy as np

    def work(batch: Sequence[int]) -> NDArray[np.float32]:
        return compute(pieces.vectors([rows[index] for index in batch]))

    # The longest first: at the end, no thread waits for long.
    batches = list(batched(rows))[::-1]
    with ThreadPoolExecutor(threads, thread_name_prefix="verify-model") as pool:
        found = pool.map(work, batches) if threads > 1 and len(batches) > 1 else map(work, batches)
        computed = list(found)
    results = np.empty((len(rows), computed[0].shape[1]), dtype=np.float32)
    for batch, values in zip(batches, computed, strict=True):
        results[batch] = values
    return results


def batched(rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the places of the rows, the shortest first, in batches of about one length."""
    batch: list[int] = []
    for index in sorted(range(len(rows)), key=lambda index: len(rows[index])):
        if batch and (len(batch) + 1) * len(rows[index]) > BATCH_PIECES:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
