"""
A run in one file: WACZ, with the article, its sources, the evidence and the report.

A bundle opens in any reader of web archives, and `verify check --from` repeats its run with no
network. Every file in it is listed with its SHA-256, and the container itself is written in one
way only, so that a changed byte is found wherever it stands.

WACZ 1.1.1: https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from verify import __version__
from verify.errors import FetchError, InputError, StoreError
from verify.fetch.body import unpack
from verify.fetch.journal import Journal
from verify.fetch.store import Entry, Exchange, Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from verify.model import Snapshot

MAX_BYTES = 2_000_000_000
"""Of a whole bundle: what a run of 100 sources at the cap of 20 MB each comes to."""

MAX_FILES = 20_000

MAX_BODY = 50_000_000
"""Of one unpacked body: the cap on local files, the larger of the two."""

MAX_INDEX = 50_000_000
"""Of the unpacked index: some 300 bytes an answer, so far more answers than files."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The one moment that every entry carries: ZIP knows none earlier."""

RUN, REPORT, JOURNAL = "verify/run.json", "verify/result.json", "verify/journal.json"


@dataclass(frozen=True)
class Bundle:
    """
    A run with all that it needs.

    `run` says what was asked for and with what; `files` are the article, sources.yaml and
    local copies by their path from the run's folder; `report` is the JSON report.
    """

    run: Mapping[str, Any]
    report: str
    files: Mapping[str, bytes]
    journal: Journal


# --- writing ----------------------------------------------------------------------------


def write(path: Path, bundle: Bundle, recorded: Store | None = None) -> None:
    """
    Write `bundle` as a WACZ. Answers come from `recorded` as they were sent, where it has them.

    Raises `InputError` where the file cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        store = Store(Path(folder))
        for snapshot in _live(bundle.journal):
            store.record(_exchange(snapshot, recorded))
        entries = dict(_entries(bundle, store))
        try:
            with path.open("wb") as file:
                _zip(entries, file)
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from None


def _live(journal: Journal) -> Iterator[Snapshot]:
    """Yield what came over the network, each address and body once."""
    seen = set()
    for outcome in journal.outcomes.values():
        if isinstance(outcome, FetchError) or not urlsplit(outcome.final_address).netloc:
            continue
        key = (outcome.final_address, outcome.sha256)
        if key not in seen:
            seen.add(key)
            yield outcome


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


def _entries(bundle: Bundle, store: Store) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the bundle, the list of them last."""
    resources: dict[str, bytes] = {}
    for file in store.files():
        resources[f"archive/{file.name}"] = file.read_bytes()
    kept = [e for address in store.addresses() for e in store.entries(address)]
    resources |= _index(store) | {"pages/pages.jsonl": _pages(kept)}
    # Two folders deep at most: readers of WACZ name a file by its last two parts.
    places = {name: f"article/{number}{_suffix(name)}" for number, name in _numbered(bundle)}
    resources |= {places[name]: body for name, body in bundle.files.items()}
    resources[RUN] = _json({**bundle.run, "files": places})
    resources[REPORT] = bundle.report.encode()
    resources[JOURNAL] = _json(bundle.journal.to_wire())
    package = _json(_package(resources, str(bundle.run["created"])))
    yield from resources.items()
    yield "datapackage.json", package
    digest = {"path": "datapackage.json", "hash": f"sha256:{sha256(package).hexdigest()}"}
    yield "datapackage-digest.json", _json(digest)


def _numbered(bundle: Bundle) -> Iterator[tuple[int, str]]:
    yield from enumerate(sorted(bundle.files), 1)


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() else ".bin"


def _package(resources: Mapping[str, bytes], created: str) -> dict[str, Any]:
    return {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": "Evidence of a citation check",
        "software": f"verify-sources/{__version__}",
        "created": created,
        "resources": [
            {
                "name": name.lower().replace("/", "-"),
                "path": name,
                "hash": f"sha256:{sha256(body).hexdigest()}",
                "bytes": len(body),
            }
            for name, body in sorted(resources.items())
        ],
    }


def _index(store: Store) -> dict[str, bytes]:
    """Return the index in one packed block, and the index of that block (ZipNum)."""
    path = store.folder / "index.cdxj"
    lines = sorted(path.read_text("utf-8").splitlines(keepends=True)) if path.exists() else []
    block = gzip.compress("".join(lines).encode(), mtime=0)
    first = " ".join(lines[0].split(" ")[:2]) if lines else "0 0"
    place = {
        "offset": 0,
        "length": len(block),
        "digest": f"sha256:{sha256(block).hexdigest()}",
        "filename": "index.cdx.gz",
    }
    meta = json.dumps({"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"})
    return {
        "indexes/index.cdx.gz": block,
        "indexes/index.idx": f"!meta 0 {meta}\n{first} {json.dumps(place)}\n".encode(),
    }


def _pages(entries: list[Entry]) -> bytes:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "Sources"}
    pages = [
        {"id": str(number), "url": e.address, "ts": e.time.astimezone(UTC).isoformat()}
        for number, e in enumerate(entries, 1)
        if e.status == 200
    ]
    lines = (json.dumps(each, ensure_ascii=False) for each in (head, *pages))
    return "".join(f"{line}\n" for line in lines).encode()


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _zip(entries: Mapping[str, bytes], file: Any) -> None:
    """Write a ZIP in the one way that we read: stored, and without a clock."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, body in entries.items():
            information = zipfile.ZipInfo(name, EPOCH)
            information.external_attr = 0o644 << 16
            information.create_system = 3
            archive.writestr(information, body)


# --- reading ----------------------------------------------------------------------------


def read(path: Path) -> Bundle:
    """
    Return what a bundle holds, after looking at every byte of it.

    Raises `InputError` that names the file inside where one is missing, surplus or altered.
    """
    entries = _contents(path)
    _check_list(path, entries)
    run = _load(path, entries, RUN)
    places = run.get("files") if isinstance(run, dict) else None
    if not isinstance(run, dict) or not isinstance(places, dict):
        raise _altered(path, RUN, "it does not describe a run")
    files = {}
    for name, place in places.items():
        if _is_outside(str(name)) or place not in entries:
            raise _altered(path, RUN, f"it names {name!r}, which is not in the bundle")
        files[str(name)] = entries[place]
    bodies = {sha256(body).hexdigest(): body for body in files.values()}
    bodies |= _recorded(path, entries)
    journal = Journal.from_wire(_load(path, entries, JOURNAL), bodies)
    return Bundle(run, entries[REPORT].decode("utf-8", "replace"), files, journal)


def _contents(path: Path) -> dict[str, bytes]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"cannot read {path}: larger than the cap of {MAX_BYTES} bytes")
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
            if len(listed) > MAX_FILES or sum(i.file_size for i in listed) > MAX_BYTES:
                raise InputError(f"cannot read {path}: it claims to hold too much")
            for each in listed:
                if each.compress_type != zipfile.ZIP_STORED or _is_outside(each.filename):
                    raise _altered(path, each.filename, "it is not stored as verify stores it")
            entries = {i.filename: _body(path, archive, i) for i in listed}
        again = io.BytesIO()
        _zip(entries, again)
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot read {path}: {reason}") from None
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise InputError(
            f"cannot read {path}: {error}", hint="give a bundle that `verify bundle` wrote"
        ) from None
    rebuilt = again.getvalue()
    if raw != rebuilt:
        where = next((i for i, (a, b) in enumerate(zip(raw, rebuilt, strict=False)) if a != b), 0)
        raise _altered(path, f"the container at byte {where}", "it is not as verify writes it")
    return entries


def _body(path: Path, archive: zipfile.ZipFile, information: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(information)
    except zipfile.BadZipFile as error:
        raise _altered(path, information.filename, str(error)) from None


def _check_list(path: Path, entries: Mapping[str, bytes]) -> None:
    """Compare every file with the digest that the list gives, and the list with its own."""
    for name in ("datapackage.json", "datapackage-digest.json", RUN, REPORT, JOURNAL):
        if name not in entries:
            raise _altered(path, name, "it is missing")
    expected = _load(path, entries, "datapackage-digest.json")
    actual = f"sha256:{sha256(entries['datapackage.json']).hexdigest()}"
    if not isinstance(expected, dict) or expected.get("hash") != actual:
        raise _altered(path, "datapackage.json", "its SHA-256 is not the one on record")
    package = _load(path, entries, "datapackage.json")
    try:
        listed = {str(r["path"]): str(r["hash"]) for r in package["resources"]}
    except (KeyError, TypeError):
        raise _altered(path, "datapackage.json", "it lists no files") from None
    for name, body in entries.items():
        if name.startswith("datapackage"):
            continue
        if listed.pop(name, None) != f"sha256:{sha256(body).hexdigest()}":
            raise _altered(path, name, "its SHA-256 is not the one on record")
    for name in listed:
        raise _altered(path, name, "it is missing")


def _recorded(path: Path, entries: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the bodies of all recorded answers, unpacked, by their SHA-256."""
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        for name, body in entries.items():
            if name.startswith("archive/"):
                (Path(folder) / PurePosixPath(name).name).write_bytes(body)
        try:
            index = unpack([entries["indexes/index.cdx.gz"]], "gzip", MAX_INDEX)
            (Path(folder) / "index.cdxj").write_bytes(index)
            store = Store(Path(folder))
            kept = [e for address in store.addresses() for e in store.entries(address)]
            bodies = [_unpacked(store.read(entry)) for entry in kept]
        except (KeyError, OSError) as error:
            raise _altered(path, "indexes/index.cdx.gz", str(error)) from None
        except (StoreError, FetchError) as error:
            raise _altered(path, "archive", str(error)) from None
    return {sha256(body).hexdigest(): body for body in bodies}


def _load(path: Path, entries: Mapping[str, bytes], name: str) -> Any:
    try:
        return json.loads(entries[name])
    except (ValueError, RecursionError):
        raise _altered(path, name, "it is not JSON") from None


def _is_outside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not parts or name.startswith("/") or ".." in parts or "\\" in name or "\0" in name


def _altered(path: Path, name: str, why: str) -> InputError:
    return InputError(
        f"cannot trust {path}: {name}: {why}",
        hint="the bundle was changed after it was written; get it again from whoever made it",
    )


def moment(run: Mapping[str, Any]) -> datetime:
    """Return when the run of a bundle was made."""
    try:
        return datetime.fromisoformat(str(run["created"]))
    except (KeyError, ValueError):
        raise InputError(f"a bundle's {RUN} does not say when it was made") from None
