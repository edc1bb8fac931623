"""Where things are kept, also for a user without a home."""

from __future__ import annotations

import pwd
from pathlib import Path

import pytest

from verify import folders
from verify.cli import main
from verify.fetch.store import store_folder
from verify.remembered import place
from verify.translate.packages import packages_folder

VARIABLES = ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "ARGOS_PACKAGES_DIR")


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as a user whom the system does not know, as containers do."""

    def unknown(_user: int) -> None:
        raise KeyError("no such user")

    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    folders._borrowed.cache_clear()


def test_the_variables_of_xdg_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")

    assert store_folder() == Path("/caches/verify/evidence")
    assert folders.data_folder() == Path("/data")


@pytest.mark.usefixtures("nobody")
def test_a_user_without_a_home_is_lent_a_private_one() -> None:
    home = folders.cache_folder().parent

    assert home.stat().st_mode & 0o777 == 0o700
    for folder in (store_folder(), place("readings"), packages_folder()):
        assert folder.is_relative_to(home)


@pytest.mark.usefixtures("nobody")
def test_a_run_without_a_home_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = "The bridge at Sarband was opened to traffic in 2019, the ministry said."
    (tmp_path / "page.txt").write_text(page, "utf-8")
    (tmp_path / "sources.yaml").write_text("sources:\n  - id: '1'\n    file: page.txt\n", "utf-8")
    article = tmp_path / "article.txt"
    text = "The bridge at Sarband was opened in 2019.[1]\n\nNotes\n[1] The Sarband Post.\n"
    article.write_text(text, "utf-8")

    assert main(["check", str(article), "--offline"]) == 0
    assert "✓ supported" in capsys.readouterr().out
