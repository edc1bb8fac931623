"""Bytes -> text of an article, or an error that says what the file is instead."""

from __future__ import annotations

import codecs
import re

from verify.errors import ArticleError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
META_WITHIN = 4096

KINDS = (
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
)
SAVE_AS = "save the article as .docx, .html, .md or .txt and check that file"

# Text has hardly any control characters; of the files that we tried, photographs, programs
# and archives have more than 5 % of them in any 4 kB and texts in 8-bit charsets none.
MOST_CONTROLS = 0.02
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
SAMPLE = 65_536

# Share of unreadable characters among those outside ASCII up to which text is damaged UTF-8, as
# measured for the pages of sources (extract/charset.py): Arabic text in single bytes, read as
# UTF-8, loses at least 0.069.
MOST_LOST = 0.05


def decode(body: bytes, name: str) -> str:
    """
    Return the text of `body`, with every line break as a newline.

    The order is the one that read all of our test pages: byte order mark, UTF-8 (with a little
    damage), the charset that the page names, and windows-1256, in which old Persian pages are.
    """
    for magic, kind in KINDS:
        if body.startswith(magic):
            raise ArticleError(f"cannot read {name}: it is {kind}, not text", hint=SAVE_AS)
    text = _decoded(body)
    if len(CONTROLS.findall(text[:SAMPLE])) > MOST_CONTROLS * len(text[:SAMPLE]):
        raise ArticleError(f"cannot read {name}: it is binary, not text", hint=SAVE_AS)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(body: bytes) -> str:
    for mark, charset in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, errors="replace")
    text = body.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    if lost and lost > MOST_LOST * sum(not c.isascii() for c in text):
        return _declared(body) or body.decode("windows-1256", errors="replace")
    return text


def _declared(body: bytes) -> str | None:
    """Read the page in the charset that it names, where that is one that Python knows."""
    match = META_CHARSET.search(body[:META_WITHIN])
    try:
        return body.decode(match[1].decode("ascii"), errors="replace") if match else None
    except (LookupError, ValueError):  # no charset, or a codec of Python's that is none
        return None
