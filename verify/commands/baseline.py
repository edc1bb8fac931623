"""`verify baseline`: record what is wrong today, so that a run fails only on what is new."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.commands.arguments import (
    add_allow_unchecked,
    add_articles,
    add_fetching,
    add_judging,
    add_quiet,
    command,
    members_of,
    settings_of,
)
from verify.commands.output import check_place, counted, exit_code, progress_for, summarise, tell

if TYPE_CHECKING:
    import argparse

    from verify.baseline import Baseline
    from verify.settings import Settings


def add_baseline_command(commands: Any) -> None:
    """Add `verify baseline`."""
    parser = command(commands, "baseline", _baseline, "record today's findings as known")
    add_articles(parser)
    parser.add_argument(
        "--baseline",
        metavar="FILE",
        help="where the findings are recorded (default: .verify-baseline.json)",
    )
    parser.add_argument(
        "--prune", action="store_true", help="take out what no longer occurs, and add nothing"
    )
    add_allow_unchecked(parser)
    add_quiet(parser)
    add_fetching(parser)
    add_judging(parser)


def _baseline(options: argparse.Namespace) -> int:
    from verify import pipeline

    settings = settings_of(options)
    before = _before(settings)
    members = members_of(options, settings)
    with (
        progress_for(settings) as progress,
        pipeline.opened(settings, progress=progress) as verifier,
    ):
        reports = verifier.check_all(members, settings.sources)
    after = before.pruned(reports) if options.prune else before.recorded(reports)
    after.written()
    summarise(reports, settings)
    if not settings.quiet:
        tell(_told(before, after))
        tell(f"hint: verify check --baseline {after.path} ARTICLE")
    # What is recorded fails no run; what could not be checked is not recorded, and is said.
    return exit_code(reports, replace(settings, fail_on=None))


def _before(settings: Settings) -> Baseline:
    from verify import baseline

    path = settings.baseline or Path(baseline.FILE_NAME)
    check_place(path)
    return baseline.load(path) if path.exists() else baseline.Baseline(path)


def _told(before: Baseline, after: Baseline) -> str:
    old, new = set(before.known), set(after.known)
    return (
        f"{after.path}: {counted(len(new), 'finding')}, {len(new - old)} of them new, "
        f"{len(old - new)} taken out"
    )
