"""One contract for every judge: ours, a model of the hub, and a language model on a server."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from tests.judge_server import Server, literal, thinking
from verify.judge.crossencoder import CrossEncoder
from verify.judge.encode import OnnxEncoder
from verify.judge.fusion import Fusion
from verify.judge.others import Choice, opened
from verify.judge.verdict import Examiner
from verify.model import Judgement, Outcome
from verify.pipeline import check_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from verify.interfaces import Judge

CLAIM = "The new tunnel was opened for lorries in October."
BEARS_OUT = "The ministry said that the new tunnel was opened for lorries in October."
SILENT = "Bakers in the old town complain about the price of flour."
PERSIAN = "به گفتهٔ وزارت، تونل تازه در ماه مهر به روی کامیون‌ها باز شد."

needs_hub = [
    pytest.mark.hf,
    pytest.mark.skipif(
        not all(map(importlib.util.find_spec, ("torch", "transformers", "tokenizers"))),
        reason="the extra [hf] is not installed",
    ),
    pytest.mark.filterwarnings("default"),
]
IMPLEMENTATIONS = [
    pytest.param("own", id="own"),
    pytest.param("own-words", id="own-words"),
    pytest.param("hf", id="hf", marks=needs_hub),
    pytest.param("llm", id="llm"),
]


@pytest.fixture(params=IMPLEMENTATIONS)
def judge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Judge]:
    match request.param:
        case "own":
            yield Fusion(OnnxEncoder(), CrossEncoder())
        case "own-words":
            yield Fusion()
        case "hf":
            yield _asked_for(Choice(judge=f"hf:{_model(tmp_path / 'tiny')}"))
        case "llm":
            with Server(thinking(literal)) as server:
                yield _asked_for(Choice(judge="llm:tiny", judge_url=server.url))


def _asked_for(choice: Choice) -> Judge:
    found = opened(choice)
    assert found is not None
    return found


def _model(folder: Path) -> Path:
    """Save a model whose class of entailment has a high bias, so that it says something."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    from tests.test_judge_hf import tokenizer

    torch.manual_seed(7)
    words = tokenizer(folder)
    names = {0: "contradiction", 1: "entailment", 2: "neutral"}
    config = BertConfig(
        vocab_size=words, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=128, initializer_range=0.5,
        id2label=names, label2id={name: number for number, name in names.items()},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    (folder / "README.md").write_text("---\nlanguage: [en, fa]\n---\n")
    return folder


def judged(judge: Judge, claim: str, passages: Sequence[str]) -> list[Judgement]:
    found = judge.judge(claim, passages)
    for judgement in found:
        assert 0 <= judgement.supports <= 1
        assert 0 <= judgement.contradicts <= 1
        assert judgement.supports + judgement.contradicts <= 1 + 1e-6
        assert judgement.abstained is None or judgement.abstained.strip()
    return found


def close(one: Sequence[Judgement], two: Sequence[Judgement]) -> bool:
    """Whether two lists are the same, but for what a batch changes in the last digits."""
    return len(one) == len(two) and all(
        abs(a.supports - b.supports) < 0.02 and abs(a.contradicts - b.contradicts) < 0.02
        for a, b in zip(one, two, strict=True)
    )


def test_it_has_a_name_of_one_line(judge: Judge) -> None:
    assert judge.name.strip() == judge.name != ""
    assert "\n" not in judge.name


def test_each_passage_has_its_own_judgement_in_order(judge: Judge) -> None:
    found = judged(judge, CLAIM, [BEARS_OUT, SILENT, BEARS_OUT])
    turned = judged(judge, CLAIM, [SILENT, BEARS_OUT])

    assert close(found[:1], found[2:])
    assert close(turned, [found[1], found[0]])
    assert not close(found[:1], found[1:2])


def test_of_no_passage_there_is_no_judgement(judge: Judge) -> None:
    assert judge.judge(CLAIM, []) == []


def test_it_gives_the_same_answer_again(judge: Judge) -> None:
    assert close(
        judged(judge, CLAIM, [SILENT, BEARS_OUT]), judged(judge, CLAIM, [SILENT, BEARS_OUT])
    )


def test_persian_on_either_side_is_no_error(judge: Judge) -> None:
    assert len(judged(judge, CLAIM, [PERSIAN])) == 1
    assert len(judged(judge, PERSIAN, [PERSIAN, BEARS_OUT])) == 2


@pytest.mark.parametrize(
    "odd",
    ["", " \n", "* * *", "\0\ud800", "\u202e\u200c", "🙂" * 50, "word " * 5_000, "آ" * 20_000],
    ids=["empty", "space", "marks", "surrogate", "bidi", "emoji", "long", "one-word"],
)
def test_odd_texts_are_no_crash_and_leave_their_neighbours_alone(judge: Judge, odd: str) -> None:
    found = judged(judge, CLAIM, [BEARS_OUT, odd])

    assert len(found) == 2
    assert close(found[:1], judged(judge, CLAIM, [BEARS_OUT]))
    if any(map(str.isalnum, odd)):  # no other claim ever reaches a judge
        assert len(judged(judge, odd, [BEARS_OUT])) == 1


def test_the_examiner_takes_it_and_names_it(judge: Judge) -> None:
    examiner = Examiner(encoder=OnnxEncoder(), judge=judge)
    verdict = check_text(examiner, CLAIM, f"{SILENT}\n\n{BEARS_OUT}\n")

    assert examiner.tools()["judge"] == judge.name
    assert verdict.outcome in Outcome
    if verdict.outcome is not Outcome.UNCHECKED:
        assert verdict.evidence[0].text in {BEARS_OUT, SILENT}


# --- a judge that abstains --------------------------------------------------------------


class Reserved:
    """Abstains on every passage in which `word` stands, and supports the others."""

    name = "reserved"

    def __init__(self, word: str, supports: float = 0.95) -> None:
        self.word, self.supports = word, supports

    def judge(self, claim: str, passages: Sequence[str]) -> list[Judgement]:
        assert claim
        return [
            Judgement(0.35, 0.0, abstained="no answer came")
            if self.word in passage
            else Judgement(self.supports, 0.0)
            for passage in passages
        ]


def test_a_passage_without_an_answer_leaves_the_claim_unchecked() -> None:
    examiner = Examiner(encoder=OnnxEncoder(), judge=Reserved("tunnel"))
    verdict = check_text(examiner, CLAIM, BEARS_OUT)

    assert (verdict.outcome, verdict.confidence) == (Outcome.UNCHECKED, None)
    assert verdict.reasons == ("no answer came",)
    assert verdict.evidence[0].text == BEARS_OUT  # what was read is shown


def test_one_passage_without_an_answer_forbids_not_found() -> None:
    text = f"{BEARS_OUT}\n\nThe ministry has many a new lorry, and lorries need a tunnel.\n"
    examiner = Examiner(encoder=OnnxEncoder(), judge=Reserved("many", supports=0.01))

    assert check_text(examiner, CLAIM, text).outcome is Outcome.UNCHECKED


def test_an_answer_counts_beside_a_passage_without_one() -> None:
    examiner = Examiner(encoder=OnnxEncoder(), judge=Reserved("Bakers"))

    assert check_text(examiner, CLAIM, f"{SILENT}\n\n{BEARS_OUT}").outcome is Outcome.SUPPORTED


def test_a_translation_may_stand_in_for_a_page_that_the_judge_may_not_see() -> None:
    class Dictionary:
        name = "dictionary"
        source = "fa"

        def translate(self, sentences: Sequence[str]) -> list[str]:
            return [BEARS_OUT if s == PERSIAN else s for s in sentences]

    examiner = Examiner(
        encoder=OnnxEncoder(),
        translators={"fa": Dictionary()},  # type: ignore[dict-item]
        judge=Reserved("تونل"),
    )
    verdict = check_text(examiner, "The new tunnel was opened for lorries.", PERSIAN)

    assert verdict.judgement == Judgement(0.95, 0.0)
    assert verdict.outcome is not Outcome.UNCHECKED or "no answer" not in str(verdict.reasons)
