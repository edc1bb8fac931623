"""The flags that several commands take, and the settings they come to."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.commands.output import EXIT_CODES, FORMATS
from verify.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from verify.settings import Settings


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose errors read like ours."""

    def error(self, message: str) -> Any:
        """Exit with 2, as argparse would, in our words."""
        raise SettingsError(message, hint=f"try `{self.prog} --help`")


def command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int] | None, text: str
) -> argparse.ArgumentParser:
    """Add one command's parser; `text` is its help, and `run` what it does."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=EXIT_CODES if name in {"check", "lint", "claims"} else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


def settings_of(options: argparse.Namespace) -> Settings:
    """Merge the flags given with the environment and the settings file."""
    from verify import settings

    flags = {k: v for k, v in vars(options).items() if k in settings.FIELDS and v is not None}
    return settings.load(flags, {k: v for k, v in os.environ.items() if k != "VERIFY_DEBUG"})


def unique(paths: Sequence[Path]) -> list[Path]:
    """Return each path once, in the order given."""
    return list(dict.fromkeys(paths))


def add_articles(parser: argparse.ArgumentParser) -> None:
    """Add the articles and their sources.yaml."""
    parser.add_argument("article", type=Path, nargs="+", metavar="ARTICLE")
    parser.add_argument(
        "--sources", metavar="FILE", help="a sources.yaml (default: beside the article or above)"
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add what decides over the report and the exit code."""
    add_format(parser)
    parser.add_argument(
        "--fail-on", metavar="SEVERITY", help="error, warning, info or never (default: error)"
    )
    parser.add_argument("--quiet", action="store_true", default=None, help="no progress")


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add the formats and where they go."""
    parser.add_argument(
        "--format",
        action="append",
        metavar="NAME[=FILE]",
        help=f"{', '.join(FORMATS)}; may be repeated (default: terminal)",
    )
    parser.add_argument("--output", metavar="FILE", help="write the report to FILE")


def add_translation(parser: argparse.ArgumentParser) -> None:
    """Add what decides over translation."""
    parser.add_argument(
        "--no-translate", action="store_false", dest="translate", default=None, help="do not"
    )
    parser.add_argument(
        "--packages", action="append", metavar="FOLDER", help="more translation packages"
    )
