"""
What the models have read before, on disk, so that the next run need not load them.

One small SQLite file, opened for each call: nothing is shared between threads, and SQLite's
own locks keep several processes apart. It may be slow, full, damaged or on a read-only disk;
it may never stop a run. Every key holds the digest of the model that made the value.
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
CREATE TABLE IF NOT EXISTS readings (
    key BLOB NOT NULL PRIMARY KEY, value BLOB NOT NULL, number INTEGER NOT NULL
)
"""
NUMBER = "CREATE INDEX IF NOT EXISTS by_number ON readings (number)"

# A sentence's vector with its key takes about 1,000 bytes: room for 60,000 sentences.
MAX_BYTES = 64 * 1024 * 1024

# SQLite binds at most 999 values a statement in its older builds.
KEYS_A_QUERY = 500

# How long a process waits for another that writes; a write here takes milliseconds.
PATIENCE_SECONDS = 5.0


def memory_file() -> Path:
    """Return where it is kept (it need not exist)."""
    chosen = os.environ.get("XDG_CACHE_HOME")
    base = Path(chosen) if chosen else Path("~/.cache").expanduser()
    return base / "verify" / "readings.sqlite"


def key(*parts: str) -> bytes:
    """Hash the parts, and where each ends, so that no two lists of parts run together."""
    data = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(data.encode("utf-8", "surrogatepass")).digest()


class Memory:
    """
    Remembers what a model made of a text.

    `notices` says, in whole sentences, what kept it from working, for the report.
    """

    def __init__(self, path: Path | None = None, *, max_bytes: int = MAX_BYTES) -> None:
        self._path = path or memory_file()
        self._max_bytes = max_bytes
        self._usable = True
        self.notices: list[str] = []

    def read(self, keys: Sequence[bytes], size: int) -> dict[bytes, bytes]:
        """Return the values that are known and have `size` bytes, as they must."""
        found = self._attempt(lambda database: _select(database, keys)) or ()
        return {k: value for k, value in found if isinstance(value, bytes) and len(value) == size}

    def write(self, values: Mapping[bytes, bytes]) -> None:
        """Remember `values`; forget the oldest where there would be too many."""
        if values:
            self._attempt(lambda database: _insert(database, values, self._max_bytes))

    def _attempt(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do `work` on the database, or note why it could not be done."""
        if not self._usable:
            return None
        try:
            with closing(self._open()) as database:
                return work(database)
        except sqlite3.OperationalError as error:
            # busy, read-only, full or not to be opened: the next run may fare better
            self._give_up(f"what the models read before was not used: {error} ({self._path})")
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
        except OSError as error:
            self._give_up(f"what the models read before was not used: {error}")
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
            self._give_up(f"what the models read before is damaged: {error}; {failure}")
            return
        self.notices.append(
            f"what the models read before was damaged ({error}) and set aside as {aside}"
        )

    def _give_up(self, notice: str) -> None:
        self._usable = False
        self.notices.append(notice)


def _select(database: sqlite3.Connection, keys: Sequence[bytes]) -> list[tuple[bytes, object]]:
    rows: list[tuple[bytes, object]] = []
    for start in range(0, len(keys), KEYS_A_QUERY):
        some = keys[start : start + KEYS_A_QUERY]
        marks = ", ".join("?" * len(some))
        query = f"SELECT key, value FROM readings WHERE key IN ({marks})"  # noqa: S608 - question marks only
        rows += database.execute(query, some)
    return rows


def _insert(database: sqlite3.Connection, values: Mapping[bytes, bytes], max_bytes: int) -> None:
    with database:
        database.executemany(
            "INSERT OR REPLACE INTO readings VALUES "
            "(?, ?, (SELECT coalesce(max(number), 0) + 1 FROM readings))",
            values.items(),
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
            "DELETE FROM readings WHERE number <= (SELECT number FROM readings"
            " ORDER BY number LIMIT 1 OFFSET (SELECT count(*) / 2 FROM readings))"
        )
