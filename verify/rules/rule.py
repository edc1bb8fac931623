"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING, TypeAlias

from verify.model import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verify.model import Flag, Report, Severity

    Check: TypeAlias = Callable[[Report], Iterator[Flag]]

HEADINGS = (
    "What it does",
    "Why it matters",
    "Example",
    "Use instead",
    "How sure we are",
)
"""What every rule's page says, in this order."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A check, with the code and the name that people select, ignore and look it up by."""

    code: str
    name: str
    severity: Severity
    since: str
    check: Check

    @property
    def explanation(self) -> str:
        """The rule's page, in Markdown: the docstring of its check."""
        return cleandoc(self.check.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first sentence of the page, for tables."""
        paragraph = self.explanation.split("\n\n")[1]
        return " ".join(paragraph.split())

    @property
    def page(self) -> str:
        """The whole page, with its title: what `verify rule CODE` prints."""
        facts = f"Severity: {self.severity.label}. Since version {self.since}."
        return f"# {self.code} {self.name}\n\n{facts}\n\n{self.explanation}\n"

    def findings(self, report: Report) -> Iterator[Finding]:
        """Stamp each flag with this rule's code and, unless it has its own, severity."""
        for flag in self.check(report):
            yield Finding(self.code, self.name, flag.severity or self.severity, flag)


def rule(code: str, name: str, severity: Severity, *, since: str) -> Callable[[Check], Rule]:
    """Make a `Rule` of the function below."""
    return lambda check: Rule(code, name, severity, since, check)
