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

    from verify.baseline import Baseline
    from verify.corpus import Member
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


def members_of(options: argparse.Namespace) -> list[Member]:
    """Return the articles that are meant: those named, and those of the folders and globs."""
    from verify import corpus

    return corpus.members([str(path) for path in options.article])


def baseline_of(settings: Settings) -> Baseline:
    """Return the findings that are known; none where no baseline is asked for."""
    from verify import baseline

    if settings.baseline is None:
        return baseline.Baseline(Path(baseline.FILE_NAME))
    return baseline.load(settings.baseline)


def unique(paths: Sequence[Path]) -> list[Path]:
    """Return each path once, in the order given."""
    return list(dict.fromkeys(paths))


def add_articles(parser: argparse.ArgumentParser, *, needed: bool = True) -> None:
    """Add the articles and their sources.yaml."""
    parser.add_argument(
        "article",
        type=Path,
        nargs="+" if needed else "*",
        metavar="ARTICLE",
        help="a file, a folder or a glob",
    )
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


def add_baseline(parser: argparse.ArgumentParser) -> None:
    """Add the file of the findings that are known."""
    parser.add_argument(
        "--baseline", metavar="FILE", help="fail only on findings that FILE does not have"
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add the formats and where they go."""
    parser.add_argument(
        "--format",
        action="append",
        metavar="NAME[=FILE]",
        help=f"{', '.join(FORMATS)}; may be repeated (default: terminal)",
    )
    parser.add_argument("--output", metavar="FILE", help="write the report to FILE")
    parser.add_argument("--ui", metavar="LANGUAGE", help="of the HTML page: en or fa (default: en)")


def add_fetching(parser: argparse.ArgumentParser) -> None:
    """Add what decides over how sources are had."""
    parser.add_argument("--offline", action="store_true", default=None, help="ask no live address")
    parser.add_argument(
        "--allow-private",
        action="append",
        metavar="HOST",
        help="ask a host, address or network that is not public; may be repeated",
    )
    parser.add_argument(
        "--allow-outside",
        action="store_true",
        default=None,
        help="let sources.yaml name files outside its own folder",
    )
    parser.add_argument(
        "--evidence", metavar="FOLDER", help="where answers are recorded (default: the cache)"
    )
    parser.add_argument(
        "--no-record", action="store_false", dest="record", default=None, help="record nothing"
    )
    parser.add_argument(
        "--max-age", metavar="HOURS", help="take what was recorded since (default: 24; 0: ask anew)"
    )
    parser.add_argument(
        "--archives",
        action="append",
        dest="archives",
        metavar="GATE",
        help="ask this web archive for what cannot be had; may be repeated (default: wayback)",
    )
    parser.add_argument(
        "--no-archives", action="store_const", const=[], dest="archives", help="ask no web archive"
    )
    parser.add_argument(
        "--browser",
        action="store_true",
        default=None,
        help="show pages that scripts write to a headless browser (extra [browser])",
    )
    parser.add_argument(
        "--drift", action="store_true", default=None, help="compare pages with archived copies"
    )
    parser.add_argument(
        "--ignore-robots", action="store_true", default=None, help="also ask what robots.txt bars"
    )
    parser.add_argument("--timeout", metavar="SECONDS", help="for one source (default: 30)")
    parser.add_argument("--delay", metavar="SECONDS", help="between two requests to one host (1)")
    parser.add_argument("--retries", metavar="N", help="after temporary failures (default: 2)")
    parser.add_argument("--jobs", metavar="N", help="sources read at once (default: 8)")
    parser.add_argument("--max-bytes", metavar="N", help="of one source (default: 20000000)")


def add_translation(parser: argparse.ArgumentParser) -> None:
    """Add what decides over the judging: translation, and how sure a verdict must be."""
    parser.add_argument(
        "--strictness",
        metavar="NAME",
        help="how readily to doubt a citation: lenient, default or strict (default: default)",
    )
    parser.add_argument(
        "--no-translate", action="store_false", dest="translate", default=None, help="do not"
    )
    parser.add_argument(
        "--packages", action="append", metavar="FOLDER", help="more translation packages"
    )
    _add_judge(parser)


def _add_judge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--judge", metavar="NAME", help="hf:FOLDER, hf:NAME or llm:MODEL (default: own)"
    )
    parser.add_argument(
        "--judge-url", metavar="URL", help="of an llm: judge's server; text is sent there"
    )
    parser.add_argument("--judge-timeout", metavar="SECONDS", help="for one answer (default: 60)")
    parser.add_argument(
        "--judge-insecure", action="store_true", default=None, help="send text over plain http"
    )
    parser.add_argument(
        "--judge-labels", metavar="NAMES", help="what an hf: judge's classes mean, in order"
    )
    parser.add_argument(
        "--judge-languages", metavar="CODES", help="what an hf: judge reads, as in en,fa"
    )
    parser.add_argument(
        "--allow-download", action="store_true", default=None, help="of an hf: judge"
    )
