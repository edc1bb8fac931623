"""What asking another machine took, for the reader of a report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

# More than this a server does not count in one answer; what it says beyond is no count.
MOST_TOKENS = 10_000_000


@dataclass
class Tally:
    """Requests, tokens and seconds since it was told the last time; thread-safe."""

    requests: int = 0
    read: int = 0
    written: int = 0
    uncounted: int = 0
    """Answers that did not say how many tokens they took."""
    seconds: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def count(self, answer: Any, seconds: float) -> None:
        """Add one request, and what its answer says of tokens."""
        usage = answer.get("usage") if isinstance(answer, dict) else None
        read, written = _tokens(usage, "prompt_tokens"), _tokens(usage, "completion_tokens")
        with self._lock:
            self.requests += 1
            self.seconds += seconds
            self.read += read or 0
            self.written += written or 0
            self.uncounted += read is None or written is None

    def abstain(self, reason: str) -> None:
        """Add one passage that was left undecided."""
        with self._lock:
            self.reasons[reason] += 1

    def told(self, model: str, url: str) -> list[str]:
        """Return it in sentences, and begin anew."""
        with self._lock:
            said = list(self._sentences(model, url))
            self.requests = self.read = self.written = self.uncounted = 0
            self.seconds = 0.0
            self.reasons.clear()
        return said

    def _sentences(self, model: str, url: str) -> list[str]:
        if not self.requests:
            return []
        tokens = f"{self.read:,} tokens read and {self.written:,} written"
        if self.uncounted:
            tokens += f", not counting {self.uncounted} answers that do not say"
        sent = (
            f"claims and passages of sources were sent to {url}, to be judged by {model}: "
            f"{self.requests} requests, {tokens}, {self.seconds:.1f} s of waiting"
        )
        aside = self.reasons.most_common(3)
        return [sent, *(f"{n} passages were left undecided: {why}" for why, n in aside)]


def _tokens(usage: Any, name: str) -> int | None:
    value = usage.get(name) if isinstance(usage, dict) else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_TOKENS:
        return None
    return value
