"""Recorded evidence outlives killed processes, other writers and curious readers."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import server as web
from verify.errors import FetchError, StoreError
from verify.fetch import warc
from verify.fetch.cdxj import Entry, canonical
from verify.fetch.live import LiveFetcher
from verify.fetch.recorded import RecordedFetcher
from verify.fetch.store import Exchange, Store
from verify.model import Failure, Position, Source, SourceId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 3, 20, 12, 0, 0, 123456, tzinfo=UTC)
PAGE = "https://example.org/گزارش?id=7"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "evidence")


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(SourceId("note-1"), ("1",), tmp_path / "article.txt", Position(1, 1))


@pytest.fixture(scope="module")
def server() -> Iterator[web.Server]:
    with web.Server() as server:
        yield server


def exchange(body: bytes = b"<p>one</p>", address: str = PAGE, **fields: object) -> Exchange:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("X-Note", "kept as it came"))
    base = Exchange(address, NOON, 200, headers, body, (("User-Agent", "test"),))
    return replace(base, **fields)  # type: ignore[arg-type]


def test_what_was_recorded_is_read_back_whole(store: Store) -> None:
    sent = exchange("می‌رود".encode() * 1000)

    entry = store.record(sent)
    read = store.read(entry)

    assert read.body == sent.body
    assert read.time == sent.time
    assert read.status == 200
    assert dict(read.headers)["X-Note"] == "kept as it came"
    assert Store(store.folder).entries(PAGE) == [entry]


HEADERS = st.tuples(
    st.text(st.characters(codec="ascii", exclude_characters=":"), min_size=1, max_size=9),
    st.text(max_size=20),
)


@given(
    body=st.binary(max_size=60) | st.just(b"\r\n\r\nHTTP/1.1 200 \r\n\r\n"),
    headers=st.lists(HEADERS, max_size=4),
    status=st.integers(100, 599),
    is_cut=st.booleans(),
    is_known=st.booleans(),
)
def test_our_own_reading_and_warcios_are_one(
    body: bytes, headers: list[tuple[str, str]], status: int, is_cut: bool, is_known: bool
) -> None:
    sent = exchange(body, headers=tuple(headers), status=status, is_cut=is_cut)
    known = Entry(PAGE, NOON, 200, "text/html", "0" * 64, "a", 0, 1) if is_known else None
    record = warc.unpacked(warc.records(sent, "0" * 64, known)[1], 10_000)

    ours = warc._plainly(record)

    assert ours in (None, warc._by_warcio(record))
    assert ours is not None or not all(k.isalnum() and v.isalnum() for k, v in headers)


def test_a_record_in_another_form_is_read_by_warcio() -> None:
    record = warc.unpacked(warc.records(exchange(), "0" * 64, None)[1], 10_000)
    status, headers, body, is_cut = warc.parts(record)

    for other in (
        record.replace(b"WARC/1.1", b"WARC/1.0"),
        record.replace(b"HTTP/1.1 200 ", b"HTTP/1.0 200 "),
        record.replace(b"X-Note: ", b"X-Note:\t"),
        record.replace(b"WARC-Type", b"X-Field: 1\r\n\tfolded\r\nWARC-Type"),
    ):
        assert other != record
        assert warc._plainly(other) is None
        assert warc.parts(other) == (status, headers, body, is_cut)


@pytest.mark.parametrize("length", ["0", "7", "99999", "999999999999", "-1", "1_0", "٣"])
def test_a_record_of_another_length_is_not_taken_apart_as_ours(length: str) -> None:
    record = warc.unpacked(warc.records(exchange(), "0" * 64, None)[1], 10_000)
    begin = record.index(b"Content-Length: ")  # of the record; that of the answer comes later
    end = record.index(b"\r\n", begin)

    assert warc._plainly(record) is not None
    changed = record[:begin] + f"Content-Length: {length}".encode() + record[end:]
    assert warc._plainly(changed) is None


@pytest.mark.parametrize("change", ["cut", "doubled", "flipped", "plain", "empty"])
def test_only_one_whole_member_is_a_record(change: str) -> None:
    packed = warc.records(exchange(os.urandom(300)), "0" * 64, None)[1]
    changed = {
        "cut": packed[:-1], "doubled": packed * 2, "plain": b"WARC/1.1\r\n\r\n", "empty": b"",
        "flipped": packed[:200] + bytes([packed[200] ^ 1]) + packed[201:],
    }  # fmt: skip

    with pytest.raises(ValueError, match="the compressed record is"):
        warc.unpacked(changed[change], 10_000)
    with pytest.raises(ValueError, match="too large"):
        warc.unpacked(packed, 300)


def test_a_body_that_was_kept_before_is_kept_once(store: Store) -> None:
    body = os.urandom(50_000)
    store.record(exchange(body))
    size = store.files()[0].stat().st_size

    again = store.record(exchange(body, time=NOON + timedelta(days=1)))

    assert again.is_revisit
    assert store.files()[0].stat().st_size - size < 2_000
    assert store.read(again).body == body
    assert store.read(again).time == NOON + timedelta(days=1)


def test_other_tools_read_the_records(store: Store) -> None:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.checker import Checker

    store.record(exchange())
    store.record(exchange(b"two", status=404))
    store.record(exchange(time=NOON + timedelta(days=1)))
    store.record(exchange(b"", status=302, headers=(("Location", "/خانه"), ("X-A", "é\r\nX-B: 1"))))
    store.record(exchange(b"three", is_cut=True, via="archive"))
    with store.files()[0].open("rb") as file:
        records = [(r.rec_type, r.rec_headers, r.http_headers, r.raw_stream.read())
                   for r in ArchiveIterator(file, check_digests="raise")]  # fmt: skip

    assert [kind for kind, *_ in records] == [
        "warcinfo",
        *["request", "response"] * 2,
        *["request", "revisit"],
        *["request", "response"] * 2,
    ]
    assert b"software: verify-sources/" in records[0][3]
    for kind, about, http, _ in records[1:]:
        assert about.get_header("WARC-Date").startswith("2026-03-2")
        assert about.get_header("WARC-Date").endswith("T12:00:00Z")
        # URIs are ASCII (RFC 3986): players look them up as a browser asks for them.
        assert about.get_header("WARC-Target-URI") == quote(PAGE, safe=":/?=")
        if kind == "request":
            assert http.protocol == "GET"
            assert (http.get_header("Host"), http.get_header("User-Agent")) == (
                "example.org",
                "test",
            )
    assert records[2][3] == b"<p>one</p>"
    assert records[6][1].get_header("WARC-Refers-To-Date") == "2026-03-20T12:00:00Z"
    assert records[6][1].get_header("WARC-Refers-To-Target-URI") == quote(PAGE, safe=":/?=")
    assert records[8][2].get_header("Location") == quote("/خانه")
    assert records[8][2].get_header("X-B") is None
    assert records[10][1].get_header("WARC-Truncated") == "length"

    class Options:
        inputs = (str(store.files()[0]),)
        verbose = False

    checker = Checker(Options)
    checker.process_all()
    assert checker.exit_value == 0


def test_a_changed_byte_is_found_and_named(store: Store) -> None:
    entry = store.record(exchange(os.urandom(5_000)))
    path = store.files()[0]
    damaged = bytearray(path.read_bytes())
    damaged[entry.offset + entry.length // 2] ^= 1
    path.write_bytes(damaged)

    with pytest.raises(StoreError, match=rf"example\.org.*damaged: {path.name} at byte") as caught:
        store.read(entry)

    assert caught.value.hint


def test_an_index_that_names_a_file_elsewhere_reads_nothing_there(store: Store) -> None:
    store.record(exchange())
    index = store.folder / "index.cdxj"
    index.write_text(
        index.read_text("utf-8").replace("evidence-00001.warc.gz", "../../../etc/passwd"), "utf-8"
    )

    other = Store(store.folder)
    with pytest.raises(StoreError, match="passwd"):
        other.read(other.entries(PAGE)[0])
    assert other.entries(PAGE)[0].file == "passwd"


@pytest.mark.parametrize("tail", [b"\x1f\x8b\x08\x00torn", warc.information("x")[:-9], b"\x1f"])
def test_a_torn_record_is_cut_and_said(store: Store, tail: bytes) -> None:
    store.record(exchange(b"first"))
    with store.files()[0].open("ab") as file:
        file.write(tail)

    after = Store(store.folder)
    entry = after.record(exchange(b"second", address="https://example.org/2"))

    assert after.read(entry).body == b"second"
    assert after.read(after.entries(PAGE)[0]).body == b"first"
    assert any("cut off" in notice for notice in after.notices)


def test_a_torn_line_of_the_index_is_cut_and_its_record_counted(store: Store) -> None:
    store.record(exchange(b"first"))
    store.record(exchange(b"second"))
    index = store.folder / "index.cdxj"
    os.truncate(index, index.stat().st_size - 5)

    after = Store(store.folder)
    assert [after.read(e).body for e in after.entries(PAGE)] == [b"first"]
    after.record(exchange(b"third"))

    assert [after.read(e).body for e in after.entries(PAGE)] == [b"first", b"second", b"third"]
    assert len(after.notices) == 2


# --- whatever becomes of the index -------------------------------------------------------


def kept(store: Store) -> set[bytes]:
    """Return the bodies that another one finds in this store."""
    other = Store(store.folder)
    return {other.read(entry).body for entry in other.all()}


@pytest.mark.parametrize("lines", [0, 1, 3])
def test_what_a_lost_index_knew_is_counted_again(
    store: Store, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.fetch.store.MAX_FILE", 3_000)
    copy = "https://web.archive.org/web/20200101000000id_/https://example.org/"
    bodies = [os.urandom(1_200) for _ in range(6)]
    sent = [exchange(body, f"https://example.org/{n}") for n, body in enumerate(bodies)]
    sent += [exchange(bodies[0], time=NOON + timedelta(days=1)), exchange(b"copy", copy, status=203,
             via="archive")]  # fmt: skip
    known = [store.record(each) for each in sent]
    whole = {path: path.read_bytes() for path in store.files()}
    assert len(whole) == 4
    index = store.folder / "index.cdxj"
    index.write_bytes(b"".join(index.read_bytes().splitlines(keepends=True)[:lines]))

    after = Store(store.folder)
    after.record(exchange(b"new", "https://example.org/new"))

    assert kept(store) == {*bodies, b"copy", b"new"}
    assert all(path.read_bytes().startswith(before) for path, before in whole.items())
    found = Store(store.folder).all()
    assert {replace(e, time=e.time.replace(microsecond=0)) for e in known} <= {
        replace(e, time=e.time.replace(microsecond=0)) for e in found
    }
    assert len(found) == len(sent) + 1
    assert "recorded answers counted again" in after.notices[0]


def test_a_run_that_reads_alone_has_the_lost_index_again(store: Store) -> None:
    store.record(exchange(b"first"))
    (store.folder / "index.cdxj").unlink()

    after = Store(store.folder)
    after.mend()

    assert [after.read(entry).body for entry in after.entries(PAGE)] == [b"first"]
    assert after.notices == ["evidence-00001.warc.gz: recorded answers counted again: 1"]
    again = Store(store.folder)
    again.mend()
    assert (again.notices, len(again.all())) == ([], 1)


def test_mending_a_store_that_is_not_there_makes_none(store: Store) -> None:
    store.mend()

    assert not store.folder.exists()


def test_an_index_that_is_lost_while_we_write_is_made_anew(store: Store) -> None:
    for number in range(3):
        store.record(exchange(b"%d" % number, f"https://example.org/{number}"))
    (store.folder / "index.cdxj").unlink()
    store.record(exchange(b"3", "https://example.org/3"))
    store.record(exchange(b"4", "https://example.org/4"))

    assert kept(store) == {b"0", b"1", b"2", b"3", b"4"}
    assert len(store.all()) == 5


@pytest.mark.parametrize("name", ["evidence-00001.warc.gz", "evidence-00777.warc.gz"])
def test_a_line_that_names_a_place_too_far_hides_no_later_record(store: Store, name: str) -> None:
    store.record(exchange(b"first"))
    index = store.folder / "index.cdxj"
    line = index.read_text("utf-8").replace('"offset": "', '"offset": "9999')
    line = line.replace("evidence-00001.warc.gz", name).replace("example", "sample")
    index.write_text(index.read_text("utf-8") + line, "utf-8")
    with store.files()[0].open("ab") as file:
        file.write(warc.information("x")[:-9])

    for number in range(3):
        after = Store(store.folder)
        body, address = b"%d" % number, f"https://example.org/{number}"
        assert after.read(after.record(exchange(body, address))).body == body
        assert after.read(after.entries(PAGE)[0]).body == b"first"
    last = Store(store.folder)
    assert [last.read(last.entries(f"https://example.org/{n}")[0]).body for n in range(3)] == [
        b"0", b"1", b"2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "tail",
    [
        b"x",
        bytes(3_000),
        gzip.compress(b"no record", mtime=0),
        b"\x1f\x8b\x09x",
        gzip.compress(b"WARC/1.1\r\n" + bytes(1_000_000), mtime=0),  # a bomb
    ],
)
def test_what_is_no_record_is_left_and_another_file_begun(store: Store, tail: bytes) -> None:
    store.record(exchange(b"first"))
    (path,) = store.files()
    with path.open("ab") as file:
        file.write(tail)
    before = path.read_bytes()

    after = Store(store.folder)
    for number in range(2):
        after.record(exchange(b"%d" % number, f"https://example.org/{number}"))

    assert path.read_bytes() == before
    assert len(store.files()) == 2
    assert kept(store) == {b"first", b"0", b"1"}
    assert len(after.notices) == 1


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (b"URI: https://example.org/planted", b"URI: http://[x\n"),
        (b"Date: 2026-03-20T12:00:00Z", b"Date: 0001-01-01T00:00:00+14:00"),
        (b"Date: 2026-03-20T12:00:00Z", b"Date: noon"),
        (b"HTTP/1.1 200", b"HTTP/1.1"),
        (b"sha256:", b"\xff:"),
    ],
)
def test_a_record_that_is_not_ours_spoils_no_index(
    store: Store, ours: bytes, theirs: bytes
) -> None:
    store.record(exchange(b"first"))
    sent = exchange(b"planted", "https://example.org/planted")
    planted = gzip.decompress(warc.records(sent, "0" * 64, None)[1])
    assert ours in planted
    with store.files()[0].open("ab") as file:
        file.write(gzip.compress(planted.replace(ours, theirs)))

    after = Store(store.folder)
    after.record(exchange(b"second", "https://example.org/2"))

    last = Store(store.folder)
    last.mend()
    assert last.read(last.entries(PAGE)[0]).body == b"first"
    assert last.read(last.entries("https://example.org/2")[0]).body == b"second"
    assert all(entry.time.tzinfo for entry in last.all())


def test_a_record_within_a_torn_page_is_not_taken_for_evidence(store: Store) -> None:
    store.record(exchange(b"first"))
    inner = b"".join(warc.records(exchange(b"planted", "https://bank.example/"), "0" * 64, None))
    torn = warc.records(exchange(os.urandom(70_000) + inner + os.urandom(9_000)), "0" * 64, None)[1]
    with store.files()[0].open("ab") as file:
        file.write(torn[:-5_000])

    after = Store(store.folder)
    after.record(exchange(b"second", "https://example.org/2"))

    assert inner in torn
    assert after.entries("https://bank.example/") == []
    assert kept(store) == {b"first", b"second"}


def test_an_index_that_cannot_be_read_says_how_to_have_it_again(store: Store) -> None:
    store.record(exchange(b"first"))
    index = store.folder / "index.cdxj"
    index.write_bytes(b"no entry\n")

    with pytest.raises(StoreError, match="a line is not an entry") as caught:
        Store(store.folder).entries(PAGE)
    assert caught.value.hint == "remove index.cdxj: it is made anew from the files beside it"


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from verify.fetch.store import Exchange, Store
store, name, count = Store(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
for number in range(count):
    body = Random(f"{name}-{number}").randbytes(20_000)
    address = f"https://example.org/{name}/{number}"
    store.record(Exchange(address, datetime.now(UTC), 200, (), body))
    print(number, flush=True)
"""


def _writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )


def _kept(folder: Path, name: str) -> list[int]:
    """Return which of a writer's records are there; all that are must be right."""
    from random import Random

    store, kept = Store(folder), list[int]()
    for number in range(10_000):
        entries = store.entries(f"https://example.org/{name}/{number}")
        if not entries:
            return kept
        expected = Random(f"{name}-{number}").randbytes(20_000)
        assert store.read(entries[0]).body == expected
        kept.append(number)
    return kept


def test_two_processes_write_side_by_side(tmp_path: Path) -> None:
    writers = [_writer(tmp_path, name, 60) for name in ("a", "b")]
    for writer in writers:
        writer.communicate()

    assert [w.returncode for w in writers] == [0, 0]
    assert [len(_kept(tmp_path, name)) for name in ("a", "b")] == [60, 60]
    assert Store(tmp_path).notices == []


def test_many_threads_write_at_once(store: Store) -> None:
    def keep(number: int) -> bool:
        # every fourth has the same body as the three before it
        body = f"<p>{number // 4}</p>".encode() * 300
        return store.record(exchange(body, f"https://example.org/{number}")).is_revisit

    with ThreadPoolExecutor(16) as pool:
        revisits = list(pool.map(keep, range(400)))

    assert sum(revisits) == 300
    for kept in (store, Store(store.folder)):
        assert len(kept.all()) == 400
        assert all(
            kept.read(kept.entries(f"https://example.org/{n}")[0]).body.startswith(
                f"<p>{n // 4}</p>".encode()
            )
            for n in range(400)
        )
        assert kept.notices == []


def test_what_cannot_be_written_is_said_to_every_thread_that_waits(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file")
    store = Store(tmp_path / "evidence")

    def keep(number: int) -> str:
        with pytest.raises(StoreError, match="cannot keep evidence") as caught:
            store.record(exchange(address=f"https://example.org/{number}"))
        return str(caught.value)

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(keep, range(24)))) == 24


def test_a_full_file_is_followed_by_another(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.fetch.store.MAX_FILE", 3_000)
    for number in range(6):
        store.record(exchange(os.urandom(1_200), f"https://example.org/{number}"))

    assert [path.name for path in store.files()] == [
        f"evidence-0000{number}.warc.gz" for number in (1, 2, 3)
    ]
    assert len([store.read(entry) for entry in Store(store.folder).all()]) == 6


def test_what_was_acknowledged_survives_being_killed(tmp_path: Path) -> None:
    for turn in range(6):
        name = f"turn{turn}"
        writer = _writer(tmp_path, name, 10_000)
        assert writer.stdout is not None
        acknowledged = int(writer.stdout.readline())
        time.sleep(0.02 + 0.031 * turn)
        writer.send_signal(signal.SIGKILL)
        seen = [int(line) for line in writer.communicate()[0].split()]
        acknowledged = max([acknowledged, *seen])

        assert len(_kept(tmp_path, name)) >= acknowledged + 1

    # A last writer mends what the last one killed left behind; everything is still there.
    last = Store(tmp_path)
    last.record(exchange())
    assert last.read(last.entries(PAGE)[0]).body == exchange().body
    assert len(_kept(tmp_path, "turn0")) > 0


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file")

    with pytest.raises(StoreError, match="cannot keep evidence") as caught:
        Store(tmp_path / "evidence").record(exchange())

    assert "--evidence" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("https://Example.org/a", "http://example.org:80/a", True),
        ("https://example.org", "https://example.org/", True),
        ("https://example.org/a?x=1", "https://example.org/a?x=2", False),
        ("https://example.org/a", "https://www.example.org/a", False),
        ("https://example.org/A", "https://example.org/a", False),
        ("https://example.org/a#part", "https://example.org/a", True),
        ("https://example.org/خبر", "https://example.org/%d8%AE%D8%A8%d8%b1", True),
        ("https://example.org/a b", "https://example.org/a%20b", True),
        ("https://example.org:8443/a", "https://example.org/a", False),
        ("https://نمونه.example/a", "https://xn--hhbbbed.example/a", True),
    ],
)
def test_addresses_of_one_page_meet(one: str, other: str, is_same: bool) -> None:
    assert (canonical(one) == canonical(other)) == is_same


# --- what the live web said, said again ----------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/ok", "/gzip", "/deflate", "/to-ok-twice", "/to-persian", "/chunked"]
)
def test_a_recorded_page_is_the_page_that_was_fetched(
    path: str, server: web.Server, source: Source, store: Store
) -> None:
    live = LiveFetcher(delay=0, policy=web.LOOPBACK, record=store.record)
    fresh = live.fetch(source, server.url(path))
    live.close()

    again = RecordedFetcher(Store(store.folder)).fetch(source, server.url(path))

    assert again.body == fresh.body
    assert again.sha256 == fresh.sha256
    assert (again.media_type, again.charset) == (fresh.media_type, fresh.charset)
    assert [unquote(a) for a in again.redirects] == [unquote(a) for a in fresh.redirects]
    assert abs(again.retrieved - fresh.retrieved) < timedelta(seconds=5)
    assert again.via == "recorded"


def test_a_page_behind_a_redirect_to_itself_is_found(
    server: web.Server, source: Source, store: Store
) -> None:
    live = LiveFetcher(delay=0, policy=web.LOOPBACK, record=store.record)
    fresh = live.fetch(source, server.url("/cookie-wall"))
    live.close()

    assert RecordedFetcher(store).fetch(source, server.url("/cookie-wall")).body == fresh.body


def test_a_recorded_wait_of_no_clock_is_still_what_was_said(source: Source, store: Store) -> None:
    wait = ("Retry-After", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT")
    store.record(exchange(b"busy", status=429, headers=(wait,)))

    with pytest.raises(FetchError) as caught:
        RecordedFetcher(store).fetch(source, PAGE)

    assert caught.value.failure is Failure.BLOCKED


@pytest.mark.parametrize("address", ["http://[x/", "http://a]b/", "http://[", "//", "http://a:x/"])
def test_of_what_is_no_address_nothing_is_recorded(
    address: str, source: Source, store: Store
) -> None:
    store.record(exchange())

    with pytest.raises(FetchError) as caught:
        RecordedFetcher(store).fetch(source, address)

    assert caught.value.failure is Failure.UNRECORDED


def test_a_moment_without_a_time_zone_is_one_of_utc(source: Source, store: Store) -> None:
    entry = store.record(exchange())
    index = store.folder / "index.cdxj"
    index.write_text(index.read_text("utf-8").replace("+00:00", ""), "utf-8")

    fetcher = RecordedFetcher(Store(store.folder), since=NOON - timedelta(hours=1))

    assert fetcher.fetch(source, PAGE).retrieved == entry.time


def test_a_recorded_failure_fails_again_alike(
    server: web.Server, source: Source, store: Store
) -> None:
    live = LiveFetcher(delay=0, retries=0, policy=web.LOOPBACK, record=store.record)
    with pytest.raises(FetchError) as first:
        live.fetch(source, server.url("/not-found"))
    live.close()

    with pytest.raises(FetchError) as second:
        RecordedFetcher(store).fetch(source, server.url("/not-found"))

    assert first.value.failure is second.value.failure is Failure.GONE


def test_old_recordings_count_only_where_they_may(source: Source, store: Store) -> None:
    store.record(exchange())

    assert RecordedFetcher(store).fetch(source, PAGE).body == b"<p>one</p>"
    for fetcher, address in (
        (RecordedFetcher(store, since=NOON + timedelta(hours=1)), PAGE),
        (RecordedFetcher(store), "https://example.org/other"),
    ):
        with pytest.raises(FetchError, match="nothing is recorded") as caught:
            fetcher.fetch(source, address)
        assert caught.value.failure is Failure.UNRECORDED


def test_the_newest_page_counts_and_not_the_error_after_it(source: Source, store: Store) -> None:
    store.record(exchange(b"old"))
    store.record(exchange(b"new", time=NOON + timedelta(days=1)))
    store.record(exchange(b"gone", status=404, time=NOON + timedelta(days=2)))

    assert RecordedFetcher(store).fetch(source, PAGE).body == b"new"


def test_a_recording_of_the_beginning_alone_is_no_page(source: Source, store: Store) -> None:
    store.record(exchange(b"<p>the first half", is_cut=True))

    with pytest.raises(FetchError, match="only its beginning was recorded") as caught:
        RecordedFetcher(Store(store.folder)).fetch(source, PAGE)

    assert caught.value.failure is Failure.TOO_LARGE


def test_recorded_redirects_in_a_circle_end(source: Source, store: Store) -> None:
    for one, other in (("/a", "/b"), ("/b", "/a")):
        store.record(
            exchange(
                b"",
                address=f"https://example.org{one}",
                status=302,
                headers=(("Location", other),),
            )
        )

    with pytest.raises(FetchError) as caught:
        RecordedFetcher(store).fetch(source, "https://example.org/a")

    assert caught.value.failure is Failure.REDIRECTS
