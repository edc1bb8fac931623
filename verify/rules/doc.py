"""DOC: is the text that was read the one that the note means?"""

# ruff: noqa: D400 (a rule's docstring is its page, and begins with a heading)

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from verify.language.fold import normalise
from verify.model import UNDETERMINED, Document, Failure, Severity
from verify.rules.place import at_source, documents, failures, quoted
from verify.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Flag, Report, Source, Verdict

UNREADABLE = frozenset({Failure.EMPTY, Failure.NOT_TEXT, Failure.TOO_LARGE, Failure.UNREADABLE})

ENGLISH = "en"

# Persian goes by three tags: as a whole, in Iran and in Afghanistan. Today's identifiers
# cannot tell the last two apart.
PERSIAN = frozenset({"fa", "pes", "prs"})

# How much of a page's main text counts as its head: a headline often stands there in a form
# that the metadata cut short.
HEAD = 300

# A note's title that shares less than this part of its words with the page's title and head
# is another title. On 127 real pages with a known title (Mozilla's readability set), 4 % of
# the right titles fall below it, and 98.6 % of the titles of other pages do.
LEAST_SHARED = 0.5

# The two dates come from two time zones.
TIME_ZONES = timedelta(days=1)


@rule("DOC001", "unreadable-text", Severity.WARNING, since="0.1")
def unreadable_text(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source that was fetched and from which no text could be read: a page that is
    empty without its scripts, a picture, a file of a kind that verify does not know, one
    that is too large, or an answer of the server that cannot be unpacked.

    ## Why it matters

    The citation stays unchecked, although the address works.

    ## Example

    ```yaml
    url: https://gazette.example/scans/dam.tiff
    ```

    ## Use instead

    ```yaml
    url: https://gazette.example/scans/dam.tiff
    file: pages/dam.txt   # the text, typed or recognised
    ```

    ## How sure we are

    Certain that nothing was read; a browser may show more.
    """
    for source, attempts in failures(report):
        attempt = next((a for a in attempts if a.failure in UNREADABLE), None)
        if attempt:
            message = f"no text could be read from {quoted(attempt.address)}: {attempt.reason}"
            yield at_source(source, message)


@rule("DOC002", "unexpected-language", Severity.WARNING, since="0.1")
def unexpected_language(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source whose text is in another language than sources.yaml expects.

    ## Why it matters

    Sites send readers to the edition of their country, and editions differ: the sentence
    that was cited may not be on this one.

    ## Example

    ```yaml
    url: https://gazette.example/dam   # sends visitors from abroad to its English front page
    language: fa
    ```

    ## Use instead

    ```yaml
    url: https://gazette.example/fa/dam
    language: fa
    ```

    ## How sure we are

    As sure as the language was identified; the finding's confidence says so. Persian of Iran
    and of Afghanistan count as one.
    """
    for source, document in documents(report):
        found, expected = document.language, source.language
        if expected and UNDETERMINED not in {found, expected} and not _same(found, expected):
            message = f"the source is in `{found}`, where `{expected}` is expected"
            yield at_source(source, message, document.identification.confidence)


@rule("DOC003", "untranslatable-language", Severity.INFO, since="0.1")
def untranslatable_language(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source in a language that no installed package translates, cited by an article in
    another language.

    ## Why it matters

    The evidence is shown in the original only, and the verdict rests on fewer comparisons.

    ## Example

    A Persian page, cited by an English article, on a machine without a package for Persian.

    ## Use instead

    ```sh
    verify models install fa
    ```

    ## How sure we are

    Certain.
    """
    for source, document in documents(report):
        language = document.language
        foreign = language not in {ENGLISH, UNDETERMINED, report.article.language}
        if foreign and _is_untranslated(report, source):
            message = f"the source is in `{language}`, and its evidence was not translated"
            yield at_source(source, message)


@rule("DOC004", "title-mismatch", Severity.WARNING, since="0.1")
def title_mismatch(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a page whose title is not the one that the note gives.

    ## Why it matters

    The address may lead to another article, to a front page, or to a page that says in
    friendly words that the article is gone.

    ## Example

    ```text
    [1] "A dam for the valley", Example Gazette, https://gazette.example/latest.
    ```

    where the page is called “Latest news”.

    ## Use instead

    ```text
    [1] "A dam for the valley", Example Gazette, https://gazette.example/1974/dam.
    ```

    ## How sure we are

    Fairly. A title counts as found when half of its words stand in the page's title or near
    the top of its text, so headlines that were changed later pass and translated ones are not
    compared. Confidence: the part of the words that is missing.
    """
    for source, document in documents(report):
        titles = _titles(report, source)
        if not titles or not document.extraction.title:
            continue
        if all(_same(language, document.language) for _, language in titles):
            title = titles[0][0]
            share = _share(title, document)
            if share < LEAST_SHARED:
                page = quoted(document.extraction.title)
                message = f"the note says {quoted(title)}, the page is called {page}"
                yield at_source(source, message, round(1 - share, 2))


@rule("DOC005", "published-after-access", Severity.WARNING, since="0.1")
def published_after_access(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source that was published after the day on which the note says it was read.

    ## Why it matters

    One of the dates is wrong, or the page was written anew since and is not the text that
    the writer saw.

    ## Example

    ```text
    [1] "A dam for the valley", https://gazette.example/dam, (Date of Accession: 28.10.2022).
    ```

    where the page says that it was published on 3 November 2022.

    ## Use instead

    Cite the version of that day from an archive, or correct the date.

    ```yaml
    archive: https://web.archive.org/web/20221028000000/https://gazette.example/dam
    ```

    ## How sure we are

    Fairly: some sites give the day of the last change as the day of publication. A day's
    difference is let pass for time zones. Confidence 0.8.
    """
    for source, document in documents(report):
        published = source.published or document.extraction.published
        accessed = source.accessed
        if published and accessed and published > accessed + TIME_ZONES:
            message = f"published on {published}, but accessed on {accessed}"
            yield at_source(source, message, confidence=0.8)


@rule("DOC006", "uncertain-text", Severity.INFO, since="0.1")
def uncertain_text(report: Report) -> Iterator[Flag]:
    """
    ## What it does

    Flags a source that was read in a way that may have changed its words or their order: a
    PDF with right-to-left lines, a PDF read without pdftotext, an article that was taken from
    what the page states for machines and does not show.

    ## Why it matters

    A PDF keeps where each letter stands and not in which order they are read. A quotation
    that seems altered may stand in the file word for word.

    ## Example

    ```yaml
    file: reports/dam.pdf   # in Persian
    ```

    ## Use instead

    Compare with the page itself before you believe a difference. Where there is a page with
    the same text, cite that:

    ```yaml
    url: https://gazette.example/dam
    ```

    ## How sure we are

    Certain that it was read so. Of 144 paragraphs in built Persian PDFs, 97 % came out letter for
    letter by pdftotext with pdfminer's help, and 99 % by pdfminer alone, which loses every ZWNJ.
    """
    for source, document in documents(report):
        for caution in document.extraction.cautions:
            yield at_source(source, caution)


def _same(one: str, other: str) -> bool:
    one, other = (tag.lower().partition("-")[0] for tag in (one, other))
    return one == other or {one, other} <= PERSIAN


def _is_untranslated(report: Report, source: Source) -> bool:
    """Say whether there is evidence from this source, and none of it in English."""
    verdicts: list[Verdict] = [v for v in report.verdicts if v.source_id == source.id]
    evidence = [e for v in verdicts for e in v.evidence]
    return bool(evidence) and not any(e.english for e in evidence)


def _titles(report: Report, source: Source) -> list[tuple[str, str]]:
    """Return the titles that the source's notes give, each with its language."""
    notes = [r for r in report.article.references if r.label in source.labels]
    return [(source.title or "", n.language) for n in notes if source.title]


def _share(title: str, document: Document) -> float:
    """Return the part of a title's words that the page shows at its head."""
    words = set(normalise(title).split())
    start = document.extraction.main[0].start if document.extraction.main else 0
    head = f"{document.extraction.title} {document.text[start : start + HEAD]}"
    return len(words & set(normalise(head).split())) / len(words) if words else 1.0
