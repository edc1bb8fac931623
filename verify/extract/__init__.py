"""Snapshot -> Extraction: the text that a reader would see, with its metadata."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verify.errors import ExtractError
from verify.extract.html import HtmlExtractor
from verify.extract.plain import PlainExtractor
from verify.model import Failure

if TYPE_CHECKING:
    from verify.interfaces import Extractor
    from verify.model import Extraction, Snapshot

EXTRACTORS: tuple[Extractor, ...] = (HtmlExtractor(), PlainExtractor())

UNSAID = frozenset({"", "application/octet-stream", "application/x-unknown", "unknown/unknown"})
"""Media types that say nothing: the bytes decide (https://mimesniff.spec.whatwg.org/)."""

MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|div|p|table|h1|article|script)[\s>]",
    re.IGNORECASE,
)

SNIFF_REACH = 1_445
"""How far the MIME sniffing standard looks."""


def extract(snapshot: Snapshot) -> Extraction:
    """Read a snapshot by its media type, or raise `ExtractError` for a type that we cannot read."""
    media_type = snapshot.media_type
    if media_type in UNSAID:
        media_type = sniff(snapshot.body)
    for extractor in EXTRACTORS:
        if media_type in extractor.media_types:
            return extractor.extract(snapshot)
    what = "PDF is" if media_type == "application/pdf" else f"{media_type!r} is"
    raise ExtractError(f"{what} not read yet", failure=Failure.NOT_TEXT)


def sniff(body: bytes) -> str:
    """Return what bytes of an unsaid type are: HTML, a PDF, or else perhaps plain text."""
    head = body[:SNIFF_REACH].replace(b"\x00", b"")  # UTF-16 markup is markup, too
    if body.startswith(b"%PDF-"):
        return "application/pdf"
    return "text/html" if MARKUP.search(head) else "text/plain"
