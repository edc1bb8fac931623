"""
What each fetcher gave in one run, so that the run can be had again.

A store keeps what servers said; a journal keeps what the run made of it: which address of
which fetcher gave which bytes, or failed in which way. Replaying a journal asks nobody.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from verify.errors import FetchError, InputError
from verify.model import Failure, Snapshot, SourceId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verify.interfaces import Fetcher
    from verify.model import Source

Key: TypeAlias = tuple[str, str, str]
"""A fetcher's name, the source's id and the address that was asked for."""


@dataclass
class Journal:
    """
    The outcomes of one run, by fetcher, source and address.

    `bodies` holds each distinct body once, by its SHA-256 in hex.
    """

    outcomes: dict[Key, Snapshot | FetchError] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, key: Key, outcome: Snapshot | FetchError) -> None:
        """Keep what came of one try."""
        with self._lock:
            self.outcomes[key] = outcome
            if isinstance(outcome, Snapshot):
                self.bodies[outcome.sha256] = outcome.body

    def to_wire(self) -> list[dict[str, Any]]:
        """Return the outcomes as JSON's values, sorted, without the bodies."""
        return [
            {"fetcher": key[0], "source": key[1], "address": key[2], **_to_wire(outcome)}
            for key, outcome in sorted(self.outcomes.items(), key=lambda item: item[0])
        ]

    @classmethod
    def from_wire(cls, wires: Any, bodies: Mapping[str, bytes]) -> Journal:
        """Return the journal that `to_wire` wrote. Raises `InputError` for anything else."""
        journal = cls(bodies=dict(bodies))
        try:
            for wire in wires:
                key = (str(wire["fetcher"]), str(wire["source"]), str(wire["address"]))
                journal.outcomes[key] = _from_wire(key, wire, bodies)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"a record of the run is not as verify writes it: {type(error).__name__}: {error}"
            ) from error
        return journal


@dataclass(frozen=True, slots=True)
class RecordingFetcher:
    """Passes everything on to `inner`, and notes what came of it."""

    inner: Fetcher
    journal: Journal

    @property
    def name(self) -> str:
        """The name of the fetcher inside."""
        return self.inner.name

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Do what `inner` does."""
        key = (self.inner.name, source.id, address)
        try:
            snapshot = self.inner.fetch(source, address)
        except FetchError as error:
            self.journal.note(key, error)
            raise
        self.journal.note(key, snapshot)
        return snapshot


@dataclass(frozen=True, slots=True)
class ReplayingFetcher:
    """Gives again what the fetcher called `name` gave, and asks nobody."""

    name: str
    journal: Journal

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Return the snapshot of that run, or raise the `FetchError` of that run."""
        outcome = self.journal.outcomes.get((self.name, source.id, address))
        if outcome is None:
            raise FetchError(
                f"the bundle does not hold {address}: its run did not ask for it",
                failure=Failure.OFFLINE,
            )
        if isinstance(outcome, FetchError):
            raise _again(outcome)
        return outcome


def _again(outcome: FetchError) -> FetchError:
    """Return an error like another, without its traceback."""
    error = FetchError(
        str(outcome),
        failure=outcome.failure,
        status=outcome.status,
        redirects=outcome.redirects,
        hint=outcome.hint,
    )
    error.days = outcome.days
    return error


def _to_wire(outcome: Snapshot | FetchError) -> dict[str, Any]:
    if isinstance(outcome, FetchError):
        return {
            "failure": outcome.failure.value,
            "reason": str(outcome),
            "hint": outcome.hint,
            "status": outcome.status,
            "redirects": list(outcome.redirects),
            "days": outcome.days,
        }
    return {
        "sha256": outcome.sha256,
        "final_address": outcome.final_address,
        "media_type": outcome.media_type,
        "charset": outcome.charset,
        "retrieved": outcome.retrieved.isoformat(),
        "captured": outcome.captured.isoformat() if outcome.captured else None,
        "via": outcome.via,
        "status": outcome.status,
        "redirects": list(outcome.redirects),
    }


def _from_wire(
    key: Key, wire: Mapping[str, Any], bodies: Mapping[str, bytes]
) -> Snapshot | FetchError:
    redirects = tuple(str(each) for each in wire["redirects"])
    status = None if wire["status"] is None else int(wire["status"])
    if "failure" in wire:
        error = FetchError(
            str(wire["reason"]),
            failure=Failure(wire["failure"]),
            status=status,
            redirects=redirects,
            hint=wire["hint"],
        )
        error.days = int(wire.get("days", 1))
        return error
    return Snapshot(
        source_id=SourceId(key[1]),
        address=key[2],
        final_address=str(wire["final_address"]),
        media_type=str(wire["media_type"]),
        body=bodies[wire["sha256"]],
        retrieved=datetime.fromisoformat(wire["retrieved"]),
        via=str(wire["via"]),
        charset=wire["charset"],
        status=status,
        redirects=redirects,
        captured=datetime.fromisoformat(wire["captured"]) if wire["captured"] else None,
    )
