"""DOCX sources: files made here, member by member, as word processors write them."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest

from tests.test_extract import check
from verify.errors import ExtractError
from verify.extract import extract
from verify.model import Extraction, Failure, Snapshot, SourceId

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
ZWNJ = "\u200c"


def part(name: str, inner: str, namespace: str = W) -> str:
    return f'<?xml version="1.0"?><w:{name} xmlns:w="{namespace}">{inner}</w:{name}>'


def p(*runs: str, style: str = "") -> str:
    inner = "".join(r if r.startswith("<") else f"<w:r><w:t>{r}</w:t></w:r>" for r in runs)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inner}</w:p>'


def packed(body: str, namespace: str = W, **members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        inner = f"<w:body>{body}</w:body>"
        archive.writestr("word/document.xml", part("document", inner, namespace))
        for name, text in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return file.getvalue()


def read(body: bytes, media_type: str = DOCX) -> Extraction:
    return extract(Snapshot(SourceId("s"), "a", "a", media_type, body, datetime.now(UTC), "file"))


def main(found: Extraction) -> list[str]:
    return [found.text[s.start : s.end] for s in found.main]


def test_paragraphs_are_lines_and_notes_come_after_them() -> None:
    notes = part(
        "footnotes",
        '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
        f'<w:footnote w:id="1">{p("Counted in 1974.")}</w:footnote>',
    )
    found = read(packed(p("A dam", style="Title") + p("It was ", "built."), word__footnotes=notes))

    check(found)
    assert main(found) == ["A dam", "It was built."]
    assert found.text.split("\n") == ["A dam", "It was built.", "Counted in 1974."]


def test_a_zwnj_stays_and_what_cannot_be_seen_goes() -> None:
    found = read(packed(p(f"می{ZWNJ}", "رود", "\u202e به شهر")))
    assert found.text == f"می{ZWNJ}رود به شهر"


def test_a_plain_row_of_a_table_is_one_line() -> None:
    row = f"<w:tr><w:tc>{p('Height')}</w:tc><w:tc>{p('17 m')}</w:tc></w:tr>"
    several = f"<w:tr><w:tc>{p('one')}{p('two')}</w:tc><w:tc>{p('three')}</w:tc></w:tr>"
    found = read(packed(f"{p('before')}<w:tbl>{row}{several}</w:tbl>{p('after')}"))

    check(found)
    assert found.text.split("\n") == ["before", "Height | 17 m", "one", "two", "three", "after"]


def test_what_was_deleted_hidden_or_said_twice_is_not_read() -> None:
    deleted = "<w:del><w:r><w:delText>gone</w:delText><w:t>gone</w:t></w:r></w:del>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> shown</w:t></w:r>'
    code = "<w:r><w:instrText>HYPERLINK</w:instrText></w:r>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    twice = f'<x:Fallback xmlns:x="{mc}">{p("again")}</x:Fallback>'
    found = read(packed(p("Here", deleted, hidden, shown, code) + twice))

    assert found.text == "Here shown"


def test_the_strict_form_of_the_standard_is_read_too() -> None:
    assert read(packed(p("A dam was built."), STRICT)).text == "A dam was built."


def test_title_and_author_come_from_the_properties() -> None:
    properties = (
        '<x xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A dam</dc:title>'
        "<dc:creator>A. Author</dc:creator></x>"
    )
    found = read(packed(p("Text."), docProps__core=properties))
    assert (found.title, found.author) == ("A dam", "A. Author")


@pytest.mark.parametrize(
    "media_type", ["", "application/zip", "application/octet-stream", "text/plain"]
)
def test_a_docx_is_known_by_its_bytes(media_type: str) -> None:
    assert read(packed(p("A dam was built.")), media_type).text == "A dam was built."


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 60_000_000)
    return file.getvalue()


def entities(depth: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        lol = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
        head = f'<!DOCTYPE x [<!ENTITY e0 "secret">{lol}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        inner = part("document", f"<w:body>{p(f'a &e{depth}; &f; b')}</w:body>")
        archive.writestr("word/document.xml", inner.replace("?>", f"?>{head}", 1))
    return file.getvalue()


@pytest.mark.parametrize(
    ("body", "failure", "words"),
    [
        (b"", Failure.NOT_TEXT, "no DOCX file"),
        (b"PK\x03\x04" + bytes(90), Failure.NOT_TEXT, "no DOCX file"),
        (packed(p("text"))[:-30], Failure.NOT_TEXT, "no DOCX file"),
        (packed(p("")), Failure.EMPTY, "no text"),
        (packed("<w:p>"), Failure.NOT_TEXT, "damaged"),
        (bomb(), Failure.NOT_TEXT, "unpacks to"),
        (entities(8), Failure.NOT_TEXT, "damaged"),
        (packed("<w:sdt>" * 400 + p("deep") + "</w:sdt>" * 400), Failure.NOT_TEXT, "damaged"),
    ],
    ids=["nothing", "no zip", "cut", "empty", "broken", "bomb", "entities", "deep"],
)
def test_a_damaged_document_says_what_is_wrong(body: bytes, failure: Failure, words: str) -> None:
    with pytest.raises(ExtractError, match=words) as caught:
        read(body)
    assert caught.value.failure is failure


def test_no_entity_is_resolved() -> None:
    found = read(entities(1))
    assert "secret" not in found.text
    assert "root:" not in found.text
