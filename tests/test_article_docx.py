"""DOCX: files made here, member by member, as word processors write them."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest

from verify.article import read
from verify.errors import ArticleError

if TYPE_CHECKING:
    from pathlib import Path

    from verify.model import Article

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def run(text: str, style: str = "") -> str:
    return f'<w:r><w:rPr>{style}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def cite(kind: str, number: int) -> str:
    raised = '<w:vertAlign w:val="superscript"/>'
    return f'<w:r><w:rPr>{raised}</w:rPr><w:{kind}Reference w:id="{number}"/></w:r>'


def paragraph(*runs: str, style: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{"".join(runs)}</w:p>'


def note(kind: str, number: int, *runs: str) -> str:
    return f'<w:{kind} w:id="{number}">{paragraph(f"<w:r><w:{kind}Ref/></w:r>", *runs)}</w:{kind}>'


def part(name: str, inner: str) -> str:
    return f'<w:{name} xmlns:w="{W}" xmlns:r="{R}">{inner}</w:{name}>'


def relations(**targets: str) -> str:
    inner = "".join(
        f'<Relationship Id="{i}" Type="{R}/hyperlink" Target="{t}" TargetMode="External"/>'
        for i, t in targets.items()
    )
    return f'<Relationships xmlns="{RELS}">{inner}</Relationships>'


def packed(members: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def made(tmp_path: Path, body: str, **members: str) -> Article:
    path = tmp_path / "a.docx"
    names = {n.replace("__", "/").replace("_dot_", "."): m for n, m in members.items()}
    path.write_bytes(
        packed({"word/document.xml": part("document", f"<w:body>{body}</w:body>"), **names})
    )
    return read(path)


FOOTNOTES = part(
    "footnotes",
    '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
    + note("footnote", 2, run("“Title two”, Example Post, (Date of Accession: 28.10.2022)."))
    + note(
        "footnote",
        1,
        run("A. Author, "),
        run("Italic title", "<w:i/>"),
        run(", Example Press, "),
        f'<w:hyperlink r:id="rId7">{run("online")}</w:hyperlink>',
    )
    + note("footnote", 5, run("“Never cited”, P.")),
)
BODY = (
    paragraph(run("An invented report"), style="Title")
    + paragraph(
        run("The first thing was "),
        run("seen", "<w:b/>"),
        run("."),
        cite("footnote", 1),
        run(" More came."),
    )
    + paragraph()
    + paragraph(
        run("The second thing was heard"),
        cite("footnote", 2),
        run("."),
        f"<w:del>{run('gone')}</w:del>",
    )
    + paragraph(run("The first note is cited once more here."), cite("footnote", 1))
)


def test_footnotes_are_numbered_in_the_order_of_their_markers(tmp_path: Path) -> None:
    article = made(
        tmp_path,
        BODY,
        word__footnotes_dot_xml=FOOTNOTES,
        word___rels__footnotes_dot_xml_dot_rels=relations(rId7="https://press.example/t"),
    )
    assert article.title == "An invented report"
    assert [(c.label, c.claim.text) for c in article.citations] == [
        ("1", "The first thing was seen."),
        ("2", "The second thing was heard."),
        ("1", "The first note is cited once more here."),
    ]
    assert [(r.label, r.title, r.publisher, len(r.markers)) for r in article.references] == [
        ("1", "Italic title", "Example Press", 2),
        ("2", "Title two", "Example Post", 1),
        ("3", "Never cited", "P", 0),
    ]
    assert article.references[0].urls == ("https://press.example/t",)
    assert article.references[1].accessed == date(2022, 10, 28)
    assert "gone" not in article.text


def test_a_line_is_a_paragraph(tmp_path: Path) -> None:
    article = made(tmp_path, BODY, word__footnotes_dot_xml=FOOTNOTES)
    assert [article.position(c.marker.start).line for c in article.citations] == [2, 4, 5]
    assert (
        article.position(article.citations[1].marker.start).column
        == len("The second thing was heard") + 1
    )


def test_endnotes_beside_footnotes_have_roman_labels(tmp_path: Path) -> None:
    article = made(
        tmp_path,
        paragraph(
            run("One thing was said."),
            cite("footnote", 2),
            run(" Four things were."),
            cite("endnote", 4),
        ),
        word__footnotes_dot_xml=FOOTNOTES,
        word__endnotes_dot_xml=part(
            "endnotes", note("endnote", 4, run("«عنوان»، ناشر، ۶ آبان ۱۴۰۱"))
        ),
    )
    assert [c.label for c in article.citations] == ["1", "i"]
    assert [r.publisher for r in article.references if r.label == "i"] == ["ناشر"]


def test_a_marker_whose_note_is_missing_has_no_reference(tmp_path: Path) -> None:
    article = made(tmp_path, paragraph(run("This was said somewhere."), cite("footnote", 9)))
    assert [c.label for c in article.citations] == ["1"]
    assert article.references == ()


@pytest.mark.parametrize("number", ["1", "۱", "١"])
def test_hand_typed_notes_and_raised_numbers_work_too(tmp_path: Path, number: str) -> None:
    raised = '<w:vertAlign w:val="superscript"/>'
    article = made(
        tmp_path,
        paragraph(run("One thing was said."), run(number, raised))
        + paragraph(run(number, raised), run(" “One”, P.")),
    )
    assert [(c.label, c.claim.text) for c in article.citations] == [("1", "One thing was said.")]
    assert [r.title for r in article.references] == ["One"]


def test_links_are_citations_where_there_are_no_notes(tmp_path: Path) -> None:
    body = paragraph(
        run("The mill "),
        f'<w:hyperlink r:id="a">{run("burned down")}</w:hyperlink>',
        run(" in 1888."),
    )
    body += paragraph(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
        '<w:r><w:instrText> HYPERLINK "https://b.example/" </w:instrText></w:r>',
        run("It was"),
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        run(" rebuilt by many hands in 1890."),
    )
    article = made(
        tmp_path, body, word___rels__document_dot_xml_dot_rels=relations(a="https://a.example/x")
    )
    assert [(r.label, r.urls, r.raw) for r in article.references] == [
        ("link-1", ("https://a.example/x",), "burned down"),
        ("link-2", ("https://b.example/",), "It was"),
    ]


def test_text_boxes_are_read_once(tmp_path: Path) -> None:
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = f"<w:txbxContent>{paragraph(run('Boxed words stand here.'))}</w:txbxContent>"
    alternate = (
        f'<w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice>{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    article = made(tmp_path, paragraph(run("Before the box. "), alternate, run("Behind the box.")))
    assert article.text.count("Boxed words") == 1
    assert "Before the box. Behind the box." in article.text


def bad(tmp_path: Path, body: bytes) -> str:
    path = tmp_path / "bad.docx"
    path.write_bytes(body)
    with pytest.raises(ArticleError) as caught:
        read(path)
    assert caught.value.hint
    return str(caught.value)


def test_what_is_no_docx_is_refused(tmp_path: Path) -> None:
    assert "no DOCX" in bad(tmp_path, b"plain words")
    assert "without a Word document" in bad(tmp_path, packed({"a.txt": "x"}))
    assert "damaged" in bad(tmp_path, packed({"word/document.xml": "<w:p>"}))
    assert "no DOCX" in bad(tmp_path, packed({"word/document.xml": "x" * 9999})[:80])


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = packed({"word/document.xml": b" " * 30_000_000})
    assert len(bomb) < 100_000
    assert "unpacks to 28 MB" in bad(tmp_path, bomb)


def test_entities_are_never_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret words")
    document = (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY y "yyyy">]>'
        f'<w:document xmlns:w="{W}">{paragraph(run("Before &x; &y; after."))}</w:document>'
    )
    path = tmp_path / "a.docx"
    path.write_bytes(packed({"word/document.xml": document}))
    article = read(path)
    assert "secret words" not in article.text
    assert "yyyy" not in article.text
