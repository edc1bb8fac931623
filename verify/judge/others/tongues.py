"""
Which languages a model reads, so that none is shown another.

A model of English alone calls every Persian sentence unsupported. Scripts are told apart, not
languages: that is certain even in a short sentence, and it is what keeps Persian and English
apart here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify.judge.words import script

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ARABIC = frozenset(
    {
        "persian",
        "farsi",
        "dari",
        "arabic",
        "fa",
        "fas",
        "per",
        "pes",
        "prs",
        "ar",
        "ara",
        "ur",
        "ps",
        "ckb",
        "ug",
        "sd",
    }
)
ANY = frozenset({"multilingual", "multi"})
LATIN, PERSIAN = "latin", "arabic"

# The head of a model's card, as the hub writes it: YAML between two lines of dashes. Only the
# languages are read from it, in the two forms in which YAML writes a list, or as one value.
MOST_READ = 20_000
HEAD = re.compile(r"\A---[ \t\r]*\n(.*?)\n---", re.DOTALL)
VALUE = re.compile(
    r"^languages?:[ \t]*(\[[^\]\n]*\]|[^\n]*)\n?((?:[ \t]*-[^\n]*(?:\n|$))*)", re.MULTILINE
)
CODE = re.compile(r"[A-Za-z]{2,12}")


@dataclass(frozen=True)
class Tongues:
    """The languages that a model reads, and who says so."""

    languages: tuple[str, ...]
    is_assumed: bool = False
    """Whether nobody says it, so that it is taken for a model of English alone."""

    @property
    def scripts(self) -> frozenset[str]:
        """The scripts, of the two that we know, that the model may be shown."""
        known = set(self.languages)
        if known & ANY:
            return frozenset({LATIN, PERSIAN})
        found = {PERSIAN} if known & ARABIC else set()
        return frozenset(found | ({LATIN} if known - ARABIC else set()))

    def refuses(self, text: str) -> bool:
        """Whether a text is in a script that the model does not read."""
        found = script(text)
        return bool(found) and found not in self.scripts

    @property
    def shown(self) -> str:
        """The languages, for a sentence; of a long list the beginning."""
        some = ", ".join(self.languages[:6])
        return f"{some}, …" if len(self.languages) > 6 else some


def of(given: Iterable[str], card: Path) -> Tongues:
    """Return the languages that a person gives, or the model's card, or English alone."""
    named = tuple(code.strip().lower() for code in given if code.strip())
    if named:
        return Tongues(named)
    found = _on_card(card)
    return Tongues(found) if found else Tongues(("en",), is_assumed=True)


def _on_card(card: Path) -> tuple[str, ...]:
    try:
        with card.open(encoding="utf-8", errors="replace") as file:
            head = HEAD.search(file.read(MOST_READ))
    except OSError:
        return ()
    value = VALUE.search(head[1] + "\n") if head else None
    if value is None:
        return ()
    codes = (code.lower() for code in CODE.findall(f"{value[1]} {value[2]}"))
    return tuple(dict.fromkeys(codes))
