"""sources.yaml <-> Source: what people know of a note's source, and what the note says."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias

from verify.errors import MAX_TOLD, SourcesError
from verify.language.dates import read_date
from verify.links import AWAY, leads_away
from verify.model import Language, Position, Source, SourceId, Suppression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from jsonschema import ValidationError
    from yaml import Event, Node

    from verify.model import Article, Reference

FILE_NAME = "sources.yaml"

# A file of 2,000 entries is about 1 MB; whatever is ten times that was not written by hand.
MAX_BYTES = 10_000_000
# The schema nests four deep; the parser underneath recurses.
MAX_DEPTH = 16
# Such a file has about 50,000 keys and values; each costs a kilobyte in memory.
MAX_NODES = 500_000
# More than this many complaints about one file help nobody.
MAX_COMPLAINTS = 10
# A complaint quotes so much of what is wrong: the file shows the rest.
MAX_QUOTED = 60

BOUNDS = "docs/sources.md says how long each field may be"

Place: TypeAlias = tuple[str | int, ...]
"""A path of keys and indices into the file's data."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of sources.yaml. `source` has no labels yet; `article` is where it applies."""

    source: Source
    article: Path | None


def find(article: Path) -> Path | None:
    """
    Return the sources.yaml beside `article` or in the nearest folder above it.

    Raises `SourcesError` where that is a link to what is no part of the project.
    """
    for folder in article.resolve().parents:
        found = folder / FILE_NAME
        if found.is_file():
            if leads_away(found, folder):
                raise SourcesError(
                    f"cannot read {_relative(found)}: {AWAY}",
                    hint="copy the file to where the link is, or name it with --sources",
                )
            return _relative(found)
    return None


def load(path: Path) -> list[Entry]:
    """Read and validate `path`. Raises `SourcesError` with the line of each fault."""
    data, positions = _parse(path)
    if data is None:
        return []
    _validate(path, data, positions)
    entries = data["sources"] or []
    return [_entry(path, raw, index, positions) for index, raw in enumerate(entries)]


def join(article: Article, entries: Iterable[Entry]) -> dict[SourceId, Source]:
    """
    Make one source of each note and its entry, in the order of the article.

    An entry binds to the notes it names, to a note labelled with its id, and to a note that
    gives one of its addresses. Entries for other articles are left out; entries that no note
    uses come last, without labels.
    """
    here = article.path.resolve()
    mine = [e.source for e in entries if e.article is None or e.article == here]
    notes = {r.label: r for r in reversed(article.references)}
    labels = dict.fromkeys([*(r.label for r in article.references), *_cited(article)])
    bound: dict[SourceId, Source] = {}
    for label in labels:
        note = notes.get(label)
        entry = next((s for s in mine if _binds(s, label, note)), None)
        source = _merged(entry, note) if entry else _of_note(article, label, note)
        known = bound.get(source.id)
        bound[source.id] = replace(
            known or source, labels=(*(known.labels if known else ()), label)
        )
    return bound | {s.id: s for s in mine if s.id not in bound}


def by_label(sources: Mapping[SourceId, Source]) -> dict[str, Source]:
    """Return the source of each note."""
    return {label: source for source in sources.values() for label in source.labels}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of sources.yaml."""
    text = (files("verify") / "schemas" / "sources.schema.json").read_text("utf-8")
    return dict(json.loads(text))


# --- binding ----------------------------------------------------------------------------


def _cited(article: Article) -> Iterator[str]:
    return (c.label for c in article.citations)


def _binds(entry: Source, label: str, note: Reference | None) -> bool:
    if entry.named:
        return label in entry.named
    return entry.id == label or (note is not None and bool({*entry.urls} & {*note.urls}))


def _merged(entry: Source, note: Reference | None) -> Source:
    """Let the note fill in what its entry leaves out."""
    if note is None:
        return entry
    return replace(
        entry,
        urls=entry.urls or note.urls,
        title=entry.title or _title(note),
        publisher=entry.publisher or note.publisher,
        accessed=entry.accessed or note.accessed,
    )


def _of_note(article: Article, label: str, note: Reference | None) -> Source:
    identifier = SourceId(label if note and note.is_link else f"note-{label}")
    if note is None:
        return Source(identifier, (), article.path, Position(1, 1))
    return Source(
        identifier,
        (),
        article.path,
        article.position(note.span.start),
        urls=note.urls,
        title=_title(note),
        publisher=note.publisher,
        accessed=note.accessed,
    )


def _title(note: Reference) -> str | None:
    return note.title_repaired.text if note.title_repaired else note.title


# --- reading ----------------------------------------------------------------------------


def _entry(path: Path, raw: dict[str, Any], index: int, positions: _Positions) -> Entry:
    folder = path.resolve().parent
    at = ("sources", index)
    urls = _listed(raw.get("url"))
    named = _listed(raw.get("note"))
    identifier = raw.get("id") or (f"note-{named[0]}" if named else f"entry-{index + 1}")
    source = Source(
        SourceId(identifier),
        (),
        path,
        positions.of(at),
        in_yaml=True,
        named=named,
        urls=urls,
        files=tuple(_relative(folder / name) for name in _listed(raw.get("file"))),
        archives=_listed(raw.get("archive")),
        title=raw.get("title"),
        publisher=raw.get("publisher"),
        language=Language(raw["language"]) if raw.get("language") else None,
        accessed=_date(path, raw, "accessed", positions, at),
        published=_date(path, raw, "published", positions, at),
        quote=raw.get("quote"),
        claim=raw.get("claim"),
        sha256=raw["sha256"].lower() if raw.get("sha256") else None,
        suppressions=tuple(_suppressions(path, raw, at, positions, SourceId(identifier))),
    )
    return Entry(source, _scope(path, raw, folder, positions, at))


def _scope(
    path: Path, raw: dict[str, Any], folder: Path, positions: _Positions, at: Place
) -> Path | None:
    """Return the article that the entry is for; `None` where it is for all of them."""
    name: str | None = raw.get("article")
    if not name:
        return None
    try:
        return (folder / name).resolve()
    except (ValueError, RuntimeError, OSError) as error:  # a NUL; a link that leads to itself
        line = positions.of((*at, "article")).line
        raise SourcesError(
            f"cannot read {path}:{line}: {_quoted(name)} is not the path of an article",
            hint="name the article from the folder of sources.yaml, or leave article: out",
        ) from error


def _suppressions(
    path: Path, raw: dict[str, Any], at: Place, positions: _Positions, source: SourceId
) -> Iterator[Suppression]:
    """Read what the entry asks to let stand. Whether it holds is for the rules to say."""
    for index, item in enumerate(raw.get("ignore") or ()):
        here = (*at, "ignore", index)
        until = _date(path, item, "until", positions, here)
        reason = " ".join(item.get("reason", "").split())
        for code in dict.fromkeys(_listed(item["code"])):
            position = positions.of(here)
            yield Suppression(code.strip(), reason, path, position, until, source=source)


def _listed(value: str | Sequence[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _relative(path: Path) -> Path:
    """Name a file from the working directory, as the person who started the run would."""
    return type(path)(os.path.relpath(path))


def _date(
    path: Path, raw: dict[str, Any], key: str, positions: _Positions, at: Place
) -> date | None:
    text = raw.get(key)
    if text is None:
        return None
    found = read_date(text)
    if found is None:
        line = positions.of((*at, key)).line
        raise SourcesError(
            f"cannot read {path}:{line}: {_quoted(text)} is not a date",
            hint="write it as 2022-10-28, 28.10.2022 or ۶ آبان ۱۴۰۱",
        )
    return found


# --- parsing and validating -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Positions:
    """Where each key of the file stands."""

    places: Mapping[Place, Position]

    def of(self, place: Sequence[str | int]) -> Position:
        """Return the position of `place`, or of what encloses it."""
        path = tuple(place)
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Position(1, 1))


def _parse(path: Path) -> tuple[Any, _Positions]:
    """Return the file's data, every scalar as text, and where each key stands."""
    import yaml

    text = _text(path)
    try:
        depth = 0
        for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
            if count > MAX_NODES:
                raise SourcesError(
                    f"cannot read {path}: it holds more than {MAX_NODES} keys and values",
                    hint="give each article a sources.yaml of its own",
                )
            if isinstance(event, yaml.AliasEvent):
                raise SourcesError(
                    f"cannot read {path}:{_event_line(event)}: "
                    f"*{str(event.anchor)[:MAX_QUOTED]} is an alias",
                    hint="write the value out; sources.yaml takes no anchors and aliases",
                )
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise SourcesError(
                    f"cannot read {path}:{_event_line(event)}: it nests too deep",
                    hint="see docs/sources.md for the shape of the file",
                )
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        said = error.problem or error.context or "it is not YAML"
        raise SourcesError(
            f"cannot read {where}: {said[:MAX_TOLD]}",
            hint="quote text that holds ': ' or begins with a special character",
        ) from None
    except yaml.YAMLError as error:
        raise SourcesError(
            f"cannot read {path}: {str(error).splitlines()[0]}",
            hint="save it as YAML in UTF-8",
        ) from None
    places: dict[Place, Position] = {}
    data = _plain(path, node, (), places) if node is not None else None
    return data, _Positions(places)


def _event_line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourcesError(
                f"cannot read {path}: it is larger than {MAX_BYTES // 1_000_000} MB",
                hint="give each article a sources.yaml of its own",
            )
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise SourcesError(
            f"cannot read {path}: {(error.strerror or str(error)).lower()}",
            hint="give the path of a sources.yaml with --sources",
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SourcesError(
            f"cannot read {path}:{line}: it is not UTF-8 text", hint="save it as UTF-8"
        ) from None


def _plain(path: Path, node: Node, at: Place, places: dict[Place, Position]) -> Any:
    import yaml

    places.setdefault(at, Position(node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.MappingNode):
        return _mapping(path, node, at, places)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(path, item, (*at, i), places) for i, item in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def _mapping(path: Path, node: Node, at: Place, places: dict[Place, Position]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in data:
            raise SourcesError(
                f"cannot read {path}:{line}: {_quoted(name)} stands twice in one entry",
                hint="keep one of the two",
            )
        places[*at, name] = Position(line, key.start_mark.column + 1)
        plain = _plain(path, value, (*at, name), places)
        if plain is not None or at == ():
            data[name] = plain
    return data


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())


def _validate(path: Path, data: Any, positions: _Positions) -> None:
    if isinstance(data, dict) and data.get("sources") is None and "sources" in data:
        data = {**data, "sources": []}
    errors = sorted(_errors(data), key=lambda e: _line(e, positions))
    if not errors:
        return
    complaints = [_complaint(path, e, positions) for e in errors[:MAX_COMPLAINTS]]
    first, hint = complaints[0]
    rest = [f"  {message}" + (f" ({tip})" if tip else "") for message, tip in complaints[1:]]
    if len(errors) > MAX_COMPLAINTS:
        rest.append(f"  and {len(errors) - MAX_COMPLAINTS} more")
    message = "\n".join([f"cannot read {first}", *rest])
    raise SourcesError(message, hint=hint or "docs/sources.md describes every field")


def _errors(data: Any) -> Iterator[ValidationError]:
    """Yield what the schema finds, up to a list that is too long: its items are not looked at."""
    for error in _validator().iter_errors(data):
        yield error
        if error.validator == "maxItems":
            return


def _line(error: ValidationError, positions: _Positions) -> int:
    return positions.of((*error.absolute_path, *_unknown(error)[:1])).line


def _unknown(error: ValidationError) -> list[str]:
    """Return the keys that the schema does not know, if that is what went wrong."""
    if error.validator != "additionalProperties" or not isinstance(error.instance, dict):
        return []
    return [key for key in error.instance if key not in _known(error)]


def _missing(error: ValidationError) -> list[str]:
    held = error.instance if isinstance(error.instance, dict) else {}
    return [key for key in error.schema["required"] if key not in held]  # type: ignore[index]


def _known(error: ValidationError) -> list[str]:
    return sorted(error.schema["properties"]) if isinstance(error.schema, dict) else []


def _complaint(path: Path, error: ValidationError, positions: _Positions) -> tuple[str, str | None]:
    """Say in our words what the schema found, with a hint where there is one."""
    where = f"{path}:{_line(error, positions)}"
    if unknown := _unknown(error):
        known = _known(error)
        near = get_close_matches(unknown[0][:MAX_QUOTED], known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"the fields are {', '.join(known)}"
        return f"{where}: {_quoted(unknown[0])} is not a field", hint
    if error.validator == "required" and error.absolute_path:
        return f"{where}: it has no {', '.join(map(repr, _missing(error)))}", None
    if error.validator == "required":
        return f"{where}: it has no 'sources'", "begin with 'sources:' and one '- ' an entry"
    name = next((str(p) for p in reversed(error.absolute_path) if isinstance(p, str)), None)
    if name is None:  # no sources.yaml at all, and so perhaps somebody's secret: it is not shown
        hint = "docs/sources.md shows one: it begins with 'sources:' and has one '- ' an entry"
        return f"{where}: it is no list of sources", hint
    if bound := _bound(error):
        return f"{where}: {name!r} {bound}", f"shorten it; {BOUNDS}"
    return f"{where}: {name!r} cannot be {_quoted(error.instance)}", _expected(name)


def _bound(error: ValidationError) -> str | None:
    """Say which bound of the schema a value exceeds, if that is what went wrong."""
    for each in (error, *(error.context or ())):
        if each.validator == "maxLength":
            return f"is longer than {each.validator_value} characters"
        if each.validator == "maxItems":
            return f"has more than {each.validator_value} items"
    return None


def _quoted(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= MAX_QUOTED else shown[: MAX_QUOTED - 3] + "..."


def _expected(name: str) -> str | None:
    """Return what the schema says of a field."""
    kinds = schema()["$defs"]
    fields = kinds["ignored"]["properties"] | kinds["entry"]["properties"] | schema()["properties"]
    description = fields.get(name, {}).get("description")
    return f"{name}: {description}" if description else None
