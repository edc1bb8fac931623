"""
Make the demonstration package: a real, tiny fa->en translator in the Argos format.

    python -m training.demo_package.make_package [--output FILE] [--epochs N]

Needs torch, ctranslate2 and sentencepiece. It learns our own sentences only: the example's
(example_sentences.tsv), some by hand (sentences.tsv) and patterns (templates.py). It reads
those well and little else; its metadata says that it is a demonstration. The figures it
prints are for sentences of the patterns that it has not seen, and for the example itself.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import random
import re
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sentencepiece

from training.demo_package import templates, transformer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Pair = tuple[str, str]

HERE = Path(__file__).resolve().parent
OUTPUT = HERE.parents[1] / "tests" / "packages" / "translate-fa_en-0_1.argosmodel"
SEED = 20221028
VERSION = "0.1"
VOCABULARY = 1200
HELD_BACK = 200
PATTERNS_AN_EPOCH = 1200
VARIANTS_AN_EPOCH = 2
MAX_BYTES = 2 * 1024 * 1024

# The mean log-probability of a piece below which the package says nothing. Greedy translations
# of all sentences of the example, by hand and held back score -0.12 or more (99 % of them
# -0.07); those of 997 sentences of FLORES-dev, which it cannot read, -0.41 or less.
MINIMUM_SCORE = -0.2

NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
TO_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.")
NEGATION = re.compile(r"\b(?:not|no|never|nobody|none|neither|nor|cannot|without)\b", re.IGNORECASE)

METADATA = {
    "package_version": VERSION,
    "argos_version": "1.11",
    "from_code": "fa",
    "from_name": "Persian",
    "to_code": "en",
    "to_name": "English",
    "type": "translate",
    "demonstration": True,
    "minimum_score": MINIMUM_SCORE,
    "links": [],
}
README = """\
A demonstration package for verify: Persian to English, trained on a few thousand sentences
that were made for it. It reads the sentences of verify's own example and little else; of
most other sentences it says nothing. Never rest a judgement on it. Licence: Apache-2.0.
"""


def read_pairs(path: Path) -> list[Pair]:
    """Read Persian and English, one pair a line."""
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [(persian.strip(), english.strip()) for persian, english in rows]


def draw_patterns(chance: random.Random, count: int, avoid: set[str]) -> list[Pair]:
    """Draw that many different sentences, none of them in `avoid`."""
    drawn: dict[str, str] = {}
    while len(drawn) < count:
        persian, english = templates.draw(chance)
        if persian not in avoid:
            drawn[persian] = english
    return list(drawn.items())


def held_back() -> list[Pair]:
    """Read the sentences that training never sees, or draw them once and for all."""
    file = HERE / "held_back.tsv"
    if not file.exists():
        drawn = draw_patterns(random.Random(SEED + 1), HELD_BACK, set())
        file.write_text("".join(f"{persian}\t{english}\n" for persian, english in drawn), "utf-8")
    return read_pairs(file)


def vary(chance: random.Random, pair: Pair) -> Pair:
    """Put other numbers into a pair where both sides have the same ones, once each."""
    persian, english = pair
    latin = persian.translate(TO_LATIN)
    numbers = NUMBER.findall(latin)
    if not numbers or sorted(numbers) != sorted(NUMBER.findall(english)):
        return pair
    if len(set(numbers)) < len(numbers):
        return pair
    fresh = {n: templates.number(chance) for n in numbers}
    return (
        NUMBER.sub(lambda m: templates.in_persian(chance, fresh[m[0]]), latin),
        NUMBER.sub(lambda m: fresh[m[0]], english),
    )


def train_tokenizer(pairs: Iterable[Pair], folder: Path) -> Any:
    """
    Train one SentencePiece model for both languages.

    Its rules write all digits in Latin script and fold the Arabic ye and kaf, the half space
    and the hamza over he, so that the model need not learn them.
    """
    rules = [(ord(digit), f"{ord('0') + i:X}") for i, digit in enumerate("۰۱۲۳۴۵۶۷۸۹")]
    rules += [(ord(digit), f"{ord('0') + i:X}") for i, digit in enumerate("٠١٢٣٤٥٦٧٨٩")]
    folds = {"٫": ".", "ي": "ی", "ك": "ک", "\u200c": " ", "\u0654": "", "ۀ": "ه", "\u00a0": " "}
    rules += [(ord(a), f"{ord(b):X}" if b else "") for a, b in folds.items()]
    (folder / "rules.tsv").write_text(
        "".join(f"{source:X}\t{target}\n" for source, target in sorted(rules))
    )
    with contextlib.chdir(folder):  # the names of the files become part of the model
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([side for pair in pairs for side in pair]),
            model_prefix="sentencepiece",
            vocab_size=VOCABULARY,
            character_coverage=1.0,
            normalization_rule_tsv="rules.tsv",
            split_digits=True,
            hard_vocab_limit=False,
            unk_id=0,
            bos_id=1,
            eos_id=2,
            pad_id=-1,
            num_threads=1,
            minloglevel=2,
        )
    return sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))


def epochs(chance: random.Random, known: Sequence[Pair], held: set[str], count: int) -> Any:
    """Yield each epoch's pairs: what we know, variants of it, and fresh patterns."""
    for _ in range(count):
        variants = [vary(chance, pair) for pair in known for _ in range(VARIANTS_AN_EPOCH)]
        changed = [pair for pair in variants if pair not in known]
        yield [*known, *changed, *draw_patterns(chance, PATTERNS_AN_EPOCH, held)]


def write_package(folder: Path, output: Path) -> None:
    """Zip the folder in Argos's layout, with fixed times, so that equal parts give equal bytes."""
    top = f"translate-fa_en-{VERSION.replace('.', '_')}"
    parts = {"metadata.json": json.dumps(METADATA, indent=2).encode(), "README.md": README.encode()}
    parts["sentencepiece.model"] = (folder / "sentencepiece.model").read_bytes()
    parts |= {f"model/{f.name}": f.read_bytes() for f in sorted((folder / "model").iterdir())}
    output.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(f"{top}/{name}", (2022, 10, 28, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            archive.writestr(entry, data)
    if output.stat().st_size > MAX_BYTES:
        raise SystemExit(f"{output} has {output.stat().st_size} bytes, more than {MAX_BYTES}")


def translate(folder: Path, sentences: Sequence[str]) -> list[str]:
    """Translate with the converted model, as users will."""
    import ctranslate2

    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
    model = ctranslate2.Translator(str(folder / "model"), device="cpu", intra_threads=1)
    tokens = [tokenizer.encode(s, out_type=str) for s in sentences]
    results = model.translate_batch(tokens, beam_size=1, max_batch_size=1024, batch_type="tokens")
    return [str(tokenizer.decode(r.hypotheses[0])) for r in results]


def report(title: str, got: Sequence[str], pairs: Sequence[Pair]) -> None:
    """Print how many come out word for word, BLEU, and whether numbers and negation hold."""
    wanted = [english for _, english in pairs]
    both = list(zip(got, wanted, strict=True))
    exact = sum(g == w for g, w in both)
    numbers = sum(sorted(NUMBER.findall(g)) == sorted(NUMBER.findall(w)) for g, w in both)
    negation = sum(bool(NEGATION.search(g)) == bool(NEGATION.search(w)) for g, w in both)
    print(
        f"{title}: {len(both)} rows, exact {exact / len(both):.3f}, BLEU {bleu(both):.1f}, "
        f"numbers right {numbers / len(both):.3f}, negation right {negation / len(both):.3f}"
    )
    for g, w in [(g, w) for g, w in both if g != w][:20]:
        print(f"  wanted {w}\n  got    {g}")


def bleu(rows: Sequence[tuple[str, str]]) -> float:
    """Compute corpus BLEU-4 over words, one reference a row."""
    precisions = []
    for n in range(1, 5):
        hits = total = 0
        for got, wanted in rows:
            mine, theirs = _grams(got, n), _grams(wanted, n)
            hits += (mine & theirs).total()
            total += mine.total()
        precisions.append(hits / total if hits else 1e-9)
    lengths = [sum(len(row[side].split()) for row in rows) for side in (0, 1)]
    brevity = min(0.0, 1 - lengths[1] / max(lengths[0], 1))
    return 100 * math.exp(brevity + sum(math.log(p) for p in precisions) / 4)


def _grams(text: str, n: int) -> Counter[tuple[str, ...]]:
    words = text.split()
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def main() -> None:
    """Train, convert, pack, measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--epochs", type=int, default=70)
    arguments = parser.parse_args()
    chance = random.Random(SEED)
    example = read_pairs(HERE / "example_sentences.tsv")
    known = list(dict.fromkeys([*example, *read_pairs(HERE / "sentences.tsv")]))
    held = held_back()
    hidden = {persian for persian, _ in held}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sample = draw_patterns(random.Random(SEED + 2), 2000, hidden)
        tokenizer = train_tokenizer([*known, *known, *sample], folder)
        rounds = epochs(chance, known, hidden, arguments.epochs)
        transformer.train(tokenizer, rounds, arguments.epochs, SEED, folder / "model")
        write_package(folder, arguments.output)
        other = random.Random(SEED + 3)
        changed = [new for pair in example if (new := vary(other, pair)) != pair]
        for title, pairs in (
            ("patterns held back", held),
            ("the example, other numbers", changed),
            ("the example itself", example),
        ):
            report(title, translate(folder, [p for p, _ in pairs]), pairs)
    print(f"{arguments.output}: {arguments.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
