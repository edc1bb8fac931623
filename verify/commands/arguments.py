"""The flags that several commands take, and the settings they come to."""

from __future__ import annotations

import argparse
import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.commands.output import FORMATS, tell
from verify.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from verify.baseline import Baseline
    from verify.corpus import Member
    from verify.model import Report
    from verify.settings import Settings

# More than this many local copies lie in one folder, which the first ones name.
MOST_TOLD = 5


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose errors read like ours."""

    def error(self, message: str) -> Any:
        """Exit with 2, as argparse would, in our words."""
        raise SettingsError(message, hint=f"try `{self.prog} --help`")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse an unknown command with the one that was meant, not with a list of them all."""
        is_command = isinstance(action, argparse._SubParsersAction)  # noqa: SLF001
        if not is_command or action.choices is None or value in action.choices:
            super()._check_value(action, value)
            return
        near = get_close_matches(value, action.choices, 1)
        raise SettingsError(
            f"{self.prog} has no command {value!r}",
            hint=f"did you mean {near[0]!r}?" if near else f"try `{self.prog} --help`",
        )

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuse what is not known here, where the command is: argparse only knows the program."""
        known, unknown = super().parse_known_args(args, namespace)
        if not unknown:
            return known, unknown
        near = get_close_matches(unknown[0].partition("=")[0], self._option_string_actions, 1)
        raise SettingsError(
            f"{self.prog} does not know {unknown[0]!r}",
            hint=f"did you mean {near[0]}?" if near else f"try `{self.prog} --help`",
        )


def command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int] | None,
    text: str,
    *,
    epilog: str | None = None,
) -> argparse.ArgumentParser:
    """Add one command's parser; `text` is its help, and `run` what it does."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=epilog,
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


def members_of(options: argparse.Namespace, settings: Settings) -> list[Member]:
    """
    Return the articles that are meant: those named, and those of the folders and globs.

    Says on stderr which files are local copies or reports of ours, and so were left out.
    """
    from verify import corpus

    meant = corpus.meant([str(path) for path in options.article], settings.sources)
    left = {"local copies that sources.yaml names": meant.copies, "reports of ours": meant.reports}
    for what, paths in left.items():
        if paths and not settings.quiet:
            which = [str(path) for path in paths[:MOST_TOLD]]
            more = [f"{len(paths) - MOST_TOLD} more"] if len(paths) > MOST_TOLD else []
            tell(f"note: left out as {what}: {', '.join([*which, *more])}")
    return meant.articles


def articles_of(options: argparse.Namespace, settings: Settings) -> tuple[list[Path], list[str]]:
    """
    Return the articles that a check would look at, and why others of them cannot be read.

    Raises `InputError` where none can be read, or none of those found has notes.
    """
    from verify import pipeline

    reports = pipeline.lint_all(members_of(options, settings), settings.sources)
    readable = [report.article.path for report in reports if not report.is_unread]
    unread = [report.notices[0] for report in reports if report.is_unread]
    return readable, [notice.removeprefix("this article was not checked: ") for notice in unread]


def baseline_of(settings: Settings) -> Baseline:
    """Return the findings that are known; none where no baseline is asked for."""
    from verify import baseline

    if settings.baseline is None:
        return baseline.Baseline(Path(baseline.FILE_NAME))
    return baseline.load(settings.baseline)


def before_of(settings: Settings) -> list[Report]:
    """Return the reports of the earlier run to compare with; none where none is asked for."""
    from verify.commands import saved

    if settings.against is None:
        return []
    return saved.reports(settings.against, "the earlier report ")


def add_articles(parser: argparse.ArgumentParser, *, needed: bool = True) -> None:
    """Add the articles and their sources.yaml."""
    parser.add_argument(
        "article",
        type=Path,
        nargs="+" if needed else "*",
        metavar="ARTICLE",
        help="a file, a folder with articles below it, a glob, or a sources.yaml",
    )
    add_sources_file(parser)


def add_sources_file(parser: argparse.ArgumentParser) -> None:
    """Add the sources.yaml."""
    parser.add_argument(
        "--sources",
        metavar="FILE",
        help="the sources.yaml (default: the nearest, beside the article or above it)",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add what decides over the report and the exit code."""
    add_format(parser)
    parser.add_argument(
        "--fail-on",
        metavar="SEVERITY",
        help="exit 1 from this severity on: error, warning, info or never (default: error)",
    )
    add_quiet(parser)


def add_quiet(parser: argparse.ArgumentParser) -> None:
    """Add the flag that keeps standard error for faults."""
    parser.add_argument(
        "--quiet", action="store_true", default=None, help="show no progress and no summary"
    )


def add_allow_unchecked(parser: argparse.ArgumentParser) -> None:
    """Add the flag that lets a run pass in which not everything was checked."""
    parser.add_argument(
        "--allow-unchecked",
        action="store_true",
        default=None,
        help="exit 0 in place of 3 where at least one citation was checked",
    )


def add_against(parser: argparse.ArgumentParser) -> None:
    """Add the earlier report that a run is told beside."""
    parser.add_argument(
        "--against", metavar="OLD.json", help="tell what has changed since an earlier JSON report"
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add the formats and where they go."""
    parser.add_argument(
        "--format",
        action="append",
        metavar="NAME[=FILE]",
        help=f"{', '.join(FORMATS)}; may be repeated, each with its FILE (default: terminal)",
    )
    parser.add_argument(
        "--output", metavar="FILE", help="write the report there (default: standard output)"
    )
    parser.add_argument(
        "--ui",
        metavar="LANGUAGE",
        help="the language of the HTML page's interface: en or fa (default: en)",
    )


def add_fetching(parser: argparse.ArgumentParser) -> None:
    """Add what decides over how sources are had."""
    group = parser.add_argument_group("how sources are had")
    _add_network(group)
    _add_evidence(group)
    _add_archives(group)
    _add_limits(group)


def _add_network(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--offline",
        action="store_true",
        default=None,
        help="fetch nothing: read local files and what was recorded",
    )
    group.add_argument(
        "--allow-private",
        action="append",
        metavar="HOST",
        help="also ask HOST, a name, address or network that is not public; may be repeated",
    )
    group.add_argument(
        "--allow-outside",
        action="store_true",
        default=None,
        help="let sources.yaml name hidden files, and files outside its own folder",
    )
    group.add_argument(
        "--ignore-robots",
        action="store_true",
        default=None,
        help="also ask for what a site's robots.txt bars",
    )
    group.add_argument(
        "--browser",
        action="store_true",
        default=None,
        help="show pages that scripts write to a headless browser (needs the extra [browser])",
    )


def _add_evidence(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--evidence",
        metavar="FOLDER",
        help="record what servers answer in FOLDER (default: the user's cache)",
    )
    group.add_argument(
        "--no-record", action="store_false", dest="record", default=None, help="record nothing"
    )
    group.add_argument(
        "--max-age",
        metavar="HOURS",
        help="how old a recorded answer may be to stand for the page (default: 24; 0 asks anew)",
    )


def _add_archives(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--archives",
        action="append",
        dest="archives",
        metavar="GATE",
        help="ask this web archive for pages that cannot be had; may be repeated "
        "(default: wayback)",
    )
    group.add_argument(
        "--no-archives", action="store_const", const=[], dest="archives", help="ask no web archive"
    )
    group.add_argument(
        "--drift",
        action="store_true",
        default=None,
        help="compare each page with its archived copy nearest the day of access",
    )


def _add_limits(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--timeout", metavar="SECONDS", help="the time for one source, all told (default: 30)"
    )
    group.add_argument(
        "--time-limit",
        metavar="SECONDS",
        help="begin nothing more after this time; what is left is unchecked (default: 1800)",
    )
    group.add_argument(
        "--delay", metavar="SECONDS", help="the pause between two requests to a host (default: 1)"
    )
    group.add_argument(
        "--retries", metavar="N", help="further tries after a temporary failure (default: 2)"
    )
    group.add_argument("--jobs", metavar="N", help="sources read at once (default: 8)")
    group.add_argument(
        "--max-bytes", metavar="N", help="the size of one source, unpacked (default: 20000000)"
    )


def add_judging(parser: argparse.ArgumentParser) -> None:
    """Add what decides over the judging: translation, how sure a verdict must be, the judge."""
    group = parser.add_argument_group("how claims are judged")
    group.add_argument(
        "--strictness",
        metavar="NAME",
        help="how readily a citation is doubted: lenient, default or strict",
    )
    group.add_argument(
        "--no-translate",
        action="store_false",
        dest="translate",
        default=None,
        help="translate nothing: judge by the original alone",
    )
    add_packages(group)
    _add_judge(group)


def add_packages(parser: argparse._ActionsContainer) -> None:
    """Add the folders of translation packages."""
    parser.add_argument(
        "--packages",
        action="append",
        metavar="FOLDER",
        help="also take translation packages from FOLDER; may be repeated",
    )


def _add_judge(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--judge", metavar="NAME", help="own, hf:FOLDER, hf:NAME or llm:MODEL (default: own)"
    )
    group.add_argument(
        "--judge-url",
        metavar="URL",
        help="the address of an llm: judge's server, up to /v1; text is sent there",
    )
    group.add_argument(
        "--judge-timeout",
        metavar="SECONDS",
        help="the time for one answer of an llm: judge (default: 60)",
    )
    group.add_argument(
        "--judge-insecure",
        action="store_true",
        default=None,
        help="let text be sent to an llm: judge elsewhere over plain http",
    )
    group.add_argument(
        "--judge-labels",
        metavar="NAMES",
        help="what the classes of an hf: judge mean, in order, as in unsupported,supported",
    )
    group.add_argument(
        "--judge-languages",
        metavar="CODES",
        help="the languages that an hf: judge reads, as in en,fa",
    )
    group.add_argument(
        "--allow-download",
        action="store_true",
        default=None,
        help="let an hf: judge be downloaded from its hub",
    )
