"""
The Argos packages on this computer: what a package is, and where to look for one.

A package is a folder in Argos's own format: `metadata.json`, `model/` (CTranslate2) and
`sentencepiece.model` (or `bpe.model`). We read the folder that argostranslate uses, so that
a package installed by either program serves both.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from verify.errors import ModelError
from verify.folders import data_folder
from verify.model import Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RECEIPT = "verify.json"
"""Written into a package when we install it; argostranslate does not look at it."""

ENGLISH = Language("en")

# Argos's own metadata.json files are under 2 kB; a readable one never comes near this.
METADATA_BYTES = 64 * 1024

VOCABULARIES = ("shared_vocabulary", "source_vocabulary")
CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}\Z")


@dataclass(frozen=True)
class Package:
    """One installed translation package."""

    source: Language
    target: Language
    name: str
    """Such as `translate-fa_en`."""
    version: str
    path: Path
    source_name: str = ""
    target_name: str = ""
    tokenizer: str = "sentencepiece"
    """`sentencepiece` or `bpe`."""
    demonstration: bool = False
    """True for a package that was made to show the format, not to translate well."""
    target_prefix: str = ""
    """The token that tells a many-language model which language to write."""
    minimum_score: float | None = None
    """The mean log-probability of a piece below which a translation is not to be shown."""
    archive_sha256: str | None = None
    """The digest of the file it was installed from, where we installed it."""
    metadata: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def label(self) -> str:
        """The package and its version, as reports name it."""
        suffix = " (demonstration)" if self.demonstration else ""
        return f"{self.name} {self.version}{suffix}"

    @property
    def order(self) -> tuple[int, ...]:
        """The version as numbers, so that 1.10 comes after 1.9."""
        return tuple(int(n) for n in re.findall(r"[0-9]{1,9}", self.version))

    @property
    def size(self) -> int:
        """The bytes that the folder takes."""
        return sum(f.stat().st_size for f in self.path.rglob("*") if f.is_file())

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of what decides a translation: metadata, model and tokenizer."""
        total = sha256()
        try:
            model = sorted((self.path / "model").iterdir())
            for file in (self.path / "metadata.json", tokenizer_file(self), *model):
                with file.open("rb") as stream:
                    digest = file_digest(stream, "sha256").hexdigest()
                total.update(f"{file.name}\0{digest}\n".encode())
        except OSError as error:
            raise ModelError(f"cannot read {self.label}: {error}") from error
        return total.hexdigest()


@dataclass(frozen=True, slots=True)
class Problem:
    """A folder among the packages that is none, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found: the packages, best first for each language, and what was passed over."""

    packages: tuple[Package, ...]
    problems: tuple[Problem, ...]


def packages_folder() -> Path:
    """Return the folder where argostranslate keeps its packages (it need not exist)."""
    chosen = os.environ.get("ARGOS_PACKAGES_DIR")
    if chosen:
        return Path(chosen).expanduser()
    return data_folder() / "argos-translate" / "packages"


def list_packages(extra_folders: Iterable[Path] = ()) -> Listing:
    """Look through the person's own folder and then through `extra_folders`."""
    packages: list[Package] = []
    problems: list[Problem] = []
    for folder in dict.fromkeys((packages_folder(), *extra_folders)):
        for path in _subfolders(folder, problems):
            try:
                packages.append(read_package(path))
            except ModelError as error:
                problems.append(Problem(path, str(error)))
    # `sorted` keeps the order of equals, so the person's own folder wins over an extra one
    ranked = sorted(packages, key=lambda p: p.order, reverse=True)
    ranked.sort(key=lambda p: (p.source, p.target, p.demonstration))
    return Listing(tuple(ranked), tuple(problems))


def find_packages(folders: Iterable[Path] = ()) -> list[Package]:
    """Return the sound packages of the person's own folder and of `folders`, best first."""
    return list(list_packages(folders).packages)


def describe(code: str, extra_folders: Iterable[Path] = ()) -> Package:
    """Return the best package for `fa`, `fa_en` or the name of a folder, or raise ModelError."""
    listing = list_packages(extra_folders)
    for package in listing.packages:
        if code in names_of(package):
            return package
    known = ", ".join(dict.fromkeys(f"{p.source}_{p.target}" for p in listing.packages))
    raise ModelError(
        f"no translation package is installed for {code!r}",
        hint=f"installed: {known}" if known else "install one with `verify models install FILE`",
    )


def names_of(package: Package) -> set[str]:
    """Return everything that a person may call this package."""
    pair = f"{package.source}_{package.target}"
    names = {pair, pair.replace("_", "-"), package.name, package.path.name, package.label}
    return names | ({str(package.source)} if package.target == ENGLISH else set())


def tokenizer_file(package: Package) -> Path:
    """Return the model that cuts sentences into pieces."""
    return package.path / f"{package.tokenizer}.model"


def read_package(path: Path) -> Package:
    """Read the package in the folder `path`; raise ModelError where something is missing."""
    metadata = _metadata(path)
    source, target = _code(metadata, "from_code"), _code(metadata, "to_code")
    _require_model(path)
    receipt = _json(path / RECEIPT) if (path / RECEIPT).is_file() else {}
    archive = receipt.get("archive_sha256")
    return Package(
        source=source,
        target=target,
        name=f"translate-{source}_{target}",
        version=_text(metadata, "package_version"),
        path=path,
        source_name=_text(metadata, "from_name"),
        target_name=_text(metadata, "to_name"),
        tokenizer=_tokenizer(path),
        demonstration=metadata.get("demonstration") is True,
        target_prefix=_text(metadata, "target_prefix"),
        minimum_score=_score(metadata),
        archive_sha256=archive if isinstance(archive, str) else None,
        metadata=metadata,
    )


def _subfolders(folder: Path, problems: list[Problem]) -> list[Path]:
    """List the folders of `folder`, without the hidden ones; one that is absent has none."""
    try:
        return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(Problem(folder, f"cannot be listed: {error.strerror}"))
        return []


def _metadata(path: Path) -> Mapping[str, object]:
    file = path / "metadata.json"
    if not file.is_file():
        raise ModelError("metadata.json is missing", hint="this folder is no Argos package")
    metadata = _json(file)
    kind = metadata.get("type", "translate")
    if kind != "translate":
        raise ModelError(f"metadata.json says type {kind!r:.40}, not 'translate'")
    if not _text(metadata, "package_version"):
        raise ModelError("metadata.json names no package_version")
    return metadata


def _json(file: Path) -> Mapping[str, object]:
    try:
        with file.open("rb") as stream:
            raw = stream.read(METADATA_BYTES + 1)
        if len(raw) > METADATA_BYTES:
            raise ModelError(f"{file.name} is larger than {METADATA_BYTES} bytes")
        value = json.loads(raw)
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{file.name} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise ModelError(f"{file.name} is not a JSON object")
    return value


def _text(metadata: Mapping[str, object], key: str) -> str:
    """Return a short line of text; what is absent is empty, what is no line is an error."""
    value = metadata.get(key, "")
    if not isinstance(value, str) or len(value) > 100 or not value.isprintable():
        raise ModelError(f"metadata.json: {key} is not a short line of text")
    return value


def _code(metadata: Mapping[str, object], key: str) -> Language:
    value = _text(metadata, key)
    if not CODE.match(value):
        raise ModelError(f"metadata.json: {key} is {value!r:.40}, not a language code")
    return Language(value)


def _score(metadata: Mapping[str, object]) -> float | None:
    value = metadata.get("minimum_score")
    if value is None:
        return None
    if not isinstance(value, int | float) or not -100 < value < 0:
        raise ModelError("metadata.json: minimum_score is not a number below 0")
    return float(value)


def _require_model(path: Path) -> None:
    model = path / "model"
    if not (model / "model.bin").is_file():
        raise ModelError("model/model.bin is missing")
    if not any((model / f"{v}.{e}").is_file() for v in VOCABULARIES for e in ("json", "txt")):
        raise ModelError("the vocabulary is missing (model/shared_vocabulary.json)")


def _tokenizer(path: Path) -> str:
    for tokenizer in ("sentencepiece", "bpe"):
        if (path / f"{tokenizer}.model").is_file():
            return tokenizer
    raise ModelError("the tokenizer is missing (sentencepiece.model)")
