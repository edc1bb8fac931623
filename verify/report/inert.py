"""Foreign text for Markdown as GitHub renders it: shown letter by letter, and obeyed nowhere."""

from __future__ import annotations

import re
from urllib.parse import quote

from verify.hosts import in_ascii, shown
from verify.report.visible import shortened, web_address
from verify.report.words import is_right_to_left

# CommonMark 0.31, section 6.2: an entity never begins or ends a structure. So each character
# that may mean something becomes one: those that do anywhere, those that do at the beginning
# of a block, and those of GitHub's automatic links.
_MARKUP = re.compile(
    r"[\\`*_\[\]<>&#|~$]|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]|:(?=//)|(?<=www)\.",
    re.IGNORECASE,
)
# GitHub looks for names and numbers after it has rendered the text, when entities are gone.
# An invisible space after the sign keeps it from telling people, closing issues and drawing
# little pictures.
_CALL = re.compile(r"[@#](?=\w)|(?<=\bGH)-(?=\d)|:(?=[\w+-]{1,40}:)", re.IGNORECASE)
_APART = "\u200b"
# Words of Hebrew, Arabic and their neighbours, with the digits and signs between them.
_LETTER = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]"
_RIGHT_TO_LEFT = re.compile(rf"{_LETTER}(?:[\W\d]{{0,9}}{_LETTER})*")


# No title, name or address is longer; a page's whole text in place of one is cut.
LONGEST = 2_000


def inert(text: str) -> str:
    """Show `text` on one line, whatever is in it. Also right between HTML tags."""
    return _inert(shortened(in_ascii(text[: 2 * LONGEST]), LONGEST))


def _inert(line: str) -> str:
    apart = _CALL.sub(lambda match: match[0] + _APART, line)
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", apart)


def prose(text: str, longest: int) -> str:
    """
    Show a passage of at most `longest` characters, in the direction of its first letter.

    That is rule P2 of the Unicode Standard Annex 9. Words that run the other way are set apart.
    """
    line = shortened(text[: 8 * longest], longest)
    first = next((c for c in line if c.isalpha()), "")
    if is_right_to_left(first):
        return _turned(line)
    pieces, at = [], 0
    for run in _RIGHT_TO_LEFT.finditer(line):
        pieces += [_inert(line[at : run.start()]), _turned(run[0])]
        at = run.end()
    return "".join([*pieces, _inert(line[at:])])


def _turned(text: str) -> str:
    return f'<span dir="rtl">{_inert(text)}</span>'


def link(text: str, url: str) -> str:
    """Link `text` to `url` where that is an address of the web, and else show both."""
    safe, text = web_address(in_ascii(url)), shown(text)
    if safe is None:
        return f"{prose(text, LONGEST)} ({inert(url)})" if url and url != text else inert(text)
    # What could end the target, the cell or the attribute is percent-encoded.
    target = quote(safe, safe="%/:?#@&=;,+~$*._-", errors="replace").replace("&", "&amp;")
    return f'<a href="{target}">{prose(text, LONGEST)}</a>'
