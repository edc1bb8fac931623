"""CIT: are the article's own notes whole?"""

# ruff: noqa: D400 (a rule's docstring is its page, and begins with a heading)

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from itertools import accumulate
from operator import itemgetter
from typing import TYPE_CHECKING

from verify.model import Flag, Severity
from verify.rules.place import at_citation, at_reference, notes, quoted, source_of
from verify.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from verify.model import Citation, Quotation, Report

# Names, titles of works and scare quotes are shorter; a passage taken over from somebody is
# longer. Eight words is also where a run of words stops being common property: shingles of
# eight are what near-duplicate search uses for the same reason.
FEWEST_QUOTED_WORDS = 8

# The date is written in the writer's time zone and compared in UTC.
TIME_ZONES = timedelta(days=1)


@rule("CIT001", "undefined-note", Severity.ERROR, since="0.1")
def undefined_note(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a marker in the text that points to a note the article does not have.

    ## Why it matters

    The reader sees a number and finds nothing below it. Often a note was deleted, or the
    numbers moved when a paragraph was, and the markers after it point to the wrong notes too.

    ## Example

    ```text
    The dam was finished in 1974.[7]

    [1] "A dam for the valley", Example Gazette, 3 May 1974.
    ```

    ## Use instead

    ```text
    The dam was finished in 1974.[1]

    [1] "A dam for the valley", Example Gazette, 3 May 1974.
    ```

    ## How sure we are

    Certain, where the notes were recognised as notes. An article whose notes are written in
    a form that verify does not know has this finding at every marker.
    """
    known = {reference.label for reference in report.article.references}
    for citation in report.article.citations:
        if citation.label not in known:
            message = f"note [{citation.label}] is cited here, and the article has no such note"
            yield at_citation(report.article, citation, message)


@rule("CIT002", "unused-note", Severity.WARNING, since="0.1")
def unused_note(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a note that no marker in the text points to.

    ## Why it matters

    Nobody can tell which sentence it is meant to bear out, so nothing can be checked
    against it. A lost marker often leaves a claim without its source.

    ## Example

    ```text
    The dam was finished in 1974.

    [1] "A dam for the valley", Example Gazette, 3 May 1974.
    ```

    ## Use instead

    Put the marker back behind the sentence that it belongs to, or delete the note.

    ```text
    The dam was finished in 1974.[1]

    [1] "A dam for the valley", Example Gazette, 3 May 1974.
    ```

    ## How sure we are

    Certain, where all markers were recognised. A general bibliography that is numbered like
    notes is flagged line by line.
    """
    cited = {citation.label for citation in report.article.citations}
    for note in notes(report.article):
        if note.label not in cited and not note.markers:
            yield at_reference(report.article, note, f"nothing points to note [{note.label}]")


@rule("CIT003", "duplicate-note", Severity.ERROR, since="0.1")
def duplicate_note(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a second note with the number, or the name, of an earlier one.

    ## Why it matters

    The marker then means two sources. Readers take the one they see first, and a check may
    take the other.

    ## Example

    ```text
    The dam was finished in 1974.[1]

    [1] "A dam for the valley", Example Gazette, 3 May 1974.
    [1] "Water at last", Example Courier, 4 May 1974.
    ```

    ## Use instead

    Give each note its own number.

    ```text
    The dam was finished in 1974.[1][2]

    [1] "A dam for the valley", Example Gazette, 3 May 1974.
    [2] "Water at last", Example Courier, 4 May 1974.
    ```

    ## How sure we are

    Certain.
    """
    lines: dict[str, int] = {}
    for note in notes(report.article):
        line = report.article.position(note.span.start).line
        if note.label in lines:
            message = (
                f"note [{note.label}] is defined a second time (first on line {lines[note.label]})"
            )
            yield at_reference(report.article, note, message)
        lines.setdefault(note.label, line)


@rule("CIT004", "missing-address", Severity.WARNING, since="0.1")
def missing_address(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a note that says nowhere where its source can be read: it has no address itself,
    and sources.yaml has neither an address nor a file for it.

    ## Why it matters

    Without an address neither a reader nor verify can look the claim up. The citation stays
    unchecked.

    ## Example

    ```text
    [1] "A dam for the valley", Example Gazette, (Date of Accession: 28.10.2022).
    ```

    ## Use instead

    ```text
    [1] "A dam for the valley", Gazette, https://gazette.example/dam, (Accessed: 28.10.2022).
    ```

    or, where the article must stay as it is, an entry in sources.yaml:

    ```yaml
    version: 1
    sources:
      - note: "1"
        url: https://gazette.example/dam
    ```

    ## How sure we are

    Certain. A note that says “ibid.” or «همان» has the address of the note above it. A book or
    a paper archive may have no address at all: name a scan or a copy of the page with `file:`
    in sources.yaml.
    """
    for note in notes(report.article):
        source = source_of(report, note)
        places = source and (source.urls or source.files or source.archives)
        if not note.urls and not places:
            message = f"note [{note.label}] gives no address, and sources.yaml has none for it"
            yield at_reference(report.article, note, message)


@rule("CIT005", "unreadable-date", Severity.WARNING, since="0.1")
def unreadable_date(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags an access date from which no day can be read.

    ## Why it matters

    Pages change. The date says which version the writer saw, and decides which archived
    copy is compared.

    ## Example

    ```text
    [1] "A dam for the valley", Example Gazette, (Date of Accession: 31.02.2022).
    ```

    ## Use instead

    Any of these: `28.10.2022`, `28 October 2022`, `2022-10-28`, `۶ آبان ۱۴۰۱`, `۶ عقرب ۱۴۰۱`.

    ```text
    [1] "A dam for the valley", Example Gazette, (Date of Accession: 28.10.2022).
    ```

    ## How sure we are

    Certain that verify cannot read it; a person may.
    """
    for note in notes(report.article):
        if note.accessed_raw and note.accessed is None:
            message = f"{quoted(note.accessed_raw)} in note [{note.label}] is not a date"
            yield at_reference(report.article, note, message)


@rule("CIT006", "future-access-date", Severity.ERROR, since="0.1")
def future_access_date(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags an access date that had not come yet when the check ran.

    ## Why it matters

    Nobody can have read the source on that day, so the date is a slip, and the version that
    the writer saw is unknown.

    ## Example

    ```text
    [1] "A dam for the valley", Example Gazette, (Date of Accession: 28.10.2092).
    ```

    ## Use instead

    ```text
    [1] "A dam for the valley", Example Gazette, (Date of Accession: 28.10.2022).
    ```

    ## How sure we are

    Certain, as far as this machine's clock is right. A date one day ahead is let pass: it may
    be today elsewhere.
    """
    latest = report.created.date() + TIME_ZONES
    for note in notes(report.article):
        if note.accessed and note.accessed > latest:
            message = f"note [{note.label}] was accessed on {note.accessed}, which is still to come"
            yield at_reference(report.article, note, message)


@rule("CIT007", "unbalanced-quotation-mark", Severity.WARNING, since="0.1")
def unbalanced_quotation_mark(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a note whose title has a quotation mark without its partner.

    ## Why it matters

    Where the title ends becomes a guess, and with it the publisher's name. Reference
    managers and search engines guess differently.

    ## Example

    ```text
    [1] “A dam for the «green valley», Example Gazette, 3 May 1974.
    ```

    ## Use instead

    ```text
    [1] “A dam for the «green valley»”, Example Gazette, 3 May 1974.
    ```

    ## How sure we are

    Certain that a mark is missing; where it belongs is for the writer to say.
    """
    for note in notes(report.article):
        if not note.title_balanced:
            message = f"a quotation mark in the title of note [{note.label}] has no partner"
            yield at_reference(report.article, note, message)


@rule("CIT008", "garbled-title", Severity.WARNING, since="0.1")
def garbled_title(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a title with characters that cannot have been meant, and shows how it probably read:
    a zero-width non-joiner that became `[`, `:` or `ve]`, or a stray Latin word glued to
    Persian.

    ## Why it matters

    Nobody finds the source by such a title. It usually comes from copying out of a PDF or
    from a replace-all that went too far.

    ## Example

    ```text
    [1] "گزارش نمی:کند", Example Gazette, 3 May 1974.
    ```

    ## Use instead

    ```text
    [1] "گزارش نمی‌کند", Example Gazette, 3 May 1974.
    ```

    ## How sure we are

    The repaired reading is a proposal: the report keeps the raw title beside it and lists
    each change. Confidence 0.9.
    """
    for note in notes(report.article):
        if note.title_repaired:
            reading = quoted(note.title_repaired.text)
            message = f"the title of note [{note.label}] is garbled; it probably reads {reading}"
            yield at_reference(report.article, note, message, confidence=0.9)


@rule("CIT009", "uncited-quotation", Severity.INFO, since="0.1")
def uncited_quotation(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a quotation of eight words or more that no citation covers.

    ## Why it matters

    Words between quotation marks are somebody's. Without a note nobody can check whose, nor
    whether they were said so.

    ## Example

    ```text
    The minister said: "The water belongs to everybody who lives along the river."
    ```

    ## Use instead

    ```text
    The minister said: "The water belongs to everybody who lives along the river."[1]

    [1] "Minister speaks on water", Example Gazette, https://gazette.example/water.
    ```

    ## How sure we are

    A hint. Invented dialogue, a proverb or a quotation named in the running text needs no
    note. A quotation is covered by a marker on its sentence, or by the next marker in its
    paragraph. Confidence 0.6.
    """
    article = report.article
    for quotation in _uncovered([q for q in article.quotations if _is_long(q)], article.citations):
        position = article.position(quotation.span.start)
        message = f"no note says where {quoted(quotation.text)} comes from"
        yield Flag(message, article.path, position, confidence=0.6)


def _is_long(quotation: Quotation) -> bool:
    return len(quotation.text.split()) >= FEWEST_QUOTED_WORDS


def _uncovered(
    quotations: Iterable[Quotation], citations: Sequence[Citation]
) -> Iterator[Quotation]:
    """Yield those that stand in no citation's sentence, nor in the text that leads up to one."""
    spans = sorted({(c.span.start, c.span.end) for c in citations})
    furthest = list(accumulate((end for _, end in spans), max))
    # one line a context, so that one search asks all of them
    contexts = "\n".join({" ".join(c.claim.context.split()): None for c in citations})
    for quotation in quotations:
        place = bisect_right(spans, quotation.span.start, key=itemgetter(0)) - 1
        is_within = place >= 0 and quotation.span.end <= furthest[place]
        if not is_within and " ".join(quotation.text.split()) not in contexts:
            yield quotation


@rule("CIT010", "missing-publisher", Severity.INFO, since="0.1")
def missing_publisher(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a note that does not say who published its source.

    ## Why it matters

    The publisher is how readers weigh a source, and how they find it again when its address
    has died.

    ## Example

    ```text
    [1] "A dam for the valley", (Date of Accession: 28.10.2022).
    ```

    ## Use instead

    ```text
    [1] "A dam for the valley", Example Gazette, (Date of Accession: 28.10.2022).
    ```

    or `publisher: Example Gazette` in sources.yaml.

    ## How sure we are

    Sure that no name stands where notes have one; a publisher named inside the title is not
    seen. Confidence 0.8.
    """
    for note in notes(report.article):
        source = source_of(report, note)
        if not note.publisher and not (source and source.publisher):
            message = f"note [{note.label}] does not say who published it"
            yield at_reference(report.article, note, message, confidence=0.8)
