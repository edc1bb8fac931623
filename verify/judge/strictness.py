"""
How sure a verdict must be: the operating points of `calibration.json`, by name.

A point is named by how many true citations it was set to doubt. What lies between "supported"
and "nothing found" is not decided, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verify.judge.fusion import calibration

if TYPE_CHECKING:
    from collections.abc import Mapping

LENIENT, DEFAULT, STRICT = "lenient", "default", "strict"
NAMES = (LENIENT, DEFAULT, STRICT)

# Another judge than ours has no measured points: more likely than not, and surely not.
UNMEASURED = {"accept": 0.5, "absent": 0.2, "deny": 0.8}


@dataclass(frozen=True, slots=True)
class Point:
    """The cuts of one strictness for one set of tools, each measured on development pairs."""

    accept: float
    """From here on a claim is supported, unless a fact objects."""
    absent: float
    """Below this it is not, and no more need be said."""
    deny: float
    """From here on it may be contradicted, if something else speaks against it, too."""


def point(strictness: str, model: str | None) -> Point:
    """Return the cuts for one of `NAMES` and a model of the fusion (`None`: another judge)."""
    cuts: Mapping[str, Any] | None = calibration()["strictness"]["cuts"].get(model)
    if cuts is None:
        return Point(**UNMEASURED)
    accept = float(cuts["accept"][strictness])
    return Point(accept, min(accept, float(cuts["absent"])), float(cuts["deny"]))
