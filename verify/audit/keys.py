"""One key at a time from a terminal, and whole lines where the person writes."""

from __future__ import annotations

import os
import select
import sys
from typing import TextIO

ARROWS = {"[A": "b", "[D": "b", "[B": " ", "[C": " "}
"""The arrows go back and on."""

ESCAPE_WAIT = 0.05
"""Seconds in which the rest of an arrow's sequence follows its escape character."""


def read_key(stream: TextIO = sys.stdin) -> str:
    """
    Return the next key, lower case; an empty string at the end of the input.

    A terminal gives each key at once; anything else gives the first character of each line.
    """
    if not stream.isatty():
        line = stream.readline()
        return (line.strip()[:1].lower() or " ") if line else ""
    import termios
    import tty

    descriptor = stream.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSADRAIN)  # the default drops what was typed ahead
        return _key(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _key(descriptor: int) -> str:
    first = os.read(descriptor, 1)
    if first != b"\x1b":
        # A letter beyond ASCII comes in several bytes; no key of ours is one.
        return first.decode("ascii", "replace").lower()
    rest = b""
    while len(rest) < 8 and select.select([descriptor], [], [], ESCAPE_WAIT)[0]:
        rest += os.read(descriptor, 1)
    return ARROWS.get(rest.decode("ascii", "replace"), "?")


def read_line(prompt: str, stream: TextIO = sys.stdin) -> str | None:
    """Return a line that the person types, or `None` where they end the input instead."""
    print(prompt, end="", flush=True)  # noqa: T201
    line = stream.readline()
    return line.strip() if line else None
