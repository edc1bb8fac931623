"""`verify models`: the translation packages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.commands.arguments import add_packages, command, settings_of
from verify.commands.output import OK, say, tell

if TYPE_CHECKING:
    import argparse


def add_models(commands: Any) -> None:
    """Add `verify models`."""
    parser = command(commands, "models", None, "list, install and inspect translation packages")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listed = command(actions, "list", _models_list, "list the installed packages")
    install = command(actions, "install", _models_install, "install a package")
    install.add_argument(
        "package",
        metavar="FILE|CODE",
        help="an .argosmodel file, or the languages of a package to download where it is not "
        "installed yet: fa or fa_en",
    )
    install.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FOLDER",
        help="take CODE from a folder of such files, and not from the network",
    )
    install.add_argument("--sha256", metavar="HEX", help="refuse a file that has another SHA-256")
    install.add_argument(
        "--folder",
        type=Path,
        metavar="FOLDER",
        help="where it is installed (default: Argos's own folder)",
    )
    info = command(actions, "info", _models_info, "describe an installed package")
    info.add_argument("code", metavar="CODE", help="such as fa or fa_en")
    for action in (listed, info):
        add_packages(action)


def _models_list(options: argparse.Namespace) -> int:
    from verify import translate

    listing = translate.list_packages(settings_of(options).packages)
    for package in listing.packages:
        say(f"{package.source}-{package.target}  {package.label}  {package.path}")
    for problem in listing.problems:
        tell(f"warning: {problem.path} is no package: {problem.reason}")
    if not listing.packages:
        tell("no translation package is installed")
        tell("hint: verify models install FILE.argosmodel")
    return OK


def _models_install(options: argparse.Namespace) -> int:
    from verify import translate

    asked = {"source": options.source, "sha256": options.sha256, "folder": options.folder}
    if there := translate.installed(options.package, **asked):
        say(f"{there.label} ({there.source}-{there.target}) is installed already in {there.path}")
        tell("hint: remove that folder to download it anew, or give a FILE")
        return OK
    package = translate.install(options.package, **asked)
    say(f"installed {package.label} ({package.source}-{package.target}) in {package.path}")
    return OK


def _models_info(options: argparse.Namespace) -> int:
    from verify import translate

    package = translate.describe(options.code, settings_of(options).packages)
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
        say(f"{key:<13} {value}")
    return OK
