"""
Lam and alef, which are painted as one shape: «لا».

pdftotext writes the two letters of that shape the wrong way round in most Persian PDFs that were
printed from a browser: «دلار» comes out as «دالر». No «لا» is left in such a text, and whether an
«ال» was one cannot be told from the words alone («سال» is right). pdfminer gives the shape's
letters as they are; its words decide.
"""

from __future__ import annotations

import re
from itertools import product

ALEF_LAM, LAM_ALEF = "ال", "لا"

MARKS = "\u064b-\u065f\u0670"
WORD = re.compile(f"[\u0621-\u063a\u0641-\u065f\u0670-\u06d3{MARKS}]+")
MARK = re.compile(f"[{MARKS}]")

FEWEST = 12
"""
Of «ال» and «لا» together, from which the lack of the second tells. In Persian a good third of them
are «لا» (356 of 953 in FLORES-dev), so twelve without one have a chance of 1 in 270.
"""

MOST_SWAPS = 4


def is_swapped(text: str) -> bool:
    """Say whether a text has lost every «لا»."""
    return LAM_ALEF not in text and text.count(ALEF_LAM) >= FEWEST


def words(text: str) -> frozenset[str]:
    """Return the words of a text, without the marks of vowels."""
    return frozenset(MARK.sub("", word) for word in WORD.findall(text))


def restored(line: str, known: frozenset[str]) -> str:
    """Return a line with every «ال» turned that is turned in a word of `known`."""
    return WORD.sub(lambda match: _word(match[0], known), line)


def _word(word: str, known: frozenset[str]) -> str:
    bare = MARK.sub("", word)
    pieces = bare.split(ALEF_LAM)
    if bare in known or not 1 < len(pieces) <= MOST_SWAPS + 1:
        return word
    for joints in product((ALEF_LAM, LAM_ALEF), repeat=len(pieces) - 1):
        candidate = pieces[0] + "".join(j + p for j, p in zip(joints, pieces[1:], strict=True))
        if candidate in known:
            return candidate
    return word
