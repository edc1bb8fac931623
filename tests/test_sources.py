"""sources.yaml: found, validated with line numbers, and joined with the article's notes."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from verify import sources
from verify.errors import SourcesError
from verify.model import Anchor, Article, Citation, Claim, Reference, Span

ROOT = Path(__file__).resolve().parent.parent


def write(folder: Path, text: str) -> Path:
    path = folder / "sources.yaml"
    path.write_text(text, "utf-8")
    return path


def article(path: Path, *notes: Reference, cited: tuple[str, ...] = ()) -> Article:
    citations = tuple(Citation(c, Span(0, 1), Span(0, 1), Claim("x")) for c in cited)
    return Article(path, "x", (Anchor(0, 1, 1),), notes, citations)


def note(label: str, **fields: Any) -> Reference:
    return Reference(label, "raw", Span(0, 1), **fields)


def test_the_nearest_file_above_the_article_is_taken(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    write(tmp_path, "sources: []")
    near = write(tmp_path / "a", "sources: []")

    found = sources.find(below / "article.md")

    assert found is not None
    assert found.resolve() == near.resolve()


@pytest.mark.parametrize("name", ['"\\0"', "loop"])
def test_an_article_that_is_no_path_is_named_with_its_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    path = write(tmp_path, f"sources:\n  - note: 1\n    article: {name}\n")

    if name == "loop" and sys.version_info >= (3, 13):
        assert len(sources.load(path)) == 1  # it is for an article that is not there
        return
    with pytest.raises(SourcesError, match=r"sources\.yaml:3: .* is not the path of an article"):
        sources.load(path)


def test_an_entry_overrides_its_note_and_the_note_fills_the_rest(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "sources:\n"
        "  - note: 1\n"
        "    url: https://a.example/1\n"
        "    file: pages/1.html\n"
        "    accessed: ۶ آبان ۱۴۰۱\n",
    )
    mine = article(
        tmp_path / "x.md",
        note("1", title="A title", urls=("https://old.example",), accessed=date(2020, 1, 1)),
    )

    (source,) = sources.join(mine, sources.load(path)).values()

    assert source.labels == ("1",)
    assert source.urls == ("https://a.example/1",)
    assert source.title == "A title"
    assert source.accessed == date(2022, 10, 28)
    assert source.position.line == 2
    assert [f.resolve() for f in source.files] == [(tmp_path / "pages/1.html").resolve()]


def test_an_entry_binds_by_note_by_id_and_by_address(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "sources:\n"
        "  - {note: [1, 2], url: 'https://a.example/1'}\n"
        "  - {id: bank, url: 'https://a.example/2'}\n"
        "  - {id: other, url: 'https://a.example/3', title: By address}\n"
        "  - {id: idle, url: 'https://a.example/4'}\n",
    )
    mine = article(
        tmp_path / "x.md",
        note("1"), note("2"), note("bank"), note("4", urls=("https://a.example/3",)),
    )  # fmt: skip

    joined = sources.join(mine, sources.load(path))

    assert {s.id: s.labels for s in joined.values()} == {
        "note-1": ("1", "2"),
        "bank": ("bank",),
        "other": ("4",),
        "idle": (),
    }


def test_an_entry_for_another_article_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, "sources:\n  - {note: 1, article: y.md, url: 'https://a.example'}\n")

    joined = sources.join(article(tmp_path / "x.md", note("1")), sources.load(path))

    assert [s.urls for s in joined.values()] == [()]


def test_a_marker_without_a_note_still_has_a_source(tmp_path: Path) -> None:
    joined = sources.join(article(tmp_path / "x.md", cited=("9",)), [])

    assert sources.by_label(joined)["9"].urls == ()


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("sources:\n  - note: 1\n    acessed: x\n", ":3: 'acessed' is not a field", "'accessed'"),
        ("sources:\n  - note: 1\n    zzz: x\n", ":3: 'zzz' is not a field", "the fields are"),
        ("sources:\n  - url: ftp://x\n", ":2: 'url' cannot be 'ftp://x'", "address"),
        ("sources:\n  - url: []\n", ":2: 'url' cannot be []", "address"),
        ("sources: 3\n", ":1: 'sources' cannot be '3'", "entry"),
        ("source:\n", ":1: 'source' is not a field", "'sources'"),
        ("{}", "no 'sources'", "begin with"),
        ("- a", ":1:", "docs/sources.md"),
        ("version: 2\nsources: []", ":1: 'version' cannot be '2'", "version"),
        ("sources:\n  - sha256: abc\n", ":2: 'sha256' cannot be 'abc'", "SHA-256"),
        ("sources:\n  - language: Persian\n", ":2: 'language' cannot be 'Persian'", "BCP 47"),
        ("sources:\n  - accessed: soon\n", ":2: 'soon' is not a date", "2022-10-28"),
        ("sources:\n  - {id: a, id: b}\n", ":2: 'id' stands twice", "keep one"),
        ("a: &x 1\nsources: *x\n", ":2: *x is an alias", "no anchors"),
        ("sources: [\n", ":2:", "quote text"),
        ("sources: a: b\n", ":1:", "quote text"),
        ("[" * 60, ":1: it nests too deep", "docs/sources.md"),
        ("sources: !!python/object:os.system []", "", ""),
        ("\0", "cannot read", "UTF-8"),
    ],
)
def test_a_wrong_file_is_named_with_its_line_and_a_next_step(
    text: str, message: str, hint: str, tmp_path: Path
) -> None:
    path = write(tmp_path, text)
    if "!!python" in text:
        assert sources.load(path) == []  # a tag is only a name: nothing is ever built from it
        return

    with pytest.raises(SourcesError) as caught:
        sources.load(path)

    assert message in str(caught.value)
    assert hint in (caught.value.hint or "")


def test_several_faults_are_all_told(tmp_path: Path) -> None:
    path = write(tmp_path, "sources:\n  - noot: 1\n  - ulr: x\n")

    with pytest.raises(SourcesError, match=r":2: 'noot'(.|\n)*:3: 'ulr'"):
        sources.load(path)


def test_a_file_that_is_not_there_or_not_utf8_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match="no such file"):
        sources.load(tmp_path / "none.yaml")
    (tmp_path / "sources.yaml").write_bytes(b"sources:\n  - title: \xe3\xf6\n")
    with pytest.raises(SourcesError, match=r":2: it is not UTF-8"):
        sources.load(tmp_path / "sources.yaml")


def test_an_empty_file_has_no_entries(tmp_path: Path) -> None:
    assert sources.load(write(tmp_path, "")) == []
    assert sources.load(write(tmp_path, "sources:\n")) == []


def test_five_thousand_entries_are_no_burden(tmp_path: Path) -> None:
    rows = "".join(f"  - {{note: {n}, url: 'https://a.example/{n}'}}\n" for n in range(5000))

    assert len(sources.load(write(tmp_path, "sources:\n" + rows))) == 5000


def test_the_schema_is_one_and_takes_what_we_take() -> None:
    Draft202012Validator.check_schema(sources.schema())
    data = yaml.safe_load((ROOT / "sources.yaml").read_text("utf-8"))
    plain = json.loads(json.dumps(data, default=str))

    assert list(Draft202012Validator(sources.schema()).iter_errors(plain)) == []
    assert sources.load(ROOT / "sources.yaml")
