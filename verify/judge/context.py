"""
A passage read alone, with its neighbours, and together with the other foremost passages.

One sentence seldom says all that a claim takes from a page: the next one names who did it, or takes
it back. The three readings become one likelihood, by weights that `training/calibrate.py` finds on
whole pages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify.judge.facts import compare
from verify.judge.features import log_odds
from verify.judge.fusion import calibration, probability
from verify.judge.retrieve import surroundings
from verify.model import Judgement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from verify.judge.fusion import Fusion
    from verify.model import Document, Passage

# How many passages are read with their neighbours, and together. Chosen: a reading of that length
# takes two to three times as long as one of a sentence.
FOREMOST = 3

# From here on a claim is likelier true than not.
LIKELY = 0.5

# A likelihood nearer to 0 or 1 than one in a thousand says no more. Chosen.
MOST = math.log(999)


@dataclass(frozen=True, slots=True)
class InContext:
    """What is made of a passage alone, among its neighbours, and together with others."""

    alone: Judgement
    among: Judgement
    together: Judgement

    def values(self) -> dict[str, float]:
        """Return the log-odds of the three, by name: what the weights are for."""
        return {
            "alone": log_odds(self.alone.supports, MOST),
            "among": log_odds(self.among.supports, MOST),
            "together": log_odds(self.together.supports, MOST),
        }

    def pooled(self, model: str) -> Judgement:
        """
        Return one judgement.

        What denies is the passage alone. Other text weakens that only where the whole is likelier
        true than not: some other sentence of a page has the missing "not".
        """
        weights: Mapping[str, float] = calibration()["pages"][model]
        supports, denied = probability(weights, self.values()), self.alone.contradicts
        if supports < LIKELY:
            return Judgement(min(supports, 1 - denied), denied)
        return Judgement(supports, min(denied, 1 - supports))


def in_context(
    fusion: Fusion,
    claim: str,
    found: Sequence[tuple[Passage, Judgement]],
    document: Document,
    published: date | None = None,
) -> list[InContext] | None:
    """
    Return the three readings of passages that were judged alone, in order of retrieval.

    Only the foremost are read with their neighbours. `None` where a page says no more than the
    one passage.
    """
    foremost = [passage for passage, _ in found[:FOREMOST]]
    wider = [surroundings(document, passage).text for passage in foremost]
    joined = " ".join(p.text for p in sorted(foremost, key=lambda p: p.span.start))
    if wider == [joined] and joined == foremost[0].text:
        return None
    texts = [*wider, joined]
    facts = [compare(claim, text, near=published) for text in texts]
    *among, together = fusion.weigh(claim, texts, facts)
    among += [alone for _, alone in found[len(among) :]]
    return [
        InContext(alone, beside, together) for (_, alone), beside in zip(found, among, strict=True)
    ]
