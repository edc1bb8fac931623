"""Where a flag stands: in the article, or at a source's entry in sources.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.model import Document, Flag, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Article, Attempt, Citation, Reference, Report, Source, Verdict

# A message is one line of a terminal or of an annotation: this much of a title or an address
# says which one is meant, and a hostile page cannot fill the screen with it.
LONGEST_QUOTE = 60


def at_citation(article: Article, citation: Citation, message: str) -> Flag:
    """Point at a marker."""
    return Flag(message, article.path, article.position(citation.marker.start), citation.label)


def at_reference(
    article: Article, reference: Reference, message: str, confidence: float = 1.0
) -> Flag:
    """Point at the note's own text."""
    position = article.position(reference.span.start)
    return Flag(message, article.path, position, reference.label, confidence)


def at_source(source: Source, message: str, confidence: float = 1.0) -> Flag:
    """Point at the entry, or at the note where sources.yaml has none."""
    label = source.labels[0] if source.labels else None
    return Flag(message, source.path, source.position, label, confidence)


def at_verdict(report: Report, verdict: Verdict, message: str) -> Flag:
    """Point at the sentence that carries the claim, as sure as its verdict is."""
    citation, article = verdict.citation, report.article
    position = article.position(citation.span.start if citation else 0)
    confidence = 1.0 if verdict.confidence is None else verdict.confidence
    return Flag(message, article.path, position, citation.label if citation else None, confidence)


def source_of(report: Report, reference: Reference) -> Source | None:
    """Return the source that a note belongs to."""
    sources = report.sources.values()
    return next((s for s in sources if reference.label in s.labels), None)


def notes(article: Article) -> Iterator[Reference]:
    """Give the notes proper: an inline link has no text of its own to find fault with."""
    return (r for r in article.references if not r.is_link)


def documents(report: Report) -> Iterator[tuple[Source, Document]]:
    """Give each source that was read."""
    for source in report.sources.values():
        match report.readings.get(source.id):
            case Document() as document:
                yield source, document


def failures(report: Report) -> Iterator[tuple[Source, tuple[Attempt, ...]]]:
    """Give each source that could not be read, with every attempt at it."""
    for source in report.sources.values():
        match report.readings.get(source.id):
            case Unavailable(attempts=attempts):
                yield source, attempts


def quoted(text: str) -> str:
    """Shorten a text for a message, on one line and between quotation marks."""
    line = " ".join(text.split())
    if len(line) > LONGEST_QUOTE:
        line = line[: LONGEST_QUOTE - 1].rstrip() + "…"
    return f"“{line}”"
