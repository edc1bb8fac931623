"""The live web, asked politely, within bounds, and believed in nothing."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from verify import __version__
from verify.errors import FetchError
from verify.fetch import address as addresses
from verify.fetch.answer import (
    Answer,
    TemporaryError,
    answer,
    failure,
    from_foreign,
    location,
    named,
)
from verify.fetch.body import unpack
from verify.fetch.host import Host
from verify.model import Failure, Snapshot, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

USER_AGENT = f"verify-sources/{__version__} (checks that cited pages say what is cited)"

MAX_BYTES = 20_000_000
"""Seven times the largest of 153 collected pages."""

CHUNK = 16_384

CONNECT_TIMEOUT = 10.0
"""Seconds to wait for one address of a host to take the connection; chosen, not measured."""

BACK_OFF = 1.0
"""Seconds before the second try where the server names none; doubled for each one more."""

MAX_HOSTS = 64
"""
Hosts whose connection is kept open. Systems allow a process 1,024 open files or more; an article
of 5,000 notes must not use them up.
"""


class _Journey:
    """One fetch on its way: where it has been, and how many seconds it may still take."""

    def __init__(self, patience: float) -> None:
        from requests.cookies import RequestsCookieJar

        self.patience = patience
        self.redirects: list[str] = []
        self.seen: set[tuple[str, str]] = set()
        self.cookies = RequestsCookieJar()

    def restart(self) -> None:
        """Forget the way, but not the time that it took."""
        self.redirects.clear()
        self.seen.clear()
        self.cookies.clear()

    def visit(self, address: str) -> None:
        """Refuse to come to the same place twice with nothing new to show."""
        cookies = "; ".join(sorted(f"{c.domain} {c.name}={c.value}" for c in self.cookies))
        if (address, cookies) in self.seen:
            raise FetchError("the redirects lead in a circle", failure=Failure.REDIRECTS)
        self.seen.add((address, cookies))

    def keep_cookies(self, response: Any) -> None:
        """Keep cookies for this journey alone: some sites set one and redirect to themselves."""
        from requests.cookies import extract_cookies_to_jar

        extract_cookies_to_jar(  # type: ignore[no-untyped-call]
            self.cookies, response.request, response.raw
        )


class LiveFetcher:
    """
    Asks web servers for pages. Safe to call from several threads.

    `timeout` bounds one fetch from first byte to last, with its redirects and retries and
    the pauses between them; waiting for a busy host's turn is not counted.
    """

    name = "live"

    def __init__(
        self,
        *,
        timeout: float = 30.0,
        max_bytes: int = MAX_BYTES,
        delay: float = 1.0,
        retries: int = 2,
        max_redirects: int = 10,
        max_wait: float = 20.0,
        back_off: float = BACK_OFF,
        user_agent: str = USER_AGENT,
    ) -> None:
        """Wait `delay` seconds between two requests to a host, at most `max_wait` to retry."""
        self.timeout = timeout
        self.max_bytes = max_bytes
        self.delay = delay
        self.retries = retries
        self.max_redirects = max_redirects
        self.max_wait = max_wait
        self.back_off = back_off
        self.user_agent = user_agent
        self._hosts: OrderedDict[str, Host] = OrderedDict()
        self._lock = threading.Lock()

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Return what `address` gives now, or raise `FetchError`."""
        journey = _Journey(self.timeout)
        try:
            answer = self._persist(address, journey)
        except FetchError as error:
            error.redirects = tuple(journey.redirects)
            raise
        return Snapshot(
            source_id=source.id,
            address=address,
            final_address=journey.redirects[-1] if journey.redirects else address,
            media_type=answer.media_type,
            body=answer.body,
            retrieved=datetime.now(UTC),
            via=self.name,
            charset=answer.charset,
            status=answer.status,
            redirects=tuple(journey.redirects),
        )

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            while self._hosts:
                self._hosts.popitem()[1].close()

    def _persist(self, address: str, journey: _Journey) -> Answer:
        """Follow `address`, again where the trouble may pass and there is time."""
        for pauses_left in range(self.retries, -1, -1):
            journey.restart()
            try:
                return self._follow(address, journey)
            except TemporaryError as trouble:
                doubled = self.back_off * 2 ** (self.retries - pauses_left)
                wait = doubled if trouble.wait is None else trouble.wait
                if not pauses_left or wait > min(self.max_wait, journey.patience):
                    raise
                time.sleep(wait)
                journey.patience -= wait
        raise AssertionError("the loop above returns or raises")

    def _follow(self, address: str, journey: _Journey) -> Answer:
        """Ask `address`, then wherever each redirect leads."""
        for _ in range(self.max_redirects + 1):
            addresses.check(address)
            journey.visit(address)
            got = self._ask(address, journey)
            if got.location is None:
                return got
            address = addresses.join(address, got.location)
            journey.redirects.append(address)
        raise FetchError(f"more than {self.max_redirects} redirects", failure=Failure.REDIRECTS)

    def _ask(self, address: str, journey: _Journey) -> Answer:
        """Make one request, when it is this host's turn."""
        host = self._host(addresses.host_of(address))
        with host.turn(self.delay):
            began = time.monotonic()
            try:
                with self._border(journey), host.watch(journey.patience):
                    return self._request(host, address, journey)
            except TemporaryError as trouble:
                # Other threads must leave the host in peace, too.
                host.rest(min(trouble.wait or 0.0, self.max_wait))
                raise
            finally:
                journey.patience -= time.monotonic() - began

    @contextmanager
    def _border(self, journey: _Journey) -> Iterator[None]:
        """Let nothing foreign pass, and call a connection that we cut ourselves a timeout."""
        end = time.monotonic() + journey.patience
        try:
            yield
        except Exception as error:
            if time.monotonic() >= end:
                raise self._too_slow() from error
            if isinstance(error, FetchError):
                raise
            raise from_foreign(error) from error
        if time.monotonic() >= end:
            # A body that ends where the connection does looks whole when we cut it.
            raise self._too_slow()

    def _request(self, host: Host, address: str, journey: _Journey) -> Answer:
        if journey.patience <= 0:
            raise self._too_slow()
        timeouts = (min(CONNECT_TIMEOUT, journey.patience), journey.patience)
        with closing(
            host.session.get(
                address,
                stream=True,
                allow_redirects=False,
                timeout=timeouts,
                cookies=journey.cookies,
            )
        ) as response:
            journey.keep_cookies(response)
            where = location(response)
            if where is not None:
                return answer(response, location=where)
            error = failure(response)
            if error is not None:
                raise error
            return answer(response, body=self._body(response))

    def _body(self, response: Any) -> bytes:
        """Read a body to its end."""
        chunks = response.raw.stream(CHUNK, decode_content=False)
        encoding = response.headers.get("Content-Encoding", "")
        body = unpack(chunks, encoding, self.max_bytes)
        if not body:
            status = response.status_code
            raise FetchError(f"{named(status)}, but empty", failure=Failure.EMPTY, status=status)
        return body

    def _host(self, key: str) -> Host:
        with self._lock:
            host = self._hosts.pop(key, None) or Host(self.user_agent)
            self._hosts[key] = host
            idle = [k for k, h in self._hosts.items() if not h.lock.locked() and k != key]
            surplus = idle[: max(0, len(self._hosts) - MAX_HOSTS)]
            closing_down = [self._hosts.pop(each) for each in surplus]
        for each in closing_down:
            each.close()
        return host

    def _too_slow(self) -> FetchError:
        return FetchError(f"timed out after {self.timeout:g} s", failure=Failure.TIMEOUT)
