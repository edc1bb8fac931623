"""One fetch on its way: how it asks, where it has been, and the time that it has left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from verify.errors import FetchError
from verify.model import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _as_it_is(address: str) -> str:
    return address


@dataclass(frozen=True, slots=True)
class Manner:
    """In which way to ask. Every bound holds for each of them."""

    via: str = "live"
    """What the record will say."""
    sent: Mapping[str, str] = field(default_factory=dict)
    """Headers beside the ones that every request has."""
    onward: Callable[[str], str] = _as_it_is
    """Makes of the address that a redirect names the one that is asked in its place."""
    heeds_robots: bool = True
    again: bool = True
    """Whether to ask only for what has changed, where a recorded answer lets us."""
    takes_archived_errors: bool = False
    """Whether an error that an archive replays is an answer: it tells of the other copies."""


PLAIN = Manner()


class Journey:
    """One fetch: where it has been, and how many seconds it may still take."""

    def __init__(self, patience: float, manner: Manner = PLAIN) -> None:
        """Begin with `patience` seconds."""
        from requests.cookies import RequestsCookieJar

        self.patience = patience
        self.manner = manner
        self.has_begun = False
        self.redirects: list[str] = []
        self.seen: set[tuple[str, str]] = set()
        self.cookies = RequestsCookieJar()

    def restart(self) -> None:
        """Forget the way, but not the time that it took."""
        self.redirects.clear()
        self.seen.clear()
        self.cookies.clear()

    def visit(self, address: str) -> None:
        """Refuse to come to the same place twice with nothing new to show."""
        cookies = "; ".join(sorted(f"{c.domain} {c.name}={c.value}" for c in self.cookies))
        if (address, cookies) in self.seen:
            raise FetchError("the redirects lead in a circle", failure=Failure.REDIRECTS)
        self.seen.add((address, cookies))

    def keep_cookies(self, response: Any) -> None:
        """Keep cookies for this journey alone: some sites set one and redirect to themselves."""
        from requests.cookies import extract_cookies_to_jar

        extract_cookies_to_jar(  # type: ignore[no-untyped-call]
            self.cookies, response.request, response.raw
        )
