"""Installing and listing packages: sound ones, damaged ones, hostile ones."""

from __future__ import annotations

import hashlib
import http.server
import json
import shutil
import ssl
import stat
import subprocess
import threading
import zipfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from verify.cli import main
from verify.errors import ModelError
from verify.translate import (
    describe,
    find_packages,
    install,
    installed,
    list_packages,
    packages_folder,
)
from verify.translate import installer as installer_module
from verify.translate.index import read_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEMONSTRATION = Path(__file__).parent / "packages" / "translate-fa_en-0_1.argosmodel"
TOP = "translate-fa_en-0_1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "packages"


def remade(
    path: Path, *, drop: str = "", change: Callable[[str, bytes], bytes] | None = None
) -> zipfile.ZipFile:
    """Copy the demonstration into a new zip, without the files that end in `drop`."""
    output = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(DEMONSTRATION) as archive:
        for member in archive.infolist():
            if not (drop and member.filename.endswith(drop)):
                data = archive.read(member)
                output.writestr(member, change(member.filename, data) if change else data)
    return output


def renumbered(version: str, _name: str, data: bytes) -> bytes:
    return data.replace(b'"0.1"', f'"{version}"'.encode())


def refused(file: str | Path, folder: Path, match: str, **options: Any) -> ModelError:
    """Expect a refusal that leaves nothing behind, neither in the folder nor beside it."""
    with pytest.raises(ModelError, match=match) as caught:
        install(file, folder=folder, **options)
    assert not folder.exists() or list(folder.iterdir()) == []
    if folder.parent.exists():
        assert [p.name for p in folder.parent.iterdir() if p != folder] == []
    return caught.value


# --- what is sound ----------------------------------------------------------------------


def test_the_demonstration_is_small_and_says_what_it_is() -> None:
    assert DEMONSTRATION.stat().st_size < 2 * 1024 * 1024
    with zipfile.ZipFile(DEMONSTRATION) as archive:
        metadata = json.loads(archive.read(f"{TOP}/metadata.json"))
    assert metadata["demonstration"] is True


def test_a_sound_package_is_installed_and_described(folder: Path) -> None:
    digest = hashlib.sha256(DEMONSTRATION.read_bytes()).hexdigest()
    package = install(DEMONSTRATION, folder=folder, sha256=digest.upper())
    assert (package.source, package.target, package.version) == ("fa", "en", "0.1")
    assert package.path == folder / TOP
    assert package.archive_sha256 == digest
    assert package.demonstration
    assert package.size > 300_000
    assert len(package.digest) == 64
    assert list_packages([folder]).packages == (package,)
    assert [p.name for p in folder.parent.iterdir()] == ["packages"]
    for name in ("fa", "fa_en", "fa-en", TOP, "translate-fa_en"):
        assert describe(name, [folder]) == package


def test_argostranslates_own_folder_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert packages_folder() == tmp_path / "data" / "argos-translate" / "packages"
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path / "chosen"))
    install(DEMONSTRATION)
    assert describe("fa").path == tmp_path / "chosen" / TOP


def test_the_digest_tells_contents_apart_and_ignores_the_receipt(folder: Path) -> None:
    package = install(DEMONSTRATION, folder=folder)
    (package.path / "verify.json").unlink()
    assert describe("fa", [folder]).digest == package.digest
    model = package.path / "model" / "model.bin"
    model.write_bytes(model.read_bytes() + b"\0")
    assert describe("fa", [folder]).digest != package.digest


def test_a_package_is_installed_over_itself(folder: Path) -> None:
    first = install(DEMONSTRATION, folder=folder)
    (first.path / "stale.txt").write_text("from before")
    second = install(DEMONSTRATION, folder=folder)
    assert second == first
    assert not (second.path / "stale.txt").exists()
    assert [p.name for p in folder.parent.iterdir()] == ["packages"]


def test_a_refused_upgrade_leaves_the_old_package_in_place(folder: Path, tmp_path: Path) -> None:
    package = install(DEMONSTRATION, folder=folder)
    broken = tmp_path / "broken.argosmodel"
    remade(broken, change=lambda n, d: d[:1000] if n.endswith("model.bin") else d).close()
    with pytest.raises(ModelError, match="cannot translate a test sentence"):
        install(broken, folder=folder)
    assert list_packages([folder]).packages == (package,)


def test_a_code_is_looked_up_in_a_mirror_and_the_newest_is_taken(
    folder: Path, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    for version in ("0.9", "0.10"):
        name = mirror / f"translate-fa_en-{version.replace('.', '_')}.argosmodel"
        remade(name, change=partial(renumbered, version)).close()
    (mirror / "translate-de_en-1_0.argosmodel").write_bytes(b"another language")
    for code in ("fa", "fa_en"):
        assert install(code, mirror, folder=folder).version == "0.10"


def test_a_mirror_without_the_package_says_what_it_holds(folder: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    shutil.copy(DEMONSTRATION, mirror)
    with pytest.raises(ModelError, match="no package for ps_en") as caught:
        install("ps", mirror, folder=folder)
    assert DEMONSTRATION.name in (caught.value.hint or "")


# --- listing ----------------------------------------------------------------------------


def test_stray_and_damaged_folders_are_reported_and_break_nothing(folder: Path) -> None:
    package = install(DEMONSTRATION, folder=folder)
    (folder / "stray").mkdir()
    (folder / "note.txt").write_text("a file")
    for name in ("broken-json", "no-model", "deep-json", "wrong-type"):
        shutil.copytree(package.path, folder / name)
    (folder / "broken-json" / "metadata.json").write_text("{")
    (folder / "deep-json" / "metadata.json").write_text("[" * 60_000)
    (folder / "no-model" / "model" / "model.bin").unlink()
    (folder / "wrong-type" / "metadata.json").write_text('{"type": "sbd"}')
    listing = list_packages([folder])
    assert listing.packages == (package,)
    assert {p.path.name: p.reason.split(":")[0] for p in listing.problems} == {
        "stray": "metadata.json is missing",
        "broken-json": "metadata.json cannot be read",
        "deep-json": "metadata.json cannot be read",
        "no-model": "model/model.bin is missing",
        "wrong-type": "metadata.json says type 'sbd', not 'translate'",
    }


def test_a_folder_that_is_a_file_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert [p.path for p in list_packages([tmp_path / "file"]).problems] == [tmp_path / "file"]
    assert find_packages([tmp_path / "absent"]) == []


def test_a_language_without_a_package_says_how_to_install() -> None:
    with pytest.raises(ModelError, match="'ps'") as caught:
        describe("ps")
    assert "verify models install" in (caught.value.hint or "")


# --- what is damaged --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("metadata.json", "metadata.json is missing"),
        ("model.bin", "model/model.bin is missing"),
        ("vocabulary.json", "vocabulary is missing"),
        ("sentencepiece.model", "tokenizer is missing"),
    ],
)
def test_a_package_with_a_part_missing_is_refused(
    folder: Path, tmp_path: Path, missing: str, reason: str
) -> None:
    file = tmp_path / "p.argosmodel"
    remade(file, drop=missing).close()
    refused(file, folder, reason)


@pytest.mark.parametrize("part", ["model.bin", "sentencepiece.model", "vocabulary.json"])
def test_a_package_that_does_not_translate_is_refused(
    folder: Path, tmp_path: Path, part: str
) -> None:
    file = tmp_path / "p.argosmodel"
    remade(file, change=lambda n, d: b"\0garbage" * 9 if n.endswith(part) else d).close()
    refused(file, folder, "cannot translate a test sentence")


@pytest.mark.parametrize(
    "metadata",
    [
        b"[]",
        b"{}",
        b'{"from_code": "fa", "to_code": "en"}',
        b'{"from_code": "../x", "to_code": "en", "package_version": "1"}',
        b'{"from_code": "fa", "to_code": 7, "package_version": "1"}',
        b'{"from_code": "fa", "to_code": "en", "package_version": "1\\u001b[2J"}',
        b'{"from_code": "fa", "to_code": "en", "package_version": "1", "minimum_score": 1e9}',
        b"\xff\xfe",
        b" " * 70_000,
    ],
)
def test_metadata_that_is_not_as_it_should_be_is_refused(
    folder: Path, tmp_path: Path, metadata: bytes
) -> None:
    file = tmp_path / "p.argosmodel"
    remade(file, change=lambda n, d: metadata if n.endswith("metadata.json") else d).close()
    refused(file, folder, "metadata.json")


def test_a_file_cut_short_is_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "p.argosmodel"
    file.write_bytes(DEMONSTRATION.read_bytes()[:-5_000])
    assert "fetch it again" in (refused(file, folder, "not a sound zip file").hint or "")


def test_a_file_with_a_flipped_byte_is_refused(folder: Path, tmp_path: Path) -> None:
    raw = bytearray(DEMONSTRATION.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    file = tmp_path / "p.argosmodel"
    file.write_bytes(raw)
    refused(file, folder, "not a sound zip file")


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>"])
def test_a_file_that_is_no_zip_is_refused(folder: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "p.argosmodel"
    file.write_bytes(content)
    refused(file, folder, "not a sound zip file")


def test_a_wrong_digest_is_refused_before_the_file_is_opened(folder: Path) -> None:
    error = refused(DEMONSTRATION, folder, "not the file that was asked for", sha256="0" * 64)
    assert "0" * 64 in (error.hint or "")


def test_a_digest_that_is_none_is_refused(folder: Path) -> None:
    refused(DEMONSTRATION, folder, "64 hex digits", sha256="abc")


@pytest.mark.parametrize("spec", ["missing.argosmodel", "./missing", "a b", "", "fa_en_de_x_y"])
def test_a_name_that_leads_nowhere_is_a_clear_error(folder: Path, spec: str) -> None:
    refused(spec, folder, ".")


# --- what is hostile --------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        f"{TOP}/../../escaped.txt",
        "../escaped.txt",
        "/tmp/escaped.txt",
        f"{TOP}/C:escaped.txt",
        f"{TOP}\\..\\escaped.txt",
        f"{TOP}/a\u202eb",
    ],
)
def test_a_file_that_would_land_elsewhere_is_refused(
    folder: Path, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "p.argosmodel"
    with remade(file) as archive:
        archive.writestr(name, "escaped")
    refused(file, folder, "would land elsewhere")
    assert not list(tmp_path.rglob("escaped*"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_a_device_is_refused(folder: Path, tmp_path: Path, kind: int) -> None:
    entry = zipfile.ZipInfo(f"{TOP}/model/extra")
    entry.external_attr = (kind | 0o777) << 16
    file = tmp_path / "p.argosmodel"
    with remade(file) as archive:
        archive.writestr(entry, "/etc/passwd")
    refused(file, folder, "a link or a device")


def test_a_bomb_is_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "p.argosmodel"
    with remade(file) as archive:
        archive.writestr(f"{TOP}/bomb", bytes(20 * 1024 * 1024))
    refused(file, folder, "packed beyond belief")


def test_too_much_in_all_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer_module, "MAX_UNPACKED_BYTES", 100_000)
    refused(DEMONSTRATION, folder, "would unpack to more than")


def test_too_many_files_are_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "p.argosmodel"
    with remade(file) as archive:
        for n in range(2_001):
            archive.writestr(f"{TOP}/{n}", "")
    refused(file, folder, "more than 2000")


@pytest.mark.parametrize("name", ["second/file.txt", "loose.txt"])
def test_more_than_one_top_folder_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / "p.argosmodel"
    with remade(file) as archive:
        archive.writestr(name, "x")
    refused(file, folder, "one folder")


def test_the_same_file_twice_is_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "p.argosmodel"
    with remade(file) as archive:
        archive.writestr(f"{TOP}/MODEL/model.bin", "x")
    refused(file, folder, "twice")


def test_a_size_that_lies_is_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "p.argosmodel"
    with remade(file) as archive:
        archive.writestr(f"{TOP}/large", bytes(range(256)) * 4_000)
        archive.filelist[-1].file_size = 10  # what the central directory will say
    refused(file, folder, "not a sound zip file")


# --- from the network -------------------------------------------------------------------


@contextmanager
def serving(folder: Path, certificate: Path | None = None) -> Iterator[str]:
    """Serve a folder on loopback, over https where a certificate is given."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(folder))
    )
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        scheme = "https" if certificate else "http"
        yield f"{scheme}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate for loopback")
    file = tmp_path_factory.mktemp("tls") / "loopback.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", "-"]
    made = subprocess.run(command, capture_output=True, check=True)
    with file.open("ab") as output:
        output.write(made.stdout)
    return file


def index_of(base: str, version: str = "0.1", link: str = "") -> str:
    entry = {
        "package_version": version,
        "from_code": "fa",
        "to_code": "en",
        "links": [link or f"{base}/{DEMONSTRATION.name}"],
    }
    return json.dumps([entry, {"from_code": 3}, "noise", {**entry, "type": "sbd"}])


def test_a_code_is_installed_from_an_index_over_https(
    folder: Path, tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    shutil.copy(DEMONSTRATION, shelf)
    with serving(shelf, certificate) as base:
        (shelf / "index.json").write_text(index_of(base))
        monkeypatch.setenv("ARGOS_PACKAGE_INDEX", base)
        with pytest.raises(ModelError, match="certificate is not trusted"):
            install("fa", folder=folder)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert install("fa", folder=folder).path == folder / TOP
        with pytest.raises(ModelError, match="no package for ps_en"):
            install("ps", folder=folder)
        (shelf / "index.json").write_text(index_of(base, link=f"{base}/absent.argosmodel"))
        with pytest.raises(ModelError, match="404"):
            install("fa", folder=folder)


def real(_name: str, data: bytes) -> bytes:
    return data.replace(b'"demonstration": true', b'"demonstration": false')


def test_a_code_that_is_installed_asks_for_no_network(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ARGOS_PACKAGE_INDEX", "https://127.0.0.1:9")
    file = tmp_path / DEMONSTRATION.name
    remade(file, change=real).close()
    there = ["--folder", str(folder)]
    assert main(["models", "install", str(file), *there]) == 0
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    capsys.readouterr()

    for asked in (["fa"], ["fa-en"], ["fa", "--sha256", digest]):
        assert main(["models", "install", *asked, *there]) == 0
        said = capsys.readouterr()
        assert f"translate-fa_en 0.1 (fa-en) is installed already in {folder / TOP}" in said.out
        assert "hint: remove that folder" in said.err

    # Another language, other bytes and another folder are not what is there.
    for asked in (["ps", *there], ["fa", "--sha256", "0" * 64, *there], ["fa"]):
        assert main(["models", "install", *asked]) == 2
        assert "there is no connection" in capsys.readouterr().err

    newer = tmp_path / "newer.argosmodel"
    with zipfile.ZipFile(newer, "w") as output, zipfile.ZipFile(file) as archive:
        for member in archive.namelist():
            name = member.replace("0_1", "0_2")
            output.writestr(name, renumbered("0.2", name, archive.read(member)))
    assert main(["models", "install", str(newer), *there]) == 0
    assert "installed translate-fa_en 0.2" in capsys.readouterr().out
    assert [p.version for p in list_packages([folder]).packages] == ["0.2", "0.1"]


def test_a_demonstration_stands_in_for_no_package(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARGOS_PACKAGE_INDEX", "https://127.0.0.1:9")
    install(DEMONSTRATION, folder=folder)

    assert installed("fa", folder=folder) is None


def test_a_mirror_is_asked_whatever_is_installed(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / DEMONSTRATION.name
    remade(file, change=real).close()
    install(file, folder=folder)

    assert installed("fa", folder=folder) is not None
    assert installed("fa", tmp_path, folder=folder) is None


def test_an_index_over_plain_http_is_not_asked(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path) as base:
        monkeypatch.setenv("ARGOS_PACKAGE_INDEX", base)
        refused("fa", folder, "only https is used")


def test_without_a_network_the_hint_is_to_install_from_a_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARGOS_PACKAGE_INDEX", "https://127.0.0.1:9")
    error = refused("fa", folder, "there is no connection")
    assert "verify models install FILE" in (error.hint or "")


@pytest.mark.parametrize("raw", [b"", b"{}", b"[" * 100_000, b"\xff"])
def test_an_index_that_is_none_is_a_clear_error(raw: bytes) -> None:
    with pytest.raises(ModelError, match="index of packages"):
        read_index(raw)


def test_links_that_are_not_https_are_passed_over() -> None:
    assert read_index(index_of("", link="ipfs://x").encode()) == []
    assert read_index(index_of("", version="../1").encode()) == []
