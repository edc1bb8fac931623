"""Translations that were made before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.remembered import Remembered, key, place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NAME = "translations"

# A sentence with its key takes about 250 bytes: room for about half a million sentences.
MAX_BYTES = 128 * 1024 * 1024


class TranslationCache:
    """Remembers translations by text, package and settings."""

    def __init__(self, path: Path | None = None, *, max_bytes: int = MAX_BYTES) -> None:
        self._values = Remembered(
            path or place(NAME), "the memory of translations", max_bytes=max_bytes
        )

    def read(self, context: str, texts: Sequence[str]) -> dict[str, str]:
        """Return the translations that are known; `context` is the package and settings."""
        keys = {key(context, text): text for text in texts}
        known = {keys[k]: _text(value) for k, value in self._values.read(list(keys)).items()}
        return {text: english for text, english in known.items() if english is not None}

    def write(self, context: str, translations: Mapping[str, str]) -> None:
        """Remember `translations`; forget the oldest where there would be too many."""
        self._values.write(
            {
                key(context, text): english.encode("utf-8", "surrogatepass")
                for text, english in translations.items()
            }
        )

    def notices(self) -> list[str]:
        """Return what kept it from working since it was asked the last time, for the report."""
        return self._values.notices()


def _text(value: bytes) -> str | None:
    """Return what was written, or `None` where the disk has damaged it."""
    try:
        return value.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
