"""Sentences into English, offline: which packages there are, and translators over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.translate.installer import install, installed
from verify.translate.packages import (
    ENGLISH,
    Listing,
    Package,
    Problem,
    describe,
    find_packages,
    list_packages,
    packages_folder,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from verify.interfaces import Translator
    from verify.model import Language
    from verify.translate.cache import TranslationCache as Cache

__all__ = [
    "Listing",
    "Package",
    "Problem",
    "describe",
    "find_packages",
    "install",
    "installed",
    "list_packages",
    "packages_folder",
    "translators",
]


def translators(
    threads: int = 0,
    *,
    extra_folders: Iterable[Path] = (),
    cache: Cache | None = None,
) -> Mapping[Language, Translator]:
    """
    Return a translator for each language that an installed package turns into English.

    Of several packages for one language, a real one goes before a demonstration, a newer one
    before an older, the person's own before one in `extra_folders`. All share `cache`, by
    default the one of the user's cache folder. Nothing is loaded yet.
    """
    from verify.translate.cache import TranslationCache
    from verify.translate.ctranslate import PackageTranslator

    cache = cache or TranslationCache()

    chosen: dict[Language, Translator] = {}
    for package in find_packages(extra_folders):
        usable = package.target == ENGLISH and package.tokenizer == "sentencepiece"
        if usable and package.source not in chosen:
            chosen[package.source] = PackageTranslator(package, threads=threads, cache=cache)
    return chosen
