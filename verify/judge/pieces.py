"""
The shipped weights: whether they are what was made, and what both models read of them.

Encoder and cross-encoder share the vocabulary (`pieces.model`) and the table of word pieces
(`words.npy`: a scale and 384 eight-bit numbers a piece), which is mapped into memory, not
read. Each has its layers in an ONNX file of its own.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
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

# A batch of about this many pieces stays in a core's cache: on FLORES, 8 sentences at a time
# took 160 a second and 32 at a time 145.
BATCH_PIECES = 320


def pins() -> dict[str, str]:
    """Return the SHA-256 of every shipped file."""
    content = json.loads((WEIGHTS / "weights.json").read_text(encoding="utf-8"))
    return {name: entry["sha256"] for name, entry in content["files"].items()}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or raise `ModelError` where it cannot be read."""
    try:
        return sha256(path.read_bytes()).hexdigest()
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


def session(path: Path, threads: int) -> Any:
    """Open an ONNX file for computing."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the import: it asks no further
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    # Threads that spin while they wait take the core from whoever has work.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
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
) -> NDArray[np.float32]:
    """Compute all rows in batches of about one length; return the results in order."""
    import numpy as np

    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    found: list[NDArray[np.float32]] = []
    for batch in _batches(order, rows):
        found.extend(compute(pieces.vectors([rows[index] for index in batch])))
    results = np.empty((len(rows), len(found[0])), dtype=np.float32)
    results[order] = found
    return results


def _batches(order: Sequence[int], rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    batch: list[int] = []
    for index in order:
        if batch and (len(batch) + 1) * len(rows[index]) > BATCH_PIECES:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
