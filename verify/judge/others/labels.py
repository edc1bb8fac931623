"""What the classes of a model mean, read from what its makers called them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from verify.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Meaning(StrEnum):
    """What a class says of a passage and a claim."""

    SUPPORTED = "supported"
    NEUTRAL = "neutral"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"
    """Either of the two above: models of two classes do not tell them apart."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# As models of MNLI, XNLI, FEVER, VitaminC, SciFact, FarsTail, MiniCheck and HHEM call them,
# without what is no letter.
SPELLINGS: Mapping[Meaning, frozenset[str]] = {
    Meaning.SUPPORTED: _words(
        "entailment entail entails entailed e support supports supported consistent factual "
        "faithful grounded attributable"
    ),
    Meaning.NEUTRAL: _words(
        "neutral n none nei notenoughinfo notenoughinformation unrelated unknown insufficient"
    ),
    Meaning.CONTRADICTED: _words(
        "contradiction contradict contradicts contradicted contradictory c refute refutes refuted"
    ),
    Meaning.UNSUPPORTED: _words(
        "notentailment nonentailment notentailed unsupported notsupported notsupport "
        "inconsistent hallucinated hallucination nonfactual notfactual unfaithful "
        "ungrounded notgrounded notattributable"
    ),
}

NOT_LETTERS = re.compile(r"[^a-z]+")

S, N, C, U = Meaning
COMPLETE = (frozenset({S, N, C}), frozenset({S, U}), frozenset({S, C}), frozenset({S}))
"""The sets of classes that a judge can be made of; one alone is a score from 0 to 1."""

HINT = (
    "say with --judge-labels what its classes mean, in order: supported, neutral, contradicted; "
    "or supported and unsupported"
)


@dataclass(frozen=True)
class Labels:
    """The meaning of each class of a model, in the order of its scores."""

    meanings: tuple[Meaning, ...]

    @property
    def can_contradict(self) -> bool:
        """Whether it tells a denial from silence."""
        return Meaning.CONTRADICTED in self.meanings

    def share(self, meaning: Meaning, shares: Sequence[float]) -> float:
        """Return the share of one meaning; 0 where the model has no such class."""
        return sum(s for m, s in zip(self.meanings, shares, strict=True) if m is meaning)


def read(id2label: Mapping[int, str], given: Sequence[str] = ()) -> Labels:
    """
    Return what the classes mean: as `given`, or as the model's configuration calls them.

    Raises `ModelError` that lists what was found.
    """
    names = list(given) or [id2label[key] for key in sorted(id2label)]
    shown = ", ".join(repr(name[:40]) for name in names[:12]) or "none"
    if given and len(given) != len(id2label):
        raise ModelError(
            f"the model has {len(id2label)} classes, and {len(given)} were named: {shown}",
            hint=HINT,
        )
    meanings = [_meaning(name) for name in names]
    found = frozenset(m for m in meanings if m is not None)
    if None in meanings or len(found) != len(meanings) or found not in COMPLETE:
        raise ModelError(f"the model's classes are no verdicts: {shown}", hint=HINT)
    return Labels(tuple(m for m in meanings if m is not None))


def _meaning(name: str) -> Meaning | None:
    bare = NOT_LETTERS.sub("", name.lower())
    return next((m for m, spellings in SPELLINGS.items() if bare in spellings), None)
