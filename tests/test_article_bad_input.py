"""What is no article is refused with a hint; what is odd but readable is read, in linear time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from verify.article import read
from verify.errors import ArticleError

if TYPE_CHECKING:
    from pathlib import Path


def refused(path: Path) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        read(path)
    assert caught.value.hint
    return caught.value


def test_a_missing_file_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "article.md").write_text("x")
    error = refused(tmp_path / "artcle.md")
    assert "cannot find" in str(error)
    assert str(tmp_path / "article.md") in str(error.hint)
    refused(tmp_path / "no" / "such" / "folder.md")


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.docx"])
@pytest.mark.parametrize("body", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str, body: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    refused(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "folder" in str(refused(tmp_path))


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7\n%\xe2\xe3",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xd0\xcf\x11\xe0\xa1\xb1",
        b"PK\x03\x04rest",
        bytes(range(256)) * 40,
        "UTF-16 without its mark".encode("utf-16-le"),
    ],
)
def test_binary_files_are_refused(tmp_path: Path, body: bytes) -> None:
    for name in ("a.txt", "a.md", "a.html"):
        (tmp_path / name).write_bytes(body)
        refused(tmp_path / name)


TEXT = "عنوان ساختگي\n\nباران در كوه باريد و آب به دره رسيد.[1]\n\n[1] «باران»، ناشر.\n"


@pytest.mark.parametrize("charset", ["windows-1256", "utf-8", "utf-8-sig", "utf-16"])
def test_persian_articles_are_read_in_the_charsets_they_come_in(
    tmp_path: Path, charset: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode(charset))
    article = read(path)
    assert article.text == TEXT
    assert article.language == "fa"
    assert article.citations[0].claim.text == "باران در كوه باريد و آب به دره رسيد."


def test_a_page_may_name_its_charset(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    page = '<html><head><meta charset="iso-8859-9"></head><p>Şimdi yağmur yağıyor.</p></html>'
    path.write_bytes(page.encode("iso-8859-9"))
    assert "Şimdi yağmur yağıyor." in read(path).text


def test_one_broken_byte_does_not_lose_the_article(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"A whole sentence with one bad \xff byte.[1]\n\n[1] \x93One\x94, P.\n")
    assert len(read(path).citations) == 1


def seconds(path: Path, text: str) -> float:
    path.write_text(text, encoding="utf-8")
    start = time.process_time()
    read(path)
    return time.process_time() - start


WAYS = {
    "a.txt": (
        "One thing was said by {0}.[{0}]\n\n",
        "[{0}] See the paper number {0} of that year.\n\n",
    ),
    "a.md": (
        "One thing was said by {0}.[^{0}]\n\n",
        "[^{0}]: See the paper number {0} of that year.\n",
    ),
    "a.html": (
        '<p>One thing was said by {0}.<sup><a href="#f{0}">{0}</a></sup></p>\n',
        '<p id="f{0}">See the paper number {0} of that year.</p>\n',
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_the_time_for_notes_grows_with_their_number_and_no_faster(
    tmp_path: Path, name: str
) -> None:
    sentence, note = WAYS[name]

    def article(count: int) -> str:
        numbers = range(1, count + 1)
        return "".join(map(sentence.format, numbers)) + "".join(map(note.format, numbers))

    seconds(tmp_path / name, article(10))
    small = seconds(tmp_path / name, article(500))
    large = seconds(tmp_path / name, article(5000))
    # ten times the notes; were anything quadratic, a hundred times the work
    assert large < 30 * max(small, 0.05)
    assert len(read(tmp_path / name).citations) == 5000


HOSTILE = {
    "one endless word": "a" * 1_000_000,
    "opening brackets": "[" * 200_000,
    "opening quotation marks": "“" * 300_000,
    "apostrophes": " 'a" * 100_000,
    "full stops": "." * 500_000,
    "markers": "word.[1] " * 9_999,
    "raised numbers": "¹" * 300_000,
    "spaces": "a" + " " * 500_000 + "b",
    "lines": "a\n" * 100_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_paragraphs_take_linear_time(tmp_path: Path, kind: str) -> None:
    assert seconds(tmp_path / "a.txt", HOSTILE[kind]) < 6


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_paragraph_of_two_megabytes_is_read(tmp_path: Path, name: str) -> None:
    prose = "The quick brown fox didn't “see” the old dog on the hill. " * 35_000
    assert seconds(tmp_path / name, prose) < 12


LONG = "9" * 5000
LONG_LIST = f"""
    <p>One thing was said.<sup><a href='#n'>1</a></sup></p>
    <ol start='{LONG}'><li id='n'>“A”, P.</li><li value='{LONG}'>“B”, Q.</li></ol>
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", f"It was said.<sup>{LONG}</sup> It was not.[1]\n\n[1] “A”, P.\n"),
        ("a.html", LONG_LIST),
    ],
)
def test_a_number_of_any_length_is_no_traceback(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert "1" in [c.label for c in read(path).citations]


def test_one_broken_byte_does_not_turn_persian_into_another_charset(tmp_path: Path) -> None:
    sentence = "پل تازهٔ شهر در بهار گشوده شد و مردم از آن گذشتند.[1] "
    path = tmp_path / "a.txt"
    path.write_bytes(sentence.encode() + b"\xff" + "\n\n[1] «پل»، روزنامه.\n".encode())
    article = read(path)
    (citation,) = article.citations
    assert sentence.removesuffix("[1] ") in citation.claim.text
    assert article.references[0].title == "پل"


@pytest.mark.parametrize("charset", ["hex", "idna", "undefined", "no-such", "windows-1256"])
def test_a_page_that_names_no_charset_is_read_as_old_persian_pages_are(
    tmp_path: Path, charset: str
) -> None:
    path = tmp_path / "a.html"
    page = f"<meta charset={charset}><p>پل تازه در بهار گشوده شد.[1]</p><p>[1] «پل»، روزنامه.</p>"
    path.write_bytes(page.encode("windows-1256", "ignore"))
    assert [c.label for c in read(path).citations] == ["1"]
    assert "گشوده" in read(path).text
