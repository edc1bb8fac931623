"""
A real web server on loopback that misbehaves as real servers do.

Each path of `PAGES` is one behaviour. `Server` counts what it was asked, so that a test can
say how often, when and with which headers.
"""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlsplit

from verify.fetch.guard import Policy

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from types import TracebackType

ARTICLE = (
    '<!doctype html><html lang="fa"><head><meta charset="utf-8"><title>باران</title></head>'
    "<body><p>دیروز در شهر ساختگی ما باران بارید و خیابان‌ها خیس شدند.</p></body></html>"
)
UTF8 = ARTICLE.encode()
ARABIC_BYTES = (
    ARTICLE.replace('<meta charset="utf-8">', "").replace("ی", "ي").encode("windows-1256")
)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
HTML = "text/html; charset=utf-8"

LOOPBACK = Policy(allow_private=("127.0.0.1",))
"""What lets a fetcher ask this server; by default it may not."""

LONG = 30.0
"""Longer than any test waits; the handlers stop when the server does."""


@dataclass(frozen=True)
class Request:
    """What the server was asked, and when (monotonic)."""

    path: str
    headers: dict[str, str]
    moment: float


@dataclass
class Log:
    """Everything the server was asked."""

    requests: list[Request] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    redirect_bytes: int = 0

    def count(self, path: str) -> int:
        return sum(r.path == path for r in self.requests)

    def moments(self, path: str) -> list[float]:
        return [r.moment for r in self.requests if r.path == path]


class Handler(BaseHTTPRequestHandler):
    """Answers with the behaviour that the path names."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    log: Log
    pages: Mapping[str, Callable[[Handler], None]] = {}
    """What is served in place of `PAGES`."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.log.requests.append(Request(path, dict(self.headers), time.monotonic()))
        behaviour = (self.pages or PAGES).get(path)
        with suppress(OSError):
            if behaviour is None:
                self.answer(404)
            else:
                behaviour(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Keep the test's output clean."""

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """Send a whole response; header names are written with underscores."""
        self.send_response(status)
        headers.setdefault("Content_Length", str(len(body)))
        for name, value in headers.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, data: bytes, gap: float = 0.05) -> None:
        """Send byte after byte until the server closes or the peer goes away."""
        for value in data:
            if self.log.closing.wait(gap):
                break
            self.wfile.write(bytes([value]))
            self.wfile.flush()
        self.close_connection = True

    def hang(self) -> None:
        self.log.closing.wait(LONG)
        self.close_connection = True

    def reset(self) -> None:
        """Cut the connection with a reset instead of an end."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.wfile.flush()
        self.connection.close()
        self.close_connection = True

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.close_connection = True

    def times(self) -> int:
        """Return how often this path has been asked, this time included."""
        return self.log.count(urlsplit(self.path).path)

    def argument(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query)[name][0]


def page(body: bytes, content_type: str) -> Callable[[Handler], None]:
    """Return a behaviour that serves `body` as `content_type` (none where empty)."""
    return lambda h: h.answer(body=body, Content_Type=content_type)


def status(code: int, body: bytes = b"", **headers: str) -> Callable[[Handler], None]:
    return lambda h: h.answer(code, body, **headers)


def redirect(where: str, code: int = 302) -> Callable[[Handler], None]:
    return lambda h: h.answer(code, Location=where)


def first(times: int, trouble: Callable[[Handler], None]) -> Callable[[Handler], None]:
    """Return a behaviour that fails so many times and then serves the article."""
    return lambda h: trouble(h) if h.times() <= times else page(UTF8, HTML)(h)


def _slow_headers(h: Handler) -> None:
    h.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"a" * 5_000)


def _slow_body(h: Handler) -> None:
    h.send_response(200)
    h.send_header("Content-Type", HTML)
    h.send_header("Content-Length", "100000")
    h.end_headers()
    h.drip(b"<p>" + b"word " * 20_000)


def _slow_endless_body(h: Handler) -> None:
    """No length: the body ends where the connection does, so a cut looks like an end."""
    h.raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n")
    h.drip(b"<p>" + b"word " * 20_000)


def _reset_in_body(h: Handler) -> None:
    h.send_response(200)
    h.send_header("Content-Length", "100000")
    h.end_headers()
    h.wfile.write(b"<p>half a page")
    h.reset()


def _too_short(h: Handler) -> None:
    h.answer(body=b"<p>half a page", Content_Type=HTML, Content_Length="100000")
    h.close_connection = True


def _too_long(h: Handler) -> None:
    """Send more than the header says."""
    h.answer(body=UTF8 + b"rest" * 100, Content_Type=HTML, Content_Length=str(len(UTF8)))
    h.close_connection = True


@cache
def _bomb() -> bytes:
    """Return 100 MB of nothing, packed into half a megabyte."""
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()


def _gzip_bomb(h: Handler) -> None:
    h.answer(body=_bomb(), Content_Type=HTML, Content_Encoding="gzip")


def _huge_redirect(h: Handler) -> None:
    """Redirect with a body that nobody should read."""
    h.raw(b"HTTP/1.0 302 Found\r\nLocation: /ok\r\n\r\n")
    h.log.redirect_bytes = 0
    for _ in range(1_000):
        h.log.redirect_bytes += h.wfile.write(bytes(100_000))


def _huge(h: Handler) -> None:
    """Offer a gigabyte without saying how long it is."""
    h.raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n")
    block = b"<p>word</p>" * 10_000
    for _ in range(10_000):
        h.wfile.write(block)


def _endless_redirects(h: Handler) -> None:
    here = int(h.argument("n"))
    h.answer(302, Location=f"/endless-redirects?n={here + 1}")


def _cookie_wall(h: Handler) -> None:
    """Set a cookie, redirect to the same page, and show it to who brings the cookie."""
    if "seen=1" in h.headers.get("Cookie", ""):
        page(UTF8, HTML)(h)
    else:
        h.answer(302, Location="/cookie-wall", Set_Cookie="seen=1; Path=/")


def _chunked_nonsense(h: Handler) -> None:
    h.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n<p>text\r\n0\r\n\r\n")


def _chunked(h: Handler) -> None:
    h.raw(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n%b\r\n0\r\n\r\n" % (len(UTF8), UTF8)
    )


def _duplicate_headers(h: Handler) -> None:
    h.send_response(200)
    h.send_header("Content-Type", "text/html")
    h.send_header("Content-Type", "text/plain; charset=windows-1256")
    h.send_header("Content-Length", str(len(UTF8)))
    h.end_headers()
    h.wfile.write(UTF8)


def _deflated(window: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    return packer.compress(UTF8) + packer.flush()


PACKED = gzip.compress(UTF8, mtime=0)

PAGES: dict[str, Callable[[Handler], None]] = {
    "/ok": page(UTF8, HTML),
    "/plain": page(b"A plain text.\n\nIts second paragraph.", "text/plain"),
    "/no-charset": page(UTF8, "text/html"),
    "/no-type": page(UTF8, ""),
    "/wrong-utf8": page(ARABIC_BYTES, HTML),
    "/wrong-latin1": page(ARABIC_BYTES, "text/html; charset=ISO-8859-1"),
    "/wrong-1256": page(UTF8, "text/html; charset=windows-1256"),
    "/wrong-unknown": page(UTF8, "text/html; charset=no-such-charset"),
    "/wrong-codec": page(UTF8, "text/html; charset=unicode_escape"),
    "/right-1256": page(ARABIC_BYTES, "text/html; charset=windows-1256"),
    "/picture-as-html": page(PICTURE, HTML),
    "/picture": page(PICTURE, "image/png"),
    "/octets": page(UTF8, "application/octet-stream"),
    "/duplicate-headers": _duplicate_headers,
    "/gzip": status(200, PACKED, Content_Type=HTML, Content_Encoding="gzip"),
    "/gzip-members": status(200, PACKED + PACKED, Content_Type=HTML, Content_Encoding="x-gzip"),
    "/gzip-padded": status(200, PACKED + bytes(9), Content_Type=HTML, Content_Encoding="gzip"),
    "/gzip-not": status(200, UTF8, Content_Type=HTML, Content_Encoding="gzip"),
    "/gzip-truncated": status(200, PACKED[:-30], Content_Type=HTML, Content_Encoding="gzip"),
    "/gzip-broken": status(
        200, PACKED[:40] + bytes(60) + PACKED[100:], Content_Type=HTML, Content_Encoding="gzip"
    ),
    "/gzip-bomb": _gzip_bomb,
    "/deflate": status(200, _deflated(15), Content_Type=HTML, Content_Encoding="deflate"),
    "/deflate-raw": status(200, _deflated(-15), Content_Type=HTML, Content_Encoding="deflate"),
    "/brotli": status(200, b"\x0b\x02\x80<p>\x03", Content_Type=HTML, Content_Encoding="br"),
    "/slow-headers": _slow_headers,
    "/slow-body": _slow_body,
    "/slow-endless-body": _slow_endless_body,
    "/hangs": Handler.hang,
    "/resets": Handler.reset,
    "/reset-in-body": _reset_in_body,
    "/reset-once": first(1, Handler.reset),
    "/too-short": _too_short,
    "/too-long": _too_long,
    "/huge": _huge,
    "/chunked": _chunked,
    "/chunked-nonsense": _chunked_nonsense,
    "/http-0.9": lambda h: h.raw(b"<p>no status line at all"),
    "/http-1.0": lambda h: h.raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + UTF8),
    "/bad-status-line": lambda h: h.raw(b"HTTP/1.1 two hundred\r\n\r\n"),
    "/huge-header": lambda h: h.raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n"),
    "/many-headers": lambda h: h.raw(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 5_000 + b"\r\n" + UTF8),
    "/bad-length": lambda h: h.raw(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + UTF8),
    "/bytes-in-headers": lambda h: h.raw(
        b"HTTP/1.0 200 OK\r\nContent-Type: text/\xff\xfe\r\nX-\xd8\xa7: \x80\r\n\r\n" + UTF8
    ),
    "/closes": lambda h: h.raw(b""),
    "/empty": status(200, Content_Type=HTML),
    "/no-content": status(204),
    "/accepted": status(202, UTF8, Content_Type=HTML),
    "/partial": status(206, UTF8, Content_Type=HTML, Content_Range="bytes 0-10/99"),
    "/to-ok": redirect("/ok", 301),
    "/to-ok-307": redirect("/ok", 307),
    "/to-ok-308": redirect("/ok", 308),
    "/to-ok-twice": redirect("/to-ok"),
    "/to-relative": redirect("ok"),
    "/to-persian": redirect("/خبر".encode().decode("latin-1")),
    "/خبر": page(UTF8, HTML),
    "/%D8%AE%D8%A8%D8%B1": page(UTF8, HTML),
    "/loop": redirect("/loop-back"),
    "/loop-back": redirect("/loop"),
    "/loop-self": redirect("/loop-self"),
    "/endless-redirects": _endless_redirects,
    "/cookie-wall": _cookie_wall,
    "/huge-redirect": _huge_redirect,
    "/to-file": redirect("file:///etc/hostname"),
    "/to-ftp": redirect("ftp://127.0.0.1/secret"),
    "/to-script": redirect("javascript:alert(1)"),
    "/to-data": redirect("data:text/html,<p>here"),
    "/to-user": redirect("http://user:word@127.0.0.1/"),
    "/to-nonsense": redirect("http://[::1/"),
    "/to-port": redirect("http://127.0.0.1:99999999/"),
    "/to-nowhere": status(302),
    "/choices": status(300, b"<p>Choose.</p>", Content_Type=HTML),
    "/not-modified": status(304),
    "/bad-request": status(400),
    "/unauthorized": status(401),
    "/payment": status(402),
    "/forbidden": status(403),
    "/not-found": status(404),
    "/not-acceptable": status(406),
    "/request-timeout": status(408),
    "/gone": status(410),
    "/too-many": status(429),
    "/too-many-for-long": status(429, Retry_After="86400"),
    "/too-many-once": first(1, status(429, Retry_After="1")),
    "/law": status(451),
    "/linkedin": status(999),
    "/challenge": status(503, b"Just a moment...", cf_mitigated="challenge"),
    "/challenge-202": status(202, b"<p>wait", x_amzn_waf_action="challenge"),
    "/broken": status(500),
    "/not-implemented": status(501),
    "/unavailable": status(503),
    "/unavailable-once": first(1, status(503, Retry_After="0")),
    "/unavailable-until": first(1, status(503, Retry_After="Fri, 31 Dec 1999 23:59:59 GMT")),
    "/strange-status": lambda h: h.raw(b"HTTP/1.1 799 What\r\nContent-Length: 0\r\n\r\n"),
}


class QuietServer(ThreadingHTTPServer):
    """Says nothing of peers that go away, which is what half the tests have them do."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep the test's output clean."""


class Server:
    """Serves `PAGES` on a free port of 127.0.0.1 for as long as the `with` block lasts."""

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        pages: Mapping[str, Callable[[Handler], None]] | None = None,
    ) -> None:
        self.log = Log()
        handler = type("LoggingHandler", (Handler,), {"log": self.log, "pages": pages or {}})
        self._server = QuietServer(("127.0.0.1", 0), handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        return self._server.server_port

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.log.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
