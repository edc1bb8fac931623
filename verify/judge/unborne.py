"""
Which words of a claim a passage does not bear out, told by leaving them out.

A word is named where two things agree: the passage has nothing like it, and the cross-encoder
finds the claim much likelier without it. It explains a verdict, and decides nothing.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING

from verify.judge.align import words
from verify.judge.features import log_odds
from verify.judge.words import is_common, script, stem, terms
from verify.language.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.judge.fusion import Reader
    from verify.model import Evidence, Span

# For so many words of a claim is the cross-encoder asked at most, and once for all of it: at
# sixty pieces a pair, a tenth of a second on one core. Claims across languages lack three or four.
MOST_ASKED = 6

# By so much must the log-odds of entailment rise without the word. On rule-made errors in the
# even half of the documents kept apart (benchmarks/quality/unborne.py): at 1.5, 2.5 and 3.5, 90,
# 93 and 95 % of the words named within Persian are the error, and in 50, 40 and 35 % of the
# claims it is named; across languages, 98 to 100 % and 63, 56 and 47 %.
LEAST_RISE = 2.5

# What one in a million is in log-odds: nearer to 0 or 1 says no more. Chosen.
MOST = math.log(999_999)


def unborne(claim: str, evidence: Sequence[Evidence], reader: Reader) -> tuple[Span, ...]:
    """
    Return the words of `claim` that its first passage does not bear out, in order.

    Words that another passage has are not among them.
    """
    return tuple(s for s, rise in rises(claim, evidence, reader) if rise >= LEAST_RISE)


def rises(claim: str, evidence: Sequence[Evidence], reader: Reader) -> Iterator[tuple[Span, float]]:
    """Yield words that the evidence lacks, and how far the log-odds rise without each."""
    lacking = list(islice(_lacking(claim, evidence), MOST_ASKED))
    if not lacking:
        return
    passage = evidence[0].text
    before = _entailed(claim, passage, reader)
    for span in lacking:
        without = claim[: span.start] + claim[span.end :]
        yield span, _entailed(without, passage, reader) - before


def _lacking(claim: str, evidence: Sequence[Evidence]) -> Iterator[Span]:
    """Yield the words with no counterpart, or with no word of their stem in the same language."""
    here = script(claim)
    linked = [link.claim for each in evidence for link in each.links]
    stems = {term for each in evidence if script(each.text) == here for term in terms(each.text)}
    for word in words(fold(claim), claim):
        root = stem(word.key.lower())
        if is_common(root) or root in stems:
            continue
        if not any(s.start < word.span.end and word.span.start < s.end for s in linked):
            yield word.span


def _entailed(claim: str, passage: str, reader: Reader) -> float:
    return log_odds(float(reader.read(claim, [passage])[0][0]), MOST)
