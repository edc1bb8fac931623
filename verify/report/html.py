"""Report -> one HTML page that stands alone: nothing fetched, everything escaped."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from verify.hosts import in_ascii, readable
from verify.model import FactOutcome, Severity
from verify.report import marks, messages
from verify.report.figures import MOST_LINES
from verify.report.since import Since, Turn
from verify.report.strings import Strings
from verify.report.view import View, compared
from verify.report.visible import shortened, visible, web_address
from verify.report.words import (
    RIGHT_TO_LEFT,
    SIGNS,
    certainty,
    is_right_to_left,
    percent,
    place_in_source,
    via,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Template

    from verify.model import Report

TURNS = {Turn.WORSE: "↓", Turn.BETTER: "↑", Turn.NEW: "+"}

SEVERITIES = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "i"}

FACT_ICONS = {
    FactOutcome.MATCHED: "supported",
    FactOutcome.MISMATCHED: "altered",
    FactOutcome.MISSING: "not-found",
}

TEMPLATES = ("page", "macros", "card", "figures", "tools")


@dataclass(frozen=True, slots=True)
class HtmlFormatter:
    """Writes one page for all reports. `ui` is the language of its interface."""

    ui: str = "en"
    before: Sequence[Report] = field(default=(), repr=False)
    """Reports of an earlier run, to say what has changed since."""

    @property
    def name(self) -> str:
        """What `--format` calls it."""
        return "html"

    def format(self, reports: Sequence[Report]) -> str:
        """Return the whole output as text."""
        style, script = _resource("report.css"), _resource("report.js")
        say = Strings(self.ui)
        since = Since.between(reports, self.before)
        views = [
            View(report, number, say, since.within(report))
            for number, report in enumerate(reports, 1)
        ]
        return _template(self.ui).render(
            views=views,
            style=style,
            script=script,
            style_digest=_digest(style),
            script_digest=_digest(script),
        )


@cache
def _template(ui: str) -> Template:
    """Compile the templates once. Every value is made visible first and escaped second."""
    from jinja2 import DictLoader, Environment, StrictUndefined
    from markupsafe import Markup

    def shown(value: object) -> str:
        return value if isinstance(value, Markup) else visible(str(value))

    environment = Environment(
        loader=DictLoader({f"{name}.j2": _resource(f"{name}.html.j2") for name in TEMPLATES}),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_words(Strings(ui)), Markup=Markup)
    return environment.get_template("page.j2")


def _words(say: Strings) -> Mapping[str, object]:
    """Return what every template may call."""
    return {
        "say": say,
        "RANK": {outcome: rank for rank, outcome in enumerate(SIGNS)},
        "FACT_ICONS": FACT_ICONS,
        "SEVERITIES": SEVERITIES,
        "TURNS": TURNS,
        "MATCHED": FactOutcome.MATCHED,
        "MISSING": FactOutcome.MISSING,
        "MOST_LINES": MOST_LINES,
        "around": marks.around,
        "brief": messages.brief,
        "certainty": lambda confidence: certainty(confidence, say),
        "claim_pieces": marks.claim_pieces,
        "compared": compared,
        "direction": _direction,
        "english_pieces": marks.english_pieces,
        "in_ascii": in_ascii,
        "material": marks.material,
        "message_pieces": marks.message_pieces,
        "mixed": marks.mixed,
        "percent": percent,
        "readable": readable,
        "place_in_source": lambda evidence: place_in_source(evidence, say),
        "shortened": shortened,
        "source_pieces": marks.source_pieces,
        "told": lambda text: messages.told(text, say),
        "via": lambda name: via(name, say),
        "web_address": web_address,
        "unborne_words": marks.unborne_words,
        "word_pairs": marks.word_pairs,
    }


def _direction(text: str, language: str | None = None) -> str:
    """Return the value of `dir` for a text, by its language or else by its letters."""
    if language and language != "und":
        return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
    return "rtl" if is_right_to_left(text) else "ltr"


def _digest(content: str) -> str:
    """Return the hash that lets this style sheet or script, and no other, through the policy."""
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()


def _resource(name: str) -> str:
    return (files("verify") / "report" / "page" / name).read_text("utf-8")
