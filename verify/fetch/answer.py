"""What a web server said, or failed to say, in our own words: the border to requests."""

from __future__ import annotations

import errno
import http.client
import re
import socket
import ssl
import traceback
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.errors import FetchError
from verify.faults import fault
from verify.model import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

REDIRECTS = frozenset({301, 302, 303, 307, 308})

TEMPORARY = frozenset({429, 500, 502, 503, 504})
"""Statuses that may be another tomorrow, or in a second (RFC 9110, RFC 6585)."""

KINDS = {
    204: Failure.EMPTY,
    205: Failure.EMPTY,
    206: Failure.UNREADABLE,  # a part, though the whole was asked for
    404: Failure.GONE,
    408: Failure.TIMEOUT,
    410: Failure.GONE,
    999: Failure.BLOCKED,  # a bot wall's own invention
}
"""What single statuses mean. All other 4xx (401, 403, 429, 451, and 406 or 418 from bot walls)
are a server that is there and will not show the page to us; it may well show it to a reader."""

OTHERWISE = {4: Failure.BLOCKED, 5: Failure.SERVER_ERROR}
"""What is left means that a server is there and says something else: a choice of pages (300), that
nothing has changed though nobody asked (304), or a status of its own."""

LIBRARIES = frozenset({"requests", "urllib3", "http"})
"""Those that speak HTTP for us, by their folders. Odd answers make them raise whatever comes."""

OUR_NETWORK = frozenset({errno.ENETDOWN, errno.ENETUNREACH, errno.EADDRNOTAVAIL})
"""How connecting fails where this machine has no way out, and nothing was sent."""

OUR_NAMES = frozenset({socket.EAI_AGAIN, socket.EAI_SYSTEM, socket.EAI_MEMORY})
"""How looking a name up fails where no name server answered: the name may well be known."""

WALLS = {"cf-mitigated": "challenge", "x-amzn-waf-action": "", "x-datadome": ""}
"""Headers by which bot walls name themselves, with the value that matters."""

UNKNOWN = "application/octet-stream"
"""What RFC 9110, section 8.3, lets us assume of a body without a type."""

MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,120}")
CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)


HEADER = re.compile(r"[\x20-\x7e]{1,500}")
"""A recorded header that may be sent back: it cannot begin another line."""

OF_THE_BODY = frozenset(
    {"content-length", "content-encoding", "content-type", "content-range", "transfer-encoding"}
)
"""Headers that a 304, which has no body, cannot change."""


LONGEST_WAIT = 31_536_000.0
"""A year: whoever asks to come back later than that is not asked again in any run."""


class TemporaryError(FetchError):
    """Trouble that may pass; `wait` is how many seconds the server asked for."""

    wait: float | None = None


class BusyError(FetchError):
    """The server asked us to come back later than a run waits. It is there, so it is not dead."""

    @classmethod
    def after(cls, trouble: FetchError, wait: float) -> BusyError:
        """Give up at once what was answered with `trouble` and a long `Retry-After`."""
        said = f"{trouble}: busy, and asks to come back in {wait:.0f} s"
        return cls(said, failure=Failure.BLOCKED, status=trouble.status)

    @classmethod
    def still(cls, wait: float) -> BusyError:
        """Leave a host in peace that asked for it earlier in this run."""
        said = f"not asked: its server was busy before, and asks to come back in {wait:.0f} s"
        return cls(said, failure=Failure.BLOCKED)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: a body, or the `location` of a redirect."""

    status: int
    media_type: str
    charset: str | None
    body: bytes = b""
    location: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""


def answer(response: Any, *, body: bytes = b"", location: str | None = None) -> Answer:
    """Return the parts of a `requests` response that we use."""
    read = from_headers(response.status_code, response.headers, body)
    return replace(read, location=location)


def from_headers(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """Return an answer that has a body."""
    lowered = {name.lower(): value for name, value in headers.items()}
    media_type, charset = content_type(lowered.get("content-type", ""))
    return Answer(status, media_type, charset, body, headers=lowered)


def validators(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what asks a server for a page only where it is not the one with these headers."""
    fields = {name.lower(): value for name, value in headers}
    asked = {"If-None-Match": fields.get("etag"), "If-Modified-Since": fields.get("last-modified")}
    return {name: value for name, value in asked.items() if value and HEADER.fullmatch(value)}


def freshened(
    known: Iterable[tuple[str, str]], fresh: Iterable[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """Put a 304's headers into those of the answer that it stands for."""
    news = {str(k): str(v) for k, v in fresh if str(k).lower() not in OF_THE_BODY}
    changed = {name.lower() for name in news}
    return (*((k, v) for k, v in known if k.lower() not in changed), *news.items())


def content_type(header: str) -> tuple[str, str | None]:
    """Return the media type and the charset; of a header sent twice, the first type counts."""
    media_type = re.split(r"[;,]", header[:500], maxsplit=1)[0].strip().lower()
    charset = CHARSET.search(header[:500])
    return (
        media_type if MEDIA_TYPE.fullmatch(media_type) else UNKNOWN,
        charset[1].lower() if charset else None,
    )


def location(response: Any) -> str | None:
    """Return where a redirect leads, or `None` where the response is none."""
    if response.status_code not in REDIRECTS:
        return None
    where: str | None = response.raw.headers.get("Location")
    if not where:
        raise FetchError(
            f"{named(response.status_code)} without an address",
            failure=Failure.REDIRECTS,
            status=response.status_code,
        )
    try:
        # http.client reads headers as latin-1; servers write UTF-8 into this one.
        return where.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return where


def failure(response: Any) -> FetchError | None:
    """Return what a status means where it means that there is no page."""
    status = response.status_code
    kind = _kind(status, response.headers)
    if kind is None:
        return None
    note = " (blocked is not dead)" if kind is Failure.BLOCKED else ""
    sort = TemporaryError if status in TEMPORARY else FetchError
    error = sort(f"{named(status)}{note}", failure=kind, status=status)
    # What an archive replays of another server asks nothing for the archive.
    if isinstance(error, TemporaryError) and "Memento-Datetime" not in response.headers:
        error.wait = retry_after(response.headers)
    return error


def _kind(status: int, headers: Mapping[str, str]) -> Failure | None:
    if any(name in headers and value in headers[name] for name, value in WALLS.items()):
        return Failure.BLOCKED
    if status in KINDS:
        return KINDS[status]
    if status // 100 == 2:
        return None
    return OTHERWISE.get(status // 100, Failure.UNREADABLE)


def named(status: int) -> str:
    """Return a status with its standard name, never the words that the server sent."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that `Retry-After` asks for (RFC 9110, section 10.2.3)."""
    value = headers.get("Retry-After", "").strip()[:60]
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), LONGEST_WAIT)


def from_foreign(error: Exception) -> FetchError:
    """Say in our own words what requests, urllib3 or a socket ran into."""
    import requests
    import urllib3

    chain = list(_chain(error))
    if words := _own_trouble(chain):
        return FetchError(f"{words}{_cause(chain)}", failure=Failure.NO_NETWORK)
    table: tuple[tuple[tuple[type[BaseException], ...], bool, Failure, str], ...] = (
        ((socket.gaierror,), False, Failure.UNREACHABLE, "no such host"),
        # urllib3 counts it among the timeouts, which it is not.
        (
            (urllib3.exceptions.NewConnectionError,),
            False,
            Failure.UNREACHABLE,
            "no connection",
        ),
        ((requests.exceptions.SSLError, ssl.SSLError), False, Failure.UNREACHABLE, "TLS failed"),
        (
            (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError),
            True,
            Failure.TIMEOUT,
            "no answer in time",
        ),
        (
            (UnicodeError, urllib3.exceptions.LocationParseError, requests.exceptions.InvalidURL),
            False,
            Failure.REFUSED,
            "not an address that can be asked",
        ),
        (
            (http.client.IncompleteRead, http.client.RemoteDisconnected, ConnectionError),
            True,
            Failure.UNREACHABLE,
            "the connection was cut",
        ),
    )
    for kinds, is_temporary, kind, words in table:
        if any(isinstance(each, kinds) for each in chain):
            sort = TemporaryError if is_temporary else FetchError
            return sort(f"{words}{_cause(chain)}", failure=kind)
    if not isinstance(error, OSError) and _is_ours(error):
        return fault(error)
    return FetchError(f"not an answer in HTTP{_cause(chain)}", failure=Failure.UNREACHABLE)


def _is_ours(error: Exception) -> bool:
    """Whether none of the libraries that speak HTTP had a hand in it: then no server did that."""
    frames = traceback.extract_tb(error.__traceback__)
    return not any(LIBRARIES & {*Path(frame.filename).parts} for frame in frames)


def _own_trouble(chain: list[BaseException]) -> str | None:
    """Say what of our own failed before anybody could answer for the page, if anything did."""
    from urllib3.exceptions import ProxyError

    for each in chain:
        if isinstance(each, ProxyError):
            return "the proxy failed"
        if isinstance(each, socket.gaierror):
            if each.errno in OUR_NAMES:
                return "its name could not be looked up"
        elif isinstance(each, OSError) and each.errno in OUR_NETWORK:
            return "this machine has no way to it"
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those inside it: urllib3 puts them into `reason` and `args`, too."""
    waiting, seen = [error], set[int]()
    while waiting and len(seen) < 30:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inside = (getattr(each, "reason", None), each.__cause__, each.__context__, *each.args)
        waiting += [e for e in inside if isinstance(e, BaseException)]


def _cause(chain: list[BaseException]) -> str:
    """Return the innermost system error's words, which are short and name no object of ours."""
    for each in reversed(chain):
        if isinstance(each, OSError) and each.strerror:
            return f" ({each.strerror[:100].lower()})"
    return ""
