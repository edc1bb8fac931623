"""
From what was read to an outcome: facts may veto support, and nothing may accuse alone.

"Contradicted" takes the judge and something beside it: a fact that speaks against the claim,
or a second passage that the judge reads as a denial, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify.judge.parts import content
from verify.judge.words import terms
from verify.language.negation import Strength, find_negations
from verify.model import Fact, FactKind, FactOutcome, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.judge.context import InContext
    from verify.judge.strictness import Point
    from verify.model import Judgement, Passage

# Best scores on 20 TICO-19 pages of 30 sentences: whole true claims 0.54 to 1.00, first
# clauses of them 0.39 to 0.88, absent claims (all on one topic) 0.21 to 0.76, 95 % under 0.65.
# Below RELATED nothing was found; from STRONG on it is the passage meant.
RELATED, STRONG = 0.40, 0.68

# With one of the claim's figures in it, a passage is the one meant from here on: nine in ten
# best passages of absent claims score less (the TICO-19 pages above). That an equal figure makes
# up for the tenth is a judgement, and the example's loan was looked at when it was made.
MEANT = 0.60

# So much more relevant, a passage that denies goes before one that bears out: a judgement, made
# on short sentences that the judge took for borne out by a neighbour.
NEARER = 0.05

# A passage is read together with the best one where it has so many, and such a share, of the words
# of the claim that are still missing. A page repeats a word here and there by chance. Chosen; with
# it, the area under the curve on 175 articles of WiCE rose from .764 to .779 (the judge before).
FEWEST_ADDED, SHARE_ADDED = 2, 0.12
# With the best one, as many as a reader is shown.
MOST_GATHERED = 2

# Where the judge gives no likelihood of the outcome itself, as for a part of a claim: no opinion.
UNSURE = 0.5
# What is kept back where nothing was found, since a page may say it in words nobody foresaw: a
# judgement.
LEAST_DOUBT = 0.1


@dataclass(frozen=True, slots=True)
class Read:
    """One retrieved passage with everything that was learned of it."""

    passage: Passage
    facts: tuple[Fact, ...]
    original: Judgement
    merged_facts: tuple[Fact, ...]
    judgement: Judgement
    relevance: float
    """How well the passage suits the claim, read in whichever language shows it better."""
    english: str | None = None
    context: InContext | None = None
    """How it reads among its neighbours; `None` where no cross-encoder read it."""


def best_of(readings: Sequence[Read], point: Point) -> Read:
    """
    Take the passage that bears the claim out, else the one that speaks of it most.

    Of several that do in their context, that is the one that does most by itself: the others may
    owe it to a neighbour.

    A passage that merely leaves the claim alone does not bear it out beside one that speaks of
    it far more, and against it.
    """
    able = [r for r in readings if r.judgement.supports >= point.accept]
    best = max(able or readings, key=_by_itself)
    nearest = max(readings, key=lambda r: r.relevance)
    is_denied = any(map(_accuses, filter(speaks_against, nearest.merged_facts)))
    if is_denied and nearest.relevance >= best.relevance + NEARER:
        return nearest
    return best if best.judgement.supports >= point.accept else nearest


def _by_itself(reading: Read) -> float:
    own = reading.judgement if reading.context is None else reading.context.alone
    return own.supports


def partners(claim: str, best: Read, readings: Sequence[Read]) -> Iterator[tuple[Read, ...]]:
    """
    Yield what the best passage may be read together with.

    First each passage that bears out a fact of the claim that the best one lacks, then those
    that hold most of the words that it lacks.
    """
    lacking = {_named(f) for f in best.merged_facts if f.outcome is FactOutcome.MISSING}
    others = [r for r in readings if r is not best and r.passage.is_main]
    for other in others:
        held = {_named(f) for f in other.merged_facts if f.outcome is FactOutcome.MATCHED}
        if lacking & held:
            yield (other,)
    if gathered := _gathered(claim, best, others):
        yield gathered


def _gathered(claim: str, best: Read, others: Sequence[Read]) -> tuple[Read, ...]:
    """Return the passages that add most to the best one's share of the claim's words."""
    wanted = content(claim)
    least = max(FEWEST_ADDED, SHARE_ADDED * len(wanted))
    left, rest = wanted - set(terms(best.passage.text)), list(others)
    chosen: list[Read] = []
    while rest and len(chosen) < MOST_GATHERED:
        added = [len(left & set(terms(other.passage.text))) for other in rest]
        place = added.index(max(added))
        if added[place] < least:
            break
        chosen.append(rest.pop(place))
        left -= set(terms(chosen[-1].passage.text))
    return tuple(chosen)


def _named(fact: Fact) -> tuple[FactKind, str]:
    return fact.kind, fact.claim_text


def is_better(together: Read, best: Read, point: Point) -> bool:
    """Whether two passages together come nearer to bearing the claim out than one does."""
    order = (Outcome.NOT_FOUND, Outcome.UNCHECKED, Outcome.PARTLY_SUPPORTED, Outcome.SUPPORTED)
    one, two = (decide(r, point) for r in (best, together))
    if two not in order or one not in order:
        return False
    if order.index(two) != order.index(one):
        return order.index(two) > order.index(one)
    lacking = [sum(f.outcome is not FactOutcome.MATCHED for f in r.merged_facts)
               for r in (together, best)]  # fmt: skip
    return one is Outcome.PARTLY_SUPPORTED and lacking[0] < lacking[1]


def decide(reading: Read, point: Point, *, is_seconded: bool = False) -> Outcome:
    """Return the outcome; `is_seconded` where another passage is read as a denial, too."""
    facts, judgement, relevance = reading.merged_facts, reading.judgement, reading.relevance
    against = [f for f in facts if speaks_against(f)]
    missing = [f for f in facts if _is_lacking(f)]
    is_alike = judgement.supports >= point.accept
    # Read in its context, a passage need not be alike in words as well: a free paraphrase is not.
    # On the pages of the first fold that judges most claims rightly (mean balanced accuracy of the
    # sets: English .72, with the bar .68; Persian .83, .81; across languages .86, .83).
    is_near = reading.context is not None or relevance >= RELATED
    if is_alike and not against and is_near:
        return Outcome.PARTLY_SUPPORTED if missing else Outcome.SUPPORTED
    if _is_contradicted(reading, point, against, is_seconded=is_seconded):
        return Outcome.CONTRADICTED
    # a figure of the claim on the passage meant: the claim says more than the source
    says_more = missing and relevance >= MEANT and _has_matched_figure(facts)
    is_doubtful = judgement.supports < point.absent and not (against or says_more)
    if relevance < RELATED or is_doubtful:
        return Outcome.NOT_FOUND
    is_strong = relevance >= (MEANT if against and is_alike else STRONG)
    if against and not missing and all(f.kind is FactKind.NEGATION for f in against):
        # the passage may deny the whole sentence, so no part of it can be called supported
        return Outcome.UNCHECKED if is_strong else Outcome.NOT_FOUND
    if against or missing:
        has_match = any(f.outcome is FactOutcome.MATCHED for f in facts)
        is_partly = is_strong or has_match
        return Outcome.PARTLY_SUPPORTED if is_partly else Outcome.NOT_FOUND
    # a grey score without one fact amiss: of such pairs about half are true, and calling
    # them partly supported would say that a part was found wanting
    return Outcome.UNCHECKED


def _is_contradicted(
    reading: Read, point: Point, against: Sequence[Fact], *, is_seconded: bool
) -> bool:
    is_denied = reading.judgement.contradicts >= point.deny
    is_alike = reading.judgement.supports >= point.accept
    if is_denied and any(map(_accuses, against)):
        return reading.relevance >= MEANT
    if is_alike and any(map(_opposes, against)):
        # all agrees but one word, and that is the opposite
        return reading.relevance >= MEANT
    return is_denied and is_seconded and reading.relevance >= STRONG


def denies(reading: Read, point: Point) -> bool:
    """Whether the judge reads this passage, which is the one meant, as a denial."""
    return reading.judgement.contradicts >= point.deny and reading.relevance >= STRONG


def speaks_against(fact: Fact) -> bool:
    """Whether a fact may turn a claim round. Names are too uncertain for that."""
    return fact.outcome is FactOutcome.MISMATCHED and fact.kind is not FactKind.NAME


def _opposes(fact: Fact) -> bool:
    return fact.kind is FactKind.POLARITY and fact.outcome is FactOutcome.MISMATCHED


def _accuses(fact: Fact) -> bool:
    """
    Whether a fact that speaks against a claim may carry "contradicted".

    Where both sides deny, they may deny the same thing in two words; and "without" denies a
    noun, which the other side may simply leave out.
    """
    if fact.kind is not FactKind.NEGATION:
        return True
    if fact.claim_text and fact.source_text:
        return False
    cues = find_negations(fact.claim_text or fact.source_text or "")
    return any(cue.strength is not Strength.NOUN for cue in cues)


def _is_lacking(fact: Fact) -> bool:
    """Whether a number, date or known place of the claim is not in the passage."""
    if fact.kind is FactKind.NAME:
        return fact.outcome is FactOutcome.MISMATCHED
    return fact.outcome is FactOutcome.MISSING


def _has_matched_figure(facts: Sequence[Fact]) -> bool:
    figures = {FactKind.NUMBER, FactKind.DATE}
    return any(f.kind in figures and f.outcome is FactOutcome.MATCHED for f in facts)


def confidence(outcome: Outcome, best: Read) -> float:
    """Return how likely the outcome is right, as far as the judge says."""
    match outcome:
        case Outcome.SUPPORTED:
            return best.judgement.supports
        case Outcome.CONTRADICTED:
            # where one word is the opposite, the likeness of all the others is what tells
            return max(best.judgement.contradicts, best.judgement.supports)
        case Outcome.NOT_FOUND:
            return 1 - max(best.judgement.supports, LEAST_DOUBT)
        case _:
            return UNSURE
