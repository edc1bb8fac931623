"""A program that reads hostile bytes for us: without a shell, and within bounds."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from typing import TYPE_CHECKING

from verify.errors import ExtractError
from verify.model import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT = 120.0
"""
Seconds. A built Persian file of 315 pages takes pdftotext 1.7 s of an idle core and pdfminer 26 s.
"""

MAX_MEMORY = 2 * 1024**3
"""Bytes of address space. Either reader holds less than 0.3 GB of memory for that file."""

MAX_OUTPUT = 100_000_000
"""Bytes of words with their places: about 2,000 pages of a book."""

CHUNK = 1 << 20


class ProgramError(Exception):
    """The program ended with this status, which only its caller understands."""

    def __init__(self, status: int) -> None:
        """Keep the exit status; a negative one is the signal that ended it."""
        super().__init__(f"exit status {status}")
        self.status = status


def run(command: Sequence[str], body: bytes, *, timeout: float = TIMEOUT) -> bytes:
    """
    Return what `command` writes when `body` is its standard input.

    Raises `ExtractError` where it takes too long or writes too much, and `ProgramError` where
    it fails otherwise. The environment is not handed on.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryDirectory() as folder:
        given.write(body)
        given.seek(0)
        with subprocess.Popen(  # noqa: S603 (no shell, and the arguments are ours)
            list(command),
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        ) as process:
            _bound(process.pid, timeout)
            return _output(process, timeout)


def _output(process: subprocess.Popen[bytes], timeout: float) -> bytes:
    assert process.stdout is not None
    is_late = threading.Event()

    def stop() -> None:
        is_late.set()
        process.kill()

    alarm = threading.Timer(timeout, stop)
    alarm.start()
    try:
        written = bytearray()
        while chunk := process.stdout.read(CHUNK):
            written += chunk
            if len(written) > MAX_OUTPUT:
                process.kill()
                raise ExtractError("it has more text than is read", failure=Failure.TOO_LARGE)
        status = process.wait()
    finally:
        alarm.cancel()
        process.kill()
    if is_late.is_set():
        raise ExtractError(f"not read within {timeout:g} s", failure=Failure.TOO_LARGE)
    if status:
        raise ProgramError(status)
    return bytes(written)


def _bound(pid: int, timeout: float) -> None:
    """Bound another process's memory and time, where the system lets us (Linux does)."""
    import resource

    if not hasattr(resource, "prlimit"):
        return
    seconds = int(timeout) + 1
    limits = {
        resource.RLIMIT_AS: MAX_MEMORY,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    try:
        for name, most in limits.items():
            resource.prlimit(pid, name, (most, most))
    except ProcessLookupError:
        return  # it has ended already
