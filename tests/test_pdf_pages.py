"""From a PDF's page to the reader: every report says on which page the evidence stands."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.util import find_spec
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from tests import sample
from tests.test_cli import verify
from verify.audit.screen import show
from verify.audit.walk import Item, Walk
from verify.extract import extract
from verify.judge.fragment import fragment_address
from verify.model import Document, Evidence, Identification, Language, Snapshot, SourceId, Span
from verify.report.json import dump
from verify.report.load import load
from verify.report.strings import Strings
from verify.report.words import lead_in, place_in_source

if TYPE_CHECKING:
    from pathlib import Path

needs_reader = pytest.mark.skipif(
    not shutil.which("pdftotext") and not find_spec("pdfminer"), reason="needs a reader of PDFs"
)

# What is printed at the foot is not what a reader of files counts: the first page has a 41.
PAGES = (
    (
        "A report on the roads of the district",
        "The council of the district asked for this report in the spring.",
        "It was written by three engineers who had not worked there before.",
        "41",
    ),
    (
        "The wooden bridge at Kolbe was closed to lorries in March 2019.",
        "Two of its seven beams had rotted where they rest on the stone.",
        "42",
    ),
    (
        "A new bridge of concrete would cost 840 thousand, the engineers wrote.",
        "They advised the council to wait for the spring flood to pass.",
        "43",
    ),
)
ARTICLE = """# The bridge

The wooden bridge at Kolbe was closed to lorries in March 2019.[^1]

The engineers wrote that “a new bridge of concrete would cost 840 thousand”.[^2]

[^1]: “Roads”, District Office, p. 12.
[^2]: “Roads”, District Office, p. 43.
"""


def pdf(pages: tuple[tuple[str, ...], ...]) -> bytes:
    """Write a PDF with a page for each group of lines."""
    numbers = [4 + 2 * n for n in range(len(pages))]
    kids = " ".join(f"{n} 0 R" for n in numbers)
    objects = {
        1: "<</Type /Catalog /Pages 2 0 R>>",
        2: f"<</Type /Pages /Kids [{kids}] /Count {len(pages)}>>",
        3: "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
    }
    for number, lines in zip(numbers, pages, strict=True):
        drawn = " ".join(f"({line}) Tj 0 -30 Td" for line in lines)
        stream = f"BT /F 11 Tf 60 700 Td {drawn} ET"
        objects[number] = (
            "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
            f" /Resources <</Font <</F 3 0 R>>>> /Contents {number + 1} 0 R>>"
        )
        objects[number + 1] = f"<</Length {len(stream)}>> stream\n{stream}\nendstream"
    body, places = "%PDF-1.4\n", []
    for number, said in sorted(objects.items()):
        places.append(len(body))
        body += f"{number} 0 obj {said} endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer <</Size {size} /Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode("latin-1")


def read(address: str = "https://roads.example/report.pdf") -> Document:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    found = Snapshot(SourceId("s"), address, address, "application/pdf", pdf(PAGES), now, "live")
    return Document(found, extract(found), Identification(Language("en"), 1.0))


@needs_reader
def test_every_report_says_on_which_page_the_evidence_stands(tmp_path: Path) -> None:
    (tmp_path / "roads.pdf").write_bytes(pdf(PAGES))
    (tmp_path / "article.md").write_text(ARTICLE, "utf-8")
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  - {note: [1, 2], file: roads.pdf}\n", "utf-8"
    )
    names = {"json": "r.json", "html": "r.html", "markdown": "r.md", "csv": "r.csv"}
    names |= {"junit": "r.xml", "sarif": "r.sarif"}
    formats = [part for name, file in names.items() for part in ("--format", f"{name}={file}")]
    run = verify("check", "article.md", "--offline", *formats, "--format", "terminal", cwd=tmp_path)
    verify("render", "r.json", "--format", "html=fa.html", "--ui", "fa", cwd=tmp_path)
    written = {name: (tmp_path / file).read_text("utf-8") for name, file in names.items()}

    verdicts = json.loads(written["json"])["verdicts"]
    assert [v["evidence"][0]["page"] for v in verdicts] == [2, 3], run.stderr
    assert "the source says, page 2 of the PDF:" in run.stdout
    assert "the source says, page 3 of the PDF:" in run.stdout
    assert "(page 2 of the PDF)</em></figcaption>" in written["html"]
    assert "(صفحهٔ ۳ از پی‌دی‌اف)</em></figcaption>" in (tmp_path / "fa.html").read_text("utf-8")
    assert "The source says, page 2 of the PDF:" in written["markdown"]
    assert "the source says, page 3 of the PDF:" in written["junit"]
    rows = csv.DictReader(StringIO(written["csv"].removeprefix("\ufeff")))
    assert [row["evidence_page"] for row in rows if row["row"] == "citation"] == ["2", "3"]


@needs_reader
def test_the_auditor_sees_the_page_and_so_does_a_passage_of_their_own() -> None:
    document = read()
    report = sample.report()
    place = next(i for i, v in enumerate(report.verdicts) if v.source_id and v.evidence)
    source_id = report.verdicts[place].source_id
    assert source_id
    report = replace(report, readings={**report.readings, source_id: document})
    walk = Walk([report], [report.article.path], "A. Reader", date(2026, 1, 1))
    walk.position = next(i for i, item in enumerate(walk.items) if item.index == place)
    start = document.text.index("Two of its seven")
    walk.point_to(Span(start, start + 30))
    assert walk.current
    assert shown(walk.current).count("page 2 of the PDF:") == 1
    assert shown(walk.current, width=140).count("page 2 of the PDF:") == 1


def shown(item: Item, width: int = 80) -> str:
    console = Console(width=width, record=True, file=StringIO())
    show(console, item, "1 of 1")
    return console.export_text()


@needs_reader
def test_the_address_of_a_passage_opens_the_pdf_on_its_page() -> None:
    document = read()
    start = document.text.index("Two of its seven")
    whole = Span(start, document.text.index(".", start))
    address = fragment_address(document, whole)

    assert address
    assert address.startswith("https://roads.example/report.pdf#page=2:~:text=Two%20of")
    own = fragment_address(read("https://roads.example/report.pdf#page=9"), whole)
    assert own
    assert own.startswith("https://roads.example/report.pdf#page=9:~:text=Two%20of")


@pytest.mark.parametrize(
    ("page", "is_main", "english", "persian"),
    [
        (None, True, "", ""),
        (12, True, "page 12 of the PDF", "صفحهٔ ۱۲ از پی‌دی‌اف"),
        (None, False, "outside its main text", "بیرون از متن اصلی صفحه"),
        (
            1,
            False,
            "page 1 of the PDF, outside its main text",
            "صفحهٔ ۱ از پی‌دی‌اف، بیرون از متن اصلی صفحه",
        ),
    ],
)
def test_a_place_is_said_in_both_languages(
    page: int | None, is_main: bool, english: str, persian: str
) -> None:
    evidence = Evidence("words", Span(0, 5), 1.0, "exact", is_main, page=page)

    assert place_in_source(evidence) == english
    assert place_in_source(evidence, Strings("fa")) == persian
    assert lead_in("it says", evidence) == (f"it says, {english}" if english else "it says")


def test_a_page_outlives_the_json_and_older_files_have_none() -> None:
    report = sample.report()
    verdict = next(v for v in report.verdicts if v.evidence)
    paged = replace(verdict, evidence=(replace(verdict.evidence[0], page=7),))
    text = dump([replace(report, verdicts=(paged,))])

    assert load(text)[0].verdicts[0].evidence[0].page == 7
    old = json.loads(text)
    del old["verdicts"][0]["evidence"][0]["page"]
    assert load(json.dumps(old))[0].verdicts[0].evidence[0].page is None
