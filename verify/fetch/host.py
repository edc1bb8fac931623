"""One web host: its session, its turn, and a watch over its sockets."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager, suppress
from functools import cache, partial
from http import HTTPStatus
from io import BufferedReader
from typing import TYPE_CHECKING, Any, TypeAlias

from verify.errors import FetchError
from verify.fetch.address import PORTS
from verify.model import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import requests

    from verify.fetch.address import Address
    from verify.fetch.guard import Policy


Handles: TypeAlias = "dict[Any, socket.socket]"
"""A second handle of the socket of each open connection."""

NAME_PATIENCE = 10.0
"""Seconds to wait for name servers where no timeout is set; twice what resolvers begin with."""

RECUT = 1.0
"""Seconds after which the connections of a request that is still not over are cut again: it may
have opened one at that very moment. Chosen."""

LINGER = 5.0
"""Seconds that the watching thread stays when there is nothing to watch; the pause between two
requests to one host is a second."""

MAX_LINE = 65_537
"""One more than http.client allows a header line, so that it sees the bound passed."""


class Host:
    """
    One host that we ask, one request at a time.

    The lock keeps its session to one thread and its requests in single file; `ready` is the
    moment (monotonic) before which it must not be asked again, and `busy` the one until which
    nobody waits for it.
    """

    def __init__(self, user_agent: str, policy: Policy) -> None:
        """Open no connection yet."""
        self.lock = threading.Lock()
        self.ready = 0.0
        self.busy = 0.0
        self.handles: Handles = {}
        self.session = session(user_agent, policy, self.handles)
        self._surroundings: Any = None

    @contextmanager
    def turn(self, delay: float, may_ask: Callable[[Host], None]) -> Iterator[None]:
        """
        Wait for this host's turn; afterwards it rests for `delay` seconds.

        `may_ask` raises where there is no use in waiting, or was none.
        """
        with self.lock:
            may_ask(self)
            pause = self.ready - time.monotonic()
            if pause > 0:  # also a sleep of nothing gives the processor away
                time.sleep(pause)
                may_ask(self)
            try:
                yield
            finally:
                self.ready = max(self.ready, time.monotonic() + delay)

    def get(
        self, address: str, sent: Mapping[str, str], cookies: Any, timeouts: tuple[float, float]
    ) -> requests.Response:
        """
        Begin to ask for `address`; the body is still to be read.

        `Session.get` would come to the same request by merging what a session has and what is
        given, some dozen times, which took a quarter of the time of asking.
        """
        from requests import PreparedRequest

        asked = PreparedRequest()
        asked.prepare(
            method="GET",
            url=address,
            headers={**self.session.headers, **sent},
            cookies=cookies,
            auth=_anonymous,
        )
        asked_url = str(asked.url)
        if self._surroundings is None:
            # Proxies and certificates of the environment: once, for there is one host only.
            self._surroundings = self.session.merge_environment_settings(
                asked_url, proxies={}, stream=True, verify=None, cert=None
            )
        adapter = self.session.get_adapter(asked_url)
        return adapter.send(asked, timeout=timeouts, **self._surroundings)

    def is_busy_for(self) -> float:
        """Return for how many seconds it wants nobody to ask it, and nobody waits."""
        return max(0.0, self.busy - time.monotonic())

    def shut(self, seconds: float) -> None:
        """Let nobody ask, or wait to ask, until `seconds` have passed."""
        self.busy = max(self.busy, time.monotonic() + seconds)

    def rest(self, seconds: float) -> None:
        """Ask for nothing until `seconds` have passed."""
        self.ready = max(self.ready, time.monotonic() + seconds)

    @contextmanager
    def watch(self, seconds: float) -> Iterator[None]:
        """
        Cut this host's connections after `seconds`.

        The timeouts of requests bound each read, not their sum: a server that sends one byte
        of its headers a second would hold us for hours. Shutting the socket wakes the reader
        in every phase: handshake, headers, body.
        """
        _WATCH.begin(self, time.monotonic() + max(seconds, 0.0))
        try:
            yield
        finally:
            _WATCH.end(self)
            self._drop_closed()

    def cut(self) -> None:
        """Shut every connection, also while another thread reads from it."""
        for handle in tuple(self.handles.values()):
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

    def _drop_closed(self) -> None:
        """
        Let go of the handles whose connection is closed.

        Not sooner: http.client closes the connection as soon as it has the headers of a body
        that ends with it, and reads on.
        """
        for connection in tuple(self.handles):
            if connection.sock is None:
                self.handles.pop(connection).close()

    def close(self) -> None:
        """Close every connection, when the request on its way has ended."""
        with self.lock:
            self.session.close()
            while self.handles:
                self.handles.popitem()[1].close()


class Watch:
    """
    Cuts the connections of every host whose time is over.

    One thread does it for all: a thread for each request cost as much as the request.
    """

    def __init__(self) -> None:
        """Watch nothing, and begin no thread, yet."""
        self._changed = threading.Condition()
        self._ends: dict[Host, float] = {}
        self._next = 0.0
        """When the thread looks again."""
        self._thread: threading.Thread | None = None

    def begin(self, host: Host, end: float) -> None:
        """Cut what `host` has open once it is `end` (monotonic)."""
        with self._changed:
            self._ends[host] = end
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            elif end < self._next:
                self._changed.notify()

    def end(self, host: Host) -> None:
        """Leave `host` alone: from now on nothing of it is cut."""
        with self._changed:
            self._ends.pop(host, None)

    def _run(self) -> None:
        with self._changed:
            while self._ends or self._waited():
                now = time.monotonic()
                for host in [h for h, end in self._ends.items() if end <= now]:
                    host.cut()
                    self._ends[host] = now + RECUT
                self._next = min(self._ends.values(), default=now)
                self._changed.wait(max(0.0, self._next - now))
            self._thread = None

    def _waited(self) -> bool:
        """Wait for something to watch; return whether anything came."""
        self._next = time.monotonic() + LINGER
        self._changed.wait(LINGER)
        return bool(self._ends)


_WATCH = Watch()


def _forked() -> None:
    """Begin anew in a child process: threads stay behind, and a lock may be held for good."""
    _WATCH.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_forked)


def _anonymous(request: Any) -> Any:
    """Send no credentials: requests would otherwise take them from ~/.netrc."""
    return request


def session(user_agent: str, policy: Policy, handles: Handles | None = None) -> requests.Session:
    """
    Return a session that asks what `policy` allows, at each request and each connection.

    It shows its sockets in `handles`. `Host.get` asks through its adapter alone, so that it
    keeps no cookies, sends no credentials and follows no redirect. The proxies of the
    environment (`HTTPS_PROXY`, `NO_PROXY`) are used.
    """
    import requests

    made = requests.Session()
    made.headers.update(
        {
            "User-Agent": user_agent,
            "Accept": "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.5",
            # Only what `body.unpack` unpacks.
            "Accept-Encoding": "gzip, deflate",
        }
    )
    adapter = _adapter(policy, {} if handles is None else handles)
    for scheme in ("http://", "https://"):
        made.mount(scheme, adapter)
    return made


def _adapter(policy: Policy, handles: Handles) -> Any:
    """Return an adapter that lets `policy` look at each request before anything is sent."""
    from requests.adapters import HTTPAdapter
    from requests.utils import select_proxy

    guarded, watched = _pools(policy, handles), _pools(None, handles)

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = guarded

        def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
            # The proxy is of this machine's own settings, and may well be a private address.
            manager = super().proxy_manager_for(*args, **options)
            manager.pool_classes_by_scheme = watched
            return manager

        def send(self, request: Any, *args: Any, **options: Any) -> Any:
            asked = policy.check(request.url)
            proxy = select_proxy(request.url, options.get("proxies"))
            if proxy:
                _check_proxy(proxy)
                _check_before_a_proxy(policy, asked)
            response = super().send(request, *args, **options)
            if proxy and response.status_code == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
                response.close()
                raise _no_proxy("the proxy asks for a user and a password", "give them in")
            return response

    return Adapter(pool_connections=1, pool_maxsize=1, max_retries=0)


def _check_proxy(proxy: str) -> None:
    """Refuse a kind of proxy that is not spoken here, before requests blames the page for it."""
    kind, sign, _ = proxy.partition("://")
    if sign and kind.lower() not in PORTS:
        said = f"a proxy of the kind {kind[:20]!r} cannot be used"
        raise _no_proxy(said, "name an HTTP proxy in")


def _no_proxy(said: str, hint: str) -> FetchError:
    """Say what is wrong with the proxy of the environment: nothing came of the page."""
    hint = f"{hint} HTTP_PROXY and HTTPS_PROXY"
    return FetchError(f"{said}: {hint}", failure=Failure.NO_NETWORK, hint=hint)


def _check_before_a_proxy(policy: Policy, asked: Address) -> None:
    """
    Look at what a name stands for here, where the proxy is to connect.

    The proxy chooses among the numbers of a name, so every one must be allowed. Behind some proxies
    this machine can look no name up; the proxy's own rules then decide.
    """
    with suppress(OSError):
        policy.check_numbers(asked.host, asked.port, NAME_PATIENCE)


def _pools(policy: Policy | None, handles: Handles) -> dict[str, Any]:
    """Return pools whose connections are watched, and guarded where there is a policy."""
    return {
        scheme: partial(kind, handles=handles, policy=policy)
        for scheme, kind in _pool_kinds().items()
    }


@cache
def _pool_kinds() -> dict[str, Callable[..., Any]]:
    """Make the classes once: urllib3 is imported late, and a class for each host is much memory."""
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    def watched(kind: type[Any]) -> type[Any]:
        class Watched(kind):  # type: ignore[misc]
            """A connection whose socket can be shut from outside, also while TLS begins."""

            response_class = _response_class()

            def __init__(
                self, *args: Any, handles: Handles, policy: Policy | None, **options: Any
            ) -> None:
                super().__init__(*args, **options)
                self.handles, self.policy = handles, policy

            def _new_conn(self) -> Any:
                raw = _connected(self, self.policy) if self.policy else super()._new_conn()
                if self in self.handles:  # the server closed it while it was idle
                    self.handles.pop(self).close()
                self.handles[self] = raw.dup()
                return raw

        return Watched

    def pool(kind: type[Any], connection: Callable[..., Any]) -> Callable[..., Any]:
        class Pool(kind):  # type: ignore[misc]
            """A pool of such connections."""

            def __init__(
                self, *args: Any, handles: Handles, policy: Policy | None, **options: Any
            ) -> None:
                super().__init__(*args, **options)
                self.ConnectionCls = partial(connection, handles=handles, policy=policy)

        return Pool

    return {
        "http": pool(HTTPConnectionPool, watched(HTTPConnection)),
        "https": pool(HTTPSConnectionPool, watched(HTTPSConnection)),
    }


def _connected(connection: Any, policy: Policy) -> socket.socket:
    """
    Connect to a number that `policy` has just looked at.

    The name stays the connection's own: TLS and the Host header go on using it.
    """
    from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
    from urllib3.util.connection import create_connection

    seconds = connection.timeout if isinstance(connection.timeout, int | float) else NAME_PATIENCE
    end = time.monotonic() + seconds
    try:
        numbers = policy.numbers(connection.host, connection.port, seconds)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    failure: OSError = TimeoutError(f"no address of {connection.host} answered")
    for number in numbers:
        left = end - time.monotonic()
        if left <= 0:
            break
        try:
            return create_connection(
                (str(number), connection.port), left, socket_options=connection.socket_options
            )
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, str(failure)) from failure
    raise NewConnectionError(connection, str(failure)) from failure


def _response_class() -> type[Any]:
    """Return a response that takes no line longer than `MAX_LINE`."""
    from http.client import HTTPResponse

    class Response(HTTPResponse):
        """Its headers are bounded by http.client; the lines between chunks were not."""

        def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
            super().__init__(sock, *args, **options)
            self.fp.close()
            self.fp = _Lines(sock.makefile("rb", buffering=0))

    return Response


class _Lines(BufferedReader):
    """A stream whose lines end."""

    def readline(self, size: int | None = -1) -> bytes:
        """Return a line, or the first `MAX_LINE` bytes of a longer one."""
        is_bounded = size is not None and 0 <= size <= MAX_LINE
        return super().readline(size if is_bounded else MAX_LINE)
