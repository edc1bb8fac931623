"""
Whether the words that a verdict calls "most likely not borne out" are the ones that are wrong.

True claims are changed in one place by rule (`training/judge/edits.py`) and set beside a passage
that bears out the true one, on documents that nothing was trained on: *across*, English claims
of TICO-19 and NLLB-Seed beside the Persian sentence, half of them among its neighbours; *within*,
Persian claims of TICO-19 beside the same sentence in Dari. Claims that the cross-encoder finds
likely anyway are left out, as they are at run time. Three in ten claims stay true: where one of
them is doubted, whatever is named counts as wrong.

The threshold was chosen on the even half of the documents; the figures are of the odd one.

    python benchmarks/quality/unborne.py            # both halves, several thresholds
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.append(str(Path(__file__).resolve().parents[2]))  # gate.py starts beside its figures

from training.judge import edits, sources
from verify.judge.align import words
from verify.judge.counterparts import Counterparts
from verify.judge.crossencoder import CrossEncoder
from verify.judge.encode import OnnxEncoder
from verify.judge.unborne import LEAST_RISE, rises
from verify.language.fold import fold, normalise
from verify.model import Evidence, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from training.judge.edits import Rule
    from training.judge.sources import Sentence

SEED = 3
CLAIMS = {"across": 150, "within": 120}
LEFT_TRUE, AMONG_NEIGHBOURS = 0.3, 0.5
LIKELY = 0.5


@dataclass(frozen=True)
class Case:
    """A claim beside a passage, and where the claim was changed; nowhere, where it is true."""

    claim: str
    passage: str
    changed: tuple[Span, ...]


def half(sentence: Sentence) -> int:
    """Return 0 or 1, alike for all sentences of a document in either variety."""
    return sha256(sentence.document.partition(":")[2].encode()).digest()[0] & 1


def cases(mode: str, wanted: int) -> Iterator[Case]:
    """Yield claims of one half of the documents in an order of chance."""
    chance = random.Random(SEED)
    pool = sources.tico(held=True)
    rules: dict[str, Rule] = edits.PERSIAN
    if mode == "across":
        pool = pool + sources.seed(held=True)
        rules = {**edits.ENGLISH, "name": edits.name(edits.names(s.english for s in pool))}
    places = list(range(1, len(pool) - 1))
    chance.shuffle(places)
    for place in places:
        one = pool[place]
        is_fit = 8 <= len(one.english.split()) <= 30
        if half(one) != wanted or not is_fit or (mode == "within" and not _has_twin(one)):
            continue
        true = one.english if mode == "across" else normalise(one.persian)
        edit = None if chance.random() < LEFT_TRUE else edits.edited(true, rules, chance)
        near = pool[place - 1 : place + 2]
        is_whole = len({s.document for s in near}) == 1
        passage = one.other if mode == "within" else one.persian
        if mode == "across" and is_whole and chance.random() < AMONG_NEIGHBOURS:
            passage = " ".join(s.persian for s in near)
        claim = edit.text if edit else true
        yield Case(claim, passage, tuple(_changed(true, claim)))


def _has_twin(sentence: Sentence) -> bool:
    return sentence.variety == "fa" and bool(sentence.other)


def _changed(true: str, claim: str) -> Iterator[Span]:
    before, now = (words(fold(text), text) for text in (true, claim))
    matcher = SequenceMatcher(None, [w.key for w in before], [w.key for w in now], autojunk=False)
    for kind, _, _, start, end in matcher.get_opcodes():
        if kind != "equal":
            yield from (word.span for word in now[start:end])


def told(mode: str, wanted: int) -> list[tuple[Case, list[tuple[Span, float]]]]:
    """Return the claims that are doubted, each with the rise of every word that was asked about."""
    reader, linker = CrossEncoder(), Counterparts(OnnxEncoder())
    found: list[tuple[Case, list[tuple[Span, float]]]] = []
    for case in cases(mode, wanted):
        if float(reader.read(case.claim, [case.passage])[0][0]) > LIKELY:
            continue
        links = linker.links(case.claim, [case.passage])[0] if mode == "across" else ()
        evidence = Evidence(case.passage, Span(0, len(case.passage)), 1.0, "given", links=links)
        found.append((case, list(rises(case.claim, [evidence], reader))))
        if len(found) == CLAIMS[mode]:
            break
    return found


def figures(
    rows: list[tuple[Case, list[tuple[Span, float]]]], least: float = LEAST_RISE
) -> dict[str, float]:
    """Return how many of the named words are wrong ones, and in how many edited claims one is."""
    count: Counter[str] = Counter()
    for case, asked in rows:
        named = [span for span, rise in asked if rise >= least]
        right = [span for span in named if span in case.changed]
        count.update(named=len(named), right=len(right))
        count.update(edited=bool(case.changed), found=bool(right))
    return {
        "precision": round(count["right"] / max(1, count["named"]), 4),
        "found": round(count["found"] / max(1, count["edited"]), 4),
        "named": count["named"],
    }


def measure(_shared: Path) -> dict[str, float]:
    """Return the figures of the odd half."""
    return {
        f"{mode}_{name}": value
        for mode in CLAIMS
        for name, value in figures(told(mode, 1)).items()
        if name != "named"
    }


def main() -> None:
    """Print a line a threshold."""
    for mode in CLAIMS:
        for wanted in (0, 1):
            rows = told(mode, wanted)
            for least in (1.0, 1.5, 2.0, 2.5, 3.0, 3.5):
                print(mode, ("even", "odd")[wanted], len(rows), least, figures(rows, least))


if __name__ == "__main__":
    main()
