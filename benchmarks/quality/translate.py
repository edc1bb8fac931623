"""
What can be measured of translation without a real package, which is nobody's to ship.

`kept_*` use Persian sentences of the shared data: whatever the package, our cutting must not
lose a letter, and should leave a sentence in one piece. `demonstration_*` say that the small
package reads what it was made for: sentences of its own patterns that it has not seen, and
the example's. They say nothing of Persian at large.
"""

from __future__ import annotations

import gzip
import re
import tempfile
from pathlib import Path

from verify.translate import install
from verify.translate.ctranslate import PackageTranslator, cut

ROOT = Path(__file__).resolve().parents[2]
DEMONSTRATION = ROOT / "tests" / "packages" / "translate-fa_en-0_1.argosmodel"
TRAINING = ROOT / "training" / "demo_package"

NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
SENTENCE_END = re.compile(r"[.!?]\W*\s")
NEGATION = re.compile(r"\b(?:not|no|never|nobody|none|neither|cannot|without)\b", re.IGNORECASE)

Pair = tuple[str, str]


def measure(shared: Path) -> dict[str, float]:
    figures = _cutting(shared / "data" / "parallel_fa_en.tsv.gz")
    with tempfile.TemporaryDirectory() as folder:
        package = install(DEMONSTRATION, folder=Path(folder) / "packages")
        translator = PackageTranslator(package, threads=1)
        for name, pairs in (
            ("example", _pairs(TRAINING / "example_sentences.tsv")),
            ("patterns", _pairs(TRAINING / "held_back.tsv")),
        ):
            got = translator.translate([persian for persian, _ in pairs])
            figures |= _compare(f"demonstration_{name}", got, [english for _, english in pairs])
    return figures


def _cutting(path: Path) -> dict[str, float]:
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        columns = next(rows).rstrip("\n").split("\t")
        persian, english = columns.index("fa"), columns.index("en")
        split = (row.rstrip("\n").split("\t") for row in rows)
        pairs = [(r[persian], r[english]) for r in split if r[0].startswith(("tico", "flores"))]
    kept = sum(_letters("".join(cut(text))) == _letters(text) for text, _ in pairs)
    # where the English is one sentence, the Persian mostly is too
    single = [text for text, english in pairs if not SENTENCE_END.search(english)]
    whole = sum(len(list(cut(text))) == 1 for text in single)
    return {"kept_every_letter": kept / len(pairs), "kept_in_one_piece": whole / len(single)}


def _letters(text: str) -> str:
    """Leave out spaces: two sentences with none between them may be parted."""
    return "".join(text.split())


def _pairs(path: Path) -> list[Pair]:
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line]
    return [(persian, english) for persian, english in rows]


def _compare(name: str, got: list[str], wanted: list[str]) -> dict[str, float]:
    rows = list(zip(got, wanted, strict=True))
    numbers = sum(sorted(NUMBER.findall(g)) == sorted(NUMBER.findall(w)) for g, w in rows)
    negation = sum(bool(NEGATION.search(g)) == bool(NEGATION.search(w)) for g, w in rows)
    return {
        f"{name}_exact": sum(g == w for g, w in rows) / len(rows),
        f"{name}_numbers": numbers / len(rows),
        f"{name}_negation": negation / len(rows),
    }
