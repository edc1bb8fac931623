"""DOCX sources: what a word processor shows, one paragraph a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify import zips
from verify.errors import ExtractError
from verify.extract.blocks import MAX_CHARACTERS, clean, spans_of
from verify.model import Extraction, Failure
from verify.zips import Element, W

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Snapshot

FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"

UNSEEN = frozenset({f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr", f"{W}instrText"})
SHOWN = {f"{W}tab": " ", f"{W}br": " ", f"{W}cr": " ", f"{W}noBreakHyphen": "-"}

NOTES = {"footnote": "word/footnotes.xml", "endnote": "word/endnotes.xml"}

MAX_CELLS = 20
"""A row of more cells, or of cells with several paragraphs, says little as one line."""


class DocxExtractor:
    """Reads Word's documents."""

    media_types = frozenset(
        {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
    )

    def extract(self, snapshot: Snapshot) -> Extraction:
        """Return the body as main text, and the notes after it."""
        package = _Package(snapshot.body)
        document = package.tree("word/document.xml")
        if document is None:
            raise package.failed("it has no Word document in it")
        body = list(_blocks(document))
        notes = [block for kind, path in NOTES.items() for block in _notes(package, kind, path)]
        text = "\n".join([*body, *notes])
        if not any(c.isalnum() for c in text):
            raise ExtractError("the document has no text", failure=Failure.EMPTY)
        if len(text) > MAX_CHARACTERS:
            raise ExtractError("it has more text than is read", failure=Failure.TOO_LARGE)
        title, author = _about(package)
        return Extraction(text, tuple(spans_of(body)), title=title, author=author, encoding="utf-8")


class _Package(zips.Package):
    def failed(self, reason: str) -> ExtractError:
        return ExtractError(f"the document cannot be read: {reason}", failure=Failure.NOT_TEXT)


def _about(package: _Package) -> tuple[str | None, str | None]:
    properties = package.tree("docProps/core.xml")
    if properties is None:
        return None, None
    title, creator = (
        clean(properties.findtext(f"{DUBLIN_CORE}{name}", "")[:300]) or None
        for name in ("title", "creator")
    )
    return title, creator


def _notes(package: _Package, kind: str, path: str) -> Iterator[str]:
    tree = package.tree(path)
    if tree is not None:
        for note in tree.iter(f"{W}{kind}"):
            if note.get(f"{W}type") is None:  # the others are the lines above the notes
                yield from _blocks(note)


def _blocks(tree: Element) -> Iterator[str]:
    """Yield each paragraph, and each plain row of a table as one line."""
    for fallback in list(tree.iter(FALLBACK)):
        fallback.getparent().remove(fallback)  # what it says was said just before it
    in_rows = set[Element]()
    for element in tree.iter(f"{W}tr", f"{W}p"):
        if element.tag == f"{W}tr":
            cells = _cells(element)
            in_rows |= set(cells)
            line = " | ".join(filter(None, map(_text, cells)))
        else:
            line = "" if element in in_rows else _text(element)
        if line:
            yield line


def _cells(row: Element) -> list[Element]:
    """Return the paragraphs of a row that has one in each of its cells, and few cells."""
    cells = [list(cell.iter(f"{W}p")) for cell in row.iterchildren(f"{W}tc")]
    is_plain = 1 < len(cells) <= MAX_CELLS and all(len(cell) == 1 for cell in cells)
    return [cell[0] for cell in cells] if is_plain else []


def _text(paragraph: Element) -> str:
    """Return what a paragraph shows; text boxes in it are paragraphs of their own."""
    from lxml import etree

    pieces: list[str] = []
    walker = etree.iterwalk(paragraph, events=("start",))
    for _, element in walker:
        tag = element.tag
        if tag in UNSEEN or (tag == f"{W}p" and element is not paragraph) or _is_hidden(element):
            walker.skip_subtree()
        else:
            pieces.append(element.text or "" if tag == f"{W}t" else SHOWN.get(tag, ""))
    return clean("".join(pieces))


def _is_hidden(element: Element) -> bool:
    mark = element.find(f"{W}rPr/{W}vanish") if element.tag == f"{W}r" else None
    return mark is not None and mark.get(f"{W}val") not in {"0", "false", "off"}
