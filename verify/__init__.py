"""
Check that the sources an article cites say what the article says they say.

    import verify

    report = verify.check_article("article.md")
    verdict = verify.check_claim("Exports rose by 4 percent.", source_text)
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from verify.model import Outcome, Report, Verdict

if TYPE_CHECKING:
    import os

    from verify.judge.verdict import Examiner

__all__ = ["Outcome", "Report", "Verdict", "__version__", "check_article", "check_claim"]

__version__ = "0.1.0"


def check_article(
    path: str | os.PathLike[str],
    sources: str | os.PathLike[str] | None = None,
    **settings: Any,
) -> Report:
    """
    Check every citation of the article at `path`.

    `sources` names a sources.yaml; without it the one beside the article or above is taken.
    `settings` are those of `docs/settings.md`, with underscores. Raises `InputError`.
    """
    from pathlib import Path

    from verify import pipeline
    from verify.settings import load

    with pipeline.opened(load(settings, {})) as verifier:
        return verifier.check(Path(path), Path(sources) if sources is not None else None)


def check_claim(claim: str, source_text: str, quote: str | None = None) -> Verdict:
    """
    Judge one claim against a text, without fetching anything.

    Where `quote` is given, the text must say those words. For each piece of evidence,
    `source_text[e.span.start:e.span.end] == e.text`.
    """
    from verify import pipeline

    return pipeline.check_text(_examiner(), claim, source_text, quote=quote)


@cache
def _examiner() -> Examiner:
    """Return the examiner that every call shares, so that models load once."""
    from verify import pipeline
    from verify.settings import load

    return pipeline.build_examiner(load({}, {}))
