"""Manuscript -> Article: the one place where notes are read and markers become claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.article.claims import find_claims
from verify.article.footnotes import read_notes
from verify.article.remarks import suppressions
from verify.language import identify
from verify.model import UNDETERMINED, Article, Language, Span

if TYPE_CHECKING:
    from pathlib import Path

    from verify.article.manuscript import Manuscript

# A few paragraphs settle the language of an article; more only cost time.
SAMPLE_LENGTH = 4000


def assemble(path: Path, manuscript: Manuscript) -> Article:
    """Return the article that a manuscript is."""
    places: dict[str, list[Span]] = {}
    for marker in manuscript.markers:
        places.setdefault(marker.label, []).append(marker.span)
    citations, quotations = find_claims(manuscript)
    return Article(
        path=path,
        text=manuscript.text,
        anchors=manuscript.anchors,
        references=read_notes(manuscript.notes, places),
        citations=citations,
        quotations=quotations,
        title=manuscript.title,
        language=_language(manuscript),
        suppressions=suppressions(path, manuscript),
    )


def _language(manuscript: Manuscript) -> Language:
    """Return the language of the body: of its paragraphs, or of all text where there is none."""
    pieces: list[str] = []
    length = 0
    for span in manuscript.paragraphs or (Span(0, SAMPLE_LENGTH),):
        piece = manuscript.text[span.start : min(span.end, span.start + SAMPLE_LENGTH)]
        pieces.append(piece)
        length += len(piece)
        if length >= SAMPLE_LENGTH:
            break
    sample = "\n".join(pieces)
    if not any(c.isalpha() for c in sample):
        return UNDETERMINED
    return identify.identify(sample, manuscript.language).language
