"""A bundle's container: never held as a whole, written in one way, and trusted in nothing."""

from __future__ import annotations

import gzip
import io
import json
import re
import struct
import subprocess
import tracemalloc
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from verify import bundle, zips
from verify.cli import main
from verify.errors import FetchError, InputError
from verify.fetch.journal import Journal, ReplayingFetcher
from verify.fetch.store import Exchange, Store
from verify.model import Failure, Position, Snapshot, Source, SourceId

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".cache" / "archive-tools" / "bin"
NOON = datetime(2026, 3, 20, 12, 0, 0, 123456, tzinfo=UTC)
PAGE = "https://example.org/گزارش?id=7"
RUN = {
    "created": NOON.isoformat(),
    "articles": [{"path": "article.md", "sources": None}],
}


def snapshot(body: bytes, address: str = PAGE, **fields: Any) -> Snapshot:
    return Snapshot(
        SourceId("s"), address, address, "text/html", body, NOON, "live", "utf-8", 200, **fields
    )


def filled(*snapshots: Snapshot) -> Journal:
    journal = Journal()
    for each in snapshots:
        journal.note(("live", "s", each.address), each)
    return journal


def packed(path: Path, *snapshots: Snapshot, report: str = '{"verdicts": []}\n') -> Path:
    """Write a bundle of an article that cites these."""
    journal = filled(*snapshots)
    files = {"article.md": journal.keep(b"# Rain\n\nIt rained.\n")}
    bundle.write(path, bundle.Bundle(RUN, report, files, journal))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return packed(
        tmp_path / "run.wacz",
        snapshot("<p>دیروز باران بارید و خیابان‌ها خیس شدند".encode()),
        snapshot(b"<p>another", "https://example.org/other"),
        snapshot(b"<p>another", "https://example.org/again"),
    )


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(path: Path, entries: Mapping[str, bytes]) -> Path:
    """Write a container as verify does, with other files in it."""
    with path.open("wb") as file:
        packing = zips.Packing(file)
        for name, body in entries.items():
            packing.add(name, [body])
        packing.close()
    return path


def forged(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Change files in a bundle, and make all its digests fit again, as a forger would."""
    entries = members(path)
    change(entries)
    listed = json.loads(entries[bundle.LIST])
    listed["resources"] = [
        bundle._resource(name, sha256(body).hexdigest(), len(body))
        for name, body in entries.items()
        if not name.startswith("datapackage")
    ]
    entries[bundle.LIST] = bundle._json(listed)
    digest = f"sha256:{sha256(entries[bundle.LIST]).hexdigest()}"
    entries[bundle.DIGEST] = bundle._json({"path": bundle.LIST, "hash": digest})
    return repacked(path, entries)


def edit(name: str, change: Callable[[Any], None]) -> Callable[[dict[str, bytes]], None]:
    def changed(entries: dict[str, bytes]) -> None:
        value = json.loads(entries[name])
        change(value)
        entries[name] = json.dumps(value).encode()

    return changed


# --- whole, and in little memory --------------------------------------------------------


def test_a_bundle_gives_back_what_was_put_in(path: Path) -> None:
    held = bundle.read(path)

    assert held.report == '{"verdicts": []}\n'
    assert held.files["article.md"].read_bytes() == b"# Rain\n\nIt rained.\n"
    source = Source(SourceId("s"), ("1",), Path("article.md"), Position(1, 1))
    again = ReplayingFetcher("live", held.journal).fetch(source, PAGE)
    assert again.body.decode() == "<p>دیروز باران بارید و خیابان‌ها خیس شدند"
    assert again == snapshot(again.body)


def test_neither_writing_nor_reading_holds_more_than_a_few_bodies(tmp_path: Path) -> None:
    random, store, journal = Random(7), Store(tmp_path / "evidence"), Journal()
    body = 2_000_000
    for number in range(20):
        address = f"https://example.org/{number}"
        page = random.randbytes(body)
        store.record(Exchange(address, NOON, 200, (("Content-Type", "text/html"),), page))
        journal.note(("live", "s", address), snapshot(page, address))
    del page
    tracemalloc.start()
    try:
        bundle.write(tmp_path / "run.wacz", bundle.Bundle(RUN, "", {}, journal), store)
        _, writing = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        held = bundle.read(tmp_path / "run.wacz")
        for key in held.journal.outcomes:
            held.journal.outcome(key)
        _, reading = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (tmp_path / "run.wacz").stat().st_size > 20 * body
    # One body is there as it was sent, unpacked, as a record and packed: eight times at the most.
    assert max(writing, reading) < 9 * body


def test_a_journal_takes_its_folder_with_it() -> None:
    journal = filled(snapshot(b"<p>one"))
    folder = journal.folder
    assert len(list(folder.iterdir())) == 1

    del journal
    assert not folder.exists()


def test_a_bundle_that_fails_leaves_the_old_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    monkeypatch.setattr(bundle, "MAX_BYTES", 2_000)

    with pytest.raises(InputError, match=r"run\.wacz: .* and a bundle takes 2 kB") as caught:
        packed(path, snapshot(Random(1).randbytes(3_000)))
    assert caught.value.hint
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["run.wacz"]


def test_where_nothing_can_be_written_the_reason_is_given(tmp_path: Path) -> None:
    (tmp_path / "folder.wacz").mkdir()

    with pytest.raises(InputError, match=r"cannot write .*folder\.wacz: is a directory"):
        packed(tmp_path / "folder.wacz")
    with pytest.raises(InputError, match=r"cannot write .*: no such file or directory"):
        packed(tmp_path / "none" / "run.wacz")
    assert [each.name for each in tmp_path.iterdir()] == ["folder.wacz"]


@pytest.mark.parametrize(
    ("cap", "named"), [("MAX_BODY", "example.org"), ("MAX_REPORT", "result.json")]
)
def test_what_could_not_be_read_is_not_written(
    tmp_path: Path, cap: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, cap, 20)

    with pytest.raises(InputError, match=named):
        packed(tmp_path / "run.wacz", snapshot(b"x" * 21), report="x" * 21)


# --- one way of writing -----------------------------------------------------------------


def test_the_container_is_what_pythons_own_writer_writes(path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, body in members(path).items():
            information = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            information.external_attr = 0o644 << 16
            information.create_system = 3
            archive.writestr(information, body)

    assert path.read_bytes() == buffer.getvalue()


def test_any_changed_byte_is_found(path: Path) -> None:
    whole, random = path.read_bytes(), Random(7)
    with zipfile.ZipFile(path) as archive:
        listed = {i.filename: i.header_offset for i in archive.infolist()}
    ends = [*list(listed.values())[1:], len(whole)]
    headers = {n for begin in listed.values() for n in range(begin, begin + 45)}
    tail = range(len(whole) - 76 * len(listed), len(whole))
    for place in sorted({*headers, *tail, *random.sample(range(len(whole)), 150)}):
        changed = bytearray(whole)
        changed[place] ^= 1 << random.randrange(8)
        path.write_bytes(changed)

        with pytest.raises(InputError) as caught:
            bundle.read(path)

        assert str(path) in str(caught.value)
        name = next(n for n, end in zip(listed, ends, strict=True) if place < end)
        if place < tail[0]:
            assert f": {name}: " in str(caught.value)
    for cut in (1, 22, len(whole) // 2):
        path.write_bytes(whole[:-cut])
        with pytest.raises(InputError):
            bundle.read(path)


def test_a_file_that_was_exchanged_is_named(path: Path) -> None:
    entries = members(path)
    entries[bundle.REPORT] = entries[bundle.REPORT].replace(b"verdicts", b"opinions")

    with pytest.raises(InputError, match=r"verify/result\.json: its SHA-256"):
        bundle.read(repacked(path, entries))


@pytest.mark.parametrize("name", ["verify/more.json", "archive/evidence-00002.warc.gz"])
def test_a_file_too_many_or_too_few_is_named(path: Path, name: str) -> None:
    whole = members(path)

    with pytest.raises(InputError, match=f"{name}: its SHA-256"):
        bundle.read(repacked(path, {**whole, name: b"x"}))
    for lost in (bundle.RUN, bundle.LIST, bundle.DIGEST, "archive/evidence-00001.warc.gz"):
        with pytest.raises(InputError, match=f"{lost}: it is missing"):
            bundle.read(repacked(path, {n: body for n, body in whole.items() if n != lost}))


# --- containers that lie ----------------------------------------------------------------


def _zip(**fields: Any) -> bytes:
    """Return a ZIP of another make, with one member that has these fields."""
    buffer, is_large = io.BytesIO(), fields.pop("zip64", False)
    with zipfile.ZipFile(buffer, "w") as archive:
        information = zipfile.ZipInfo("verify/run.json", (1980, 1, 1, 0, 0, 0))
        information.external_attr = 0o644 << 16
        for name, value in fields.items():
            setattr(information, name, value)
        with archive.open(information, "w", force_zip64=is_large) as file:
            file.write(b"{}" * 5_000)
    return buffer.getvalue()


def _own(*names: str) -> bytes:
    buffer = io.BytesIO()
    packing = zips.Packing(buffer)
    for name in names:
        packing.add(name, [b"{}"])
    packing.close()
    return buffer.getvalue()


def _counted(count: int, length: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, length, 0, 0)


ONE = _own("verify/run.json")
LIES = {
    "nothing": (b"", "no ZIP file"),
    "no zip": (b"not a zip" * 100, "no ZIP file"),
    "packed": (_zip(compress_type=zipfile.ZIP_DEFLATED), "header is not as"),
    "encrypted": (ONE.replace(b"\x14\0\0\0\0\0", b"\x14\0\1\0\0\0"), "header is not as"),
    "link": (_zip(external_attr=0o120777 << 16), "list of files"),
    "dated": (_zip(date_time=(2026, 1, 1, 0, 0, 0)), "header is not as"),
    "zip64": (_zip(zip64=True), "header is not as"),
    "twice": (_own("verify/run.json", "verify/run.json"), "stands there twice"),
    "before": (b"#!/bin/sh\n" + ONE, "not whole"),
    "behind": (ONE + b"more", "no ZIP file"),
    "between": (ONE.replace(b"PK\1\2", b"....PK\1\2"), "not whole"),
    "comment": (ONE[:-2] + b"\2\0ab", "no ZIP file"),
    "many": (_own(*(f"article/{n}.txt" for n in range(6))), "claims to hold 6 files"),
    "endless": (b"\0" * 4_000_000 + _counted(2, 4_000_000), "claims to hold 2 files"),
    "short": (ONE[:-22] + _counted(2, 61)[:16] + ONE[-6:], "cut off"),
    **{
        name: (_own(name), "gives no file such a name")
        for name in ("../x.txt", "/etc/x.txt", "a/../b.txt", "a/b/c.txt", "a\\b.txt", "a/.x",
                     "x.txt/", "a/B.txt", "a/x.txt\0.html", "con:x.txt", f"a/{'x' * 90}.txt")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_container_that_lies_is_refused_with_a_reason(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, reason = LIES[name]
    monkeypatch.setattr(bundle, "MAX_FILES", 5)
    (tmp_path / "run.wacz").write_bytes(content)

    with pytest.raises(InputError, match=reason) as caught:
        bundle.read(tmp_path / "run.wacz")
    assert caught.value.hint == "give a bundle that `verify bundle` wrote, as it was written"


def test_a_document_with_an_endless_list_of_members_is_not_listed() -> None:
    class Package(zips.Package):
        def failed(self, reason: str) -> InputError:
            return InputError(reason)

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    line = buffer.getvalue()[archive.start_dir : -22]
    head = buffer.getvalue()[: archive.start_dir]
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, len(line) * 200_000, len(head), 0)
    whole = head + line * 200_000 + end
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="list of members is too long"):
            Package(whole)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 3_000_000


# --- bundles that somebody made up ------------------------------------------------------


def _bomb(entries: dict[str, bytes]) -> None:
    """Let the index name one record very often."""
    index = gzip.decompress(entries[bundle.PACKED_INDEX])
    entries[bundle.PACKED_INDEX] = gzip.compress(index.splitlines(keepends=True)[-1] * 400)


def _record(entries: dict[str, bytes], body: bytes, **fields: Any) -> None:
    """Put another record in the place of all."""
    record = gzip.compress(body)
    index = gzip.decompress(entries[bundle.PACKED_INDEX]).splitlines()[-1]
    key, stamp, wire = index.split(b" ", 2)
    said = {**json.loads(wire), "offset": "0", "length": str(len(record)), **fields}
    line = b" ".join((key, stamp, json.dumps(said).encode()))
    entries["archive/evidence-00001.warc.gz"] = record
    entries[bundle.PACKED_INDEX] = gzip.compress(line + b"\n")


def _heads(entries: dict[str, bytes]) -> None:
    """Put records without a body in the place of all, which unpack to a hundred times as much."""
    head = "HTTP/1.1 200 \r\nX: " + "x" * 100_000
    lines = [
        "WARC/1.1",
        "WARC-Type: response",
        "WARC-Target-URI: https://example.org/",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(head) + 4}",
        f"\r\n{head}\r\n\r\n\r\n\r\n",
    ]
    record = gzip.compress("\r\n".join(lines).encode())
    _record(entries, b"", digest=f"sha-256:{sha256(b'').hexdigest()}", length=str(len(record)))
    line = gzip.decompress(entries[bundle.PACKED_INDEX]).decode()
    index = [line.replace('"offset": "0"', f'"offset": "{n * len(record)}"') for n in range(5)]
    entries["archive/evidence-00001.warc.gz"] = record * 5
    entries[bundle.PACKED_INDEX] = gzip.compress("".join(index).encode())


FORGERIES: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "an article elsewhere": (
        edit(bundle.RUN, lambda run: run["articles"][0].update(path="/etc/passwd")),
        "does not hold '/etc/passwd'",
    ),
    "an article above": (
        edit(bundle.RUN, lambda run: run["files"].update({"../x.md": "article/1.md"})),
        "names one file twice",
    ),
    "a file above": (
        edit(bundle.RUN, lambda run: run.update(files={"../x.md": "article/1.md"})),
        "'../x.md', which is not in the bundle",
    ),
    "an absolute file": (
        edit(bundle.RUN, lambda run: run.update(files={"/etc/x.md": "article/1.md"})),
        "'/etc/x.md', which is not in the bundle",
    ),
    "a file that is a list": (
        edit(bundle.RUN, lambda run: run.update(files={"x.md": ["article/1.md"]})),
        "'x.md', which is not in the bundle",
    ),
    "a file in a file": (
        edit(bundle.RUN, lambda run: run["files"].update({"article.md/x": "verify/run.json"})),
        "cannot unpack",
    ),
    "a name without end": (
        edit(bundle.RUN, lambda run: run["files"].update({"x" * 3_000: "verify/run.json"})),
        "file name too long",
    ),
    "a setting of another kind": (
        edit(bundle.RUN, lambda run: run.update(settings={"strictness": ["strict"]})),
        "a setting of its run is not",
    ),
    "no moment": (edit(bundle.RUN, lambda run: run.update(created="noon")), "when it was made"),
    "bytes elsewhere": (
        edit(bundle.JOURNAL, lambda tries: tries[0].update(sha256="../../../etc/passwd")),
        "no bytes with the SHA-256",
    ),
    "bytes of a failure": (
        edit(bundle.JOURNAL, lambda tries: tries[0].update(failure="none such")),
        "not as verify writes it",
    ),
    "an endless number": (
        edit(bundle.JOURNAL, lambda tries: tries[0].update(status=float("inf"))),
        "OverflowError",
    ),
    "no time zone": (
        edit(bundle.JOURNAL, lambda tries: tries[0].update(retrieved="2026-03-20T12:00:00")),
        "does not say its time zone",
    ),
    "deep": (
        lambda entries: entries.update({bundle.JOURNAL: b"[" * 200_000}),
        "it is not JSON",
    ),
    "one record 400 times": (_bomb, "its index names one record twice"),
    "records with endless heads": (_heads, "it unpacks to more than 300 kB"),
    "a record without an end": (
        lambda entries: _record(entries, b"WARC/1.1\r\nX: " + b"x" * 30_000_000),
        "archive: recorded evidence .* is damaged",
    ),
    "a record packed twice": (
        lambda entries: _record(entries, gzip.compress(b"WARC/1.1\r\n\r\n")),
        "archive: recorded evidence .* is damaged",
    ),
    "a record before the file": (
        lambda entries: _record(entries, b"", offset="-5"), "is damaged"
    ),
    "a record elsewhere": (
        lambda entries: _record(entries, b"", filename="../../../etc/passwd"), "passwd at byte 0"
    ),
    "an index of another kind": (
        lambda entries: entries.update({bundle.PACKED_INDEX: gzip.compress(b'a b {"url": 1}\n')}),
        "a line is not an entry",
    ),
    "an address that is none": (
        lambda entries: _record(entries, b"", url="http://[x"), r"of http://\[x is damaged"
    ),
    "an index that is a bomb": (
        lambda entries: entries.update({bundle.PACKED_INDEX: gzip.compress(b" " * 30_000_000)}),
        "larger than the cap of 20 MB",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_bundle_is_refused_with_a_reason(
    name: str, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change, reason = FORGERIES[name]
    if name == "records with endless heads":
        monkeypatch.setattr(bundle, "MAX_BYTES", 300_000)
    forged(path, change)

    assert main(["check", "--from", str(path), "--no-translate"]) == 2
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert re.search(reason, told), told


def test_a_failure_is_had_again_with_all_that_was_said(tmp_path: Path) -> None:
    journal = Journal()
    error = FetchError("gone", failure=Failure.GONE, status=410, hint="look elsewhere")
    error.days = 3
    journal.note(("live", "s", PAGE), error)
    bundle.write(tmp_path / "run.wacz", bundle.Bundle(RUN, "", {}, journal))

    again = bundle.read(tmp_path / "run.wacz").journal.outcome(("live", "s", PAGE))
    assert isinstance(again, FetchError)
    assert (str(again), again.failure, again.status, again.hint, again.days) == (
        "gone", Failure.GONE, 410, "look elsewhere", 3,
    )  # fmt: skip


def test_the_reference_validator_accepts_repeated_bodies_and_persian_addresses(path: Path) -> None:
    if not (TOOLS / "wacz").exists():
        pytest.skip("needs the wacz tool: make test-archives")
    run = subprocess.run(
        [TOOLS / "wacz", "validate", "-f", str(path)], capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout
