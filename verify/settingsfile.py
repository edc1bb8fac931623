"""
verify.toml, or [tool.verify] in pyproject.toml: what a file may say, and what only a person.

A file comes with the article, whoever wrote it: in a pull request, an archive, a download.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from verify.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECRET = "judge-key"  # noqa: S105 (its name)

PERSONAL = frozenset(
    {"allow-private", "allow-outside", "ignore-robots"}
    | {"judge", "judge-url", "judge-insecure", "judge-labels", "judge-languages", SECRET}
    | {"allow-download", "packages", "browser"}
)
"""
What opens one's own network and files, asks sites against their wish, sends text away, says what
a judge's answers mean, or loads and runs what others made, which is for the person who starts the
run to say.
"""

# What a file may ask of the machine that runs the check and of the servers that it asks. The
# defaults lie far inside; beyond these a file would be an attack on the one or the others. Chosen.
BOUNDS: Mapping[str, tuple[float, float]] = {
    "timeout": (0.1, 300),
    "time-limit": (1, 21_600),
    "judge-timeout": (0.1, 600),
    "max-bytes": (1, 100_000_000),
    "delay": (1, 60),
    "retries": (0, 5),
    "jobs": (1, 32),
}

PATHS = frozenset({"sources", "output", "evidence", "baseline", "against"})


def find(folder: Path) -> Path | None:
    """Return the nearest verify.toml, or pyproject.toml with a [tool.verify], going up."""
    for parent in (folder, *folder.parents):
        if (parent / "verify.toml").is_file():
            return parent / "verify.toml"
        project = parent / "pyproject.toml"
        if project.is_file() and b"[tool.verify]" in project.read_bytes():
            return project
    return None


def read(path: Path) -> dict[str, Any]:
    """Return what a file sets, by key. Raises `SettingsError` for what is not for it to say."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"cannot read {path}: {error}", hint="it must be TOML") from None
    table = data if path.name == "verify.toml" else _tool(data)
    return {key: _allowed(path, key.replace("_", "-"), value) for key, value in table.items()}


def _tool(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return [tool.verify]; a comment may have looked like one."""
    tools = data.get("tool")
    table = tools.get("verify") if isinstance(tools, dict) else None
    return table if isinstance(table, dict) else {}


def _allowed(path: Path, key: str, value: Any) -> Any:
    """Return what a settings file gives for `key`, or raise where it is not for a file to say."""
    if key in PERSONAL:
        raise _personal(path, f"{key} cannot be set in a file", key)
    if key == "archives" and any(
        str(each).strip() not in {"wayback", ""} for each in _listed(value)
    ):
        # Whatever such an address answers is taken for what a page said years ago.
        raise _personal(path, f"a file can name no archive but wayback, not {value!r}", key)
    if key in BOUNDS:
        _check_bounds(path, key, value)
    if key == "format":
        return [_target(path, item) for item in _listed(value)]
    if key in PATHS:
        return _inside(path, key, value)
    return value


def _personal(path: Path, what: str, key: str) -> SettingsError:
    return SettingsError(
        f"cannot use {path}: {what}",
        hint=f"a file comes with the article, whoever wrote it; give {_given(key)}",
    )


def _given(key: str) -> str:
    """Return how a person gives what no file may: a key stands in no list of processes."""
    return f"VERIFY_{key.upper().replace('-', '_')}" if key == SECRET else f"--{key}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else str(value).split(",")


def _check_bounds(path: Path, key: str, value: Any) -> None:
    least, most = BOUNDS[key]
    try:
        number = float(value)
    except (TypeError, ValueError):
        return  # what is no number is said with all other values
    if not least <= number <= most:
        allowed = f"{least:g} to {most:,.0f}".replace(",", "")
        raise _personal(path, f"{key} can be {allowed} in a file, not {value!r}", key)


def _target(path: Path, item: Any) -> Any:
    """Let the file of `NAME=FILE` count from the settings file's own folder, too."""
    if not isinstance(item, str) or "=" not in item:
        return item
    name, _, file = item.partition("=")
    return f"{name}={_inside(path, 'format', file)}"


def _inside(path: Path, key: str, value: Any) -> Any:
    """
    Let a path count from the settings file's own folder, wherever the command was started.

    It must end in there, also by way of links, and outside git's own files: a report that is
    written elsewhere could become a program, and what is read there may be secret.
    """
    if not isinstance(value, str) or not value:
        return value  # what is no path is said with all other values
    found = path.parent / value
    try:
        real, folder = found.resolve(), path.parent.resolve()
        inside = {part.lower() for part in real.relative_to(folder).parts}
        is_inside = ".git" not in inside and not _leads_away(key, real)
    except (OSError, RuntimeError, ValueError):
        is_inside = False
    if not is_inside:
        raise _personal(path, f"{key} leads out of its folder: {value!r}", key)
    return str(found)


def _leads_away(key: str, real: Path) -> bool:
    """Whether a folder of evidence holds a link: what is recorded goes to files of known names."""
    return key == "evidence" and real.is_dir() and any(p.is_symlink() for p in real.iterdir())
