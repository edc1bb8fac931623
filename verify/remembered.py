"""
What one run worked out and the next need not: values by key, in one small SQLite file.

The file is opened for each call: nothing is shared between threads or carried over a fork, and
SQLite's own locks keep several processes apart. It may be slow, full, damaged or on a read-only
disk; it may never stop a run.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from verify.folders import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

T = TypeVar("T")

# Rows are numbered as they come, so that the older half is the one with the lower numbers.
TABLE = "CREATE TABLE IF NOT EXISTS remembered (key BLOB NOT NULL UNIQUE, value BLOB NOT NULL)"

# SQLite binds at most 999 values a statement in its older builds.
KEYS_A_QUERY = 500

# How long a process waits for another that writes; a write here takes milliseconds.
PATIENCE_SECONDS = 5.0

# Two connections that turn one new file to WAL at once: the second is refused without a wait.
_BEGINNING = Lock()


def place(name: str) -> Path:
    """Return where the file of this name is kept (it need not exist)."""
    return cache_folder() / "verify" / f"{name}.sqlite"


def key(*parts: str) -> bytes:
    """Hash the parts, and where each ends, so that no two lists of parts run together."""
    data = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(data.encode("utf-8", "surrogatepass")).digest()


class Remembered:
    """Remembers values in one file; `what` is their name in a notice."""

    def __init__(self, path: Path, what: str, *, max_bytes: int) -> None:
        self._path = path
        self._what = what
        self._max_bytes = max_bytes
        self._usable = True
        self._begun_anew = False
        self._notices: list[str] = []

    def read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the values that are known."""
        found = self._attempt(lambda database: _select(database, keys)) or ()
        return {known: value for known, value in found if isinstance(value, bytes)}

    def write(self, values: Mapping[bytes, bytes]) -> None:
        """Remember `values`; forget the oldest where there would be too many."""
        if values:
            self._attempt(lambda database: _insert(database, values, self._max_bytes))

    def notices(self) -> list[str]:
        """Return what kept it from working since it was asked the last time, for the report."""
        told, self._notices = self._notices, []
        return told

    def _attempt(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do `work` on the database, or note why it could not be done."""
        if not self._usable:
            return None
        try:
            with closing(self._open()) as database:
                return work(database)
        except sqlite3.DatabaseError as error:
            if _lies_in_the_file(error):
                self._set_aside(error)
            else:  # busy, read-only, full or not to be opened: the next run may fare better
                self._give_up(f"not used: {error} ({self._path})")
        except OSError as error:
            self._give_up(f"not used: {error}")
        return None

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=PATIENCE_SECONDS)
        try:
            with _BEGINNING:
                database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(TABLE)
        except BaseException:
            database.close()
            raise
        return database

    def _set_aside(self, error: Exception) -> None:
        """Rename a damaged file, so that a person can look at it and the next call starts anew."""
        aside = self._path.with_suffix(".damaged")
        if self._begun_anew:
            self._give_up(f"damaged again: {error} ({self._path})")
            return
        try:
            self._path.replace(aside)
            for suffix in ("-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        except OSError as failure:
            self._give_up(f"damaged: {error}; {failure}")
            return
        self._begun_anew = True
        self._note(f"damaged ({error}) and set aside as {aside}")

    def _give_up(self, how: str) -> None:
        self._usable = False
        self._note(how)

    def _note(self, how: str) -> None:
        self._notices.append(f"{self._what} was {how}")


def _lies_in_the_file(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is damaged or has a table of another shape, so that a new one works."""
    is_operational = isinstance(error, sqlite3.OperationalError)
    return not is_operational or getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def _select(database: sqlite3.Connection, keys: Sequence[bytes]) -> list[tuple[bytes, object]]:
    rows: list[tuple[bytes, object]] = []
    for start in range(0, len(keys), KEYS_A_QUERY):
        some = keys[start : start + KEYS_A_QUERY]
        marks = ", ".join("?" * len(some))
        query = f"SELECT key, value FROM remembered WHERE key IN ({marks})"  # noqa: S608 - question marks only
        rows += database.execute(query, some)
    return rows


def _insert(database: sqlite3.Connection, values: Mapping[bytes, bytes], max_bytes: int) -> None:
    with database:
        database.executemany("INSERT OR REPLACE INTO remembered VALUES (?, ?)", values.items())
    if _bytes_used(database) > max_bytes:
        _forget_older_half(database)


def _bytes_used(database: sqlite3.Connection) -> int:
    def pragma(name: str) -> int:
        return int(database.execute(f"PRAGMA {name}").fetchone()[0])

    return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")


def _forget_older_half(database: sqlite3.Connection) -> None:
    with database:
        database.execute(
            "DELETE FROM remembered WHERE rowid <= (SELECT rowid FROM remembered"
            " ORDER BY rowid LIMIT 1 OFFSET (SELECT count(*) / 2 FROM remembered))"
        )
