"""The coordinated parts of a claim, for asking whether each of them has a passage."""

from __future__ import annotations

import re

from verify.judge.words import is_common, terms

# Where a sentence begins to say a second thing. A bare "and" joins nouns far more often.
JOINT = re.compile(
    r";\s+|,\s+(?:and|but|while|whereas)\s+|\s{1,9}and\s+that\s+"
    r"|؛\s*|،\s+(?:و|اما|ولی|حال آن‌که|در حالی که)\s+|\s{1,9}و\s+(?:این‌که|اینکه|این که|که)\s+"
)
# What is said behind "announced that" is the part; who announced it stands in all of them.
REPORTED = re.compile(r"^.{0,200}?\b(?:that|که)\s+")

# A part of fewer content words is a remainder, such as a name with a title.
FEWEST_TERMS = 4


def parts(claim: str) -> list[str]:
    """
    Return the parts of a claim of several parts, in order; nothing where there is only one.

    This does not split a claim into atoms that are judged apart, which makes false alarms:
    the parts only tell a claim that was borne out in full from one borne out by half.
    """
    found = [piece.strip(" .") for piece in JOINT.split(claim)]
    bare = [REPORTED.sub("", piece, count=1) for piece in found]
    whole = [piece for piece in bare if len(content(piece)) >= FEWEST_TERMS]
    return whole if len(whole) > 1 else []


def coverage(claim: str, passage: str) -> float:
    """Return the share of the claim's content words that the passage has."""
    wanted = content(claim)
    return len(wanted & set(terms(passage))) / len(wanted) if wanted else 0.0


def content(text: str) -> frozenset[str]:
    """Return the terms that say what a text is about."""
    return frozenset(term for term in terms(text) if not is_common(term))
