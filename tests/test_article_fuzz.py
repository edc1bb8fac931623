"""Whatever a file holds, it is read or refused, and what is read hangs together."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify.article import read
from verify.errors import ArticleError

if TYPE_CHECKING:
    from verify.model import Article

PIECES = st.sampled_from(
    [
        *("[1]", "[۲]", "[^a]", "[^a]: ", "[1] ", "\n", "\n\n", "¹", "^[", "]", "[", "(", ")"),
        *("“", "”", "«", "»", '"', "'", "’", ". ", "؟ ", "! ", ", ", " ", "\u200c", "`", "*"),
        *("A word", "باران", "U.S.", "3.5", "ve", "می", ":", "https://x.example/a_(b)", "http://"),
        *(
            "<p>",
            "</p>",
            "<sup>",
            "</sup>",
            '<a href="#n1">',
            '<li id="n1">',
            "</a>",
            "<ol>",
            "<br>",
        ),
        *(
            "<!--",
            "-->",
            "<script>",
            "&amp;",
            "&#0;",
            "\0",
            "---\n",
            "# ",
            "> ",
            "1. ",
            "    ",
            "|",
        ),
        *(
            "Date of Accession: 28.10.2022",
            "accessed ",
            "\r\n",
            "\t",
            "\u2028",
            "\ud7ff",
            "\U0001f600",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))
SETTINGS = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def check(article: Article) -> None:
    size = len(article.text)
    spans = [q.span for q in article.quotations]
    for citation in article.citations:
        spans += [citation.marker, citation.span]
        assert citation.span.start <= citation.marker.start
        assert citation.marker.end <= citation.span.end
        assert citation.label
    for reference in article.references:
        spans += [reference.span, *reference.markers]
        if reference.title_repaired:
            assert reference.title_repaired.changes
    assert all(0 <= s.start <= s.end <= size for s in spans)
    offsets = [a.offset for a in article.anchors]
    assert offsets == sorted(offsets)
    places = [article.position(s.start) for s in spans]
    assert all(p.line >= 1 and p.column >= 1 for p in places)


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@SETTINGS
@given(text=TEXTS)
def test_any_text_is_read_or_refused(suffix: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            article = read(path)
        except ArticleError:
            return
    check(article)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(a.line <= lines for a in article.anchors)


@pytest.mark.parametrize("suffix", [".txt", ".html", ".docx"])
@SETTINGS
@given(body=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(suffix: str, body: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(body)
        try:
            check(read(path))
        except ArticleError:
            return


@SETTINGS
@given(text=TEXTS)
def test_in_plain_text_positions_never_go_back(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            article = read(path)
        except ArticleError:
            return
    places = [article.position(offset) for offset in range(len(article.text))]
    order = [(p.line, p.column) for p in places]
    assert order == sorted(order)
    assert len(set(order)) == len(order)
