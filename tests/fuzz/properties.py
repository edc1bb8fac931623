"""What must hold of any input at all: each property is one function of hypothesis."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.texts import bodies, texts, writable
from verify import bundle, replays, sources
from verify.article import read as read_article
from verify.commands import bundle as command
from verify.errors import (
    ArticleError,
    ExtractError,
    FetchError,
    InputError,
    SourcesError,
    StoreError,
)
from verify.extract import extract
from verify.fetch import address, robots
from verify.fetch.answer import LONGEST_WAIT, retry_after
from verify.fetch.body import unpack
from verify.fetch.guard import Policy, kind
from verify.fetch.journal import Journal
from verify.fetch.store import Store
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
    entry = {"note": "1", "url": url, "title": title, "accessed": accessed}
    text = json.dumps({"sources": [entry]}, ensure_ascii=True)
    with suppress(SourcesError):
        sources.load(_written("sources.yaml", text.encode()))


FIELDS = sorted(sources.schema()["$defs"]["entry"]["properties"])


@st.composite
def anything(draw: Any, longest: int) -> Any:
    """Give what JSON can hold."""
    words = texts(longest)
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | words
    return draw(
        st.one_of(
            leaves,
            st.lists(leaves, max_size=3),
            st.dictionaries(words, leaves, max_size=3),
            st.lists(st.dictionaries(words, leaves, max_size=2), max_size=2),
        )
    )


@given(st.dictionaries(st.sampled_from(FIELDS), anything(3), max_size=6))
def yaml_fields(entry: dict[str, Any]) -> None:
    """An entry with anything in any of its fields is read, or refused with a line."""
    text = json.dumps({"sources": [{"note": "1"} | entry]}, ensure_ascii=True)
    with suppress(SourcesError):
        for each in sources.load(_written("sources.yaml", text.encode())):
            assert each.source.id  # an entry that names no note is bound by its address


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


BASE = "https://a.example/b/c?d"

ROBOTS = st.lists(
    st.builds(
        lambda key, value: f"{key}{value}\n",
        st.sampled_from(
            ("User-agent: ", "Disallow: ", "Allow: ", "Crawl-delay: ", "Sitemap: ", "")
        ),
        st.sampled_from(("*", "verify-sources", "/", "/b", "//[", "²", "1e999", "%zz", "-1"))
        | texts(2)
        | st.integers().map(str),
    ),
    max_size=12,
).map("".join)


@given(ROBOTS.map(writable) | bodies(), texts(2))
def robots_files(body: bytes, path: str) -> None:
    """A robots.txt lets a page be read or bars it, and asks for a pause that can be kept."""
    rules = robots.parse(body)
    assert 0 <= rules.delay <= LONGEST_WAIT
    with suppress(FetchError):
        # No reader of ours hands on half of a surrogate pair.
        rules.check(f"https://a.example/{path.encode('utf-8', 'replace').decode()}")


DAYS = st.datetimes().map(lambda moment: f"{moment:%a, %d %b %Y %H:%M:%S} GMT")


@given(texts(3) | DAYS | st.integers().map(str) | st.floats().map(str))
def retries(value: str) -> None:
    """A Retry-After asks for a wait that can be kept, or for none that we understand."""
    wait = retry_after({"Retry-After": value})
    assert wait is None or 0 <= wait <= LONGEST_WAIT


@given(texts(3), HOSTS, st.sampled_from(("", "//", "https://", "/", "http:", "?", "\\\\")))
def redirects(path: str, host: str, before: str) -> None:
    """A Location leads to an address that the policy takes, or is refused in our own words."""
    with suppress(FetchError):
        found = Policy().check(address.join(BASE, f"{before}{host}/{path}"))
        assert found.origin.isascii()


COPIES = st.builds(
    lambda stamp, flags, rest: f"https://web.archive.org/web/{stamp}{flags}/{rest}",
    st.sampled_from(("20220101000000", "2022", "*", "0", "99999999999999")) | texts(1),
    st.sampled_from(("", "id_", "if_", "*")),
    st.sampled_from(("https://a.example/b", "a.example", "")) | texts(2),
)


@given(COPIES | texts(4))
def copies(found: str) -> None:
    """The address of a copy names a page, and any other address stays as it is."""
    assert replays.is_copy(found) or replays.original(found) == found
    assert replays.original(found) in found


ROW = {
    "url": BASE, "time": "2026-01-01T00:00:00Z", "status": "200", "mime": "text/html",
    "digest": f"sha-256:{'0' * 64}", "filename": "a.warc.gz", "offset": "0", "length": "1",
    "via": "live", "revisit": False,
}  # fmt: skip

ROWS = st.dictionaries(st.sampled_from(sorted(ROW)), anything(2) | COPIES, max_size=2)


@given(st.lists(ROWS.map(lambda changed: ROW | changed), max_size=3))
def stored(rows: list[dict[str, Any]]) -> None:
    """A store's index is read, or refused with the line and what to do about it."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        lines = "".join(f"example,a)/ 20220101000000 {json.dumps(row)}\n" for row in rows)
        (Path(folder) / "index.cdxj").write_text(lines)
        with suppress(StoreError):
            Store(Path(folder)).all()


OUTCOME: dict[str, Any] = {
    "fetcher": "live", "source": "a", "address": BASE, "final_address": BASE, "via": "live",
    "media_type": "text/html", "retrieved": "2026-01-01T00:00:00+00:00", "charset": None,
    "status": 200, "redirects": [], "captured": None, "sha256": "0" * 64,
}  # fmt: skip
FAILED = {"failure": "timeout", "reason": "no answer", "hint": None, "days": 1}


@given(
    st.lists(
        st.builds(
            lambda failed, changed: OUTCOME | (FAILED if failed else {}) | changed,
            st.booleans(),
            st.dictionaries(st.sampled_from([*OUTCOME, *FAILED]), anything(2), max_size=2),
        )
        | anything(2),
        max_size=3,
    )
    | anything(2)
)
def journals(wires: Any) -> None:
    """The records of a bundle's run are taken in, or refused in our own words."""
    with suppress(InputError):
        Journal().fill(json.loads(json.dumps(wires)))


RUN: dict[str, Any] = {
    "version": "1", "created": "2026-01-01T00:00:00+00:00", "settings": {}, "tools": {},
    "articles": [{"path": "a.md", "sources": None}], "told": [], "judged": None,
}  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(RUN)), anything(3), max_size=3))
def runs(changed: dict[str, Any]) -> None:
    """What a bundle says of its run is taken, or refused in our own words."""
    run = json.loads(json.dumps(RUN | changed))
    path = Path("a.wacz")
    held = bundle.Bundle(run, "", {"a.md": path}, Journal())
    with suppress(InputError):
        bundle.moment(run)
        command._judging(path, run)
        command._articles(path, held)
        assert all(isinstance(line, str) for line in command._told(run))
        command._judged(run)


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
    addresses, packed, shown, yaml_fields, robots_files, retries, redirects, copies, stored,
    journals, runs,
)  # fmt: skip
