"""
What the page draws: outcomes as bars, and the dates of each source on a line.

Places are per cent of a picture's width, counted in the direction of reading. Every picture
stands in a table that says the same in words.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from verify.hosts import in_ascii
from verify.model import Document, Outcome
from verify.report.words import SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verify.model import Reading, Report, Source, Verdict
    from verify.report.strings import Strings

# More rows than these are no picture any more; the rest is counted in one row, or told in
# a table. Chosen by eye, on a page of 300 sources.
MOST_BARS = 15
MOST_LINES = 40

# Room at either end, so that a mark on the first or last day is not cut.
EDGE = 3.0


@dataclass(frozen=True, slots=True)
class Part:
    """One outcome's share of a bar."""

    outcome: Outcome
    count: int
    place: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of outcomes, the worst first."""

    label: str
    parts: tuple[Part, ...]

    @property
    def count(self) -> int:
        """How many citations it counts."""
        return sum(part.count for part in self.parts)


@dataclass(frozen=True, slots=True)
class Mark:
    """One date of a source."""

    kind: str
    """`published`, `captured`, `accessed` or `retrieved`."""
    day: date
    place: float
    is_later: bool = False
    """Whether it lies after the report itself, so that it cannot be right."""


@dataclass(frozen=True, slots=True)
class Line:
    """The dates of one source."""

    source: Source
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The dates of all sources on one scale. `ticks` are new years."""

    first: date
    last: date
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, int], ...]


def bar(label: str, outcomes: Iterable[Outcome], say: Strings, whole: int = 0) -> Bar:
    """Draw a bar of these outcomes; `whole` is the count that fills the picture."""
    counted = Counter(outcomes)
    whole = max(whole, counted.total(), 1)
    parts, place = [], 0.0
    for outcome in SIGNS:
        if count := counted[outcome]:
            width = 100 * count / whole
            start = 100 - place - width if say.is_persian else place
            parts.append(Part(outcome, count, round(start, 2), round(width, 2)))
            place += width
    return Bar(label, tuple(parts))


def by_source(report: Report, say: Strings) -> list[Bar]:
    """Draw a bar an outlet: its publisher, or its site, or its title."""
    return _bars(((_outlet(report, v), v.outcome) for v in report.verdicts), say)


def by_language(report: Report, say: Strings) -> list[Bar]:
    """Draw a bar a language."""
    named = (
        (say.get(f"language.{language}", language), v.outcome)
        for v in report.verdicts
        for language in [language_of(report, v) or "und"]
    )
    return _bars(named, say)


def timeline(report: Report, say: Strings) -> Timeline | None:
    """Place the dates of all sources; `None` where no source has two to compare."""
    known = {
        source.id: list(_dates(source, report.readings.get(source.id)))
        for source in report.sources.values()
    }
    today = report.created.date()
    days = [day for dates in known.values() for _, day in dates if day <= today]
    if not days or all(len(dates) < 2 for dates in known.values()):
        return None
    first, last = min(days), max(*days, today)
    lines = tuple(
        Line(
            report.sources[source_id],
            tuple(Mark(k, d, _place(d, first, last, say), is_later=d > today) for k, d in dates),
        )
        for source_id, dates in known.items()
        if dates
    )
    return Timeline(first, last, lines, tuple(_ticks(first, last, say)))


def language_of(report: Report, verdict: Verdict) -> str | None:
    """Return the language of the text that a verdict rests on."""
    match verdict.source_id and report.readings.get(verdict.source_id):
        case Document(language=language):
            return language
        case _:
            return None


def _bars(named: Iterable[tuple[str, Outcome]], say: Strings) -> list[Bar]:
    rows: dict[str, list[Outcome]] = {}
    for label, outcome in named:
        rows.setdefault(label, []).append(outcome)
    ordered = sorted(rows.items(), key=lambda row: -len(row[1]))
    shown, rest = ordered[:MOST_BARS], ordered[MOST_BARS:]
    whole = max((len(outcomes) for _, outcomes in shown), default=0)
    bars = [bar(label, outcomes, say, whole) for label, outcomes in shown]
    if rest:
        others = [outcome for _, outcomes in rest for outcome in outcomes]
        bars.append(bar(say.count("figures.others", len(rest)), others, say))
    return bars


def _outlet(report: Report, verdict: Verdict) -> str:
    source = report.sources.get(verdict.source_id) if verdict.source_id else None
    if not source:
        return f"[{verdict.citation.label}]" if verdict.citation else "–"
    return source.publisher or _site(source) or source.title or source.id


def _site(source: Source) -> str:
    try:
        return urlsplit(in_ascii(source.urls[0])).netloc.removeprefix("www.") if source.urls else ""
    except ValueError:
        return ""


def _dates(source: Source, reading: Reading | None) -> Iterator[tuple[str, date]]:
    document = reading if isinstance(reading, Document) else None
    if published := source.published or (document and document.extraction.published):
        yield "published", published
    if document and document.snapshot.captured:
        yield "captured", document.snapshot.captured.date()
    if source.accessed:
        yield "accessed", source.accessed
    if document:
        yield "retrieved", document.snapshot.retrieved.date()


def _place(day: date, first: date, last: date, say: Strings) -> float:
    share = (min(day, last) - first).days / max(1, (last - first).days)
    place = EDGE + share * (100 - 2 * EDGE)
    return round(100 - place if say.is_persian else place, 2)


def _ticks(first: date, last: date, say: Strings) -> Iterator[tuple[float, int]]:
    """Give the new years between two days: 1 January, or Nowruz with its Solar Hijri year."""
    years = range(first.year, last.year + 1)
    # Six labels still have room on a phone.
    for year in years[:: 1 + len(years) // 6]:
        day = date(year, 3, 21) if say.is_persian else date(year, 1, 1)
        if first <= day <= last:
            yield _place(day, first, last, say), year - 621 if say.is_persian else year
