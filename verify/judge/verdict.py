"""
One claim and one document in, one verdict out.

The steps of `Examiner.examine`, marked where they stand:

1. A quotation in the document's own language is looked for word by word.
2. A quotation in another language is a translated one: it is judged as a claim.
3. The passages that may speak to the claim are retrieved.
4. Those passages, and no others, are translated.
5. Numbers, dates, names and negation are compared on the original and on the translation.
6. The judge weighs each passage; only one that matched can contradict.
7. Outcome, confidence and reasons.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verify.judge.entailment import LogisticJudge
from verify.judge.facts import compare, merge
from verify.judge.quoted import (
    OUTSIDE_MAIN,
    deciding_quotations,
    evidence_at,
    judge_quotations,
)
from verify.judge.retrieve import passages
from verify.judge.words import script
from verify.model import (
    Difference,
    DifferenceKind,
    Evidence,
    Fact,
    FactKind,
    FactOutcome,
    Judgement,
    Language,
    Outcome,
    Passage,
    Side,
    Span,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from verify.interfaces import Encoder, Judge, Translator
    from verify.model import Claim, Document

JUDGED = frozenset({"fa", "prs", "en", "und"})

# Fewer letters than a short sentence has: such a page says nothing, and is no evidence.
MIN_LETTERS = 40

LONGEST_CLAIM = 2000

# What the judge must give for "supported", by whether claim and source share a language.
# Across languages nine in ten FLORES pairs above 0.25 are true (calibration.json), edits and
# neighbours among them, and the facts may still object: 0.4 leaves room for pages unlike
# FLORES. In one language 0.7 is where four in five FarsTail and FEVER pairs are true.
SUPPORTED_AT = {True: 0.70, False: 0.40}

# Best scores on 20 TICO-19 pages of 30 sentences: whole true claims 0.54 to 1.00, first
# clauses of them 0.39 to 0.88, absent claims (all on one topic) 0.21 to 0.76, 95 % under 0.65.
# Below RELATED nothing was found; from STRONG on it is the passage meant.
RELATED, STRONG = 0.40, 0.68

# With one of the claim's figures in it, a passage is the one meant from here on: nine in ten
# best passages of absent claims score less, and hardly any of those gives an equal number.
MEANT = 0.60

# Contradiction is the hardest verdict: this much is asked for on top of a strong match and a
# fact against. With 0.85, 1.5 % of 527 true FLORES pairs, none of 531 neighbours and 70 % of 348
# edited pairs would pass; with 0.6, 3.2, 0.4 and 82 %.
CONTRADICTED_AT = 0.85

# From here to SUPPORTED_AT the judge has no opinion worth printing. Of FarsTail's validation
# pairs 6 % below 0.25 are true and 29 to 65 % from there to 0.7; of FLORES pairs 2 % below 0.1
# and 36 to 64 % from there to 0.4.
GREY = {True: 0.25, False: 0.10}

UNDECIDED = "whether the passage bears the claim out could not be decided"


@dataclass(frozen=True, slots=True)
class _Reading:
    """One retrieved passage with everything that was learned of it."""

    passage: Passage
    facts: tuple[Fact, ...]
    original: Judgement
    merged_facts: tuple[Fact, ...]
    judgement: Judgement
    english: str | None = None


@dataclass(frozen=True)
class Examiner:
    """
    Examines claims against documents.

    Every part may be missing: without an encoder only words find passages, and a claim in
    another language than its source stays unchecked.
    """

    encoder: Encoder | None = None
    translators: Mapping[Language, Translator] = field(default_factory=dict)
    judge: Judge | None = None

    def tools(self) -> dict[str, str]:
        """Name what takes part in a verdict, by role."""
        used = {"judge": self._judge().name}
        if self.encoder is not None:
            used["encoder"] = self.encoder.name
        if self.translators:
            used["translator"] = ", ".join(sorted(t.name for t in self.translators.values()))
        return used

    def examine(self, claim: Claim, document: Document) -> Verdict:
        """Return what `document` says about `claim`."""
        if sum(c.isalpha() for c in document.text[:5000]) < MIN_LETTERS:
            return _unchecked(claim, "the source has no text that could be judged")
        if not any(c.isalnum() for c in claim.text):
            return _unchecked(claim, "the article's sentence has no words to check")
        quotations = deciding_quotations(claim)
        own = [q for q in quotations if script(q.text) == script(document.text[:20_000])]
        if own and (verdict := judge_quotations(claim, own, document)):  # step 1
            return verdict
        verdict = self._judge_claim(claim, document)
        if len(own) < len(quotations):  # step 2
            note = "the quotation is a translation, so it was judged as a claim"
            verdict = replace(verdict, reasons=(*verdict.reasons, note))
        return verdict

    def _judge(self) -> Judge:
        return self.judge or LogisticJudge(self.encoder)

    def _judge_claim(self, claim: Claim, document: Document) -> Verdict:
        text = claim.text[:LONGEST_CLAIM]
        is_same = script(text) == script(document.text[:20_000])
        if not is_same and self.encoder is None and document.language not in self.translators:
            reason = "the source is in another language, and no encoder or translator is at hand"
            return _unchecked(claim, reason)
        if document.language not in JUDGED | self.translators.keys():
            reason = f"the source's language ({document.language}) cannot be judged"
            return _unchecked(claim, reason)
        found = passages(text, document, self.encoder)  # step 3
        if not found:
            reason = "no passage of the source speaks of it"
            return Verdict(claim, Outcome.NOT_FOUND, 0.6, Side.ORIGINAL, (reason,))
        readings = self._read(text, found, document)
        return _decide(claim, readings, document, is_same=is_same)

    def _read(self, claim: str, found: Sequence[Passage], document: Document) -> list[_Reading]:
        english = self._translate(found, document.language)  # step 4
        judge, readings = self._judge(), []
        originals = judge.judge(claim, [p.text for p in found])
        translated = judge.judge(claim, [e or "" for e in english]) if any(english) else originals
        for passage, translation, original, other in zip(
            found, english, originals, translated, strict=True
        ):
            facts = merged = compare(claim, passage.text)  # step 5
            judgement = original
            if translation:
                merged = merge(facts, compare(claim, translation, side=Side.TRANSLATION))
                judgement = _better(original, other)
            readings.append(_Reading(passage, facts, original, merged, judgement, translation))
        return readings

    def _translate(self, found: Sequence[Passage], language: Language) -> list[str | None]:
        translator = self.translators.get(language)
        if translator is None or language == "en":
            return [None] * len(found)
        return list(translator.translate([p.text for p in found]))


def _better(original: Judgement, translated: Judgement) -> Judgement:
    """
    Let a translation add support, and never add contradiction.

    Words of the claim do not turn up in a translation by chance, but one negation in seven
    is lost on the way.
    """
    supports = max(original.supports, translated.supports)
    return Judgement(supports, min(original.contradicts, 1 - supports))


def _unchecked(claim: Claim, reason: str) -> Verdict:
    return Verdict(claim, Outcome.UNCHECKED, reasons=(reason,))


# --- claims -----------------------------------------------------------------------------


def _decide(
    claim: Claim, readings: Sequence[_Reading], document: Document, *, is_same: bool
) -> Verdict:
    best = _best(readings, grey=GREY[is_same])
    outcome = _outcome(best.passage, best.judgement, best.merged_facts, is_same=is_same)
    on_original = _outcome(best.passage, best.original, best.facts, is_same=is_same)  # step 6
    rests_on = Side.ORIGINAL if outcome is on_original else Side.TRANSLATION
    reasons = tuple(_reasons(outcome, best, is_same=is_same))  # step 7
    confidence = _confidence(outcome, best)
    if not best.passage.is_main and outcome is not Outcome.NOT_FOUND:
        reasons, confidence = (OUTSIDE_MAIN, *reasons), 0.6 * confidence
    others = [r for r in readings if r is not best]
    return Verdict(
        claim=claim,
        outcome=outcome,
        confidence=None if outcome is Outcome.UNCHECKED else round(confidence, 3),
        rests_on=None if outcome is Outcome.UNCHECKED else rests_on,
        reasons=reasons,
        evidence=tuple(_from_reading(r, document, is_same=is_same) for r in (best, *others)),
        differences=tuple(_differences(claim.text, best)),
        facts=best.merged_facts,
    )


def _best(readings: Sequence[_Reading], *, grey: float) -> _Reading:
    """Take the passage that bears the claim out best, else the one retrieved first."""
    best = max(readings, key=lambda r: r.judgement.supports)
    return best if best.judgement.supports >= grey else readings[0]


def _outcome(
    passage: Passage, judgement: Judgement, facts: Sequence[Fact], *, is_same: bool
) -> Outcome:
    against = [f for f in facts if _speaks_against(f)]
    missing = [f for f in facts if _is_lacking(f)]
    supports = judgement.supports
    if supports >= SUPPORTED_AT[is_same] and not against and passage.score >= RELATED:
        return Outcome.PARTLY_SUPPORTED if missing else Outcome.SUPPORTED
    if against and passage.score >= STRONG and judgement.contradicts >= CONTRADICTED_AT:
        return Outcome.CONTRADICTED
    # a figure of the claim on the passage meant: the claim says more than the source
    says_more = missing and passage.score >= MEANT and _has_matched_figure(facts)
    is_doubtful = supports < GREY[is_same] and not (against or says_more)
    if passage.score < RELATED or is_doubtful:
        return Outcome.NOT_FOUND
    if against or missing:
        has_match = any(f.outcome is FactOutcome.MATCHED for f in facts)
        is_partly = passage.score >= STRONG or has_match
        return Outcome.PARTLY_SUPPORTED if is_partly else Outcome.NOT_FOUND
    # a grey score without one fact amiss: of such pairs about half are true, and calling
    # them partly supported would say that a part was found wanting
    return Outcome.UNCHECKED


def _speaks_against(fact: Fact) -> bool:
    """Whether a fact may turn a claim round. Names are too uncertain for that."""
    return fact.outcome is FactOutcome.MISMATCHED and fact.kind is not FactKind.NAME


def _is_lacking(fact: Fact) -> bool:
    """Whether a number, date or known place of the claim is not in the passage."""
    if fact.kind is FactKind.NAME:
        return fact.outcome is FactOutcome.MISMATCHED
    return fact.outcome is FactOutcome.MISSING


def _has_matched_figure(facts: Sequence[Fact]) -> bool:
    figures = {FactKind.NUMBER, FactKind.DATE}
    return any(f.kind in figures and f.outcome is FactOutcome.MATCHED for f in facts)


def _confidence(outcome: Outcome, best: _Reading) -> float:
    match outcome:
        case Outcome.SUPPORTED:
            return best.judgement.supports
        case Outcome.CONTRADICTED:
            return best.judgement.contradicts
        case Outcome.NOT_FOUND:
            return 1 - max(best.judgement.supports, 0.1)
        case _:
            return 0.5


def _reasons(outcome: Outcome, best: _Reading, *, is_same: bool) -> Iterator[str]:
    if outcome is Outcome.UNCHECKED:
        yield UNDECIDED
    elif outcome is Outcome.NOT_FOUND:
        yield "no passage of the source says this; the nearest one is shown"
    elif outcome is Outcome.SUPPORTED:
        how = "in its words and facts" if is_same else "in its meaning and facts"
        yield f"a passage of the source agrees with the claim {how}"
    if outcome is not Outcome.NOT_FOUND:
        yield from filter(None, map(_say_fact, best.merged_facts))


def _say_fact(fact: Fact) -> str:
    ours, theirs = fact.claim_text, fact.source_text
    where = "the passage" if fact.side is Side.ORIGINAL else "the translated passage"
    if fact.outcome is FactOutcome.MATCHED:
        return ""
    if fact.kind is FactKind.NEGATION:
        if theirs and not ours:
            return f"{where} denies ({theirs!r}) what the article affirms"
        if theirs:
            return f"{where} and the article do not deny the same things"
        return f"the article denies ({ours!r}) what {where} affirms"
    if fact.outcome is FactOutcome.MISMATCHED:
        return f"{where} gives {theirs} where the article says {ours}"
    verb = "name" if fact.kind is FactKind.NAME else "give"
    return f"{where} does not {verb} {ours}"


def _differences(claim: str, best: _Reading) -> Iterator[Difference]:
    kinds = {
        FactKind.NUMBER: DifferenceKind.NUMBER,
        FactKind.DATE: DifferenceKind.DATE,
        FactKind.NAME: DifferenceKind.NAME,
        FactKind.NEGATION: DifferenceKind.NEGATION,
    }
    for fact in best.merged_facts:
        if fact.outcome is not FactOutcome.MISMATCHED:
            continue
        source_span = None
        if fact.side is Side.ORIGINAL:
            source_span = _within(best.passage.text, fact.source_text, best.passage.span.start)
        yield Difference(
            kinds[fact.kind],
            fact.claim_text,
            fact.source_text or "",
            _within(claim, fact.claim_text, 0),
            source_span,
            fact.side,
        )


def _within(text: str, part: str | None, offset: int) -> Span | None:
    at = text.find(part) if part else -1
    return Span(offset + at, offset + at + len(part)) if part and at >= 0 else None


def _from_reading(reading: _Reading, document: Document, *, is_same: bool) -> Evidence:
    passage = reading.passage
    method = "bm25" if is_same else "encoder"
    evidence = evidence_at(document, passage.span, passage.score, method)
    return replace(evidence, english=reading.english, is_main=passage.is_main)
