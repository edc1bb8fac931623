"""
HTML -> Manuscript: the text as a browser shows it, block by block, with its notes in place.

Which links are notes is settled first (`htmlnotes`); then one walk over the tree writes the
text and keeps where paragraphs, notes and markers went.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from verify.article.htmlnotes import (
    HEADINGS,
    Element,
    NoteMap,
    attributes,
    map_notes,
    words_of,
)
from verify.article.manuscript import (
    Locator,
    Manuscript,
    Marker,
    Note,
    Scribe,
    add_links,
    tidy,
)
from verify.article.plain import holds, is_heading, place_markers
from verify.article.typed import TO_SUPERSCRIPT, TypedNotes, find_notes, without_label
from verify.model import Language, Span

_DROPPED = """
    script style noscript template iframe object embed svg math canvas audio video
    form button select textarea input nav aside footer dialog head
"""
DROPPED = frozenset(_DROPPED.split())
CLUTTER = re.compile(
    r"(?:^|\s)(?:noprint|mw-editsection|mw-cite-backlink|toc|navbox|hatnote|sharedaddy|"
    r"jp-relatedposts|related-posts|share-buttons|social-share|breadcrumbs?|comments|"
    r"screen-reader-text|visually-hidden|easy-footnote-to-top|footnote-back-?ref|doc-backlink)"
    r"(?:\s|$)"
)
SPOKEN = frozenset({"a", "i", "em"})
"""What sets a title apart in a note: a link, or italics."""

_BLOCKS = """
    address article blockquote body caption center dd details div dl dt fieldset figcaption
    figure h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section summary table tbody td
    tfoot th thead tr ul
"""
BLOCKS = frozenset(_BLOCKS.split())
WEB = re.compile(r"(?:https?:)?//[^/\s]", re.IGNORECASE)
HIDDEN_SOURCE = re.compile(
    # what is no text: comments, scripts, tags; every branch matches, so the search is linear
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<[a-zA-Z/!?][^<>]*>?",
    re.DOTALL | re.IGNORECASE,
)
NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML, and so lxml, takes in no text (https://www.w3.org/TR/xml/#charsets)."""
HIDDEN = "\0"
END_OF_PIECE = re.compile(HIDDEN)
FIRST_WORD = re.compile(r"[^\s&<>]{1,60}")

# The article's own element holds most of the page's paragraphs; the rest is cards and menus.
MOST_OF_PAGE = 0.6


def read_html(text: str) -> Manuscript:
    """Read a page with notes of the common kinds, or with links where it has no notes."""
    import lxml.html
    from lxml import etree

    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True)
    source = NO_TEXT.sub("\ufffd", text)
    if not source.strip():
        return Manuscript("", (), ())
    try:
        root = lxml.html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but comments, or not even that
        return Manuscript("", (), ())
    if "&#" in source:
        _mend_references(root)
    page = _Page(tidy(root.findtext(".//title") or ""), root.get("lang"))
    notes = map_notes(root)
    _clean(root, notes)
    writer = _Writer(Locator(_hide(source)), notes, _main(root))
    writer.walk(root)
    return writer.manuscript(page)


def _mend_references(root: Element) -> None:
    """Take out what `&#31;` and the like stand for: lxml reads it, but lets nobody move it."""
    for element in root.iter():
        for place in ("text", "tail"):
            words = getattr(element, place)
            if isinstance(words, str) and NO_TEXT.search(words):
                setattr(element, place, NO_TEXT.sub("\ufffd", words))


class _Page(NamedTuple):
    """What a page's head says of it."""

    title: str
    language: str | None


def _hide(source: str) -> str:
    """Return the source with everything hidden that is no text, line by line as it was."""
    return HIDDEN_SOURCE.sub(lambda m: re.sub(r"[^\n]", HIDDEN, m[0]), source)


def _clean(root: Element, notes: NoteMap) -> None:
    """Take out what is no part of the article; whatever holds a note is, whatever its name."""
    keep = {e for n in (*notes.starts, *notes.markers) for e in (n, *n.iterancestors())}
    for link in notes.back_links:
        keep.discard(link)
    for link in notes.markers:
        _unbracket(link)
    dropped = [e for e in root.iter() if e not in keep and _is_clutter(e)]
    for element in (*dropped, *(b for b in notes.back_links if b not in notes.starts)):
        if element.getparent() is not None:
            element.drop_tree()


def _unbracket(link: Element) -> None:
    """Take out the brackets and commas around a marker, which is written in one form anyway."""
    parent = link.getparent()
    before = link.getprevious()
    lead = (parent.text if before is None else before.tail) or ""
    tail = link.tail or ""
    if parent.tag == "sup":
        lead, tail = (t if t.strip(" ,;،؛[]()") else "" for t in (lead, tail))
    elif lead.endswith(("[", "(")) and tail.startswith(("]", ")")):
        lead, tail = lead[:-1], tail[1:]
    if before is None:
        parent.text = lead
    else:
        before.tail = lead
    link.tail = tail


def _is_clutter(element: Element) -> bool:
    if not isinstance(element.tag, str):
        return False
    return (
        element.tag in DROPPED
        or element.get("hidden") is not None
        or bool(CLUTTER.search(attributes(element)))
    )


def _main(root: Element) -> Element:
    """Return the smallest element that is marked as the article and holds most of its text."""
    whole = _weight(root)
    candidates = [
        e
        for e in root.iter("article", "main", "div")
        if e.tag != "div" or e.get("role") == "main" or e.get("id") == "mw-content-text"
    ]
    large = [e for e in candidates if _weight(e) >= MOST_OF_PAGE * whole]
    return min(large, key=_weight, default=root) if whole else root


def _weight(element: Element) -> int:
    return sum(len(words_of(p)) for p in element.iter("p"))


@dataclass(slots=True)
class _Draft:
    """A note while it is being written; `closer` is the element that it ends with."""

    label: str
    start: int
    closer: Element
    end: int = 0
    urls: list[str] = field(default_factory=list)
    external: list[str] = field(default_factory=list)
    emphasis: str | None = None

    def note(self, text: str) -> Note:
        written = text[self.start : self.end]
        start = self.start + len(written) - len(written.lstrip())
        span = Span(start, max(start, self.start + len(written.rstrip())))
        raw = without_label(tidy(written), self.label)
        urls = tuple(dict.fromkeys(self.external or self.urls))
        return Note(self.label, raw, span, urls, self.emphasis)


Block: TypeAlias = tuple[Span, bool]
"""A block, and whether it may be a paragraph of the article."""


@dataclass(slots=True)
class _Writer:
    """Writes the tree as text, and keeps what it says of notes, links and blocks."""

    locator: Locator
    map: NoteMap
    main: Element
    scribe: Scribe = field(default_factory=Scribe)
    blocks: list[Block] = field(default_factory=list)
    block_start: int = 0
    has_space: bool = False
    in_main: bool = False
    silent: int = 0
    """How many headings or code blocks we are in."""
    note: _Draft | None = None
    drafts: list[_Draft] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    links: list[tuple[str, Span]] = field(default_factory=list)
    open_links: list[tuple[Element, int]] = field(default_factory=list)
    title: Span | None = None

    def walk(self, root: Element) -> None:
        """Write the whole tree; a loop and no recursion, for pages nest deeply."""
        from lxml import etree

        for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
            if event == "start":
                self._enter(element)
            elif event == "end":
                self._leave(element)
                self._write(element.tail)
            else:
                self._write(element.tail)
        self._break()
        self._close_note()

    # --- elements -----------------------------------------------------------------------

    def _enter(self, element: Element) -> None:
        self.locator.seek(element.sourceline or 0)
        if element.tag in BLOCKS:
            self._break()
        if element is self.main:
            self.in_main = True
        if element.tag in HEADINGS or element.tag == "pre":
            self.silent += 1
        if element in self.map.starts:
            self._open_note(element)
        if element in self.map.markers:
            self._mark(element)
        elif element.tag == "br":
            self._line_break()
        else:
            if element.tag in SPOKEN:
                self.open_links.append((element, self.scribe.offset + self.has_space))
            raised = element.tag == "sup" and (element.text or "").strip().isdecimal()
            self._write(element.text.translate(TO_SUPERSCRIPT) if raised else element.text)

    def _leave(self, element: Element) -> None:
        if element.tag in SPOKEN and element not in self.map.markers:
            self._close_link()
        if element.tag in BLOCKS:
            start = self.block_start
            self._break()
            if element.tag == "h1" and self.scribe.offset > start:
                self.title = self.title or Span(start, self.scribe.offset)
        if element.tag in HEADINGS or element.tag == "pre":
            self.silent -= 1
        if self.note and element is self.note.closer:
            self._close_note()
        if element is self.main:
            self.in_main = False

    # --- text ---------------------------------------------------------------------------

    def _write(self, text: str | None) -> None:
        """Write text with its spaces collapsed, and find where it stands in the file."""
        if not text:
            return
        words = text.split()
        starts_apart, ends_apart = text[0].isspace(), text[-1].isspace()
        if words:
            if (starts_apart or self.has_space) and self.scribe.offset > self.block_start:
                self.scribe.write(" ")
            first = FIRST_WORD.match(words[0])
            place = self.locator.find(first[0]) if first else None
            self.scribe.write(" ".join(words), place)
            self.locator.skip(END_OF_PIECE, self.locator.limit)
        self.has_space = ends_apart if words else True

    def _line_break(self) -> None:
        if self.scribe.offset > self.block_start:
            self.scribe.write("\n")
        self.has_space = False

    def _break(self) -> None:
        """End the block, if it holds anything."""
        span = Span(self.block_start, self.scribe.offset)
        self.has_space = False
        if span.start < span.end:
            if not self.note:
                self.blocks.append((span, self.in_main and not self.silent))
            self.scribe.write("\n\n")
        self.block_start = self.scribe.offset

    # --- notes and links ----------------------------------------------------------------

    def _mark(self, link: Element) -> None:
        """Write a marker in the one form `[1]`, however the page shows it."""
        label = self.map.markers[link]
        words = FIRST_WORD.search(words_of(link))
        place = self.locator.find(words[0]) if words else None
        link.text = None
        for child in list(link):
            link.remove(child)
        self.markers.append(Marker(label, self.scribe.write(f"[{label}]", place)))

    def _open_note(self, element: Element) -> None:
        self._close_note()
        self.note = _Draft(self.map.starts[element], self.scribe.offset, self.map.ends[element])

    def _close_note(self) -> None:
        if self.note:
            self.note.end = max(self.note.start, self.scribe.offset)
            self.drafts.append(self.note)
        self.note = None

    def _close_link(self) -> None:
        """Keep the address of a link, and what a note sets in italics or links."""
        element, start = self.open_links.pop()
        span = Span(min(start, self.scribe.offset), self.scribe.offset)
        href = (element.get("href") or "").strip()
        is_web = bool(WEB.match(href))
        url = f"https:{href}" if href.startswith("//") else href
        if self.note:
            # an encyclopaedia links its authors and towns; a title's link leads elsewhere
            if element.tag != "a" or (is_web and "/wiki/" not in href):
                self.note.emphasis = self.note.emphasis or words_of(element) or None
            if is_web:
                self.note.urls.append(url)
            if is_web and "external" in attributes(element):
                self.note.external.append(url)
        elif is_web and self.in_main and not self.silent and span.start < span.end:
            self.links.append((url, span))

    # --- the whole ----------------------------------------------------------------------

    def manuscript(self, page: _Page) -> Manuscript:
        """Return what was written; without linked notes, with those typed by hand, or links."""
        text = self.scribe.text()
        notes = [d.note(text) for d in self.drafts]
        markers = list(self.markers)
        paragraphs = self._paragraphs(text, markers, notes)
        if not markers:
            blocks = [b for b, _ in self.blocks]
            typed = (
                TypedNotes(tuple(notes), tuple(blocks), ()) if notes else find_notes(text, blocks)
            )
            markers, paragraphs = place_markers(text, typed)
            paragraphs = self._of_article(paragraphs, markers)
            notes = list(typed.notes)
        if not notes and not markers:
            starts = sorted(paragraphs, key=lambda p: p.start)
            add_links([x for x in self.links if _within(starts, x[1])], text, markers, notes)
        title = tidy(text[self.title.start : self.title.end]) if self.title else page.title
        return Manuscript(
            text=text,
            anchors=self.scribe.anchors(),
            paragraphs=tuple(paragraphs),
            markers=tuple(markers),
            notes=tuple(notes),
            title=title or None,
            language=Language(page.language) if page.language else None,
        )

    def _paragraphs(self, text: str, markers: list[Marker], notes: list[Note]) -> list[Span]:
        """Return the blocks that cite, and those of the article's own text above the last note."""
        places = sorted(m.span.start for m in markers)
        end = max((n.span.end for n in notes), default=len(text))
        return [
            b
            for b, is_main in self.blocks
            if holds(places, b)
            or (is_main and b.start < end and not is_heading(text[b.start : b.end]))
        ]

    def _of_article(self, paragraphs: list[Span], markers: list[Marker]) -> list[Span]:
        """Leave out what stands outside the article, unless it cites."""
        places = sorted(m.span.start for m in markers)
        outside = sorted(b.start for b, is_main in self.blocks if not is_main)
        return [p for p in paragraphs if holds(places, p) or not holds(outside, p)]


def _within(paragraphs: list[Span], span: Span) -> bool:
    """Whether `span` lies in one of the sorted `paragraphs`."""
    place = bisect_right(paragraphs, span.start, key=lambda p: p.start) - 1
    return place >= 0 and span.end <= paragraphs[place].end
