"""What people let stand: where a suppression may be, what it covers, and when it holds."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from verify import pipeline, rules, sources
from verify.article import read
from verify.article.remarks import blanked, in_html, in_markdown, in_text, without
from verify.fetch.local import FileFetcher
from verify.judge.verdict import Examiner
from verify.language.identify import Identifier

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from verify.model import Article, Finding, Report

PAGE = """<html lang="en"><body><article><h1>The bridge opens</h1>
<p>The bridge over the dry river was opened by the mayor on 3 May 2021.</p>
<p>The mayor said that 46 lamps will burn on it every night of the year.</p>
</article></body></html>
"""
TRUE = "The bridge over the dry river was opened by the mayor on 3 May 2021.[^1]"
CHANGED = "The mayor said that “64 lamps will burn on it every night”.[^2]"
NOTES = """
[^1]: “The bridge opens”, Hill Post, (Date of Accession: 04.05.2021).
[^2]: “The bridge opens”, Hill Post, (Date of Accession: 04.05.2021).
"""
ARTICLE = f"# Lamps\n\n{TRUE}\n\n{CHANGED}\n{NOTES}"
COVERING = "<!-- verify: ignore[QUO002] the print edition has 64 -->"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Report]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_text(PAGE, "utf-8")

    def run(text: str, *, entry: str = "", name: str = "article.md") -> Report:
        (tmp_path / name).write_text(text, "utf-8")
        head = "sources:\n  - note: [1, 2]\n    file: page.html\n"
        (tmp_path / "sources.yaml").write_text(head + entry, "utf-8")
        return check_again(tmp_path / name)

    return run


def check_again(article: Path) -> Report:
    return pipeline.Verifier(
        files=FileFetcher(),
        live=FileFetcher(),
        identifier=Identifier(),
        examiner=Examiner(),
        offline=True,
        jobs=1,
        clock=lambda: NOW,
    ).check(article)


def found(report: Report, code: str) -> list[Finding]:
    return [f for f in report.findings if f.code == code]


def told(report: Report) -> list[str]:
    return [f"{f.code} {f.flag.message}" for f in report.findings if f.code in {"CIT011", "CIT012"}]


# --- where it may stand -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"{COVERING}\n{CHANGED}\n",
        f"{COVERING}\n\n{CHANGED}\n",
        f"{CHANGED} {COVERING}\n",
        f"The mayor came late. {COVERING} {CHANGED}\n",
        f"{COVERING} {CHANGED}\n",
        f"<!-- verify: ignore-file[altered-quotation] the print edition has 64 -->\n\n{CHANGED}\n",
        f"<!--verify: ignore[CLM001,\tquo002]: the print edition\nhas 64 -->\n{CHANGED}\n",
    ],
)
def test_a_comment_covers_its_paragraph_the_next_one_or_the_file(
    text: str, check: Callable[..., Report]
) -> None:
    report = check(f"# Lamps\n\n{TRUE}\n\n{text}\n{NOTES}")
    (finding,) = found(report, "QUO002")

    assert len(report.verdicts) == 2
    assert finding.suppression is not None
    assert finding.suppression.reason == "the print edition has 64"
    assert not finding.is_open
    assert report.worst() is None or report.worst().label != "error"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        f"{CHANGED}\n\n{COVERING}\n",
        f"{COVERING}\n\nThe mayor came late.\n\n{CHANGED}\n",
        f"{CHANGED}\n\n`{COVERING}`\n",
        f"{CHANGED}\n\n```html\n{COVERING}\n```\n",
        f"{CHANGED} <!-- verify: ignore[QUO001] the print edition has 64 -->\n",
        f"{CHANGED} <!-- verify: ignore[QUO002] the print edition until=2026-11-19 -->\n",
        f"{CHANGED} <!-- verify: ignore[QUO002] -->\n",
        f"{CHANGED} <!-- verify: ignore[QUO002] the print edition until=soon -->\n",
    ],
)
def test_another_place_code_or_time_covers_nothing(text: str, check: Callable[..., Report]) -> None:
    (finding,) = found(check(f"# Lamps\n\n{TRUE}\n\n{text}\n{NOTES}"), "QUO002")

    assert finding.suppression is None
    assert finding.is_open


def test_the_last_day_still_counts(check: Callable[..., Report]) -> None:
    text = f"{CHANGED} <!-- verify: ignore[QUO002] until=2026-11-20 the print edition -->"
    (finding,) = found(check(f"# Lamps\n\n{TRUE}\n\n{text}\n{NOTES}"), "QUO002")

    assert finding.suppression is not None
    assert finding.suppression.reason == "the print edition"


def test_html_and_plain_text_take_the_same_comment(check: Callable[..., Report]) -> None:
    page = (
        '<html lang="en"><body><article><h1>Lamps</h1><p>{}<sup><a href="#f1">1</a></sup></p>'
        '<!-- verify: ignore[QUO001] elsewhere --><p>{}<sup><a href="#f2">2</a></sup>{}</p>'
        '<ol><li id="f1">“The bridge opens”, Hill Post.</li>'
        '<li id="f2">“The bridge opens”, Hill Post.</li></ol></article></body></html>'
    ).format(TRUE.removesuffix("[^1]"), CHANGED.removesuffix("[^2]"), COVERING)
    plain = f"{COVERING.replace('ignore[', 'ignore-file[')}\nLamps\n\n{TRUE}\n\n{CHANGED}\n{NOTES}"

    for name, text in (("a.html", page), ("a.txt", plain.replace("[^", "["))):
        report = check(text, name=name)
        (finding,) = found(report, "QUO002")
        assert finding.suppression is not None, name
        assert report.article.title == "Lamps"
        assert len(report.verdicts) == 2, name


def test_a_comment_of_the_word_processor_covers_its_paragraph(
    check: Callable[..., Report], tmp_path: Path
) -> None:
    check(ARTICLE)
    (tmp_path / "a.docx").write_bytes(word("verify: ignore[QUO002] the print edition has 64"))
    covered = read(tmp_path / "a.docx")
    (tmp_path / "b.docx").write_bytes(word("please look at this"))

    (suppression,) = covered.suppressions
    assert (suppression.code, suppression.reason) == ("QUO002", "the print edition has 64")
    assert suppression.first == covered.position(covered.text.index("The mayor said"))
    assert "verify" not in covered.text
    assert read(tmp_path / "b.docx").suppressions == ()
    (finding,) = found(check_again(tmp_path / "a.docx"), "QUO002")
    assert finding.suppression == suppression


def word(comment: str) -> bytes:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = (
        f"<w:document {w}><w:body><w:p><w:r><w:t>The lamps burn.[1]</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>The mayor said that “64 lamps will burn on it”.[1]</w:t></w:r>"
        '<w:r><w:commentReference w:id="7"/></w:r></w:p>'
        "<w:p><w:r><w:t>[1] “The bridge opens”, Hill Post.</w:t></w:r></w:p></w:body></w:document>"
    )
    comments = (
        f'<w:comments {w}><w:comment w:id="7"><w:p><w:r><w:t>{comment}</w:t></w:r></w:p>'
        "</w:comment></w:comments>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", body)
        archive.writestr("word/comments.xml", comments)
    return stream.getvalue()


def test_an_entry_of_sources_yaml_covers_whatever_cites_it(check: Callable[..., Report]) -> None:
    entry = (
        "    ignore:\n"
        "      - code: [altered-quotation, SRC005]\n"
        "        reason: the print edition has 64\n"
        "        until: 2027-01-31\n"
    )
    report = check(ARTICLE, entry=entry)

    assert [f.suppression is not None for f in found(report, "QUO002")] == [True]
    assert [f.suppression is not None for f in found(report, "SRC005")] == [True]
    assert told(report) == []


def test_a_comment_at_a_note_covers_what_is_told_of_its_source(
    check: Callable[..., Report],
) -> None:
    comment = "<!-- verify: ignore[SRC005] the page is kept in this repository -->"
    notes = NOTES.replace("04.05.2021).\n[^2]", f"04.05.2021). {comment}\n[^2]")
    (finding,) = found(check(f"# Lamps\n\n{TRUE}\n\n{CHANGED}\n{notes}"), "SRC005")

    assert finding.flag.path.name == "sources.yaml"
    assert finding.suppression is not None


# --- the rules on suppressions ------------------------------------------------------------


def test_expired_unused_and_invalid_ones_are_findings(check: Callable[..., Report]) -> None:
    text = (
        f"# Lamps\n\n{TRUE} <!-- verify: ignore[CLM002] nobody knows -->\n\n"
        f"{CHANGED} <!-- verify: ignore[QUO002] until=2020-01-01 the print edition -->\n\n"
        "The end. <!-- verify: ignore[QUO002] --> <!-- verify: ignore[XYZ001] because -->\n"
        "<!-- verify: ignore[CIT012] because --> <!-- verify: look away -->\n"
        "<!-- verify: ignore[] because --> <!-- verify: ignore[CIT002] x until=31.01 -->\n"
    )
    report = check(text + NOTES)

    assert told(report) == [
        "CIT012 the suppression of CLM002 (“nobody knows”) covers no finding",
        "CIT011 the suppression of QUO002 (“the print edition”) ended on 2020-01-01",
    ]
    assert [f.flag.message.split(";")[0] for f in found(report, "CIT013")] == [
        "the suppression of QUO002 gives no reason, so it does not hold",
        "there is no rule “XYZ001”",
        "CIT012 cannot be suppressed: it speaks of suppressions",
        "this suppression does not hold: 'look away' says nothing",
        "this suppression names no rule",
        "this suppression does not hold: '31.01' is no day",
    ]


def test_an_unchecked_citation_leaves_its_suppression_alone(
    check: Callable[..., Report], tmp_path: Path
) -> None:
    text = f"# Lamps\n\n{TRUE}\n\n{CHANGED} {COVERING}\n{NOTES}"

    assert [f.code for f in check(text.replace("64", "46")).findings if f.code == "CIT012"]
    (tmp_path / "page.html").write_bytes(b"")
    unread = check_again(tmp_path / "article.md")

    assert [v.outcome.value for v in unread.verdicts] == ["unchecked", "unchecked"]
    assert told(unread) == []
    assert told(pipeline.lint(tmp_path / "article.md")) == []


def test_the_narrower_of_two_is_the_one_that_is_used(check: Callable[..., Report]) -> None:
    wide = COVERING.replace("ignore[", "ignore-file[")
    report = check(f"# Lamps\n\n{wide}\n\n{TRUE}\n\n{CHANGED} {COVERING}\n{NOTES}")
    (finding,) = found(report, "QUO002")

    assert finding.suppression is not None
    assert finding.suppression.first is not None
    assert [f.flag.position.line for f in found(report, "CIT012")] == [3]


def test_findings_come_out_the_same_a_second_time(check: Callable[..., Report]) -> None:
    report = check(f"# Lamps\n\n{TRUE}\n\n{CHANGED} {COVERING}\n{NOTES}")

    assert rules.apply(report) == report.findings


# --- the comment is no text ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html"])
def test_a_comment_is_no_part_of_the_article(name: str, tmp_path: Path) -> None:
    def article(comment: str) -> Article:
        body = f"{comment}\n\nThe bridge{comment} was opened in May.[1] {comment}\n\n{comment}\n"
        if name == "a.html":
            body = f"<html><body><p>{body}</p></body></html>"
        (tmp_path / name).write_text(f"{body}\n[1] “The bridge opens”, Hill Post.\n", "utf-8")
        return read(tmp_path / name)

    bare, noted = article(""), article(COVERING)

    assert [c.claim.text for c in noted.citations] == [c.claim.text for c in bare.citations]
    assert [r.raw for r in noted.references] == [r.raw for r in bare.references]
    assert "verify:" not in noted.text
    assert len(noted.suppressions) == 4


def test_positions_are_those_of_the_file(tmp_path: Path) -> None:
    text = f"# Lamps\n\n{COVERING} The bridge was opened in May.[^1] More.\n{NOTES}"
    (tmp_path / "a.md").write_text(text, "utf-8")
    article = read(tmp_path / "a.md")
    (citation, *_) = article.citations

    place = article.position(citation.marker.start)
    assert text.splitlines()[place.line - 1][place.column - 1 :].startswith("[^1]")


def test_what_is_taken_out_keeps_lines_and_offsets() -> None:
    text = f"One {COVERING} two\n<!-- verify: ignore[CIT001]\nwhy\n-->\n<!-- a note -->\n"

    assert len(blanked(text)) == len(text)
    assert without(text).count("\n") == text.count("\n")
    assert "<!-- a note -->" in without(text)
    assert [r.position.line for r in in_text(text)] == [1, 2]


@pytest.mark.parametrize("find", [in_text, in_markdown, in_html, blanked, without])
@pytest.mark.parametrize(
    "piece",
    [
        "<!-- verify:",
        "<!--",
        "`",
        "```\n",
        "~~~~",
        "<script>",
        "``` `",
        "-->",
        "<!-- verify: ignore[",
    ],
)
def test_hostile_text_is_read_in_linear_time(find: Callable[[str], object], piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.process_time()
    find(text)

    assert time.process_time() - began < 5


def test_an_entry_without_a_code_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  - note: 1\n    ignore:\n      - reason: x\n"
    )

    with pytest.raises(Exception, match=r"sources\.yaml:4: .*'code'"):
        sources.load(tmp_path / "sources.yaml")
