"""
Recorded evidence: every answer of a server in WARC 1.1, found again by a CDXJ index.

The order of writing is what makes it safe. Under a lock, a record goes to the end of the newest
WARC file, and only then its line to the end of the index; a record counts once its line is
whole. Whoever writes next looks at what a killed process left behind the last counted record:
whole records are counted, a torn one is cut, and both are said. No whole record is ever cut or
written over, whatever has become of the index: it can be made anew from the files.
"""

from __future__ import annotations

import fcntl
import os
import re
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from verify.errors import StoreError
from verify.fetch import salvage, warc
from verify.fetch.cdxj import Entry, canonical, media_type, read_line, write_line
from verify.folders import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

INDEX = "index.cdxj"

MAX_FILE = 1_000_000_000
"""Bytes after which a new WARC file is begun: what the WARC standard's annex recommends."""

MAX_RECORD = 128_000_000
"""
Bytes of one record that we read back, packed and unpacked: six times the largest body that is
fetched unless a setting says otherwise.
"""

APPENDING = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC

EVIDENCE = re.compile(r"evidence-([0-9]{1,9})\.warc\.gz")


def store_folder() -> Path:
    """Return where evidence is kept unless a setting says otherwise (it need not exist)."""
    return cache_folder() / "verify" / "evidence"


@dataclass(frozen=True, slots=True)
class Exchange:
    """
    One request and what came of it.

    `body` is what the server sent, still packed as `Content-Encoding` says, without the
    transfer coding. `sent` are the headers of the request; they are recorded, and not read back.
    `is_cut` says that there was more of the body, and `unpacked` how many bytes had to be unpacked
    to read it.
    """

    address: str
    time: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    sent: tuple[tuple[str, str], ...] = ()
    via: str = "live"
    is_cut: bool = False
    unpacked: int = field(default=0, compare=False)


@dataclass(slots=True)
class _Turn:
    """An exchange that a thread wants written, and what came of it."""

    exchange: Exchange
    digest: str
    repeats: Entry | None
    packed: tuple[bytes, bytes]
    entry: Entry | None = None
    error: OSError | StoreError | None = None


class Store:
    """
    A folder of WARC files with their index. Safe for several threads and processes.

    `notices` says, in whole sentences, what had to be mended.
    """

    def __init__(self, folder: Path) -> None:
        """Open or begin the store in `folder`; nothing is written before the first record."""
        self.folder = folder
        self.notices: list[str] = []
        self._entries: dict[str, list[Entry]] = {}
        self._first: dict[str, Entry] = {}
        self._ends: dict[str, int] = {}
        self._closed: set[str] = set()
        self._position = 0
        self._is_looked_over = False
        self._guard = threading.RLock()
        self._writing = threading.Lock()
        self._waiting: deque[_Turn] = deque()

    def record(self, exchange: Exchange) -> Entry:
        """Keep `exchange`. Raises `StoreError` where it cannot be written."""
        exchange = replace(exchange, address=warc.uri(exchange.address))
        digest = sha256(exchange.body).hexdigest()
        repeats = self._repeated(exchange, digest)
        # Packing is most of the work, and nobody waits for the lock meanwhile.
        turn = _Turn(exchange, digest, repeats, warc.records(exchange, digest, repeats))
        self._waiting.append(turn)
        with self._writing:
            if turn.entry is None and turn.error is None:
                self._write_waiting()
        if isinstance(turn.error, OSError):
            why = (turn.error.strerror or str(turn.error)).lower()
            raise StoreError(
                f"cannot keep evidence in {self.folder}: {why}",
                hint="name another folder with --evidence, or switch it off with --no-record",
            ) from turn.error
        if turn.error is not None:
            raise StoreError(str(turn.error), hint=turn.error.hint) from turn.error
        assert turn.entry is not None
        return turn.entry

    def entries(self, address: str) -> list[Entry]:
        """Return what is kept of `address`, oldest first."""
        with self._guard:
            self._catch_up()
            return list(self._entries.get(canonical(address), ()))

    def all(self) -> list[Entry]:
        """Return everything that is kept, by address."""
        with self._guard:
            self._catch_up()
            return [entry for _, entries in sorted(self._entries.items()) for entry in entries]

    def read(self, entry: Entry) -> Exchange:
        """Return the exchange behind `entry`. Raises `StoreError` where its bytes have changed."""
        exchange = self._exchange(entry)
        if entry.is_revisit:
            with self._guard:
                first = self._first.get(entry.digest)
            if first is None:
                raise _damaged(entry, "the record that it repeats is missing")
            original = self._exchange(first)
            unpacked = exchange.unpacked + original.unpacked
            exchange = replace(exchange, body=original.body, unpacked=unpacked)
        if sha256(exchange.body).hexdigest() != entry.digest:
            raise _damaged(entry, "its body is not the one that was recorded")
        return exchange

    def files(self) -> list[Path]:
        """Return the WARC files, oldest first."""
        try:
            names = os.listdir(self.folder)  # noqa: PTH208 (many times as quick as glob)
        except FileNotFoundError:
            return []
        return [self.folder / name for name in sorted(names) if EVIDENCE.fullmatch(name)]

    def mend(self) -> None:
        """
        Count the records that the files hold and the index lacks.

        Whoever records does so anyway; a run does it before it reads, so that what is there counts.
        """
        files = self.files()
        try:
            with self._guard:
                self._catch_up()
                if all(_size(path) == self._ends.get(path.name, 0) for path in files):
                    return
            with self._writing, self._locked(), self._guard:
                self._mend_index(self._catch_up())
                self._look_over()
        except StoreError:
            return  # a line that is no entry: said by whoever reads
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            self.notices.append(f"{INDEX} lacks recorded evidence, and cannot be mended: {why}")

    # --- writing ------------------------------------------------------------------------

    def _repeated(
        self, exchange: Exchange, digest: str, fresh: Mapping[str, Entry] | None = None
    ) -> Entry | None:
        """Return the record that holds the same body already; `fresh` are those being written."""
        if not exchange.body:
            return None
        return self._first.get(digest) or (fresh or {}).get(digest)

    def _write_waiting(self) -> None:
        """
        Write what every thread has waiting, at once.

        Each call of the system lets another thread take the interpreter: a dozen of them for each
        record, one thread after another, took longer than fetching the page.
        """
        turns = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            with self._locked():
                with self._guard:
                    self._mend_index(self._catch_up())
                    if not self._is_looked_over:
                        self._look_over()
                self._append(*self._place(), turns)
        except (OSError, StoreError) as error:
            for turn in turns:
                turn.error = error

    def _append(self, path: Path, begun: int, turns: list[_Turn]) -> None:
        data = bytearray() if begun else bytearray(warc.information(path.name))
        fresh: dict[str, Entry] = {}
        entries = []
        for turn in turns:
            repeats = self._repeated(turn.exchange, turn.digest, fresh)
            if repeats != turn.repeats:  # another wrote the same body just now
                turn.packed = warc.records(turn.exchange, turn.digest, repeats)
            request, response = turn.packed
            entry = replace(
                _entry(turn.exchange, turn.digest, is_revisit=repeats is not None),
                file=path.name,
                offset=begun + len(data) + len(request),
                length=len(response),
            )
            data += request + response
            fresh.setdefault(turn.digest, entry)
            entries.append(entry)
        _write(path, data)
        self._count(entries)
        for turn, entry in zip(turns, entries, strict=True):
            turn.entry = entry

    def _count(self, entries: Sequence[Entry]) -> None:
        """Write the lines of records that are there."""
        lines = "".join(map(write_line, entries)).encode()
        with self._guard:  # whoever reads the index must not come upon our lines by itself
            _write(self.folder / INDEX, lines)
            self._position += len(lines)
            for entry in entries:
                self._add(entry)

    def _place(self) -> tuple[Path, int]:
        """Return the file to write to, and where it ends."""
        while True:
            path = self._file()
            end = self._mend(path)
            if end < MAX_FILE and path.name not in self._closed:
                return path, end

    def _file(self) -> Path:
        """Return the newest file that the index knows, or the next one where that is full."""
        known = [name for name in self._ends if EVIDENCE.fullmatch(name)]
        newest = max(known, key=_number, default="evidence-00001.warc.gz")
        while newest in self._closed or self._ends.get(newest, 0) >= MAX_FILE:
            newest = f"evidence-{_number(newest) + 1:05}.warc.gz"
        return self.folder / newest

    def _mend_index(self, size: int) -> None:
        """Cut the line that a killed process left half written."""
        if size > self._position:
            os.truncate(self.folder / INDEX, self._position)
            self.notices.append(f"{INDEX}: a line that was not whole has been cut off")

    def _look_over(self) -> None:
        """Compare every file with the index, which may be gone, or older than they are."""
        files = self.files()
        there = {path.name for path in files}
        self._ends = {name: end for name, end in self._ends.items() if name in there}
        for path in files:
            self._mend(path)
        self._is_looked_over = True

    def _mend(self, path: Path) -> int:
        """Return where the last record of a file ends, which is counted by now."""
        size, end = _size(path), self._ends.get(path.name, 0)
        if size == end or path.name in self._closed:
            return end
        with self._guard:
            if size < end:
                self.notices.append(f"{path.name}: {INDEX} names records that are not there")
                end = self._counted(path.name, size)
            self._ends[path.name] = self._taken_back(path, end) if size > end else end
            return self._ends[path.name]

    def _counted(self, name: str, size: int) -> int:
        """Return where the last counted record ends that a file of this size can hold."""
        entries = (entry for entries in self._entries.values() for entry in entries)
        ends = (entry.offset + entry.length for entry in entries if entry.file == name)
        return max((end for end in ends if end <= size), default=0)

    def _taken_back(self, path: Path, begin: int) -> int:
        """Count the whole records from `begin` on, and cut a torn one; return where they end."""
        found = salvage.walk(path, begin, MAX_RECORD)
        if found.answers:
            self._count(found.answers)
            self.notices.append(
                f"{path.name}: recorded answers counted again: {len(found.answers)}"
            )
        if found.rest is salvage.Rest.TORN:
            os.truncate(path, found.end)
            self.notices.append(f"{path.name}: a record that was not whole has been cut off")
        if found.rest is salvage.Rest.FOREIGN:
            self._closed.add(path.name)
            self.notices.append(
                f"{path.name}: from byte {found.end} on it holds no records; it is left as it is"
            )
        return found.end

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            lock = os.open(self.folder / ".lock", APPENDING, 0o666)
        except FileNotFoundError:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.folder / ".lock", APPENDING, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)  # lets go of the lock, as does the end of the process

    # --- reading ------------------------------------------------------------------------

    def _catch_up(self) -> int:
        """
        Read the whole lines that were written since we last looked, by us or by others.

        Returns the bytes of the index, which are more than were read where a line is not whole.
        """
        size = _size(self.folder / INDEX)
        if size < self._position:
            self._forget()
        if size <= self._position:
            return size
        with (self.folder / INDEX).open("rb") as index:
            index.seek(self._position)
            fresh = index.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        for line in whole.splitlines(keepends=True):
            try:
                self._add(read_line(line))
            except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
                raise StoreError(
                    f"cannot read {self.folder / INDEX}: a line is not an entry: {line[:80]!r}",
                    hint=f"remove {INDEX}: it is made anew from the files beside it",
                ) from error
            self._position += len(line)
        return size

    def _forget(self) -> None:
        """Begin anew: the index that we read is gone."""
        for known in (self._entries, self._first, self._ends):
            known.clear()
        self._position, self._is_looked_over = 0, False

    def _add(self, entry: Entry) -> None:
        self._entries.setdefault(canonical(entry.address), []).append(entry)
        end = entry.offset + entry.length
        self._ends[entry.file] = max(self._ends.get(entry.file, 0), end)
        if not entry.is_revisit:
            self._first.setdefault(entry.digest, entry)

    def _exchange(self, entry: Entry) -> Exchange:
        """Return what one record holds; that of a revisit holds no body."""
        if not 0 < entry.length <= MAX_RECORD:
            raise _damaged(entry, "its length is out of bounds")
        try:
            packed = _read(self.folder / entry.file, entry.offset, entry.length)
            record = warc.unpacked(packed, MAX_RECORD)
            status, headers, body, is_cut = warc.parts(record)
        except (OSError, ValueError, OverflowError) as error:
            raise _damaged(entry, str(error)) from error
        return Exchange(
            entry.address, entry.time, status, headers, body,
            via=entry.via, is_cut=is_cut, unpacked=len(record),
        )  # fmt: skip


def _size(path: Path) -> int:
    """Return the bytes of a file; one that is not there has none."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 (a third of the time of Path.stat)
    except FileNotFoundError:
        return 0


def _read(path: Path, offset: int, length: int) -> bytes:
    """Return bytes of a file; fewer where it ends before."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(file, length, offset)
    finally:
        os.close(file)


def _write(path: Path, data: bytes | bytearray) -> None:
    """
    Write all of `data` to the end of a file.

    Without a buffer between: each call of the system inside the lock lets another thread take
    the interpreter, and everybody waits.
    """
    file = os.open(path, APPENDING, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]
    finally:
        os.close(file)


def _entry(exchange: Exchange, digest: str, *, is_revisit: bool) -> Entry:
    """Return what the index will say of `exchange`, but for its place."""
    return Entry(
        exchange.address, exchange.time, exchange.status, media_type(exchange.headers), digest,
        file="", offset=0, length=0, via=exchange.via, is_revisit=is_revisit,
    )  # fmt: skip


def _number(name: str) -> int:
    found = EVIDENCE.fullmatch(name)
    return int(found[1]) if found else 0


def _damaged(entry: Entry, why: str) -> StoreError:
    return StoreError(
        f"recorded evidence of {entry.address} is damaged: {entry.file} at byte {entry.offset}: "
        f"{why}",
        hint="fetch it again with --refresh",
    )
