"""`verify bundle`: a run in one file. `replayed` has it again, with the network off."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import chdir, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify import __version__
from verify.commands.arguments import (
    add_articles,
    add_fetching,
    add_judging,
    add_quiet,
    articles_of,
    command,
    settings_of,
)
from verify.commands.output import check_place, exit_code, progress_for, tell
from verify.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from verify.bundle import Bundle
    from verify.fetch.journal import Journal
    from verify.fetch.store import Store
    from verify.judge.verdict import Examiner
    from verify.model import Report
    from verify.settings import Settings

JUDGING = ("translate", "drift", "strict", "strictness")
"""The settings that decide over verdicts: a bundle's run is repeated with its own."""

# Ours have up to 120 characters; a bundle of somebody else's may say anything.
LONGEST_TOOL = 200

LONGEST_LINE = 100
"""Characters of a line of a report that differs: a key and its value, or the beginning of it."""


def add_bundle(commands: Any) -> None:
    """Add `verify bundle`."""
    parser = command(commands, "bundle", _bundle, "check articles, and keep the run in one file")
    add_articles(parser)
    parser.add_argument(
        "--output", metavar="FILE.wacz", help="where to (default: ARTICLE.wacz in this folder)"
    )
    add_quiet(parser)
    add_fetching(parser)
    add_judging(parser)


def _bundle(options: argparse.Namespace) -> int:
    from verify import bundle

    settings = _rooted(settings_of(options))
    articles = _articles_of(options, settings)
    target = (settings.output or Path(f"{_name(options.article[0], articles)}.wacz")).absolute()
    check_place(target)
    made, reports = _made(articles, settings)
    bundle.write(target, made, _store(settings))
    if not settings.quiet:
        size = target.stat().st_size / 1_000_000
        tell(f"{target.name}: {made.journal.texts} texts, {size:.1f} MB")
        tell(f"hint: verify check --from {target.name}")
    return exit_code(reports, settings)


def _articles_of(options: argparse.Namespace, settings: Settings) -> list[Path]:
    """Return the articles of the run; a bundle that lacked one would not be the whole run."""
    articles, unread = articles_of(options, settings)
    if unread:
        raise InputError(
            "\n  ".join(unread),
            hint="mend it, or name the articles without it: a bundle holds a whole run",
        )
    return [path.resolve() for path in articles]


def _name(argument: Path, articles: Sequence[Path]) -> str:
    """Name the bundle of a folder after the folder, and any other after its first article."""
    return argument.resolve().name if argument.is_dir() else articles[0].stem


def _made(articles: Sequence[Path], settings: Settings) -> tuple[Bundle, list[Report]]:
    """Run a check in the folder above everything it reads, so that all paths stay inside."""
    from verify import pipeline, rules, sources
    from verify.bundle import Bundle
    from verify.fetch.journal import Journal, RecordingFetcher
    from verify.fetch.limit import Paced
    from verify.report import json as wire

    found = [settings.sources or sources.find(article) for article in articles]
    # Resolved before the folder changes: what `find` returns counts from where we stand.
    entries = [path.resolve() if path else None for path in found]
    pairs = list(zip(articles, entries, strict=True))
    root = Path(os.path.commonpath([path.parent for pair in pairs for path in pair if path]))
    journal, created = Journal(), datetime.now(UTC)
    with (
        _standing_in(root),
        progress_for(settings) as progress,
        pipeline.opened(settings, progress=progress) as verifier,
    ):
        pace = Paced(verifier.is_over)
        recording = replace(
            verifier.through(lambda fetcher: RecordingFetcher(fetcher, journal)),
            clock=lambda: created,
            is_over=pace,
        )
        relative = [(a.relative_to(root), s.relative_to(root) if s else None) for a, s in pairs]
        reports = rules.together([recording.check(a, s) for a, s in relative])
        read = {p for pair in relative for p in pair if p} | _decisions(reports)
        files = {str(p): journal.keep(p.read_bytes()) for p in read}
    run = {
        "version": __version__,
        "created": created.isoformat(),
        "articles": [{"path": str(a), "sources": str(s) if s else None} for a, s in relative],
        "settings": {name: getattr(settings, name) for name in JUDGING},
        "tools": dict(reports[0].tools),
        "models": _models(verifier.examiner),
        "told": list(recording.told),
        "judged": pace.steps if pace.has_ended else None,
    }
    files |= _local(journal, files)
    return Bundle(run, wire.dump(reports), files, journal), reports


def _decisions(reports: Sequence[Report]) -> set[Path]:
    """Return the files of decisions that the run read: without them it is not the same run."""
    from verify.pipeline import reviews_file

    found = {reviews_file(report.article, report.sources) for report in reports}
    return {path for path in found if ".." not in path.parts and path.is_file()}


def _local(journal: Journal, known: Mapping[str, Path]) -> dict[str, Path]:
    """Return the local copies that were read, under names that stay inside the bundle."""
    found = {}
    for (fetcher, _, address), outcome in journal.outcomes.items():
        if fetcher == "file" and "failure" not in outcome:
            path, digest = Path(address), outcome["sha256"]
            is_inside = not path.is_absolute() and ".." not in path.parts
            name = str(path) if is_inside else f"outside/{digest[:12]}{path.suffix}"
            if name not in known:
                found[name] = journal.folder / digest
    return found


def replayed(path: Path, settings: Settings) -> list[Report]:
    """
    Repeat the run of a bundle with no network, at its own time and with its own settings.

    Says on stderr whether the report came out as it is in the bundle, and where this program and
    its tools are not those of the run. Raises `InputError` where the bundle was altered.
    """
    from verify import bundle, pipeline, rules
    from verify.fetch.journal import ReplayingFetcher
    from verify.fetch.limit import Paced

    held = bundle.read(path)
    created, articles = bundle.moment(held.run), _articles(path, held)
    settings = replace(_rooted(settings), **_judging(path, held.run))
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        _lay_out(path, held, Path(folder))
        with _standing_in(Path(folder)), pipeline.opened(settings) as verifier:
            replaying = replace(
                verifier.through(lambda fetcher: ReplayingFetcher(fetcher.name, held.journal)),
                clock=lambda: created,
                is_over=Paced.like(_judged(held.run)),
                told=_told(held.run),
            )
            reports = rules.together([replaying.check(a, s) for a, s in articles])
            models = _models(verifier.examiner)
    _compare(held.run, {"verify": __version__, **reports[0].tools}, models)
    _tell_whether_same(path, held.report, reports, is_quiet=settings.quiet)
    return reports


@contextmanager
def _standing_in(folder: Path) -> Iterator[None]:
    """
    Stand in a folder, and import nothing out of it.

    The files in it are those of a bundle or an article. Heavy libraries are imported late, and
    Python may look for them in the folder where we stand: with `-c` and at its prompt.
    """
    before = sys.path[:]
    sys.path[:] = [os.path.abspath(entry) for entry in before]  # noqa: PTH100 ('' is a path here)
    try:
        with chdir(folder):
            yield
    finally:
        sys.path[:] = before


def _models(examiner: Examiner) -> dict[str, str]:
    """Return the whole SHA-256 of the models' weights, of which their names give the beginning."""
    parts = {"encoder": examiner.encoder, "judge": examiner.judge or examiner.reader}
    digests = {role: getattr(part, "digest", None) for role, part in parts.items()}
    return {role: f"sha256:{digest}" for role, digest in digests.items() if digest}


def _judging(path: Path, run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the run's own settings, read as strictly as anybody's."""
    from verify.settings import FIELDS

    asked = run.get("settings")
    if not isinstance(asked, dict):
        return {}
    try:
        return {k: FIELDS[k].metadata["read"](v) for k, v in asked.items() if k in JUDGING}
    except (ValueError, TypeError) as error:
        raise InputError(f"cannot read {path}: a setting of its run is not {error}") from None


def _judged(run: Mapping[str, Any]) -> int | None:
    """Return after how many claims the time of the run was over; `None` where it was enough."""
    judged = run.get("judged")
    return judged if isinstance(judged, int) else None


def _told(run: Mapping[str, Any]) -> tuple[str, ...]:
    told = run.get("told")
    return tuple(map(str, told)) if isinstance(told, list) else ()


def _lay_out(path: Path, held: Bundle, folder: Path) -> None:
    """Put the files of a run where they were, seen from its folder."""
    try:
        for name, file in held.files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot unpack {path}: {name[:80]!r}: {reason}") from None


def _articles(path: Path, held: Bundle) -> list[tuple[Path, Path | None]]:
    """Return what was checked; a bundle can name its own files only."""
    try:
        found = [(each["path"], each["sources"]) for each in held.run["articles"]]
        named = {name for pair in found for name in pair if name is not None}
    except (KeyError, TypeError):
        raise InputError(f"cannot read {path}: it does not say which articles it is of") from None
    if not found:
        raise InputError(
            f"cannot read {path}: it is of no article, so there is nothing to check",
            hint="give a bundle that `verify bundle` wrote, as it was written",
        )
    if foreign := sorted(map(str, named - held.files.keys())):
        raise InputError(f"cannot read {path}: it does not hold {foreign[0][:80]!r}")
    return [(Path(article), Path(entry) if entry else None) for article, entry in found]


def _compare(run: Mapping[str, Any], tools: Mapping[str, str], models: Mapping[str, str]) -> None:
    """Say which of our tools are not those that the bundle was made with."""
    from verify.report.visible import shortened

    theirs = {"verify": run.get("version", "none"), **_said(run, "tools")}
    digests = _said(run, "models")
    for role in sorted(theirs.keys() | tools.keys()):
        had, has = str(theirs.get(role, "none")), str(tools.get(role, "none"))
        if had == has and role in digests:
            had, has = str(digests[role]), models.get(role, "none")
        if had != has:
            tell(
                f"warning: {shortened(role, LONGEST_TOOL)}: the bundle's run had "
                f"{shortened(had, LONGEST_TOOL)}, this one has {has}; verdicts may differ"
            )


def _said(run: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    said = run.get(key)
    return said if isinstance(said, dict) else {}


def _tell_whether_same(path: Path, held: str, reports: Sequence[Report], *, is_quiet: bool) -> None:
    """Say whether the run came out as the bundle says: its report could be anybody's."""
    from verify.report import json as wire

    ours = wire.dump(reports)
    if held != ours:
        tell(f"warning: {path.name}: this run's report is not the one in it: {_how(held, ours)}")
        if said := _beside(held, ours, reports):
            tell(f"hint: beside the one in it, this run has: {said}")
    elif not is_quiet:
        tell(f"{path.name}: the run came out the same, to the byte")


def _how(held: str, ours: str) -> str:
    """Name the first line in which two reports differ."""
    from verify.report.visible import shortened

    pairs = enumerate(zip_longest(held.split("\n"), ours.split("\n"), fillvalue=""), 1)
    number, lines = next((n, pair) for n, pair in pairs if pair[0] != pair[1])
    there, here = (shortened(line.strip(), LONGEST_LINE) or "nothing" for line in lines)
    return f"line {number}: {there} there, {here} here"


def _beside(held: str, ours: str, reports: Sequence[Report]) -> str:
    """Say what has become of the claims; nothing where the bundle holds no report."""
    from verify.report.load import load
    from verify.report.since import Since
    from verify.report.strings import Strings

    if len(held) > 2 * len(ours):
        return ""  # made up, and perhaps made to take all memory once it is parsed
    try:
        return ", ".join(Since.between(reports, load(held)).told(Strings()))
    except InputError:
        return ""


def _rooted(settings: Settings) -> Settings:
    """Make the paths of the settings independent of the folder that the run stands in."""
    evidence = settings.evidence.absolute() if settings.evidence else None
    packages = tuple(path.absolute() for path in settings.packages)
    return replace(settings, evidence=evidence, packages=packages)


def _store(settings: Settings) -> Store | None:
    from verify.fetch.store import Store, store_folder

    folder = settings.evidence or store_folder()
    return Store(folder) if folder.is_dir() else None
