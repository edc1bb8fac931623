"""Pages of running text, cut from open parallel collections."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Only collections whose licence lets derived rows be passed on; see README.md.
SOURCES = {
    "tico19_fa": "fa",
    "tico19_prs": "prs",
    "flores_dev": "fa",
    "nllb_seed_prs": "prs",
}
# TICO-19's medical phrase book is no running text, so its neighbours make no page.
NO_TEXT = "1600_medical_domain_sentences"

SENTENCES_A_PAGE = 8


@dataclass(frozen=True)
class Page:
    """Sentences that stand one after the other, with their English where they have one."""

    language: str
    sentences: tuple[str, ...]
    english: tuple[str, ...]
    origin: str
    """The collection it comes from."""
    document: str
    """What names its text: an address, or its English where the collection names none."""

    @property
    def text(self) -> str:
        """The page as a system reads it."""
        return " ".join(self.sentences)

    @property
    def split(self) -> str:
        """
        `dev` or `held-back`, by the first hexadecimal digit of the document's digest.

        So both Persian translations of one text, and its English, fall on the same side.
        """
        digest = hashlib.sha256(self.document.encode()).hexdigest()
        return "dev" if digest[0] < "8" else "held-back"


# --- reading ----------------------------------------------------------------------------


def read_pages(shared: Path) -> list[Page]:
    """Cut the parallel texts into pages, each also as an English page."""
    pages: list[Page] = []
    for origin, document, pairs in _documents(shared / "data" / "parallel_fa_en.tsv.gz"):
        for start in range(0, len(pairs) - SENTENCES_A_PAGE + 1, SENTENCES_A_PAGE):
            persian, english = zip(*pairs[start : start + SENTENCES_A_PAGE], strict=True)
            name = document or " ".join(english)
            pages.append(Page(SOURCES[origin], persian, english, origin, name))
            if origin != "tico19_prs":  # its English is that of tico19_fa
                pages.append(Page("en", english, english, origin, name))
    return pages


def _documents(path: Path) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Yield each text's collection, address (where it has one) and sentence pairs."""
    documents: dict[tuple[str, str], list[tuple[str, str]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            origin, _, _, persian, english, meta = line.rstrip("\n").split("\t")
            if origin in SOURCES and NO_TEXT not in meta:
                pair = " ".join(persian.split()), " ".join(english.split())
                documents.setdefault((origin, meta), []).append(pair)
    for (origin, meta), pairs in documents.items():
        yield origin, meta, pairs


# --- sentences ---------------------------------------------------------------------------


def core(sentence: str) -> str:
    """Return a sentence as one would quote it: without what ends it."""
    return sentence.strip(' .؟?!…"”“«»')


_UNCLEAN = re.compile(r"[\"“”\[\]•]|[a-z]\.[A-Z]|\w\.\.\w|^\W*[a-z]")


def is_clean(sentence: str) -> bool:
    """Whether it is one whole sentence of running text, as far as signs can tell."""
    return 40 <= len(sentence) <= 300 and not _UNCLEAN.search(sentence)


def is_plain(sentence: str) -> bool:
    """Whether a sentence is one short clause: in a longer one a denial may deny a side remark."""
    words = set(sentence.lower().replace(",", " , ").split())
    return (
        not words & {",", "that", "which", "who", "and", "but", "if", "not", "or", "because"}
        and len(sentence.split()) <= 18
    )


def sentence_span(page: Page, number: int) -> list[int]:
    """Return where a sentence stands in the text of its page."""
    start = sum(len(s) + 1 for s in page.sentences[:number])
    return [start, start + len(page.sentences[number])]
