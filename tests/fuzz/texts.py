"""Texts that look enough like notes, pages and YAML to get deep into what reads them."""

from __future__ import annotations

from hypothesis import strategies as st

from tests import hostile

PIECES = (
    "“Salt”, Valley Gazette, https://gazette.example/salt, (Date of Accession: 11.01.2022).",
    "«گنجایش مخزن سد»، خبر دره، https://khabar.example/fa، (تاریخ دسترسی: ۲۰ فروردین ۱۴۰۰).",
    "Azimi, P. (2021, May 3). Water for all. Gazette.",
    "The dam was opened on 14 March 2021.[1]", "نماینده گفت که آب می‌آید.[۲]", "[^3]", "[^3]: ",
    "[1]", "[۱]", "¹", "(1)", "1. ", "[1, 2–5]", "Notes", "منابع", "* ", "> ", "# ", "---", "```",
    "“", "”", "«", "»", "‘", "’", '"', "'", "[…]", "...", "…", "\u200c", "\u200d", "\u200f", "ی",
    "ك", "ۀ", "۱۴۰۱/۰۸/۰۶", "28.10.2022", "Oct 28, 2022", "آبان ۱۴۰۱", "the 1930s", "۴۶ میلیون",
    "46,000.5", "not", "never", "نمی‌شود", "http://", "https://a.example/#:~:text=a", "doi:10.1/x",
    "<p>", "</p>", "<div class='nav'>", "<sup><a href='#n1' id='r1'>1</a></sup>", "<li id='n1'>",
    "<table><tr><td>", "<br>", "<!--", "-->", "<script>", "</script>", "<title>", "&amp;", "&#0;",
    "&nbsp;", "<meta charset=windows-1256>", "<article>", "<html lang=fa>", "<time datetime=x>",
    "<script type='application/ld+json'>{\"@type\": \"Article\", \"datePublished\": \"2021\"}",
    "sources:\n", "  - note: 1\n", "    url: https://a.example/\n", "    accessed: ",
    "    quote: |\n",
    "    sha256: ", "- ", "? ", ": ", "&a ", "*a", "!!str ", "{", "}", "[", "]", "|\n", ">\n",
    "%TAG",
    "\n", "\n\n", "\t", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\ufeff", "\x00", "\ud800",
)  # fmt: skip


def texts(longest: int = 60) -> st.SearchStrategy[str]:
    """Return texts made of pieces of notes and pages, of payloads, and of anything else."""
    known = st.sampled_from((*PIECES, *PIECES, *hostile.SHORT))
    anything = st.text(max_size=12)
    repeated = st.builds(lambda p, n: p * n, known, st.integers(2, 40))
    return st.lists(st.one_of(known, known, known, anything, repeated), max_size=longest).map(
        "".join
    )


def writable(text: str) -> bytes:
    """Return the bytes of a text; half of a surrogate pair stays half."""
    return text.encode("utf-8", "surrogatepass")


def bodies() -> st.SearchStrategy[bytes]:
    """Return texts in several charsets, and bytes that are none."""
    charsets = st.sampled_from(("utf-8", "windows-1256", "utf-16", "utf-32-be", "iso-8859-1"))
    encoded = st.builds(lambda t, c: t.encode(c, "replace"), texts(), charsets)
    return st.one_of(encoded, encoded, texts().map(writable), st.binary(max_size=400))
