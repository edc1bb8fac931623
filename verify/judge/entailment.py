"""
A first honest judge: a logistic over what can be counted and compared.

In one language it weighs how much of the claim's words the passage has; across languages
how near the encoder puts the two; in both, the facts. Its coefficients are learned from
labelled pairs by `training/calibrate.py` and kept, with their provenance, in
`calibration.json`. It knows nothing of the world, and says so by staying near the middle.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from verify.judge.facts import compare
from verify.judge.retrieve import stretch
from verify.judge.words import is_common, script, terms
from verify.language.fold import normalise
from verify.model import Fact, FactKind, FactOutcome, Judgement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from verify.interfaces import Encoder

SAME, CROSS = "same", "cross"

# Pairs that turn a claim round when one side has one and the other side the other.
OPPOSITES = (
    (
        "increase|increased|rise|rose|risen|grow|grew|gain",
        "decrease|decreased|fall|fell|fallen|decline|drop|dropped|reduce|reduced|shrink",
    ),
    ("more", "less|fewer"),
    ("most", "least"),
    ("before", "after"),
    ("first", "last"),
    ("win|won|victory", "lose|lost|defeat"),
    ("open|opened", "close|closed|shut"),
    ("begin|began|start|started", "end|ended|finish|finished|stop|stopped"),
    ("accept|accepted|approve|approved", "reject|rejected|refuse|refused|deny|denied"),
    ("support|supported|supports", "oppose|opposed|opposes"),
    ("north|northern", "south|southern"),
    ("east|eastern", "west|western"),
    ("high|higher", "low|lower"),
    ("large|larger|big|bigger", "small|smaller|little"),
    ("old|older|oldest", "young|younger|youngest|new"),
    ("alive|live|living", "dead|died|death|killed"),
    ("male|man|men|boy", "female|woman|women|girl"),
    ("success|succeeded|successful", "failure|failed|unsuccessful"),
    ("legal|lawful", "illegal|unlawful"),
    ("possible", "impossible"),
    ("افزایش|بیشتر|رشد|بالا", "کاهش|کمتر|افت|پایین"),
    ("بیشترین|حداکثر", "کمترین|حداقل"),
    ("قبل|پیش", "بعد|پس"),
    ("اول|اولین|نخستین|نخست", "آخر|آخرین|واپسین"),
    ("پیروزی|برد|پیروز", "شکست|باخت"),
    ("آغاز|شروع", "پایان|خاتمه|اتمام"),
    ("پذیرفت|قبول|تایید|تأیید", "رد|تکذیب|مخالفت"),
    ("موافق|موافقت|حمایت", "مخالف|مخالفت"),
    ("شمال|شمالی", "جنوب|جنوبی"),
    ("شرق|شرقی", "غرب|غربی"),
    ("بزرگ|بزرگترین|بزرگتر", "کوچک|کوچکترین|کوچکتر"),
    ("زن|زنان|دختر", "مرد|مردان|پسر"),
    ("زنده", "مرده|کشته"),
    ("موفق|موفقیت", "ناکام|شکست|ناموفق"),
    ("قوی|قویتر", "ضعیف|ضعیفتر"),
    ("زیاد|بسیار", "کم|اندک"),
    ("مثبت", "منفی"),
    ("جنگ", "صلح"),
)

FEATURES: Mapping[str, tuple[str, ...]] = {
    SAME: (
        "coverage", "coverage_squared", "grams", "pairs", "uncovered", "unlike", "longer", "cosine",
        "number_mismatched", "number_missing", "number_matched", "date_mismatched", "date_missing",
        "name_missing", "name_matched", "negation_mismatched", "negation_and_coverage", "opposite",
        "opposite_and_coverage", "one_word_off",
    ),
    CROSS: (
        "cosine", "cosine_squared", "longer", "shorter", "number_mismatched", "number_missing",
        "number_matched", "date_mismatched", "date_missing", "date_matched", "name_missing",
        "name_matched", "names_all_missing", "negation_mismatched",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class LogisticJudge:
    """
    Judges with the shipped coefficients; without an encoder, in one language only.

    Across languages and without an encoder every judgement is undecided.
    """

    encoder: Encoder | None = None

    @property
    def name(self) -> str:
        """The judge, and when and on what it was calibrated."""
        made = calibration()["provenance"]
        return f"logistic over words and facts (calibrated {made['date']})"

    def judge(self, claim: str, passages: Sequence[str]) -> list[Judgement]:
        """Return one judgement a passage, in order."""
        cosines = self._cosines(claim, passages)
        return [
            weigh(claim, passage, cosine, compare(claim, passage))
            for passage, cosine in zip(passages, cosines, strict=True)
        ]

    def _cosines(self, claim: str, passages: Sequence[str]) -> list[float | None]:
        if self.encoder is None or not passages:
            return [None] * len(passages)
        vectors = self.encoder.encode([claim, *passages])
        return [float(value) for value in vectors[1:] @ vectors[0]]


def weigh(claim: str, passage: str, cosine: float | None, facts: Sequence[Fact]) -> Judgement:
    """Return the judgement of one pair, given its cosine and its facts."""
    mode = mode_of(claim, passage)
    if mode == CROSS and cosine is None:
        return Judgement(0.4, 0.1)  # the shares of labels in the training data: undecided
    values = features(mode, claim, passage, cosine, facts)
    model = calibration()["models"][mode if cosine is not None else f"{mode}-words"]
    scores = [
        bias + sum(w * v for w, v in zip(row, values, strict=True))
        for bias, row in zip(model["bias"], model["weights"], strict=True)
    ]
    highest = max(scores)
    shares = [math.exp(score - highest) for score in scores]
    supports, _, contradicts = (share / sum(shares) for share in shares)
    return Judgement(supports, contradicts)


def mode_of(claim: str, passage: str) -> str:
    """Return `same` where both are written in one script, else `cross`."""
    left, right = script(claim), script(passage)
    return SAME if left == right or not left or not right else CROSS


@cache
def calibration() -> Mapping[str, Any]:
    """Return the contents of `calibration.json`."""
    text = (files("verify.judge") / "calibration.json").read_text("utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


# --- features ---------------------------------------------------------------------------


def features(
    mode: str, claim: str, passage: str, cosine: float | None, facts: Sequence[Fact]
) -> list[float]:
    """Return the features of a pair, in the order of `FEATURES[mode]`."""
    values = _fact_features(facts)
    values["cosine"] = stretch(cosine) if cosine is not None else 0.0
    values["cosine_squared"] = values["cosine"] ** 2
    ours, theirs = terms(claim), terms(passage)
    ratio = math.log((len(theirs) + 1) / (len(ours) + 1))
    values["longer"], values["shorter"] = max(0.0, ratio), max(0.0, -ratio)
    if mode == SAME:
        values |= _word_features(claim, passage, ours, theirs)
        values["negation_and_coverage"] = values["negation_mismatched"] * values["coverage"]
        values["opposite_and_coverage"] = values["opposite"] * values["coverage"]
    return [values[name] for name in FEATURES[mode]]


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
) -> dict[str, float]:
    content = [t for t in ours if not is_common(t)]
    held = set(theirs)
    uncovered = [t for t in content if t not in held]
    coverage = 1 - len(uncovered) / len(content) if content else 0.0
    unlike = [t for t in set(theirs) - set(ours) if not is_common(t)]
    return {
        "coverage": coverage,
        "coverage_squared": coverage**2,
        "grams": _gram_coverage(claim, passage),
        "pairs": _pair_coverage(ours, theirs),
        "uncovered": min(len(uncovered), 6) / 6,
        "unlike": min(len(unlike), 20) / 20,
        "opposite": float(has_opposite(claim, passage)),
        "one_word_off": float(len(uncovered) == 1 and len(content) > 3),
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
    wanted = set(pairwise(ours))
    held = set(pairwise(theirs))
    return len(wanted & held) / len(wanted) if wanted else 0.0


@cache
def _opposites() -> Mapping[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for left, right in OPPOSITES:
        for one, other in ((left, right), (right, left)):
            for word in one.split("|"):
                table.setdefault(normalise(word), set()).update(map(normalise, other.split("|")))
    return {word: frozenset(others) for word, others in table.items()}


def has_opposite(claim: str, passage: str) -> bool:
    """Whether a word of the claim has its opposite in the passage, and is itself not there."""
    ours, theirs = (set(normalise(t).lower().split()) for t in (claim, passage))
    table = _opposites()
    return any(table[w] & theirs and not table[w] & ours for w in ours - theirs if w in table)
