from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from verify.errors import ModelError
from verify.judge import pieces
from verify.judge.crossencoder import FRAME, LONGEST_PAIR, NAME, CrossEncoder, join, nearest
from verify.judge.memory import Memory

CLAIM = "The council voted to close the old market in 2019."
PASSAGES = [
    "In 2019 the council voted to close the old market.",
    "شورا در سال ۲۰۱۹ به بستن بازار قدیمی رأی داد.",
    "The harvest of saffron was good this autumn.",
]


TRAINED = Path(__file__).resolve().parent.parent / ".cache" / "judge" / NAME


@pytest.fixture(scope="module")
def weights() -> Path:
    """Return the shipped weights, or where none are shipped those that were just trained."""
    found = [path for path in (pieces.WEIGHTS / NAME, TRAINED) if path.exists()]
    if not found:
        pytest.skip("needs a trained judge (make train-judge)")
    return found[0]


@pytest.fixture(scope="module")
def model(weights: Path) -> CrossEncoder:
    return CrossEncoder(weights, threads=1)


def test_every_passage_has_three_shares_of_one(model: CrossEncoder) -> None:
    read = model.read(CLAIM, [*PASSAGES, "", "\0", "x" * 20_000, "\ud800"])

    assert read.shape == (7, 3)
    assert read.min() >= 0
    assert read.sum(1) == pytest.approx(1, abs=1e-5)


def test_no_passages_give_no_rows(model: CrossEncoder) -> None:
    assert model.read(CLAIM, []).shape == (0, 3)


def test_what_is_said_is_told_from_what_is_not(model: CrossEncoder) -> None:
    entailment = model.read(CLAIM, PASSAGES)[:, 0]

    assert entailment[0] > 0.5
    assert entailment[1] > 0.5
    assert entailment[2] < 0.2


def test_a_reading_does_not_depend_on_its_neighbours(model: CrossEncoder) -> None:
    alone = np.concatenate([model.read(CLAIM, [p]) for p in PASSAGES])

    assert np.abs(alone - model.read(CLAIM, PASSAGES[::-1])[::-1]).max() < 1e-3


def test_threads_may_read_at_once(model: CrossEncoder) -> None:
    with ThreadPoolExecutor(3) as pool:
        several = list(pool.map(lambda p: model.read(CLAIM, [p])[0], PASSAGES * 3))

    assert np.abs(np.stack(several[:3]) - np.stack(several[6:])).max() < 1e-3


def test_what_was_read_once_is_not_read_again(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = CrossEncoder(weights, threads=1, remembered=Memory(tmp_path / "m")).read(
        CLAIM, PASSAGES
    )

    def fail(*_: object) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr(pieces, "session", fail)
    again = CrossEncoder(weights, threads=1, remembered=Memory(tmp_path / "m")).read(
        CLAIM, PASSAGES
    )

    assert again.tolist() == first.tolist()


def test_weights_that_are_missing_or_no_model_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.onnx"):
        CrossEncoder(tmp_path / "gone.onnx").read(CLAIM, PASSAGES)
    (tmp_path / "no.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"no\.onnx"):
        CrossEncoder(tmp_path / "no.onnx").read(CLAIM, PASSAGES)


def test_a_long_passage_is_cut_around_the_words_of_the_claim() -> None:
    claim = [900, 901, 902]
    passage = [5] * 1000 + [900, 7, 901, 902] + [6] * 1000
    joined = join(passage, claim)

    assert len(joined) == LONGEST_PAIR
    assert joined[-4:] == [900, 901, 902, pieces.END]
    assert {900, 901, 902} <= set(joined[:-6])


def test_a_claim_keeps_half_of_the_pair_at_least() -> None:
    joined = join(list(range(10, 1000)), list(range(2000, 3000)))

    assert len(joined) == LONGEST_PAIR
    assert sum(piece >= 2000 for piece in joined) == (LONGEST_PAIR - FRAME) // 2


def test_a_short_pair_is_joined_as_it_is() -> None:
    assert join([10, 11], [20]) == [0, 10, 11, 2, 2, 20, 2]


def test_the_first_of_equal_windows_is_kept() -> None:
    assert nearest([1, 9, 1, 1, 9, 1], [9], 3) == 0
    assert nearest([1, 1, 1, 8, 9, 1], [9, 8], 2) == 3
    assert nearest([], [9], 3) == 0
