"""The HTML page: it stands alone, hides nothing, and obeys nobody's text."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup

from tests import sample
from verify.model import (
    Anchor,
    Article,
    Attempt,
    Citation,
    Claim,
    Document,
    Elsewhere,
    Failure,
    Finding,
    Flag,
    Language,
    Outcome,
    Position,
    Reading,
    Reference,
    Repair,
    Report,
    Severity,
    SourceId,
    Span,
    Unavailable,
    Verdict,
)
from verify.report import FORMATTERS
from verify.report.json import dump, load
from verify.report.marks import around, message_pieces, note_pieces, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = Path("/usr/bin/chromium")


def html(*reports: Report) -> str:
    return FORMATTERS["html"].format(reports or [sample.report()])


def page(*reports: Report) -> Any:
    return BeautifulSoup(html(*reports), "lxml")


def panel(label: str) -> Any:
    index = list(sample.NOTES).index(label) + 1
    return page().find("article", id=f"r1-c{index}")


# --- the page ---------------------------------------------------------------------------


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    soup = page()

    assert soup.find_all(["script", "img", "iframe", "object", "embed", "base", "form"]) == []
    assert soup.find_all("link") == []
    assert not [t for t in soup.select("*") if any(a.startswith("on") for a in t.attrs)]
    assert not [t for t in soup.select("*") if "style" in t.attrs]
    assert "url(" not in soup.style.string
    assert "@import" not in soup.style.string


def test_the_policy_lets_this_style_sheet_through_and_no_other() -> None:
    policy = page().find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    digest = b64encode(sha256(page().style.string.encode()).digest()).decode()

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_every_link_of_the_page_leads_somewhere() -> None:
    soup = page()
    ids = [t["id"] for t in soup.find_all(id=True)]
    inner = {a["href"][1:] for a in soup.find_all("a") if a["href"].startswith("#")}
    icons = {u["href"][1:] for u in soup.find_all("use")}
    labelled = {t["aria-labelledby"] for t in soup.find_all(attrs={"aria-labelledby": True})}

    assert len(ids) == len(set(ids))
    assert inner | icons | labelled <= set(ids)
    assert all(
        a["href"].startswith(("#", "https://", "http://gazette.example/"))
        for a in soup.find_all("a")
    )


def test_the_article_is_whole_and_its_notes_stand_apart() -> None:
    shown = [row.p.get_text() for row in page().select(".text .row")]
    paragraphs_of_body = [p for p in sample.BODY.split("\n") if p][1:]
    words = [re.sub(r"(?<=\]) [a-z ]+?(?= [A-Z]|$)", "", text) for text in shown]

    assert words == paragraphs_of_body


def test_every_claim_is_marked_and_leads_to_its_evidence_and_back() -> None:
    soup = page()
    for index, (label, verdict) in enumerate(
        zip(sample.NOTES, sample.report().verdicts, strict=True), 1
    ):
        ref = soup.find("a", id=f"r1-c{index}-text")
        assert ref["href"] == f"#r1-c{index}"
        assert verdict.outcome.value in ref["class"]
        assert ref.find("bdi").get_text() == f"[{label}]"
        assert ref.select_one(".hidden").get_text(strip=True)
        mark = ref.find_previous("mark")
        assert mark["class"] == ["claim", verdict.outcome.value]
        assert verdict.claim.text.endswith(mark.get_text())
        assert soup.find("a", href=f"#r1-c{index}-text")


def test_persian_evidence_says_which_language_it_is_and_runs_from_the_right() -> None:
    quote = panel("4").select_one(".original blockquote")

    assert (quote["lang"], quote["dir"]) == ("fa", "rtl")
    assert quote.select_one("mark.passage").get_text() == (
        "معاون وزیر گفت که ۴۶ خانواده شاید تا پایان سال جابه‌جا شوند."
    )
    assert quote.select_one(".differs").get_text() == "۴۶ خانواده شاید"
    english = panel("4").select_one(".english blockquote")
    assert (english["lang"], english["dir"]) == ("en", "ltr")


def test_the_panel_names_the_version_that_was_judged() -> None:
    text = panel("4").footer.get_text(" ", strip=True)

    assert "an archived copy, 2026-11-20 09:30 UTC; rests on the original" in text
    assert "https://archive.example/2021/https://khabar.example/fa/khanevade" in text
    assert "1b5c902e2381" in text
    assert "live : 404 Not Found" in text


def test_material_differences_are_told_from_those_let_pass() -> None:
    rows = [th.get_text() for th in panel("3").select(".compared tbody th")]

    assert rows == [
        "left out without a sign", "word changed", "word dropped", "word added",
        "order of words",
    ]  # fmt: skip
    assert "capitals the water / The water" in panel("3").get_text(" ", strip=True)


def test_a_passage_can_be_opened_where_it_stands() -> None:
    link = panel("1").select_one(".open a")

    assert link.get_text() == "open at the passage"
    assert link["href"].startswith("https://gazette.example/sabz-dam#:~:text=The%20gates")
    assert "noopener" in link["rel"]
    assert panel("5").select(".open") == []


def test_a_quotation_from_another_source_stands_beside_the_nearest_passage() -> None:
    figures = panel("6").select("figure")

    assert [f.figcaption.get_text(strip=True) for f in figures] == [
        "The source says", "The source of note [5]",
    ]  # fmt: skip
    assert figures[1].mark.get_text() == sample.CANAL


def test_what_was_not_checked_says_why_and_what_to_do() -> None:
    text = panel("7").get_text(" ", strip=True)

    assert "403 Forbidden" in text
    assert "no answer within 20 seconds" in text
    assert "save the page from a browser" in text
    assert panel("7").select(".sure, .sides") == []


def test_the_summary_counts_and_explains() -> None:
    legend = [li.get_text(" ", strip=True) for li in page().select(".legend li")]

    assert page().select_one(".coverage").get_text() == "6 of 8 citations checked; 2 could not be."
    assert legend[0] == "1 contradicted The source denies what the article says."
    assert [line.split()[0] for line in legend] == ["1", "1", "1", "1", "2", "2"]
    assert [r["class"] for r in page().select(".bar rect")] == [
        ["contradicted"], ["altered"], ["not-found"], ["partly-supported"], ["unchecked"],
        ["supported"],
    ]  # fmt: skip


def test_each_article_of_several_has_its_own_anchors() -> None:
    soup = page(sample.report(), sample.report())

    assert len(soup.find_all("main")) == 2
    assert soup.find("article", id="r1-c3")
    assert soup.find("article", id="r2-c3")
    assert len(soup.select("nav li")) == 2


def test_a_report_without_any_verdict_says_that_nothing_was_asked() -> None:
    linted = replace(sample.report(), verdicts=(), readings={}, fetched=False)

    assert "no source was asked for" in page(linted).select_one(".coverage").get_text()
    assert page(linted).select(".panel, .bar, .legend") == []


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
    persian = replace(report, article=replace(report.article, language=Language("fa")))

    assert page(persian).select_one("section.text")["dir"] == "rtl"
    assert page(persian).h1["lang"] == "fa"
    assert {ul["dir"] for ul in page(persian).select(".margin")} == {"ltr"}
    assert page().select_one("section.text")["dir"] == "ltr"


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


def test_what_a_message_quotes_is_set_apart() -> None:
    assert list(message_pieces("says “الف.” here")) == [
        ("says “", False), ("الف.", True), ("” here", False),
    ]  # fmt: skip


# --- hostile texts ----------------------------------------------------------------------

PAYLOADS = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "` onclick=alert(1) `",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:msgbox(1)",
    "https://a.example/\"onmouseover='alert(1)'",
    "https://a.example/<script>alert(1)</script>",
    "https://javascript:alert(1)@a.example/",
    "<a href=javascript:alert(1)>x</a>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>*{background:url(https://evil.example)}</style>",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style>",
    "<details open ontoggle=alert(1)>",
    "<form action=https://evil.example><input name=x>",
    "<!--<img src=--><img src=x onerror=alert(1)>",
    "]]><script>alert(1)</script>",
    "{{ 7 * 7 }}{% for x in y %}",
    "{{ view.__class__.__mro__ }}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<script>alert(1)</script>\u202c",
    "＜script＞alert(1)＜/script＞",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<ſcript>alert(1)</ſcript>",
    "<x contenteditable onblur=alert(1)>",
    '</bdi></blockquote></article></main><img src=x onerror="alert(1)">',
    'fa" onload="alert(1)',
]


def poisoned(evil: str) -> Report:
    """Put `evil` wherever an article, a page or a sources.yaml can put a text."""
    report = sample.report()
    address = evil if "://" in evil else f"https://a.example/{evil}"

    def reading(old: Reading) -> Reading:
        attempts = (Attempt(evil, evil, Failure.GONE, evil, redirects=(evil,)),)
        match old:
            case Document():
                return replace(
                    old,
                    snapshot=replace(old.snapshot, address=evil, final_address=evil, via=evil),
                    extraction=replace(old.extraction, title=evil, author=evil, publisher=evil),
                    identification=replace(old.identification, language=Language(evil)),
                    attempts=attempts,
                )
            case Unavailable():
                return replace(old, attempts=attempts)

    def elsewhere(old: Verdict) -> Elsewhere | None:
        if not old.evidence or not old.version:
            return None
        place = replace(old.evidence[0], text=evil, fragment=evil)
        return Elsewhere(evil, SourceId(evil), place, replace(old.version, address=evil))

    def verdict(old: Verdict, number: int) -> Verdict:
        return replace(
            old,
            claim=replace(old.claim, text=evil, context=evil),
            reasons=(evil,),
            evidence=tuple(
                replace(
                    e,
                    text=evil,
                    english=evil,
                    prefix=evil,
                    suffix=evil,
                    method=evil,
                    fragment=address if e.is_main else evil,
                )
                for e in old.evidence
            ),
            differences=tuple(
                replace(d, claim_text=evil, source_text=evil) for d in old.differences
            ),
            facts=tuple(replace(f, claim_text=evil, source_text=evil) for f in old.facts),
            citation=Citation(evil, Span(number * 3, number * 3 + 2), Span(0, 50), old.claim),
            version=old.version and replace(old.version, via=evil, address=address),
            found_in=elsewhere(old),
        )

    flag = Flag(evil, Path(evil.replace("\x00", "")), Position(1, 1), evil, 0.5)
    article = replace(
        report.article,
        path=Path(evil.replace("\x00", "")),
        text=f"{evil}\n{evil}",
        title=evil,
        language=Language(evil),
        references=tuple(
            replace(
                r, label=evil, raw=f"{evil} {address}", title=evil, publisher=evil,
                urls=(address, evil), title_repaired=Repair(evil, ()), span=Span(0, 0),
            )
            for r in report.article.references
        ),
    )  # fmt: skip
    return replace(
        report,
        article=article,
        sources={
            i: replace(s, title=evil, publisher=evil, urls=(evil, address))
            for i, s in report.sources.items()
        },
        readings={i: reading(r) for i, r in report.readings.items()},
        verdicts=tuple(verdict(v, n) for n, v in enumerate(report.verdicts)),
        findings=(Finding("CIT001", evil, Severity.ERROR, flag),),
        tools={evil: evil},
        notices=(evil,),
    )


def unsafe(soup: Any) -> Iterator[str]:
    """Give whatever on the page could act."""
    known = page().select("*")
    allowed = {tag.name for tag in known} | {"html", "a", "br"}
    for tag in soup.select("*"):
        if tag.name not in allowed:
            yield f"<{tag.name}>"
        for name, value in tag.attrs.items():
            if name.startswith("on") or name in {"style", "src", "srcdoc", "action"}:
                yield f"{tag.name} {name}={value}"
            if name == "href" and not str(value).startswith(("#", "https://", "http://")):
                yield f"{tag.name} {name}={value}"
    if len(soup.find_all("meta")) != len(page().find_all("meta")):
        yield "<meta>"


@pytest.mark.parametrize("evil", PAYLOADS)
def test_no_text_becomes_part_of_the_page(evil: str) -> None:
    report = poisoned(evil)

    assert list(unsafe(page(report))) == []


def test_the_tests_above_would_notice() -> None:
    soup = BeautifulSoup("<a href=javascript:x onclick=x>y</a><script>1</script>", "lxml")

    assert len(list(unsafe(soup))) == 4


def test_bidi_controls_are_shown_as_marks() -> None:
    text = html(poisoned("safe\u202egpj.exe\u2066x\u2069"))

    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "safe⟨U+202E⟩gpj.exe⟨U+2066⟩x⟨U+2069⟩" in text


# --- a real browser ---------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
def test_in_a_real_browser_nothing_runs_nothing_loads_and_nothing_overflows(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    (tmp_path / "sample.html").write_text(html(), "utf-8")
    (tmp_path / "evil.html").write_text(html(*(poisoned(p) for p in PAYLOADS)), "utf-8")
    said: list[str] = []
    asked: list[str] = []
    switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=switches)
        for width in (1200, 390):
            tab = browser.new_page(viewport={"width": width, "height": 800})
            tab.on("console", lambda message: said.append(message.text))
            tab.on("dialog", lambda dialog: said.append(dialog.message))
            tab.on("request", lambda request: asked.append(request.url))
            tab.goto((tmp_path / "sample.html").as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert tab.evaluate("getComputedStyle(document.body).marginTop") == "0px"
            tab.goto((tmp_path / "evil.html").as_uri())
            assert tab.evaluate("document.scripts.length") == 0
        browser.close()

    assert said == []
    assert {Path(url).name for url in asked} == {"sample.html", "evil.html"}


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
def test_2000_citations_take_seconds_and_not_minutes(name: str) -> None:
    report = many(2_000)
    started = time.perf_counter()

    assert FORMATTERS[name].format([report])
    # One takes 1.5 ms; a quadratic step would take minutes.
    assert time.perf_counter() - started < 30


def test_2000_citations_in_one_paragraph_take_seconds_too() -> None:
    report = many(2_000, " ")
    started = time.perf_counter()

    assert page(report).select(".row p")[0].get_text().count("[4]") == 2_000
    assert time.perf_counter() - started < 30


def test_a_loaded_page_of_many_is_the_same() -> None:
    assert html(*load(dump([many(50)]))) == html(many(50))
