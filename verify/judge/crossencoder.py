"""The cross-encoder: reads a passage and a claim together, in Persian, English or one of each."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from verify.errors import ModelError
from verify.judge import pieces
from verify.remembered import key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from verify.judge.memory import Memory

NAME = "judge.int8.onnx"

# What a row of `CrossEncoder.read` holds, in this order.
CLASSES = ("entailment", "neutral", "contradiction")

# The pairs that it learnt from have up to as many pieces; positions are known for 512. A pair of
# 256 takes twice the time of one of 128, and holds a passage of about ten sentences.
LONGEST_PAIR = 256
FRAME = 4  # <s> passage </s></s> claim </s>

# In characters, before anything is cut into pieces: more could not fit.
LONGEST_CLAIM, LONGEST_PASSAGE = 1_000, 6_000


@dataclass
class CrossEncoder:
    """
    Says how far passages bear a claim out. Loads the model at the first new pair; thread-safe.

    `weights` is another file than the shipped one, in the same form and on the same pieces.
    """

    weights: Path | None = None
    threads: int | None = None
    """How many to compute with; by default every core that the process may use, up to four."""
    remembered: Memory | None = None
    _session: Any = field(default=None, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def name(self) -> str:
        """What it is, and the beginning of its weights' digest."""
        return f"cross-encoder of multilingual-e5-small ({self.digest[:8]})"

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the weights."""
        if self.weights is not None:
            return pieces.digest(self.weights)
        if NAME not in pieces.pins():
            pieces.check(NAME)
        return pieces.pins()[NAME]

    def load_ahead(self) -> None:
        """Load the model before it is needed. What is wrong with it is said when it is."""
        with suppress(ModelError), self._lock:
            pieces.load_pieces()
            self._open()

    def _open(self) -> None:
        if self._session is None:
            self._session = pieces.session(self.weights or pieces.check(NAME))

    def read(self, claim: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of three probabilities a passage, ordered as `CLASSES`."""
        import numpy as np

        said = pieces.fold(claim, LONGEST_CLAIM)
        texts = [pieces.fold(passage, LONGEST_PASSAGE) for passage in passages]
        if not texts:
            return np.zeros((0, len(CLASSES)), dtype=np.float32)
        found = self._known(said, texts)
        if fresh := [text for text in dict.fromkeys(texts) if text not in found]:
            computed = dict(zip(fresh, self._compute(said, fresh), strict=True))
            if self.remembered is not None:
                self.remembered.write(
                    {self._key(said, text): row.tobytes() for text, row in computed.items()}
                )
            found |= computed
        return np.stack([found[text] for text in texts])

    def _key(self, claim: str, passage: str) -> bytes:
        return key(self.digest, claim, passage)

    def _known(self, claim: str, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        import numpy as np

        if self.remembered is None:
            return {}
        keys = {self._key(claim, text): text for text in texts}
        known = self.remembered.read(list(keys), 4 * len(CLASSES))
        return {keys[k]: np.frombuffer(value, np.float32) for k, value in known.items()}

    def _compute(self, claim: str, texts: Sequence[str]) -> NDArray[np.float32]:
        vocabulary = pieces.load_pieces()
        said, *cut = vocabulary.cut([claim, *texts])
        rows = [join(passage, said) for passage in cut]
        with self._lock:  # one at a time: it uses every core by itself
            self._open()
            return pieces.run(
                vocabulary,
                rows,
                lambda batch: self._session.run(None, batch)[0],
                self.threads or pieces.spare_cores(),
            )


def join(passage: Sequence[int], claim: Sequence[int]) -> list[int]:
    """Return `<s> passage </s></s> claim </s>`; of a pair that is too long the passage gives."""
    room = LONGEST_PAIR - FRAME
    claim = claim[: max(room // 2, room - len(passage))]
    start = nearest(passage, claim, room - len(claim))
    kept = passage[start : start + room - len(claim)]
    end = pieces.END
    return [pieces.BEGINNING, *kept, end, end, *claim, end]


def nearest(passage: Sequence[int], claim: Sequence[int], size: int) -> int:
    """Return where the `size` pieces begin that hold the most different ones of the claim."""
    wanted, held = set(claim), Counter[int]()
    best = start = 0
    for place, piece in enumerate(passage):
        if piece in wanted:
            held[piece] += 1
        if place >= size:
            leaving = passage[place - size]
            if leaving in wanted:
                held[leaving] -= 1
                if not held[leaving]:
                    del held[leaving]
        if len(held) > best:
            best, start = len(held), max(0, place + 1 - size)
    return start
