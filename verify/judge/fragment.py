"""
The address that opens a page at a passage: `https://…#:~:text=first words,last words`.

Text fragments are specified by the WICG ("URL Fragment Text Directives"). A browser takes the
first place that fits, compares whole words whatever their case, and wants each of the up to
four pieces within one block. So the pieces here hold whole words of one line each, and a
piece grows until the first place that fits is the passage itself. Viewers of PDFs take the number
of a page (`#page=3`, RFC 8118), so that the passage is near even where they know no more.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag, urlsplit

from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Document

# Browsers' own generators quote up to 300 characters; in Persian each is six once encoded,
# and addresses have to fit in terminals and mails: two lines. What is longer is named by its
# two ends.
LONGEST_WHOLE = 160

# How many words name an end, and how many tell it from other places: the least that does.
_ENDS = (4, 8, 16)
_CONTEXTS = (0, 3, 8)

# Words are widened to the next space no further than this; Chinese and Thai have none.
_LONGEST_WORD = 40

# A place that so many others come before cannot be told from them by a few words.
_MOST_PLACES = 50

_WEB = frozenset({"live", "archive"})
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Directive:
    """What a browser looks for; `end` is empty where `start` is the whole passage."""

    start: str
    end: str = ""
    prefix: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        """Return it as the specification writes it."""
        pieces = [
            f"{_encoded(self.prefix)}-," if self.prefix else "",
            _encoded(self.start),
            f",{_encoded(self.end)}" if self.end else "",
            f",-{_encoded(self.suffix)}" if self.suffix else "",
        ]
        return f":~:text={''.join(pieces)}"


def fragment_address(document: Document, span: Span) -> str | None:
    """Return the address of a passage, or `None` where a browser cannot be sent there."""
    snapshot = document.snapshot
    address = snapshot.final_address
    if snapshot.via not in _WEB or not _is_web(address):
        return None
    chosen = directive(document.text, span)
    if chosen is None:
        return None
    page, own = urldefrag(address)
    number = document.extraction.page_at(span.start)
    own = own.partition(":~:")[0] or (f"page={number}" if number else "")
    return f"{page}#{own}{chosen}"


def directive(text: str, span: Span) -> Directive | None:
    """Return the shortest directive that leads to the passage, and to no place before it."""
    span = _whole_words(text, span)
    last = None
    for last in _directives(text, span):
        if _first_place(text, last) == span:
            return last
    return last


def _directives(text: str, span: Span) -> Iterator[Directive]:
    """Yield directives for a passage, the shorter first."""
    passage = text[span.start : span.end]
    if not any(c.isalnum() for c in passage):
        return
    is_whole = "\n" not in passage and len(_encoded(passage[: LONGEST_WHOLE + 1])) <= LONGEST_WHOLE
    for context in _CONTEXTS:
        prefix = _last_words(text[max(0, span.start - 400) : span.start], context)
        suffix = _first_words(text[span.end : span.end + 400], context)
        if is_whole:
            yield Directive(passage, "", prefix, suffix)
            continue
        for words in _ENDS:
            start, end = _first_words(passage, words), _last_words(passage, words)
            overlap = "\n" not in passage and len(start) + len(end) >= len(passage)
            yield Directive(*((passage, "") if overlap else (start, end)), prefix, suffix)


def _first_words(text: str, count: int) -> str:
    """Return the first words of the first line that has any."""
    line = text.strip().partition("\n")[0].strip()
    words = list(islice(_WORD.finditer(line), count))
    return line[: words[-1].end()] if words else ""


def _last_words(text: str, count: int) -> str:
    """Return the last words of the last line that has any."""
    line = text.strip().rpartition("\n")[2].strip()
    words = deque(_WORD.finditer(line), maxlen=count)
    return line[words[0].start() :] if words else ""


def _whole_words(text: str, span: Span) -> Span:
    """Widen a span to the spaces around it, so that no piece begins or ends within a word."""
    start, end = span.start, span.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    first, last = start, end
    while first > max(0, start - _LONGEST_WORD) and not text[first - 1].isspace():
        first -= 1
    while last < min(len(text), end + _LONGEST_WORD) and not text[last].isspace():
        last += 1
    return Span(first, last)


def _first_place(text: str, wanted: Directive) -> Span | None:
    """Return where a browser would end up, by the specification's search."""
    lowered = _lowered(text)
    for start in _places(lowered, wanted.start.lower()):
        end = start + len(wanted.start)
        before = lowered[max(0, start - 500) : start].rstrip()
        if not before.endswith(wanted.prefix.lower()):
            continue
        ends = [end]
        if wanted.end:
            found = _places(lowered, wanted.end.lower(), end)
            ends = [place + len(wanted.end) for place in found]
        for last in ends:
            if lowered[last : last + 500].lstrip().startswith(wanted.suffix.lower()):
                return Span(start, last)
    return None


def _places(text: str, piece: str, first: int = 0) -> Iterator[int]:
    """Yield where a piece stands as whole words."""
    place = first - 1
    for _ in range(_MOST_PLACES):
        place = text.find(piece, place + 1)
        if place < 0:
            return
        if not (_is_inside(text, place) or _is_inside(text, place + len(piece))):
            yield place


def _is_inside(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    return all(c.isalnum() or c in "_\u200c" for c in text[place - 1 : place + 1])


@lru_cache(maxsize=8)
def _lowered(text: str) -> str:
    """Return a text in lower case, letter for letter."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(map(_lower, text))


def _lower(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


def _encoded(piece: str) -> str:
    """Encode a piece: the directive's own signs `-`, `,` and `&` as well."""
    return quote(piece, safe="", errors="replace").replace("-", "%2D")


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_plain = address.isprintable() and " " not in address
    return is_plain and parts.scheme.lower() in {"http", "https"} and bool(parts.netloc)
