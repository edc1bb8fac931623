"""Drafts add entries for notes that have none, and touch nothing that people wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify import draft, sources
from verify.article import read
from verify.cli import main
from verify.model import SourceId

ARTICLE = """\
# Wells

The ministry counted 12 new wells.[^1] Farmers disagree.[^2] A link says more: [here](https://example.org/more).

[^1]: «وزارت آب: ۱۲ حلقه چاه تازه حفر شد»، روزنامه دره، https://example.org/wells (accessed 20 March 2026)
[^2]: Farmers count seven. Valley Post. Accessed 21 March 2026.
"""  # noqa: E501
OURS = """\
# our own remarks stay
version: 1
sources:
  # the farmers' page moved twice
  - note: 2          # not the ministry's
    url: 'https://example.org/farmers'
    publisher: Valley   Post
"""


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "wells.md"
    path.write_text(ARTICLE, "utf-8")
    return path


def test_each_note_gets_an_entry_that_binds_to_it(article: Path) -> None:
    path = article.with_name("sources.yaml")

    made = draft.draft(read(article), path)
    joined = sources.join(read(article), sources.load(path))

    assert made.added == ("1", "2")
    assert made.without_address == ("2",)
    assert [s.id for s in joined.values() if s.in_yaml] == ["wells-1", "wells-2"]
    first = joined[SourceId("wells-1")]
    assert first.urls == ("https://example.org/wells",)
    assert first.language == "fa"
    assert str(first.accessed) == "2026-03-20"
    assert "# the note gives no address" in path.read_text("utf-8")


def test_notes_that_give_one_address_share_an_entry_and_lint_finds_no_fault(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = article.with_name("sources.yaml")
    with article.open("a", encoding="utf-8") as file:
        file.write("[^3]: Ibid., p. 2.\n[^4]: “Another title”, P, https://example.org/wells\n")

    made = draft.draft(read(article), path)

    assert made.added == ("1", "2", "3", "4")
    assert 'note: ["1", "4"]' in path.read_text("utf-8")
    main(["lint", str(article)])
    assert "SRC003" not in capsys.readouterr().out


def test_a_second_draft_changes_nothing(article: Path) -> None:
    path = article.with_name("sources.yaml")
    draft.draft(read(article), path)
    before = path.read_bytes()

    again = draft.draft(read(article), path)

    assert again.added == ()
    assert again.kept == ("1", "2")
    assert path.read_bytes() == before


def test_what_people_wrote_stays_to_the_letter(article: Path) -> None:
    path = article.with_name("sources.yaml")
    path.write_text(OURS, "utf-8")

    made = draft.draft(read(article), path)

    assert made.added == ("1",)
    assert path.read_text("utf-8").startswith(OURS.rstrip("\n"))
    assert len(sources.load(path)) == 2


def test_a_dry_run_writes_nothing(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "draft", str(article), "--dry-run"]) == 0

    assert "[1] would have a new entry" in capsys.readouterr().out
    assert not article.with_name("sources.yaml").exists()


def test_ids_stay_apart_and_entries_without_a_note_are_told(article: Path) -> None:
    path = article.with_name("sources.yaml")
    path.write_text("sources:\n  - {id: wells-1, note: 9, url: 'https://example.org/9'}\n", "utf-8")

    made = draft.draft(read(article), path)

    assert made.unused == ("wells-1",)
    assert {e.source.id for e in sources.load(path)} == {"wells-1", "wells-1-2", "wells-2"}


def test_a_pin_is_written_beside_the_rest(article: Path) -> None:
    path = article.with_name("sources.yaml")
    path.write_text(OURS, "utf-8")

    changed = draft.pin(path, {SourceId("note-2"): "a" * 64, SourceId("other"): "b" * 64})
    again = draft.pin(path, {SourceId("note-2"): "a" * 64})

    assert changed == ["note-2"]
    assert again == []
    assert path.read_text("utf-8") == OURS + f"    sha256: {'a' * 64}\n"


def test_pins_are_made_of_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text("It rained.[^1] It snowed.[^2]\n\n[^1]: Rain.\n[^2]: Snow.\n", "utf-8")
    Path("rain.txt").write_text("It rained for days, and nobody minded the rain.", "utf-8")
    Path("sources.yaml").write_text(
        f"sources:\n  - note: 1\n    file: rain.txt\n    sha256: {'0' * 64}\n", "utf-8"
    )

    code = main(["sources", "pin", "a.md"])
    pinned = sources.load(Path("sources.yaml"))[0].source.sha256
    told = capsys.readouterr()

    assert code == 3  # the second note has no source to pin
    assert pinned is not None
    assert pinned != "0" * 64
    assert pinned[:12] in told.out
    assert "could not be read, and is not pinned" in told.err
    assert main(["lint", "a.md"]) in {0, 1}


def test_pinning_without_a_file_says_how_to_begin(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sources", "pin", str(article)]) == 2
    assert "verify sources draft" in capsys.readouterr().err
