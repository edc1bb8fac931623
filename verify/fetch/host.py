"""One web host: its session, its turn, and a watch over its sockets."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests


Handles: TypeAlias = "dict[Any, socket.socket]"
"""A second handle of the socket of each open connection."""


class Host:
    """
    One host that we ask, one request at a time.

    The lock keeps its session to one thread and its requests in single file; `ready` is the
    moment (monotonic) before which it must not be asked again.
    """

    def __init__(self, user_agent: str) -> None:
        """Open no connection yet."""
        self.lock = threading.Lock()
        self.ready = 0.0
        self.handles: Handles = {}
        self.session = _session(user_agent, self.handles)

    @contextmanager
    def turn(self, delay: float) -> Iterator[None]:
        """Wait for this host's turn; afterwards it rests for `delay` seconds."""
        with self.lock:
            time.sleep(max(0.0, self.ready - time.monotonic()))
            try:
                yield
            finally:
                self.ready = max(self.ready, time.monotonic() + delay)

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

        def cut() -> None:
            for handle in tuple(self.handles.values()):
                with suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(seconds, 0.0), cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._drop_closed()

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


def _anonymous(request: Any) -> Any:
    """Send no credentials: requests would otherwise take them from ~/.netrc."""
    return request


def _session(user_agent: str, handles: Handles) -> requests.Session:
    """Return a session that keeps no cookies, sends no credentials, and shows its sockets."""
    from http.cookiejar import DefaultCookiePolicy

    import requests

    class Session(requests.Session):
        """Left alone, requests reads the whole body of a redirect, however long it is."""

        def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
            return None

    session = Session()
    session.headers.update(
        {
            "User-Agent": user_agent,
            "Accept": "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.5",
            # Only what `body.unpack` unpacks.
            "Accept-Encoding": "gzip, deflate",
        }
    )
    session.auth = _anonymous
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    adapter = _adapter(handles)
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session


def _adapter(handles: Handles) -> Any:
    """Return an adapter that puts a second handle of each socket that it opens into `handles`."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    def watched(kind: type[Any]) -> type[Any]:
        class Watched(kind):  # type: ignore[misc]
            """A connection whose socket can be shut from outside, also while TLS begins."""

            def _new_conn(self) -> Any:
                raw = super()._new_conn()
                if self in handles:  # the server closed it while it was idle
                    handles.pop(self).close()
                handles[self] = raw.dup()
                return raw

        return Watched

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = watched(HTTPConnection)

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = watched(HTTPSConnection)

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    return Adapter(pool_connections=1, pool_maxsize=1, max_retries=0)
