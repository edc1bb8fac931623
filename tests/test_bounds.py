"""What a hostile file may cost: sizes, depths, counts and paths are bounded, and said."""

from __future__ import annotations

import gzip
import io
import re
import subprocess
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import server as web
from verify import review, sources
from verify.article import read as read_article
from verify.cli import main
from verify.corpus import members
from verify.errors import (
    ArticleError,
    ExtractError,
    FetchError,
    ModelError,
    ReviewsError,
    SettingsError,
    SourcesError,
)
from verify.extract import extract
from verify.fetch.body import unpack
from verify.fetch.local import FileFetcher
from verify.judge.verdict import Examiner
from verify.markup import MOST_ATTRIBUTES, is_crowded
from verify.model import Failure, Outcome, Position, Snapshot, Source, SourceId
from verify.pipeline import check_text
from verify.settings import load as load_settings
from verify.translate import install

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
        ("gzip, gzip", _bomb(31, times=2), Failure.UNREADABLE),
        ("gzip, deflate", _bomb(31), Failure.UNREADABLE),
        ("br", b"\x0b", Failure.UNREADABLE),
        ("zstd", b"\x28\xb5\x2f\xfd", Failure.UNREADABLE),
        ("gzip", gzip.compress(web.UTF8, mtime=0)[:-9], Failure.UNREADABLE),
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


def test_a_package_s_list_of_members_is_bounded_before_it_is_read(tmp_path: Path) -> None:
    package = tmp_path / "a.argosmodel"
    body = bytearray(_zip(*((f"fa_en/{'n' * 200}{n}", "") for n in range(10_000))))
    package.write_bytes(body)
    tracemalloc.start()
    with pytest.raises(ModelError, match="its list of members is too long") as caught:
        install(str(package), folder=tmp_path / "packages")
    assert caught.value.hint
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


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


def _bounds(schema: Any, at: str = "") -> Iterator[str]:
    """Yield where a schema takes a text or a list of any length."""
    if isinstance(schema, list):
        for item in schema:
            yield from _bounds(item, at)
    if not isinstance(schema, dict):
        return
    kinds = schema.get("type", ())
    # or one class of characters, so many times
    is_counted = re.fullmatch(r"\^\[[^]]+\]\{[0-9,]+\}\$", schema.get("pattern", ""))
    if "string" in kinds and "maxLength" not in schema and not is_counted:
        yield at
    if "array" in kinds and "maxItems" not in schema:
        yield at
    for key, value in schema.items():
        yield from _bounds(value, f"{at}/{key}")


def test_every_field_of_sources_yaml_has_a_bound() -> None:
    assert list(_bounds(sources.schema())) == []


LONG = "word " * 1_000_000


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (f'accessed: "{LONG}"', "sources.yaml:3: 'accessed' is longer than 200 characters"),
        (f'quote: "{LONG}"', "sources.yaml:3: 'quote' is longer than 20000 characters"),
        (f'url: ["http://a.example/{"w" * 9000}"]', "'url' is longer than 8000 characters"),
        (f'ignore: [{{code: a, reason: "{LONG}"}}]', "'reason' is longer than 2000 characters"),
        (f"archive: [{'http://a.example, ' * 101}]", "'archive' has more than 100 items"),
        (
            f"{'w' * 900}: 1",
            "'wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww... is not a field",
        ),
        (f"note: 2\n    note: &{'w' * 900} 3\n    id: *{'w' * 900}", "sources.yaml:5: *wwww"),
        (f"id: 2\n    {'w' * 900}: 1\n    {'w' * 900}: 1", "stands twice in one entry"),
    ],
)
def test_an_entry_beyond_its_bounds_is_named_and_not_repeated(
    entry: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(f"sources:\n  - note: 1\n    {entry}\n", "utf-8")
    began = time.thread_time()
    with pytest.raises(SourcesError) as caught:
        sources.load(path)
    assert words in str(caught.value)
    assert caught.value.hint
    assert len(str(caught.value)) < 300 + len(str(path))
    assert time.thread_time() - began < 5


def test_entries_beyond_their_number_are_not_looked_at_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("sources:\n" + "- note: x\n" * 20_000, "utf-8")
    with pytest.raises(SourcesError, match="'sources' has more than 5000 items"):
        sources.load(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[^1] A dam.\n\n[^1]: " + "salt " * 11_000, r"note \[1\] is longer than 50000 characters"),
        ("A dam.[^1] " * 10_001 + "\n\n[^1]: Salt.", "10001 citations, more than 10000"),
        (
            "\n".join(f"[{n}](https://a.example/{n})\n" for n in range(10_001)),
            "10001 notes and links, more than 10000",
        ),
    ],
    ids=["a long note", "many citations", "many links"],
)
def test_an_article_that_no_person_wrote_is_refused(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "article.md"
    path.write_text(text, "utf-8")
    with pytest.raises(ArticleError, match=words) as caught:
        read_article(path)
    assert caught.value.hint


def test_a_quotation_of_any_length_holds_no_run_up() -> None:
    page = "The river was measured in spring, and the water stood two metres high. " * 300
    words = "The river was measured in autumn and the water stood three metres high. " * 30_000
    began = time.thread_time()
    verdict = check_text(Examiner(), words, page, quote=words)
    assert verdict.outcome is Outcome.UNCHECKED
    assert verdict.reasons == ("the quotation is longer than 20000 characters; quote less",)
    assert time.thread_time() - began < 5


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


@pytest.mark.parametrize(
    "name", [".git/config", ".env", "pages/.hidden/page.txt", "pages/innocent.txt"]
)
def test_nothing_hidden_is_a_source(name: str, project: Path) -> None:
    for hidden in (".git/config", ".env", "pages/.hidden/page.txt"):
        (project / hidden).parent.mkdir(exist_ok=True)
        (project / hidden).write_text("token = a secret word")
    (project / "pages" / "innocent.txt").symlink_to("../.git/config")

    with pytest.raises(FetchError, match="hidden") as caught:
        FileFetcher().fetch(_source(project), str(project / name))

    assert caught.value.failure is Failure.REFUSED
    assert "--allow-outside" in str(caught.value.hint)
    allowed = FileFetcher(allow_outside=True).fetch(_source(project), str(project / name))
    assert allowed.body == b"token = a secret word"


def test_a_project_in_a_hidden_folder_has_its_sources(tmp_path: Path) -> None:
    page = tmp_path / ".drafts" / "page.txt"
    page.parent.mkdir()
    page.write_text("a public word")
    assert FileFetcher().fetch(_source(page.parent), str(page)).body == b"a public word"


# --- links in a folder of articles --------------------------------------------------------

NETRC = "machine api.example.com login reader password opensesame\n"
NOTED = "A bridge was opened.[^1]\n\n[^1]: “Bridge”, https://post.example.org/{name}\n"


@pytest.fixture
def linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with an article, and with a home beside it that has secrets."""
    home, folder = tmp_path / "home", tmp_path / "site" / "articles"
    for made in (home, folder, tmp_path / "site" / "shared"):
        made.mkdir(parents=True)
    (home / ".netrc").write_text(NETRC)
    (home / "diary.md").write_text(NOTED.format(name="opensesame"))
    (folder / "a.md").write_text(NOTED.format(name="a"))
    monkeypatch.chdir(tmp_path / "site")
    return folder


@pytest.mark.parametrize("asked", ["articles", "articles/*.md", "./**/*.md"])
def test_a_link_that_leads_away_is_an_article_only_where_it_is_named(
    asked: str, linked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (linked / "b.md").symlink_to("../../home/diary.md")

    main(["lint", asked, "--format", "json"])
    told = capsys.readouterr().out
    assert "post.example.org/a" in told
    assert "cannot read articles/b.md: it is a link" in told
    assert "opensesame" not in told

    main(["lint", "articles/b.md", "--format", "json"])
    assert "opensesame" in capsys.readouterr().out


def test_a_link_inside_of_the_project_is_followed(linked: Path) -> None:
    shared = Path("shared") / "b.md"
    shared.write_text(NOTED.format(name="shared"))
    (linked / "b.md").symlink_to("../shared/b.md")
    (linked / "c.md").symlink_to("../.git/c.md")

    assert [m.leads_away for m in members(["articles"])] == [False, True]
    subprocess.run(["git", "init", "--quiet"], check=True)
    (Path(".git") / "c.md").write_text("token")
    assert [m.leads_away for m in members(["articles"])] == [False, False, True]


def test_a_sources_yaml_that_leads_away_is_not_read_unless_it_is_named(
    linked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (linked / "sources.yaml").symlink_to("../../home/.netrc")

    assert main(["lint", "articles/a.md"]) == 2
    told = capsys.readouterr().err
    assert "it is a link out of the project" in told
    assert "--sources" in told
    assert main(["lint", "articles"]) == 2, "also where it only tells what is no article"

    assert main(["lint", "articles/a.md", "--sources", "articles/sources.yaml"]) == 2
    told += capsys.readouterr().err
    assert "it is no list of sources" in told
    assert "opensesame" not in told
    assert "login" not in told


def test_a_reviews_yaml_that_leads_away_is_not_read(linked: Path) -> None:
    (linked / "reviews.yaml").symlink_to("../../home/.netrc")

    with pytest.raises(ReviewsError, match="it is a link"):
        review.load(linked / "reviews.yaml")


@pytest.mark.parametrize(
    "text",
    ["{long}: 1", "sources:\n  - {long}: 1", "sources:\n  - accessed: {long}",
     "sources:\n  - note: [{long}: 1]", "- {long}", "a: *{long}", "{long}: 1\n{long}: 2",
     'sources:\n  - article: "\\0{long}"'],
)  # fmt: skip
def test_an_error_shows_little_of_what_is_no_sources_yaml(text: str, tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(text.format(long="word" * 90))

    with pytest.raises(SourcesError) as caught:
        sources.load(path)

    assert str(caught.value).count("word") <= 31


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
