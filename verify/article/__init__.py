"""A file -> Article: what the article says, and which note each sentence leans on."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from verify.article import remarks
from verify.article.assembly import assemble
from verify.article.decoding import decode
from verify.article.plain import read_plain
from verify.errors import ArticleError

if TYPE_CHECKING:
    from pathlib import Path

    from verify.article.manuscript import Manuscript
    from verify.model import Article

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
HTML = frozenset({".html", ".htm", ".xhtml", ".xht"})
ZIP_MAGIC = b"PK\x03\x04"

# The Bible has 4.5 MB of text; a file this large is no article.
LARGEST_FILE = 64 * 1024 * 1024

# A scholarly book has about 3,000 notes, and each may be cited again. Ten thousand of either take
# ten seconds to read, and what grows faster than their number takes no more.
MOST_NOTES = 10_000
MOST_CITATIONS = 10_000

# The longest notes of law reviews have about 5,000 characters; ten times that is no note.
LONGEST_NOTE = 50_000


def read(path: Path) -> Article:
    """
    Read the article at `path`, of the format that its name and its first bytes say.

    Raises `ArticleError` where there is no article to read.
    """
    body = _load(path)
    manuscript = _manuscript(path, body)
    if not manuscript.text.strip():
        raise ArticleError(
            f"{path} has no text", hint="check that the file was saved, and is the right one"
        )
    _check_bounds(path, manuscript)
    return assemble(path, manuscript)


def _check_bounds(path: Path, manuscript: Manuscript) -> None:
    """Refuse what no person wrote: the time of a run is not looked at within one article."""
    for name, count, most in (
        ("notes and links", len(manuscript.notes), MOST_NOTES),
        ("citations", len(manuscript.markers), MOST_CITATIONS),
    ):
        if count > most:
            raise ArticleError(
                f"cannot read {path}: it has {count} {name}, more than {most}",
                hint="split it into articles",
            )
    for note in manuscript.notes:
        if len(note.raw) > LONGEST_NOTE:
            raise ArticleError(
                f"cannot read {path}: note [{note.label[:60]}] is longer than "
                f"{LONGEST_NOTE} characters",
                hint="move what is no source out of the note",
            )


def _load(path: Path) -> bytes:
    """Return the bytes of the file."""
    try:
        if path.is_dir():
            raise ArticleError(f"cannot read {path}: it is a folder", hint="name one article in it")
        if path.stat().st_size > LARGEST_FILE:
            raise ArticleError(
                f"cannot read {path}: it is larger than {LARGEST_FILE >> 20} MB",
                hint="split it into articles",
            )
        body = path.read_bytes()
    except FileNotFoundError:
        raise ArticleError(f"cannot find {path}", hint=_hint_for(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ArticleError(f"cannot read {path}: {reason}", hint="check its permissions") from None
    if not body:
        raise ArticleError(f"{path} is empty", hint="check that the file was saved")
    return body


def _hint_for(path: Path) -> str:
    """Suggest the file that was likely meant."""
    try:
        names = [p.name for p in path.parent.iterdir() if p.is_file()]
    except OSError:
        return f"there is no folder {path.parent}"
    near = get_close_matches(path.name, names, n=1)
    return f"did you mean {path.parent / near[0]}?" if near else "check the name and the folder"


def _manuscript(path: Path, body: bytes) -> Manuscript:
    """Read the bytes as what they are; a zip is a DOCX whatever its name says."""
    suffix = path.suffix.lower()
    if suffix == ".docx" or body.startswith(ZIP_MAGIC):
        from verify.article.docx import read_docx

        return read_docx(body, str(path))
    text = decode(body, str(path))
    if suffix in HTML or _looks_like_html(text):
        from verify.article.html import read_html

        return replace(read_html(text), remarks=remarks.in_html(text))
    if suffix in MARKDOWN:
        from verify.article.markdown import read_markdown

        return replace(read_markdown(text), remarks=remarks.in_markdown(text))
    return replace(read_plain(remarks.blanked(text)), remarks=remarks.in_text(text))


def _looks_like_html(text: str) -> bool:
    start = text[:200].lstrip("\ufeff \n\t").lower()
    return start.startswith(("<!doctype html", "<html"))
