"""Report -> text, in each of the formats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verify.model import Severity
from verify.report.csv import CsvFormatter
from verify.report.github import GithubFormatter
from verify.report.html import HtmlFormatter
from verify.report.json import JsonFormatter
from verify.report.junit import JunitFormatter
from verify.report.markdown import MarkdownFormatter
from verify.report.sarif import SarifFormatter
from verify.report.terminal import TerminalFormatter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verify.interfaces import Formatter
    from verify.model import Report
    from verify.report.sarif import RuleText

_TERMINAL = TerminalFormatter()
_EVERY: tuple[Formatter, ...] = (
    _TERMINAL,
    JsonFormatter(),
    HtmlFormatter(),
    SarifFormatter(),
    JunitFormatter(),
    GithubFormatter(),
    MarkdownFormatter(),
    CsvFormatter(),
)

FORMATTERS: Mapping[str, Formatter] = {formatter.name: formatter for formatter in _EVERY}
"""Every format by its name. None of them colours its output: see `on_terminal`."""


def on_terminal(*, colour: bool, width: int, before: Sequence[Report] = ()) -> Formatter:
    """Return the `terminal` format for a screen that is `width` columns wide."""
    return replace(_TERMINAL, colour=colour, width=width, before=before)


def for_run(
    name: str,
    *,
    rules: Sequence[RuleText] = (),
    fail_on: Severity | None = Severity.ERROR,
    before: Sequence[Report] = (),
    ui: str = "en",
) -> Formatter:
    """
    Return a format that knows more than a report tells.

    `rules` are the pages that SARIF carries, `fail_on` is what JUnit calls a failure,
    `before` are an earlier run's reports, with which the formats for readers compare, and
    `ui` is the language of the HTML page's interface.
    """
    match FORMATTERS[name]:
        case SarifFormatter() as sarif:
            return replace(sarif, rules=rules)
        case JunitFormatter() as junit:
            return replace(junit, fail_on=fail_on)
        case MarkdownFormatter() as markdown:
            return replace(markdown, before=before)
        case TerminalFormatter() as terminal:
            return replace(terminal, before=before)
        case HtmlFormatter() as page:
            return replace(page, ui=ui, before=before)
        case formatter:
            return formatter
