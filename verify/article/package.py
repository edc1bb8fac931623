"""The zip of an article that is a DOCX."""

from __future__ import annotations

from verify import zips
from verify.errors import ArticleError
from verify.zips import Element, W

__all__ = ["Element", "Package", "W"]

SAVE_AGAIN = "open it in a word processor and save it again as .docx"


class Package(zips.Package):
    """The members of a DOCX; `name` is what errors call it."""

    def __init__(self, body: bytes, name: str) -> None:
        """Open the zip, or say that it is none."""
        self._name = name
        super().__init__(body)

    def failed(self, reason: str) -> ArticleError:
        """Return an error with the file's name."""
        return ArticleError(f"cannot read {self._name}: {reason}", hint=SAVE_AGAIN)
