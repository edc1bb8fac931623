"""
What the models have read before, so that the next run need not load them.

Every key holds the digest of the model that made the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.remembered import Remembered, place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NAME = "readings"

# A sentence's vector with its key takes about 1,000 bytes: room for 60,000 sentences.
MAX_BYTES = 64 * 1024 * 1024


class Memory:
    """Remembers what a model made of a text."""

    def __init__(self, path: Path | None = None, *, max_bytes: int = MAX_BYTES) -> None:
        self._values = Remembered(
            path or place(NAME), "what the models read before", max_bytes=max_bytes
        )

    def read(self, keys: Sequence[bytes], size: int) -> dict[bytes, bytes]:
        """Return the values that are known and have `size` bytes, as they must."""
        return {k: value for k, value in self._values.read(keys).items() if len(value) == size}

    def write(self, values: Mapping[bytes, bytes]) -> None:
        """Remember `values`; forget the oldest where there would be too many."""
        self._values.write(values)

    def notices(self) -> list[str]:
        """Return what kept it from working since it was asked the last time, for the report."""
        return self._values.notices()
