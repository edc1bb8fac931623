"""The loop of attempts, with tools of three lines each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

import verify
from verify.errors import FetchError
from verify.judge.verdict import Examiner
from verify.language.identify import Identifier
from verify.model import (
    Document,
    Failure,
    Outcome,
    Position,
    Snapshot,
    Source,
    SourceId,
    Unavailable,
)
from verify.pipeline import Verifier

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SKY = "The sky over the valley was blue on that day, and it stayed blue until the evening."


@dataclass
class Pages:
    """A web of a few plain pages that remembers what was asked."""

    pages: dict[str, bytes]
    name: str = "live"
    asked: list[str] = field(default_factory=list)

    def fetch(self, source: Source, address: str) -> Snapshot:
        self.asked.append(address)
        if address not in self.pages:
            raise FetchError("404 Not Found", failure=Failure.GONE, status=404)
        body = self.pages[address]
        return Snapshot(source.id, address, address, "text/plain", body, NOW, self.name)


def verifier(pages: dict[str, str], *, offline: bool = False) -> Verifier:
    web = Pages({k: v.encode() for k, v in pages.items()})
    return Verifier(
        files=web, live=web, identifier=Identifier(), examiner=Examiner(), offline=offline,
        clock=lambda: NOW,
    )  # fmt: skip


def source(*urls: str, archives: tuple[str, ...] = (), sha: str | None = None) -> Source:
    return Source(
        SourceId("s"), ("1",), Path("x"), Position(1, 1), urls=urls, archives=archives, sha256=sha
    )


def test_the_first_place_that_can_be_read_is_the_version_judged() -> None:
    reading = verifier({"u:c": SKY}).read(source("u:a", "u:b", archives=("u:c",)))

    assert isinstance(reading, Document)
    assert reading.snapshot.via == "archive"
    assert [(a.address, a.status, a.time) for a in reading.attempts] == [("u:a", 404, NOW)]


def test_another_address_is_asked_after_the_archived_copies_of_the_first() -> None:
    reading = verifier({"u:b": SKY}).read(source("u:a", "u:b", archives=("u:c",)))

    assert isinstance(reading, Document)
    assert reading.snapshot.via == "live"
    assert [(a.address, a.via) for a in reading.attempts] == [("u:a", "live"), ("u:c", "archive")]


def test_a_source_that_nobody_has_is_a_result() -> None:
    reading = verifier({}).read(source("u:a"))

    assert isinstance(reading, Unavailable)
    assert reading.attempts[0].failure is Failure.GONE


def test_an_empty_page_is_not_a_text() -> None:
    reading = verifier({"u:a": " \n "}).read(source("u:a"))

    assert isinstance(reading, Unavailable)
    assert reading.attempts[0].failure is Failure.EMPTY


def test_a_source_without_an_address_says_so() -> None:
    reading = verifier({}).read(source())

    assert isinstance(reading, Unavailable)
    assert reading.attempts[0].failure is Failure.NO_ADDRESS


def test_other_bytes_than_the_pinned_ones_are_not_judged() -> None:
    right = sha256(SKY.encode()).hexdigest()

    assert isinstance(verifier({"u:a": SKY}).read(source("u:a", sha=right)), Document)
    changed = verifier({"u:a": SKY + " "}).read(source("u:a", sha=right))
    assert isinstance(changed, Unavailable)
    assert changed.attempts[0].failure is Failure.CHANGED


def test_offline_asks_nobody() -> None:
    tool = verifier({"u:a": SKY}, offline=True)

    reading = tool.read(source("u:a"))

    assert isinstance(reading, Unavailable)
    assert reading.attempts[0].failure is Failure.OFFLINE


def test_a_source_cited_twice_is_read_once(tmp_path: Path) -> None:
    article = tmp_path / "x.txt"
    article.write_text(
        "The sky over the valley was blue on that day.[1]\n\nIt stayed blue until evening.[1]\n\n"
        "[1] “The sky”, Post, https://a.example/1.\n"
    )
    tool = verifier({"https://a.example/1": SKY})

    report = tool.check(article)

    assert len(report.verdicts) == 2
    assert isinstance(tool.live, Pages)
    assert tool.live.asked == ["https://a.example/1"]
    version = report.verdicts[0].version
    assert version is not None
    assert version.sha256 == sha256(SKY.encode()).hexdigest()


def test_check_claim_is_one_call() -> None:
    text = f"Before it.\n{SKY}\nAfter it."

    verdict = verify.check_claim("x", text, quote="the sky over the valley was blue")

    assert verdict.outcome is Outcome.SUPPORTED
    for evidence in verdict.evidence:
        assert text[evidence.span.start : evidence.span.end] == evidence.text


@pytest.mark.parametrize("text", ["", "  \n ", "...", "1"])
def test_a_claim_against_no_text_is_never_a_pass(text: str) -> None:
    assert verify.check_claim("The sky was blue.", text).outcome is Outcome.UNCHECKED


def test_a_language_in_doubt_is_reported(tmp_path: Path) -> None:
    article = tmp_path / "x.txt"
    article.write_text(
        "The sky over the valley was blue.[1]\n\n[1] “The sky”, https://a.example/1.\n"
    )
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  - {note: 1, url: 'https://a.example/1', language: fa}\n"
    )

    report = verifier({"https://a.example/1": SKY}).check(article, tmp_path / "sources.yaml")

    (notice,) = report.notices
    assert "letters: en" in notice
    assert "declared: fa" in notice
    assert notice.endswith("read as 'en'")
