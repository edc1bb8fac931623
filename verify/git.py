"""
Asking git, where the repository may be as hostile as the article in it.

An unpacked archive can bring a `.git` folder, whose config names programs that git runs: to watch
files, to filter them, to show their differences, to bring objects from elsewhere. So nothing here
makes git read a file of the working tree, and whatever else could start a program is off.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
"""Flags come before what a repository's config says."""

NO_PROTOCOL = "none"
"""The name of none: a clone that lacks objects must not fetch them, by a command that it names."""


def run(folder: Path, *arguments: str, patience: float) -> subprocess.CompletedProcess[bytes]:
    """
    Ask git about `folder`, and change nothing there.

    No differences with the working tree may be asked for: git would filter files by programs that
    the repository names. Raises `OSError` without git, and `subprocess.TimeoutExpired`.
    """
    command = ["git", "--no-optional-locks", "--literal-pathspecs", *QUIET, "-C", str(folder)]
    return subprocess.run(  # noqa: S603 (no shell; what a name may begin with is for the callers)
        [*command, *arguments],
        capture_output=True,
        check=False,
        timeout=patience,
        env={**os.environ, "GIT_ALLOW_PROTOCOL": NO_PROTOCOL},
    )
