"""`verify render`: a saved report in another format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.commands.arguments import add_format, command, settings_of
from verify.commands.output import OK, targets_of, write
from verify.errors import InputError

if TYPE_CHECKING:
    import argparse


def add_render(commands: Any) -> None:
    """Add `verify render`."""
    parser = command(commands, "render", _render, "write a saved JSON report in another format")
    parser.add_argument("report", type=Path, metavar="REPORT.json")
    add_format(parser)


def _render(options: argparse.Namespace) -> int:
    from verify.report import json as wire

    settings = settings_of(options)
    targets = targets_of(settings)
    try:
        reports = wire.load(_read(options.report))
    except InputError as error:
        reason = str(error).removeprefix("cannot read the report: ")
        raise InputError(f"cannot read {options.report}: {reason}", hint=error.hint) from None
    write(reports, targets, fail_on=settings.fail_on, ui=settings.ui)
    return OK


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(
            (reason or str(error)).lower(), hint="give a report that --format json wrote"
        ) from None
