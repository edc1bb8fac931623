"""How the weights of the fusion and its cuts are found, on tables made here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from training import calibrate
from training.calibration_pairs import CONTRADICTED, NEUTRAL, SUPPORTED


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
