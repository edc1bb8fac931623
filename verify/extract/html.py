"""HTML pages: the whole visible text, and which of it is the article."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from verify.errors import ExtractError
from verify.extract.blocks import parse, read, spans_of
from verify.extract.boilerplate import find_main
from verify.extract.charset import decode
from verify.extract.metadata import read_metadata
from verify.extract.structured import body, price, read_things
from verify.extract.walls import FEW, is_teaser, is_wall, needs_browser
from verify.language.identify import identify
from verify.model import Extraction, Failure, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.extract.blocks import Block, Element
    from verify.model import Language, Snapshot


NEEDS_BROWSER = "the text of the page comes from scripts; it needs a browser"

FROM_JSON = (
    "the article was read from what the page states for machines (JSON-LD); "
    "a reader may not be shown all of it"
)


class HtmlExtractor:
    """Reads web pages."""

    media_types = frozenset({"text/html", "application/xhtml+xml"})

    def extract(self, snapshot: Snapshot) -> Extraction:
        """
        Return the page's visible text, one block a line, with the main text marked.

        An article's body that is stated for machines and not shown comes after it.
        """
        page, encoding = decode(snapshot.body, snapshot.charset)
        root = parse(page)
        things = read_things(root) if root is not None else []
        blocks, elements = _visible(root)
        shown = "\n".join(block.text for block in blocks)
        hidden = body(things, shown)
        if not any(c.isalnum() for c in shown) and not hidden:
            raise _empty(root)
        about = read_metadata(root, blocks, things)
        main = find_main(blocks, elements, _language(shown, about.declared))
        return _with_body(
            Extraction(
                text=shown,
                main=_spans(blocks, main),
                title=about.title,
                author=about.author,
                publisher=about.publisher,
                published=about.published,
                declared=about.declared,
                encoding=encoding,
                paywalled=price(root, things) or (TEASER if is_teaser(blocks, main) else None),
                needs_browser=not hidden and needs_browser(root, blocks),
                consent=not hidden and is_wall(root, blocks),
            ),
            hidden,
        )


TEASER = "its text ends where it asks for a subscription"


def _with_body(extraction: Extraction, hidden: Sequence[str]) -> Extraction:
    """Add the paragraphs that the page states and does not show, as main text of their own."""
    if not hidden:
        return extraction
    start = len(extraction.text) + 1 if extraction.text else 0
    spans = spans_of(hidden, start)
    return replace(
        extraction,
        text="\n".join([*filter(None, [extraction.text]), *hidden]),
        main=(*extraction.main, *spans),
        structured=Span(start, spans[-1].end),
        cautions=(*extraction.cautions, FROM_JSON),
    )


def _visible(root: Any) -> tuple[list[Block], list[Element]]:
    """Return the page's blocks; what it hides until a script runs counts where it shows little."""
    blocks, elements = read(root) if root is not None else ([], [])
    if root is not None and sum(len(b.text) for b in blocks) < FEW:
        blocks, elements = max((blocks, elements), read(root, show_hidden=True), key=_size)
    return blocks, elements


def _empty(root: Any) -> ExtractError:
    scripted = root is not None and root.xpath("boolean(//script)")
    reason = NEEDS_BROWSER if scripted else "the page has no readable text"
    return ExtractError(reason, failure=Failure.EMPTY)


def _size(reading: tuple[list[Block], list[Element]]) -> int:
    return sum(len(block.text) for block in reading[0])


def _language(text: str, declared: Language | None) -> Language:
    """Return the language to choose the stop list by."""
    return identify(text[:SAMPLE], declared).language


SAMPLE = 20_000
"""Characters by which the language is told; menus come first, so a page needs a good many."""


def _spans(blocks: Sequence[Block], numbers: Sequence[int]) -> tuple[Span, ...]:
    """Return where those blocks stand in the page's text."""
    spans = spans_of(block.text for block in blocks)
    return tuple(spans[number] for number in numbers)
