"""An audit decides claim by claim, writes at once, takes back, and goes on where it stopped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from verify import review
from verify.audit.walk import Walk
from verify.cli import main
from verify.model import Outcome, Span

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


# --- in a real terminal --------------------------------------------------------------------


class Terminal:
    """A tmux session of its own: what a person at 80 columns would see."""

    def __init__(self, folder: Path, width: int) -> None:
        self.socket = folder / "tmux"
        self.folder = folder
        environment = {"LANG": "C.UTF-8", "TERM": "screen-256color", "PATH": os.environ["PATH"]}
        environment["HOME"] = environment["XDG_CACHE_HOME"] = str(folder)
        command = f"{sys.executable} -m verify audit article.md --offline --no-translate"
        # The shell stays, so that what was printed at the end can be read.
        command = f"PYTHONPATH={ROOT} {command} --reviewer 'A. Editor'; echo exit $?; exec sh"
        arguments = ["-x", str(width), "-y", "60", "-c", str(folder), command]
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

    def wait(self, wanted: Callable[[str], bool] | str, seconds: float = 60) -> str:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            seen = self.screen()
            if wanted in seen if isinstance(wanted, str) else wanted(seen):
                return seen
            time.sleep(0.1)
        pytest.fail(f"never seen: {wanted}\n{self.screen()}")

    def claim(self, number: int) -> str:
        """Wait until a claim is drawn to its last line."""
        return self.wait(lambda seen: f"{number} of 4  note" in seen and "q stop" in seen)

    def type(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)


@pytest.fixture
def terminal(desk: Path) -> Iterator[Callable[[int], Terminal]]:
    if shutil.which("tmux") is None:
        pytest.skip("needs tmux")
    opened = []

    def open_at(width: int) -> Terminal:
        opened.append(Terminal(desk, width))
        return opened[-1]

    yield open_at
    for each in opened:
        with suppress(subprocess.CalledProcessError):  # a test may have killed it
            each.tmux("kill-server")


def test_an_audit_in_a_real_terminal(desk: Path, terminal: Callable[[int], Terminal]) -> None:
    window = terminal(80)
    seen = window.claim(1)
    assert "a accept  r reject" in seen
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


def test_an_audit_can_be_killed_at_any_time(
    desk: Path, terminal: Callable[[int], Terminal]
) -> None:
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


def test_keys_from_a_pipe_are_lines(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from io import StringIO

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
