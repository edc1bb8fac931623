"""The embedded encoder: multilingual-e5-small in eight bits, cut to Persian and English."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from verify.judge import pieces
from verify.remembered import key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from verify.judge.memory import Memory

NAME = "encoder.int8.onnx"
WIDTH = 384

# The graph's outputs: a vector a text, and the states of its pieces behind the eighth of the
# twelve layers.
VECTOR, STATES = 0, 1

# Both sides are encoded as queries: claim and sentence play the same part, and that finds
# translations better than the model's query and passage do.
PREFIX = "query: "

# The longest sentences of the parallel Persian and English texts reach 1,100 characters.
LONGEST = 1200

# Vectors kept for further claims on the same page: 4,096 x 384 x 4 bytes is 6 MB.
KEPT = 4096


@dataclass
class OnnxEncoder:
    """
    Encodes sentences. Loads the model at the first one that it does not know; thread-safe.

    A vector is of one sentence: of a text longer than the model reads (1,200 characters or
    512 pieces), the beginning alone counts. Whoever means all of it hands it over in windows;
    nothing is averaged here.
    """

    threads: int | None = None
    """How many to compute with; by default every core that the process may use, up to four."""
    remembered: Memory | None = None
    beside: Callable[[], None] | None = None
    """What is called in a thread of its own as the model is loaded: another may be needed next."""
    _session: Any = field(default=None, init=False, repr=False)
    _kept: OrderedDict[str, NDArray[np.float32]] = field(
        default_factory=OrderedDict, init=False, repr=False
    )
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def name(self) -> str:
        """The model, and the beginning of its weights' digest."""
        return f"multilingual-e5-small, eight bits ({self.digest[:8]})"

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the weights."""
        return pieces.pins()[NAME]

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a sentence, as rows."""
        import numpy as np

        texts = [pieces.fold(sentence, LONGEST) for sentence in sentences]
        if not texts:
            return np.zeros((0, WIDTH), dtype=np.float32)
        with self._lock:  # one at a time: it uses every core by itself
            vectors = {text: self._kept[text] for text in texts if text in self._kept}
            vectors |= self._fetch([t for t in dict.fromkeys(texts) if t not in vectors])
            self._keep(texts, vectors)
        return np.stack([vectors[text] for text in texts])

    def _keep(self, texts: Iterable[str], vectors: dict[str, NDArray[np.float32]]) -> None:
        for text in texts:
            self._kept[text] = vectors[text]
            self._kept.move_to_end(text)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _fetch(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of new texts, from disk where they are known from another run."""
        import numpy as np

        found: dict[str, Any] = {}
        keys = {key(self.digest, text): text for text in texts}
        if self.remembered is not None:
            known = self.remembered.read(list(keys), 2 * WIDTH)
            found = {keys[k]: np.frombuffer(value, np.float16) for k, value in known.items()}
        if fresh := [text for text in texts if text not in found]:
            # Kept in half precision, and used so: a vector is the same in every run.
            found |= dict(zip(fresh, self._compute(fresh).astype(np.float16), strict=True))
        if self.remembered is not None and fresh:
            new = {k: found[t].tobytes() for k, t in keys.items() if t in set(fresh)}
            self.remembered.write(new)
        return {text: vector.astype(np.float32) for text, vector in found.items()}

    def _compute(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._open()
        vocabulary = pieces.load_pieces()
        rows = [
            [pieces.BEGINNING, *row[: pieces.MOST_PIECES - 2], pieces.END]
            for row in vocabulary.cut([PREFIX + text for text in texts])
        ]
        return pieces.run(
            vocabulary,
            rows,
            lambda batch: self._output(VECTOR, batch),
            self.threads or pieces.spare_cores(),
        )

    def states(self, rows: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        """Return, for texts that are cut into pieces, what a middle layer makes of each piece."""
        vocabulary = pieces.load_pieces()
        with self._lock:
            self._open()
            return [
                self._output(STATES, vocabulary.vectors([[pieces.BEGINNING, *row, pieces.END]]))[0]
                for row in rows
            ]

    def _open(self) -> None:
        if self._session is None:
            if self.beside is not None:
                Thread(target=self.beside, name="verify-beside").start()
            self._session = pieces.session(pieces.check(NAME))

    def _output(self, index: int, batch: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        """Compute one output of the graph: what nobody asks for is not copied."""
        name = self._session.get_outputs()[index].name
        found: NDArray[np.float32] = self._session.run([name], batch)[0]
        return found
