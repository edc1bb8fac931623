"""`verify claims`: lines of JSON in, verdicts out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.commands.arguments import add_judging, command, settings_of
from verify.commands.output import CLAIMS_CODES, OK, UNCHECKED, tell

if TYPE_CHECKING:
    import argparse


LINES = """\
a line is an object of these keys; the first and one of the next two are needed:
  claim        what is said
  source_text  the text that must bear it out, or
  source       its address, or its file as a path from the folder of FILE.jsonl
  quote        the exact words to look for, in place of the claim
  language     of the text, such as fa
  id           comes back with the verdict
"""


def add_claims(commands: Any) -> None:
    """Add `verify claims`."""
    parser = command(
        commands,
        "claims",
        _claims,
        "judge claims against texts: JSON, an object a line",
        epilog=f"{LINES}\n{CLAIMS_CODES}",
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE.jsonl", help="the claims; - for standard input"
    )
    parser.add_argument(
        "--allow-unchecked", action="store_true", default=None, help="exit 0 in place of 3"
    )
    parser.add_argument(
        "--quiet", action="store_true", default=None, help="do not count what was not checked"
    )
    add_judging(parser)


def _claims(options: argparse.Namespace) -> int:
    from verify import claims, pipeline
    from verify.report.visible import json_text

    # Lines may come in for days: what they wait for is no run with a time of its own.
    settings = replace(settings_of(options), time_limit=0.0)
    unchecked = 0
    with claims.opened(options.file) as lines, pipeline.opened(settings) as verifier:
        for wire in claims.judged(lines, verifier, options.file):
            print(json_text(json.dumps(wire, ensure_ascii=False)), flush=True)
            unchecked += wire["outcome"] == "unchecked"
    if unchecked and not settings.quiet:
        tell(f"{unchecked} claims could not be checked")
    return UNCHECKED if unchecked and not settings.allow_unchecked else OK
