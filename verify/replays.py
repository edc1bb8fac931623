"""Addresses of archived copies: the moment and the page that they name."""

from __future__ import annotations

import re

REPLAY = re.compile(r"(/(\d{14}))(?:[a-z]{2}_)?/(?=https?:/)", re.IGNORECASE)
"""Where a replay address names the moment and the page, as Wayback, OpenWayback and pywb do."""


def original(address: str) -> str:
    """Return the page that a replay address is a copy of; any other address as it is."""
    found = REPLAY.search(address)
    return address[found.end() :] if found else address


def is_copy(address: str) -> bool:
    """Whether an address is that of an archived copy."""
    return REPLAY.search(address) is not None
