"""A note's text and the fields that are read from it."""

from __future__ import annotations

from datetime import date

import pytest

from verify.article.footnotes import find_addresses, read_note, read_notes
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


def notes(*raws: str) -> tuple[Reference, ...]:
    spans = [Span(1000 * i, 1000 * i + len(raw)) for i, raw in enumerate(raws)]
    given = [Note(str(i), raw, spans[i - 1]) for i, raw in enumerate(raws, 1)]
    return read_notes(given, {n.label: (Span(int(n.label), int(n.label) + 1),) for n in given})


BRIDGE = "«پل تازه»، روزنامه، https://p.example/pol (دسترسی: ۵ مهر ۱۴۰۱)"


@pytest.mark.parametrize(
    "raw",
    [
        "Ibid.",
        "ibid., p. 12",
        "Ibidem, pp. 12–14.",
        "همان.",
        "همان، ص ۱۲",
        "همان\u200cجا",
        "همان جا.",
        "همان منبع، صص. ۱۲ و ۱۳",
        "Ebd., S. 4",
    ],
)
def test_a_note_that_says_ibid_cites_what_the_note_above_it_cites(raw: str) -> None:
    above, below, third = notes(BRIDGE, raw, "همان")
    assert (below.urls, below.title, below.publisher) == (above.urls, "پل تازه", "روزنامه")
    assert below.accessed == above.accessed == date(2022, 9, 27)
    assert (below.label, below.raw) == ("2", raw)
    assert below.markers == (Span(2, 3),)
    assert third.urls == above.urls


@pytest.mark.parametrize(
    "raw",
    [
        "همان، «کتاب دیگر»، ص ۱۲",
        "Ibid., Another Book, p. 3",
        "Ibid., https://q.example/other",
        "See ibid.",
        "همان‌طور که گفته شد",
        "پیشین، ص ۳",
    ],
)
def test_a_note_that_says_more_than_ibid_is_its_own(raw: str) -> None:
    assert BRIDGE.split()[3] not in notes(BRIDGE, raw)[1].urls


def test_ibid_says_nothing_where_readers_meet_the_notes_in_another_order() -> None:
    above, below = (Note(label, raw, Span(0, 9)) for label, raw in (("1", BRIDGE), ("2", "همان")))
    read = read_notes([above, below], {"1": (Span(90, 91),), "2": (Span(10, 11),)})
    assert read[1].urls == ()


def test_the_faults_of_a_note_are_told_at_that_note_alone() -> None:
    above, below = notes(
        "«میveگوید پل آباد است»، روزنامه، https://p.example (دسترسی: دیروز ۹۹)", "همان"
    )
    assert above.title_repaired
    assert below.title_repaired is None
    assert below.title == above.title_repaired.text
    assert below.accessed_raw is None


def test_an_access_date_ends_where_the_note_goes_on() -> None:
    found = reference("“A Road”, P, https://p.example, accessed 1 May 2022. A second paragraph.")
    assert (found.accessed, found.accessed_raw) == (date(2022, 5, 1), "1 May 2022")


def test_an_ibid_in_italics_is_no_title() -> None:
    assert reference("See note 1. Ibid.", emphasis="Ibid.").title is None
