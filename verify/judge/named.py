"""The names of a claim, looked for in a passage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.judge.words import TERM, script
from verify.language.fold import normalise
from verify.language.names import entries_in, find_name, find_places, gazetteer
from verify.model import Fact, FactKind, FactOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.judge.reading import Reading
    from verify.language.names import NameMention
    from verify.model import Side

# A name is found where each of its words reaches this: see benchmarks/quality/judge.py,
# which measures finds and chance hits on FLORES pairs.
NAME_MATCHED = 0.72


def stands_in(name: NameMention, text: str) -> bool:
    """Whether `text` has the name, in its own script or in the other."""
    if name.entries & entries_in(text):
        return True
    return find_name(name.text, TERM.findall(normalise(text))) >= NAME_MATCHED


def compare_names(ours: Reading, theirs: Reading, side: Side) -> Iterator[Fact]:
    """Compare each name of the claim."""
    wanted = frozenset(entry for name in ours.names for entry in name.entries)
    for name in ours.names:
        if stands_in(name, theirs.text):
            yield Fact(FactKind.NAME, FactOutcome.MATCHED, name.text, None, side)
        elif rival := _other_of_its_kind(name, theirs, wanted):
            yield Fact(FactKind.NAME, FactOutcome.MISMATCHED, name.text, rival, side)
        elif name.entries or script(name.text) == "latin":
            yield Fact(FactKind.NAME, FactOutcome.MISSING, name.text, None, side)


def _other_of_its_kind(name: NameMention, theirs: Reading, wanted: frozenset[int]) -> str | None:
    """Return the one state or city that the passage names instead, if it is only one."""
    if name.kind != "place":
        return None
    others = [n for n in find_places(theirs.text) if not n.entries & wanted]
    same = {min(n.entries): n.text for n in others if _note(n) == _note(name)}
    return next(iter(same.values())) if len(same) == 1 else None


def _note(name: NameMention) -> str:
    return gazetteer()[min(name.entries)].note.split(" of ")[0]
