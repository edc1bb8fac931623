"""A local copy of a source: a file's bytes, read once."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from verify.errors import FetchError
from verify.fetch.address import refused
from verify.fetch.body import too_large
from verify.links import is_hidden
from verify.model import Failure, Snapshot, Source

MAX_BYTES = 50_000_000
"""Seventeen times the largest of 153 collected pages; one source must not fill the memory."""

MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".shtml": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".xht": "application/xhtml+xml",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

UNKNOWN = "application/octet-stream"
"""What we say of bytes whose type nobody named; the extractors then look at the bytes."""


class FileFetcher:
    """
    Reads plain files, and nothing else that a path may lead to.

    A sources.yaml is somebody else's text, as the article is: unless `allow_outside`, its
    paths must end inside its own folder, also where they are symbolic links, and at nothing
    hidden there. What a report shows of a page must not be able to show a key of whoever checks it.
    """

    name = "file"

    def __init__(self, *, max_bytes: int = MAX_BYTES, allow_outside: bool = False) -> None:
        """Refuse files above `max_bytes`."""
        self.max_bytes = max_bytes
        self.allow_outside = allow_outside

    def fetch(self, source: Source, address: str) -> Snapshot:
        """Return the file's bytes, or raise `FetchError` with the path in its message."""
        try:
            body = self._read(self._inside(source, address))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise FetchError(f"no such file: {address}", failure=Failure.MISSING_FILE) from error
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise FetchError(
                f"cannot read {address}: {why}", failure=Failure.MISSING_FILE
            ) from error
        except ValueError as error:
            raise FetchError(f"not a path: {address!r}", failure=Failure.REFUSED) from error
        return Snapshot(
            source_id=source.id,
            address=address,
            final_address=address,
            media_type=MEDIA_TYPES.get(Path(address).suffix.lower(), UNKNOWN),
            body=body,
            retrieved=datetime.now(UTC),
            via=self.name,
        )

    def _inside(self, source: Source, address: str) -> str:
        """Return where the path really leads, or raise where that is outside the folder."""
        if self.allow_outside or not source.in_yaml:
            return address
        folder = source.path.resolve().parent
        try:
            found = Path(address).resolve(strict=True)
        except RuntimeError as error:  # how Python before 3.13 says ELOOP
            raise FetchError(
                f"cannot read {address}: it is a link that leads to itself",
                failure=Failure.MISSING_FILE,
            ) from error
        if not found.is_relative_to(folder):
            raise refused(
                f"outside the folder of {source.path.name}: {address}",
                "move it into the folder, or allow it with --allow-outside",
            )
        if is_hidden(found, folder):
            # A checkout of a CI job has its token in .git/config; .env is where keys are.
            raise refused(
                f"a hidden file, or in a hidden folder: {address}",
                "copy it to a name without a dot, or allow it with --allow-outside",
            )
        return str(found)

    def _read(self, address: str) -> bytes:
        # O_NONBLOCK: opening a FIFO must not wait for a writer. The kind is asked of the open
        # file, so that nothing can be put in its place between the check and the reading.
        descriptor = os.open(address, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FetchError(f"not a plain file: {address}", failure=Failure.REFUSED)
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                body = file.read(self.max_bytes + 1)
        finally:
            os.close(descriptor)
        if len(body) > self.max_bytes:
            raise too_large(self.max_bytes)
        if not body:
            raise FetchError(f"the file is empty: {address}", failure=Failure.EMPTY)
        return body
