"""Archives: a real pywb with copies of our own pages, and archives that lie."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import server as web
from verify.errors import FetchError
from verify.fetch import timemap
from verify.fetch.archives import (
    Archive,
    MementoFetcher,
    TimeMapFetcher,
    captured_at,
    raw,
)
from verify.fetch.guard import Policy
from verify.fetch.live import LiveFetcher
from verify.fetch.local import FileFetcher
from verify.fetch.memory import Memory
from verify.fetch.recorded import RecordedFetcher
from verify.fetch.store import Exchange, Store
from verify.fetch.timemap import MOST_TRIED, Copy, nearest
from verify.judge.verdict import Examiner
from verify.language.identify import Identifier
from verify.model import (
    Document,
    DriftKind,
    Failure,
    Outcome,
    Position,
    Report,
    Source,
    SourceId,
    Unavailable,
)
from verify.pipeline import Verifier
from verify.replays import original
from verify.resolve import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".cache" / "archive-tools" / "bin"
HOST = "courier.example.org"
SETTINGS = """\
framed_replay: false
redirect_to_exact: true
enable_memento: true
"""
MISSING = (
    "<html><head><title>Page not found | Town Courier</title></head><body><main><h1>Page not found"
    "</h1><p>Sorry, we have looked everywhere for it.</p></main></body></html>"
)


def article(text: str) -> str:
    """Return a page long enough to be an article."""
    more = "<p>The square before it was paved with stones from the river in the same year.</p>" * 12
    return (
        "<html lang='en'><head><meta charset='utf-8'><title>A bakery opens</title></head>"
        f"<body><article><h1>A bakery opens</h1><p>{text}</p>{more}</article></body></html>"
    )


OLD = article("The bakery sold two thousand loaves of bread on its first day in the town.")
NEW = article("The bakery has closed its doors, and a shop for shoes stands in its place.")

COPIES: dict[str, list[tuple[int, int, str]]] = {
    # path: year, status, page. A copy is of noon on the first of June.
    "/bakery": [
        (2017, 200, OLD),
        (2018, 200, OLD),
        (2020, 404, "<p>gone"),
        (2021, 200, MISSING),
        (2025, 200, NEW),
    ],
    "/changed": [(2017, 200, NEW), (2018, 200, OLD), (2022, 200, OLD)],
    "/errors": [(2017, 404, "<p>no"), (2018, 404, "<p>no"), (2019, 404, "<p>no")],
}


@pytest.fixture(scope="module")
def town() -> Iterator[web.Server]:
    """Serve the pages as they are today, under a name of the public web."""
    pages = {"/changed": web.page(NEW.encode(), web.HTML), "/bakery": web.status(404)}
    with web.Server(pages=pages) as server:
        yield server


@pytest.fixture(scope="module")
def pywb(town: web.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a real archive over WARC files that we have written, and return its address."""
    if not (TOOLS / "wayback").exists():
        pytest.skip("needs pywb in .cache/archive-tools (make test-archives)")
    folder = tmp_path_factory.mktemp("archive")
    store = Store(folder / "evidence")
    for path, copies in COPIES.items():
        for year, status, body in copies:
            moment = datetime(year, 6, 1, 12, tzinfo=UTC)
            headers = (("Content-Type", web.HTML),)
            address = f"http://{HOST}:{town.port}{path}"
            # Each a little different: pywb finds no repeated body by a date with microseconds.
            whole = f"{body}<!-- {year} -->".encode()
            store.record(Exchange(address, moment, status, headers, whole))
    (folder / "config.yaml").write_text(SETTINGS, "utf-8")
    for command in (["init", "town"], ["add", "town", *map(str, store.files())]):
        subprocess.run(
            [TOOLS / "wb-manager", *command], cwd=folder, check=True, capture_output=True
        )
    port = _free_port()
    command = [str(TOOLS / "wayback"), "-b", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}/town"
        finally:
            process.terminate()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("pywb does not answer")


PUBLIC = Policy(resolve=lambda *_: ["8.8.8.8"])


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveFetcher]:
    """Ask loopback, also by the name of our town."""
    policy = Policy((HOST, "127.0.0.1"), resolve=lambda *_: ["127.0.0.1"])
    store = Store(tmp_path / "evidence")
    live = LiveFetcher(
        delay=0, retries=0, timeout=10, max_bytes=3_000_000, policy=policy, record=store.record
    )
    with closing(live):
        yield live


def source(url: str, accessed: date | None = date(2022, 10, 28), **fields: object) -> Source:
    base = Source(SourceId("s"), ("1",), Path("x"), Position(1, 1), urls=(url,), accessed=accessed)
    return replace(base, **fields)  # type: ignore[arg-type]


def verifier(live: LiveFetcher, folder: Path, *archives: Archive, **fields: object) -> Verifier:
    memory = Memory(folder / "memory.sqlite")
    recorded = RecordedFetcher(Store(folder / "evidence"))
    offline = bool(fields.get("offline"))
    return Verifier(
        files=FileFetcher(),
        live=live,
        copies=TimeMapFetcher(live, archives, memory, offline, policy=PUBLIC),
        archive=MementoFetcher(live, recorded, offline),
        identifier=Identifier(),
        examiner=Examiner(),
        **fields,  # type: ignore[arg-type]
    )


def gate(pywb: str) -> Archive:
    return Archive(f"{pywb}/")


def wayback(pywb: str) -> Archive:
    """Return pywb as the Wayback Machine is asked: a timestamp in the address, and CDX."""
    return Archive.read(f"{pywb}/{{timestamp}}id_/{{url}} {pywb}/cdx")


# --- a real archive ---------------------------------------------------------------------


@pytest.mark.parametrize("way", [gate, wayback])
def test_a_page_that_is_gone_is_read_from_the_copy_nearest_the_day_of_access(
    way: object, pywb: str, town: web.Server, live: LiveFetcher, tmp_path: Path
) -> None:
    page = f"http://{HOST}:{town.port}/bakery"

    reading = verifier(live, tmp_path, way(pywb)).read(source(page, date(2018, 9, 1)))  # type: ignore[operator]

    assert isinstance(reading, Document)
    assert reading.snapshot.via == "archive"
    assert reading.snapshot.captured == datetime(2018, 6, 1, 12, tzinfo=UTC)
    assert reading.snapshot.body.decode() == f"{OLD}<!-- 2018 -->", "as it was archived"
    assert [(a.via, a.failure) for a in reading.attempts] == [("live", Failure.GONE)]
    assert all(a.time for a in reading.attempts)


@pytest.mark.parametrize("way", [gate, wayback])
def test_an_archived_error_is_no_copy_of_the_text_and_the_next_nearest_is_tried(
    way: object, pywb: str, town: web.Server, live: LiveFetcher, tmp_path: Path
) -> None:
    page = f"http://{HOST}:{town.port}/bakery"

    reading = verifier(live, tmp_path, way(pywb)).read(source(page, date(2020, 12, 1)))  # type: ignore[operator]

    assert isinstance(reading, Document)
    assert reading.snapshot.captured == datetime(2018, 6, 1, 12, tzinfo=UTC)
    tried = [(a.via, a.failure) for a in reading.attempts[1:]]
    # Each nearer one was tried, and is said: a page that says "not found", and an error.
    assert ("archive", Failure.SOFT_MISSING) in tried
    # A CDX server leaves errors out by itself.
    assert (("archive", Failure.GONE) in tried) == (way is gate)


def test_copies_before_and_after_the_day_are_known(
    pywb: str, town: web.Server, live: LiveFetcher
) -> None:
    page = f"http://{HOST}:{town.port}/bakery"

    listed = TimeMapFetcher(live, (gate(pywb),), policy=PUBLIC).fetch(source(page), page)

    found = timemap.parse(listed.body.decode(), page).copies
    years = [copy.captured.year for copy in found]
    assert years[0] == 2021
    assert {2018, 2025} <= set(years)
    assert all("id_/" in copy.address for copy in found)


def test_a_page_of_which_there_are_only_errors_stays_unread(
    pywb: str, town: web.Server, live: LiveFetcher, tmp_path: Path
) -> None:
    page = f"http://{HOST}:{town.port}/errors"

    reading = verifier(live, tmp_path, gate(pywb)).read(source(page))

    assert isinstance(reading, Unavailable)
    assert {a.failure for a in reading.attempts} == {Failure.GONE}
    assert {a.via for a in reading.attempts} == {"live", "archive"}


def test_that_there_is_no_copy_is_remembered_for_a_day(
    pywb: str, town: web.Server, live: LiveFetcher, tmp_path: Path
) -> None:
    page, now = f"http://{HOST}:{town.port}/nothing", datetime(2026, 3, 20, 12, tzinfo=UTC)
    memory = Memory(tmp_path / "memory.sqlite")
    store = Store(tmp_path / "evidence")

    def asked() -> int:
        return len(store.all())

    for days, requests in ((0.0, 1), (0.9, 1), (1.1, 2)):
        clock = now + timedelta(days=days)
        finder = TimeMapFetcher(
            live, (gate(pywb),), memory, clock=partial(_same, clock), policy=PUBLIC
        )
        with pytest.raises(FetchError, match="no copy in 127") as caught:
            finder.fetch(source(page), page)
        assert caught.value.failure is Failure.UNARCHIVED
        assert asked() == requests


def test_a_copy_that_was_had_is_had_again_with_the_network_off(
    pywb: str, town: web.Server, live: LiveFetcher, tmp_path: Path
) -> None:
    page = source(f"http://{HOST}:{town.port}/bakery", date(2018, 9, 1))
    first = verifier(live, tmp_path, gate(pywb)).read(page)
    with closing(LiveFetcher(policy=Policy(resolve=_nobody))) as cut_off:
        again = verifier(cut_off, tmp_path, gate(pywb), offline=True).read(page)

    assert isinstance(first, Document)
    assert isinstance(again, Document)
    assert again.snapshot.sha256 == first.snapshot.sha256
    assert again.snapshot.captured == first.snapshot.captured
    assert again.snapshot.via == "archive"


def _nobody(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host}:{port} was asked, offline")


def test_a_copy_that_sources_yaml_names_is_read_as_it_was_archived(
    pywb: str, town: web.Server, live: LiveFetcher, tmp_path: Path
) -> None:
    named = f"{pywb}/20180601120000/http://{HOST}:{town.port}/bakery"

    reading = verifier(live, tmp_path).read(source(named, urls=(), archives=(named,)))

    assert isinstance(reading, Document)
    assert reading.snapshot.body.decode() == f"{OLD}<!-- 2018 -->"
    assert reading.snapshot.captured == datetime(2018, 6, 1, 12, tzinfo=UTC)


ARTICLE = """\
The bakery sold two thousand loaves of bread on its first day in the town.[1]

[1] “A bakery opens”, Town Courier, {url}, (Date of Accession: {day}).
"""


def checked(pywb: str, town: web.Server, live: LiveFetcher, folder: Path, day: str) -> Report:
    path = folder / "article.txt"
    path.write_text(ARTICLE.format(url=f"http://{HOST}:{town.port}/changed", day=day), "utf-8")
    return verifier(live, folder, gate(pywb), drift=True).check(path)


def test_a_page_that_has_changed_since_is_judged_by_what_the_writer_read(
    pywb: str, town: web.Server, live: LiveFetcher, tmp_path: Path
) -> None:
    report = checked(pywb, town, live, tmp_path, "28.10.2022")

    (verdict,) = report.verdicts
    assert verdict.outcome is Outcome.SUPPORTED
    assert verdict.version is not None
    assert verdict.version.via == "archive"
    assert verdict.version.captured == datetime(2022, 6, 1, 12, tzinfo=UTC)
    assert verdict.drift is not None
    assert verdict.drift.kind is DriftKind.ONLY_IN_COPY
    assert verdict.drift.other.via == "live"
    assert "two thousand loaves" in verdict.drift.before
    reading = report.readings[verdict.source_id or SourceId("")]
    assert isinstance(reading, Document)
    for evidence in verdict.evidence:
        assert reading.text[evidence.span.start : evidence.span.end] == evidence.text
    (finding,) = [f for f in report.findings if f.name == "changed-source"]
    assert finding.severity.label == "warning"
    assert "has changed since it was cited" in finding.flag.message


def test_where_page_and_copy_say_nothing_of_the_claim_there_is_no_drift(
    pywb: str, town: web.Server, live: LiveFetcher, tmp_path: Path
) -> None:
    report = checked(pywb, town, live, tmp_path, "02.06.2016")

    (verdict,) = report.verdicts
    assert verdict.version is not None
    assert verdict.version.via == "live"
    assert verdict.drift is None


def _same(moment: datetime) -> datetime:
    return moment


# --- archives that lie ------------------------------------------------------------------


def memento(h: web.Handler, body: str = OLD, moment: str = "Wed, 01 Jun 2022 12:00:00 GMT") -> None:
    h.answer(body=body.encode(), Content_Type=web.HTML, Memento_Datetime=moment)


YEARS = range(2005, 2025)

PARTS = ",\n".join(
    f'</part/{year}>; rel="timemap"; from="Sat, 01 Jan {year} 00:00:00 GMT"; '
    f'until="Sat, 31 Dec {year} 00:00:00 GMT"'
    for year in YEARS
)
"""A list in parts of a year each, the first of which is far from the day of access."""


def part(year: int) -> str:
    """Return one part, which names the whole list again, as archives do."""
    return (
        f'</parts>; rel="timemap", </copy/{year}>; rel="memento"; '
        f'datetime="Wed, 02 Nov {year} 10:00:00 GMT"'
    )


def lying(port: int) -> dict[str, object]:
    page = f"http://{HOST}/page"
    huge = ",\n".join(
        f'</copy/{n}>; rel="memento"; datetime="Mon, 0{n % 9 + 1} Jun 20{10 + n % 10} 10:00:00 GMT"'
        for n in range(150_000)
    )

    def with_map(h: web.Handler, where: str = "map") -> None:
        h.answer(
            body=OLD.encode(), Content_Type=web.HTML, Link=f'</{where}>; rel="timemap"',
            Memento_Datetime="Wed, 01 Jun 2022 12:00:00 GMT",
        )  # fmt: skip

    return {
        f"/live/{page}": web.page(OLD.encode(), web.HTML),
        f"/private/{page}": web.redirect("http://10.0.0.1/secret"),
        f"/metadata/{page}": web.redirect("http://169.254.169.254/latest/meta-data/"),
        f"/elsewhere/{page}": web.redirect(f"http://127.0.0.1:{port}/20150101000000/{page}"),
        f"/20150101000000id_/{page}": memento,
        f"/future/{page}": lambda h: memento(h, moment="Wed, 01 Jun 2122 12:00:00 GMT"),
        f"/nonsense/{page}": lambda h: memento(h, moment="the day before yesterday"),
        f"/down/{page}": web.status(503),
        f"/busy/{page}": web.status(429),
        f"/good/{page}": memento,
        f"/huge/{page}": with_map,
        f"/parts/{page}": lambda h: with_map(h, "parts"),
        "/parts": web.page(PARTS.encode(), "text/plain"),
        **{f"/part/{year}": web.page(part(year).encode(), "text/plain") for year in YEARS},
        "/map": lambda h: h.answer(body=huge.encode()[:2_900_000], Content_Type="text/plain"),
    }


@pytest.fixture(scope="module")
def liar() -> Iterator[web.Server]:
    with web.Server(pages={"/": web.status(404)}) as server:
        server._server.RequestHandlerClass.pages = lying(server.port)  # type: ignore[attr-defined]
        yield server


PAGE = f"http://{HOST}/page"


@pytest.mark.parametrize(
    ("path", "failure"),
    [
        ("/live/", Failure.UNARCHIVED),
        ("/nonsense/", Failure.UNARCHIVED),
        ("/future/", Failure.UNARCHIVED),
        ("/elsewhere/", Failure.UNARCHIVED),
        ("/private/", Failure.REFUSED),
        ("/metadata/", Failure.REFUSED),
        ("/down/", Failure.SERVER_ERROR),
        ("/busy/", Failure.BLOCKED),
    ],
)
def test_what_is_no_copy_is_not_taken_for_one(
    path: str, failure: Failure, liar: web.Server, live: LiveFetcher
) -> None:
    finder = TimeMapFetcher(live, (Archive(liar.url(path)),), policy=PUBLIC)

    with pytest.raises(FetchError) as caught:
        finder.fetch(source(PAGE), PAGE)

    assert caught.value.failure is failure


def test_an_archive_in_trouble_is_asked_again_and_is_no_negative_answer(
    liar: web.Server, live: LiveFetcher, tmp_path: Path
) -> None:
    memory = Memory(tmp_path / "memory")
    finder = TimeMapFetcher(live, (Archive(liar.url("/down/")),), memory, policy=PUBLIC)

    for _ in range(2):
        with pytest.raises(FetchError) as caught:
            finder.fetch(source(PAGE), PAGE)
        assert caught.value.failure is Failure.SERVER_ERROR


def test_several_archives_are_asked_in_order(liar: web.Server, live: LiveFetcher) -> None:
    archives = tuple(Archive(liar.url(path)) for path in ("/down/", "/live/", "/good/"))

    listed = TimeMapFetcher(live, archives, policy=PUBLIC).fetch(source(PAGE), PAGE)

    (copy,) = timemap.parse(listed.body.decode(), PAGE).copies
    assert copy.address == liar.url(f"/good/{PAGE}")


def test_of_a_huge_list_a_few_copies_are_kept(liar: web.Server, live: LiveFetcher) -> None:
    began = time.thread_time()
    finder = TimeMapFetcher(live, (Archive(liar.url("/huge/")),), policy=PUBLIC)
    listed = finder.fetch(source(PAGE), PAGE)

    assert len(timemap.parse(listed.body.decode(), PAGE).copies) == 12
    assert time.thread_time() - began < 8


def test_of_a_list_in_parts_those_of_the_day_are_read(liar: web.Server, live: LiveFetcher) -> None:
    finder = TimeMapFetcher(live, (Archive(liar.url("/parts/")),), policy=PUBLIC)

    listed = finder.fetch(source(PAGE), PAGE)

    copies = timemap.parse(listed.body.decode(), PAGE).copies
    assert [c.captured.year for c in copies] == [2022, 2022, 2021, 2023]
    asked = [request.path for request in liar.log.requests if "/part" in request.path]
    assert asked[1:] == ["/parts", "/part/2022", "/part/2023", "/part/2021"]


def test_a_copy_of_another_day_than_the_archive_lists_is_not_read(
    liar: web.Server, live: LiveFetcher, tmp_path: Path
) -> None:
    class Lists:
        name = "timemap"

        def fetch(self, source: Source, address: str) -> object:
            body = timemap.dump(
                PAGE, [Copy(liar.url(f"/good/{PAGE}"), datetime(2015, 1, 1, tzinfo=UTC))]
            )
            page = TimeMapFetcher(live, ())
            return page._snapshot(source, address, body)

    tool = replace(verifier(live, tmp_path), copies=Lists())  # type: ignore[arg-type]

    reading = tool.read(source(PAGE))

    assert isinstance(reading, Unavailable)
    assert reading.attempts[-1].failure is Failure.UNARCHIVED
    assert "where it lists one of 2015-01-01" in reading.attempts[-1].reason


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x",
        "http://10.1.2.3/x",
        "http://intranet/x",
        "http://wiki.internal/x",
        "http://news.example/x",
        "http://printer.local/x",
        "file:///etc/passwd",
    ],
)
def test_no_archive_is_told_of_an_address_of_one_s_own_network(
    address: str, live: LiveFetcher
) -> None:
    finder = TimeMapFetcher(live, (Archive("http://archive.invalid/"),))

    with pytest.raises(FetchError) as caught:
        finder.fetch(source(address), address)

    assert caught.value.failure is Failure.UNRECORDED  # which is no attempt


@pytest.mark.parametrize(
    ("allowed", "numbers"),
    [
        ((), ["10.1.2.3"]),
        ((), ["8.8.8.8", "10.1.2.3"]),
        (("10.0.0.0/8",), ["10.1.2.3"]),
        (("wiki.company.example.org",), ["8.8.8.8"]),
        (("wiki.company.example.org",), []),
    ],
)
def test_no_archive_is_told_of_a_name_of_one_s_own_network(
    allowed: tuple[str, ...], numbers: list[str], liar: web.Server, live: LiveFetcher
) -> None:
    page = "http://wiki.company.example.org/plan?token=abc"
    policy = Policy(allowed, resolve=lambda *_: numbers)
    finder = TimeMapFetcher(live, (Archive(liar.url("/good/")),), policy=policy)
    before = len(liar.log.requests)

    with pytest.raises(FetchError) as caught:
        finder.fetch(source(page), page)

    assert caught.value.failure is Failure.UNRECORDED
    assert len(liar.log.requests) == before


def test_an_archive_is_asked_for_a_name_that_means_nothing_any_more(
    liar: web.Server, live: LiveFetcher
) -> None:
    def unknown(*_: object) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    archives = (Archive(liar.url("/good/")),)
    finder = TimeMapFetcher(live, archives, policy=Policy(resolve=unknown))

    assert finder.fetch(source(PAGE), PAGE).body


def test_no_archive_is_told_of_what_we_declined_to_ask_for(
    liar: web.Server, live: LiveFetcher
) -> None:
    resolver = Resolver(
        files=FileFetcher(),
        live=LiveFetcher(retries=0, policy=Policy(resolve=lambda *_: ["10.1.2.3"])),
        identifier=Identifier(),
        # It looks the name up anew, and is told something else.
        copies=TimeMapFetcher(live, (Archive(liar.url("/good/")),), policy=PUBLIC),
        archive=MementoFetcher(live),
    )
    before = len(liar.log.requests)

    read = resolver.read(source(PAGE))

    assert [(a.via, a.failure) for a in read.attempts] == [("live", Failure.REFUSED)]
    assert len(liar.log.requests) == before


# --- addresses and lists ----------------------------------------------------------------


def test_a_replay_address_gives_the_raw_one_and_the_page() -> None:
    replay = "https://web.archive.org/web/20221028101112/https://a.example/b?c=1"

    assert raw(replay) == replay.replace("112/", "112id_/")
    assert raw(raw(replay)) == raw(replay)
    assert raw(replay.replace("112/", "112if_/")) == raw(replay)
    assert original(replay) == original(raw(replay)) == "https://a.example/b?c=1"
    assert raw("https://a.example/20221028/b") == "https://a.example/20221028/b"


def test_a_header_and_an_address_that_disagree_are_said() -> None:
    said = {"memento-datetime": "Wed, 01 Jun 2022 12:00:00 GMT"}

    assert captured_at(said, "https://web.archive.org/web/20220601120000/https://a.example/")
    with pytest.raises(FetchError, match="contradicts itself"):
        captured_at(said, "https://web.archive.org/web/20150601120000/https://a.example/")


@pytest.mark.parametrize(
    "text", ["ftp://archive.example/", "", "https://a.example/ https://b.example/cdx", "a b c"]
)
def test_what_is_no_archive_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"TimeGate|timestamp|unpack"):
        Archive.read(text)


def test_the_nearest_copies_come_first_with_both_sides_of_the_day() -> None:
    def on(day: int) -> Copy:
        return Copy(f"https://a.example/{day}", datetime(2022, 6, day, tzinfo=UTC))

    chosen = nearest(
        [on(d) for d in (1, 11, 12, 13, 20)], on(14).captured, 3, latest=on(30).captured
    )

    assert [c.captured.day for c in chosen] == [13, 12, 20]
    assert nearest([on(20)], on(14).captured, 3, latest=on(15).captured) == []


def test_of_many_copies_after_the_day_the_first_tries_include_those_before_it() -> None:
    moment = datetime(2022, 10, 28, 12, tzinfo=UTC)
    days = (-400, -300, *range(1, 40))
    copies = [Copy(f"https://a.example/{n}", moment + timedelta(days=n)) for n in days]

    chosen = nearest(copies, moment, 12, latest=moment + timedelta(days=99))

    assert [(c.captured - moment).days for c in chosen[:MOST_TRIED]] == [1, 2, -300, -400]
    assert len(chosen) == 12


@pytest.mark.parametrize(
    "text",
    ["", "<", "<a>; rel=memento", "<" * 100_000, "<a>;" * 50_000, '<a>; rel="' + "m" * 90_000],
)
def test_an_odd_list_has_no_copies_and_takes_no_time(text: str) -> None:
    began = time.monotonic()

    assert timemap.parse(text, "https://a.example/").copies == ()
    assert time.monotonic() - began < 2
