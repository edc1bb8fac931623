"""SRC: is sources.yaml whole, and does the article use it?"""

# ruff: noqa: D400 (a rule's docstring is its page, and begins with a heading)

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from verify.model import Flag, Severity
from verify.replays import original
from verify.rules.place import at_source, quoted
from verify.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from verify.model import Reference, Report, Source

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

RESOLVERS = ("doi.org/", "dx.doi.org/", "hdl.handle.net/")
"""Addresses that stand for another, which an entry may rightly give in their place."""


@rule("SRC001", "unknown-source", Severity.ERROR, since="0.1")
def unknown_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags an entry of sources.yaml for a note that the article does not have.

    ## Why it matters

    What the entry says is read by nobody: the note it was written for is checked without it.
    Usually a number is off by one, or the notes were renumbered.

    ## Example

    ```yaml
    version: 1
    sources:
      - note: "12"   # the article has eleven notes
        url: https://gazette.example/dam
    ```

    ## Use instead

    ```yaml
    version: 1
    sources:
      - note: "11"
        url: https://gazette.example/dam
    ```

    An entry for one of several articles names it with `article:`.

    ## How sure we are

    Certain for the articles of one run: what any of them has is let pass. Where one
    sources.yaml serves several articles, check them together, or say with `article:` which
    one an entry is for.
    """
    known = {r.label for r in report.article.references}
    known |= {c.label for c in report.article.citations}
    for source in _entries(report):
        for label in source.named:
            if label not in known:
                message = f"`{source.id}` is for note [{label}], which the article does not have"
                yield at_source(source, message)


@rule("SRC002", "unused-source", Severity.WARNING, since="0.1")
def unused_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags an entry of sources.yaml that no note of the article uses.

    ## Why it matters

    It looks as though a source had been checked, while nothing was compared with it.

    ## Example

    ```yaml
    version: 1
    sources:
      - id: dam-report
        url: https://gazette.example/dam-report   # no note has this id or this address
    ```

    ## Use instead

    ```yaml
    version: 1
    sources:
      - id: dam-report
        note: "3"
        url: https://gazette.example/dam-report
    ```

    ## How sure we are

    Certain for the articles of one run: an entry that any of them uses is let pass. Where one
    sources.yaml serves several articles, check them together, or say with `article:` which
    one an entry is for.
    """
    for source in _entries(report):
        if not source.labels and not source.named:
            yield at_source(source, f"no note of the article uses `{source.id}`")


@rule("SRC003", "duplicate-source", Severity.WARNING, since="0.1")
def duplicate_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags two entries of sources.yaml that are for the same note, or that give the same
    address.

    ## Why it matters

    Only one of them is used, and a correction made in the other has no effect.

    ## Example

    ```yaml
    version: 1
    sources:
      - note: "1"
        url: https://gazette.example/dam
      - note: "4"
        url: https://gazette.example/dam
    ```

    ## Use instead

    ```yaml
    version: 1
    sources:
      - note: ["1", "4"]
        url: https://gazette.example/dam
    ```

    ## How sure we are

    Certain. Addresses are compared as they are written, but for a fragment and a final slash.
    """
    seen: dict[str, Source] = {}
    for source in _entries(report):
        keys = [f"note [{label}]" for label in source.named]
        keys += [quoted(_bare(url)) for url in source.urls]
        first = next((seen[key] for key in keys if key in seen), None)
        if first:
            shared = next(key for key in keys if key in seen)
            line = first.position.line
            yield at_source(source, f"`{source.id}` repeats `{first.id}` (line {line}): {shared}")
        for key in keys:
            seen.setdefault(key, source)


@rule("SRC004", "insecure-address", Severity.INFO, since="0.1")
def insecure_address(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags an address that begins with `http:`.

    ## Why it matters

    Anybody between the server and the reader can change what arrives, so the text that was
    judged may not be the one that was published.

    ## Example

    ```yaml
    url: http://gazette.example/dam
    ```

    ## Use instead

    ```yaml
    url: https://gazette.example/dam
    ```

    ## How sure we are

    Certain that the address is not protected; not every server offers the other form.
    Addresses of this computer are let pass.
    """
    for source in report.sources.values():
        for url in (*source.urls, *source.archives):
            if _is_insecure(url):
                yield at_source(source, f"{quoted(url)} is fetched without protection")


@rule("SRC005", "unpinned-source", Severity.INFO, since="0.1")
def unpinned_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags an entry of sources.yaml that names a local copy without its SHA-256.

    ## Why it matters

    A copy can be edited after it was judged, and nobody would see it. With the digest, a
    changed copy is a finding.

    ## Example

    ```yaml
    version: 1
    sources:
      - note: "1"
        file: pages/dam.html
    ```

    ## Use instead

    ```yaml
    version: 1
    sources:
      - note: "1"
        file: pages/dam.html
        sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    ```

    ## How sure we are

    Certain. Live pages are not flagged: they change with every advertisement, and a digest
    of one would hold for a day.
    """
    for source in _entries(report):
        if source.files and not source.sha256:
            yield at_source(source, f"`{source.id}` names a copy and does not pin its sha256")


@rule("SRC006", "outdated-source", Severity.WARNING, since="0.1")
def outdated_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags an entry of sources.yaml that gives other addresses, or another day of access, than
    its note.

    ## Why it matters

    An entry overrides its note. Where the note was corrected after its entry was written, the
    old address is still the one that is asked, and the article is checked against a page that
    it does not cite.

    ## Example

    ```markdown
    [^3]: “The dam”, The Gazette, https://gazette.example/dam-2024
    ```

    ```yaml
    version: 1
    sources:
      - note: "3"
        url: https://gazette.example/dam
    ```

    ## Use instead

    ```yaml
    version: 1
    sources:
      - note: "3"
        url: https://gazette.example/dam-2024
    ```

    An entry may add addresses: where the page has moved, give the new address first and the
    note's behind it. Where the two are to differ, let it stand with `ignore:` and the reason.

    ## How sure we are

    Certain that they differ; which of them is right is for the author to say. One address in
    common is enough, also as an archived copy. A scheme, a fragment, a final slash and the way
    in which letters are encoded make no difference, and where a note gives a DOI, so may what
    it leads to. Days are compared only where both name one, and the note's has come; a day and
    month that changed places are let pass, for a note's may be read either way. Titles and
    publishers are there to be corrected, and are not compared.
    """
    notes = {r.label: r for r in reversed(report.article.references) if not r.is_link}
    for source in _entries(report):
        mine = [notes[label] for label in source.labels if label in notes]
        past = [n for n in mine if n.accessed and n.accessed <= report.created.date()]
        for note in mine:
            if _is_elsewhere(source, note):
                asked, given = quoted(source.urls[0]), quoted(note.urls[0])
                message = f"`{source.id}` has the address {asked}, but note [{note.label}] {given}"
                yield Flag(message, source.path, source.position, note.label)
        if source.accessed and (other := _of_another_day(source.accessed, past)):
            message = (
                f"`{source.id}` was accessed on {source.accessed}, but note [{other.label}] "
                f"says {other.accessed}"
            )
            yield Flag(message, source.path, source.position, other.label)


def _entries(report: Report) -> Iterator[Source]:
    """Give the sources that sources.yaml speaks of, in its order."""
    entries = (s for s in report.sources.values() if s.in_yaml)
    return iter(sorted(entries, key=lambda s: (s.path, s.position.line, s.position.column)))


def _is_elsewhere(source: Source, note: Reference) -> bool:
    """Whether the entry has none of the pages that its note gives."""
    live = [url for url in note.urls if url == original(url)]
    given = {_page(url) for url in live or note.urls}
    known = {_page(url) for url in (*source.urls, *source.archives)}
    stands_for_another = any(page.startswith(RESOLVERS) for page in given)
    return bool(given and known) and not stands_for_another and not given & known


def _of_another_day(accessed: date, notes: Sequence[Reference]) -> Reference | None:
    """Return the first of an entry's notes that give a day, where all of them give another."""
    if any(note.accessed and _is_same_day(note.accessed, accessed) for note in notes):
        return None
    return next(iter(notes), None)


def _is_same_day(one: date, other: date) -> bool:
    """Whether two days are one, or 3 May and 5 March: a note's 3.5. may be read either way."""
    return one.year == other.year and {one.month, one.day} == {other.month, other.day}


def _page(url: str) -> str:
    """Say which page an address is of, however it is written; a copy is of its original."""
    _, _, rest = unquote(_bare(original(url))).partition("://")
    host, slash, path = rest.partition("/")
    return f"{host.lower().removeprefix('www.')}{slash}{path}"


def _bare(url: str) -> str:
    """Leave out what does not change the page."""
    return url.partition("#")[0].rstrip("/")


def _is_insecure(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() == "http" and parts.hostname not in LOOPBACK
