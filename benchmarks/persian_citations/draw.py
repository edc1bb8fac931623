"""Rows drawn from the pages with a fixed seed, part by part."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from benchmarks.persian_citations.pages import Page, core, is_clean, is_plain, sentence_span
from benchmarks.persian_citations.plants import NAMED_AS, VARIANTS, flipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SEED = 14020815

TRUE = ["supported"]
REJECTED = ["altered", "contradicted", "partly-supported", "not-found"]
DENIED = ["contradicted", "altered", "partly-supported"]
ABSENT = ["not-found"]

Row: TypeAlias = dict[str, Any]


class Builder:
    """Draws rows. Every part has a generator of its own, so that parts do not shift others."""

    def __init__(self, pages: Sequence[Page], limit: int) -> None:
        self.pages = {
            lang: [p for p in pages if p.language == lang] for lang in ("fa", "prs", "en")
        }
        self.limit = limit

    def rows(self) -> Iterator[Row]:
        """Yield the rows of all parts."""
        yield from self.variants(random.Random(f"{SEED}a"))
        yield from self.flips(random.Random(f"{SEED}b"))
        yield from self.claims(random.Random(f"{SEED}c"))
        yield from self.places(random.Random(f"{SEED}d"))
        yield from self.misattributions(random.Random(f"{SEED}e"))

    def variants(self, rng: random.Random) -> Iterator[Row]:
        """Part a: a true quotation, written otherwise than the page writes it."""
        for kind, vary in VARIANTS.items():
            for language in ("fa", "prs"):
                for page, true, quote in self._changed(rng, language, 20, vary):
                    yield quotation("a", kind, page, quote, true, TRUE)

    def flips(self, rng: random.Random) -> Iterator[Row]:
        """Part b: a quotation with one planted change."""
        for kind, names in NAMED_AS.items():
            for language in ("fa", "prs", "en"):

                def flip(sentence: str, kind: str = kind) -> str | None:
                    return flipped(kind, sentence, rng)

                for page, true, quote in self._changed(rng, language, 20, flip):
                    row = quotation("b", kind, page, quote, true, REJECTED)
                    yield row | {"differences": names}

    def claims(self, rng: random.Random) -> Iterator[Row]:
        """Part c: an English claim against a Persian page."""
        for language in ("fa", "prs"):
            pages = self._shuffled(rng, language)
            for kind in ("number", "negation", "date", "name"):
                for page, number, false in self._denied(rng, kind, pages, min(6, self.limit)):
                    span = sentence_span(page, number)
                    yield claim(page, "supported", page.english[number], TRUE, span)
                    row = claim(page, kind, false, DENIED, span)
                    yield row | {"differences": NAMED_AS[kind]}
                    yield claim(page, "absent", self._elsewhere(rng, page), ABSENT, None)

    def _elsewhere(self, rng: random.Random, page: Page) -> str:
        """Return the longest sentence of a page of another collection."""
        collection = page.origin.split("_")[0]  # both translations of TICO-19 are one
        others = [p for p in self.pages["en"] if not p.origin.startswith(collection)]
        return max(rng.choice([p for p in others if p.split == page.split]).english, key=len)

    def _denied(
        self, rng: random.Random, kind: str, pages: list[Page], count: int
    ) -> Iterator[tuple[Page, int, str]]:
        """Take from `pages` those with a sentence that can bear a flip of this kind."""
        for page in list(pages):
            if count and (found := self._contradiction(rng, kind, page)):
                pages.remove(page)
                yield page, *found
                count -= 1

    def _contradiction(self, rng: random.Random, kind: str, page: Page) -> tuple[int, str] | None:
        for number, sentence in enumerate(page.english):
            if not (
                sentence.endswith(".")
                and is_clean(sentence)
                and is_clean(core(page.sentences[number]))
            ):
                continue
            if kind == "negation" and not is_plain(sentence):
                continue
            if false := flipped(kind, sentence, rng):
                return number, false
        return None

    def places(self, rng: random.Random) -> Iterator[Row]:
        """Part d: a quotation in a long page, with the exact place."""
        for kind, cut in CUTS.items():
            for language in ("fa", "prs", "en"):
                for page in self._drawn(rng, language, 10):
                    longer = self._longer(rng, page)
                    if found := cut(rng, page):
                        quote, true = found
                        if longer.text.count(true) == 1:
                            yield quotation("d", kind, longer, quote, true, TRUE)

    def misattributions(self, rng: random.Random) -> Iterator[Row]:
        """Part e: three pages, and a quotation that stands in one that is not cited."""
        for language in ("fa", "prs", "en"):
            for number, page in enumerate(self._drawn(rng, language, 10)):
                true = _clean(rng, page)
                peers = [p for p in self.pages[language] if p.split == page.split]
                others = rng.sample([p for p in peers if true not in p.text], 2) if true else []
                if others and page.text.count(true) == 1:
                    group = f"e-{language}-{number:02}"
                    yield from misattribution(group, true, true, page, others, page.split)

    def _changed(
        self, rng: random.Random, language: str, count: int, change: Callable[[str], str | None]
    ) -> Iterator[tuple[Page, str, str]]:
        """Yield pages with a sentence of theirs and what it becomes."""
        left = min(count, self.limit)
        for page in self._shuffled(rng, language):
            if not left:
                return
            for sentence in rng.sample(page.sentences, len(page.sentences)):
                true = core(sentence)
                other = change(true) if is_clean(true) else None
                if other and other != true and page.text.count(true) == 1:
                    yield page, true, other
                    left -= 1
                    break

    def _shuffled(self, rng: random.Random, language: str) -> list[Page]:
        pages = self.pages[language]
        return rng.sample(pages, len(pages))

    def _drawn(self, rng: random.Random, language: str, count: int) -> list[Page]:
        return rng.sample(self.pages[language], min(count, self.limit))

    def _longer(self, rng: random.Random, page: Page) -> Page:
        """Put a page among five others of the same side of the split."""
        peers = [p for p in self.pages[page.language] if p is not page and p.split == page.split]
        chosen = rng.sample(peers, 5)
        parts = [*chosen[:3], page, *chosen[3:]]
        sentences = tuple(s for p in parts for s in p.sentences)
        return replace(page, sentences=sentences)


def _clean(rng: random.Random, page: Page) -> str:
    """Return a sentence of the page without what ends it, or nothing where none is clean."""
    return rng.choice([core(s) for s in page.sentences if is_clean(core(s))] or [""])


def _whole(rng: random.Random, page: Page) -> tuple[str, str] | None:
    true = _clean(rng, page)
    return (true, true) if true else None


def _fragment(rng: random.Random, page: Page) -> tuple[str, str] | None:
    words = _clean(rng, page).split(" ")
    if len(words) < 9:
        return None
    start = rng.randrange(len(words) - 7)
    true = core(" ".join(words[start : start + 8]))
    return true, true


def _ellipsis(rng: random.Random, page: Page) -> tuple[str, str] | None:
    words = (true := _clean(rng, page)).split(" ")
    if not 14 <= len(words) <= 40:
        return None
    return " ".join((*words[:5], "[…]", *words[-5:])), true


def _across(rng: random.Random, page: Page) -> tuple[str, str] | None:
    number = rng.randrange(len(page.sentences) - 1)
    before, after = page.sentences[number].split(" "), page.sentences[number + 1].split(" ")
    true = core(" ".join((*before[-5:], *after[:5])))
    return true, true


def _respelled(rng: random.Random, page: Page) -> tuple[str, str] | None:
    true = _clean(rng, page)
    if true and page.language == "en":
        quote = true.replace("'", "’").replace('"', "“").replace(" - ", " – ")
        return quote[:1].swapcase() + quote[1:], true
    quote = true
    for name in ("arabic-letters", "space-for-joiner", "digit-script", "marks"):
        quote = VARIANTS[name](quote)
    return (quote, true) if true else None


CUTS: dict[str, Callable[[random.Random, Page], tuple[str, str] | None]] = {
    "whole": _whole,
    "fragment": _fragment,
    "ellipsis": _ellipsis,
    "across-sentences": _across,
    "respelled": _respelled,
}


# --- the shape of a row -------------------------------------------------------------------


def quotation(part: str, kind: str, page: Page, quote: str, true: str, expected: list[str]) -> Row:
    """Return a row on a quotation; `true` is what the page has in its place."""
    start = page.text.index(true)
    return {
        "part": part,
        "kind": kind,
        "language": page.language,
        "split": page.split,
        "claim": quote,
        "quote": quote,
        "source_text": page.text,
        "expected": expected,
        "span": [start, start + len(true)],
    }


def claim(page: Page, kind: str, text: str, expected: list[str], span: list[int] | None) -> Row:
    """Return a row on an English claim."""
    return {
        "part": "c",
        "kind": kind,
        "language": page.language,
        "split": page.split,
        "claim": text,
        "source_text": page.text,
        "expected": expected,
        "span": span,
    }


def misattribution(
    group: str, quote: str, true: str, page: Page, others: Sequence[Page], split: str
) -> Iterator[Row]:
    """Yield one row a page: the one that is cited, the third, and the one that has the words."""
    for kind, other in zip(("cited-page", "third-page", "true-page"), (*others, page), strict=True):
        is_there = kind == "true-page"
        start = page.text.index(true)
        yield {
            "part": "e",
            "kind": kind,
            "language": page.language,
            "split": split,
            "group": group,
            "claim": quote,
            "quote": quote,
            "source_text": other.text,
            "expected": TRUE if is_there else ABSENT,
            "span": [start, start + len(true)] if is_there else None,
        }
