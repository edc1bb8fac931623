"""CSV: a row a citation, read back whole, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from tests import hostile, sample
from tests.test_formats import poisoned
from verify.report import FORMATTERS
from verify.report.csv import COLUMNS

if TYPE_CHECKING:
    from verify.model import Report


def rows(*reports: Report) -> list[dict[str, str]]:
    """Read as a spreadsheet does: the mark at the beginning says that it is UTF-8."""
    text = FORMATTERS["csv"].format(reports).encode().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


def test_a_citation_is_a_row_and_a_finding_elsewhere_is_one_too() -> None:
    report = sample.report()
    kinds = [row["row"] for row in rows(report)]
    elsewhere = [f for f in report.findings if f.code[:3] not in {"CLM", "QUO"}]

    assert kinds == ["citation"] * len(report.verdicts) + ["finding"] * len(elsewhere)
    assert sum(len(row["codes"].split("; ")) for row in rows(report) if row["codes"]) == len(
        report.findings
    )


def test_a_row_says_what_was_judged_on_which_text() -> None:
    row = rows(sample.decided())[3]

    assert (row["note"], row["line"], row["outcome"]) == ("4", "5", "contradicted")
    assert row["claim"] == sample.SENTENCES["4"]
    assert row["evidence"] in sample.PAGES["4"]
    assert row["english"].startswith("The deputy minister")
    assert row["address"] == "https://archive.example/2021/https://khabar.example/fa/khanevade"
    assert row["captured"] == "2021-04-22T06:00:00+00:00"
    assert len(row["sha256"]) == 64
    assert (row["review"], row["reviewer"]) == ("partly-supported", "Parisa")
    assert row["drift"] == "only-in-copy"
    assert set(row["codes"].split("; ")) >= {"CLM002", "CLM006"}


def test_the_state_of_a_finding_is_told() -> None:
    found = {row["codes"]: row["state"] for row in rows(sample.decided()) if row["codes"]}

    assert found["QUO002; QUO003"] == "suppressed; suppressed"
    assert found["SRC004"] == "known"
    assert found["CIT005"] == "open"


def test_it_keeps_to_the_standard() -> None:
    """RFC 4180: lines end with CR LF, a header, and the same number of cells everywhere."""
    text = FORMATTERS["csv"].format([sample.decided()])

    assert text.startswith("\ufeffrow,article,")
    assert text.count("\n") == text.count("\r\n")
    table = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    assert {len(line) for line in table} == {len(COLUMNS)}


@pytest.mark.parametrize("group", hostile.PAYLOADS)
def test_no_cell_is_a_formula(group: str) -> None:
    for payload in hostile.PAYLOADS[group][: 1 if group == "length" else None]:
        for row in rows(poisoned(payload)):
            faults = [f for cell in row.values() for f in hostile.csv_faults(cell)]
            assert not faults, payload[:60]
            assert None not in row


def test_a_minus_sign_of_ours_would_be_seen() -> None:
    assert hostile.csv_faults("-1")
    assert not hostile.csv_faults("0.93")
