"""Models of the hub as judges: tiny real ones, made here and loaded by the real code."""

from __future__ import annotations

import importlib.util
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from verify.errors import ModelError
from verify.judge.others import Choice, labels, opened, tongues
from verify.judge.others.labels import Meaning

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from verify.judge.others.huggingface import PairClassifier

without = [
    name for name in ("torch", "transformers", "tokenizers") if not importlib.util.find_spec(name)
]
needs_models = [
    pytest.mark.hf,
    pytest.mark.skipif(
        bool(without), reason=f"the extra [hf] is not installed: no {', '.join(without)}"
    ),
    # torch and transformers warn of things that are not ours to mend
    pytest.mark.filterwarnings("default"),
]

CLAIM = "The bridge was closed."
PASSAGES = ["The bridge was closed in spring.", "Tea is green.", "The bridge was open."]
PERSIAN = "پل در بهار بسته شد."
NLI = {0: "entailment", 1: "neutral", 2: "contradiction"}


# --- what classes and cards say: no model needed ----------------------------------------


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        (["entailment", "neutral", "contradiction"], "SNC"),
        (["CONTRADICTION", "NEUTRAL", "ENTAILMENT"], "CNS"),
        (["contradiction", "entailment", "neutral"], "CSN"),
        (["SUPPORTS", "REFUTES", "NOT ENOUGH INFO"], "SCN"),
        (["e", "c", "n"], "SCN"),
        (["not_entailment", "entailment"], "US"),
        (["Unsupported", "Supported"], "US"),
        (["hallucinated", "consistent"], "US"),
        (["entailment", "contradiction"], "SC"),
    ],
)
def test_classes_are_read_in_any_order_and_spelling(names: list[str], meant: str) -> None:
    initials = {"S": Meaning.SUPPORTED, "N": Meaning.NEUTRAL, "C": Meaning.CONTRADICTED}
    initials["U"] = Meaning.UNSUPPORTED
    found = labels.read(dict(enumerate(names)))

    assert found.meanings == tuple(initials[letter] for letter in meant)


@pytest.mark.parametrize(
    "names",
    [
        ["LABEL_0", "LABEL_1"],
        ["positive", "negative"],
        ["entailment", "entailment", "neutral"],
        ["neutral", "contradiction"],
        ["neutral", "contradiction", "unsupported"],
        [],
    ],
)
def test_classes_that_are_no_verdicts_are_listed(names: list[str]) -> None:
    with pytest.raises(ModelError) as caught:
        labels.read(dict(enumerate(names)))

    assert all(repr(name) in str(caught.value) for name in names)
    assert "--judge-labels" in (caught.value.hint or "")


def test_a_person_may_say_what_nameless_classes_mean() -> None:
    found = labels.read({0: "LABEL_0", 1: "LABEL_1"}, ["unsupported", "supported"])

    assert found.meanings == (Meaning.UNSUPPORTED, Meaning.SUPPORTED)
    assert not found.can_contradict
    with pytest.raises(ModelError, match="2 classes, and 3 were named"):
        labels.read({0: "LABEL_0", 1: "LABEL_1"}, ["supported", "neutral", "contradicted"])


@pytest.mark.parametrize(
    ("card", "scripts"),
    [
        ("---\nlanguage: en\n---\n", {"latin"}),
        ("---\nlicense: mit\nlanguage:\n- en\n- fa\ntags: [x]\n---\n", {"latin", "arabic"}),
        ("---\nlanguage: [en, ar]\n---\n", {"latin", "arabic"}),
        ("---\nlanguage:\n  - multilingual\n  - de\n---\n", {"latin", "arabic"}),
        ("---\nlanguage: fa\n---\n", {"arabic"}),
        ("---\r\nlanguage: fa\r\n---\r\n", {"arabic"}),
        ("---\nlicense: mit\n---\nlanguage: fa\n", {"latin"}),
        ("A model.\n", {"latin"}),
        (None, {"latin"}),
    ],
)
def test_a_card_says_what_may_be_shown_and_silence_means_english(
    card: str | None, scripts: set[str], tmp_path: Path
) -> None:
    path = tmp_path / "README.md"
    if card is not None:
        path.write_text(card, newline="")

    assert tongues.of((), path).scripts == scripts
    assert tongues.of(("en", "fa"), path).scripts == {"latin", "arabic"}


def test_text_of_another_script_is_refused_and_numbers_are_not() -> None:
    english = tongues.Tongues(("en",))

    assert english.refuses(PERSIAN)
    assert not english.refuses(CLAIM)
    assert not english.refuses("1402")
    assert tongues.Tongues(("fa",)).refuses(CLAIM)


def test_without_the_extra_the_error_says_how_to_install_it(tmp_path: Path) -> None:
    if not without:
        pytest.skip("the extra [hf] is installed")
    with pytest.raises(ModelError, match="not installed") as caught:
        opened(Choice(judge=f"hf:{tmp_path}"))
    assert "verify-sources[hf]" in (caught.value.hint or "")


def test_a_folder_that_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(ModelError, match="does not exist"):
        opened(Choice(judge="hf:./no/such/folder"))


# --- tiny real models -------------------------------------------------------------------


@pytest.fixture
def make(tmp_path: Path) -> Any:
    """Return what makes a folder with a model of two layers and its tokenizer."""

    def made(
        names: dict[int, str] | None = None,
        *,
        card: str = "---\nlanguage: [en, fa]\n---\n",
        folder: str = "model",
        places: int = 64,
        count: int | None = None,
    ) -> Path:
        import torch
        from transformers import BertConfig, BertForSequenceClassification

        torch.manual_seed(7)
        names = NLI if names is None else names
        chosen: dict[str, Any] = {"num_labels": count} if count else {"id2label": names}
        if not count:
            chosen["label2id"] = {name: index for index, name in names.items()}
        words = tokenizer(tmp_path / folder)
        config = BertConfig(
            vocab_size=words, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
            intermediate_size=32, max_position_embeddings=places, initializer_range=0.5, **chosen,
        )  # fmt: skip
        BertForSequenceClassification(config).eval().save_pretrained(tmp_path / folder)
        (tmp_path / folder / "README.md").write_text(card)
        return tmp_path / folder

    return made


def tokenizer(folder: Path) -> int:
    """Save a tokenizer of whole words and letters; return how many pieces it has."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,0123456789"
    persian = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "The", "bridge", "was", "closed", "open"]
    pieces += [*letters, *persian, *(f"##{c}" for c in letters + persian)]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    made = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()
    made.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
        sep_token="[SEP]", model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    fast.save_pretrained(folder)
    return len(pieces)


def judge_of(folder: Path, **choice: Any) -> PairClassifier:
    found = opened(Choice(judge=f"hf:{folder}", **choice))
    assert type(found).__name__ == "PairClassifier"
    return found  # type: ignore[return-value]


class TestTinyModels:
    """Everything here runs torch."""

    pytestmark = needs_models

    def test_its_shares_are_the_models_own_with_the_passage_first(self, make: Any) -> None:
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        folder = make()
        words = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForSequenceClassification.from_pretrained(folder)
        with torch.inference_mode():
            wanted = [
                model(**words(p, CLAIM, return_tensors="pt")).logits.softmax(-1)[0].tolist()
                for p in PASSAGES
            ]
        found = judge_of(folder).judge(CLAIM, PASSAGES)

        for judgement, shares in zip(found, wanted, strict=True):
            assert judgement.supports == pytest.approx(shares[0], abs=1e-5)
            assert judgement.contradicts == pytest.approx(shares[2], abs=1e-5)
        assert len({round(j.supports, 4) for j in found}) == 3

    def test_the_same_weights_with_other_names_give_other_shares(self, make: Any) -> None:
        other = {0: "REFUTES", 1: "NOT ENOUGH INFO", 2: "SUPPORTS"}
        first = judge_of(make()).judge(CLAIM, PASSAGES)
        second = judge_of(make(other, folder="other")).judge(CLAIM, PASSAGES)

        for one, two in zip(first, second, strict=True):
            assert one.supports == pytest.approx(two.contradicts, abs=1e-5)
            assert one.contradicts == pytest.approx(two.supports, abs=1e-5)

    def test_a_model_of_two_classes_never_contradicts_and_says_so(self, make: Any) -> None:
        judge = judge_of(make({0: "unsupported", 1: "supported"}))
        found = judge.judge(CLAIM, PASSAGES)

        assert all(j.contradicts == 0.0 and 0 < j.supports < 1 for j in found)
        assert any("cannot tell a denial from silence" in n for n in judge.notices())

    def test_nameless_classes_need_a_person(self, make: Any) -> None:
        folder = make(count=2)
        with pytest.raises(ModelError, match=r"'LABEL_0', 'LABEL_1'") as caught:
            judge_of(folder)
        assert "--judge-labels" in (caught.value.hint or "")

        found = judge_of(folder, judge_labels=("unsupported", "supported")).judge(CLAIM, PASSAGES)
        swapped = judge_of(folder, judge_labels=("supported", "unsupported")).judge(CLAIM, PASSAGES)
        assert [j.supports for j in found] == pytest.approx([1 - j.supports for j in swapped])

    def test_a_single_score_is_read_as_a_share(self, make: Any) -> None:
        found = judge_of(make(count=1), judge_labels=("supported",)).judge(CLAIM, PASSAGES)

        assert all(0 < j.supports < 1 for j in found)
        assert len({round(j.supports, 4) for j in found}) == 3

    def test_a_batch_of_many_is_as_each_alone_and_in_order(self, make: Any) -> None:
        judge = judge_of(make())
        many = [f"{PASSAGES[n % 3]} {'The bridge was open. ' * (n % 5)}" for n in range(40)]
        together = judge.judge(CLAIM, many)

        for passage, judgement in zip(many, together, strict=True):
            (alone,) = judge.judge(CLAIM, [passage])
            assert judgement.supports == pytest.approx(alone.supports, abs=1e-5)

    def test_of_a_passage_that_is_too_long_every_part_is_read(self, make: Any) -> None:
        judge = judge_of(make(places=32))
        long = " ".join(["Tea is green."] * 12) + " The bridge was closed."
        rows = judge._rows(CLAIM, [long])
        windows = [judge.tokenizer.decode(row["input_ids"]) for _, row in rows]
        shares = [judge.labels.share(Meaning.SUPPORTED, s) for _, s in judge._shares(CLAIM, [long])]

        assert judge.longest == 32
        assert 1 < len(rows) <= 8
        assert all(len(row["input_ids"]) <= 32 for _, row in rows)
        assert windows[-1].count("closed") == 2  # the passage's end, and the claim
        assert judge.judge(CLAIM, [long])[0].supports == max(shares)

    def test_a_claim_that_is_too_long_gives_before_it_fails(self, make: Any) -> None:
        judge = judge_of(make(places=32))
        found = judge.judge("The bridge was closed. " * 200, ["The bridge was open."])

        assert 0 < found[0].supports < 1

    def test_a_model_of_english_alone_never_sees_persian(self, make: Any) -> None:
        judge = judge_of(make(card="---\nlanguage: en\n---\n"))
        seen: list[str] = []
        rows = judge._rows

        def watched(claim: str, passages: Sequence[str]) -> Any:
            seen.extend([claim, *passages])
            return rows(claim, passages)

        judge._rows = watched  # type: ignore[method-assign]
        found = judge.judge(CLAIM, [PERSIAN, PASSAGES[0]])
        about = judge.judge(PERSIAN, [PASSAGES[0]])

        assert "the passage is in a language that the judge does not read" in str(
            found[0].abstained
        )
        assert found[1].abstained is None
        assert "the claim is in a language" in str(about[0].abstained)
        assert seen == [CLAIM, PASSAGES[0]]
        assert any("2 passages or claims were kept from model" in n for n in judge.notices())
        assert judge.notices() == []

    def test_a_model_that_says_nothing_of_languages_is_taken_for_english(self, make: Any) -> None:
        folder = make(card="")
        judge = judge_of(folder)

        assert judge.judge(CLAIM, [PERSIAN])[0].abstained
        assert any("--judge-languages" in n for n in judge.notices())
        assert (
            judge_of(folder, judge_languages=("en", "fa")).judge(CLAIM, [PERSIAN])[0].abstained
            is None
        )

    def test_it_names_the_model_and_its_weights(self, make: Any) -> None:
        folder = make()
        from hashlib import sha256

        digest = sha256((folder / "model.safetensors").read_bytes()).hexdigest()
        assert judge_of(folder).name == f"model ({digest[:8]}, not calibrated)"

    def test_scores_that_are_no_numbers_are_an_abstention(self, make: Any) -> None:
        import torch

        judge = judge_of(make())
        with torch.no_grad():
            judge.model.classifier.bias.fill_(float("nan"))
        assert judge.judge(CLAIM, PASSAGES)[0].abstained == "the judge's scores are no numbers"

    @pytest.mark.parametrize("trouble", ["pickle", "code", "task", "config", "cut", "empty"])
    def test_a_model_that_will_not_do_is_an_error_with_a_next_step(
        self, make: Any, trouble: str
    ) -> None:
        folder = make()
        weights, path = folder / "model.safetensors", folder / "config.json"
        config = json.loads(path.read_text())
        said = {
            "pickle": "no weights in safetensors",
            "code": "code of its own",
            "task": "no model for sequence classification",
            "config": "no config.json",
            "cut": "cannot load model",
            "empty": "no config.json",
        }[trouble]
        match trouble:
            case "pickle":
                weights.rename(folder / "pytorch_model.bin")
            case "code":
                path.write_text(json.dumps({**config, "auto_map": {"AutoModel": "evil.Model"}}))
                (folder / "evil.py").write_text("raise SystemExit('it ran')\n")
            case "task":
                path.write_text(json.dumps({**config, "architectures": ["BertForMaskedLM"]}))
            case "config":
                path.write_text("{")
            case "cut":
                weights.write_bytes(weights.read_bytes()[:2_000])
            case "empty":
                for file in folder.iterdir():
                    file.unlink()
        with pytest.raises(ModelError, match=said) as caught:
            judge_of(folder)
        assert caught.value.hint

    def test_weights_without_a_head_are_refused_rather_than_made_up(self, make: Any) -> None:
        from transformers import AutoModelForSequenceClassification

        folder = make()
        whole = AutoModelForSequenceClassification.from_pretrained(folder)
        config = (folder / "config.json").read_text()
        whole.bert.save_pretrained(folder)  # the classifier's weights are gone
        (folder / "config.json").write_text(config)
        with pytest.raises(ModelError, match="lacks weights"):
            judge_of(folder)

    def test_a_name_of_the_hub_is_not_downloaded_unless_asked(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("it went to the network")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        monkeypatch.setenv("HF_HOME", str(tmp_path))
        with pytest.raises(ModelError, match="not in the hub's cache") as caught:
            opened(Choice(judge="hf:nobody/nothing"))
        assert "--allow-download" in (caught.value.hint or "")
