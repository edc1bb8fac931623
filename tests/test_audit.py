"""An audit decides claim by claim, writes at once, takes back, and goes on where it stopped."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from tests import sample
from verify import review
from verify.audit.screen import HELP, show
from verify.audit.walk import Item, Walk
from verify.cli import main
from verify.commands.audit import ACTIONS
from verify.model import Outcome, Span
from verify.report.words import is_right_to_left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verify.model import Report

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 3, 21)

ARTICLE = """\
# Wells

The ministry counted 12 new wells in the valley.[^1] Farmers count seven.[^2]
It also said that “every well was paid for by the province”.[^1] The lake is dry.[^3]

[^1]: Wells. A page of the ministry.
[^2]: Farmers. A page of theirs.
[^3]: Lake. Nobody has the page.
"""
MINISTRY = (
    "<html lang='fa'><body><article><p>وزارت آب روز سه‌شنبه اعلام کرد که ۲۰ حلقه چاه تازه در دره "
    "حفر شده است.</p><p>هزینهٔ همهٔ چاه‌ها را استان پرداخته است و مردم آن را جشن گرفتند.</p>"
    "</article></body></html>"
)
FARMERS = (
    "<html lang='en'><body><p>Farmers count seven wells, and three of them are dry.</p></body>"
)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an article, its pages, and what they say."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "article.md").write_text(ARTICLE, "utf-8")
    (folder / "ministry.html").write_text(MINISTRY, "utf-8")
    (folder / "farmers.html").write_text(FARMERS, "utf-8")
    (folder / "sources.yaml").write_text(
        "sources:\n  - {note: 1, file: ministry.html}\n  - {note: 2, file: farmers.html}\n", "utf-8"
    )
    return folder


@pytest.fixture
def desk(checked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(checked, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def report(checked: Path) -> Report:
    from verify import pipeline
    from verify.settings import Settings

    with pipeline.opened(Settings(offline=True, translate=False)) as verifier:
        return verifier.check(checked / "article.md")


@pytest.fixture
def walk(report: Report, tmp_path: Path) -> Walk:
    return Walk([report], [tmp_path / "reviews.yaml"], "A. Editor", DAY)


def kept(walk: Walk) -> list[tuple[str, Outcome]]:
    return [(d.label, d.review.outcome) for d in review.load(walk.files[0])]


def test_the_worst_comes_first_and_what_is_supported_last(walk: Walk) -> None:
    outcomes = [item.verdict.outcome for item in walk.items]

    assert len(outcomes) == 4
    assert outcomes[-1] is Outcome.SUPPORTED or Outcome.SUPPORTED not in outcomes
    assert outcomes[0] is not Outcome.SUPPORTED


def test_a_decision_is_on_disk_at_once(walk: Walk) -> None:
    first = walk.current
    assert first is not None

    walk.decide(Outcome.CONTRADICTED, "the page says 20")

    assert kept(walk) == [(first.label, Outcome.CONTRADICTED)]
    assert walk.position == 1
    assert walk.open == 3


def test_what_was_decided_can_be_taken_back_one_by_one(walk: Walk) -> None:
    walk.decide(Outcome.CONTRADICTED)
    walk.skip()
    walk.decide(Outcome.SUPPORTED)
    walk.back()
    walk.decide(Outcome.NOT_FOUND)  # the same claim, otherwise

    assert walk.undo()
    assert [o for _, o in kept(walk)] == [Outcome.CONTRADICTED, Outcome.SUPPORTED]
    assert walk.undo()
    assert walk.undo()
    assert kept(walk) == []
    assert walk.position == 0
    assert not walk.undo()


def test_a_later_audit_begins_with_what_is_left(report: Report, walk: Walk) -> None:
    walk.decide(Outcome.SUPPORTED)
    walk.decide(Outcome.SUPPORTED)

    again = review.apply(report, review.load(walk.files[0]))
    later = Walk([again], walk.files, "B. Editor", DAY)
    later.resume()

    assert later.open == 2
    assert later.current is not None
    assert later.current.verdict.review is None
    assert sum(item.verdict.review is not None for item in later.items[2:]) == 2


def test_a_person_can_point_to_another_passage(report: Report, walk: Walk) -> None:
    walk.position = next(i for i, item in enumerate(walk.items) if item.label == "2")
    document = walk.items[walk.position].document
    assert document is not None
    start = document.text.index("three of them")

    walk.point_to(Span(start, start + 20))
    walk.decide(Outcome.SUPPORTED)

    (decision,) = review.load(walk.files[0])
    assert decision.passage == document.text[start : start + 20]
    assert decision.review.span == Span(start, start + 20)
    # The next run does not find that passage by itself, but the page is the same.
    again = review.apply(report, [decision])
    assert sum(v.review is not None for v in again.verdicts) == 1


def test_a_note_is_added_to_a_decision(walk: Walk) -> None:
    walk.decide(Outcome.SUPPORTED)
    walk.back()
    walk.remark("read with a colleague")

    (decision,) = review.load(walk.files[0])
    assert decision.review.note == "read with a colleague"


@pytest.mark.usefixtures("desk")
def test_decisions_answer_the_findings_and_the_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["check", "article.md", "--offline", "--no-translate", "--quiet"]
    before = main(arguments)
    capsys.readouterr()
    from verify import pipeline
    from verify.settings import Settings

    with pipeline.opened(Settings(offline=True, translate=False)) as verifier:
        found = verifier.check(Path("article.md"))
    everything = Walk([found], [Path("reviews.yaml")], "A. Editor", DAY)
    while everything.current:
        everything.decide(Outcome.SUPPORTED, "read on paper")

    assert before in {1, 3}
    assert main([*arguments, "--fail-on", "error"]) == 0
    shown = capsys.readouterr().out
    assert "A. Editor (2026-03-21) found the claim supported: read on paper" in shown
    assert "All 4 citations were checked." in shown


@pytest.mark.usefixtures("desk")
def test_a_rejected_claim_fails_until_it_is_changed(capsys: pytest.CaptureFixture[str]) -> None:
    from verify import pipeline
    from verify.settings import Settings

    with pipeline.opened(Settings(offline=True, translate=False)) as verifier:
        found = verifier.check(Path("article.md"))
    walk = Walk([found], [Path("reviews.yaml")], "A. Editor", DAY)
    walk.position = next(i for i, item in enumerate(walk.items) if item.label == "2")
    walk.decide(Outcome.NOT_FOUND, "they count six")
    arguments = ["check", "article.md", "--offline", "--no-translate", "--quiet"]

    assert main(arguments) == 1
    assert "REV001" in capsys.readouterr().out
    text = Path("article.md").read_text("utf-8").replace("Farmers count seven", "Farmers count six")
    Path("article.md").write_text(text, "utf-8")
    main(arguments)
    shown = capsys.readouterr().out
    assert "REV001" not in shown
    assert "the sentence has changed since A. Editor (2026-03-21) decided" in shown


def test_a_note_that_is_written_first_goes_into_the_decision(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("n\nread on paper\na\nn\nlost\nq\n"))

    main([*AUDIT, "--plain"])
    shown = capsys.readouterr().out

    assert "for your decision: read on paper" in shown
    (decision,) = review.load(desk / "reviews.yaml")
    assert decision.review.note == "read on paper"
    assert "not kept, for want of a decision to go with: 1 of the notes" in shown


# --- what is not there to be decided ---------------------------------------------------------

AUDIT = ["audit", "article.md", "--offline", "--no-translate", "--reviewer", "A. Editor"]


def decide_all(folder: Path) -> None:
    """Let somebody find every claim of the desk's article supported."""
    from verify import pipeline
    from verify.settings import Settings

    with pipeline.opened(Settings(offline=True, translate=False)) as verifier:
        found = verifier.check(folder / "article.md")
    walk = Walk([found], [folder / "reviews.yaml"], "A. Editor", DAY)
    while walk.current:
        walk.decide(Outcome.SUPPORTED)


def test_an_article_that_cannot_be_read_is_told_and_counts(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "broken.docx").write_bytes(b"no zip")
    decide_all(desk)
    monkeypatch.setattr("sys.stdin", StringIO(""))

    assert main([*AUDIT, "--plain"]) == 0
    assert "every claim has a decision that stands" in capsys.readouterr().out
    assert main(["audit", "broken.docx", *AUDIT[1:], "--plain"]) == 3
    assert "broken.docx: this article was not checked: " in capsys.readouterr().out


def test_an_article_without_citations_has_nothing_to_decide(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "article.md").write_text("# Wells\n\nNobody is cited here.\n", "utf-8")
    (desk / "sources.yaml").write_text("sources: []\n", "utf-8")
    monkeypatch.setattr("sys.stdin", StringIO("q\n"))

    assert main([*AUDIT, "--plain"]) == 3
    shown = capsys.readouterr().out
    assert "article.md: The article has no citation, so nothing was checked." in shown
    assert "decision" not in shown


@pytest.mark.usefixtures("desk")
def test_a_baseline_counts_as_it_does_for_a_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VERIFY_BASELINE", "nowhere.json")
    assert main([*AUDIT, "--plain"]) == 2
    assert "nowhere.json" in capsys.readouterr().err

    monkeypatch.delenv("VERIFY_BASELINE")
    monkeypatch.setattr("sys.stdin", StringIO(""))
    assert main([*AUDIT, "--plain"]) == 1
    assert main(["baseline", "article.md", "--offline", "--no-translate", "--quiet"]) == 3
    monkeypatch.setenv("VERIFY_BASELINE", ".verify-baseline.json")
    assert main([*AUDIT, "--plain"]) == 3  # the lake's page was still not read


# --- on the screen -----------------------------------------------------------------------------

HEIGHT = 24


def drawn(item: Item, width: int, *, colour: bool = True, whole: bool = False) -> str:
    """Return what a terminal of 24 lines would be sent for a claim."""
    console = Console(
        file=StringIO(),
        width=width,
        height=HEIGHT,
        force_terminal=True,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        show(console, item, "1 of 8", whole=whole)
    return capture.get()


def bare(text: str) -> list[str]:
    return [line.rstrip() for line in re.sub("\x1b\\[[0-9;]*m", "", text).splitlines()]


def items(report: Report) -> list[Item]:
    return [Item(report, index, verdict) for index, verdict in enumerate(report.verdicts)]


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("item", items(sample.decided()), ids=lambda item: f"note-{item.label}")
def test_a_claim_fits_24_lines_or_is_said_again_above_the_keys(item: Item, width: int) -> None:
    lines = bare(drawn(item, width))

    verdicts = [n for n, line in enumerate(lines) if "1 of 8" in line]
    claim = " ".join(item.verdict.claim.text.split())[:40]
    seen = " ".join(" ".join(lines[-HEIGHT + 3 :]).split())
    assert verdicts[-1] >= len(lines) - HEIGHT + 3
    assert claim in seen
    assert "q stop" in lines[-1]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160])
@pytest.mark.parametrize("item", items(sample.decided()), ids=lambda item: f"note-{item.label}")
def test_right_to_left_text_never_shares_a_line_with_ours(item: Item, width: int) -> None:
    for line in bare(drawn(item, width, whole=True)):
        assert not (is_right_to_left(line) and re.search("[A-Za-z]", line)), line


def test_two_texts_from_left_to_right_stand_side_by_side() -> None:
    item = items(sample.report())[1]
    passage = replace(
        item.verdict.evidence[0],
        text="Das Becken fasst vierzig Millionen Kubikmeter.",
        english="The basin holds forty million cubic metres.",
    )
    german = replace(item, verdict=replace(item.verdict, evidence=(passage,), differences=()))

    assert any("Das Becken" in line and "The basin" in line for line in bare(drawn(german, 120)))
    assert not any("Das" in line and "The basin" in line for line in bare(drawn(german, 80)))


def test_without_colour_signs_say_what_is_claimed_and_what_differs() -> None:
    _, _, promise, *_ = items(sample.report())
    coloured, plain = (
        " ".join(" ".join(bare(drawn(promise, 80, colour=colour, whole=True))).split())
        for colour in (True, False)
    )

    assert re.search(r"»[^»«]*with no[^»«]*«", plain)
    assert "[without further]" in plain
    assert "»" not in coloured
    assert "[without" not in coloured


def test_words_in_two_directions_are_paired_line_by_line() -> None:
    item = items(sample.report())[3]
    shown = bare(drawn(item, 120, whole=True))
    place = next(n for n, line in enumerate(shown) if "article and source:" in line)

    assert shown[place + 1].strip() == "no family"
    assert shown[place + 2].strip() == "۴۶ خانواده شاید"


def test_the_help_and_the_page_name_every_key() -> None:
    page = (ROOT / "docs/audit.md").read_text("utf-8")

    for key in ["b", "u", "m", "q", *ACTIONS]:
        name = "space" if key == " " else key
        assert re.search(rf"(^|  ){re.escape(name)}  ", HELP, re.MULTILINE), key
        assert f"| {name}, " in page or f"`{name}`" in page, key


# --- in a real terminal --------------------------------------------------------------------


class Terminal:
    """A tmux session of its own: what a person at 80 columns would see."""

    def __init__(
        self, folder: Path, width: int, height: int, what: str, environ: dict[str, str]
    ) -> None:
        self.socket = folder / "tmux"
        self.folder = folder
        environment = {"LANG": "C.UTF-8", "TERM": "screen-256color", "PATH": os.environ["PATH"]}
        environment["HOME"] = environment["XDG_CACHE_HOME"] = str(folder)
        environment |= environ
        command = f"{sys.executable} -m verify audit {what} --offline"
        # The shell stays, so that what was printed at the end can be read.
        command = f"PYTHONPATH={ROOT} {command} --reviewer 'A. Editor'; echo exit $?; exec sh"
        arguments = ["-x", str(width), "-y", str(height), "-c", str(folder), command]
        self.tmux("new-session", "-d", *arguments, environment=environment)

    def tmux(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        run = subprocess.run(
            ["tmux", "-u", "-S", str(self.socket), *arguments],
            capture_output=True,
            text=True,
            check=True,
            env=environment or dict(os.environ),
        )
        return run.stdout

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def wait(self, wanted: Callable[[str], bool] | str, seconds: float = 120) -> str:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            seen = self.screen()
            if wanted in seen if isinstance(wanted, str) else wanted(seen):
                return seen
            time.sleep(0.1)
        pytest.fail(f"never seen: {wanted}\n{self.screen()}")

    def claim(self, number: int, of: int = 4) -> str:
        """Wait until a claim is drawn to its last line."""
        return self.wait(lambda seen: f"{number} of {of}  note" in seen and "? more" in seen)

    def type(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)


@pytest.fixture
def terminal(desk: Path) -> Iterator[Callable[..., Terminal]]:
    if shutil.which("tmux") is None:
        pytest.skip("needs tmux")
    opened = []

    def open_at(
        width: int, height: int = 60, what: str = "article.md --no-translate", **environ: str
    ) -> Terminal:
        opened.append(Terminal(desk, width, height, what, environ))
        return opened[-1]

    yield open_at
    for each in opened:
        with suppress(subprocess.CalledProcessError):  # a test may have killed it
            each.tmux("kill-server")


def test_an_audit_in_a_real_terminal(desk: Path, terminal: Callable[..., Terminal]) -> None:
    window = terminal(80)
    seen = window.claim(1)
    assert "a accept  r revise" in seen
    assert all(len(line) <= 80 for line in seen.splitlines())

    window.type("r")
    window.wait("what is true?")
    window.type("c")
    window.wait("why (may be left empty):")
    window.type("the page says twenty", "Enter")
    window.claim(2)
    window.type("u")
    window.claim(1)
    window.type("r")
    window.wait("what is true?")
    window.type("c")
    window.wait("why (may be left empty):")
    window.type("the page says 20", "Enter")
    window.claim(2)
    window.type("Right")
    window.claim(3)
    window.type("Left")
    window.claim(2)
    window.type("?")
    window.wait("point to a passage by its words")
    window.type("q")
    end = window.wait("exit ")

    assert "1 decided, 3 left" in end
    assert "decisions are kept in reviews.yaml" in end
    (decision,) = review.load(desk / "reviews.yaml")
    assert decision.review.note == "the page says 20"

    again = terminal(120)
    assert "A. Editor decided" not in again.claim(1)


def test_an_audit_can_be_killed_at_any_time(desk: Path, terminal: Callable[..., Terminal]) -> None:
    window = terminal(80)
    window.claim(1)
    window.type("r")
    window.wait("what is true?")
    window.type("n")
    window.wait("why (may be left empty):")
    window.type("Enter")
    window.claim(2)
    window.tmux("kill-server")

    assert len(review.load(desk / "reviews.yaml")) == 1


def test_ctrl_c_stops_and_keeps_what_was_decided(
    desk: Path, terminal: Callable[..., Terminal]
) -> None:
    window = terminal(80, 24)
    window.claim(1)
    window.type("a")
    window.claim(2)
    window.type("C-c")
    end = window.wait("exit ")

    assert "1 decided, 3 left" in end
    assert "decisions are kept in reviews.yaml" in end
    assert "fatal" not in end
    assert "exit 1" in end
    assert len(review.load(desk / "reviews.yaml")) == 1


def test_ctrl_c_in_the_midst_of_a_reason_decides_nothing(
    desk: Path, terminal: Callable[..., Terminal]
) -> None:
    window = terminal(80, 24)
    window.claim(1)
    window.type("r")
    window.wait("what is true?")
    window.type("c")
    window.wait("why (may be left empty):")
    window.type("half a reas", "C-c")

    assert "0 decided, 4 left" in window.wait("exit ")
    assert not (desk / "reviews.yaml").exists()


def test_keys_of_a_persian_keyboard_are_those_on_the_same_places(
    desk: Path, terminal: Callable[..., Terminal]
) -> None:
    window = terminal(80, 24)
    window.claim(1)
    window.type("ش")  # a
    window.claim(2)
    window.type("ق")  # r
    window.wait("what is true?")
    window.type("ز")  # c
    window.wait("why (may be left empty):")
    window.type("خواندم", "Enter")
    window.claim(3)
    window.type("ع")  # u
    window.claim(2)
    window.type("۹")
    window.wait("there is no passage 9")
    window.type("؟")
    help_once = window.wait("point to a passage by its words")
    window.type("ض")  # q
    window.wait("1 decided, 3 left")

    assert help_once.count("point to a passage by its words") == 1
    assert len(review.load(desk / "reviews.yaml")) == 1


def test_keys_show_more_choose_passages_and_open_pages(
    desk: Path, terminal: Callable[..., Terminal]
) -> None:
    addresses = "file: ministry.html, url: https://wells.example/, archive: https://old.example/w"
    known = (desk / "sources.yaml").read_text("utf-8")
    (desk / "sources.yaml").write_text(known.replace("file: ministry.html", addresses), "utf-8")
    window = terminal(80, 20)
    first = window.claim(1)
    assert "1 of 4" in first.splitlines()[0]
    assert "m shows the rest: 1 more passage" in first
    window.type("m")
    window.wait("2  also:")
    window.type("m")
    window.wait("m shows the rest")
    window.type("2")
    window.wait(lambda seen: "هزینهٔ همهٔ چاه" in seen and "? more" in seen)
    window.type("/")
    window.wait("words of the passage")
    window.type("no such words", "Enter")
    window.wait("the source does not have these words")
    window.type("/")
    window.wait(lambda seen: seen.count("words of the passage") == 2)
    window.type("مردم آن را جشن گرفتند", "Enter")
    window.wait(lambda seen: "   مردم آن را جشن گرفتند" in seen and "? more" in seen)
    window.type("o")
    window.wait("https://wells.example/")
    window.type("v")
    window.wait("https://old.example/w")
    window.type("f")
    window.claim(2)
    window.type("q")
    window.wait("1 decided, 3 left")

    (decision,) = review.load(desk / "reviews.yaml")
    assert (decision.passage, decision.review.fixed) == ("مردم آن را جشن گرفتند", True)


def test_keys_note_decide_take_back_and_come_back(
    desk: Path, terminal: Callable[..., Terminal]
) -> None:
    window = terminal(80, 24)
    window.claim(1)
    window.type("n")
    window.wait("\nnote:")
    window.type("with a colleague", "Enter")
    window.wait("for your decision: with a colleague")
    window.type("f")
    window.claim(2)
    (fixed,) = review.load(desk / "reviews.yaml")
    window.type("Space")
    window.claim(3)
    window.type("a")
    window.wait("verify has no answer to accept: r says what is true")
    window.type("b")
    window.claim(2)
    window.type("b")
    assert "with a colleague" in window.claim(1)
    window.type("u")
    window.wait("for your decision: with a colleague")
    undone = review.load(desk / "reviews.yaml")
    window.type("a")
    window.claim(2)
    window.type("q")
    window.wait("1 decided, 3 left")

    assert (fixed.review.note, fixed.review.fixed) == ("with a colleague", True)
    assert undone == []
    (decision,) = review.load(desk / "reviews.yaml")
    assert (decision.review.note, decision.review.fixed) == ("with a colleague", False)
    # The same command goes on with what is left.
    assert "decided on" not in terminal(80, 24).claim(1)


@pytest.mark.parametrize("width", [80, 120])
def test_english_stands_below_its_persian_original(
    desk: Path, terminal: Callable[..., Terminal], width: int
) -> None:
    shutil.copy(ROOT / "examples/pages/badgir-drivers.html", desk / "ministry.html")
    (desk / "article.md").write_text(
        "The Iranian consulate in Herat answered all questions of the Badgir newspaper.[^1]\n\n"
        "[^1]: Drivers of Herat. A page of the newspaper.\n",
        "utf-8",
    )
    (desk / "sources.yaml").write_text("sources: [{note: 1, file: ministry.html}]\n", "utf-8")
    with zipfile.ZipFile(ROOT / "tests/packages/translate-fa_en-0_1.argosmodel") as package:
        package.extractall(desk / "packages")
    window = terminal(width, 24, "article.md --packages packages")
    lines = window.claim(1, of=1).splitlines()

    persian = next(n for n, line in enumerate(lines) if "قونسلگری" in line)
    assert "contradicted  1 of 1" in lines[0]
    assert lines[persian + 1].strip() == "in English, by machine:"
    assert not any(is_right_to_left(line) and re.search("[A-Za-z]", line) for line in lines)


def test_a_terminal_without_colour_marks_the_claim(terminal: Callable[..., Terminal]) -> None:
    seen = terminal(80, 24, NO_COLOR="1").claim(1)

    assert "»The ministry counted 12 new wells in the valley.[^1]«" in seen
    assert "[۲۰]" in seen


def test_keys_from_a_pipe_are_lines(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("z\n \n \n \n \n"))
    arguments = ["audit", "article.md", "--offline", "--no-translate", "--reviewer", "A. Editor"]

    code = main([*arguments, "--plain"])
    shown = capsys.readouterr().out

    assert code in {1, 3}
    assert "space  skip" in shown
    assert "that was the last claim; 4 wait for a decision" in shown
    assert "\x1b" not in shown
    assert not (desk / "reviews.yaml").exists()


def test_nobody_decides_without_a_name(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(desk))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")

    assert main(["audit", "article.md", "--offline"]) == 2
    assert "--reviewer NAME" in capsys.readouterr().err
