"""Many articles in one run: which are meant, what they share, and one that cannot be read."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from verify.cli import main
from verify.commands.output import FORMATS
from verify.corpus import meant, members
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


# --- a sources.yaml that several articles share -------------------------------------------

SHARED = """sources:
  - {url: https://hill.example/a, file: page.html}
  - {url: https://hill.example/b, file: page.html}
  - {note: 3, url: https://hill.example/third}
  - {id: never, url: https://hill.example/never}
"""
THIRD = "\nA third thing.[^3]\n\n[^3]: “Third”, Hill Post.\n"


def put_shared(sources: str = SHARED) -> None:
    put("site/a.md", ARTICLE.replace("ADDRESS", "https://hill.example/a") + THIRD)
    put("site/b.md", ARTICLE.replace("ADDRESS", "https://hill.example/b"))
    put("site/page.html", PAGE)
    put("site/sources.yaml", sources)


def found(*arguments: str) -> list[tuple[str, str, int]]:
    """Return article, code and line of each finding."""
    main([*arguments, "--quiet", "--fail-on", "never", "--format", "json=r.json"])
    data = json.loads(Path("r.json").read_text("utf-8"))
    reports = data.get("reports", [data])
    return [
        (Path(r["article"]["path"]).name, f["code"], f["line"])
        for r in reports
        for f in r["findings"]
        if f["code"][:3] in {"SRC", "CIT"}
    ]


def test_an_entry_is_unused_only_where_no_article_uses_it_and_is_told_once() -> None:
    put_shared()

    told = [("a.md", "SRC005", 2), ("a.md", "SRC002", 5), ("b.md", "SRC005", 3)]
    assert found("lint", "site") == told
    assert found("check", "site", "--offline", "--no-translate") == told
    assert ("b.md", "SRC001", 4) in found("lint", "site/b.md"), "alone, it cannot know"


def test_no_two_results_of_a_run_are_the_same() -> None:
    put_shared()
    main(["lint", "site", "--quiet", "--format", "sarif=r.sarif"])
    (run,) = json.loads(Path("r.sarif").read_text("utf-8"))["runs"]
    results = [json.dumps([r["ruleId"], r["locations"], r["message"]]) for r in run["results"]]

    assert len(results) == len(set(results)) == 3


def test_a_reason_to_let_stand_has_a_use_where_one_article_needs_it() -> None:
    entry = "{url: https://hill.example/b, file: page.html, ignore: [{code: CODE, reason: old}]}"
    entry = f"sources:\n  - {entry}\n"
    put_shared(entry.replace("CODE", "SRC005"))
    assert "CIT012" not in {code for _, code, _ in found("lint", "site")}

    put_shared(entry.replace("CODE", "SRC003"))
    assert [code for _, code, _ in found("lint", "site")].count("CIT012") == 1


def test_what_is_known_of_a_shared_entry_is_known_at_each_article() -> None:
    put_shared("sources:\n  - {id: never, url: https://hill.example/never}\n")
    flags = ("--quiet", "--offline", "--no-translate", "--baseline", "b.json")
    main(["baseline", "site", *flags])
    lint = ("--baseline", "b.json", "--fail-on", "info", "--format", "json=r.json")

    assert main(["lint", "site", *lint]) == 0
    assert main(["lint", "site/b.md", *lint]) == 0
    assert main(["lint", "site/b.md", "site/a.md", *lint]) == 0
    assert "no longer occur" not in Path("r.json").read_text("utf-8")


# --- local copies -------------------------------------------------------------------------


def left_out(*arguments: str) -> tuple[list[str], list[str]]:
    articles, copies, _ = meant(arguments)
    return [str(each.path) for each in articles], [str(path) for path in copies]


def test_a_local_copy_is_no_article_unless_it_is_named_alone() -> None:
    put_shared()
    articles, copy = ["site/a.md", "site/b.md"], ["site/page.html"]

    assert left_out("site") == (articles, copy)
    assert left_out("site/*") == (articles, copy)
    assert left_out("site/a.md", "site/page.html") == (articles[:1], copy)
    assert left_out("site/sources.yaml") == (articles, copy)
    assert left_out("site/page.html") == (copy, [])


def test_an_article_that_another_one_cites_stays_one() -> None:
    put_shared("sources:\n  - {note: 3, article: a.md, file: b.md}\n  - {note: 1, article: b.md}\n")

    assert left_out("site") == (["site/a.md", "site/b.md", "site/page.html"], [])


def test_what_is_left_out_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    put_shared()
    main(["lint", "site"])

    assert "left out as local copies that sources.yaml names: site/page.html" in (
        capsys.readouterr().err
    )


def test_a_report_of_ours_is_no_article_unless_it_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    put_shared()
    flags = ("--offline", "--no-translate", "--allow-unchecked")
    main(["check", "site", *flags, "--format", "html=site/report.html"])
    capsys.readouterr()

    main(["lint", "site"])

    assert "left out as reports of ours: site/report.html" in capsys.readouterr().err
    assert "site/report.html" not in left_out("site")[0]
    assert left_out("site/report.html") == (["site/report.html"], [])


def test_a_folder_of_copies_and_a_sources_file_without_articles_are_errors() -> None:
    put("site/sources.yaml", "sources:\n  - {note: 1, file: pages/page.html}\n")
    put("site/pages/page.html", PAGE)
    put("lone/sources.yaml", "sources: []\n")

    with pytest.raises(ArticleError, match="every file is a local copy"):
        meant(["site/pages"])
    with pytest.raises(ArticleError, match="no article beside"):
        meant(["lone/sources.yaml"])


def test_a_sources_file_stands_for_the_articles_that_have_no_nearer_one() -> None:
    put_shared()
    put("site/own/c.md")
    put("site/own/sources.yaml", "sources: []\n")
    put("site/deep/d.md")

    assert named("site/sources.yaml") == [
        "site/a.md", "site/b.md", "site/deep/d.md", "site/page.html"
    ]  # fmt: skip


def test_a_page_without_notes_among_others_fails_no_run_that_allows_it() -> None:
    put("site/good.md")
    put("site/README.md", BARE.replace("[lamps](https://lamps.example/)", "lamps"))
    put("site/sources.yaml", "sources:\n  - {note: 1, file: page.html}\n")
    put("site/page.html", PAGE)
    flags = ("--offline", "--no-translate", "--quiet")

    assert main(["check", "site", *flags]) == 0
    assert main(["check", "site/good.md", "site/README.md", *flags]) == 3
    assert main(["check", "site/good.md", "site/README.md", *flags, "--allow-unchecked"]) == 0
    put("bare/README.md", "# About\n\nWe write about bridges.\n")
    assert main(["check", "bare/README.md", *flags, "--allow-unchecked"]) == 3


# --- what every format and the summary say ------------------------------------------------


@pytest.mark.parametrize("command", ["check", "lint"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_that_an_article_was_not_read(name: str, command: str) -> None:
    put_shared()
    put("site/empty.md", "")
    flags = ("--offline", "--no-translate") if command == "check" else ()
    main([command, "site", *flags, "--quiet", "--format", f"{name}=report"])
    text = Path("report").read_text("utf-8")

    assert "empty.md" in text
    assert "site/empty.md is empty" in " ".join(text.split())
    assert "no citation" not in text


def test_what_could_not_be_read_is_an_error_for_machines_and_a_row() -> None:
    put_shared()
    put("site/empty.md", "")
    names = ("junit", "csv", "github", "sarif", "markdown")
    formats = [f"--format={name}={name}" for name in names]
    main(["lint", "site", "--quiet", *formats])
    said = {name: Path(name).read_text("utf-8-sig") for name in ("csv", "github", "markdown")}
    suites = ET.parse("junit").getroot()
    (run,) = json.loads(Path("sarif").read_text("utf-8"))["runs"]
    notes = run["invocations"][0]["toolExecutionNotifications"]

    assert suites.attrib["errors"] == "1"
    assert suites.find("testsuite[@name='site/empty.md']/testcase/error") is not None
    assert "article,site/empty.md,site/empty.md,,,,unchecked" in said["csv"]
    assert "::error file=site/empty.md,title=Article not read::" in said["github"]
    assert "1 article could not be read" in said["markdown"]
    assert "| site/empty.md | not read |" in said["markdown"]
    assert [n["level"] for n in notes].count("error") == 1


def test_counts_of_one_are_singular(capsys: pytest.CaptureFixture[str]) -> None:
    put_shared("sources:\n  - {note: [1, 3], file: page.html}\n")
    put("site/empty.md", "")
    main(["check", "site", "--offline", "--no-translate", "--format", "json=r.json"])

    said = capsys.readouterr().err
    assert "site/a.md: 2 of 2 citations checked, " in said
    assert "site/b.md: 1 of 1 citation checked, 0 findings\n" in said
    assert "3 articles: 3 of 3 citations checked, 1 article could not be read, " in said


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
