"""The loop of attempts, with tools of three lines each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

import verify
from verify.commands.output import UNCHECKED, exit_code
from verify.errors import FetchError, StoreError
from verify.fetch.journal import Journal, RecordingFetcher, ReplayingFetcher
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
from verify.settings import Settings

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


class Tripping:
    """A tool with a bug that one address brings out."""

    name = "live"

    def fetch(self, source: Source, address: str) -> Snapshot:
        if "trip" in address:
            raise IndexError("list index out of range")
        if "stop" in address:
            raise KeyboardInterrupt
        if "full" in address:
            raise StoreError("no space left on device")
        return Snapshot(source.id, address, address, "text/plain", SKY.encode(), NOW, "live")


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


# --- a bug that one source brings out ---------------------------------------------------


def tripping() -> Verifier:
    return replace(verifier({}), live=Tripping(), clock=lambda: NOW)


def two_notes(folder: Path) -> Path:
    path = folder / "a.md"
    path.write_text(
        "The sky was blue.[^1]\n\nThe sky stayed blue until the evening.[^2]\n\n"
        "[^1]: https://a.example/trip\n[^2]: https://a.example/well\n",
        "utf-8",
    )
    return path


def test_a_bug_that_one_source_brings_out_stays_with_it(tmp_path: Path) -> None:
    report = tripping().check(two_notes(tmp_path))

    first, second = report.verdicts
    assert first.outcome is Outcome.UNCHECKED
    assert "a bug in verify, not a fault of the source: IndexError: list index" in first.reasons[0]
    assert "test_pipeline.py:" in first.reasons[0]
    assert second.outcome is not Outcome.UNCHECKED
    assert not [f for f in report.findings if f.code == "NET001"]


def test_such_a_run_is_green_for_no_flag(tmp_path: Path) -> None:
    report = tripping().check(two_notes(tmp_path))

    for settings in (Settings(), Settings(allow_unchecked=True, fail_on=None)):
        assert exit_code([report], settings) == UNCHECKED


def test_its_traceback_is_shown_to_whoever_asks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tripping().read(source("https://a.example/trip"))
    assert capsys.readouterr().err == ""

    monkeypatch.setenv("VERIFY_DEBUG", "1")
    tripping().read(source("https://a.example/trip"))
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "raised"),
    [("https://a.example/stop", KeyboardInterrupt), ("https://a.example/full", StoreError)],
)
def test_what_is_meant_to_end_the_run_ends_it(address: str, raised: type[BaseException]) -> None:
    with pytest.raises(raised):
        tripping().read(source(address))


def test_a_bundle_says_of_a_bug_what_its_run_said() -> None:
    journal = Journal()
    first = tripping().through(lambda f: RecordingFetcher(f, journal))
    again = tripping().through(lambda f: ReplayingFetcher(f.name, journal))

    readings = [v.read(source("https://a.example/trip")) for v in (first, again)]

    assert readings[0] == readings[1]
    assert isinstance(readings[0], Unavailable)
    assert [a.failure for a in readings[0].attempts] == [Failure.FAULT]
