"""
Calibrate the costs of `verify.language.names` on the development half of pairs.tsv.

    python benchmarks/names/learn.py

Each cost is moved by small steps, one after the other, as long as true word pairs and the
likeliest wrong ones (each word against the other names' Persian words) are told apart better. The
costs are printed, to be pasted into the module; the held-back half is never read.
"""

from __future__ import annotations

import math
from pathlib import Path

from verify.language import sounds
from verify.language.names import name_words

PAIRS = Path(__file__).resolve().parent / "pairs.tsv"
THRESHOLD = 0.72  # what the judge asks for
STEEP = 25.0
FALSE_HIT = 8.0  # a wrong pair weighs more, for a passage has forty words
STEPS = (0.05, -0.05, 0.15, -0.15)
PULL = 0.4  # how strongly a cost is held where it was: the half has few cases of rare sounds
PASSES = 2


def pairs() -> list[tuple[list[str], list[str]]]:
    rows = [line.split("\t") for line in PAIRS.read_text("utf-8").splitlines()[1:]]
    return [
        (name_words(latin), name_words(persian))
        for r in rows
        if r[4] == "development"
        for latin in r[1].split("|")
        for persian in r[2].split("|")
    ]


def examples() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return skeletons of true word pairs and of the most alike wrong ones."""
    true: set[tuple[str, str]] = set()
    for lefts, rights in pairs():
        for left in lefts:
            best = max(rights, key=lambda r: sounds.word_similarity(left, r), default="")
            if best and sounds.word_similarity(left, best) > 0.5:
                true.add((left, best))
    wrong: list[tuple[str, str]] = []
    persian = sorted({right for _, right in true})
    for left in sorted({left for left, _ in true}):
        own = {right for other, right in true if other == left}
        alike = {right: sounds.word_similarity(left, right) for right in persian}
        heard = {sounds.skeleton(r) for r in own}
        wrong += [
            (left, r)
            for r, s in alike.items()
            if s > 0.45 and r not in own and sounds.skeleton(r) not in heard and s < 0.97
        ]
    return [*map(sounds_of, sorted(true))], [*map(sounds_of, wrong)]


def sounds_of(pair: tuple[str, str]) -> tuple[str, str]:
    return sounds.skeleton(pair[0]), sounds.skeleton(pair[1])


def score(a: str, b: str) -> float:
    optional = sounds.OPTIONAL
    weight = max(sum(optional.get(s, 1.0) for s in a), sum(optional.get(s, 1.0) for s in b))
    return 1 - sounds._distance(a, b, weight) / weight  # noqa: SLF001


def loss(true: list[tuple[str, str]], wrong: list[tuple[str, str]]) -> float:
    missed = sum(math.log1p(math.exp(-STEEP * (score(*p) - THRESHOLD))) for p in true)
    passed = sum(math.log1p(math.exp(STEEP * (score(*p) - THRESHOLD))) for p in wrong)
    return missed / len(true) + FALSE_HIT * passed / max(len(wrong), 1)


def calibrate() -> None:
    true, wrong = examples()
    print(f"# {len(true)} true pairs, {len(wrong)} wrong ones")
    best = loss(true, wrong)
    print(f"# loss {best:.4f}")
    keys = [("OPTIONAL", key) for key in sounds.OPTIONAL]
    keys += [("ALIKE", pair) for pair in sounds.ALIKE if pair == "".join(sorted(pair))]
    first = {k: getattr(sounds, k[0])[k[1]] for k in keys}
    for _ in range(PASSES):
        for table_name, key in keys:
            table = getattr(sounds, table_name)
            for step in STEPS:
                old, start = table[key], first[table_name, key]
                new = round(min(max(old + step, 0.0), 1.2), 2)
                pull = PULL * (abs(new - start) - abs(old - start)) / 100
                put(table, key, new)
                if (now := loss(true, wrong)) + pull < best - 1e-5:
                    best = now
                else:
                    put(table, key, old)
        print(f"# loss {best:.4f}")
    print(sounds.OPTIONAL)
    print({k: v for k, v in sounds.ALIKE.items() if k == "".join(sorted(k))})


def put(table: dict[str, float], key: str, cost: float) -> None:
    table[key] = cost
    if len(key) > 1:
        table[key[::-1]] = cost


if __name__ == "__main__":
    calibrate()
