"""
What the benchmark can ask: `verify`, two trivial baselines, and any other program.

A system is a function `judge(row) -> {"outcome", "differences"?, "start"?, "end"?}`. It is
given the question alone: `id`, `claim`, `source_text` and, where there is one, `quote`.
"""

from __future__ import annotations

import importlib
import json
import re
import shlex
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Row: TypeAlias = dict[str, Any]
Judge: TypeAlias = "Callable[[Row], Row]"

# Share of the claim's words that must stand in one stretch of the page, where fact-checking
# baselines commonly put it. On the development half 0.5 to 0.9 accept 87 to 56 % of the true
# rows and reject 17 to 24 % of the false ones; 1.0 accepts 39 % and rejects 89 %.
COVERED = 0.8
WORD = re.compile(r"\w+")


def majority(_: Row) -> Row:
    """Say "supported" to everything: the commonest right answer."""
    return {"outcome": "supported"}


def lexical(row: Row) -> Row:
    """Say "supported" where one stretch of the page, as long as the claim, has its words."""
    wanted = Counter(w.lower() for w in WORD.findall(row.get("quote") or row["claim"]))
    words = list(WORD.finditer(row["source_text"]))
    length = min(wanted.total(), len(words))
    if not length:
        return {"outcome": "not-found"}
    window = Counter(w[0].lower() for w in words[:length])
    best, at = (window & wanted).total(), 0
    for start in range(1, len(words) - length + 1):
        window[words[start - 1][0].lower()] -= 1
        window[words[start + length - 1][0].lower()] += 1
        if (covered := (window & wanted).total()) > best:
            best, at = covered, start
    outcome = "supported" if best >= COVERED * wanted.total() else "not-found"
    return {"outcome": outcome, "start": words[at].start(), "end": words[at + length - 1].end()}


def verify() -> Judge:
    """Return `verify` itself, in this process, without translation packages."""
    from verify.judge.crossencoder import CrossEncoder
    from verify.judge.encode import OnnxEncoder
    from verify.judge.verdict import Examiner
    from verify.pipeline import check_text
    from verify.report.json import verdict_to_wire

    examiner = Examiner(OnnxEncoder(), reader=CrossEncoder())

    def judge(row: Row) -> Row:
        verdict = check_text(examiner, row["claim"], row["source_text"], quote=row.get("quote"))
        return answered(dict(verdict_to_wire(verdict)))

    return judge


def answered(line: Any) -> Row:
    """Bring an answer to the plain form; the lines of `verify claims` are read as they are."""
    if not isinstance(line, dict) or not isinstance(line.get("outcome"), str):
        raise ValueError(f"an answer has no outcome: {str(line)[:100]}")
    differences = [
        d if isinstance(d, str) else d["kind"]
        for d in line.get("differences") or []
        if isinstance(d, str) or d.get("material", True)
    ]
    place = next(iter(line.get("evidence") or []), line)
    return {
        "outcome": line["outcome"],
        "differences": differences,
        "start": place.get("start"),
        "end": place.get("end"),
    }


def system(name: str) -> Judge:
    """Return the system of this name; raises `ValueError` where there is none."""
    if name == "verify":
        return verify()
    if name in {"majority", "lexical"}:
        return {"majority": majority, "lexical": lexical}[name]
    module, _, function = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"cannot load {name!r}: {error}") from None
    return lambda row: answered(found(row))


def asked(command: str, questions: Sequence[Row]) -> list[Row]:
    """Give all questions to a program as lines, and read as many lines back."""
    lines = "".join(json.dumps(q, ensure_ascii=False) + "\n" for q in questions)
    try:
        done = subprocess.run(
            shlex.split(command), input=lines, capture_output=True, encoding="utf-8", check=False
        )
    except OSError as error:
        raise ValueError(f"cannot start {command!r}: {error.strerror}") from None
    answers = [answered(json.loads(line)) for line in done.stdout.splitlines() if line.strip()]
    if len(answers) != len(questions):
        raise ValueError(
            f"{command!r} gave {len(answers)} answers to {len(questions)} questions"
            f" (exit code {done.returncode}): {done.stderr.strip()[-300:]}"
        )
    return answers
