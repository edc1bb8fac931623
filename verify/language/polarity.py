"""
The words that have an opposite, in Persian and English: "rose" and «کاهش», "denied" and «پذیرفت».

`data/polarity.tsv` holds one line a concept with the words of its two poles in both languages.
A word under a denial stands for the other pole: "did not rise" does not speak against "fell".
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from verify.language.negation import DENIALS, PLAIN, ZWNJ, Strength, find_negations
from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.language.negation import NegationMention

WORD = re.compile(r"(?:ن?می[ \u200c])?[^\W\d_]+(?:[\u200c'’-][^\W\d_]+)*")
CLAUSE_END = re.compile(r"[,;:.!?،؛؟()\n«»“”\"]")

NOUN_ENDINGS = ("", "ی", "ها", "های", "هایی", "یی", "تر", "ترین", "تری")
VERB_PREFIXES = ("", "می", "نمی", "ن", "ب")
VERB_ENDINGS = (
    "", "م", "ی", "د", "یم", "ید", "ند", "ن", "ه", "هام", "های", "هاست", "هایم", "هاید", "هاند",
)  # fmt: skip
ENGLISH_ENDINGS = ("", "s", "es", "d", "ed", "ing", "r", "er", "rs", "ers", "al", "als")
LONGEST_FORM = 4

# How many words may stand between a denial and the word that it turns: "has not yet been
# confirmed", «افزایش چشمگیری نداشت». English denies before, Persian behind, with its verb.
ENGLISH_REACH, PERSIAN_REACH = 3, 1


@dataclass(frozen=True, slots=True)
class PoleMention:
    """A word that has an opposite. `pole` is 1 or -1, turned round where the word is denied."""

    span: Span
    text: str
    concept: str
    pole: int
    only_answers: bool = False
    """Whether it may bear a claim out, and never speaks against one."""
    denied_by: Span | None = None

    @property
    def sense(self) -> int:
        """What is said in the end: the pole, or the other one under a denial."""
        return -self.pole if self.denied_by else self.pole


@lru_cache(maxsize=2048)
def find_poles(text: str) -> tuple[PoleMention, ...]:
    """Return the words of `text` that have an opposite, in order; a word may be of two concepts."""
    plain = text.translate(PLAIN)
    lowered = plain.lower() if len(plain.lower()) == len(plain) else plain
    words = list(WORD.finditer(lowered))
    keys = [_key(match.group()) for match in words]
    denials = [n for n in find_negations(text) if n.strength in DENIALS | {Strength.CONCORD}]
    found = []
    for begin in range(len(words)):
        for end, hits in _longest(keys, begin):
            span = Span(words[begin].start(), words[end - 1].end())
            cue = _denial(text, span, denials)
            found += [
                PoleMention(span, text[span.start : span.end], concept, pole, weak, cue)
                for concept, pole, weak in hits
            ]
    return tuple(found)


def _key(word: str) -> str:
    key = word.replace(ZWNJ, "").replace(" ", "").replace("آ", "ا").replace("’", "'")
    return key.removesuffix("'s")


def _longest(
    keys: Sequence[str], begin: int
) -> Iterator[tuple[int, Sequence[tuple[str, int, bool]]]]:
    """Yield the end of the longest form that begins here, with what it stands for."""
    if keys[begin] not in _table().entries:
        return
    for length in range(min(LONGEST_FORM, len(keys) - begin), 0, -1):
        if hits := _meanings(tuple(keys[begin : begin + length])):
            yield begin + length, hits
            return


def _denial(text: str, span: Span, denials: Sequence[NegationMention]) -> Span | None:
    """Return the denial that turns the word at `span` round."""
    for cue in denials:
        if cue.strength is Strength.VERB and not cue.text.isascii():
            continue  # «رد» and «تکذیب» deny what they say, not the word beside them
        if cue.span.start < span.end and span.start < cue.span.end:
            if cue.strength is Strength.STRONG and not cue.text.isascii():
                return cue.span  # «نپذیرفت»
            continue
        between = text[min(cue.span.end, span.end) : max(cue.span.start, span.start)]
        is_before = cue.span.end <= span.start
        stands_before = (
            cue.text.isascii() or cue.strength is not Strength.STRONG or cue.text == "نه"
        )
        if is_before != stands_before:
            continue
        reach = ENGLISH_REACH if cue.text.isascii() else PERSIAN_REACH
        if len(between.split()) <= reach and not CLAUSE_END.search(between):
            return cue.span
    return None


# --- the table --------------------------------------------------------------------------


class _Table(NamedTuple):
    """
    The table, by its words. To write out what its phrases may be inflected to is slow: 58,000.

    `entries` holds, for each inflected word, the words of the table that it may be; `phrases`
    what those stand for: the number of the line, concept, pole, and whether it only answers.
    """

    entries: dict[str, list[str]]
    phrases: dict[tuple[str, ...], list[tuple[int, str, int, bool]]]


@cache
def _table() -> _Table:
    table = _Table(defaultdict(list), defaultdict(list))
    text = (files("verify.language") / "data" / "polarity.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    seen: set[str] = set()
    forms = (
        (form, concept, pole)
        for concept, *columns in rows[1:]
        for column, pole in zip(columns, (1, 1, -1, -1), strict=True)
        for form in column.split("|")
    )
    for number, (form, concept, pole) in enumerate(forms):
        words = tuple(form.removeprefix("?").split(" "))
        table.phrases[words].append((number, concept, pole, form.startswith("?")))
        for word in set(words) - seen:
            seen.add(word)
            for inflected in dict.fromkeys(_word_forms(word)):
                table.entries[inflected].append(word)
    return table


@lru_cache(maxsize=8192)
def _meanings(words: tuple[str, ...]) -> tuple[tuple[str, int, bool], ...]:
    """Return what words stand for together: concept, pole, and whether they only answer."""
    table = _table()
    phrases = product(*(table.entries.get(word, ()) for word in words))
    meanings: dict[tuple[str, int], bool] = {}
    for _, concept, pole, weak in sorted(m for p in phrases for m in table.phrases.get(p, ())):
        if not weak and meanings.get((concept, pole)):
            del meanings[concept, pole]  # it stands where it was first said in full
        meanings.setdefault((concept, pole), weak)
    return tuple((concept, pole, weak) for (concept, pole), weak in meanings.items())


def _word_forms(word: str) -> list[str]:
    stem = _key(word.removesuffix("~").translate(PLAIN))
    if not word.endswith("~"):
        return [stem] if word.isascii() else [stem + ending for ending in NOUN_ENDINGS]
    if not word.isascii():
        return [p + stem + e for p, e in product(VERB_PREFIXES, VERB_ENDINGS)]
    short = stem.removesuffix("e")
    doubled = [stem + stem[-1] + ending for ending in ("ed", "ing")]
    return [*(stem + e for e in ENGLISH_ENDINGS), short + "ing", short + "ion", *doubled]
