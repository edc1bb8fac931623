"""A run has a time of its own: what is left when it is over is unchecked, and never dead."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import server as web
from verify import bundle, notices
from verify.cli import main
from verify.errors import FetchError
from verify.fetch.limit import LimitedFetcher, Paced, TimeLimit
from verify.fetch.live import LiveFetcher
from verify.fetch.memory import FILE_NAME
from verify.judge.verdict import Examiner
from verify.language.identify import Identifier
from verify.model import Document, Failure, Outcome, Position, Source, SourceId, Unavailable
from verify.pipeline import Verifier
from verify.report import FORMATTERS
from verify.settings import Settings
from verify.tools import fetchers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Report

SLOW = 0.5
COUNT = 10
NOW = datetime(2026, 11, 20, tzinfo=UTC)
PAGE = (
    "<html lang='en'><head><title>Rain</title></head><body><p>It rained in the made-up city on "
    "day {n}, and all of its streets were wet until the evening came.</p>{more}</body></html>"
)
MORE = "".join(
    f"<p>On street {n} the water stood as high as a hand, and nobody walked there but children, "
    "who had been waiting for it since the spring and did not mind their shoes.</p>"
    for n in range(30)
)


def _slowly(h: web.Handler) -> None:
    h.log.closing.wait(SLOW)
    body = PAGE.format(n=h.path.rpartition("/")[2], more=MORE)
    h.answer(body=body.encode(), Content_Type=web.HTML)


@pytest.fixture
def server() -> Iterator[web.Server]:
    pages = {f"/{n}": _slowly for n in range(COUNT)} | {"/dead": web.status(404)}
    with web.Server(pages=pages) as running:
        yield running


def written(folder: Path, server: web.Server, count: int = COUNT) -> Path:
    """Write an article of so many notes, each with a slow page of its own."""
    body = "".join(f"It rained in the made-up city on day {n}.[^{n}]\n\n" for n in range(count))
    notes = "".join(f"[^{n}]: Rain. {server.url(f'/{n}')}\n" for n in range(count))
    path = folder / "rain.md"
    path.write_text(f"# Rain\n\n{body}{notes}", "utf-8")
    return path


@pytest.fixture
def article(tmp_path: Path, server: web.Server) -> Path:
    """Return an article that cites every page of the server."""
    return written(tmp_path, server)


def checked(article: Path, settings: Settings) -> Report:
    """Check an article with the real fetchers, and a judge that reads letters alone."""
    with fetchers(settings) as tools:
        verifier = Verifier(
            files=tools.files,
            live=tools.live,
            recorded=tools.recorded,
            copies=tools.copies,
            archive=tools.archive,
            identifier=Identifier(),
            examiner=Examiner(),
            is_over=tools.is_over,
        )
        return verifier.check(article)


def settings(**changes: object) -> Settings:
    made = Settings(allow_private=("127.0.0.1",), delay=0.0, retries=0, archives=())
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_run_ends_when_its_time_is_over_and_says_what_is_left(
    article: Path, server: web.Server, tmp_path: Path
) -> None:
    began = time.monotonic()

    report = checked(article, settings(time_limit=2.0, evidence=tmp_path / "evidence"))

    # Far less than the pages together; one request may be under way, and the machine be busy.
    assert time.monotonic() - began < SLOW * COUNT
    read = [r for r in report.readings.values() if isinstance(r, Document)]
    unread = [r for r in report.readings.values() if isinstance(r, Unavailable)]
    assert read
    assert unread
    assert sum(r.path != "/robots.txt" for r in server.log.requests) == len(read)
    assert {a.failure for r in unread for a in r.attempts} == {Failure.TIME_OVER}
    assert all("the run's time was over" in v.reasons[0] for v in report.verdicts[-2:])
    assert any("was over before" in notice for notice in report.notices)
    assert not [f for f in report.findings if f.code in {"NET001", "NET002"}]
    assert len(report.verdicts) == COUNT
    for name in ("terminal", "json", "html", "markdown"):
        assert "time was over" in FORMATTERS[name].format([report]).replace("&#39;", "'")


def test_what_was_not_asked_is_no_failure_of_its_address(article: Path, tmp_path: Path) -> None:
    checked(article, settings(time_limit=0.3, evidence=tmp_path / "evidence"))

    memory = tmp_path / "evidence" / FILE_NAME
    if memory.exists():
        with closing(sqlite3.connect(memory)) as base:
            assert base.execute("select * from failures").fetchall() == []


def test_without_a_limit_a_run_takes_what_it_takes(server: web.Server, tmp_path: Path) -> None:
    report = checked(
        written(tmp_path, server, 3), settings(time_limit=0.0, evidence=tmp_path / "evidence")
    )

    assert all(isinstance(r, Document) for r in report.readings.values())


def test_the_command_writes_its_report_and_exits_with_3(
    article: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.json"
    code = main(
        ["check", str(article), "--time-limit", "2", "--delay", "0", "--no-archives",
         "--allow-private", "127.0.0.1", "--no-translate", "--format", f"json={out}"]
    )  # fmt: skip

    report = json.loads(out.read_text("utf-8"))
    assert code == 3
    assert len(report["verdicts"]) == COUNT
    assert report["verdicts"][-1]["outcome"] == "unchecked"
    assert f"{COUNT} citations" in capsys.readouterr().err


def test_a_fetch_that_waits_for_its_turn_is_not_begun_any_more(server: web.Server) -> None:
    over: list[bool] = []
    with closing(
        LiveFetcher(policy=web.LOOPBACK, delay=0.3, retries=0, is_over=lambda: bool(over))
    ) as live:
        live.get(server.url("/0"))
        over.append(True)
        with pytest.raises(FetchError) as caught:
            live.get(server.url("/1"))

    assert caught.value.failure is Failure.TIME_OVER
    assert server.log.count("/1") == 0


def test_a_fetch_that_was_begun_may_end() -> None:
    pages = {"/from": web.redirect("/to"), "/to": web.page(web.UTF8, web.HTML)}
    with web.Server(pages=pages) as other:
        live = LiveFetcher(
            policy=web.LOOPBACK, delay=0.0, is_over=lambda: other.log.count("/from") > 0
        )
        with closing(live):
            answer, redirects = live.get(other.url("/from"))

    assert answer.body == web.UTF8
    assert redirects == (other.url("/to"),)


def test_a_source_whose_first_address_is_dead_is_not_called_dead_for_want_of_time(
    server: web.Server, tmp_path: Path
) -> None:
    article = tmp_path / "two.md"
    article.write_text("It rained.[^1]\n\n[^1]: Rain. No address of its own.\n", "utf-8")
    (tmp_path / "sources.yaml").write_text(
        f"sources:\n  - note: 1\n    url: [{server.url('/dead')}, {server.url('/1')}]\n", "utf-8"
    )
    with fetchers(settings(evidence=tmp_path / "evidence")) as tools:
        live = LimitedFetcher(tools.live, lambda: server.log.count("/dead") > 0)
        verifier = Verifier(
            files=tools.files, live=live, identifier=Identifier(), examiner=Examiner(), strict=True
        )
        report = verifier.check(article)

    (reading,) = report.readings.values()
    assert isinstance(reading, Unavailable)
    assert [a.failure for a in reading.attempts] == [Failure.GONE, Failure.TIME_OVER]
    assert "NET001" not in {f.code for f in report.findings}


# --- the judge --------------------------------------------------------------------------


def judged(article: Path, pace: Paced, tmp_path: Path) -> Report:
    with fetchers(settings(evidence=tmp_path / "evidence")) as tools:
        verifier = Verifier(
            files=tools.files, live=tools.live, recorded=tools.recorded,
            identifier=Identifier(), examiner=Examiner(), is_over=pace, clock=lambda: NOW,
        )  # fmt: skip
        return verifier.check(article)


def test_claims_that_are_left_are_unchecked_and_a_repeated_run_leaves_the_same(
    server: web.Server, tmp_path: Path
) -> None:
    article = written(tmp_path, server, 4)
    moments = iter(range(1_000))
    limit = TimeLimit(3.0, clock=lambda: float(next(moments)))
    pace = Paced(limit.is_over)

    report = judged(article, pace, tmp_path)

    unjudged = [v for v in report.verdicts if notices.UNJUDGED in v.reasons]
    assert pace.has_ended
    assert (len(unjudged), pace.steps) == (2, 2)
    assert {v.outcome for v in unjudged} == {Outcome.UNCHECKED}
    assert all(v.citation and v.source_id for v in unjudged)
    again = judged(article, Paced.like(pace.steps), tmp_path)
    assert [v.reasons for v in again.verdicts] == [v.reasons for v in report.verdicts]
    assert again.notices == report.notices
    whole = judged(article, Paced.like(None), tmp_path)
    assert not any("time was over" in notice for notice in whole.notices)


def test_a_limited_fetcher_is_the_one_inside_until_then(server: web.Server) -> None:
    source = Source(SourceId("s"), ("1",), Path("x"), Position(1, 1))
    over: list[bool] = []
    with closing(LiveFetcher(policy=web.LOOPBACK, delay=0.0)) as live:
        limited = LimitedFetcher(live, lambda: bool(over))
        assert limited.name == "live"
        assert limited.fetch(source, server.url("/3")).status == 200
        over.append(True)
        with pytest.raises(FetchError, match="time was over"):
            limited.fetch(source, server.url("/3"))


def test_a_bundle_whose_time_was_over_repeats_byte_for_byte(
    article: Path, server: web.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(article.parent)
    main(
        ["bundle", "rain.md", "--output", "run.wacz", "--time-limit", "2", "--delay", "0",
         "--no-archives", "--allow-private", "127.0.0.1", "--no-translate"]
    )  # fmt: skip
    asked = len(server.log.requests)
    assert 1 < asked < COUNT

    # However little time the second run has: it is repeated, not run.
    main(["check", "--from", "run.wacz", "--time-limit", "0.001", "--format", "json=again.json"])

    held = bundle.read(tmp_path / "run.wacz")
    assert len(server.log.requests) == asked
    assert (tmp_path / "again.json").read_text("utf-8") == held.report
    assert "time was over" in held.report
