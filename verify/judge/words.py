"""Text as the terms that retrieval and coverage count, in Persian and English."""

from __future__ import annotations

import re
from functools import lru_cache

from verify.language.fold import normalise

TERM = re.compile(r"[^\W_]+")

# what every sentence has, in both languages: it says nothing of whether two sentences agree
_COMMON = (
    "a about after all also an and any are as at be been being but by can could did do does for "
    "from had has have he her his how i if in into is it its may more most of on or other our out "
    "over s she should so some such t than that the their them then there these they this those "
    "through to under up was we were what when which while who whose will with would you your "
    "از است اما ان اند انها این ایشان او اگر ای با بر برای بعد بود بودند بوده باشد به بی تا تر را "
    "شد شده شدند شود می میشود میکند کرد کرده کردند کند کنند که هم همه همین همچنین هر هستند هست "
    "و وی ولی یا یک یکی خود خواهد دارد دارند داشت داد در دیگر روی زیر سپس پس پیش ما من نیز های ها "
    "چه چون چند آن آنها آنان انان ایا نظر"
)
COMMON = frozenset(_COMMON.split())

# light on purpose: a stem that joins two words costs more here than one that parts them
PERSIAN_ENDINGS = re.compile(r"(?<=..)(?:هایشان|هایمان|هایش|هایی|های|ها|ترین|تر|(?<=...)ان|یی|ی)$")
ENGLISH_ENDINGS = re.compile(r"(?<=...)(?:ations?|ingly|ing|edly|ed|ies|es|ly|s|e|y)$")


def terms(text: str) -> list[str]:
    """Return the stems of `text` in order."""
    return [stem(word) for word in TERM.findall(normalise(text).lower())]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the part of a word that its forms share, or nearly so."""
    if word in COMMON or word.isdigit():
        return word
    if word.isascii():
        return ENGLISH_ENDINGS.sub("", word)
    if word.startswith("می") and len(word) > 4:
        word = word[2:]
    return PERSIAN_ENDINGS.sub("", word) if len(word) > 3 else word


def is_common(term: str) -> bool:
    """Whether a term says nothing of what a sentence is about."""
    return term in COMMON or (len(term) == 1 and not term.isdigit())


def script(text: str) -> str:
    """Return `arabic` or `latin`, by the majority of letters; empty where there are none."""
    arabic = sum("\u0600" <= c <= "\u06ff" for c in text)
    latin = sum(c.isascii() and c.isalpha() for c in text)
    if not arabic and not latin:
        return ""
    return "arabic" if arabic > latin else "latin"
