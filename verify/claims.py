"""`verify claims`: one JSON object a line in, one verdict a line out, in order."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.errors import InputError
from verify.model import Claim, Language, Outcome, Position, Source, SourceId, Verdict
from verify.pipeline import check_text, quoted
from verify.report.json import verdict_to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verify.pipeline import Verifier

FIELDS = frozenset({"id", "claim", "source_text", "source", "quote", "language"})


@contextmanager
def opened(path: Path) -> Iterator[Iterable[bytes]]:
    """Open `path`, or standard input for `-`, for reading line by line."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        if path.stat().st_size == 0:
            raise InputError(f"cannot read {path}: it is empty", hint="one JSON object a line")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise InputError(
            f"cannot read {path}: {(error.strerror or str(error)).lower()}",
            hint="give a file of one JSON object a line",
        ) from None


def judged(lines: Iterable[bytes], verifier: Verifier, path: Path) -> Iterator[dict[str, Any]]:
    """
    Yield one verdict a line. A line that cannot be read yields an unchecked one.

    A relative `source` counts from the folder of `path`.
    """
    folder = path.parent if str(path) != "-" else Path()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row: dict[str, Any] = {}
        try:
            row = _row(line)
            verdict = _judge(row, verifier, folder)
        except ValueError as error:
            reasons = (f"cannot read {path}:{number}: {error}",)
            verdict = Verdict(Claim(""), Outcome.UNCHECKED, reasons=reasons)
        yield {"id": row.get("id"), **verdict_to_wire(verdict)}


def _row(line: bytes) -> dict[str, Any]:
    """Return the line's object. Raises `ValueError` that says what is wrong with it."""
    try:
        row = json.loads(line)
        # half of a pair of escapes ("\ud83d") is no character: it could be written nowhere
        row = json.loads(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("it nests too deep") from None
    except ValueError as error:
        raise ValueError(f"it is not JSON ({error})") from None
    if not isinstance(row, dict):
        raise ValueError("it is not an object")
    return row


def _judge(row: dict[str, Any], verifier: Verifier, folder: Path) -> Verdict:
    _validate(row)
    claim, quote = row["claim"], row.get("quote")
    language = Language(row["language"]) if row.get("language") else None
    if row.get("source_text") is not None:
        return check_text(
            verifier.examiner, claim, row["source_text"], quote=quote, language=language
        )
    source = _source(row["source"], folder)
    return verifier.judge(quoted(claim, quote), replace(source, language=language))


def _validate(row: dict[str, Any]) -> None:
    if unknown := sorted(row.keys() - FIELDS):
        raise ValueError(f"{unknown[0]!r} is not a field (the fields are {', '.join(FIELDS)})")
    for name in FIELDS - {"id"}:
        if not isinstance(row.get(name, ""), str | None):
            raise ValueError(f"{name!r} is not text")
    if not (row.get("claim") or "").strip():
        raise ValueError("it has no 'claim'")
    if (row.get("source_text") is None) == (row.get("source") is None):
        raise ValueError("it needs either 'source_text' or 'source'")


def _source(address: str, folder: Path) -> Source:
    if address.lower().startswith(("http://", "https://")):
        return Source(SourceId(address), (), folder, Position(1, 1), urls=(address,))
    return Source(SourceId(address), (), folder, Position(1, 1), files=(folder / address,))
