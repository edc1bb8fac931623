"""Arguments in, exit code out."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verify import __version__
from verify.commands import COMMANDS
from verify.commands.arguments import Parser
from verify.commands.output import BUG, EXIT_CODES, FATAL, OK
from verify.errors import VerifyError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Never raises."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        options = _parser().parse_args(arguments)
        code = int(options.run(options))
        sys.stdout.flush()
    except VerifyError as error:
        return _fatal(error)
    except BrokenPipeError:
        # The reader has gone, as in `verify rule CIT001 | head -1`; nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("fatal: nothing was checked: interrupted", file=sys.stderr)
        return FATAL
    except Exception as error:  # noqa: BLE001
        # Python's own traceback would exit with 1, which reads as findings.
        return _bug(error)
    return code


def _fatal(error: VerifyError) -> int:
    print(f"fatal: nothing was checked: {error}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)
    return FATAL


def _bug(error: Exception) -> int:
    import traceback

    if os.environ.get("VERIFY_DEBUG"):
        traceback.print_exc()
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    print(f"fatal: a bug in verify: {type(error).__name__}: {error} ({where})", file=sys.stderr)
    print("hint: set VERIFY_DEBUG=1 for the traceback, and report it", file=sys.stderr)
    return BUG


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="verify",
        description="Check that the sources an article cites say what the article says they say.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"verify {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in COMMANDS:
        add(commands)
    return parser
