"""
Edits that change what a sentence says, by rule, in English and in Persian.

Every edit returns the new text, its kind, and how sure it is that the old text contradicts
the new (`CONTRADICTION`), or only that it does not entail it (`NOT_ENTAILED`). English comes
as it was typed, since capitals mark names; Persian comes folded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from training.judge import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

    Rule = Callable[[str, Random], "Edit | None"]

ENTAILMENT, NEUTRAL, CONTRADICTION, NOT_ENTAILED = 0, 1, 2, 3


@dataclass(frozen=True)
class Edit:
    """A changed sentence and what the change makes of it."""

    text: str
    kind: str
    label: int


_NUMBER = re.compile(r"(?<![\w\-./,:])\d[\d,]*(?:\.\d+)?(?![\w\-:/]|[.,]\d)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})?\b")

_AUXILIARY = r"is|are|was|were|can|could|will|would|should|must|did|does"
_PARTICIPLE = r"\w+ed|been|made|seen|taken|shown|become|given|gone|come|found|led|had|begun|won"
_AFFIRMED_EN = re.compile(
    rf"\b(?:{_AUXILIARY}|(?:has|have|had)(?= (?:{_PARTICIPLE})\b))\b(?! not\b|n't|n’t| never\b)"
)
_DENIED_EN = re.compile(
    rf"\b(?P<verb>{_AUXILIARY}|has|have|had|do|may|might)(?: not\b(?! only)|n['’]t\b)|\bcannot\b"
    rf"|\bnever (?=\w+ed\b)"
)
_SUBORDINATE_EN = re.compile(r"\b(?:that|which|who|if|when|while|although|because|where|what)\b")
_PAST_EN = re.compile(r"(?<=[a-z] )[a-z]{3,}ed(?= (?:the|a|an|to|in|his|her|their|its|that|on)\b)")
_IRREGULAR_PAST = re.compile(r"^(?:need|seed|speed|feed|indeed|hundred|breed)")

_STEMS_FA = "|".join(sorted(words.VERBS_FA, key=len, reverse=True))
_PARTICIPLES_FA = "|".join(words.PARTICIPLES_FA)
_NO_VERBS_FA = "|".join(words.NO_VERBS_FA)
_AFFIRMED_FA = re.compile(
    rf"\b(?:(?P<participle>{_PARTICIPLES_FA})(?=اند\b| است\b| بود\b| بودند\b| باشد\b| شد\b)"
    rf"|(?!(?:{_NO_VERBS_FA})\b)(?P<present>می\w{{2,}})"
    rf"|(?P<copula>است|هستند|هست)\b|(?P<verb>{_STEMS_FA})\b)"
)
_DENIED_FA = re.compile(
    rf"\b(?:(?P<present>نمی)(?=\w{{2,}})|(?P<copula>نیستند|نیست)\b"
    rf"|ن(?P<verb>(?:{_PARTICIPLES_FA})(?=اند\b| است\b| بود\b)|(?:{_STEMS_FA})\b))"
)
# Forms that look denied, and are other words: «نبرد» is a battle, «نگرد» and «نشود» are not here.
_NOT_DENIED_FA = {"نبرد", "نرسید", "نزد", "نگفته"}


def number(text: str, chance: Random) -> Edit | None:
    """Change a number that is written in digits."""
    found = list(_NUMBER.finditer(text))
    if not found:
        return None
    match = chance.choice(found)
    return _put(text, match, _other_number(match[0], chance), "number", CONTRADICTION)


def _other_number(old: str, chance: Random) -> str:
    plain = old.replace(",", "")
    if re.fullmatch(r"1[0-9]{3}|20[0-9]{2}", old):
        return str(int(old) + chance.choice([-1, 1]) * chance.randint(1, 14))
    digits = list(old)
    places = [i for i, digit in enumerate(digits) if digit.isdigit()]
    # Change the leading digit, or the next: a change in the last place of many may be rounding.
    place = places[0] if len(plain) == 1 or chance.random() < 0.6 else places[1]
    least = "1" if place == places[0] else "0"
    digits[place] = chance.choice([d for d in "0123456789" if d >= least and d != digits[place]])
    return "".join(digits)


def negation_en(text: str, chance: Random) -> Edit | None:
    """Deny an English sentence, or affirm a denied one."""
    if (match := _DENIED_EN.search(text)) and chance.random() < 0.8:
        affirmed = "can" if match[0] == "cannot" else match["verb"] or ""
        certain = match["verb"] not in {"may", "might"} and not _nested(text, match)
        return _put(text, match, affirmed, "negation", _contradicts(certain=certain))
    if match := _AFFIRMED_EN.search(text):
        if match.end() >= len(text) or text[match.end()] != " ":
            return None
        denied = chance.choice([" not", " not", "n't", " never"])
        if match[0] in {"can", "will"} and denied == "n't":
            denied = "not" if match[0] == "can" else " not"
        certain = not _nested(text, match)
        return _put(text, match, match[0] + denied, "negation", _contradicts(certain=certain))
    past = [m for m in _PAST_EN.finditer(text) if not _IRREGULAR_PAST.match(m[0])]
    if past:
        return _put(text, past[0], f"never {past[0][0]}", "negation", NOT_ENTAILED)
    return None


def _nested(text: str, match: re.Match[str]) -> bool:
    """Whether the verb stands in a clause under another."""
    return bool(_SUBORDINATE_EN.search(text, 0, match.start()))


def _contradicts(*, certain: bool) -> int:
    return CONTRADICTION if certain else NOT_ENTAILED


def negation_fa(text: str, chance: Random) -> Edit | None:
    """Deny a Persian sentence by its last verb, or affirm a denied one."""
    denied = [m for m in _DENIED_FA.finditer(text) if m[0] not in _NOT_DENIED_FA]
    if denied and chance.random() < 0.8:
        return _affirm(text, denied[-1])
    found = list(_AFFIRMED_FA.finditer(text))
    if not found:
        return None
    match = found[-1]
    new = {"است": "نیست", "هستند": "نیستند", "هست": "نیست"}.get(match[0], "ن" + match[0])
    return _put(text, match, new, "negation", _contradicts(certain=_last(text, match)))


def _affirm(text: str, match: re.Match[str]) -> Edit:
    new = {"نیست": "است", "نیستند": "هستند", "نمی": "می"}.get(match[0], match["verb"])
    return _put(text, match, new, "negation", _contradicts(certain=_last(text, match)))


def _last(text: str, match: re.Match[str]) -> bool:
    """Whether the verb ends the sentence: it is the main one then."""
    return len(text[match.end() :].split()) <= 1


def _put(text: str, match: re.Match[str], new: str, kind: str, label: int) -> Edit:
    changed = text[: match.start()] + new + text[match.end() :]
    return Edit(re.sub(r"  +", " ", changed), kind, label)


@cache
def _swaps(
    pairs: tuple[tuple[str, str], ...], *, both: bool
) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return a pattern for any word of the pairs, and what stands against it."""
    against = {right: left for left, right in pairs} if both else {}
    against |= dict(pairs)
    alternatives = "|".join(map(re.escape, sorted(against, key=len, reverse=True)))
    return re.compile(rf"(?<![\w\-])(?:{alternatives})(?![\w\-])", re.IGNORECASE), against


def swapped(pairs: Iterable[tuple[str, str]], kind: str, label: int, *, both: bool = True) -> Rule:
    """Return the rule that puts a word's opposite for it."""
    pattern, against = _swaps(tuple(pairs), both=both)

    def rule(text: str, chance: Random) -> Edit | None:
        found = list(pattern.finditer(text))
        if not found:
            return None
        match = chance.choice(found)
        new = against[match[0].casefold()]
        new = new[0].upper() + new[1:] if match[0][0].isupper() else new
        return _put(text, match, new, kind, label)

    return rule


def _numbers(entries: Iterable[tuple[str, str]], side: int, kind: str, label: int) -> Rule:
    """Return the rule that puts another of the same kind for a word, in one language."""
    known = [entry[side] for entry in entries]
    flags = re.IGNORECASE if known[0].islower() else 0
    alternatives = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    # «هفت» stands in «هفته» and «ده» in «داده»: whole words only
    pattern = re.compile(rf"(?<![\w\-])(?:{alternatives})(?![\w\-])", flags)

    def rule(text: str, chance: Random) -> Edit | None:
        found = list(pattern.finditer(text))
        if not found:
            return None
        match = chance.choice(found)
        others = [word for word in known if word.casefold() not in text.casefold()]
        return _put(text, match, chance.choice(others), kind, label) if others else None

    return rule


def name(pool: list[str]) -> Rule:
    """Return the rule that puts another name from the pool for an English one."""

    def rule(text: str, chance: Random) -> Edit | None:
        found = list(_NAME.finditer(text))
        if not found or not pool:
            return None
        match = chance.choice(found)
        length = len(match[0].split())
        new = next(
            (
                other
                for other in (chance.choice(pool) for _ in range(12))
                if len(other.split()) == length and other not in text
            ),
            None,
        )
        return _put(text, match, new, "name", NOT_ENTAILED) if new else None

    return rule


def names(texts: Iterable[str]) -> list[str]:
    """Return the names in English texts, as often as they occur."""
    return [match[0] for text in texts for match in _NAME.finditer(text)]


def _kinds(side: int) -> dict[str, Rule]:
    exact = {"month", "weekday", "colour"}
    found = {
        kind: _numbers(entries, side, kind, CONTRADICTION if kind in exact else NOT_ENTAILED)
        for kind, entries in words.KINDS.items()
    }
    counted = [entry for entry in words.NUMBERS if entry[1] not in {"نه", "سی", "شش", "ده"}]
    found["counted"] = _numbers(counted, side, "number", CONTRADICTION)
    found["ordinal"] = _numbers(words.ORDINALS, side, "number", CONTRADICTION)
    return found


ENGLISH: dict[str, Rule] = {
    "number": number,
    "negation": negation_en,
    "opposed": swapped(words.OPPOSED_EN, "opposed", CONTRADICTION),
    "unlike": swapped(words.UNLIKE_EN, "unlike", NOT_ENTAILED),
    "stronger": swapped(words.STRONGER_EN, "stronger", NOT_ENTAILED, both=False),
    "magnitude": swapped(words.MAGNITUDES_EN, "magnitude", CONTRADICTION),
    **_kinds(0),
}
PERSIAN: dict[str, Rule] = {
    "number": number,
    "negation": negation_fa,
    "opposed": swapped(words.OPPOSED_FA, "opposed", NOT_ENTAILED),
    "unlike": swapped(words.UNLIKE_FA, "unlike", NOT_ENTAILED),
    "stronger": swapped(words.STRONGER_FA, "stronger", NOT_ENTAILED, both=False),
    "magnitude": swapped(words.MAGNITUDES_FA, "magnitude", CONTRADICTION),
    **_kinds(1),
}

# How much of the edits each kind should be, as far as sentences allow it.
_SHARES = {
    "negation": 6.0, "number": 22.0, "opposed": 3.0, "name": 2.0, "stronger": 2.0,
    "magnitude": 12.0, "unlike": 1.0, "counted": 8.0, "ordinal": 4.0, "country": 8.0,
    "demonym": 5.0, "place": 8.0, "month": 15.0, "weekday": 15.0, "colour": 4.0,
}  # fmt: skip


def edited(text: str, rules: dict[str, Rule], chance: Random) -> Edit | None:
    """Return the text changed by one of the rules that apply, or None."""
    left = dict(rules)
    while left:
        kind = chance.choices(list(left), [_SHARES[kind] for kind in left])[0]
        edit = left.pop(kind)(text, chance)
        if edit and edit.text != text:
            return edit
    return None
