"""Plain text and Markdown: every paragraph is main text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verify.errors import ExtractError
from verify.extract.blocks import MAX_CHARACTERS, clean, spans_of
from verify.extract.charset import decode
from verify.model import Extraction, Failure

if TYPE_CHECKING:
    from verify.model import Snapshot

HEADING = re.compile(r"#{1,6}\s")


class PlainExtractor:
    """Reads text as it stands."""

    media_types = frozenset({"text/plain", "text/markdown", "text/x-markdown"})

    def extract(self, snapshot: Snapshot) -> Extraction:
        """Return one paragraph a line: lines that follow each other directly are joined."""
        raw, encoding = decode(snapshot.body, snapshot.charset)
        if len(raw) > MAX_CHARACTERS:
            raise ExtractError(
                f"the text has {len(raw)} characters; more than {MAX_CHARACTERS} are not read",
                failure=Failure.TOO_LARGE,
            )
        paragraphs = [p for p in map(clean, _paragraphs(raw)) if p]
        if not paragraphs:
            raise ExtractError("the text is empty", failure=Failure.EMPTY)
        main = tuple(spans_of(paragraphs))
        return Extraction("\n".join(paragraphs), main, title=_title(raw), encoding=encoding)


def _paragraphs(raw: str) -> list[str]:
    """Split at empty lines and before each heading or list item."""
    paragraphs: list[list[str]] = [[]]
    for line in raw.splitlines():
        begins = HEADING.match(line) or line.lstrip().startswith(("- ", "* ", "• "))
        if not line.strip() or begins:
            paragraphs.append([])
        paragraphs[-1].append(line)
        if HEADING.match(line):
            paragraphs.append([])
    return [" ".join(lines) for lines in paragraphs]


def _title(raw: str) -> str | None:
    """Return the heading that a Markdown file begins with."""
    first = next((line for line in raw.splitlines() if line.strip()), "")
    return clean(first.lstrip("#"))[:300] if HEADING.match(first) else None
