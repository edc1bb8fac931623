"""Arguments in, exit code out."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from verify import __version__
from verify.commands import COMMANDS
from verify.commands.arguments import Parser
from verify.commands.output import BUG, EXIT_CODES, FATAL, OK, tell
from verify.errors import VerifyError
from verify.faults import named

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Never raises."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        parser = _parser()
        if not (sys.argv[1:] if arguments is None else arguments):
            parser.print_help(sys.stderr)
            return FATAL
        options = parser.parse_args(arguments)
        code = int(options.run(options))
        sys.stdout.flush()
    except VerifyError as error:
        return _fatal(error)
    except BrokenPipeError:
        # The reader has gone, as in `verify rule CIT001 | head -1`; nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        tell("fatal: nothing was checked: interrupted")
        return FATAL
    except Exception as error:  # noqa: BLE001
        # Python's own traceback would exit with 1, which reads as findings.
        return _bug(error)
    return code


def _fatal(error: VerifyError) -> int:
    tell(f"fatal: nothing was checked: {error}")
    if error.hint:
        tell(f"hint: {error.hint}")
    return FATAL


def _bug(error: Exception) -> int:
    import traceback

    if os.environ.get("VERIFY_DEBUG"):
        for line in traceback.format_exception(error):
            tell(line.rstrip().replace("\n", "\n  "))
    tell(f"fatal: a bug in verify: {named(error)}")
    tell("hint: set VERIFY_DEBUG=1 for the traceback, and report it")
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
