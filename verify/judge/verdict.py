"""
One claim and one document in, one verdict out.

The steps of `Examiner.examine`, marked where they stand:

1. A quotation in the document's own language is looked for word by word.
2. A quotation in another language is a translated one: it is judged as a claim.
3. The passages that may speak to the claim are retrieved.
4. Those passages, and no others, are translated.
5. Numbers, dates, names and negation are compared on the original and on the translation.
6. The judge weighs each passage, alone and in its context; only one that matched can contradict.
7. A passage may be read with its neighbours, or two passages together; and a part of a claim
   may have none.
8. Outcome, confidence and reasons.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from verify.judge.context import InContext, in_context
from verify.judge.decision import (
    MEANT,
    Read,
    best_of,
    confidence,
    decide,
    denies,
    is_better,
    partners,
    speaks_against,
)
from verify.judge.facts import compare, merge
from verify.judge.features import CROSS, mode_of
from verify.judge.fusion import Fusion, model_name
from verify.judge.parts import coverage, parts
from verify.judge.quoted import (
    OUTSIDE_MAIN,
    SIDE_MATTER,
    deciding_quotations,
    evidence_at,
    judge_quotations,
    shorten,
)
from verify.judge.retrieve import passages, surroundings
from verify.judge.strictness import DEFAULT, Point, point
from verify.judge.unborne import unborne
from verify.judge.wording import differences, in_marks, reasons
from verify.judge.words import script
from verify.model import (
    Evidence,
    Fact,
    Judgement,
    Language,
    Outcome,
    Passage,
    Side,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from verify.interfaces import Encoder, Judge, Translator
    from verify.judge.counterparts import Counterparts
    from verify.judge.fusion import Reader
    from verify.judge.others import Accountable
    from verify.model import Claim, Document

JUDGED = frozenset({"fa", "prs", "en", "und"})

# Fewer letters than a short sentence has: such a page says nothing, and is no evidence.
MIN_LETTERS = 40

LONGEST_CLAIM = 2000

# Ten pages. Nothing looks at the clock while a quotation is aligned, and two million characters
# took 20 seconds.
LONGEST_QUOTATION = 20_000

# Passages read, and passages shown: the sentences that bear out one claim stand close together,
# and a reader takes in three.
READ, SHOWN = 5, 3

# Below this the best passage for a part of a claim does not speak of it. On 36 TICO-19 claims
# of several parts, 6 % of the true ones have a part below it, and 19 % of the parts whose
# sentence was taken off the page, which stays on their topic.
PART_BORNE = 0.40

# No passage at all shares a word or a name with the claim; not measured, such pages are rare.
NO_PASSAGE = 0.6

UNBORNE = 0.5
"""The confidence where a part of a claim has no passage: no opinion."""

READ_TOGETHER = {
    1: "two passages of the source were read together",
    2: "three passages of the source were read together",
}

NOT_SECONDED = "a passage may deny it, but nothing else in the source says so"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked for, by which weights, how sure it must be, and when the page came out."""

    claim: str
    published: date | None
    model: str
    point: Point


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
    """Another judge than ours."""
    reader: Reader | None = None
    """The cross-encoder that our judge leans on."""
    strictness: str = DEFAULT
    counterparts: Counterparts | None = None
    """What links the words of a claim and of a passage in another language."""
    memories: Sequence[Accountable] = ()
    """What these parts remember of earlier runs; asked for what kept them from it."""

    def tools(self) -> dict[str, str]:
        """Name what takes part in a verdict, by role."""
        used = {"judge": (self.judge or self._fusion).name}
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
        if any(len(q.text) > LONGEST_QUOTATION for q in quotations):
            return _unchecked(
                claim, f"the quotation is longer than {LONGEST_QUOTATION} characters; quote less"
            )
        own = [q for q in quotations if script(q.text) == script(document.text[:20_000])]
        if own and (verdict := judge_quotations(claim, own, document)):  # step 1
            return verdict
        verdict = self._judge_claim(claim, document)
        if len(own) < len(quotations):  # step 2
            note = "the quotation is a translation, so it was judged as a claim"
            verdict = replace(verdict, reasons=(note, *verdict.reasons))
        return self._explained(verdict, document)

    @cached_property
    def _fusion(self) -> Fusion:
        return Fusion(self.encoder, self.reader)

    def _point(self, model: str) -> Point:
        return point(self.strictness, model if self.judge is None else None)

    def _judge_claim(self, claim: Claim, document: Document) -> Verdict:
        text = claim.text[:LONGEST_CLAIM]
        mode = mode_of(text, document.text[:20_000])
        is_same = mode != CROSS
        if not is_same and self.encoder is None and document.language not in self.translators:
            reason = "the source is in another language, and no encoder or translator is at hand"
            return _unchecked(claim, reason)
        if document.language not in JUDGED | self.translators.keys():
            reason = f"the source's language ({document.language}) cannot be judged"
            return _unchecked(claim, reason)
        found = self._passages(text, document, READ)  # step 3
        if not found:
            reason = "no passage of the source speaks of it"
            return Verdict(claim, Outcome.NOT_FOUND, NO_PASSAGE, Side.ORIGINAL, (reason,))
        model = model_name(mode, self.encoder, self.reader)
        asked = _Asked(text, document.extraction.published, model, self._point(model))
        alone = self._read(asked, found, self._translate(found, document.language))
        readings = self._in_context(asked, alone, document)
        best, beside = self._weigh(asked, readings, document)
        verdict = _verdict(claim, asked.point, best, beside, readings, document, is_same=is_same)
        if (why := _abstention(verdict.outcome, best, readings)) is not None:
            return replace(
                verdict,
                outcome=Outcome.UNCHECKED,
                confidence=None,
                rests_on=None,
                reasons=(why,),
            )
        if verdict.outcome is Outcome.SUPPORTED and (part := self._unborne(text, document)):
            reason = f"no passage of the source speaks of one part: {in_marks(shorten(part))}"
            return replace(
                verdict,
                outcome=Outcome.PARTLY_SUPPORTED,
                confidence=UNBORNE,
                reasons=(reason, *verdict.reasons[1:]),
            )
        return verdict

    def _explained(self, verdict: Verdict, document: Document) -> Verdict:
        """Show why, word by word. It changes no outcome."""
        claim, shown = verdict.claim.text, verdict.evidence
        if document.language not in JUDGED or not shown:
            return verdict
        if self.counterparts is not None and script(claim) != script(document.text[:20_000]):
            links = self.counterparts.links(claim, [e.text for e in shown])
            pairs = zip(shown, links, strict=True)
            shown = tuple(replace(evidence, links=found) for evidence, found in pairs)
        if self.reader is None or self.judge or verdict.outcome is Outcome.SUPPORTED:
            return replace(verdict, evidence=shown)
        return replace(verdict, evidence=shown, unborne=unborne(claim, shown, self.reader))

    def _passages(self, text: str, document: Document, limit: int) -> list[Passage]:
        reader = self._fusion if self.reader is not None else None
        return passages(text, document, self.encoder, limit=limit, reader=reader)

    def _read(
        self, asked: _Asked, found: Sequence[Passage], english: Sequence[str | None]
    ) -> list[Read]:
        claim, near = asked.claim, asked.published
        facts = [compare(claim, p.text, near=near) for p in found]  # step 5
        originals = self._judgements(claim, [p.text for p in found], facts)  # step 6
        readings = [
            Read(p, f, o, f, o, max(p.score, coverage(claim, p.text)))
            for p, f, o in zip(found, facts, originals, strict=True)
        ]
        if not any(english):
            return readings
        texts = [text or "" for text in english]
        translated = [compare(claim, t, side=Side.TRANSLATION, near=near) for t in texts]
        others = self._judgements(claim, texts, translated)
        return [
            _with_translation(claim, reading, text, told, judgement) if text else reading
            for reading, text, told, judgement in zip(
                readings, texts, translated, others, strict=True
            )
        ]

    def _in_context(
        self, asked: _Asked, readings: Sequence[Read], document: Document
    ) -> Sequence[Read]:
        """Judge each passage with what stands around it and what else the page says, too."""
        if self.reader is None or self.judge is not None:
            return readings
        found = [(r.passage, r.original) for r in readings]
        contexts = in_context(self._fusion, asked.claim, found, document, asked.published)
        if contexts is None:
            return readings
        return [_pooled(r, c, asked.model) for r, c in zip(readings, contexts, strict=True)]

    def _judgements(
        self, claim: str, texts: Sequence[str], facts: Sequence[Sequence[Fact]]
    ) -> list[Judgement]:
        if self.judge is not None:
            return self.judge.judge(claim, texts)
        return self._fusion.weigh(claim, texts, facts)

    def _weigh(
        self, asked: _Asked, readings: Sequence[Read], document: Document
    ) -> tuple[Read, tuple[Read, ...]]:
        """Return the reading that decides, and the passages that it was read together with."""
        best = best_of(readings, asked.point)
        # More text may add what a passage leaves out, never talk away what it denies: some
        # other sentence of a page has the missing "not", or the other number.
        is_denied = any(speaks_against(f) for f in best.merged_facts)
        if is_denied or decide(best, asked.point) is Outcome.SUPPORTED:
            return best, ()
        wider = self._widened(asked, best, document) or best  # step 7
        if decide(wider, asked.point) is Outcome.SUPPORTED:
            return wider, ()
        for others in partners(asked.claim, best, readings):
            together = self._together(asked, best, others)
            if is_better(together, wider, asked.point):
                return together, others
        return wider, ()

    def _widened(self, asked: _Asked, best: Read, document: Document) -> Read | None:
        """Read the passage with its neighbours, where that bears the claim out."""
        passage = surroundings(document, best.passage)
        if self.reader is None or passage.span == best.passage.span:
            return None
        (reading,) = self._read(asked, [passage], self._translate([passage], document.language))
        if best.context is not None:  # it was judged so; what is left are the facts around it
            reading = replace(reading, original=best.original, judgement=best.judgement)
        return reading if is_better(reading, best, asked.point) else None

    def _together(self, asked: _Asked, one: Read, others: Sequence[Read]) -> Read:
        reads = sorted((one, *others), key=lambda r: r.passage.span.start)
        english = [r.english for r in reads if r.english]
        joined = replace(one.passage, text=" ".join(r.passage.text for r in reads))
        said = " ".join(english) if len(english) == len(reads) else None
        (reading,) = self._read(asked, [joined], [said])
        if one.context is not None:
            # what was gathered for the claim is the passage now
            read = reading.judgement
            judgement = InContext(read, read, read).pooled(asked.model)
            if judgement.supports < one.judgement.supports:
                judgement = one.judgement
            reading = replace(reading, original=judgement, judgement=judgement)
        return replace(reading, passage=one.passage, english=one.english)

    def _unborne(self, claim: str, document: Document) -> str | None:
        """Return the part of a claim of several parts that no passage speaks of."""
        for part in parts(claim):
            found = passages(part, document, self.encoder, limit=1)
            if not found or found[0].score < PART_BORNE:
                return part
        return None

    def _translate(self, found: Sequence[Passage], language: Language) -> list[str | None]:
        translator = self.translators.get(language)
        if translator is None or language == "en":
            return [None] * len(found)
        return list(translator.translate([p.text for p in found]))


def _with_translation(
    claim: str, reading: Read, english: str, facts: tuple[Fact, ...], judgement: Judgement
) -> Read:
    is_shown_twice = agree(reading.facts, facts)
    return replace(
        reading,
        merged_facts=merge(reading.facts, facts),
        judgement=better(reading.original, judgement, is_shown_twice=is_shown_twice),
        relevance=max(reading.relevance, coverage(claim, english)),
        english=english,
    )


def _pooled(reading: Read, context: InContext, model: str) -> Read:
    """Return a reading whose likelihood is that of the passage in its context."""
    original = context.pooled(model)
    if reading.english is None:
        return replace(reading, original=original, judgement=original, context=context)
    translated = replace(context, alone=reading.judgement).pooled(model)
    return replace(reading, original=original, judgement=translated, context=context)


def better(original: Judgement, translated: Judgement, *, is_shown_twice: bool) -> Judgement:
    """
    Let a translation add support, and contradiction only where both texts show the same.

    Words of the claim do not turn up in a translation by chance, but one negation in seven
    is lost on the way.
    """
    if original.abstained or translated.abstained:
        # a translation that was judged alone may add support, and never accuses
        return original if translated.abstained else replace(translated, contradicts=0.0)
    if is_shown_twice:
        doubt = (1 - original.contradicts) * (1 - translated.contradicts)
        return Judgement(original.supports, 1 - doubt)
    supports = max(original.supports, (original.supports + translated.supports) / 2)
    return Judgement(supports, min(original.contradicts, 1 - supports))


def agree(original: Sequence[Fact], translated: Sequence[Fact]) -> bool:
    """Whether the same facts speak against the claim on both sides, and some do."""
    against = [{(f.kind, f.claim_text) for f in side if speaks_against(f)}
               for side in (original, translated)]  # fmt: skip
    kinds = [{kind for kind, _ in side} for side in against]
    return bool(against[0]) and kinds[0] == kinds[1]


def _abstention(outcome: Outcome, best: Read, readings: Sequence[Read]) -> str | None:
    """
    Return why a judge's silence leaves the claim unchecked, if it does.

    What was not judged is not "not found": one passage without an answer is enough.
    """
    if best.judgement.abstained:
        return best.judgement.abstained
    if outcome not in {Outcome.NOT_FOUND, Outcome.UNCHECKED}:
        return None
    return next((r.judgement.abstained for r in readings if r.judgement.abstained), None)


def _unchecked(claim: Claim, reason: str) -> Verdict:
    return Verdict(claim, Outcome.UNCHECKED, reasons=(reason,))


# --- claims -----------------------------------------------------------------------------


def _verdict(
    claim: Claim,
    cuts: Point,
    best: Read,
    beside: Sequence[Read],
    readings: Sequence[Read],
    document: Document,
    *,
    is_same: bool,
) -> Verdict:
    seconds = [r for r in readings if not _overlap(r, best) and denies(r, cuts)]
    outcome = decide(best, cuts, is_seconded=bool(seconds))
    alone = replace(
        best, judgement=best.original, merged_facts=best.facts, relevance=best.passage.score
    )
    on_original = decide(alone, cuts, is_seconded=bool(seconds))
    rests_on = Side.ORIGINAL if outcome is on_original else Side.TRANSLATION
    why = tuple(reasons(outcome, best.merged_facts, is_same=is_same))  # step 8
    if beside and outcome is not Outcome.NOT_FOUND:
        why = (*why, READ_TOGETHER[len(beside)])
    if outcome is Outcome.NOT_FOUND and denies(best, cuts):
        why = (*why, NOT_SECONDED)
    sure = confidence(outcome, best)
    if not best.passage.is_main and outcome is not Outcome.NOT_FOUND:
        why, sure = (OUTSIDE_MAIN, *why), SIDE_MATTER * sure
    if outcome is Outcome.CONTRADICTED and not beside:
        beside = seconds[:1]
    used = [r.passage.span for r in (best, *beside)]
    others = [r for r in readings if r.passage.span not in used and _is_telling(r)]
    shown = [best, *beside, *others][:SHOWN]
    return Verdict(
        claim=claim,
        outcome=outcome,
        confidence=None if outcome is Outcome.UNCHECKED else round(sure, 3),
        rests_on=None if outcome is Outcome.UNCHECKED else rests_on,
        reasons=why,
        evidence=tuple(_from_reading(r, document, is_same=is_same) for r in shown),
        differences=tuple(differences(claim.text, best.passage, best.merged_facts)),
        facts=best.merged_facts,
        judgement=best.judgement,
    )


def _is_telling(reading: Read) -> bool:
    """Whether to show it beside others: a page's menu and foot share a name or two with a claim."""
    return reading.passage.is_main or reading.passage.score >= MEANT


def _overlap(one: Read, other: Read) -> bool:
    here, there = one.passage.span, other.passage.span
    return here.start < there.end and there.start < here.end


def _from_reading(reading: Read, document: Document, *, is_same: bool) -> Evidence:
    passage = reading.passage
    method = "bm25" if is_same else "encoder"
    evidence = evidence_at(document, passage.span, passage.score, method)
    return replace(evidence, english=reading.english, is_main=passage.is_main)
