"""
Where a package file comes from: a path, a mirror folder, or Argos's index.

The index is asked only by `verify models install CODE`, never during a check.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from verify.errors import ModelError
from verify.translate.packages import CODE

if TYPE_CHECKING:
    import requests

SUFFIX = ".argosmodel"

# The default of argostranslate 1.11.0; the same variable overrides it in both programs.
INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/"
INDEX_VARIABLE = "ARGOS_PACKAGE_INDEX"

# The index has about 100 entries of 400 bytes; packages are 50 to 300 MB.
MAX_INDEX_BYTES = 5 * 1024 * 1024
MAX_PACKAGE_BYTES = 1024**3
TIMEOUT_SECONDS = (10, 60)
MAX_ENTRIES = 5_000

FROM_FILE = "download the .argosmodel file where you can, then `verify models install FILE`"
MIRRORED = re.compile(r"(?:translate-)?([a-z]{2,3})_([a-z]{2,3})(?:-([0-9][0-9_.]*))?\Z")


@dataclass(frozen=True, slots=True)
class Offer:
    """One package of the index."""

    pair: str
    version: str
    links: tuple[str, ...]


def locate(spec: str | Path, source: str | Path | None, downloads: Path) -> Path:
    """Return the package file that `spec` means, fetched into `downloads` if need be."""
    file = Path(spec).expanduser()
    if source is None and names_a_file(spec):
        if not file.is_file():
            raise ModelError(f"there is no package file {file}")
        return file
    pair = pair_of(str(spec))
    return _from_mirror(pair, Path(source).expanduser()) if source else _download(pair, downloads)


def names_a_file(spec: str | Path) -> bool:
    """Whether `spec` is the path of a package, and not a code."""
    file = Path(spec).expanduser()
    return file.suffix == SUFFIX or file.is_file() or len(file.parts) > 1


def pair_of(spec: str) -> str:
    """Read `fa`, `fa_en` or `fa-en`; without a target, English is meant."""
    code = spec.strip().lower().replace("-", "_")
    if not CODE.match(code):
        raise ModelError(
            f"{spec!r:.60} is neither a package file nor a language code",
            hint="give a file that ends in .argosmodel, or a code such as fa or fa_en",
        )
    return code if "_" in code else f"{code}_en"


def _from_mirror(pair: str, folder: Path) -> Path:
    """Return the newest package for `pair` in a folder of .argosmodel files."""
    try:
        files = sorted(f for f in folder.iterdir() if f.suffix == SUFFIX and f.is_file())
    except OSError as error:
        raise ModelError(f"cannot list the mirror {folder}: {error.strerror}") from error
    matches = [
        (_order(m[3] or ""), f)
        for f in files
        if (m := MIRRORED.match(f.stem)) and f"{m[1]}_{m[2]}" == pair
    ]
    if not matches:
        names = ", ".join(f.name for f in files[:10]) or "no .argosmodel file at all"
        raise ModelError(f"{folder} holds no package for {pair}", hint=f"it holds {names}")
    return max(matches)[1]


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"[0-9]{1,9}", version))


def _download(pair: str, downloads: Path) -> Path:
    base = os.environ.get(INDEX_VARIABLE) or INDEX
    with _session() as session:
        raw = _fetch(session, base.rstrip("/") + "/index.json", MAX_INDEX_BYTES)
        offers = [o for o in read_index(raw) if o.pair == pair]
        if not offers:
            raise ModelError(f"the index {base} has no package for {pair}", hint=FROM_FILE)
        offer = max(offers, key=lambda o: _order(o.version))
        target = downloads / f"translate-{pair}-{offer.version.replace('.', '_')}{SUFFIX}"
        _fetch_first(session, offer, target)
    return target


def read_index(raw: bytes) -> list[Offer]:
    """Read Argos's index; pass over entries that are not as they should be."""
    try:
        entries = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"the index of packages cannot be read: {error}") from error
    if not isinstance(entries, list) or len(entries) > MAX_ENTRIES:
        raise ModelError("the index of packages is not a list of packages")
    return [offer for entry in entries if (offer := _offer(entry)) is not None]


def _offer(entry: Any) -> Offer | None:
    if not isinstance(entry, dict) or entry.get("type", "translate") != "translate":
        return None
    version, links = str(entry.get("package_version", "")), entry.get("links", [])
    if not re.fullmatch(r"[0-9][0-9.]{0,20}", version) or not isinstance(links, list):
        return None
    secure = tuple(n for n in links if isinstance(n, str) and urlsplit(n).scheme == "https")
    pair = f"{entry.get('from_code')}_{entry.get('to_code')}"
    return Offer(pair, version, secure[:10]) if secure and CODE.match(pair) else None


def _fetch_first(session: requests.Session, offer: Offer, target: Path) -> None:
    """Try each link until one gives the file."""
    errors: list[str] = []
    for link in offer.links:
        try:
            _fetch(session, link, MAX_PACKAGE_BYTES, target)
        except ModelError as error:
            errors.append(str(error))
        else:
            return
    raise ModelError("; ".join(errors), hint=FROM_FILE)


def _session() -> requests.Session:
    """Make a session that cannot speak plain http, not even when it is redirected there."""
    import requests

    session = requests.Session()
    del session.adapters["http://"]
    session.max_redirects = 5
    return session


def _fetch(session: requests.Session, url: str, limit: int, target: Path | None = None) -> bytes:
    """Return at most `limit` bytes from `url`, or write them to `target`."""
    import requests

    try:
        with session.get(url, stream=True, timeout=TIMEOUT_SECONDS) as response:
            response.raise_for_status()
            return _receive(response, limit, target)
    except (requests.RequestException, OSError, ValueError) as error:
        raise ModelError(f"cannot fetch {url}: {_reason(error)}", hint=FROM_FILE) from error


def _receive(response: requests.Response, limit: int, target: Path | None) -> bytes:
    kept, received = [], 0
    with open(target or os.devnull, "wb") as file:  # noqa: PTH123 - devnull is no Path of ours
        for chunk in response.iter_content(256 * 1024):
            received += len(chunk)
            if received > limit:
                raise ModelError(f"{response.url} is larger than {limit} bytes")
            file.write(chunk)
            if target is None:
                kept.append(chunk)
    return b"".join(kept)


def _reason(error: Exception) -> str:
    """Say in a few words what requests says in three lines."""
    import requests

    match error:
        case requests.exceptions.InvalidSchema():
            return "only https is used"
        case requests.Timeout():
            return "no answer in time"
        case requests.exceptions.SSLError():
            return "its certificate is not trusted"
        case requests.ConnectionError():
            return "there is no connection"
        case _:
            return str(error)[:200]
