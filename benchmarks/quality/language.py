"""
How well language, dates, sentences and folding are read.

Every figure is a share, and more is better. Titles are four words cut from real sentences;
Persian ones are read again as old pages type them, with Arabic letters and no joiner. Only
rows that training/trigrams.py leaves out are read.
"""

from __future__ import annotations

import gzip
import random
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from persiantools import jdatetime

from verify.language.dates import read_date
from verify.language.fold import fold
from verify.language.identify import identify
from verify.language.sentences import split

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20221028
TITLE_WORDS = 4
PER_LANGUAGE = 700
OLD_TYPING = str.maketrans({"ی": "ي", "ک": "ك", "\u200c": " "})
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
IRANIAN = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()  # noqa: SIM905
AFGHAN = "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت".split()  # noqa: SIM905


def measure(shared: Path) -> dict[str, float]:
    """Return all figures."""
    rng = random.Random(SEED)
    with gzip.open(shared / "data" / "langid.tsv.gz", "rt", encoding="utf-8") as rows:
        fields = [row.rstrip("\n").split("\t") for row in rows]
    texts: dict[str, list[str]] = defaultdict(list)
    for number, (language, source, granularity, text) in enumerate(fields):
        is_held_back = source == "lingua" or number % 5 == 0
        if granularity.startswith("sentence") and is_held_back:
            texts[language].append(text)
    return {
        **of_titles(rng, texts),
        **of_sentences(rng, texts),
        **of_dates(rng),
        **of_folding(rng, texts),
        **of_splitting(rng, texts),
    }


def share(outcomes: list[bool]) -> float:
    return round(sum(outcomes) / len(outcomes), 4)


def titles(rng: random.Random, texts: list[str]) -> list[str]:
    """Cut four words from the sentences that have them."""
    cut = []
    for text in rng.sample(texts, min(PER_LANGUAGE, len(texts))):
        words = text.split()
        if len(words) >= TITLE_WORDS:
            start = rng.randrange(len(words) - TITLE_WORDS + 1)
            cut.append(" ".join(words[start : start + TITLE_WORDS]))
    return cut


def of_titles(rng: random.Random, texts: dict[str, list[str]]) -> dict[str, float]:
    figures = {}
    for code, language in (("fas", "fa"), ("prs", "fa"), ("eng", "en")):
        cut = titles(rng, texts[code])
        figures[f"titles_{code}"] = share([identify(t).language == language for t in cut])
        if language == "fa":
            old = [t.translate(OLD_TYPING) for t in cut]
            figures[f"titles_{code}_old_typing"] = share(
                [identify(t).language == "fa" for t in old]
            )
    for code in ("pus", "urd", "arb", "ckb"):
        cut = titles(rng, texts[code])
        figures[f"titles_{code}_not_persian"] = share([identify(t).language != "fa" for t in cut])
    return figures


def of_sentences(rng: random.Random, texts: dict[str, list[str]]) -> dict[str, float]:
    figures = {}
    expected = {"fas": "fa", "prs": "fa", "pus": "ps", "urd": "ur", "arb": "ar", "ckb": "ckb"}
    for code, language in (expected | {"eng": "en", "tur": "tr", "aze": "az"}).items():
        chosen = [t for t in texts[code] if len(t) > 60]
        chosen = rng.sample(chosen, min(150, len(chosen)))
        figures[f"sentences_{code}"] = share([identify(t).language == language for t in chosen])
    return figures


def of_dates(rng: random.Random) -> dict[str, float]:
    """Measure random days, written in every form that notes and pages use."""
    outcomes = []
    for _ in range(150):
        day = date(1990, 1, 1) + timedelta(days=rng.randrange(15_000))
        outcomes += [read_date(text) == day for text in written(day)]
    return {"dates_read": share(outcomes)}


def written(day: date) -> list[str]:
    solar: Any = jdatetime.JalaliDate
    jalali = solar(day)
    iranian = f"{jalali.day} {IRANIAN[jalali.month - 1]} {jalali.year}"
    return [
        f"{day:%d.%m.%Y}",
        f"{day:%d/%m/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day:%d %B %Y}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%d %b. %Y}",
        iranian,
        iranian.translate(PERSIAN_DIGITS),
        f"{jalali.day} {AFGHAN[jalali.month - 1]} سال {jalali.year}".translate(PERSIAN_DIGITS),
        f"{jalali.year}/{jalali.month:02}/{jalali.day:02}".translate(PERSIAN_DIGITS),
        f"{jalali.year}/{jalali.month}/{jalali.day}",
    ]


def of_folding(rng: random.Random, texts: dict[str, list[str]]) -> dict[str, float]:
    """Measure that every word of a folded text leads back to the word it was made from."""
    outcomes = []
    for text in rng.sample(texts["fas"] + texts["prs"] + texts["eng"], 300):
        folded = fold(text)
        start = 0
        for word in folded.text.split(" "):
            span = folded.original(start, start + len(word))
            outcomes.append(fold(text[span.start : span.end]).text == word)
            start += len(word) + 1
    return {"folded_words_lead_back": share(outcomes)}


def of_splitting(rng: random.Random, texts: dict[str, list[str]]) -> dict[str, float]:
    """Measure whole sentences set behind one another: each must come back alone."""
    outcomes = []
    for language, marks in (("fas", ".؟!"), ("eng", ".?!")):
        whole = [
            t.strip()
            for t in texts[language]
            if 40 < len(t) < 200 and t.strip()[-1] in marks and len(split(t)) == 1
        ]
        for _ in range(120):
            chosen = rng.sample(whole, 4)
            if language == "eng" and not all(t[0].isupper() for t in chosen):
                continue
            page = " ".join(chosen)
            outcomes.append([page[s.start : s.end] for s in split(page)] == chosen)
    return {"sentences_split": share(outcomes)}


if __name__ == "__main__":
    import sys
    from pathlib import Path

    for name, value in measure(Path(sys.argv[1])).items():
        print(f"{value:8.4f}  {name}")
