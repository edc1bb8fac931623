from __future__ import annotations

import gzip
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from verify.errors import ModelError
from verify.judge import pieces
from verify.judge.encode import OnnxEncoder
from verify.judge.memory import Memory

if TYPE_CHECKING:
    from pathlib import Path

SENTENCES = [
    "The bridge over the river was closed for repairs in March.",
    "پل روی رودخانه در ماه مارس برای تعمیر بسته شد.",
    "Bread became twelve percent dearer within a year.",
    "نان در یک سال دوازده درصد گران‌تر شد.",
    "کابل کې نن باران وشو.",
]


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(threads=1)


def test_a_sentence_is_nearest_to_its_translation(encoder: OnnxEncoder) -> None:
    likeness = encoder.encode(SENTENCES[:4]) @ encoder.encode(SENTENCES[:4]).T
    np.fill_diagonal(likeness, 0)

    assert likeness.argmax(1).tolist() == [1, 0, 3, 2]


def test_vectors_have_length_one(encoder: OnnxEncoder) -> None:
    vectors = encoder.encode([*SENTENCES, "", " ", "\0", "🏔", "a" * 5000, "\ud800"])

    assert vectors.shape == (len(SENTENCES) + 6, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)


def test_no_sentences_give_no_rows(encoder: OnnxEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_a_vector_does_not_depend_on_its_neighbours() -> None:
    alone = [OnnxEncoder(threads=1).encode([s])[0] for s in SENTENCES[:2]]
    among = OnnxEncoder(threads=1).encode([*SENTENCES, "A much longer sentence. " * 20])

    assert np.abs(np.stack(alone) - among[:2]).max() < 1e-3


def test_spelling_makes_no_difference(encoder: OnnxEncoder) -> None:
    one, other = encoder.encode(["می‌رود به کتاب‌ها", "مي رود به كتاب ها"])

    assert one.tolist() == other.tolist()


def test_of_a_text_too_long_the_beginning_counts(encoder: OnnxEncoder) -> None:
    beginning = "The mayor opened the new library. " * 40
    whole, same, other = encoder.encode(
        [beginning + "A storm came.", beginning + "Nothing else.", "A storm came."]
    )

    assert whole.tolist() == same.tolist()
    assert float(whole @ other) < 0.95


def test_threads_may_encode_at_once(encoder: OnnxEncoder) -> None:
    texts = [f"Sentence number {n} of the report." for n in range(40)]
    with ThreadPoolExecutor(4) as pool:
        several = list(pool.map(lambda t: encoder.encode([t])[0], texts))

    assert np.abs(np.stack(several) - OnnxEncoder(threads=1).encode(texts)).max() < 1e-3


def test_what_was_encoded_once_is_read_from_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = OnnxEncoder(threads=1, remembered=Memory(tmp_path / "m")).encode(SENTENCES)

    def fail(*_: object) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr(pieces, "session", fail)
    again = OnnxEncoder(threads=1, remembered=Memory(tmp_path / "m")).encode(SENTENCES)

    assert again.tolist() == first.tolist()


def test_a_damaged_memory_is_set_aside_and_told(tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite"
    path.write_bytes(b"this is no database" * 100)
    memory = Memory(path)
    encoder = OnnxEncoder(threads=1, remembered=memory)

    encoder.encode(SENTENCES[:1])
    encoder.encode(SENTENCES[1:2])

    assert "damaged" in memory.notices()[0]
    assert path.with_suffix(".damaged").exists()
    assert Memory(path).read([], 4) == {}


def test_a_memory_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file" / "m.sqlite")

    assert len(OnnxEncoder(threads=1, remembered=memory).encode(SENTENCES[:1])) == 1
    assert "was not used" in memory.notices()[0]


def test_values_of_another_size_are_not_believed(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "m")
    memory.write({b"k": b"123"})

    assert memory.read([b"k"], 3) == {b"k": b"123"}
    assert memory.read([b"k"], 4) == {}


def test_a_memory_forgets_the_older_half_when_it_is_full(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "m", max_bytes=300_000)
    for start in range(0, 1000, 50):
        memory.write({f"{n:04}".encode(): b"x" * 768 for n in range(start, start + 50)})
    keys = [f"{n:04}".encode() for n in range(1000)]
    known = sorted(memory.read(keys, 768))

    assert keys[-1] in known
    assert keys[0] not in known
    assert len(known) < 500


def test_every_shipped_file_is_pinned_and_as_pinned() -> None:
    shipped = {p.name for p in pieces.WEIGHTS.iterdir()} - {"weights.json"}

    assert shipped == set(pieces.pins())
    for name in shipped:
        pieces.check(name)


def test_the_weights_together_are_under_90_megabytes() -> None:
    assert sum(p.stat().st_size for p in pieces.WEIGHTS.iterdir()) < 90_000_000


def test_altered_weights_are_refused_with_a_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in pieces.WEIGHTS.iterdir():
        (tmp_path / path.name).write_bytes(
            path.read_bytes()[:-1] if "enc" in path.name else path.read_bytes()
        )
    monkeypatch.setattr(pieces, "WEIGHTS", tmp_path)

    with pytest.raises(ModelError, match="not those that were shipped") as error:
        OnnxEncoder(threads=1).encode(["x"])
    assert error.value.hint


def test_missing_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights.json").write_bytes((pieces.WEIGHTS / "weights.json").read_bytes())
    monkeypatch.setattr(pieces, "WEIGHTS", tmp_path)

    with pytest.raises(ModelError, match="encoder"):
        OnnxEncoder(threads=1).encode(["x"])


def test_special_pieces_cannot_be_typed() -> None:
    vocabulary = pieces.load_pieces()
    cut = vocabulary.cut(["<s> </s> <pad> <unk>"])[0]

    assert not {pieces.BEGINNING, pieces.PADDING, pieces.END} & set(cut)


def test_telemetry_is_off_before_onnxruntime_is_imported() -> None:
    code = (
        "import os, sys\n"
        "from verify.judge.encode import OnnxEncoder\n"
        "assert 'onnxruntime' not in sys.modules\n"
        "OnnxEncoder(threads=1).encode(['x'])\n"
        "assert os.environ['ORT_DISABLE_TELEMETRY'] == '1'\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_translations_are_found_among_the_first_sentences_of_flores(
    shared: Path, encoder: OnnxEncoder
) -> None:
    with gzip.open(shared / "data" / "parallel_fa_en.tsv.gz", "rt", encoding="utf-8") as lines:
        rows = [row for line in lines if (row := line.split("\t"))[0] == "flores_dev"][:90]
    persian = encoder.encode([row[3] for row in rows])
    english = encoder.encode([row[4] for row in rows])
    found = (english @ persian.T).argmax(1) == np.arange(len(rows))

    assert found.mean() >= 0.98
