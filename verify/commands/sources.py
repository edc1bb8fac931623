"""`verify sources`: draft sources.yaml from an article's notes, and pin what was read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.commands.arguments import (
    add_articles,
    add_fetching,
    add_sources_file,
    articles_of,
    command,
    settings_of,
)
from verify.commands.output import OK, UNCHECKED, progress_for, say, tell
from verify.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from verify.draft import Draft
    from verify.settings import Settings


def add_sources(commands: Any) -> None:
    """Add `verify sources`."""
    parser = command(commands, "sources", None, "draft sources.yaml from notes; pin what was read")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    draft = command(actions, "draft", _draft, "add an entry for each note that has none")
    draft.add_argument(
        "--dry-run", action="store_true", help="say what would be added, and write nothing"
    )
    pin = command(actions, "pin", _pin, "write the SHA-256 of each source into its entry")
    add_articles(draft)
    pin.add_argument("article", type=Path, metavar="ARTICLE", help="one file")
    add_sources_file(pin)
    add_fetching(pin)


def _draft(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    articles, unread = articles_of(options, settings)
    drafts = []
    for article in articles:
        made = _drafted(article, settings, dry=options.dry_run)
        drafts.append(made)
        where = f"{made.path}: " if len(articles) == 1 else f"{made.path}: {article}: "
        say(f"{where}{len(made.added)} added, {len(made.kept)} kept as they were")
        would = "would have" if options.dry_run else "has"
        for label in made.added:
            say(f"  [{label}] {would} a new entry")
        _tell_what_is_amiss(article, made)
    for name in _unused(drafts):
        tell(f"no note uses the entry {name!r} any more")
    for notice in unread:
        tell(notice)
    return UNCHECKED if unread else OK


def _drafted(article: Path, settings: Settings, *, dry: bool) -> Draft:
    from verify import draft, sources
    from verify.article import read

    path = settings.sources or sources.find(article) or article.parent / sources.FILE_NAME
    return draft.draft(read(article), path, dry=dry)


def _tell_what_is_amiss(article: Path, made: Draft) -> None:
    """Say which notes have no address, and which entries no longer agree with their notes."""
    from verify import pipeline
    from verify.rules.src import outdated_source

    if made.without_address:
        labels = " ".join(f"[{label}]" for label in made.without_address)
        tell(f"no address or file yet: {labels}")
        tell(f"hint: add url: or file: to their entries in {made.path}")
    if not made.path.exists():
        return
    for finding in pipeline.lint(article, made.path).findings:
        if finding.code == outdated_source.code and finding.is_open:
            flag = finding.flag
            tell(f"{flag.path}:{flag.position.line}: {flag.message}")
            tell(f"hint: correct the entry; verify rule {finding.code}")


def _unused(drafts: Sequence[Draft]) -> Iterator[str]:
    """Name the entries that no note of any of the articles uses."""
    by_file: dict[Path, list[str]] = {}
    for made in drafts:
        others = by_file.get(made.path.resolve(), list(made.unused))
        by_file[made.path.resolve()] = [name for name in others if name in made.unused]
    for names in by_file.values():
        yield from names


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
        say(f"{path}: {name} is pinned to {digests[name][:12]}…")
    lacking = [name for name in readings if name not in digests]
    for name in lacking:
        tell(f"{name} could not be read, and is not pinned")
    loose = [name for name in digests if not entries[name].in_yaml]
    if loose:
        tell(f"no entry to pin: {', '.join(loose)}")
        tell(f"hint: verify sources draft {options.article}")
    return UNCHECKED if lacking else OK
