"""Words of a claim beside their counterparts: in the JSON, on the page, and in an audit."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from tests import sample
from tests.test_report_html import html, many, page
from verify.audit.screen import show
from verify.audit.walk import Walk
from verify.model import Span, WordLink
from verify.report import FORMATTERS
from verify.report.json import dump, load
from verify.report.load import schema
from verify.report.marks import MOST_LINKS, claim_pieces, source_pieces, word_pairs

if TYPE_CHECKING:
    from verify.model import Report, Verdict

PAIRS = {"reservoir": "مخزن", "40 million": "۴۰ میلیون", "water": "آب"}


def link(verdict: Verdict, here: str, there: str) -> WordLink:
    claim, passage = verdict.claim.text, verdict.evidence[0].text
    start, place = claim.index(here), passage.index(there)
    return WordLink(Span(start, start + len(here)), Span(place, place + len(there)), 0.9)


def linked(verdict: Verdict, *links: WordLink) -> Verdict:
    first, *others = verdict.evidence
    return replace(verdict, evidence=(replace(first, links=links), *others))


def linked_report() -> Report:
    """Return the sample with the words of its second claim linked."""
    report = sample.report()
    first, second, *others = report.verdicts
    second = linked(second, *(link(second, *pair) for pair in PAIRS.items()))
    return replace(report, verdicts=(first, second, *others))


# --- JSON -------------------------------------------------------------------------------


def test_links_are_in_the_json_and_come_back() -> None:
    written = dump([linked_report()])

    assert list(Draft202012Validator(schema()).iter_errors(json.loads(written))) == []
    verdict = json.loads(written)["verdicts"][1]
    for each in verdict["evidence"][0]["links"]:
        here, there = verdict["claim"][slice(*each["claim"])], slice(*each["passage"])
        assert verdict["evidence"][0]["text"][there] == PAIRS[here]
    assert load(written)[0].verdicts[1].evidence[0].links
    assert dump(load(written)) == written


def test_a_report_of_an_older_version_has_no_links() -> None:
    older = json.loads(dump([linked_report()]))
    for verdict in older["verdicts"]:
        for evidence in verdict["evidence"]:
            del evidence["links"]

    assert load(json.dumps(older))[0].verdicts[1].evidence[0].links == ()


# --- the page ---------------------------------------------------------------------------


def card(report: Report) -> Any:
    return page(report).find("article", id="note-2")


def test_a_word_and_its_counterpart_have_one_number() -> None:
    found = card(linked_report())
    pairs = {}
    for item in found.select(".words li"):
        claim, passage = found.select(f"blockquote [data-word='{item['data-word']}']")
        pairs[claim.get_text()] = passage.get_text()
        assert item.get_text().split() == f"{claim.get_text()} = {passage.get_text()}".split()

    assert pairs == PAIRS


def test_the_list_is_folded_says_how_sure_it_is_and_is_in_both_languages() -> None:
    folded = card(linked_report()).select_one("details.words")

    assert "open" not in folded.attrs
    assert "about 1 pair in 20 is wrong" in folded.get_text()
    assert [b["dir"] for b in folded.select("li")[0].select("bdi")] == ["ltr", "rtl"]
    assert all(item["tabindex"] == "0" for item in folded.select("li"))


def test_without_links_nothing_is_said_of_them() -> None:
    assert not page(sample.report()).select("[data-word], .words")


def test_texts_are_whole_however_they_are_cut() -> None:
    verdict = linked_report().verdicts[1]

    assert "".join(p.text for p in claim_pieces(verdict)) == verdict.claim.text
    first = verdict.evidence[0]
    assert "".join(p.text for p in source_pieces(first, verdict)) == first.text
    assert dict(word_pairs(verdict)) == PAIRS


@pytest.mark.parametrize(
    "forged",
    [
        WordLink(Span(0, 9999), Span(5000, 9000), 0.5),
        WordLink(Span(7, 3), Span(3, 3), 0.5),
        WordLink(Span(10**9, 10**9 + 1), Span(0, 0), 1),
    ],
)
def test_forged_links_lose_no_text(forged: WordLink) -> None:
    verdict = linked(sample.report().verdicts[1], *[forged] * 500)
    report = replace(sample.report(), verdicts=(verdict,))

    assert "".join(p.text for p in claim_pieces(verdict)) == verdict.claim.text
    assert len(page(report).select(".words li")) <= MOST_LINKS


def test_300_citations_with_links_make_a_page_under_three_megabytes() -> None:
    report = many(300)
    words = [WordLink(Span(n, n + 2), Span(n, n + 2), 0.9) for n in range(0, 36, 3)]
    verdicts = tuple(linked(verdict, *words) for verdict in report.verdicts)

    assert len(html(replace(report, verdicts=verdicts)).encode()) < 3_000_000


# --- what is not borne out --------------------------------------------------------------


def unborne_report() -> Report:
    report = linked_report()
    verdict = report.verdicts[3]
    start = verdict.claim.text.index("no family")
    doubted = replace(verdict, unborne=(Span(start, start + 2), Span(10**6, 10**6 + 1)))
    return replace(report, verdicts=(*report.verdicts[:3], doubted, *report.verdicts[4:]))


def test_what_is_not_borne_out_is_in_the_json_and_comes_back() -> None:
    written = dump([unborne_report()])

    assert list(Draft202012Validator(schema()).iter_errors(json.loads(written))) == []
    assert dump(load(written)) == written


def test_what_is_not_borne_out_is_said_in_words_everywhere() -> None:
    report = unborne_report()
    walk = Walk([report], [report.article.path], "A. Reader", date(2026, 1, 1))
    console = Console(width=200, record=True, file=StringIO())
    show(console, next(item for item in walk.items if item.label == "4"), "1 of 1")

    assert "Most likely not borne out no" in page(report).select_one(".unborne").get_text()
    assert len(page(report).select(".unborne")) == 1
    assert "most likely not borne out: no" in console.export_text()
    assert "most likely not borne out: no" in FORMATTERS["terminal"].format([report])


# --- the audit --------------------------------------------------------------------------


def test_an_audit_shows_them_in_the_same_order() -> None:
    report = linked_report()
    walk = Walk([report], [report.article.path], "A. Reader", date(2026, 1, 1))
    item = next(item for item in walk.items if item.label == "2")
    console = Console(width=200, record=True, file=StringIO())
    show(console, item, "1 of 1")

    lines = [each.strip() for each in console.export_text().splitlines()]
    start = next(place for place, line in enumerate(lines) if "word by word" in line)
    # what is written from the right never shares a line with what is not
    ours, theirs = lines[start + 1 : start + 3]
    assert ours == "reservoir | 40 million | water"
    assert theirs == "مخزن | ۴۰ میلیون | آب"
