"""
Whole pages with claims about them, for the weights of a passage in its context.

A page is a real one (WiCE), or a document, or a passage among others of its kind, so that it has to
be found. Folds are those of `training.calibration_pairs`, and nothing here was shown to the judge.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from training.calibration_pairs import (
    LABELS,
    NEUTRAL,
    SEED,
    SUPPORTED,
    changed,
    first_part,
    fold,
    language_of,
)
from training.judge import sources
from verify.judge.context import in_context
from verify.judge.features import mode_of
from verify.judge.retrieve import passages
from verify.judge.verdict import READ
from verify.language.fold import normalise
from verify.model import (
    Document,
    Extraction,
    Identification,
    Language,
    Snapshot,
    SourceId,
    Span,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from training.judge.sources import Cited, Sentence, Written
    from verify.judge.fusion import Fusion

# Rows of each, so that all are read in a quarter of an hour on two cores.
SIZES = {
    "wice": 520, "articles": 200, "flores": 70, "tico19": 40, "farstail": 240, "written": 220,
    "copies": 100,
}  # fmt: skip
# Sentences of a page made of documents, and passages of one made of passages.
SENTENCES, PASSAGES = 30, 7


@dataclass(frozen=True)
class PageClaim:
    """One labelled claim about a page. `languages` are the claim's and the page's."""

    group: str
    kind: str
    languages: str
    claim: str
    page: tuple[str, ...]
    label: int
    fold: int


def document(page: Sequence[str], language: str) -> Document:
    """Return a page of these paragraphs."""
    text = "\n".join(page)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    snapshot = Snapshot(SourceId("page"), "page", "page", "text/plain", text.encode(), now, "given")
    extraction = Extraction(text, (Span(0, len(text)),))
    return Document(snapshot, extraction, Identification(Language(language), 1.0))


def page_claims() -> list[PageClaim]:
    """Return all of them, the same every time."""
    chance = random.Random(SEED)
    cited = sources.cited()
    return [
        *_wice("wice_claim_oracle_chunk", "wice", chance),
        *_wice("wice_claim_doc", "articles", chance),
        *_farstail(chance),
        *_cited([r for r in cited if r.window.startswith("flores")], "flores", chance),
        *_cited([r for r in cited if r.window.startswith("tico19")], "tico19", chance),
        *_copies(sources.tico(held=True), chance),
        *_written(sources.written(held=True), chance),
    ]


def _wice(dataset: str, group: str, chance: random.Random) -> Iterator[PageClaim]:
    rows = [r for r in sources.labelled(dataset) if sources.half(r.claim)]
    for row in chance.sample(rows, min(len(rows), SIZES[group])):
        claim, page = sources.detokenised(row.claim), (sources.detokenised(row.passage),)
        yield PageClaim(group, "labelled", "en-en", claim, page, LABELS[row.label], fold(row.claim))


def _farstail(chance: random.Random) -> Iterator[PageClaim]:
    rows = [r for r in sources.labelled("farstail") if r.split == "Val"]
    for row in chance.sample(rows, SIZES["farstail"]):
        page = _among(row.passage, [r.passage for r in rows], chance)
        label = LABELS[row.label]
        yield PageClaim("farstail", "labelled", "fa-fa", row.claim, page, label, fold(row.claim))


def _among(passage: str, every: Sequence[str], chance: random.Random) -> tuple[str, ...]:
    """Return a page that holds the passage and some others, in an order of no meaning."""
    others = sorted({p for p in every if p != passage})
    page = [passage, *chance.sample(others, PASSAGES - 1)]
    chance.shuffle(page)
    return tuple(page)


def _cited(rows: Sequence[Cited], group: str, chance: random.Random) -> Iterator[PageClaim]:
    """English claims on Persian pages: true, a first clause, edited, about another page."""
    windows = {r.window: r.sentences for r in rows}
    pages = {name: _filled(name, windows) for name in windows}
    for kind in ("verbatim_translation", "number", "negation"):
        own = [r for r in rows if r.kind == kind]
        for row in chance.sample(own, min(len(own), SIZES[group])):
            yield _on(row, row.claim, kind, LABELS[row.label], pages, group)
            part = first_part(row.claim) if row.label == "supported" else None
            if part:
                yield _on(row, part, "part", SUPPORTED, pages, group)
    true = [r for r in rows if r.label == "supported"]
    for row in chance.sample(true, SIZES[group]):
        away = [n for n in sorted(pages) if not set(row.sentences) & set(pages[n])]
        elsewhere = {row.window: pages[chance.choice(away)]}
        yield _on(row, row.claim, "absent", NEUTRAL, elsewhere, group)


def _on(
    row: Cited,
    claim: str,
    kind: str,
    label: int,
    pages: dict[str, tuple[str, ...]],
    group: str,
) -> PageClaim:
    languages = "en-prs" if row.window.startswith("tico19_prs") else "en-fa"
    page = pages[row.window]
    return PageClaim(group, kind, languages, claim, page, label, fold(row.window.split(".")[-1]))


def _filled(name: str, windows: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Fill a page up with the sentences of the next documents of its source."""
    names = sorted(n for n in windows if n.partition(".")[0] == name.partition(".")[0])
    place, page = names.index(name), list(windows[name])
    for step in range(1, len(names)):
        page += [s for s in windows[names[(place + step) % len(names)]] if s not in page]
        if len(page) >= SENTENCES:
            break
    return tuple(page[:SENTENCES])


def _copies(rows: Sequence[Sentence], chance: random.Random) -> Iterator[PageClaim]:
    """Sentences of a document, or parts and edits of them, on the page that has them."""
    for language in ("fa", "en"):
        text = {id(r): r.persian if language == "fa" else r.english for r in rows}
        for row in chance.sample(list(rows), SIZES["copies"]):
            near = [text[id(r)] for r in rows if r.document == row.document]
            place = near.index(text[id(row)])
            first = max(0, min(place - SENTENCES // 2, len(near) - SENTENCES))
            way = chance.choice(["copy", "part", "edited", "edited"])
            made = changed(normalise(text[id(row)]), language, way, chance)
            if made is None:
                continue
            claim, label = made
            page = tuple(near[first : first + SENTENCES])
            languages = f"{language}-{language}"
            yield PageClaim("copies", way, languages, claim, page, label, fold(row.document))


def _written(rows: Sequence[Written], chance: random.Random) -> Iterator[PageClaim]:
    """Yield a claim of every kind about a passage that stands among others of its language."""
    for row in chance.sample(list(rows), SIZES["written"]):
        language = language_of(row.passage)
        alike = [r.passage for r in rows if language_of(r.passage) == language]
        page = _among(row.passage, alike, chance)
        for kind, claims in (
            ("supported", row.entailed),
            ("neutral", row.neutral),
            ("contradicted", row.contradicted),
        ):
            claim = chance.choice(claims)
            languages = f"{language_of(claim)}-{language}"
            yield PageClaim(
                "written", "labelled", languages, claim, page, LABELS[kind], fold(row.passage)
            )


def readings(row: PageClaim, fusion: Fusion) -> list[dict[str, float]]:
    """Return what is made of each passage that is read for a claim, as the examiner reads them."""
    page = document(row.page, row.languages.split("-")[1])
    found = passages(row.claim, page, fusion.encoder, limit=READ, reader=fusion)
    alone = fusion.judge(row.claim, [p.text for p in found])
    contexts = in_context(fusion, row.claim, list(zip(found, alone, strict=True)), page)
    return [c.values() for c in contexts] if contexts else []


def page_mode(row: PageClaim) -> str:
    """Return which weights are for it."""
    return mode_of(row.claim, "\n".join(row.page)[:20_000])
