"""Settings: flags over variables over files over defaults, and no silent typo."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from verify.cli import main
from verify.errors import SettingsError
from verify.fetch.store import Exchange, Store
from verify.model import Severity
from verify.settings import Settings, load, loosened
from verify.settingsfile import BOUNDS, PATHS, PERSONAL

if TYPE_CHECKING:
    from pathlib import Path


def test_defaults_hold_where_nothing_is_said(tmp_path: Path) -> None:
    settings = load({}, {}, tmp_path)

    assert settings.fail_on is Severity.ERROR
    assert settings.format == ("terminal",)
    assert not settings.offline


def test_a_flag_beats_a_variable_beats_a_file(tmp_path: Path) -> None:
    (tmp_path / "verify.toml").write_text('timeout = 1\ndelay = 2\nfail-on = "info"\n')
    environment = {
        "VERIFY_TIMEOUT": "",
        "VERIFY_DELAY": "3",
        "VERIFY_FAIL_ON": "warning",
        "HOME": "/",
    }

    settings = load({"fail_on": "never"}, environment, tmp_path)

    assert (settings.timeout, settings.delay, settings.fail_on) == (1.0, 3.0, None)


def test_a_table_in_pyproject_counts_in_folders_below(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.verify]\nsources = "refs/sources.yaml"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)

    assert load({}, {}, below).sources == tmp_path / "refs" / "sources.yaml"


@pytest.mark.parametrize(
    ("flags", "environment", "file", "message", "hint"),
    [
        ({}, {}, "fial-on = 'info'", "fial-on is not a setting", "did you mean 'fail-on'?"),
        ({}, {"VERIFY_TIMEOT": "3"}, "", "VERIFY_TIMEOT is not a setting", "did you mean"),
        ({}, {"VERIFY_REVIEWER": "A."}, "", "is not a setting", "`verify audit --reviewer`"),
        ({}, {}, "dry-run = true", "dry-run is not a setting", "`verify sources draft --dry-run`"),
        ({"timeout": "soon"}, {}, "", "--timeout cannot be 'soon'", "give a number"),
        ({"jobs": "0"}, {}, "", "--jobs cannot be '0'", "give a number from 1"),
        ({"delay": "inf"}, {}, "", "--delay cannot be 'inf'", "give a number from 0"),
        ({}, {"VERIFY_OFFLINE": "maybe"}, "", "VERIFY_OFFLINE cannot be 'maybe'", "true or false"),
        ({"fail_on": "loud"}, {}, "", "--fail-on cannot be 'loud'", "error, warning"),
        ({}, {}, "timeout = ", "cannot read", "TOML"),
        ({}, {}, "archives = 3", "no archive but wayback, not 3", "give --archives"),
        ({}, {}, "evidence = 3", "evidence cannot be 3", "a path"),
    ],
)
def test_a_wrong_setting_is_an_error_with_a_next_step(
    flags: dict[str, str],
    environment: dict[str, str],
    file: str,
    message: str,
    hint: str,
    tmp_path: Path,
) -> None:
    (tmp_path / "verify.toml").write_text(file)

    with pytest.raises(SettingsError) as caught:
        load(flags, environment, tmp_path)

    assert message in str(caught.value)
    assert hint in (caught.value.hint or "")


# --- what a file may say: it comes with the article, whoever wrote it -------------------


def from_file(folder: Path, text: str) -> Settings:
    (folder / "verify.toml").write_text(text)
    return load({}, {}, folder)


@pytest.mark.parametrize("key", sorted(PERSONAL))
def test_what_is_for_a_person_to_say_is_in_no_file(key: str, tmp_path: Path) -> None:
    for spelt in {key, key.replace("-", "_")}:
        with pytest.raises(SettingsError, match=f"{key} cannot be set in a file") as caught:
            from_file(tmp_path, f"{spelt} = true\n")
        assert "whoever wrote it; give" in str(caught.value.hint)


@pytest.mark.parametrize(
    "value",
    [
        '"../out"',
        '"/etc/hosts"',
        '"a/../../out"',
        '".git/hooks"',
        '".GIT/config"',
        '"a\\u0000b"',
        '"link"',
        '"link/deeper"',
    ],
)
@pytest.mark.parametrize("key", sorted(PATHS))
def test_a_path_in_a_file_ends_in_its_own_folder(key: str, value: str, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)

    with pytest.raises(SettingsError, match=f"{key} leads out of its folder") as caught:
        from_file(folder, f"{key} = {value}\n")

    assert f"give --{key}" in str(caught.value.hint)


def test_a_report_that_a_file_asks_for_stays_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    for target in ("../x.html", "/etc/x.html", ".git/x"):
        with pytest.raises(SettingsError, match="format leads out of its folder"):
            from_file(tmp_path, f'format = ["terminal", "html={target}"]\n')

    settings = from_file(tmp_path, 'format = ["terminal", "html=out/x.html"]\n')

    assert settings.format == ("terminal", f"html={tmp_path}/out/x.html")
    assert load({"format": ["html=/x.html"]}, {}, tmp_path).format == ("html=/x.html",)


def test_a_folder_of_evidence_with_links_in_it_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    assert from_file(tmp_path, 'evidence = "evidence"\n').evidence == tmp_path / "evidence"

    (tmp_path / "evidence" / "index.cdxj").symlink_to(tmp_path / "profile")

    with pytest.raises(SettingsError, match="evidence leads out of its folder"):
        from_file(tmp_path, 'evidence = "evidence"\n')


def test_evidence_that_a_project_brings_along_is_said_with_every_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, page = "https://gazette.example/dam", "The dam was opened on a cold day. " * 20
    Store(tmp_path / "evidence").record(
        Exchange(address, datetime.now(UTC), 200, (("Content-Type", "text/plain"),), page.encode())
    )
    (tmp_path / "a.md").write_text(f"The dam was opened.[^1]\n\n[^1]: Gazette. {address}\n")
    (tmp_path / "verify.toml").write_text('evidence = "evidence"\noffline = true\n')
    monkeypatch.chdir(tmp_path)

    def notices(*flags: str) -> str:
        main(["check", "a.md", "--no-translate", "--format", "json=out.json", *flags])
        report = json.loads((tmp_path / "out.json").read_text("utf-8"))
        assert report["verdicts"][0]["version"]["via"] == "recorded"
        return " ".join(report["notices"])

    assert "recorded answers are kept in evidence/" in notices()
    assert "whoever wrote the article may have put some there" in notices()
    assert "the project's own settings file sets offline" in notices()
    assert "recorded answers" not in notices("--evidence", "evidence")


def test_a_file_names_no_archive_but_wayback(tmp_path: Path) -> None:
    assert from_file(tmp_path, 'archives = ["wayback"]\n').archives == ("wayback",)
    assert from_file(tmp_path, "archives = []\n").archives == ()
    for value in ('["https://evil.example/"]', '"wayback, https://evil.example/"'):
        with pytest.raises(SettingsError, match="no archive but wayback") as caught:
            from_file(tmp_path, f"archives = {value}\n")
        assert "give --archives" in str(caught.value.hint)

    gate = "https://archive.example/web/"
    assert load({"archives": [gate]}, {}, tmp_path.parent).archives == (gate,)


@pytest.mark.parametrize("key", sorted(BOUNDS))
def test_a_file_cannot_lift_the_bounds(key: str, tmp_path: Path) -> None:
    least, most = BOUNDS[key]
    kind = int if key in {"max-bytes", "retries", "jobs"} else float
    for value in (least, most):
        settings = from_file(tmp_path, f"{key} = {kind(value)}\n")
        assert getattr(settings, key.replace("-", "_")) == value
    for wrong in (most + 1, -1, "inf", "nan", "1e30"):
        with pytest.raises(SettingsError, match=f"{key} can be .* in a file"):
            from_file(tmp_path, f"{key} = {wrong}\n")
    beyond = {key.replace("-", "_"): str(kind(most + 1))}
    (tmp_path / "verify.toml").write_text("")
    assert getattr(load(beyond, {}, tmp_path), key.replace("-", "_")) == most + 1


def test_the_defaults_lie_within_what_a_file_may_ask_for() -> None:
    for key, (least, most) in BOUNDS.items():
        assert least <= getattr(Settings(), key.replace("-", "_")) <= most


def test_what_a_file_lets_pass_is_said_unless_a_person_says_it_too(tmp_path: Path) -> None:
    text = 'fail-on = "never"\nallow_unchecked = true\nbaseline = "b.json"\n'
    text += 'changed-since = "HEAD"\nstrictness = "lenient"\noffline = true\n'

    every = {"allow-unchecked", "baseline", "changed-since", "fail-on", "offline", "strictness"}
    assert set(loosened(from_file(tmp_path, text))) == every
    assert loosened(load({"offline": True}, {"VERIFY_FAIL_ON": "never"}, tmp_path)) == sorted(
        every - {"fail-on", "offline"}
    )
    stricter = 'fail-on = "warning"\nallow-unchecked = false\nstrictness = "strict"\n'
    assert loosened(from_file(tmp_path, stricter)) == []


def test_a_table_that_stands_in_a_comment_is_none(tmp_path: Path) -> None:
    for text in ("# [tool.verify]\n", "tool = 3 # [tool.verify]\n", "[tool]\n# [tool.verify]\n"):
        (tmp_path / "pyproject.toml").write_text(text)
        assert load({}, {}, tmp_path) == Settings()


def test_a_file_that_nests_too_deep_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read"):
        from_file(tmp_path, "a = " + "[" * 100_000)
