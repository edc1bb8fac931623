"""How the weights of the fusion and its cuts are found, on tables made here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from training import calibrate
from training.calibration_pairs import CONTRADICTED, NEUTRAL, SUPPORTED

if TYPE_CHECKING:
    from pathlib import Path


def table(rows: list[tuple[float, int]], group: str = "made") -> calibrate.Table:
    pairs: list[dict[str, Any]] = [
        {"group": group, "kind": "labelled", "label": label, "fold": 0} for _, label in rows
    ]
    return calibrate.Table(pairs, [{"entails": value} for value, _ in rows])


def test_a_share_of_few_is_less_sure_than_of_many() -> None:
    counts = np.array([5, 10, 100, 10_000])
    low = calibrate.surely(0.95 * counts, counts)

    assert (np.diff(low) > 0).all()
    assert low[0] < 0.85
    assert low[-1] == pytest.approx(0.95, abs=0.003)
    assert calibrate.surely(np.array([0]), np.array([4]))[0] == pytest.approx(0)


@pytest.mark.parametrize("wrong", [0, 1, 2, 4])
def test_the_cut_to_accuse_leaves_enough_right_and_is_not_luck(wrong: int) -> None:
    values = np.linspace(1, 0.6, 60)
    right = np.ones(60, bool)
    right[20 : 20 + wrong] = False  # from the twenty-first on, some are wrong
    right[45:] = False
    cut = calibrate.precise(values, right)
    called = values >= cut

    assert right[called].mean() >= calibrate.DENIED_PRECISION
    assert called.sum() < 48
    assert calibrate.precise(values[:8], right[:8]) == 0.95  # eight that are right prove nothing


def test_the_cut_to_accept_is_passed_by_the_share_that_it_is_named_by() -> None:
    values, mass = np.linspace(0, 1, 101), np.full(101, 1 / 101)

    assert calibrate.lowest(values, mass, 0.05) == pytest.approx(0.05, abs=0.011)
    assert calibrate.lowest(values, mass, 0.0) == 0.0


def test_no_weight_goes_against_its_sign() -> None:
    chance = np.random.default_rng(1)
    # an odd set, in which what is read as entailed is mostly false
    rows = [(float(-3 * is_true + chance.normal()), SUPPORTED if is_true else CONTRADICTED)
            for is_true in chance.random(200) < 0.5]  # fmt: skip

    backwards = calibrate.fit(table(rows), ["entails"], "supports")
    forwards = calibrate.fit(table([(-v, y) for v, y in rows]), ["entails"], "supports")

    assert backwards.get("entails", 0.0) == 0.0
    assert forwards["entails"] > 0.5


def test_a_group_counts_by_the_root_of_its_size_and_what_was_written_less() -> None:
    few, many = table([(1.0, SUPPORTED)] * 4), table([(1.0, SUPPORTED)] * 100, "large")
    both = calibrate.Table(few.pairs + many.pairs, few.values + many.values)
    shares = both.mass

    assert shares.sum() == pytest.approx(1)
    assert shares[4:].sum() / shares[:4].sum() == pytest.approx(5)

    made = table([(1.0, SUPPORTED)] * 4, "written")
    both = calibrate.Table(few.pairs + made.pairs, few.values + made.values)
    least = calibrate.SHARES["written"]
    assert both.mass[4:].sum() / both.mass[:4].sum() == pytest.approx(least)


@pytest.mark.parametrize(
    ("kind", "label", "is_open"),
    [("edited", NEUTRAL, True), ("edited", CONTRADICTED, False), ("labelled", NEUTRAL, False)],
)
def test_only_an_edit_that_nobody_called_a_denial_may_be_one(
    kind: str, label: int, *, is_open: bool
) -> None:
    assert calibrate.may_be_denial({"kind": kind, "label": label}) is is_open


def test_hardly_a_true_pair_of_any_set_is_accused() -> None:
    easy = table([(0.0, SUPPORTED)] * 100, "easy")
    hard = table([(0.0, SUPPORTED)] * 50, "hard")
    for pair in easy.pairs + hard.pairs:
        pair["languages"] = "en-fa"
    both = calibrate.Table(easy.pairs + hard.pairs, easy.values + hard.values)
    true = np.ones(150, bool)
    values = np.array([*np.zeros(100), *np.linspace(0.3, 0.79, 50)])
    cut = calibrate.sparing(values, values > 0.5, true, both)

    assert (values[100:] >= cut).sum() == int(calibrate.MISCALLED * 50)
    assert calibrate.sparing(values, values > 2, true, both) == 0.0


def test_half_of_what_a_group_weighs_is_true_however_few_are() -> None:
    rows = table([(1.0, SUPPORTED)] * 3 + [(0.0, CONTRADICTED)] * 17)
    true = rows.labels == SUPPORTED

    assert rows.mass[true].sum() == pytest.approx(0.5)
    assert rows.mass[~true].sum() == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("passage", "values", "expected"),
    [
        ("The road opened in 2011.", {"coverage": 0.8, "cosine": 0.9, "date_mismatched": 1}, True),
        ("The road opened in 2011.", {"coverage": 0.8, "cosine": 0.9}, False),
        ("The road opened in 2011.", {"coverage": 0.2, "cosine": 0.9, "date_mismatched": 1}, False),
        ("جاده در ۲۰۱۱ گشوده شد.", {"coverage": 0.0, "cosine": 0.8, "date_mismatched": 1}, True),
        ("جاده در ۲۰۱۱ گشوده شد.", {"coverage": 0.0, "cosine": 0.4, "date_mismatched": 1}, False),
    ],
)
def test_only_a_fact_on_the_passage_meant_may_accuse(
    passage: str, values: dict[str, float], *, expected: bool
) -> None:
    pair = {"claim": "The road was opened in 2010.", "passage": passage}

    assert calibrate.may_accuse(pair, values) is expected


def page_rows(count: int) -> list[dict[str, Any]]:
    """Pages of two passages, of which the second tells whether the claim is true."""
    chance = np.random.default_rng(3)
    rows = []
    for number in range(count):
        is_true = bool(number % 2)
        noise, told = chance.normal(size=2)
        other = {"alone": -4.0, "among": -4.0, "together": float(noise)}
        own = {"alone": float(noise), "among": 2.0 * is_true - 1 + 0.4 * float(told),
               "together": float(noise)}  # fmt: skip
        label = SUPPORTED if is_true else NEUTRAL
        pair = {"group": "made", "claim": str(number), "label": label, "fold": 0}
        rows.append({"pair": pair, "readings": [other, own]})
    return rows


def test_a_page_is_weighed_by_the_reading_that_tells() -> None:
    rows = page_rows(120)
    weights = calibrate.fit_pages(rows)
    likely = calibrate.scores(weights, calibrate.page_table(rows, weights))
    true = np.array([r["pair"]["label"] == SUPPORTED for r in rows])

    assert weights["among"] > 1 > 5 * abs(weights.get("alone", 0.0))
    assert all(weights.get(name, 0.0) >= 0 for name in calibrate.CONTEXT)
    assert calibrate.balanced(likely, true, 0.5) > 0.9
    assert calibrate.fit_pages([]) == calibrate.EVEN


def test_pages_read_with_other_weights_are_not_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{**row, "pair": {**row["pair"], "mode": "latin"}} for row in page_rows(4)]
    empty = {"pair": {"mode": "latin"}, "readings": []}
    file = tmp_path / "pages.json"
    file.write_text(json.dumps({"models": {"one": 1}, "pages": [*rows, empty]}))

    found = calibrate.pages_of(file, {"one": 1})
    assert {mode: len(own) for mode, own in found.items()} == {"latin": 4, "arabic": 0, "cross": 0}
    assert not capsys.readouterr().out

    assert not any(calibrate.pages_of(file, {"one": 2}).values())
    assert "run --pages" in capsys.readouterr().out
    assert not any(calibrate.pages_of(tmp_path / "none.json", {}).values())
