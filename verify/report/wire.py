"""
What the JSON report looks like: its own types, apart from the model's.

The model may change from one version to the next; these change only together with
`SCHEMA_VERSION` and `schemas/report.schema.json`. Offsets count code points.
"""

from __future__ import annotations

from typing import Literal, TypedDict

SCHEMA_VERSION = "1.1"
"""The first number changes when a reader of the old form would misread the new one."""


class SpanWire(TypedDict):
    """A half-open range of code points."""

    start: int
    end: int


class PositionWire(TypedDict):
    """A place in a file as editors count."""

    line: int
    column: int


class QuotationWire(SpanWire):
    """Words between quotation marks; the range leaves the marks out."""

    text: str


class ClaimWire(TypedDict):
    """What a citation says about its source."""

    text: str
    kind: str
    quotations: list[QuotationWire]
    context: str


class CitationWire(SpanWire):
    """One marker of the article, with its sentence's range and its claim."""

    label: str
    line: int
    column: int
    marker: SpanWire
    claim: ClaimWire


class ArticleWire(TypedDict):
    """The text under check. An anchor is `[offset, line, column]`."""

    path: str
    title: str | None
    language: str
    text: str
    anchors: list[list[int]]
    citations: list[CitationWire]
    quotations: list[QuotationWire]
    suppressions: list[SuppressionWire]


class ChangeWire(TypedDict):
    """One repair of a garbled title."""

    before: str
    after: str
    reason: str


class ReferenceWire(SpanWire):
    """What a note says of its source. `url` is the first of `urls`."""

    label: str
    raw: str
    title: str | None
    title_repaired: str | None
    title_changes: list[ChangeWire]
    title_balanced: bool
    publisher: str | None
    url: str | None
    urls: list[str]
    accessed: str | None
    accessed_raw: str | None
    language: str
    line: int
    column: int
    markers: list[SpanWire]
    is_link: bool


class AttemptWire(TypedDict):
    """One failed try at a source."""

    address: str
    via: str
    failure: str
    reason: str
    status: int | None
    redirects: list[str]
    time: str | None
    days: int


class ReadingWire(TypedDict):
    """What a source came to. Where it could not be read, all but `attempts` is empty."""

    read: bool
    via: str | None
    address: str | None
    final_address: str | None
    retrieved: str | None
    sha256: str | None
    media_type: str | None
    charset: str | None
    status: int | None
    redirects: list[str]
    title: str | None
    author: str | None
    publisher: str | None
    published: str | None
    declared_language: str | None
    encoding: str | None
    language: str | None
    language_confidence: float | None
    language_opinions: dict[str, str]
    attempts: list[AttemptWire]
    captured: str | None
    pages: list[SpanWire]
    structured: SpanWire | None
    paywalled: str | None
    needs_browser: bool
    consent: bool
    cautions: list[str]


class SourceWire(TypedDict):
    """A note's source, with its entry in sources.yaml where it has one."""

    id: str
    labels: list[str]
    path: str
    line: int
    column: int
    in_yaml: bool
    named: list[str]
    urls: list[str]
    files: list[str]
    archives: list[str]
    title: str | None
    publisher: str | None
    language: str | None
    accessed: str | None
    published: str | None
    quote: str | None
    claim: str | None
    sha256: str | None
    suppressions: list[SuppressionWire]
    reading: ReadingWire | None


class QuoteSelectorWire(TypedDict):
    """A W3C TextQuoteSelector: a passage by its words and those around it."""

    type: Literal["TextQuoteSelector"]
    exact: str
    prefix: str
    suffix: str


class PositionSelectorWire(TypedDict):
    """A W3C TextPositionSelector: a passage by its place in the source's text."""

    type: Literal["TextPositionSelector"]
    start: int
    end: int


class WordLinkWire(TypedDict):
    """A word of the claim and the one of the passage that stands for it, each as `[start, end]`."""

    claim: list[int]
    passage: list[int]
    score: float


class EvidenceWire(SpanWire):
    """A passage; the range is in the source's text."""

    text: str
    english: str | None
    prefix: str
    suffix: str
    score: float
    method: str
    is_main: bool
    selectors: list[QuoteSelectorWire | PositionSelectorWire]
    fragment: str | None
    page: int | None
    links: list[WordLinkWire]


class DifferenceWire(TypedDict):
    """One typed difference between the claim and the source."""

    kind: str
    material: bool
    side: str
    claim_text: str
    source_text: str
    claim_span: SpanWire | None
    source_span: SpanWire | None


class FactWire(TypedDict):
    """One fact of the claim, compared with the passage."""

    kind: str
    outcome: str
    side: str
    claim_text: str
    source_text: str | None


class VersionWire(TypedDict):
    """Which text was judged."""

    via: str
    address: str
    retrieved: str
    sha256: str
    captured: str | None


class DriftWire(TypedDict):
    """How a page's live text and its archived copy differ in what bears on one claim."""

    kind: str
    other: VersionWire
    outcome: str
    before: str
    after: str


class ReviewWire(TypedDict):
    """What a person decided about one claim, and what they had before them."""

    outcome: str
    reviewer: str
    date: str
    claim_sha256: str
    evidence_sha256: str | None
    version_sha256: str | None
    span: SpanWire | None
    note: str
    fixed: bool


class JudgementWire(TypedDict):
    """How likely the best passage bears the claim out, and denies it."""

    supports: float
    contradicts: float


class JudgedWire(TypedDict):
    """A verdict on a claim alone, as `verify claims` writes it."""

    outcome: str
    confidence: float | None
    judgement: JudgementWire | None
    rests_on: str | None
    version: VersionWire | None
    evidence: list[EvidenceWire]
    differences: list[DifferenceWire]
    facts: list[FactWire]
    reasons: list[str]
    unborne: list[SpanWire]


class ElsewhereWire(TypedDict):
    """Where a quotation stands that the cited source lacks."""

    quotation: str
    source: str
    labels: list[str]
    also_cited: bool
    version: VersionWire
    evidence: EvidenceWire


class VerdictWire(JudgedWire):
    """A verdict in an article's report."""

    label: str | None
    line: int | None
    column: int | None
    marker: SpanWire | None
    source: str | None
    claim: str
    kind: str
    quotations: list[QuotationWire]
    context: str
    found_in: ElsewhereWire | None
    review: ReviewWire | None
    asks_again: str | None
    drift: DriftWire | None


class SuppressionWire(TypedDict):
    """A person's reason to let the findings of one rule stand, and for how long."""

    code: str
    reason: str
    path: str
    line: int
    column: int
    until: str | None
    first: PositionWire | None
    last: PositionWire | None
    source: str | None
    fault: str


class FindingWire(TypedDict):
    """What a rule says about one place in one file."""

    code: str
    name: str
    severity: str
    confidence: float
    label: str | None
    path: str
    line: int
    column: int
    message: str
    subject: str
    fingerprint: str
    suppression: SuppressionWire | None
    is_known: bool


class CoverageWire(TypedDict):
    """How many citations there are, how many were checked, and what came of them."""

    citations: int
    checked: int
    unchecked: int
    outcomes: dict[str, int]
    left_out: int


class ReportWire(TypedDict):
    """The report of one article."""

    schema_version: str
    created: str
    fetched: bool
    article: ArticleWire
    references: list[ReferenceWire]
    sources: list[SourceWire]
    verdicts: list[VerdictWire]
    findings: list[FindingWire]
    coverage: CoverageWire
    tools: dict[str, str]
    notices: list[str]
    suppressions: list[SuppressionWire]
    left_out: int


class ReportsWire(TypedDict):
    """The reports of several articles."""

    schema_version: str
    reports: list[ReportWire]
