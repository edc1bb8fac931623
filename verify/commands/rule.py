"""`verify rule`: the rules and their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verify.commands.arguments import command
from verify.commands.output import OK
from verify.errors import SettingsError

if TYPE_CHECKING:
    import argparse


def add_rule(commands: Any) -> None:
    """Add `verify rule`."""
    parser = command(commands, "rule", _rule, "print a rule's page, or list the rules")
    parser.add_argument(
        "code",
        nargs="?",
        metavar="CODE",
        help="a code or a name, such as CIT004; without one, all are listed",
    )


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
