"""
Build the benchmark: citations of Persian and English texts, true ones and planted ones.

    python -m benchmarks.persian_citations.build                 # build/persian_citations.jsonl
    python -m benchmarks.persian_citations.build --check         # and compare with built.sha256

Rows from open parallel texts are drawn with a fixed seed; the cases of our own stand in
own_cases.jsonl, their pages in own_pages.jsonl. README.md is the data card.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from benchmarks.persian_citations.draw import Builder, misattribution
from benchmarks.persian_citations.pages import Page, read_pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared"
OUTPUT = HERE.parents[1] / "build" / "persian_citations.jsonl"

Row: TypeAlias = dict[str, Any]


# --- the cases of our own -----------------------------------------------------------------


def own_rows() -> Iterator[Row]:
    """Yield the rows of own_cases.jsonl, each joined with its page."""
    pages = {
        line["page"]: Page(line["language"], (line["text"],), (line["text"],), "own", line["page"])
        for line in read_lines(HERE / "own_pages.jsonl")
    }
    for case in read_lines(HERE / "own_cases.jsonl"):
        page = pages[case["page"]]
        if case["part"] == "e":
            others, true = (page, pages[case["third_page"]]), pages[case["true_page"]]
            where = case.get("true_evidence") or case["quote"]
            yield from misattribution(case["id"], case["quote"], where, true, others, "dev")
            continue
        quote, evidence = case.get("quote"), case.get("evidence")
        start = page.text.index(evidence) if evidence else 0
        yield {
            **{key: case[key] for key in ("id", "part", "kind", "expected")},
            "language": page.language,
            "split": "dev",  # they stand open in the project, so nobody can hold them back
            "claim": case.get("claim", quote),
            **({"quote": quote} if quote else {}),
            **({"differences": case["differences"]} if "differences" in case else {}),
            "source_text": page.text,
            "span": [start, start + len(evidence)] if evidence else None,
        }


def read_lines(path: Path) -> list[Row]:
    """Return the objects of a file of one JSON object a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


# --- the command --------------------------------------------------------------------------


def build(shared: Path | None, limit: int = 1000) -> list[Row]:
    """Return all rows, with identifiers; without `shared` only those of our own."""
    drawn = list(Builder(read_pages(shared), limit).rows()) if shared else []
    rows = []
    counts: dict[str, int] = {}
    for row in [*own_rows(), *drawn]:
        stem = row.get("group") or f"{row['part']}-{row['kind']}-{row['language']}"
        counts[stem] = counts.get(stem, 0) + 1
        rows.append({"id": row.get("id", f"{stem}-{counts[stem]:02}"), **row})
    return rows


def written(rows: Iterable[Row]) -> bytes:
    """Return the file's bytes."""
    return "".join(json.dumps(r, ensure_ascii=False, sort_keys=True) + "\n" for r in rows).encode()


def main() -> int:
    """Build, and say the digest."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with data/")
    parser.add_argument("--own", action="store_true", help="only the cases of our own")
    parser.add_argument("--limit", type=int, default=1000, help="at most so many rows a cell")
    parser.add_argument("--check", action="store_true", help="compare with built.sha256")
    options = parser.parse_args()
    if not options.own and not (options.shared / "data").is_dir():
        print(f"cannot read {options.shared / 'data'}\nhint: --own needs no data", file=sys.stderr)
        return 2
    content = written(build(None if options.own else options.shared, options.limit))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    print(f"{digest}  {options.output.name}")
    if options.check and digest != (HERE / "built.sha256").read_text().split()[0]:
        print("this is not the file that built.sha256 names", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
