"""
PDF -> text, by a program that runs within bounds: poppler's pdftotext, else pdfminer.

Either one says which words stand where on each page; reading order, paragraphs and running
heads are worked out here, alike for both.
"""

from __future__ import annotations

import io
import math
import re
import shutil
import sys
import unicodedata
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from verify.errors import ExtractError
from verify.extract.blocks import MAX_CHARACTERS, clean
from verify.extract.ligatures import is_swapped, restored, words
from verify.extract.paper import Line, compose
from verify.extract.program import ProgramError, run
from verify.extract.visual import AS_TYPED, is_leftward, logical, mirrored, share_leftward
from verify.model import Extraction, Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.extract.visual import Mirror
    from verify.model import Snapshot

PDFTOTEXT = ("-q", "-bbox-layout", "-enc", "UTF-8", "-", "-")
MINER = ("-I", "-m", "verify.extract.miner")

ENCRYPTED = re.compile(rb"/Encrypt\s")

MOSTLY = 0.2
"""
Share of right-to-left letters from which the order of a PDF's text is called uncertain; chosen.
An English paper with a Persian name in it is below, a Persian one with English notes above.
"""

ORDER_IS_UNCERTAIN = (
    "the text was read from a PDF with right-to-left lines; the order of words, numbers and "
    "brackets within a line is not certain"
)
COLUMNS_ARE_UNCERTAIN = (
    "the PDF was read without pdftotext; columns and the parts of words may be out of order"
)

LIGATURES_ARE_UNCERTAIN = (
    "pdftotext wrote «ال» in place of every «لا» of this PDF; to have them told apart: "
    "pip install 'verify-sources[pdf]'"
)

JUNK_TITLE = re.compile(
    r"microsoft word|untitled|^document\d*$|\.(?:docx?|html?|pdf|indd|tex|qxd|rtf|odt)$|^https?:",
    re.IGNORECASE,
)
"""What word processors write where nobody gave a title."""


class PdfExtractor:
    """Reads PDF files."""

    media_types = frozenset({"application/pdf", "application/x-pdf"})

    def extract(self, snapshot: Snapshot) -> Extraction:
        """Return the text with its pages, or raise `ExtractError` that says what is missing."""
        body = snapshot.body
        if b"%PDF-" not in body[:1024]:
            raise ExtractError("it is called a PDF and is none", failure=Failure.NOT_TEXT)
        reader = reader_of()
        written = _read(reader.command, body)
        title, author = _about(written)
        lines = _in_order(list(_pages(written)))
        cautions = []
        if reader.name == "pdftotext" and is_swapped(_text(lines)):
            lines, is_restored = _restored(lines, body)
            cautions += [] if is_restored else [LIGATURES_ARE_UNCERTAIN]
        paper = compose(lines)
        if not any(c.isalnum() for c in paper.text):
            raise ExtractError(
                f"the PDF has no text layer ({len(paper.pages)} pages of pictures); "
                "it needs text recognition (OCR)",
                failure=Failure.EMPTY,
            )
        return Extraction(
            text=paper.text,
            main=paper.main,
            title=title,
            author=author,
            encoding="utf-8",
            pages=paper.pages,
            cautions=(*_cautions(reader, paper.text), *cautions),
        )


class Reader(NamedTuple):
    """A program that reads PDFs."""

    name: str
    command: tuple[str, ...]


def reader_of() -> Reader:
    """Return the best reader of PDFs that is installed, or say what to install."""
    program = shutil.which("pdftotext")
    if program:
        return Reader("pdftotext", (program, *PDFTOTEXT))
    if find_spec("pdfminer"):
        return Reader("pdfminer", (sys.executable, *MINER))
    raise ExtractError(
        "PDFs need a program that reads them: install pdftotext (poppler-utils), "
        "or: pip install 'verify-sources[pdf]'",
        failure=Failure.NOT_TEXT,
    )


def _read(command: Sequence[str], body: bytes) -> bytes:
    try:
        return run(command, body)
    except ProgramError as error:
        if ENCRYPTED.search(body):
            reason = "the PDF is encrypted and opens with a password only"
            raise ExtractError(reason, failure=Failure.NOT_TEXT) from error
        raise ExtractError(
            "the PDF is damaged, or asks for more memory than it is given",
            failure=Failure.NOT_TEXT,
        ) from error


def _cautions(reader: Reader, text: str) -> Iterator[str]:
    if share_leftward(text) >= MOSTLY:
        yield ORDER_IS_UNCERTAIN
    if reader.name == "pdfminer":
        yield COLUMNS_ARE_UNCERTAIN


# --- what the program wrote -------------------------------------------------------------


def _events(written: bytes, *tags: str) -> Iterator[Any]:
    from lxml import etree

    names = [f"{{*}}{tag}" for tag in tags]
    walker = etree.iterparse(
        io.BytesIO(written),
        events=("end",),
        tag=names,
        recover=True,  # words may hold characters that XML forbids
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        for _, element in walker:
            yield element
    except etree.XMLSyntaxError as error:
        raise ExtractError("the PDF's text is damaged", failure=Failure.NOT_TEXT) from error


def _about(written: bytes) -> tuple[str | None, str | None]:
    """Return the title and the author that the file's properties give."""
    head = written[:20_000].partition(b"</head>")[0] + b"</head></html>"
    title = author = None
    for element in _events(head, "title", "meta"):
        if element.get("name") == "Author":
            author = clean(element.get("content", "")[:300]) or None
        elif element.text:
            title = clean(element.text[:300])
    return (None if not title or JUNK_TITLE.search(title) else title), author


class _Word(NamedTuple):
    text: str
    left: float
    top: float
    right: float
    bottom: float


class _Row(NamedTuple):
    """A line as it is painted."""

    words: tuple[_Word, ...]
    column: tuple[float, float]

    @property
    def painted(self) -> str:
        return " ".join(word.text for word in self.words)


def _pages(written: bytes) -> Iterator[list[_Row]]:
    """Yield the rows of each page, in the order in which the program puts them."""
    size = 0
    for page in _events(written, "page"):
        rows = []
        for block in page.iter("{*}block"):
            column = _number(block, "xMin"), _number(block, "xMax")
            for line in block.iter("{*}line"):
                words = sorted(filter(_is_seen, map(_word, line)), key=lambda word: word.left)
                size += sum(len(word.text) + 1 for word in words)
                if words:
                    rows.append(_Row(tuple(words), column))
        if size > MAX_CHARACTERS:
            raise ExtractError("it has more text than is read", failure=Failure.TOO_LARGE)
        yield rows
        page.clear()


def _word(element: Any) -> _Word:
    places = (_number(element, name) for name in ("xMin", "yMin", "xMax", "yMax"))
    return _Word("".join((element.text or "").split()), *places)


def _is_seen(word: _Word) -> bool:
    """Let go what cannot be seen, and marks of vowels that stand apart from their letter."""
    return any(not unicodedata.combining(c) for c in clean(word.text))


def _number(element: Any, name: str) -> float:
    try:
        number = float(element.get(name, "0"))
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


# --- lines in reading order -------------------------------------------------------------


def _in_order(pages: Sequence[Sequence[_Row]]) -> list[list[Line]]:
    """Return each page's lines in reading order, brackets turned where the file has them so."""
    lines = [list(_lines(page, AS_TYPED)) for page in pages]
    mirror = mirrored([line.text for page in lines for line in page if line.is_leftward])
    return [list(_lines(page, mirror)) for page in pages] if mirror else lines


def _text(pages: Sequence[Sequence[Line]]) -> str:
    return "\n".join(line.text for page in pages for line in page)


def _restored(pages: list[list[Line]], body: bytes) -> tuple[list[list[Line]], bool]:
    """Tell «ال» from «لا» by pdfminer's words; return whether those were to be had."""
    if not find_spec("pdfminer"):
        return pages, False
    try:
        known = words(_text(_in_order(list(_pages(_read((sys.executable, *MINER), body))))))
    except ExtractError:
        return pages, False
    restore = [[replace(line, text=restored(line.text, known)) for line in p] for p in pages]
    return restore, True


def _lines(rows: Sequence[_Row], mirror: Mirror) -> Iterator[Line]:
    page = " ".join(row.painted for row in rows)
    is_page_leftward = share_leftward(page) > 0.5  # the most of it
    for row in rows:
        is_left = is_leftward(row.painted, is_page_leftward=is_page_leftward)
        text = logical(row.painted, is_leftward=is_left, mirror=mirror)
        first = row.words[-1 if is_left else 0]
        yield Line(
            text=SPLIT.sub("\u200c", text),
            left=row.words[0].left,
            top=min(word.top for word in row.words),
            right=max(word.right for word in row.words),
            bottom=max(word.bottom for word in row.words),
            column=row.column,
            first=first.right - first.left,
            is_leftward=is_left,
        )


SPLIT = re.compile(" ?\u200c ?")
"""A word that the program took for two, because a ZWNJ is painted as a gap."""
