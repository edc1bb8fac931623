"""A fault keeps its fingerprint while the text around it changes, and loses it with its claim."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests import sample
from verify.pipeline import lint
from verify.rules import apply
from verify.rules.fingerprint import LENGTH, fingerprint, identity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARTICLE = """\
# The mill

The mill was built in 1923 by two brothers.[^1] Their names are not known, but it \
burned down twice.[^2]

It stands empty today.[^3]

“The elder one was called the miller of the seven streams,” a neighbour says.

[^1]: "The mill of the valley", Valley Gazette, https://gazette.example/mill, accessed 30.02.2022.
[^2]: "Fires of the valley", https://gazette.example/fires, accessed 2 May 2022.
[^3]: "Empty houses", Valley Gazette, accessed 2 May 2022.
"""


def prints(folder: Path, text: str, sources: str | None = None) -> dict[str, str]:
    """Return each finding's fingerprint by its code and its place among those of its code."""
    path = folder / "mill.md"
    path.write_text(text, "utf-8")
    if sources is not None:
        (folder / "sources.yaml").write_text(sources, "utf-8")
    found: dict[str, str] = {}
    for finding in lint(path).findings:
        number = sum(key.startswith(finding.code) for key in found)
        found[f"{finding.code}.{number}"] = finding.fingerprint
    return found


def test_the_article_has_faults_of_many_kinds(tmp_path: Path) -> None:
    found = prints(tmp_path, ARTICLE)

    assert {key[:6] for key in found} >= {"CIT004", "CIT005", "CIT009", "CIT010"}
    assert len(set(found.values())) == len(found)
    assert all(re.fullmatch(f"[0-9a-f]{{{LENGTH}}}", value) for value in found.values())


CHANGES: dict[str, Callable[[str], str]] = {
    "lines move down": lambda text: f"First line.\n\n{text}",
    "a paragraph is wrapped anew": lambda text: text.replace("but it", "but\nit").replace(
        "the seven", "the\nseven"
    ),
    "an unrelated sentence changes": lambda text: text.replace("burned down twice", "burned once"),
    "the heading changes": lambda text: text.replace("# The mill", "# Of the old mill"),
    "notes are numbered anew": lambda text: re.sub(
        r"\[\^(\d)\]", lambda match: f"[^{int(match[1]) + 4}]", text
    ),
    "typographic quotation marks": lambda text: text.replace('"Fires', "“Fires").replace(
        'valley", https://gazette.example/f', "valley”, https://gazette.example/f"
    ),
    "the address moves to https": lambda text: text.replace("https://gaz", "http://www.gaz"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_fault_is_the_same_fault_after(change: str, tmp_path: Path) -> None:
    before = prints(tmp_path, ARTICLE)
    after = prints(tmp_path, CHANGES[change](ARTICLE))

    assert {k: v for k, v in after.items() if not k.startswith("SRC004")} == before


def test_an_article_that_is_renamed_keeps_its_fingerprints(tmp_path: Path) -> None:
    before = prints(tmp_path, ARTICLE)
    (tmp_path / "moved").mkdir()

    assert prints(tmp_path / "moved", ARTICLE) == before


def test_a_source_that_gets_an_entry_is_still_the_same_source(tmp_path: Path) -> None:
    before = prints(tmp_path, ARTICLE)
    entry = (
        "sources:\n  - id: mill\n    url: https://gazette.example/mill\n"
        "    publisher: Valley Gazette\n"
    )
    after = prints(tmp_path, ARTICLE, entry)

    assert after["CIT005.0"] == before["CIT005.0"]


def test_another_title_makes_another_fault(tmp_path: Path) -> None:
    before = prints(tmp_path, ARTICLE)
    after = prints(tmp_path, ARTICLE.replace("The mill of the valley", "The mill of the hill"))

    assert after["CIT005.0"] != before["CIT005.0"]
    assert after["CIT009.0"] == before["CIT009.0"]


def test_equal_faults_of_one_article_are_told_apart(tmp_path: Path) -> None:
    twice = ARTICLE + '[^4]: "Empty houses", Valley Gazette, accessed 2 May 2022.\n'
    before, after = prints(tmp_path, ARTICLE), prints(tmp_path, twice)

    assert after["CIT004.0"] == before["CIT004.0"]
    assert after["CIT004.1"] != after["CIT004.0"]


def claims(report_of: Callable[[str], str]) -> dict[str, str]:
    """Return the fingerprints at claims, with every claim's text passed through a function."""
    from dataclasses import replace

    report = sample.report()
    verdicts = tuple(
        replace(v, claim=replace(v.claim, text=report_of(v.claim.text))) for v in report.verdicts
    )
    found = apply(replace(report, verdicts=verdicts))
    return {f.code: f.fingerprint for f in found if f.code[:3] in {"CLM", "QUO"}}


def test_a_claim_that_changes_makes_its_faults_new_ones_and_no_others() -> None:
    before = claims(lambda text: text)
    after = claims(lambda text: text.replace("no family", "no household"))

    changed = {code for code in before if after[code] != before[code]}
    at_the_claim = {f.code for f in sample.report().findings if f.flag.label == "4"}

    assert changed == {code for code in at_the_claim if code.startswith("CLM")}


def test_a_claim_that_is_wrapped_or_typed_anew_keeps_its_faults() -> None:
    before = claims(lambda text: text)

    assert claims(lambda text: text.replace(" ", "\n  ")) == before
    assert claims(lambda text: text.replace("“", '"').replace("”", '"').upper()) == before


def test_the_same_claim_of_another_source_is_another_fault() -> None:
    assert fingerprint("CLM001", "It rose.", "a.example/1") == fingerprint(
        "CLM001", "It  rose.", "a.example/1"
    )
    others = {
        fingerprint("CLM001", "It rose.", "a.example/2"),
        fingerprint("CLM002", "It rose.", "a.example/1"),
        fingerprint("CLM001", "It fell.", "a.example/1"),
        fingerprint("CLM001", "It rose.", "a.example/1", 1),
        fingerprint("CLM001", "It rose.", "a.example/1"),
    }
    assert len(others) == 5


def test_persian_that_is_typed_in_two_ways_is_one_text() -> None:
    assert fingerprint("CLM001", "می‌رود و كتاب") == fingerprint("CLM001", "می رود و کتاب")


def test_every_finding_of_a_full_report_is_about_something() -> None:
    findings = sample.report().findings

    assert findings
    assert all(finding.flag.subject and finding.fingerprint for finding in findings)
    assert len({finding.fingerprint for finding in findings}) == len(findings)


@pytest.mark.parametrize("url", ["http://[", "https://a b", "\ud800://x", "", "mailto:a@b.example"])
def test_a_broken_address_names_no_source_and_breaks_nothing(url: str) -> None:
    from dataclasses import replace

    source = next(iter(sample.report().sources.values()))

    assert isinstance(identity(replace(source, urls=(url,))), str)
    assert fingerprint("CIT001", url, url)
