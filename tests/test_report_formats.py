"""The whole output of every format, and the words that the formats share."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from tests import sample
from verify.model import DifferenceKind, FactOutcome, Failure, Outcome, Report, Severity, Verdict
from verify.report import FORMATTERS, for_run, on_terminal
from verify.report.visible import one_line, shortened, visible, web_address
from verify.report.words import (
    DIFFERENCES,
    FACTS,
    NEXT,
    OUTCOMES,
    certainty,
    coverage_sentence,
    worst_first,
)
from verify.rules import RULES

PERSIAN = "معاون وزیر گفت که ۴۶ خانواده شاید تا پایان سال جابه‌جا شوند."


@pytest.mark.parametrize("name", sample.EXPECTED)
def test_a_format_writes_what_was_looked_at_and_found_good(name: str) -> None:
    expected = (sample.FORMATS / sample.EXPECTED[name]).read_bytes().decode()

    assert for_run(name, rules=RULES).format([sample.report()]) == expected, (
        f"if the new output is meant: python -m tests.sample {name}, and look at the difference"
    )


@pytest.mark.parametrize("name", sample.DECIDED)
def test_a_format_shows_what_people_and_time_made_of_a_report(name: str) -> None:
    expected = (sample.FORMATS / sample.DECIDED[name]).read_bytes().decode()

    assert for_run(name, rules=RULES).format([sample.decided()]) == expected, (
        f"if the new output is meant: python -m tests.sample {name}, and look at the difference"
    )


def test_the_sample_has_everything_that_a_format_may_meet() -> None:
    report = sample.report()
    differences = {d.kind for v in report.verdicts for d in v.differences}

    assert {v.outcome for v in report.verdicts} == set(Outcome)
    assert differences == set(DifferenceKind)
    assert {f.outcome for v in report.verdicts for f in v.facts} == set(FactOutcome)
    assert {f.severity for f in report.findings} == set(Severity)
    for verdict in report.verdicts:
        page = sample.PAGES.get(verdict.citation.label if verdict.citation else "", "")
        for evidence in verdict.evidence:
            assert page[evidence.span.start : evidence.span.end] == evidence.text


def test_every_format_is_found_by_its_name() -> None:
    assert {name: f.name for name, f in FORMATTERS.items()} == {n: n for n in sample.EXPECTED}


def test_there_are_words_for_every_outcome_difference_fact_and_failure() -> None:
    assert set(OUTCOMES) == set(Outcome)
    assert set(DIFFERENCES) == set(DifferenceKind)
    assert set(FACTS) == set(FactOutcome)
    assert set(NEXT) == set(Failure)


# --- the terminal -----------------------------------------------------------------------


def plain(report: Report, width: int = 80) -> str:
    return on_terminal(colour=False, width=width).format([report])


def test_the_terminal_has_no_escape_sequence_unless_asked() -> None:
    report = sample.report()

    assert "\x1b" not in plain(report)
    assert "\x1b[" in on_terminal(colour=True, width=80).format([report])


def test_colour_adds_nothing_but_colour() -> None:
    coloured = on_terminal(colour=True, width=80).format([sample.report()])
    console = Console(file=StringIO(), width=400, color_system=None)
    with console.capture() as capture:
        from rich.text import Text

        for line in coloured.splitlines():
            console.print(Text.from_ansi(line), soft_wrap=True)
    bare = [line.rstrip() for line in capture.get().splitlines()]

    assert bare == plain(sample.report()).splitlines()


def test_running_text_fits_80_columns_and_addresses_stay_whole() -> None:
    lines = plain(sample.report()).splitlines()
    long = [line for line in lines if len(line) > 80]

    assert all(".txt:" in line or ".yaml:" in line or "#:~:text=" in line for line in long)
    assert all(line.split() == [line.strip()] for line in long if "#:~:text=" in line)
    assert "  https://archive.example/2021/https://khabar.example/fa/khanevade" in lines


def test_persian_stands_on_lines_of_its_own() -> None:
    lines = plain(sample.report()).splitlines()

    assert f"    {PERSIAN}" in lines
    assert "    ۴۶ خانواده شاید" in lines
    assert "    no family" in lines


def test_the_worst_comes_first_and_the_rest_in_reading_order() -> None:
    ordered = worst_first(sample.report().verdicts)

    assert [v.citation.label for v in ordered if v.citation] == list("43657812")


def test_what_could_not_be_checked_says_why_and_what_to_do() -> None:
    text = plain(sample.report())

    assert "failed (live): https://institute.example/salt: 403 Forbidden" in text
    assert "next: save the page from a browser and name the copy in sources.yaml" in text
    assert "6 of 8 citations checked; 2 could not be." in text


def test_a_misattributed_quotation_is_shown_where_it_stands() -> None:
    text = plain(sample.report())

    assert f"  the source of note [5] says:\n    {sample.CANAL}\n" in text
    assert "why: These words are in the source of note [5], not of note [6]." in text


def test_only_addresses_of_the_web_can_be_opened_at_the_passage() -> None:
    report = sample.report()
    verdict = report.verdicts[0]
    hostile = replace(verdict.evidence[0], fragment="javascript:alert(1)#:~:text=x")
    changed = replace(report, verdicts=(replace(verdict, evidence=(hostile,)),))

    assert "open at the passage" in plain(replace(report, verdicts=(verdict,)))
    assert "open at the passage" not in plain(changed)
    assert "open at the passage" not in FORMATTERS["html"].format([changed])


def test_a_finding_can_be_clicked_and_searched_for() -> None:
    assert (
        "articles/green-valley.txt:25:1 CIT004 warning note [8] gives no address, and "
        "sources.yaml has none for it"
    ) in plain(sample.report()).splitlines()


def test_markup_of_the_terminal_library_is_shown_and_not_obeyed() -> None:
    report = replace(sample.report(), notices=("[bold red]not[/] :skull: bold",))

    assert "note: [bold red]not[/] :skull: bold" in plain(report)


def test_escape_sequences_and_bidi_controls_of_a_source_are_shown() -> None:
    report = sample.report()
    evil = "a\x1b]0;owned\x07\x1b[2J\u202eb\u2066c\x9bd\re"
    verdicts = tuple(
        replace(v, reasons=(evil,), evidence=tuple(replace(e, text=evil) for e in v.evidence))
        for v in report.verdicts
    )
    article = replace(report.article, title=evil)
    text = plain(replace(report, article=article, verdicts=verdicts, tools={evil: evil}))

    assert not set(text) & set("\x1b\x07\x9b\r\u202e\u2066")
    assert "a⟨U+001B⟩]0;owned⟨U+0007⟩" in text
    assert "⟨U+202E⟩b⟨U+2066⟩c⟨U+009B⟩d" in text


# --- words ------------------------------------------------------------------------------


def counted(*outcomes: Outcome) -> Report:
    claim = sample.CITATIONS["1"].claim
    return replace(sample.report(), verdicts=tuple(Verdict(claim, o) for o in outcomes))


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (counted(), "The article has no citation, so nothing was checked."),
        (counted(Outcome.ALTERED), "The only citation was checked."),
        (counted(Outcome.ALTERED, Outcome.SUPPORTED), "All 2 citations were checked."),
        (counted(Outcome.UNCHECKED), "0 of 1 citation checked; 1 could not be."),
        (replace(counted(), fetched=False), "The notes were looked at; no source was asked for."),
    ],
)
def test_coverage_is_said_in_a_sentence(report: Report, sentence: str) -> None:
    assert coverage_sentence(report) == sentence


def test_no_verdict_is_called_certain() -> None:
    assert certainty(1.0) == "99 % sure"
    assert certainty(None) is None


def test_the_non_joiner_and_line_feeds_are_kept() -> None:
    assert visible("می‌رود\nو\tآمد\u200f") == "می‌رود\nو\tآمد\u200f"


def test_windows_line_ends_are_line_ends() -> None:
    assert visible("a\r\nb") == "a\nb"


def test_a_shortened_text_keeps_to_its_length() -> None:
    assert shortened("one two  three", 8) == "one two…"
    assert one_line(" a\n b ") == "a b"


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://gazette.example/a?b=c#d", True),
        ("HTTP://gazette.example", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("vbscript:x", False),
        ("//gazette.example", False),
        ("https:alert(1)", False),
        ("https://a b", False),
        ("https://gazette.example/\u202egpj.exe", False),
        ("http://[", False),
        ("file:///etc/passwd", False),
        ("pages/2.html", False),
    ],
)
def test_only_web_addresses_become_links(url: str, *, linked: bool) -> None:
    assert (web_address(url) == url) is linked


def test_no_report_is_no_text_but_no_crash() -> None:
    assert FORMATTERS["terminal"].format([]).strip() == ""
    assert "<!DOCTYPE html>" in FORMATTERS["html"].format([])
