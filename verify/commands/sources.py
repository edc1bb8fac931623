"""`verify sources`: draft sources.yaml from an article's notes, and pin what was read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.commands.arguments import add_fetching, add_sources_file, command, settings_of
from verify.commands.output import OK, UNCHECKED, progress_for
from verify.errors import InputError

if TYPE_CHECKING:
    import argparse


def add_sources(commands: Any) -> None:
    """Add `verify sources`."""
    parser = command(commands, "sources", None, "draft sources.yaml from notes; pin what was read")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    draft = command(actions, "draft", _draft, "add an entry for each note that has none")
    draft.add_argument(
        "--dry-run", action="store_true", help="say what would be added, and write nothing"
    )
    pin = command(actions, "pin", _pin, "write the SHA-256 of each source into its entry")
    for action in (draft, pin):
        action.add_argument("article", type=Path, metavar="ARTICLE", help="one file")
        add_sources_file(action)
    add_fetching(pin)


def _draft(options: argparse.Namespace) -> int:
    from verify import draft, sources
    from verify.article import read

    settings = settings_of(options)
    article = read(options.article)
    path = settings.sources or sources.find(options.article)
    path = path or options.article.parent / sources.FILE_NAME
    made = draft.draft(article, path, dry=options.dry_run)
    would = "would have" if options.dry_run else "has"
    print(f"{path}: {len(made.added)} added, {len(made.kept)} kept as they were")
    for label in made.added:
        print(f"  [{label}] {would} a new entry")
    if made.without_address:
        labels = " ".join(f"[{label}]" for label in made.without_address)
        print(f"no address or file yet: {labels}", file=sys.stderr)
        print(f"hint: add url: or file: to their entries in {path}", file=sys.stderr)
    for name in made.unused:
        print(f"no note uses the entry {name!r} any more", file=sys.stderr)
    return OK


def _pin(options: argparse.Namespace) -> int:
    from verify import draft, pipeline, sources
    from verify.model import Document

    settings = settings_of(options)
    path = settings.sources or sources.find(options.article)
    if path is None:
        raise InputError(
            f"there is no sources.yaml for {options.article}",
            hint=f"try: verify sources draft {options.article}",
        )
    with (
        progress_for(settings) as progress,
        pipeline.opened(settings, progress=progress) as verifier,
    ):
        entries, readings = verifier.gather(options.article, path, pinned=False)
    digests = {i: r.snapshot.sha256 for i, r in readings.items() if isinstance(r, Document)}
    changed = draft.pin(path, digests)
    for name in changed:
        print(f"{path}: {name} is pinned to {digests[name][:12]}…")
    lacking = [name for name in readings if name not in digests]
    for name in lacking:
        print(f"{name} could not be read, and is not pinned", file=sys.stderr)
    loose = [name for name in digests if not entries[name].in_yaml]
    if loose:
        print(f"no entry to pin: {', '.join(loose)}", file=sys.stderr)
        print(f"hint: verify sources draft {options.article}", file=sys.stderr)
    return UNCHECKED if lacking else OK
