"""
What `verify` says of claims on whole pages, retrieval and all: the outcomes, by set.

    python -m benchmarks.pages            # print
    python -m benchmarks.pages --write    # into docs/judging.md and README

Also what the context of a passage adds, from the readings that `training.calibrate --pages` kept.

The pages are those of the second fold of `training.calibration_pages`, to which nothing was fitted.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.reliability import ROOT, put
from training.calibrate import FEWEST, MEMORY, PAGES, page_table, pages_of, scores
from training.calibration_pages import document, page_claims
from training.calibration_pairs import CONTRADICTED, NEUTRAL, SUPPORTED
from training.judge.evaluate import area
from verify.judge.crossencoder import CrossEncoder
from verify.judge.encode import OnnxEncoder
from verify.judge.fusion import calibration
from verify.judge.memory import Memory
from verify.judge.verdict import Examiner
from verify.model import Claim, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What a claim may be, and what an outcome says of it, in the order of the table.
SHOWN = (
    Outcome.SUPPORTED, Outcome.PARTLY_SUPPORTED, Outcome.UNCHECKED, Outcome.NOT_FOUND,
    Outcome.CONTRADICTED,
)  # fmt: skip
# In the order of README's table.
CALLED = {
    "en-fa": "an English claim on a Persian page",
    "en-prs": "an English claim on a page in Dari",
    "fa-en": "a Persian claim on an English page",
    "fa-fa": "both in Persian",
    "en-en": "both in English",
}
LABELS = {SUPPORTED: "true", NEUTRAL: "not said", CONTRADICTED: "contradicted"}

Counts = dict[tuple[str, str], dict[int, Counter[Outcome]]]


def outcomes() -> Counts:
    """Return how often each outcome is given, by languages and set and by label."""
    memory = Memory(MEMORY, max_bytes=512 * 1024 * 1024)
    encoder, reader = OnnxEncoder(remembered=memory), CrossEncoder(remembered=memory)
    examiner = Examiner(encoder, reader=reader)
    found: Counts = defaultdict(lambda: defaultdict(Counter))
    for row in page_claims():
        if row.fold == 1:
            page = document(row.page, row.languages.split("-")[1])
            verdict = examiner.examine(Claim(row.claim), page)
            found[row.languages, row.group][row.label][verdict.outcome] += 1
    return found


def table(found: Counts) -> Iterator[str]:
    """Yield every outcome, of 100 claims of each label."""
    yield "| claim-page | pages from | claims that are | " + " | ".join(SHOWN) + " |"
    yield "|---|---|---|" + "---:|" * len(SHOWN)
    for (languages, group), labels in sorted(found.items()):
        for label, counts in sorted(labels.items()):
            cells = " | ".join(f"{100 * counts[o] / counts.total():.0f}" for o in SHOWN)
            yield f"| {languages} | {group} | {LABELS[label]} ({counts.total()}) | {cells} |"


def summary(found: Counts) -> Iterator[str]:
    """Yield one line a pair of languages: its easiest and its hardest set."""
    yield "| claim and page | of 100 true ones not supported | of 100 false ones supported |"
    yield "|---|---:|---:|"
    for name, called in CALLED.items():
        sets = [labels for (languages, _), labels in sorted(found.items()) if languages == name]
        doubted, passed = [], []
        for labels in sets:
            false = labels.get(NEUTRAL, Counter()) + labels.get(CONTRADICTED, Counter())
            true = labels.get(SUPPORTED, Counter[Outcome]())
            if true.total() + false.total() < FEWEST:
                continue
            doubted.append(100 - share(true, Outcome.SUPPORTED))
            passed.append(share(false, Outcome.SUPPORTED))
        if doubted:
            yield f"| {called} | {spread(doubted)} | {spread(passed)} |"


def context_table() -> Iterator[str]:
    """Yield how well true and false are told apart by the likeliest passage, alone and pooled."""
    yield "| claim-page | pages from | claims | each passage alone | in its context |"
    yield "|---|---|---:|---:|---:|"
    for mode, rows in pages_of(PAGES, calibration()["models"]).items():
        weights = calibration()["pages"][f"{mode}, all"]
        other = [row for row in rows if row["pair"]["fold"] == 1]
        alone = page_table(other, {"alone": 1.0}).matrix(["alone"])[:, 0]
        table = page_table(other, weights)
        pooled, true = scores(weights, table), table.labels == SUPPORTED
        names = [f"{p['languages']} | {p['group']}" for p in table.pairs]
        for name in sorted(set(names)):
            own = np.array([n == name for n in names])
            if own.sum() >= FEWEST and 0 < true[own].sum() < own.sum():
                areas = " | ".join(f"{area(s[own], true[own]):.2f}" for s in (alone, pooled))
                yield f"| {name} | {own.sum()} | {areas} |"


def share(counts: Mapping[Outcome, int], outcome: Outcome) -> float:
    """Return how many of 100 have this outcome."""
    return 100 * counts[outcome] / max(1, sum(counts.values()))


def spread(values: list[float]) -> str:
    """Return the least and the most of several sets, or the figure of the only one."""
    least, most = round(min(values)), round(max(values))
    return f"{least}" if least == most else f"{least} to {most}"


def main() -> None:
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = outcomes()
    whole, short = list(table(found)), list(summary(found))
    context = list(context_table())
    print("\n".join([*whole, "", *short, "", *context]))
    if options.write:
        put("pages", whole)
        put("context", context)
        put("sure", short, ROOT / "README.md")


if __name__ == "__main__":
    main()
