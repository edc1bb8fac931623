"""
Which other source of the article has a quotation that the cited one lacks.

With 5,000 notes, looking for every quotation in every source would be 25 million searches. So
each source is read once for short sequences of letters that the quotations have, and a
quotation is looked for properly only in the few sources that have enough of its sequences.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from verify.judge.quote import find_quotation
from verify.judge.quoted import DECISIVE_WORDS, deciding_quotations, evidence_at
from verify.judge.words import script
from verify.language.fold import fold
from verify.model import Document, Elsewhere, Outcome, Version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from verify.judge.quote import QuoteMatch
    from verify.model import Evidence, Reading, Source, SourceId, Span, Verdict

# Sequences of twelve letters are two to three words; with a new one every six letters, one
# changed word in ten leaves more than a third of them whole.
_SEED, _STEP = 12, 6
_SHARE = 1 / 3

# The sources that are searched properly for one quotation.
_MOST_SOURCES = 4

# Of 570 absent fragments of 16 letters or more, none found a passage .85 alike (quote.py).
# Quotations here have five words at least.
_NEARLY = 0.9

_LACKING = frozenset({Outcome.NOT_FOUND, Outcome.PARTLY_SUPPORTED})


def attribute(
    verdicts: Sequence[Verdict],
    sources: Mapping[SourceId, Source],
    readings: Mapping[SourceId, Reading],
) -> tuple[Verdict, ...]:
    """Return the verdicts; those whose quotation stands in another source say in which."""
    documents = {each: r for each, r in readings.items() if isinstance(r, Document)}
    missing = {i: words for i, v in enumerate(verdicts) if (words := _missing(v, documents))}
    if not missing or len(documents) < 2:
        return tuple(verdicts)
    together = _cited_together(verdicts)
    attributed = list(verdicts)
    candidates = _candidates(list(missing.values()), documents)
    for (index, words), each in zip(missing.items(), candidates, strict=True):
        verdict = verdicts[index]
        beside = {source for span in _spans(verdict) for source in together[span]}
        where = _found(words, {i: documents[i] for i in each}, beside)
        if where is not None:
            reason = _reason(where, verdict, sources)
            attributed[index] = replace(verdict, found_in=where, reasons=(reason, *verdict.reasons))
    return tuple(attributed)


def _missing(verdict: Verdict, documents: Mapping[SourceId, Document]) -> str | None:
    """Return the quotation that the cited source lacks, where it is long enough to be told."""
    document = documents.get(verdict.source_id) if verdict.source_id else None
    if verdict.outcome not in _LACKING or document is None:
        return None
    for quotation in deciding_quotations(verdict.claim):
        is_long = len(quotation.text.split()) >= DECISIVE_WORDS
        if is_long and find_quotation(quotation.text, document.text) is None:
            return quotation.text
    return None


def _found(
    words: str, documents: Mapping[SourceId, Document], beside: set[SourceId]
) -> Elsewhere | None:
    """Return where the words stand: in a source cited beside if they can, else the likest."""
    matches = [(each, _likeness(words, document)) for each, document in documents.items()]
    found = [(each, match) for each, match in matches if match is not None]
    if not found:
        return None
    each, match = max(
        found, key=lambda pair: (pair[0] in beside, pair[1].is_faithful, pair[1].similarity)
    )
    document, snapshot = documents[each], documents[each].snapshot
    return Elsewhere(
        words,
        each,
        _evidence(match, document),
        Version(snapshot.via, snapshot.final_address, snapshot.retrieved, snapshot.sha256),
        also_cited=each in beside,
    )


def _likeness(words: str, document: Document) -> QuoteMatch | None:
    """Return where a source in the quotation's script has it, word for word or nearly."""
    if script(words) != script(document.text[:20_000]):
        return None
    match = find_quotation(words, document.text)
    is_near = match is not None and (match.is_faithful or match.similarity >= _NEARLY)
    return match if is_near else None


def _evidence(match: QuoteMatch, document: Document) -> Evidence:
    return evidence_at(document, match.span, match.similarity, match.method)


def _reason(where: Elsewhere, verdict: Verdict, sources: Mapping[SourceId, Source]) -> str:
    source = sources.get(where.source_id)
    there = f"note [{source.labels[0]}]" if source and source.labels else where.source_id
    if where.also_cited:
        return f"these words are in the source of {there}, which the sentence cites too"
    here = f", not of note [{verdict.citation.label}]" if verdict.citation else ""
    return f"these words are in the source of {there}{here}"


# --- which sources to look at -----------------------------------------------------------


def _cited_together(verdicts: Sequence[Verdict]) -> dict[Span, set[SourceId]]:
    """Return the sources that are cited for the same sentence, or the same quotation."""
    together: defaultdict[Span, set[SourceId]] = defaultdict(set)
    for verdict in verdicts:
        for span in _spans(verdict):
            if verdict.source_id is not None:
                together[span].add(verdict.source_id)
    return together


def _spans(verdict: Verdict) -> Iterator[Span]:
    if verdict.citation:
        yield verdict.citation.span
        yield from (q.span for q in verdict.citation.claim.quotations)


def _candidates(
    quotations: Sequence[str], documents: Mapping[SourceId, Document]
) -> list[list[SourceId]]:
    """Return for each quotation the sources that share most with it, most first."""
    wanted = [set(_seeds(fold(text).letters.text, _STEP)) for text in quotations]
    owners: defaultdict[str, list[int]] = defaultdict(list)
    for index, seeds in enumerate(wanted):
        for seed in seeds:
            owners[seed].append(index)
    shares: list[Counter[SourceId]] = [Counter() for _ in quotations]
    for each, document in documents.items():
        for seed in owners.keys() & set(_seeds(fold(document.text).letters.text, 1)):
            for index in owners[seed]:
                shares[index][each] += 1
    return [
        [each for each, n in share.most_common(_MOST_SOURCES) if n >= _SHARE * len(seeds)]
        for share, seeds in zip(shares, wanted, strict=True)
    ]


def _seeds(letters: str, step: int) -> Iterator[str]:
    """Yield the sequences of a text's letters; one that is shorter has only itself."""
    for place in range(0, max(1, len(letters) - _SEED + 1), step):
        yield letters[place : place + _SEED]
