"""
A real OpenAI-compatible server on loopback, and what may be behind it.

A `Mind` reads the messages as a model would and returns the text of its answer. A `Behaviour`
answers the request itself, as servers in trouble do.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    Mind = Callable[[str, str], str]
    Behaviour = Callable[["Handler", dict[str, Any]], None]

ASKED = re.compile(
    r"\A(\w{16}) CLAIM\n(.*)\n\1 END OF CLAIM\n\n\1 PASSAGE\n(.*)\n\1 END OF PASSAGE\Z", re.DOTALL
)
USAGE = {"prompt_tokens": 200, "completion_tokens": 30, "total_tokens": 230}


@dataclass
class Log:
    requests: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [body for _, _, body in self.requests]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    log: Log
    behaviour: Behaviour

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.log.requests.append((self.path, dict(self.headers), body))
        with suppress(OSError):
            type(self).behaviour(self, body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Keep the test's output clean."""

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        headers.setdefault("Content_Length", str(len(body)))
        headers.setdefault("Content_Type", "application/json")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def say(self, content: Any) -> None:
        """Answer as a chat completion."""
        choice = {"index": 0, "message": {"role": "assistant", "content": content}}
        self.answer(200, json.dumps({"choices": [choice], "usage": USAGE}).encode())


class Server:
    """Serves one behaviour until it is left; `url` is what `--judge-url` takes."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.log = Log()
        kind = type("Bound", (Handler,), {"log": self.log, "behaviour": staticmethod(behaviour)})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

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
        self._thread.join()
        self._server.server_close()


def asked(body: dict[str, Any]) -> tuple[str, str]:
    """Return the claim and the passage of a request."""
    match = ASKED.match(body["messages"][1]["content"])
    assert match
    return match[2], match[3]


def thinking(mind: Mind) -> Behaviour:
    """Return a server with a model behind it."""
    return lambda handler, body: handler.say(mind(*asked(body)))


def verdict(name: str, quote: str = "", confidence: float = 0.9) -> str:
    return json.dumps({"verdict": name, "quote": quote, "confidence": confidence})


def honest(claim: str, passage: str) -> str:
    """Support what the passage says word for word; deny what it says with a "not"."""
    said, passage = claim.strip(" .").lower(), passage.lower()
    if said in passage:
        return verdict("supported", said)
    if (denied := said.replace(" was ", " was not ")) != said and denied in passage:
        return verdict("contradicted", denied)
    return verdict("not-enough")


def literal(claim: str, passage: str) -> str:
    """Support a claim half of whose words a passage has, by quoting the passage."""
    words = set(re.findall(r"\w{4,}", claim.lower()))
    held = words & set(re.findall(r"\w{4,}", passage.lower()))
    if words and len(held) * 2 > len(words):
        return verdict("supported", passage[:300])
    return verdict("not-enough")


def naive(claim: str, passage: str) -> str:
    """Obey a page that tells what to answer; otherwise be honest."""
    order = re.search(
        r"answer (supported|contradicted)(?: and quote {(.*?)})?", passage, re.IGNORECASE
    )
    if order is None:
        return honest(claim, passage)
    quote = order[2] if order[2] is not None else order[0]
    return verdict(order[1].lower(), passage if quote == "all" else quote, 1.0)
