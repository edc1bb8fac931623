"""Evidence that was recorded before, read as if its server answered now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verify.errors import FetchError, StoreError
from verify.fetch import address as addresses
from verify.fetch.answer import answer, failure, location
from verify.fetch.body import unpack
from verify.fetch.timemap import http_date
from verify.model import Failure, Snapshot, Source

if TYPE_CHECKING:
    from datetime import datetime

    from verify.fetch.cdxj import Entry
    from verify.fetch.store import Exchange, Store

MAX_BYTES = 20_000_000
"""What the live web may send, too."""

MAX_REDIRECTS = 10


@dataclass(frozen=True, slots=True)
class RecordedFetcher:
    """
    Answers from a `Store` alone. Of several recordings the newest that holds a page counts.

    `since` leaves older recordings out: `None` takes any.
    """

    store: Store
    since: datetime | None = None
    max_bytes: int = MAX_BYTES
    name: str = "recorded"

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Return what was recorded of `address`, or raise `FetchError`."""
        redirects: list[str] = []
        where, exchange = address, self._exchange(address)
        while (to := location(_Response(exchange))) is not None:
            where = addresses.join(where, to)
            redirects.append(where)
            if len(redirects) > MAX_REDIRECTS or where in redirects[:-1]:
                raise FetchError(
                    "the redirects lead nowhere",
                    failure=Failure.REDIRECTS,
                    redirects=tuple(redirects),
                )
            exchange = self._exchange(where)
        return self._snapshot(source, address, exchange, tuple(redirects))

    def _snapshot(
        self, source: Source, address: str, exchange: Exchange, redirects: tuple[str, ...]
    ) -> Snapshot:
        response = _Response(exchange)
        error = failure(response)
        if error is None and exchange.is_cut:
            error = FetchError("only its beginning was recorded", failure=Failure.TOO_LARGE)
        if error is not None:
            error.redirects = redirects
            raise error
        encoding = response.headers.get("Content-Encoding", "")
        body = unpack([exchange.body], encoding, self.max_bytes)
        if not body:
            raise FetchError("recorded, but empty", failure=Failure.EMPTY, redirects=redirects)
        got = answer(response, body=body)
        return Snapshot(
            source_id=source.id,
            address=address,
            final_address=redirects[-1] if redirects else address,
            media_type=got.media_type,
            body=body,
            retrieved=exchange.time,
            via=self.name,
            charset=got.charset,
            status=got.status,
            redirects=redirects,
            captured=_captured(exchange),
        )

    def _exchange(self, address: str) -> Exchange:
        entry = self._chosen(address)
        if entry is None:
            raise FetchError(f"nothing is recorded of {address}", failure=Failure.UNRECORDED)
        try:
            return self.store.read(entry)
        except StoreError as error:
            raise FetchError(str(error), failure=Failure.CHANGED) from error

    def _chosen(self, address: str) -> Entry | None:
        entries = [
            e for e in self.store.entries(address) if self.since is None or e.time >= self.since
        ]
        pages = [e for e in entries if e.status < 400]
        return max(pages or entries, key=lambda e: e.time, default=None)


def newest_page(store: Store, address: str) -> Exchange | None:
    """Return the newest page that was recorded of an address, for asking whether it changed."""
    pages = [e for e in store.entries(address) if e.status == 200]
    try:
        return store.read(pages[-1]) if pages else None
    except StoreError:
        return None  # then it is asked for as a whole, and recorded anew


def _captured(exchange: Exchange) -> datetime | None:
    """Return when an archive took what it gave."""
    said = next((v for k, v in exchange.headers if k.lower() == "memento-datetime"), "")
    return http_date(said) if exchange.via == "archive" else None


class _Response:
    """As much of a `requests` response as `fetch.answer` looks at."""

    def __init__(self, exchange: Exchange) -> None:
        from requests.structures import CaseInsensitiveDict

        self.status_code = exchange.status
        self.headers: Any = CaseInsensitiveDict(exchange.headers)
        self.raw = self
