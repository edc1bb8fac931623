"""Words that are spelt in two ways, where folding their letters cannot make them one."""

from __future__ import annotations

import re

from verify.language.fold import normalise

# «ئ ؤ أ» beside «و» or «ی» may be written as another chair or left out: مسئول مسؤول مسوول.
_HAMZA = re.compile("[أإؤئ]")
_FREE_HAMZA = re.compile("(?<=[ویی])[أإؤئ]|[أإؤئ](?=[ویأإؤئ])")
# No word has more than two. Each may be there or not: forty of them would be tried for hours.
_MOST_HAMZAS = 4
_EZAFE = re.compile("(?:[ۀۂ]|هٔ|ه[\u200c ]ی)$")
_ARABIC_T = re.compile("ط")

# Words that Persian spells with «ت» and «ط» alike, in the form with «ت».
_WITH_T_OR_TA = "تهران اتاق بلیت توفان امپراتور امپراتوری باتری تپش غلتک توس تبرستان"
_WITH_T = frozenset(_WITH_T_OR_TA.split())

# British and American endings, each pair made one. Short words are left alone: «four», «our».
_ENDINGS = (
    (re.compile(r"is(e|ed|es|er|ers|ing|ation|ations)$"), r"iz\1"),
    (re.compile(r"yse(d|s)?$"), r"yze\1"),
    (re.compile(r"our(s|ed|ing|able|ite|ites|ful|er|ers)?$"), r"or\1"),
    (re.compile(r"(?<=[bt])re(s|d)?$"), r"er\1"),
    (re.compile(r"ence(s)?$"), r"ense\1"),
    (re.compile(r"ll(ed|ing|er|ers)$"), r"l\1"),
    (re.compile(r"mme(s)?$"), r"m\1"),
    (re.compile(r"ogue(s)?$"), r"og\1"),
)
_SHORTEST = 5


def is_variant(left: str, right: str) -> bool:
    """Whether two written words are one word in two spellings that are both in use."""
    folded = normalise(left), normalise(right)
    if folded[0] == folded[1]:
        return True
    if folded[0].isascii():
        return _american(folded[0]) == _american(folded[1])
    return (
        _shares_hamza(left, folded[1])
        or _shares_hamza(right, folded[0])
        or _shares_ezafe(folded[0], folded[1], right)
        or _shares_ezafe(folded[1], folded[0], left)
        or _shares_t(*folded)
    )


def _shares_hamza(written: str, other: str) -> bool:
    """Whether a word is another one with its hamza on another chair, or on none."""
    if not _HAMZA.search(written):
        return False
    free = _FREE_HAMZA.sub("\ue010", written)
    if free.count("\ue010") > _MOST_HAMZAS:
        return False
    pattern = re.escape(normalise(free)).replace("\ue010", "[ایو]?")
    return bool(re.fullmatch(pattern, other))


def _shares_ezafe(longer: str, shorter: str, written: str) -> bool:
    """Whether «خانهی» has run together what «خانه‌ی» and «خانهٔ» write."""
    return longer == shorter + "ی" and bool(_EZAFE.search(written))


def _shares_t(left: str, right: str) -> bool:
    """Whether one of the two words is the other with «ط» for «ت»."""
    plain = _ARABIC_T.sub("ت", left)
    return plain in _WITH_T and plain == _ARABIC_T.sub("ت", right)


def _american(word: str) -> str:
    """Return the American spelling of a word."""
    if len(word) > _SHORTEST:
        for ending, american in _ENDINGS:
            word = ending.sub(american, word)
    return word
