"""Arguments in, exit code out; one short function a command."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify import __version__
from verify.errors import InputError, SettingsError, VerifyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from verify.model import Report
    from verify.settings import Settings

OK, FINDINGS, FATAL, UNCHECKED, BUG = 0, 1, 2, 3, 4

FORMATS = ("terminal", "json", "html")

EXIT_CODES = """\
exit codes:
  0  every citation was checked; no finding at or above --fail-on
  1  findings at or above --fail-on
  2  nothing was checked: a flag, the article, sources.yaml, settings or a model
  3  no failing finding, but some citations could not be checked
     (--allow-unchecked makes it 0 where at least one was)
  4  a bug in verify
"""


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


# --- commands ---------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    from verify import pipeline

    settings = _settings(options)
    targets = _targets(settings)
    with (
        _progress(settings) as progress,
        pipeline.opened(settings, progress=progress) as verifier,
    ):
        reports = [verifier.check(path, settings.sources) for path in _unique(options.article)]
    _write(reports, targets)
    _summarise(reports, settings)
    return _exit_code(reports, settings)


def _lint(options: argparse.Namespace) -> int:
    from verify import pipeline

    settings = _settings(options)
    targets = _targets(settings)
    reports = [pipeline.lint(path, settings.sources) for path in _unique(options.article)]
    _write(reports, targets)
    return FINDINGS if _fails(reports, settings) else OK


def _claims(options: argparse.Namespace) -> int:
    from verify import claims, pipeline

    settings = _settings(options)
    unchecked = 0
    with claims.opened(options.file) as lines, pipeline.opened(settings) as verifier:
        for wire in claims.judged(lines, verifier, options.file):
            print(json.dumps(wire, ensure_ascii=False), flush=True)
            unchecked += wire["outcome"] == "unchecked"
    if unchecked and not settings.quiet:
        print(f"{unchecked} claims could not be checked", file=sys.stderr)
    return UNCHECKED if unchecked and not settings.allow_unchecked else OK


def _render(options: argparse.Namespace) -> int:
    from verify.report import json as wire

    settings = _settings(options)
    targets = _targets(settings)
    try:
        reports = wire.load(_read(options.report))
    except InputError as error:
        reason = str(error).removeprefix("cannot read the report: ")
        raise InputError(f"cannot read {options.report}: {reason}", hint=error.hint) from None
    _write(reports, targets)
    return OK


def _rule(options: argparse.Namespace) -> int:
    from verify import rules

    if options.code is None:
        for known in rules.RULES:
            print(f"{known.code}  {known.severity.label:<8} {known.name}")
        return OK
    rule = rules.find(options.code)
    if rule is None:
        raise SettingsError(
            f"there is no rule {options.code!r}", hint="`verify rule` lists them all"
        )
    print(rule.page)
    return OK


def _models_list(options: argparse.Namespace) -> int:
    from verify import translate

    listing = translate.list_packages(_settings(options).packages)
    for package in listing.packages:
        print(f"{package.source}-{package.target}  {package.label}  {package.path}")
    for problem in listing.problems:
        print(f"warning: {problem.path} is no package: {problem.reason}", file=sys.stderr)
    if not listing.packages:
        print("no translation package is installed", file=sys.stderr)
        print("hint: verify models install FILE.argosmodel", file=sys.stderr)
    return OK


def _models_install(options: argparse.Namespace) -> int:
    from verify import translate

    package = translate.install(
        options.package, source=options.source, sha256=options.sha256, folder=options.folder
    )
    print(f"installed {package.label} ({package.source}-{package.target}) in {package.path}")
    return OK


def _models_info(options: argparse.Namespace) -> int:
    from verify import translate

    package = translate.describe(options.code, _settings(options).packages)
    rows = {
        "package": package.label,
        "from": f"{package.source_name} ({package.source})",
        "to": f"{package.target_name} ({package.target})",
        "folder": package.path,
        "size": f"{package.size / 1_000_000:.1f} MB",
        "sha-256": package.digest,
        "file sha-256": package.archive_sha256 or "not known: not installed by verify",
    }
    for key, value in rows.items():
        print(f"{key:<13} {value}")
    return OK


# --- what the commands share --------------------------------------------------------------


def _settings(options: argparse.Namespace) -> Settings:
    from verify import settings

    flags = {k: v for k, v in vars(options).items() if k in settings.FIELDS and v is not None}
    return settings.load(flags, {k: v for k, v in os.environ.items() if k != "VERIFY_DEBUG"})


def _unique(paths: Sequence[Path]) -> list[Path]:
    return list(dict.fromkeys(paths))


def _targets(settings: Settings) -> list[tuple[str, Path | None]]:
    """Return each format with where it goes; `None` is stdout. Raises before any work."""
    targets = []
    for item in settings.format:
        name, _, file = item.partition("=")
        if name not in FORMATS:
            raise SettingsError(
                f"there is no format {name!r}", hint=f"the formats are {', '.join(FORMATS)}"
            )
        targets.append((name, Path(file) if file else settings.output))
    for _, path in targets:
        if path is not None and not path.parent.is_dir():
            raise SettingsError(f"cannot write {path}: there is no folder {path.parent}")
    places = [path for _, path in targets]
    if len(set(places)) < len(places):
        raise SettingsError(
            "two formats go to the same place", hint="give files: --format html=report.html"
        )
    return targets


def _write(reports: Sequence[Report], targets: Sequence[tuple[str, Path | None]]) -> None:
    from verify.report import FORMATTERS

    for name, path in targets:
        if path is None and name == "terminal" and sys.stdout.isatty():
            text = _coloured(reports)
        else:
            text = FORMATTERS[name].format(reports)
        text = text if text.endswith("\n") else text + "\n"
        if path is None:
            sys.stdout.write(text)
            continue
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from None


def _coloured(reports: Sequence[Report]) -> str:
    """Format for the terminal that we stand in. NO_COLOR is the habit of no-color.org."""
    from shutil import get_terminal_size

    from verify.report import on_terminal

    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return on_terminal(colour=colour, width=get_terminal_size().columns).format(reports)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(
            (reason or str(error)).lower(), hint="give a report that --format json wrote"
        ) from None


def _fails(reports: Sequence[Report], settings: Settings) -> bool:
    least = settings.fail_on
    return least is not None and any((r.worst() or 0) >= least for r in reports)


def _exit_code(reports: Sequence[Report], settings: Settings) -> int:
    if _fails(reports, settings):
        return FINDINGS
    # Nothing checked is never a pass, whatever is allowed.
    if any(r.coverage.checked == 0 for r in reports):
        return UNCHECKED
    unchecked = any(r.coverage.unchecked for r in reports)
    return UNCHECKED if unchecked and not settings.allow_unchecked else OK


def _summarise(reports: Sequence[Report], settings: Settings) -> None:
    """Say on stderr what came of it, for whoever sent the report elsewhere."""
    if settings.quiet or sys.stdout.isatty():
        return
    for report in reports:
        coverage, worst = report.coverage, report.worst()
        print(
            f"{report.article.path}: {coverage.checked} of {coverage.citations} citations checked, "
            f"{len(report.findings)} findings" + (f", the gravest {worst.label}" if worst else ""),
            file=sys.stderr,
        )


def _progress(settings: Settings) -> AbstractContextManager[Callable[[str], None]]:
    from contextlib import contextmanager

    @contextmanager
    def spinner() -> Iterator[Callable[[str], None]]:
        if settings.quiet or not sys.stderr.isatty():
            yield lambda _: None
            return
        from rich.console import Console
        from rich.text import Text

        with Console(stderr=True).status("reading the article") as status:
            yield lambda message: status.update(Text(message, overflow="ellipsis", no_wrap=True))

    return spinner()


# --- arguments --------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose errors read like ours."""

    def error(self, message: str) -> Any:
        """Exit with 2, as argparse would, in our words."""
        raise SettingsError(message, hint=f"try `{self.prog} --help`")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="verify",
        description="Check that the sources an article cites say what the article says they say.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"verify {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_check(commands)
    _add_lint(commands)
    _add_claims(commands)
    _add_render(commands)
    _add_rule(commands)
    _add_models(commands)
    return parser


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int] | None, text: str
) -> argparse.ArgumentParser:
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


def _add_check(commands: Any) -> None:
    parser = _command(commands, "check", _check, "read an article's sources and judge its claims")
    _add_articles(parser)
    _add_output(parser)
    parser.add_argument("--offline", action="store_true", default=None, help="ask no live address")
    parser.add_argument(
        "--allow-unchecked", action="store_true", default=None, help="exit 0 in place of 3"
    )
    parser.add_argument("--timeout", metavar="SECONDS", help="for one source (default: 30)")
    parser.add_argument("--delay", metavar="SECONDS", help="between two requests to one host (1)")
    parser.add_argument("--retries", metavar="N", help="after temporary failures (default: 2)")
    parser.add_argument("--jobs", metavar="N", help="sources read at once (default: 8)")
    parser.add_argument("--max-bytes", metavar="N", help="of one source (default: 20000000)")
    _add_translation(parser)


def _add_lint(commands: Any) -> None:
    parser = _command(commands, "lint", _lint, "look at notes and sources.yaml alone, offline")
    _add_articles(parser)
    _add_output(parser)


def _add_claims(commands: Any) -> None:
    parser = _command(commands, "claims", _claims, "judge claims against texts, one JSON a line")
    parser.add_argument("file", type=Path, metavar="FILE.jsonl", help="or - for standard input")
    parser.add_argument("--allow-unchecked", action="store_true", default=None, help="exit 0")
    parser.add_argument("--quiet", action="store_true", default=None, help="no summary on stderr")
    _add_translation(parser)


def _add_render(commands: Any) -> None:
    parser = _command(commands, "render", _render, "write a saved JSON report in another format")
    parser.add_argument("report", type=Path, metavar="REPORT.json")
    _add_format(parser)


def _add_rule(commands: Any) -> None:
    parser = _command(commands, "rule", _rule, "print a rule's page, or list the rules")
    parser.add_argument("code", nargs="?", metavar="CODE", help="such as CIT004")


def _add_models(commands: Any) -> None:
    parser = _command(commands, "models", None, "list, install and inspect translation packages")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listed = _command(actions, "list", _models_list, "list the installed packages")
    install = _command(actions, "install", _models_install, "install a package")
    install.add_argument("package", metavar="FILE|CODE", help="an .argosmodel, or fa or fa_en")
    install.add_argument("--from", dest="source", type=Path, metavar="FOLDER", help="a mirror")
    install.add_argument("--sha256", metavar="HEX", help="refuse any other file")
    install.add_argument("--folder", type=Path, help="where to (default: Argos's own folder)")
    info = _command(actions, "info", _models_info, "describe an installed package")
    info.add_argument("code", metavar="CODE", help="such as fa or fa_en")
    for action in (listed, info):
        action.add_argument(
            "--packages", action="append", metavar="FOLDER", help="more translation packages"
        )


def _add_articles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("article", type=Path, nargs="+", metavar="ARTICLE")
    parser.add_argument(
        "--sources", metavar="FILE", help="a sources.yaml (default: beside the article or above)"
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    _add_format(parser)
    parser.add_argument(
        "--fail-on", metavar="SEVERITY", help="error, warning, info or never (default: error)"
    )
    parser.add_argument("--quiet", action="store_true", default=None, help="no progress")


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        action="append",
        metavar="NAME[=FILE]",
        help=f"{', '.join(FORMATS)}; may be repeated (default: terminal)",
    )
    parser.add_argument("--output", metavar="FILE", help="write the report to FILE")


def _add_translation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-translate", action="store_false", dest="translate", default=None, help="do not"
    )
    parser.add_argument(
        "--packages", action="append", metavar="FOLDER", help="more translation packages"
    )
