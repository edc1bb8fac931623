"""Single words that turn a sentence round: those that deny, and those that hedge."""

from __future__ import annotations

import re
from functools import lru_cache

from verify.language.fold import normalise

_MODAL = """
    may might can could will would shall should must ought possibly probably perhaps maybe likely
    unlikely certainly definitely surely reportedly allegedly apparently supposedly seemingly seem
    seems seemed appear appears appeared about approximately around roughly nearly almost
    partly largely mostly often sometimes always usually only
    باید شاید ممکن احتمالا احتمال محتمل محتملا گویا ظاهرا حدود حدودا تقریبا دست‌کم حداقل حداکثر
    قطعا حتما مسلما لابد می‌تواند می‌توانند می‌توان می‌توانست می‌توانستند بتواند بتوانند
    خواهد خواهند خواهم خواهیم می‌بایست بایستی بایست اغلب غالبا معمولا گاهی همیشه همواره فقط
    تنها اکثرا عمدتا نسبتا
"""
_DENYING = """
    not no never none nobody nothing nowhere neither nor without cannot hardly scarcely lack
    lacks lacked lacking fail fails failed
    نه هیچ هرگز بدون عدم فاقد غیر نیست نیستند نیستم نیستیم هیچ‌کس هیچ‌یک هیچ‌گاه هیچ‌کدام هیچ‌گونه
    ابدا اصلا نخیر
"""
_MODAL_WORDS, _DENYING_WORDS = (
    frozenset(normalise(word) for word in words.split()) for words in (_MODAL, _DENYING)
)

# What a denied form becomes when it asserts. «نیست» denies «است» and «نیستند» «هستند»;
# «نیامد» denies «آمد», «نیفتاد» «افتاد», «نرود» «برود», «ناممکن» «ممکن».
_ASSERTED = tuple(
    (re.compile(denied), asserted)
    for denied, asserted in (
        (r"^نیست$", "است"),
        (r"^مین", "می"),
        (r"^نیست", "هست"),
        (r"^نیا", "آ"),
        (r"^نی(?=..)", "ا"),
        (r"^نی(?=..)", ""),
        (r"^ن(?=..)", ""),
        (r"^ن(?=..)", "ب"),
        (r"^نا(?=...)", ""),
        (r"^م(?=(?:کن|رو|ده|گو|شو|باش|زن|کنید)$)", ""),
        (r"^(?:غیر|بی|ضد|بلا)(?=...)", ""),
        (r"^(?:غیر|بی|ضد|بلا)(?=...)", "با"),
        (r"n't$", ""),
        (r"n't$", "n"),
        (r"not$", ""),
        (r"^(?:un|in|im|il|ir|dis|non|mis)(?=...)", ""),
        (r"less$", "ful"),
        (r"less$", ""),
    )
)
_IRREGULAR = {"won't": "will", "can't": "can", "shan't": "shall", "ain't": "is", "nor": "or"}


def denies(word: str) -> bool:
    """Whether a word denies by itself, wherever it stands."""
    folded = normalise(word)
    return folded in _DENYING_WORDS or folded.endswith("n't")


def hedges(word: str) -> bool:
    """Whether a word says how sure, how bound or how exact a statement is."""
    return normalise(word) in _MODAL_WORDS


@lru_cache(maxsize=4096)
def is_flip(left: str, right: str) -> bool:
    """Whether of two words one denies what the other asserts."""
    a, b = normalise(left), normalise(right)
    if denies(a) != denies(b):
        return True
    return _denial(a, b) or _denial(b, a)


def _denial(denied: str, asserted: str) -> bool:
    """Whether one word is the denied form of another."""
    if len(denied) < 3 or len(asserted) < 2:
        return False
    if _IRREGULAR.get(denied) == asserted:
        return True
    return any(
        pattern.search(denied) and pattern.sub(form, denied, count=1) == asserted
        for pattern, form in _ASSERTED
    )
