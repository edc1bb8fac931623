"""
Markdown -> Manuscript.

markdown-it-py finds the blocks and the notes. Its tokens do not say where in a line they
stand, so each piece of text is looked up in its block's own lines, always going forward.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from verify.article.manuscript import (
    Locator,
    Manuscript,
    Marker,
    Note,
    Scribe,
    add_links,
    tidy,
)
from verify.article.plain import holds, place_markers
from verify.article.remarks import without
from verify.article.typed import TO_SUPERSCRIPT, find_notes, read_label
from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(?P<yaml>.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)
WEB = re.compile(r"https?://", re.IGNORECASE)

NEWLINE = re.compile(r"\n")
IMAGE = re.compile(r"!\[")
TARGET = re.compile(r"\](?:\((?:[^()\n]|\([^()\n]*\)){0,4000}\)|\[[^\]\n]{0,400}\])?|>")
"""What follows the words of a link: `](address "title")`, `][label]` or `>`."""


def read_markdown(text: str) -> Manuscript:
    """Read Markdown with footnotes (`[^1]`, `^[…]`), inline links and hand-typed notes."""
    front = FRONT_MATTER.match(text)
    # empty lines in place of the front matter keep the lines of the rest where they are
    body = "\n" * front[0].count("\n") + text[front.end() :] if front else text
    env: dict[str, Any] = {}
    tokens = _parser().parse(without(body), env)
    writer = _Writer(Locator(body), env.get("footnotes", {}).get("list", {}))
    writer.write(tokens)
    return writer.manuscript(_declared_title(front["yaml"]) if front else None)


def _declared_title(front_matter: str) -> str | None:
    import yaml

    try:
        front = yaml.safe_load(front_matter)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    title = front.get("title") if isinstance(front, dict) else None
    return tidy(title) or None if isinstance(title, str) else None


def _parser() -> MarkdownIt:
    """Return a parser that keeps addresses as written and notes where they stand."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    class Parser(MarkdownIt):
        def normalizeLink(self, url: str) -> str:  # noqa: N802  (the library's name)
            return url  # the address is shown, and compared with sources.yaml, as written

    parser = Parser("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)
    # the first would drop notes that nothing cites; the second, what an escape looked like
    parser.core.ruler.disable(["footnote_tail", "text_join"])
    return parser


class _Pending(NamedTuple):
    """A note written in its sentence, to be set below the block; `cursor` leads back to it."""

    label: str
    tokens: Sequence[Token]
    cursor: int


@dataclass(slots=True)
class _Draft:
    """A note while its tokens are being written. `body` is where its own words begin."""

    label: str
    start: int
    body: int
    end: int = 0
    urls: list[str] = field(default_factory=list)
    emphasis: Span | None = None

    def note(self, text: str) -> Note:
        title = self.emphasis
        return Note(
            label=self.label,
            raw=tidy(text[self.body : self.end]),
            span=Span(self.start, self.end),
            urls=tuple(dict.fromkeys(self.urls)),
            emphasis=text[title.start : title.end] if title else None,
        )


@dataclass(slots=True)
class _Writer:
    """Writes tokens as text, and keeps what they say of notes, links and blocks."""

    locator: Locator
    inline_notes: dict[int, Any]
    scribe: Scribe = field(default_factory=Scribe)
    blocks: list[Span] = field(default_factory=list)
    words: dict[int, int] = field(default_factory=dict)
    """Where the words of a block begin that has a number before them, by its start."""
    headings: list[Span] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    drafts: list[_Draft] = field(default_factory=list)
    links: list[tuple[str, Span]] = field(default_factory=list)
    code: list[Span] = field(default_factory=list)
    pending: list[_Pending] = field(default_factory=list)
    note: _Draft | None = None
    title: Span | None = None
    inline_count: int = 0
    number: str = ""
    heading: str = ""

    # --- blocks -------------------------------------------------------------------------

    def write(self, tokens: Sequence[Token]) -> None:
        """Write all blocks."""
        for token in tokens:
            if token.type in {"heading_open", "heading_close"}:
                self.heading = token.tag if token.nesting > 0 else ""
            elif token.type == "list_item_open":
                self.number = f"{token.info}." if token.info else ""
            elif token.type == "footnote_reference_open":
                self._open_note(token)
            elif token.type == "footnote_reference_close":
                self._close_note()
            elif token.type == "inline" and token.map:
                self._block(token)

    def _block(self, token: Token) -> None:
        """Write one block, and below it the notes that stand in it."""
        first, last = token.map or (0, 0)
        self.locator.seek(first + 1)
        self.locator.fence(last + 1)
        start = self.scribe.offset
        if self.number and not self.note:
            self._copy(self.number)
            self.scribe.write(" ")
            self.words[start] = self.scribe.offset
        self.number = ""
        self._inline(token.children or [])
        span = Span(start, self.scribe.offset)
        self.scribe.write("\n\n")
        if not self.note:
            (self.headings if self.heading else self.blocks).append(span)
        if self.heading == "h1" and not self.note:
            self.title = self.title or span
        self._write_pending()

    # --- pieces -------------------------------------------------------------------------

    def _copy(self, content: str, written: str | None = None) -> Span:
        """Write `content`, which the file has as `written`."""
        return self.scribe.write(content, self.locator.find(written or content))

    def _inline(self, children: Sequence[Token]) -> None:
        """Write the pieces of one block."""
        opened: list[tuple[str, int]] = []
        raised = False
        for token in children:
            if token.type in {"link_open", "em_open"}:
                opened.append((str(token.attrs.get("href", "")), self.scribe.offset))
            elif token.type in {"link_close", "em_close"} and opened:
                self._close(token.type, *opened.pop())
            elif token.type == "html_inline":
                self.locator.find(token.content)
                raised = token.content.lower().startswith("<sup")
            elif raised and token.type == "text" and token.content.strip().isdecimal():
                self._copy(token.content.strip().translate(TO_SUPERSCRIPT), token.content)
            else:
                self._piece(token)

    def _piece(self, token: Token) -> None:
        """Write a token that has text of its own."""
        if token.type == "text_special":
            self._copy(token.content, token.markup)
        elif token.type in {"softbreak", "hardbreak"}:
            self.locator.skip(NEWLINE)
            self.scribe.write("\n")
        elif token.type == "code_inline":
            self.code.append(self._copy(token.content))
        elif token.type == "footnote_ref":
            self._cite(token)
        elif token.type == "image":
            self.locator.skip(IMAGE)
            self.locator.skip(TARGET)
        elif token.content:
            self._copy(token.content)

    def _close(self, kind: str, href: str, start: int) -> None:
        """Keep the address of a link, and what a note sets in italics or links."""
        span = Span(start, self.scribe.offset)
        is_web = bool(WEB.match(href))
        if kind == "link_close":
            self.locator.skip(TARGET)
        if self.note:
            if is_web:
                self.note.urls.append(href)
            if span.start < span.end and (kind == "em_close" or is_web):
                self.note.emphasis = self.note.emphasis or span
        elif is_web and span.start < span.end and not self.heading:
            self.links.append((href, span))

    # --- notes --------------------------------------------------------------------------

    def _open_note(self, token: Token) -> None:
        self.locator.seek((token.map or [0])[0] + 1)
        self.locator.fence((token.map or [0, 0])[1] + 1)
        written = f"[^{token.meta['label']}]:"
        start = self._copy(written).start
        self.note = _Draft(read_label(token.meta["label"]), start, self.scribe.offset)

    def _close_note(self) -> None:
        if self.note:
            self.note.end = max(self.note.body, self.scribe.offset - len("\n\n"))
            self.drafts.append(self.note)
        self.note = None

    def _cite(self, token: Token) -> None:
        """Write the marker of a note; a note in its sentence waits until the block is done."""
        label = token.meta.get("label")
        if label is not None:
            self.markers.append(Marker(read_label(label), self._copy(f"[^{label}]")))
            return
        inline = self.inline_notes[token.meta["id"]]
        self.inline_count += 1
        label = f"inline-{self.inline_count}"
        self.markers.append(Marker(label, self._copy(f"[^{label}]", "^[")))
        self.pending.append(_Pending(label, inline["tokens"], self.locator.cursor))
        self.locator.find(inline["content"] + "]")

    def _write_pending(self) -> None:
        """Write the notes that stood in the sentences of the block above."""
        pending, self.pending = self.pending, []
        enclosing = self.note
        for label, tokens, cursor in pending:
            onward, self.locator.cursor = self.locator.cursor, cursor
            self.note = _Draft(label, self.scribe.offset, self.scribe.offset)
            self._inline(tokens)
            self.scribe.write("\n\n")
            self._close_note()
            self.locator.cursor = onward
        self.note = enclosing

    # --- the whole ----------------------------------------------------------------------

    def manuscript(self, declared_title: str | None) -> Manuscript:
        """Return what was written, with hand-typed notes and markers found in it."""
        text = self.scribe.text()
        typed = find_notes(text, self.blocks)
        by_hand, paragraphs = place_markers(text, typed)
        taken = sorted(s.start for s in (*self.code, *(m.span for m in self.markers)))
        markers = self.markers + [m for m in by_hand if not holds(taken, m.span)]
        places = sorted(m.span.start for m in markers)
        paragraphs += [h for h in self.headings if holds(places, h)]
        notes = [d.note(text) for d in self.drafts] + list(typed.notes)
        add_links(self.links, text, markers, notes)
        return Manuscript(
            text=text,
            anchors=self.scribe.anchors(),
            paragraphs=tuple(
                sorted((self._without_number(p) for p in paragraphs), key=lambda p: p.start)
            ),
            markers=tuple(markers),
            notes=tuple(sorted(notes, key=lambda n: n.span.start)),
            title=declared_title or self._heading(text),
        )

    def _without_number(self, paragraph: Span) -> Span:
        return Span(self.words.get(paragraph.start, paragraph.start), paragraph.end)

    def _heading(self, text: str) -> str | None:
        return tidy(text[self.title.start : self.title.end]) or None if self.title else None
