"""`verify fetch`: get every source and record it, for runs with the network off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verify.commands.arguments import (
    add_articles,
    add_fetching,
    add_quiet,
    articles_of,
    command,
    settings_of,
)
from verify.commands.output import FETCH_CODES, OK, UNCHECKED, progress_for, say, tell
from verify.model import Document

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from verify.model import Reading, Source, SourceId


def add_fetch(commands: Any) -> None:
    """Add `verify fetch`."""
    parser = command(
        commands,
        "fetch",
        _fetch,
        "get the sources and record them, judging nothing",
        epilog=FETCH_CODES,
    )
    add_articles(parser)
    add_quiet(parser)
    add_fetching(parser)


def _fetch(options: argparse.Namespace) -> int:
    from verify import pipeline

    settings = settings_of(options)
    articles, unread = articles_of(options, settings)
    failed = 0
    with (
        progress_for(settings) as progress,
        pipeline.opened(settings, progress=progress) as verifier,
    ):
        for article in articles:
            entries, readings = verifier.gather(article, settings.sources)
            failed += _show(entries, readings)
    for notice in unread:
        tell(notice)
    if failed and not settings.quiet:
        tell(f"{failed} could not be had")
    return UNCHECKED if failed or unread else OK


def _show(entries: Mapping[SourceId, Source], readings: Mapping[SourceId, Reading]) -> int:
    """Print a line a source, and return how many could not be had."""
    from verify.fetch.body import size
    from verify.report.visible import one_line

    failed = 0
    for name, reading in readings.items():
        labels = " ".join(f"[{label}]" for label in entries[name].labels)
        if isinstance(reading, Document):
            snapshot = reading.snapshot
            what = f"{snapshot.via}, {reading.language}, {size(len(snapshot.body))}"
            say(one_line(f"{labels} {snapshot.final_address} ({what})"))
            continue
        failed += 1
        for attempt in reading.attempts:
            say(one_line(f"{labels} {attempt.address or name}: {attempt.reason}"))
    return failed
