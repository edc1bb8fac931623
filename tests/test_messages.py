"""What the judge and the rules say, in Persian: every shape of a sentence, and real reports."""

from __future__ import annotations

import ast
import itertools
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup

import verify
from tests import hostile, sample
from tests.test_rules_mdtest import Case, cases, report_on
from verify.article.repair import (
    BECAME,
    GLUED_WORD,
    LONE_BRACKET,
    LOST,
    SEPARATED,
    STRAY_WORD,
)
from verify.fetch.answer import KINDS, named
from verify.fetch.store import Exchange, Store
from verify.report import for_run
from verify.report.json import load
from verify.report.messages import LONGEST, brief, catalogue, told
from verify.report.strings import Strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verify.model import Report

PACKAGE = Path(verify.__file__).parent
REPORTS = PACKAGE.parent / "reports"
PERSIAN = Strings("fa")
PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")


def said(text: str) -> str:
    """Return a message in Persian, its foreign parts between angle brackets."""
    parts = told(text, PERSIAN)
    assert parts is not None, text
    return "".join(
        p.text if p.is_ours else f"⟪{p.text}⟫" if p.is_english else f"‹{p.text}›" for p in parts
    )


def is_known(text: str) -> bool:
    parts = told(text, PERSIAN)
    return parts is not None and not any(part.is_english for part in parts)


# --- the catalogue ----------------------------------------------------------------------


STANDS = {
    "": "x", "number": "7", "day": "2021-03-14", "size": "20 MB", "quote": "“x”", "place": "x",
    "word": "number", "said": "the source has these words", "list": "“x”, spelling",
    "parts": "“x” for “y”; and 2 more",
}  # fmt: skip
"""What fits a place of each kind."""


def test_every_template_has_the_same_places_in_both_languages() -> None:
    for english, persian in catalogue().items():
        names = [name for name, _ in PLACE.findall(english)]
        assert sorted(names) == sorted(name for name, _ in PLACE.findall(persian)), english
        assert len(set(names)) == len(names), english
        assert "}{" not in english, "nothing tells two such places apart"
        assert is_known(PLACE.sub(lambda m: STANDS[m[2] or ""], english)), english


LATIN_DIGITS = re.compile(r"IPv[46]|SHA-256|sha256|until=\S+")
ZWNJ = "\u200c"


def test_the_persian_is_spelt_as_persian_is() -> None:
    wrong = {
        "letters of Arabic": "[يىكةۀ٠-٩]",
        "digits that are not Persian": "[0-9]",
        "a verb without its half-space": rf"(?<![^\W{ZWNJ}])ن?می [آ-ی]",
        "an ending without its half-space": rf" (?:ها|های|هایی|تر|ترین|ام|اند)(?![\w{ZWNJ}])",
        "a half-space that joins nothing": rf"{ZWNJ}(?:\W|$)|(?:^|\W){ZWNJ}",
        "a comma or question mark of English": "[,?;](?: |$)",
        "space at an end": r"^ | $",
    }
    for persian in catalogue().values():
        own = LATIN_DIGITS.sub("x", PLACE.sub("x", persian))
        assert [what for what, mark in wrong.items() if re.search(mark, own)] == [], persian


# --- every message has a template -------------------------------------------------------

# Who makes a message, and which of its arguments that is.
MAKERS = {
    "at_verdict": 2, "at_source": 1, "at_reference": 2, "at_citation": 2, "Flag": 0,
    "FetchError": 0, "TemporaryError": 0, "ExtractError": 0, "refused": 0, "_private": 1,
    "_unchecked": 1, "undecided": 0, "_set_aside": 0, "abstain": 0,
}  # fmt: skip

# Modules of which every sentence that is returned or yielded is a message.
TELLERS = {
    "judge/wording.py", "judge/quoted.py", "notices.py", "judge/others/tally.py",
    "rules/quo.py", "fetch/softmissing.py",
}  # fmt: skip

# What a place of an f-string may hold: a text, one of ours, or nothing at all.
HELD = (
    "x", "“x”", "7", "'x'", "2021-03-14", "the passage", "number", "name",
    "the source has these words", "the source has changed since it was cited",
    "", "404 Not Found", "20 MB", "“x”: no connection", "“x” here, “y” in the source",
    "Ada (2021-03-14)", "is damaged", "“x” for “y”", "QUO002 (“x”)", "many places",
    "in its words and facts", "“x” is not in the source",
)  # fmt: skip
MOST_HELD = 10
"""Of these, where three places or more are to be filled."""

# No sentence of a report: a part of one, or what stops a run.
NO_MESSAGE = {
    "judge/quoted.py": {"{} places", "many places"},
    "judge/others/tally.py": {"{} tokens read and {} written"},
}


def shape(node: ast.expr) -> str | None:
    """Return a string with `{}` where something is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    return None


def literals(node: ast.expr, function: ast.AST) -> Iterator[str]:
    """Give the strings that an argument may be; a name is followed to where it is assigned."""
    text = shape(node)
    if text is not None:
        yield text
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body, function), *literals(node.orelse, function))
    elif isinstance(node, ast.Tuple):
        for each in node.elts:
            yield from literals(each, function)
    elif isinstance(node, ast.Name):
        for inside in ast.walk(function):
            if isinstance(inside, ast.Assign) and node.id in map(ast.unparse, inside.targets):
                yield from literals(inside.value, ast.Module([], []))


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """Give every message that a module makes, with the line of its function."""
    name = path.relative_to(PACKAGE).as_posix()
    tree = ast.parse(path.read_text("utf-8"))
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        for node in ast.walk(function):
            argument = made(node, name)
            for text in literals(argument, function) if argument is not None else ():
                if " " in text.strip("{} ") and text not in NO_MESSAGE.get(name, ()):
                    yield function.lineno, text


def made(node: ast.AST, module: str) -> ast.expr | None:
    """Return what becomes a message in a call, a `return`, a `yield` or an argument."""
    match node:
        case ast.Call():
            place = MAKERS.get(ast.unparse(node.func).rpartition(".")[2])
            return node.args[place] if place is not None and place < len(node.args) else None
        case ast.Return() | ast.Yield():
            return node.value if module in TELLERS else None
        case ast.keyword(arg="reasons"):
            return node.value
        case _:
            return None


def fits(text: str) -> bool:
    """Whether some template takes the text, whatever of `HELD` stands at its places."""
    first, *rest = text.split("{}")
    choices = HELD if len(rest) < 3 else HELD[:MOST_HELD]
    for held in itertools.product(choices, repeat=len(rest)):
        filled = first + "".join(f"{h}{piece}" for h, piece in zip(held, rest, strict=True))
        if is_known(filled):
            return True
    return False


ROOMS = ("judge", "rules", "fetch", "extract")
MADE = [
    (f"{path.relative_to(PACKAGE).as_posix()}:{line}", text)
    for path in (
        *(path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))),
        *(PACKAGE / f"{name}.py" for name in ("notices", "pipeline", "resolve")),
    )
    for line, text in messages(path)
]


def test_messages_are_found_where_they_are_made() -> None:
    assert len(MADE) > 150


def test_every_message_has_a_template() -> None:
    """A message without one is English in the Persian page: give it one in messages.json."""
    assert [(place, text) for place, text in MADE if not fits(text)] == []


@pytest.mark.parametrize("status", [*KINDS, 400, 403, 404, 410, 429, 500, 503])
def test_every_status_has_a_template(status: int) -> None:
    assert is_known(named(status))
    assert is_known(f"{named(status)} (blocked is not dead)")


@pytest.mark.parametrize(
    "shape",
    [BECAME, SEPARATED, STRAY_WORD, GLUED_WORD, LOST, LONE_BRACKET],
)
def test_every_repair_of_a_title_has_a_template(shape: str) -> None:
    assert is_known(shape.format("x"))


@pytest.mark.parametrize("what", ["the source", "the sentence"])
def test_a_decision_that_stands_no_longer_has_a_template(what: str) -> None:
    why = f"{what} has changed since Ada (2026-05-03) decided"

    assert is_known(why)
    assert is_known(f"to be reviewed again: {why}")


def test_what_had_to_be_mended_in_the_evidence_has_a_template(tmp_path: Path) -> None:
    noon = datetime(2026, 3, 20, 12, tzinfo=UTC)
    store = Store(tmp_path)
    store.record(Exchange("https://example.org/", noon, 200, (), b"first"))
    whole, index = store.files()[0].read_bytes(), (tmp_path / "index.cdxj").read_text("utf-8")
    files = {"": b"x", index + "torn": b"\x1f", index.replace('"offset": "', '"offset": "9'): b""}
    told = set()
    for lines, tail in files.items():
        (tmp_path / "index.cdxj").write_text(lines, "utf-8")
        store.files()[0].write_bytes(whole + tail)
        again = Store(tmp_path)
        again.mend()
        told |= {re.sub("[0-9]+", "7", notice) for notice in again.notices}
    (tmp_path / "index.cdxj").unlink()
    (tmp_path / "index.cdxj").symlink_to(tmp_path / "none" / "x")
    again = Store(tmp_path)
    again.mend()
    told |= set(again.notices)

    assert len(told) == 6, told
    assert [notice for notice in told if not is_known(notice)] == []


# --- real reports -----------------------------------------------------------------------


def spoken(report: Report) -> tuple[list[str], list[str]]:
    """Return what the Persian page says in Persian, and what it leaves in English."""
    soup = BeautifulSoup(for_run("html", ui="fa").format([report]), "lxml")
    shown = soup.select(".reason, .first .why, .message, .notice, .again")
    english = [s.get_text(" ", strip=True) for s in shown if s.select("[lang=en]")]
    return [s.get_text(" ", strip=True) for s in shown if not s.select("[lang=en]")], english


def test_the_example_is_told_in_persian_alone() -> None:
    (report,) = load((REPORTS / "example.json").read_text("utf-8"))
    persian, english = spoken(report)

    assert len(persian) > 40
    assert english == []


def test_the_findings_of_the_sample_are_told_in_persian() -> None:
    found = [finding.flag.message for finding in sample.decided().findings]

    assert len(found) > 10
    assert [message for message in found if not is_known(message)] == []


def test_what_was_asked_in_vain_is_told_in_persian() -> None:
    soup: Any = BeautifulSoup(for_run("html", ui="fa").format([sample.report()]), "lxml")
    card = soup.find("article", id="note-7").select_one(".provenance").get_text(" ", strip=True)

    assert "پاسخ سرور: ۴۰۳ (ممنوع)" in card
    assert "در ۲۰ ثانیه پاسخی نیامد" in card


@pytest.mark.parametrize("case", list(cases()), ids=lambda c: f"{c.rule.name}: {c.title}")
def test_what_the_rules_documents_find_is_told_in_persian(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in case.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert spoken(report_on(case))[1] == []


def test_the_seed_pages_are_told_in_persian(tmp_path: Path) -> None:
    """Real pages, and sentences that they bear out, alter, deny and do not have."""
    report = seed_report(tmp_path)
    persian, english = spoken(report)

    assert len(persian) > 10
    assert english == []


def seed_report(folder: Path) -> Report:
    from verify import pipeline
    from verify.fetch.local import FileFetcher
    from verify.judge.verdict import Examiner
    from verify.language.identify import Identifier

    page = (
        "<html lang=en><body><article><h1>The dam</h1><p>The minister said that 46 families would "
        "be moved before the spring of 2021.</p><p>The dam was never finished, and the village did "
        "not receive water.</p><p>On 3 May 2021 the council in Herat met for the last time."
        "</p></article></body></html>"
    )
    sentences = [
        "The minister said that “46 families would be moved before the spring”.",
        "The minister said that “64 families would be moved before the spring”.",
        "The minister said that “nobody at all would ever have to leave the old town”.",
        "The dam was finished, and the village did receive water.",
        "The council in Herat met on 5 May 2021 for the last time.",
        "Bakers in Lisbon prefer rye to wheat when the harvest is late.",
        "The village waited.",
    ]
    body = "\n\n".join(f"{text}[^{n}]" for n, text in enumerate(sentences, 1))
    notes = "\n".join(
        f"[^{n}]: “The dam”, Hill Post, (Date of Accession: 04.05.2021)."
        for n in range(1, len(sentences) + 1)
    )
    entries = "".join(f"  - {{note: {n}, file: page.html}}\n" for n in range(1, len(sentences)))
    (folder / "article.md").write_text(f"# Dam\n\n{body}\n\n{notes}\n", "utf-8")
    (folder / "page.html").write_text(page, "utf-8")
    (folder / "sources.yaml").write_text(f"sources:\n{entries}", "utf-8")
    return pipeline.Verifier(
        files=FileFetcher(),
        live=FileFetcher(),
        identifier=Identifier(),
        examiner=Examiner(),
        offline=True,
        jobs=1,
    ).check(folder / "article.md")


# --- what is carried over ---------------------------------------------------------------

BLOCKED = "بسته بودن راه به معنای از میان رفتن صفحه نیست"


@pytest.mark.parametrize(
    ("english", "persian"),
    [
        (
            "the source says 'eleven' where the article says 'fourteen' (number)",
            "منبع می‌گوید «‹eleven›» و مقاله می‌گوید «‹fourteen›» (عدد)",
        ),
        # repr writes a non-joiner as its number
        (
            "the article leaves out 'می\\u200cشود' (word dropped)",
            "مقاله این را انداخته است: «‹می‌شود›» (واژهٔ افتاده)",
        ),
        (
            "the source could not be read: 403 Forbidden (blocked is not dead)",
            f"منبع خوانده نشد: پاسخ سرور: ۴۰۳ (ممنوع)؛ {BLOCKED}",
        ),
        (
            "the source could not be read: 503 Service Unavailable (https://a.example/x)",
            "منبع خوانده نشد: پاسخ سرور: ۵۰۳ (سرویس در دسترس نیست) (‹https://a.example/x›)",
        ),
        (
            "the quotation was altered: “a for b; c” for “d”; and 2 more",
            "نقل‌قول تغییر داده شده است: «‹a for b; c›» به جای «‹d›»؛ و ۲ مورد دیگر",
        ),
        (
            "note [3] was accessed on 2124-03-12, which is still to come",
            "تاریخ دسترسی یادداشت [‹3›] ۲۲ اسفند ۱۵۰۲ (۱۲ مارس ۲۱۲۴) است که هنوز نیامده",
        ),
        ("the judge gave no answer: it was hungry", "داور پاسخ نداد: ⟪it was hungry⟫"),
        ("larger than the cap of 20 MB", "بزرگ‌تر از سقف ۲۰ مگابایت"),
    ],
)
def test_a_message_is_told_in_persian(english: str, persian: str) -> None:
    assert said(english) == persian


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A person wrote this.",
        "the source says 'a' where the article says 'b' (weather)",
        "note [3] was accessed on 2124-13-12, which is still to come",
        "the passage does not give ",
        "many 7 places",
        "the source has these words" + " " * LONGEST,
    ],
)
def test_another_sentence_stays_as_it_is(text: str) -> None:
    assert told(text, PERSIAN) is None


def test_the_english_page_says_what_the_judge_says() -> None:
    assert told("the source has these words", Strings("en")) is None


def test_a_long_message_is_cut_in_its_own_words_or_in_a_foreign_one() -> None:
    parts = told(f"the source says otherwise: “{'x' * 200}”", PERSIAN) or ()

    assert sum(len(part.text) for part in brief(parts, 120)) == 120
    assert [*brief(parts, 120)][-1].text.endswith("x…")


@pytest.mark.parametrize("piece", ["“", "'", "; ", ": ", " (", " is ", " for ", "the source "])
def test_a_forged_message_takes_no_time(piece: str) -> None:
    whole = (piece * LONGEST)[:LONGEST]
    started = time.process_time()
    for lead in ("", "the source could not be read: ", "the quotation was altered: “"):
        told(f"{lead}{whole}"[:LONGEST], PERSIAN)

    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("group", hostile.PAYLOADS)
def test_nothing_that_is_carried_over_becomes_part_of_the_page(group: str) -> None:
    (whole,) = load((REPORTS / "example.json").read_text("utf-8"))
    verdict, finding = whole.verdicts[0], whole.findings[0]
    bare = replace(whole, article=replace(whole.article, text="x", references=()), readings={})
    reports = []
    for payload in hostile.PAYLOADS[group]:
        reason = f"the source does not have the words '{payload}'"
        flag = replace(finding.flag, message=f"the source says otherwise: “{payload}”")
        reports.append(
            replace(
                bare,
                verdicts=(replace(verdict, citation=None, reasons=(reason,)),),
                findings=(replace(finding, flag=flag),),
            )
        )
    soup: Any = BeautifulSoup(for_run("html", ui="fa").format(reports), "lxml")
    shown = soup.select(".reason, .message")

    assert len(shown) == 2 * len(reports)
    assert {tag.name for each in shown for tag in each.select("*")} == {"span", "bdi"}
