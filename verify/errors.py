"""
The exceptions of `verify`.

* VerifyError             has `.hint`, the next thing for the user to try
  x InputError            exit 2: the user can mend it in a file or a flag
    + ArticleError        the article cannot be read
    + SourcesError        sources.yaml is not what its schema says
    + ReviewsError        a reviews.yaml is not as `verify audit` writes it
    + SettingsError       a flag, an environment variable, verify.toml or [tool.verify]
  x ModelError            exit 2: a model or translation package is missing or damaged
  x StoreError            recorded evidence cannot be written, or was altered
  x FetchError            never leaves the pipeline: becomes an `Attempt`
  x ExtractError          never leaves the pipeline: becomes an `Attempt`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify.model import Failure


MAX_TOLD = 120
"""
Characters of a parser's own words that a message repeats: some quote the file, which may not be
what it should be.
"""


class VerifyError(Exception):
    """The base of every error that `verify` raises on purpose."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        """Say what happened in `message`, and what to try next in `hint`."""
        super().__init__(message)
        self.hint = hint


class InputError(VerifyError):
    """Something that the user gave us cannot be used as it stands."""


class ArticleError(InputError):
    """The article cannot be read."""


class SourcesError(InputError):
    """A sources.yaml is not what its schema says."""


class ReviewsError(InputError):
    """A reviews.yaml cannot be read or written."""


class SettingsError(InputError):
    """A flag, an environment variable or a settings file is wrong."""


class ModelError(VerifyError):
    """A model or a translation package is missing, damaged or not what it says it is."""


class StoreError(VerifyError):
    """Recorded evidence cannot be written, or is not what was recorded."""


class FetchError(VerifyError):
    """A source's bytes could not be had; `failure` says in which way."""

    def __init__(
        self,
        message: str,
        *,
        failure: Failure,
        status: int | None = None,
        redirects: tuple[str, ...] = (),
        hint: str | None = None,
    ) -> None:
        """Keep what the server said: `status` is its HTTP status, `redirects` the way there."""
        super().__init__(message, hint=hint)
        self.failure = failure
        self.status = status
        self.redirects = redirects
        self.days = 1
        """On how many days, this one included, it failed so."""


class ExtractError(VerifyError):
    """A snapshot's text could not be read; `failure` says in which way."""

    def __init__(self, message: str, *, failure: Failure) -> None:
        """Name the kind of failure, so that rules can tell an empty page from a binary."""
        super().__init__(message)
        self.failure = failure
