"""Report -> one HTML page that stands alone: no script, nothing fetched, everything escaped."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from verify.model import Document, FactOutcome, Outcome, Severity
from verify.report.marks import around, differing, message_pieces, note_pieces, paragraphs
from verify.report.visible import shortened, visible, web_address
from verify.report.words import (
    DIFFERENCES,
    FACTS,
    OUTCOMES,
    RIGHT_TO_LEFT,
    SIDES,
    advice,
    asked,
    attempts_at,
    certainty,
    coverage_sentence,
    is_right_to_left,
    note_of,
    untold_facts,
    version_phrase,
    worst_first,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from verify.model import Reference, Report, Source, SourceId, Verdict
    from verify.report.marks import Run

SEVERITIES = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "i"}


class HtmlFormatter:
    """Writes one page for all reports."""

    name = "html"

    def format(self, reports: Sequence[Report]) -> str:
        """Return the whole output as text."""
        style = _resource("report.css")
        views = [View(report, number) for number, report in enumerate(reports, 1)]
        return _template().render(views=views, style=style, digest=_digest(style))


class View:
    """What the template asks of one report. It holds no text of its own."""

    def __init__(self, report: Report, number: int) -> None:
        self.report = report
        self.prefix = f"r{number}-"
        self.title = report.article.title or report.article.path.name
        self.coverage = coverage_sentence(report.coverage, fetched=report.fetched)
        self.verdicts = report.verdicts
        self._indices = {id(v): index for index, v in enumerate(report.verdicts)}

    def anchor(self, index: int) -> str:
        """Name a verdict's panel."""
        return f"{self.prefix}c{index + 1}"

    def outcome(self, index: int) -> Any:
        """Return the word for a verdict's outcome."""
        return OUTCOMES[self.verdicts[index].outcome]

    def paragraphs(self) -> list[Any]:
        """Return the article, marked."""
        return [p for p in paragraphs(self.report.article, self.verdicts) if not p.is_title]

    def marker(self, run: Run, index: int) -> str:
        """Return what to show for a marker: Markdown's `[^3]` reads as `[3]`."""
        citation = self.verdicts[index].citation
        label = citation.label if citation else ""
        return f"[{label}]" if run.text.strip("[]^() ") == label else run.text

    def counts(self) -> list[tuple[Outcome, int]]:
        """Count the outcomes, worst first, without those that did not occur."""
        counted = ((o, self.report.coverage.outcomes.get(o.value, 0)) for o in OUTCOMES)
        return [(outcome, count) for outcome, count in counted if count]

    def bars(self) -> list[tuple[Outcome, float, float]]:
        """Place each outcome on a bar of 100 units."""
        total = max(1, sum(count for _, count in self.counts()))
        bars, place = [], 0.0
        for outcome, count in self.counts():
            width = round(100 * count / total, 2)
            bars.append((outcome, round(place, 2), width))
            place += width
        return bars

    def cards(self) -> list[tuple[int, Verdict]]:
        """Return the verdicts, worst first, each with its index."""
        return [(self._indices[id(v)], v) for v in worst_first(self.verdicts)]

    def line(self, verdict: Verdict) -> int | None:
        """Return the line of the article that carries a claim."""
        citation = verdict.citation
        return self.report.article.position(citation.span.start).line if citation else None

    def source(self, verdict: Verdict) -> Source | None:
        """Return the source that a verdict is about."""
        return self.report.sources.get(verdict.source_id) if verdict.source_id else None

    def language(self, source_id: SourceId | None) -> str | None:
        """Return the language of a source's text."""
        match source_id and self.report.readings.get(source_id):
            case Document(language=language):
                return language
            case _:
                return None

    def named(self, source_id: SourceId) -> str:
        """Return what a reader calls a source."""
        return note_of(self.report, source_id)

    def page_title(self, verdict: Verdict) -> str | None:
        """Return what the page that was judged calls itself."""
        match verdict.source_id and self.report.readings.get(verdict.source_id):
            case Document(extraction=extraction):
                return extraction.title
            case _:
                return None

    def attempts(self, verdict: Verdict) -> Any:
        """Return what was asked in vain on the way to a verdict's source."""
        return asked(attempts_at(self.report, verdict))

    def pieces(self, reference: Reference) -> list[tuple[str, str]]:
        """Cut a note's text into its title, its addresses and the rest."""
        return list(note_pieces(reference))

    def advice(self, verdict: Verdict) -> str | None:
        """Return what to try next, where nothing was judged."""
        unchecked = verdict.outcome is Outcome.UNCHECKED
        return advice(attempts_at(self.report, verdict)) if unchecked else None


@cache
def _template() -> Template:
    """Compile the template once. Every value is made visible first and escaped second."""
    from jinja2 import DictLoader, Environment, StrictUndefined
    from markupsafe import Markup

    def shown(value: object) -> str:
        return value if isinstance(value, Markup) else visible(str(value))

    environment = Environment(
        loader=DictLoader({"report.html.j2": _resource("report.html.j2")}),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        OUTCOMES=OUTCOMES,
        DIFFERENCES=DIFFERENCES,
        FACTS=FACTS,
        SIDES=SIDES,
        SEVERITIES=SEVERITIES,
        MATCHED=FactOutcome.MATCHED,
        MISSING=FactOutcome.MISSING,
        Markup=Markup,
        around=around,
        certainty=certainty,
        differing=differing,
        message_pieces=message_pieces,
        direction=_direction,
        shortened=shortened,
        untold_facts=untold_facts,
        version_phrase=version_phrase,
        web_address=web_address,
    )
    return environment.get_template("report.html.j2")


def _direction(text: str, language: str | None = None) -> str:
    """Return the value of `dir` for a text, by its language or else by its letters."""
    if language and language != "und":
        return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
    return "rtl" if is_right_to_left(text) else "ltr"


def _digest(style: str) -> str:
    """Return the hash that lets this style sheet, and no other, through the page's policy."""
    return "sha256-" + b64encode(sha256(style.encode()).digest()).decode()


def _resource(name: str) -> str:
    return (files("verify") / "report" / "page" / name).read_text("utf-8")
