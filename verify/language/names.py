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
from itertools import pairwise
from typing import TYPE_CHECKING

from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ZWNJ = "\u200c"
PLAIN = str.maketrans("يىكةأإٱۀؤ’", "ییکهاااهو'")  # one for one, so that offsets stay true
UNHEARD = str.maketrans("", "", ZWNJ + "ـءّْٰٖ۪ٔٓ" + "ًٌٍَُِ")

WORD = re.compile(r"[^\W\d_]+(?:[\u200c'.&-]?[^\W\d_]+)*")
INITIALS = re.compile(r"(?:[A-Z]\.){2,}")
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
_CONNECTORS = "of the al el bin ibn de la van von der e i ul ur da di du and"
CONNECTORS = frozenset(_CONNECTORS.split())
_STRIPPED = (
    "al el ul ur the of bin ibn de la e i mr mrs ms dr sir prof professor president minister prime "
    "king queen prince general mullah mawlawi sheikh haji ayatollah university city province "
    "river museum lake mount mountain street school college institute department ministry "
    "national international association organization party house center centre north south east "
    "west northern southern eastern western state states county hospital company award world "
    "council committee church airport island islands union board court "
    "ال آقای اقای خانم دکتر داکتر رئیس جمهور شهر ولایت استان ملا مولوی شیخ حاجی وزیر"
)
STRIPPED = frozenset(_STRIPPED.split())

# Deletion costs. Short vowels are not written in Persian, so they hardly count.
OPTIONAL = {"a": 0.05, "e": 0.1, "w": 0.3, "y": 0.3, "j": 0.4, "h": 0.35, "H": 0.05, "A": 0.3}

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
        "بپتطثسصجچحخدذرزژشضظغفقکگلمنوهیئ",
        "bpttsssJChxdzrzZSzzqfqkglmnwhyy",
        strict=True,
    )
)

# What is written for what, and how readily, after the romanisations in common use, such as
# Ayman and ایمن, Riyadh and ریاض, George and جورج, Johannes and یوهانس, Chirac and شیراک
ALIKE = {
    frozenset(pair): cost
    for pair, cost in {
        "vw": 0.0,
        "ow": 0.0,
        "ov": 0.3,
        "ey": 0.0,
        "jy": 0.0,
        "ej": 0.1,
        "ay": 0.15,
        "aw": 0.2,
        "ao": 0.0,
        "ae": 0.0,
        "eo": 0.1,
        "ew": 0.3,
        "oy": 0.3,
        "hH": 0.0,
        "aH": 0.0,
        "eH": 0.0,
        "cs": 0.0,
        "ck": 0.0,
        "cC": 0.3,
        "kq": 0.1,
        "gq": 0.25,
        "kx": 0.3,
        "hx": 0.35,
        "qx": 0.4,
        "gJ": 0.25,
        "gk": 0.5,
        "JZ": 0.2,
        "ZS": 0.5,
        "Zz": 0.3,
        "CS": 0.3,
        "Ck": 0.4,
        "Sc": 0.5,
        "Ss": 0.45,
        "CJ": 0.5,
        "sz": 0.3,
        "dt": 0.5,
        "bp": 0.4,
        "bv": 0.5,
        "bw": 0.6,
        "fv": 0.3,
        "fw": 0.6,
        "fp": 0.4,
        "Jy": 0.3,
        "Jj": 0.4,
        "Jh": 0.5,
        "Jx": 0.5,
        "st": 0.35,
        "dz": 0.35,
        "tC": 0.5,
        "mn": 0.6,
        "lr": 0.8,
    }.items()
}
MAX_WORD = 24  # longer than any word of a name; bounds the alignment


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

    An English word that only opens a sentence is no name unless the gazetteer has it.
    """
    words = list(_words(text))
    known = _known(text, words, is_answer=False)
    taken = {i for m in known for i in range(m.span.start, m.span.end)}
    runs = [r for r in _capitalised(text, words) if not taken.intersection(range(r.start, r.end))]
    found = known + [NameMention(span, text[span.start : span.end]) for span in runs]
    return sorted(map(_without_possessive, found), key=lambda m: m.span.start)


def _without_possessive(name: NameMention) -> NameMention:
    if not name.text.endswith(("'s", "’s")):
        return name
    return replace(name, span=Span(name.span.start, name.span.end - 2), text=name.text[:-2])


def entries_in(text: str) -> frozenset[int]:
    """Return every line of the gazetteer that a word of `text` may stand for."""
    mentions = _known(text, list(_words(text)), is_answer=True)
    return frozenset(i for m in mentions for i in m.entries)


def name_similarity(left: str, right: str) -> float:
    """
    Return how alike two names are, from 0 to 1, in one script or across two.

    Titles and articles do not count, and a surname alone is nearly the full name.
    """
    if entries_in(left) & entries_in(right) and entries_in(left):
        return 1.0
    lefts, rights = name_words(left), name_words(right)
    if not lefts or not rights:
        return 0.0
    short, long = sorted((lefts, rights), key=len)
    cover = sum(max(word_similarity(s, word) for word in long) for s in short) / len(short)
    cover *= 0.9 + 0.1 * len(short) / len(long)
    return max(cover, word_similarity("".join(lefts), "".join(rights)))


def find_name(name: str, words: Sequence[str]) -> float:
    """
    Return how surely `name` is among `words`, the folded words of a passage.

    Half of the name's words have to be there, for the others may be translated ("Square",
    "War"); two neighbours may be written as one.
    """
    parts = name_words(name)
    if not parts:
        return 0.0
    candidates = [*words, *(a + b for a, b in pairwise(words))]
    found = [_best(part, candidates) for part in parts]
    for index, (first, second) in enumerate(pairwise(parts)):  # "Syr Darya" is «سیردریا»
        both = _best(first + second, words)
        found[index], found[index + 1] = max(found[index], both), max(found[index + 1], both)
    return sorted(found, reverse=True)[(len(parts) - 1) // 2]


def _best(part: str, candidates: Sequence[str]) -> float:
    return max((word_similarity(part, c) for c in candidates), default=0.0)


def name_words(name: str) -> list[str]:
    """Return the words of a name, folded, without titles, articles and common nouns."""
    words = [_key(w) for w in re.split(r"[\s\u200c.&-]+", name.translate(PLAIN))]
    words = [w.removesuffix("'s").replace("'", "") for w in words if w]
    words = [w.removeprefix("ال") if len(w) > 5 else w for w in words]
    kept = [w for w in words if w not in STRIPPED and (len(w) > 1 or not w.isascii())]
    return kept or [w for w in words if len(w) > 1]


@lru_cache(maxsize=65536)
def word_similarity(left: str, right: str) -> float:
    """Return how alike two words sound, from 0 to 1."""
    if left == right:
        return 1.0
    a, b = skeleton(left), skeleton(right)
    weight = max(sum(map(_weight, a)), sum(map(_weight, b)))
    if not a or not b or weight < 0.5:
        return 0.0
    return max(0.0, 1 - _distance(a, b) / weight)


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """Return a word as classes of sounds: `Karzai` is `kArzae` with the vowels made cheap."""
    word = _key(word)[:MAX_WORD]
    if not word:
        return ""
    if word[0] <= "ɏ":
        return _latin_skeleton(word)
    sounds = re.sub(r"(.)\1", r"\1", "".join(PERSIAN.get(letter, "") for letter in word))
    if word[-1] == "ه" and len(word) > 2:
        sounds = sounds[:-1] + "H"
    return "A" + sounds if word[0] in "اآع" else sounds


def _latin_skeleton(word: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", word.replace("ı", "i").replace("ø", "o"))
    plain = re.sub(r"([^aeiou])\1", r"\1", re.sub(r"[^a-z]", "", plain))
    sounds = "".join(
        LATIN_CLUSTERS.get(m.group()) or LATIN[m.group()] for m in LATIN_CLUSTER.finditer(plain)
    )
    return "A" + sounds.removeprefix("a") if plain[:1] in set("aeiou") else sounds


def _weight(sound: str) -> float:
    return 0.1 if sound == "o" else OPTIONAL.get(sound, 1.0)


def _distance(a: str, b: str) -> float:
    """Align two rows of classes and return the least cost."""
    row = [0.0]
    for sound in b:
        row.append(row[-1] + _weight(sound))
    for left in a:
        drop = _weight(left)
        previous, row = row, [row[0] + drop]
        for index, right in enumerate(b):
            same = 0.0 if left == right else ALIKE.get(frozenset((left, right)), 1.2)
            row.append(
                min(previous[index] + same, previous[index + 1] + drop, row[-1] + _weight(right))
            )
    return row[-1]


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


def _key(word: str) -> str:
    return word.translate(PLAIN).translate(UNHEARD).lower()


def _joined(form: str) -> str:
    """Write a name as one word, so that spacing cannot matter."""
    return _key(re.sub(r"[\s.'’-]+", "", form))


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
    if "\n" in name or (name.isascii() and not any(c.isupper() for c in name)):
        return frozenset()
    joined = _joined(name).removesuffix("'s")
    if joined in forms:
        return forms[joined]
    for ending in ("هایی", "های", "ها", "یی", "ی", "s"):
        stem = joined.removesuffix(ending)
        if stem != joined and len(stem) > 3 and stem in forms:
            return forms[stem]
    return frozenset()


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
        elif not length or value not in CONNECTORS:
            break
    return length


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
