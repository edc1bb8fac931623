"""
What can be counted and compared of a claim and a passage, as numbers for the fusion.

Some need a model's answer (the encoder's cosine, the cross-encoder's three probabilities);
the others need words and facts alone.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from verify.judge.retrieve import stretch
from verify.judge.words import is_common, script, terms
from verify.language.fold import normalise
from verify.model import Fact, FactKind, FactOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What is weighed apart: both texts in Latin letters, both in Arabic ones, or one of each.
LATIN, ARABIC, CROSS = "latin", "arabic", "cross"
MODES = (LATIN, ARABIC, CROSS)

WORDS = ("coverage", "coverage_squared", "grams", "pairs", "uncovered", "longer", "shorter")
FACTS = (
    "number_mismatched", "number_missing", "number_matched", "date_mismatched", "date_missing",
    "date_matched", "name_missing", "name_matched", "names_all_missing", "negation_mismatched",
    "polarity_mismatched", "speaker_mismatched",
)  # fmt: skip
MEANING = ("cosine", "cosine_squared")
READING = ("entails", "denies")

# A probability of the cross-encoder nearer to 0 or 1 says no more than this many log-odds: its
# ends are not calibrated (of FarsTail's pairs above 6, as many are wrong as above 5).
MOST_ODDS = 5.0


def mode_of(claim: str, passage: str) -> str:
    """Return the script that both are written in, or `cross` where each has its own."""
    left, right = script(claim), script(passage)
    if left and right and left != right:
        return CROSS
    return ARABIC if ARABIC in {left, right} else LATIN


def features(
    claim: str,
    passage: str,
    facts: Sequence[Fact],
    *,
    cosine: float | None = None,
    reading: Sequence[float] | None = None,
) -> dict[str, float]:
    """Return every feature by name; those of an absent model are missing."""
    ours, theirs = terms(claim), terms(passage)
    ratio = math.log((len(theirs) + 1) / (len(ours) + 1))
    values = {
        "longer": max(0.0, ratio),
        "shorter": max(0.0, -ratio),
        **_word_features(claim, passage, ours, theirs),
        **_fact_features(facts),
    }
    if cosine is not None:
        values["cosine"] = stretch(cosine)
        values["cosine_squared"] = values["cosine"] ** 2
    if reading is not None:
        entailment, _, contradiction = reading
        values["entails"] = log_odds(entailment, MOST_ODDS)
        values["denies"] = log_odds(contradiction, MOST_ODDS)
    return values


def log_odds(probability: float, most: float) -> float:
    """Return the log-odds of a probability, which count for `most` at its ends."""
    least = 1 / (1 + math.exp(most))
    bounded = min(1 - least, max(least, probability))
    return math.log(bounded / (1 - bounded))


def _fact_features(facts: Sequence[Fact]) -> dict[str, float]:
    values = {f"{kind.value}_{outcome.value}": 0.0 for kind in FactKind for outcome in FactOutcome}
    for fact in facts:
        key = f"{fact.kind.value}_{fact.outcome.value}"
        values[key] = min(2.0, values[key] + 1)
    values["name_missing"] += values["name_mismatched"]
    has_names = values["name_missing"] > 0
    values["names_all_missing"] = float(has_names and not values["name_matched"])
    return values


def _word_features(
    claim: str, passage: str, ours: Sequence[str], theirs: Sequence[str]
) -> Mapping[str, float]:
    content = [term for term in ours if not is_common(term)]
    held = set(theirs)
    uncovered = [term for term in content if term not in held]
    share = 1 - len(uncovered) / len(content) if content else 0.0
    return {
        "coverage": share,
        "coverage_squared": share**2,
        "grams": _gram_coverage(claim, passage),
        "pairs": _pair_coverage(ours, theirs),
        "uncovered": min(len(uncovered), 6) / 6,
    }


def _gram_coverage(claim: str, passage: str) -> float:
    """Return the share of the claim's four-letter pieces in the passage: inflection aside."""
    wanted, held = _grams(claim), _grams(passage)
    total = sum(wanted.values())
    return sum(min(n, held[g]) for g, n in wanted.items()) / total if total else 0.0


def _grams(text: str) -> Counter[str]:
    letters = normalise(text).lower()
    return Counter(letters[i : i + 4] for i in range(len(letters) - 3))


def _pair_coverage(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """Return the share of the claim's neighbouring words that are neighbours there too."""
    wanted, held = set(pairwise(ours)), set(pairwise(theirs))
    return len(wanted & held) / len(wanted) if wanted else 0.0
