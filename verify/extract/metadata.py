"""What a page says about itself: title, author, publisher, date, language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from verify.extract.blocks import clean
from verify.language.dates import find_dates, read_date
from verify.model import Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from verify.extract.blocks import Block

MAX_FIELD = 300
"""Characters of a title or a name; what is longer is a text that landed in the wrong place."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields that a page gives, each `None` where it does not."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    declared: Language | None = None


DATE_METAS = tuple(
    """
    article:published_time og:article:published_time article:published datepublished date dc.date
    dc.date.issued dcterms.date dcterms.issued dcterms.created citation_publication_date
    citation_date pubdate publish-date parsely-pub-date sailthru.date
    """.split()  # noqa: SIM905 (reads better than one name a line)
)


class _Page:
    """A page's head and structured data, looked up once."""

    def __init__(self, root: Any, things: Sequence[Mapping[str, Any]]) -> None:
        self.root = root
        self.metas = _metas(root)
        self.things = things

    def meta(self, *names: str) -> Iterator[str]:
        """Yield what the meta elements of these names say, in the order of the names."""
        for name in names:
            yield from self.metas.get(name, ())

    def linked(self, *keys: str) -> Iterator[Any]:
        """Yield what JSON-LD says under these keys, articles before anything else."""
        for key in keys:
            yield from (thing[key] for thing in self.things if thing.get(key))

    def marked(self, path: str, *attributes: str) -> Iterator[str]:
        """Yield an attribute, else the text, of the elements that an XPath finds."""
        for element in self.root.xpath(path)[:20]:
            values = [element.get(a) for a in attributes if element.get(a)]
            yield values[0] if values else "".join(element.itertext())[: 2 * MAX_FIELD]


def read_metadata(
    root: Any, blocks: Sequence[Block], things: Sequence[Mapping[str, Any]]
) -> Metadata:
    """
    Return what the page says about itself.

    `blocks` are its visible text, for a byline; `things` are its JSON-LD.
    """
    page = _Page(root, things)
    publisher = _publisher(page)
    title = _title(page, publisher)
    return Metadata(
        title=title,
        author=_author(page),
        publisher=publisher,
        published=_published(page, blocks, title),
        declared=_declared(page),
    )


# --- the fields -------------------------------------------------------------------------


def _title(page: _Page, publisher: str | None) -> str | None:
    named = _first((*page.meta("og:title"), *page.linked("headline"), *page.meta("twitter:title")))
    heading = _first(page.marked("//h1[not(ancestor::header[@role='banner'])]"))
    whole = _first(page.marked("//head/title"))
    if named:
        return _without_site(named, publisher)
    if heading and (whole is None or heading in whole or len(heading) > 15):
        return heading
    return _without_site(whole, publisher) if whole else heading


SUFFIX = re.compile(r"\s{1,9}[|\-–—:»«•·]{1,9}\s+")


def _without_site(title: str, publisher: str | None) -> str:
    """Drop the site's name from an end of the title, where a separator sets it off."""
    ends = list(SUFFIX.finditer(title))
    if not ends:
        return title
    before, after = title[: ends[-1].start()], title[ends[-1].end() :]
    if publisher and title[: ends[0].start()] == publisher:
        return title[ends[0].end() :]
    # Without the publisher's name: a last part of half the length, at most, is the site's.
    if after == publisher or 2 * len(after) <= len(before):
        return before
    return title


def _author(page: _Page) -> str | None:
    return _first(
        (
            *(n for a in page.linked("author", "creator") for n in _names(a)),
            *page.meta(
                "author", "article:author", "dc.creator", "dcterms.creator", "citation_author"
            ),
            *page.marked("//*[@itemprop='author']", "content"),
            *page.marked("//a[@rel='author']"),
        ),
        is_name=True,
    )


def _publisher(page: _Page) -> str | None:
    return _first(
        (
            *page.meta("og:site_name"),
            *(n for p in page.linked("publisher") for n in _names(p)),
            *page.meta(
                "dc.publisher", "dcterms.publisher", "citation_publisher", "application-name"
            ),
            *page.marked("//*[@itemprop='publisher']//*[@itemprop='name']", "content"),
        ),
        is_name=True,
    )


def _published(page: _Page, blocks: Sequence[Block], title: str | None) -> date | None:
    stated = (
        *page.linked("datePublished"),
        *page.meta(*DATE_METAS),
        *page.marked("//*[@itemprop='datePublished']", "datetime", "content"),
        *page.linked("dateCreated", "uploadDate"),
        *page.marked("//article//time | //main//time", "datetime"),
        *page.marked("//time", "datetime"),
    )
    for value in stated:
        found = _stated_date(value)
        if found:
            return found
    return _byline_date(blocks, title)


def _declared(page: _Page) -> Language | None:
    stated = (
        page.root.get("lang"),
        page.root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        page.root.get("xml:lang"),
        *page.meta("content-language", "language", "dc.language", "og:locale"),
        *(value for value in page.linked("inLanguage") if isinstance(value, str)),
    )
    for value in stated:
        match = re.match(r"\s{0,9}([A-Za-z]{2,3})(?![A-Za-z])", value or "")
        if match:
            return Language(match[1].lower())
    return None


# --- dates ------------------------------------------------------------------------------

ISO = re.compile(r"\s{0,9}(\d{4})-?(\d{2})-?(\d{2})(?!\d)")

EARLIEST = date(1900, 1, 1)

BYLINE_REACH = 12
BYLINE_LENGTH = 100
PARAGRAPH_LENGTH = 120
"""
A byline stands within twelve blocks of the title, is a line of at most a hundred characters, and
comes no later than after the lead. Chosen by hand: in the golden pages bylines follow the title
directly and have up to 36 characters. A date further down is one that the article speaks of.
"""


def _stated_date(value: Any) -> date | None:
    """
    Read a date that a page states for machines, or for people in the same place.

    ISO with a year of the Gregorian calendar is read as such, and taken as the writer's local
    day; all else (۱۴۰۲/۱۱/۲۵ is a day of 2024) is for the reader of dates, which knows the
    calendars.
    """
    if not isinstance(value, str):
        return None
    match = ISO.match(value)
    if match and int(match[1]) >= EARLIEST.year:
        try:
            return _plausible(date(int(match[1]), int(match[2]), int(match[3])))
        except ValueError:
            return None
    return _plausible(read_date(clean(value[:120])))


def _plausible(day: date | None) -> date | None:
    """Drop what no page can have been published on (a day's grace for time zones)."""
    if day is None or day < EARLIEST or day > date.today() + timedelta(days=2):  # noqa: DTZ011
        return None
    return day


def _byline_date(blocks: Sequence[Block], title: str | None) -> date | None:
    """Return the first whole date in the short lines that follow the title."""
    start = next((n for n, b in enumerate(blocks) if title and title in b.text), 0)
    paragraphs = 0
    for block in blocks[start : start + BYLINE_REACH]:
        paragraphs += len(block.text) > PARAGRAPH_LENGTH
        if paragraphs > 1:
            break
        if len(block.text) > BYLINE_LENGTH:
            continue
        for mention in find_dates(block.text):
            if mention.is_exact and _plausible(mention.first):
                return mention.first
    return None


# --- where the fields come from ---------------------------------------------------------


def _first(values: Iterable[Any], *, is_name: bool = False) -> str | None:
    """Return the first value that can be a field; an address or a number is no name."""
    for value in values:
        text = clean(value) if isinstance(value, str) else ""
        if not text or len(text) > MAX_FIELD:
            continue
        if is_name and (text.startswith(("http://", "https://", "@", "//")) or text.isdigit()):
            continue
        return text
    return None


def _names(value: Any) -> Iterator[str]:
    """Yield the names in JSON-LD's several ways to name someone."""
    several = value if isinstance(value, list) else [value]
    names = [v.get("name") if isinstance(v, dict) else v for v in several[:10]]
    words = [n for n in names if isinstance(n, str)]
    if words:
        yield ", ".join(words)


def _metas(root: Any) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for element in root.xpath("//meta[@content]")[:500]:
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            # Some pages write several names into one attribute.
            for name in element.get(attribute, "")[:200].lower().split()[:5]:
                metas.setdefault(name, []).append(element.get("content")[: 4 * MAX_FIELD])
    return metas
