"""
The clauses of a passage, and which of them speak of what a claim says.

A passage may say more than the claim does: then a denial in the rest of it is about something
else. Across two languages shared names, numbers and words with an opposite tell, for nothing
else is known to mean the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verify.judge.figures import is_same
from verify.judge.named import stands_in
from verify.judge.words import TERM, script, terms
from verify.language.fold import normalise
from verify.language.negation import is_verb
from verify.language.polarity import find_poles
from verify.language.sounds import word_similarity
from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.judge.reading import Reading

# what ends a clause, and the words that begin one
CUT = re.compile(
    r"[;:!?؛؟()\n—–]|(?<!\d)[,.،]|[,.،](?!\d)"
    r"|\b(?:but|that|while|whilst|although|though|because|whereas|which|who|whose|unless)\b"
    r"|\band\b(?=\s(?:he|she|it|they|we|the|that|has|have|had|is|are|was|were|will|would|did"
    r"|does|do|not|never|no|said)\b)"
    r"|(?<![\w\u200c])(?:که|اما|ولی|لیکن|زیرا|چون|گرچه|اگرچه|هرچند|بلکه|مگر)(?![\w\u200c])",
    re.IGNORECASE,
)
# «و» joins nouns as well as sentences: only behind a verb does it begin a clause
AND = re.compile(r"(?<!\S)([^\W\d_][\w\u200c]{0,30})\s+(و)(?=\s)")

# A passage of this many words for each of the claim's says more than the claim does. Of 7,139
# translations of FLORES and TICO-19 1.7 % are as long; their mean is USUAL.
SAYS_MORE = 1.6
USUAL = 1.1

# A word of the claim that sounds like one of the passage: "vaccine" and «واکسین». Shorter ones
# sound alike by chance. A judgement, as is EDGE.
LOAN, LOAN_LETTERS = 0.85, 6

# What it counts that a stretch begins or ends with a sentence, where a shared word counts one.
EDGE = 0.5
SENTENCE_END = re.compile(r"\s{0,9}[.!?؟\n]")

# Bound for hostile passages: the longest of these translations has 31 clauses.
MOST_CLAUSES = 60


def clauses(text: str) -> list[Span]:
    """Return the clauses of `text` in order, without what joins them."""
    cuts = [m.span() for m in CUT.finditer(text)]
    cuts += [m.span(2) for m in AND.finditer(text) if is_verb(m.group(1))]
    found, start = [], 0
    for left, right in [*sorted(cuts), (len(text), len(text))]:
        if text[start:left].strip():
            found.append(Span(start, left))
        start = max(start, right)
    return found


def bearing(ours: Reading, theirs: Reading) -> list[Span]:
    """
    Return the stretch of the passage that bears on the claim, clause by clause.

    All of it, unless it says more than the claim; then the neighbouring clauses, about as long
    as the claim, that share most with it. All of it again where no clause shares anything.
    """
    whole = [Span(0, len(theirs.text))]
    wanted = max(1, len(ours.words()) * USUAL)  # a claim of marks alone has no words
    if len(theirs.words()) < SAYS_MORE * max(len(ours.words()), 1):
        return whole
    every = clauses(theirs.text)[:MOST_CLAUSES]
    shared = [frozenset(_shared(ours, theirs, clause)) for clause in every]
    sizes = [len(theirs.text[c.start : c.end].split()) for c in every]
    best, score = whole, 0.0
    for first in range(len(every)):
        for last in range(first, len(every)):
            size = sum(sizes[first : last + 1])
            if first < last and size > wanted * SAYS_MORE:
                break
            found = frozenset[object]().union(*shared[first : last + 1])
            here = (
                len(found) - abs(size - wanted) / wanted + _edges(theirs.text, every, first, last)
            )
            if found and here > score:
                best, score = every[first : last + 1], here
    return best


def _edges(text: str, every: Sequence[Span], first: int, last: int) -> float:
    """Return how well a stretch of clauses begins and ends with a sentence."""
    begins = not first or SENTENCE_END.search(text[every[first - 1].end : every[first].start])
    behind = text[every[last].end : every[last].end + 3]
    ends = last + 1 == len(every) or SENTENCE_END.match(behind)
    return EDGE * (bool(begins) + bool(ends))


def is_in(span: Span, places: Sequence[Span]) -> bool:
    """Whether `span` begins in one of the places."""
    return any(place.start <= span.start < place.end for place in places)


def _shared(ours: Reading, theirs: Reading, clause: Span) -> Iterator[object]:
    """Yield what a clause of the passage has of the claim: names, numbers, senses, words."""
    text = theirs.text[clause.start : clause.end]
    yield from (name.text for name in ours.names if stands_in(name, text))
    numbers = [n for n in theirs.numbers if is_in(n.span, [clause]) and not n.weak]
    for number in ours.numbers:
        if not number.weak and any(is_same(number, other) for other in numbers):
            yield number.value
    senses = {(m.concept, m.pole) for m in find_poles(text)}
    yield from senses & {(m.concept, m.pole) for m in find_poles(ours.text)}
    if script(text) == script(ours.text):
        yield from ours.content() & set(terms(text))
    else:
        yield from _loans(ours.text, text)


def _loans(claim: str, clause: str) -> Iterator[str]:
    """Yield the words of the claim that both languages have."""
    words = tuple(w for w in TERM.findall(normalise(clause)) if len(w) >= 4)
    for word in dict.fromkeys(TERM.findall(claim)):
        is_long = len(word) >= LOAN_LETTERS and word.isascii() and word.islower()
        if is_long and any(word_similarity(word, other) >= LOAN for other in words):
            yield word
