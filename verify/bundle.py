"""
A run in one file: WACZ, with the article, its sources, the evidence and the report.

A bundle opens in any reader of web archives, and `verify check --from` repeats its run with no
network. Every file in it is listed with its SHA-256, and the container itself is written in one
way only, so that a changed byte is found wherever it stands.

WACZ 1.1.1: https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import gzip
import json
import re
import secrets
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote, urlsplit

from verify import __version__, zips
from verify.errors import FetchError, InputError, StoreError
from verify.fetch.body import size, unpack
from verify.fetch.journal import Journal
from verify.fetch.store import INDEX, Exchange, Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from verify.model import Snapshot

MAX_BYTES = 2_000_000_000
"""
Of a whole bundle, and of all texts in it once they are unpacked: what a run of 100 sources at the
cap of 20 MB each comes to.
"""

MAX_FILES = 20_000

MAX_BODY = 50_000_000
"""Of one unpacked body: the cap on local files, the larger of the two."""

HEADS = 32_000
"""
Bytes that an answer's records may have beyond its body, taken together: servers send some kB, and
a body that is there already takes two records.
"""

MAX_TEXT = 20_000_000
"""Of each list and record in it: an answer takes some 300 bytes, and a try 500."""

MAX_REPORT = 200_000_000
"""Of the report, which nobody parses: a claim with its evidence takes some 10 kB."""

SUFFIX = re.compile(r"\.[a-z0-9]{1,20}")

RUN, REPORT, JOURNAL = "verify/run.json", "verify/result.json", "verify/journal.json"
LIST, DIGEST = "datapackage.json", "datapackage-digest.json"
MOST = {"archive": MAX_BYTES, "article": MAX_BODY}
PACKED_INDEX = "indexes/index.cdx.gz"


@dataclass(frozen=True)
class Bundle:
    """
    A run with all that it needs.

    `run` says what was asked for and with what; `files` says where the article, sources.yaml and
    local copies lie, by their path from the run's folder; `report` is the JSON report.
    """

    run: Mapping[str, Any]
    report: str
    files: Mapping[str, Path]
    journal: Journal


# --- writing ----------------------------------------------------------------------------


def write(path: Path, bundle: Bundle, recorded: Store | None = None) -> None:
    """
    Write `bundle` as a WACZ. Answers come from `recorded` as they were sent, where it has them.

    Only one body is held at a time, and `path` is there as a whole or not at all. Raises
    `InputError` where the file cannot be written, or would be larger than one that is read.
    """
    with _draft(path) as file, tempfile.TemporaryDirectory(prefix="verify-") as folder:
        store = Store(Path(folder))
        _record(path, bundle.journal, store, recorded)
        packing = zips.Packing(file)
        resources = []
        for name, chunks in _resources(bundle, store):
            digest = sha256()
            count = packing.add(name, _watched(chunks, digest))
            resources.append(_resource(name, digest.hexdigest(), count))
            _check_size(path, name, count, _most(name))
            _check_size(path, "the bundle", file.tell(), MAX_BYTES)
        package = _json(_package(resources, str(bundle.run["created"])))
        packing.add(LIST, [package])
        hashed = {"path": LIST, "hash": f"sha256:{sha256(package).hexdigest()}"}
        packing.add(DIGEST, [_json(hashed)])
        packing.close()


@contextmanager
def _draft(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside `path` that takes its place once it is whole."""
    draft = path.with_name(f".verify-{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            yield file
        draft.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
    finally:
        draft.unlink(missing_ok=True)


def _record(path: Path, journal: Journal, store: Store, recorded: Store | None) -> None:
    """Record what came over the network, each address and body once."""
    seen, total = set(), 0
    for key, wire in journal.outcomes.items():
        if "failure" in wire or not urlsplit(wire["final_address"]).netloc:
            continue
        which = (wire["final_address"], wire["sha256"])
        snapshot = None if which in seen else journal.outcome(key)
        seen.add(which)
        if snapshot is None or isinstance(snapshot, FetchError):
            continue
        exchange = _exchange(snapshot, recorded)
        most = max(len(snapshot.body), len(exchange.body))
        total += most
        _check_size(path, snapshot.address, most, MAX_BODY)
        _check_size(path, "all texts together", total, MAX_BYTES)
        store.record(exchange)


def _most(name: str) -> int:
    """Return how many bytes a file of a bundle may have."""
    folder = name.partition("/")[0]
    return MAX_REPORT if name == REPORT else MOST.get(folder, MAX_TEXT)


def _check_size(path: Path, what: str, count: int, most: int) -> None:
    """Refuse to write what we would not read."""
    if count > most:
        raise InputError(
            f"cannot write {path}: {what}: {size(count)}, and a bundle takes {size(most)}",
            hint="bundle fewer articles at once, or let --max-bytes leave out large sources",
        )


def _exchange(snapshot: Snapshot, recorded: Store | None) -> Exchange:
    """Return the answer behind a snapshot, as the server sent it if that was recorded."""
    for entry in reversed(recorded.entries(snapshot.final_address) if recorded else []):
        try:
            exchange = recorded.read(entry) if recorded else None
            if exchange and sha256(_unpacked(exchange)).hexdigest() == snapshot.sha256:
                return exchange
        except (StoreError, FetchError):
            continue
    charset = f"; charset={snapshot.charset}" if snapshot.charset else ""
    headers = (("Content-Type", f"{snapshot.media_type}{charset}"),)
    status = snapshot.status or 200
    return Exchange(
        snapshot.final_address, snapshot.retrieved, status, headers, snapshot.body, (), snapshot.via
    )


def _unpacked(exchange: Exchange) -> bytes:
    encoding = next((v for k, v in exchange.headers if k.lower() == "content-encoding"), "")
    return unpack([exchange.body], encoding, MAX_BODY)


def _resources(bundle: Bundle, store: Store) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield every file of the bundle but the list of them."""
    for file in store.files():
        yield f"archive/{file.name}", _chunks(file)
    yield from _index(store)
    yield "pages/pages.jsonl", [_pages(store)]
    # Two folders deep at most: readers of WACZ name a file by its last two parts.
    names = enumerate(sorted(bundle.files), 1)
    places = {name: f"article/{number}{_suffix(name)}" for number, name in names}
    for name, place in places.items():
        yield place, _chunks(bundle.files[name])
    yield RUN, [_json({**bundle.run, "files": places})]
    yield REPORT, [bundle.report.encode()]
    yield JOURNAL, [_json(bundle.journal.to_wire())]


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(zips.CHUNK):
            yield chunk


def _watched(chunks: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    """Pass chunks on, and show each to a digest."""
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if SUFFIX.fullmatch(suffix) else ".bin"


def _resource(name: str, digest: str, count: int) -> dict[str, Any]:
    plain = name.lower().replace("/", "-")
    return {"name": plain, "path": name, "hash": f"sha256:{digest}", "bytes": count}


def _package(resources: list[dict[str, Any]], created: str) -> dict[str, Any]:
    return {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": "Evidence of a citation check",
        "software": f"verify-sources/{__version__}",
        "created": created,
        "resources": sorted(resources, key=lambda each: str(each["path"])),
    }


def _index(store: Store) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield the index in one packed block, and the index of that block (ZipNum)."""
    path = store.folder / INDEX
    lines = sorted(path.read_bytes().splitlines(keepends=True)) if path.exists() else []
    block = gzip.compress(b"".join(lines), mtime=0)
    first = b" ".join(lines[0].split(b" ")[:2]).decode() if lines else "0 0"
    filename = PurePosixPath(PACKED_INDEX).name
    place = {
        "offset": 0,
        "length": len(block),
        "digest": f"sha256:{sha256(block).hexdigest()}",
        "filename": filename,
    }
    meta = json.dumps({"format": "cdxj-gzip-1.0", "filename": filename})
    yield PACKED_INDEX, [block]
    yield "indexes/index.idx", [f"!meta 0 {meta}\n{first} {json.dumps(place)}\n".encode()]


def _pages(store: Store) -> bytes:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "Sources"}
    pages = [
        # A list of percent signs would tell a Persian reader nothing.
        {"id": str(number), "url": e.address, "title": unquote(e.address),
         "ts": e.time.astimezone(UTC).isoformat()}
        for number, e in enumerate(store.all(), 1)
        if e.status == 200
    ]  # fmt: skip
    lines = (json.dumps(each, ensure_ascii=False) for each in (head, *pages))
    return "".join(f"{line}\n" for line in lines).encode()


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


# --- reading ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Opened:
    """A container that is being read."""

    path: Path
    file: BinaryIO
    members: Mapping[str, zips.Member]

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield what a file holds. Raises `zipfile.BadZipFile` where that has changed."""
        if name not in self.members:
            raise self.altered(name, "it is missing")
        return zips.chunks(self.file, self.members[name])

    def load(self, name: str) -> bytes:
        """Return what a file holds, within the bounds of its kind."""
        chunks = self.chunks(name)
        if self.members[name].size > _most(name):
            raise self.altered(name, f"it is larger than {size(_most(name))}")
        return b"".join(chunks)

    def json(self, name: str) -> Any:
        """Return what a JSON file says."""
        try:
            return json.loads(self.load(name))
        except (ValueError, RecursionError):
            raise self.altered(name, "it is not JSON") from None

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file, as the list spells it."""
        digest = sha256()
        for chunk in self.chunks(name):
            digest.update(chunk)
        return f"sha256:{digest.hexdigest()}"

    def altered(self, name: str, why: str) -> InputError:
        """Return the error for a bundle that is not what was written."""
        return InputError(
            f"cannot trust {self.path}: {name}: {why}",
            hint="the bundle was changed after it was written; get it again from whoever made it",
        )


def read(path: Path) -> Bundle:
    """
    Return what a bundle holds, after looking at every byte of it.

    Its texts go into the journal's folder and are never held together. Raises `InputError` that
    names the file inside where one is missing, surplus or altered.
    """
    try:
        with path.open("rb") as file:
            if path.stat().st_size > MAX_BYTES + zips.MOST_DIRECTORY:
                raise InputError(f"cannot read {path}: larger than the cap of {size(MAX_BYTES)}")
            return _read(_Opened(path, file, zips.members(file, MAX_FILES)))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot read {path}: {reason}") from None
    except zipfile.BadZipFile as error:
        raise InputError(
            f"cannot trust {path}: {error}",
            hint="give a bundle that `verify bundle` wrote, as it was written",
        ) from None


def _read(opened: _Opened) -> Bundle:
    _check_list(opened)
    run, journal = opened.json(RUN), Journal()
    places = run.get("files") if isinstance(run, dict) else None
    if not isinstance(run, dict) or not isinstance(places, dict):
        raise opened.altered(RUN, "it does not describe a run")
    if len(set(map(str, places.values()))) < len(places):
        # Else a short list could be unpacked into very many files.
        raise opened.altered(RUN, "it names one file twice")
    files = {}
    for name, place in places.items():
        if _is_outside(name) or str(place) not in opened.members:
            raise opened.altered(RUN, f"it names {name[:80]!r}, which is not in the bundle")
        files[name] = journal.keep(opened.load(str(place)))
    for body in _recorded(opened):
        journal.keep(body)
    journal.fill(opened.json(JOURNAL))
    return Bundle(run, opened.load(REPORT).decode("utf-8", "replace"), files, journal)


def _check_list(opened: _Opened) -> None:
    """Compare every file with the digest that the list gives, and the list with its own."""
    expected = opened.json(DIGEST)
    if not isinstance(expected, dict) or expected.get("hash") != opened.digest(LIST):
        raise opened.altered(LIST, "its SHA-256 is not the one on record")
    try:
        listed = {str(r["path"]): str(r["hash"]) for r in opened.json(LIST)["resources"]}
    except (KeyError, TypeError):
        raise opened.altered(LIST, "it lists no files") from None
    for name in opened.members.keys() - {LIST, DIGEST}:
        if listed.pop(name, None) != opened.digest(name):
            raise opened.altered(name, "its SHA-256 is not the one on record")
    for name in listed:
        raise opened.altered(name, "it is missing")


def _recorded(opened: _Opened) -> Iterator[bytes]:
    """Yield the bodies of all recorded answers, unpacked, one at a time."""
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        for name in opened.members:
            if name.startswith("archive/"):
                with (Path(folder) / PurePosixPath(name).name).open("wb") as file:
                    file.writelines(opened.chunks(name))
        total = 0
        try:
            index = unpack([opened.load(PACKED_INDEX)], "gzip", MAX_TEXT)
            (Path(folder) / INDEX).write_bytes(index)
            store = Store(Path(folder))
            entries = store.all()
            if len({(entry.file, entry.offset) for entry in entries}) < len(entries):
                # Else a short list could have one record unpacked very often.
                raise opened.altered("archive", "its index names one record twice")
            for entry in entries:
                exchange = store.read(entry)
                body = _unpacked(exchange)
                total += max(exchange.unpacked - HEADS, len(body))
                if total > MAX_BYTES:
                    raise opened.altered("archive", f"it unpacks to more than {size(MAX_BYTES)}")
                yield body
        except (StoreError, FetchError) as error:
            raise opened.altered("archive", str(error)) from None


def _is_outside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not parts or name.startswith("/") or ".." in parts or "\\" in name or "\0" in name


def moment(run: Mapping[str, Any]) -> datetime:
    """Return when the run of a bundle was made."""
    try:
        return datetime.fromisoformat(str(run["created"])).astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        raise InputError(f"a bundle's {RUN} does not say when it was made") from None
