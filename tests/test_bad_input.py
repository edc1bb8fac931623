"""Whatever is handed in: a clear message, the right exit code, no traceback."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from tests.server import Server
from tests.test_cli import verify

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "The board met in spring.[1]\n\n[1] “The board”, Post, {address}.\n"


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "article.txt", "empty"),
        (b" \n\t\n", "article.md", "no text"),
        (bytes(range(256)) * 40, "article.txt", "text"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "article.md", "text"),
        (b"PK\x03\x04not really a zip", "article.docx", "docx"),
        (b"%PDF-1.7 ...", "article.pdf", "pdf"),
    ],
)
def test_an_article_that_is_none_exits_with_2(
    data: bytes, name: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)

    run = verify("check", name, cwd=tmp_path)

    assert run.returncode == 2
    assert run.stderr.startswith("fatal: nothing was checked: ")
    assert name in run.stderr
    assert message in run.stderr.lower()
    assert "\nhint: " in run.stderr


def test_a_missing_article_and_a_folder_exit_with_2(tmp_path: Path) -> None:
    for name in ("none.txt", "."):
        run = verify("check", name, cwd=tmp_path)
        assert run.returncode == 2, name
        assert "\nhint: " in run.stderr


def test_bytes_that_are_not_utf8_are_read_as_what_they_are(tmp_path: Path) -> None:
    text = "شوراي شهر در بهار تشکيل شد.[1]\n\n[1] «شوراي شهر»، روزنامه.\n".replace("ک", "ك")
    (tmp_path / "article.txt").write_bytes(text.encode("windows-1256"))

    run = verify("check", "article.txt", cwd=tmp_path)

    assert run.returncode == 3
    assert "شوراي شهر" in run.stdout


def test_a_marker_without_a_note_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text("The board met in spring, as always.[4]\n")

    run = verify("check", "article.txt", cwd=tmp_path)

    assert run.returncode == 1
    assert "article.txt:1:" in run.stdout
    assert "CIT001" in run.stdout


def test_a_paragraph_of_two_megabytes_and_five_thousand_notes_take_seconds(tmp_path: Path) -> None:
    draw = random.Random(1)
    words = ["river", "board", "water", "spring", "harvest", "village", "met", "agreed"]
    long = " ".join(draw.choice(words) + "." * (n % 19 == 0) for n in range(290_000))
    (tmp_path / "long.txt").write_text(f"{long} At last.[1]\n\n[1] “A title”, Post.\n")
    body = "\n\n".join(f"Village {n} agreed to the plan in spring.[{n}]" for n in range(1, 5001))
    notes = "\n".join(f"[{n}] “Village {n}”, Post, (Date of Accession: 28.10.2022)."
                      for n in range(1, 5001))  # fmt: skip
    (tmp_path / "many.txt").write_text(f"{body}\n\n{notes}\n")

    started = time.monotonic()
    long_run = verify("check", "long.txt", cwd=tmp_path)
    many_run = verify("check", "many.txt", "--format", "json", cwd=tmp_path)

    assert (long_run.returncode, many_run.returncode) == (3, 3)
    assert many_run.stdout.count('"unchecked"') >= 5000
    # No benchmark: what takes a quadratic step here takes many minutes.
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/loop", "circle"),
        ("/endless-redirects", "redirect"),
        ("/huge", "larger"),
        ("/not-found", "404"),
        ("/forbidden", "403"),
        ("/resets", ""),
        ("/picture", "image/png"),
        ("/picture-as-html", ""),
        ("/empty", ""),
        ("/gzip-bomb", ""),
        ("/to-file", ""),
    ],
)
def test_a_page_that_cannot_be_had_leaves_the_claim_unchecked(
    path: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as server:
        (tmp_path / "article.txt").write_text(NOTE.format(address=server.url(path)))
        monkeypatch.setenv("VERIFY_ALLOW_PRIVATE", "127.0.0.1")
        run = verify("check", "article.txt", "--retries", "0", "--timeout", "8", cwd=tmp_path)

    assert run.returncode == 3, run.stdout + run.stderr
    assert "0 of 1" in run.stdout
    assert reason in run.stdout


def test_a_page_of_fifty_megabytes_is_refused_or_read_in_bounded_time(tmp_path: Path) -> None:
    with (tmp_path / "page.html").open("wb") as file:
        file.write(b"<html><body>")
        for _ in range(50):
            file.write(b"<p>Water is shared among the villages of the valley.</p>\n" * 17_500)
    (tmp_path / "sources.yaml").write_text("sources:\n  - {note: 1, file: page.html}\n")
    (tmp_path / "article.txt").write_text(NOTE.format(address="https://a.example"))

    run = verify("check", "article.txt", "--offline", cwd=tmp_path)

    assert run.returncode == 3
    assert "larger" in run.stdout


def test_a_page_of_pure_script_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<html><body><div id=app></div><script>render('all of it')</script></body></html>"
    )
    (tmp_path / "sources.yaml").write_text("sources:\n  - {note: 1, file: page.html}\n")
    (tmp_path / "article.txt").write_text(NOTE.format(address="https://a.example"))

    run = verify("check", "article.txt", "--offline", cwd=tmp_path)

    assert run.returncode == 3
    assert "scripts" in run.stdout


def test_terminal_escapes_in_a_page_never_reach_the_terminal(tmp_path: Path) -> None:
    page = "The board met in spring \x1b]0;owned\x07\x1b[2J and agreed on the water of all."
    (tmp_path / "page.txt").write_text(page)
    (tmp_path / "sources.yaml").write_text("sources:\n  - {note: 1, file: page.txt}\n")
    (tmp_path / "article.txt").write_text(NOTE.format(address="https://a.example"))

    run = verify("check", "article.txt", "--offline", cwd=tmp_path)

    assert "\x1b" not in run.stdout
    assert "\x07" not in run.stdout
