"""
One calibrated judgement from all that is known of a claim and a passage.

Words, facts, the encoder's nearness and the cross-encoder's reading are weighed by two
logistic regressions: how likely the passage bears the claim out, and, if it does not, how
likely it denies it. There is a pair of them for every set of tools at hand, for English, for
Persian and for one beside the other. The weights are in `calibration.json`, a readable file
that `training/calibrate.py` learns from labelled pairs and writes with its provenance. They
are monotone: no difference of facts can make a claim likelier, no likeness less likely.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from verify.judge.facts import compare
from verify.judge.features import CROSS, features, mode_of
from verify.language.fold import normalise
from verify.model import FactKind, FactOutcome, Judgement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from verify.interfaces import Encoder
    from verify.model import Fact

YEAR = re.compile(r"\d{4}")

# How many readings of one claim are kept: every passage of a page is asked for more than once.
KEPT = 256

# Across languages without any model there are only facts: no opinion.
UNDECIDED = Judgement(0.4, 0.1)


class Reader(Protocol):
    """Reads a claim beside passages: the cross-encoder."""

    @property
    def name(self) -> str:
        """The model and its version."""
        ...

    def read(self, claim: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return a row a passage: entailment, neutral, contradiction."""
        ...


@dataclass
class Fusion:
    """Judges with the shipped weights, by whatever tools are at hand."""

    encoder: Encoder | None = None
    reader: Reader | None = None
    _read: dict[tuple[str, str], tuple[float, ...]] = field(
        default_factory=dict, init=False, repr=False
    )

    @property
    def name(self) -> str:
        """What is weighed, and when the weights were learnt."""
        made = calibration()["provenance"]["date"]
        if self.reader is None:
            return f"words and facts (calibrated {made})"
        return f"{self.reader.name}, words and facts (calibrated {made})"

    def judge(self, claim: str, passages: Sequence[str]) -> list[Judgement]:
        """Return one judgement a passage, in order."""
        return self.weigh(claim, passages, [compare(claim, passage) for passage in passages])

    def weigh(
        self, claim: str, passages: Sequence[str], facts: Sequence[Sequence[Fact]]
    ) -> list[Judgement]:
        """Return one judgement a passage whose facts have been compared."""
        cosines, readings = self._cosines(claim, passages), self.readings(claim, passages)
        return [
            judged(claim, passage, told, cosine, None if _is_converted(told) else reading)
            for passage, told, cosine, reading in zip(
                passages, facts, cosines, readings, strict=True
            )
        ]

    def readings(self, claim: str, passages: Sequence[str]) -> Sequence[Sequence[float] | None]:
        """Return what the cross-encoder makes of each passage."""
        if self.reader is None:
            return [None] * len(passages)
        fresh = [p for p in dict.fromkeys(passages) if (claim, p) not in self._read]
        rows = self.reader.read(claim, fresh).tolist() if fresh else []
        known = {(claim, p): tuple(row) for p, row in zip(fresh, rows, strict=True)}
        found = [known.get((claim, p)) or self._read[claim, p] for p in passages]
        if len(self._read) > KEPT:
            self._read.clear()
        self._read.update(known)
        return found

    def _cosines(self, claim: str, passages: Sequence[str]) -> list[float | None]:
        if self.encoder is None or not passages:
            return [None] * len(passages)
        vectors = self.encoder.encode([claim, *passages])
        return [float(value) for value in vectors[1:] @ vectors[0]]


def _is_converted(facts: Sequence[Fact]) -> bool:
    """
    Whether a date agrees that is written in two calendars.

    The cross-encoder cannot reckon: it reads "13 June 2006" beside «۲۳ جوزا ۱۳۸۵» as a denial.
    """
    return any(
        f.kind is FactKind.DATE
        and f.outcome is FactOutcome.MATCHED
        and f.source_text is not None
        and not _years(f.claim_text) & _years(f.source_text)
        and bool(_years(f.claim_text) and _years(f.source_text))
        for f in facts
    )


def _years(text: str) -> set[str]:
    return set(YEAR.findall(normalise(text)))


def judged(
    claim: str,
    passage: str,
    facts: Sequence[Fact],
    cosine: float | None,
    reading: Sequence[float] | None,
) -> Judgement:
    """Return the judgement of one pair from what the tools made of it."""
    mode = mode_of(claim, passage)
    if mode == CROSS and cosine is None and reading is None:
        return UNDECIDED  # a translation, or its original, beside which nothing can be counted
    values = features(claim, passage, facts, cosine=cosine, reading=reading)
    model = calibration()["models"][model_name(mode, cosine, reading)]
    supports = probability(model["supports"], values)
    return Judgement(supports, (1 - supports) * probability(model["denies"], values))


def model_name(mode: str, cosine: object, reading: object) -> str:
    """Return which pair of regressions is for these tools."""
    if reading is not None:
        return f"{mode}, all"
    return f"{mode}, encoder" if cosine is not None else f"{mode}, words"


def probability(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    """Return the logistic of the weighted sum; the weight named `bias` stands alone."""
    score = sum(
        weight * (1.0 if name == "bias" else values.get(name, 0.0))
        for name, weight in weights.items()
    )
    return 1 / (1 + math.exp(-score)) if score > -700 else 0.0


@cache
def calibration() -> Mapping[str, Any]:
    """Return the contents of `calibration.json`."""
    text = (files("verify.judge") / "calibration.json").read_text("utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded
