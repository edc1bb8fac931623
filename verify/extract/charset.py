"""Bytes -> text: which charset a page is really in, whatever it says of itself."""

from __future__ import annotations

import codecs
import re

from verify.errors import ExtractError
from verify.model import Failure

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # UTF-32 first: its little-endian mark begins with the one of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

SIGNATURES = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"\x89PNG": "a picture",
    b"GIF8": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a gzip archive",
    b"\x00\x00\x01\x00": "an icon",
    b"RIFF": "a sound, film or picture",
    b"ID3": "a sound",
    b"\x7fELF": "a program",
}

META_REACH = 4096
"""HTML asks for the first 1024 bytes; pages put scripts and styles before their meta."""

META = re.compile(
    rb"<meta[^>]{0,400}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})", re.IGNORECASE
)
XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})", re.IGNORECASE)

# What the label means in practice, where Python's codec of that name is another
# (https://encoding.spec.whatwg.org/#names-and-labels).
ALIASES = {
    "iso-8859-1": "windows-1252",
    "iso8859-1": "windows-1252",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "ansi": "windows-1252",
    "iso-8859-9": "windows-1254",
    "iso-8859-8-i": "iso-8859-8",
    "x-cp1256": "windows-1256",
    "x-cp1252": "windows-1252",
    "win-1256": "windows-1256",
    "windows1256": "windows-1256",
    "cp-1256": "windows-1256",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "tis-620": "cp874",
    "x-mac-farsi": "mac-farsi",
    "x-mac-arabic": "mac-arabic",
}

TEXT_CODECS = re.compile(
    r"(cp|iso8859|iso2022|gb|big5|euc|shift|mac|koi8|ptcp|tis|johab|hz|utf-?8|utf-?16|utf-?32)"
)
"""Codecs a page may ask for. Python has others (`idna`, `unicode_escape`) that are no charsets."""

WESTERN = frozenset({"cp1252", "iso8859-15"})

MAX_REPLACED = 0.05
"""
Share of unreadable characters among those outside ASCII up to which a charset still counts as
the right one with some damage. Arabic text in single bytes, read as UTF-8, Shift_JIS, GB, Big5
or EUC, loses at least 0.069 (13 texts of the development set); one cut letter is far below.
"""

MAX_CONTROLS = 0.01
"""Share of control characters from which bytes are no text; none of the test pages has any."""


def decode(body: bytes, transport: str | None = None) -> tuple[str, str]:
    """
    Return the text of `body` and the charset that it was read in.

    The order is that of the measurement which read ten pages of ten: byte order mark, strict
    UTF-8 (a last letter cut by a size cap is let go), the charset of the page's meta, that of
    the transport, then windows-1256. A western label (iso-8859-1 is what servers say by
    default) is believed only where the bytes look western; see `_looks_western`.
    """
    if not body:
        raise ExtractError("the page is empty", failure=Failure.EMPTY)
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return _checked(_replacing(body, encoding)), encoding
    _refuse_signatures(body)
    encoding = _wide(body) or ""
    if encoding:
        return _checked(_replacing(body, encoding)), encoding
    text = _utf8(body)
    if text is not None:
        return _checked(text), "utf-8"
    for label in (_in_page(body), transport):
        text, encoding = _by_label(body, label)
        if text is not None:
            return _checked(text), encoding
    encoding = "windows-1252" if _looks_western(body) else "windows-1256"
    return _checked(_replacing(body, encoding)), encoding


def _replacing(body: bytes, encoding: str) -> str:
    """Decode with the mark for what cannot be read; a torn last letter leaves none."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(body, final=False)


def _utf8(body: bytes) -> str | None:
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body, final=False)
    except UnicodeDecodeError:
        text = _replacing(body, "utf-8")
        return text if _is_sound(text) else None


def _is_sound(text: str) -> bool:
    """Whether little enough was lost (see `MAX_REPLACED`)."""
    lost = text.count("\ufffd")
    if not lost:
        return True
    foreign = sum(not c.isascii() for c in text)
    return lost <= MAX_REPLACED * foreign


def _in_page(body: bytes) -> str | None:
    head = body[:META_REACH]
    match = XML.match(head.lstrip()) or META.search(head)
    return match[1].decode("ascii", "replace") if match else None


def _by_label(body: bytes, label: str | None) -> tuple[str | None, str]:
    """Decode as `label` says, unless it is no charset or evidently wrong."""
    if label is None:
        return None, ""
    name = ALIASES.get(label.strip().lower(), label.strip().lower())
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None, ""
    if not TEXT_CODECS.match(codec) or (codec in WESTERN and not _looks_western(body)):
        return None, ""
    if codec.startswith(("utf-16", "utf-32")):
        # A label that was itself read as ASCII cannot be true.
        return None, ""
    text = _replacing(body, codec)
    return (text, name) if _is_sound(text) else (None, "")


BESIDE_ASCII = re.compile(rb"(?<=[A-Za-z])[\xc0-\xff]|[\xc0-\xff](?=[A-Za-z])")
LETTERS = re.compile(rb"[\xc0-\xff]")
NEITHER_IN_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def _looks_western(body: bytes) -> bool:
    """
    Tell windows-1252 from windows-1256.

    In a western word a letter outside ASCII has ASCII letters beside it; a word in Arabic
    script has none. So the page is western when at least half of those letters touch one.
    The five bytes that windows-1252 leaves undefined are پ چ ژ گ and ZWNJ in windows-1256.
    """
    if NEITHER_IN_1252.search(body):
        return False
    letters = len(LETTERS.findall(body))
    return 2 * len(BESIDE_ASCII.findall(body)) >= letters


def _wide(body: bytes) -> str | None:
    """
    Recognise UTF-16 and UTF-32 without a byte order mark, which Python's names give an order.

    ASCII and Arabic letters leave one byte of the two below 0x07 (0x00 or 0x06), always on
    the same side; markup alone makes that so for any page.
    """
    head = body[:META_REACH]
    if 0 not in head:
        return None
    quarters = [sum(b < 7 for b in head[i::4]) / max(1, len(head[i::4])) for i in range(4)]
    nulls = [head[i::4].count(0) / max(1, len(head[i::4])) for i in range(4)]
    # Nine in ten: all 54 wide texts in the development set have ten in ten.
    if nulls[2] > 0.9 and nulls[3] > 0.9:
        return "utf-32-le"
    if nulls[0] > 0.9 and nulls[1] > 0.9:
        return "utf-32-be"
    if min(quarters[1], quarters[3]) > 0.9:
        return "utf-16-le"
    if min(quarters[0], quarters[2]) > 0.9:
        return "utf-16-be"
    return None


def _refuse_signatures(body: bytes) -> None:
    for signature, what in SIGNATURES.items():
        if body.startswith(signature):
            raise ExtractError(f"not text, but {what}", failure=Failure.NOT_TEXT)


CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def _checked(text: str) -> str:
    """Return `text` without its mark and its nulls, or raise where it is evidently no text."""
    controls = len(CONTROLS.findall(text))
    if controls > max(MAX_CONTROLS * len(text), 2):
        raise ExtractError("not text, but binary data", failure=Failure.NOT_TEXT)
    return text.removeprefix("\ufeff").replace("\x00", "")
