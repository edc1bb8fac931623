"""A note's text and the fields that are read from it."""

from __future__ import annotations

from datetime import date

import pytest

from verify.article.footnotes import find_addresses, read_note
from verify.article.manuscript import Note
from verify.model import Reference, Span


def reference(raw: str, **fields: str) -> Reference:
    return read_note(Note("1", raw, Span(0, len(raw)), **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raw", "title", "publisher", "language"),
    [
        ("“A Long Road”, Afar,, (Date of Accession: 28.10.2022).", "A Long Road", "Afar", "en"),
        ("“A Long Road”,, (Date of Accession: 28.10.2022).", "A Long Road", None, "en"),
        (
            "Jane Doe, “The Long Road,” The Post, May 3, 2021, https://p.example/r.",
            "The Long Road",
            "The Post",
            "en",
        ),
        (
            "Doe, Jane. “The Long Road.” *The Post*, 3 May 2021, www.p.example.",
            "The Long Road",
            "The Post",
            "en",
        ),
        (
            "Doe, J. (2021, May 3). The long road to peace. The Post. https://p.example",
            "The long road to peace",
            "The Post",
            "en",
        ),
        (
            'Doe, Jane (28 October 2022). "The long road". The Post. Retrieved 2023-05-06.',
            "The long road",
            "The Post",
            "en",
        ),
        (
            '"U.S. says “no” to talks", U.S. Department of State, May 2020, p. 4.',
            "U.S. says “no” to talks",
            "U.S. Department of State",
            "en",
        ),
        (
            "Doe, “The Road,” Journal of Roads 12, no. 3 (2019): 45–67.",
            "The Road",
            "Journal of Roads",
            "en",
        ),
        ("‘The long road’, The Post, 12 June 2019", "The long road", "The Post", "en"),
        (
            "Khan, „Der lange Weg nach Hause“, Die Zeitung, 3.5.2022.",
            "Der lange Weg nach Hause",
            "Die Zeitung",
            "de",
        ),
        (
            "نمونه، احمد، «راه دراز صلح»، خبرگزاری صبح، ۲۵ دلو ۱۴۰۲",
            "راه دراز صلح",
            "خبرگزاری صبح",
            "fa",
        ),
        ("«راه دراز صلح»، ۱۴۰۱", "راه دراز صلح", None, "fa"),
        (
            "“گزارش از «راه دراز» در کابل”, Afar, 3 May 2020",
            "گزارش از «راه دراز» در کابل",
            "Afar",
            "fa",
        ),
        ("See the discussion in Chapter 2.", None, None, "und"),
        ("https://x.example/a", None, None, "und"),
        ("", None, None, "und"),
    ],
)
def test_title_publisher_and_language(
    raw: str, title: str | None, publisher: str | None, language: str
) -> None:
    found = reference(raw)
    assert (found.title, found.publisher, found.language) == (title, publisher, language)
    assert found.title_balanced
    assert found.raw == raw


@pytest.mark.parametrize(
    ("raw", "title", "publisher"),
    [
        ("“The long road, The Post, (Date of Accession: 28.10.2022).", "The long road", "The Post"),
        (
            "“A road, a bridge, and a mill, The Daily Post, 3 May 2020, https://x.example",
            "A road, a bridge, and a mill",
            "The Daily Post",
        ),
        ("The long road”, The Post, (Date of Accession: 28.10.2022).", "The long road", "The Post"),
        (
            "“خبر از «راه دراز»به کابل رسید, Afar,, (Date of Accession: 28.10.2022).",
            "خبر از «راه دراز»به کابل رسید",
            "Afar",
        ),
        ("خبر از «راه دراز» به کابل رسید”, Afar, 2020", "خبر از «راه دراز» به کابل رسید", "Afar"),
    ],
)
def test_a_lone_quotation_mark_still_gives_the_title(raw: str, title: str, publisher: str) -> None:
    found = reference(raw)
    assert (found.title, found.publisher) == (title, publisher)
    assert not found.title_balanced


def test_a_pair_inside_an_unmarked_title_is_not_the_title() -> None:
    assert reference("خبر از «راه دراز» به کابل رسید, Afar, 2020").title is None


@pytest.mark.parametrize(
    ("written", "day", "raw"),
    [
        ("(Date of Accession: 28.10.2022)", date(2022, 10, 28), "28.10.2022"),
        ("Accessed 28 October 2022.", date(2022, 10, 28), "28 October 2022"),
        ("accessed October 28, 2022", date(2022, 10, 28), "October 28, 2022"),
        ("Retrieved 2022-10-28 from https://x.example", date(2022, 10, 28), "2022-10-28"),
        ("last visited on 28 October 2022", date(2022, 10, 28), "28 October 2022"),
        ("(Erişim Tarihi: 28.10.2022)", date(2022, 10, 28), "28.10.2022"),
        ("«الف»، تاریخ دسترسی: ۶ آبان ۱۴۰۱", date(2022, 10, 28), "۶ آبان ۱۴۰۱"),
        ("بازیابی\u200cشده در ۶ عقرب ۱۴۰۱", date(2022, 10, 28), "۶ عقرب ۱۴۰۱"),
        ("(تاریخ مراجعه: ۱۴۰۱/۰۸/۰۶)", date(2022, 10, 28), "۱۴۰۱/۰۸/۰۶"),
        ("(Date of Accession: last autumn)", None, "last autumn"),
        ("(Date of Accession: 31.02.2022)", None, "31.02.2022"),
        ("The archive was accessed by many people in 12 towns.", None, None),
        ("“Accessed 3 May 2022 is a title”, Post", None, None),
        ("28 October 2022", None, None),
    ],
)
def test_the_access_date_and_its_words(written: str, day: date | None, raw: str | None) -> None:
    found = reference(written)
    assert (found.accessed, found.accessed_raw) == (day, raw)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://x.example/a_(b).", "https://x.example/a_(b)"),
        ("(https://x.example/a)", "https://x.example/a"),
        ("“https://x.example/a”,", "https://x.example/a"),
        ("<https://x.example/a?b=c&d=e#f>", "https://x.example/a?b=c&d=e#f"),
        ("www.x.example/a;", "http://www.x.example/a"),
        ("doi:10.1234/ab.cd.", "https://doi.org/10.1234/ab.cd"),
        ("doi.org/10.1234/ab", "https://doi.org/10.1234/ab"),
        ("https://x.example/خبر/۱۲،", "https://x.example/خبر/۱۲"),
    ],
)
def test_an_address_ends_where_its_sentence_begins(text: str, address: str) -> None:
    ((found, span),) = find_addresses(text)
    assert found == address
    assert text[span.start : span.end] in address or address.endswith(
        text[span.start + 4 : span.end]
    )


def test_all_addresses_are_kept_once() -> None:
    found = reference("“A b”, P, https://x.example/1, https://x.example/2 and https://x.example/1")
    assert found.urls == ("https://x.example/1", "https://x.example/2")


def test_italics_are_the_title_where_nothing_is_in_quotation_marks() -> None:
    found = reference("Doe, A Long Road, Example Press, 1950.", emphasis="A Long Road")
    assert (found.title, found.publisher) == ("A Long Road", "Example Press")
