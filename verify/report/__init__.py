"""Report -> text, in each of the formats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verify.report.html import HtmlFormatter
from verify.report.json import JsonFormatter
from verify.report.terminal import TerminalFormatter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verify.interfaces import Formatter

_TERMINAL = TerminalFormatter()

FORMATTERS: Mapping[str, Formatter] = {
    formatter.name: formatter for formatter in (_TERMINAL, JsonFormatter(), HtmlFormatter())
}
"""Every format by its name. None of them colours its output: see `on_terminal`."""


def on_terminal(*, colour: bool, width: int) -> Formatter:
    """Return the `terminal` format for a screen that is `width` columns wide."""
    return replace(_TERMINAL, colour=colour, width=width)
