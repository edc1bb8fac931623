"""
Count the trigrams by which `verify.language.identify` tells the languages of Arabic script.

    python training/trigrams.py LANGID.tsv.gz > verify/language/data/trigrams.tsv

Reads rows of language, source, granularity and text, takes TICO-19 (CC0) and NLLB-Seed
(CC BY-SA 4.0) alone, and of those every fifth row is left for measuring. What is kept are
counts: no sentence can be read back from them.
"""

from __future__ import annotations

import gzip
import sys
from collections import Counter, defaultdict

from verify.language.identify import trigrams

LANGUAGES = {"fas": "fa", "prs": "fa", "pus": "ps", "urd": "ur", "arb": "ar", "ckb": "ckb"}
# What is seen less often than once in 20,000 trigrams tells little and doubles the table.
RAREST = 1 / 20_000


def count(path: str) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        for number, row in enumerate(rows):
            language, source, _granularity, text = row.rstrip("\n").split("\t")
            if source in {"tico19", "nllb_seed"} and language in LANGUAGES and number % 5:
                counts[LANGUAGES[language]].update(trigrams(text))
    return counts


def main() -> None:
    counts = count(sys.argv[1])
    languages = sorted(counts)
    totals = {language: counts[language].total() for language in languages}
    print("trigram", *languages, sep="\t")
    for trigram in sorted(set().union(*counts.values())):
        rates = [counts[language][trigram] / totals[language] for language in languages]
        if max(rates) >= RAREST:
            print(trigram.replace(" ", "_"), *(round(rate * 1e6) for rate in rates), sep="\t")


if __name__ == "__main__":
    main()
