"""
What writers tell `verify` in their article: `<!-- verify: ignore[QUO002] reason -->`.

The same comment serves plain text, Markdown and HTML; in DOCX it is a comment of the word
processor. It is no part of the article's text. One that stands in a paragraph or a note speaks
for that; one on a line of its own speaks for the paragraph or note that follows it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from verify.article.manuscript import line_starts, tidy
from verify.model import Position, Suppression

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from verify.article.manuscript import Manuscript
    from verify.model import Anchor

Place: TypeAlias = tuple[int, int]
"""A line and a column, which compare as places in a file do."""

# A reason is a sentence or two. A comment that was never closed ends here too, and the search
# for its end stays linear in the length of the article. The patterns below say the same number.
LONGEST = 1000

COMMENT = re.compile(
    r"<!--[^\S\n]{0,20}\n?[^\S\n]{0,20}verify:(?P<said>(?:(?!-->|<!--).){0,1000})-->",
    re.DOTALL | re.IGNORECASE,
)
# In Markdown, code shows such a comment and does not make it.
CODE = re.compile(
    r"^[^\S\n]{0,3}(?P<fence>`{3,40}|~{3,40})[^\n]*\n"
    r"(?:(?![^\S\n]{0,3}(?P=fence))[^\n]*\n)*[^\n]*"
    r"|(?<!`)(?P<ticks>`{1,9})(?!`)[^\n]{1,1000}?(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE,
)
# What HTML keeps between these is text or program, and no comment.
RAW = re.compile(
    r"<(script|style|textarea|template)\b[^>]{0,2000}>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
ORDER = re.compile(
    r"\s*ignore(?P<whole>-file)?\s*\[(?P<codes>[^\[\]\n]{0,200})\](?P<rest>.*)",
    re.DOTALL | re.IGNORECASE,
)
UNTIL = re.compile(r"(?<!\S)until\s?[=:]\s?(?P<day>\S{1,40})", re.IGNORECASE)

FORM = "write `verify: ignore[CODE] why`"


class Remark(NamedTuple):
    """What one comment says behind `verify:`, and where in the file it stands."""

    said: str
    position: Position


# --- finding them -------------------------------------------------------------------------


def in_text(text: str) -> tuple[Remark, ...]:
    """Return the remarks of a plain text."""
    return tuple(_remarks(text, ()))


def in_markdown(text: str) -> tuple[Remark, ...]:
    """Return the remarks of Markdown, without those that code shows."""
    return tuple(_remarks(text, [m.span() for m in CODE.finditer(text)]))


def in_html(text: str) -> tuple[Remark, ...]:
    """Return the remarks of a page, without those that stand in scripts."""
    return tuple(_remarks(text, [m.span() for m in RAW.finditer(text)]))


def blanked(text: str) -> str:
    """Return a plain text with spaces in place of its remarks, so that offsets hold."""
    return COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def without(text: str) -> str:
    """
    Return Markdown with its remarks taken out, line by line as it was.

    Left where it is, a comment at the head of a line would hide the sentence behind it, which
    Markdown then takes for HTML.
    """
    hidden = [m.span() for m in CODE.finditer(text)]

    def taken(match: re.Match[str]) -> str:
        return match[0] if _is_in(match.start(), hidden) else "\n" * match[0].count("\n")

    return COMMENT.sub(taken, text)


def _remarks(text: str, hidden: Sequence[tuple[int, int]]) -> Iterator[Remark]:
    starts = line_starts(text)
    for match in COMMENT.finditer(text):
        if not _is_in(match.start(), hidden):
            line = bisect_right(starts, match.start())
            column = match.start() - starts[line - 1] + 1
            yield Remark(match["said"], Position(line, column))


def _is_in(offset: int, spans: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(spans, offset, key=lambda s: s[0]) - 1
    return at >= 0 and spans[at][0] <= offset < spans[at][1]


def order_of(comment: str) -> str | None:
    """Return what a word processor's comment tells us, if it is for us."""
    name, colon, said = comment.partition(":")
    return said[:LONGEST] if colon and name.strip().lower() == "verify" else None


# --- reading them -------------------------------------------------------------------------


def suppressions(path: Path, manuscript: Manuscript) -> tuple[Suppression, ...]:
    """Read the remarks of a manuscript: one suppression for each code that they name."""
    blocks = _blocks(manuscript)
    return tuple(s for remark in manuscript.remarks for s in _read(path, remark, blocks))


def _read(
    path: Path, remark: Remark, blocks: Sequence[tuple[Place, Place]]
) -> Iterator[Suppression]:
    order = ORDER.fullmatch(remark.said.rstrip())
    if order is None:
        shown = tidy(remark.said)[:60]
        yield Suppression("", "", path, remark.position, fault=f"{shown!r} says nothing; {FORM}")
        return
    until, fault = _until(order["rest"])
    reason = tidy(UNTIL.sub(" ", order["rest"])).lstrip(":-–— ")
    codes = [code.strip() for code in order["codes"].split(",")]
    first, last = (None, None) if order["whole"] else _scope(remark.position, blocks)
    for code in dict.fromkeys(codes):
        yield Suppression(
            code, reason, path, remark.position, until, first=first, last=last, fault=fault
        )


def _until(text: str) -> tuple[date | None, str]:
    """Return the last day on which it holds, or what is wrong with it."""
    found = UNTIL.search(text)
    if found is None:
        return None, ""
    try:
        return date.fromisoformat(found["day"].rstrip(".,;")), ""
    except ValueError:
        return None, f"{found['day']!r} is no day; write until=2027-01-31"


def _blocks(manuscript: Manuscript) -> list[tuple[Place, Place]]:
    """Return where the paragraphs and the notes begin and end in the file."""
    spans = [*manuscript.paragraphs, *(n.span for n in manuscript.notes if not n.is_link)]
    offsets = [a.offset for a in manuscript.anchors]

    def place(offset: int) -> Place:
        return _place(manuscript.anchors, offsets, offset)

    return sorted((place(s.start), place(max(s.start, s.end - 1))) for s in spans)


def _place(anchors: Sequence[Anchor], offsets: Sequence[int], offset: int) -> Place:
    index = bisect_right(offsets, offset) - 1
    if index < 0:
        return (1, 1)
    anchor = anchors[index]
    return (anchor.line, anchor.column + offset - anchor.offset)


def _scope(position: Position, blocks: Sequence[tuple[Place, Place]]) -> tuple[Position, Position]:
    """
    Return the first and the last place that a remark speaks for.

    That is the block that it stands in, or behind on the same line; else the next one. With
    nothing below it, it speaks for its own place alone, and so for no finding.
    """
    here = (position.line, position.column)
    at = bisect_right(blocks, here, key=lambda b: b[0]) - 1
    if at >= 0 and (here <= blocks[at][1] or position.line == blocks[at][1][0]):
        found = blocks[at]
    elif at + 1 < len(blocks):
        found = blocks[at + 1]
    else:
        found = (here, here)
    return Position(*found[0]), Position(*found[1])
