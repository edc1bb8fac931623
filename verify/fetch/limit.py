"""The time of a whole run: once it is over, nothing more is begun."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verify.errors import FetchError
from verify.model import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from verify.interfaces import Fetcher
    from verify.model import Snapshot, Source


@dataclass(frozen=True)
class TimeLimit:
    """Counts from when it is made; without `seconds` a run takes what it takes."""

    seconds: float | None = None
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin."""
        object.__setattr__(self, "began", self.clock())

    def is_over(self) -> bool:
        """Whether nothing more may be begun."""
        return self.seconds is not None and self.clock() - self.began >= self.seconds


@dataclass
class Paced:
    """
    Passes on whether the time is over, and counts how often there was some left.

    Claims are judged one after another, so that this number is enough to stop a repeated run
    at the very claim at which the first one stopped.
    """

    is_over: Callable[[], bool]
    steps: int = 0
    has_ended: bool = False

    @classmethod
    def like(cls, steps: int | None) -> Paced:
        """Return what stops after so many steps, or never."""
        made = cls(lambda: steps is not None and made.steps >= steps)
        return made

    def __call__(self) -> bool:
        """Ask whether the time is over."""
        over = self.is_over()
        self.steps += not over
        self.has_ended |= over
        return over


@dataclass(frozen=True, slots=True)
class LimitedFetcher:
    """Asks another fetcher while there is time; that there is none is no failure of the page."""

    inner: Fetcher
    is_over: Callable[[], bool]

    @property
    def name(self) -> str:
        """The name of the fetcher inside."""
        return self.inner.name

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Do what `inner` does."""
        if self.is_over():
            raise time_over()
        return self.inner.fetch(source, address)


def time_over() -> FetchError:
    """Return the error for what was not begun."""
    reason = "the run's time was over before it could be read (--time-limit)"
    return FetchError(reason, failure=Failure.TIME_OVER)
