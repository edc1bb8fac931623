"""Load one package and translate one sentence: `python -m verify.translate.trial FOLDER`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from verify.errors import ModelError
from verify.translate.ctranslate import PackageTranslator
from verify.translate.packages import read_package

# A short sentence of news in the languages that verify reads first; digits for all others.
SENTENCES = {
    "fa": "مذاکرات دیروز در کابل پایان یافت.",
    "ps": "خبرې اترې پرون په کابل کې پای ته ورسېدې.",
    "ar": "انتهت المحادثات أمس في كابل.",
    "ur": "مذاکرات کل کابل میں ختم ہوئے۔",
    "en": "The talks ended in Kabul yesterday.",
}
OTHERWISE = "Kabul, 12.5.2022."


def main(folder: str) -> int:
    """Print one line of JSON: the translation, or what is wrong."""
    try:
        package = replace(read_package(Path(folder)), minimum_score=None)
        sentence = SENTENCES.get(package.source, OTHERWISE)
        english = PackageTranslator(package, beam_size=1, threads=1).translate([sentence])[0]
    except ModelError as error:
        answer: dict[str, str | None] = {"error": str(error), "hint": error.hint}
    else:
        answer = {"english": english} if english else {"error": "it answers nothing"}
    print(json.dumps(answer))  # noqa: T201 - the answer
    return 0 if "english" in answer else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
