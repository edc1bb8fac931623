"""The JSON report: its schema, its promises, and the way back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tests import sample
from tests.test_word_by_word import linked_report
from verify.errors import InputError
from verify.model import (
    Attempt,
    ClaimKind,
    DifferenceKind,
    Document,
    DriftKind,
    FactKind,
    FactOutcome,
    Failure,
    Outcome,
    Report,
    Side,
    Span,
    Verdict,
)
from verify.report import FORMATTERS
from verify.report.json import dump, load, report_to_wire, verdict_to_wire
from verify.report.load import schema
from verify.report.pages import PAGE, PARTS, page
from verify.report.wire import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from enum import StrEnum


def wire() -> dict[str, Any]:
    return dict(json.loads(dump([sample.report()])))


def decided() -> dict[str, Any]:
    return dict(json.loads(dump([sample.decided()])))


# --- what is promised -------------------------------------------------------------------


def test_the_output_is_what_the_schema_says() -> None:
    Draft202012Validator.check_schema(dict(schema()))
    validator = Draft202012Validator(schema())

    assert list(validator.iter_errors(wire())) == []
    assert list(validator.iter_errors(decided())) == []
    assert list(validator.iter_errors(json.loads(dump([sample.report()] * 2)))) == []


def test_the_schema_knows_every_word_that_the_model_has() -> None:
    definitions = schema()["$defs"]
    words: dict[tuple[str, str], type[StrEnum]] = {
        ("verdict", "outcome"): Outcome,
        ("difference", "kind"): DifferenceKind,
        ("fact", "kind"): FactKind,
        ("fact", "outcome"): FactOutcome,
        ("attempt", "failure"): Failure,
        ("drift", "kind"): DriftKind,
        ("drift", "outcome"): Outcome,
        ("review", "outcome"): Outcome,
        ("claim", "kind"): ClaimKind,
    }

    for (name, key), enum in words.items():
        assert definitions[name]["properties"][key]["enum"] == [e.value for e in enum], (name, key)


def test_every_key_of_the_schema_is_described_and_required() -> None:
    """A key that came later is not required: older files have none."""
    for name, definition in schema()["$defs"].items():
        later = {key for key, value in definition["properties"].items() if "since" in value}
        assert definition["description"].endswith("."), name
        assert set(definition["required"]) | later == set(definition["properties"]), name
        assert not set(definition["required"]) & later, name
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
        "word_link": json.loads(dump([linked_report()]))["verdicts"][1]["evidence"][0]["links"][0],
        "difference": wire()["verdicts"][2]["differences"][0],
        "fact": wire()["verdicts"][4]["facts"][0],
        "quote_selector": wire()["verdicts"][2]["evidence"][0]["selectors"][0],
        "position_selector": wire()["verdicts"][2]["evidence"][0]["selectors"][1],
        "elsewhere": wire()["verdicts"][5]["found_in"],
        "drift": decided()["verdicts"][3]["drift"],
        "review": decided()["verdicts"][3]["review"],
        "finding": wire()["findings"][0],
        "suppression": decided()["suppressions"][0],
        "position": decided()["suppressions"][0]["first"],
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
    assert json.loads(dump([])) == {"schema_version": SCHEMA_VERSION, "reports": []}


# --- the way back -----------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATTERS)
@pytest.mark.parametrize("count", [1, 2])
def test_a_loaded_report_renders_as_the_first_one_did(name: str, count: int) -> None:
    reports = [sample.report()] * count

    assert FORMATTERS[name].format(load(dump(reports))) == FORMATTERS[name].format(reports)


@pytest.mark.parametrize("make", [sample.report, sample.decided])
def test_a_loaded_report_is_the_same_but_for_the_texts_of_its_sources(
    make: Callable[[], Report],
) -> None:
    report = make()
    (loaded,) = load(dump([report]))

    assert replace(loaded, readings={}) == replace(report, readings={})
    for source, reading in report.readings.items():
        again = loaded.readings[source]
        assert again.attempts == reading.attempts
        if isinstance(reading, Document):
            assert isinstance(again, Document)
            assert again.snapshot.sha256 == reading.snapshot.sha256
            assert replace(again.extraction, text="", main=()) == replace(
                reading.extraction, text="", main=()
            )


def test_what_a_page_says_of_itself_survives() -> None:
    """Later formats show it from a saved report."""
    report = sample.report()
    source = next(s for s, r in report.readings.items() if isinstance(r, Document))
    document = report.readings[source]
    assert isinstance(document, Document)
    extraction = replace(
        document.extraction,
        pages=(Span(0, 10), Span(11, 31)),
        structured=Span(11, 31),
        paywalled="isAccessibleForFree is false",
        needs_browser=True,
        consent=True,
        cautions=("Its columns may be out of order.",),
    )
    attempt = replace(document_attempt(report), time=sample.NOW)
    changed = replace(document, extraction=extraction, attempts=(attempt,))
    snapshot = replace(changed.snapshot, captured=sample.CAPTURED)
    changed = replace(changed, snapshot=snapshot)
    (loaded,) = load(dump([replace(report, readings={source: changed})]))
    again = loaded.readings[source]

    assert isinstance(again, Document)
    assert again.snapshot.captured == sample.CAPTURED
    assert again.attempts == (attempt,)
    assert again.extraction == replace(extraction, text="", main=())


def document_attempt(report: Report) -> Attempt:
    return next(a for r in report.readings.values() for a in r.attempts)


def without_later_keys(value: Any, definition: str = "report") -> Any:
    """Cut a report back to the keys of the form 1.0."""
    properties = schema()["$defs"][definition]["properties"]
    kept: dict[str, Any] = {}
    for key, inner in value.items():
        wanted = properties[key]
        if "since" in wanted:
            continue
        named = re.search(r"#/\$defs/(\w+)", json.dumps(wanted))
        if named and named[1] != "quote_selector" and inner is not None:
            several = isinstance(inner, list)
            cut = [without_later_keys(i, named[1]) for i in (inner if several else [inner])]
            kept[key] = cut if several else cut[0]
        else:
            kept[key] = inner
    return kept


def test_a_file_from_before_decisions_were_kept_still_loads() -> None:
    old = without_later_keys(wire()) | {"schema_version": "1.0"}
    (loaded,) = load(json.dumps(old))
    report = sample.report()

    assert "fingerprint" not in old["findings"][0]
    assert "review" not in old["verdicts"][0]
    assert "captured" not in old["verdicts"][0]["version"]
    assert loaded.verdicts == report.verdicts
    assert loaded.sources == report.sources
    assert [f.flag.message for f in loaded.findings] == [f.flag.message for f in report.findings]
    assert all(f.is_open and not f.fingerprint for f in loaded.findings)
    for name in FORMATTERS:
        assert FORMATTERS[name].format([loaded])


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
    report = decided()
    verdict = next(v for v in report["verdicts"] if v["label"] == "5")
    reviewed = next(v for v in report["verdicts"] if v["review"])
    verdict |= {key: reviewed[key] for key in ("review", "drift")} | {"asks_again": "why"}
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
        for name in FORMATTERS:
            assert FORMATTERS[name].format(loaded)


def test_the_wire_is_made_of_plain_json_types() -> None:
    assert json.loads(json.dumps(report_to_wire(sample.report()))) == wire()


def test_the_documentation_is_what_the_schema_makes_of_it() -> None:
    written = (Path(__file__).resolve().parent.parent / PAGE).read_text("utf-8")

    assert written == page(), "run `python -m verify.report.pages`"
    assert set(PARTS) == set(schema()["$defs"])
