"""
How well claims are found and judged: retrieval, facts, entailment, verdicts.

All rows are of the second fold of `training.calibration_pairs`: neither the judge's training
nor the fusion's weights and cuts have seen them. Every sample is seeded. Figures are shares,
and more is better; `*_by_words` is the trivial baseline beside: a threshold on word coverage,
chosen on the very sample.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.append(str(Path(__file__).resolve().parents[2]))  # gate.py starts beside its figures

from training.calibration_pages import document
from training.calibration_pairs import CONTRADICTED, SUPPORTED, first_part, fold, pairs
from training.judge import sources
from verify.judge.crossencoder import CrossEncoder
from verify.judge.encode import OnnxEncoder
from verify.judge.facts import compare
from verify.judge.fusion import Fusion
from verify.judge.retrieve import passages
from verify.judge.verdict import Examiner
from verify.judge.words import is_common, terms
from verify.model import (
    Claim,
    Document,
    FactKind,
    FactOutcome,
    Outcome,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from training.calibration_pairs import Pair

SEED = 7
# Of long evidence words are counted in as many passages as are found for a claim.
NEAR = 5
PAGES, SENTENCES, CLAIMS = 6, 30, 60
PAIRS = {"farstail": 800, "fever": 300, "parsinlu": 500, "facts": 1200}
LONG = {"wice": ("wice_claim_oracle_chunk", 250), "wice_articles": ("wice_claim_doc", 90)}


@dataclass(frozen=True)
class Page:
    """A page of many sentences, and the edited and true claims about some of them."""

    document: Document
    sentences: tuple[str, ...]


def measure(shared: Path, weights: Path | None = None) -> dict[str, float]:
    data = shared / "data"
    encoder = OnnxEncoder()
    examiner = Examiner(encoder, reader=CrossEncoder(weights))
    docs = json.loads(gzip.decompress((data / "xclaim_dev_docs.json.gz").read_bytes()))
    rows = [r for r in read(data / "xclaim_dev.jsonl.gz") if r["doc"].startswith("flores")]
    random.Random(SEED).shuffle(rows)
    found = pairs()
    figures = {
        **measure_facts(rows, docs),
        **measure_pages([r for r in rows if is_measured(r)], docs, examiner),
    }
    for group in ("farstail", "fever", "parsinlu"):
        figures |= measure_entailment(group, sample(group, found), examiner)
    for group, (dataset, size) in LONG.items():
        figures |= measure_long(group, dataset, size, examiner)
    return figures


def is_measured(row: dict[str, Any]) -> bool:
    """Whether a row of xclaim_dev is of the second fold."""
    return fold(row["doc"].split(".")[-1]) == 1


def read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


# --- facts ------------------------------------------------------------------------------


def measure_facts(rows: Sequence[dict[str, Any]], docs: dict[str, list[str]]) -> dict[str, float]:
    """Edits of an English claim that are noticed against its Persian sentence."""
    caught: dict[str, list[bool]] = {"number": [], "negation": []}
    false: dict[str, list[bool]] = {"number": [], "negation": []}
    names: list[bool] = []
    strangers: list[bool] = []
    for row in [r for r in rows if r["label"] != "not_found"][: PAIRS["facts"]]:
        sentences = docs[row["doc"]]
        facts = compare(row["claim"], sentences[row["gold_sent"]])
        alarms = {"number": has_wrong_number(facts), "negation": has_wrong_negation(facts)}
        if row["label"] == "supported":
            for kind, alarm in alarms.items():
                false[kind].append(alarm)
            names += found_names(facts)
            other = sentences[row["gold_sent"] - 1] if len(sentences) > 1 else ""
            strangers += found_names(compare(row["claim"], other)) if other else []
        elif row["kind"] in caught:
            caught[row["kind"]].append(alarms[row["kind"]])
    return {
        "numbers_changed_caught": share(caught["number"]),
        "numbers_true_unalarmed": 1 - share(false["number"]),
        "negation_changed_caught": share(caught["negation"]),
        "negation_true_unalarmed": 1 - share(false["negation"]),
        "names_found": share(names),
        "names_not_found_by_chance": 1 - share(strangers),
    }


def has_wrong_number(facts: Iterable[Any]) -> bool:
    return any(
        f.kind in {FactKind.NUMBER, FactKind.DATE} and f.outcome is not FactOutcome.MATCHED
        for f in facts
    )


def has_wrong_negation(facts: Iterable[Any]) -> bool:
    return any(f.kind is FactKind.NEGATION and f.outcome is FactOutcome.MISMATCHED for f in facts)


def found_names(facts: Iterable[Any]) -> list[bool]:
    return [f.outcome is FactOutcome.MATCHED for f in facts if f.kind is FactKind.NAME]


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


# --- pages ------------------------------------------------------------------------------


def measure_pages(
    rows: Sequence[dict[str, Any]], docs: dict[str, list[str]], examiner: Examiner
) -> dict[str, float]:
    """English claims against 30-sentence Persian pages: what is found, and what is said of it."""
    keys = sorted({r["doc"] for r in rows})
    chosen = random.Random(SEED).sample(keys, PAGES)
    pages = {key: page(key, keys, docs) for key in chosen}
    on_pages = [r for r in rows if r["doc"] in pages and r["label"] != "not_found"]
    true = [r for r in on_pages if r["label"] == "supported"][:CLAIMS]
    edited = {
        kind: [r for r in on_pages if r["kind"] == kind][: CLAIMS // 3]
        for kind in ("number", "negation")
    }
    shown = "\n".join(s for p in pages.values() for s in p.sentences)
    absent = [
        r for r in rows if r["label"] == "supported" and docs[r["doc"]][r["gold_sent"]] not in shown
    ][: CLAIMS // 2]
    parts = [{**r, "claim": part} for r in true if (part := first_part(r["claim"]))]
    first, third = recall(true, docs, pages, examiner)
    first_of_part, third_of_part = recall(parts, docs, pages, examiner)

    def outcomes(claims: Sequence[dict[str, Any]], homes: Sequence[str]) -> list[Outcome]:
        return [
            examiner.examine(Claim(r["claim"]), pages[home].document).outcome
            for r, home in zip(claims, homes, strict=True)
        ]

    said = outcomes(true, [r["doc"] for r in true])
    of_parts = outcomes(parts, [r["doc"] for r in parts])
    elsewhere = outcomes(absent, [chosen[i % PAGES] for i in range(len(absent))])
    figures = {
        "right_sentence_first": first,
        "right_sentence_in_three": third,
        "right_sentence_first_of_part": first_of_part,
        "right_sentence_in_three_of_part": third_of_part,
        "part_called_supported": share([o is Outcome.SUPPORTED for o in of_parts]),
        "part_not_called_contradicted": share([o is not Outcome.CONTRADICTED for o in of_parts]),
        "true_called_supported": share([o is Outcome.SUPPORTED for o in said]),
        "true_not_called_contradicted": share([o is not Outcome.CONTRADICTED for o in said]),
        "true_not_called_absent": share([o is not Outcome.NOT_FOUND for o in said]),
        "absent_not_called_supported": share([o is not Outcome.SUPPORTED for o in elsewhere]),
        "absent_not_called_contradicted": share([o is not Outcome.CONTRADICTED for o in elsewhere]),
        "absent_called_not_found": share([o is Outcome.NOT_FOUND for o in elsewhere]),
    }
    for kind, some in edited.items():
        found = outcomes(some, [r["doc"] for r in some])
        figures[f"{kind}_edit_not_called_supported"] = share(
            [o is not Outcome.SUPPORTED for o in found]
        )
        figures[f"{kind}_edit_called_contradicted"] = share(
            [o is Outcome.CONTRADICTED for o in found]
        )
    return figures


def page(key: str, keys: Sequence[str], docs: dict[str, list[str]]) -> Page:
    """Fill a page up with the sentences of the next documents."""
    sentences = list(docs[key])
    index = keys.index(key)
    while len(sentences) < SENTENCES:
        index = (index + 1) % len(keys)
        sentences += [s for s in docs[keys[index]] if s not in sentences]
    kept = tuple(sentences[:SENTENCES])
    return Page(document(kept, "fa"), kept)


def recall(
    rows: Sequence[dict[str, Any]],
    docs: dict[str, list[str]],
    pages: dict[str, Page],
    examiner: Examiner,
) -> tuple[float, float]:
    firsts, thirds = [], []
    for row in rows:
        gold = docs[row["doc"]][row["gold_sent"]]
        document = pages[row["doc"]].document
        fusion = Fusion(examiner.encoder, examiner.reader)
        found = passages(row["claim"], document, examiner.encoder, reader=fusion)
        hits = [gold in p.text or p.text.strip() in gold for p in found]
        firsts.append(hits[:1] == [True])
        thirds.append(any(hits))
    return share(firsts), share(thirds)


# --- entailment -------------------------------------------------------------------------


def measure_entailment(group: str, own: Sequence[Pair], examiner: Examiner) -> dict[str, float]:
    """Supported against the rest, for pairs of one language."""
    fusion = Fusion(examiner.encoder, examiner.reader)
    scores = [fusion.judge(p.claim, [p.passage])[0].supports for p in own]
    truth = [p.label == SUPPORTED for p in own]
    lexical = [coverage(p.claim, p.passage) for p in own]
    figures = figures_of(group, scores, truth, lexical)
    denied = [p.label == CONTRADICTED for p in own]
    if any(denied):
        figures[f"{group}_contradictions_stopped"] = 1 - passed(scores, truth, denied)
        figures[f"{group}_contradictions_stopped_by_words"] = 1 - passed(lexical, truth, denied)
    return figures


def figures_of(
    group: str, scores: Sequence[float], truth: Sequence[bool], lexical: Sequence[float]
) -> dict[str, float]:
    """Return how well the scores part true from false, and how well words alone do."""
    # half of them true, as the likelihoods are meant
    errors = {is_true: [(s - t) ** 2 for s, t in zip(scores, truth, strict=True) if t is is_true]
              for is_true in (True, False)}  # fmt: skip
    brier = sum(sum(e) / len(e) for e in errors.values()) / 2
    by_words = max(balanced(lexical, truth, cut / 20) for cut in range(1, 20))
    return {
        f"{group}_balanced_accuracy": balanced(scores, truth, 0.5),
        f"{group}_balanced_accuracy_by_words": by_words,
        f"{group}_one_less_brier": 1 - brier,
    }


def measure_long(group: str, dataset: str, size: int, examiner: Examiner) -> dict[str, float]:
    """Supported against the rest through the whole pipeline, on long English evidence."""
    rows = [r for r in sources.labelled(dataset) if sources.half(r.claim) and fold(r.claim)]
    scores, truth, lexical = [], [], []
    for row in random.Random(SEED).sample(rows, min(len(rows), size)):
        claim, text = sources.detokenised(row.claim), sources.detokenised(row.passage)
        page = document([text], "en")
        judgement = examiner.examine(Claim(claim), page).judgement
        near = passages(claim, page, examiner.encoder, limit=NEAR)
        scores.append(judgement.supports if judgement else 0.0)
        truth.append(row.label == "supported")
        lexical.append(coverage(claim, " ".join(p.text for p in near)))
    return figures_of(group, scores, truth, lexical)


def sample(group: str, found: Sequence[Pair]) -> list[Pair]:
    own = [p for p in found if p.group == group and p.kind == "labelled" and p.fold == 1]
    return random.Random(SEED).sample(own, min(len(own), PAIRS[group]))


def coverage(claim: str, passage: str) -> float:
    wanted = [t for t in terms(claim) if not is_common(t)]
    held = set(terms(passage))
    return sum(t in held for t in wanted) / len(wanted) if wanted else 0.0


def balanced(scores: Sequence[float], truth: Sequence[bool], cut: float) -> float:
    pairs = list(zip(scores, truth, strict=True))
    right = share([s >= cut for s, t in pairs if t])
    wrong = share([s < cut for s, t in pairs if not t])
    return (right + wrong) / 2


def passed(scores: Sequence[float], truth: Sequence[bool], denied: Sequence[bool]) -> float:
    """Contradictions that score as high as four in five of the true pairs."""
    good = sorted(s for s, t in zip(scores, truth, strict=True) if t)
    cut = good[len(good) // 5]
    return share([s >= cut for s, d in zip(scores, denied, strict=True) if d])
