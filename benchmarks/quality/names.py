"""
How well names are known again in the other script, and how often by mere chance.

A name is looked for as a claim's names are: `find_names` cuts it out of an English sentence,
and each mention has to be answered by the gazetteer or by its sound. Recall is measured
on the Persian form alone; chance on random Persian sentences that do not have the name, and on
other names of its kind that share no word with it. Figures of the development half may be tuned
on, those of the held-back half are only read.

    python benchmarks/quality/names.py ../shared            # all figures
    python benchmarks/quality/names.py ../shared --misses   # and what went wrong, development half
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from verify.judge.named import NAME_MATCHED
from verify.language.fold import normalise
from verify.language.names import entries_in, find_name, find_names

if TYPE_CHECKING:
    from verify.language.names import NameMention

SEED = 20221028
SENTENCES_PER_NAME = 20
OTHERS_PER_NAME = 20
PAIRS = Path(__file__).resolve().parent.parent / "names" / "pairs.tsv"
NEWS_LIKE = {"flores_dev", "nllb_seed_prs", "tico19_fa", "tico19_prs"}
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of pairs.tsv: a name with its usual forms."""

    kind: str
    latin: tuple[str, ...]
    persian: tuple[str, ...]
    half: str


class Text:
    """A Persian text, read once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = WORD.findall(normalise(text))
        self.entries = entries_in(text)
        self.joined = "".join(self.words)


def pairs() -> list[Pair]:
    rows = [line.split("\t") for line in PAIRS.read_text("utf-8").splitlines()[1:]]
    return [Pair(r[0], tuple(r[1].split("|")), tuple(r[2].split("|")), r[4]) for r in rows]


@lru_cache(maxsize=4096)
def mentions_in(name: str) -> list[NameMention]:
    return find_names(f"They wrote to {name} again.")


@lru_cache(maxsize=4096)
def form(text: str) -> Text:
    return Text(text)


def is_matched(name: str, text: Text) -> bool:
    """Whether every mention of `name` is answered, as for a name of a claim."""
    mentions = mentions_in(name)
    if not mentions:
        return find_name(name, text.words) >= NAME_MATCHED
    return all(
        bool(m.entries & text.entries) or find_name(m.text, text.words) >= NAME_MATCHED
        for m in mentions
    )


def is_by_sound(pair: Pair) -> bool:
    """Whether no form of the name comes from the gazetteer."""
    return not any(m.entries for n in pair.latin for m in mentions_in(n))


def share(outcomes: list[bool]) -> float:
    return round(sum(outcomes) / max(len(outcomes), 1), 4)


def sentences(shared: Path) -> list[Text]:
    """Return the Persian sentences of 12 to 45 words among which names are looked for."""
    with gzip.open(shared / "data" / "parallel_fa_en.tsv.gz", "rt", encoding="utf-8") as rows:
        fields = [row.rstrip("\n").split("\t") for row in rows]
    chosen = [f[3] for f in fields if f[0] in NEWS_LIKE and 12 <= len(f[3].split()) <= 45]
    return [Text(t) for t in random.Random(SEED).sample(chosen, 600)]


def of_pairs(
    chosen: list[Pair], texts: list[Text], rng: random.Random, wrong: list[str]
) -> dict[str, float]:
    """Measure recall, chance in random sentences, and confusion with others of the kind."""
    recall, chance, others = [], [], []
    for pair in chosen:
        own = [form(f) for f in pair.persian]
        kin = [p for p in chosen if p.kind == pair.kind and p is not pair]
        rivals = [form(f) for p in kin for f in p.persian]
        words = {w for text in own for w in text.words}
        rivals = [r for r in rivals if not words & set(r.words)]
        unrelated = [t for t in texts if not any(o.joined in t.joined for o in own)]
        for name in pair.latin:
            for text in own:
                recall.append(is_matched(name, text))
                if not recall[-1]:
                    wrong.append(f"missed\t{name}\t{text.text}")
            for text in rng.sample(unrelated, SENTENCES_PER_NAME):
                chance.append(is_matched(name, text))
                if chance[-1]:
                    wrong.append(f"chance\t{name}\t{text.text}")
            for text in rng.sample(rivals, min(OTHERS_PER_NAME, len(rivals))):
                others.append(is_matched(name, text))
                if others[-1]:
                    wrong.append(f"other\t{name}\t{text.text}")
    return {"recall": share(recall), "chance": share(chance), "others": share(others)}


def of_flores(shared: Path, rng: random.Random) -> dict[str, float]:
    """Look for the names of English sentences in their translation and in another's."""
    with gzip.open(shared / "data" / "parallel_fa_en.tsv.gz", "rt", encoding="utf-8") as rows:
        fields = [f for row in rows if (f := row.rstrip("\n").split("\t"))[0] == "flores_dev"]
    texts = [Text(f[3]) for f in fields]
    own: list[bool] = []
    chance: list[bool] = []
    for number in rng.sample(range(len(fields)), 400):
        other = texts[(number + rng.randrange(50, len(texts) - 50)) % len(texts)]
        for mention in find_names(fields[number][4]):
            for text, outcomes in ((texts[number], own), (other, chance)):
                outcomes.append(
                    bool(mention.entries & text.entries)
                    or find_name(mention.text, text.words) >= NAME_MATCHED
                )
    return {"flores_recall": share(own), "flores_chance": share(chance)}


def figures(shared: Path, wrong: list[str]) -> dict[str, float]:
    rng = random.Random(SEED)
    texts = sentences(shared)
    found: dict[str, float] = {}
    for half, label in (("development", "dev"), ("held-back", "held_back")):
        chosen = [p for p in pairs() if p.half == half]
        errors: list[str] = []
        found |= {f"{label}_{k}": v for k, v in of_pairs(chosen, texts, rng, errors).items()}
        heard = [p for p in chosen if is_by_sound(p)]
        recall = [is_matched(n, form(f)) for p in heard for n in p.latin for f in p.persian]
        found[f"{label}_recall_by_sound"] = share(recall)
        if half == "development":
            wrong += errors
    return found | of_flores(shared, rng)


def measure(shared: Path) -> dict[str, float]:
    """Return all figures, as shares where more is better: chance hits are counted as avoided."""
    found = figures(shared, [])
    avoided = {k: round(1 - v, 4) for k, v in found.items() if k.endswith(("chance", "others"))}
    kept = {k: v for k, v in found.items() if k not in avoided}
    return kept | {f"{k}_avoided": v for k, v in avoided.items()}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    wrong: list[str] = []
    for name, figure in figures(options.shared, wrong).items():
        print(f"{name:<28} {figure:.4f}")
    if options.misses:
        print(*wrong, sep="\n")


if __name__ == "__main__":
    main()
