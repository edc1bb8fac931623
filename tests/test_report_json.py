"""The JSON report: its schema, its promises, and the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tests import sample
from verify.errors import InputError
from verify.model import Report, Side, Verdict
from verify.report import FORMATTERS
from verify.report.json import dump, load, report_to_wire, verdict_to_wire
from verify.report.load import schema
from verify.report.pages import PAGE, PARTS, page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def wire() -> dict[str, Any]:
    return dict(json.loads(dump([sample.report()])))


# --- what is promised -------------------------------------------------------------------


def test_the_output_is_what_the_schema_says() -> None:
    Draft202012Validator.check_schema(dict(schema()))
    validator = Draft202012Validator(schema())

    assert list(validator.iter_errors(wire())) == []
    assert list(validator.iter_errors(json.loads(dump([sample.report()] * 2)))) == []


def test_every_key_of_the_schema_is_described_and_required() -> None:
    for name, definition in schema()["$defs"].items():
        assert definition["description"].endswith("."), name
        assert set(definition["required"]) == set(definition["properties"]), name
        for key, value in definition["properties"].items():
            assert value["description"].endswith("."), f"{name}.{key}"


def test_every_key_of_the_output_is_in_the_schema() -> None:
    """A field that is written and not described is a promise that nobody made."""
    definitions = schema()["$defs"]
    found = {
        "report": wire(),
        "article": wire()["article"],
        "citation": wire()["article"]["citations"][2],
        "claim": wire()["article"]["citations"][2]["claim"],
        "quotation": wire()["article"]["quotations"][0],
        "reference": wire()["references"][3],
        "change": wire()["references"][3]["title_changes"][0],
        "source": wire()["sources"][3],
        "reading": wire()["sources"][3]["reading"],
        "attempt": wire()["sources"][3]["reading"]["attempts"][0],
        "verdict": wire()["verdicts"][2],
        "judgement": wire()["verdicts"][4]["judgement"],
        "version": wire()["verdicts"][2]["version"],
        "evidence": wire()["verdicts"][2]["evidence"][0],
        "difference": wire()["verdicts"][2]["differences"][0],
        "fact": wire()["verdicts"][4]["facts"][0],
        "quote_selector": wire()["verdicts"][2]["evidence"][0]["selectors"][0],
        "position_selector": wire()["verdicts"][2]["evidence"][0]["selectors"][1],
        "elsewhere": wire()["verdicts"][5]["found_in"],
        "finding": wire()["findings"][0],
        "coverage": wire()["coverage"],
        "span": wire()["verdicts"][2]["marker"],
    }

    assert set(found) | {"reports"} == set(definitions)
    for name, value in found.items():
        assert set(value) == set(definitions[name]["properties"]), name


def test_an_unread_source_has_the_same_keys_as_one_that_was_read() -> None:
    readings = [s["reading"] for s in wire()["sources"]]

    assert {r["read"] for r in readings} == {True, False}
    assert len({tuple(r) for r in readings}) == 1


def test_the_keys_that_other_programs_lean_on_are_there() -> None:
    report = wire()

    assert {
        "article", "references", "sources", "verdicts", "findings", "coverage", "tools",
        "schema_version",
    } <= set(report)  # fmt: skip
    assert {
        "label", "raw", "title", "title_repaired", "publisher", "url", "accessed", "language",
        "line",
    } <= set(report["references"][0])  # fmt: skip
    assert {
        "label", "claim", "kind", "outcome", "confidence", "rests_on", "version", "evidence",
        "differences", "reasons",
    } <= set(report["verdicts"][0])  # fmt: skip
    assert {
        "code", "name", "severity", "confidence", "label", "path", "line", "column", "message",
    } <= set(report["findings"][0])  # fmt: skip


def test_offsets_lead_back_to_the_texts() -> None:
    report = wire()
    text = report["article"]["text"]

    for reference in report["references"]:
        assert reference["raw"] in text[reference["start"] : reference["end"]]
    for citation in report["article"]["citations"]:
        assert text[citation["start"] : citation["end"]] == citation["claim"]["text"]
        marker = citation["marker"]
        assert text[marker["start"] : marker["end"]] == f"[{citation['label']}]"
    for quotation in report["article"]["quotations"]:
        assert text[quotation["start"] : quotation["end"]] == quotation["text"]
    for verdict in report["verdicts"]:
        for evidence in verdict["evidence"]:
            page = sample.PAGES[verdict["label"]]
            assert page[evidence["start"] : evidence["end"]] == evidence["text"]


def test_selectors_say_where_a_passage_is_as_web_annotations_do() -> None:
    for verdict in wire()["verdicts"]:
        for evidence in verdict["evidence"]:
            page = sample.PAGES[verdict["label"]]
            words, place = evidence["selectors"]
            whole = words["prefix"] + words["exact"] + words["suffix"]
            assert (words["type"], place["type"]) == ("TextQuoteSelector", "TextPositionSelector")
            assert page[place["start"] : place["end"]] == words["exact"] == evidence["text"]
            assert page[place["start"] - len(words["prefix"]) :].startswith(whole)


def test_a_misattributed_quotation_says_where_it_stands() -> None:
    found = wire()["verdicts"][5]["found_in"]
    page = sample.PAGES["5"]

    assert (found["source"], found["labels"]) == ("minutes-112", ["5"])
    assert page[found["evidence"]["start"] : found["evidence"]["end"]] == found["quotation"]
    assert [v["found_in"] for v in wire()["verdicts"]].count(None) == 7


def test_persian_is_written_as_persian() -> None:
    assert "جابه‌جا" in dump([sample.report()])


def test_a_verdict_alone_needs_no_article() -> None:
    verdict = sample.report().verdicts[1]
    alone = verdict_to_wire(replace(verdict, citation=None))

    assert {"outcome", "confidence", "rests_on", "evidence", "differences", "reasons"} <= set(alone)
    assert alone["rests_on"] == Side.ORIGINAL.value
    assert "label" not in alone
    assert alone["evidence"][0]["english"]


def test_several_articles_are_kept_apart() -> None:
    two = json.loads(dump([sample.report(), sample.report()]))

    assert set(two) == {"schema_version", "reports"}
    assert two["reports"] == [wire(), wire()]
    assert json.loads(dump([])) == {"schema_version": "1.0", "reports": []}


# --- the way back -----------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATTERS)
@pytest.mark.parametrize("count", [1, 2])
def test_a_loaded_report_renders_as_the_first_one_did(name: str, count: int) -> None:
    reports = [sample.report()] * count

    assert FORMATTERS[name].format(load(dump(reports))) == FORMATTERS[name].format(reports)


def test_a_loaded_report_has_the_same_parts() -> None:
    report = sample.report()
    (loaded,) = load(dump([report]))

    assert loaded.article == report.article
    assert loaded.sources == report.sources
    assert loaded.verdicts == report.verdicts
    assert loaded.coverage == report.coverage
    assert [f.flag.message for f in loaded.findings] == [f.flag.message for f in report.findings]
    assert [f.severity for f in loaded.findings] == [f.severity for f in report.findings]


def test_a_verdict_without_a_citation_survives() -> None:
    report = sample.report()
    verdict: Verdict = replace(report.verdicts[0], citation=None, source_id=None, version=None)
    bare: Report = replace(report, verdicts=(verdict,))

    assert load(dump([bare]))[0].verdicts == (verdict,)


# --- what cannot be read ----------------------------------------------------------------


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    report = wire()
    change(report)
    return json.dumps(report)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is not JSON"),
        ("{", "it is not JSON"),
        ("[]", "it is not a JSON object"),
        ("[" * 100_000, "it nests too deep"),
        ("{}", "it has no schema_version"),
        (changed(lambda r: r.update(schema_version="2.0")), "a report of version '2.0'"),
        (changed(lambda r: r.update(schema_version=[1])), "a report of version '[1]'"),
        (changed(lambda r: r.pop("verdicts")), "'verdicts' is a required property"),
        (changed(lambda r: r["verdicts"][0].update(outcome="fine")), "verdicts[0].outcome"),
        (changed(lambda r: r["verdicts"][0].update(confidence=2)), "verdicts[0].confidence"),
        (changed(lambda r: r["verdicts"][0].update(confidence=float("nan"))), "NaN"),
        (changed(lambda r: r["article"].update(anchors=[[1, 2]])), "article.anchors[0]"),
        (changed(lambda r: r.update(created="yesterday")), "yesterday"),
        (changed(lambda r: r["references"][0].update(accessed="2021-02-31")), "day is out of"),
        (changed(lambda r: r["sources"][0]["reading"].update(sha256=None)), "sources[0]"),
        (changed(lambda r: r["article"].update(title="\ud800")), "surrogates"),
        ('{"schema_version": "1.0", "reports": [{}]}', "reports[0]"),
        ('{"schema_version": "1.0", "reports": 7}', "reports"),
    ],
)
def test_a_damaged_report_is_refused_with_a_hint(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load(text)

    assert message in str(caught.value)
    assert str(caught.value).startswith("cannot read")
    assert caught.value.hint
    assert len(str(caught.value)) < 400


def test_fields_that_a_later_version_added_are_skipped() -> None:
    text = changed(lambda r: r.update(schema_version="1.9", mood="calm"))

    assert load(text)[0].article == sample.report().article


def every_leaf(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from every_leaf(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from every_leaf(value[0], (*path, 0))
    else:
        yield path


def small() -> dict[str, Any]:
    """Cut the report down to one of each: the schema is slow to walk."""
    report = wire()
    verdict = next(v for v in report["verdicts"] if v["label"] == "5")
    report["verdicts"] = [verdict]
    report["sources"] = [s for s in report["sources"] if s["labels"] == ["4"]]
    report["references"] = [r for r in report["references"] if r["label"] == "4"]
    report["findings"] = report["findings"][:1]
    report["article"]["citations"] = report["article"]["citations"][4:5]
    for key in ("differences", "facts"):
        verdict[key] = verdict[key][:1]
    return report


@pytest.mark.parametrize("junk", [None, -1, "\u202e<", []])
def test_no_leaf_can_be_made_to_crash_the_loader(junk: Any) -> None:
    """Whatever is accepted can also be rendered; all else is an `InputError`."""
    for path in every_leaf(small()):
        report = small()
        inner: Any = report
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = junk
        try:
            loaded = load(json.dumps(report))
        except InputError:
            continue
        assert FORMATTERS["html"].format(loaded)
        assert FORMATTERS["terminal"].format(loaded)


def test_the_wire_is_made_of_plain_json_types() -> None:
    assert json.loads(json.dumps(report_to_wire(sample.report()))) == wire()


def test_the_documentation_is_what_the_schema_makes_of_it() -> None:
    written = (Path(__file__).resolve().parent.parent / PAGE).read_text("utf-8")

    assert written == page(), "run `python -m verify.report.pages`"
    assert set(PARTS) == set(schema()["$defs"])
