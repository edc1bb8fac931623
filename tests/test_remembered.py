"""What is remembered on disk: it may fail in any way, but never a run."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from tests.test_cli import verify
from tests.test_translate_packages import DEMONSTRATION
from verify.judge.memory import Memory
from verify.remembered import Remembered, key, place
from verify.translate import install
from verify.translate.cache import TranslationCache

if TYPE_CHECKING:
    from pathlib import Path

MANY = {b"key %d" % n: b"value %d" % n for n in range(2_500)}
NO_DATABASE = b"this is no database" * 400


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "readings.sqlite"


def opened(file: Path, max_bytes: int = 1_000_000) -> Remembered:
    return Remembered(file, "what was read", max_bytes=max_bytes)


def damaged(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(NO_DATABASE)
    return file


# --- what is written is read ------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("readings", lambda: Memory().write({b"k": b"v"})),
        ("translations", lambda: TranslationCache().write("p", {"الف": "a"})),
    ],
)
def test_each_room_has_a_file_in_the_users_cache_folder(
    name: str, write: type, tmp_path: Path
) -> None:
    write()

    assert place(name) == tmp_path / "cache" / "verify" / f"{name}.sqlite"
    assert place(name).is_file()


def test_what_was_written_is_read_by_the_next_one_however_much_it_is(file: Path) -> None:
    opened(file).write(MANY)

    assert opened(file).read([*MANY, b"unseen"]) == MANY


def test_a_value_written_again_is_the_one_that_is_read(file: Path) -> None:
    values = opened(file)
    values.write({b"k": b"old"})
    values.write({b"k": b"new"})

    assert values.read([b"k"]) == {b"k": b"new"}


def test_no_two_lists_of_parts_have_one_key() -> None:
    lists = [("a", "b"), ("ab",), ("ab", ""), ("", "ab"), ("1:a",), ("b", "a"), ("\ud800",), ()]

    assert all(key(*one) != key(*other) for one, other in combinations(lists, 2))


# --- what is too much is forgotten ------------------------------------------------------


def test_it_stays_within_its_size_and_forgets_the_oldest(file: Path) -> None:
    values = opened(file, max_bytes=200_000)
    for start in range(0, 3_000, 100):
        values.write({b"%d" % n: b"x" * 400 for n in range(start, start + 100)})

    assert file.stat().st_size < 600_000
    assert len(values.read([b"%d" % n for n in range(2_950, 3_000)])) == 50
    assert values.read([b"%d" % n for n in range(100)]) == {}
    assert values.notices() == []


def test_of_one_large_write_the_newer_half_stays(file: Path) -> None:
    values = opened(file, max_bytes=100_000)
    values.write({b"%d" % n: b"x" * 400 for n in range(1_000)})

    assert sorted(map(int, values.read([b"%d" % n for n in range(1_000)]))) == [*range(501, 1_000)]


# --- what is damaged is set aside -------------------------------------------------------


def test_a_file_that_is_no_database_is_set_aside_and_told_once(file: Path) -> None:
    values = opened(damaged(file))

    assert values.read([b"k"]) == {}
    assert file.with_suffix(".damaged").read_bytes() == NO_DATABASE
    values.write({b"k": b"v"})
    assert values.read([b"k"]) == {b"k": b"v"}
    (notice,) = values.notices()
    assert notice.startswith("what was read was damaged (file is not a database) and set aside as ")
    assert values.notices() == []


def test_a_database_damaged_in_the_middle_is_set_aside(file: Path) -> None:
    opened(file).write(MANY)
    raw = bytearray(file.read_bytes())
    raw[4096:] = b"\xa5" * (len(raw) - 4096)
    file.write_bytes(raw)
    values = opened(file)

    assert values.read(list(MANY)) == {}
    values.write({b"k": b"v"})
    assert opened(file).read([b"k"]) == {b"k": b"v"}
    assert values.notices()


def test_a_table_of_another_shape_is_set_aside(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE remembered (something TEXT)")
    values = opened(file)
    values.write({b"lost": b"v"})
    values.write({b"k": b"v"})

    assert opened(file).read([b"k", b"lost"]) == {b"k": b"v"}
    assert "set aside" in values.notices()[0]


def test_a_table_of_an_earlier_form_lies_beside_unused(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE readings (key BLOB PRIMARY KEY, value BLOB, number INTEGER)")
        database.execute("INSERT INTO readings VALUES ('k', 'old', 1)")
    values = opened(file)
    values.write({b"new": b"v"})

    assert values.read([b"k", b"new"]) == {b"new": b"v"}
    assert values.notices() == []


def test_what_is_damaged_twice_in_a_run_is_not_tried_again(file: Path) -> None:
    values = opened(damaged(file))
    values.read([b"k"])
    damaged(file)
    values.read([b"k"])
    values.write({b"k": b"v"})

    assert file.read_bytes() == NO_DATABASE
    first, second = values.notices()
    assert "set aside" in first
    assert second.startswith("what was read was damaged again")


@pytest.mark.parametrize("value", ["text", 7, None])
def test_a_value_that_is_no_bytes_is_not_believed(value: object, file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE remembered (key BLOB UNIQUE, value)")
        database.execute("INSERT INTO remembered VALUES (?, ?)", (b"k", value))

    assert opened(file).read([b"k"]) == {}


# --- what cannot be used is left alone --------------------------------------------------


def test_a_folder_that_cannot_be_made_is_told_once(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    values = opened(blocked / "readings.sqlite")
    values.write({b"k": b"v"})

    assert values.read([b"k"]) == {}
    (notice,) = values.notices()
    assert notice.startswith("what was read was not used: ")


def test_a_file_that_another_process_holds_is_let_be(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.remembered.PATIENCE_SECONDS", 0.05)
    opened(file).write({b"k": b"v"})
    values = opened(file)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        values.write({b"new": b"v"})
        other.execute("ROLLBACK")

    assert "database is locked" in values.notices()[0]
    assert values.read([b"k"]) == {}
    assert opened(file).read([b"k", b"new"]) == {b"k": b"v"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_tolerated(file: Path) -> None:
    opened(file).write({b"k": b"v"})
    file.parent.chmod(0o500)
    values = opened(file)
    values.write({b"new": b"v"})

    assert values.read([b"k"]) in ({}, {b"k": b"v"})
    file.parent.chmod(0o700)


# --- several at once --------------------------------------------------------------------


def test_threads_share_one(file: Path) -> None:
    values = opened(file)

    def work(n: int) -> bool:
        values.write({b"t%d" % n: b"v"})
        return values.read([b"t%d" % n]) == {b"t%d" % n: b"v"}

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(80)))
    assert values.notices() == []


def test_processes_share_one_file(file: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from verify.remembered import Remembered\n"
        "values = Remembered(Path(sys.argv[1]), 'it', max_bytes=1_000_000)\n"
        "for n in range(40): values.write({f'{sys.argv[2]}-{n}'.encode(): b'v'})\n"
        "sys.exit(len(values.notices()))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(file), str(k)]) for k in range(3)
    ]

    assert [process.wait(60) for process in running] == [0, 0, 0]
    wanted = [b"%d-%d" % (k, n) for k in range(3) for n in range(40)]
    assert len(opened(file).read(wanted)) == 120


# --- what reaches the reader ------------------------------------------------------------

# The words are those that the demonstration package knows.
PAGE = """<html lang="fa"><article><h1>رودخانه</h1>
<p>هیئت رودخانه گفت که ۴۶ روستا تا پاییز هر دو روز یک بار آب خواهند داشت.</p>
<p>سخنگوی شهر گفت که ساختن پل تازه تا پایان بهار سال آینده به درازا می‌کشد.</p></article></html>
"""
ARTICLE = "The river board said that 46 villages would have water.[^1]\n\n[^1]: “River”, Post.\n"


def test_damaged_memories_are_told_in_the_report_and_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "article.md").write_text(ARTICLE, "utf-8")
    (tmp_path / "sources.yaml").write_text("sources:\n  - {note: 1, file: page.html}\n", "utf-8")
    install(DEMONSTRATION)
    damaged(place("readings"))
    damaged(place("translations"))

    formats = ["--format", "json=report.json", "--format", "terminal"]
    run = verify("check", "article.md", "--offline", *formats, cwd=tmp_path)
    again = verify("check", "article.md", "--offline", cwd=tmp_path)

    assert "The only citation was checked" in run.stdout, run.stdout + run.stderr
    notices = json.loads((tmp_path / "report.json").read_text("utf-8"))["notices"]
    said = ("what the models read before was damaged", "the memory of translations was damaged")
    for each in said:
        assert [n for n in notices if n.startswith(each)], notices
        assert each in " ".join(run.stdout.split())
        assert each not in again.stdout
