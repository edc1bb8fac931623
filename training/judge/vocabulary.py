"""
The part of XLM-R's vocabulary that Persian and English need, as a sentencepiece model.

    python -m training.judge.vocabulary

Of 250,002 pieces, 45,000 stay: every piece that the shared texts use once folded, every piece
of Arabic script (Arabic, Dari and Pashto letters among them), every piece without letters
(digits, punctuation, signs), the single letters of all other alphabets that are known, and then
the likeliest pieces of Latin letters. Pieces that folding rules out, such as those with a
capital, can never occur and go. A word whose piece has gone is written with shorter ones.
"""

from __future__ import annotations

import gzip
import json
import unicodedata
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.judge.e5 import Tokenizer, Vocabulary, read, weights_file
from verify.language.fold import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WEIGHTS = Path(__file__).resolve().parents[2] / "verify" / "judge" / "weights"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

# The four special pieces and 44,996 others: the table of embeddings takes 17.5 MB.
KEPT = 45_000
SPECIAL = 4
_SPACE = "\u2581"
_LONGEST_TEXT = 1_200
_LANGUAGES = {"fas", "prs", "eng"}


def texts(shared: Path) -> list[str]:
    """Return the shared Persian and English texts, each once and folded."""
    found: dict[str, None] = {}
    for text in raw(shared):
        found[normalise(text[:_LONGEST_TEXT])] = None
    return list(found)


def raw(shared: Path) -> Iterator[str]:
    """Yield the shared Persian and English texts as they are."""
    for row in _lines(shared / "parallel_fa_en.tsv.gz"):
        yield from row.split("\t")[3:5]
    for name in ("nli_fa", "nli_en"):
        for line in _lines(shared / f"{name}.jsonl.gz"):
            row = json.loads(line)
            yield from (row["claim"], row["evidence"])
    for line in _lines(shared / "langid.tsv.gz"):
        language, _, _, text = line.split("\t")
        if language in _LANGUAGES:
            yield text


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n")


def pruned(vocabulary: Vocabulary, used: Iterable[int]) -> list[int]:
    """Return the places of the pieces that stay, in their old order."""
    kept = set(range(SPECIAL)) | set(used)
    rest = []
    for place, piece in enumerate(vocabulary.pieces):
        text = piece.replace(_SPACE, "")
        if place < SPECIAL or place in kept or (text and normalise(text) != text):
            continue
        alphabets = {_alphabet(c) for c in text if c.isalpha()}
        if alphabets <= {"ARABIC"} or len(text) == 1:
            kept.add(place)
        elif alphabets <= {"ARABIC", "LATIN"}:
            rest.append(place)
    likeliest = sorted(rest, key=lambda place: -vocabulary.scores[place])
    return sorted(kept | set(likeliest[: max(0, KEPT - len(kept))]))


def _alphabet(character: str) -> str:
    return unicodedata.name(character, "UNKNOWN").split()[0]


def model(vocabulary: Vocabulary, places: list[int]) -> bytes:
    """Return a sentencepiece model of these pieces, numbered as they come."""
    import sentencepiece

    # its classes are made when it is imported, so nothing can be said of their types
    wire: Any = import_module("sentencepiece.sentencepiece_model_pb2")
    content = wire.ModelProto()
    kinds = wire.ModelProto.SentencePiece
    special = {vocabulary.unknown: kinds.UNKNOWN}
    for place in places:
        kind = special.get(place, kinds.CONTROL) if place < SPECIAL else kinds.NORMAL
        content.pieces.add(
            piece=vocabulary.pieces[place], score=vocabulary.scores[place], type=kind
        )
    trainer = content.trainer_spec
    trainer.model_type = wire.TrainerSpec.UNIGRAM
    trainer.vocab_size = len(places)
    trainer.bos_id, trainer.pad_id, trainer.eos_id, trainer.unk_id = range(SPECIAL)
    trainer.pad_piece = vocabulary.pieces[vocabulary.padding]
    rules = sentencepiece.SentencePieceNormalizer(rule_name="nmt_nfkc")
    charsmap = wire.ModelProto.FromString(rules.serialized_model_proto()).normalizer_spec
    content.normalizer_spec.name = "nmt_nfkc"
    content.normalizer_spec.precompiled_charsmap = charsmap.precompiled_charsmap
    content.normalizer_spec.add_dummy_prefix = True
    content.normalizer_spec.remove_extra_whitespaces = True
    content.normalizer_spec.escape_whitespaces = True
    return bytes(content.SerializeToString(deterministic=True))


def kept_places(vocabulary: Vocabulary, path: Path) -> list[int]:
    """Return the places in the full vocabulary of the pieces that a written model holds."""
    from sentencepiece import SentencePieceProcessor

    places = {piece: place for place, piece in enumerate(vocabulary.pieces)}
    pieces = SentencePieceProcessor(model_file=str(path))
    return [places[pieces.id_to_piece(number)] for number in range(len(pieces))]


def _batched(tokenizer: Tokenizer, wanted: list[str]) -> Iterator[list[int]]:
    for start in range(0, len(wanted), 2_000):
        yield from tokenizer.ids(wanted[start : start + 2_000])


def main() -> None:
    from sentencepiece import SentencePieceProcessor

    _, vocabulary, _ = read(weights_file())
    wanted = texts(SHARED)
    full = list(_batched(Tokenizer(vocabulary), wanted))
    # What texts not looked at would lose: pieces of every other text choose, the rest measure.
    chosen = set(pruned(vocabulary, {piece for row in full[::2] for piece in row}))
    others = [piece for row in full[1::2] for piece in row]
    lost = sum(piece not in chosen for piece in others)
    print(f"of pieces in the other half of the texts kept: {1 - lost / len(others):.5%}")

    places = pruned(vocabulary, {piece for row in full for piece in row})
    WEIGHTS.mkdir(exist_ok=True)
    (WEIGHTS / "pieces.model").write_bytes(model(vocabulary, places))
    pieces = SentencePieceProcessor(model_file=str(WEIGHTS / "pieces.model"))
    alike = 0
    for row, ids in zip(full, pieces.encode(wanted), strict=True):
        alike += row == [places[number] for number in ids]
    print(f"{len(places)} pieces; {alike} of {len(wanted)} texts give the same ones")


if __name__ == "__main__":
    main()
