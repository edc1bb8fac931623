"""Where an audit stands: what is to be decided, what was, and how to take it back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verify import review
from verify.model import Document, Evidence, Review, Span, Verdict
from verify.report.words import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from verify.model import Outcome, Report

WORST_FIRST = list(OUTCOMES)


@dataclass(frozen=True, slots=True)
class Item:
    """One claim to decide on. `index` is its verdict's place in the report."""

    report: Report
    index: int
    verdict: Verdict
    note: str = ""
    """What the person wrote before deciding; it goes into their decision."""

    @property
    def label(self) -> str:
        """The note that it cites."""
        return self.verdict.citation.label if self.verdict.citation else ""

    @property
    def document(self) -> Document | None:
        """The text that was judged, where one was read."""
        source = self.verdict.source_id
        reading = self.report.readings.get(source) if source else None
        return reading if isinstance(reading, Document) else None


@dataclass(frozen=True, slots=True)
class _Step:
    """What one decision replaced, so that it can be taken back."""

    index: int
    before: Verdict
    decision: review.Decision
    earlier: review.Decision | None


@dataclass
class Walk:
    """
    The claims of some reports, worst first; those that a person has decided on come last.

    Every decision is written at once, so that stopping in any way loses nothing. `files` says
    where the decisions on each article are kept.
    """

    reports: Sequence[Report]
    files: Sequence[Path]
    reviewer: str
    today: date
    position: int = 0
    items: list[Item] = field(init=False)
    _done: list[_Step] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        """Sort the claims, and begin with the first that nobody has decided on."""
        items = [
            Item(report, index, verdict)
            for report in self.reports
            for index, verdict in enumerate(report.verdicts)
        ]
        self.items = sorted(items, key=_order)

    @property
    def current(self) -> Item | None:
        """The claim that is to be decided on now; `None` after the last."""
        return self.items[self.position] if self.position < len(self.items) else None

    @property
    def unkept(self) -> int:
        """How many notes were written to claims on which nobody has decided."""
        return sum(bool(item.note) and item.verdict.review is None for item in self.items)

    @property
    def open(self) -> int:
        """How many claims wait for a decision."""
        return sum(item.verdict.review is None for item in self.items)

    def resume(self) -> None:
        """Go to the first claim that waits for a decision."""
        waiting = (i for i, item in enumerate(self.items) if item.verdict.review is None)
        self.position = next(waiting, len(self.items))

    def skip(self) -> None:
        """Leave the claim as it is, and go on."""
        self.position = min(self.position + 1, len(self.items))

    def back(self) -> None:
        """Go back to the claim before."""
        self.position = max(self.position - 1, 0)

    def decide(self, outcome: Outcome, note: str = "", *, fixed: bool = False) -> None:
        """Write a decision on the current claim, and go on. Raises `ReviewsError`."""
        item = self._current()
        chosen = item.verdict.evidence[0] if item.verdict.evidence else None
        made = Review(
            outcome,
            self.reviewer,
            self.today,
            review.claim_digest(item.verdict.claim),
            review.passage_digest(chosen.text) if chosen else None,
            item.verdict.version.sha256 if item.verdict.version else None,
            chosen.span if chosen else None,
            note,
            fixed,
        )
        self._keep(item, made, chosen)
        self.skip()

    def remark(self, note: str) -> None:
        """Add a note to the decision on the current claim: the one that stands, or is to come."""
        item = self._current()
        if item.verdict.review is None:
            self.items[self.position] = replace(item, note=note)
            return
        chosen = item.verdict.evidence[0] if item.verdict.evidence else None
        self._keep(item, replace(item.verdict.review, note=note), chosen)

    def choose(self, number: int) -> bool:
        """Make the passage with this number (from 1) the one that the decision is about."""
        item = self._current()
        passages = item.verdict.evidence
        if not 1 <= number <= len(passages):
            return False
        chosen = passages[number - 1]
        self._replace(
            replace(item.verdict, evidence=(chosen, *(e for e in passages if e is not chosen)))
        )
        return True

    def point_to(self, span: Span) -> None:
        """Make a stretch of the source's text the passage that the decision is about."""
        item = self._current()
        document = item.document
        assert document is not None
        text = document.text[span.start : span.end]
        page = document.extraction.page_at(span.start)
        found = Evidence(text, span, 1.0, "reviewer", page=page)
        self._replace(replace(item.verdict, evidence=(found, *item.verdict.evidence)))

    def undo(self) -> bool:
        """Take back the last decision, in the file too; false where there is none."""
        if not self._done:
            return False
        step = self._done.pop()
        path = self._file(self.items[step.index])
        if step.earlier is None:
            review.remove(path, step.decision)
        else:
            review.save(path, step.earlier)
        self.position = step.index
        self._replace(step.before)
        return True

    def decided(self) -> list[Report]:
        """Return the reports with the decisions of this walk and of earlier ones."""
        verdicts = {(id(i.report), i.index): i.verdict for i in self.items}
        return [
            replace(
                report,
                verdicts=tuple(
                    _with_review(v, verdicts[id(report), n]) for n, v in enumerate(report.verdicts)
                ),
            )
            for report in self.reports
        ]

    # --- inside -------------------------------------------------------------------------

    def _current(self) -> Item:
        item = self.current
        assert item is not None
        return item

    def _keep(self, item: Item, made: Review, chosen: Evidence | None) -> None:
        article = item.report.article.path.resolve()
        words = (item.verdict.claim.text, chosen.text if chosen else "")
        decision = review.Decision(article, item.label, made, *words)
        known = item.verdict.review
        earlier = review.Decision(article, item.label, known, *words) if known else None
        review.save(self._file(item), decision)
        self._done.append(_Step(self.position, item.verdict, decision, earlier))
        self._replace(replace(item.verdict, review=made, asks_again=None))

    def _replace(self, verdict: Verdict) -> None:
        self.items[self.position] = replace(self._current(), verdict=verdict)

    def _file(self, item: Item) -> Path:
        index = next(i for i, report in enumerate(self.reports) if report is item.report)
        return self.files[index]


def _order(item: Item) -> tuple[bool, bool, int]:
    verdict = item.verdict
    return (
        verdict.review is not None,
        verdict.asks_again is None,
        WORST_FIRST.index(verdict.outcome),
    )


def _with_review(verdict: Verdict, walked: Verdict) -> Verdict:
    return replace(verdict, review=walked.review, asks_again=walked.asks_again)
