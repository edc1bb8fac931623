"""What stands beside a verdict or a finding, to JSON and back: versions, people, and drift."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from verify.model import (
    Drift,
    DriftKind,
    Outcome,
    Position,
    Review,
    SourceId,
    Span,
    Suppression,
    Version,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.report.wire import (
        DriftWire,
        PositionWire,
        ReviewWire,
        SuppressionWire,
        VersionWire,
    )


def moment(text: str | None) -> datetime | None:
    """Read a time that may not be known."""
    return datetime.fromisoformat(text) if text else None


def moment_wire(time: datetime | None) -> str | None:
    """Write a time that may not be known."""
    return time.isoformat() if time else None


# --- versions ---------------------------------------------------------------------------


def version_wire(version: Version) -> VersionWire:
    """Say which text was judged."""
    return {
        "via": version.via,
        "address": version.address,
        "retrieved": version.retrieved.isoformat(),
        "sha256": version.sha256,
        "captured": moment_wire(version.captured),
    }


def version_of(wire: VersionWire) -> Version:
    """Read back which text was judged."""
    return Version(
        wire["via"],
        wire["address"],
        datetime.fromisoformat(wire["retrieved"]),
        wire["sha256"],
        moment(wire.get("captured")),
    )


def drift_wire(drift: Drift) -> DriftWire:
    """Say how a page's live text and its copy differ."""
    return {
        "kind": drift.kind.value,
        "other": version_wire(drift.other),
        "outcome": drift.outcome.value,
        "before": drift.before,
        "after": drift.after,
    }


def drift_of(wire: DriftWire) -> Drift:
    """Read back how a page's live text and its copy differ."""
    return Drift(
        DriftKind(wire["kind"]),
        version_of(wire["other"]),
        Outcome(wire["outcome"]),
        wire["before"],
        wire["after"],
    )


# --- what people decided ----------------------------------------------------------------


def review_wire(review: Review) -> ReviewWire:
    """Say what a person decided, and on what."""
    span = review.span
    return {
        "outcome": review.outcome.value,
        "reviewer": review.reviewer,
        "date": review.date.isoformat(),
        "claim_sha256": review.claim_sha256,
        "evidence_sha256": review.evidence_sha256,
        "version_sha256": review.version_sha256,
        "span": {"start": span.start, "end": span.end} if span else None,
        "note": review.note,
        "fixed": review.fixed,
    }


def review_of(wire: ReviewWire) -> Review:
    """Read back what a person decided."""
    span = wire["span"]
    return Review(
        Outcome(wire["outcome"]),
        wire["reviewer"],
        date.fromisoformat(wire["date"]),
        wire["claim_sha256"],
        wire["evidence_sha256"],
        wire["version_sha256"],
        Span(span["start"], span["end"]) if span else None,
        wire["note"],
        fixed=wire["fixed"],
    )


def suppression_wire(suppression: Suppression) -> SuppressionWire:
    """Say who lets a finding stand, and why."""
    return {
        "code": suppression.code,
        "reason": suppression.reason,
        "path": suppression.path.as_posix(),
        "line": suppression.position.line,
        "column": suppression.position.column,
        "until": suppression.until.isoformat() if suppression.until else None,
        "first": _position_wire(suppression.first),
        "last": _position_wire(suppression.last),
        "source": suppression.source,
        "fault": suppression.fault,
    }


def suppression_of(wire: SuppressionWire) -> Suppression:
    """Read back who lets a finding stand."""
    return Suppression(
        wire["code"],
        wire["reason"],
        Path(wire["path"]),
        Position(wire["line"], wire["column"]),
        date.fromisoformat(wire["until"]) if wire["until"] else None,
        _position_of(wire["first"]),
        _position_of(wire["last"]),
        SourceId(wire["source"]) if wire["source"] is not None else None,
        wire["fault"],
    )


def suppressions_wire(suppressions: Sequence[Suppression]) -> list[SuppressionWire]:
    """Write several."""
    return [suppression_wire(each) for each in suppressions]


def suppressions_of(wires: Sequence[SuppressionWire]) -> tuple[Suppression, ...]:
    """Read back several."""
    return tuple(suppression_of(each) for each in wires)


def _position_wire(position: Position | None) -> PositionWire | None:
    return {"line": position.line, "column": position.column} if position else None


def _position_of(wire: PositionWire | None) -> Position | None:
    return Position(wire["line"], wire["column"]) if wire else None
