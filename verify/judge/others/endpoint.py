"""
One server that a person named, asked over HTTP within bounds.

Nothing of the surroundings takes part: no proxy, no netrc, no cookie, no redirect. The key goes
into one header and nowhere else.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from verify.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

# An answer of 1,000 tokens with its frame takes some 10 kB; models that think aloud send more.
MOST_BYTES = 1_000_000

# Two more tries, after these pauses, where the server says that it is busy or fails.
PAUSES = (0.5, 1.5)
LONGEST_PAUSE = 20.0
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 529})

MOST_OF_A_MESSAGE = 200
UNPRINTABLE = re.compile(r"[^\w\s.,:;!?'\"()\[\]{}/<>=+*%&#@_-]+|\s+")
UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"\u2028\u2029]")
KEY = re.compile(r"[\x21-\x7e]{1,4096}")


class Trouble(Exception):  # noqa: N818 (it never leaves this folder)
    """The server gave no answer; the message says why, for a reader."""

    def __init__(self, message: str, status: int | None = None) -> None:
        """Keep the HTTP status, so that a wrong key can be told from a busy server."""
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible server. `url` is what reports may show."""

    url: str
    parts: SplitResult = field(repr=False)
    key: str | None = field(default=None, repr=False)
    timeout: float = 60.0

    @classmethod
    def at(
        cls, url: str, *, key: str | None = None, timeout: float = 60.0, insecure: bool = False
    ) -> Endpoint:
        """Return the endpoint at an address that a person gave, or raise `SettingsError`."""
        parts = _checked(url)
        if parts.scheme == "http" and not insecure and not is_loopback(parts.hostname or ""):
            raise SettingsError(
                f"--judge-url would send text to {parts.hostname} over plain http",
                hint="give an https address, or ask for it with --judge-insecure",
            )
        if key is not None and not KEY.fullmatch(key):
            raise SettingsError(
                "VERIFY_JUDGE_KEY holds a character that no key has",
                hint="it is one word of ASCII, without quotation marks around it",
            )
        return cls(url.rstrip("/"), parts, key, timeout)

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine."""
        return is_loopback(self.parts.hostname or "")

    def post(self, path: str, payload: Mapping[str, Any]) -> Any:
        """
        Return the JSON that the server answers with, or raise `Trouble`.

        All tries together take no longer than `timeout`.
        """
        body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
        deadline = time.monotonic() + self.timeout
        for pause in (*PAUSES, None):
            try:
                status, wait, data = self._ask(path, body, deadline)
            except (OSError, HTTPException) as error:
                if time.monotonic() >= deadline:
                    raise Trouble(f"it gave no answer in {self.timeout:g} s") from None
                trouble = Trouble(self._hidden(f"it cannot be reached: {_words(error)}"))
            else:
                if status == 200:
                    return _json(data)
                trouble = Trouble(self._hidden(f"it answered {status}{_said(data)}"), status)
                if status not in PASSING:
                    raise trouble
                pause = None if pause is None else max(pause, wait)  # noqa: PLW2901
            if pause is None or pause > LONGEST_PAUSE or time.monotonic() + pause >= deadline:
                raise trouble
            time.sleep(pause)
        raise AssertionError

    def _ask(self, path: str, body: bytes, deadline: float) -> tuple[int, float, bytes]:
        """Ask once: return the status, how long to wait before the next try, and the body."""
        connection = self._connection(max(0.1, deadline - time.monotonic()))
        try:
            connection.connect()
            with _Alarm(connection, deadline):
                connection.request(
                    "POST", f"{self.parts.path.rstrip('/')}/{path}", body, self._headers()
                )
                response = connection.getresponse()
                return response.status, _pause(response), _body(response, deadline)
        finally:
            connection.close()

    def _connection(self, seconds: float) -> HTTPConnection:
        host, port = str(self.parts.hostname), self.parts.port
        if self.parts.scheme == "http":
            return HTTPConnection(host, port, timeout=seconds)
        return HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())

    def _headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "verify",
        }
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        return headers

    def _hidden(self, message: str) -> str:
        """Return a message without the key, which some servers repeat in their errors."""
        return message.replace(self.key, "***") if self.key else message


class _Alarm:
    """Cuts a connection at its deadline, however slowly the server drips."""

    def __init__(self, connection: HTTPConnection, deadline: float) -> None:
        self._socket = connection.sock
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._cut)
        self._timer.daemon = True

    def _cut(self) -> None:
        with suppress(OSError):  # it may be closed already
            self._socket.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its spelling."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


# --- the small steps --------------------------------------------------------------------


def _checked(url: str) -> SplitResult:
    """Return the parts of an address; its message shows no more of it than its host."""
    hint = "give its address up to and with /v1, such as http://127.0.0.1:11434/v1"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError("--judge-url is no address", hint=hint) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or UNSAFE.search(url):
        raise SettingsError("--judge-url is no http or https address", hint=hint)
    if port == 0:
        raise SettingsError("--judge-url names port 0", hint=hint)
    if "@" in parts.netloc:
        raise SettingsError(
            f"--judge-url carries a user name or password for {parts.hostname}",
            hint="give the key as VERIFY_JUDGE_KEY in the environment",
        )
    if parts.query or parts.fragment:
        raise SettingsError(
            f"--judge-url for {parts.hostname} goes on after its path",
            hint="a key belongs into VERIFY_JUDGE_KEY in the environment",
        )
    return parts


def _body(response: HTTPResponse, deadline: float) -> bytes:
    whole = bytearray()
    while chunk := response.read1(65_536):
        whole += chunk
        if len(whole) > MOST_BYTES:
            raise OSError(f"its answer is larger than {MOST_BYTES // 1_000_000} MB")
        if time.monotonic() >= deadline:
            raise TimeoutError("it is too slow")
    if time.monotonic() >= deadline:
        raise TimeoutError("it was cut off")  # what was read may be half an answer
    return bytes(whole)


def _pause(response: HTTPResponse) -> float:
    value = response.headers.get("Retry-After", "").strip()
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0.0


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise Trouble("its answer is no JSON, as an OpenAI-compatible server's would be") from None


def _said(data: bytes) -> str:
    """Return the beginning of what an error says, if it says so as these servers do."""
    try:
        error = json.loads(data[:MOST_BYTES])["error"]
        message = error["message"] if isinstance(error, dict) else error
    except (ValueError, RecursionError, KeyError, TypeError):
        return ""
    words = UNPRINTABLE.sub(" ", str(message)[: 4 * MOST_OF_A_MESSAGE]).strip()
    return f": {words[:MOST_OF_A_MESSAGE]}" if words else ""


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it is too slow"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return UNPRINTABLE.sub(" ", str(text)[:MOST_OF_A_MESSAGE]).strip().lower()
