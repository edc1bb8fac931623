"""
argostranslate itself, behind the same door as our own batching (the extra `[argos]`).

By itself it is not offline: with its first sentence it looks for a model that splits
sentences, on the network. We hand it our own splitter before it can.
"""

from __future__ import annotations

import importlib
import os
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from verify.errors import ModelError
from verify.translate.ctranslate import DEMONSTRATION_BEAMS, WORDLESS, cut, is_sure, join
from verify.translate.packages import ENGLISH, Package, describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.model import Language


# argostranslate keeps its settings in one module, for all translations of a process.
ONE_AT_A_TIME = Lock()


class OneSentence:
    """Stands where argostranslate's sentence splitters stand: we hand it single sentences."""

    def split_sentences(self, text: str) -> list[str]:
        """Return the text as its only sentence."""
        return [text]


class ArgosTranslator:
    """Translates with argostranslate. Loads it at the first sentence; one call at a time."""

    def __init__(self, package: Package | str) -> None:
        """Take a package, or the code of a language whose best package is to be used."""
        self.package = describe(package) if isinstance(package, str) else package
        if self.package.target != ENGLISH:
            raise ModelError(f"{self.package.label} does not translate into English")
        self._translation: Any = None

    @property
    def name(self) -> str:
        """The package and its version, for the report."""
        return f"{self.package.label}, argostranslate"

    @property
    def source(self) -> Language:
        """The language that it reads."""
        return self.package.source

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Return one translation a sentence, in the same order, as `PackageTranslator` does."""
        with ONE_AT_A_TIME, _beams(self.package):
            return [join([self._piece(p) for p in cut(sentence)]) for sentence in sentences]

    def _piece(self, text: str) -> str:
        if WORDLESS.match(text):
            return text
        if self._translation is None:
            self._translation = _load(self.package)
        best = self._translation.hypotheses(text, num_hypotheses=1)[0]
        pieces = len(self._translation.underlying.pkg.tokenizer.encode(best.value))
        return " ".join(best.value.split()) if is_sure(self.package, best.score, pieces) else ""


@contextmanager
def _beams(package: Package) -> Iterator[None]:
    """Use one beam with our demonstration, which was made for it; else the person's setting."""
    if not package.demonstration:
        yield
        return
    settings = _import("settings")
    before = settings.beam_size
    settings.beam_size = DEMONSTRATION_BEAMS
    try:
        yield
    finally:
        settings.beam_size = before


def _import(name: str) -> Any:
    # onnxruntime, which it imports, would otherwise contact its vendor (from 1.29 on)
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        return importlib.import_module(f"argostranslate.{name}")
    except ImportError as error:
        raise ModelError(
            f"argostranslate cannot be imported: {error}",
            hint='install it with `pip install -c constraints.txt "verify-sources[argos]"`',
        ) from error


def _load(package: Package) -> Any:
    """
    Build argostranslate's own translation for one folder.

    Its listing of installed packages fails at the first stray folder, so we do without it.
    """
    packages, translate = _import("package"), _import("translate")
    try:
        languages = (
            translate.Language(package.source, package.source_name),
            translate.Language(package.target, package.target_name),
        )
        underlying = translate.PackageTranslation(*languages, packages.Package(package.path))
    except (OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise ModelError(f"argostranslate cannot read {package.label}: {error}") from error
    translation = translate.CachedTranslation(underlying)
    translation.underlying.sentencizer = OneSentence()
    return translation
