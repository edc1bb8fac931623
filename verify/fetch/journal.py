"""
What each fetcher gave in one run, so that the run can be had again.

A store keeps what servers said; a journal keeps what the run made of it: which address of
which fetcher gave which bytes, or failed in which way. Replaying a journal asks nobody.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from verify.errors import FetchError, InputError, StoreError, VerifyError
from verify.faults import fault
from verify.model import Failure, Snapshot, SourceId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verify.interfaces import Fetcher
    from verify.model import Source

Key: TypeAlias = tuple[str, str, str]
"""A fetcher's name, the source's id and the address that was asked for."""


DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass
class Journal:
    """
    The outcomes of one run, by fetcher, source and address, as JSON has them.

    The bodies of a run come to more than memory should hold. They lie in a temporary folder, each
    once and named by its SHA-256 in hex; it goes when the journal does.
    """

    outcomes: dict[Key, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the folder."""
        self.folder = Path(tempfile.mkdtemp(prefix="verify-"))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def keep(self, body: bytes) -> Path:
        """Keep a body, and return its file."""
        path = self.folder / sha256(body).hexdigest()
        try:
            if not path.exists():
                path.write_bytes(body)
        except OSError as error:
            raise StoreError(
                f"cannot keep a text of this run in {self.folder}: {error.strerror}",
                hint="name another folder for temporary files: TMPDIR=FOLDER verify ...",
            ) from None
        return path

    def note(self, key: Key, outcome: Snapshot | FetchError) -> None:
        """Keep what came of one try."""
        if isinstance(outcome, Snapshot):
            self.keep(outcome.body)
        self.outcomes[key] = _to_wire(outcome)

    def outcome(self, key: Key) -> Snapshot | FetchError | None:
        """Return what came of one try; `None` where it was not made."""
        wire = self.outcomes.get(key)
        if wire is None:
            return None
        return _from_wire(key, wire, self.body(wire))

    def body(self, wire: Mapping[str, Any]) -> bytes:
        """Return the bytes that an outcome came with."""
        return b"" if "failure" in wire else (self.folder / wire["sha256"]).read_bytes()

    def to_wire(self) -> list[dict[str, Any]]:
        """Return the outcomes as JSON's values, sorted, without the bodies."""
        return [
            {"fetcher": key[0], "source": key[1], "address": key[2], **wire}
            for key, wire in sorted(self.outcomes.items(), key=lambda item: item[0])
        ]

    @property
    def texts(self) -> int:
        """How many different bodies there were."""
        return len({w["sha256"] for w in self.outcomes.values() if "failure" not in w})

    def fill(self, wires: Any) -> None:
        """
        Take in what `to_wire` gave; the bodies are there already.

        Raises `InputError` for anything else: a bundle is as hostile as whoever made it.
        """
        try:
            for wire in wires:
                key = (str(wire["fetcher"]), str(wire["source"]), str(wire["address"]))
                _from_wire(key, wire, b"")
                self._check_body(wire)
                self.outcomes[key] = wire
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise InputError(
                f"a record of the run is not as verify writes it: {type(error).__name__}: {error}"
            ) from error

    def _check_body(self, wire: Mapping[str, Any]) -> None:
        if "failure" in wire:
            return
        if not DIGEST.fullmatch(wire["sha256"]) or not (self.folder / wire["sha256"]).exists():
            raise ValueError(f"there are no bytes with the SHA-256 {wire['sha256'][:80]}")


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
        except VerifyError:
            raise
        except Exception as error:
            # Of a bug, too, the bundle must say what its report says.
            failed = fault(error)
            self.journal.note(key, failed)
            raise failed from error
        self.journal.note(key, snapshot)
        return snapshot


@dataclass(frozen=True, slots=True)
class ReplayingFetcher:
    """Gives again what the fetcher called `name` gave, and asks nobody."""

    name: str
    journal: Journal

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Return the snapshot of that run, or raise the `FetchError` of that run."""
        outcome = self.journal.outcome((self.name, source.id, address))
        if outcome is None:
            raise FetchError(
                f"the bundle does not hold {address}: its run did not ask for it",
                failure=Failure.OFFLINE,
            )
        if isinstance(outcome, FetchError):
            raise outcome
        return outcome


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


def _from_wire(key: Key, wire: Mapping[str, Any], body: bytes) -> Snapshot | FetchError:
    redirects = tuple(str(each) for each in wire["redirects"])
    status = None if wire["status"] is None else int(wire["status"])
    if "failure" in wire:
        error = FetchError(
            str(wire["reason"]),
            failure=Failure(wire["failure"]),
            status=status,
            redirects=redirects,
            hint=_text(wire["hint"]),
        )
        error.days = int(wire.get("days", 1))
        return error
    return Snapshot(
        source_id=SourceId(key[1]),
        address=key[2],
        final_address=str(wire["final_address"]),
        media_type=str(wire["media_type"]),
        body=body,
        retrieved=_moment(wire["retrieved"]),
        via=str(wire["via"]),
        charset=_text(wire["charset"]),
        status=status,
        redirects=redirects,
        captured=_moment(wire["captured"]) if wire["captured"] else None,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"{value} does not say its time zone")
    return moment
