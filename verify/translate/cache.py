"""
Translations that were made before, on disk.

One small SQLite file, opened for each call: nothing is shared between threads or carried
over a fork, and SQLite's own locks keep several processes apart. A cache may be slow, full,
damaged or on a read-only disk; it may never stop a run, nor give a wrong translation.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

TABLE = """
CREATE TABLE IF NOT EXISTS translations (
    key BLOB NOT NULL PRIMARY KEY, english TEXT NOT NULL, number INTEGER NOT NULL
)
"""
NUMBER = "CREATE INDEX IF NOT EXISTS by_number ON translations (number)"

# A sentence with its key takes about 250 bytes: room for about half a million sentences.
MAX_BYTES = 128 * 1024 * 1024

# SQLite binds at most 999 values a statement in its older builds.
KEYS_A_QUERY = 500

# How long a process waits for another that writes; a write here takes milliseconds.
PATIENCE_SECONDS = 5.0


def cache_file() -> Path:
    """Return where the cache is kept (it need not exist)."""
    chosen = os.environ.get("XDG_CACHE_HOME")
    base = Path(chosen) if chosen else Path("~/.cache").expanduser()
    return base / "verify" / "translations.sqlite"


class TranslationCache:
    """
    Remembers translations by text, package and settings.

    `notices` says, in whole sentences, what kept the cache from working, for the report.
    """

    def __init__(self, path: Path | None = None, *, max_bytes: int = MAX_BYTES) -> None:
        self._path = path or cache_file()
        self._max_bytes = max_bytes
        self._usable = True
        self.notices: list[str] = []

    def read(self, context: str, texts: Sequence[str]) -> dict[str, str]:
        """Return the translations that are known; `context` is the package and settings."""
        keys = {_key(context, text): text for text in texts}
        found = self._attempt(lambda database: _select(database, list(keys)))
        return {keys[key]: english for key, english in found or ()}

    def write(self, context: str, translations: Mapping[str, str]) -> None:
        """Remember `translations`; forget the oldest where there would be too many."""
        rows = [(_key(context, text), english) for text, english in translations.items()]
        if rows:
            self._attempt(lambda database: _insert(database, rows, self._max_bytes))

    def _attempt(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do `work` on the database, or note why it could not be done."""
        if not self._usable:
            return None
        try:
            with closing(self._open()) as database:
                return work(database)
        except sqlite3.OperationalError as error:
            # busy, read-only, full or not to be opened: the next run may fare better
            self._give_up(f"the cache of translations was not used: {error} ({self._path})")
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
        except OSError as error:
            self._give_up(f"the cache of translations was not used: {error}")
        return None

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=PATIENCE_SECONDS)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(TABLE)
            database.execute(NUMBER)
        except BaseException:
            database.close()
            raise
        return database

    def _set_aside(self, error: Exception) -> None:
        """Rename a damaged file, so that a person can look at it and the next call starts anew."""
        aside = self._path.with_suffix(".damaged")
        try:
            self._path.replace(aside)
            for suffix in ("-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        except OSError as failure:
            self._give_up(f"the cache of translations is damaged: {error}; {failure}")
            return
        self.notices.append(
            f"the cache of translations was damaged ({error}) and set aside as {aside}"
        )

    def _give_up(self, notice: str) -> None:
        self._usable = False
        self.notices.append(notice)


def _key(context: str, text: str) -> bytes:
    """Hash both lengths too, so that no two pairs run together."""
    data = f"{len(context)}:{context}{text}".encode("utf-8", "surrogatepass")
    return sha256(data).digest()


def _select(database: sqlite3.Connection, keys: list[bytes]) -> list[tuple[bytes, str]]:
    rows: list[tuple[bytes, str]] = []
    for start in range(0, len(keys), KEYS_A_QUERY):
        some = keys[start : start + KEYS_A_QUERY]
        marks = ", ".join("?" * len(some))
        query = f"SELECT key, english FROM translations WHERE key IN ({marks})"  # noqa: S608 - question marks only
        rows += database.execute(query, some)
    return rows


def _insert(database: sqlite3.Connection, rows: list[tuple[bytes, str]], max_bytes: int) -> None:
    with database:
        database.executemany(
            "INSERT OR REPLACE INTO translations VALUES "
            "(?, ?, (SELECT coalesce(max(number), 0) + 1 FROM translations))",
            rows,
        )
    if _bytes_used(database) > max_bytes:
        _forget_older_half(database)


def _bytes_used(database: sqlite3.Connection) -> int:
    def pragma(name: str) -> int:
        return int(database.execute(f"PRAGMA {name}").fetchone()[0])

    return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")


def _forget_older_half(database: sqlite3.Connection) -> None:
    with database:
        database.execute(
            "DELETE FROM translations WHERE number <= (SELECT number FROM translations"
            " ORDER BY number LIMIT 1 OFFSET (SELECT count(*) / 2 FROM translations))"
        )
