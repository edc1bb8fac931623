"""PDF sources: real files, printed by Chromium from pages of ours, read by both programs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.test_extract import check
from verify.errors import ExtractError
from verify.extract import extract, pdf, program
from verify.extract.ligatures import is_swapped, restored, words
from verify.extract.paper import Line, compose
from verify.extract.visual import is_leftward, logical, mirrored
from verify.model import Extraction, Failure, Snapshot, SourceId

if TYPE_CHECKING:
    from pathlib import Path

ZWNJ = "\u200c"
PERSIAN = (
    "سد دره‌ی سروآباد در سال ۱۳۵۳ ساخته شد و ۴۰٪ از آب شهر را می‌دهد.",
    (
        "در سال‌های ۱۳۹۹-۱۴۰۲ و تا تاریخ ۱۴۰۲/۱۱/۲۵ حدود ۱۲٫۵ درصد از خانه‌ها (نزدیک به ۳٬۴۰۰ خانه) "
        "لوله‌کشی شدند و مهندس دشتی گفت: «هیچ خانه‌ای بی‌آب نخواهد ماند.»"
    ),
    (
        "شرکت North Water که از ۱۹۷۴ در این دره کار می‌کند، در گزارش سال 2010 خود نوشت که دیوار سد "
        "به نام X-12 ترک ندارد و تا ۲۵ سال دیگر هم ترک نخواهد خورد."
    ),
)
ENGLISH = (
    "The dam above the village was finished in 1974 and gives the town 40% of its water.",
    (
        "In the years 2010-2012 about 12.5 per cent of the houses (some 3,400) were given pipes; "
        "the engineer said that no house would go without; the well-known wall has no crack in it."
    ),
)

needs_chromium = pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
needs_pdftotext = pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)"
)
READERS = [
    pytest.param("pdftotext", marks=needs_pdftotext),
    pytest.param(
        "pdfminer",
        marks=pytest.mark.skipif(not find_spec("pdfminer"), reason="needs the extra [pdf]"),
    ),
]


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the PDFs that Chromium makes of our pages."""
    folder = tmp_path_factory.mktemp("pdf")
    filler = "".join(
        f"<p>بند شماره {n} درباره رود و کشتزارهای پایین‌دست است.</p>" for n in range(24)
    )
    pages = {
        "persian": "<html lang=fa dir=rtl><title>سد دره</title>"
        "<style>@page{size:A5;margin:2cm}body{font:14pt 'Noto Naskh Arabic'}</style>"
        f"<h1>سد دره</h1>{filler}{''.join(f'<p>{t}</p>' for t in PERSIAN)}",
        "english": "<html lang=en><title>Microsoft Word - draft3.doc</title>"
        "<style>@page{size:A6;margin:2cm}body{columns:2;column-gap:1cm;font:9pt serif;"
        "text-align:justify;hyphens:auto}</style>" + "".join(f"<p>{t}</p>" for t in ENGLISH),
        "scan": "<html><body><svg width=300 height=300><circle r=90 cx=99 cy=99 /></svg>",
    }
    for name, page in pages.items():
        source = folder / f"{name}.html"
        source.write_text(f"<!doctype html><meta charset=utf-8>{page}", encoding="utf-8")
        quiet = ["--no-pdf-header-footer"] if name != "persian" else []
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", *quiet,
             f"--print-to-pdf={folder}/{name}.pdf", str(source)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    return folder


def read(body: bytes, media_type: str = "application/pdf") -> Extraction:
    return extract(Snapshot(SourceId("s"), "a", "a", media_type, body, datetime.now(UTC), "file"))


def failing(body: bytes) -> ExtractError:
    with pytest.raises(ExtractError) as caught:
        read(body)
    return caught.value


def choose(monkeypatch: pytest.MonkeyPatch, reader: str) -> None:
    """Let the reader be the only one that is found."""
    if reader == "pdfminer":
        monkeypatch.setattr("verify.extract.pdf.shutil.which", lambda _: None)


def squeezed(text: str) -> str:
    return "".join(text.replace(ZWNJ, "").split())


# --- printed pages ----------------------------------------------------------------------


@needs_chromium
@pytest.mark.parametrize("reader", READERS)
def test_every_persian_sentence_of_a_pdf_is_found(
    reader: str, printed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, reader)
    found = read((printed / "persian.pdf").read_bytes())

    check(found)
    assert [t for t in PERSIAN if squeezed(t) not in squeezed(found.text)] == []
    assert any("order of words" in caution for caution in found.cautions)


@needs_chromium
@needs_pdftotext
def test_pdftotext_keeps_every_zwnj_and_every_paragraph(printed: Path) -> None:
    found = read((printed / "persian.pdf").read_bytes())
    lines = found.text.split("\n")

    assert [t for t in PERSIAN if t not in lines] == []
    assert found.title == "سد دره"


@needs_chromium
@pytest.mark.parametrize("reader", READERS)
def test_a_place_in_the_text_has_its_page(
    reader: str, printed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, reader)
    found = read((printed / "persian.pdf").read_bytes())
    last = len(found.pages)

    assert last >= 2
    assert found.page_at(found.text.index("بند شماره 1" if "شماره 1" in found.text else "بند")) == 1
    assert found.page_at(found.text.index("X-12")) == last
    assert all(a.end <= b.start for a, b in zip(found.pages, found.pages[1:], strict=False))


@needs_chromium
@pytest.mark.parametrize("reader", READERS)
def test_running_heads_are_kept_once_and_are_no_main_text(
    reader: str, printed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, reader)
    found = read((printed / "persian.pdf").read_bytes())
    main = "\n".join(found.text[s.start : s.end] for s in found.main)

    assert found.text.count("persian.html") == 1
    assert "persian.html" not in main
    assert found.page_at(found.text.index("persian.html")) is None


@needs_chromium
@pytest.mark.parametrize("reader", READERS)
def test_columns_are_read_one_after_the_other_and_words_are_joined(
    reader: str, printed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, reader)
    found = read((printed / "english.pdf").read_bytes())

    check(found)
    assert [t for t in ENGLISH if squeezed(t) not in squeezed(found.text)] == []
    assert found.title is None  # what the word processor wrote is none
    assert not any("order of words" in caution for caution in found.cautions)


@needs_chromium
@pytest.mark.parametrize("reader", READERS)
def test_a_scan_has_no_text_layer(
    reader: str, printed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, reader)
    error = failing((printed / "scan.pdf").read_bytes())

    assert error.failure is Failure.EMPTY
    assert "no text layer" in str(error)


@needs_chromium
@needs_pdftotext
@pytest.mark.parametrize("media_type", ["", "application/octet-stream", "text/html", "text/plain"])
def test_a_pdf_is_known_by_its_bytes(printed: Path, media_type: str) -> None:
    assert read((printed / "english.pdf").read_bytes(), media_type).pages


# --- files that are not what they should be ---------------------------------------------

LOCKED = b"""%%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [] /Count 0>> endobj
3 0 obj <</Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s>>> endobj
trailer <</Root 1 0 R /Encrypt 3 0 R /ID [<00> <00>] /Size 4>>
""" % (b"41" * 32, b"42" * 32)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (LOCKED, "encrypted"),
        (b"%PDF-1.7 \xe2\xe3", "damaged"),
        (b"%PDF-1.4\n" + b"1 0 obj << /Kids [1 0 R] >> endobj\n" * 999, "damaged"),
        (b"a text file", "called a PDF and is none"),
    ],
    ids=["locked", "cut", "circular", "another"],
)
def test_what_cannot_be_read_says_why(
    reader: str, body: bytes, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, reader)
    error = failing(body)

    assert words in str(error)
    assert error.failure is Failure.NOT_TEXT


def test_a_page_in_place_of_a_pdf_is_read_as_a_page() -> None:
    assert read(b"<!doctype html><p>The file was moved to the archive.").text.startswith("The file")


def test_without_a_reader_the_reason_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.extract.pdf.shutil.which", lambda _: None)
    monkeypatch.setattr(pdf, "find_spec", lambda _: None)
    error = failing(b"%PDF-1.7")

    assert "install pdftotext (poppler-utils)" in str(error)
    assert "verify-sources[pdf]" in str(error)


# --- the program's bounds ---------------------------------------------------------------


def test_a_program_that_does_not_end_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(ExtractError, match="not read within"):
        program.run([sys.executable, "-c", "while True: pass"], b"", timeout=1.0)
    assert time.monotonic() - began < 5.0


def test_a_program_that_writes_without_end_is_ended() -> None:
    with pytest.raises(ExtractError, match="more text than is read") as caught:
        program.run(["/bin/sh", "-c", "exec yes"], b"")
    assert caught.value.failure is Failure.TOO_LARGE


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets us bound another process")
def test_a_program_gets_no_more_memory_than_it_is_given() -> None:
    code = "import sys; sys.stdin.read(); x = bytearray(3 << 30)"
    with pytest.raises(program.ProgramError):
        program.run([sys.executable, "-c", code], b"")


def test_a_program_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "1")
    written = program.run([sys.executable, "-c", "import os; print(sorted(os.environ))"], b"")
    assert b"SECRET" not in written


# --- the order of letters ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("painted", "read_as"),
    [
        ("دس", "سد"),
        ("The wall", "The wall"),
        ("۱۴۰۲-۱۳۹۹ یاه‌لاس رد", "در سال‌های ۱۳۹۹-۱۴۰۲"),
        ("٪۴۰ دودح", "حدود ۴۰٪"),
        ("۱۴۰۲/۱۱/۲۵ خیرات", "تاریخ ۱۴۰۲/۱۱/۲۵"),
        ("هک ،)NMR( یا‌هتسه", "هسته‌ای (NMR)، که"),
        ("تسب ار X-12 دس", "سد X-12 را بست"),
        ("NASA ۱۴۰۰ لاس", "سال ۱۴۰۰ NASA"),
        ("North Water 2010 تکرش", "شرکت North Water 2010"),
        ("ﺪﺳ", "سد"),
    ],
)
def test_a_painted_line_is_read_in_its_own_order(painted: str, read_as: str) -> None:
    assert logical(painted, is_leftward=is_leftward(painted, is_page_leftward=True)) == read_as


def test_persian_inside_an_english_line_is_turned_by_itself() -> None:
    line = "The word (دس) means dam, and «گرزب دس» the big one of 2010-2012."
    assert logical(line, is_leftward=False) == (
        "The word (سد) means dam, and «سد بزرگ» the big one of 2010-2012."
    )


def test_brackets_that_stand_as_they_look_are_swapped_each_kind_by_itself() -> None:
    lines = [logical(line, is_leftward=True) for line in ("«هب» (دس)", "(دور)", "زیچ")]
    mirror = mirrored(lines)

    assert mirror == {ord("("): ")", ord(")"): "(", ord("«"): "»", ord("»"): "«"}
    assert logical("(دس)", is_leftward=True, mirror=mirror) == "(سد)"
    assert mirrored(["(سد)", "رود (بزرگ)"]) == {}


@pytest.mark.parametrize("text", ["۱ " * 20_000, "۱۲-" * 20_000, "aد" * 20_000, "(" * 50_000 + "د"])
def test_a_hostile_line_costs_bounded_time(text: str) -> None:
    began = time.monotonic()
    logical(f"{text}د x", is_leftward=True)
    logical(f"{text}د x", is_leftward=False)
    assert time.monotonic() - began < 3.0


def test_a_text_without_a_single_lam_alef_has_lost_them() -> None:
    assert is_swapped("سال " * 12)
    assert not is_swapped("سال " * 11)
    assert not is_swapped("سال " * 50 + "دلار")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30 دالر در سال", "30 دلار در سال"),
        ("معموًال در تابستان", "معمولا در تابستان"),
        ("می‌دالم و احتماالت", "می‌دالم و احتمالات"),
        ("اطالعات", "اطلاعات"),
        ("باالی بالا", "بالای بالا"),
    ],
)
def test_lam_alef_is_restored_where_a_known_word_has_it(written: str, meant: str) -> None:
    known = words("دلار سال معمولاً احتمالات اطلاعات بالای بالا در")
    assert restored(written, known) == meant


@pytest.mark.parametrize("word", ["ال" * 50_000, "ا" * 100_000, "ال" * 4 + "ب"])
def test_a_hostile_word_costs_bounded_time(word: str) -> None:
    began = time.monotonic()
    assert restored(word, frozenset({"x"})) == word
    assert time.monotonic() - began < 1.0


# --- lines to paragraphs ----------------------------------------------------------------


def line(
    text: str, top: float, right: float = 300.0, *, left: float = 0.0, first: float = 30.0
) -> Line:
    return Line(text, left, top, right, top + 10, (0.0, 300.0), first)


def paragraphs(*pages: list[Line]) -> list[str]:
    paper = compose(pages)
    return [paper.text[s.start : s.end] for s in paper.main]


def test_a_line_that_left_room_for_the_next_word_ends_a_paragraph() -> None:
    page = [line("One two", 0), line("three.", 12, 40), line("Four five", 24), line("six", 36)]
    assert paragraphs(page) == ["One two three.", "Four five six"]


def test_an_empty_line_and_an_indent_begin_a_paragraph() -> None:
    page = [
        line("One", 0), line("two", 12), line("three", 24), line("four", 48), line("five", 60),
        line("six", 72, left=20.0), line("seven", 84),
    ]  # fmt: skip
    assert paragraphs(page) == ["One two three", "four five", "six seven"]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("the infor-", "mation is here", "the information is here"),
        ("a well-known man and a well-", "known wall", "a well-known man and a well-known wall"),
        ("from 2010-", "2012 on", "from 2010-2012 on"),
        ("the Lower-", "Marsh bridge", "the Lower-Marsh bridge"),
        ("خانه" + ZWNJ, "ها را دید", "خانه" + ZWNJ + "ها را دید"),
    ],
)
def test_a_word_that_was_divided_is_one_again(first: str, second: str, joined: str) -> None:
    assert paragraphs([line(first, 0), line(second, 12)]) == [joined]


def test_a_paragraph_goes_on_over_the_end_of_a_page() -> None:
    pages: tuple[list[Line], ...] = (
        [line("GAZETTE 1", 0, 90), line("It began here and", 20), line("7", 700, 10)],
        [line("GAZETTE 2", 0, 90), line("ended there.", 20, 90), line("8", 700, 10)],
        [],
    )
    paper = compose(pages)

    assert paper.text.split("\n") == ["It began here and ended there.", "GAZETTE 1", "7"]
    assert [paper.text[p.start : p.end] for p in paper.pages] == [
        "It began here and ",
        "ended there.",
        "",
    ]


def test_a_list_keeps_its_items_apart() -> None:
    page = [line("1. One thing", 0), line("2. Another", 12), line("• A third", 24)]
    assert paragraphs(page) == ["1. One thing", "2. Another", "• A third"]
