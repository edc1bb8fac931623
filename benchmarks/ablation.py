"""
What each part of the judging adds, on pairs that it was not fitted to.

    python -m benchmarks.ablation            # print
    python -m benchmarks.ablation --write    # into docs/judging.md

Each row is a fusion of its own, fitted to the first fold with these features alone. The last row
reads a translation beside the passage, as a run with a translator does. It is the one by people
that the parallel texts have, so it shows the most that a translator can add.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.reliability import put
from training.calibrate import (
    CACHE,
    MEMORY,
    MODELS,
    Table,
    balanced,
    fit,
    groups,
    modes,
    read_features,
    scores,
)
from training.calibration_pairs import CONTRADICTED, SUPPORTED
from training.judge import sources
from verify.judge.crossencoder import CrossEncoder
from verify.judge.encode import OnnxEncoder
from verify.judge.facts import compare
from verify.judge.features import ARABIC, CROSS, FACTS, LATIN, MEANING, READING, WORDS
from verify.judge.fusion import Fusion
from verify.judge.memory import Memory
from verify.judge.verdict import agree, better
from verify.model import Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    **{
        mode: {
            "words alone": WORDS,
            "encoder alone": MEANING,
            "judge alone": READING,
            "judge + facts": (*FACTS, *READING),
            "judge + facts + encoder + words (shipped)": MODELS[f"{mode}, all"][1],
        }
        for mode in (LATIN, ARABIC)
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
    """Yield the rows of every table."""
    own = modes(table)
    for mode, parts in PARTS.items():
        learning = own[mode].of(own[mode].folds == 0)
        asked = own[mode].of(own[mode].folds == 1)
        sets = groups(asked)
        yield "| parts | " + " | ".join(f"{g} {pair}" for g, pair in sets) + " |"
        yield "|---|" + "---:|" * len(sets)
        for name, features in parts.items():
            model = fit(learning, features, "supports")
            cells = [figure(model, own) for own in sets.values()]
            yield f"| {name} | " + " | ".join(cells) + " |"
        if mode == CROSS:
            yield translated_row(sets.values())
        yield ""


def translated_row(sets: Iterable[Table]) -> str:
    """Return the row of the shipped fusion with a translation of the passage beside it."""
    english = translations()
    fusion = Fusion(OnnxEncoder(), CrossEncoder(remembered=Memory(MEMORY)))
    cells = []
    for table in sets:
        own = table.of([pair["passage"] in english for pair in table.pairs])
        p = [_supports(fusion, pair["claim"], pair["passage"], english[pair["passage"]])
             for pair in own.pairs]  # fmt: skip
        cells.append(told(np.array(p), own) if p else "–")
    return "| with a translation by people | " + " | ".join(cells) + " |"


def _supports(fusion: Fusion, claim: str, passage: str, english: str) -> float:
    """Return the chance of support that `verify` finds with both texts at hand."""
    facts = compare(claim, passage), compare(claim, english, side=Side.TRANSLATION)
    original, translated = fusion.weigh(claim, [passage, english], facts)
    return better(original, translated, is_shown_twice=agree(*facts)).supports


def translations() -> dict[str, str]:
    """Return the passages that `_cited` can show, as people put them into English."""
    rows = sources.cited()
    said = {(r.window, r.place): r.claim for r in rows if r.kind == "verbatim_translation"}
    found = {}
    for window, sentences in {(r.window, r.sentences) for r in rows}:
        for place in range(len(sentences)):
            for around in (0, 1):
                near = range(max(0, place - around), min(len(sentences), place + around + 1))
                english = [said.get((window, i)) for i in near]
                if None not in english:
                    found[" ".join(sentences[i] for i in near)] = " ".join(map(str, english))
    return found


def figure(model: dict[str, float], table: Table) -> str:
    """Return the figures of a model that is fitted to the first fold."""
    return told(scores(model, table), table)


def told(p: NDArray[np.float64], table: Table) -> str:
    """Return balanced accuracy, and the contradictions that pass where 80 % of the true do."""
    true = table.labels == SUPPORTED
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
