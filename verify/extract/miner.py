"""
A program of its own: a PDF on standard input, its words and their places on standard output.

It stands in for poppler's `pdftotext -bbox-layout` where that is not installed, and writes what
that would. A process of its own can be stopped when a file takes it too long.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from verify.extract.visual import LEFTWARD_LETTER

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Read standard input, write standard output, or end with a traceback and status 1."""
    body = io.BytesIO(sys.stdin.buffer.read())
    output = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace")
    for piece in _written(body):
        output.write(piece)
    output.flush()


def _written(body: io.BytesIO) -> Iterator[str]:
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LAParams, LTTextBox

    yield f"<html><head>{_head(body)}</head><body><doc>\n"
    for page in extract_pages(body, laparams=LAParams()):
        yield "<page>"
        for box in page:
            if isinstance(box, LTTextBox):
                yield f"<block {_place(box, page.height)}>"
                yield from (_line(letters, page.height) for letters in _rows(box))
                yield "</block>\n"
        yield "</page>\n"
    yield "</doc></body></html>\n"


def _head(body: io.BytesIO) -> str:
    from pdfminer.pdfdocument import PDFDocument
    from pdfminer.pdfparser import PDFParser
    from pdfminer.utils import decode_text

    about = {k: v for info in PDFDocument(PDFParser(body)).info for k, v in info.items()}
    title, author = (
        decode_text(value) if isinstance(value := about.get(key), bytes) else ""
        for key in ("Title", "Author")
    )
    return f"<title>{_xml(title)}</title><meta name='Author' content={quoteattr(_xml(author))}/>"


WORD_MARGIN = 0.1
"""pdfminer's own: how much of a letter's size a gap between two words is, at least."""


def _rows(box: Any) -> list[list[Any]]:
    """
    Return the letters of each line.

    pdfminer takes a line for several where some letters stand a little higher; here, what
    overlaps by half is one line.
    """
    from pdfminer.layout import LTChar

    rows: list[list[Any]] = []
    low = high = 0.0
    for line in sorted(box, key=lambda line: -line.y1):
        letters = [each for each in line if isinstance(each, LTChar)]
        overlap = min(high, line.y1) - max(low, line.y0)
        if rows and 2 * overlap > min(high - low, line.height):
            rows[-1] += letters
        elif letters:
            rows.append(letters)
            low, high = line.y0, line.y1
    return rows


def _line(letters: list[Any], height: float) -> str:
    """Write a line's letters as words, from left to right as they are painted."""
    words: list[list[Any]] = [[]]
    end = 0.0
    for letter in sorted(letters, key=lambda c: c.x0):
        if letter.x0 - end > WORD_MARGIN * max(letter.width, letter.height) or _is_blank(letter):
            words.append([])
        if not _is_blank(letter):
            words[-1].append(letter)
        end = max(end, letter.x1)
    return f"<line>{''.join(_word(word, height) for word in words if word)}</line>"


def _is_blank(letter: Any) -> bool:
    return not letter.get_text().strip()


def _word(letters: list[Any], height: float) -> str:
    left, bottom = min(c.x0 for c in letters), min(c.y0 for c in letters)
    right, top = max(c.x1 for c in letters), max(c.y1 for c in letters)
    place = _attributes(left, right, height - top, height - bottom)
    return f"<word {place}>{_xml(''.join(map(_painted, letters)))}</word>"


def _painted(letter: Any) -> str:
    """Return a letter's text; a ligature of Arabic script names its letters as they are read."""
    text: str = letter.get_text()
    return text[::-1] if len(text) > 1 and LEFTWARD_LETTER.search(text) else text


def _place(box: Any, height: float) -> str:
    return _attributes(box.x0, box.x1, height - box.y1, height - box.y0)


def _attributes(left: float, right: float, top: float, bottom: float) -> str:
    return f'xMin="{left:.2f}" yMin="{top:.2f}" xMax="{right:.2f}" yMax="{bottom:.2f}"'


def _xml(text: str) -> str:
    return escape("".join(c for c in text if c >= " "))


if __name__ == "__main__":
    main()
