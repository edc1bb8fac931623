"""
Which words of a passage stand for which words of a claim, across Persian and English.

This is for a reader who knows one of the two languages: it shows where in the original each
word of the claim stands. It judges nothing. A word is what a middle layer of the encoder makes
of it in its sentence; two words are counterparts where each is the other's nearest, and near
enough (SimAlign: Jalili Sabet et al., 2020). Numbers go with their equals alone, and so do dates
and known names that both texts have.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from verify.judge import pieces
from verify.judge.align import words
from verify.judge.encode import LONGEST, PREFIX
from verify.judge.reading import read
from verify.judge.words import is_common, stem
from verify.language.fold import fold
from verify.model import Span, WordLink
from verify.remembered import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from verify.judge.encode import OnnxEncoder
    from verify.judge.memory import Memory
    from verify.language.fold import Folded

    Matrix: TypeAlias = NDArray[np.float32]

CHUNK = re.compile(r"\S+")
MARK = "▁"  # begins the first piece of a chunk

# Near enough, as a cosine between two words' states. In a passage that has most of the claim's
# words more of them are counterparts than in one that is merely on its topic: there, words such
# as "March" and «فوریه» reach 0.48. Read off the development half of benchmarks/quality/words.py.
NEAR, NEAR_ELSEWHERE = 0.35, 0.5
MOST = 0.5

# A word may stand twice in a passage. The one with more counterparts around it is meant: so much
# nearer does it count at most, with counterparts that many words away counting half. On the same
# half, of the links into three sentences from 0.45 on, 90 % are right without it, 97 % with it.
COMPANY, WITHIN = 0.3, 8.0

# Never more links a passage; a claim of 1,200 characters has about 100 words that could have one.
MOST_LINKS = 96


@dataclass(frozen=True, slots=True)
class _Known:
    """A number, a date or a name of the gazetteer, and what tells it from others."""

    span: Span
    kind: str
    values: frozenset[Any]

    def is_same(self, other: _Known) -> bool:
        return self.kind == other.kind and not self.values.isdisjoint(other.values)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word, or several that are one number, date or name; and which pieces it is made of."""

    span: Span
    pieces: slice
    known: _Known | None
    is_common: bool

    @property
    def is_number(self) -> bool:
        return self.known is not None and self.known.kind == "number"


@dataclass(frozen=True, slots=True)
class _Cut:
    """A text as pieces, and where in the text each piece stands."""

    text: str
    folded: Folded
    ids: list[int]
    spans: list[Span]


@dataclass(frozen=True)
class Counterparts:
    """Links the words of claim and passage with the encoder's states. Thread-safe."""

    encoder: OnnxEncoder
    remembered: Memory | None = None

    def links(self, claim: str, passages: Sequence[str]) -> list[tuple[WordLink, ...]]:
        """
        Return the links of each passage, in the order of the claim.

        Of texts longer than the encoder reads, the beginning alone is linked.
        """
        found = self._known(claim, passages)
        if fresh := [p for p in dict.fromkeys(passages) if p not in found]:
            ours, *theirs = (_cut(text) for text in (claim, *fresh))
            states = self.encoder.states([[*_prefix(), *cut.ids] for cut in (ours, *theirs)])
            made = {
                passage: tuple(_linked(ours, states[0], cut, other))
                for passage, cut, other in zip(fresh, theirs, states[1:], strict=True)
            }
            self._remember(claim, made)
            found |= made
        return [found[passage] for passage in passages]

    def _key(self, claim: str, passage: str) -> bytes:
        return key("words", self.encoder.digest, str((NEAR, NEAR_ELSEWHERE)), claim, passage)

    def _known(self, claim: str, passages: Sequence[str]) -> dict[str, tuple[WordLink, ...]]:
        import numpy as np

        if self.remembered is None:
            return {}
        keys = {self._key(claim, passage): passage for passage in passages}
        known = self.remembered.read(list(keys), MOST_LINKS * _row().itemsize)
        return {
            keys[k]: tuple(
                WordLink(Span(int(a), int(b)), Span(int(c), int(d)), round(float(score), 2))
                for (a, b), (c, d), score in np.frombuffer(value, _row())
                if a < b
            )
            for k, value in known.items()
        }

    def _remember(self, claim: str, made: dict[str, tuple[WordLink, ...]]) -> None:
        import numpy as np

        if self.remembered is None:
            return
        values = {}
        for passage, links in made.items():
            rows = np.zeros(MOST_LINKS, _row())
            for row, link in zip(rows, links, strict=False):
                row["claim"] = link.claim.start, link.claim.end
                row["passage"] = link.passage.start, link.passage.end
                row["score"] = link.score
            values[self._key(claim, passage)] = rows.tobytes()
        self.remembered.write(values)


def _row() -> np.dtype[Any]:
    """Return how a link is kept: every passage takes the same room."""
    import numpy as np

    return np.dtype([("claim", "<u2", 2), ("passage", "<u2", 2), ("score", "<f2")])


def _prefix() -> list[int]:
    return pieces.load_pieces().cut([PREFIX.strip()])[0]


def _cut(text: str) -> _Cut:
    """Cut a text into pieces, chunk by chunk: so it is known where each of them stands."""
    text = text[:LONGEST].encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    folded = fold(text)
    chunks = list(CHUNK.finditer(folded.text))
    model = pieces.load_pieces().model
    ids: list[int] = []
    spans: list[Span] = []
    for chunk, numbers, parts in zip(
        chunks,
        model.encode([c[0] for c in chunks]),
        model.encode([c[0] for c in chunks], out_type=str),
        strict=True,
    ):
        ids.extend(numbers)
        spans.extend(folded.original(*place) for place in _places(chunk, parts))
    room = pieces.MOST_PIECES - 2 - len(_prefix())
    return _Cut(text, folded, ids[:room], spans[:room])


def _places(chunk: re.Match[str], parts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where each piece of a chunk stands; all of it where letters were replaced."""
    lengths = [len(p.removeprefix(MARK) if not i else p) for i, p in enumerate(parts)]
    start = chunk.start()
    for length in lengths:
        yield (start, start + length) if sum(lengths) == len(chunk[0]) else chunk.span()
        start += length


# --- numbers, dates and names -----------------------------------------------------------


def _facts(text: str) -> list[_Known]:
    reading = read(text)
    return [
        *(_Known(d.span, "date", frozenset({(d.first, d.last)})) for d in reading.dates),
        *(_Known(n.span, "name", n.entries) for n in reading.names if n.entries),
        *(
            _Known(n.span, "number", frozenset({str(n.value)}))
            for n in reading.numbers
            if not n.weak
        ),
    ]


def _units(cut: _Cut, facts: Sequence[_Known], others: Sequence[_Known]) -> list[_Unit]:
    """Return the words in order, those of a fact together that the other text has, too."""
    starts, ends = [s.start for s in cut.spans], [s.end for s in cut.spans]
    found: list[_Unit] = []
    for word in words(cut.folded, cut.text):
        known = next((f for f in facts if _overlap(f.span, word.span)), None)
        whole = known is not None and any(map(known.is_same, others))
        span = known.span if known and whole else word.span
        if word.is_number and not whole:
            known = _Known(span, "number", frozenset({word.key}))
        held = slice(bisect_right(ends, span.start), bisect_left(starts, span.end))
        common = not whole and is_common(stem(word.key.lower()))
        # a fact has several words, and a letter may stand for several, too
        if held.start < held.stop and (not found or found[-1].span.end <= span.start):
            found.append(_Unit(span, held, known, common))
    return found


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


# --- nearness ---------------------------------------------------------------------------


def _linked(ours: _Cut, mine: Matrix, theirs: _Cut, other: Matrix) -> Iterator[WordLink]:
    """Yield the links between two texts from the states of their pieces."""
    facts, others = _facts(ours.text), _facts(theirs.text)
    left, right = _units(ours, facts, others), _units(theirs, others, facts)
    if not left or not right:
        return
    near = _vectors(left, mine) @ _vectors(right, other).T
    _bind(near, left, right)
    found = [
        (row, column, float(near[row, column]))
        for row, column in _mutual(near + COMPANY * _company(near))
        if not left[row].is_common and not right[column].is_common and near[row, column] >= NEAR
    ]
    has_most = len(found) >= MOST * sum(not unit.is_common for unit in left)
    for row, column, score in found[:MOST_LINKS]:
        if has_most or score >= NEAR_ELSEWHERE:
            yield WordLink(left[row].span, right[column].span, round(min(1.0, score), 2))


def _vectors(units: Sequence[_Unit], states: Matrix) -> Matrix:
    """Return a unit vector a word; what all words of a text share says nothing of any of them."""
    import numpy as np

    own = states[1 + len(_prefix()) : -1]
    own = own - own.mean(axis=0)
    rows = np.stack([own[unit.pieces].mean(axis=0) for unit in units])
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Matrix = rows / np.maximum(length, 1e-6)
    return scaled


def _bind(near: Matrix, left: Sequence[_Unit], right: Sequence[_Unit]) -> None:
    """Let numbers, dates and known names go with their equals, and numbers with nothing else."""
    before = near.copy()
    near[[unit.is_number for unit in left], :] = -1
    near[:, [unit.is_number for unit in right]] = -1
    for row, one in enumerate(left):
        for column, two in enumerate(right):
            if one.known and two.known and one.known.kind == two.known.kind:
                is_same = one.known.is_same(two.known)
                near[row, column] = before[row, column] + 1 if is_same else -1


def _company(near: Matrix) -> Matrix:
    """Return for every word of the passage how many counterparts stand around it, from 0 to 1."""
    import numpy as np

    linked = np.zeros(near.shape[1], dtype=np.float32)
    for row, column in _mutual(near):
        linked[column] = max(0.0, min(1.0, near[row, column]))
    places = np.arange(near.shape[1])
    around = 0.5 ** (np.abs(places[:, None] - places[None, :]) / WITHIN)
    np.fill_diagonal(around, 0.0)
    company: Matrix = around @ linked
    return company / max(float(company.max()), 1e-6)


def _mutual(near: Matrix) -> list[tuple[int, int]]:
    """Return where a row's largest value is its column's, too, in the order of the rows."""
    rows, columns = near.argmax(axis=1), near.argmax(axis=0)
    return [(i, int(j)) for i, j in enumerate(rows) if columns[j] == i]
