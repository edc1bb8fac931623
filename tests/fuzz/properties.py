"""What must hold of any input at all: each property is one function of hypothesis."""

from __future__ import annotations

import io
import tempfile
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.texts import bodies, texts, writable
from verify import sources
from verify.article import read as read_article
from verify.errors import ArticleError, ExtractError, FetchError, SourcesError
from verify.extract import extract
from verify.fetch.body import unpack
from verify.fetch.guard import Policy, kind
from verify.judge.quote import find_quotation
from verify.language.dates import find_dates, read_date
from verify.model import Article, Extraction, Snapshot, SourceId
from verify.report.visible import one_line, visible, web_address

FOLDER = Path(tempfile.mkdtemp(prefix="verify-fuzz-"))


def _written(name: str, body: bytes) -> Path:
    path = FOLDER / name
    path.write_bytes(body)
    return path


def _sound(article: Article) -> None:
    """Every span lies in the text, and every marker's note is known by its label."""
    length = len(article.text)
    for citation in article.citations:
        assert 0 <= citation.span.start <= citation.span.end <= length
        assert 0 <= citation.marker.start <= citation.marker.end <= length
        article.position(citation.span.start)
    for reference in article.references:
        assert 0 <= reference.span.start <= reference.span.end <= length
    for quotation in article.quotations:
        assert 0 <= quotation.span.start <= quotation.span.end <= length


def _article(name: str, body: bytes) -> None:
    with suppress(ArticleError):
        _sound(read_article(_written(name, body)))


@given(texts())
def notes(text: str) -> None:
    """A plain article with notes is read, or refused in our own words."""
    _article("a.txt", writable(text))


@given(texts())
def markdown(text: str) -> None:
    """So is one in Markdown."""
    _article("a.md", writable(text))


@given(bodies())
def html_article(body: bytes) -> None:
    """So is one in HTML, in any charset."""
    _article("a.html", body)


@given(texts(20), texts(20), st.integers(0, 60), st.integers(0, 255))
def docx(text: str, note: str, at: int, value: int) -> None:
    """So is a DOCX, also where a byte of it is wrong."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    inner = "".join(c for c in text if c not in "<>&" and (c.isprintable() or c == "\n"))
    document = (
        f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>{inner}</w:t></w:r><w:r>'
        f'<w:footnoteReference w:id="1"/></w:r></w:p></w:body></w:document>'
    )
    footnotes = (
        f'<w:footnotes xmlns:w="{space}"><w:footnote w:id="1"><w:p><w:r><w:t>{note}</w:t></w:r>'
        f"</w:p></w:footnote></w:footnotes>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("word/document.xml", writable(document))
        file.writestr("word/footnotes.xml", writable(footnotes))
    body = bytearray(buffer.getvalue())
    if at:
        body[at * len(body) // 61] = value
    _article("a.docx", bytes(body))


@given(texts())
def yaml(text: str) -> None:
    """A sources.yaml is read, or refused with a reason."""
    path = _written("sources.yaml", writable(text))
    with suppress(SourcesError):
        assert all(entry.source.in_yaml for entry in sources.load(path))


@given(texts(8), texts(8), texts(4))
def yaml_entry(url: str, title: str, accessed: str) -> None:
    """An entry of any words is read, or refused with a reason."""
    import json

    entry = {"note": "1", "url": url, "title": title, "accessed": accessed}
    text = json.dumps({"sources": [entry]}, ensure_ascii=True)
    with suppress(SourcesError):
        sources.load(_written("sources.yaml", text.encode()))


def _extracted(body: bytes, media_type: str, charset: str | None) -> Extraction | None:
    snapshot = Snapshot(
        SourceId("a"), "", "", media_type, body, datetime.now(UTC), "file", charset=charset
    )
    with suppress(ExtractError):
        return extract(snapshot)
    return None


@given(
    bodies(),
    st.sampled_from(("text/html", "application/xhtml+xml", "text/plain", "text/markdown", "")),
    st.sampled_from((None, "utf-8", "windows-1256", "utf-16", "unicode_escape", "x")),
)
def extraction(body: bytes, media_type: str, charset: str | None) -> None:
    """A page is read, or refused; its main text lies in its text; its date can have been."""
    found = _extracted(body, media_type, charset)
    if found is None:
        return
    for span in found.main:
        assert 0 <= span.start <= span.end <= len(found.text)
    assert found.published is None or date(1900, 1, 1) <= found.published
    assert "\x00" not in found.text


@given(texts(20), st.none() | st.dates(date(1800, 1, 1), date(2200, 1, 1)))
def dates(text: str, near: date | None) -> None:
    """Dates are found where they stand, and are days of the calendar."""
    read_date(text)
    for mention in find_dates(text, near=near):
        assert mention.first <= mention.last
        assert 0 <= mention.span.start < mention.span.end <= len(text)


@given(texts(12), texts(30), st.integers(0, 200), st.integers(0, 200))
def quotations(quote: str, page: str, start: int, length: int) -> None:
    """A quotation is found or not; what is found lies in the page."""
    for words in (quote, page[start : start + length]):
        found = find_quotation(words, page)
        if found is not None:
            span = found.span
            assert 0 <= span.start <= span.end <= len(page)


HOSTS = st.one_of(
    st.ip_addresses().map(lambda ip: f"[{ip}]" if ip.version == 6 else str(ip)),
    st.integers(0, 2**33).map(str),
    st.integers(0, 2**33).map(hex),
    st.from_regex(r"\A(0x)?[0-9a-f]{1,4}(\.(0x?)?[0-9a-f]{1,4}){0,4}\.?\Z"),
    texts(2),
)


@given(HOSTS, st.sampled_from(("http", "https", "HTTP", "ftp")), texts(2))
def addresses(host: str, scheme: str, path: str) -> None:
    """What the policy lets through is a name, or a number of the public internet."""
    with suppress(FetchError):
        found = Policy().check(f"{scheme}://{host}/{path}")
        assert found.ip is None or kind(found.ip) is None
        assert found.origin.isascii()


@given(st.binary(max_size=600), st.sampled_from(("", "gzip", "deflate", "br", "gzip, gzip")))
def packed(body: bytes, encoding: str) -> None:
    """A packed body is unpacked within its cap, or refused."""
    import gzip

    for each in (body, gzip.compress(body), gzip.compress(body)[: len(body)]):
        with suppress(FetchError):
            assert len(unpack([each[:100], each[100:]], encoding, 400)) <= 400


@given(texts(10))
def shown(text: str) -> None:
    """What is shown drives no terminal, and what is linked is of the web."""
    from tests import hostile

    assert not hostile.terminal_faults(visible(text))
    assert "\n" not in one_line(text)
    link = web_address(text)
    assert link is None or link.lower().startswith(("http://", "https://"))


PROPERTIES = (
    notes, markdown, html_article, docx, yaml, yaml_entry, extraction, dates, quotations,
    addresses, packed, shown,
)  # fmt: skip
