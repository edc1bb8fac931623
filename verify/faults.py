"""A bug in verify itself: what it says, and how it stays with the source that brought it out."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from verify.errors import FetchError
from verify.model import Failure

# Words of a library's error that are kept: it may quote a whole page.
LONGEST = 200


def named(error: Exception) -> str:
    """Say what an error that nobody foresaw is, and which line raised it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = str(error)[:LONGEST]
    return f"{type(error).__name__}: {said} ({Path(last.filename).name}:{last.lineno})"


def fault(error: Exception) -> FetchError:
    """
    Make of an error that nobody foresaw a failure to read one source.

    The other sources are read all the same. `VERIFY_DEBUG` shows the traceback.
    """
    if os.environ.get("VERIFY_DEBUG"):
        for line in "".join(traceback.format_exception(error)).splitlines():
            # It may quote a page, and a terminal obeys what it is shown.
            sys.stderr.write(f"{ascii(line)[1:-1]}\n")
    return FetchError(
        f"a bug in verify, not a fault of the source: {named(error)}",
        failure=Failure.FAULT,
        hint="set VERIFY_DEBUG=1 for the traceback, and report it",
    )
