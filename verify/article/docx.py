"""
DOCX -> Manuscript: paragraphs, real footnotes and endnotes, and links.

A "line" of a DOCX is a paragraph of it. The zip is opened in `package`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from verify.article import remarks
from verify.article.manuscript import Manuscript, Marker, Note, Scribe, add_links, tidy
from verify.article.package import Element, Package, W
from verify.article.plain import holds, is_heading, place_markers
from verify.article.remarks import Remark
from verify.article.typed import TO_SUPERSCRIPT, find_notes
from verify.errors import ArticleError
from verify.model import Position, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
NOT_SHOWN = frozenset({f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr"})

DOCUMENT = "word/document.xml"
COMMENTS = "word/comments.xml"
PARTS = {"footnote": "word/footnotes.xml", "endnote": "word/endnotes.xml"}
SPECIAL = frozenset({"separator", "continuationSeparator", "continuationNotice"})

FIELD_ADDRESS = re.compile(r"HYPERLINK\s+\"([^\"]{1,2000})\"")
WEB = re.compile(r"https?://", re.IGNORECASE)
HEADING = re.compile(r"heading|title|subtitle|toc", re.IGNORECASE)
TITLE = re.compile(r"title|heading ?1", re.IGNORECASE)
OFF = frozenset({"0", "false", "off"})

ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


def read_docx(body: bytes, name: str) -> Manuscript:
    """Read a DOCX file; `name` is what errors call it."""
    package = Package(body, name)
    document = package.tree(DOCUMENT)
    if document is None:
        raise ArticleError(
            f"cannot read {name}: it is a zip archive without a Word document",
            hint="save the article as .docx, .html, .md or .txt and check that file",
        )
    parts = {kind: _read_part(package, kind, path) for kind, path in PARTS.items()}
    writer = _Writer(parts, _comments(package))
    writer.write_body(document, package.links(DOCUMENT))
    writer.write_notes()
    return writer.manuscript()


class _Part(NamedTuple):
    """The footnotes or the endnotes of a document, by id, and the links in them."""

    notes: Mapping[str, Element]
    links: Mapping[str, str]


def _read_part(package: Package, kind: str, path: str) -> _Part:
    tree = package.tree(path)
    if tree is None:
        return _Part({}, {})
    notes: dict[str, Element] = {}
    for note in tree.iter(f"{W}{kind}"):
        if note.get(f"{W}type") not in SPECIAL:
            notes.setdefault(note.get(f"{W}id") or "", note)
    return _Part(notes, package.links(path))


def _comments(package: Package) -> dict[str, str]:
    """Return what the word processor's comments tell us, by id."""
    tree = package.tree(COMMENTS)
    if tree is None:
        return {}
    said = {c.get(f"{W}id") or "": _words(c).strip() for c in tree.iter(f"{W}comment")}
    return {i: order for i, text in said.items() if (order := remarks.order_of(text)) is not None}


def _words(comment: Element) -> str:
    paragraphs = comment.iter(f"{W}p")
    return " ".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in paragraphs)


# --- the pieces of a paragraph ------------------------------------------------------------


class _Piece(NamedTuple):
    """Some text of one style, or the mark of the note `note` (its kind and its id)."""

    text: str
    url: str = ""
    is_italic: bool = False
    note: tuple[str, str] | None = None


def _pieces(paragraph: Element, links: Mapping[str, str]) -> Iterator[_Piece]:
    """Yield what a paragraph shows; text boxes in it are paragraphs of their own."""
    from lxml import etree

    link = typed_link = ""
    italic = raised = False
    walker = etree.iterwalk(paragraph, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if event == "end":
            link = "" if tag in {f"{W}hyperlink", f"{W}fldSimple"} else link
        elif tag in NOT_SHOWN or (tag == f"{W}p" and element is not paragraph):
            walker.skip_subtree()
        elif tag == f"{W}hyperlink":
            link = links.get(element.get(R_ID) or "", "")
        elif tag in {f"{W}instrText", f"{W}fldSimple"}:
            typed_link = _field_address(element) or typed_link
        elif tag == f"{W}fldChar" and element.get(f"{W}fldCharType") == "end":
            typed_link = ""
        elif tag == f"{W}r":
            italic, raised = _is_on(element, "i"), _is_raised(element)
        else:
            text = _shown(element)
            text = text.translate(TO_SUPERSCRIPT) if raised and text.strip().isdecimal() else text
            note = _cited_note(element)
            if text or note:
                yield _Piece(text, link or typed_link, italic, note)


def _field_address(element: Element) -> str:
    match = FIELD_ADDRESS.search(element.text or element.get(f"{W}instr") or "")
    return match[1] if match else ""


def _is_on(run: Element, name: str) -> bool:
    mark = run.find(f"{W}rPr/{W}{name}")
    return mark is not None and (mark.get(f"{W}val") or "1") not in OFF


def _is_raised(run: Element) -> bool:
    mark = run.find(f"{W}rPr/{W}vertAlign")
    return mark is not None and mark.get(f"{W}val") == "superscript"


def _shown(element: Element) -> str:
    """Return the characters that one element of a run stands for."""
    if element.tag == f"{W}t":
        return element.text or ""
    return {
        f"{W}tab": " ",
        f"{W}br": "\n",
        f"{W}cr": "\n",
        f"{W}noBreakHyphen": "-",
    }.get(element.tag, "")


def _cited_note(element: Element) -> tuple[str, str] | None:
    for kind in PARTS:
        if element.tag == f"{W}{kind}Reference":
            return kind, element.get(f"{W}id") or ""
    return None


def _style(paragraph: Element) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return style.get(f"{W}val") or "" if style is not None else ""


def roman(number: int) -> str:
    """Return a small Roman number, as Word counts endnotes."""
    digits = []
    for value, letters in ROMAN:
        digits.append(letters * (number // value))
        number %= value
    return "".join(digits)


# --- the text -----------------------------------------------------------------------------


@dataclass(slots=True)
class _Draft:
    """A note while its paragraphs are being written."""

    label: str
    start: int
    end: int = 0
    urls: list[str] = field(default_factory=list)
    emphasis: Span | None = None

    def note(self, text: str) -> Note:
        raw = tidy(text[self.start : self.end])
        urls = tuple(dict.fromkeys(self.urls))
        title = text[self.emphasis.start : self.emphasis.end] if self.emphasis else None
        return Note(self.label, raw, Span(self.start, self.end), urls, title)


@dataclass(slots=True)
class _Writer:
    """Writes paragraphs as text, and keeps which notes they cite, in order."""

    parts: Mapping[str, _Part]
    comments: Mapping[str, str]
    scribe: Scribe = field(default_factory=Scribe)
    line: int = 0
    blocks: list[Span] = field(default_factory=list)
    headings: list[Span] = field(default_factory=list)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    markers: list[Marker] = field(default_factory=list)
    links: list[tuple[str, Span]] = field(default_factory=list)
    drafts: list[_Draft] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    title: Span | None = None

    def write_body(self, document: Element, links: Mapping[str, str]) -> None:
        """Write every paragraph of the document, those of tables and text boxes too."""
        for fallback in list(document.iter(MC_FALLBACK)):
            fallback.getparent().remove(fallback)  # what it says was said just before it
        for paragraph in document.iter(f"{W}p"):
            span = self._paragraph(paragraph, links, None)
            style = _style(paragraph)
            if span.start < span.end:
                (self.headings if HEADING.match(style) else self.blocks).append(span)
                self.title = self.title or (span if TITLE.fullmatch(style) else None)

    def write_notes(self) -> None:
        """Write all notes below the body, in the order in which they are cited."""
        known = [(kind, i) for kind, part in self.parts.items() for i in part.notes]
        for key in (*self.labels, *(k for k in known if k not in self.labels)):
            kind, note_id = key
            if note_id in self.parts[kind].notes:
                self._note(self._label(key), self.parts[kind], note_id)

    def _note(self, label: str, part: _Part, note_id: str) -> None:
        draft = _Draft(label, self.scribe.offset)
        for paragraph in part.notes[note_id].iter(f"{W}p"):
            span = self._paragraph(paragraph, part.links, draft)
            draft.end = max(draft.start, span.end)
        self.drafts.append(draft)

    def _label(self, key: tuple[str, str]) -> str:
        """Return the number that Word shows: endnotes are Roman beside footnotes."""
        if key not in self.labels:
            number = sum(kind == key[0] for kind, _ in self.labels) + 1
            is_roman = key[0] == "endnote" and bool(self.parts["footnote"].notes)
            self.labels[key] = roman(number) if is_roman else str(number)
        return self.labels[key]

    def _paragraph(
        self, paragraph: Element, links: Mapping[str, str], draft: _Draft | None
    ) -> Span:
        """Write one paragraph, of the body or of the note `draft`."""
        self.line += 1
        start = self.scribe.offset
        for mark in paragraph.iter(f"{W}commentReference"):
            if order := self.comments.get(mark.get(f"{W}id") or ""):
                self.remarks.append(Remark(order, Position(self.line, 1)))
        pieces = _pieces(paragraph, links)
        for (url, is_italic), group in groupby(pieces, key=lambda p: (p.url, p.is_italic)):
            here = self.scribe.offset
            for piece in group:
                self._piece(piece, start)
            self._keep(url, is_italic, Span(here, self.scribe.offset), draft)
        span = Span(start, self.scribe.offset)
        if span.start < span.end:
            self.scribe.write("\n\n")
        return span

    def _piece(self, piece: _Piece, start: int) -> None:
        place = Position(self.line, self.scribe.offset - start + 1)
        if piece.note:
            label = self._label(piece.note)
            self.markers.append(Marker(label, self.scribe.write(f"[{label}]", place)))
        else:
            self.scribe.write(piece.text, place)

    def _keep(self, url: str, is_italic: bool, span: Span, draft: _Draft | None) -> None:
        """Keep the address of a link, and what a note sets in italics or links."""
        is_web = bool(WEB.match(url))
        if draft is None:
            if is_web and span.start < span.end:
                self.links.append((url, span))
            return
        if is_web:
            draft.urls.append(url)
        if (is_italic or is_web) and span.end - span.start > 1:
            draft.emphasis = draft.emphasis or span

    # --- the whole ----------------------------------------------------------------------

    def manuscript(self) -> Manuscript:
        """Return what was written; notes typed by hand are found in it, and links without any."""
        text = self.scribe.text()
        notes = [d.note(text) for d in self.drafts]
        markers = list(self.markers)
        paragraphs = self.blocks
        if not notes and not markers:
            typed = find_notes(text, self.blocks)
            markers, paragraphs = place_markers(text, typed)
            notes = list(typed.notes)
        if not notes and not markers:
            in_text = [x for x in self.links if not holds([h.start for h in self.headings], x[1])]
            add_links(in_text, text, markers, notes)
        places = sorted(m.span.start for m in markers)
        spans = [p for p in paragraphs if _speaks(text, p) or holds(places, p)]
        spans += [h for h in self.headings if holds(places, h)]
        title = tidy(text[self.title.start : self.title.end]) if self.title else None
        return Manuscript(
            text=text,
            anchors=self.scribe.anchors(),
            paragraphs=tuple(sorted(spans, key=lambda p: p.start)),
            markers=tuple(markers),
            notes=tuple(notes),
            title=title,
            remarks=tuple(self.remarks),
        )


def _speaks(text: str, span: Span) -> bool:
    return not is_heading(text[span.start : span.end])
