"""`--against OLD.json`: two runs of one article, and what the second one tells of the first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup

from tests import sample
from verify.cli import main
from verify.model import Outcome
from verify.report import for_run
from verify.report.since import MOST_EDITED, Since, Turn
from verify.report.strings import ENGLISH, INTERFACES, Strings

if TYPE_CHECKING:
    from verify.model import Report, Verdict

PAGE = """<html lang="en"><body><article><h1>The bridge opens</h1>
<p>The bridge over the dry river was opened by the mayor on 3 May 2021.</p>
<p>The mayor said that 46 lamps will burn on it every night of the year.</p>
<p>The fishermen of the lower town had asked for a second landing place by the old mill.</p>
</article></body></html>
"""
ARTICLE = """# Lamps

The bridge over the dry river was opened by the mayor on 3 May 2021.[^1]

The mayor said that “64 lamps will burn on it every night”.[^2]

The fishermen of the lower town had asked for “a second landing place by the old mill”.[^3]

[^1]: “The bridge opens”, Hill Post, (Date of Accession: 04.05.2021).
[^2]: “The lamps of the bridge”, Hill Post, (Date of Accession: 04.05.2021).
[^3]: “The fishermen”, Hill Post, (Date of Accession: 04.05.2021).
"""
SOURCES = "sources:\n" + "".join(f"  - {{note: {n}, file: page-{n}.html}}\n" for n in (1, 2, 3))
OPTIONS = ("--offline", "--no-translate", "--quiet")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the folder of an article that has been checked once, as `old.json`."""
    monkeypatch.chdir(tmp_path)
    for note in (1, 2, 3):
        Path(f"page-{note}.html").write_text(PAGE, "utf-8")
    Path("lamps.md").write_text(ARTICLE, "utf-8")
    Path("sources.yaml").write_text(SOURCES, "utf-8")
    Path("old.json").write_text(first_run(), "utf-8")
    return tmp_path


@cache
def first_run() -> str:
    """Check the article where we stand; every test begins with what came of it."""
    assert check("--format", "json=first.json") == 1
    return Path("first.json").read_text("utf-8")


@cache
def second_run() -> str:
    """Check it again after a page has changed and a sentence was put right."""
    edit("page-3.html", "a second landing place", "a third landing place")
    edit("lamps.md", "“64", "“46")
    assert check("--format", "json=second.json") == 1
    return Path("second.json").read_text("utf-8")


def check(*arguments: str) -> int:
    return main(["check", "lamps.md", *OPTIONS, *arguments])


def edit(name: str, old: str, new: str) -> None:
    text = Path(name).read_text("utf-8")
    assert old in text
    Path(name).write_text(text.replace(old, new), "utf-8")


def told(*arguments: str) -> str:
    """Check again, and return what Markdown tells of it."""
    check("--against", "old.json", "--format", "markdown=told", *arguments)
    return Path("told").read_text("utf-8")


def shown(format_: str, *arguments: str) -> str:
    """Show the second run beside the first."""
    Path("new.json").write_text(second_run(), "utf-8")
    flags = ("--against", "old.json", "--format", f"{format_}=shown", *arguments)
    assert main(["render", "new.json", *flags]) == 0
    return Path("shown").read_text("utf-8")


# --- two runs ---------------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_a_page_that_changed_its_mind_makes_the_claim_worse() -> None:
    text = shown("markdown")

    assert "### Worse than before: 1\n" in text
    assert "- ✓ supported → ≠ **altered**, lamps.md:7, note 3: The fishermen" in text
    assert "### New findings: 1\n" in text
    assert "### Findings as before: 3\n" in text


@pytest.mark.usefixtures("folder")
def test_a_sentence_put_right_is_better_and_its_finding_solved() -> None:
    text = shown("markdown")

    assert "### Better than before: 1\n" in text
    assert "- ≠ altered → ✓ **supported**, lamps.md:5, note 2 (edited): The mayor" in text
    assert "<summary>Findings solved: 1</summary>\n\n- <code>QUO002</code>" in text


@pytest.mark.usefixtures("folder")
def test_a_check_says_the_same_as_a_render_of_it() -> None:
    rendered = shown("markdown")
    edit("page-3.html", "a second landing place", "a third landing place")
    edit("lamps.md", "“64", "“46")

    def compared(text: str) -> str:
        return text[text.index("**Since") : text.index("### lamps.md")]

    assert compared(told()) == compared(rendered)


@pytest.mark.usefixtures("folder")
def test_a_new_claim_is_new_and_one_taken_out_is_counted() -> None:
    sentence = "The fishermen of the lower town had asked for “a second landing place"
    edit("lamps.md", f"{sentence} by the old mill”.", "Twelve bakers shut their ovens for a day.")
    text = told()

    assert "1 new, 1 no longer in the article" in text
    assert "### New claims: 1\n" in text
    assert "lamps.md:7, note 3: Twelve bakers" in text


@pytest.mark.usefixtures("folder")
def test_a_source_that_is_lost_is_worse_and_solves_nothing() -> None:
    Path("page-2.html").unlink()
    text = told()

    assert "- ≠ altered → ○ **unchecked**, lamps.md:5, note 2" in text
    assert "Checked: 3 of 3 then, 2 of 3 now." in text
    assert "Findings solved" not in text


@pytest.mark.usefixtures("folder")
def test_lines_that_move_and_notes_that_are_renumbered_change_nothing() -> None:
    edit("lamps.md", "# Lamps\n", "# Lamps\n\nNobody needs a source for this.\n")
    edit("lamps.md", "[^3]", "[^9]")
    edit("sources.yaml", "note: 3", "note: 9")
    text = told()

    assert "no claim has changed" in text
    assert "→" not in text


@pytest.mark.usefixtures("folder")
def test_the_terminal_says_it_at_the_end_within_eighty_columns() -> None:
    text = shown("terminal")
    end = text[text.index("\nSince ") :]

    assert "1 worse, 1 better, 1 new finding, 1" in end
    assert "  worse: ✓ supported → ≠ altered  lamps.md:7, note 3\n" in end
    assert "  better: ≠ altered → ✓ supported  lamps.md:5, note 2, edited\n" in end
    assert max(map(len, end.splitlines())) <= 80


@pytest.mark.usefixtures("folder")
def test_the_page_marks_the_claim_and_can_show_what_changed_alone() -> None:
    soup: Any = BeautifulSoup(shown("html"), "lxml")
    better, worse = soup.select(".card .turn")

    assert worse.find_parent(class_="card")["data-turn"] == "worse"
    assert "was supported on" in worse.get_text()
    assert "the sentence has been edited" in better.get_text()
    assert "1 worse, 1 better" in soup.select_one(".masthead .since").get_text()
    assert "Changed since" in soup.select_one("button.chip.turned").get_text()


@pytest.mark.usefixtures("folder")
def test_the_page_says_it_in_persian() -> None:
    soup: Any = BeautifulSoup(shown("html", "--ui", "fa"), "lxml")
    better, worse = soup.select(".card .turn")

    assert "۱ ادعا بدتر شده، ۱ ادعا بهتر شده" in soup.select_one(".masthead .since").get_text()
    assert "تأییدشده" in worse.get_text()
    assert "جمله ویرایش شده است" in better.get_text()
    assert "تغییرکرده از" in soup.select_one("button.chip.turned").get_text()


@pytest.mark.usefixtures("folder")
def test_json_is_the_same_with_and_without_it() -> None:
    alone = shown("json")

    assert alone == second_run()
    assert "against" not in alone


@pytest.mark.usefixtures("folder")
def test_the_report_that_is_written_anew_may_be_the_one_compared_with() -> None:
    edit("lamps.md", "“64", "“46")
    text = told("--format", "json=old.json")

    assert "### Better than before: 1\n" in text
    assert "no claim has changed" in told()


@pytest.mark.usefixtures("folder")
def test_what_was_left_out_is_neither_gone_nor_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "test")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    edit("lamps.md", "by the mayor on 3 May", "on 3 May")
    text = told("--changed-since", "HEAD")

    assert "2 citations were left out" in text
    assert "no longer in the article" not in text
    assert "solved" not in text


def git(*arguments: str) -> None:
    import subprocess

    subprocess.run(["git", *arguments], check=True, capture_output=True)


def test_it_comes_from_a_settings_file_too_and_counts_from_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("verify.toml").write_text('against = "old.json"\n', "utf-8")
    (folder / "deep").mkdir()
    monkeypatch.chdir(folder / "deep")

    main(["check", "../lamps.md", *OPTIONS, "--format", "markdown=told"])
    assert "no claim has changed" in Path("told").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "said", "hint"),
    [
        (None, "no such file", "--format json wrote"),
        (b"# Lamps\n", "it is not JSON", "--format json"),
        (b"\xff\xfe\x00", "it is not utf-8 text", "--format json wrote"),
        (b"{}", "it has no schema_version", "--format json"),
        (b'{"schema_version": "9.0"}', "version '9.0'", "check the article again"),
        (b'{"schema_version": "1.1"}', "'created' is a required property", "--format json"),
    ],
)
@pytest.mark.parametrize("command", [["check", "lamps.md", *OPTIONS], ["render", "old.json"]])
@pytest.mark.usefixtures("folder")
def test_another_file_is_an_error_that_names_it(
    command: list[str],
    content: bytes | None,
    said: str,
    hint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if content is not None:
        Path("other.json").write_bytes(content)

    assert main([*command, "--against", "other.json"]) == 2
    error = capsys.readouterr().err
    assert "cannot read the earlier report other.json: " in error
    assert said in error
    assert hint in error


# --- the comparison ---------------------------------------------------------------------


def with_outcome(report: Report, **outcomes: Outcome) -> Report:
    """Give the claim of note `n3` another outcome."""

    def changed(verdict: Verdict) -> Verdict:
        label = verdict.citation.label if verdict.citation else ""
        return replace(verdict, outcome=outcomes.get(f"n{label}", verdict.outcome))

    return replace(report, verdicts=tuple(map(changed, report.verdicts)))


@pytest.mark.parametrize(
    ("then", "now", "turn"),
    [
        (Outcome.SUPPORTED, Outcome.CONTRADICTED, Turn.WORSE),
        (Outcome.NOT_FOUND, Outcome.PARTLY_SUPPORTED, Turn.BETTER),
        (Outcome.CONTRADICTED, Outcome.UNCHECKED, Turn.WORSE),
        (Outcome.SUPPORTED, Outcome.UNCHECKED, Turn.WORSE),
        (Outcome.UNCHECKED, Outcome.PARTLY_SUPPORTED, Turn.WORSE),
        (Outcome.UNCHECKED, Outcome.SUPPORTED, Turn.BETTER),
        (Outcome.ALTERED, Outcome.ALTERED, None),
    ],
)
def test_no_evidence_is_never_an_improvement(
    then: Outcome, now: Outcome, turn: Turn | None
) -> None:
    before, after = (with_outcome(sample.report(), n1=each) for each in (then, now))
    change = Since.between([after], [before]).of(after.verdicts[0])

    assert (change and change.turn) == turn
    assert (change and change.was) == (then if turn else None)


def test_articles_are_compared_each_with_its_former_self() -> None:
    one = sample.report()
    two = replace(one, article=replace(one.article, path=Path("articles/b.md")))
    worse = with_outcome(two, n1=Outcome.CONTRADICTED)
    since = Since.between([one, worse], [one, two])

    assert [len(since.within(r).changes(Turn.WORSE)) for r in (one, worse)] == [0, 1]
    assert since.coverage(ENGLISH) == "Checked: 12 of 16 then, 12 of 16 now."
    assert since.within(worse).coverage(ENGLISH) == "Checked: 6 of 8 then, 6 of 8 now."


def test_an_article_that_the_earlier_run_did_not_have_says_nothing_of_coverage() -> None:
    one = sample.report()
    other = replace(one, article=replace(one.article, path=Path("articles/b.md")))
    since = Since.between([one, other], [one])

    assert since.within(other).coverage(ENGLISH) == ""
    assert len(since.within(other).changes(Turn.NEW)) == len(one.verdicts)


def test_the_day_is_that_of_the_earlier_run() -> None:
    now = sample.report()
    then = replace(with_outcome(now, n1=Outcome.UNCHECKED), created=now.created - timedelta(202))
    text = for_run("html", before=[then]).format([now])

    assert "was unchecked on 2 May 2026" in text
    assert "۱۲ اردیبهشت ۱۴۰۵" in for_run("html", before=[then], ui="fa").format([now])


def test_what_lint_wrote_makes_no_claim_new() -> None:
    now = sample.report()
    then = replace(now, fetched=False, verdicts=())
    since = Since.between([now], [then])

    assert since.told(ENGLISH) == ["no claim has changed"]
    assert since.coverage(ENGLISH) == ""


def test_a_forged_report_of_many_claims_is_compared_in_time() -> None:
    now = sample.report()
    first = now.verdicts[0]

    def forged(word: str) -> Report:
        claims = (replace(first.claim, text=f"{word} {n} " * 10) for n in range(2_000))
        return replace(now, verdicts=tuple(replace(first, claim=c) for c in claims))

    since = Since.between([forged("salt")], [forged("rain")])

    assert len(since.changes(Turn.NEW)) == 2_000
    assert since.gone() == 2_000
    assert MOST_EDITED < 2_000


@pytest.mark.parametrize("ui", INTERFACES)
@pytest.mark.parametrize("name", ["html", "markdown", "terminal"])
def test_nothing_is_told_of_an_earlier_run_where_there_is_none(name: str, ui: str) -> None:
    report = sample.report()

    assert for_run(name, ui=ui).format([report]) == for_run(name, ui=ui, before=[]).format([report])
    assert Since.between([report], []).line(Strings(ui)) == ""
