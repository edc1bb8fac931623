"""What a claim's quotations decide, without any model: the words are there or they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.judge.fragment import fragment_address
from verify.judge.quote import MOST_PLACES, find_quotation, nearest
from verify.judge.surroundings import Surroundings
from verify.judge.wording import in_marks
from verify.judge.words import is_common, terms
from verify.model import ClaimKind, Evidence, Outcome, Quotation, Side, Span, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.judge.quote import QuoteMatch
    from verify.model import Claim, Difference, Document

# A quotation of fewer words is found by accident, or is a mere name in quotation marks.
DECISIVE_WORDS = 5

# How sure a quotation's verdict is. One of the 5,616 rows of quote_match is judged wrong, but
# those are clean texts: what is kept back for pages, menus and typing errors is a judgement,
# more of it where words are said to be missing or changed. Not calibrated.
WORD_FOR_WORD, CHANGED, MISSING = 0.97, 0.95, 0.9
# Taken off for words in a side bar or a comment, which the article can hardly have meant:
# a judgement as well.
SIDE_MATTER = 0.6

AROUND = 40  # characters of context on each side, as text fragments commonly use

OUTSIDE_MAIN = "found only in a side bar or comment, not in the main text"


def deciding_quotations(claim: Claim) -> list[Quotation]:
    """Return the quotations that decide: long enough, or all that the claim is."""
    long = [q for q in claim.quotations if len(q.text.split()) >= DECISIVE_WORDS]
    if claim.kind is ClaimKind.QUOTE:
        whole = Quotation(claim.text, Span(0, len(claim.text)))
        return long or list(claim.quotations) or [whole]
    return long


def judge_quotations(
    claim: Claim, quotations: Sequence[Quotation], document: Document
) -> Verdict | None:
    """Return the verdict that the quotations carry, or `None` where the claim says far more."""
    matches = [
        find_quotation(q.text, document.text, near=_surroundings(claim, q, document))
        for q in quotations
    ]
    found = [m for m in matches if m is not None]
    if len(found) < len(matches):
        return _missing_quotation(claim, quotations, matches, document)
    evidence = tuple(_quoted(m, document) for m in found)
    differences = tuple(d for m in found for d in m.differences)
    if any(not m.is_faithful for m in found):
        reasons = tuple(_say_difference(d) for d in differences if d.kind.is_material)
        return Verdict(
            claim, Outcome.ALTERED, CHANGED, Side.ORIGINAL, reasons, evidence, differences
        )
    if not _carries(claim, quotations):
        return None
    reasons = ("the source has these words",)
    if differences:
        kinds = ", ".join(sorted({d.kind.value for d in differences}))
        reasons = (f"the source has these words, written otherwise ({kinds})",)
    reasons = (*reasons, *(_say_places(m) for m in found if m.places > 1))
    is_main = any(e.is_main for e in evidence)
    return Verdict(
        claim,
        Outcome.SUPPORTED,
        WORD_FOR_WORD if is_main else SIDE_MATTER,
        Side.ORIGINAL,
        reasons if is_main else (OUTSIDE_MAIN, *reasons),
        evidence,
        differences,
    )


def _missing_quotation(
    claim: Claim,
    quotations: Sequence[Quotation],
    matches: Sequence[QuoteMatch | None],
    document: Document,
) -> Verdict:
    missing = [q for q, m in zip(quotations, matches, strict=True) if m is None]
    near = [nearest(q.text, document.text) for q in missing]
    found = [m for m in matches if m is not None]
    words = (in_marks(shorten(q.text)) for q in missing)
    reasons = tuple(f"the source does not have the words {each}" for each in words)
    return Verdict(
        claim,
        Outcome.PARTLY_SUPPORTED if found else Outcome.NOT_FOUND,
        MISSING,
        Side.ORIGINAL,
        reasons,
        tuple(_quoted(m, document) for m in (*found, *near) if m is not None),
        tuple(d for m in found for d in m.differences),
    )


def _carries(claim: Claim, quotations: Sequence[Quotation]) -> bool:
    """Whether the quotations are at least half of what the claim says."""
    whole = [t for t in terms(claim.text) if not is_common(t)]
    quoted = [t for q in quotations for t in terms(q.text) if not is_common(t)]
    return 2 * len(quoted) >= len(whole)


def _surroundings(claim: Claim, quotation: Quotation, document: Document) -> Surroundings:
    """Return the article's words around a quotation: they tell repeats in the source apart."""
    whole = claim.text if quotation.text in claim.text else claim.context
    prefix, _, suffix = whole.partition(quotation.text or whole or " ")
    return Surroundings(prefix, suffix, document.extraction.main)


def _say_places(match: QuoteMatch) -> str:
    several = f"{match.places} places" if match.places < MOST_PLACES else "many places"
    words = in_marks(shorten(match.text))
    return f"{words} stands in {several} of the source; the likeliest is shown"


def _quoted(match: QuoteMatch, document: Document) -> Evidence:
    return evidence_at(document, match.span, match.similarity, match.method)


def _say_difference(difference: Difference) -> str:
    ours, theirs = in_marks(difference.claim_text), in_marks(difference.source_text)
    what = difference.kind.value.replace("-", " ")
    if difference.claim_text and difference.source_text:
        return f"the source says {theirs} where the article says {ours} ({what})"
    if difference.source_text:
        return f"the article leaves out {theirs} ({what})"
    return f"the article adds {ours} ({what})"


def shorten(text: str) -> str:
    """Return enough of a text to know it by."""
    return text if len(text) <= 60 else text[:57] + "..."


def evidence_at(document: Document, span: Span, score: float, method: str) -> Evidence:
    """Return the evidence at `span`, with the words around it."""
    text, main = document.text, document.extraction.main
    return Evidence(
        text=text[span.start : span.end],
        span=span,
        score=round(score, 3),
        method=method,
        is_main=not main or any(m.start <= span.start < m.end for m in main),
        prefix=text[max(0, span.start - AROUND) : span.start],
        suffix=text[span.end : span.end + AROUND],
        fragment=fragment_address(document, span),
        page=document.extraction.page_at(span.start),
    )
