"""NET: could the source be had?"""

# ruff: noqa: D400 (a rule's docstring is its page, and begins with a heading)

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from verify.model import Failure, Severity
from verify.rules.place import at_source, documents, failures, quoted
from verify.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from verify.model import Attempt, Flag, Report

# Nothing answered, or the answer was that there is nothing.
DEAD = frozenset(
    {
        Failure.GONE,
        Failure.SERVER_ERROR,
        Failure.UNREACHABLE,
        Failure.REDIRECTS,
        Failure.MISSING_FILE,
    }
)

# Something is there, and we were not let in: browsers may be. A timeout belongs here, because
# many servers meet a program with silence.
CLOSED = frozenset({Failure.BLOCKED, Failure.TIMEOUT, Failure.REFUSED})


@rule("NET001", "unreachable-source", Severity.WARNING, since="0.1")
def unreachable_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source that could not be had from any of its addresses: the page is gone, the
    server does not exist or fails, the redirects lead nowhere, or the local file is missing.

    ## Why it matters

    Readers meet the same dead end, and the citation stays unchecked. A quarter of the deep
    links in newspapers are dead.

    ## Example

    ```yaml
    url: https://gazette.example/1974/dam.html   # 404 not found
    ```

    ## Use instead

    ```yaml
    url: https://gazette.example/1974/dam.html
    archive: https://web.archive.org/web/20221028000000/https://gazette.example/1974/dam.html
    ```

    ## How sure we are

    Certain for the moment of the check; a server may be back tomorrow. A refusal is not
    counted here: see NET002. Where an archived copy was read instead, this is information
    only.
    """
    for source, attempts in failures(report):
        kinds = {a.failure for a in attempts}
        if kinds & DEAD and not kinds & CLOSED:
            yield at_source(source, f"the source cannot be reached: {_said(attempts, DEAD)}")
    for source, document in documents(report):
        if any(a.failure is Failure.GONE for a in document.attempts):
            why = _said(document.attempts, {Failure.GONE})
            message = f"the page is gone and a copy was read instead: {why}"
            yield replace(at_source(source, message), severity=Severity.INFO)


@rule("NET002", "blocked-source", Severity.WARNING, since="0.1")
def blocked_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source that we were kept from reading: the server refused the request, asked for
    a sign that we are human, did not answer in time, or the settings forbid the address.

    ## Why it matters

    The page may be perfectly well. It was not read, so the citation stays unchecked.

    ## Example

    ```yaml
    url: https://gazette.example/dam   # 403 forbidden
    ```

    ## Use instead

    Save the page from a browser and name the copy:

    ```yaml
    url: https://gazette.example/dam
    file: pages/dam.html
    ```

    ## How sure we are

    Certain that the request was not served. It says nothing about whether the page exists.
    """
    for source, attempts in failures(report):
        if any(a.failure in CLOSED for a in attempts):
            yield at_source(source, f"the source could not be asked: {_said(attempts, CLOSED)}")


@rule("NET003", "moved-source", Severity.INFO, since="0.1")
def moved_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags an address that leads to another host or to another page.

    ## Why it matters

    Redirects are the first step towards a dead link, and some lead to a front page where
    the article used to be.

    ## Example

    ```yaml
    url: https://gazette.example/dam   # redirects to https://news.example/archive/dam
    ```

    ## Use instead

    ```yaml
    url: https://news.example/archive/dam
    ```

    ## How sure we are

    Certain that it redirects; whether for good cannot be told. A change from `http` to
    `https`, a `www.` or a final slash is not flagged.
    """
    for source, document in documents(report):
        snapshot = document.snapshot
        moved = snapshot.redirects and snapshot.via == "live"
        if moved and _place(snapshot.address) != _place(snapshot.final_address):
            yield at_source(source, f"the source now stands at {quoted(snapshot.final_address)}")


@rule("NET006", "changed-source", Severity.ERROR, since="0.1")
def changed_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source whose bytes no longer have the SHA-256 that sources.yaml pins.

    ## Why it matters

    Somebody vouched for one text, and another one is there now. What was found in the first
    may be missing from the second.

    ## Example

    ```yaml
    file: pages/dam.html   # edited since
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    ```

    ## Use instead

    Look at the change, then put the old copy back or pin the new digest (`sha256sum FILE`).

    ## How sure we are

    Certain.
    """
    for source, attempts in (*failures(report), *((s, d.attempts) for s, d in documents(report))):
        if any(a.failure is Failure.CHANGED for a in attempts):
            why = _said(attempts, {Failure.CHANGED})
            yield at_source(source, f"the source is not the one that was pinned: {why}")


def _said(attempts: tuple[Attempt, ...], kinds: Container[Failure]) -> str:
    """Quote the first attempt that failed in one of these ways."""
    attempt = next(a for a in attempts if a.failure in kinds)
    return f"{quoted(attempt.address)}: {attempt.reason}"


def _place(url: str) -> tuple[str, str, str]:
    """Reduce an address to what makes it another page."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return (url, "", "")
    return host, parts.path.rstrip("/"), parts.query
