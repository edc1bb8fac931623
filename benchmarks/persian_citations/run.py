"""
Score a system on the benchmark.

    python -m benchmarks.persian_citations.run --system verify
    python -m benchmarks.persian_citations.run --system my_module:judge
    python -m benchmarks.persian_citations.run --command "verify claims --quiet -"

The file is built first (`python -m benchmarks.persian_citations.build`). A system is given
questions without their answers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from benchmarks.persian_citations import systems
from benchmarks.persian_citations.build import OUTPUT, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row: TypeAlias = dict[str, Any]

QUESTION = ("id", "claim", "source_text", "quote")
PARTS = {
    "a": "spelling variants",
    "b": "planted flips",
    "c": "English claim, Persian page",
    "d": "location",
    "e": "misattribution",
}


@dataclass(frozen=True)
class Score:
    """What became of one row; `None` where the row does not ask it."""

    outcome: str
    accepted: bool | None
    """A true row judged supported."""
    rejected: bool | None
    """A false row given an outcome that says so."""
    named: bool | None
    """A flip called what it is."""
    located: bool | None
    """Exact ends for a quotation; for a claim, at least half in common with the right sentence."""
    alarm: bool | None
    """A true row that was denied: any answer but supported and unchecked."""
    passed: bool | None
    """A false row judged supported: the worst error."""

    @property
    def is_right(self) -> bool:
        """Whether nothing asked of this row is wrong."""
        asked = (self.accepted, self.rejected, self.named, self.located)
        return all(answer is not False for answer in asked)


FIGURES = ("accepted", "rejected", "named", "located", "alarm", "passed")


def score(row: Row, answer: Row) -> Score:
    """Compare an answer with what the row expects."""
    outcome, is_true = answer["outcome"], "supported" in row["expected"]
    kinds = row.get("differences")
    return Score(
        outcome=outcome,
        accepted=outcome == "supported" if is_true else None,
        rejected=None if is_true else outcome in row["expected"],
        named=None if not kinds else bool(set(kinds) & set(answer.get("differences") or ())),
        located=None if row["span"] is None else _is_there(row, answer),
        alarm=outcome not in {"supported", "unchecked"} if is_true else None,
        passed=None if is_true else outcome == "supported",
    )


def _is_there(row: Row, answer: Row) -> bool:
    start, end = answer.get("start"), answer.get("end")
    if start is None or end is None:
        return False
    first, last = row["span"]
    if row.get("quote"):
        return _bare(row["source_text"], start, end) == _bare(row["source_text"], first, last)
    common = min(end, last) - max(start, first)
    return bool(2 * common >= max(end, last) - min(start, first))


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out punctuation at both ends, which a quotation may or may not count as its own."""
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return start, end


def table(rows: Sequence[Row], scores: Sequence[Score]) -> dict[str, dict[str, float]]:
    """Return the shares by part, by part and kind, and by part and language."""
    cells: dict[str, list[Score]] = defaultdict(list)
    for row, result in zip(rows, scores, strict=True):
        part = row["part"]
        for cell in (part, f"{part} {row['kind']}", f"{part} [{row['language']}]"):
            cells[cell].append(result)
    shares = {cell: _shares(found) for cell, found in cells.items()}
    if groups := _groups(rows, scores):
        shares["e"]["attributed"] = round(sum(groups) / len(groups), 4)
    return dict(sorted(shares.items()))


def _shares(scores: Sequence[Score]) -> dict[str, float]:
    shares: dict[str, float] = {"rows": len(scores)}
    for figure in FIGURES:
        values = [v for s in scores if (v := getattr(s, figure)) is not None]
        if values:
            shares[figure] = round(sum(values) / len(values), 4)
    return shares


def _groups(rows: Sequence[Row], scores: Sequence[Score]) -> list[bool]:
    """Return for each misattributed quotation whether all three pages were told apart."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for row, result in zip(rows, scores, strict=True):
        if "group" in row:
            is_right = result.accepted if result.rejected is None else result.rejected
            groups[row["group"]].append(bool(is_right))
    return [all(answers) for answers in groups.values()]


def printed(shares: dict[str, dict[str, float]]) -> str:
    """Return the table as Markdown."""
    columns = ("rows", *FIGURES)
    lines = [
        "| | rows | accepted | rejected | named | located | false alarms | passed |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for cell, values in shares.items():
        name = f"**{cell}: {PARTS[cell]}**" if cell in PARTS else cell
        shown = (_shown(values.get(column), column) for column in columns)
        lines.append(f"| {name} | {' | '.join(shown)} |")
    if "attributed" in shares.get("e", {}):
        lines.append(f"\nMisattributed quotations traced: {100 * shares['e']['attributed']:.1f} %")
    return "\n".join(lines)


def _shown(value: float | None, column: str) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if column == "rows" else f"{100 * value:.1f}"


def selected(rows: Iterable[Row], split: str, parts: str) -> list[Row]:
    """Return the rows of one side of the split (`all` for both) and of some parts."""
    return [r for r in rows if split in {"all", r["split"]} and r["part"] in parts]


def answers(options: argparse.Namespace, rows: Sequence[Row]) -> list[Row]:
    """Ask the system that the options name."""
    questions = [{key: row[key] for key in QUESTION if key in row} for row in rows]
    if options.command:
        return systems.asked(options.command, questions)
    judge = systems.system(options.system)
    return [judge(question) for question in questions]


def main() -> int:
    """Ask, score, print, and keep the results."""
    options = _parser().parse_args()
    try:
        rows = selected(read_lines(options.file), options.split, options.parts)
        started = time.perf_counter()
        given = answers(options, rows)
        seconds = time.perf_counter() - started
    except (OSError, ValueError) as error:
        hint = "build it: python -m benchmarks.persian_citations.build"
        print(
            f"cannot score: {error}" + f"\nhint: {hint}" * isinstance(error, OSError),
            file=sys.stderr,
        )
        return 2
    scores = [score(row, answer) for row, answer in zip(rows, given, strict=True)]
    shares = table(rows, scores)
    print(printed(shares))
    print(f"\n{len(rows)} rows in {seconds:.0f} s", file=sys.stderr)
    if options.output:
        results = {
            "system": options.command or options.system,
            "file": hashlib.sha256(options.file.read_bytes()).hexdigest(),
            "split": options.split,
            "shares": shares,
            "errors": [
                {"id": row["id"], **asdict(result), "differences": answer.get("differences")}
                for row, answer, result in zip(rows, given, scores, strict=True)
                if not result.is_right
            ],
        }
        options.output.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Score a system on the benchmark.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--system", help="verify, majority, lexical, or MODULE:FUNCTION")
    which.add_argument("--command", help="a program that reads questions and writes answers")
    parser.add_argument("--file", type=Path, default=OUTPUT)
    parser.add_argument("--split", choices=("dev", "held-back", "all"), default="dev")
    parser.add_argument("--parts", default="abcde")
    parser.add_argument("--output", type=Path, help="results as JSON, with every error's row id")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
