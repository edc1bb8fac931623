"""A report that an earlier run saved as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from verify.model import Report


def reports(path: Path, called: str = "") -> list[Report]:
    """Read the file. Raises `InputError`, which names it, as what it is `called`."""
    from verify.report import json as wire

    try:
        return wire.load(_text(path))
    except InputError as error:
        reason = str(error).removeprefix("cannot read the report: ")
        raise InputError(f"cannot read {called}{path}: {reason}", hint=error.hint) from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(
            (reason or str(error)).lower(), hint="give a report that --format json wrote"
        ) from None
