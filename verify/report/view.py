"""What the page's templates ask of one report. It holds no text of its own."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify.model import Document, Outcome, Side
from verify.report import figures
from verify.report.marks import Paragraph, note_pieces, paragraphs
from verify.report.since import Turn
from verify.report.visible import one_line, web_address
from verify.report.words import (
    SIGNS,
    advice,
    asked,
    attempts_at,
    coverage_sentence,
    note_of,
    worst_first,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verify.model import (
        Attempt,
        Fact,
        FactKind,
        Finding,
        Reference,
        Report,
        Source,
        SourceId,
        Verdict,
    )
    from verify.report.marks import Run
    from verify.report.since import Since
    from verify.report.strings import Strings

# What an editor looks at in one sitting; the others are one click away.
MOST_FIRST = 6

_NO_NAME = re.compile(r"[^\w-]+")
_AT_ODDS = frozenset(SIGNS) - {Outcome.SUPPORTED, Outcome.UNCHECKED}


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of the claim on either side; `None` where it was not compared there."""

    kind: FactKind
    claim_text: str
    original: Fact | None
    translation: Fact | None


class View:
    """One report, as the templates see it."""

    def __init__(self, report: Report, number: int, say: Strings, since: Since) -> None:
        self.report = report
        self.say = say
        self.since = since
        self.prefix = "" if number == 1 else f"a{number}-"
        self.title = report.article.title or report.article.path.name
        self.coverage = coverage_sentence(report, say)
        self.verdicts = report.verdicts
        self.anchors = list(_unique(self.prefix, report.verdicts))
        self.bar = figures.bar("", (v.outcome for v in report.verdicts), say)
        self.by_source = figures.by_source(report, say)
        self.by_language = figures.by_language(report, say)
        self.timeline = figures.timeline(report, say)
        self._indices = {id(v): index for index, v in enumerate(report.verdicts)}

    def paragraphs(self) -> list[Paragraph]:
        """Return the article, marked."""
        return [p for p in paragraphs(self.report.article, self.verdicts) if not p.is_title]

    def marker(self, run: Run, index: int) -> str:
        """Return what to show for a marker: Markdown's `[^3]` reads as `[3]`."""
        citation = self.verdicts[index].citation
        label = citation.label if citation else ""
        return f"[{label}]" if run.text.strip("[]^() ") == label else run.text

    def first(self) -> tuple[list[int], list[int]]:
        """Return the verdicts at odds with their source, worst first: the first few, the rest."""
        odd = [v for v in worst_first(self.verdicts) if v.outcome in _AT_ODDS]
        indices = [self._indices[id(v)] for v in odd]
        return indices[:MOST_FIRST], indices[MOST_FIRST:]

    @property
    def has_checked(self) -> bool:
        """Whether any citation was checked: silence about the others says nothing."""
        return self.report.coverage.checked > 0

    def changed(self) -> int:
        """Count the verdicts of which an earlier report said something else, or nothing."""
        return sum(len(self.since.changes(turn)) for turn in Turn)

    def line(self, verdict: Verdict) -> int | None:
        """Return the line of the article that carries a claim."""
        citation = verdict.citation
        return self.report.article.position(citation.span.start).line if citation else None

    def source(self, verdict: Verdict) -> Source | None:
        """Return the source that a verdict is about."""
        return self.report.sources.get(verdict.source_id) if verdict.source_id else None

    def document(self, source_id: SourceId | None) -> Document | None:
        """Return the text that was read of a source."""
        reading = self.report.readings.get(source_id) if source_id else None
        return reading if isinstance(reading, Document) else None

    def language(self, source_id: SourceId | None) -> str | None:
        """Return the language of a source's text."""
        document = self.document(source_id)
        return document.language if document else None

    def languages(self) -> list[str]:
        """Return the languages that a reader can choose between, the most frequent first."""
        return [code for code, _ in Counter(map(self._language, self.verdicts)).most_common()]

    def labels(self) -> list[str]:
        """Return the notes that a reader can choose between, in reading order."""
        cited = (v.citation.label for v in self.verdicts if v.citation)
        return list(dict.fromkeys(one_line(label) for label in cited))

    def named(self, source_id: SourceId) -> str:
        """Return what a reader calls a source."""
        return note_of(self.report, source_id, self.say)

    def attempts(self, verdict: Verdict) -> list[Attempt]:
        """Return what was asked in vain on the way to a verdict's source."""
        return asked(attempts_at(self.report, verdict))

    def pieces(self, reference: Reference) -> list[tuple[str, str]]:
        """Cut a note's text into its title, its addresses and the rest."""
        return list(note_pieces(reference))

    def advice(self, verdict: Verdict) -> str | None:
        """Return what to try next, where nothing was judged."""
        unchecked = verdict.outcome is Outcome.UNCHECKED
        return advice(attempts_at(self.report, verdict), self.say) if unchecked else None

    def original(self, verdict: Verdict) -> str | None:
        """Return the address that an archived copy is of."""
        source = self.source(verdict)
        return web_address(source.urls[0]) if source and source.urls else None

    def copy(self, verdict: Verdict) -> str | None:
        """Return an archived copy's address that is not the one that was judged."""
        source = self.source(verdict)
        judged = verdict.version.address if verdict.version else ""
        copies = (web_address(url) for url in (source.archives if source else ()))
        return next((url for url in copies if url and url != judged), None)

    def open_findings(self) -> list[Finding]:
        """Return the findings that somebody should still look at."""
        return [f for f in self.report.findings if f.is_open]

    def settled_findings(self) -> list[Finding]:
        """Return the findings that are known, or that a person lets stand."""
        return [f for f in self.report.findings if not f.is_open]

    def _language(self, verdict: Verdict) -> str:
        return self.language(verdict.source_id) or "und"


def compared(verdict: Verdict) -> list[Compared]:
    """Put what was compared on the original beside what was compared on the translation."""
    rows: dict[tuple[FactKind, str], dict[Side, Fact]] = {}
    for fact in verdict.facts:
        rows.setdefault((fact.kind, fact.claim_text), {}).setdefault(fact.side, fact)
    return [
        Compared(kind, text, sides.get(Side.ORIGINAL), sides.get(Side.TRANSLATION))
        for (kind, text), sides in rows.items()
    ]


def _unique(prefix: str, verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Name each verdict after its note: `note-3`, and `note-3.2` where the note is cited again."""
    seen: Counter[str] = Counter()
    for index, verdict in enumerate(verdicts, 1):
        label = verdict.citation.label if verdict.citation else f"claim-{index}"
        # A label of a forged report can be of any length and hold anything.
        name = _NO_NAME.sub("-", label)[:40]
        seen[name] += 1
        # No label has a full stop left, so that no second name meets another first one.
        yield f"{prefix}note-{name}" + (f".{seen[name]}" if seen[name] > 1 else "")
