"""What we write of SARIF 2.1.0, under the names of the standard (OASIS, 2020, errata 01)."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class MessageWire(TypedDict):
    """3.11: a text for people."""

    text: str


class HelpWire(MessageWire):
    """3.12: a text with a formatted twin."""

    markdown: str


class RegionWire(TypedDict):
    """3.30: a part of a file; lines and columns count from 1, the end column is one past."""

    startLine: int
    startColumn: int
    endLine: NotRequired[int]
    endColumn: NotRequired[int]


class PhysicalWire(TypedDict):
    """3.29: a file and a part of it."""

    artifactLocation: dict[str, str]
    region: NotRequired[RegionWire]


class LocationWire(TypedDict):
    """3.28: a place, and what is there."""

    id: NotRequired[int]
    message: NotRequired[MessageWire]
    physicalLocation: PhysicalWire


class SuppressionWire(TypedDict):
    """3.35: why a result is let stand."""

    kind: str
    status: str
    justification: str
    location: LocationWire


class ResultWire(TypedDict):
    """3.27: one finding, or one question without an answer."""

    ruleId: str
    ruleIndex: int
    kind: str
    level: str
    message: MessageWire
    locations: list[LocationWire]
    relatedLocations: list[LocationWire]
    partialFingerprints: dict[str, str]
    rank: NotRequired[float]
    suppressions: list[SuppressionWire]
    baselineState: NotRequired[str]
    properties: dict[str, object]


class RuleWire(TypedDict):
    """3.49: a rule."""

    id: str
    name: str
    shortDescription: MessageWire
    fullDescription: MessageWire
    help: HelpWire
    defaultConfiguration: dict[str, str]
    properties: dict[str, object]


class DriverWire(TypedDict):
    """3.19: the tool itself."""

    name: str
    version: str
    semanticVersion: str
    shortDescription: MessageWire
    rules: list[RuleWire]


class ToolWire(TypedDict):
    """3.18: what ran."""

    driver: DriverWire


class NotificationWire(TypedDict):
    """3.58: what the tool says of its own run."""

    message: MessageWire
    level: str
    locations: list[LocationWire]


class InvocationWire(TypedDict):
    """3.20: the run's circumstances."""

    executionSuccessful: bool
    endTimeUtc: NotRequired[str]
    toolExecutionNotifications: list[NotificationWire]


class ArtifactWire(TypedDict):
    """3.24: a file that was looked at."""

    location: dict[str, str]
    roles: NotRequired[list[str]]


class RunWire(TypedDict):
    """3.14: one run of the tool."""

    tool: ToolWire
    automationDetails: dict[str, str]
    invocations: list[InvocationWire]
    originalUriBaseIds: dict[str, dict[str, MessageWire]]
    artifacts: list[ArtifactWire]
    columnKind: str
    results: list[ResultWire]
    properties: dict[str, object]


LogWire = TypedDict("LogWire", {"$schema": str, "version": str, "runs": list[RunWire]})
"""3.13: the whole file."""
