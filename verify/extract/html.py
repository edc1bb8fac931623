"""HTML pages: the whole visible text, and which of it is the article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verify.errors import ExtractError
from verify.extract.blocks import parse, read
from verify.extract.boilerplate import find_main
from verify.extract.charset import decode
from verify.extract.metadata import read_metadata
from verify.language.identify import identify
from verify.model import Extraction, Failure, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.extract.blocks import Block, Element
    from verify.model import Language, Snapshot


class HtmlExtractor:
    """Reads web pages."""

    media_types = frozenset({"text/html", "application/xhtml+xml"})

    def extract(self, snapshot: Snapshot) -> Extraction:
        """Return the page's visible text, one block a line, with the main text marked."""
        page, encoding = decode(snapshot.body, snapshot.charset)
        root = parse(page)
        blocks, elements = _visible(root)
        about = read_metadata(root, blocks)
        text = "\n".join(block.text for block in blocks)
        return Extraction(
            text=text,
            main=_spans(blocks, find_main(blocks, elements, _language(text, about.declared))),
            title=about.title,
            author=about.author,
            publisher=about.publisher,
            published=about.published,
            declared=about.declared,
            encoding=encoding,
        )


FEW = 200
"""
Characters of visible text from which a page counts as shown; chosen, not measured. Some pages
hide their body until a script runs; what they hide is then read rather than nothing.
"""


def _visible(root: Any) -> tuple[list[Block], list[Element]]:
    """Return the page's blocks, or raise where it has no text for a reader."""
    blocks, elements = read(root) if root is not None else ([], [])
    if root is not None and sum(len(b.text) for b in blocks) < FEW:
        blocks, elements = max((blocks, elements), read(root, show_hidden=True), key=_size)
    if not any(c.isalnum() for block in blocks for c in block.text):
        raise ExtractError(
            "the page has no readable text; it may need a browser", failure=Failure.EMPTY
        )
    return blocks, elements


def _size(reading: tuple[list[Block], list[Element]]) -> int:
    return sum(len(block.text) for block in reading[0])


def _language(text: str, declared: Language | None) -> Language:
    """Return the language to choose the stop list by."""
    return identify(text[:SAMPLE], declared).language


SAMPLE = 20_000
"""Characters by which the language is told; menus come first, so a page needs a good many."""


def _spans(blocks: Sequence[Block], numbers: Sequence[int]) -> tuple[Span, ...]:
    """Return where those blocks stand in the text that joins all blocks by line ends."""
    starts, position = [], 0
    for block in blocks:
        starts.append(position)
        position += len(block.text) + 1
    return tuple(Span(starts[n], starts[n] + len(blocks[n].text)) for n in numbers)
