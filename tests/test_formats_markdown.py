"""The Markdown summary: what is new, what got worse, and nothing that a page can steer."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from tests import hostile, sample
from tests.test_formats import poisoned
from verify.model import Outcome, Report
from verify.report import for_run
from verify.report.inert import inert, link, prose
from verify.report.markdown import LONGEST, MarkdownFormatter


def markdown(*reports: Report, before: tuple[Report, ...] = ()) -> str:
    return for_run("markdown", before=before).format(reports)


def rendered(text: str) -> str:
    """Render as GitHub does before it looks for names and numbers."""
    return str(MarkdownIt("commonmark", {"html": True}).enable(["table"]).render(text))


# --- what it says -----------------------------------------------------------------------


def test_it_begins_with_how_much_was_checked() -> None:
    assert markdown(sample.report()).startswith("## 6 of 8 citations checked; 2 could not be.\n")


def test_several_articles_have_one_summary() -> None:
    text = markdown(sample.report(), sample.report())

    assert text.startswith("## 2 articles: 12 of 16 citations checked; 4 could not be.\n")


def test_no_report_is_never_a_pass() -> None:
    assert markdown() == "Nothing was checked: there is no report.\n"


def test_findings_are_new_where_a_baseline_has_others() -> None:
    found = len(sample.report().findings)
    text = markdown(sample.decided())

    assert f"### Findings: {found}\n" in markdown(sample.report())
    assert f"### New findings: {found - 4}\n" in text
    fresh = text.partition("### articles/")[0]
    assert "<code>CLM002</code>" in fresh
    assert "<code>CLM003</code>" not in fresh
    assert "Not counted: 2 suppressed, 2 known already (baseline)" in text
    assert "suppressed: the speech as it was printed, not as it was held" in text


def test_what_got_worse_is_told_with_both_outcomes() -> None:
    now = sample.report()
    better = tuple(
        replace(v, outcome=Outcome.SUPPORTED) if v.citation and v.citation.label == "4" else v
        for v in now.verdicts
    )
    text = markdown(now, before=(replace(now, verdicts=better),))

    assert "### Worse than before: 1\n" in text
    assert (
        "- ✓ supported → ✗ **contradicted**, articles/green-valley.txt:5, note 4: "
        "He added that no family would have to move."
    ) in text
    assert "Worse than before" not in markdown(now, before=(now,))


def test_no_longer_checked_is_worse_than_supported() -> None:
    now = sample.report()
    first = now.verdicts[0]
    lost = replace(first, outcome=Outcome.UNCHECKED, evidence=(), version=None)
    text = markdown(replace(now, verdicts=(lost, *now.verdicts[1:])), before=(now,))

    assert "✓ supported → ○ **unchecked**" in text


def test_the_evidence_is_folded_away_in_the_original_and_in_english() -> None:
    text = markdown(sample.decided())

    assert text.count("<details>") == text.count("</details>") == 9
    assert '> <span dir="rtl">معاون وزیر گفت که ۴۶ خانواده شاید تا پایان سال جابه\u200cجا' in text
    assert "> The deputy minister said that 46 families may be moved" in text
    assert "Parisa decided on 2026-11-21" in text
    assert "Only the archived copy has the passage" in text


def test_what_needs_room_is_left_out_whole_and_said_so() -> None:
    text = MarkdownFormatter(longest=4_000).format([sample.report()])

    assert len(text) < 4_400
    assert re.search(r"^\d+ more parts are left out, for want of room\.", text, re.MULTILINE)
    assert text.count("<details>") == text.count("</details>")
    assert text.startswith("## 6 of 8 citations checked; 2 could not be.")


def test_the_largest_report_fits_into_a_comment() -> None:
    report = sample.report()
    many = replace(report, verdicts=report.verdicts * 60, findings=report.findings * 60)

    assert LONGEST < len(markdown(many)) + 2_000 < 65_536 + 2_000
    assert len(markdown(many)) < 65_536


# --- what it keeps out ------------------------------------------------------------------


# The others mean nothing to Markdown.
ACTIVE = {"script elements", "addresses", "Markdown and tables"}


@pytest.mark.parametrize("group", hostile.PAYLOADS)
def test_nothing_of_a_page_becomes_part_of_the_summary(group: str) -> None:
    harmless = rendered(markdown(poisoned("https://harmless.example/"), poisoned("باران")))
    step = 1 if group in ACTIVE else 4
    for payload in hostile.PAYLOADS[group][::step]:
        page = rendered(markdown(poisoned(payload)))
        assert not hostile.html_faults(page, harmless), payload[:60]


CALLS = (
    "@octocat", "x @org/team y", "#12", "owner/repo#12", "GH-12", "gh-7", "a@b.example", ":skull:",
)  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_nobody_is_called_and_no_issue_is_named(call: str) -> None:
    """GitHub looks for these in the rendered text."""
    shown = re.sub(r"<[^>]+>", "", rendered(inert(call)))

    assert not re.search(r"@\w|#\d|\bGH-\d|:\w+:", shown, re.IGNORECASE), shown
    assert shown.replace("\u200b", "").strip() == call


MARKUP = (
    "<b>x</b>", "<!-- x -->", "**x**", "__x__", "`x`", "```x", "~~~x", "[a](https://b.example)",
    "![a](https://b.example/c.png)", "[a]: https://b.example", "<https://b.example>", "| a | b |",
    "# x", "- x", "* x", "+ x", "1. x", "12) x", "> x", "---", "===", "***", "a\n---", "&lt;",
    "&amp;lt;", "\\", "\\*", "x\n\ny", "    x", "\tx", "$x$", "$$x$$", "www.a.example",
    "https://a.example", "~~x~~", "<details>", "</details>", "</summary>", "x</td></tr></table>",
)  # fmt: skip


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_shown_letter_by_letter(text: str) -> None:
    assert rendered(inert(text)) == f"<p>{html(' '.join(text.split()))}</p>\n"
    assert rendered(f"> {inert(text)}\n") == (
        f"<blockquote>\n<p>{html(' '.join(text.split()))}</p>\n</blockquote>\n"
    )
    table = rendered(f"| a |\n|---|\n| {inert(text)} |\n")
    assert f"<td>{html(' '.join(text.split()))}</td>" in table


def html(text: str) -> str:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, entity)
    return text


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://a.example/b?c=d&e=f#g", 'href="https://a.example/b?c=d&amp;e=f#g"'),
        ('https://a.example/"onclick=x', 'href="https://a.example/%22onclick=x"'),
        ("https://a.example/<b>|`)", 'href="https://a.example/%3Cb%3E%7C%60%29"'),
        ("https://خبر.example/سد", "href="),
    ],
)
def test_a_link_leads_where_it_says(url: str, target: str) -> None:
    assert target in link("the page", url)
    assert link("the page", url).count("<a ") == 1


@pytest.mark.parametrize("url", hostile.PAYLOADS["addresses"])
def test_no_other_address_is_linked(url: str) -> None:
    assert "<a " not in link("the page", url) or url.startswith(("http://", "https://"))


def test_words_from_right_to_left_stand_in_their_own_direction() -> None:
    assert prose("سد سبز opened", 99) == '<span dir="rtl">سد سبز opened</span>'
    assert prose("opened: سد سبز", 99) == 'opened: <span dir="rtl">سد سبز</span>'
    assert prose("the dam «سد سبز» opened", 99) == (
        'the dam «<span dir="rtl">سد سبز</span>» opened'
    )
    assert prose("گنجایش ۴۰ میلیون (m³)", 99) == '<span dir="rtl">گنجایش ۴۰ میلیون (m³)</span>'
