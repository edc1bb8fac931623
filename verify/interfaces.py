"""
The seams of `verify`, and nothing else.

Each is a `Protocol` with one method that does the work, so a test double is a class
of three lines and no implementation needs to import this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from verify.model import (
        Extraction,
        Identification,
        Judgement,
        Language,
        Report,
        Snapshot,
        Source,
    )


class Fetcher(Protocol):
    """Gets the bytes behind one address."""

    @property
    def name(self) -> str:
        """What `Snapshot.via` will say."""
        ...

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Return what `address` holds now, or raise `FetchError`."""
        ...


class Extractor(Protocol):
    """Turns bytes of some media types into the text that a reader would see."""

    @property
    def media_types(self) -> frozenset[str]:
        """The media types that it reads, such as `text/html`."""
        ...

    def extract(self, snapshot: Snapshot) -> Extraction:
        """Return the text with its metadata, or raise `ExtractError`."""
        ...


class LanguageIdentifier(Protocol):
    """Names the language of a text."""

    def identify(self, text: str, declared: Language | None = None) -> Identification:
        """Return the likeliest language; `declared` is what the page says of itself."""
        ...


class Translator(Protocol):
    """Translates sentences from one language into English, offline."""

    @property
    def name(self) -> str:
        """The package and its version, for the report."""
        ...

    @property
    def source(self) -> Language:
        """The language that it reads."""
        ...

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Return one translation a sentence, in the same order."""
        ...


class Encoder(Protocol):
    """Places sentences in a space where nearness is likeness of meaning."""

    @property
    def name(self) -> str:
        """The model and its version, for the report."""
        ...

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a sentence, as rows."""
        ...


class Judge(Protocol):
    """Says how far each passage bears a claim out."""

    @property
    def name(self) -> str:
        """The judge and its version, for the report."""
        ...

    def judge(self, claim: str, passages: Sequence[str]) -> list[Judgement]:
        """Return one judgement a passage, in order."""
        ...


class Formatter(Protocol):
    """Writes reports in one format."""

    @property
    def name(self) -> str:
        """What `--format` calls it."""
        ...

    def format(self, reports: Sequence[Report]) -> str:
        """Return the whole output as text."""
        ...
