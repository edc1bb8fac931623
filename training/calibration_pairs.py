"""
The labelled pairs that the fusion is fitted to and measured on; none was shown to the judge.

Every pair is of one of two folds, by its claim or its document: on the first the weights and
the operating points are found, on the second the figures that the documents give.
"""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.judge import edits, sources
from training.judge.pairs import shortened
from verify.judge.words import script
from verify.language.fold import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from training.judge.sources import Cited, Labelled, Sentence, Written

SEED = 20261124
SUPPORTED, NEUTRAL, CONTRADICTED = range(3)
LABELS = {
    "supported": SUPPORTED, "neutral": NEUTRAL, "partial": NEUTRAL, "contradicted": CONTRADICTED,
    "not_found": NEUTRAL,
}  # fmt: skip

# How many of each, so that all readings take minutes on two cores.
SIZES = {
    "farstail": 1_540, "fever": 300, "wice": 520, "natural": 410, "strangers": 60, "window": 300,
    "tico": 90, "flores": 150, "persian": 600, "english": 240,
}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """One labelled pair of a claim and a passage."""

    group: str
    kind: str
    languages: str
    """Of the claim and the passage: `en-fa` is an English claim on a Persian page."""
    claim: str
    passage: str
    label: int
    fold: int


def fold(key: str) -> int:
    """Return 0 (fitted to) or 1 (measured on). The judge's own halves go by the first byte."""
    return hashlib.sha256(key.strip().encode()).digest()[1] & 1


def pairs() -> list[Pair]:
    """Return all pairs, the same every time."""
    chance = random.Random(SEED)
    farstail = [r for r in sources.labelled("farstail") if r.split == "Val"]
    natural = [r for r in sources.labelled("parsinlu_entail") if r.origin.startswith("natural")]
    wice = [r for r in sources.labelled("wice_claim_oracle_chunk") if sources.half(r.claim)]
    fever = list(map(_typed, sources.symmetric(held=True)))
    return [
        *_labelled(_some(farstail, "farstail", chance), "farstail", "fa-fa"),
        *_labelled(_some(fever, "fever", chance), "fever", "en-en"),
        *_labelled(list(map(_focused, _some(wice, "wice", chance))), "wice", "en-en"),
        # its licence lets it be measured on, no more
        *_labelled(_some(natural, "natural", chance), "parsinlu", "fa-fa", only_measured=True),
        *_strangers(farstail, "farstail", "fa-fa", chance),
        *_strangers(fever, "fever", "en-en", chance),
        *_cited(sources.cited(), chance),
        *_english(sources.cited(), chance),
        *_persian(sources.tico(held=True), chance),
        *_written(sources.written(held=True)),
    ]


def _some(rows: Sequence[Labelled], name: str, chance: random.Random) -> list[Labelled]:
    return chance.sample(list(rows), min(len(rows), SIZES[name]))


def _typed(row: Labelled) -> Labelled:
    return sources.Labelled(
        row.dataset, row.split, sources.detokenised(row.passage),
        sources.detokenised(row.claim), row.label, row.origin,
    )  # fmt: skip


def _focused(row: Labelled) -> Labelled:
    passage = sources.focused(row.passage, row.claim, 100)
    return sources.Labelled(row.dataset, row.split, passage, row.claim, row.label, row.origin)


def _labelled(
    rows: Iterable[Labelled], group: str, languages: str, *, only_measured: bool = False
) -> list[Pair]:
    return [
        Pair(
            group, "labelled", languages, r.claim, r.passage, LABELS[r.label],
            1 if only_measured else fold(r.claim),
        )
        for r in rows
        if r.label in LABELS
    ]  # fmt: skip


def _strangers(
    rows: Sequence[Labelled], group: str, languages: str, chance: random.Random
) -> list[Pair]:
    """Pair claims with the passage of another row: what a page without the claim offers."""
    found = []
    for row in chance.sample(list(rows), SIZES["strangers"]):
        other = chance.choice(rows)
        if other.passage != row.passage:
            found.append(
                Pair(group, "stranger", languages, row.claim, other.passage, NEUTRAL,
                     fold(row.claim))
            )  # fmt: skip
    return found


def _cited(rows: Sequence[Cited], chance: random.Random) -> list[Pair]:
    """English claims on Persian and Dari sentences, alone or among their neighbours."""
    found = []
    for source in ("flores", "tico19_fa", "tico19_prs"):
        own = [r for r in rows if r.window.startswith(source)]
        size = SIZES["flores" if source == "flores" else "tico"]
        for kind in sorted({r.kind for r in own} - {"antonym"}):  # half of those change nothing
            some = [r for r in own if r.kind == kind]
            found += [_on_window(r, source, chance) for r in _few(some, size, chance)]
        true = [r for r in own if r.label == "supported" and first_part(r.claim)]
        for row in _few(true, size, chance):
            pair = _on_window(row, source, chance)
            found.append(_with_claim(pair, first_part(row.claim) or "", "part", SUPPORTED))
        for row in _few(true, size // 2, chance):
            pair = _on_window(row, source, chance, elsewhere=True)
            found.append(_with_claim(pair, row.claim, "neighbour", NEUTRAL))
    return found


def _few(rows: Sequence[Cited], size: int, chance: random.Random) -> list[Cited]:
    return chance.sample(list(rows), min(size, len(rows)))


def _with_claim(pair: Pair, claim: str, kind: str, label: int) -> Pair:
    return Pair(pair.group, kind, pair.languages, claim, pair.passage, label, pair.fold)


def _on_window(row: Cited, source: str, chance: random.Random, *, elsewhere: bool = False) -> Pair:
    place = row.place
    if place is None or elsewhere:
        near = [i for i in range(len(row.sentences)) if place is None or abs(i - place) > 1]
        passage = row.sentences[chance.choice(near)]
    else:
        passage = _window(row.sentences, place, chance)
    return Pair(
        source.split("_", maxsplit=1)[0], row.kind, "en-prs" if source.endswith("prs") else "en-fa",
        row.claim, passage, LABELS[row.label], fold(row.window.split(".")[-1]),
    )  # fmt: skip


def _window(sentences: Sequence[str], place: int, chance: random.Random) -> str:
    around = chance.choice([0, 0, 1])
    return " ".join(sentences[max(0, place - around) : place + around + 1])


def first_part(claim: str) -> str | None:
    """Return the first clause: what an article takes from a sentence is seldom all of it."""
    part = re.split(r", | and | which | but | because | while ", claim, maxsplit=1)[0]
    return part if 6 <= len(part.split()) < 0.8 * len(claim.split()) else None


def _english(rows: Sequence[Cited], chance: random.Random) -> list[Pair]:
    """Put the same claims to the English sentences: copies, parts and edits of what a page has."""
    said = {(r.window, r.place): r.claim for r in rows if r.kind == "verbatim_translation"}
    own = [r for r in rows if (r.window, r.place) in said and r.kind != "antonym"]
    found = []
    for row in _few(own, SIZES["english"], chance):
        texts = [said.get((row.window, i), "") for i in range(len(row.sentences))]
        passage = _window(texts, row.place or 0, chance).strip()
        claim = row.claim
        if row.label == "supported":
            claim = shortened(claim, "en") or first_part(claim) or claim
        found.append(
            Pair("copies", row.kind, "en-en", claim, passage, LABELS[row.label],
                 fold(row.window.split(".")[-1]))
        )  # fmt: skip
    return found


def _persian(rows: Sequence[Sentence], chance: random.Random) -> list[Pair]:
    """Persian claims on Persian sentences: copies, parts, another rendering, edits."""
    found = []
    for row in chance.sample(list(rows), SIZES["persian"]):
        text = normalise(row.persian)
        way = chance.choice(["copy", "part", "rendering", "edited", "edited", "edited"])
        claim, label = text, SUPPORTED
        if way == "rendering" and row.other:
            claim = normalise(row.other)
        elif way != "rendering":
            made = changed(text, "fa", way, chance)
            if made is None:
                continue
            claim, label = made
        found.append(Pair("copies", way, "fa-fa", claim, text, label, fold(row.document)))
    return found


def changed(text: str, language: str, way: str, chance: random.Random) -> tuple[str, int] | None:
    """Return a sentence as it is ("copy"), a part of it or an edit of it, and the label then."""
    if way == "part":
        return shortened(text, language) or text, SUPPORTED
    if way != "edited":
        return text, SUPPORTED
    edit = edits.edited(text, edits.PERSIAN if language == "fa" else edits.ENGLISH, chance)
    if edit is None:
        return None
    return edit.text, CONTRADICTED if edit.label == edits.CONTRADICTION else NEUTRAL


def _written(rows: Iterable[Written]) -> list[Pair]:
    """Free paraphrase, and near-copies that are not borne out, in one language and in two."""
    return [
        Pair("written", "labelled", f"{language_of(claim)}-{language_of(row.passage)}", claim,
             row.passage, label, fold(row.passage))
        for row in rows
        for claims, label in (
            (row.entailed, SUPPORTED), (row.neutral, NEUTRAL), (row.contradicted, CONTRADICTED),
        )
        for claim in claims
    ]  # fmt: skip


def language_of(text: str) -> str:
    """Return `fa` or `en`, by the script."""
    return "fa" if script(text) == "arabic" else "en"
