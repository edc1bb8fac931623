"""
How fast pages are fetched and recorded, beside bare `requests` with as many threads.

Run: python -m benchmarks.fetching [PAGES] [HOSTS]. All on loopback: the pages come from a server
in a process of its own, and every host name is resolved to it. robots.txt is asked for by neither:
in a real run it is one request more for each host.
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.fetch.guard import Policy
from verify.fetch.live import LiveFetcher
from verify.fetch.recorded import newest_page
from verify.fetch.store import Store
from verify.model import Position, Source, SourceId

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

THREADS = 8
"""The tool's own default (`--jobs`)."""

SIZE = 30_000
"""Bytes of one page: what the HTML of a plain news article has; chosen."""

SLICE = 200
"""Pages that one of the two fetches before it is the other's turn: a few tenths of a second."""

LEAST = 0.8
"""Of the speed of bare requests: the floor."""

MOST_GROWTH = 0.2
"""Of memory, from a tenth of the pages to all of them: the floor."""


class Pages(BaseHTTPRequestHandler):
    """Gives a page that is another for each address, and an ETag with it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer, with 304 where the page is known."""
        etag = f'"{hash(self.path)}"'
        known = self.headers.get("If-None-Match") == etag
        head = f"<html><body><p>{self.path}</p>".encode()
        body = b"" if known else head + b"<p>word word word</p>" * ((SIZE - len(head)) // 21)
        self.send_response(304 if known else 200)
        self.send_header("ETag", etag)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Say nothing."""


def serve(pipe: Connection) -> None:
    """Serve pages until the process is ended."""
    ThreadingHTTPServer.request_queue_size = 512
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    pipe.send(server.server_port)
    server.serve_forever()


def resident() -> float:
    """Return the megabytes of memory that this process holds."""
    gc.collect()
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000
    return 0.0


def bare(addresses: list[str]) -> float:
    """Fetch with requests alone, a session a thread; return the seconds that it took."""
    import socket
    import threading

    import requests

    asked, local = socket.getaddrinfo, threading.local()
    socket.getaddrinfo = lambda _, *rest, **options: asked("127.0.0.1", *rest, **options)

    def get(address: str) -> int:
        if not hasattr(local, "session"):
            local.session = requests.Session()
        answer = local.session.get(address, timeout=30)
        answer.raise_for_status()
        return len(answer.content)

    try:
        return _seconds(get, addresses)
    finally:
        socket.getaddrinfo = asked


def ours(addresses: list[str], live: LiveFetcher) -> float:
    """Fetch and record; return the seconds that it took."""
    source = Source(SourceId("s"), ("1",), Path("x"), Position(1, 1))
    return _seconds(lambda address: len(live.fetch(source, address).body), addresses)


def _seconds(get: Any, addresses: list[str]) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        sizes = list(pool.map(get, addresses))
    assert len(sizes) == len(addresses)
    assert min(sizes) > SIZE // 2
    return time.perf_counter() - began


@dataclass
class Race:
    """
    Ours beside bare requests, in turns of a few hundred pages.

    A machine that does other things meanwhile is as slow for the one as for the other.
    """

    pages: int = 0
    ours: float = 0.0
    bare: float = 0.0

    def run(self, addresses: list[str], live: LiveFetcher) -> None:
        """Let both fetch every address, a slice each in turn."""
        for first in range(0, len(addresses), SLICE):
            part = addresses[first : first + SLICE]
            self.bare += bare(part)
            self.ours += ours(part, live)
            self.pages += len(part)

    @property
    def share(self) -> float:
        """Return our speed as a share of that of bare requests."""
        return self.bare / self.ours

    def __str__(self) -> str:
        """Show both speeds."""
        return (
            f"{self.pages / self.ours:7.0f} pages/s, bare requests "
            f"{self.pages / self.bare:5.0f} ({self.share:.2f})"
        )


def fetcher(store: Store) -> LiveFetcher:
    """Return the tool's fetcher, with no pause between requests."""
    policy = Policy(("127.0.0.0/8", "10.0.0.0/8"), resolve=lambda *_: ["127.0.0.1"])
    return LiveFetcher(
        delay=0, retries=0, policy=policy, record=store.record,
        recorded=lambda address: newest_page(store, address),
    )  # fmt: skip


def main(pages: int = 2_000, hosts: int = 200) -> int:
    """Measure, print, and return 1 where a floor is missed."""
    ours_end, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    port = ours_end.recv()
    named = [f"http://host-{n % hosts}.town.org:{port}/page/{n}" for n in range(pages)]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        cold, warm = Race(), Race()
        with closing(fetcher(store)) as live:
            cold.run(named[: pages // 10], live)
            little = resident()
            cold.run(named[pages // 10 :], live)
            much = resident()
            warm.run(named, live)
    server.terminate()
    growth = much / little - 1
    print(f"{pages} pages of {SIZE // 1000} kB, {hosts} hosts, {THREADS} threads")
    print(f"cold {cold}; recording WARC")
    print(f"warm {warm}; by 304 and revisit records")
    print(
        f"memory {little:.0f} MB after {pages // 10} pages, {much:.0f} MB after all ({growth:+.0%})"
    )
    return int(min(cold.share, warm.share) < LEAST or growth > MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
