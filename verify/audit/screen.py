"""One claim on a screen: its paragraph, the evidence in both languages, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from verify.hosts import shown
from verify.model import Side
from verify.report.decided import decisions, drift_phrase, judged_phrase
from verify.report.marks import english_pieces, mixed, source_pieces, unborne_words, word_pairs
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
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console, RenderableType
    from rich.text import Text

    from verify.audit.walk import Item
    from verify.model import Evidence
    from verify.report.marks import Piece

# Two columns need room for ten words each, or both become unreadable.
SIDE_BY_SIDE = 100

# What is typed below a claim: the key, the question that it brings, and the answer's reason.
TYPED_BELOW = 3

ENGLISH = "in English, by machine:"

PROMPT = "a accept  r revise  f fixed  n note  space skip  b back  u undo  q stop  ? more"

HELP = """\
a  accept what verify says          o  open the page at the passage
r  revise it, and say what is true  v  open the archived copy
f  mark as fixed in the article     1-9  decide by another passage
n  write a note                     /  point to a passage by its words
m  show what is folded away, or fold it again
space  skip    b  back    u  undo    q  stop; come back with the same command"""

MARKS = "»…« is the claim; […] are words that differ"
"""What stands for bold and reverse letters where the terminal shows neither."""


@dataclass(frozen=True, slots=True)
class _Fold:
    """How much of a claim is shown."""

    context: int = 700
    """Characters of the paragraph; the claim itself is always whole."""
    passage: int = 900
    passages: int = 3
    word_by_word: bool = True


# A paragraph and a passage fill a quarter of a common screen each at most.
WHOLE = _Fold()

# Tried in this order, until a claim fits the screen. The last two are for the 24 lines of a
# terminal that nobody has made larger: four lines of 80 columns for each text, then three and no
# neighbours of the claim.
FOLDS = (
    WHOLE,
    _Fold(passages=1, word_by_word=False),
    _Fold(320, 320, passages=1, word_by_word=False),
    _Fold(0, 240, passages=1, word_by_word=False),
)


def show(
    console: Console, item: Item, place: str, *, plain: bool = False, whole: bool = False
) -> None:
    """
    Print one claim with all that a person needs to decide on it. `place` is like `3 of 7`.

    What does not fit the screen is folded away, unless `plain` or `whole` asks for all of it.
    What still does not fit scrolls; the verdict and the claim are then repeated at the end.
    """
    parts: list[RenderableType] = []
    room = console.height - TYPED_BELOW
    for fold in (WHOLE,) if plain or whole else FOLDS:
        claim, end = [*_parts(console, item, place, fold, plain=plain)], [*_end(item, fold)]
        parts = [*claim, *end]
        if not console.is_terminal or _height(console, parts) <= room:
            break
        parts = [*claim, *_repeated(item, place), *end]
    for part in parts:
        console.print(part)


def _height(console: Console, parts: Iterable[RenderableType]) -> int:
    return sum(len(console.render_lines(part)) for part in parts)


def _parts(
    console: Console, item: Item, place: str, fold: _Fold, *, plain: bool
) -> Iterator[RenderableType]:
    """Give a claim from its verdict to the version that was judged."""
    verdict = item.verdict
    yield from _heading(console, item, place)
    yield _text("")
    yield _paragraph(item, fold, marked=console.color_system is None)
    for number, evidence in enumerate(verdict.evidence[: fold.passages], 1):
        yield _text("")
        yield from _passage(console, item, evidence, number, fold, plain=plain)
    if verdict.found_in:
        yield _text("")
        there = f"{note_of(item.report, verdict.found_in.source_id)} has the words"
        yield _text(f"{lead_in(there, verdict.found_in.evidence)}:", "dim")
        yield _indented(_text(shortened(verdict.found_in.evidence.text, fold.passage)))
    yield _text("")
    for line in _facts(item, fold):
        yield from line.parts()


def _end(item: Item, fold: _Fold) -> Iterator[RenderableType]:
    """Give what stands last: what is folded away, and the keys."""
    if hidden := ", ".join(_hidden(item, fold)):
        yield _text(f"…  m shows the rest: {hidden}", "dim")
    yield _text("")
    yield _text(PROMPT)


def _hidden(item: Item, fold: _Fold) -> Iterator[str]:
    more = len(item.verdict.evidence[: WHOLE.passages]) - fold.passages
    if more > 0:
        yield f"{more} more {'passage' if more == 1 else 'passages'}"
    if not fold.word_by_word and any(word_pairs(item.verdict)):
        yield "the words one by one"
    if fold.context < WHOLE.context:
        yield "longer texts"


def _repeated(item: Item, place: str) -> Iterator[RenderableType]:
    """Say again what has scrolled away, and is needed to decide."""
    yield _text("")
    yield _verdict_line(item, place)
    yield _indented(_text(shortened(item.verdict.claim.text, 240), "bold"))


def _heading(console: Console, item: Item, place: str) -> Iterator[RenderableType]:
    yield _verdict_line(item, place)
    if title := _title(item):
        yield from _Line("", "cites", (shortened(title, 2 * console.width),), "dim").parts(0)
    note = item.verdict.review.note if item.verdict.review else ""
    for decision in decisions(item.verdict):
        # A note is a person's own text, whichever way it runs; the rest is ours.
        is_note = note and decision == one_line(note)
        yield from ([_text(decision, "bold")] if is_note else _sentence("", decision, "bold", 0))
    if item.note and not item.verdict.review:
        yield from _Line("", "for your decision:", (one_line(item.note),), "bold").parts(0)


def _verdict_line(item: Item, place: str) -> Text:
    verdict = item.verdict
    word = OUTCOMES[verdict.outcome]
    where = ""
    if verdict.citation:
        line = item.report.article.position(verdict.citation.span.start).line
        where = f"note {one_line(item.label)}, line {line}"
    said = "  ".join(part for part in (place, where, certainty(verdict.confidence)) if part)
    text = _text(f"{word.sign} {word.name}", STYLES[verdict.outcome])
    text.append(f"  {said}", style="")
    return text


def _title(item: Item) -> str:
    source = item.report.sources.get(item.verdict.source_id) if item.verdict.source_id else None
    return (source.title or source.publisher or "") if source else ""


def _paragraph(item: Item, fold: _Fold, *, marked: bool) -> Text:
    """Return the paragraph around the claim, with the claim itself bold, and `marked` by signs."""
    article, citation = item.report.article, item.verdict.citation
    claim = item.verdict.claim.text
    if citation is None:
        return _text(shortened(claim, fold.context), "bold")
    start = article.text.rfind("\n", 0, citation.span.start) + 1
    end = article.text.find("\n", citation.span.end)
    end = len(article.text) if end < 0 else end
    room = max(0, fold.context - (citation.span.end - citation.span.start)) // 2
    before = article.text[start : citation.span.start]
    if len(before) > room:
        before = "…" + before[len(before) - room :].partition(" ")[2]
    after = article.text[citation.span.end : end]
    if len(after) > room:
        after = after[:room].rpartition(" ")[0] + "…"
    text = _text(_spaced(before), "dim")
    claimed = _spaced(article.text[citation.span.start : citation.span.end])
    text.append(f"»{claimed}«" if marked else claimed, style="bold")
    text.append(_spaced(after), style="dim")
    if item.verdict.claim.text not in article.text:
        # sources.yaml has another wording for what is to be checked.
        text.append(f"\n→ {shortened(claim, fold.context)}", style="bold")
    return text


def _spaced(text: str) -> str:
    """Put a stretch on one harmless line, with a space at either end where it had one."""
    line = one_line(text)
    if not line:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{line}{' ' if text[-1].isspace() else ''}"


def _passage(
    console: Console, item: Item, evidence: Evidence, number: int, fold: _Fold, *, plain: bool
) -> Iterator[RenderableType]:
    """
    Give a passage; beside it, or below it, its English.

    Two columns are for two texts that run from left to right: a terminal orders whole lines,
    and would mix the columns where one of them runs from right to left.
    """
    lead = "the nearest passage" if number == 1 else "also"
    if number == 1 and item.verdict.outcome.value in {"supported", "partly-supported", "altered"}:
        lead = "the source says"
    lead = f"{number}  {lead_in(lead, evidence)}:"
    verdict = item.verdict if number == 1 else None
    marked = console.color_system is None
    original = _marked(source_pieces(evidence, verdict), fold, marked=marked)
    if not evidence.english:
        yield from (_text(lead, "dim"), _indented(original))
        return
    english = _marked(english_pieces(evidence, verdict), fold, marked=marked)
    one_way = not is_right_to_left(evidence.text + evidence.english)
    if one_way and not plain and console.width >= SIDE_BY_SIDE:
        yield _columns((_text(lead, "dim"), _text(ENGLISH, "dim")), (original, english))
        return
    yield from (_text(lead, "dim"), _indented(original))
    yield from (_text(f"   {ENGLISH}", "dim"), _indented(english))


def _columns(*rows: tuple[Text, Text]) -> RenderableType:
    from rich.table import Table

    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(ratio=1)
    table.add_column(ratio=1)
    for row in rows:
        table.add_row(*row)
    return table


def _marked(pieces: Iterable[Piece], fold: _Fold, *, marked: bool) -> Text:
    """Return a passage with what differs in reverse, and `marked` by brackets."""
    text = _text("")
    room = fold.passage
    for differs, together in groupby(pieces, key=lambda piece: piece.differs):
        stretch = "".join(piece.text for piece in together)
        if room <= 0:
            text.append("…")
            break
        words = _spaced(stretch[:room])
        bare = words.strip()
        if marked and differs and bare:
            words = words.replace(bare, f"[{bare}]")
        text.append(words, style="reverse" if differs else "")
        room -= len(stretch)
    return text


@dataclass(frozen=True, slots=True)
class _Line:
    """
    A line below the passages: our words, and foreign texts that they speak of.

    Text that runs from right to left never shares a line with ours: where a terminal knows
    nothing of directions, or orders a line by its first letter, nobody could tell them apart.
    """

    sign: str
    words: str
    quoted: tuple[str, ...] = ()
    style: str = ""
    between: str = " "
    apart: str = ""
    """Our words where the texts stand below them."""

    def parts(self, indent: int = 3) -> Iterator[RenderableType]:
        """Give the line, or our words and each text below them."""
        sign = f"{self.sign} " if self.sign else ""
        if not is_right_to_left("".join(self.quoted)):
            listed = self.between.join(text or "–" for text in self.quoted)
            said = " ".join(part for part in (self.words, listed) if part)
            yield from _sentence(sign, said, self.style, indent)
            return
        yield from _sentence(sign, self.apart or self.words, self.style, indent)
        for text in filter(None, self.quoted):
            yield _indented(_text(text, self.style), indent + 2)


def _sentence(sign: str, said: str, style: str, indent: int) -> Iterator[RenderableType]:
    """Give a sentence of ours; words in it that run from right to left stand below it."""
    pieces = [(text, foreign and is_right_to_left(text)) for text, foreign in mixed(said)]
    ours = "".join("…" if foreign else text for text, foreign in pieces)
    yield _indented(_text(f"{sign}{ours}", style), indent)
    for text, foreign in pieces:
        if foreign:
            yield _indented(_text(text, style), indent + 2)


def _facts(item: Item, fold: _Fold) -> Iterator[_Line]:
    """Give the lines below the passages."""
    verdict = item.verdict
    for reason in verdict.reasons[:3]:
        yield _Line("·", one_line(reason))
    if words := unborne_words(verdict):
        listed = shortened(", ".join(words), 200)
        yield _Line("≠", "most likely not borne out:", (listed,), "red")
    if fold.word_by_word and (pairs := list(word_pairs(verdict))):
        yield _word_by_word(pairs)
    for each in [d for d in verdict.differences if d.kind.is_material][:8]:
        side = f" {SIDES[each.side]}" if each.side is Side.TRANSLATION else ""
        kind = f"{DIFFERENCES[each.kind]}{side}"
        here, there = shortened(each.claim_text, 80), shortened(each.source_text, 80)
        yield _compared("≠", kind, here, there, "red")
    for fact in untold_facts(verdict):
        word = FACTS[fact.outcome]
        kind = f"{fact.kind.value} {word.name} {SIDES[fact.side]}"
        here, there = shortened(fact.claim_text, 80), shortened(fact.source_text or "", 80)
        if there:
            yield _compared(word.sign, kind, here, there)
        else:
            yield _Line(word.sign, f"{kind}:", (here,))
    yield from _rests_on(item)


def _rests_on(item: Item) -> Iterator[_Line]:
    """Give what was read, and what could not be."""
    verdict = item.verdict
    if verdict.drift:
        yield _Line("↻", drift_phrase(verdict.drift), style="yellow")
    if verdict.version:
        version = verdict.version
        address = f"{one_line(shown(version.address))} ({version.sha256[:12]})"
        yield _Line("⌂", f"{judged_phrase(version)}:", (address,), "dim")
    attempts = attempts_at(item.report, verdict)
    for attempt in asked(attempts):
        said = f"{one_line(shown(attempt.address))}: {one_line(attempt.reason)}"
        yield _Line("○", f"failed ({one_line(attempt.via)}):", (said,), "dim")
    step = advice(attempts)
    if step and verdict.version is None:
        yield _Line("→", f"next: {step}")


def _word_by_word(pairs: Sequence[tuple[str, str]]) -> _Line:
    short = [(shortened(here, 40), shortened(there, 40)) for here, there in pairs]
    if not is_right_to_left("".join(here + there for here, there in short)):
        listed = "; ".join(f"{here} = {there}" for here, there in short)
        return _Line("=", "word by word:", (listed,), "dim")
    sides = tuple(" | ".join(side) for side in zip(*short, strict=True))
    return _Line("=", "word by word, article and source in the same order:", sides, "dim")


def _compared(sign: str, kind: str, here: str, there: str, style: str = "") -> _Line:
    apart = f"{kind}, article and source:"
    if not here or not there:
        apart = f"{kind}, in the {'article' if here else 'source'} alone:"
    return _Line(sign, f"{kind}:", (here, there), style, " | source: ", apart)


def _text(text: str, style: str = "") -> Text:
    """Return plain text: no markup of a foreign text is ever read."""
    from rich.text import Text

    return Text(text, style)


def _indented(text: Text, indent: int = 3) -> Any:
    from rich.padding import Padding

    return Padding(text, (0, 0, 0, indent), expand=False)
