"""Where reports go, and what a run exits with."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verify.errors import InputError, SettingsError
from verify.model import Failure, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import TextIO

    from verify.model import Report
    from verify.settings import Settings

OK, FINDINGS, FATAL, UNCHECKED, BUG = 0, 1, 2, 3, 4

FORMATS = ("terminal", "json", "html", "sarif", "junit", "github", "markdown", "csv")

EXIT_CODES = """\
exit codes:
  0  every citation was checked; no finding at or above --fail-on
  1  findings at or above --fail-on
  2  nothing was checked: a flag, the article, sources.yaml, settings or a model
  3  no failing finding, but some citations could not be checked
     (--allow-unchecked makes it 0 where at least one was, and no bug in verify is why)
  4  a bug in verify
"""

LINT_CODES = """\
exit codes:
  0  no finding at or above --fail-on
  1  findings at or above --fail-on
  2  nothing was looked at: a flag, the article, sources.yaml or settings
  3  no failing finding, but an article among several could not be read
  4  a bug in verify
"""

FETCH_CODES = """\
exit codes:
  0  every source that a citation leans on was had
  2  nothing was fetched: a flag, the article, sources.yaml or settings
  3  a source could not be had, or an article among several could not be read
  4  a bug in verify
"""

CLAIMS_CODES = """\
exit codes:
  0  every claim was checked, whatever came of it
  2  nothing was checked: a flag, the file, settings or a model
  3  some claims could not be checked (--allow-unchecked makes it 0)
  4  a bug in verify
"""


def say(line: str) -> None:
    """Print a line for people on standard output. Nothing foreign in it drives their terminal."""
    _print(line, sys.stdout)


def tell(line: str) -> None:
    """Print a line for people on standard error, as safely."""
    _print(line, sys.stderr)


def _print(line: str, stream: TextIO) -> None:
    from verify.report.visible import told

    print(told(line), file=stream, flush=True)


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
        if path is not None:
            check_place(path)
    places = [path for _, path in targets]
    if len(set(places)) < len(places):
        raise SettingsError(
            "two formats go to the same place", hint="give files: --format html=report.html"
        )
    return targets


def check_place(path: Path) -> None:
    """Raise where a file cannot be written: a run of an hour should not end with that."""
    why = ""
    if path.is_dir():
        why, hint = "it is a folder", f"name a file in it, as in {path / 'FILE'}"
    elif not path.parent.is_dir():
        why, hint = f"there is no folder {path.parent}", "make the folder, or name another place"
    elif not os.access(path if path.exists() else path.parent, os.W_OK):
        why, hint = "permission denied", "name another place"
    if why:
        raise SettingsError(f"cannot write {path}: {why}", hint=hint)


def write(
    reports: Sequence[Report],
    targets: Sequence[tuple[str, Path | None]],
    *,
    fail_on: Severity | None = Severity.ERROR,
    ui: str = "en",
    before: Sequence[Report] = (),
) -> None:
    """
    Write the reports in each format to its place; `InputError` where it cannot be written.

    `fail_on` is what a format with failures of its own calls one, `ui` the language of the
    HTML page's interface, and `before` an earlier run's reports.
    """
    from verify.report import for_run
    from verify.rules import RULES

    for name, path in targets:
        if path is None and name == "terminal" and sys.stdout.isatty():
            text = _coloured(reports, before)
        else:
            formatter = for_run(name, rules=RULES, fail_on=fail_on, before=before, ui=ui)
            text = formatter.format(reports)
        text = text if text.endswith("\n") else text + "\n"
        if path is None:
            sys.stdout.write(text)
            continue
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(f"cannot write {path}: {reason}", hint="name another place") from None


def _coloured(reports: Sequence[Report], before: Sequence[Report]) -> str:
    """Format for the terminal that we stand in."""
    from shutil import get_terminal_size

    from verify.report import on_terminal

    colour = wants_colour()
    width = get_terminal_size().columns
    return on_terminal(colour=colour, width=width, before=before).format(reports)


def wants_colour() -> bool:
    """Whether a person reads the terminal. NO_COLOR is the habit of no-color.org."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and not _in_ci()


def _in_ci() -> bool:
    """Whether a job runs us, whose log keeps what a terminal would draw over."""
    return os.environ.get("CI", "").lower() not in {"", "false"}


def fails(reports: Sequence[Report], settings: Settings) -> bool:
    """Say whether a finding reaches `--fail-on`."""
    least = settings.fail_on
    return least is not None and any((r.worst() or 0) >= least for r in reports)


def is_unchanged(report: Report) -> bool:
    """Whether every citation was left out, because nothing of it has changed."""
    return report.left_out > 0 and report.coverage.citations == 0


def has_fault(report: Report) -> bool:
    """Whether a bug in verify kept a source from being read."""
    return any(a.failure is Failure.FAULT for r in report.readings.values() for a in r.attempts)


def exit_code(reports: Sequence[Report], settings: Settings) -> int:
    """Return what a check exits with."""
    if not reports:
        return FATAL
    if fails(reports, settings):
        return FINDINGS
    if any(map(has_fault, reports)):
        return UNCHECKED  # what is allowed are sources that could not be had, not our own bugs
    # Nothing checked is never a pass, whatever is allowed; but with --changed-since, an article
    # in which git finds no citation changed was asked nothing, and says so.
    silent = [r for r in reports if r.coverage.checked == 0 and not is_unchanged(r)]
    if settings.allow_unchecked and any(r.coverage.checked for r in reports):
        # A README among the articles that a commit changes has nothing that could be checked.
        silent = [r for r in silent if r.is_unread or r.article.citations]
    if silent:
        return UNCHECKED
    unchecked = any(r.coverage.unchecked for r in reports)
    return UNCHECKED if unchecked and not settings.allow_unchecked else OK


def summarise(
    reports: Sequence[Report],
    settings: Settings,
    targets: Sequence[tuple[str, Path | None]] = (),
) -> None:
    """
    Say on stderr what came of it: of each article, and of them all.

    Of each, only where no report of `targets` has shown it on the terminal already.
    """
    if settings.quiet:
        return
    is_shown = sys.stdout.isatty() and any(path is None for _, path in targets)
    for report in () if is_shown else reports:
        tell(f"{report.article.path}: {_told(report)}")
    if len(reports) > 1:
        tell(f"{len(reports)} articles: {_counted(reports)}")


def _told(report: Report) -> str:
    if report.is_unread:
        return report.notices[0]
    if is_unchanged(report):
        none = f"none of {counted(report.left_out, 'citation')} has changed"
        return f"nothing to check: {none}{_found(report)}"
    return _counted([report])


def _counted(reports: Sequence[Report]) -> str:
    checked = sum(r.coverage.checked for r in reports)
    citations = sum(r.coverage.citations for r in reports)
    left_out = sum(r.left_out for r in reports)
    unread = sum(r.is_unread for r in reports)
    more = f", {left_out} more left out" if left_out else ""
    more += f", {counted(unread, 'article')} could not be read" if unread else ""
    return f"{checked} of {counted(citations, 'citation')} checked{more}{_found(*reports)}"


def counted(count: int, noun: str) -> str:
    """Say `1 finding`, and `2 findings`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _found(*reports: Report) -> str:
    """Count the findings, and say how many of them fail no run."""
    findings = [f for r in reports for f in r.findings]
    known = sum(f.is_known for f in findings)
    suppressed = sum(f.suppression is not None for f in findings)
    worst = max((worst for r in reports if (worst := r.worst())), default=None)
    return (
        f", {counted(len(findings), 'finding')}"
        + (f", {known} of them known" if known else "")
        + (f", {suppressed} suppressed" if suppressed else "")
        + (f", the gravest {worst.label}" if worst else "")
    )


def progress_for(settings: Settings) -> AbstractContextManager[Callable[[str], None]]:
    """Return a context that shows what is being done, on a terminal alone."""
    from contextlib import contextmanager

    @contextmanager
    def spinner() -> Iterator[Callable[[str], None]]:
        if settings.quiet or _in_ci() or not sys.stderr.isatty():
            yield lambda _: None
            return
        from rich.console import Console
        from rich.text import Text

        from verify.report.visible import one_line

        with Console(stderr=True).status("reading the article") as status:
            yield lambda message: status.update(
                Text(one_line(message), overflow="ellipsis", no_wrap=True)
            )

    return spinner()
