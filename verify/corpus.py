"""
Which articles are meant: files as they are named, folders with what is in them, and globs.

A sources.yaml stands for the articles that it serves, and a page that one names as the local copy
of a source is no article. Nor is a report of ours that lies in a folder of articles.
"""

from __future__ import annotations

import os
from glob import has_magic, iglob
from itertools import takewhile
from pathlib import Path
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, NamedTuple

from verify import git, links, sources
from verify.errors import ArticleError, SourcesError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUFFIXES = frozenset({".md", ".markdown", ".txt", ".html", ".htm", ".xhtml", ".docx"})

# What tools put beside the articles of a project where there is no git to say so.
BUILT = frozenset(
    {"node_modules", "venv", "__pycache__", "build", "dist", "target", "site-packages", "vendor"}
)

GENERATED = b'<meta name="generator" content="verify">'

HEAD = 2_000
"""Bytes of a report that hold the mark; its head begins with it."""

# A press archive has tens of thousands of articles; more than this is the wrong folder.
MOST = 100_000


class Member(NamedTuple):
    """One article of a run. A found one counts only where it has notes; a named one always."""

    path: Path
    is_named: bool
    leads_away: bool = False
    """Whether it is a link that nobody named, to what is no part of the project."""


def check(member: Member) -> None:
    """Raise `ArticleError` for what must not be read."""
    if member.leads_away:
        raise ArticleError(
            f"cannot read {member.path}: {links.AWAY}",
            hint="name the file itself to check it, or copy it to where the link is",
        )


class Meant(NamedTuple):
    """The articles of a run; and of the files that were left out, local copies and our reports."""

    articles: list[Member]
    copies: list[Path]
    reports: list[Path]


def meant(arguments: Sequence[str], sources_file: Path | None = None) -> Meant:
    """
    Tell the articles from the local copies that their sources.yaml names, and from our reports.

    A copy that is named stays where nothing else is asked for: it may cite sources of its own.
    Raises `ArticleError` as `members` does, and where a folder has copies alone.
    """
    every = members(arguments)
    reports = {each.path for each in every if not each.is_named and _is_report(each.path)}
    found = [each for each in every if each.path not in reports]
    copies = _copies(found, sources_file)
    articles = [each for each in found if not copies or each.path.resolve() not in copies]
    if not articles:
        articles = [each for each in found if each.is_named]
    if not articles:
        raise ArticleError(
            f"there is no article in {arguments[0]}: every file is a local copy in sources.yaml"
            " or a report of ours",
            hint="name a file itself to check it as an article",
        )
    kept = {each.path for each in articles}
    left = [each.path for each in found if each.path not in kept]
    return Meant(articles, left, sorted(reports))


def _is_report(path: Path) -> bool:
    """Whether a file says of itself that it is an HTML report of ours."""
    if path.suffix.lower() not in {".html", ".htm"}:
        return False
    try:
        with path.open("rb") as file:
            return GENERATED in file.read(HEAD)
    except OSError:
        return False  # that it cannot be read is told with the article


def _copies(found: Sequence[Member], sources_file: Path | None) -> set[Path]:
    """Return every file that the sources.yaml of one of these articles names as a copy alone."""
    folders = {each.path.parent: each.path for each in found}
    nearest = {sources_file or _nearest(path) for path in folders.values()}
    entries = [entry for path in nearest if path for entry in _entries(path)]
    copies = {_real(copy) for entry in entries for copy in entry.source.files}
    return copies - {entry.article for entry in entries if entry.article}


def _real(path: Path) -> Path:
    """Follow links; a path that leads nowhere (a link to itself, a NUL) is no file of ours."""
    try:
        return path.resolve()
    except (ValueError, RuntimeError, OSError):
        return path


def _nearest(article: Path) -> Path | None:
    try:
        return sources.find(article)
    except SourcesError:
        return None  # it is told with each article that it serves


def _entries(path: Path) -> list[sources.Entry]:
    try:
        return sources.load(path)
    except SourcesError:
        return []  # it is told with each article that it serves


def members(arguments: Sequence[str]) -> list[Member]:
    """
    Return each article once, in the order given; those of a folder sorted by path.

    Raises `ArticleError` where a folder or a glob has none.
    """
    found: dict[Path, Member] = {}
    for argument in arguments:
        for member in _members(argument):
            known = found.get(member.path)
            found[member.path] = Member(
                member.path,
                bool(known and known.is_named) | member.is_named,
                member.leads_away and (known is None or known.leads_away),
            )
    return list(found.values())


def _members(argument: str) -> list[Member]:
    path = Path(argument)
    if path.is_dir():
        inside = sorted(_inside(path))
        if not inside:
            raise ArticleError(
                f"there is no article in {path}",
                hint=f"articles are {', '.join(sorted(SUFFIXES))}; hidden and ignored ones are "
                "not taken",
            )
        return [_found(each, path) for each in inside]
    if path.name == sources.FILE_NAME and path.is_file():
        return [_found(each, path.parent) for each in _served(path)]
    if path.exists() or not has_magic(argument):
        return [Member(path, is_named=True)]
    matched = sorted(_matched(argument))
    if not matched:
        raise ArticleError(
            f"no article matches {argument}", hint="`**` stands for folders at any depth"
        )
    top = _before_magic(argument)
    return [_found(each, top)._replace(is_named=True) for each in matched]


def _found(path: Path, folder: Path) -> Member:
    return Member(path, is_named=False, leads_away=links.leads_away(path, folder))


def _before_magic(pattern: str) -> Path:
    """Return the folder that a glob names: what lies below it was only found."""
    return Path(*takewhile(lambda part: not has_magic(part), Path(pattern).parts))


def _served(path: Path) -> list[Path]:
    """Find the articles that a sources.yaml serves: those that have no nearer one."""
    mine = path.resolve()
    inside = ((each, sources.find(each)) for each in sorted(_inside(path.parent)))
    served = [each for each, nearest in inside if nearest and nearest.resolve() == mine]
    if not served:
        raise ArticleError(
            f"there is no article beside {path}",
            hint="name the article, and the file with --sources",
        )
    return served


def _matched(pattern: str) -> Iterator[Path]:
    """Expand a glob that the shell left alone. What it matches counts as named."""
    for count, name in enumerate(iglob(pattern, recursive=True)):  # noqa: PTH207  (a string stays as typed)
        path = Path(name)
        if path.is_file() and path.suffix.lower() in SUFFIXES and not BUILT & {*path.parts}:
            yield path
        _bounded(count, pattern)


def _inside(folder: Path) -> Iterator[Path]:
    """Find the articles below a folder, without hidden and ignored files."""
    listed = _listed(folder)
    for count, name in enumerate(_walked(folder) if listed is None else listed):
        parts = Path(name).parts
        if Path(name).suffix.lower() not in SUFFIXES or any(
            p.startswith((".", "~$")) for p in parts
        ):
            continue
        if (folder / name).is_file():
            yield folder / name
        _bounded(count, str(folder))


def _bounded(count: int, where: str) -> None:
    if count > MOST:
        raise ArticleError(f"{where} holds more than {MOST} files", hint="name a smaller folder")


def _listed(folder: Path) -> list[str] | None:
    """Return what git does not ignore below a folder; `None` where git cannot tell."""
    options = ("-z", "--cached", "--others", "--exclude-standard")
    try:
        run = git.run(folder, "ls-files", *options, patience=60)
    except (OSError, TimeoutExpired):
        return None
    names = [n.decode("utf-8", "surrogateescape") for n in run.stdout.split(b"\0") if n]
    # A folder that a repository ignores altogether, such as build/, was still asked for.
    return names if run.returncode == 0 and names else None


def _walked(folder: Path) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in BUILT)
        yield from (os.path.relpath(os.path.join(root, name), folder) for name in files)  # noqa: PTH118
