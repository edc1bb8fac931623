"""The commands, in the order in which `verify --help` lists them; a module a command."""

from verify.commands.audit import add_audit
from verify.commands.baseline import add_baseline_command
from verify.commands.bundle import add_bundle
from verify.commands.check import add_check, add_lint
from verify.commands.claims import add_claims
from verify.commands.fetch import add_fetch
from verify.commands.models import add_models
from verify.commands.render import add_render
from verify.commands.rule import add_rule
from verify.commands.sources import add_sources

COMMANDS = (
    add_check,
    add_lint,
    add_audit,
    add_claims,
    add_sources,
    add_fetch,
    add_bundle,
    add_baseline_command,
    add_render,
    add_rule,
    add_models,
)
"""Each adds its parser to the subparsers that it is given."""
