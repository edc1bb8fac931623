"""One key at a time from a terminal, and whole lines where the person writes."""

from __future__ import annotations

import codecs
import os
import select
import sys

ARROWS = {"[A": "b", "[D": "b", "[B": " ", "[C": " "}
"""The arrows go back and on."""

ESCAPE_WAIT = 0.05
"""Seconds in which the rest of an arrow's sequence follows its escape character."""

PERSIAN = str.maketrans(
    "ضصثقفغعهخحشسیيبلاتنمظطزژرذدپئ؟۱۲۳۴۵۶۷۸۹",
    "qwertyuiopasddfghjklzxccvbnmm?123456789",
)
"""
What stands on the same key of a Latin keyboard: ISIRI 9147, and the older layout that has ئ on M
and ژ on the key of C.
"""


def read_key() -> str:
    """
    Return the next key, lower case and in Latin; an empty string at the end of the input.

    A terminal gives each key at once; anything else gives the first character of each line.
    """
    stream = sys.stdin
    if not stream.isatty():
        line = stream.readline()
        return _latin(line.strip()[:1] or " ") if line else ""
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
        return _latin(_whole(descriptor, first))
    rest = b""
    while len(rest) < 8 and select.select([descriptor], [], [], ESCAPE_WAIT)[0]:
        rest += os.read(descriptor, 1)
    return ARROWS.get(rest.decode("ascii", "replace"), "?")


def _whole(descriptor: int, first: bytes) -> str:
    """Read the rest of a letter that comes in several bytes: it is one key."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while not (text := decoder.decode(first, final=not first)) and first:
        first = os.read(descriptor, 1)
    return text


def _latin(key: str) -> str:
    return key.lower().translate(PERSIAN)


def read_line(prompt: str) -> str | None:
    """Return a line that the person types, or `None` where they end the input instead."""
    print(prompt, end="", flush=True)  # noqa: T201
    line = sys.stdin.readline()
    return line.strip() if line else None
