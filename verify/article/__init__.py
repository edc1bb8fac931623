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
    return assemble(path, manuscript)


def _load(path: Path) -> bytes:
    """Return the bytes of the file."""
    try:
        if path.is_dir():
            raise ArticleError(
                f"cannot read {path}: it is a folder", hint=f"name the articles: {path}/*.md"
            )
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
