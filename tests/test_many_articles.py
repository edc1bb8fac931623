"""Many articles in one run: which are meant, what they share, and one that cannot be read."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from verify.cli import main
from verify.corpus import members
from verify.errors import ArticleError, FetchError
from verify.fetch.shared import SharedFetcher
from verify.model import Failure, Position, Source, SourceId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Snapshot

PAGE = """<html lang="en"><body><article><h1>The bridge opens</h1>
<p>The bridge over the dry river was opened by the mayor on 3 May 2021.</p>
<p>The mayor said that 46 lamps will burn on it every night of the year.</p>
</article></body></html>
"""
ARTICLE = """# Lamps

The bridge over the dry river was opened by the mayor on 3 May 2021.[^1]

[^1]: “The bridge opens”, Hill Post, ADDRESS, (Date of Accession: 04.05.2021).
"""
BARE = "# About\n\nWe write about bridges and [lamps](https://lamps.example/).\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name: str, text: str = ARTICLE) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(" ADDRESS,", ""), "utf-8")


def named(*arguments: str) -> list[str]:
    return [str(member.path) for member in members(arguments)]


# --- which are meant ----------------------------------------------------------------------


def test_a_folder_stands_for_its_articles_without_hidden_and_built_ones() -> None:
    for name in (
        "site/b.md", "site/a.txt", "site/deep/c.html", "site/d.DOCX", "site/.hidden.md",
        "site/.git/x.md", "site/node_modules/p/README.md", "site/e.py", "site/~$d.docx",
    ):  # fmt: skip
        put(name)

    assert named("site") == ["site/a.txt", "site/b.md", "site/d.DOCX", "site/deep/c.html"]


def test_what_git_ignores_is_left_out_of_a_folder() -> None:
    for name in ("site/a.md", "site/drafts/b.md", "site/new.md"):
        put(name)
    put(".gitignore", "drafts/\n")
    subprocess.run(["git", "init", "--quiet"], check=True)
    subprocess.run(["git", "add", "site/a.md"], check=True)

    assert named("site") == ["site/a.md", "site/new.md"]
    assert named("site/drafts") == ["site/drafts/b.md"], "but not where it is asked for"


def test_globs_are_expanded_and_no_article_stands_twice() -> None:
    for name in ("site/a.md", "site/deep/b.md", "site/c.txt", "site/d.py", "odd[1].md"):
        put(name)

    assert named("site/**/*.md") == ["site/a.md", "site/deep/b.md"]
    assert named("site/*", "site/a.md") == ["site/a.md", "site/c.txt"]
    assert named("odd[1].md") == ["odd[1].md"]
    assert [m.is_named for m in members(["site", "site/c.txt"])] == [False, True, False]


@pytest.mark.parametrize("argument", ["empty", "none/*.md", "**/*.docx"])
def test_a_folder_or_a_glob_without_articles_is_an_error(argument: str) -> None:
    Path("empty").mkdir()

    with pytest.raises(ArticleError, match="no article"):
        members([argument])


# --- one run ------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            found = self.path == "/bridge"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE.encode() if found else b"")

        def log_message(self, *_: Any) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}", asked
    httpd.shutdown()
    httpd.server_close()


def test_a_source_that_several_articles_cite_is_fetched_once(
    server: tuple[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    address, asked = server
    for number in range(4):
        put(f"site/{number}.md", ARTICLE.replace("ADDRESS", f"{address}/bridge"))
    put("site/gone.md", ARTICLE.replace("ADDRESS", f"{address}/gone"))
    put("site/lost.md", ARTICLE.replace("ADDRESS", f"{address}/gone"))
    put("site/about.md", BARE)

    flags = (
        "--no-record",
        "--no-translate",
        "--allow-private=127.0.0.1",
        "--delay=0",
        "--retries=0",
    )
    code = main(["check", "site", *flags, "--format", "json=r.json"])

    reports = json.loads(Path("r.json").read_text("utf-8"))["reports"]
    assert code == 3
    assert asked.count("/bridge") == 1
    assert asked.count("/gone") == 1
    assert [r["coverage"]["checked"] for r in reports] == [1, 1, 1, 1, 0, 0]
    assert len({r["sources"][0]["reading"]["sha256"] for r in reports[:4]}) == 1
    assert "6 articles: 4 of 6 citations checked" in capsys.readouterr().err


def test_an_unreadable_article_is_told_and_loses_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    put("good.md")
    put("sources.yaml", "sources:\n  - {note: 1, file: page.html}\n")
    put("page.html", PAGE)
    Path("broken.docx").write_bytes(b"PK\x03\x04 no zip")
    put("empty.md", "")
    flags = ("--offline", "--no-translate", "--allow-unchecked", "--format", "json=r.json")

    assert main(["check", "good.md", "broken.docx", "empty.md", *flags]) == 3
    reports = json.loads(Path("r.json").read_text("utf-8"))["reports"]
    assert [r["coverage"]["checked"] for r in reports] == [1, 0, 0]
    assert reports[1]["notices"][0].startswith("this article was not checked: cannot read broken")
    assert "2 articles could not be read" in capsys.readouterr().err
    assert main(["check", "good.md", *flags]) == 0
    assert main(["lint", "good.md", "broken.docx"]) == 3
    assert main(["lint", "good.md"]) == 0


def test_where_no_article_can_be_read_nothing_was_checked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    put("a.md", "")
    put("b.md", "")

    assert main(["check", "a.md", "b.md"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("fatal: nothing was checked: a.md is empty\n  b.md is empty\n")


def test_a_folder_whose_files_have_no_notes_is_an_error() -> None:
    put("site/about.md", BARE)

    assert main(["check", "site", "--offline"]) == 2
    assert main(["check", "site/about.md", "--offline"]) == 3


# --- what is shared -----------------------------------------------------------------------


def test_many_threads_that_want_one_address_ask_once() -> None:
    calls: list[str] = []

    class Slow:
        name = "live"

        def fetch(self, source: Source, address: str) -> Snapshot:
            calls.append(f"{source.id} {address}")
            raise FetchError("it is gone", failure=Failure.GONE, status=404)

    fetcher = SharedFetcher(Slow())
    sources = [Source(SourceId(f"s{n}"), (), Path("a.md"), Position(1, 1)) for n in range(20)]
    failures: list[FetchError] = []

    def ask(source: Source) -> None:
        try:
            fetcher.fetch(source, "https://a.example/")
        except FetchError as error:
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(calls) == 1
    assert [(str(f), f.failure, f.status) for f in failures] == [
        ("it is gone", Failure.GONE, 404)
    ] * 20


def test_a_thousand_articles_are_found_quickly() -> None:
    for number in range(1000):
        put(f"site/{number % 20}/{number}.md", "x")
    began = os.times()

    assert len(named("site")) == 1000
    assert os.times().user - began.user < 2
