"""The judgement: passages, what was compared, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from verify.model.article import Citation, Claim, Span
    from verify.model.source import SourceId


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
class WordLink:
    """
    Says that a word of an evidence stands for a word of the claim, in another language.

    `claim` indexes the claim's text, `passage` the evidence's `text`: both are meant for showing.
    """

    claim: Span
    passage: Span
    score: float
    """How near the two are in meaning and use, from 0 to 1."""


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
    page: int | None = None
    """
    The page on which the span begins, where the source has pages (a PDF): counted from 1 in
    the file, whatever number is printed on it.
    """
    links: tuple[WordLink, ...] = ()
    """Its words beside the claim's, where it is in another language."""


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
    ANTONYM = "antonym"
    SPEAKER = "speaker"
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
    POLARITY = "polarity"
    """A word with an opposite, such as "rose" beside «کاهش»."""
    SPEAKER = "speaker"


class FactOutcome(StrEnum):
    """What became of one fact of the claim in the passage."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    """The passage has another value where the claim's should be."""
    MISSING = "missing"
    """The passage says nothing of it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One number, date, name, denial, opposite or speaker of the claim, beside a passage."""

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
    abstained: str | None = None
    """Why a judge gave no answer, in one sentence; the figures then decide nothing."""


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
    captured: datetime | None = None
    """When an archive took the copy; `None` for what is no archived copy."""


class DriftKind(StrEnum):
    """Where the evidence stands, of the live page and the copy nearest the access date."""

    BOTH = "both"
    ONLY_IN_COPY = "only-in-copy"
    """The page has changed since it was cited."""
    ONLY_LIVE = "only-live"
    """The passage was not there yet when the page was accessed."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How a page's live text and its archived copy differ in what bears on one claim."""

    kind: DriftKind
    other: Version
    """The version that was not judged."""
    outcome: Outcome
    """What the other version would have made of the claim."""
    before: str = ""
    """The passage in the older text; empty where it has none."""
    after: str = ""
    """The passage in the newer text."""


@dataclass(frozen=True, slots=True)
class Review:
    """
    What a person decided about one claim, and what they had before them.

    It stands while the claim's text and the evidence are as they were.
    """

    outcome: Outcome
    """The person's own answer, whatever the machine said."""
    reviewer: str
    date: date
    claim_sha256: str
    """Of the claim's folded text."""
    evidence_sha256: str | None = None
    """Of the passage's folded text; `None` where there was none."""
    version_sha256: str | None = None
    """Of the bytes of the source that were judged."""
    span: Span | None = None
    """The passage that the person chose, in the text of that version."""
    note: str = ""
    fixed: bool = False
    """Whether the person says that the article was put right."""


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
    review: Review | None = None
    """A person's decision that still stands."""
    asks_again: str | None = None
    """Why an earlier decision stands no longer, in one sentence."""
    drift: Drift | None = None
    unborne: tuple[Span, ...] = ()
    """The words of the claim's text that the best passage does not bear out, as far as is known."""
