"""What every reader yields: the text as a person sees it, with its notes and markers in place."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify.model import Anchor, Language, Position, Span

if TYPE_CHECKING:
    import re

    from verify.article.remarks import Remark

# How far ahead a piece of text is looked for: past the longest address of a link.
REACH = 4096


@dataclass(frozen=True, slots=True)
class Marker:
    """
    A place of the text that points to a note.

    The words of an inline link belong to its sentence (`is_link`); a `[1]` does not.
    """

    label: str
    span: Span
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """
    One note as it stands: `raw` is its text without its label, on one line.

    `urls` are the addresses that its links lead to, and `emphasis` is what it sets in
    italics or links, which is its title where nothing stands in quotation marks.
    """

    label: str
    raw: str
    span: Span
    urls: tuple[str, ...] = ()
    emphasis: str | None = None
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Manuscript:
    """
    An article before its notes are understood and its claims are found.

    `paragraphs` are the blocks that may make claims, in order: no headings, notes, code
    or boilerplate. A line break inside one is a space to its reader.
    """

    text: str
    anchors: tuple[Anchor, ...]
    paragraphs: tuple[Span, ...]
    markers: tuple[Marker, ...] = ()
    notes: tuple[Note, ...] = ()
    title: str | None = None
    language: Language | None = None
    """What the file declares of itself, such as `<html lang>`."""
    remarks: tuple[Remark, ...] = ()
    """What the writer tells us in comments, which are no part of the text."""


class Scribe:
    """Writes the text of a manuscript, and keeps where in the file each piece came from."""

    def __init__(self) -> None:
        """Begin with an empty page."""
        self._pieces: list[str] = []
        self._anchors: list[Anchor] = []
        self.offset = 0

    def write(self, text: str, place: Position | None = None) -> Span:
        """Add `text`, which stands at `place` in the file, and say where it went."""
        span = Span(self.offset, self.offset + len(text))
        if text and place is not None:
            self._anchor(place)
        self._pieces.append(text)
        self.offset = span.end
        return span

    def _anchor(self, place: Position) -> None:
        """Keep an anchor where the last one does not lead to the same place by itself."""
        if self._anchors:
            last = self._anchors[-1]
            if last.line == place.line and place.column - last.column == self.offset - last.offset:
                return
        self._anchors.append(Anchor(self.offset, place.line, place.column))

    def text(self) -> str:
        """Return all that was written."""
        return "".join(self._pieces)

    def anchors(self) -> tuple[Anchor, ...]:
        """Return the way back to the file, by offset."""
        return tuple(self._anchors)


class Locator:
    """
    Finds again where in a file the pieces of its rendered text stand, always going forward.

    A piece that is not found (an entity hides it, say) costs its own place and no other's.
    """

    def __init__(self, source: str) -> None:
        """Index the lines of `source`."""
        self._source = source
        self._starts = line_starts(source)
        self.cursor = 0
        self.limit = len(source)

    def seek(self, line: int) -> None:
        """Go to the beginning of `line`, counted from 1, unless we are past it."""
        self.cursor = max(self.cursor, self._start(line))

    def fence(self, line: int) -> None:
        """Let no search pass the beginning of `line`."""
        self.limit = self._start(line)

    def _start(self, line: int) -> int:
        index = max(line, 1) - 1
        return self._starts[index] if index < len(self._starts) else len(self._source)

    def find(self, piece: str) -> Position | None:
        """Return where `piece` stands next, and go behind it."""
        end = min(self.limit, self.cursor + len(piece) + REACH)
        at = self._source.find(piece, self.cursor, end)
        if at < 0:
            return None
        self.cursor = at + len(piece)
        line = bisect_right(self._starts, at)
        return Position(line, at - self._starts[line - 1] + 1)

    def skip(self, pattern: re.Pattern[str], reach: int = REACH) -> None:
        """Go behind the next match of `pattern`."""
        match = pattern.search(self._source, self.cursor, min(self.limit, self.cursor + reach))
        if match:
            self.cursor = match.end()


def line_starts(text: str) -> list[int]:
    """Return the offset at which each line of `text` begins; only a newline ends a line."""
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


def tidy(text: str) -> str:
    """Return `text` on one line, with single spaces; a ZWNJ is no space and stays."""
    return " ".join(text.split())


def add_links(
    links: list[tuple[str, Span]], text: str, markers: list[Marker], notes: list[Note]
) -> None:
    """Make citations of inline links: one reference for each address, one marker for each link."""
    labels: dict[str, str] = {}
    for url, span in links:
        if url not in labels:
            labels[url] = f"link-{len(labels) + 1}"
            words = tidy(text[span.start : span.end])
            notes.append(Note(labels[url], words, span, (url,), is_link=True))
        markers.append(Marker(labels[url], span, is_link=True))
