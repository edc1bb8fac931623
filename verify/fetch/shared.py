"""One answer an address and run: articles that cite the same page share what was fetched."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

from verify.errors import FetchError

if TYPE_CHECKING:
    from verify.interfaces import Fetcher
    from verify.model import Snapshot, Source


@dataclass
class _Shelf:
    """What one address gave. Whoever comes second waits for whoever came first."""

    lock: Lock = field(default_factory=Lock)
    answer: Snapshot | FetchError | None = None


@dataclass
class SharedFetcher:
    """Asks another fetcher once for each address, and remembers failures as well as pages."""

    inner: Fetcher
    _shelves: dict[str, _Shelf] = field(default_factory=dict, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def name(self) -> str:
        """What `Snapshot.via` will say."""
        return self.inner.name

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Return what `address` gave in this run, or raise `FetchError` as it did."""
        with self._lock:
            shelf = self._shelves.setdefault(address, _Shelf())
        with shelf.lock:
            if shelf.answer is None:
                shelf.answer = self._asked(source, address)
        if isinstance(shelf.answer, FetchError):
            raise shelf.answer.with_traceback(None)
        if shelf.answer.source_id == source.id:
            return shelf.answer
        return replace(shelf.answer, source_id=source.id)

    def _asked(self, source: Source, address: str) -> Snapshot | FetchError:
        try:
            return self.inner.fetch(source, address)
        except FetchError as error:
            return error
