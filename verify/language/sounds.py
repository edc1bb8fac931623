"""
How a word sounds, in Latin and in Persian letters, as far as its consonants tell.

Each word becomes a row of sound classes, and two rows are aligned with costs that say which
classes are written for one another: ق is q, gh or k.
"""

from __future__ import annotations

import re
from functools import lru_cache

ZWNJ = "\u200c"
PLAIN = str.maketrans("يىكةأإٱآۀؤ’", "ییکهااااهو'")  # one for one, so that offsets stay true
UNHEARD = str.maketrans("", "", ZWNJ + "ـءّْٰٖ۪ٔٓ" + "ًٌٍَُِ")

# What a sound costs that the other side has not. Latin vowels hardly count, for Persian does
# not write the short ones; a long vowel that Persian writes (A, w, y) has to be heard.
OPTIONAL = {
    "a": 0.25,
    "e": 0.25,
    "o": 0.3,
    "w": 0.55,
    "y": 0.55,
    "j": 0.8,
    "h": 0.5,
    "H": 0.3,
    "A": 0.55,
    "I": 0.3,
}

LATIN_CLUSTERS = {
    "tsch": "C",
    "sch": "S",
    "tch": "C",
    "dzh": "J",
    "sh": "S",
    "ch": "C",
    "kh": "x",
    "gh": "q",
    "zh": "Z",
    "ph": "f",
    "th": "t",
    "dh": "d",
    "dj": "J",
    "ck": "k",
    "qu": "kv",
    "x": "ks",
}
LATIN = dict(zip("bpdtkgqfvwrlmnszjhyc", "bpdtkgqfvvrlmnszJhjc", strict=True)) | {
    "a": "a",
    "e": "e",
    "i": "e",
    "o": "o",
    "u": "o",
}
LATIN_CLUSTER = re.compile("|".join([*LATIN_CLUSTERS, "[a-z]"]))
PERSIAN = dict(
    zip(
        "بپتطثسصجچحخدذرزژشضظغفقکگلمنوهیئاآ",
        "bpttsssJChxdzrzZSzzqfqkglmnwhyyII",
        strict=True,
    )
)

# What is written for what, and how readily, such as Ayman and ایمن, Riyadh and ریاض, George and
# جورج. These costs and the ones above began as guesses and were calibrated by
# benchmarks/names/learn.py on the development half of benchmarks/names/pairs.tsv.
_ALIKE = {
    0.0: "AI Aa Ae Hh JZ ae ao cs ow vw",
    0.05: "Ao ck gq",
    0.1: "He ej eo jy",
    0.15: "Ha ey",
    0.2: "AH HI Ia Io",
    0.25: "fv",
    0.3: "CS Cc Jg Sc Zz kq ov",
    0.35: "sz",
    0.4: "Iw Iy bp hx",
    0.45: "Ss fp kx",
    0.5: "CJ Ct SZ bv dt",
    0.55: "Ie Jy ay",
    0.6: "aw bw fw st",
    0.65: "Jj gk qx",
    0.7: "Jh Jx ew oy",
    0.75: "dz mn",
    0.8: "Ck lr",
}
ALIKE = {
    pair: cost for cost, pairs in _ALIKE.items() for p in pairs.split() for pair in (p, p[::-1])
}
MAX_WORD = 24  # longer than any word of a name; bounds the alignment
UNALIKE = 1.2  # dearer than one sound left out, cheaper than two
LEAST_WEIGHT = 0.5  # lighter words are all vowels, and sound like anything
# so that scores of 0.72 and more are names: 0.61 without it, see benchmarks/names/README.md
LENIENCE = 0.72
SOFT = frozenset("aeoAIHwyjhv")


def key(word: str) -> str:
    """Return the letters of a word that are heard, in one spelling."""
    return word.translate(PLAIN).translate(UNHEARD).lower()


@lru_cache(maxsize=131072)
def word_similarity(left: str, right: str) -> float:
    """Return how alike two words sound, from 0 to 1; 0 where it would be below a half."""
    if left == right:
        return 1.0
    a, b = skeleton(left), skeleton(right)
    heavy, light = _total(a), _total(b)
    if light > heavy:
        heavy, light = light, heavy
    if light < LEAST_WEIGHT or heavy - light > heavy / 2 + 0.5 or not _starts_alike(a, b):
        return 0.0
    return max(0.0, 1 - LENIENCE * _distance(a, b, heavy / 2) / heavy)


def _starts_alike(a: str, b: str) -> bool:
    """Whether the first consonants may be one, which spares most alignments."""
    first, second = _first_consonant(a), _first_consonant(b)
    return not first or not second or first == second or ALIKE.get(first + second, 1.0) <= 0.6


@lru_cache(maxsize=65536)
def _first_consonant(sounds: str) -> str:
    """Return the first sound that is not a vowel, or nothing where it may be written as one."""
    first = sounds.lstrip("aeoAI")[:1]
    return "" if first in SOFT else first


@lru_cache(maxsize=65536)
def _total(sounds: str) -> float:
    return sum(OPTIONAL.get(sound, 1.0) for sound in sounds)


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """Return a word as classes of sounds: `Karzai` is `kArzae` with the vowels made cheap."""
    word = key(word)[:MAX_WORD]
    if not word:
        return ""
    if word[0] <= "ɏ":
        return _latin_skeleton(word)
    sounds = "".join(PERSIAN.get(letter, "") for letter in word)
    sounds = re.sub(r"(.)\1", r"\1", sounds)
    if word[-1] == "ه" and len(word) > 2:
        sounds = sounds[:-1] + "H"
    return "A" + sounds.removeprefix("I") if word[0] in "اآع" else sounds


def _latin_skeleton(word: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", word.replace("ı", "i").replace("ø", "o"))
    plain = re.sub(r"([^aeiou])\1", r"\1", re.sub(r"[^a-z]", "", plain))
    sounds = "".join(
        LATIN_CLUSTERS.get(m.group()) or LATIN[m.group()] for m in LATIN_CLUSTER.finditer(plain)
    )
    return "A" + sounds.removeprefix("a") if plain[:1] in set("aeiou") else sounds


def _distance(a: str, b: str, limit: float) -> float:
    """Align two rows of sounds and return the least cost, or anything above `limit`."""
    drops = [OPTIONAL.get(sound, 1.0) for sound in b]
    row = [0.0]
    for drop in drops:
        row.append(row[-1] + drop)
    for left in a:
        drop = OPTIONAL.get(left, 1.0)
        previous, row = row, [row[0] + drop]
        for index, right in enumerate(b):
            same = 0.0 if left == right else ALIKE.get(left + right, UNALIKE)
            row.append(
                min(previous[index] + same, previous[index + 1] + drop, row[-1] + drops[index])
            )
        if min(row) > limit:
            return 2 * limit
    return row[-1]
