"""
How far a stated confidence can be trusted, and what each strictness lets through.

    python -m benchmarks.reliability            # print
    python -m benchmarks.reliability --write    # into docs/judging.md and docs/reliability.svg

It reads the features that `training.calibrate --features` kept, and weighs those of the second
fold, which nothing was fitted to, with the shipped calibration.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from training.calibrate import (
    ACCUSING,
    CACHE,
    FEWEST,
    Table,
    calibration_error,
    even,
    may_accuse,
    may_be_denial,
    read_features,
)
from training.calibration_pairs import CONTRADICTED, SUPPORTED
from verify.judge.features import mode_of
from verify.judge.fusion import calibration, probability
from verify.judge.strictness import NAMES, point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
BINS = 5
SIZE, MARGIN = 240, 36
COLOURS = {
    "en-fa": "#1b6ca8",
    "en-prs": "#2a9d8f",
    "fa-en": "#8a6d00",
    "fa-fa": "#c1440e",
    "en-en": "#6d597a",
}
LACKING = (
    "number_missing", "date_missing", "negation_missing", "polarity_missing", "speaker_missing",
    "name_mismatched",
)  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """One pair with what the shipped calibration makes of it."""

    pair: Mapping[str, Any]
    supports: float
    contradicts: float
    model: str
    is_accused: bool
    """Whether a fact would let it be called contradicted, if the judge agrees."""
    is_doubted: bool
    """Whether a fact would keep it from being called supported."""

    @property
    def is_true(self) -> bool:
        """Whether the passage bears the claim out."""
        return bool(self.pair["label"] == SUPPORTED)

    @property
    def is_contradicted(self) -> bool:
        """Whether it would be called contradicted, if this were the passage meant."""
        return self.is_accused and self.contradicts >= point("default", self.model).deny

    def passes(self, strictness: str) -> bool:
        """Whether it would be called supported."""
        return not self.is_doubted and self.supports >= point(strictness, self.model).accept


def scored(table: Table) -> list[Scored]:
    """Return the pairs of the second fold, weighed as `verify` weighs them."""
    found = []
    for pair, values in zip(table.pairs, table.values, strict=True):
        if pair["fold"] == 1:
            model = f"{mode_of(pair['claim'], pair['passage'])}, all"
            heads = calibration()["models"][model]
            supports = probability(heads["supports"], values)
            contradicts = (1 - supports) * probability(heads["denies"], values)
            is_doubted = any(values.get(name) for name in (*ACCUSING, *LACKING))
            accused = may_accuse(pair, values)
            found.append(Scored(pair, supports, contradicts, model, accused, is_doubted))
    return found


def grouped(rows: Sequence[Scored], key: Callable[[Scored], str]) -> dict[str, list[Scored]]:
    """Return the rows by what `key` says of each, in order of name; no group of a few strays."""
    names = sorted({key(row) for row in rows})
    found = {name: [row for row in rows if key(row) == name] for name in names}
    return {name: own for name, own in found.items() if len(own) >= FEWEST}


def confidence_table(rows: Sequence[Scored]) -> Iterator[str]:
    """Yield Brier score and calibration error by language pair, half of each taken as true."""
    yield "| claim-page | pairs | Brier | ECE |"
    yield "|---|---:|---:|---:|"
    for name, own in grouped(rows, lambda row: row.pair["languages"]).items():
        p = np.array([row.supports for row in own])
        true = np.array([row.is_true for row in own])
        brier = even(true) @ (p - true) ** 2
        yield f"| {name} | {len(own)} | {brier:.3f} | {calibration_error(p, true):.3f} |"


def points_table(rows: Sequence[Scored]) -> Iterator[str]:
    """Yield what each strictness doubts of the true and passes of the false, by set."""
    yield "| claim-page | pairs from | true / false | " + " | ".join(NAMES) + " |"
    yield "|---|---|---:|" + "---:|" * len(NAMES)
    keyed = grouped(rows, lambda row: f"{row.pair['languages']} | {row.pair['group']}")
    for name, own in keyed.items():
        true = [row for row in own if row.is_true]
        false = [row for row in own if not row.is_true]
        cells = [
            f"{percent([not r.passes(s) for r in true])} / {percent([r.passes(s) for r in false])}"
            for s in NAMES
        ]
        yield f"| {name} | {len(true)} / {len(false)} | " + " | ".join(cells) + " |"


def accusations_table(rows: Sequence[Scored]) -> Iterator[str]:
    """
    Yield how many are called contradicted, how many of these rightly, and how many true ones.

    Edits of which nobody said whether they deny or only change the claim are left out.
    """
    yield "| claim-page | called contradicted | rightly, of 100 | of 100 true ones |"
    yield "|---|---:|---:|---:|"
    for name, own in grouped(rows, lambda row: row.pair["languages"]).items():
        accused = [row for row in own if row.is_contradicted and not may_be_denial(row.pair)]
        right = [row.pair["label"] == CONTRADICTED for row in accused]
        wrong = [row.is_contradicted for row in own if row.is_true]
        yield f"| {name} | {len(accused)} | {percent(right)} | {_share(wrong):.1f} |"


def _share(values: Sequence[bool]) -> float:
    return 100 * sum(values) / len(values)


def percent(values: Sequence[bool]) -> str:
    return f"{100 * sum(values) / len(values):.0f}" if values else "–"


def diagram(rows: Sequence[Scored]) -> str:
    """Draw how often claims of a stated chance were true: on the diagonal where it holds."""
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE + 150} {SIZE + 50}" '
            'font-family="sans-serif" font-size="11">'
        ),
        f'<rect x="{MARGIN}" y="10" width="{SIZE}" height="{SIZE}" fill="none" stroke="#999"/>',
        (
            f'<path d="M{MARGIN},{SIZE + 10} L{MARGIN + SIZE},10" stroke="#bbb" '
            'stroke-dasharray="4"/>'
        ),
        (
            f'<text x="{MARGIN + SIZE / 2}" y="{SIZE + 40}" text-anchor="middle">'
            "stated chance of support</text>"
        ),
        (
            f'<text x="12" y="{SIZE / 2}" transform="rotate(-90 12 {SIZE / 2})" '
            'text-anchor="middle">share that was true</text>'
        ),
    ]
    groups = grouped(rows, lambda row: row.pair["languages"])
    for number, (name, own) in enumerate(groups.items()):
        colour = COLOURS.get(name, "#333")
        places = " ".join(f"{x:.0f},{y:.0f}" for x, y in dots(own))
        lines += [
            f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>',
            (
                f'<text x="{MARGIN + SIZE + 12}" y="{24 + 16 * number}" fill="{colour}">'
                f"{name} ({len(own)})</text>"
            ),
        ]
    return "\n".join([*lines, "</svg>\n"])


def dots(rows: Sequence[Scored]) -> Iterator[tuple[float, float]]:
    p = np.array([row.supports for row in rows])
    true = np.array([row.is_true for row in rows])
    place, weights = np.minimum((p * BINS).astype(int), BINS - 1), even(true)
    for index in range(BINS):
        if (own := place == index).sum() >= 5:
            stated, found = (np.average(v[own], weights=weights[own]) for v in (p, true))
            yield MARGIN + SIZE * stated, 10 + SIZE * (1 - found)


def put(name: str, lines: Sequence[str], path: Path = DOCS / "judging.md") -> None:
    """Put a table between its marks in a document."""
    text = path.read_text("utf-8")
    body = f"<!-- {name} -->\n" + "\n".join(lines) + f"\n<!-- /{name} -->"
    marked = re.compile(rf"<!-- {name} -->.*?<!-- /{name} -->", re.DOTALL)
    path.write_text(marked.sub(lambda _: body, text), "utf-8")


def main() -> None:
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    rows = scored(read_features(CACHE))
    tables = {
        "confidence": list(confidence_table(rows)),
        "strictness": list(points_table(rows)),
        "accusations": list(accusations_table(rows)),
    }
    for name, lines in tables.items():
        print("\n".join(lines), end="\n\n")
        if options.write:
            put(name, lines)
    if options.write:
        (DOCS / "reliability.svg").write_text(diagram(rows), "utf-8")


if __name__ == "__main__":
    main()
