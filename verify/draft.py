"""Drafts of sources.yaml from an article's notes; what people wrote there is never touched."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verify import roundtrip, sources
from verify.article.footnotes import find_published
from verify.errors import SourcesError
from verify.model import UNDETERMINED
from verify.replays import is_copy, original

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from verify.model import Article, Reference, Source, SourceId

HEAD = """\
# The sources of the article's notes. docs/sources.md describes every field.
# Entries here add to the notes and override them; comments and order are kept.
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """What became of each note: `added` ones have a new entry, `kept` ones had one."""

    path: Path
    added: tuple[str, ...]
    kept: tuple[str, ...]
    without_address: tuple[str, ...]
    """Notes, added or kept, for which nobody has given an address or a file."""
    unused: tuple[str, ...]
    """Entries that no note of the article has any more."""


def draft(article: Article, path: Path, *, dry: bool = False) -> Draft:
    """
    Give each note of `article` an entry in the sources.yaml at `path`.

    Writes nothing where `dry`, or where every note has its entry. Raises `SourcesError`.
    """
    entries = sources.load(path) if path.exists() else []
    joined = sources.join(article, entries)
    known = sources.by_label(joined)
    missing = [
        r for r in _first(article.references) if not r.is_link and not known[r.label].in_yaml
    ]
    if missing and not dry:
        _append(article, path, missing)
    labels = [r.label for r in _first(article.references) if not r.is_link]
    return Draft(
        path,
        tuple(r.label for r in missing),
        tuple(label for label in labels if known[label].in_yaml),
        tuple(label for label in labels if not _has_place(known[label])),
        tuple(s.id for s in joined.values() if s.in_yaml and not s.labels),
    )


def pin(path: Path, digests: Mapping[SourceId, str]) -> list[SourceId]:
    """
    Write the SHA-256 of each source into its entry at `path`; return those that changed.

    `digests` is by source id, in hex. Sources without an entry are passed over.
    """
    entries = sources.load(path)
    wanted = {
        index: digest
        for index, entry in enumerate(entries)
        if (digest := digests.get(entry.source.id)) and digest != entry.source.sha256
    }
    if wanted:
        text = _pinned(roundtrip.text_of(path), wanted)
        if text is not None:
            roundtrip.write_text(path, text, SourcesError)
        else:
            _pin_anew(path, wanted)
    return [entries[index].source.id for index in wanted]


def _pinned(text: str | None, digests: Mapping[int, str]) -> str | None:
    """Return the file with a line for each digest, by entry; `None` where lines do not do."""
    for index, digest in digests.items():
        if text is not None:
            text = roundtrip.with_field(text, "sources", index, "sha256", digest)
    return text


def _pin_anew(path: Path, digests: Mapping[int, str]) -> None:
    data = roundtrip.read(path, SourcesError)
    for index, digest in digests.items():
        data["sources"][index]["sha256"] = digest
    roundtrip.write(path, data, SourcesError)


def _first(references: tuple[Reference, ...]) -> Iterator[Reference]:
    """Yield the first note of each label."""
    yield from reversed({r.label: r for r in reversed(references)}.values())


def _has_place(source: Source) -> bool:
    return bool(source.urls or source.files or source.archives)


def _append(article: Article, path: Path, references: list[Reference]) -> None:
    data = roundtrip.read(path, SourcesError) if path.exists() else None
    before = roundtrip.text_of(path) if path.exists() else HEAD
    if data is None:
        before = roundtrip.with_lines(before, "version: 1\nsources: []\n")
        data = roundtrip.parse(before)
    known = data.get("sources") or []
    taken = {str(item.get("id")) for item in known if isinstance(item, dict)}
    items = [_item(article, path, notes, taken) for notes in _by_address(references)]
    text = roundtrip.appended(before, "sources", items)
    if text is not None:
        roundtrip.write_text(path, text, SourcesError)
        return
    data["sources"] = known or roundtrip.parse("[]")
    data["sources"].fa.set_block_style()
    data["sources"].extend(items)
    roundtrip.write(path, data, SourcesError)


def _by_address(references: list[Reference]) -> list[list[Reference]]:
    """Put notes that give the same addresses together: one page is one source."""
    groups: dict[object, list[Reference]] = {}
    for reference in references:
        groups.setdefault(reference.urls or reference.label, []).append(reference)
    return list(groups.values())


def _item(article: Article, path: Path, notes: list[Reference], taken: set[str]) -> Any:
    fields = dict(_fields(article, path, notes, taken))
    item = roundtrip.parse("{}")
    item.fa.set_block_style()
    item.update(fields)
    if "url" not in fields:
        item.yaml_set_comment_before_after_key(
            "article", before="the note gives no address: add url: or file:", indent=4
        )
    return item


def _fields(
    article: Article, path: Path, notes: list[Reference], taken: set[str]
) -> Iterator[tuple[str, Any]]:
    """Yield the fields of one entry; the first of its notes tells what the source is."""
    note = notes[0]
    labels = [roundtrip.quoted(each.label) for each in notes]
    yield "id", _free(f"{article.path.stem}-{note.label}", taken)
    yield "note", labels[0] if len(labels) == 1 else roundtrip.flow(labels)
    yield "article", os.path.relpath(article.path.resolve(), path.resolve().parent)
    title = note.title_repaired.text if note.title_repaired else note.title
    if title:
        yield "title", title
    if note.publisher:
        yield "publisher", note.publisher
    copies = [url for url in note.urls if is_copy(url)]
    pages = [url for url in note.urls if url not in copies]
    if note.urls:
        yield "url", _one_or_more(pages or [original(url) for url in copies])
    if copies:
        yield "archive", _one_or_more(copies)
    if note.language != UNDETERMINED:
        yield "language", note.language
    if note.accessed:
        yield "accessed", note.accessed.isoformat()
    if day := find_published(note):
        yield "published", day.isoformat()


def _one_or_more(addresses: list[str]) -> str | list[str]:
    return addresses[0] if len(addresses) == 1 else list(dict.fromkeys(addresses))


def _free(wanted: str, taken: set[str]) -> str:
    """Return `wanted`, with a number behind it where another entry has that id."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    taken.add(name)
    return name
