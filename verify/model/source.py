"""The sources: what is known of each, how it was had, and the text that was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, NewType, TypeAlias

from verify.model.article import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from verify.model.article import Language, Position, Span
    from verify.model.report import Suppression

SourceId = NewType("SourceId", str)
"""Names one source within a run: the `id` of its entry, or `note-LABEL`."""


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
    suppressions: tuple[Suppression, ...] = ()
    """What its entry asks to let stand."""


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
    UNRECORDED = "unrecorded"
    """No answer of this address has been kept."""
    DISALLOWED = "disallowed"
    """The site's robots.txt asks programs not to read it."""
    SOFT_MISSING = "soft-missing"
    """A page was had that seems to say that there is none: a suspicion, never a dead link."""
    PAYWALLED = "paywalled"
    """A part of the text is shown to those who pay."""
    UNARCHIVED = "unarchived"
    """No archive has a copy that can be used."""
    TIME_OVER = "time-over"
    """The run's time was over before it was asked for: nothing is said of the source."""
    UNREADABLE = "unreadable"
    """Its server answered well, in a way that cannot be read: the page lives."""
    NO_NETWORK = "no-network"
    """Our own network, name server or proxy failed us: nothing is said of the source."""
    FAULT = "fault"
    """A bug in verify: nothing is said of the source."""


DEAD = frozenset(
    {
        Failure.GONE,
        Failure.SERVER_ERROR,
        Failure.UNREACHABLE,
        Failure.REDIRECTS,
        Failure.MISSING_FILE,
    }
)
"""
What can mean that a link is dead: nothing answered, or the answer was that there is nothing. Only
these are counted by the day, so that one of them and two days of silence do not add up.
"""

OURS = frozenset({Failure.OFFLINE, Failure.TIME_OVER, Failure.NO_NETWORK, Failure.FAULT})
"""What says nothing of the source: it was not asked, for a reason of our own."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One failed try at a source: what we asked, and what came of it."""

    address: str
    via: str
    failure: Failure
    reason: str
    status: int | None = None
    redirects: tuple[str, ...] = ()
    time: datetime | None = None
    days: int = 1
    """On how many days, this one included, it failed so without being had in between."""


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
    """`live`, `file`, `archive`, `recorded`, `browser`, or `given` where a caller hands it over."""
    charset: str | None = None
    """The charset that the transport named, if any."""
    status: int | None = None
    redirects: tuple[str, ...] = ()
    captured: datetime | None = None
    """When an archive took it; `None` for what is no archived copy."""

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
    pages: tuple[Span, ...] = ()
    """Where each page stands in `text`, for sources that have pages; an empty page is empty."""
    structured: Span | None = None
    """The part of `text` that the page states for machines alone (JSON-LD `articleBody`)."""
    paywalled: str | None = None
    """Why this may not be the whole article: what the page says of payment."""
    needs_browser: bool = False
    """Whether the text comes from scripts, so that what was read is not the article."""
    consent: bool = False
    """Whether it is a page that asks for consent, or for a sign that we are human."""
    cautions: tuple[str, ...] = ()
    """What a reader of evidence from this text must know, a sentence each."""

    def page_at(self, position: int) -> int | None:
        """Return the number of the page that holds this position of `text`, from 1."""
        inside = (n for n, s in enumerate(self.pages, 1) if s.start <= position < s.end)
        return next(inside, None)


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
