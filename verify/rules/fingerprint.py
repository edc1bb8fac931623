"""
What makes a fault the same fault in the next run.

A fingerprint is made of the rule's code, what the finding is about (the claim's words, the
note's title, an entry), and which source it concerns. So it stays when lines move, when a
paragraph is wrapped anew, when notes are renumbered and when a neighbouring sentence is
edited, and it changes with the claim itself or with the address that it cites: then the fault is
a new one, and somebody should look again. What the page at that address says is no part of it.

The article's path is left out. A file that is renamed keeps its baseline, and whoever tells
files apart does so already: GitHub joins a result's path to its fingerprint, and a baseline
belongs to its articles. What a message says is left out too: its numbers and its wording may
change from one version of verify to the next.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from verify.language.fold import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from verify.model import Finding, Flag, Position, Report, Source

# 64 bits: among 100,000 findings two are alike by accident once in 3 thousand million times.
LENGTH = 16


def fingerprint(code: str, subject: str, source: str = "", ordinal: int = 0) -> str:
    """
    Name the fault `code` in `subject`, as hex.

    `source` says which source it concerns; see `identity`. `ordinal` counts equal faults of
    one article, from 0.
    """
    parts = (code, normalise(subject), normalise(source), str(ordinal))
    digest = sha256("\x1f".join(parts).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:LENGTH]


def identity(source: Source) -> str:
    """
    Say which source this is, in words that outlive its note's number and its entry's id.

    Its address without the scheme: a note that moves from http to https, or whose source gets
    an entry in sources.yaml, still cites the same page.
    """
    for url in source.urls:
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.netloc:
            query = f"?{parts.query}" if parts.query else ""
            return parts.netloc.lower().removeprefix("www.") + parts.path.rstrip("/") + query
    return source.title or (source.id if source.in_yaml else "")


def stamped(report: Report, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Give each finding its subject and its fingerprint. They come in file order."""
    places = _Places.of(report)
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        subject, source = places.about(finding.flag)
        same = finding.code, normalise(subject), source
        yield replace(
            finding,
            # A rule's own severity for the flag has become the finding's.
            flag=replace(finding.flag, subject=subject, severity=None),
            fingerprint=fingerprint(finding.code, subject, source, seen[same]),
        )
        seen[same] += 1


@dataclass(frozen=True, slots=True)
class _Places:
    """What stands at the places that flags point to: its words, and its source."""

    labelled: dict[tuple[Path, Position, str | None], tuple[str, str]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    """Which source each note stands for."""

    @classmethod
    def of(cls, report: Report) -> _Places:
        """Look at every place of the article and of sources.yaml that a rule may point to."""
        places = cls()
        article = report.article
        for source in report.sources.values():
            known = identity(source)
            places.sources.update(dict.fromkeys(source.labels, known))
            label = source.labels[0] if source.labels else None
            named = source.title or known or source.id
            places.put(source.path, source.position, label, named, known)
        for note in article.references:
            place = article.position(note.span.start)
            places.put(article.path, place, note.label, note.title or note.raw)
        for quotation in article.quotations:
            place = article.position(quotation.span.start)
            places.put(article.path, place, None, quotation.text)
        for citation in article.citations:
            for span in (citation.marker, citation.span):
                place = article.position(span.start)
                places.put(article.path, place, citation.label, citation.claim.text)
        for verdict in report.verdicts:
            if verdict.citation:
                place = article.position(verdict.citation.span.start)
                key = article.path, place, verdict.citation.label
                # sources.yaml may have put other words in the place of the sentence's.
                places.labelled[key] = verdict.claim.text, places.sources.get(key[2], "")
        return places

    def put(
        self, path: Path, place: Position, label: str | None, text: str, source: str = ""
    ) -> None:
        """Note what stands at a place; what came first stays."""
        known = source or self.sources.get(label or "", "")
        self.labelled.setdefault((path, place, label), (text, known))

    def about(self, flag: Flag) -> tuple[str, str]:
        """Return what a flag is about, and which source it concerns."""
        text, source = self.labelled.get(
            (flag.path, flag.position, flag.label),
            (flag.message, self.sources.get(flag.label or "", "")),
        )
        return flag.subject or text, source
