"""
What a run is told: flags > VERIFY_* > verify.toml or [tool.verify] > defaults.

Every setting is one field of `Settings`. The flag for `fail_on` is `--fail-on`, the
variable `VERIFY_FAIL_ON`, the key `fail-on`.
"""

from __future__ import annotations

import re
from dataclasses import Field, dataclass, field, fields, replace
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify import settingsfile
from verify.errors import SettingsError
from verify.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HOST = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,126}\.?")

ARCHIVE = re.compile(
    r"wayback|https?://[^\s{}]{1,500}(?:\{timestamp\}[^\s{}]{0,20})?(?:\{url\})?"
    r"|https?://[^\s{}]{1,500}\{timestamp\}[^\s{}]{0,20}\{url\} https?://[^\s{}]{1,500}"
)
"""A TimeGate, and the CDX server beside one that takes the moment from its address."""

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


# Each reader below raises `ValueError` with what it would take, whatever it was given.


def _boolean(value: Any) -> bool:
    text = str(value).lower()
    if text not in TRUE | FALSE:
        raise ValueError("true or false")
    return text in TRUE


def _positive(kind: Callable[[str], float], least: float) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        try:
            number = kind(str(value))
        except ValueError:
            raise ValueError("a number") from None
        if not least <= number < float("inf"):
            raise ValueError(f"a number from {least:g}")
        return number

    return read


def _severity(value: Any) -> Severity | None:
    names = {s.label: s for s in Severity}
    if value != "never" and value not in names:
        raise ValueError("error, warning, info or never")
    return names.get(str(value))


def _interface(value: Any) -> str:
    if value not in {"en", "fa"}:
        raise ValueError("en or fa")
    return str(value)


def _strictness(value: Any) -> str:
    if value not in {"lenient", "default", "strict"}:
        raise ValueError("lenient, default or strict")
    return str(value)


def _path(value: Any) -> Path:
    if not isinstance(value, str) or not value:
        raise ValueError("a path")
    return Path(value)


def _paths(value: Any) -> tuple[Path, ...]:
    items = value.split(":") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ValueError("a list of paths")
    return tuple(_path(item) for item in items)


def _texts(value: Any) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(i, str) for i in items):
        raise ValueError("a list of names")
    return tuple(items)


def _hosts(value: Any) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in _texts(value))
    if not all(_is_host(host) for host in hosts):
        raise ValueError("host names, addresses or networks, such as 10.0.0.0/8")
    return hosts


def _is_host(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return HOST.fullmatch(text) is not None
    return True


def _archives(value: Any) -> tuple[str, ...]:
    archives = tuple(text.strip() for text in _texts(value) if text.strip())
    if not all(ARCHIVE.fullmatch(archive) for archive in archives):
        raise ValueError("`wayback`, or the address of a TimeGate")
    return archives


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text")
    return value.strip()


def _judge(value: Any) -> str:
    text = str(value).strip()
    kind, _, name = text.partition(":")
    if text != "own" and (kind not in {"hf", "llm"} or not name.strip()):
        raise ValueError("own, hf:FOLDER, hf:NAME or llm:MODEL")
    return text


def _secret(value: Any) -> str:
    return str(value)  # whatever it is, no error may show it


def _revision(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or value.startswith("-"):
        raise ValueError("a commit, a branch or a tag of git")
    return value.strip()


def _by(read: Callable[[Any], Any]) -> dict[str, Callable[[Any], Any]]:
    """Say how a field's value is read from text or TOML."""
    return {"read": read}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one run, as `docs/settings.md` describes them."""

    sources: Path | None = field(default=None, metadata=_by(_path))
    format: tuple[str, ...] = field(default=("terminal",), metadata=_by(_texts))
    output: Path | None = field(default=None, metadata=_by(_path))
    ui: str = field(default="en", metadata=_by(_interface))
    """The language of the HTML page's interface."""
    fail_on: Severity | None = field(default=Severity.ERROR, metadata=_by(_severity))
    """`None` stands for `never`."""
    allow_unchecked: bool = field(default=False, metadata=_by(_boolean))
    baseline: Path | None = field(default=None, metadata=_by(_path))
    """The findings that are known, and fail no run."""
    against: Path | None = field(default=None, metadata=_by(_path))
    """An earlier JSON report, with which the reports for readers compare this run."""
    changed_since: str | None = field(default=None, metadata=_by(_revision))
    offline: bool = field(default=False, metadata=_by(_boolean))
    evidence: Path | None = field(default=None, metadata=_by(_path))
    """Where answers are recorded; `None` for the user's cache."""
    record: bool = field(default=True, metadata=_by(_boolean))
    browser: bool = field(default=False, metadata=_by(_boolean))
    """Whether pages that scripts write are shown to a headless browser."""
    # A day: long enough for the runs of one morning's work, short against how pages change.
    max_age: float = field(default=24.0, metadata=_by(_positive(float, 0.0)))
    """Hours within which a recorded answer stands for the page itself."""
    archives: tuple[str, ...] = field(default=("wayback",), metadata=_by(_archives))
    """Web archives that are asked, in order: `wayback`, or the address of a TimeGate."""
    drift: bool = field(default=False, metadata=_by(_boolean))
    """Whether live pages are compared with their archived copies."""
    strict: bool = field(default=False, metadata=_by(_boolean))
    """Whether a link is dead after one failure, and not after three on three days."""
    ignore_robots: bool = field(default=False, metadata=_by(_boolean))
    allow_private: tuple[str, ...] = field(default=(), metadata=_by(_hosts))
    """Hosts, addresses and networks that may be asked although they are not public."""
    allow_outside: bool = field(default=False, metadata=_by(_boolean))
    """Whether sources.yaml may name files outside its own folder."""
    translate: bool = field(default=True, metadata=_by(_boolean))
    strictness: str = field(default="default", metadata=_by(_strictness))
    """How sure "supported" must be, by a measured operating point (docs/judging.md)."""
    judge: str = field(default="own", metadata=_by(_judge))
    """`own`, `hf:FOLDER_OR_NAME` or `llm:MODEL` (docs/judges.md)."""
    judge_url: str | None = field(default=None, metadata=_by(_text))
    judge_key: str | None = field(default=None, repr=False, metadata=_by(_secret))
    """From the environment alone; shown nowhere."""
    # A model of a few billion parameters on a CPU takes half a minute for one answer.
    judge_timeout: float = field(default=60.0, metadata=_by(_positive(float, 0.1)))
    judge_insecure: bool = field(default=False, metadata=_by(_boolean))
    """Whether an `llm:` judge may be sent text over plain http."""
    judge_labels: tuple[str, ...] = field(default=(), metadata=_by(_texts))
    judge_languages: tuple[str, ...] = field(default=(), metadata=_by(_texts))
    allow_download: bool = field(default=False, metadata=_by(_boolean))
    """Whether an `hf:` judge may be downloaded."""
    packages: tuple[Path, ...] = field(default=(), metadata=_by(_paths))
    # A person who waits for a page has given up by then.
    timeout: float = field(default=30.0, metadata=_by(_positive(float, 0.1)))
    # Servers that run such checks often end a job after an hour: half of it leaves time to set
    # up and to publish. 100 sources that all time out take six and a half minutes in 8 lines.
    time_limit: float = field(default=1800.0, metadata=_by(_positive(float, 0.0)))
    """Seconds after which a run begins nothing more; 0 for as long as it takes."""
    # The largest page of news sites is a few MB; 20 MB leaves room, and bounds memory.
    max_bytes: int = field(default=20_000_000, metadata=_by(_positive(int, 1)))
    # One request a second to one host is what crawlers call polite.
    delay: float = field(default=1.0, metadata=_by(_positive(float, 0.0)))
    retries: int = field(default=2, metadata=_by(_positive(int, 0)))
    jobs: int = field(default=8, metadata=_by(_positive(int, 1)))
    quiet: bool = field(default=False, metadata=_by(_boolean))
    from_file: frozenset[str] = frozenset()
    """The keys that a settings file decided over. No setting itself."""


PERSONAL = settingsfile.PERSONAL

# With these a project lets more pass. It may: what its own runs fail on is for it to say. But
# the report says so, since the file comes with the article, as in a pull request.
LOOSER: Mapping[str, Callable[[Any], bool]] = {
    "allow-unchecked": bool,
    "baseline": bool,
    "changed-since": bool,
    "fail-on": lambda least: least is None,
    "offline": bool,
    "strictness": lambda name: name == "lenient",
}

# What a person decides anew each time, and so what no variable and no file remembers.
FLAGS_ALONE: Mapping[str, str] = {
    "from": "verify check",
    "reviewer": "verify audit",
    "plain": "verify audit",
    "dry-run": "verify sources draft",
    "prune": "verify baseline",
    "sha256": "verify models install",
    "folder": "verify models install",
}

FIELDS: Mapping[str, Field[Any]] = {f.name: f for f in fields(Settings) if f.metadata}


def load(
    flags: Mapping[str, Any], environment: Mapping[str, str], folder: Path | None = None
) -> Settings:
    """
    Merge `flags` (those given) with `environment` and the settings file above `folder`.

    Raises `SettingsError` for an unknown key or a value of the wrong kind.
    """
    settings, ours = Settings(), dict[str, Any]()
    if path := settingsfile.find(folder or Path.cwd()):
        ours = settingsfile.read(path)
        settings = _apply(settings, ours, where=str(path))
    variables = {
        name[7:].lower(): value
        for name, value in environment.items()
        if name.startswith("VERIFY_") and value  # an empty variable is an unset one
    }
    settings = _apply(settings, variables, where="the environment", show="VERIFY_{}".format)
    settings = _apply(settings, flags, where="the command line", show=lambda n: f"--{_dashed(n)}")
    decided = {_dashed(key) for key in ours} - {_dashed(key) for key in (*variables, *flags)}
    return replace(settings, from_file=frozenset(decided))


def loosened(settings: Settings) -> list[str]:
    """Return the keys with which a settings file lets more pass than the defaults do."""
    return [
        key
        for key, lets_pass in LOOSER.items()
        if key in settings.from_file and lets_pass(getattr(settings, key.replace("-", "_")))
    ]


def _dashed(name: str) -> str:
    return name.lower().replace("_", "-")


def _apply(
    settings: Settings,
    values: Mapping[str, Any],
    *,
    where: str,
    show: Callable[[str], str] = _dashed,
) -> Settings:
    read: dict[str, Any] = {}
    for key, value in values.items():
        name = key.replace("-", "_")
        shown = show(key.upper() if where == "the environment" else key)
        if name not in FIELDS:
            raise _unknown(key, shown, where)
        try:
            read[name] = FIELDS[name].metadata["read"](value)
        except ValueError as error:
            raise SettingsError(
                f"cannot use {where}: {shown} cannot be {value!r}", hint=f"give {error}"
            ) from None
    return replace(settings, **read)


def _unknown(key: str, shown: str, where: str) -> SettingsError:
    if command := FLAGS_ALONE.get(_dashed(key)):
        hint = f"it is a flag alone: `{command} --{_dashed(key)}`"
        return SettingsError(f"cannot use {where}: {shown} is not a setting", hint=hint)
    near = get_close_matches(_dashed(key), [_dashed(n) for n in FIELDS], n=1)
    known = ", ".join(_dashed(n) for n in FIELDS)
    hint = f"did you mean {near[0]!r}?" if near else f"the settings are {known}"
    return SettingsError(f"cannot use {where}: {shown} is not a setting", hint=hint)
