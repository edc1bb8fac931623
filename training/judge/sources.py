"""
The shared data, read and divided: what the judge may learn from, and what is kept apart.

Kept apart, and never trained on: FLORES whole; every fifth document of TICO-19 with both its
Persian and its Dari side (the English is the same); the end of NLLB-Seed; half of WiCE and of
FEVER-symmetric, by claim; FarsTail's validation set; a tenth of the passages written for this
project; and whatever may only be measured on.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Passages with claims that were written for this project: see its README.
WRITTEN = Path(__file__).resolve().parent / "written"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

# The last sentences of NLLB-Seed, which has no marks of where a document ends.
_SEED_TRAINED = 5_900
# Sentences after each other in NLLB-Seed are of one article for about this long.
_SEED_DOCUMENT = 10

# Of 256: a tenth of the written passages, by their digest.
_HELD_WRITTEN = 26

_TOKENISED = re.compile(r" (?=[.,;:!?)\]%]|'s\b|n't\b)|(?<=[(\[]) ")
_BRACKETS = {"-LSB-": "[", "-RSB-": "]", "-LRB-": "(", "-RRB-": ")", "``": '"', "''": '"'}
_SENTENCE = re.compile(r"(?<=[.!?؟])\s+|\n+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Sentence:
    """One sentence of a document in both languages; `other` is a second Persian rendering."""

    source: str
    document: str
    english: str
    persian: str
    other: str = ""
    variety: str = "fa"


@dataclass(frozen=True)
class Labelled:
    """A claim and its evidence as a data set gives them, and the set's own label."""

    dataset: str
    split: str
    passage: str
    claim: str
    label: str
    origin: str = ""


@dataclass(frozen=True)
class Cited:
    """An English claim and the window of Persian sentences that it is checked against."""

    window: str
    sentences: tuple[str, ...]
    place: int | None
    claim: str
    label: str
    kind: str


@dataclass(frozen=True)
class Written:
    """A passage and the claims that it bears out, leaves open and denies."""

    passage: str
    entailed: tuple[str, ...]
    neutral: tuple[str, ...]
    contradicted: tuple[str, ...]


def half(claim: str) -> int:
    """Return 0 or 1: on which side a claim falls, alike in every set and every run."""
    return _digest(claim) & 1


def labelled(*datasets: str) -> list[Labelled]:
    """Return the rows of these data sets, in the files' order."""
    return [row for row in _all_labelled() if row.dataset in datasets]


@cache
def _all_labelled() -> tuple[Labelled, ...]:
    found = []
    for name in ("nli_fa", "nli_en"):
        with gzip.open(SHARED / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                found.append(
                    Labelled(
                        row["dataset"],
                        row["split"],
                        row["evidence"],
                        row["claim"],
                        row["label"],
                        row.get("origin", ""),
                    )
                )
    return tuple(found)


def symmetric(*, held: bool = False) -> list[Labelled]:
    """
    Return one half of FEVER-symmetric.

    A claim comes with two passages and a passage with two claims: what hangs together so
    stays together, on the side where the first claim of its group falls.
    """
    rows = labelled("fever_symmetric")
    group: dict[str, str] = {}

    def root(text: str) -> str:
        while group.setdefault(text, text) != text:
            text = group[text]
        return text

    for row in rows:
        one, other = sorted((root(plain(row.claim)), root("passage: " + plain(row.passage))))
        group[other] = one
    return [row for row in rows if half(root(plain(row.claim))) == int(held)]


def plain(text: str) -> str:
    """Return the words alone, to tell whether two rows say the same."""
    return " ".join(_WORD.findall(detokenised(text).casefold()))


def fever() -> list[Labelled]:
    """Return FEVER's rows but those whose claim is in the half of its twin that is kept apart."""
    held = {plain(row.claim) for row in symmetric(held=True)}
    return [row for row in labelled("fever_dev_rte") if plain(row.claim) not in held]


def detokenised(text: str) -> str:
    """Return text as people type it, from the spaced and bracket-coded form FEVER has."""
    for code, bracket in _BRACKETS.items():
        text = text.replace(code, bracket)
    return _TOKENISED.sub("", text)


def written(*, held: bool = False) -> list[Written]:
    """Return the passages that were written for training, or the tenth of them kept apart."""
    found = []
    for path in sorted(WRITTEN.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            claims = (tuple(row[kind]) for kind in ("entailed", "neutral", "contradicted"))
            found.append(Written(row["passage"], *claims))
    return [row for row in found if held == (_digest(row.passage) < _HELD_WRITTEN)]


def _digest(text: str) -> int:
    return hashlib.sha256(text.strip().encode()).digest()[0]


@cache
def _parallel() -> tuple[tuple[str, ...], ...]:
    with gzip.open(SHARED / "parallel_fa_en.tsv.gz", "rt", encoding="utf-8") as lines:
        return tuple(tuple(line.rstrip("\n").split("\t")) for line in lines)


def _rows(source: str) -> list[tuple[str, str, str]]:
    """Return (Persian, English, document) of every pair of a source."""
    return [(row[3], row[4], row[5]) for row in _parallel() if row[0] == source]


@cache
def held_documents() -> frozenset[str]:
    """Return the TICO-19 documents that are kept apart: every fifth by name."""
    return frozenset(sorted({row[2] for row in _rows("tico19_fa")})[::5])


def tico(*, held: bool = False) -> list[Sentence]:
    """Return TICO-19's sentences, Persian with the Dari beside it, or the reverse."""
    found = []
    for variety, here, there in (
        ("fa", "tico19_fa", "tico19_prs"),
        ("prs", "tico19_prs", "tico19_fa"),
    ):
        for (persian, english, document), (other, same, _) in zip(
            _rows(here), _rows(there), strict=True
        ):
            if (document in held_documents()) == held:
                beside = other if same == english else ""
                name = f"{variety}:{document}"
                found.append(Sentence("tico", name, english, persian, beside, variety))
    return found


def seed(*, held: bool = False) -> list[Sentence]:
    """Return NLLB-Seed's Dari sentences; a document is a run of neighbours."""
    rows = _rows("nllb_seed_prs")
    first, last = (_SEED_TRAINED, len(rows)) if held else (0, _SEED_TRAINED)
    return [
        Sentence("seed", f"seed:{i // _SEED_DOCUMENT}", rows[i][1], rows[i][0], "", "prs")
        for i in range(first, last)
    ]


def single(source: str) -> list[Sentence]:
    """Return the pairs of a source without documents: each stands alone."""
    return [
        Sentence(source, f"{source}:{index}", english, persian)
        for index, (persian, english, _) in enumerate(_rows(source))
    ]


def held_window(name: str) -> bool:
    """Whether a window of xclaim_dev («tico19_fa.16»: eight rows from 16) is kept apart."""
    source, _, start = name.rpartition(".")
    if source == "flores_dev":
        return True
    rows = _rows(source)[int(start) : int(start) + 8]
    return all(row[2] in held_documents() for row in rows)


def cited() -> list[Cited]:
    """Return the rows of xclaim_dev whose windows are kept apart."""
    with gzip.open(SHARED / "xclaim_dev_docs.json.gz", "rt", encoding="utf-8") as file:
        windows = json.load(file)
    kept = {name for name in windows if held_window(name)}
    with gzip.open(SHARED / "xclaim_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Cited(
            row["doc"],
            tuple(windows[row["doc"]]),
            row["gold_sent"],
            row["claim"],
            row["label"],
            row["kind"],
        )
        for row in rows
        if row["doc"] in kept
    ]


def focused(passage: str, claim: str, words: int) -> str:
    """
    Return the sentences of a long passage that bear on the claim, in their order.

    Taken one by one, each time the sentence that covers most of what is not covered yet, as
    long as `words` allows. This is what retrieval hands the judge at run time.
    """
    sentences = [part for part in _SENTENCE.split(passage) if part.strip()]
    if len(passage.split()) <= words or len(sentences) < 2:
        return passage
    bags = [set(_WORD.findall(part.casefold())) for part in sentences]
    wanted, left = set(_WORD.findall(claim.casefold())), words
    chosen: set[int] = set()
    while len(chosen) < len(sentences):
        fits = [i for i, s in enumerate(sentences) if i not in chosen and len(s.split()) <= left]
        if not fits:
            break
        best = max(fits, key=lambda i: (len(bags[i] & wanted), -i))
        chosen.add(best)
        wanted -= bags[best]
        left -= len(sentences[best].split())
    if not chosen:
        return " ".join(passage.split()[:words])
    return " ".join(sentences[i] for i in sorted(chosen))
