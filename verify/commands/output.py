"""Where reports go, and what a run exits with."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verify.errors import InputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from verify.model import Report
    from verify.settings import Settings

OK, FINDINGS, FATAL, UNCHECKED, BUG = 0, 1, 2, 3, 4

FORMATS = ("terminal", "json", "html")

EXIT_CODES = """\
exit codes:
  0  every citation was checked; no finding at or above --fail-on
  1  findings at or above --fail-on
  2  nothing was checked: a flag, the article, sources.yaml, settings or a model
  3  no failing finding, but some citations could not be checked
     (--allow-unchecked makes it 0 where at least one was)
  4  a bug in verify
"""


def targets_of(settings: Settings) -> list[tuple[str, Path | None]]:
    """Return each format with where it goes; `None` is stdout. Raises before any work."""
    targets = []
    for item in settings.format:
        name, _, file = item.partition("=")
        if name not in FORMATS:
            raise SettingsError(
                f"there is no format {name!r}", hint=f"the formats are {', '.join(FORMATS)}"
            )
        targets.append((name, Path(file) if file else settings.output))
    for _, path in targets:
        if path is not None and not path.parent.is_dir():
            raise SettingsError(f"cannot write {path}: there is no folder {path.parent}")
    places = [path for _, path in targets]
    if len(set(places)) < len(places):
        raise SettingsError(
            "two formats go to the same place", hint="give files: --format html=report.html"
        )
    return targets


def write(reports: Sequence[Report], targets: Sequence[tuple[str, Path | None]]) -> None:
    """Write the reports in each format to its place; `InputError` where it cannot be written."""
    from verify.report import FORMATTERS

    for name, path in targets:
        if path is None and name == "terminal" and sys.stdout.isatty():
            text = _coloured(reports)
        else:
            text = FORMATTERS[name].format(reports)
        text = text if text.endswith("\n") else text + "\n"
        if path is None:
            sys.stdout.write(text)
            continue
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from None


def _coloured(reports: Sequence[Report]) -> str:
    """Format for the terminal that we stand in. NO_COLOR is the habit of no-color.org."""
    from shutil import get_terminal_size

    from verify.report import on_terminal

    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return on_terminal(colour=colour, width=get_terminal_size().columns).format(reports)


def fails(reports: Sequence[Report], settings: Settings) -> bool:
    """Say whether a finding reaches `--fail-on`."""
    least = settings.fail_on
    return least is not None and any((r.worst() or 0) >= least for r in reports)


def exit_code(reports: Sequence[Report], settings: Settings) -> int:
    """Return what a check exits with."""
    if fails(reports, settings):
        return FINDINGS
    # Nothing checked is never a pass, whatever is allowed.
    if any(r.coverage.checked == 0 for r in reports):
        return UNCHECKED
    unchecked = any(r.coverage.unchecked for r in reports)
    return UNCHECKED if unchecked and not settings.allow_unchecked else OK


def summarise(reports: Sequence[Report], settings: Settings) -> None:
    """Say on stderr what came of it, for whoever sent the report elsewhere."""
    if settings.quiet or sys.stdout.isatty():
        return
    for report in reports:
        coverage, worst = report.coverage, report.worst()
        print(
            f"{report.article.path}: {coverage.checked} of {coverage.citations} citations checked, "
            f"{len(report.findings)} findings" + (f", the gravest {worst.label}" if worst else ""),
            file=sys.stderr,
        )


def progress_for(settings: Settings) -> AbstractContextManager[Callable[[str], None]]:
    """Return a context that shows what is being done, on a terminal alone."""
    from contextlib import contextmanager

    @contextmanager
    def spinner() -> Iterator[Callable[[str], None]]:
        if settings.quiet or not sys.stderr.isatty():
            yield lambda _: None
            return
        from rich.console import Console
        from rich.text import Text

        with Console(stderr=True).status("reading the article") as status:
            yield lambda message: status.update(Text(message, overflow="ellipsis", no_wrap=True))

    return spinner()
