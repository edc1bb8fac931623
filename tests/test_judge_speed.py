"""What keeps judging fast, counted and not timed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from threading import Barrier, Event, current_thread, main_thread
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import pytest

from verify.judge import pieces, retrieve
from verify.judge.crossencoder import NAME, CrossEncoder
from verify.judge.encode import OnnxEncoder
from verify.language import numbers
from verify.language.identify import identify
from verify.model import Document, Extraction, Snapshot, SourceId, Span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from verify.model import Passage

PERSIAN = [
    "شهردار گلدره روز شنبه کتابخانهٔ تازهٔ شهر را باز کرد.",
    "این کتابخانه سی هزار جلد کتاب و چهار تالار مطالعه دارد.",
    "ساختن آن ۱۲ میلیون افغانی هزینه داشت و دو سال طول کشید.",
    "بهای نان در بازار گلدره در یک ماه هفت درصد بالا رفت.",
    "باران دو پل روستایی را خراب کرد و راه سه دهکده را بست.",
    "تیم والیبال گلدره مهران شهر را سه بر یک شکست داد.",
    "فریده کریمی، آموزگار، گفت شمار شاگردان به ۴۸۰ نفر رسیده است.",
    "کارخانهٔ قالین‌بافی امسال ۲۳ کارگر تازه استخدام کرد.",
    "وزارت صحت از آغاز واکسیناسیون در چهل مرکز خبر داد.",
    "قطار سپیدراه هر روز ساعت هفت صبح به سوی مرز می‌رود.",
]
CLAIMS = [
    "The new library of Goldara holds thirty thousand books.",
    "Farida Karimi said that the number of pupils had reached 480.",
    "The carpet factory hired 23 new workers this year.",
    "The volleyball team of Goldara beat Mehranshahr three to one.",
]


def page(sentences: Sequence[str]) -> Document:
    text = "\n".join(sentences)
    snapshot = Snapshot(SourceId("page"), "", "", "text/plain", b"", datetime.now(UTC), "given")
    extraction = Extraction(text, (Span(0, len(text)),))
    return Document(snapshot, extraction, identify(text, second_opinion=False))


class Turned:
    """An encoder that turns every sentence of a page away from the claim, each by so much."""

    name = "turned"

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        cosines = [1.0, *(0.76 + 0.16 * (crc32(s.encode()) % 97) / 97 for s in sentences[1:])]
        return np.array([(c, (1 - c * c) ** 0.5) for c in cosines], dtype=np.float32)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_page_is_encoded_once_for_all_its_claims(
    monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    computed: Counter[str] = Counter()
    compute = OnnxEncoder._compute

    def counted(self: OnnxEncoder, texts: Sequence[str]) -> NDArray[np.float32]:
        computed.update(texts)
        return compute(self, texts)

    monkeypatch.setattr(OnnxEncoder, "_compute", counted)
    encoder, document = OnnxEncoder(threads=threads), page([*PERSIAN, PERSIAN[0], *PERSIAN[:3]])
    for claim in CLAIMS:
        retrieve.passages(claim, document, encoder)

    assert len(computed) == len(PERSIAN) + len(CLAIMS)
    assert set(computed.values()) == {1}


def test_numbers_and_words_of_a_page_are_read_once_for_all_its_claims(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: Counter[str] = Counter()
    find = numbers.find_numbers

    def counted(text: str) -> Any:
        read[text] += 1
        return find(text)

    monkeypatch.setattr(retrieve, "find_numbers", counted)
    retrieve._sentences.cache_clear()
    for claim in CLAIMS * 2:
        retrieve.passages(claim, page(PERSIAN), None)

    assert {read[sentence] for sentence in PERSIAN} == {1}


def test_names_are_looked_for_only_where_they_could_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = page([f"{n} {sentence}" for n in range(20) for sentence in PERSIAN])
    asked: list[int] = []

    def found() -> list[list[Passage]]:
        return [retrieve.passages(claim, document, Turned(), limit=5) for claim in CLAIMS]

    anchors = retrieve._anchors

    def counted(claim: str, sentences: Any, places: Any) -> dict[int, float]:
        shares = anchors(claim, sentences, places)
        asked.append(len(shares))
        return shares

    monkeypatch.setattr(retrieve, "_anchors", counted)
    some = found()
    spared = sum(asked)
    monkeypatch.setattr(retrieve, "_in_reach", lambda words, *_: range(len(words)))
    asked.clear()
    every = found()

    assert some == every
    assert 0 < spared < sum(asked) / 2


def test_batches_hold_hardly_any_padding() -> None:
    chance = np.random.default_rng(7)
    # the lengths of a news page's sentences: most of 20 to 60 pieces, a few of up to 400
    lengths = np.clip(chance.lognormal(3.6, 0.5, 300).astype(int), 4, 400)
    rows = [[5] * length for length in lengths.tolist()]
    batches = list(pieces.batched(rows))
    computed = sum(len(batch) * max(len(rows[i]) for i in batch) for batch in batches)

    assert sorted(i for batch in batches for i in batch) == list(range(300))
    assert computed < 1.05 * lengths.sum()
    assert all(len(b) == 1 or sum(len(rows[i]) for i in b) <= pieces.BATCH_PIECES for b in batches)


def test_the_longest_batches_come_first() -> None:
    rows = [[5] * length for length in (10, 200, 30, 400, 250)]
    widths = []

    def compute(given: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        widths.append(given["mask"].shape[1])
        return np.zeros((len(given["mask"]), 2), dtype=np.float32)

    pieces.run(pieces.load_pieces(), rows, compute)

    assert widths == sorted(widths, reverse=True)


def test_results_are_the_same_however_many_threads_compute() -> None:
    texts = [f"{n} {sentence}" for n in range(3) for sentence in (*PERSIAN, *CLAIMS)]
    one, four = (OnnxEncoder(threads=threads).encode(texts) for threads in (1, 4))

    assert one.tolist() == four.tolist()


def test_several_threads_compute_at_once() -> None:
    rows, both = [[5] * pieces.BATCH_PIECES] * 2, Barrier(2)

    def compute(given: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        both.wait(20)
        return np.zeros((len(given["mask"]), 2), dtype=np.float32)

    assert pieces.run(pieces.load_pieces(), rows, compute, 2).shape == (2, 2)


def test_an_error_in_a_thread_is_raised() -> None:
    def fail(_: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        pieces.run(pieces.load_pieces(), [[5] * 300] * 4, fail, 2)


def test_the_cross_encoder_is_loaded_while_the_encoder_is() -> None:
    loaded = Event()
    where = []

    def beside() -> None:
        where.append(current_thread())
        loaded.set()

    encoder = OnnxEncoder(threads=1, beside=beside)
    encoder.encode(CLAIMS[:1])
    encoder.encode(CLAIMS[1:])

    assert loaded.wait(20)
    assert len(where) == 1
    assert where[0] is not main_thread()


def test_a_model_loaded_ahead_is_not_loaded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = CrossEncoder(threads=1)
    reader.load_ahead()

    def fail(*_: object) -> None:
        raise AssertionError("it was loaded again")

    monkeypatch.setattr(pieces, "session", fail)
    reader.load_ahead()

    assert reader.read(CLAIMS[0], PERSIAN[:1]).shape == (1, 3)


def test_what_is_wrong_with_a_model_is_said_when_it_is_needed(tmp_path: Path) -> None:
    reader = CrossEncoder(tmp_path / NAME, threads=1)
    reader.load_ahead()

    with pytest.raises(Exception, match=NAME):
        reader.read(CLAIMS[0], PERSIAN[:1])
