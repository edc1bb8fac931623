"""Check that the sources an article cites say what the article says they say."""

from __future__ import annotations

__version__ = "0.1.0"
