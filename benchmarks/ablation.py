"""
What each part of the judging adds, on pairs that it was not fitted to.

    python -m benchmarks.ablation            # print
    python -m benchmarks.ablation --write    # into docs/judging.md

Each row is a fusion of its own, fitted to the first fold with these features alone. A last row
"+ translation" is missing on purpose: it needs a translation package of real size.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.reliability import put
from training.calibrate import (
    CACHE,
    MODELS,
    Table,
    balanced,
    fit,
    modes,
    read_features,
    scores,
)
from training.calibration_pairs import CONTRADICTED, SUPPORTED
from verify.judge.features import CROSS, FACTS, MEANING, READING, SAME, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    SAME: {
        "words alone": WORDS,
        "encoder alone": MEANING,
        "judge alone": READING,
        "judge + facts (shipped)": MODELS["same, all"][1],
        "+ encoder + words": (*WORDS, *FACTS, *MEANING, *READING),
    },
    CROSS: {
        "names and numbers alone": ("name_matched", "name_missing", "number_matched",
                                    "number_missing", "number_mismatched"),
        "encoder alone": MEANING,
        "judge alone": READING,
        "judge + facts": (*FACTS, *READING),
        "judge + facts + encoder (shipped)": MODELS["cross, all"][1],
    },
}  # fmt: skip


def lines(table: Table) -> Iterator[str]:
    """Yield the rows of both tables."""
    own = modes(table)
    for mode, parts in PARTS.items():
        learning = own[mode].of(own[mode].folds == 0)
        asked = own[mode].of(own[mode].folds == 1)
        groups = sorted({(p["group"], p["languages"]) for p in asked.pairs})
        yield "| parts | " + " | ".join(f"{g} {pair}" for g, pair in groups) + " |"
        yield "|---|" + "---:|" * len(groups)
        for name, features in parts.items():
            model = fit(learning, features, "supports")
            cells = [figure(model, own_rows(asked, group)) for group in groups]
            yield f"| {name} | " + " | ".join(cells) + " |"
        yield ""


def own_rows(table: Table, group: tuple[str, str]) -> Table:
    return table.of([(p["group"], p["languages"]) == group for p in table.pairs])


def figure(model: dict[str, float], table: Table) -> str:
    """Return balanced accuracy, and the contradictions that pass where 80 % of the true do."""
    p, true = scores(model, table), table.labels == SUPPORTED
    text = f"{balanced(p, true, 0.5):.2f}"
    if (against := table.labels == CONTRADICTED).any():
        text += f" · {100 * (p[against] >= np.quantile(p[true], 0.2)).mean():.0f} %"
    return text


def main(argv: Sequence[str] | None = None) -> None:
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(argv)
    found = list(lines(read_features(CACHE)))
    print("\n".join(found))
    if options.write:
        put("ablation", found[:-1])


if __name__ == "__main__":
    main()
