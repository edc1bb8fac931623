"""
What a site asks of programs: robots.txt (RFC 9309) and its Crawl-delay.

The bytes are fetched by whoever asks, within the bounds of every fetch; here they are read.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.robotparser import RobotFileParser

from verify.errors import FetchError
from verify.fetch.answer import LONGEST_WAIT, BusyError
from verify.model import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

AGENT = "verify-sources"
"""The name by which a robots.txt speaks of us."""

MAX_BYTES = 512_000
"""What RFC 9309, section 2.5, has programs read at least; the rest is let go."""

MAX_LINES = 20_000
"""Each is compared with each address of its site; chosen."""

NOTHING = "crawl-delay:"
"""A line that asks for nothing, and still stands between the lines around it."""

MAX_SITES = 10_000
"""Sites whose rules are kept; an article has hundreds at most."""

BROKEN = frozenset({Failure.UNREACHABLE, Failure.TIMEOUT, Failure.TIME_OVER, Failure.NO_NETWORK})
"""The site itself does not answer, or cannot be asked any more: its page would not either."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site asks of us. `delay` is the pause in seconds that it wants, if any."""

    parser: RobotFileParser
    delay: float = 0.0
    is_unknown: bool = False
    """Whether there are rules that the site could not tell us."""

    def check(self, address: str) -> None:
        """Raise `FetchError` where the site wants no program to read `address`."""
        if self.is_unknown:
            raise _disallowed("the site fails to say what programs may read (robots.txt)")
        if not self.parser.can_fetch(AGENT, address):
            raise _disallowed("the site asks programs not to read it (robots.txt)")


def parse(body: bytes) -> Rules:
    """Read a robots.txt, however odd: a line that cannot be read asks for nothing."""
    lines = body[:MAX_BYTES].decode("utf-8", "replace").splitlines()[:MAX_LINES]
    try:
        parser = _parsed(lines)
    except ValueError:
        parser = _parsed([line if _is_readable(line) else NOTHING for line in lines])
    # The number may be too long for a float.
    return Rules(parser, float(min(parser.crawl_delay(AGENT) or 0, LONGEST_WAIT)))


def _parsed(lines: list[str]) -> RobotFileParser:
    parser = RobotFileParser()
    parser.parse(lines)
    return parser


def _is_readable(line: str) -> bool:
    """Whether Python's parser takes a line: it trips over `Disallow: //[` and `Crawl-delay: ²`."""
    try:
        _parsed(["user-agent: *", line])
    except ValueError:
        return False
    return True


@dataclass
class _Shelf:
    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: Rules | None = None


class Robots:
    """The rules of every site that was asked. Safe to call from several threads."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()
        self._lock = threading.Lock()

    def rules(self, origin: str, ask: Callable[[str], bytes]) -> Rules:
        """Return the rules of a site, asking for its robots.txt once."""
        with self._lock:
            shelf = self._shelves.setdefault(origin, _Shelf())
            if len(self._shelves) > MAX_SITES:
                self._shelves.popitem(last=False)
        with shelf.lock:
            if shelf.rules is None:
                shelf.rules = _asked(f"{origin}/robots.txt", ask)
        return shelf.rules


def _asked(address: str, ask: Callable[[str], bytes]) -> Rules:
    try:
        return parse(ask(address))
    except BusyError:
        raise  # nothing is known of its rules, and its pages are not asked for either
    except FetchError as error:
        if error.status is None and error.failure in BROKEN:
            raise
        # RFC 9309, section 2.3.1: what is not there forbids nothing, and a server in trouble
        # may have rules that it cannot tell; so may one whose answer cannot be read.
        is_unknown = (error.status or 0) >= 500 or error.failure is Failure.UNREADABLE
        return Rules(parse(b"").parser, is_unknown=is_unknown)


def _disallowed(message: str) -> FetchError:
    return FetchError(
        message,
        failure=Failure.DISALLOWED,
        hint="save the page from a browser and name the copy (file:), or give --ignore-robots",
    )
