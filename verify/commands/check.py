"""`verify check`: read the sources and judge the claims. `verify lint`: without the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verify.commands.arguments import (
    add_articles,
    add_output,
    add_translation,
    command,
    settings_of,
    unique,
)
from verify.commands.output import (
    FINDINGS,
    OK,
    exit_code,
    fails,
    progress_for,
    summarise,
    targets_of,
    write,
)

if TYPE_CHECKING:
    import argparse


def add_check(commands: Any) -> None:
    """Add `verify check`."""
    parser = command(commands, "check", _check, "read an article's sources and judge its claims")
    add_articles(parser)
    add_output(parser)
    parser.add_argument("--offline", action="store_true", default=None, help="ask no live address")
    parser.add_argument(
        "--allow-unchecked", action="store_true", default=None, help="exit 0 in place of 3"
    )
    parser.add_argument("--timeout", metavar="SECONDS", help="for one source (default: 30)")
    parser.add_argument("--delay", metavar="SECONDS", help="between two requests to one host (1)")
    parser.add_argument("--retries", metavar="N", help="after temporary failures (default: 2)")
    parser.add_argument("--jobs", metavar="N", help="sources read at once (default: 8)")
    parser.add_argument("--max-bytes", metavar="N", help="of one source (default: 20000000)")
    add_translation(parser)


def _check(options: argparse.Namespace) -> int:
    from verify import pipeline

    settings = settings_of(options)
    targets = targets_of(settings)
    with (
        progress_for(settings) as progress,
        pipeline.opened(settings, progress=progress) as verifier,
    ):
        reports = [verifier.check(path, settings.sources) for path in unique(options.article)]
    write(reports, targets)
    summarise(reports, settings)
    return exit_code(reports, settings)


def add_lint(commands: Any) -> None:
    """Add `verify lint`."""
    parser = command(commands, "lint", _lint, "look at notes and sources.yaml alone, offline")
    add_articles(parser)
    add_output(parser)


def _lint(options: argparse.Namespace) -> int:
    from verify import pipeline

    settings = settings_of(options)
    targets = targets_of(settings)
    reports = [pipeline.lint(path, settings.sources) for path in unique(options.article)]
    write(reports, targets)
    return FINDINGS if fails(reports, settings) else OK
