"""
Links among the files of a project, and where they lead.

A project may be anybody's: a pull request, an archive, a download. What a report shows of its files
must not be able to show a key from the home of whoever checks it, or from git's own files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


AWAY = "it is a link out of the project, or to a hidden file"
"""What is wrong with a file that does."""


def leads_away(path: Path, folder: Path) -> bool:
    """
    Whether a file that was found below `folder` is a link to what is no part of the project.

    That is what lies outside the folder and the git repository around it, and what is hidden there.
    """
    top, real = folder.resolve(), path.resolve()
    if real == top / path.relative_to(folder):
        return False
    around = next((up for up in (top, *top.parents) if (up / ".git").exists()), top)
    inside = next((up for up in (top, around) if real.is_relative_to(up)), None)
    return inside is None or is_hidden(real, inside)


def is_hidden(path: Path, folder: Path) -> bool:
    """Whether any part of a path below `folder` begins with a dot, as `.git` and `.env` do."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
