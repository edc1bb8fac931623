"""Which articles are meant: files as they are named, folders with what is in them, and globs."""

from __future__ import annotations

import os
import subprocess
from glob import has_magic, iglob
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from verify.errors import ArticleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUFFIXES = frozenset({".md", ".markdown", ".txt", ".html", ".htm", ".xhtml", ".docx"})

# What tools put beside the articles of a project where there is no git to say so.
BUILT = frozenset(
    {"node_modules", "venv", "__pycache__", "build", "dist", "target", "site-packages", "vendor"}
)

# A press archive has tens of thousands of articles; more than this is the wrong folder.
MOST = 100_000


class Member(NamedTuple):
    """One article of a run. A found one counts only where it has notes; a named one always."""

    path: Path
    is_named: bool


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
                member.path, bool(known and known.is_named) | member.is_named
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
        return [Member(each, is_named=False) for each in inside]
    if path.exists() or not has_magic(argument):
        return [Member(path, is_named=True)]
    matched = sorted(_matched(argument))
    if not matched:
        raise ArticleError(
            f"no article matches {argument}", hint="`**` stands for folders at any depth"
        )
    return [Member(each, is_named=True) for each in matched]


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
    command = ["git", "--no-optional-locks", "-C", str(folder), "ls-files", "-z"]
    options = ["--cached", "--others", "--exclude-standard"]
    try:
        run = subprocess.run([*command, *options], capture_output=True, check=False, timeout=60)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    names = [n.decode("utf-8", "surrogateescape") for n in run.stdout.split(b"\0") if n]
    # A folder that a repository ignores altogether, such as build/, was still asked for.
    return names if run.returncode == 0 and names else None


def _walked(folder: Path) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in BUILT)
        yield from (os.path.relpath(os.path.join(root, name), folder) for name in files)  # noqa: PTH118
