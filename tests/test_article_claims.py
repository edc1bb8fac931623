"""Which sentence a marker belongs to, and what else the claim needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verify.article import read
from verify.article.claims import leans_on_the_one_before
from verify.model import ClaimKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from verify.model import Article

    Reader = Callable[[str], Article]


@pytest.fixture
def paragraph(tmp_path: Path) -> Reader:
    def make(text: str) -> Article:
        path = tmp_path / "article.txt"
        path.write_text(f"Title\n\n{text}\n\n[1] “One”, P.\n\n[2] “Two”, Q.\n", encoding="utf-8")
        return read(path)

    return make


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (
            "Snow fell in the hills. Rain fell in the valley.[1] Hail fell too.",
            "Rain fell in the valley.",
        ),
        (
            "Snow fell in the hills. Rain fell in the valley[1]. Hail fell too.",
            "Rain fell in the valley.",
        ),
        (
            "Snow fell in the hills. Rain fell in the valley [1]. Hail fell too.",
            "Rain fell in the valley.",
        ),
        (
            "Snow fell in the hills. Rain fell[1] in the valley. Hail fell too.",
            "Rain fell in the valley.",
        ),
        (
            "Snow fell in the hills. Rain fell in the valley. [1] Hail fell too.",
            "Rain fell in the valley.",
        ),
        (
            "Snow fell in the hills. Rain fell in the valley,[1] and hail. So.",
            "Rain fell in the valley, and hail.",
        ),
        (
            "Snow fell. The U.S. sent Dr. Doe with 3.5 tons of salt.[1] Hail fell.",
            "The U.S. sent Dr. Doe with 3.5 tons of salt.",
        ),
        (
            "Snow fell. The guard called out “Stop there!” and ran down.[1]",
            "The guard called out “Stop there!” and ran down.",
        ),
        ("برف بارید. باران در دره بارید.[۱] تگرگ هم بارید.", "باران در دره بارید."),
        (
            "آیا برف بارید؟ باران در دره بارید؛ تگرگ نبارید[۱]. همین.",
            "باران در دره بارید؛ تگرگ نبارید.",
        ),
        ("برف بارید. مرد گفت: «باران می\u200cبارد».[۱]", "مرد گفت: «باران می\u200cبارد»."),
    ],
)
def test_a_marker_belongs_to_its_sentence(paragraph: Reader, text: str, claim: str) -> None:
    article = paragraph(text)
    assert [c.claim.text for c in article.citations] == [claim]
    covered = article.text[article.citations[0].span.start : article.citations[0].span.end]
    assert article.text[article.citations[0].marker.start] in covered


def test_markers_of_one_sentence_share_its_claim(paragraph: Reader) -> None:
    first, second = paragraph("Snow fell in the hills[1] and rain in the valley.[2]").citations
    assert first.claim == second.claim
    assert first.span == second.span
    assert first.claim.text == "Snow fell in the hills and rain in the valley."


def test_the_context_goes_back_to_the_marker_before(paragraph: Reader) -> None:
    first, second = paragraph(
        "A dog ran by. Snow fell in the hills.[1] A cat sat there. Rain fell in the vale.[2]"
    ).citations
    assert first.claim.context == "A dog ran by. Snow fell in the hills."
    assert second.claim.context == "A cat sat there. Rain fell in the vale."


@pytest.mark.parametrize(
    "sentence",
    [
        "It fell again in the night of Sunday.",
        "He did not say where the money went.",
        "But they never came back to the town.",
        "This is what the council had feared most.",
        "That was denied by the whole council.",
        "So he said.",
        "او نگفت پول به کجا رفته است.",
        "وی این خبر را رد کرد و رفت.",
        "اما آن\u200cها هرگز به شهر برنگشتند.",
        "این در حالی است که شورا موافق بود.",
        "این را شورا در نشست خود گفت.",
    ],
)
def test_some_sentences_lean_on_the_one_before(sentence: str) -> None:
    assert leans_on_the_one_before(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "This agreement was signed in the spring of 1950.",
        "That man never returned to the old town.",
        "It is known that the river rose by two metres.",
        "Italy never signed the paper of the council.",
        "The council met on the evening of that day.",
        "این توافق در بهار سال ۱۳۲۹ امضا شد.",
        "آنکارا پیشنهاد را در همان روز رد کرد.",
        "ایشانی که در شهر ماندند نان داشتند.",
    ],
)
def test_others_can_be_read_alone(sentence: str) -> None:
    assert not leans_on_the_one_before(sentence)


def test_a_leaning_sentence_takes_the_one_before_with_it(paragraph: Reader) -> None:
    (citation,) = paragraph(
        "Snow fell in June. The mayor met the press. He denied the whole story.[1]"
    ).citations
    assert citation.claim.text == "The mayor met the press. He denied the whole story."


def test_a_leaning_sentence_leaves_alone_what_has_a_note_of_its_own(paragraph: Reader) -> None:
    first, second = paragraph(
        "The mayor said “we shall never sell the water”.[1] He left the town in 1950.[2]"
    ).citations
    assert first.claim.kind is ClaimKind.QUOTE
    assert second.claim.text == "He left the town in 1950."
    assert (second.claim.kind, second.claim.quotations) == (ClaimKind.PARAPHRASE, ())


def test_a_fragment_takes_the_sentence_before_along_whatever_notes_it_has(
    paragraph: Reader,
) -> None:
    _, second = paragraph("The mayor met the press in the old town.[1] So he said.[2]").citations
    assert second.claim.text == "The mayor met the press in the old town. So he said."


def test_a_marker_alone_in_its_paragraph_belongs_to_the_text_above(paragraph: Reader) -> None:
    (citation,) = paragraph("Snow fell in June. The mayor met the press.\n\n[1], [2]").citations[:1]
    assert citation.claim.text == "The mayor met the press."


@pytest.mark.parametrize(
    ("text", "kind", "quoted"),
    [
        (
            "The mayor said “we will not sell the water”.[1]",
            ClaimKind.QUOTE,
            ["we will not sell the water"],
        ),
        (
            'The mayor said "we will not sell the water".[1]',
            ClaimKind.QUOTE,
            ["we will not sell the water"],
        ),
        (
            "The mayor said ‘we won’t sell the old water’.[1]",
            ClaimKind.QUOTE,
            ["we won’t sell the old water"],
        ),
        (
            "The mayor said “we call it ‘the sea’ here at home”.[1]",
            ClaimKind.QUOTE,
            ["we call it ‘the sea’ here at home"],
        ),
        (
            "شهردار گفت «ما هرگز آب را نمی\u200cفروشیم و».[1]",
            ClaimKind.QUOTE,
            ["ما هرگز آب را نمی\u200cفروشیم و"],
        ),
        (
            "The “Great Council for the Water of the Valley” met there.[1]",
            ClaimKind.PARAPHRASE,
            ["Great Council for the Water of the Valley"],
        ),
        ("The so-called “war” ended.[1]", ClaimKind.PARAPHRASE, ["war"]),
        ("The workers’ and the mayor’s men met there.[1]", ClaimKind.PARAPHRASE, []),
        ("It’s the mayor's man who said 'no' there.[1]", ClaimKind.PARAPHRASE, []),
        ('A pipe of 5" and a “lone mark stood there.[1]', ClaimKind.PARAPHRASE, []),
    ],
)
def test_quotations_are_kept_apart(
    paragraph: Reader, text: str, kind: ClaimKind, quoted: list[str]
) -> None:
    article = paragraph(text)
    claim = article.citations[0].claim
    assert [q.text for q in claim.quotations] == quoted
    assert claim.kind is kind
    for quotation in article.quotations:
        assert article.text[quotation.span.start : quotation.span.end] == quotation.text


def test_a_quotation_of_several_sentences_is_claimed_as_a_whole(paragraph: Reader) -> None:
    spoken = " ".join(f"We shall carry stone number {n} up the long hill." for n in range(12))
    (citation,) = paragraph(f"Snow fell in June. The mayor said: “{spoken}”[1]").citations
    assert citation.claim.text == f"The mayor said: “{spoken}”"
