"""Foreign text made safe to show: nothing in it may move the cursor or reorder what is read."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from verify.hosts import in_ascii

# Bidi embeddings, overrides and isolates (Unicode Standard Annex 9) can make a reader see
# another order than the one that was judged; C0 and C1 controls drive terminals; U+2028 and
# U+2029 break lines in some viewers; tag characters are invisible text. The non-joiner, the
# joiner and the plain marks U+200E, U+200F and U+061C belong to Persian and Arabic typing.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


# We indent the lines that follow a message's first. Any other line feed came in with a name or a
# label; a job's log would obey the line behind it if it began with `::` (GitHub Actions).
_FORGED = re.compile(r"\n(?!  [^\s:])")

# JSON text is indented with these; in its strings they are escaped already.
_LAYOUT = "\t\n\r"


def visible(text: str) -> str:
    """Show each control as a mark such as `⟨U+202E⟩`. Line feeds and tabs stay."""
    return _CONTROLS.sub(_mark, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Make `text` visible, on one line, and the hosts of its addresses plain (punycode)."""
    return " ".join(visible(in_ascii(text)).split())


def told(text: str) -> str:
    """Make what a command says visible: foreign text in it neither drives nor forges a line."""
    return visible(_FORGED.sub("⟨U+000A⟩", text.replace("\r\n", "\n")))


def shortened(text: str, longest: int) -> str:
    """Make a quoted `text` visible on one line of at most `longest` characters, as it is."""
    line = " ".join(visible(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def json_text(text: str) -> str:
    """
    Make JSON text that can be written and shown: the same data, with each control escaped.

    Half of a surrogate pair, as names of files may hold, is no text: it becomes U+FFFD.
    """
    return _CONTROLS.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character in _LAYOUT:
        return character
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def web_address(url: str) -> str | None:
    """Return `url` where it is safe to link to, and `None` for any other scheme."""
    if _CONTROLS.search(url) or any(c.isspace() for c in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in {"http", "https"} and parts.netloc else None


def _mark(match: re.Match[str]) -> str:
    return f"⟨U+{ord(match[0]):04X}⟩"
