"""`verify bundle`: a run in one file. `replayed` has it again, with the network off."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import chdir
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify import __version__
from verify.commands.arguments import add_articles, add_fetching, command, settings_of, unique
from verify.commands.output import exit_code, progress_for
from verify.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from verify.bundle import Bundle
    from verify.fetch.journal import Journal
    from verify.fetch.store import Store
    from verify.model import Report
    from verify.settings import Settings

JUDGING = ("translate", "drift", "strict")
"""The settings that decide over verdicts: a bundle's run is repeated with its own."""


def add_bundle(commands: Any) -> None:
    """Add `verify bundle`."""
    parser = command(commands, "bundle", _bundle, "check articles, and keep the run in one file")
    add_articles(parser)
    parser.add_argument(
        "--output", metavar="FILE.wacz", help="where to (default: ARTICLE.wacz, here)"
    )
    add_fetching(parser)


def _bundle(options: argparse.Namespace) -> int:
    from verify import bundle

    settings = _rooted(settings_of(options))
    articles = [path.absolute() for path in unique(options.article)]
    target = (settings.output or Path(f"{articles[0].stem}.wacz")).absolute()
    if not target.parent.is_dir():
        raise InputError(f"cannot write {target}: there is no folder {target.parent}")
    made, reports = _made(articles, settings)
    bundle.write(target, made, _store(settings))
    if not settings.quiet:
        size = target.stat().st_size / 1_000_000
        print(f"{target.name}: {len(made.journal.bodies)} texts, {size:.1f} MB", file=sys.stderr)
        print(f"hint: verify check --from {target.name}", file=sys.stderr)
    return exit_code(reports, settings)


def _made(articles: Sequence[Path], settings: Settings) -> tuple[Bundle, list[Report]]:
    """Run a check in the folder above everything it reads, so that all paths stay inside."""
    from verify import pipeline, sources
    from verify.bundle import Bundle
    from verify.fetch.journal import Journal, RecordingFetcher
    from verify.report import json as wire

    chosen = settings.sources.absolute() if settings.sources else None
    pairs = [(article, chosen or sources.find(article)) for article in articles]
    known = [path.absolute() for pair in pairs for path in pair if path]
    root = Path(os.path.commonpath([path.parent for path in known]))
    journal, created = Journal(), datetime.now(UTC)
    with (
        chdir(root),
        progress_for(settings) as progress,
        pipeline.opened(settings, progress=progress) as verifier,
    ):
        recording = replace(
            verifier.through(lambda fetcher: RecordingFetcher(fetcher, journal)),
            clock=lambda: created,
        )
        relative = [
            (a.relative_to(root), s.absolute().relative_to(root) if s else None) for a, s in pairs
        ]
        reports = [recording.check(article, entry) for article, entry in relative]
        files = {str(p): p.read_bytes() for pair in relative for p in pair if p}
    run = {
        "version": __version__,
        "created": created.isoformat(),
        "articles": [{"path": str(a), "sources": str(s) if s else None} for a, s in relative],
        "settings": {name: getattr(settings, name) for name in JUDGING},
        "tools": dict(reports[0].tools),
    }
    files |= _local(journal, files)
    return Bundle(run, wire.dump(reports), files, journal), reports


def _local(journal: Journal, known: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the local copies that were read, under names that stay inside the bundle."""
    from verify.model import Snapshot

    found = {}
    for (fetcher, _, address), outcome in journal.outcomes.items():
        if fetcher == "file" and isinstance(outcome, Snapshot):
            path = Path(address)
            is_inside = not path.is_absolute() and ".." not in path.parts
            name = str(path) if is_inside else f"outside/{outcome.sha256[:12]}{path.suffix}"
            if name not in known:
                found[name] = outcome.body
    return found


def replayed(path: Path, settings: Settings) -> list[Report]:
    """
    Repeat the run of a bundle with no network, at its own time and with its own settings.

    Says on stderr where this program's tools are not those of the run: then verdicts may differ.
    Raises `InputError` where the bundle was altered.
    """
    from verify import bundle, pipeline
    from verify.fetch.journal import ReplayingFetcher

    held = bundle.read(path)
    created = bundle.moment(held.run)
    asked = held.run.get("settings")
    judging = {k: v for k, v in asked.items() if k in JUDGING} if isinstance(asked, dict) else {}
    settings = replace(_rooted(settings), **judging)
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        for name, body in held.files.items():
            place = Path(folder) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(body)
        with chdir(folder), pipeline.opened(settings) as verifier:
            replaying = replace(
                verifier.through(lambda fetcher: ReplayingFetcher(fetcher.name, held.journal)),
                clock=lambda: created,
            )
            reports = [replaying.check(a, s) for a, s in _articles(path, held.run)]
    _compare(held.run, reports)
    return reports


def _articles(path: Path, run: Mapping[str, Any]) -> list[tuple[Path, Path | None]]:
    try:
        return [
            (Path(each["path"]), Path(each["sources"]) if each["sources"] else None)
            for each in run["articles"]
        ]
    except (KeyError, TypeError):
        raise InputError(f"cannot read {path}: it does not say which articles it is of") from None


def _compare(run: Mapping[str, Any], reports: Sequence[Report]) -> None:
    """Say which tools are not those that the bundle was made with."""
    theirs, ours = run.get("tools"), dict(reports[0].tools) if reports else {}
    if not isinstance(theirs, dict):
        return
    for role in sorted(theirs.keys() | ours.keys()):
        if theirs.get(role) != ours.get(role):
            print(
                f"warning: {role}: the bundle's run had {theirs.get(role, 'none')}, "
                f"this one has {ours.get(role, 'none')}; verdicts may differ",
                file=sys.stderr,
            )


def _rooted(settings: Settings) -> Settings:
    """Make the paths of the settings independent of the folder that the run stands in."""
    evidence = settings.evidence.absolute() if settings.evidence else None
    packages = tuple(path.absolute() for path in settings.packages)
    return replace(settings, evidence=evidence, packages=packages)


def _store(settings: Settings) -> Store | None:
    from verify.fetch.store import Store, store_folder

    folder = settings.evidence or store_folder()
    return Store(folder) if folder.is_dir() else None
