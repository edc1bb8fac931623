"""
More that a web server may do: behaviours beyond `tests.server.PAGES`, with what must come of each.

`ALIVE` servers show their page or something else, and must never be called gone or unreachable;
`BROKEN` ones speak no HTTP that could be read to its end.
"""

from __future__ import annotations

import gzip
import zlib
from functools import cache
from typing import TYPE_CHECKING

from tests.server import HTML, PACKED, UTF8, first, page, redirect, status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server import Handler

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def raw(data: bytes) -> Callable[[Handler], None]:
    """Return a behaviour that sends these bytes and goes away."""
    return lambda h: h.raw(data)


def _repeat(start: bytes, piece: bytes, times: int = 20_000) -> Callable[[Handler], None]:
    """Return a behaviour that begins and then says the same thing for as long as it can."""

    def behaviour(h: Handler) -> None:
        h.raw(start)
        for _ in range(times):
            if h.log.closing.is_set():
                return
            h.wfile.write(piece)

    return behaviour


@cache
def _deflate_bomb() -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(60)) + packer.flush()


@cache
def _double_bomb() -> bytes:
    return gzip.compress(gzip.compress(bytes(60_000_000)))


def _meta(where: str) -> bytes:
    return f'<html><head><meta http-equiv="refresh" content="0;url={where}"></head></html>'.encode()


def _cookies(h: Handler) -> None:
    h.send_response(302)
    h.send_header("Location", "/ok-after-cookies")
    for number in range(60):
        h.send_header("Set-Cookie", f"n{number}={'x' * 900}; Path=/")
    h.send_header("Content-Length", "0")
    h.end_headers()


def _closes_between(h: Handler) -> None:
    """Promise to keep the connection, and close it."""
    h.wfile.write(HEAD + b"Connection: keep-alive\r\nContent-Length: %d\r\n\r\n" % len(UTF8) + UTF8)
    h.close_connection = True


def _long_wait(h: Handler) -> None:
    """Say nothing for a while, then answer well, within the time."""
    h.log.closing.wait(0.4)
    page(UTF8, HTML)(h)


def _cookie_forever(h: Handler) -> None:
    """Redirect to itself with another cookie each time."""
    h.answer(302, Location="/cookie-forever", Set_Cookie=f"seen={h.times()}; Path=/")


def _resets_late(h: Handler) -> None:
    h.wfile.write(HEAD)
    h.reset()


BIG = b"<p>" + "باران ".encode() * 40_000

ALIVE: dict[str, Callable[[Handler], None]] = {
    # what is sent as a page, and is one or not
    "/soft-404": page(b"<h1>Page not found</h1><p>Sorry, this page does not exist.</p>", HTML),
    "/consent": page(b"<form><p>We value your privacy.</p><button>Accept</button></form>", HTML),
    "/script-only": page(b"<div id=app></div><script>render()</script>", HTML),
    "/meta-refresh-metadata": page(_meta("http://169.254.169.254/"), HTML),
    "/meta-refresh-self": page(_meta("/meta-refresh-self"), HTML),
    "/frames": page(b"<frameset><frame src='http://10.0.0.1/'></frameset>", HTML),
    "/nested": page(b"<div>" * 10_000 + UTF8 + b"</div>" * 10_000, HTML),
    "/nested-inline": page(b"<b><i>" * 20_000 + b"word", HTML),
    "/tags": page(b"<p>x" * 300_000, HTML),
    "/attributes": page(b"<p " + b"a" * 900_000 + b">word</p>", HTML),
    "/many-attributes": page(b"<p " + b"".join(b"a%d=b " % n for n in range(60_000)) + b">", HTML),
    "/entities": page(b"&amp;lt;" * 100_000, HTML),
    "/xml-bomb": page(
        b'<!DOCTYPE a [<!ENTITY b "word word"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">'
        b'<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><html><p>&d;&d;&d;</p></html>',
        "application/xhtml+xml",
    ),
    "/xml-outside": page(
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><html><p>&b;</p></html>',
        "application/xhtml+xml",
    ),
    "/json-ld-deep": page(
        b"<script type='application/ld+json'>" + b"[" * 90_000 + b"</script><p>word</p>", HTML
    ),
    "/one-line": page(BIG, HTML),
    "/blanks": page(b"<p>word" + b" " * 800_000 + b"word</p>", HTML),
    "/marks": page(("<p>" + "\u0301" * 100_000).encode(), HTML),
    "/unclosed": page(b"<html><body><p>word <!-- and then nothing", HTML),
    "/nulls": page(b"\x00".join(b"<p>word</p>" for _ in range(50)), HTML),
    "/wide": page("<p>باران بارید.</p>".encode("utf-16"), "text/html"),
    "/wide-lie": page(UTF8, "text/html; charset=utf-16"),
    "/seven-bits": page(b"<p>+BiguBg-</p>", "text/html; charset=utf-7"),
    "/charset-long": page(UTF8, "text/html; charset=" + "a" * 5_000),
    "/type-nonsense": page(UTF8, ";;;,,,"),
    "/pdf-as-html": page(b"%PDF-1.7\n%%EOF", HTML),
    "/html-as-pdf": page(UTF8, "application/pdf"),
    "/zip-as-text": page(b"PK\x03\x04" + bytes(100), "text/plain"),
    "/binary-text": page(bytes(range(256)) * 40, "text/plain; charset=utf-8"),
    "/video": page(bytes(1_000), "video/mp4"),
    "/json": page(b'{"a": 1}', "application/json"),
    "/download": lambda h: h.answer(
        200, UTF8, Content_Type=HTML, Content_Disposition="attachment; filename=../../x"
    ),
    # packing
    "/gzip-twice": status(
        200, gzip.compress(PACKED), Content_Type=HTML, Content_Encoding="gzip, gzip"
    ),
    "/gzip-twice-bomb": lambda h: h.answer(
        200, _double_bomb(), Content_Type=HTML, Content_Encoding="gzip, gzip"
    ),
    "/deflate-bomb": lambda h: h.answer(
        200, _deflate_bomb(), Content_Type=HTML, Content_Encoding="deflate"
    ),
    "/gzip-capitals": status(200, PACKED, Content_Type=HTML, Content_Encoding=" GZIP "),
    "/identity-gzip": status(200, PACKED, Content_Type=HTML, Content_Encoding="identity, gzip"),
    "/many-encodings": status(200, UTF8, Content_Type=HTML, Content_Encoding="gzip," * 500),
    "/unknown-encoding": status(200, UTF8, Content_Type=HTML, Content_Encoding="zstd"),
    "/members-by-thousands": status(
        200, gzip.compress(b"a") * 5_000, Content_Type=HTML, Content_Encoding="gzip"
    ),
    # lengths and headers
    "/length-zero-body": lambda h: h.raw(HEAD + b"Content-Length: 0\r\n\r\n" + UTF8),
    "/length-plus": raw(HEAD + b"Content-Length: +%d\r\n\r\n" % len(UTF8) + UTF8),
    "/length-negative": raw(HEAD + b"Content-Length: -5\r\n\r\n" + UTF8),
    "/length-and-chunks": raw(
        HEAD
        + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n%b\r\n0\r\n\r\n" % (len(UTF8), UTF8)
    ),
    "/header-folded": raw(HEAD + b"X-Long: one\r\n two\r\n\r\n" + UTF8),
    "/header-nul": raw(HEAD + b"X-Nul: a\x00b\r\n\r\n" + UTF8),
    "/header-no-colon": raw(HEAD + b"no colon here\r\n\r\n" + UTF8),
    "/line-feeds-only": raw(HEAD.replace(b"\r", b"") + b"\n" + UTF8),
    "/chunk-extension": raw(CHUNKED + b"%x;a=b\r\n%b\r\n0\r\n\r\n" % (len(UTF8), UTF8)),
    "/chunk-trailers": raw(CHUNKED + b"%x\r\n%b\r\n0\r\nX: 1\r\n\r\n" % (len(UTF8), UTF8)),
    "/chunks-of-one": raw(CHUNKED + b"".join(b"1\r\n%c\r\n" % b for b in UTF8) + b"0\r\n\r\n"),
    "/chunks-empty": raw(CHUNKED + b"0\r\n\r\n"),
    "/http-1.0-keep": raw(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n" + UTF8),
    "/http-1.2": raw(b"HTTP/1.2 200 OK\r\nContent-Length: 4\r\n\r\nword"),
    "/reason-missing": raw(b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\nword"),
    "/reason-hostile": raw(b"HTTP/1.1 404 \x1b[31mfine\x1b[0m\r\nContent-Length: 0\r\n\r\n"),
    "/hints": raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + HEAD + b"\r\n" + UTF8),
    "/continue": raw(b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"\r\n" + UTF8),
    "/closes-between": _closes_between,
    "/long-wait": _long_wait,
    "/error-once": first(1, status(500)),
    "/reset-content": status(205),
    # statuses
    "/multiple-choices": status(300, UTF8, Content_Type=HTML),
    "/use-proxy": status(305, Location="http://10.0.0.1:3128/"),
    "/switching": raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
    "/teapot": status(418),
    "/misdirected": status(421),
    "/legal": status(451, b"<p>Not shown in your country.", Content_Type=HTML),
    "/origin-down": status(522, b"<p>522", Content_Type=HTML),
    "/not-implemented-page": status(501, UTF8, Content_Type=HTML),
    # where redirects lead
    "/to-metadata": redirect("http://169.254.169.254/latest/meta-data/"),
    "/to-metadata-name": redirect("http://metadata.google.internal/"),
    "/to-metadata-decimal": redirect("http://2852039166/latest/"),
    "/to-private": redirect("http://10.0.0.1/admin"),
    "/to-loopback-six": redirect("http://[::1]:1/"),
    "/to-mapped": redirect("http://[::ffff:169.254.169.254]/"),
    "/to-localhost-port": redirect("http://0177.0.0.1:22/"),
    "/to-other-loopback": redirect("http://127.0.0.9/"),
    "/to-mail": redirect("mailto:somebody@example.org"),
    "/to-long": redirect("/" + "a" * 60_000),
    "/to-lines": raw(b"HTTP/1.1 302 Found\r\nLocation: /a\r\n\tX: 1\r\nContent-Length: 0\r\n\r\n"),
    "/to-twice": raw(
        b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nLocation: http://10.0.0.2/\r\n"
        b"Content-Length: 0\r\n\r\n"
    ),
    "/to-empty": raw(b"HTTP/1.1 302 Found\r\nLocation:\r\nContent-Length: 0\r\n\r\n"),
    "/to-fragment": redirect("#here"),
    "/to-backslash": redirect("http:\\\\10.0.0.1\\"),
    "/cookies": _cookies,
    "/ok-after-cookies": page(UTF8, HTML),
    "/cookie-forever": _cookie_forever,
    "/cookie-nonsense": lambda h: h.answer(
        200, UTF8, Content_Type=HTML, Set_Cookie='=;;;="\x80; Domain=.com; Max-Age=x'
    ),
}

BROKEN: dict[str, Callable[[Handler], None]] = {
    "/banner-ssh": raw(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "/banner-smtp": raw(b"220 mail.example ESMTP\r\n"),
    "/tls-alert": raw(b"\x15\x03\x01\x00\x02\x02\x46"),
    "/half-status": raw(b"HTTP/1."),
    "/half-headers": raw(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "/chunk-half": raw(CHUNKED + b"ffff\r\n<p>half"),
    "/chunk-huge": raw(CHUNKED + b"f" * 40 + b"\r\n<p>word"),
    "/chunk-negative": raw(CHUNKED + b"-5\r\n<p>word"),
    "/chunk-no-end": raw(CHUNKED + b"4\r\n<p>w\r\n"),
    "/chunk-line-endless": _repeat(CHUNKED, b"1" * 60_000),
    "/chunk-extension-endless": _repeat(CHUNKED + b"5;", b"a" * 60_000),
    "/chunk-trailers-endless": _repeat(CHUNKED + b"4\r\n<p>w\r\n0\r\n", b"X: 1\r\n" * 500),
    "/continue-endless": _repeat(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 200),
    "/status-endless": _repeat(b"HTTP/1.1 200 ", b"a" * 60_000),
    "/header-endless": _repeat(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 60_000),
    "/headers-endless": _repeat(b"HTTP/1.1 200 OK\r\n", b"X: 1\r\n" * 500),
    "/length-huge": raw(HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n<p>word"),
    "/lengths-differ": raw(HEAD + b"Content-Length: 5\r\nContent-Length: 500\r\n\r\n<p>wo"),
    "/gzip-empty-claim": status(200, b"\x1f\x8b", Content_Type=HTML, Content_Encoding="gzip"),
    "/deflate-rubbish": status(200, b"\xff" * 50, Content_Type=HTML, Content_Encoding="deflate"),
    "/resets-late": _resets_late,
}

STRANGE = ALIVE | BROKEN
