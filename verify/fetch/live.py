"""The live web, asked politely, within bounds, and believed in nothing."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from itertools import islice
from random import uniform
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
from typing import TYPE_CHECKING, Any

from verify import __version__
from verify.errors import FetchError, VerifyError
from verify.fetch import address as addresses
from verify.fetch.answer import (
    Answer,
    BusyError,
    TemporaryError,
    answer,
    failure,
    freshened,
    from_foreign,
    from_headers,
    location,
    named,
    validators,
)
from verify.fetch.body import unpack
from verify.fetch.guard import Policy
from verify.fetch.host import Host
from verify.fetch.journey import PLAIN, Journey, Manner
from verify.fetch.limit import time_over
from verify.fetch.robots import Robots
from verify.fetch.store import Exchange
from verify.model import Failure, Snapshot, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

USER_AGENT = f"verify-sources/{__version__} (checks that cited pages say what is cited)"

MAX_BYTES = 20_000_000
"""Seven times the largest of 153 collected pages."""

CHUNK = 16_384

MAX_ERROR_BODY = 65_536
"""Bytes that are recorded of the page that comes with an error; nobody judges by it."""

CONNECT_TIMEOUT = 10.0
"""Seconds to wait for one address of a host to take the connection; chosen, not measured."""

BACK_OFF = 1.0
"""Seconds before the second try where the server names none; doubled for each one more."""

MOST_HOSTS = 256
"""
Hosts whose connection is kept open: what half of 1,024 open files, the least that systems
commonly allow, has room for. An article of 5,000 notes must not use them up.
"""

FILES_OF_A_HOST = 2
"""Its socket, and the handle by which it is cut."""


@cache
def max_hosts() -> int:
    """Return how many hosts are kept open: half of the files that we may open are for them."""
    allowed, _ = getrlimit(RLIMIT_NOFILE)
    if allowed == RLIM_INFINITY:
        return MOST_HOSTS
    return max(1, min(MOST_HOSTS, allowed // 2 // FILES_OF_A_HOST))


@dataclass(kw_only=True, eq=False)
class LiveFetcher:
    """
    Asks web servers for pages. Safe to call from several threads.

    `timeout` bounds one fetch from first byte to last, with its redirects and retries and
    the pauses between them; waiting for a busy host's turn is not counted.
    """

    name = "live"

    timeout: float = 30.0
    max_bytes: int = MAX_BYTES
    delay: float = 1.0
    """Seconds between two requests to a host; more where its robots.txt asks for more."""
    retries: int = 2
    max_redirects: int = 10
    max_wait: float = 20.0
    """
    Seconds that a server may make us wait before we ask again. Where it asks for more, all its
    pages are given up until then: one busy host must not hold up the rest of a run.
    """
    back_off: float = BACK_OFF
    user_agent: str = USER_AGENT
    policy: Policy = field(default_factory=Policy)
    record: Callable[[Exchange], object] | None = None
    """Is handed every answer, also redirects and errors."""
    recorded: Callable[[str], Exchange | None] | None = None
    """Returns the page that was recorded of an address, to be had again only if it changed."""
    heeds_robots: bool = False
    """Whether each site's robots.txt is asked for and respected."""
    is_over: Callable[[], bool] = lambda: False
    """Whether the run's time is over: then no fetch is begun, also none that waits for its turn."""
    _hosts: OrderedDict[str, Host] = field(default_factory=OrderedDict, init=False, repr=False)
    _robots: Robots = field(default_factory=Robots, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Return what `address` gives now, or raise `FetchError`."""
        answer, redirects = self.get(address)
        return snapshot(answer, source, address, redirects)

    def get(self, address: str, manner: Manner = PLAIN) -> tuple[Answer, tuple[str, ...]]:
        """Return what `address` gives when it is asked in this manner, and the way there."""
        journey = Journey(self.timeout, manner)
        try:
            answer = self._persist(address, journey)
        except FetchError as error:
            error.redirects = tuple(journey.redirects)
            raise
        return answer, tuple(journey.redirects)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            while self._hosts:
                self._hosts.popitem()[1].close()

    def _persist(self, address: str, journey: Journey) -> Answer:
        """Follow `address`, again where the trouble may pass and there is time."""
        for pauses_left in range(self.retries, -1, -1):
            journey.restart()
            try:
                return self._follow(address, journey)
            except TemporaryError as trouble:
                doubled = self.back_off * 2 ** (self.retries - pauses_left)
                # A little apart from all others that were turned away at the same moment.
                wait = trouble.wait if trouble.wait is not None else doubled * uniform(1.0, 1.5)  # noqa: S311
                if not pauses_left or wait > min(self.max_wait, journey.patience):
                    raise
                time.sleep(wait)
                journey.patience -= wait
        raise AssertionError("the loop above returns or raises")

    def _follow(self, address: str, journey: Journey) -> Answer:
        """Ask `address`, then wherever each redirect leads."""
        for _ in range(self.max_redirects + 1):
            self.policy.check(address)
            journey.visit(address)
            pause = self._heed(address, journey)
            got = self._ask(address, journey, pause)
            if got.location is None:
                return got
            address = journey.manner.onward(addresses.join(address, got.location))
            journey.redirects.append(address)
        raise FetchError(f"more than {self.max_redirects} redirects", failure=Failure.REDIRECTS)

    def _heed(self, address: str, journey: Journey) -> float:
        """Return the pause that the site asks for; raise where it wants no program there."""
        if not (self.heeds_robots and journey.manner.heeds_robots):
            return 0.0

        def ask(robots: str) -> bytes:
            aside = Journey(journey.patience, replace(journey.manner, heeds_robots=False))
            try:
                return self._follow(robots, aside).body
            finally:
                journey.patience = aside.patience

        rules = self._robots.rules(addresses.host_of(address), ask)
        rules.check(address)
        return min(rules.delay, self.max_wait)

    def _ask(self, address: str, journey: Journey, pause: float = 0.0) -> Answer:
        """Make one request, when it is this host's turn."""
        host = self._host(addresses.host_of(address))

        def may_ask(host: Host) -> None:
            if self.is_over() and not journey.has_begun:
                raise time_over()
            if wait := host.is_busy_for():
                raise BusyError.still(wait)

        with host.turn(max(self.delay, pause), may_ask):
            journey.has_begun = True
            began = time.monotonic()
            try:
                with self._border(journey), host.watch(journey.patience):
                    return self._request(host, address, journey)
            except TemporaryError as trouble:
                # Other threads must leave the host in peace, too.
                wait = trouble.wait or 0.0
                if wait > self.max_wait:
                    host.shut(wait)
                    raise BusyError.after(trouble, wait) from trouble
                host.rest(wait)
                raise
            finally:
                journey.patience -= time.monotonic() - began

    @contextmanager
    def _border(self, journey: Journey) -> Iterator[None]:
        """Let nothing foreign pass, and call a connection that we cut ourselves a timeout."""
        end = time.monotonic() + journey.patience
        try:
            yield
        except Exception as error:
            if time.monotonic() >= end:
                raise self._too_slow() from error
            if isinstance(error, VerifyError):  # also a record that cannot be written
                raise
            raise from_foreign(error) from error
        if time.monotonic() >= end:
            # A body that ends where the connection does looks whole when we cut it.
            raise self._too_slow()

    def _request(self, host: Host, address: str, journey: Journey) -> Answer:
        if journey.patience <= 0:
            raise self._too_slow()
        timeouts = (min(CONNECT_TIMEOUT, journey.patience), journey.patience)
        known = self.recorded(address) if self.recorded and journey.manner.again else None
        with closing(
            host.get(
                address,
                {**journey.manner.sent, **(validators(known.headers) if known else {})},
                journey.cookies,
                timeouts,
            )
        ) as response:
            journey.keep_cookies(response)
            return self._answer(response, journey.manner, known)

    def _answer(self, response: Any, manner: Manner, known: Exchange | None) -> Answer:
        """Read one response as far as it is of use, and keep it."""
        via, where = manner.via, location(response)
        if where is not None:
            self._keep(response, via, b"")
            return answer(response, location=where)
        if known is not None and response.status_code == HTTPStatus.NOT_MODIFIED:
            return self._unchanged(response, via, known)
        error = failure(response)
        if error is not None:
            self._keep_error(response, via)
            if manner.takes_archived_errors and "Memento-Datetime" in response.headers:
                return answer(response)
            raise error
        return answer(response, body=self._body(response, via))

    def _unchanged(self, response: Any, via: str, known: Exchange) -> Answer:
        """
        Return the recorded body of a page that has not changed since.

        What is kept is the recorded answer with today's headers (RFC 9111, section 4.3.4); the
        store writes it as a revisit, which repeats no body.
        """
        if not response.raw.chunked:
            # It has no body: to see its end costs nothing, and keeps the connection open.
            response.raw.read(1, decode_content=False)
        headers = freshened(known.headers, response.raw.headers.items())
        self._keep(response, via, known.body, status=known.status, headers=headers)
        fields = dict(headers)
        encoding = next((v for k, v in headers if k.lower() == "content-encoding"), "")
        body = unpack([known.body], encoding, self.max_bytes)
        return from_headers(known.status, fields, body)

    def _keep_error(self, response: Any, via: str) -> None:
        """Record an error with the beginning of its page."""
        if self.record is not None:
            body = b""
            with suppress(Exception):  # an error's page that cannot be read is no loss
                body = response.raw.read(MAX_ERROR_BODY, decode_content=False)
            self._keep(response, via, body, is_cut=len(body) == MAX_ERROR_BODY)

    def _keep(self, response: Any, via: str, body: bytes, **fields: Any) -> None:
        if self.record is not None:
            sent = tuple((str(k), str(v)) for k, v in response.request.headers.items())
            headers = tuple((str(k), str(v)) for k, v in response.raw.headers.items())
            plain = Exchange(
                response.url, datetime.now(UTC), response.status_code, headers, body, sent, via
            )
            self.record(replace(plain, **fields))

    def _body(self, response: Any, via: str) -> bytes:
        """Read a body to its end."""
        packed = bytearray()

        def chunks() -> Iterator[bytes]:
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                if self.record is not None:
                    packed.extend(chunk)
                yield chunk

        encoding = response.headers.get("Content-Encoding", "")
        body = unpack(chunks(), encoding, self.max_bytes)
        self._keep(response, via, bytes(packed))
        if not body:
            status = response.status_code
            raise FetchError(f"{named(status)}, but empty", failure=Failure.EMPTY, status=status)
        return body

    def _host(self, key: str) -> Host:
        with self._lock:
            host = self._hosts.pop(key, None) or Host(self.user_agent, self.policy)
            self._hosts[key] = host
            excess = max(0, len(self._hosts) - max_hosts())
            idle = (k for k, h in self._hosts.items() if not h.lock.locked() and k != key)
            closing_down = [self._hosts.pop(each) for each in tuple(islice(idle, excess))]
        for each in closing_down:
            each.close()
        return host

    def _too_slow(self) -> FetchError:
        return FetchError(f"timed out after {self.timeout:g} s", failure=Failure.TIMEOUT)


def snapshot(
    answer: Answer, source: Source, address: str, redirects: tuple[str, ...], via: str = "live"
) -> Snapshot:
    """Return an answer as the snapshot of a source, had just now."""
    return Snapshot(
        source_id=source.id,
        address=address,
        final_address=redirects[-1] if redirects else address,
        media_type=answer.media_type,
        body=answer.body,
        retrieved=datetime.now(UTC),
        via=via,
        charset=answer.charset,
        status=answer.status,
        redirects=redirects,
    )
