"""The commands, in the order in which `verify --help` lists them; a module a command."""

from verify.commands.check import add_check, add_lint
from verify.commands.claims import add_claims
from verify.commands.models import add_models
from verify.commands.render import add_render
from verify.commands.rule import add_rule

COMMANDS = (add_check, add_lint, add_claims, add_render, add_rule, add_models)
"""Each adds its parser to the subparsers that it is given."""
