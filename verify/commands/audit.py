"""`verify audit`: check articles with everything on, then decide claim by claim."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from verify.commands.arguments import (
    add_articles,
    add_fetching,
    add_judging,
    baseline_of,
    command,
    members_of,
    settings_of,
)
from verify.commands.output import exit_code, progress_for, wants_colour
from verify.errors import SettingsError
from verify.model import Outcome

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from verify.audit.walk import Item, Walk
    from verify.model import Report, Source
    from verify.settings import Settings

ANSWERS = {
    "s": Outcome.SUPPORTED,
    "p": Outcome.PARTLY_SUPPORTED,
    "l": Outcome.ALTERED,
    "c": Outcome.CONTRADICTED,
    "n": Outcome.NOT_FOUND,
}
QUESTION = "what is true?  s supported  p partly  l altered  c contradicted  n not found: "


def add_audit(commands: Any) -> None:
    """Add `verify audit`."""
    parser = command(commands, "audit", _audit, "check articles, then decide claim by claim")
    add_articles(parser)
    parser.add_argument("--reviewer", metavar="NAME", help="who decides (default: git's user.name)")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="no colour and no columns; nothing is folded or redrawn",
    )
    add_fetching(parser)
    add_judging(parser)


def _audit(options: argparse.Namespace) -> int:
    from verify.audit.walk import Walk

    # Everything on: a person who sits down to it wants to know what has changed, too.
    settings = replace(settings_of(options), drift=True)
    reviewer = options.reviewer or _git_name()
    if not reviewer:
        raise SettingsError(
            "nobody is named who decides", hint="give --reviewer NAME, or set git's user.name"
        )
    known = baseline_of(settings)
    reports = _checked(options, settings)
    readable = [report for report in reports if not report.is_unread]
    unread = [report for report in reports if report.is_unread]
    files = [_file(report) for report in readable]
    walk = Walk(readable, files, reviewer, datetime.now(UTC).date())
    console = _console(plain=options.plain)
    if walk.items:
        walk.resume()
        _Session(walk, console, plain=options.plain).run()
    ended = known.applied([*_settled(walk.decided()), *unread])
    for line in _told(ended):
        console.print(line)
    return exit_code(ended, settings)


def _checked(options: argparse.Namespace, settings: Settings) -> list[Report]:
    from verify import pipeline

    with (
        progress_for(settings) as progress,
        pipeline.opened(settings, progress=progress) as verifier,
    ):
        return verifier.check_all(members_of(options, settings), settings.sources)


def _told(reports: Iterable[Report]) -> Iterator[str]:
    """Say which articles brought no claim to decide on, and what else to know of the run."""
    from verify.report.visible import one_line
    from verify.report.words import coverage_sentence

    for report in reports:
        path = one_line(str(report.article.path))
        if not (report.is_unread or report.coverage.citations):
            yield f"{path}: {coverage_sentence(report)}"
        for notice in report.notices:
            yield f"{path}: {one_line(notice)}"


def _file(report: Report) -> Path:
    from verify.pipeline import reviews_file

    return reviews_file(report.article, report.sources)


def _settled(reports: Sequence[Report]) -> list[Report]:
    """Let the rules look again, now that people have decided."""
    from verify import rules

    return rules.together([replace(report, findings=rules.apply(report)) for report in reports])


def _git_name() -> str | None:
    from pathlib import Path
    from subprocess import TimeoutExpired

    from verify import git

    try:
        found = git.run(Path(), "config", "user.name", patience=10)
    except (OSError, TimeoutExpired):
        return None
    return found.stdout.decode("utf-8", "replace").strip() or None


def _console(*, plain: bool) -> Console:
    from rich.console import Console

    colour = not plain and wants_colour()
    return Console(
        no_color=not colour,
        color_system="auto" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )


class _Session:
    """Shows claims and reads keys until the person stops or nothing is left."""

    def __init__(self, walk: Walk, console: Console, *, plain: bool) -> None:
        self.walk = walk
        self.console = console
        self.plain = plain or not sys.stdout.isatty()
        self.began = walk.open
        self.shown: Item | None = None
        self.unfolded: int | None = None
        """The place of the claim of which the person wants to see everything."""

    def run(self) -> None:
        """Return when the person stops, at the last claim, or at the end of the input."""
        try:
            while self._go_on():
                pass
        except KeyboardInterrupt:
            # Ctrl-C is one more way to stop: every decision is on disk already.
            self._say("")
        self._end()

    def _go_on(self) -> bool:
        """Show what is to be decided, and do what the next key asks; false where it ends."""
        from verify.audit.keys import read_key

        item = self.walk.current
        if item is None:
            self.shown = None
            self._say(self._after_the_last())
            self._say("b back  u undo  q stop")
        elif item is not self.shown:
            self._show(item)
        key = read_key()
        if key in {"q", "", "\x03", "\x04"} or (item is None and key not in {"b", "u"}):
            return False
        said = self._act(key, item)
        if said:
            self._say(said)
        return True

    def _after_the_last(self) -> str:
        waiting = self.walk.open
        if not waiting:
            return "every claim has a decision that stands"
        return f"that was the last claim; {waiting} {_wait(waiting)} for a decision"

    def _end(self) -> None:
        self._say(f"{self.began - self.walk.open} decided, {self.walk.open} left")
        for path in dict.fromkeys(self.walk.files):
            if path.exists():
                self._say(f"decisions are kept in {path}")
        if lost := self.walk.unkept:
            self._say(f"not kept, for want of a decision to go with: {lost} of the notes")

    def _show(self, item: Item) -> None:
        from verify.audit.screen import show

        if not self.plain:
            self.console.clear()
        place = f"{self.walk.position + 1} of {len(self.walk.items)}"
        whole = self.unfolded == self.walk.position
        show(self.console, item, place, plain=self.plain, whole=whole)
        self.shown = item

    def _act(self, key: str, item: Item | None) -> str | None:
        """Do what a key asks for, and return what to tell the person."""
        if key == "b":
            self.walk.back()
            return None
        if key == "u":
            return None if self.walk.undo() else "there is nothing to take back"
        if item is None:
            return None
        if key == "m":
            return self._unfold()
        if key.isascii() and key.isdigit():
            return None if self.walk.choose(int(key)) else f"there is no passage {key}"
        action = ACTIONS.get(key)
        return action(self.walk, item) if action else self._help()

    def _unfold(self) -> str | None:
        if self.plain:
            return "nothing is folded away here"
        place = self.walk.position
        self.unfolded = None if self.unfolded == place else place
        self.shown = None
        return None

    def _help(self) -> str:
        from verify.audit.screen import HELP, MARKS

        return HELP if self.console.color_system else f"{HELP}\n{MARKS}"

    def _say(self, text: str) -> None:
        from rich.text import Text

        from verify.report.visible import visible

        self.console.print(Text(visible(text)))


def _wait(claims: int) -> str:
    return "waits" if claims == 1 else "wait"


# --- what the keys do ---------------------------------------------------------------------


def _accept(walk: Walk, item: Item) -> str | None:
    if item.verdict.outcome is Outcome.UNCHECKED:
        return "verify has no answer to accept: r says what is true"
    walk.decide(item.verdict.outcome, _kept_note(item))
    return None


def _revise(walk: Walk, item: Item) -> str | None:
    from verify.audit.keys import read_key, read_line

    print(QUESTION, end="", flush=True)
    outcome = ANSWERS.get(read_key())
    print()
    if outcome is None:
        return "nothing was decided"
    walk.decide(outcome, read_line("why (may be left empty): ") or _kept_note(item))
    return None


def _fix(walk: Walk, item: Item) -> str | None:
    if item.verdict.outcome in {Outcome.SUPPORTED, Outcome.UNCHECKED}:
        return "there is no fault to be fixed here"
    walk.decide(item.verdict.outcome, _kept_note(item), fixed=True)
    return None


def _note(walk: Walk, item: Item) -> str | None:
    from verify.audit.keys import read_line

    note = read_line("note: ")
    if not note:
        return "nothing was written"
    walk.remark(note)
    return "kept" if item.verdict.review else "kept with your decision, once you decide"


def _point(walk: Walk, item: Item) -> str | None:
    from verify.audit.keys import read_line
    from verify.judge.quote import find_quotation

    document = item.document
    if document is None:
        return "the source could not be read"
    words = read_line("words of the passage, in its own language: ")
    found = find_quotation(words, document.text) if words else None
    if found is None:
        return "the source does not have these words"
    walk.point_to(found.span)
    return None


def _skip(walk: Walk, _: Item) -> str | None:
    walk.skip()
    return None


def _open_page(_: Walk, item: Item) -> str | None:
    evidence, source = item.verdict.evidence, _source(item)
    fragment = evidence[0].fragment if evidence else None
    return _opened([fragment or "", *(source.urls if source else ())]) or "no web address is known"


def _open_copy(_: Walk, item: Item) -> str | None:
    version, source = item.verdict.version, _source(item)
    judged = [version.address] if version and version.captured else []
    known = source.archives if source else ()
    return _opened([*judged, *known]) or "no archived copy is known"


def _source(item: Item) -> Source | None:
    return item.report.sources.get(item.verdict.source_id) if item.verdict.source_id else None


def _opened(addresses: Sequence[str]) -> str | None:
    """Open the first address in the person's browser, or say it where there is none."""
    import webbrowser

    from verify.report.visible import web_address

    address = next((a for a in addresses if web_address(a)), None)
    if address is None:
        return None
    if _has_screen() and webbrowser.open(address):
        return f"opened {address}"
    return address


def _has_screen() -> bool:
    """Whether a browser has somewhere to open: a text browser would take over the terminal."""
    return sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _kept_note(item: Item) -> str:
    return item.verdict.review.note if item.verdict.review else item.note


ACTIONS: Mapping[str, Callable[[Walk, Item], str | None]] = {
    "a": _accept,
    "r": _revise,
    "f": _fix,
    "n": _note,
    "/": _point,
    "o": _open_page,
    "v": _open_copy,
    " ": _skip,
}
