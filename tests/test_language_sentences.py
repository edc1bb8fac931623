"""Where sentences end, in Persian and English."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from verify.language.sentences import split


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["The U.S. Army left.", "Dr. Smith of the U.S. agreed.", "It rose 3.5 percent."],
        ["J. K. Rowling met R.W. Hill on Aug. 3.", "See No. 5 on p. 7.", "Then they left."],
        ["He came at 5 p.m. on Friday.", "We left, e.g. by car, vs. by train."],
        ["Was it vitamin C?", "It was plan B.", "We know."],
        ["Wait... what is this?", "It ended…", "The end!"],
        ["It was in the U.S.", "He stayed there."],
        ["This is Roe v. Wade, from 44 B.C.L. Rev. 733."],
        ["The talks failed.[1]", "Nobody came [2].", "They left.[3][4]", "So it ended. [5]"],
        ['He said, "The talks failed. Nobody came."[3]', "Then he left."],
        ['"Why?" he asked.', '"Yes!"', "She left."],
        ["(He left. She stayed.)", "Fine."],
        ["She quoted “a man who said ‘No. Never. Not me.’ to them”.", "Then she sat."],
        ["کتاب را خواند.", "آیا رفت؟", "نه!", "سپس ۳.۵ درصد شد."],
        ["او گفت: «می‌روم. برنمی‌گردم.» و رفت؛ اما نیامد.[1]", "سپس باز آمد."],
        ["در سال ۱۴۰۱ ه.ش. به کابل رفت.", "آنجا ماند."],
        ["«آیا می‌آیی؟» پرسید.", "پاسخی نشنید۔", "رفت."],
        ["یک جمله (که در میان آن. نقطه است) ادامه دارد.", "پایان."],
    ],
)
def test_sentences_come_apart(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_a_sentence_never_crosses_a_line() -> None:
    assert sentences("A title\nand a line.\n\n  Another. ") == [
        "A title",
        "and a line.",
        "Another.",
    ]


def test_a_missing_space_still_parts_sentences() -> None:
    assert sentences("او رفت.سپس آمد.") == ["او رفت.", "سپس آمد."]
    assert sentences("They left.Then it rained.") == ["They left.", "Then it rained."]
    assert sentences("See example.com and 192.168.1.1 now.") == [
        "See example.com and 192.168.1.1 now."
    ]


def test_a_semicolon_ends_nothing() -> None:
    assert len(sentences("او رفت؛ سپس آمد؛ و ماند.")) == 1


def test_an_unclosed_bracket_does_not_swallow_the_rest() -> None:
    assert len(sentences("An open (bracket here. And then. More of it.")) == 3


def test_a_long_inset_is_split() -> None:
    inside = "This is one of many sentences. " * 40
    assert len(sentences(f"«{inside}» said he.")) > 30


def test_a_stray_mark_stays_with_what_it_follows() -> None:
    assert sentences('He left. "') == ['He left. "']


def test_a_text_without_letters_has_no_sentence_lost() -> None:
    assert sentences("") == []
    assert sentences("  \n \t ") == []
    assert sentences("...") == ["..."]


def test_sentences_are_in_order_and_do_not_overlap() -> None:
    text = 'A. B! "C? D." e (f. g) [1] «h. i» …\nj. k' * 20
    spans = split(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[s.start : s.end].strip() == text[s.start : s.end] for s in spans)


@pytest.mark.parametrize("piece", ["«(", "No. ", '"', "کتاب رفت. ", ". [", "x.[1] [2] ", "a."])
def test_splitting_takes_linear_time(piece: str) -> None:
    started = time.perf_counter()
    split(piece * (500_000 // len(piece)))
    assert time.perf_counter() - started < 4
