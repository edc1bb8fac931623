"""
What a run is told: flags > VERIFY_* > verify.toml or [tool.verify] > defaults.

Every setting is one field of `Settings`. The flag for `fail_on` is `--fail-on`, the
variable `VERIFY_FAIL_ON`, the key `fail-on`.
"""

from __future__ import annotations

import tomllib
from dataclasses import Field, dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.errors import SettingsError
from verify.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


def _by(read: Callable[[Any], Any]) -> dict[str, Callable[[Any], Any]]:
    """Say how a field's value is read from text or TOML."""
    return {"read": read}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one run, as `docs/settings.md` describes them."""

    sources: Path | None = field(default=None, metadata=_by(_path))
    format: tuple[str, ...] = field(default=("terminal",), metadata=_by(_texts))
    output: Path | None = field(default=None, metadata=_by(_path))
    fail_on: Severity | None = field(default=Severity.ERROR, metadata=_by(_severity))
    """`None` stands for `never`."""
    allow_unchecked: bool = field(default=False, metadata=_by(_boolean))
    offline: bool = field(default=False, metadata=_by(_boolean))
    translate: bool = field(default=True, metadata=_by(_boolean))
    packages: tuple[Path, ...] = field(default=(), metadata=_by(_paths))
    # A person who waits for a page has given up by then.
    timeout: float = field(default=30.0, metadata=_by(_positive(float, 0.1)))
    # The largest page of news sites is a few MB; 20 MB leaves room, and bounds memory.
    max_bytes: int = field(default=20_000_000, metadata=_by(_positive(int, 1)))
    # One request a second to one host is what crawlers call polite.
    delay: float = field(default=1.0, metadata=_by(_positive(float, 0.0)))
    retries: int = field(default=2, metadata=_by(_positive(int, 0)))
    jobs: int = field(default=8, metadata=_by(_positive(int, 1)))
    quiet: bool = field(default=False, metadata=_by(_boolean))


FIELDS: Mapping[str, Field[Any]] = {f.name: f for f in fields(Settings)}


def load(
    flags: Mapping[str, Any], environment: Mapping[str, str], folder: Path | None = None
) -> Settings:
    """
    Merge `flags` (those given) with `environment` and the settings file above `folder`.

    Raises `SettingsError` for an unknown key or a value of the wrong kind.
    """
    settings = Settings()
    if path := _file(folder or Path.cwd()):
        settings = _apply(settings, _keys(path), where=str(path))
    variables = {
        name[7:].lower(): value
        for name, value in environment.items()
        if name.startswith("VERIFY_") and value  # an empty variable is an unset one
    }
    settings = _apply(settings, variables, where="the environment", show="VERIFY_{}".format)
    return _apply(settings, flags, where="the command line", show=lambda n: f"--{_dashed(n)}")


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
    near = get_close_matches(_dashed(key), [_dashed(n) for n in FIELDS], n=1)
    known = ", ".join(_dashed(n) for n in FIELDS)
    hint = f"did you mean {near[0]!r}?" if near else f"the settings are {known}"
    return SettingsError(f"cannot use {where}: {shown} is not a setting", hint=hint)


def _file(folder: Path) -> Path | None:
    """Return the nearest verify.toml, or pyproject.toml with a [tool.verify], going up."""
    for parent in (folder, *folder.parents):
        if (parent / "verify.toml").is_file():
            return parent / "verify.toml"
        project = parent / "pyproject.toml"
        if project.is_file() and b"[tool.verify]" in project.read_bytes():
            return project
    return None


def _keys(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"cannot read {path}: {error}", hint="it must be TOML") from None
    table = data if path.name == "verify.toml" else data["tool"]["verify"]
    # Paths in a settings file count from its own folder, wherever the command was started.
    return {
        key: _resolved(path.parent, value) if key in {"sources", "output", "packages"} else value
        for key, value in table.items()
    }


def _resolved(folder: Path, value: Any) -> Any:
    if isinstance(value, list):
        return [_resolved(folder, item) for item in value]
    return str(folder / value) if isinstance(value, str) else value
