"""
What the judge, the rules and the fetchers say, as an interface in another language says it.

Their sentences are English, and stay so in JSON and in every format but the page: programs and
baselines know them. `page/messages.json` has a template for each shape of a sentence, with its
Persian beside it; a sentence is recognised by the template's own words, and what stands between
them is carried over. What no template fits is shown in English.

A place in a template is `{name}` for any text, or `{name:kind}`:

- `number`, `day` (as 2026-05-03), `size` (as 20 MB): written as the interface writes it;
- `quote`: a text between quotation marks, or as Python would write it;
- `place`: an address or a path, without a space;
- `word`: one of the templates that have no places; nothing else fits;
- `said`: a sentence of ours again; `list` and `parts`: several, by commas or semicolons.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from verify.hosts import in_ascii
from verify.report.strings import Strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

# The longest sentence of ours quotes two passages of 60 characters; what is longer is forged,
# or names many things, and is left as it is.
LONGEST = 2_000

# A reason names an attempt, whose failure names an error: three deep; chosen with one to spare.
DEEPEST = 4

_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")
_SIZE = re.compile(r"([0-9.]+(?:e\+[0-9]+)?) (MB|kB|bytes)")
_UNITS = {"MB": "مگابایت", "kB": "کیلوبایت", "bytes": "بایت"}
_MARKS = {"“": "”", "'": "'", '"': '"'}
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U(000[0-9a-f]{5})|([\\'\"nrt]))")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a message: in the interface's own words, or carried over as it was."""

    text: str
    is_ours: bool = True
    is_english: bool = False
    """Whether it is a sentence of ours that no template fits."""


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Template:
    """A sentence with places: `pieces[0]`, a place, `pieces[1]`, ..., `pieces[-1]`."""

    pieces: tuple[str, ...]
    places: tuple[_Place, ...]
    said: str

    @classmethod
    def read(cls, english: str, said: str) -> _Template:
        """Take a template apart."""
        first, *rest = _PLACE.split(english)
        names = [_Place(n, k or "text") for n, k in zip(rest[::3], rest[1::3], strict=True)]
        return cls((first, *rest[2::3]), tuple(names), said)

    @property
    def weight(self) -> int:
        """How much of it is its own words: what has most is tried first."""
        return sum(map(len, self.pieces))

    def match(self, text: str) -> dict[str, str] | None:
        """
        Return what stands at each place of `text`; `None` where it is another sentence.

        Each piece is looked for once, from left to right, so that it takes time in proportion
        to the text, whatever stands in it.
        """
        first, *rest = self.pieces
        if not text.startswith(first) or not text.endswith(self.pieces[-1]):
            return None
        found: dict[str, str] = {}
        at = len(first)
        for index, (place, piece) in enumerate(zip(self.places, rest, strict=True)):
            end = self._end(text, at, index, piece)
            if end <= at or not _fits(place.kind, text[at:end]):
                return None
            found[place.name] = text[at:end]
            at = end + len(piece)
        return found if at == len(text) else None

    def _end(self, text: str, at: int, index: int, piece: str) -> int:
        """Return where the place ends that begins at `at`, or -1."""
        last = len(text) - len(self.pieces[-1])
        if index == len(self.places) - 1:
            return last
        kind = self.places[index].kind
        if kind == "said":  # it may hold anything, also the words that follow it
            return text.rfind(piece, at, last)
        end = text.find(piece, at, last)
        if kind == "quote":
            closing = _MARKS.get(text[at : at + 1], "")
            while end >= 0 and text[end - 1] != closing:
                end = text.find(piece, end + 1, last)
        return end


def _fits(kind: str, text: str) -> bool:
    return bool(_FITS[kind](text)) if kind in _FITS else True


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[-1] == _MARKS.get(text[0])


# --- in the interface's words -----------------------------------------------------------


def told(text: str, say: Strings) -> Sequence[Part] | None:
    """Return a message in the interface's words; `None` where it stays as it is."""
    return _told(in_ascii(text)) if say.is_persian else None


def brief(parts: Sequence[Part], longest: int) -> Iterator[Part]:
    """Cut a message to at most `longest` characters."""
    room = longest
    for part in parts:
        if len(part.text) > room:
            yield replace(part, text=part.text[: max(0, room - 1)].rstrip() + "…")
            return
        yield part
        room -= len(part.text)


@lru_cache(maxsize=4096)
def _told(text: str, depth: int = DEEPEST) -> tuple[Part, ...] | None:
    if len(text) > LONGEST or not depth:
        return None
    partly = None
    for template in _templates():
        if (found := template.match(text)) is not None:
            parts = tuple(_filled(template, found, depth))
            if not any(part.is_english for part in parts):
                return parts
            partly = partly or parts
    return partly


def _filled(template: _Template, found: Mapping[str, str], depth: int) -> Iterator[Part]:
    kinds = {place.name: place.kind for place in template.places}
    for index, piece in enumerate(_PLACE.split(template.said)):
        if index % 3 == 1:
            yield from _shown(kinds[piece], found[piece], depth)
        elif index % 3 == 0 and piece:
            yield Part(piece)


def _shown(kind: str, text: str, depth: int) -> Iterator[Part]:
    match kind:
        case "number" | "day" | "size" | "word":
            yield Part(_written(kind, text))
        case "quote":
            yield from (Part("«"), Part(_unquoted(text), is_ours=False), Part("»"))
        case "said":
            yield from _told(text, depth - 1) or (Part(text, is_ours=False, is_english=True),)
        case "list":
            yield from _joined([_item(each) for each in _split(text, ", ")], "، ")
        case "parts":
            unknown = Part(text, is_ours=False, is_english=True)
            each = [_told(part, depth - 1) or (unknown,) for part in _split(text, "; ")]
            yield from _joined(each, "؛ ")
        case _:
            yield Part(text, is_ours=False)


def _written(kind: str, text: str) -> str:
    say = Strings("fa")
    if kind == "word":
        return _words()[text]
    if kind == "size" and (size := _SIZE.fullmatch(text)):
        return f"{say.number(size[1])} {_UNITS[size[2]]}"
    day = _day(text) if kind == "day" else None
    return say.day(day) if day else say.number(text)


def _item(text: str) -> tuple[Part, ...]:
    if text in _words():
        return (Part(_words()[text]),)
    kind = "quote" if _is_quoted(text) else "text"
    return tuple(_shown(kind, text, 0))


def _joined(items: Sequence[Sequence[Part]], comma: str) -> Iterator[Part]:
    for index, parts in enumerate(items):
        if index:
            yield Part(comma)
        yield from parts


def _split(text: str, comma: str) -> list[str]:
    """Split by a comma that stands outside quotation marks."""
    parts = [""]
    for piece in text.split(comma):
        is_open = parts[-1].count("“") > parts[-1].count("”")
        if is_open:
            parts[-1] += comma + piece
        else:
            parts.append(piece)
    return parts[1:]


def _unquoted(text: str) -> str:
    """Take the marks off, and undo what `repr` did, which writes a non-joiner as its number."""
    inside = text[1:-1]
    return inside if text[0] == "“" else _ESCAPE.sub(_character, inside)


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    return chr(int(code, 16)) if code else _PLAIN.get(match[4], match[4])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


# --- the catalogue ----------------------------------------------------------------------


@cache
def catalogue() -> Mapping[str, str]:
    """Return every template with its Persian."""
    path = files("verify") / "report" / "page" / "messages.json"
    return dict(json.loads(path.read_text("utf-8")))


@cache
def _templates() -> tuple[_Template, ...]:
    read = (_Template.read(english, said) for english, said in catalogue().items())
    return tuple(sorted(read, key=lambda template: -template.weight))


@cache
def _words() -> Mapping[str, str]:
    return {english: said for english, said in catalogue().items() if "{" not in english}


_FITS: Mapping[str, Callable[[str], object]] = {
    "number": _NUMBER.fullmatch,
    "size": _SIZE.fullmatch,
    "day": _day,
    "quote": _is_quoted,
    "place": lambda text: not any(map(str.isspace, text)),
    "word": lambda text: text in _words(),
}
"""What may stand at a place of each kind; at the others, anything."""
