"""The article: its notes, its markers and the claims that they carry."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from verify.model.report import Suppression

Language = NewType("Language", str)
"""A BCP 47 primary subtag, such as `fa`; `und` where it cannot be told."""

UNDETERMINED = Language("und")


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

    `text` is the sentence that carries the marker (with the one before it where it cannot be
    read alone, unless that one has a note of its own), without markers. `context` is the
    text since the previous marker.
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
    suppressions: tuple[Suppression, ...] = ()
    """What its writer asks, in comments, to let stand."""

    def position(self, offset: int) -> Position:
        """Return the line and column of the file for `text[offset]`."""
        index = bisect_right(self.anchors, offset, key=lambda a: a.offset) - 1
        if index < 0:
            return Position(1, 1)
        anchor = self.anchors[index]
        return Position(anchor.line, anchor.column + offset - anchor.offset)
