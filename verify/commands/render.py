"""`verify render`: a saved report in another format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.commands import saved
from verify.commands.arguments import add_against, add_format, before_of, command, settings_of
from verify.commands.output import OK, targets_of, write

if TYPE_CHECKING:
    import argparse


def add_render(commands: Any) -> None:
    """Add `verify render`."""
    parser = command(commands, "render", _render, "write a saved JSON report in another format")
    parser.add_argument("report", type=Path, metavar="REPORT.json", help="what --format json wrote")
    add_format(parser)
    add_against(parser)


def _render(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    targets = targets_of(settings)
    before = before_of(settings)
    reports = saved.reports(options.report)
    write(reports, targets, fail_on=settings.fail_on, ui=settings.ui, before=before)
    return OK
