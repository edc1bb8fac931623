"""
Installing a package: nothing reaches the packages' folder before it has been proved sound.

A package file comes from a stranger, and its model is read by native code. So it is bounded
and unpacked elsewhere, checked, made to translate a sentence in a process of its own, and
only then renamed into place.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from verify import zips
from verify.errors import ModelError
from verify.translate.index import locate, names_a_file, pair_of
from verify.translate.packages import (
    RECEIPT,
    Package,
    list_packages,
    packages_folder,
    read_package,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# Argos's packages hold about 20 files, 100 to 400 MB unpacked; these leave room for others.
MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 2 * 1024**3

# Weights shrink to about half, vocabularies to a fifth; deflate itself cannot pass 1,032.
MAX_RATIO = 100
RATIO_APPLIES_FROM_BYTES = 1024 * 1024

# Loading a model of 400 MB from a slow disk and translating one sentence takes seconds.
TRIAL_SECONDS = 180

FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}\Z")
SHA256 = re.compile(r"[0-9a-f]{64}\Z")


def installed(
    spec: str | Path,
    source: str | Path | None = None,
    sha256: str | None = None,
    folder: Path | None = None,
) -> Package | None:
    """
    Return the package that `install` need not fetch from Argos's index, since it is there.

    A file, and the newest of a mirror, are at hand and are what was asked for: they are always
    installed. So is what another digest is asked of, and what would replace a demonstration.
    """
    if source is not None or names_a_file(spec):
        return None
    pair, wanted = pair_of(str(spec)), _wanted_digest(sha256)
    home = folder or packages_folder()
    for package in list_packages([home]).packages:
        is_asked = f"{package.source}_{package.target}" == pair and package.path.parent == home
        is_same = wanted in {None, package.archive_sha256}
        if is_asked and is_same and not package.demonstration:
            return package
    return None


def install(
    spec: str | Path,
    source: str | Path | None = None,
    sha256: str | None = None,
    folder: Path | None = None,
) -> Package:
    """
    Install a package and return it.

    `spec` is a package file, or a code such as `fa` or `fa_en`, which is looked up in the
    mirror folder `source`, or in Argos's index where there is none. With `sha256` the file
    must have that digest. `folder` is where packages are kept, by default argostranslate's.
    """
    wanted = _wanted_digest(sha256)
    home = folder or packages_folder()
    with tempfile.TemporaryDirectory(prefix="verify-download-") as downloads:
        file = locate(spec, source, Path(downloads))
        digest = _digest(file)
        if wanted is not None and digest != wanted:
            raise ModelError(
                f"{file.name} is not the file that was asked for: its SHA-256 is {digest}",
                hint=f"--sha256 asks for {wanted}",
            )
        return _install_file(file, digest, home)


def _install_file(file: Path, digest: str, home: Path) -> Package:
    with _staging(home) as staging:
        unpacked = unpack(file, staging)
        try:
            package = read_package(unpacked)
        except ModelError as error:
            raise ModelError(f"{file.name} is no sound package: {error}", hint=error.hint) from None
        receipt = {"archive_sha256": digest, "archive": file.name}
        (unpacked / RECEIPT).write_text(json.dumps(receipt, ensure_ascii=True), "utf-8")
        try_out(package)
        place = _swap(unpacked, home / unpacked.name, staging)
    return replace(package, path=place, archive_sha256=digest)


@contextmanager
def _staging(home: Path) -> Iterator[Path]:
    """
    Give a folder to unpack in: beside the packages, so that a rename suffices to install.

    Within the packages' folder only where its parent is another disk or closed to us: there
    a process that is killed would leave a folder behind at which argostranslate stumbles.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        home = home.resolve()
        beside = home.parent
        same_disk = beside.stat().st_dev == home.stat().st_dev
        parent = beside if same_disk and os.access(beside, os.W_OK) else home
        staging = tempfile.TemporaryDirectory(prefix=".verify-staging-", dir=parent)
    except OSError as error:
        raise ModelError(
            f"cannot write to the packages' folder {home}: {error.strerror}",
            hint="choose another with the environment variable ARGOS_PACKAGES_DIR",
        ) from error
    with staging as name:
        yield Path(name)


def unpack(file: Path, folder: Path) -> Path:
    """Unpack a package file into `folder` and return its one top folder, or raise ModelError."""
    try:
        with zips.opened(file) as archive:
            members = archive.infolist()
            top = _check_members(file.name, members)
            for member in members:
                _extract(archive, member, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelError(
            f"{file.name} is not a sound zip file: {error}",
            hint="a package is one file that ends in .argosmodel; fetch it again",
        ) from error
    except OSError as error:
        raise ModelError(f"cannot unpack {file.name}: {error}") from error
    return folder / top


def _check_members(name: str, members: list[zipfile.ZipInfo]) -> str:
    """Refuse what is too much or would land elsewhere; return the one top folder."""
    if not members or len(members) > MAX_MEMBERS:
        raise ModelError(f"{name} holds {len(members)} files, more than {MAX_MEMBERS} or none")
    if sum(m.file_size for m in members) > MAX_UNPACKED_BYTES:
        raise ModelError(f"{name} would unpack to more than {MAX_UNPACKED_BYTES} bytes")
    for member in members:
        _check_member(name, member)
    seen = [m.filename.rstrip("/").casefold() for m in members]
    if len(set(seen)) < len(seen):
        raise ModelError(f"{name} holds the same file twice")
    tops = {PurePosixPath(m.filename).parts[0] for m in members}
    top = tops.pop()
    if tops or not FOLDER_NAME.match(top):
        raise ModelError(
            f"{name} does not hold one folder with a plain name",
            hint="an Argos package is a zip of one folder such as translate-fa_en-1_5/",
        )
    return top


def _check_member(name: str, member: zipfile.ZipInfo) -> None:
    raw, path = member.filename, PurePosixPath(member.filename)
    shown = ascii(raw[:100])
    outside = path.is_absolute() or ".." in path.parts or not path.parts
    if outside or "\\" in raw or ":" in raw or not raw.isprintable() or len(raw) > 300:
        raise ModelError(f"{name} holds a file that would land elsewhere: {shown}")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ModelError(f"{name} holds a link or a device, not a file: {shown}")
    large = member.file_size > RATIO_APPLIES_FROM_BYTES
    if large and member.file_size > MAX_RATIO * max(member.compress_size, 1):
        raise ModelError(f"{name} holds a file that was packed beyond belief: {shown}")


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    """Write one file anew; zipfile itself stops at the size that was declared and checked."""
    target = folder / member.filename
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as stream, target.open("xb") as output:
        shutil.copyfileobj(stream, output, 1024 * 1024)


def try_out(package: Package) -> str:
    """
    Load the package in a process of its own and return its test sentence in the target language.

    A damaged model can take a process down; it shall not be the user's.
    """
    command = [sys.executable, "-P", "-m", "verify.translate.trial", str(package.path)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, on a folder that we unpacked
            command, capture_output=True, text=True, timeout=TRIAL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ModelError(f"{package.label} took too long to translate one sentence") from None
    lines = done.stdout.strip().splitlines()
    answer = json.loads(lines[-1]) if lines else {}
    if done.returncode or "english" not in answer:
        reason = answer.get("error") or f"the process ended with code {done.returncode}"
        raise ModelError(
            f"{package.label} cannot translate a test sentence: {reason}",
            hint=answer.get("hint") or "the file may be damaged; fetch it again",
        )
    return str(answer["english"])


def _swap(unpacked: Path, place: Path, staging: Path) -> Path:
    """Put the new folder where the old one was, or leave the old one there."""
    old = staging / "replaced"
    try:
        replaced = place.exists()
        if replaced:
            place.rename(old)
        try:
            unpacked.rename(place)
        except OSError:
            if replaced:
                old.rename(place)
            raise
    except OSError as error:
        raise ModelError(f"cannot put the package at {place}: {error.strerror}") from error
    return place


def _wanted_digest(sha256: str | None) -> str | None:
    if sha256 is None:
        return None
    digest = sha256.strip().lower().removeprefix("sha256:")
    if not SHA256.match(digest):
        raise ModelError("a SHA-256 is 64 hex digits", hint="for example from `sha256sum FILE`")
    return digest


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"cannot read {file}: {error.strerror}") from error
