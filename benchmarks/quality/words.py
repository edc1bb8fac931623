"""
Whether the words that a report links are each other's counterparts.

`benchmarks/words/links.tsv` has sentence pairs of the shared data that were aligned by hand. A
link is right where the hand linked a word of the one side to a word of the other. Claims are
the English sentences, passages the Persian ones: alone, and with the sentence before and the
one behind, as a page has them. There, every link to a neighbour counts as wrong, even where it
has the same word. The threshold and the layer were chosen on the development half; the floors
hold the half that was kept back.
"""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from verify.judge.align import Word, words
from verify.judge.counterparts import Counterparts
from verify.judge.encode import OnnxEncoder
from verify.judge.words import is_common, stem
from verify.language.fold import fold
from verify.language.names import find_names
from verify.language.numbers import find_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verify.model import Span, WordLink

LINKS = Path(__file__).resolve().parent.parent / "words" / "links.tsv"
DEVELOPMENT, HELD_BACK = "development", "held-back"
# Sources in which the sentence before and the one behind are of the same text.
RUNNING = frozenset({"nllb_seed_prs", "tico19_fa"})
ALL, NAMES, NUMBERS = "all", "names", "numbers"


@dataclass(frozen=True)
class Pair:
    """An English sentence and a Persian one, with the words that were linked by hand."""

    source: str
    half: str
    english: str
    persian: str
    before: str
    behind: str
    by_hand: frozenset[tuple[int, int]]


@dataclass
class Score:
    """What was linked, and what the hand had linked."""

    right: int = 0
    shown: int = 0
    found: int = 0
    wanted: int = 0

    @property
    def precision(self) -> float:
        """The share of what is shown that is right."""
        return self.right / self.shown if self.shown else 0.0

    @property
    def recall(self) -> float:
        """The share of the words with a counterpart that are shown with a right one."""
        return self.found / self.wanted if self.wanted else 0.0


@cache
def _sources(shared: Path) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    with gzip.open(shared / "data" / "parallel_fa_en.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = line.rstrip("\n").split("\t")
            found.setdefault(row[0], []).append((row[3], row[4]))
    return found


@cache
def pairs(shared: Path) -> list[Pair]:
    """Return the aligned pairs; complain where the data has another text in a row."""
    found = []
    for line in LINKS.read_text("utf-8").splitlines()[1:]:
        source, row, half, digest, links = line.split("\t")
        rows, index = _sources(shared)[source], int(row)
        persian, english = rows[index]
        if sha256(f"{persian}\t{english}".encode()).hexdigest() != digest:
            raise ValueError(f"row {row} of {source} is not the one that was aligned")
        before, behind = (rows[i][0] if 0 <= i < len(rows) else "" for i in (index - 1, index + 1))
        by_hand = frozenset((int(a), int(b)) for a, b in (x.split("-") for x in links.split()))
        found.append(Pair(source, half, english, persian, before, behind, by_hand))
    return found


def scored(chosen: Iterable[Pair], linker: Counterparts, *, in_passage: bool) -> dict[str, Score]:
    """Return how the links of these pairs fare: all of them, those of names, those of numbers."""
    scores = {kind: Score() for kind in (ALL, NAMES, NUMBERS)}
    for pair in chosen:
        if in_passage and pair.source not in RUNNING:
            continue
        before = f"{pair.before} " if in_passage else ""
        passage = f"{before}{pair.persian} {pair.behind}" if in_passage else pair.persian
        (links,) = linker.links(pair.english, [passage])
        _count(pair, links, len(before), scores)
    return scores


def _count(pair: Pair, links: Iterable[WordLink], offset: int, scores: dict[str, Score]) -> None:
    ours, theirs = (words(fold(text), text) for text in (pair.english, pair.persian))
    kinds = [list(_kinds(pair.english, word.span)) for word in ours]
    covered = set()
    for link in links:
        left = [i for i, word in enumerate(ours) if _overlap(word.span, link.claim, 0)]
        right = [j for j, word in enumerate(theirs) if _overlap(word.span, link.passage, offset)]
        is_right = any((i, j) in pair.by_hand for i in left for j in right)
        covered |= {i for i in left if is_right}
        for kind in Counter(kind for i in left for kind in kinds[i]):
            scores[kind].shown += 1
            scores[kind].right += is_right
    for index in {i for i, j in pair.by_hand if _tells(ours[i]) and _tells(theirs[j])}:
        for kind in kinds[index]:
            scores[kind].wanted += 1
            scores[kind].found += index in covered


def _tells(word: Word) -> bool:
    return not is_common(stem(word.key.lower()))


def _kinds(english: str, span: Span) -> Iterator[str]:
    yield ALL
    if any(_overlap(name.span, span, 0) for name in find_names(english)):
        yield NAMES
    if any(_overlap(n.span, span, 0) for n in find_numbers(english) if not n.weak):
        yield NUMBERS


def _overlap(word: Span, other: Span, offset: int) -> bool:
    return word.start + offset < other.end and other.start < word.end + offset


def measure(shared: Path) -> dict[str, float]:
    """Return the figures of the half that was kept back."""
    linker = Counterparts(OnnxEncoder())
    chosen = [pair for pair in pairs(shared) if pair.half == HELD_BACK]
    figures = {}
    for name, in_passage in (("sentences", False), ("passages", True)):
        for kind, score in scored(chosen, linker, in_passage=in_passage).items():
            figures[f"{name}_{kind}_precision"] = round(score.precision, 4)
            figures[f"{name}_{kind}_recall"] = round(score.recall, 4)
    return figures
