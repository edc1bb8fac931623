"""`verify check`: read the sources and judge the claims. `verify lint`: without the sources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.commands.arguments import (
    add_against,
    add_allow_unchecked,
    add_articles,
    add_fetching,
    add_judging,
    add_output,
    baseline_of,
    before_of,
    command,
    members_of,
    settings_of,
)
from verify.commands.output import (
    EXIT_CODES,
    FINDINGS,
    LINT_CODES,
    OK,
    UNCHECKED,
    exit_code,
    fails,
    progress_for,
    summarise,
    targets_of,
    write,
)
from verify.errors import SettingsError

if TYPE_CHECKING:
    import argparse

    from verify.changes import Changes
    from verify.model import Report
    from verify.settings import Settings


def add_check(commands: Any) -> None:
    """Add `verify check`."""
    parser = command(
        commands,
        "check",
        _check,
        "read an article's sources and judge its claims",
        epilog=EXIT_CODES,
    )
    add_articles(parser, needed=False)
    add_output(parser)
    _add_baseline(parser)
    add_against(parser)
    parser.add_argument(
        "--changed-since",
        metavar="REV",
        help="leave out citations that are as they were at REV, a commit of git",
    )
    parser.add_argument(
        "--from",
        dest="bundle",
        type=Path,
        metavar="BUNDLE.wacz",
        help="repeat the run that a bundle holds, with no network",
    )
    add_allow_unchecked(parser)
    parser.add_argument(
        "--strict",
        action="store_true",
        default=None,
        help="an unreachable source is an error at once, and not after three days",
    )
    add_fetching(parser)
    add_judging(parser)


def _add_baseline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--baseline",
        metavar="FILE",
        help="fail only on findings that FILE, a baseline, does not have",
    )


def _check(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    targets = targets_of(settings)
    known = baseline_of(settings)
    before = before_of(settings)
    if options.bundle:
        reports = known.applied(_replayed(options, settings))
    else:
        reports = known.applied(_checked(options, settings))
    write(reports, targets, fail_on=settings.fail_on, ui=settings.ui, before=before)
    summarise(reports, settings, targets)
    return exit_code(reports, settings)


def _replayed(options: argparse.Namespace, settings: Settings) -> list[Report]:
    from verify.commands.bundle import replayed

    if options.article:
        raise SettingsError("--from takes no article", hint="the bundle holds its own")
    return replayed(options.bundle, settings)


def _checked(options: argparse.Namespace, settings: Settings) -> list[Report]:
    from verify import pipeline

    if not options.article:
        raise SettingsError(
            "the following arguments are required: ARTICLE", hint="try `verify check --help`"
        )
    members = members_of(options, settings)
    with (
        progress_for(settings) as progress,
        pipeline.opened(settings, progress=progress) as verifier,
    ):
        asked = replace(verifier, changes=_changes(settings))
        return asked.check_all(members, settings.sources)


def _changes(settings: Settings) -> Changes | None:
    if settings.changed_since is None:
        return None
    from verify.changes import Changes

    return Changes(settings.changed_since, settings.sources)


def add_lint(commands: Any) -> None:
    """Add `verify lint`."""
    parser = command(
        commands,
        "lint",
        _lint,
        "look at notes and sources.yaml alone, offline",
        epilog=LINT_CODES,
    )
    add_articles(parser)
    add_output(parser)
    _add_baseline(parser)


def _lint(options: argparse.Namespace) -> int:
    from verify import pipeline

    settings = settings_of(options)
    targets = targets_of(settings)
    known = baseline_of(settings)
    members = members_of(options, settings)
    reports = known.applied(pipeline.lint_all(members, settings.sources))
    write(reports, targets, fail_on=settings.fail_on, ui=settings.ui)
    if fails(reports, settings):
        return FINDINGS
    return UNCHECKED if any(report.is_unread for report in reports) else OK
