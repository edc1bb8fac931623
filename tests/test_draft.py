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


def test_a_copy_its_original_and_the_day_of_publication_have_fields_of_their_own(
    tmp_path: Path,
) -> None:
    article, copy = tmp_path / "a.md", "https://archive.example/web/20210505000000/"
    article.write_text(
        "It opened.[^1] It shone.[^2] It closed.[^3]\n\n"
        "[^1]: “4 May 2020, a day”, Hill Post, 2 Khordad 1400, https://hill.example/bridge "
        f"(accessed 9 June 2022), archived on 7 June 2022 at {copy}https://hill.example/bridge\n"
        f"[^2]: “Lamps”, Hill Post, 3 May 2021, 4 May 2021, {copy}https://hill.example/lamps\n"
        "[^3]: “The end”, Hill Post, 2021, https://hill.example/end (accessed 9 June 2022)\n",
        "utf-8",
    )

    draft.draft(read(article), tmp_path / "sources.yaml")
    first, second, third = (e.source for e in sources.load(tmp_path / "sources.yaml"))

    assert first.urls == ("https://hill.example/bridge",)
    assert first.archives == (f"{copy}https://hill.example/bridge",)
    assert str(first.published) == "2021-05-23"
    assert second.urls == ("https://hill.example/lamps",)
    assert second.archives == (f"{copy}https://hill.example/lamps",)
    assert second.published is None  # two days: either may be it
    assert third.published is None


def test_a_folder_is_drafted_as_it_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.md", "b.md"):
        note = f"[^1]: “Rain”, Hill Post, https://hill.example/{name}"
        Path(name).write_text(f"It rained.[^1]\n\n{note}\n", "utf-8")
    Path("without-notes.md").write_text("It rained.\n", "utf-8")
    used = "sources:\n  - {id: rain, url: 'https://hill.example/a.md'}\n  - {id: old, url: 'https://o.example'}\n"
    Path("sources.yaml").write_text(used, "utf-8")

    code = main(["sources", "draft", "."])
    told = capsys.readouterr()

    assert code == 0
    assert "sources.yaml: a.md: 0 added, 1 kept" in told.out
    assert "sources.yaml: b.md: 1 added, 0 kept" in told.out
    assert "no note uses the entry 'old'" in told.err
    assert "'rain'" not in told.err
    assert main(["sources", "draft", "a.md", "b*.md"]) == 0
    assert "0 added" in capsys.readouterr().out


def test_a_draft_says_which_entries_no_longer_agree_with_their_notes(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft.draft(read(article), article.with_name("sources.yaml"))
    corrected = ARTICLE.replace("example.org/wells", "example.org/new-wells")
    article.write_text(corrected.replace("21 March", "22 March"), "utf-8")

    code = main(["sources", "draft", str(article)])
    told = capsys.readouterr()

    assert code == 0
    assert "0 added, 2 kept" in told.out
    assert "but note [1] “https://example.org/new-wells”" in told.err
    assert "but note [2] says 2026-03-22" in told.err
    assert "verify rule SRC006" in told.err


def test_a_file_of_remarks_alone_keeps_them(article: Path) -> None:
    path = article.with_name("sources.yaml")
    path.write_bytes(b"# ours\r\n")

    draft.draft(read(article), path)

    assert path.read_bytes().startswith(b"# ours\r\nversion: 1\r\nsources:\r\n  - id: wells-1\r\n")
    assert len(sources.load(path)) == 2


def test_pinning_a_folder_says_what_to_name(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = article.with_name("sources.yaml")
    draft.draft(read(article), path)

    assert main(["sources", "pin", str(article.parent), "--sources", str(path)]) == 2
    assert "hint: name one article in it" in capsys.readouterr().err
