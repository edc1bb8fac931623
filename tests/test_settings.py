"""Settings: flags over variables over files over defaults, and no silent typo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verify.errors import SettingsError
from verify.model import Severity
from verify.settings import load

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
        ({"timeout": "soon"}, {}, "", "--timeout cannot be 'soon'", "give a number"),
        ({"jobs": "0"}, {}, "", "--jobs cannot be '0'", "give a number from 1"),
        ({"delay": "inf"}, {}, "", "--delay cannot be 'inf'", "give a number from 0"),
        ({}, {"VERIFY_OFFLINE": "maybe"}, "", "VERIFY_OFFLINE cannot be 'maybe'", "true or false"),
        ({"fail_on": "loud"}, {}, "", "--fail-on cannot be 'loud'", "error, warning"),
        ({}, {}, "timeout = ", "cannot read", "TOML"),
        ({}, {}, "packages = 3", "packages cannot be 3", "a list of paths"),
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
