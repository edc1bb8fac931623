"""
What one run must know of those before it: on which days a page failed, and what archives said.

It lies in the evidence folder, is safe with several threads and processes, and may be deleted
at any time: then counting begins anew.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from verify.errors import FetchError, StoreError
from verify.model import DEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from verify.interfaces import Fetcher
    from verify.model import Failure, Snapshot, Source

FILE_NAME = "memory.sqlite"

SCHEMA = """
create table if not exists failures (address text, day text, failure text,
    primary key (address, day)) without rowid;
create table if not exists copies (archive text, address text, day text, body blob, expires real,
    primary key (archive, address, day)) without rowid;
"""

PATIENCE = 10.0
"""Seconds to wait for another process that writes; a write takes milliseconds."""

FORGOTTEN = timedelta(days=400)
"""A year and some: links that are checked once a year still add up."""


@dataclass(frozen=True, slots=True)
class Memory:
    """One small database. Raises `StoreError` where it cannot be used."""

    path: Path

    def failed(self, address: str, failure: Failure, moment: datetime) -> int:
        """Note a failure; return on how many days the page failed since it was last had."""
        day = moment.astimezone(UTC).date()
        with self._open() as base:
            base.execute("delete from failures where day < ?", (str(day - FORGOTTEN),))
            base.execute(
                "insert or replace into failures values (?, ?, ?)", (address, str(day), failure)
            )
            # Earlier versions noted silence, too, which does not count.
            asked = "select failure from failures where address = ?"
            return sum(kind in DEAD for (kind,) in base.execute(asked, (address,)))

    def had(self, address: str) -> None:
        """Forget the failures of a page that was had."""
        if self.path.exists():
            with self._open() as base:
                base.execute("delete from failures where address = ?", (address,))

    def keep(self, archive: str, address: str, day: str, body: bytes, expires: datetime) -> None:
        """Keep what an archive said of a page at a day; an empty `body` says that it has none."""
        with self._open() as base:
            base.execute("delete from copies where expires < ?", (expires.timestamp() - 1e7,))
            base.execute(
                "insert or replace into copies values (?, ?, ?, ?, ?)",
                (archive, address, day, body, expires.timestamp()),
            )

    def recall(self, archive: str, address: str, day: str, moment: datetime) -> bytes | None:
        """Return what an archive said, or `None` where that is not known or no longer holds."""
        if not self.path.exists():
            return None
        asked = "select body from copies where archive = ? and address = ? and day = ?"
        with self._open() as base:
            found = base.execute(
                f"{asked} and expires > ?", (archive, address, day, moment.timestamp())
            ).fetchone()
        return found[0] if found and isinstance(found[0], bytes) else None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=PATIENCE)) as base, base:
                base.executescript(SCHEMA)
                yield base
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"cannot use {self.path}: {error}",
                hint="delete it to begin anew, or name another folder with --evidence",
            ) from error


@dataclass(frozen=True, slots=True)
class RememberingFetcher:
    """Asks another fetcher, and counts the days on which an address fails."""

    inner: Fetcher
    memory: Memory
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def name(self) -> str:
        """The name of the fetcher inside."""
        return self.inner.name

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Do what `inner` does; a `FetchError` says how often it came to that."""
        try:
            snapshot = self.inner.fetch(source, address)
        except FetchError as error:
            if error.failure in DEAD:
                error.days = self.memory.failed(address, error.failure, self.clock())
            raise
        self.memory.had(address)
        return snapshot
