"""`verify claims`: lines of JSON in, verdicts out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.commands.arguments import add_translation, command, settings_of
from verify.commands.output import OK, UNCHECKED

if TYPE_CHECKING:
    import argparse


def add_claims(commands: Any) -> None:
    """Add `verify claims`."""
    parser = command(commands, "claims", _claims, "judge claims against texts, one JSON a line")
    parser.add_argument("file", type=Path, metavar="FILE.jsonl", help="or - for standard input")
    parser.add_argument("--allow-unchecked", action="store_true", default=None, help="exit 0")
    parser.add_argument("--quiet", action="store_true", default=None, help="no summary on stderr")
    add_translation(parser)


def _claims(options: argparse.Namespace) -> int:
    from verify import claims, pipeline

    settings = settings_of(options)
    unchecked = 0
    with claims.opened(options.file) as lines, pipeline.opened(settings) as verifier:
        for wire in claims.judged(lines, verifier, options.file):
            print(json.dumps(wire, ensure_ascii=False), flush=True)
            unchecked += wire["outcome"] == "unchecked"
    if unchecked and not settings.quiet:
        print(f"{unchecked} claims could not be checked", file=sys.stderr)
    return UNCHECKED if unchecked and not settings.allow_unchecked else OK
