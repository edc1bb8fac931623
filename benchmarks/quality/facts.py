"""
Numbers, dates and negation of an English claim against its Persian sentence.

Each is measured apart: flips that are caught, and true pairs that raise no alarm. Beside
the edits that come with the data we plant our own in dates, and write days ourselves in
three calendars. A number is *lacking*, not *changed*, where the passage speaks of something
else: `*_of_neighbours` sets claims beside the next sentence of their document.

Thresholds in `verify.judge.facts` were read off the pairs with an even number: the figures
are of the odd ones, so expect the same elsewhere in such texts. Words that deny were added after
looking at alarms of both halves, so of negation expect a little less. Every sample is seeded.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from persiantools import jdatetime

from verify.judge.facts import compare
from verify.language.negation import is_negated
from verify.model import FactKind, FactOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from verify.model import Fact

SEED = 11
SIZES = {
    "true": 600,
    "number": 300,
    "negation": 400,
    "date": 150,
    "day": 120,
    "beside": 200,
    "opposite": 300,
    "pairs": 1200,
}
WINDOW = 8  # sentences of a document: their numbers are its multiples
SETS = ("flores_dev", "tico19_fa", "tico19_prs")
FIGURES = frozenset({FactKind.NUMBER, FactKind.DATE})

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WEEKDAYS = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
]
GREGORIAN = [
    "ژانویه",
    "فوریه",
    "مارس",
    "آوریل",
    "مه",
    "ژوئن",
    "ژوئیه",
    "اوت",
    "سپتامبر",
    "اکتبر",
    "نوامبر",
    "دسامبر",
]
IRANIAN = [
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
]
AFGHAN = [
    "حمل",
    "ثور",
    "جوزا",
    "سرطان",
    "اسد",
    "سنبله",
    "میزان",
    "عقرب",
    "قوس",
    "جدی",
    "دلو",
    "حوت",
]
PERSIAN_WEEKDAYS = [
    "دوشنبه",
    "سه‌شنبه",
    "چهارشنبه",
    "پنج‌شنبه",
    "جمعه",
    "شنبه",
    "یک‌شنبه",
]
_SWAPS = (
    "increased decreased;increase decrease;rose fell;before after;first last;confirmed denied;"
    "accepted rejected;opened closed;north south;northern southern;east west;eastern western;"
    "men women;male female;positive negative;started ended;highest lowest;largest smallest;"
    "success failure;successful unsuccessful;legal illegal;public private;died survived;"
    "supported opposed;allowed banned;summer winter;urban rural;bought sold;import export"
)
_PAIRS = [pair.split() for pair in _SWAPS.split(";")]
OPPOSITES = {a: b for one, other in _PAIRS for a, b in ((one, other), (other, one))}
OPPOSITE = re.compile(rf"\b(?:{'|'.join(OPPOSITES)})\b")
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

# our own reading of what is a date in English, so that what the tool cannot read counts too
MONTH = re.compile(rf"\b({'|'.join(MONTHS)})\b(?= \d|,|\.| of)")
WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})\b")
YEAR = re.compile(r"(?<![\d.,/-])(1[5-9]\d\d|20[0-2]\d)(?![\d/%]|[.,]\d|s\b)")
DAY = re.compile(
    rf"(?<=\b)(?:(?<=\w )|^)(\d{{1,2}})(?= (?:{'|'.join(MONTHS)}))"
    rf"|(?:{'|'.join(MONTHS)}) (\d{{1,2}})\b(?!\d)"
)


def measure(shared: Path) -> dict[str, float]:
    return figures(shared, odd=True)


def figures(shared: Path, *, odd: bool) -> dict[str, float]:
    """Measure one half of the pairs: the odd ones are reported, the even ones developed on."""
    data = shared / "data"
    docs = json.loads(gzip.decompress((data / "xclaim_dev_docs.json.gz").read_bytes()))
    chosen = rows(data / "xclaim_dev.jsonl.gz", odd=odd)
    return {
        **of_true_pairs(chosen["verbatim_translation"][: SIZES["true"]], docs),
        **of_edits(chosen, docs),
        **of_two_sentences(chosen, docs),
        **of_opposites(chosen["verbatim_translation"][: SIZES["pairs"]], docs),
        **of_dates(chosen["verbatim_translation"], docs),
        **of_days(random.Random(SEED)),
    }


def rows(path: Path, *, odd: bool) -> dict[str, list[dict[str, Any]]]:
    """Return the claims by kind, shuffled; halves are parted by document."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            name, number = row["doc"].split(".")[:2]
            if name in SETS and int(number) // WINDOW % 2 == odd:
                kinds.setdefault(row["kind"], []).append(row)
    for some in kinds.values():
        random.Random(SEED).shuffle(some)
    return kinds


# --- pairs of the data ------------------------------------------------------------------


def of_true_pairs(true: Sequence[dict[str, Any]], docs: dict[str, list[str]]) -> dict[str, float]:
    """Compare translations, where nothing is amiss, and the sentence beside, where much is."""
    alarms: dict[str, list[bool]] = {"numbers": [], "dates": [], "negation": []}
    neighbours: list[bool] = []
    for row in true:
        sentences, gold = docs[row["doc"]], row["gold_sent"]
        facts = compare(row["claim"], sentences[gold])
        alarms["numbers"].append(has(facts, FactKind.NUMBER))
        alarms["dates"].append(has(facts, FactKind.DATE))
        alarms["negation"].append(has(facts, FactKind.NEGATION))
        if len(sentences) > 1:
            other = sentences[gold - 1] if gold else sentences[1]
            absent = [f for f in compare(row["claim"], other) if f.kind in FIGURES]
            neighbours += [
                f.outcome is FactOutcome.MISSING
                for f in absent
                if f.outcome is not FactOutcome.MATCHED
            ]
    return {
        **{f"{kind}_true_unalarmed": 1 - share(some) for kind, some in alarms.items()},
        "figures_of_neighbours_called_missing": share(neighbours),
    }


def of_edits(
    chosen: dict[str, list[dict[str, Any]]], docs: dict[str, list[str]]
) -> dict[str, float]:
    """Edits that come with the data: a quarter of its negations are doubtful."""
    number, named, negation = [], [], []
    for row in chosen["number"][: SIZES["number"]]:
        facts = compare(row["claim"], docs[row["doc"]][row["gold_sent"]])
        number.append(any(has(facts, kind) for kind in FIGURES))
        named.append(any(is_changed(f) and f.kind in FIGURES for f in facts))
    for row in chosen["negation"][: SIZES["negation"]]:
        facts = compare(row["claim"], docs[row["doc"]][row["gold_sent"]])
        negation.append(has(facts, FactKind.NEGATION))
    return {
        "numbers_changed_caught": share(number),
        "numbers_changed_called_mismatched": share(named),
        "negation_changed_caught": share(negation),
    }


def of_two_sentences(
    chosen: dict[str, list[dict[str, Any]]], docs: dict[str, list[str]]
) -> dict[str, float]:
    """Put a sentence that denies something else beside the claim's own."""
    wrong: dict[str, list[bool]] = {}
    for kind in ("verbatim_translation", "negation"):
        wrong[kind] = []
        for row in chosen[kind]:
            sentences, gold = docs[row["doc"]], row["gold_sent"]
            beside = [i for i in (gold - 1, gold + 1) if 0 <= i < len(sentences)]
            denying = [i for i in beside if is_negated(sentences[i])]
            if denying and len(wrong[kind]) < SIZES["beside"]:
                both = " ".join(sentences[i] for i in sorted((gold, denying[0])))
                wrong[kind].append(has(compare(row["claim"], both), FactKind.NEGATION))
    return {
        "negation_beside_true_unalarmed": 1 - share(wrong["verbatim_translation"]),
        "negation_beside_changed_caught": share(wrong["negation"]),
    }


def of_opposites(true: Sequence[dict[str, Any]], docs: dict[str, list[str]]) -> dict[str, float]:
    """Turn one word of a true pair into its opposite; and count who is said to say it."""
    caught: list[bool] = []
    opposed: list[bool] = []
    spoken: list[bool] = []
    for row in true:
        passage = docs[row["doc"]][row["gold_sent"]]
        facts = compare(row["claim"], passage)
        opposed.append(has(facts, FactKind.POLARITY))
        if any(f.kind is FactKind.SPEAKER for f in facts):
            spoken.append(has(facts, FactKind.SPEAKER))
        found = OPPOSITE.findall(row["claim"])
        if len(found) == 1 and len(caught) < SIZES["opposite"]:
            claim = OPPOSITE.sub(lambda match: OPPOSITES[match[0]], row["claim"])
            caught.append(has(compare(claim, passage), FactKind.POLARITY))
    return {
        "opposites_changed_caught": share(caught),
        "opposites_true_unalarmed": 1 - share(opposed),
        "speakers_true_unalarmed": 1 - share(spoken),
    }


def of_dates(true: Sequence[dict[str, Any]], docs: dict[str, list[str]]) -> dict[str, float]:
    """Plant one change in the date of a true pair."""
    rng = random.Random(SEED)
    caught: dict[str, list[bool]] = {name: [] for name in EDITS}
    false: list[bool] = []
    for row in true:
        passage = docs[row["doc"]][row["gold_sent"]]
        for name, edit in EDITS.items():
            claim = edit(row["claim"], rng)
            if claim is None or len(caught[name]) >= SIZES["date"]:
                continue
            caught[name].append(any(has(compare(claim, passage), kind) for kind in FIGURES))
            false.append(any(has(compare(row["claim"], passage), kind) for kind in FIGURES))
    every = [outcome for some in caught.values() for outcome in some]
    return {
        **{f"dates_{name}_changed_caught": share(some) for name, some in caught.items()},
        "dates_changed_caught": share(every),
        "dated_pairs_true_unalarmed": 1 - share(false),
    }


def other(values: Sequence[str]) -> Callable[[str, random.Random], str]:
    return lambda value, rng: rng.choice([v for v in values if v != value])


def shifted(value: str, rng: random.Random) -> str:
    """Another number of about that size."""
    return str(int(value) + rng.choice([-7, -3, -2, -1, 1, 2, 3, 7]))


def planted(
    pattern: re.Pattern[str], change: Callable[[str, random.Random], str]
) -> Callable[[str, random.Random], str | None]:
    """Return an edit that changes the first match of `pattern`."""

    def edit(claim: str, rng: random.Random) -> str | None:
        match = pattern.search(claim)
        if match is None or match.lastindex is None:
            return None
        start, end = match.span(match.lastindex)
        return claim[:start] + change(match[match.lastindex], rng) + claim[end:]

    return edit


EDITS = {
    "month": planted(MONTH, other(MONTHS)),
    "weekday": planted(WEEKDAY, other(WEEKDAYS)),
    "year": planted(YEAR, shifted),
    "day": planted(DAY, lambda value, _: str(int(value) % 28 + 1)),
}


# --- days that we write -----------------------------------------------------------------


def of_days(rng: random.Random) -> dict[str, float]:
    """Random days in both languages and their calendars, as they are and off by one part."""
    true, wrong = [], []
    for _ in range(SIZES["day"]):
        day = date(1995, 1, 1) + timedelta(days=rng.randrange(11_000))
        off = day + timedelta(days=rng.choice([-365, -31, -7, -1, 1, 7, 31, 365]))
        passage = rng.choice(list(in_persian(day)))
        true.append(has(compare(in_english(day, rng), passage), FactKind.DATE))
        wrong.append(has(compare(in_english(off, rng), passage), FactKind.DATE))
    return {"days_changed_caught": share(wrong), "days_true_unalarmed": 1 - share(true)}


def in_english(day: date, rng: random.Random) -> str:
    weekday, month = WEEKDAYS[day.weekday()], MONTHS[day.month - 1]
    written = [
        f"on {day.day} {month} {day.year}",
        f"on {weekday}, {month} {day.day}, {day.year}",
        f"on {day:%Y-%m-%d}",
    ]
    return f"The council met in the capital {rng.choice(written)}."


def in_persian(day: date) -> Iterator[str]:
    solar: Any = jdatetime.JalaliDate
    jalali, weekday = solar(day), PERSIAN_WEEKDAYS[day.weekday()]
    for written in (
        f"{day.day} {GREGORIAN[day.month - 1]} {day.year}",
        f"{weekday} {jalali.day} {IRANIAN[jalali.month - 1]} {jalali.year}",
        f"{jalali.day} {AFGHAN[jalali.month - 1]} سال {jalali.year}",
        f"{jalali.year}/{jalali.month:02}/{jalali.day:02}",
    ):
        yield f"شورا {written.translate(PERSIAN_DIGITS)} در پایتخت نشست داشت."


# --- counting ---------------------------------------------------------------------------


def has(facts: Iterable[Fact], kind: FactKind) -> bool:
    """Whether a fact of this kind is not borne out."""
    return any(f.kind is kind and f.outcome is not FactOutcome.MATCHED for f in facts)


def is_changed(fact: Fact) -> bool:
    return fact.outcome is FactOutcome.MISMATCHED


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0
