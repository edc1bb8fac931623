"""What tells one place of a text from another that has the same words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from verify.language.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verify.model import Span

# How far around a place its words speak for it: a sentence or two to each side.
_NEAR = 200
_TERM = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What is known of the place that a quotation was taken from.

    `prefix` and `suffix` are the words around the quotation where it is used, `main` the
    spans of the text that are preferred.
    """

    prefix: str = ""
    suffix: str = ""
    main: Sequence[Span] = ()

    def speak_for(self, text: str, span: Span) -> tuple[bool, int, int]:
        """
        Return what speaks for a place; compare as it is.

        First that it is in the main text, then the words next to it that are next to the
        quotation too, then those that are merely near both.
        """
        before = _terms(text[max(0, span.start - _NEAR) : span.start])
        after = _terms(text[span.end : span.end + _NEAR])
        prefix, suffix = _terms(self.prefix[-_NEAR:]), _terms(self.suffix[:_NEAR])
        is_main = any(m.start <= span.start < m.end for m in self.main)
        adjacent = _shared(reversed(before), reversed(prefix)) + _shared(after, suffix)
        return is_main, adjacent, len({*before, *after} & {*prefix, *suffix})


NOWHERE = Surroundings()
"""Nothing is known of the place."""


def _terms(text: str) -> list[str]:
    """Return the words of a text in one spelling."""
    return _TERM.findall(fold(text).text)


def _shared(here: Iterable[str], there: Iterable[str]) -> int:
    """Count the words with which both begin."""
    pairs = zip(here, there, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
