"""The HTML page: it stands alone, hides nothing, and obeys nobody's text."""

from __future__ import annotations

import json
import re
import time
from base64 import b64encode
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests import hostile, sample
from verify.judge.quote import ALIGNED, EXACT, FOLDED
from verify.model import (
    Anchor,
    Article,
    Citation,
    Claim,
    DifferenceKind,
    DriftKind,
    FactKind,
    FactOutcome,
    Failure,
    Language,
    Outcome,
    Reference,
    Report,
    Side,
    SourceId,
    Span,
    Verdict,
)
from verify.report import FORMATTERS, figures, for_run, words
from verify.report.json import dump, load
from verify.report.marks import (
    MOST_CLAIMS,
    Piece,
    around,
    claim_pieces,
    message_pieces,
    mixed,
    note_pieces,
    paragraphs,
)
from verify.report.strings import INTERFACES, Strings

FA = Language("fa")
REPORTS = Path(__file__).parent.parent / "reports"
METHODS = (EXACT, FOLDED, ALIGNED, "bm25", "encoder", "reviewer")


def html(*reports: Report) -> str:
    return FORMATTERS["html"].format(reports or [sample.report()])


def page(*reports: Report) -> Any:
    return BeautifulSoup(html(*reports), "lxml")


def card(label: str, report: Report | None = None) -> Any:
    return page(report or sample.report()).find("article", id=f"note-{label}")


# --- the page ---------------------------------------------------------------------------


def test_the_page_loads_nothing_and_has_one_script() -> None:
    soup = page()

    assert soup.find_all(["img", "iframe", "object", "embed", "base", "link"]) == []
    assert [script.attrs for script in soup.find_all("script")] == [{}]
    assert not [t for t in soup.select("*") if any(a.startswith("on") for a in t.attrs)]
    assert not [t for t in soup.select("*") if "style" in t.attrs]
    assert "url(" not in soup.style.string
    assert "@import" not in soup.style.string


def test_the_script_writes_no_markup_and_asks_for_nothing() -> None:
    script = page().script.string

    assert not re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script)
    assert not re.findall(r"fetch\(|XMLHttp|import\(|localStorage|sessionStorage|cookie", script)
    assert len(script.splitlines()) < 300


def test_the_policy_lets_this_style_sheet_and_this_script_through_and_no_other() -> None:
    policy = page().find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    style, script = (
        b64encode(sha256(text.encode()).digest()).decode()
        for text in (page().style.string, page().script.string)
    )

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("reports", [1, 3])
def test_every_link_of_the_page_leads_somewhere(reports: int) -> None:
    soup = page(*[sample.decided()] * reports)
    ids = [t["id"] for t in soup.find_all(id=True)]
    inner = {a["href"][1:] for a in soup.find_all("a") if a["href"].startswith("#")}
    icons = {u["href"][1:] for u in soup.find_all("use")}
    fills = set(re.findall(r"url\(#([^)]+)\)", str(soup)))
    labelled = {t["aria-labelledby"] for t in soup.find_all(attrs={"aria-labelledby": True})}
    claims = {i for m in soup.select("mark.claim") for i in m["data-for"].split()}

    assert len(ids) == len(set(ids))
    assert inner | icons | fills | labelled | claims <= set(ids)
    assert all(
        a["href"].startswith(("#", "https://", "http://gazette.example/"))
        for a in soup.find_all("a")
    )


def test_the_article_is_whole_and_its_notes_stand_apart() -> None:
    soup = page()
    for said in soup.select(".text .hidden"):
        said.decompose()
    shown = [paragraph.get_text() for paragraph in soup.select(".text p")]

    assert shown == [p for p in sample.BODY.split("\n") if p][1:]


def test_every_claim_is_marked_and_leads_to_its_evidence_and_back() -> None:
    soup = page()
    for label, verdict in zip(sample.NOTES, sample.report().verdicts, strict=True):
        ref = soup.find("a", id=f"note-{label}-text")
        assert ref["href"] == f"#note-{label}"
        assert verdict.outcome.value in ref["class"]
        assert ref.find("bdi").get_text() == f"[{label}]"
        assert ref.select_one(".hidden").get_text(strip=True)
        mark = ref.find_previous("mark")
        assert mark["class"] == ["claim", verdict.outcome.value]
        assert mark["data-for"] == f"note-{label}"
        assert verdict.claim.text.endswith(mark.get_text())
        assert soup.find("a", href=f"#note-{label}-text")


def test_persian_evidence_says_which_language_it_is_and_runs_from_the_right() -> None:
    quote = card("4").select_one(".original blockquote")
    for letter in quote.select("sup"):
        letter.decompose()

    assert (quote["lang"], quote["dir"]) == ("fa", "rtl")
    assert quote.select_one("mark.passage").get_text() == (
        "معاون وزیر گفت که ۴۶ خانواده شاید تا پایان سال جابه‌جا شوند."
    )
    assert quote.select_one(".differs").get_text() == "۴۶ خانواده شاید"
    english = card("4").select_one(".english blockquote")
    assert (english["lang"], english["dir"]) == ("en", "ltr")
    assert english.select_one(".differs").get_text() == "may beb"


def test_persian_inside_an_english_sentence_stands_apart() -> None:
    report = sample.report()
    said = "the passage gives ۲۱ فوریهٔ ۲۰۲۳ where the article says 21 March"
    changed = replace(report, verdicts=(replace(report.verdicts[0], reasons=(said,)),))
    reason = page(changed).select_one(".card .reason")

    assert reason.get_text() == said
    assert reason.bdi.get_text() == "۲۱ فوریهٔ ۲۰۲۳"
    assert reason.bdi["dir"] == "rtl"


def test_the_card_names_the_version_that_was_judged() -> None:
    text = card("4", sample.decided()).select_one(".provenance").get_text(" ", strip=True)

    assert "an archived copy · Captured 22 April 2021 · Retrieved 20 November 2026, 09:30" in text
    assert "https://archive.example/2021/https://khabar.example/fa/khanevade" in text
    assert sample.report().verdicts[3].version.sha256 in text  # type: ignore[union-attr]
    assert "the live page : 404 Not Found" in text
    assert "the original text" in text
    assert "84 % sure: worth a look of your own" in text


def test_a_link_to_an_archived_copy_is_a_robust_link() -> None:
    link = card("4", sample.decided()).select_one(".judged a")

    assert link["data-originalurl"] == "https://khabar.example/fa/khanevade"
    assert link["data-versiondate"] == "2021-04-22"
    assert not [a for a in card("1").select_one(".judged a").attrs if a.startswith("data-")]


def test_a_link_to_the_page_names_its_archived_copy() -> None:
    report = sample.report()
    source = report.sources[SourceId("note-1")]
    copied = replace(source, archives=("https://archive.example/1", "javascript:alert(1)"))
    changed = replace(report, sources={**report.sources, source.id: copied})

    link = card("1", changed).select_one(".judged a")
    assert link["data-versionurl"] == "https://archive.example/1"


def test_material_differences_have_letters_and_those_let_pass_have_not() -> None:
    rows = [th.get_text(" ", strip=True) for th in card("3").select(".compared tbody th")]

    assert rows == [
        "a left out without a sign", "b word changed", "c word dropped", "d word added",
        "e order of words",
    ]  # fmt: skip
    assert [s.get_text() for s in card("3").select(".claim-text sup")] == ["b", "d", "e"]
    assert [s.get_text() for s in card("3").select(".original sup")] == ["c", "a", "e", "b"]
    assert "capitals the water / The water" in card("3").get_text(" ", strip=True)


def test_facts_are_compared_on_either_side() -> None:
    header, row = card("2").select(".facts tr")

    assert [c.get_text() for c in header] == ["Fact", "Article", "Original", "Translation"]
    assert [c.get_text(" ", strip=True) for c in row.select("th, td")] == [
        "number", "40 million", "۴۰ میلیون the same", "40 million the same",
    ]  # fmt: skip


def test_a_fact_that_disagrees_is_not_folded_away() -> None:
    assert card("5").select("details.facts") == []
    assert "Laleh Sohrabi Laleh Soltani differs" in card("5").get_text(" ", strip=True)


def test_a_passage_can_be_opened_where_it_stands() -> None:
    link = card("1").select_one(".open a")

    assert link.get_text() == "open at the passage"
    assert link["href"].startswith("https://gazette.example/sabz-dam#:~:text=The%20gates")
    assert "noopener" in link["rel"]
    assert card("5").select(".open") == []


def test_a_quotation_from_another_source_stands_beside_the_nearest_passage() -> None:
    figures = card("6").select("figure")

    assert [f.figcaption.get_text(strip=True) for f in figures] == [
        "The source says", "The source of note [5]",
    ]  # fmt: skip
    assert figures[1].mark.get_text() == sample.CANAL


def test_what_was_not_checked_says_why_and_what_to_do() -> None:
    text = card("7").get_text(" ", strip=True)

    assert "403 Forbidden" in text
    assert "no answer within 20 seconds" in text
    assert "save the page from a browser" in text
    assert card("7").select(".sure, .sides") == []


def test_a_persons_decision_stands_beside_the_machine_s() -> None:
    review = card("4", sample.decided()).select_one(".review").get_text(" ", strip=True)

    assert review.startswith("The machine contradicted A person decided partly supported")
    assert "overrules the machine · Parisa , 21 November 2026" in review
    assert "او فقط گفت «شاید»" in review
    assert card("1", sample.decided()).select(".review, .again") == []


def test_a_decision_that_stands_no_longer_says_why() -> None:
    again = card("6", sample.decided()).select_one(".again")

    assert again.get_text(" ", strip=True).endswith("The page has other words than on 3 May 2026.")


def test_drift_shows_what_the_other_version_has() -> None:
    drift = card("4", sample.decided()).select_one(".drift")

    assert "Only the archived copy has the passage" in drift.get_text()
    assert [d.get_text() for d in drift.find_all("dd")] == [
        sample.report().verdicts[3].evidence[0].text, "nothing",
    ]  # fmt: skip
    assert drift.select_one(".other .badge")["class"] == ["badge", "not-found"]


def test_findings_that_stand_are_folded_away_but_there() -> None:
    report = sample.decided()
    settled = page(report).select_one("details.settled")
    stands = [f for f in report.findings if not f.is_open]

    assert len(settled.find_all("li")) == len(stands)
    assert "known already, in the baseline" in settled.get_text()
    assert "the speech as it was printed, not as it was held" in settled.get_text()
    assert "until 31 January 2027" in settled.get_text()
    assert len(page(report).select(".findings > li")) == len(report.findings)


def test_the_summary_counts_and_explains() -> None:
    legend = [li.get_text(" ", strip=True) for li in page().select(".legend li")]

    assert page().select_one(".coverage span").get_text() == (
        "6 of 8 citations checked; 2 could not be."
    )
    assert legend[0] == "1 contradicted The source denies what the article says."
    assert [line.split()[0] for line in legend] == ["1", "1", "1", "1", "2", "2"]
    assert [g["class"] for g in page().select_one(".summary .bar").select("g")] == [
        ["contradicted"], ["altered"], ["not-found"], ["partly-supported"], ["unchecked"],
        ["supported"],
    ]  # fmt: skip


def test_what_is_at_odds_comes_first_the_worst_before_the_rest() -> None:
    first = [a["href"] for a in page().select(".first a")]

    assert first == ["#note-4", "#note-3", "#note-6", "#note-5"]


def test_what_was_left_out_is_said() -> None:
    assert "2 citations were left out" in page(sample.decided()).select_one(".coverage").get_text()


def test_each_article_of_several_has_its_own_anchors_and_a_place_in_the_index() -> None:
    soup = page(sample.report(), sample.report())

    assert len(soup.find_all("main")) == 1
    assert soup.find("article", id="note-3")
    assert soup.find("article", id="a2-note-3")
    assert [a["href"] for a in soup.select("nav a")] == ["#top", "#a2-top"]
    assert "6 of 8 citations checked" in soup.nav.get_text()


def test_a_note_that_is_cited_twice_has_two_anchors() -> None:
    report = sample.report()
    twice = replace(report, verdicts=(report.verdicts[2], report.verdicts[2]), findings=())
    soup = page(twice)

    assert [a["id"] for a in soup.select(".card")] == ["note-3", "note-3.2"]


def test_a_report_without_any_verdict_says_that_nothing_was_asked() -> None:
    linted = replace(sample.report(), verdicts=(), readings={}, fetched=False)

    assert "no source was asked for" in page(linted).select_one(".coverage").get_text()
    assert page(linted).select(".card, .bar, .legend, .tools") == []


def test_a_verdict_whose_source_nobody_knows_is_shown_all_the_same() -> None:
    without = replace(sample.decided(), sources={}, readings={})

    assert len(page(without).select(".card")) == 8


def test_a_markdown_marker_reads_as_a_number() -> None:
    report = sample.report()
    article, verdicts = overlapping()
    text = article.text.replace("[1]", "[^1]", 1)
    (first, *_) = verdicts
    assert first.citation
    marker = sample.span_in(text, "[^1]")
    cited = replace(first, citation=replace(first.citation, marker=marker))
    changed = replace(
        report, article=replace(article, text=text, references=()), verdicts=(cited,), findings=()
    )

    assert page(changed).select_one("a.ref bdi").get_text() == "[1]"


def test_an_article_in_persian_is_laid_out_from_the_right() -> None:
    report = sample.report()
    persian = replace(report, article=replace(report.article, language=FA))

    assert page(persian).select_one("section.text")["dir"] == "rtl"
    assert page(persian).h1["lang"] == "fa"
    assert page(persian).html["dir"] == "ltr"
    assert page().select_one("section.text")["dir"] == "ltr"


# --- in Persian -------------------------------------------------------------------------


def persian(report: Report) -> Any:
    return BeautifulSoup(for_run("html", ui="fa").format([report]), "lxml")


def test_every_string_is_there_in_both_languages_with_the_same_places() -> None:
    path = Path(words.__file__).parent / "page" / "strings.json"
    for key, said in json.loads(path.read_text("utf-8")).items():
        assert set(said) == set(INTERFACES), key
        places = [set(re.findall(r"\{(\w+)\}", text)) for text in said.values()]
        assert places[0] - {"count"} == places[1] - {"count"}, key


@pytest.mark.parametrize("kinds", [Outcome, DifferenceKind, FactKind, FactOutcome, Failure,
                                   DriftKind, Side])  # fmt: skip
def test_everything_that_a_report_can_say_has_a_word_in_both_languages(kinds: Any) -> None:
    family = {
        Outcome: "outcome", DifferenceKind: "difference", FactKind: "fact", FactOutcome: "fact",
        Failure: "next", DriftKind: "drift", Side: "side",
    }[kinds]  # fmt: skip
    for kind in kinds:
        for ui in INTERFACES:
            assert Strings(ui)(f"{family}.{kind}")


def test_no_string_is_left_that_nothing_says() -> None:
    folder = Path(words.__file__).parent
    used = "".join(p.read_text("utf-8") for p in [*folder.glob("*.py"), *folder.glob("page/*.j2")])
    keys = set(json.loads((folder / "page" / "strings.json").read_text("utf-8")))
    families = set(re.findall(r'"(?:f")?([a-z]+\.)(?:\{|" ~)', used)) | {
        "outcome.", "fact.", "next.", "difference.", "side.", "via.", "language.",
    }  # fmt: skip
    said = {k for k in keys if f'"{k.removesuffix(".one").removesuffix(".means")}"' in used}

    assert {k for k in keys - said if not k.startswith(tuple(families))} == set()


def test_the_persian_page_runs_from_the_right_and_counts_in_persian() -> None:
    soup = persian(sample.decided())

    assert (soup.html["lang"], soup.html["dir"]) == ("fa", "rtl")
    assert soup.select_one(".coverage span").get_text().startswith("۶ از ۸ ارجاع بررسی شد")
    assert "۲۹ آبان ۱۴۰۵ (۲۰ نوامبر ۲۰۲۶)" in soup.select_one(".byline").get_text()
    assert soup.select_one(".sure").get_text(" ", strip=True).startswith("۹۳٪ اطمینان")


def test_the_persian_page_names_who_judged_and_how_a_passage_was_found() -> None:
    (report,) = load((REPORTS / "example.json").read_text("utf-8"))
    soup = persian(report)
    listed = {dt.get_text(" ", strip=True): dt.find_next("dd") for dt in soup.select("dt")}

    methods = {v.evidence[0].method for v in report.verdicts if v.evidence}
    found = [dd.get_text() for dd in soup.select("details dt:-soup-contains(گزیده) + dd")]
    assert methods >= {"encoder", "aligned"}
    assert set(found) == {Strings("fa")(f"method.{method}") for method in methods}
    for role, tool in report.tools.items():
        shown = listed[Strings("fa")(f"role.{role}")]
        assert shown.get_text(strip=True) == tool
        assert shown.bdi["lang"] == "en"
    assert all(re.search("[آ-ی]", Strings("fa")(f"method.{each}")) for each in METHODS)


def test_a_role_and_a_method_that_the_page_does_not_know_are_shown_as_they_are() -> None:
    report = sample.report()
    verdict = next(v for v in report.verdicts if v.evidence)
    odd = replace(verdict, evidence=(replace(verdict.evidence[0], method="<b>by ear"),))
    soup = persian(replace(report, verdicts=(odd,), tools={"oracle": "Delphi"}))

    assert "oracle" in soup.select_one(".method dt").get_text()
    assert soup.find("dd", string="<b>by ear")


def test_english_inside_the_persian_page_says_that_it_is_english() -> None:
    soup = persian(sample.decided())

    # These reasons were written for the sample; what the judge itself says is in Persian.
    for said in soup.select(".reason > span, .first .why > span"):
        assert (said["lang"], said["dir"]) == ("en", "ltr")
    assert soup.select(".message")
    assert not soup.select(".message [lang=en], .findings p[lang=en]")
    assert not re.findall("[A-Za-z]{3}", soup.select_one(".legend").get_text())


def test_days_are_told_by_both_calendars() -> None:
    say = Strings("fa")

    assert say.day(date(2026, 3, 21)) == "۱ فروردین ۱۴۰۵ (۲۱ مارس ۲۰۲۶)"
    assert say.day(date(1, 1, 1)).startswith("۱ ژانویه")
    assert Strings().day(date(2026, 3, 21)) == "21 March 2026"


# --- pictures ---------------------------------------------------------------------------


def test_bars_say_in_words_what_they_draw() -> None:
    tables = {t.caption.get_text(): t for t in page().select("table.bars")}
    rows = {
        r.th.get_text(): r.select_one(".counts").get_text(" ", strip=True)
        for r in tables["Outcomes by source"].select("tbody tr")
    }

    assert rows["Valley Gazette"] == "1 altered 1 supported"
    assert rows["خبر دره"] == "1 contradicted 1 supported"
    languages = [r.th.get_text() for r in tables["Outcomes by language"].select("tbody tr")]
    assert languages == ["English", "Persian", "not read"]


@pytest.mark.parametrize("ui", INTERFACES)
def test_a_bar_is_filled_in_the_direction_of_reading(ui: str) -> None:
    drawn = figures.bar("", [Outcome.SUPPORTED, Outcome.SUPPORTED, Outcome.ALTERED], Strings(ui))

    assert [p.outcome for p in drawn.parts] == [Outcome.ALTERED, Outcome.SUPPORTED]
    assert sum(p.width for p in drawn.parts) == pytest.approx(100, abs=0.05)
    assert drawn.parts[0].place == pytest.approx(66.67 if ui == "fa" else 0)


def test_dates_are_drawn_in_order_and_told_in_a_table() -> None:
    report = sample.decided()
    drawn = figures.timeline(report, Strings())
    assert drawn
    first = drawn.lines[0]

    assert [m.kind for m in first.marks] == ["accessed", "retrieved"]
    assert first.marks[0].place < first.marks[1].place
    row = page(report).select("table.dates tbody tr")[0]
    assert [t.get_text() for t in row.find_all("time")] == ["20 April 2021", "20 November 2026"]


def test_a_date_after_the_report_is_called_out_and_does_not_stretch_the_scale() -> None:
    report = sample.report()
    source = replace(report.sources[SourceId("note-1")], accessed=date(2126, 1, 1))
    changed = replace(report, sources={**report.sources, source.id: source})
    drawn = figures.timeline(changed, Strings())

    assert drawn
    assert drawn.last == report.created.date()
    assert [m.is_later for m in drawn.lines[0].marks] == [True, False]
    assert "later than this report" in page(changed).select_one("table.dates").get_text()


def test_many_sources_are_counted_in_one_row() -> None:
    report = sample.report()
    sources = {
        SourceId(f"s{n}"): replace(report.sources[SourceId("note-1")], id=SourceId(f"s{n}"),
                                   publisher=f"Paper {n}") for n in range(40)
    }  # fmt: skip
    verdicts = tuple(replace(report.verdicts[0], source_id=i) for i in sources)
    bars = figures.by_source(replace(report, sources=sources, verdicts=verdicts), Strings())

    assert len(bars) == figures.MOST_BARS + 1
    assert bars[-1].label == "25 other sources"
    assert bars[-1].count == 25


# --- how texts are cut ------------------------------------------------------------------


def overlapping() -> tuple[Article, list[Verdict]]:
    """Two notes on one sentence, one that begins in the line before, and an inline link."""
    text = "Title\nFirst line and\nsecond line.[1][2] A link here.\n[1] note\n[2] note"
    sentence = sample.span_in(text, "First line and\nsecond line.")
    link = sample.span_in(text, "link")
    claim = Claim("x")
    citations = (
        Citation("1", sample.span_in(text, "[1][2]"), sentence, claim),
        Citation("2", Span(sentence.end + 3, sentence.end + 6), sentence, claim),
        Citation("a", link, sample.span_in(text, "A link here."), claim),
    )
    citations = (replace(citations[0], marker=Span(sentence.end, sentence.end + 3)), *citations[1:])
    notes = (
        Reference("1", "note", sample.span_in(text, "[1] note")),
        Reference("2", "note", sample.span_in(text, "[2] note")),
        Reference("a", "https://a.example", link, is_link=True),
    )
    article = Article(Path("a.txt"), text, (Anchor(0, 1, 1),), notes, citations, title="Title")
    outcomes = (Outcome.SUPPORTED, Outcome.CONTRADICTED, Outcome.UNCHECKED)
    verdicts = [Verdict(claim, o, citation=c) for o, c in zip(outcomes, citations, strict=True)]
    return article, verdicts


def test_overlapping_claims_show_the_worst_and_lose_no_text() -> None:
    article, verdicts = overlapping()
    lines = list(paragraphs(article, verdicts))

    assert ["".join(r.text for r in line.runs) for line in lines] == [
        "Title", "First line and", "second line.[1][2] A link here.",
    ]  # fmt: skip
    assert [line.is_title for line in lines] == [True, False, False]
    assert [line.verdicts for line in lines] == [(), (), (0, 1, 2)]
    assert [(r.text, r.outcome, r.markers) for r in lines[2].runs] == [
        ("second line.", Outcome.CONTRADICTED, ()),
        ("[1]", Outcome.SUPPORTED, (0,)),
        ("[2]", Outcome.CONTRADICTED, (1,)),
        (" ", None, ()),
        ("A ", Outcome.UNCHECKED, ()),
        ("link", Outcome.UNCHECKED, (2,)),
        (" here.", Outcome.UNCHECKED, ()),
    ]
    assert lines[1].runs[0].outcome is Outcome.CONTRADICTED


def test_spans_beyond_the_text_do_no_harm() -> None:
    article, verdicts = overlapping()
    wild = Citation("9", Span(900, 901), Span(50, 9_999), Claim("x"))
    lines = list(
        paragraphs(article, [*verdicts, Verdict(Claim("x"), Outcome.ALTERED, citation=wild)])
    )

    assert "".join(r.text for r in lines[1].runs) == "First line and"


def test_the_words_around_a_passage_are_whole_words() -> None:
    evidence = sample.report().verdicts[2].evidence[0]

    assert around(evidence) == ("… gates, Parviz Azimi made a promise.\n“", "”, he said.")


def test_a_note_is_cut_into_title_address_and_rest() -> None:
    reference = sample.article().references[1]

    assert "".join(text for _, text in note_pieces(reference)) == reference.raw
    assert [kind for kind, _ in note_pieces(reference)] == [
        "text", "title", "text", "address", "text",
    ]  # fmt: skip


def test_differences_that_lie_within_one_another_keep_their_own_ends() -> None:
    pieces = list(claim_pieces(sample.report().verdicts[2]))

    assert "".join(p.text for p in pieces) == sample.SENTENCES["3"]
    assert pieces[-4:] == [
        Piece("exception … and ", differs=True),
        Piece("with no", differs=True, ends=(1, 3)),
        Piece(" delay", differs=True, ends=(4,)),
        Piece(".”"),
    ]


def test_what_runs_from_the_right_is_cut_out_whole() -> None:
    assert list(mixed("gives ‘۲۱ فوریهٔ ۲۰۲۳’, not می‌رود.")) == [
        ("gives ‘", False), ("۲۱ فوریهٔ ۲۰۲۳", True), ("’, not ", False), ("می‌رود", True),
        (".", False),
    ]  # fmt: skip


def test_what_a_message_quotes_is_set_apart() -> None:
    assert list(message_pieces("says “الف.” here")) == [
        ("says “", False), ("الف.", True), ("” here", False),
    ]  # fmt: skip


# --- hostile texts ----------------------------------------------------------------------


def test_bidi_controls_are_shown_as_marks() -> None:
    text = html(hostile.poisoned("safe\u202egpj.exe\u2066x\u2069"))

    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "safe⟨U+202E⟩gpj.exe⟨U+2066⟩x⟨U+2069⟩" in text


def test_claims_that_all_span_the_same_text_do_not_name_each_other_without_end() -> None:
    report = many(150, " ")
    everything = Span(0, len(report.article.text))
    forged = tuple(
        replace(v, citation=replace(v.citation, span=everything))
        for v in report.verdicts
        if v.citation
    )
    marks = page(replace(report, verdicts=forged)).select("mark.claim")

    assert max(len(m["data-for"].split()) for m in marks) == MOST_CLAIMS


# --- size -------------------------------------------------------------------------------


def many(count: int, separator: str = "\n") -> Report:
    """Make a report of `count` citations, one a paragraph or all in one."""
    report = sample.report()
    verdict = report.verdicts[3]
    line = "He added that no family would have to move.[4]" + separator
    text = line * count
    citations = [
        Citation("4", Span(s + 43, s + 46), Span(s, s + 43), verdict.claim)
        for s in range(0, len(text), len(line))
    ]
    anchors = tuple(Anchor(n * len(line), n + 1, 1) for n in range(count))
    article = Article(Path("a.txt"), text, anchors, citations=tuple(citations))
    verdicts = tuple(replace(verdict, citation=c) for c in citations)
    return replace(report, article=article, verdicts=verdicts, findings=())


def test_300_citations_make_a_page_under_three_megabytes() -> None:
    assert len(html(many(300)).encode()) < 3_000_000


@pytest.mark.parametrize("name", FORMATTERS)
def test_600_citations_take_seconds_and_not_minutes(name: str) -> None:
    report = many(600)
    started = time.perf_counter()

    assert FORMATTERS[name].format([report])
    # One takes 5 ms on an idle core; a quadratic step would take minutes.
    assert time.perf_counter() - started < 30


def test_600_citations_in_one_paragraph_take_seconds_too() -> None:
    report = many(600, " ")
    started = time.perf_counter()

    assert page(report).select(".text p")[0].get_text().count("[4]") == 600
    assert time.perf_counter() - started < 30


def test_a_loaded_page_of_many_is_the_same() -> None:
    assert html(*load(dump([many(50)]))) == html(many(50))
