"""A bundle repeats its run byte for byte with the network off, and shows any changed byte."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import server as web
from verify import bundle
from verify.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".cache" / "archive-tools" / "bin"

ARTICLE = """\
# Rain

It rained in the made-up city yesterday, and the streets got wet.[^1] Nobody
was there to see it.[^2] A third page is gone.[^3]

[^1]: Rain. {ok} Accessed 20 March 2026.
[^2]: Notes. Kept beside the article.
[^3]: Gone. {gone}
"""
NOTES = "<html lang='en'><body><p>Nobody was there to see it, the notes say.</p></body></html>"


@pytest.fixture(scope="module")
def server() -> Iterator[web.Server]:
    with web.Server() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, server: web.Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with an article, its sources.yaml and a local copy; we stand in it."""
    folder = tmp_path / "desk"
    (folder / "pages").mkdir(parents=True)
    text = ARTICLE.format(ok=server.url("/ok"), gone=server.url("/gone"))
    (folder / "article.md").write_text(text, "utf-8")
    (folder / "pages" / "notes.html").write_text(NOTES, "utf-8")
    (folder / "sources.yaml").write_text(
        "sources:\n  - note: 2\n    file: pages/notes.html\n", "utf-8"
    )
    monkeypatch.chdir(folder)
    return folder


def made(folder: Path) -> Path:
    code = main(
        ["bundle", "article.md", "--output", "run.wacz", "--allow-private", "127.0.0.1",
         "--delay", "0", "--retries", "0"]
    )  # fmt: skip
    assert code in {1, 3}
    return folder / "run.wacz"


def test_a_run_is_repeated_byte_for_byte_with_the_network_off(
    desk: Path, server: web.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(desk)
    shutil.move(path, tmp_path / "run.wacz")
    shutil.rmtree(desk)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "no-cache"))
    asked = len(server.log.requests)

    for name in ("one.json", "two.json"):
        main(["check", "--from", str(tmp_path / "run.wacz"), "--format", f"json={name}"])

    held = bundle.read(tmp_path / "run.wacz")
    assert (elsewhere / "one.json").read_text("utf-8") == held.report
    assert (elsewhere / "two.json").read_text("utf-8") == held.report
    assert len(server.log.requests) == asked
    report = json.loads(held.report)
    assert [v["outcome"] for v in report["verdicts"]][2] == "unchecked"
    assert report["verdicts"][1]["version"]["address"] == "pages/notes.html"


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip" * 100])
def test_what_is_no_bundle_says_what_to_give(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.wacz"
    path.write_bytes(content)

    assert main(["check", "--from", str(path)]) == 2
    assert "hint: give a bundle that `verify bundle` wrote" in capsys.readouterr().err


def test_a_bundle_and_an_article_are_too_much(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "a.md", "--from", str(tmp_path / "x.wacz")]) == 2
    assert "the bundle holds its own" in capsys.readouterr().err


def test_answers_stand_in_the_warc_as_they_were_sent(desk: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator

    with zipfile.ZipFile(made(desk)) as archive:
        name = next(n for n in archive.namelist() if n.startswith("archive/"))
        with archive.open(name) as file:
            records = {
                r.rec_headers.get_header("WARC-Target-URI"): r.http_headers
                for r in ArchiveIterator(file)
                if r.rec_type == "response"
            }

    (headers,) = records.values()
    assert headers.get_header("Server")


def test_the_reference_validator_accepts_it(desk: Path) -> None:
    if not (TOOLS / "wacz").exists():
        pytest.skip("needs the wacz tool: make test-archives")
    run = subprocess.run(
        [TOOLS / "wacz", "validate", "-f", str(made(desk))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout
    assert "is valid" in run.stdout
