"""Who says it: the speaker that a claim names, compared with the passage's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.judge.named import stands_in
from verify.judge.words import is_common, script, terms
from verify.language.speech import find_speakers, has_unnamed_speaker
from verify.model import Fact, FactKind, FactOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.judge.reading import Reading
    from verify.language.speech import SpeakerMention
    from verify.model import Side


def compare_speakers(ours: Reading, theirs: Reading, side: Side) -> Iterator[Fact]:
    """
    Compare each speaker of the claim with those of the passage.

    Only another speaker of whom enough is known speaks against the claim: where the passage
    says "he said", or names nobody, there is nothing to compare.
    """
    facts = list(_compared(ours, theirs, side))
    # "an official said that the ministry promised": where one speaker agrees, the promise
    # inside is what was said, and the passage may tell it without a verb of saying.
    is_agreed = any(f.outcome is FactOutcome.MATCHED for f in facts)
    yield from (f for f in facts if f.outcome is FactOutcome.MATCHED or not is_agreed)


def _compared(ours: Reading, theirs: Reading, side: Side) -> Iterator[Fact]:
    others = find_speakers(theirs.text)
    is_open = has_unnamed_speaker(theirs.text)
    for speaker in find_speakers(ours.text):
        if not speaker.is_known:
            continue
        same = next((other for other in others if _is_same(speaker, other)), None)
        if same is not None:
            yield Fact(FactKind.SPEAKER, FactOutcome.MATCHED, speaker.text, same.text, side)
        elif others and not is_open and _is_none_of(speaker, others, theirs.text):
            text = others[0].text
            yield Fact(FactKind.SPEAKER, FactOutcome.MISMATCHED, speaker.text, text, side)


def _is_same(ours: SpeakerMention, theirs: SpeakerMention) -> bool:
    """Whether both share a title or a name, or within one language a word."""
    if ours.roles & theirs.roles:
        return True
    # the mayor of a town and its police share a place, and are two
    is_titled = bool(ours.roles and theirs.roles)
    ones, others = ([n for n in s.names if not (is_titled and n.kind == "place")]
                    for s in (ours, theirs))  # fmt: skip
    if any(stands_in(n, theirs.text) for n in ones) or any(stands_in(n, ours.text) for n in others):
        return True
    if is_titled:
        return False
    left, right = ({t for t in terms(s.text) if not is_common(t)} for s in (ours, theirs))
    return script(ours.text) == script(theirs.text) and bool(left & right)


def _is_none_of(speaker: SpeakerMention, others: Sequence[SpeakerMention], passage: str) -> bool:
    """
    Whether a speaker is surely none of the passage's.

    Each of them has another title; or is another place or body; or the passage names the
    speaker, and somebody else whom we know of speaks.
    """
    if not all(other.is_known for other in others):
        return False
    rest = passage
    for other in others:
        rest = rest.replace(other.text, " ")
    if any(stands_in(name, rest) for name in speaker.names):
        return True
    return all(_is_another(speaker, other) for other in others)


def _is_another(ours: SpeakerMention, theirs: SpeakerMention) -> bool:
    """Whether each has a title, or each is a place or body, and they share none."""
    if ours.roles and theirs.roles:
        return True
    ones, others = ({e for n in s.names for e in n.entries} for s in (ours, theirs))
    return bool(ones and others) and not (ours.roles or theirs.roles)
