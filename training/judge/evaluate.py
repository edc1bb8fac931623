"""
The judge's figures on what was kept apart, with simple baselines beside them.

`python -m training.judge.evaluate` reads the last checkpoint (it needs PyTorch);
`--shipped` reads the model that the package carries, as `verify` itself does.
`--sample 150` measures on so many rows of each set.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from training.judge import sources
from training.judge.edits import CONTRADICTION, ENTAILMENT
from verify.judge.words import is_common, terms
from verify.language.fold import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from training.judge.sources import Cited, Labelled

    Array = np.ndarray[Any, Any]
    # from pairs of passage and claim to a row of three probabilities for each
    Reads = Callable[[Sequence[tuple[str, str]]], Array]

_CHECKPOINT = Path(__file__).resolve().parents[2] / ".cache" / "judge" / "checkpoint.pt"
_CLASSES = {"supported": 0, "neutral": 1, "contradicted": 2}


# -- who judges


def from_checkpoint(path: Path, threads: int) -> Reads:
    """Return the judge of a checkpoint, in float32."""
    import torch

    from training.judge.e5 import load_cross_encoder, padded

    torch.set_num_threads(threads)
    model, tokenizer = load_cross_encoder(path)

    def reads(pairs: Sequence[tuple[str, str]]) -> Array:
        passages = tokenizer.ids([normalise(passage) for passage, _ in pairs])
        claims = tokenizer.ids([normalise(claim) for _, claim in pairs])
        rows = [
            tokenizer.joined(passage, claim, 256)
            for passage, claim in zip(passages, claims, strict=True)
        ]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        found = np.zeros((len(rows), 3))
        with torch.no_grad():
            for start in range(0, len(order), 32):
                chosen = order[start : start + 32]
                ids, attention = padded([rows[i] for i in chosen], 1)
                found[chosen] = torch.softmax(model(ids, attention), -1).numpy()
        return found

    return reads


def exported(threads: int, weights: Path | None) -> Reads:
    """Return the judge as `verify` runs it, in int8 on onnxruntime; by default the shipped one."""
    from verify.judge.crossencoder import CrossEncoder

    judge = CrossEncoder(weights, threads)

    def reads(pairs: Sequence[tuple[str, str]]) -> Array:
        places: dict[str, list[int]] = defaultdict(list)
        for place, (_, claim) in enumerate(pairs):
            places[claim].append(place)
        found = np.zeros((len(pairs), 3))
        for claim, own in places.items():
            found[own] = judge.read(claim, [pairs[place][0] for place in own])
        return found

    return reads


def coverage(passage: str, claim: str) -> float:
    """Return the share of the claim's words that the passage has: the baseline."""
    wanted = {term for term in terms(claim) if not is_common(term)}
    return len(wanted & set(terms(passage))) / len(wanted) if wanted else 0.0


# -- what is counted


def balanced(accepted: Array, true: Array) -> float:
    """Return the mean of the shares judged rightly among the true and among the false."""
    return float((accepted[true].mean() + (~accepted[~true]).mean()) / 2)


def best_balanced(scores: Array, true: Array) -> float:
    """Return the balanced accuracy at the threshold that serves the scores best."""
    thresholds = np.unique(scores)
    return max(balanced(scores >= threshold, true) for threshold in thresholds)


def cross_fitted(features: Array, true: Array, folds: int = 5) -> float:
    """Return the balanced accuracy of a logistic fusion, each fold judged by the others'."""
    chance = np.random.default_rng(0)
    fold = chance.permutation(len(true)) % folds
    accepted = np.zeros(len(true), bool)
    for index in range(folds):
        learnt, asked = fold != index, fold == index
        weights = _logistic(features[learnt], true[learnt])
        accepted[asked] = _with_bias(features[asked]) @ weights > 0
    return balanced(accepted, true)


def _with_bias(features: Array) -> Array:
    return np.hstack([features, np.ones((len(features), 1))])


def _logistic(features: Array, true: Array, steps: int = 60) -> Array:
    """Fit a logistic regression by Newton's method, both classes of equal weight."""
    x, weights = _with_bias(features), np.zeros(features.shape[1] + 1)
    mass = np.where(true, 0.5 / true.sum(), 0.5 / (~true).sum())
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (mass * (p - true)) + 1e-4 * weights
        curve = (x * (mass * p * (1 - p))[:, None]).T @ x + 1e-4 * np.eye(x.shape[1])
        weights = weights - np.linalg.solve(curve, gradient)
    return weights


def area(scores: Array, true: Array) -> float:
    """Return the chance that a true pair scores above a false one (AUC)."""
    order = scores.argsort(kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    positive = int(true.sum())
    negative = len(true) - positive
    return float((ranks[true].sum() - positive * (positive + 1) / 2) / (positive * negative))


# -- the sets


def sampled(rows: Sequence[Any], count: int) -> list[Any]:
    return random.Random(1).sample(list(rows), min(count, len(rows))) if count else list(rows)


def three_way(rows: Sequence[Labelled], reads: Reads) -> dict[str, Any]:
    """Return accuracy, balanced accuracy, and what passes at 80 % of true claims accepted."""
    found = reads([(row.passage, row.claim) for row in rows])
    labels = np.array([_CLASSES[row.label] for row in rows])
    supported = found[:, ENTAILMENT]
    true = labels == ENTAILMENT
    lexical = np.array([coverage(row.passage, row.claim) for row in rows])
    chosen = found.argmax(1)
    figures = {
        "rows": len(rows),
        "accuracy": float((chosen == labels).mean()),
        "majority": float(np.bincount(labels).max() / len(labels)),
        "supported_vs_rest": balanced(chosen == ENTAILMENT, true),
        "supported_vs_rest_best_threshold": best_balanced(supported, true),
        "lexical_vs_rest_best_threshold": best_balanced(lexical, true),
        "auc": area(supported, true),
        "lexical_auc": area(lexical, true),
        "true_called_contradicted": float((chosen[true] == CONTRADICTION).mean()),
    }
    against = labels == CONTRADICTION
    if against.any():
        figures["contradictions_passed_at_80"] = _passed(supported, true, against, 20)
        figures["lexical_contradictions_passed_at_80"] = _passed(lexical, true, against, 20)
    return figures


def _passed(scores: Array, true: Array, false: Array, refused_percent: float) -> float:
    """Return the share of `false` that passes where so many percent of `true` are refused."""
    threshold = np.percentile(scores[true], refused_percent)
    return float((scores[false] >= threshold).mean())


def partly(rows: Sequence[Labelled], reads: Reads, words: int) -> dict[str, Any]:
    """Return the figures of WiCE: coverage alone, the judge alone, both together."""
    pairs = [(sources.focused(row.passage, row.claim, words), row.claim) for row in rows]
    found = reads(pairs)
    true = np.array([row.label == "supported" for row in rows])
    lexical = np.array([coverage(row.passage, row.claim) for row in rows])
    logits = np.log(np.clip(found, 1e-4, 1))
    judged = (logits[:, ENTAILMENT] - np.logaddexp(logits[:, 1], logits[:, 2]))[:, None]
    return {
        "rows": len(rows),
        "coverage": cross_fitted(lexical[:, None], true),
        "judge": cross_fitted(judged, true),
        "both": cross_fitted(np.hstack([lexical[:, None], judged]), true),
        "coverage_auc": area(lexical, true),
        "judge_auc": area(found[:, ENTAILMENT], true),
    }


def across(rows: Sequence[Cited], reads: Reads, count: int) -> dict[str, Any]:
    """Return what is refused of edited and absent claims where 90 % of true ones pass."""
    kinds: dict[str, list[Cited]] = defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
    scores, classes = {}, Counter[int]()
    for kind, chosen in kinds.items():
        some = sampled(chosen, count)
        windows = [_windows(row) for row in some]
        flat = [(text, row.claim) for row, own in zip(some, windows, strict=True) for text in own]
        found = reads(flat)
        places = np.repeat(np.arange(len(some)), [len(own) for own in windows])
        best = np.zeros(len(some))
        np.maximum.at(best, places, found[:, ENTAILMENT])
        scores[kind] = best
        if kind == "verbatim_translation":
            classes.update(found.argmax(1).tolist())
    true = scores.pop("verbatim_translation")
    threshold = np.percentile(true, 10)
    figures = {f"{kind}_refused": float((s < threshold).mean()) for kind, s in scores.items()}
    return {
        "rows": {kind: len(s) for kind, s in scores.items()} | {"true": len(true)},
        "threshold": float(threshold),
        "true_above_half": float((true > 0.5).mean()),
        "true_called_contradicted": classes[CONTRADICTION] / len(true),
        **figures,
    }


def _windows(row: Cited) -> list[str]:
    """Return the gold sentence with its neighbours, or every such window if there is none."""
    places = range(1, len(row.sentences) - 1) if row.place is None else [row.place]
    return [" ".join(row.sentences[max(0, place - 1) : place + 2]) for place in places]


def figures(reads: Reads, count: int) -> dict[str, Any]:
    """Return all figures, by set."""
    natural = [r for r in sources.labelled("parsinlu_entail") if r.origin.startswith("natural")]
    farstail = [r for r in sources.labelled("farstail") if r.split == "Val"]
    wice = [r for r in sources.labelled("wice_claim_oracle_chunk") if sources.half(r.claim)]
    cited = sources.cited()
    found: dict[str, Any] = {
        "farstail_validation": three_way(sampled(farstail, count), reads),
        "parsinlu_natural": three_way(sampled(natural, count), reads),
        "fever_symmetric_held": three_way(
            sampled(list(map(_typed, sources.symmetric(held=True))), count), reads
        ),
        "wice_held": partly(sampled(wice, count), reads, 100),
    }
    for name in ("flores", "tico19_fa", "tico19_prs"):
        chosen = [row for row in cited if row.window.startswith(name)]
        found[f"english_on_persian_{name}"] = across(chosen, reads, count and count // 2)
    for name in ("xnli_en", "climate_fever", "healthver"):
        rows = [row for row in sources.labelled(name) if row.label in _CLASSES]
        found[name] = three_way(sampled(rows, min(count or 400, 400)), reads)
    return found


def _typed(row: Labelled) -> Labelled:
    return replace(
        row, passage=sources.detokenised(row.passage), claim=sources.detokenised(row.claim)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, default=_CHECKPOINT)
    parser.add_argument("--shipped", action="store_true", help="measure the packaged model")
    parser.add_argument("--weights", type=Path, help="measure another exported model")
    parser.add_argument("--sample", type=int, default=0, help="rows of each set (0: all)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, help="write the figures here as JSON too")
    options = parser.parse_args()
    threads = options.threads
    if options.shipped or options.weights:
        reads = exported(threads, options.weights)
    else:
        reads = from_checkpoint(options.checkpoint, threads)
    found = figures(reads, options.sample)
    for name, values in found.items():
        print(name)
        for key, value in values.items():
            print(f"  {key:36}", f"{value:.3f}" if isinstance(value, float) else value)
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
