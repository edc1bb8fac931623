"""
Lines of the CDXJ index: where each recorded answer stands.

https://specs.webrecorder.net/cdxj/0.1.0/
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from verify.fetch import warc

ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one exchange is kept. `digest` is the SHA-256 of its body, in hex."""

    address: str
    time: datetime
    status: int
    media_type: str
    digest: str
    file: str
    offset: int
    length: int
    via: str = "live"
    is_revisit: bool = False


def canonical(address: str) -> str:
    """
    Return the key by which an address is found: host turned round, path and query as they are.

    The Sort-friendly URI Reordering Transform of web archives, without their guesses (they drop
    `www.`, session ids and case): two addresses that could be two pages stay two. What is no
    address stands for itself: under that key, nothing was ever recorded.
    """
    try:
        parts = urlsplit(warc.uri(address))
    except ValueError:
        return address
    try:
        port = parts.port
    except ValueError:
        port = None
    host = ",".join(reversed((parts.hostname or "").lower().rstrip(".").split(".")))
    is_default = port in {None, 80 if parts.scheme == "http" else 443}
    query = f"?{parts.query}" if parts.query else ""
    tail = ESCAPE.sub(lambda m: m[0].upper(), f"{parts.path or '/'}{query}")
    return f"{host}{'' if is_default else f':{port}'}){tail}"


def read_line(line: bytes) -> Entry:
    """Return what a line says. Raises `ValueError` and its like where it is no entry."""
    _, _, fields = line.decode().split(" ", 2)
    wire = json.loads(fields)
    return Entry(
        str(wire["url"]),
        _moment(wire["time"]),
        int(wire["status"]),
        str(wire["mime"]),
        str(wire["digest"]).removeprefix("sha-256:"),
        Path(str(wire["filename"])).name,
        int(wire["offset"]),
        int(wire["length"]),
        str(wire.get("via", "live")),
        bool(wire.get("revisit")),
    )


def _moment(text: str) -> datetime:
    """Read a moment; one without a time zone is in UTC, as all moments of WARC are."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def write_line(entry: Entry) -> str:
    """Return the line of an entry."""
    fields = {
        "url": entry.address,
        "mime": entry.media_type,
        "status": str(entry.status),
        "digest": f"sha-256:{entry.digest}",
        "length": str(entry.length),
        "offset": str(entry.offset),
        "filename": entry.file,
        "time": entry.time.astimezone(UTC).isoformat(),
        "via": entry.via,
        **({"revisit": True} if entry.is_revisit else {}),
    }
    stamp = entry.time.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    return f"{canonical(entry.address)} {stamp} {json.dumps(fields, ensure_ascii=False)}\n"


def media_type(headers: tuple[tuple[str, str], ...]) -> str:
    """Return what the headers of an answer call it."""
    value = next((v for k, v in headers if k.lower() == "content-type"), "")
    return value.partition(";")[0].strip().lower()[:100] or "unk"
