"""
The names in a text, and how alike two names are, also across scripts.

Persian writes few vowels and has no capitals, so names are compared by their consonants:
each word becomes a row of sound classes, and the classes are aligned with costs that say
which of them are written for one another (ق is q, gh or k). Names that are translated
rather than transliterated («آلمان» is Germany) come from `data/names.tsv`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from verify.language.sounds import MAX_WORD, PLAIN, key, word_similarity
from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WORD = re.compile(r"[^\W\d_]+(?:[\u200c'.&-]?[^\W\d_]+)*")
INITIALS = re.compile(r"(?:[A-Z]\.){2,}")
BEFORE = re.compile(r"\b([A-Z][a-z]+) $")
SENTENCE_END = frozenset('.!?:؟\n"“”«»([•*')

# Words that open an English sentence with a capital and are no name. Longer than needed
# on purpose: a missed name costs less than a word that is looked for in vain.
_OPENERS = (
    "a about above across after again against all almost along already also although always "
    "among an and another any are around as at back because been before behind being below "
    "between both but by can could despite did do does during each early either even ever every "
    "few finally first following for former from further had has have he hence her here his how "
    "however i if in indeed instead into is it its just last late later least less like many may "
    "meanwhile more moreover most much my nearly neither never nevertheless next no nor not "
    "nothing now of off officials often on once one only or other others our out over people "
    "perhaps rather recent recently see several she should since so some sometimes soon still "
    "such than that the their them then there therefore these they this those though through "
    "thus to today together too toward two three under unlike until up upon us very was we were "
    "what when whenever where whereas whether which while who whom whose why will with within "
    "without would yet you your according additionally currently unfortunately please do don't "
    "let there's it's i'm that's new yesterday tomorrow tonight nobody everyone everything"
)
OPENERS = frozenset(_OPENERS.split())
_CONNECTORS = "of the al el bin ibn de la van von der e i ul ur da di du"
CONNECTORS = frozenset(_CONNECTORS.split())
_BODIES = (
    "committee subcommittee department council agency institute university commission association "
    "foundation authority office bureau bank company school college conference board trust"
)
BODIES = frozenset(_BODIES.split())
# with these a name may begin in lower case: "the Hague", "al-Qaeda"
PARTICLES = frozenset({"the", "al", "el", "de", "bin", "ibn", "d", "eid"})
_STRIPPED = (
    "al el ul ur the of bin ibn de la e i mr mrs ms dr sir prof professor president minister "
    "prime king queen prince general mullah mawlawi sheikh haji ayatollah university city "
    "province river museum lake mount mountain street school college institute department "
    "ministry national international association organization party house center centre north "
    "south east west northern southern eastern western state states county hospital company "
    "award world council committee church airport island islands union board court mulla "
    "molla maulvi maulana ustad hajji haj qari marshal sayed sayyid seyyed st saint von der "
    "new ال آقای اقای خانم استاد سید قاری مارشال مولانا دکتر داکتر رئیس جمهور شهر ولایت استان "
    "ملا مولوی شیخ حاجی وزیر"
)
STRIPPED = frozenset(_STRIPPED.split())

# given names that half of the region bears: beside another word they tell nobody apart
_COMMON_GIVEN = (
    "mohammad muhammad mohammed muhammed mohamed ahmad ahmed ali khan abdul abd abdel shah said "
    "sayed sayyid seyyed mir gul jan bin abu محمد احمد علی خان عبد عبدال شاه سید میر گل جان بن ابو"
)
COMMON_GIVEN = frozenset(_COMMON_GIVEN.split())

# The commonest words of Persian prose, which are never a name there. Where one is spelled like a
# name («کرد», «هند»), the gazetteer answers.
_PROSE = (
    "از به با بر در را که و یا تا این آن هر هم نیز اما ولی اگر پس چون زیرا چه چند همه هیچ برای بین "
    "میان روی زیر پیش بعد قبل ضد طی نزد سوی بدون مورد است هست نیست بود نبود شد نشد شده نشده شود "
    "نشود شوند میشود میشوند نمیشود کرد کردن کرده کردند کند کنند کنید کنم میکند میکنند نمیکند کننده "
    "دارد دارند داشت داشتند داشته ندارد دارای داد دادن داده دادند دهد دهند میدهد میدهند باشد باشند "
    "باید نباید شاید تواند توانند میتواند میتوانند گفت گفته گفتند گوید میگوید خود من تو او ما شما "
    "آنها آنان ایشان اینکه آنکه دیگر دیگری همین همان چنین چنان یک دو سه اول دوم سال روز ماه زمان "
    "وقت جا کار کسی چیزی بسیار بسیاری خیلی بیش بیشتر کم کمتر شدن شدند بودن بودند بوده خواهد خواهند "
    "نظر حال صورت دلیل طور باعث آید میآید رود میرود مردم افراد شخص عنوان نوع ساله شدهاست ا ی هستند "
    "نیستند هایی های ها تر ترین ای اند ام مانند مثل یعنی البته حتی فقط تنها سپس اکنون هنوز بار آنچه"
)
PROSE = frozenset(_PROSE.split())

# what stands before a place: «در چین» is in China, and «چین‌خورده» folded
_PLACE_PREPOSITIONS = "در از به با کشور دولت حکومت تا سوی مردم ارتش سفیر مرز سفارت خاک"
PLACE_PREPOSITIONS = frozenset(_PLACE_PREPOSITIONS.split())

# Taken off where the next best word of the name is not there at all.
MISSING_WORD = 0.1
# A word of capitals that is read as one is short and rare: it has to be all but equal.
SPOKEN = 0.85
LONGEST_ACRONYM = 5

# how Persian spells the capitals of an acronym
_LETTERS = "ای بی سی دی ای اف جی اچ آی جی کی ال ام ان او پی کیو آر اس تی یو وی دبلیو ایکس وای زد"
LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", _LETTERS.split(), strict=True))


@dataclass(frozen=True, slots=True)
class NameMention:
    """A name in a text. `entries` are the lines of the gazetteer that it may be."""

    span: Span
    text: str
    entries: frozenset[int] = frozenset()
    kind: str | None = None
    """The gazetteer's kind (`place`, `organisation`, ...); `None` where it has no line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the gazetteer."""

    kind: str
    english: tuple[str, ...]
    persian: tuple[str, ...]
    note: str
    """What it is, such as "province of Afghanistan"."""


def find_names(text: str) -> list[NameMention]:
    """
    Return the names in `text` in order: from the gazetteer, and English words with capitals.

    An English word that only opens a sentence is no name unless the gazetteer has it. A given
    name is part of the full name, which a passage may shorten: "George" alone is not looked for.
    """
    words = list(_words(text))
    known = [m for m in _known(text, words, is_answer=False) if not _is_in_full_name(text, m)]
    taken = {i for m in known for i in range(m.span.start, m.span.end)}
    runs = [r for r in _capitalised(text, words) if not taken.intersection(range(r.start, r.end))]
    found = known + [NameMention(span, text[span.start : span.end]) for span in runs]
    return sorted(map(_without_possessive, found), key=lambda m: m.span.start)


def _is_in_full_name(text: str, name: NameMention) -> bool:
    """Whether a given name of the gazetteer stands beside another word with a capital."""
    is_given = any(gazetteer()[i].note == "given name" for i in name.entries)
    if not is_given or not name.text.isascii():
        return False
    before = BEFORE.search(text[max(0, name.span.start - MAX_WORD) : name.span.start])
    follows = text[name.span.end : name.span.end + 2]
    is_surname = before is not None and before.group(1).lower() not in OPENERS
    return is_surname or (follows[:1] == " " and follows[1:].isupper())


def _without_possessive(name: NameMention) -> NameMention:
    if not name.text.endswith(("'s", "’s")):
        return name
    return replace(name, span=Span(name.span.start, name.span.end - 2), text=name.text[:-2])


def find_places(text: str) -> list[NameMention]:
    """Return the places of `text`; a common word such as «چین» is one behind a preposition."""
    mentions = _known(text, list(_words(text)), is_answer=True)
    return [m for m in mentions if m.kind == "place" and _is_place(text, m)]


def _is_place(text: str, place: NameMention) -> bool:
    if _known(place.text, list(_words(place.text)), is_answer=False):
        return True
    before = text[max(0, place.span.start - MAX_WORD) : place.span.start].split()
    return bool(before) and before[-1] in PLACE_PREPOSITIONS


@lru_cache(maxsize=2048)
def entries_in(text: str) -> frozenset[int]:
    """Return every line of the gazetteer that a word of `text` may stand for."""
    mentions = _known(text, list(_words(text)), is_answer=True)
    return frozenset(i for m in mentions for i in m.entries)


def find_name(name: str, words: Sequence[str]) -> float:
    """
    Return how surely `name` is among `words`, the folded words of a passage.

    Half of the name's words have to be there, for the others may be translated ("Square",
    "War"); two neighbours may be written as one.
    """
    parts, whole = _parts(name)
    if not parts:
        return 0.0
    candidates = _candidates(tuple(words))
    if len(name) <= LONGEST_ACRONYM and name.isupper():
        return _acronym(name, words, candidates)
    found = [_best(part, candidates) for part in parts]
    for index, both in enumerate(map("".join, pairwise(parts))):  # "Syr Darya" is «سیردریا»
        score = _best(both, candidates)
        found[index], found[index + 1] = max(found[index], score), max(found[index + 1], score)
    found.sort(reverse=True)
    middle = (len(found) - 1) // 2
    missing = 1 - found[middle + 1] if middle + 1 < len(found) else 0.0
    score = found[middle] - MISSING_WORD * missing
    return max(score, _best(whole, candidates)) if whole else max(score, 0.0)


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[tuple[str, ...], str]:
    """Return the words of a name that tell it apart, and all of it as one word."""
    words = name_words(name)
    telling = [w for w in words if w not in COMMON_GIVEN] or words
    every = [key(w) for w in re.split(r"[\s\u200c.&'’-]+", name.translate(PLAIN)) if w]
    return tuple(telling[:8]), "".join(every) if len(every) > 1 else ""


@lru_cache(maxsize=256)
def _candidates(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that may be names, each two neighbours as one, and those without «ال»."""
    likely = [w if w not in PROSE and len(w) > 1 and not w.isdigit() else "" for w in words]
    pairs = [a + b for a, b in pairwise(likely) if a and b]
    bare = [w[2:] for w in (*likely, *pairs) if w.startswith("ال") and len(w) > 4]
    short = [w.removesuffix("ی").removesuffix("ها") for w in likely if w.endswith(("ها", "های"))]
    return tuple(dict.fromkeys(w for w in (*likely, *pairs, *bare, *short) if w))


def _acronym(name: str, words: Sequence[str], candidates: Sequence[str]) -> float:
    """Look for capitals as they are, or as Persian spells them: «سی ان ان»."""
    wanted = name.lower()
    if wanted in words:
        return 1.0
    spelled = "".join(LETTERS.get(letter, "") for letter in wanted)
    return max(
        float(len(wanted) > 2 and _bare(spelled) in _bare("".join(words))),
        SPOKEN * _best(wanted, candidates) if len(wanted) > 3 else 0.0,  # «یونسکو»
    )


def _bare(text: str) -> str:
    return text.replace("آ", "ا")


def _best(part: str, candidates: Sequence[str]) -> float:
    return max((word_similarity(part, c) for c in candidates), default=0.0)


def name_words(name: str) -> list[str]:
    """Return the words of a name, folded, without titles, articles and common nouns."""
    words = [key(w) for w in re.split(r"[\s\u200c.&-]+", name.translate(PLAIN))]
    words = [w.removesuffix("'s").replace("'", "") for w in words if w]
    words = [w.removeprefix("ال") if len(w) > 5 else w for w in words]
    kept = [w for w in words if w not in STRIPPED and (len(w) > 1 or not w.isascii())]
    return kept or [w for w in words if len(w) > 1]


# --- the gazetteer ----------------------------------------------------------------------


@cache
def gazetteer() -> tuple[Entry, ...]:
    """Return the lines of `data/names.tsv`."""
    text = (files("verify.language") / "data" / "names.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return tuple(
        Entry(kind, tuple(english.split("|")), tuple(persian.split("|")), note)
        for kind, english, persian, note in rows[1:]
    )


@cache
def _forms(*, is_answer: bool) -> Mapping[str, frozenset[int]]:
    forms: dict[str, set[int]] = {}
    for number, entry in enumerate(gazetteer()):
        for form in (*entry.english, *entry.persian):
            if form.startswith("?") and not is_answer:
                continue
            forms.setdefault(_joined(form.removeprefix("?")), set()).add(number)
    return {form: frozenset(numbers) for form, numbers in forms.items()}


def _joined(form: str) -> str:
    """Write a name as one word, so that spacing cannot matter."""
    return key(re.sub(r"[\s.'’-]+", "", form))


def _words(text: str) -> Iterator[Span]:
    at = 0
    for match in INITIALS.finditer(text):
        yield from (
            Span(at + m.start(), at + m.end()) for m in WORD.finditer(text[at : match.start()])
        )
        yield Span(match.start(), match.end())
        at = match.end()
    yield from (Span(at + m.start(), at + m.end()) for m in WORD.finditer(text[at:]))


def _known(text: str, words: Sequence[Span], *, is_answer: bool) -> list[NameMention]:
    """Find the gazetteer's names, the longest first at each word."""
    forms, found, index = _forms(is_answer=is_answer), [], 0
    while index < len(words):
        for length in (5, 4, 3, 2, 1):
            last = index + length - 1
            if last < len(words) and (hit := _look_up(text, words[index : last + 1], forms)):
                span = Span(words[index].start, words[last].end)
                kind = gazetteer()[min(hit)].kind
                if kind not in {"title", "weekday"} or is_answer:
                    found.append(NameMention(span, text[span.start : span.end], hit, kind))
                index = last
                break
        index += 1
    return found


def _look_up(
    text: str, words: Sequence[Span], forms: Mapping[str, frozenset[int]]
) -> frozenset[int]:
    name = text[words[0].start : words[-1].end]
    if "\n" in name or (name.isascii() and not _begins_as_name(name)):
        return frozenset()
    joined = _joined(name).removesuffix("'s")
    if joined in forms:
        return forms[joined]
    for ending in ("هایی", "های", "ها", "یی", "ی", "s"):
        stem = joined.removesuffix(ending)
        if stem != joined and len(stem) > 3 and stem in forms:
            return forms[stem]
    return frozenset()


def _begins_as_name(name: str) -> bool:
    """Whether an English name opens with a capital, an article or a particle aside."""
    first, *rest = re.split(r"[ '-]", name)
    return name[0].isupper() or (first in PARTICLES and any(part[:1].isupper() for part in rest))


def _capitalised(text: str, words: Sequence[Span]) -> Iterator[Span]:
    """Find runs of English words with capitals that do not merely open a sentence."""
    index = 0
    while index < len(words):
        length = _run(text, words[index:])
        if length:
            run = list(words[index : index + length])
            opens = _opens_sentence(text, run[0].start)
            first = text[run[0].start : run[0].end]
            if opens and (first.lower() in OPENERS or (len(run) == 1 and not first.isupper())):
                run = run[1:]
            if run and _is_name(text[run[0].start : run[-1].end]):
                yield Span(run[0].start, run[-1].end)
        index += max(length, 1)


def _run(text: str, words: Sequence[Span]) -> int:
    """Count the words from the first on that make one name: "University of Kabul" is three."""
    length = 0
    for index, word in enumerate(words[:8]):
        if index and text[words[index - 1].end : word.start] not in {" ", "-", ". "}:
            break
        value = text[word.start : word.end]
        if value[0].isupper() and value.isascii():
            length = index + 1
        elif not length or not (value in CONNECTORS or _is_inner_and(text, words, index)):
            break
    return length


def _is_inner_and(text: str, words: Sequence[Span], index: int) -> bool:
    """Whether "and" is part of a name: "Ministry of Mines and Oil", "Ways and Means Committee"."""
    values = [text[word.start : word.end] for word in words[: index + 4]]
    if values[index] != "and":
        return False
    behind = list(takewhile(lambda value: value[0].isupper(), values[index + 1 :]))
    return "of" in values[:index] or any(value.lower() in BODIES for value in behind)


def _opens_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t")[-1:]
    return not before or before in SENTENCE_END


def _is_name(text: str) -> bool:
    key = text.lower()
    if key in OPENERS or len(text) < 2 or _joined(text) in _calendar_words():
        return False
    return bool(name_words(text))


@cache
def _calendar_words() -> frozenset[str]:
    months = (
        "january february march april may june july august september october november december "
        "jan feb mar apr jun jul aug sep sept oct nov dec"
    )
    days = [_joined(f) for e in gazetteer() if e.kind in {"weekday", "title"} for f in e.english]
    return frozenset([*months.split(), *days])
