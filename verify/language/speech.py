"""
Who says what: "the minister said", "according to West", «به گفتهٔ شهردار», «پلیس گفت».

A speaker is found beside a verb or phrase of saying, in the words that may be its subject. What
he is called (`data/roles.tsv`) and the names in it tell him apart; "he", «او» and "officials"
are nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from verify.language.names import find_names, find_places
from verify.language.negation import PLAIN, ZWNJ, is_verb
from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from verify.language.names import NameMention

# A speaker has a name and a title: longer subjects hold other things too.
LONGEST_SPEAKER = 120

# these say that somebody speaks wherever they stand; the others only before what he says
_SURELY = r"said|says|told|tells|announced|announces|warned|warns|stated|insisted|insists"
_MAYBE = (
    r"claimed|claims|added|declared|argued|argues|explained|noted|stressed|emphasi[sz]ed|reiterated"
    r"|promised|urged|testified|tweeted|wrote|reported|reports|confirmed|denied|suggested"
)
SAID = re.compile(
    r"(?<![\w-])(?:(?:has|have|had|also|later|then|earlier|reportedly)\s+){0,2}"
    rf"(?:(?:{_SURELY})(?![\w-])|(?:{_MAYBE})(?=,?\s+that\b|[:,]|\s*[\"“«]|\.?$))"
)
PASSIVE = re.compile(r"\b(?:is|was|were|are|been|be|being|it)\s+$", re.IGNORECASE)
ACCORDING = re.compile(
    r"\b(?:according to|as reported by|quoting|in the words of)\s+", re.IGNORECASE
)
_GOFT = (
    r"(?:گفت(?:ه|ند|ه‌?است|ه‌?اند)?|می‌? ?گوی(?:د|ند)|افزود(?:ه|ند)?|اظهار\s+(?:داشت|کرد|نمود)\w*"
    r"|اعلام\s+(?:کرد|داشت|نمود)\w*|ت[اأ]کید\s+(?:کرد|دارد|نمود)\w*|هشدار\s+داد\w*|وعده\s+داد\w*"
    r"|ادعا\s+(?:کرد|نمود)\w*|بیان\s+(?:کرد|داشت)\w*|خاطرنشان\s+کرد\w*|تصریح\s+کرد\w*|گزارش\s+داد\w*"
    r"|نوشت(?:ه|ند)?|یادآور\s+شد\w*|ابراز\s+(?:داشت|کرد)\w*)"
)
GOFT = re.compile(
    rf"(?<![\w\u200c])(?<!به )(?<!طبق )(?<!اساس )(?<!بنا بر )(?<!بنابر ){_GOFT}(?![\w\u200c\u0654])"
)
BY_WORD = re.compile(
    r"(?<![\w\u200c])(?:به|بنا به|بنابر|طبق|بر اساس|بر پایهٔ|بنا بر)\s+"
    r"(?:گفته|گفتهٔ|گفته‌ی|گفتۀ|گفته‌های|نقل از|قول|نوشته|نوشتهٔ|نوشته‌ی|گزارش|اظهارات|اعلام)\s+"
)

# where the clause of a verb of saying begins, and where a speaker behind "according to" ends
BEFORE_EDGE = re.compile(
    r"[;:!?؛؟()\n\"“”«»]|\.(?=\s)|\b(?:that|but|while|although|because|when|if)\b"
    r"|(?<![\w\u200c])(?:که|اما|ولی|زیرا)(?![\w\u200c])"
)
BEHIND_EDGE = re.compile(
    r"[;:!?()\n\"“”«»؛؟،,]|\.(?=\s|$)"
    r"|\b(?:that|but|while|which|who|is|are|was|were|has|have|had|will|would)\b"
    r"|(?<![\w\u200c])(?:که|اما|ولی|در|است|بود|شد)(?![\w\u200c])",
    re.IGNORECASE,
)
# up to four words at the head of a clause, and a comma
_PERSIAN_WORD = r"[^\W\d_a-zA-Z][^\W\d_a-zA-Z\u200c]*"
TITLED = re.compile(
    rf"(?:^|[.:؛\n«]\s{{0,9}})({_PERSIAN_WORD}(?:[ \u200c][^\W\d_a-zA-Z]+){{0,3}})[،,]"
)

# what stands around a subject: "On Monday, …", «… در نشست اصفهان», "…, who led the project,"
COMMA = re.compile(r"\s{0,9}[,،]\s*")
ADJUNCT = re.compile(
    r"(?:on|in|at|by|after|before|since|during|meanwhile|however|later|earlier|last|then|from|for"
    r"|with|as|to|also|the same day|who|whose|which|where|در|از|به|با|برای|طی|روز|پس|پیش|همچنین"
    r"|بنا|بر|تا)\b",
    re.IGNORECASE,
)
PERSIAN_ADJUNCT = re.compile(
    r"\s(?:در|روز|با|برای|طی|به|از|نیز|هم|را|پس|پیش|همچنین|دیروز|امروز|دوشنبه|شنبه|جمعه)(?!\S)"
)

WORD = re.compile(r"[^\W\d_]+(?:[\u200c'’-][^\W\d_]+)*")
_NOBODY = (
    "he she they it we i you who which this that these those officials authorities sources experts "
    "people residents some many others critics analysts observers witnesses report reports article "
    "study statement "
    "او وی آنها آنان ایشان ما من شما این آن مقامات مقام‌ها مقامها منابع کارشناسان مردم ساکنان "
    "برخی بسیاری گزارش شاهدان عینی منتقدان تحلیلگران آگاهان خود دیگر یکی"
)
_VERBS = "is are was were has have had will would can could may might did does"
VERBS = frozenset(_VERBS.split())
NOBODY = frozenset(word.replace(ZWNJ, "") for word in _NOBODY.split())


@dataclass(frozen=True, slots=True)
class SpeakerMention:
    """Someone who says something. `roles` are lines of `data/roles.tsv`."""

    span: Span
    text: str
    roles: frozenset[str]
    names: tuple[NameMention, ...]

    @property
    def is_known(self) -> bool:
        """Whether there is anything by which to tell him apart."""
        return bool(self.roles or self.names)


@lru_cache(maxsize=2048)
def find_speakers(text: str) -> tuple[SpeakerMention, ...]:
    """Return the speakers of `text` in order, without those that name nobody, such as "he"."""
    return tuple(s for s in _speakers(text) if s is not None)


def has_unnamed_speaker(text: str) -> bool:
    """Whether somebody speaks who is not named: "he said", «مقام‌ها گفتند»."""
    return None in _speakers(text)


@lru_cache(maxsize=2048)
def _speakers(text: str) -> tuple[SpeakerMention | None, ...]:
    spans = sorted({(s.start, s.end) for s in _spans(text)})
    return tuple(_speaker(text, Span(start, end)) for start, end in spans)


def find_titled(text: str) -> list[Span]:
    """Return the Persian words that a title stands behind: «لیلا عظیمی، مدیر بانک، گفت»."""
    found = []
    for match in TITLED.finditer(text):
        title = text[match.end() : match.end() + LONGEST_SPEAKER].lstrip().split()[:3]
        if _roles(" ".join(title)) and not NOBODY.intersection(map(_key, match[1].split())):
            found.append(Span(match.start(1), match.end(1)))
    return found


def _spans(text: str) -> Iterator[Span]:
    """Yield the stretches of text that may name a speaker."""
    for match in (*SAID.finditer(text), *GOFT.finditer(text)):
        if PASSIVE.search(text, max(0, match.start() - 8), match.start()):
            continue
        start = max(0, match.start() - LONGEST_SPEAKER)
        cuts = [m.end() for m in BEFORE_EDGE.finditer(text, start, match.start())]
        if cuts or not start:
            yield _subject(text, Span(cuts[-1] if cuts else 0, match.start()))
        else:
            yield Span(match.start(), match.start())
    for match in (*ACCORDING.finditer(text), *BY_WORD.finditer(text)):
        end = min(len(text), match.end() + LONGEST_SPEAKER)
        cut = BEHIND_EDGE.search(text, match.end(), end)
        yield Span(match.end(), cut.start() if cut else end)


def _subject(text: str, span: Span) -> Span:
    """Return the part of a clause before its verb that is its subject."""
    groups = [Span(span.start, span.start)]
    for comma in COMMA.finditer(text, span.start, span.end):
        groups[-1] = Span(groups[-1].start, comma.start())
        groups.append(Span(comma.end(), comma.end()))
    groups[-1] = Span(groups[-1].start, span.end)
    kept = [
        g for g in groups if g.start < g.end and not ADJUNCT.match(text[g.start : g.end].lstrip())
    ]
    if not kept:
        return Span(span.end, span.end)
    if text[kept[-1].start : kept[-1].end].isascii():
        return Span(kept[-2 if _is_apposition(text, kept[-2:]) else -1].start, kept[-1].end)
    kept = kept[:2]
    cut = PERSIAN_ADJUNCT.search(text, kept[0].start, kept[-1].end)
    return Span(kept[0].start, cut.start() if cut else kept[-1].end)


def _is_apposition(text: str, groups: Sequence[Span]) -> bool:
    """Whether two groups are a name and a title: "the bank's director, Laila Azimi"."""
    words = [text[g.start : g.end].split() for g in groups]
    named = [all(word[:1].isupper() for word in some) for some in words]
    titled = [bool(_roles(" ".join(some))) for some in words]
    return len(groups) == 2 and any(named[i] and not titled[i] and titled[1 - i] for i in (0, 1))


def _speaker(text: str, span: Span) -> SpeakerMention | None:
    """Read a speaker from a stretch of text; `None` where it is a pronoun, or a sentence."""
    words = [m.group() for m in WORD.finditer(text, span.start, span.end)]
    if not words or not NOBODY.isdisjoint({_key(words[-1]), _key(words[0])}):
        return None
    if any(word in VERBS or (not word.isascii() and is_verb(word)) for word in words):
        return None
    start = (
        span.start + len(text[span.start : span.end]) - len(text[span.start : span.end].lstrip())
    )
    said = text[start : span.end].rstrip(" ,،")
    roles = _roles(said)
    # a name that opens its sentence is one here, for a subject is expected
    names = find_names(said if roles else f"by {said}")
    known = {n.text for n in names}
    names += [p for p in find_places(said) if p.text not in known]
    return SpeakerMention(Span(start, start + len(said)), said, roles, tuple(names))


def _roles(text: str) -> frozenset[str]:
    keys = [_key(m.group()) for m in WORD.finditer(text)]
    found: set[str] = set()
    for index in range(len(keys)):
        for length in (3, 2, 1):
            if role := _forms().get(" ".join(keys[index : index + length])):
                found |= role
                break
    return frozenset(found)


def _key(word: str) -> str:
    plain = word.translate(PLAIN).replace(ZWNJ, "").replace("\u0654", "").replace("ۀ", "ه").lower()
    return plain.replace("’", "'").removesuffix("'s")


@cache
def _forms() -> Mapping[str, frozenset[str]]:
    """Return the roles that each form may stand for."""
    forms: dict[str, set[str]] = {}
    text = (files("verify.language") / "data" / "roles.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    for role, english, persian in rows[1:]:
        for form in (*english.split("|"), *persian.split("|")):
            key = " ".join(_key(word) for word in form.split(" "))
            forms.setdefault(key, set()).add(role)
    # «وزیر» with its ezafe or plural endings is written as one word
    for key, roles in list(forms.items()):
        if not key.isascii():
            for ending in ("ی", "ها", "های", "ان", "هاي"):
                forms.setdefault(key + ending, set(roles))
    return {form: frozenset(roles) for form, roles in forms.items()}
