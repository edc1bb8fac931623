"""Which words of a passage stand for which of a claim, with the shipped encoder."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from verify.judge.counterparts import MOST_LINKS, Counterparts
from verify.judge.encode import LONGEST, OnnxEncoder
from verify.judge.memory import Memory
from verify.judge.verdict import Examiner
from verify.language.identify import Identifier
from verify.model import Claim, Document, Extraction, Snapshot, SourceId, Span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from verify.model import WordLink

CLAIM = "The minister of agriculture opened the new market in Kunduz on 20 March 2020."
PASSAGE = "وزیر زراعت روز ۱ حمل ۱۳۹۹ بازار تازه را در کندز گشود. مردم خوش بودند."
STRANGE = ["", " ", "\0", "🏔", "\ud800", "؟!…", "\u200c", "ﷺ" * 9, "\u202eabc\u202c", "0" * 50]


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(threads=1)


@pytest.fixture(scope="module")
def linker(encoder: OnnxEncoder) -> Counterparts:
    return Counterparts(encoder)


def said(claim: str, passage: str, links: Sequence[WordLink]) -> dict[str, str]:
    return {
        claim[k.claim.start : k.claim.end]: passage[k.passage.start : k.passage.end] for k in links
    }


def linked(linker: Counterparts, claim: str, passage: str) -> dict[str, str]:
    return said(claim, passage, linker.links(claim, [passage])[0])


def test_words_stand_beside_their_counterparts(linker: Counterparts) -> None:
    found = linked(linker, CLAIM, PASSAGE)

    assert found["minister"] == "وزیر"
    assert found["agriculture"] == "زراعت"
    assert found["market"] == "بازار"
    assert found["new"] == "تازه"
    assert found["Kunduz"] == "کندز"


def test_it_works_in_either_direction(linker: Counterparts) -> None:
    there = {(a, b) for a, b in linked(linker, CLAIM, PASSAGE).items()}
    back = {(b, a) for a, b in linked(linker, PASSAGE, CLAIM).items()}

    assert len(there & back) >= 6


def test_a_date_goes_as_one_also_into_another_calendar(linker: Counterparts) -> None:
    assert linked(linker, CLAIM, PASSAGE)["20 March 2020"] == "۱ حمل ۱۳۹۹"


@pytest.mark.parametrize(
    ("claim", "passage", "is_linked"),
    [
        ("The road is 140 kilometres long.", "درازای این راه ۱۴۰ کیلومتر است.", True),
        ("The road is 140 kilometres long.", "درازای این راه ۱۶۰ کیلومتر است.", False),
        ("2.5 million people live there.", "در آنجا ۲٫۵ میلیون نفر زندگی می‌کنند.", True),
        ("2.5 million people live there.", "در آنجا ۳٫۵ میلیون نفر زندگی می‌کنند.", False),
        ("Seven bridges were repaired.", "هفت پل ترمیم شد.", True),
        ("Seven bridges were repaired.", "نه پل ترمیم شد.", False),
    ],
)
def test_a_number_goes_with_its_equal_alone(
    linker: Counterparts, claim: str, passage: str, *, is_linked: bool
) -> None:
    found = linked(linker, claim, passage)
    numbers = {"140", "2.5 million", "2.5", "million", "Seven"}

    assert bool(numbers & found.keys()) is is_linked


@pytest.mark.parametrize(
    ("claim", "passage", "name"),
    [
        ("He met the traders in Iraq.", "او با بازرگانان در پاکستان دیدار کرد.", "Iraq"),
        ("The office closed in March 2021.", "دفتر در فبروری ۲۰۲۱ بسته شد.", "March"),
    ],
)
def test_another_place_or_month_is_no_counterpart(
    linker: Counterparts, claim: str, passage: str, name: str
) -> None:
    found = linked(linker, claim, passage)

    assert name not in " ".join(found)
    assert found


def test_of_a_word_that_stands_twice_the_one_in_the_sentence_meant_is_linked(
    linker: Counterparts,
) -> None:
    passage = "پل هرات کهنه است. در تابستان کارگران پل بادغیس را در نُه روز ترمیم کردند."
    claim = "Workers repaired the Badghis bridge in the summer."
    (links,) = linker.links(claim, [passage])
    (bridge,) = [k for k in links if claim[k.claim.start : k.claim.end] == "bridge"]

    assert bridge.passage.start == passage.rindex("پل")


def test_a_passage_on_something_else_has_hardly_a_counterpart(linker: Counterparts) -> None:
    passage = "باران دیشب کوچه‌ها را تر کرد و گربه زیر بام خوابید."

    assert len(linked(linker, CLAIM, passage)) <= 1


def test_words_that_every_sentence_has_are_not_linked(linker: Counterparts) -> None:
    assert not {"The", "of", "in", "on", "the"} & linked(linker, CLAIM, PASSAGE).keys()


def test_the_non_joiner_stays_within_the_word(linker: Counterparts) -> None:
    claim, passage = "Farmers are planting trees.", "کشاورزان درخت‌ها می‌کارند."
    found = linked(linker, claim, passage)

    assert found == {"Farmers": "کشاورزان", "trees": "درخت‌ها"}


@pytest.mark.parametrize("claim", [CLAIM, PASSAGE, *STRANGE])
def test_links_are_one_to_one_and_lie_within_the_texts(linker: Counterparts, claim: str) -> None:
    passages = [PASSAGE, CLAIM, *STRANGE]
    for passage, links in zip(passages, linker.links(claim, passages), strict=True):
        for text, spans in (
            (claim, [k.claim for k in links]),
            (passage, sorted((k.passage for k in links), key=lambda s: s.start)),
        ):
            edges = [edge for s in spans for edge in (s.start, s.end)]
            assert edges == sorted(edges)
            assert all(0 <= s.start < s.end <= len(text) for s in spans)
        assert all(0 < k.score <= 1 for k in links)
        assert len(links) <= MOST_LINKS


def test_of_texts_too_long_the_beginning_alone_is_linked_and_soon(linker: Counterparts) -> None:
    started = time.process_time()
    for text in (f"{PASSAGE} " * 800, "ﷺ " * 50_000, "\n".join("۱ ۲ ۳" * 9_000)):
        (links,) = linker.links(f"{CLAIM} " * 800, [text])
        assert all(k.passage.end <= LONGEST for k in links)

    assert time.process_time() - started < 10


def test_marks_that_turn_text_round_do_no_harm(linker: Counterparts) -> None:
    passage = PASSAGE.replace("وزیر", "\u202eوزیر\u202c").replace("بازار", "با\u2066زار")
    found = linked(linker, CLAIM, passage)

    assert "وزیر" in found["minister"]
    assert found["market"] == "با\u2066زار"


def test_what_was_linked_before_needs_no_model(tmp_path: Path, encoder: OnnxEncoder) -> None:
    class Asleep(OnnxEncoder):
        def states(self, rows: Sequence[Sequence[int]]) -> list[Any]:  # noqa: ARG002
            raise AssertionError

    first = Counterparts(encoder, Memory(tmp_path / "m")).links(CLAIM, [PASSAGE, "نان", ""])
    again = Counterparts(Asleep(), Memory(tmp_path / "m")).links(CLAIM, ["", PASSAGE, "نان"])

    assert first[0]
    assert (again[1], again[2], again[0]) == tuple(first)


def test_the_states_of_words_leave_the_vectors_of_sentences_as_they_are(
    encoder: OnnxEncoder, linker: Counterparts
) -> None:
    before = OnnxEncoder(threads=1).encode([CLAIM, PASSAGE])
    linker.links(PASSAGE, [CLAIM])

    assert np.array_equal(before, encoder.encode([CLAIM, PASSAGE]))


def document(text: str) -> Document:
    snapshot = Snapshot(SourceId("s"), "", "", "text/plain", b"", datetime.now(UTC), "given")
    return Document(snapshot, Extraction(text, (Span(0, len(text)),)), Identifier().identify(text))


def test_evidence_in_another_language_is_linked_and_in_the_same_it_is_not(
    encoder: OnnxEncoder, linker: Counterparts
) -> None:
    examiner = Examiner(encoder, counterparts=linker)
    across = examiner.examine(Claim(CLAIM), document(PASSAGE)).evidence[0]
    within = examiner.examine(Claim(CLAIM), document(f"{CLAIM} People were glad.")).evidence[0]

    assert said(CLAIM, across.text, across.links)["market"] == "بازار"
    assert within.links == ()
    assert Examiner(encoder).examine(Claim(CLAIM), document(PASSAGE)).evidence[0].links == ()
