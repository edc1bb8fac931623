"""The cache of translations; what it shares with other memories is in test_remembered.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verify.remembered import Remembered, key
from verify.translate.cache import TranslationCache

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {f"جملهٔ {n}": f"sentence {n}" for n in range(50)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "translations.sqlite"


def test_what_was_written_is_read_by_the_next_one(file: Path) -> None:
    TranslationCache(file).write("p", TEXTS)
    assert TranslationCache(file).read("p", [*TEXTS, "ندیده"]) == TEXTS


def test_another_context_knows_nothing(file: Path) -> None:
    TranslationCache(file).write("p1", {"a": "b"})
    assert TranslationCache(file).read("p", ["1a", "a"]) == {}


def test_a_half_of_a_surrogate_pair_is_a_text_like_any_other(file: Path) -> None:
    TranslationCache(file).write("p", {"\ud800": "x", "y": "\ud800"})
    assert TranslationCache(file).read("p", ["\ud800", "y"]) == {"\ud800": "x", "y": "\ud800"}


def test_a_translation_that_is_no_text_any_more_is_not_believed(file: Path) -> None:
    Remembered(file, "it", max_bytes=10**6).write({key("p", "a"): b"\xff", key("p", "b"): b"c"})
    assert TranslationCache(file).read("p", ["a", "b"]) == {"b": "c"}


def test_it_stays_within_its_size(file: Path) -> None:
    cache = TranslationCache(file, max_bytes=100_000)
    cache.write("p", {f"s{n}": "x" * 400 for n in range(1_000)})
    assert 400 < len(cache.read("p", [f"s{n}" for n in range(1_000)])) < 600


def test_a_damaged_file_is_told_once(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database at all, " * 400)
    cache = TranslationCache(file)
    cache.write("p", TEXTS)
    (notice,) = cache.notices()
    assert notice.startswith("the memory of translations was damaged")
    assert cache.notices() == []
