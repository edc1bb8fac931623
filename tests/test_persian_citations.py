"""The published benchmark: it builds the same every time, and verify keeps its floors on it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from benchmarks.persian_citations import run, systems
from benchmarks.persian_citations.build import HERE, build, read_lines, written
from verify.model import DifferenceKind, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Row: TypeAlias = dict[str, Any]

ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def own() -> list[Row]:
    return build(None)


@pytest.fixture(scope="module")
def drawn(shared: Path) -> list[Row]:
    return build(shared, limit=2)


def assert_well_formed(rows: Sequence[Row]) -> None:
    assert len({row["id"] for row in rows}) == len(rows)
    outcomes = {str(outcome) for outcome in Outcome}
    kinds = {str(kind) for kind in DifferenceKind if kind.is_material}
    for row in rows:
        assert row["part"] in run.PARTS, row["id"]
        assert row["language"] in {"fa", "prs", "en"}, row["id"]
        assert row["split"] in {"dev", "held-back"}, row["id"]
        assert row["claim"].strip(), row["id"]
        assert row["source_text"].strip(), row["id"]
        assert row["expected"], row["id"]
        assert set(row["expected"]) <= outcomes, row["id"]
        assert set(row.get("differences", ())) <= kinds, row["id"]
        assert ("quote" in row) == (row["part"] != "c"), row["id"]
        if row["span"] is not None:
            start, end = row["span"]
            assert 0 <= start < end <= len(row["source_text"]), row["id"]


def test_every_case_of_our_own_is_well_formed(own: list[Row]) -> None:
    assert_well_formed(own)
    assert {row["part"] for row in own} == set(run.PARTS)
    assert {row["language"] for row in own} == {"fa", "prs", "en"}


def test_every_drawn_row_is_well_formed(drawn: list[Row]) -> None:
    assert_well_formed(drawn)
    assert {row["split"] for row in drawn} == {"dev", "held-back"}


def test_our_own_cases_build_the_same_twice(own: list[Row]) -> None:
    assert written(own) == written(build(None))


def test_drawn_rows_build_the_same_twice(drawn: list[Row], shared: Path) -> None:
    assert written(drawn) == written(build(shared, limit=2))


def test_the_whole_file_is_the_one_whose_digest_is_published(shared: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.persian_citations.build", "--check"]
    options = ["--shared", str(shared), "--output", str(tmp_path / "built.jsonl")]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_the_data_card_tells_of_the_file_whose_digest_is_published() -> None:
    digest = (HERE / "built.sha256").read_text("utf-8").split()[0]
    assert f"`{digest[:12]}…`" in (HERE / "README.md").read_text("utf-8")


def test_a_document_stands_on_one_side_of_the_split_only(shared: Path) -> None:
    from benchmarks.persian_citations.pages import read_pages

    sides: dict[str, set[str]] = {}
    for page in read_pages(shared):
        for sentence in page.english:
            if len(sentence) > 80:  # short ones ("See also") recur in many documents
                sides.setdefault(sentence, set()).add(page.split)
    assert len(sides) > 1000
    both = [sentence for sentence, split in sides.items() if len(split) > 1]
    assert len(both) <= 0.01 * len(sides)


def test_a_planted_flip_is_not_what_the_page_says(own: list[Row], drawn: list[Row]) -> None:
    for row in [*own, *drawn]:
        if row["part"] == "b":
            start, end = row["span"]
            assert row["quote"] not in row["source_text"], row["id"]
            assert row["source_text"][start:end] != row["quote"], row["id"]


def test_the_data_itself_is_not_in_the_project(drawn: list[Row]) -> None:
    kept = "".join(p.read_text("utf-8") for p in HERE.iterdir() if p.is_file())
    foreign = [row for row in drawn if not row["id"].startswith("own-")]
    assert foreign
    assert not [row["id"] for row in foreign if row["claim"] in kept]


# --- scoring ----------------------------------------------------------------------------


def scored(judge: systems.Judge, rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    asked = ({key: row[key] for key in run.QUESTION if key in row} for row in rows)
    return run.table(rows, [run.score(r, judge(q)) for r, q in zip(rows, asked, strict=True)])


def test_a_system_that_knows_the_answers_scores_full_marks(own: list[Row]) -> None:
    answers = {row["id"]: row for row in own}

    def oracle(question: Row) -> Row:
        row = answers[question["id"]]
        start, end = row["span"] or (None, None)
        kinds = row.get("differences", [])
        return {"outcome": row["expected"][0], "differences": kinds, "start": start, "end": end}

    for cell, shares in scored(oracle, own).items():
        for figure in ("accepted", "rejected", "named", "located", "attributed"):
            assert shares.get(figure, 1) == 1, (cell, figure)
        assert not shares.get("alarm")
        assert not shares.get("passed")


def test_saying_yes_to_everything_passes_every_flip(own: list[Row]) -> None:
    shares = scored(systems.majority, own)
    assert shares["a"]["accepted"] == 1
    assert shares["b"] == {**shares["b"], "rejected": 0, "named": 0, "located": 0, "passed": 1}
    assert shares["e"]["attributed"] == 0


def test_a_system_never_sees_the_answers(own: list[Row]) -> None:
    assert set(run.QUESTION).isdisjoint({"expected", "differences", "span", "kind", "part"})
    assert set(run.QUESTION) <= set(own[0])


def test_any_program_can_be_asked_through_lines(tmp_path: Path, own: list[Row]) -> None:
    program = tmp_path / "program.py"
    program.write_text(  # finds what stands on the page word for word
        "import json, sys\n"
        "for line in sys.stdin:\n"
        "    row = json.loads(line)\n"
        "    at = row['source_text'].find(row.get('quote', row['claim']))\n"
        "    found = {'outcome': 'not-found' if at < 0 else 'supported', 'start': at, 'end': at}\n"
        "    print(json.dumps(found))\n",
        "utf-8",
    )
    given = systems.asked(f"{sys.executable} {program}", [row for row in own if "quote" in row])
    assert {answer["outcome"] for answer in given} == {"supported", "not-found"}


def test_a_program_that_loses_lines_is_an_error(own: list[Row]) -> None:
    with pytest.raises(ValueError, match="0 answers to 3 questions"):
        systems.asked(f"{sys.executable} -c pass", own[:3])


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("no-such-program-anywhere", "cannot start"),
        (f"{sys.executable} -c \"print('{{}}')\"", "an answer has no outcome"),
        (f"{sys.executable} -c \"print('yes')\"", "Expecting value"),
    ],
)
def test_a_program_that_cannot_answer_is_an_error(
    own: list[Row], command: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        systems.asked(command, own[:1])


def test_the_verdicts_of_verify_claims_are_read_as_they_are() -> None:
    line = {
        "outcome": "altered",
        "evidence": [{"start": 3, "end": 9}, {"start": 20, "end": 30}],
        "differences": [
            {"kind": "negation", "material": True},
            {"kind": "spelling", "material": False},
        ],
    }
    assert systems.answered(line) == {
        "outcome": "altered",
        "differences": ["negation"],
        "start": 3,
        "end": 9,
    }


# --- verify's own floors ----------------------------------------------------------------


def test_verify_keeps_its_floors_on_quotations_of_our_own(own: list[Row]) -> None:
    rows = [row for row in own if row["part"] in "abd"]
    shares = scored(systems.verify(), rows)
    assert shares["a"]["accepted"] == 1
    assert shares["a"]["located"] == 1
    assert shares["b"]["rejected"] == 1
    assert shares["b"]["passed"] == 0
    assert shares["b"]["named"] >= 0.96
    assert shares["b"]["located"] >= 0.92
    assert shares["d"]["accepted"] == 1
    assert shares["d"]["located"] == 1


def test_the_results_file_names_the_errors_and_not_the_texts(tmp_path: Path) -> None:
    built, results = tmp_path / "own.jsonl", tmp_path / "results.json"
    built.write_bytes(written(build(None)))
    command = [sys.executable, "-m", "benchmarks.persian_citations.run", "--system", "lexical"]
    options = ["--file", str(built), "--output", str(results)]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().startswith("| | rows | accepted |")
    content = json.loads(results.read_text("utf-8"))
    assert content["shares"]["b"]["rows"] == sum(
        row["part"] == "b" for row in read_lines(HERE / "own_cases.jsonl")
    )
    assert {"id", "outcome", "named", "located"} <= set(content["errors"][0])
    assert "source_text" not in results.read_text("utf-8")
