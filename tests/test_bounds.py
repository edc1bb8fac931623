"""What a hostile file may cost: sizes, depths, counts and paths are bounded, and said."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import server as web
from verify import sources
from verify.article import read as read_article
from verify.errors import (
    ArticleError,
    ExtractError,
    FetchError,
    ModelError,
    SettingsError,
    SourcesError,
)
from verify.extract import extract
from verify.fetch.body import unpack
from verify.fetch.local import FileFetcher
from verify.markup import MOST_ATTRIBUTES, is_crowded
from verify.model import Failure, Position, Snapshot, Source, SourceId
from verify.settings import load as load_settings
from verify.translate import install

if TYPE_CHECKING:
    from collections.abc import Callable


# --- packed bodies ----------------------------------------------------------------------

CAP = 100_000


def _bomb(window: int, *, times: int = 1) -> bytes:
    body = bytes(30_000_000)
    for _ in range(times):
        packer = zlib.compressobj(9, zlib.DEFLATED, window)
        body = packer.compress(body) + packer.flush()
    return body


@pytest.mark.parametrize(
    ("encoding", "body", "failure"),
    [
        ("gzip", _bomb(31), Failure.TOO_LARGE),
        ("x-gzip", _bomb(31), Failure.TOO_LARGE),
        ("deflate", _bomb(15), Failure.TOO_LARGE),
        ("deflate", _bomb(-15), Failure.TOO_LARGE),
        ("", bytes(CAP + 1), Failure.TOO_LARGE),
        ("gzip, gzip", _bomb(31, times=2), Failure.SERVER_ERROR),
        ("gzip, deflate", _bomb(31), Failure.SERVER_ERROR),
        ("br", b"\x0b", Failure.SERVER_ERROR),
        ("zstd", b"\x28\xb5\x2f\xfd", Failure.SERVER_ERROR),
        ("gzip", gzip.compress(web.UTF8)[:-9], Failure.UNREACHABLE),
    ],
)
def test_a_packed_body_never_unpacks_beyond_the_cap(
    encoding: str, body: bytes, failure: Failure
) -> None:
    chunks = [body[i : i + 16_384] for i in range(0, len(body), 16_384)]
    with pytest.raises(FetchError) as caught:
        unpack(chunks, encoding, CAP)
    assert caught.value.failure is failure


# --- pages ------------------------------------------------------------------------------


def _page(body: bytes) -> Snapshot:
    from datetime import UTC, datetime

    return Snapshot(SourceId("a"), "", "", "text/html", body, datetime.now(UTC), "file")


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("tags", b"<p>x" * 250_000, "tags"),
        ("characters", b"word " * 2_100_000, "characters"),
        ("depth", b"<div>" * 10_000 + b"word", "too deeply"),
        ("attributes", b"<p " + b"".join(b"a%d " % n for n in range(90_000)) + b">word", "attrib"),
        ("attributes in quotes", b"<p " + b"a='>' " * 90_000 + b">word", "attributes"),
        ("attributes after a comment", b"<!--><p " + b"a=b " * 9_000 + b">word", "attributes"),
    ],
)
def test_a_page_beyond_the_bounds_is_refused_at_once(name: str, body: bytes, words: str) -> None:
    began = time.thread_time()
    with pytest.raises(ExtractError, match=words) as caught:
        extract(_page(body))
    assert caught.value.failure is Failure.TOO_LARGE, name
    assert time.thread_time() - began < 5


@pytest.mark.parametrize(
    "page",
    [
        "<p " + "a=b " * (MOST_ATTRIBUTES - 1) + ">word",
        "<script>" + "i<n; " * 9_000 + "</script>",
        "<!-- <p " + "a " * 9_000 + "> -->",
        "<title><p " + "a " * 9_000 + "</title>",
        "<p title='" + "word " * 9_000 + "'>",
        "a < b " * 9_000,
    ],
)
def test_what_only_looks_like_many_attributes_is_let_be(page: str) -> None:
    assert not is_crowded(page)


@pytest.mark.parametrize(
    "unit", ["<a", "<a ", "<a b='", "<a b=\"<a b='", "<!--", "<script>", "<title></", "= ", "/>"]
)
def test_looking_for_attributes_takes_linear_time(unit: str) -> None:
    began = time.thread_time()
    is_crowded("<a " + unit * (3_000_000 // len(unit)))
    assert time.thread_time() - began < 3


@pytest.mark.parametrize(
    "entity",
    [
        '<!ENTITY b SYSTEM "file:///etc/hostname">',
        '<!ENTITY b SYSTEM "http://169.254.169.254/">',
        '<!ENTITY a "word"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
    ],
)
def test_no_entity_of_a_page_is_resolved(entity: str) -> None:
    page = f"<!DOCTYPE html [{entity}]><html><body><p>before &b; after</p></body></html>"
    text = extract(_page(page.encode())).text
    assert "before" in text
    assert "wordword" not in text
    assert len(text) < 500


# --- zips -------------------------------------------------------------------------------

CONTENT = '<?xml version="1.0"?>{}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>'
BILLION = (
    '<!DOCTYPE d [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    + "".join(
        f'<!ENTITY {chr(n + 1)} "{f"&{chr(n)};" * 10}">' for n in range(ord("b"), ord("b") + 9)
    )
    + "]>"
)


def _zip(*members: tuple[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(name, data)
    return buffer.getvalue()


def _twice() -> bytes:
    """Return a zip in which one program reads the one text and another the other."""
    first = ("word/document.xml", CONTENT.format("", "one"))
    other = ("word/documenT.xml", CONTENT.format("", "two"))
    return _zip(first, other).replace(b"documenT", b"document")


def _link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def _lying() -> bytes:
    """Return a zip whose directory says that its member unpacks to ten bytes."""
    body = _zip(("word/document.xml", CONTENT.format("", "word " * 50_000)))
    size = len(CONTENT.format("", "word " * 50_000)).to_bytes(4, "little")
    assert body.count(size) >= 1
    return body.replace(size, (10).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("no zip", b"PK\x03\x04 nothing"),
        ("empty", _zip()),
        ("bomb", _zip(("word/document.xml", CONTENT.format("", " " * 300_000_000)))),
        ("lying", _lying()),
        ("billion laughs", _zip(("word/document.xml", CONTENT.format(BILLION, "&k;")))),
        ("nested", _zip(("word/document.xml", "<a>" * 100_000))),
        ("members", _zip(*((f"word/{n}", b"") for n in range(10_001)))),
        ("two of one name", _twice()),
        ("link", _zip((_link("word/document.xml"), "/etc/passwd"))),
        ("truncated", _zip(("word/document.xml", CONTENT.format("", "word")))[:-30]),
    ],
)
def test_a_hostile_docx_is_refused_with_a_reason(name: str, body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(body)
    began = time.thread_time()
    with pytest.raises(ArticleError) as caught:
        read_article(path)
    assert caught.value.hint, name
    assert time.thread_time() - began < 5


def test_a_docx_s_entities_lead_to_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret word")
    entity = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    path = tmp_path / "a.docx"
    path.write_bytes(_zip(("word/document.xml", CONTENT.format(entity, "before &x; after"))))
    try:
        text = read_article(path).text
    except ArticleError as error:
        text = str(error)
    assert "secret word" not in text


@pytest.mark.parametrize("member", ["../outside", "/outside", "fa_en/../../outside", "..\\outside"])
def test_a_package_s_members_stay_in_its_folder(member: str, tmp_path: Path) -> None:
    package = tmp_path / "translate-fa_en-1_0.argosmodel"
    package.write_bytes(_zip(("fa_en/metadata.json", "{}"), (member, "word")))
    folder = tmp_path / "deep" / "packages"
    folder.mkdir(parents=True)
    with pytest.raises(ModelError):
        install(str(package), folder=folder)
    assert not list(tmp_path.rglob("outside"))
    assert not list(folder.iterdir())


def test_a_package_s_links_are_refused(tmp_path: Path) -> None:
    package = tmp_path / "translate-fa_en-1_0.argosmodel"
    package.write_bytes(_zip(("fa_en/metadata.json", "{}"), (_link("fa_en/model"), "/etc")))
    folder = tmp_path / "packages"
    folder.mkdir()
    with pytest.raises(ModelError):
        install(str(package), folder=folder)
    assert not list(folder.iterdir())


# --- sources.yaml -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &a [1]\nb: *a\n", "alias"),
        ("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "alias"),
        ("sources: &s\n  - *s\n", "alias"),
        ("sources: " + "[" * 500, "nests too deep"),
        ("sources: " + "{a: " * 500, "nests too deep"),
        ("sources:\n" + "- a\n" * 600_000, "keys and values"),
        ("sources: !!python/object/apply:os.system [echo word]\n", "sources"),
        ("sources:\n  - !!python/name:os.system {}\n    url: a\n", ""),
        ("<<: {sources: []}\n", "<<"),
        ("? {a: b}\n: c\n", ""),
        ("sources:\n  - {url: '" + "a" * 300_000 + "'}\n", ""),
        ("--- a\n--- b\n", ""),
        ("%TAG ! tag:x,2000:\n--- !a b\n", ""),
        ("sources: \x00", ""),
    ],
)
def test_a_hostile_sources_yaml_is_refused_with_its_line(
    text: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(text)
    began = time.thread_time()
    with pytest.raises(SourcesError) as caught:
        sources.load(path)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 3_000
    assert time.thread_time() - began < 10


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with a sources.yaml, and a secret beside it."""
    (tmp_path / "secret.txt").write_text("a secret word")
    folder = tmp_path / "project"
    (folder / "pages").mkdir(parents=True)
    (folder / "pages" / "inside.txt").write_text("a public word")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "pages" / "back.txt").symlink_to("inside.txt")
    (folder / "way").symlink_to(tmp_path)
    return folder


def _source(folder: Path) -> Source:
    return Source(SourceId("a"), ("1",), folder / "sources.yaml", Position(1, 1), in_yaml=True)


OUTSIDE: dict[str, Callable[[Path], str]] = {
    "above": lambda f: str(f / ".." / "secret.txt"),
    "absolute": lambda f: str(f.parent / "secret.txt"),
    "through a folder": lambda f: str(f / "pages" / ".." / ".." / "secret.txt"),
    "a link": lambda f: str(f / "link.txt"),
    "a linked folder": lambda f: str(f / "way" / "secret.txt"),
    "the system": lambda _: "/etc/hostname",
    "this process": lambda _: "/proc/self/environ",
    "a neighbour with a like name": lambda f: str(f) + "-other",
}


@pytest.mark.parametrize("way", OUTSIDE)
def test_a_path_of_sources_yaml_stays_in_its_folder(way: str, project: Path) -> None:
    (project.parent / "project-other").write_text("a secret word")
    with pytest.raises(FetchError) as caught:
        FileFetcher().fetch(_source(project), OUTSIDE[way](project))
    assert caught.value.failure in {Failure.REFUSED, Failure.MISSING_FILE}
    assert str(caught.value).startswith(("outside the folder", "no such file"))


def test_a_path_inside_is_read_also_through_a_link(project: Path) -> None:
    for name in ("pages/inside.txt", "pages/back.txt", "pages/../pages/inside.txt"):
        assert FileFetcher().fetch(_source(project), str(project / name)).body == b"a public word"


def test_a_person_may_allow_paths_outside(project: Path) -> None:
    fetcher = FileFetcher(allow_outside=True)
    assert fetcher.fetch(_source(project), str(project / "link.txt")).body == b"a secret word"


def test_a_relative_path_is_looked_at_from_where_the_run_began(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    path = Path("project") / "pages" / "inside.txt"
    assert FileFetcher().fetch(_source(project), str(path)).body == b"a public word"
    with pytest.raises(FetchError):
        FileFetcher().fetch(_source(project), "secret.txt")


# --- settings ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ['allow-private = ["10.0.0.1"]', "allow-outside = true", "allow_outside = true"]
)
def test_a_file_that_comes_with_an_article_opens_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "verify.toml").write_text(text)
    with pytest.raises(SettingsError, match="cannot be set in a file"):
        load_settings({}, {}, tmp_path)


def test_hosts_are_allowed_by_flag_and_by_variable(tmp_path: Path) -> None:
    flags = {"allow_private": ["10.0.0.0/8", "wiki.example"]}
    assert load_settings(flags, {}, tmp_path).allow_private == ("10.0.0.0/8", "wiki.example")
    variable = {"VERIFY_ALLOW_PRIVATE": "127.0.0.1, localhost"}
    assert load_settings({}, variable, tmp_path).allow_private == ("127.0.0.1", "localhost")


@pytest.mark.parametrize("host", ["http://wiki.example/", "a b", "", "10.0.0.0/99", "wiki:80"])
def test_what_is_no_host_is_a_mistake_that_is_named(host: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="allow-private"):
        load_settings({"allow_private": [host]}, {}, tmp_path)
