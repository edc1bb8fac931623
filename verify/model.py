"""
The nouns of `verify`, in the order in which a run produces them.

Article -> Reference, Citation -> Source -> Snapshot -> Document -> Evidence -> Verdict
-> Finding -> Report

Everything here is frozen and holds no behaviour beyond what follows from its own
fields. This module imports nothing from `verify`; every other module imports it.
All offsets count code points, and every span is half-open.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, NewType, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

SourceId = NewType("SourceId", str)
"""Names one source within a run: the `id` of its entry, or `note-LABEL`."""

Language = NewType("Language", str)
"""A BCP 47 primary subtag, such as `fa`; `und` where it cannot be told."""

UNDETERMINED = Language("und")


# --- the article ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points in the text that it belongs to."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file as editors count: line and column from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """Says that `Article.text[offset]` stands at this line and column of the file."""

    offset: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Change:
    """One place where a repaired reading differs from the raw text."""

    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Repair:
    """A readable form of a garbled title, with everything that was changed to get it."""

    text: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words the article puts between quotation marks; `span` leaves the marks out."""

    text: str
    span: Span


class ClaimKind(StrEnum):
    """Whether the source must say the claim's words, or only its meaning."""

    QUOTE = "quote"
    PARAPHRASE = "paraphrase"


@dataclass(frozen=True, slots=True)
class Claim:
    """
    What a citation says about its source.

    `text` is the sentence that carries the marker (with the one before it where it cannot
    be read alone), without markers. `context` is the text since the previous marker.
    """

    text: str
    kind: ClaimKind = ClaimKind.PARAPHRASE
    quotations: tuple[Quotation, ...] = ()
    context: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """One marker in the article, and the claim that it carries. Spans index the article."""

    label: str
    marker: Span
    span: Span
    claim: Claim


@dataclass(frozen=True, slots=True)
class Reference:
    """
    What a note itself says of its source.

    A field that the note does not give is `None`. `accessed_raw` keeps the words that were
    meant as a date, also where no date could be read from them.
    """

    label: str
    raw: str
    span: Span
    title: str | None = None
    title_repaired: Repair | None = None
    title_balanced: bool = True
    """False where one of the title's quotation marks has no partner."""
    publisher: str | None = None
    urls: tuple[str, ...] = ()
    accessed: date | None = None
    accessed_raw: str | None = None
    language: Language = UNDETERMINED
    """The language of the title (repaired where it was garbled)."""
    markers: tuple[Span, ...] = ()
    """Every place of the article that points to this note."""
    is_link: bool = False
    """True for an inline link, which has an address but no note of its own."""


@dataclass(frozen=True, slots=True)
class Article:
    """
    The text under check, with its notes and citations in reading order.

    `text` is what a reader sees: the file itself for plain text, the rendered text for
    Markdown, HTML and DOCX. `anchors` (sorted by offset) lead back to the file.
    """

    path: Path
    text: str
    anchors: tuple[Anchor, ...]
    references: tuple[Reference, ...] = ()
    citations: tuple[Citation, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    """Every quotation in the body, cited or not."""
    title: str | None = None
    language: Language = UNDETERMINED

    def position(self, offset: int) -> Position:
        """Return the line and column of the file for `text[offset]`."""
        index = bisect_right(self.anchors, offset, key=lambda a: a.offset) - 1
        if index < 0:
            return Position(1, 1)
        anchor = self.anchors[index]
        return Position(anchor.line, anchor.column + offset - anchor.offset)


# --- the sources ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """
    One source of the article: its note and, where there is one, its entry in sources.yaml.

    An entry's field overrides the note's. `path` and `position` are the entry's place in
    sources.yaml, or the note's place in the article where there is no entry.
    """

    id: SourceId
    labels: tuple[str, ...]
    """The notes that cite it, in the order of the article."""
    path: Path
    position: Position
    in_yaml: bool = False
    named: tuple[str, ...] = ()
    """The notes that its entry names, whether or not the article has them."""
    urls: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    """Local copies, absolute or relative to the working directory."""
    archives: tuple[str, ...] = ()
    """Addresses of archived copies."""
    title: str | None = None
    publisher: str | None = None
    language: Language | None = None
    """The language that the page is expected to be in."""
    accessed: date | None = None
    published: date | None = None
    quote: str | None = None
    """The exact quotation to look for, in place of what the article's sentence says."""
    claim: str | None = None
    """The exact claim to check, in place of the article's sentence."""
    sha256: str | None = None


class Failure(StrEnum):
    """The ways in which a source could not be had. A blocked request is not a dead link."""

    NO_ADDRESS = "no-address"
    GONE = "gone"
    BLOCKED = "blocked"
    SERVER_ERROR = "server-error"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """We declined to ask: an address that the policy forbids."""
    REDIRECTS = "redirects"
    TOO_LARGE = "too-large"
    NOT_TEXT = "not-text"
    EMPTY = "empty"
    MISSING_FILE = "missing-file"
    CHANGED = "changed"
    """The bytes do not have the SHA-256 that sources.yaml pins."""
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One failed try at a source: what we asked, and what came of it."""

    address: str
    via: str
    failure: Failure
    reason: str
    status: int | None = None
    redirects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """The bytes that one address gave at one time, and how we came by them."""

    source_id: SourceId
    address: str
    """What we asked for: a URL or a file's path."""
    final_address: str
    """Where the last redirect led."""
    media_type: str
    """Such as `text/html`, lower case, without parameters."""
    body: bytes
    retrieved: datetime
    via: str
    """`live`, `file`, `archive`, `recorded`, or `given` for a text handed over by a caller."""
    charset: str | None = None
    """The charset that the transport named, if any."""
    status: int | None = None
    redirects: tuple[str, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """The digest of `body`, in hex."""
        return sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Identification:
    """
    A language with how sure we are of it.

    `opinions` keeps what each method said (`letters`, `langdetect`, `declared`), so that a
    disagreement can be reported.
    """

    language: Language
    confidence: float
    opinions: Mapping[str, Language] = field(default_factory=dict)

    @property
    def is_disputed(self) -> bool:
        """Whether two methods named different languages."""
        return len({o for o in self.opinions.values() if o != UNDETERMINED}) > 1


@dataclass(frozen=True, slots=True)
class Extraction:
    """
    What an extractor read from a snapshot.

    `text` is the whole visible text, one block a line; `main` are the spans of the blocks
    that belong to the main text, in order. `declared` is the language the page names.
    """

    text: str
    main: tuple[Span, ...]
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    declared: Language | None = None
    encoding: str | None = None
    """The charset that the bytes were decoded with."""


@dataclass(frozen=True, slots=True)
class Document:
    """A snapshot's text, in its own language, with what its metadata says."""

    snapshot: Snapshot
    extraction: Extraction
    identification: Identification
    attempts: tuple[Attempt, ...] = ()
    """What failed before this snapshot was had."""

    @property
    def text(self) -> str:
        """The whole visible text; all evidence spans index it."""
        return self.extraction.text

    @property
    def language(self) -> Language:
        """The language that the text was judged in."""
        return self.identification.language


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A source whose text we could not get. An ordinary result, never an exception."""

    source_id: SourceId
    attempts: tuple[Attempt, ...]


Reading: TypeAlias = Document | Unavailable
"""What a source came to. Match on it, and let the type checker count the cases."""


# --- the judgement ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document, `text == document.text[span.start:span.end]`."""

    text: str
    span: Span
    score: float
    """How well it suits the claim, from 0 to 1; comparable within one claim only."""
    is_main: bool = True
    """Whether it stands in the main text (not in a menu, a side bar or a comment)."""


class Side(StrEnum):
    """On which text a comparison was made."""

    ORIGINAL = "original"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    The passage of a source that speaks to a claim.

    `text == document.text[span.start:span.end]`. `prefix` and `suffix` are the words around
    it, as in the W3C TextQuoteSelector.
    """

    text: str
    span: Span
    score: float
    method: str
    """How it was found: `exact`, `folded`, `aligned`, `bm25`, `encoder`, `facts`, ..."""
    is_main: bool = True
    english: str | None = None
    """Its translation, where one was made."""
    prefix: str = ""
    suffix: str = ""
    fragment: str | None = None
    """The address that opens the page at the passage (`#:~:text=`), where it has one."""


class DifferenceKind(StrEnum):
    """How a quotation, or a fact of a claim, differs from its source."""

    SPELLING = "spelling"
    DIGIT_SCRIPT = "digit-script"
    PUNCTUATION = "punctuation"
    SPACING = "spacing"
    CASE = "case"
    EDITORIAL = "editorial-bracket"
    ELLIPSIS = "marked-ellipsis"
    WORD_CHANGED = "word-changed"
    WORD_ADDED = "word-added"
    WORD_DROPPED = "word-dropped"
    NUMBER = "number"
    UNIT = "unit"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"
    MODALITY = "modality"
    OMISSION = "silent-omission"
    ORDER = "order"

    @property
    def is_material(self) -> bool:
        """Whether it changes what is said, and not only how it is written."""
        return self not in HARMLESS


HARMLESS = frozenset(
    {
        DifferenceKind.SPELLING,
        DifferenceKind.DIGIT_SCRIPT,
        DifferenceKind.PUNCTUATION,
        DifferenceKind.SPACING,
        DifferenceKind.CASE,
        DifferenceKind.EDITORIAL,
        DifferenceKind.ELLIPSIS,
    }
)


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One typed difference between what the article says and what the source says.

    `claim_span` indexes the quotation (or the claim's text where nothing is quoted),
    `source_span` the document. An added word has an empty source side, a dropped one an
    empty claim side.
    """

    kind: DifferenceKind
    claim_text: str
    source_text: str
    claim_span: Span | None = None
    source_span: Span | None = None
    side: Side = Side.ORIGINAL


class FactKind(StrEnum):
    """What kind of fact was compared."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"


class FactOutcome(StrEnum):
    """What became of one fact of the claim in the passage."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    """The passage has another value where the claim's should be."""
    MISSING = "missing"
    """The passage says nothing of it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One number, date, name or negation of the claim, compared with a passage."""

    kind: FactKind
    outcome: FactOutcome
    claim_text: str
    source_text: str | None = None
    side: Side = Side.ORIGINAL


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely it is that a passage bears a claim out, and that it denies it (0 to 1)."""

    supports: float
    contradicts: float


class Outcome(StrEnum):
    """What the source turned out to say about the claim."""

    SUPPORTED = "supported"
    PARTLY_SUPPORTED = "partly-supported"
    ALTERED = "altered"
    CONTRADICTED = "contradicted"
    NOT_FOUND = "not-found"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Version:
    """Which text was judged."""

    via: str
    address: str
    retrieved: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where the article has a quotation from, though it cites another source for it."""

    quotation: str
    source_id: SourceId
    evidence: Evidence
    version: Version
    also_cited: bool = False
    """Whether the same sentence cites this source too, so that nothing is attributed wrongly."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    Our answer for one claim. `reasons` are whole sentences, for a reader, weightiest first.

    `confidence` (0 to 1) is `None` where nothing was judged. `evidence` is best first, and
    empty where nothing could be judged; an `UNCHECKED` that was read but not decided shows
    what was read. `citation`, `source_id` and `version` are set by the pipeline.
    """

    claim: Claim
    outcome: Outcome
    confidence: float | None = None
    rests_on: Side | None = None
    reasons: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    differences: tuple[Difference, ...] = ()
    facts: tuple[Fact, ...] = ()
    judgement: Judgement | None = None
    """What the judge made of the best passage, also where no outcome came of it."""
    citation: Citation | None = None
    source_id: SourceId | None = None
    version: Version | None = None
    found_in: Elsewhere | None = None
    """The source of another note that has the quotation which this one lacks."""


# --- the report -------------------------------------------------------------------------


class Severity(IntEnum):
    """How loudly a finding speaks. Ordered, so that a threshold is a comparison."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        """The name that flags and reports use, such as `error`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Flag:
    """What a rule says about one place in one file. `confidence` runs from 0 to 1."""

    message: str
    path: Path
    position: Position
    label: str | None = None
    confidence: float = 1.0
    severity: Severity | None = None
    """Overrides the rule's own, where this case is graver or lighter than most."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A flag with the code and severity of the rule that raised it."""

    code: str
    name: str
    severity: Severity
    flag: Flag


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many citations there are, how many were checked, and what came of them."""

    citations: int
    checked: int
    outcomes: Mapping[str, int]

    @property
    def unchecked(self) -> int:
        """The citations that nobody should take for checked."""
        return self.citations - self.checked


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run learned of one article. Formatters read this, nothing else."""

    article: Article
    sources: Mapping[SourceId, Source]
    created: datetime
    fetched: bool = True
    """False for `verify lint`: nobody asked for the sources."""
    readings: Mapping[SourceId, Reading] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    """What read, translated and judged, by role: name, version, digest."""
    notices: tuple[str, ...] = ()
    """What the reader must know of the run itself, such as a missing translator."""

    @property
    def coverage(self) -> Coverage:
        """Count the verdicts by outcome."""
        outcomes = Counter(v.outcome.value for v in self.verdicts)
        checked = len(self.verdicts) - outcomes[Outcome.UNCHECKED.value]
        return Coverage(len(self.verdicts), checked, dict(sorted(outcomes.items())))

    def worst(self) -> Severity | None:
        """Return the highest severity among the findings."""
        return max((f.severity for f in self.findings), default=None)
