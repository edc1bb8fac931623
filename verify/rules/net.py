"""NET: could the source be had?"""

# ruff: noqa: D400 (a rule's docstring is its page, and begins with a heading)

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from verify.model import DEAD, OURS, DriftKind, Failure, Severity
from verify.rules.place import at_source, at_verdict, documents, failures, quoted
from verify.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from verify.model import Attempt, Drift, Flag, Report

# Something is there, and we were not let in: browsers may be. A timeout belongs here, because
# many servers meet a program with silence.
CLOSED = frozenset({Failure.BLOCKED, Failure.TIMEOUT, Failure.REFUSED, Failure.DISALLOWED})

# A page was had, so that the link is not dead, whatever the page says.
ANSWERED = frozenset({Failure.SOFT_MISSING, Failure.PAYWALLED, Failure.UNREADABLE})

# Another of its addresses may be well: we did not get as far as asking. That a run is offline
# says so, too, but then the recorded answer is all that was wanted.
OURS_ALONE = OURS - {Failure.OFFLINE}

# Days of failure after which a link is dead. Wikipedia's InternetArchiveBot takes three failures;
# servers are down for a day, and seldom for three.
DAYS = 3


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

    Certain for the moment of the check; a server may be back tomorrow. So it is a warning
    until the source has failed on three days without being had in between, and then an error;
    with `--strict` it is an error at once. A refusal or silence is not counted here: see NET002;
    nor is trouble with our own network or proxy. Where an archived copy was read instead, this
    is information only.
    """
    for source, tried in failures(report):
        attempts = _of_the_page(tried)
        kinds = {a.failure for a in attempts}
        if any(a.failure is Failure.TIME_OVER for a in tried):
            continue  # it was not asked for everywhere
        if kinds & DEAD and not kinds & (CLOSED | ANSWERED | OURS_ALONE):
            days = max(a.days for a in attempts if a.failure in DEAD)
            since = f", on {days} days" if days > 1 else ""
            message = f"the source cannot be reached{since}: {_said(attempts, DEAD)}"
            severity = Severity.ERROR if report.strict or days >= DAYS else None
            yield replace(at_source(source, message), severity=severity)
    for source, document in documents(report):
        attempts = _of_the_page(document.attempts)
        if any(a.failure is Failure.GONE for a in attempts):
            why = _said(attempts, {Failure.GONE})
            message = f"the page is gone and a copy was read instead: {why}"
            yield replace(at_source(source, message), severity=Severity.INFO)


@rule("NET002", "blocked-source", Severity.WARNING, since="0.1")
def blocked_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source that we were kept from reading: the server refused the request, asked for
    a sign that we are human or for consent, did not answer in time, its robots.txt asks
    programs not to read the page, or the settings forbid the address.

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
    for source, tried in failures(report):
        attempts = _of_the_page(tried)
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


@rule("NET004", "soft-missing-page", Severity.WARNING, since="0.1")
def soft_missing_page(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags an address whose server answers that all is well, while the page seems to say that
    there is no such page: it leads to the site's front page or to a search, its heading says
    “not found”, or a made-up address beside it gives the same.

    ## Why it matters

    The link looks alive to every tool that looks at the status alone, and readers find nothing.

    ## Example

    ```yaml
    url: https://gazette.example/1974/dam.html   # 200, and the page says: page not found
    ```

    ## Use instead

    ```yaml
    url: https://gazette.example/1974/dam.html
    archive: https://web.archive.org/web/20221028000000/https://gazette.example/1974/dam.html
    ```

    ## How sure we are

    Suspicious, no more: it is never counted as a dead link. Nothing is judged by such a page,
    so its citations stay unchecked where no archived copy was read. None of 159 collected
    pages is flagged. Confidence 0.7.
    """
    for source, attempts in (*failures(report), *((s, d.attempts) for s, d in documents(report))):
        if any(a.failure is Failure.SOFT_MISSING for a in _of_the_page(attempts)):
            why = _said(_of_the_page(attempts), {Failure.SOFT_MISSING})
            yield at_source(source, f"the page is suspect: {why}", confidence=0.7)


@rule("NET005", "unarchived-source", Severity.INFO, since="0.1")
def unarchived_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source of which no archive that was asked has a copy that can be used.

    ## Why it matters

    When the page goes, nobody can check what it said. More than half of all cited pages change
    or vanish in time.

    ## Example

    ```yaml
    url: https://gazette.example/1974/dam.html   # no archive has it
    ```

    ## Use instead

    Save the page in an archive, and name the copy:

    ```yaml
    url: https://gazette.example/1974/dam.html
    archive: https://web.archive.org/web/20261101120000/https://gazette.example/1974/dam.html
    ```

    ## How sure we are

    Certain for the archives that were asked, at the time of the check. They are asked only
    where the page could not be had, or with `--drift`.
    """
    for source, attempts in (*failures(report), *((s, d.attempts) for s, d in documents(report))):
        if any(a.failure is Failure.UNARCHIVED for a in attempts):
            why = _said(attempts, {Failure.UNARCHIVED})
            yield at_source(source, f"no archived copy can be used: {why}")


@rule("NET006", "changed-source", Severity.ERROR, since="0.1")
def changed_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source whose bytes no longer have the SHA-256 that sources.yaml pins. With
    `--drift`, also a page that no longer says, or did not yet say, what its archived copy
    nearest the day of access says of a claim.

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
    For a page that has changed, cite the version that was read:

    ```yaml
    url: https://gazette.example/1974/dam.html
    archive: https://web.archive.org/web/20221028000000/https://gazette.example/1974/dam.html
    ```

    ## How sure we are

    Certain of another digest. A change between page and copy is a warning, as sure as the
    verdict that was found in one of them.
    """
    for source, attempts in (*failures(report), *((s, d.attempts) for s, d in documents(report))):
        if any(a.failure is Failure.CHANGED for a in attempts):
            why = _said(attempts, {Failure.CHANGED})
            yield at_source(source, f"the source is not the one that was pinned: {why}")
    for verdict in report.verdicts:
        drift = verdict.drift
        if drift is not None and drift.kind in DRIFTED:
            message = _drifted(drift)
            yield replace(at_verdict(report, verdict, message), severity=Severity.WARNING)


@rule("NET007", "paywalled-source", Severity.INFO, since="0.1")
def paywalled_source(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source of which only a part can be read without paying.

    ## Why it matters

    What the hidden part says cannot be checked, by verify or by most readers. A claim that the
    open part lacks stays unchecked: it is not called unsupported.

    ## Example

    ```yaml
    url: https://gazette.example/1974/dam.html   # “subscribe to continue reading”
    ```

    ## Use instead

    Save the whole page where you have access, and name the copy:

    ```yaml
    url: https://gazette.example/1974/dam.html
    file: pages/dam.html
    ```

    ## How sure we are

    Certain where the page says so for machines (schema.org's `isAccessibleForFree`); fairly
    where a short text ends with an offer to subscribe.
    """
    for source, document in documents(report):
        if document.extraction.paywalled:
            message = f"only a part of the source can be read: {document.extraction.paywalled}"
            yield at_source(source, message)


DRIFTED = {
    DriftKind.ONLY_IN_COPY: "the source has changed since it was cited",
    DriftKind.ONLY_LIVE: "the source did not say so yet when it was accessed",
}


def _drifted(drift: Drift) -> str:
    """Say how a page has changed, with both passages."""
    message = DRIFTED[drift.kind]
    if drift.before and drift.after:
        return f"{message}: {quoted(drift.before)} became {quoted(drift.after)}"
    side = "gone" if drift.before else "new"
    return f"{message}: {quoted(drift.before or drift.after)} is {side}"


def _of_the_page(attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    """Leave out what archives said: that a copy is missing says nothing of the page."""
    return tuple(a for a in attempts if a.via != "archive")


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
