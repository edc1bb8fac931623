"""SRC: is sources.yaml whole, and does the article use it?"""

# ruff: noqa: D400 (a rule's docstring is its page, and begins with a heading)

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from verify.model import Severity
from verify.rules.place import at_source, quoted
from verify.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Flag, Report, Source

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


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

    Certain.
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

    Certain for this article. Where one sources.yaml serves several articles, say with
    `article:` which one an entry is for.
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


def _entries(report: Report) -> Iterator[Source]:
    """Give the sources that sources.yaml speaks of, in its order."""
    entries = (s for s in report.sources.values() if s.in_yaml)
    return iter(sorted(entries, key=lambda s: (s.path, s.position.line, s.position.column)))


def _bare(url: str) -> str:
    """Leave out what does not change the page."""
    return url.partition("#")[0].rstrip("/")


def _is_insecure(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() == "http" and parts.hostname not in LOOPBACK
