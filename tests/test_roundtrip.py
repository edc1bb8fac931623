"""What verify adds to a YAML file leaves every other byte of it as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify import draft, roundtrip, sources
from verify.article import read
from verify.errors import SourcesError
from verify.model import SourceId

if TYPE_CHECKING:
    from pathlib import Path

BY_HAND = """\
---
# top remark


version: 1
sources:
# before the first
- note: 1   # mine
  url: "https://hill.example/w"
  accessed: 2021-05-03
  claim: >
    folded text that goes
    on two lines

  # a remark inside
  ignore: [{code: SRC005, reason: 'no pin'}]
  # trailing remark of 1

# remark at the end
"""
NEW = [{"id": "new", "url": ["https://hill.example/a", "https://hill.example/b"]}]
DIGEST = "a" * 64


def test_a_new_entry_stands_behind_the_text_as_it_was() -> None:
    lines = "\n- id: new\n  url:\n    - https://hill.example/a\n    - https://hill.example/b\n"

    assert roundtrip.appended(BY_HAND, "sources", NEW) == BY_HAND + lines


def test_a_new_entry_stands_before_the_next_key_and_its_remarks() -> None:
    old, rest = "sources:\n    - note: 1\n      # mine\n", "\n# ours\nversion: 1\n"

    new = roundtrip.appended(old + rest, "sources", [{"id": "new"}])

    assert new == f"{old}    - id: new\n{rest}"


@pytest.mark.parametrize("empty", ["", " []", " ~", " null"])
def test_an_empty_list_is_begun(empty: str) -> None:
    old = f"version: 1\nsources:{empty} # none yet\n"

    new = roundtrip.appended(old, "sources", [{"id": "new"}])

    assert new == "version: 1\nsources: # none yet\n  - id: new\n"


def test_line_ends_a_bom_and_the_end_of_a_document_are_kept() -> None:
    old = "\ufeffsources:\r\n- note: 1\r\n"

    new = roundtrip.appended(f"{old}...\r\n", "sources", [{"id": "new"}])

    assert new == f"{old}- id: new\r\n...\r\n"


def test_a_list_between_brackets_takes_more_than_lines() -> None:
    assert roundtrip.appended('{"sources": [{"note": 1}]}', "sources", NEW) is None
    assert roundtrip.appended("sources: [{note: 1}]\n", "sources", NEW) is None
    assert roundtrip.appended("sources: &a\n- note: *a\n", "sources", NEW) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- note: 1 # a\n  # b\n# end\n", f"- note: 1 # a\n  sha256: {DIGEST}\n  # b\n# end\n"),
        ("- {note: 1, quote: a} # mine\n", f"- {{note: 1, quote: a, sha256: {DIGEST}}} # mine\n"),
        ("- note: 1\n  sha256:  'b'  # old\n", f"- note: 1\n  sha256:  {DIGEST}  # old\n"),
        ("- note: 1\n  sha256:\n", f"- note: 1\n  sha256: {DIGEST}\n"),
        ("- claim: |\n    a\n\n\n# end\n", f"- claim: |\n    a\n  sha256: {DIGEST}\n\n\n# end\n"),
        ("- claim: |+\n    a\n\n", f"- claim: |+\n    a\n\n  sha256: {DIGEST}\n"),
        ("-   note:\r\n    - 1\r\n", f"-   note:\r\n    - 1\r\n    sha256: {DIGEST}\r\n"),
        ("- note: 1", f"- note: 1\n  sha256: {DIGEST}\n"),
    ],
)  # fmt: skip
def test_a_pin_is_one_line_or_one_value(old: str, new: str) -> None:
    head = "sources:\n" if "\r" not in old else "sources:\r\n"

    assert roundtrip.with_field(head + old, "sources", 0, "sha256", DIGEST) == head + new


def test_what_cannot_be_lines_is_written_anew_in_the_manner_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_bytes(b"---\r\nversion: 1\r\nsources: [{note: 9, url: 'https://a.example'}]\r\n")
    article = tmp_path / "a.md"
    article.write_text("It rained.[^1]\n\n[^1]: “Rain”, Post, https://b.example\n", "utf-8")

    draft.draft(read(article), path)

    assert path.read_bytes().startswith(b"---\r\nversion: 1\r\nsources:")
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    assert [e.source.named for e in sources.load(path)] == [("9",), ("1",)]


# --- any file ---------------------------------------------------------------------------

REMARKS = st.sampled_from(["", "\n", "  \n", "# a remark\n", "    # further in\n"])
VALUES = st.sampled_from(
    [
        "1",
        "'2'  # why",
        '"سه"',
        "|\n{}  a text\n",
        "|+\n{}  kept\n\n",
        ">-\n{}  # no remark",
        "[4, 5]",
    ]
)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Write a sources.yaml as people do: any indentation, remarks and line ends."""
    column = draw(st.integers(0, 4))
    dash = " " * column + "-" + " " * draw(st.integers(1, 3))
    inner = " " * len(dash)
    text = draw(st.sampled_from(["", "---\n", "# ours\n"])) + "version: 1\nsources:\n"
    for _ in range(draw(st.integers(1, 3))):
        text += draw(REMARKS) + dash + "note: " + draw(st.sampled_from(["1", "[2, 3]"])) + "\n"
        for name in draw(st.lists(st.sampled_from(["quote", "claim"]), unique=True)):
            value = draw(VALUES).format(inner)
            text += draw(REMARKS) + f"{inner}{name}: {value}" + ("" if value[-1] == "\n" else "\n")
    text += "".join(draw(st.lists(REMARKS, max_size=3)))
    if draw(st.booleans()):
        text = text.rstrip("\n")
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@given(files())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_old_text_is_a_prefix_of_the_new_one(text: str) -> None:
    new = roundtrip.appended(text, "sources", NEW)

    assert new is not None
    assert new.startswith(text)
    added = new[len(text) :]
    assert "id: new" in added
    assert ("\r\n" in text) == ("\r\n" in added)


@given(files(), st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_pin_adds_its_line_and_nothing_else(text: str, data: st.DataObject) -> None:
    count = len(roundtrip.parse(text)["sources"])
    index = data.draw(st.integers(0, count - 1))

    new = roundtrip.with_field(text, "sources", index, "sha256", DIGEST)

    assert new is not None
    pinned = [line for line in new.splitlines() if DIGEST in line]
    rest = [line for line in new.splitlines() if DIGEST not in line]
    assert len(pinned) == 1
    assert rest == text.splitlines()
    assert roundtrip.parse(new)["sources"][index]["sha256"] == DIGEST


def test_the_commands_write_what_the_edits_make(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_bytes(BY_HAND.replace("\n", "\r\n").encode())
    before = path.read_bytes()
    article = tmp_path / "a.md"
    article.write_text("Rain.[^1] Snow.[^2]\n\n[^1]: “W”, P, https://hill.example/w\n[^2]: Snow.\n")

    draft.draft(read(article), path)
    drafted = path.read_bytes()
    draft.pin(path, {SourceId("note-1"): DIGEST})

    assert drafted.startswith(before)
    pin = f"  sha256: {DIGEST}\r\n".encode()
    assert path.read_bytes().replace(pin, b"") == drafted


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match="cannot write"):
        roundtrip.write_text(tmp_path / "none" / "sources.yaml", "version: 1\n", SourcesError)
