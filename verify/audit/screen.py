"""One claim on a screen: its paragraph, the evidence in both languages, and what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verify.hosts import shown
from verify.model import Side
from verify.report.decided import decisions, drift_phrase, judged_phrase
from verify.report.marks import source_pieces, unborne_words, word_pairs
from verify.report.terminal import STYLES
from verify.report.visible import one_line, shortened
from verify.report.words import (
    DIFFERENCES,
    FACTS,
    OUTCOMES,
    SIDES,
    advice,
    asked,
    attempts_at,
    certainty,
    is_right_to_left,
    lead_in,
    note_of,
    untold_facts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.text import Text

    from verify.audit.walk import Item
    from verify.model import Evidence

# Two columns need room for ten words each, or both become unreadable.
SIDE_BY_SIDE = 100

# A paragraph of context fills a quarter of a common screen at most.
LONGEST_CONTEXT = 700
LONGEST_PASSAGE = 900

HELP = """\
a  accept what verify says          o  open the page at the passage
r  reject it, and say what is true  v  open the archived copy
f  mark as fixed in the article     1-9  decide by another passage
n  write a note                     /  point to a passage by its words
space  skip    b  back    u  undo    q  stop; come back with the same command"""


def show(console: Console, item: Item, place: str, *, plain: bool = False) -> None:
    """Print one claim with all that a person needs to decide on it. `place` is like `3 of 7`."""
    _heading(console, item, place)
    console.print()
    console.print(_paragraph(item))
    verdict = item.verdict
    for number, evidence in enumerate(verdict.evidence[:3], 1):
        console.print()
        _passage(console, item, evidence, number, plain=plain)
    if verdict.found_in:
        console.print()
        there = f"{note_of(item.report, verdict.found_in.source_id)} has the words"
        _label(console, f"{lead_in(there, verdict.found_in.evidence)}:")
        console.print(_indented(_text(shortened(verdict.found_in.evidence.text, LONGEST_PASSAGE))))
    console.print()
    for sign, line, style in _facts(item):
        console.print(_indented(_text(f"{sign} {line}", style)))


def _heading(console: Console, item: Item, place: str) -> None:
    verdict = item.verdict
    word = OUTCOMES[verdict.outcome]
    where = ""
    if verdict.citation:
        line = item.report.article.position(verdict.citation.span.start).line
        where = f"note {one_line(item.label)}, line {line}"
    said = "  ".join(part for part in (place, where, certainty(verdict.confidence)) if part)
    text = _text(f"{word.sign} {word.name}", STYLES[verdict.outcome])
    text.append(f"  {said}", style="")
    console.print(text)
    if title := _title(item):
        console.print(_text(f"cites {shortened(title, 2 * console.width)}", "dim"))
    for decision in decisions(verdict):
        console.print(_text(decision, "bold"))


def _title(item: Item) -> str:
    source = item.report.sources.get(item.verdict.source_id) if item.verdict.source_id else None
    return (source.title or source.publisher or "") if source else ""


def _paragraph(item: Item) -> Text:
    """Return the paragraph around the claim, with the claim itself marked."""
    article, citation = item.report.article, item.verdict.citation
    claim = item.verdict.claim.text
    if citation is None:
        return _text(shortened(claim, LONGEST_CONTEXT), "bold")
    start = article.text.rfind("\n", 0, citation.span.start) + 1
    end = article.text.find("\n", citation.span.end)
    end = len(article.text) if end < 0 else end
    room = max(0, LONGEST_CONTEXT - (citation.span.end - citation.span.start)) // 2
    before = article.text[start : citation.span.start]
    if len(before) > room:
        before = "…" + before[len(before) - room :].partition(" ")[2]
    after = article.text[citation.span.end : end]
    if len(after) > room:
        after = after[:room].rpartition(" ")[0] + "…"
    text = _text(_spaced(before), "dim")
    text.append(_spaced(article.text[citation.span.start : citation.span.end]), style="bold")
    text.append(_spaced(after), style="dim")
    if item.verdict.claim.text not in article.text:
        # sources.yaml has another wording for what is to be checked.
        text.append(f"\n→ {shortened(claim, LONGEST_CONTEXT)}", style="bold")
    return text


def _spaced(text: str) -> str:
    """Put a stretch on one harmless line, with a space at either end where it had one."""
    line = one_line(text)
    if not line:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{line}{' ' if text[-1].isspace() else ''}"


def _passage(console: Console, item: Item, evidence: Evidence, number: int, *, plain: bool) -> None:
    """Print a passage; beside it, or below it, its English."""
    from rich.table import Table

    lead = "the nearest passage" if number == 1 else "also"
    if number == 1 and item.verdict.outcome.value in {"supported", "partly-supported", "altered"}:
        lead = "the source says"
    lead = f"{number}  {lead_in(lead, evidence)}:"
    original = _marked(item, evidence) if number == 1 else _text(_cut(evidence.text))
    english = _text(_cut(evidence.english)) if evidence.english else None
    if english is None or plain or console.width < SIDE_BY_SIDE:
        _label(console, lead)
        console.print(_indented(original))
        if english is not None:
            _label(console, "   in English, by machine:")
            console.print(_indented(english))
        return
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(ratio=1)
    table.add_column(ratio=1)
    table.add_row(_text(lead, "dim"), _text("in English, by machine:", "dim"))
    original.justify = "right" if is_right_to_left(evidence.text) else "left"
    table.add_row(original, english)
    console.print(table)


def _marked(item: Item, evidence: Evidence) -> Text:
    text = _text("")
    length = 0
    for piece in source_pieces(evidence, item.verdict):
        room = LONGEST_PASSAGE - length
        if room <= 0:
            text.append("…")
            break
        text.append(_spaced(piece.text[:room]), style="reverse" if piece.differs else "")
        length += len(piece.text)
    return text


def _facts(item: Item) -> Iterator[tuple[str, str, str]]:
    """Yield each line below the passages: its sign, its words and its style."""
    verdict = item.verdict
    for reason in verdict.reasons[:3]:
        yield "·", one_line(reason), ""
    if words := unborne_words(verdict):
        yield "≠", f"most likely not borne out: {shortened(', '.join(words), 200)}", "red"
    if pairs := list(word_pairs(verdict)):
        listed = (f"{shortened(here, 40)} = {shortened(there, 40)}" for here, there in pairs)
        yield "=", f"word by word: {'; '.join(listed)}", "dim"
    for each in [d for d in verdict.differences if d.kind.is_material][:8]:
        side = f" {SIDES[each.side]}" if each.side is Side.TRANSLATION else ""
        here, there = shortened(each.claim_text, 80), shortened(each.source_text, 80)
        yield "≠", f"{DIFFERENCES[each.kind]}{side}: {here or '–'} | source: {there or '–'}", "red"
    for fact in untold_facts(verdict):
        word = FACTS[fact.outcome]
        there = f" | source: {shortened(fact.source_text, 80)}" if fact.source_text else ""
        line = f"{fact.kind.value} {word.name} {SIDES[fact.side]}: {shortened(fact.claim_text, 80)}"
        yield word.sign, line + there, ""
    if verdict.drift:
        yield "↻", drift_phrase(verdict.drift), "yellow"
    if verdict.version:
        version = verdict.version
        address = one_line(shown(version.address))
        yield "⌂", f"{judged_phrase(version)}: {address} ({version.sha256[:12]})", "dim"
    attempts = attempts_at(item.report, verdict)
    for attempt in asked(attempts):
        said = f"failed ({one_line(attempt.via)}): {one_line(shown(attempt.address))}"
        yield "○", f"{said}: {one_line(attempt.reason)}", "dim"
    step = advice(attempts)
    if step and verdict.version is None:
        yield "→", f"next: {step}", ""


def _cut(text: str) -> str:
    return shortened(text, LONGEST_PASSAGE)


def _label(console: Console, text: str) -> None:
    console.print(_text(text, "dim"))


def _text(text: str, style: str = "") -> Text:
    """Return plain text: no markup of a foreign text is ever read."""
    from rich.text import Text

    return Text(text, style)


def _indented(text: Text) -> Any:
    from rich.padding import Padding

    return Padding(text, (0, 0, 0, 3), expand=False)
