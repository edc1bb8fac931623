"""Snapshot -> Extraction: the text that a reader would see, with its metadata."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verify.errors import ExtractError
from verify.extract.docx import DocxExtractor
from verify.extract.html import NEEDS_BROWSER, HtmlExtractor
from verify.extract.pdf import PdfExtractor
from verify.extract.plain import PlainExtractor
from verify.model import Failure

if TYPE_CHECKING:
    from verify.interfaces import Extractor
    from verify.model import Extraction, Snapshot

EXTRACTORS: tuple[Extractor, ...] = (
    HtmlExtractor(),
    PdfExtractor(),
    DocxExtractor(),
    PlainExtractor(),
)

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

UNSAID = frozenset(
    {"", "application/octet-stream", "application/x-unknown", "unknown/unknown",
     "application/zip", "application/x-zip-compressed", "application/msword",
     "application/force-download", "application/download", "binary/octet-stream"}
)  # fmt: skip
"""
Media types that say nothing, or what servers say of all that is to be downloaded: the bytes
decide (https://mimesniff.spec.whatwg.org/).
"""

MARKUP = re.compile(
    rb"<(?:!doctype\s+html|!--|html|head|body|title|meta|div|p|table|h[1-6]|article|main|section|"
    rb"script|style|iframe|font|center|ul|ol|blockquote|span|a|b|br)[\s>/-]",
    re.IGNORECASE,
)
"""The standard's own elements, and some with which saved fragments of pages begin."""

SNIFF_REACH = 1_445
"""How far the MIME sniffing standard looks."""


def extract(snapshot: Snapshot) -> Extraction:
    """Read a snapshot by its media type, or raise `ExtractError` for a type that we cannot read."""
    media_type = media_type_of(snapshot)
    for extractor in EXTRACTORS:
        if media_type in extractor.media_types:
            return extractor.extract(snapshot)
    raise ExtractError(f"{media_type!r} is not read yet", failure=Failure.NOT_TEXT)


def media_type_of(snapshot: Snapshot) -> str:
    """Return what the bytes are where they say so themselves, else what the server says."""
    found = sniff(snapshot.body)
    if found in {PDF, DOCX} or snapshot.media_type in UNSAID:
        return found
    if found == "text/html" and snapshot.media_type == PDF:
        return found  # a page that says why there is no PDF
    return snapshot.media_type


def unread(extraction: Extraction) -> ExtractError | None:
    """
    Return why nothing must be judged by this text, if it is not the article.

    What such a page says is no evidence, and what it does not say is none either.
    """
    if extraction.consent:
        reason = "the page asks for consent, or for a sign that we are human, and shows no article"
        return ExtractError(reason, failure=Failure.BLOCKED)
    if extraction.needs_browser:
        return ExtractError(NEEDS_BROWSER, failure=Failure.EMPTY)
    return None


def sniff(body: bytes) -> str:
    """Return what bytes of an unsaid type are: HTML, a PDF, a DOCX, or else perhaps plain text."""
    if body.startswith(b"%PDF-"):
        return PDF
    if body.startswith(b"PK\x03\x04") and b"word/document.xml" in body:
        return DOCX
    head = body[:SNIFF_REACH].replace(b"\x00", b"")  # UTF-16 markup is markup, too
    return "text/html" if MARKUP.search(head) else "text/plain"
