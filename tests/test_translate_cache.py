"""The cache of translations: it may fail in any way, but never a run."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from verify.translate.cache import TranslationCache, cache_file

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {f"جملهٔ {n}": f"sentence {n}" for n in range(50)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "translations.sqlite"


def test_it_lies_in_the_users_cache_folder(tmp_path: Path) -> None:
    TranslationCache().write("p", {"الف": "a"})
    assert cache_file() == tmp_path / "cache" / "verify" / "translations.sqlite"
    assert cache_file().is_file()


def test_what_was_written_is_read_by_the_next_process(file: Path) -> None:
    TranslationCache(file).write("p", TEXTS)
    assert TranslationCache(file).read("p", [*TEXTS, "ندیده"]) == TEXTS


def test_more_keys_than_sqlite_binds_at_once(file: Path) -> None:
    many = {f"s{n}": str(n) for n in range(2_500)}
    TranslationCache(file).write("p", many)
    assert TranslationCache(file).read("p", list(many)) == many


def test_another_context_knows_nothing(file: Path) -> None:
    TranslationCache(file).write("p1", {"a": "b"})
    assert TranslationCache(file).read("p", ["1a", "a"]) == {}


def test_a_half_of_a_surrogate_pair_is_a_text_like_any_other(file: Path) -> None:
    TranslationCache(file).write("p", {"\ud800": "x"})
    assert TranslationCache(file).read("p", ["\ud800"]) == {"\ud800": "x"}


def test_a_file_that_is_no_database_is_set_aside(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database at all, " * 400)
    cache = TranslationCache(file)
    assert cache.read("p", ["a"]) == {}
    assert "set aside" in cache.notices[0]
    assert file.with_suffix(".damaged").read_bytes().startswith(b"not a database")
    cache.write("p", {"a": "b"})
    assert cache.read("p", ["a"]) == {"a": "b"}
    assert len(cache.notices) == 1


def test_a_database_damaged_in_the_middle_is_set_aside(file: Path) -> None:
    many = {f"s{n}": "x" * 400 for n in range(500)}
    TranslationCache(file).write("p", many)
    raw = bytearray(file.read_bytes())
    raw[4096:] = b"\xa5" * (len(raw) - 4096)
    file.write_bytes(raw)
    cache = TranslationCache(file)
    assert cache.read("p", list(many)) == {}
    cache.write("p", {"a": "b"})
    assert TranslationCache(file).read("p", ["a"]) == {"a": "b"}
    assert cache.notices


def test_a_table_of_another_shape_is_no_crash(file: Path) -> None:
    import sqlite3
    from contextlib import closing

    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE translations (something TEXT)")
    cache = TranslationCache(file)
    cache.write("p", {"a": "b"})
    assert cache.read("p", ["a"]) in ({}, {"a": "b"})
    assert cache.notices


def test_a_folder_that_cannot_be_written_is_tolerated(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    cache = TranslationCache(blocked / "translations.sqlite")
    cache.write("p", {"a": "b"})
    assert cache.read("p", ["a"]) == {}
    assert len(cache.notices) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_tolerated(file: Path) -> None:
    TranslationCache(file).write("p", {"a": "b"})
    file.parent.chmod(0o500)
    cache = TranslationCache(file)
    cache.write("p", {"c": "d"})
    assert cache.read("p", ["a"]) in ({}, {"a": "b"})
    file.parent.chmod(0o700)


def test_it_stays_within_its_size_and_forgets_the_oldest(file: Path) -> None:
    cache = TranslationCache(file, max_bytes=200_000)
    for start in range(0, 3_000, 100):
        cache.write("p", {f"s{n}": "x" * 400 for n in range(start, start + 100)})
    assert file.stat().st_size < 600_000
    newest, oldest = [f"s{n}" for n in range(2_950, 3_000)], [f"s{n}" for n in range(100)]
    assert len(cache.read("p", newest)) == 50
    assert cache.read("p", oldest) == {}


def test_threads_share_one_cache(file: Path) -> None:
    cache = TranslationCache(file)

    def work(n: int) -> bool:
        cache.write("p", {f"t{n}": str(n)})
        return cache.read("p", [f"t{n}"]) == {f"t{n}": str(n)}

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(80)))
    assert cache.notices == []


def test_processes_share_one_file(file: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from verify.translate.cache import TranslationCache\n"
        "cache = TranslationCache(Path(sys.argv[1]))\n"
        "for n in range(40): cache.write('p', {f'{sys.argv[2]}-{n}': str(n)})\n"
        "sys.exit(len(cache.notices))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(file), str(k)]) for k in range(3)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    wanted = [f"{k}-{n}" for k in range(3) for n in range(40)]
    assert len(TranslationCache(file).read("p", wanted)) == 120
