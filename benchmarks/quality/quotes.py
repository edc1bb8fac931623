"""
How well quotations are found, and how surely their differences are named.

Every figure is a share, and more is better. The rows are those of the shared development
data; the flips and variants are planted in its real sentences by rule.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from verify.judge.quote import find_quotation
from verify.language.fold import fold
from verify.model import DifferenceKind as Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from verify.judge.quote import QuoteMatch

SEED = 20221028
# Enough for a tenth of a per cent, and few enough for a loaded core.
ROWS = 1_400
SENTENCES = 260
ABSENT = 400

Swap = dict[str, str]


def both(pairs: str) -> Swap:
    """Return swaps in both directions from lines of two words."""
    swaps: Swap = {}
    for line in pairs.strip().splitlines():
        left, right = line.strip().split(" / ")
        swaps |= {left: right, right: left}
    return swaps


NEGATION = both("""
    است / نیست
    هستند / نیستند
    شد / نشد
    شده / نشده
    دارد / ندارد
    دارند / ندارند
    بود / نبود
    بودند / نبودند
    کرد / نکرد
    کردند / نکردند
    داد / نداد
    باشد / نباشد
    شود / نشود
    کند / نکند
    خواهد / نخواهد
    باید / نباید
    می‌شود / نمی‌شود
    می‌کند / نمی‌کند
    می‌کنند / نمی‌کنند
    می‌تواند / نمی‌تواند
    می‌دهد / نمی‌دهد
    با / بدون
    is / isn't
    was / wasn't
    are / aren't
    can / cannot
    did / didn't
    with / without
    have / haven't
""")
ADDED_DENIAL = {w: f"{w} not" for w in ("is", "was", "are", "were", "will", "has", "have", "can")}
DATE = both("""
    January / October
    February / November
    March / June
    April / December
    Monday / Thursday
    Sunday / Friday
    ژانویه / اکتبر
    فوریه / نوامبر
    مارس / ژوئن
    آوریل / دسامبر
    جنوری / اکتوبر
    فبروری / نومبر
    دوشنبه / جمعه
""")
NAME = both("""
    China / Iran
    Germany / France
    Russia / Japan
    London / Paris
    Afghanistan / Pakistan
    Washington / Berlin
    چین / ایران
    آلمان / فرانسه
    روسیه / ژاپن
    لندن / پاریس
    افغانستان / پاکستان
    آمریکا / ایتالیا
    امریکا / هند
""")
UNIT = both("""
    percent / kilometers
    miles / kilometres
    km / mph
    days / years
    hours / minutes
    months / weeks
    درصد / کیلومتر
    روز / ماه
    ساعت / دقیقه
    سال / هفته
    متر / کیلومتر
""")
MODALITY = both("""
    may / will
    could / must
    should / might
    باید / شاید
    می‌تواند / باید
    احتمالا / قطعا
""")
ANTONYM = both("""
    increase / decrease
    increased / reduced
    more / less
    higher / lower
    before / after
    first / last
    افزایش / کاهش
    بیشتر / کمتر
    قبل / بعد
    شمال / جنوب
    مثبت / منفی
    شرق / غرب
""")
PLANTS: dict[str, tuple[Swap, frozenset[Kind]]] = {
    "negation": (NEGATION | ADDED_DENIAL, frozenset({Kind.NEGATION})),
    "date": (DATE, frozenset({Kind.DATE})),
    "name": (NAME, frozenset({Kind.NAME})),
    "unit": (UNIT, frozenset({Kind.UNIT})),
    "modality": (MODALITY, frozenset({Kind.MODALITY})),
    "antonym": (ANTONYM, frozenset({Kind.WORD_CHANGED})),
}
WORD = re.compile(r"[^\W\d_]+(?:[\u200c'][^\W\d_]+)*")
DIGITS = re.compile(r"(?<![\w.,/:-])\d{1,3}(?![\w.,/:-])")


def measure(shared: Path) -> dict[str, float]:
    """Return all figures."""
    rng = random.Random(SEED)
    rows = read(shared / "data" / "quote_match.jsonl.gz")
    with gzip.open(shared / "data" / "parallel_fa_en.tsv.gz", "rt", encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").split("\t") for line in lines][1:]
    sentences = {
        language: [r[column] for r in pairs if 60 <= len(r[column]) <= 260 and '"' not in r[column]]
        for language, column in (("fa", 3), ("en", 4))
    }
    return {
        **of_rows(rng.sample(rows, ROWS)),
        **of_edits(rng, [r for r in rows if r["kind"] == "exact"]),
        **of_variants(rng, sentences["fa"]),
        **of_flips(rng, sentences),
        **of_absent(rng, pairs),
    }


def read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def share(outcomes: list[bool]) -> float:
    return round(sum(outcomes) / len(outcomes), 4) if outcomes else 0.0


def of_rows(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Measure the labelled rows: true ones accepted, altered ones not, absent ones not found."""
    outcomes: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        match = find_quotation(row["quote"], row["source"])
        if row["verdict"] == "not_found":
            outcomes["quote_rows_absent_rejected"].append(match is None)
        elif row["verdict"] == "altered":
            outcomes["quote_rows_altered_found_and_named"].append(
                match is not None and not match.is_faithful
            )
        else:
            accepted = match is not None and match.is_faithful
            outcomes["quote_rows_true_accepted"].append(accepted)
        if match is not None:
            is_exact = row["source"][match.span.start : match.span.end] == match.text
            outcomes["quote_offsets_exact"].append(is_exact)
    return {name: share(values) for name, values in outcomes.items()}


def of_edits(rng: random.Random, rows: list[dict[str, Any]]) -> dict[str, float]:
    """Measure quotations of which up to a tenth of the letters were changed at random."""
    found = []
    for row in rng.sample(rows, 250):
        match = find_quotation(edited(rng, row["quote"], 0.1), row["source"])
        place = row["source"].find(row["quote"])
        near = match is not None and abs(match.span.start - place) <= 20
        found.append(near)
    return {"quotes_with_a_tenth_edited_found": share(found)}


def edited(rng: random.Random, text: str, rate: float) -> str:
    letters = list(text)
    for _ in range(int(rate * len(text))):
        at = rng.randrange(len(letters))
        letters[at] = rng.choice(("", rng.choice(text), letters[at] + rng.choice(text)))
    return "".join(letters)


VARIANTS: dict[str, Callable[[str], str]] = {
    "arabic_letters": lambda s: s.translate(str.maketrans("یک", "يك")),
    "no_joiner": lambda s: s.replace("\u200c", ""),
    "space_for_joiner": lambda s: s.replace("\u200c", " "),
    "arabic_digits": lambda s: s.translate(str.maketrans("0123456789۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩" * 2)),
    "diacritics": lambda s: re.sub("(?<=[بتسمن])(?=[ا-ی])", "َ", s),
    "tatweel": lambda s: re.sub("(?<=[بتسمن])(?=[ا-ی])", "ـ", s, count=4),
    "hamza": lambda s: (
        s.translate(str.maketrans("أؤئإ", "اویا")).replace("ۀ", "ه").replace("هٔ", "ه")
    ),
    "marks": lambda s: s.translate(str.maketrans("«»،؛؟-", "“”,;?–")),
    "presentation": lambda s: s.replace("لا", "ﻻ").replace("ی ", "ﯼ "),
    "decomposed": lambda s: unicodedata.normalize("NFD", s),
    "direction_marks": lambda s: "\u202b" + s.replace(" ", " \u200f") + "\u202c",
    "entities": lambda s: s.replace(" ", "&nbsp;", 3).replace("«", "&laquo;"),
    "ezafe": lambda s: s.replace("ه‌ی ", "هٔ "),
}


def of_variants(rng: random.Random, sentences: list[str]) -> dict[str, float]:
    """Measure true Persian quotations in other spellings: all must be accepted."""
    outcomes = []
    for name, vary in VARIANTS.items():
        changed = [s for s in sentences if vary(s) != s]
        for sentence in rng.sample(changed, min(25, len(changed))):
            page = among(rng, sentence, sentences)
            match = find_quotation(vary(sentence), page)
            is_accepted = match is not None and match.is_faithful
            outcomes.append(is_accepted)
            if not is_accepted:
                report("variant", name, vary(sentence), match)
    return {"quote_variants_accepted": share(outcomes)}


def among(rng: random.Random, sentence: str, sentences: list[str]) -> str:
    """Return a page that has the sentence among others."""
    others = rng.sample(sentences, 8)
    return "\n".join((*others[:4], sentence, *others[4:]))


def of_flips(rng: random.Random, sentences: dict[str, list[str]]) -> dict[str, float]:
    """Measure quotations with one planted change: rejected, and called what it is."""
    rejected: list[bool] = []
    named: list[bool] = []
    figures: dict[str, float] = {}
    for kind in (*PLANTS, "number"):
        expected = PLANTS[kind][1] if kind in PLANTS else frozenset({Kind.NUMBER, Kind.DATE})
        hits = []
        for language in ("fa", "en"):
            for true, false in planted(rng, kind, sentences[language]):
                match = find_quotation(false, among(rng, true, sentences[language]))
                material = (
                    [d.kind for d in match.differences if d.kind.is_material] if match else []
                )
                rejected.append(match is None or bool(material))
                hits.append(bool(set(material) & expected))
                if not hits[-1]:
                    report(kind, language, false, match)
        named += hits
        figures[f"quote_flip_{kind}_named"] = share(hits)
    return {
        "quote_flips_rejected": share(rejected),
        "quote_flips_named": share(named),
        **figures,
    }


def planted(rng: random.Random, kind: str, sentences: list[str]) -> Iterator[tuple[str, str]]:
    """Yield true sentences with what they become by one planted change."""
    count = 0
    for sentence in rng.sample(sentences, len(sentences)):
        false = changed_number(rng, sentence) if kind == "number" else swapped(sentence, kind)
        if false is not None:
            yield sentence, false
            count += 1
        if count == SENTENCES // 5:
            return


def swapped(sentence: str, kind: str) -> str | None:
    swaps = PLANTS[kind][0]
    for match in WORD.finditer(sentence):
        if match[0] in swaps and (
            kind != "unit" or sentence[: match.start()].rstrip()[-1:].isdigit()
        ):
            return sentence[: match.start()] + swaps[match[0]] + sentence[match.end() :]
    return None


def changed_number(rng: random.Random, sentence: str) -> str | None:
    match = DIGITS.search(sentence)
    if match is None:
        return None
    value = int(match[0]) + rng.choice((1, 2, 10, 30))
    return sentence[: match.start()] + str(value) + sentence[match.end() :]


def of_absent(rng: random.Random, pairs: list[list[str]]) -> dict[str, float]:
    """Measure sentences and fragments that a long text, from another collection, lacks."""
    rejected = []
    for column in (3, 4):
        quoted = [r[column] for r in pairs if r[0].startswith("nllb") and len(r[column]) > 40]
        page = "\n".join(r[column] for r in pairs if r[0].startswith(("tico", "flores")))[:200_000]
        folded = fold(page)
        for sentence in rng.sample(quoted, ABSENT // 2):
            words = sentence.split()
            quote = " ".join(words[: rng.choice((4, 6, 9, len(words)))])
            if fold(quote).letters.text in folded.letters.text:
                continue
            match = find_quotation(quote, page, folded)
            rejected.append(match is None)
            if match is not None:
                report("absent", "", quote, match)
    return {"quote_absent_rejected": share(rejected)}


def report(kind: str, detail: str, quote: str, match: QuoteMatch | None) -> None:
    """Keep what went wrong, for whoever runs this file by itself."""
    FAILURES.append((kind, detail, quote, match))


FAILURES: list[tuple[str, str, str, QuoteMatch | None]] = []


if __name__ == "__main__":
    import sys
    from pathlib import Path

    for name, value in measure(Path(sys.argv[1])).items():
        print(f"{value:8.4f}  {name}")
    for kind, detail, quote, match in FAILURES:
        print(f"\n{kind} {detail}: {quote}")
        if match:
            print("   ", match.method, round(match.similarity, 3), match.text)
            print("   ", [(d.kind.value, d.claim_text, d.source_text) for d in match.differences])
