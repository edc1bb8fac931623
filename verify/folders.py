"""Where a person's programs keep their files, by the XDG base directory specification."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path


def cache_folder() -> Path:
    """Return where what can be had again is kept (it need not exist)."""
    return _folder("XDG_CACHE_HOME", ".cache")


def data_folder() -> Path:
    """Return where what a person installed is kept (it need not exist)."""
    return _folder("XDG_DATA_HOME", ".local/share")


def _folder(variable: str, usual: str) -> Path:
    chosen = os.environ.get(variable)
    return Path(chosen) if chosen else _home() / usual


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # a container may run as a user whom nobody knows
        return _borrowed()


@cache
def _borrowed() -> Path:
    """Return a home for this run alone: one that others could have made is not to be trusted."""
    home = tempfile.mkdtemp(prefix="verify-home-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return Path(home)
