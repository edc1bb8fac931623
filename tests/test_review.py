"""A person's decision stands until what it was about changes, and nothing of theirs is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from verify import review
from verify.errors import ReviewsError
from verify.model import (
    Anchor,
    Article,
    Citation,
    Claim,
    Evidence,
    Outcome,
    Report,
    Review,
    Span,
    Verdict,
    Version,
)

if TYPE_CHECKING:
    from pathlib import Path

SENTENCE = "Officials said on Tuesday that 12 wells had been dug in the valley."
PASSAGE = "مقام‌ها روز سه‌شنبه گفتند ۱۲ حلقه چاه در این دره حفر شده است."
PAGE = Version("live", "https://example.org/wells", datetime(2026, 3, 20, tzinfo=UTC), "a" * 64)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / review.FILE_NAME


def verdict(sentence: str = SENTENCE, passage: str = PASSAGE, page: Version = PAGE) -> Verdict:
    citation = Citation("3", Span(10, 13), Span(0, 10), Claim(sentence))
    evidence = Evidence(passage, Span(0, len(passage)), 0.9, "encoder")
    return Verdict(
        Claim(sentence), Outcome.NOT_FOUND, evidence=(evidence,), citation=citation, version=page
    )


def report(tmp_path: Path, *verdicts: Verdict) -> Report:
    article = Article(tmp_path / "article.md", "", (Anchor(0, 1, 1),))
    return Report(article, {}, datetime(2026, 3, 20, tzinfo=UTC), verdicts=verdicts)


def decision(tmp_path: Path, of: Verdict, **fields: object) -> review.Decision:
    made = Review(
        Outcome.SUPPORTED,
        "ن. ویراستار",
        date(2026, 3, 21),
        review.claim_digest(of.claim),
        review.passage_digest(of.evidence[0].text),
        of.version.sha256 if of.version else None,
        of.evidence[0].span,
        "read in full: the number stands further down",
    )
    made = replace(made, **fields)  # type: ignore[arg-type]
    return review.Decision(tmp_path / "article.md", "3", made, of.claim.text, of.evidence[0].text)


def applied(tmp_path: Path, now: Verdict, kept: review.Decision) -> Verdict:
    return review.apply(report(tmp_path, now), [kept]).verdicts[0]


def test_a_decision_comes_back_as_it_was_written(tmp_path: Path, path: Path) -> None:
    made = decision(tmp_path, verdict(), fixed=True)

    review.save(path, made)

    assert review.load(path) == [made]
    assert applied(tmp_path, verdict(), made).review == made.review


def test_comments_order_and_quotes_of_people_are_kept(tmp_path: Path, path: Path) -> None:
    review.save(path, decision(tmp_path, verdict()))
    before = path.read_text("utf-8")
    edited = before.replace(
        "reviews:", "# our rule: two people look at every number\nreviews:"
    ).replace("    reviewer:", "    # asked by mail\n    reviewer:")
    path.write_text(edited, "utf-8")

    review.save(path, decision(tmp_path, verdict("Another sentence of note 3.")))
    after = path.read_text("utf-8")

    assert after.startswith(edited.rstrip("\n"))
    assert "Another sentence" in after


def test_the_lines_of_people_stay_as_they_are(tmp_path: Path, path: Path) -> None:
    """Also where a decision is changed or taken back, as far as YAML's library lets us."""
    first, second = decision(tmp_path, verdict()), decision(tmp_path, verdict("Another."))
    review.save(path, first)
    by_hand = path.read_text("utf-8").replace("\n  ", "\n").replace("version: 1", "---\nversion: 1")
    by_hand = by_hand.replace("- article: ", "- article:   ").replace("\n", "\r\n")
    path.write_bytes(f"{by_hand}# the end\r\n".encode())
    before = path.read_bytes()

    review.save(path, second)
    added = path.read_bytes()
    review.save(path, decision(tmp_path, verdict("Another."), note="looked again"))
    changed = path.read_bytes()
    review.remove(path, second)

    assert added.startswith(before)
    assert len(review.load(path)) == 1
    for text in (added, changed, path.read_bytes()):
        assert b"\n" not in text.replace(b"\r\n", b"")
        assert b"---\r\n" in text
        assert b"\r\n- article:" in text


def test_a_second_decision_on_a_sentence_takes_the_place_of_the_first(
    tmp_path: Path, path: Path
) -> None:
    review.save(path, decision(tmp_path, verdict()))
    review.save(path, decision(tmp_path, verdict(), outcome=Outcome.CONTRADICTED, note=""))

    kept = review.load(path)

    assert [d.review.outcome for d in kept] == [Outcome.CONTRADICTED]
    assert kept[0].review.note == ""


def test_a_decision_can_be_taken_back(tmp_path: Path, path: Path) -> None:
    first, second = decision(tmp_path, verdict()), decision(tmp_path, verdict("Another."))
    review.save(path, first)
    review.save(path, second)

    review.remove(path, first)
    review.remove(path, first)

    assert review.load(path) == [second]


def test_spelling_and_spaces_of_the_sentence_may_change(tmp_path: Path) -> None:
    of = verdict("او گفت: «می‌رویم».")
    now = verdict("او  گفت: «مي‌رويم».")

    assert applied(tmp_path, now, decision(tmp_path, of)).review is not None


def test_a_changed_sentence_asks_again_and_says_why(tmp_path: Path) -> None:
    now = applied(tmp_path, verdict(SENTENCE.replace("12", "20")), decision(tmp_path, verdict()))

    assert now.review is None
    assert now.asks_again == "the sentence has changed since ن. ویراستار (2026-03-21) decided"


def test_a_changed_source_asks_again_unless_the_passage_is_the_same(tmp_path: Path) -> None:
    kept = decision(tmp_path, verdict())
    other = replace(PAGE, sha256="b" * 64)

    same_passage = applied(tmp_path, verdict(page=other), kept)
    new_passage = applied(tmp_path, verdict(passage="۲۰ حلقه چاه حفر شد.", page=other), kept)

    assert same_passage.review == kept.review
    assert new_passage.review is None
    assert "the source has changed" in (new_passage.asks_again or "")


def test_a_source_that_cannot_be_had_today_has_not_changed(tmp_path: Path) -> None:
    now = replace(verdict(), version=None, evidence=(), outcome=Outcome.UNCHECKED)

    assert applied(tmp_path, now, decision(tmp_path, verdict())).review is not None


def test_a_decision_on_another_sentence_of_the_note_says_nothing_here(tmp_path: Path) -> None:
    other = verdict("The note is cited a second time here.")
    both = report(tmp_path, verdict(), other)

    first, second = review.apply(both, [decision(tmp_path, verdict())]).verdicts

    assert first.review is not None
    assert second.review is None
    assert second.asks_again is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("reviews: [", r"reviews\.yaml:\d"),
        ("decisions: []", "no list of 'reviews'"),
        ("reviews:\n  - note: 3\n", r"reviews\.yaml:2: it has no 'article'"),
        ("reviews:\n  - colour: red\n", "'colour' is not a field"),
        ("reviews:\n  - just words\n", "a review is a list of fields"),
        ("reviews: &a\n  - *a\n", r"reviews\.yaml"),
        ("reviews:\n  - article: [a.md]\n", r"reviews\.yaml:2: it has no 'note'"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(path: Path, text: str, message: str) -> None:
    path.write_text(text, "utf-8")

    with pytest.raises(ReviewsError, match=message):
        review.load(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", "fine"),
        ("outcome", "unchecked"),
        ("outcome", "[supported]"),
        ("date", "yesterday"),
        ("date", "[2026-03-20]"),
        ("span", "[1]"),
        ("fixed", "no"),
    ],
)
def test_a_field_that_cannot_be_read_says_what_it_takes(
    tmp_path: Path, path: Path, field: str, value: str
) -> None:
    review.save(path, decision(tmp_path, verdict(), fixed=True))
    lines = path.read_text("utf-8").splitlines()
    assert any(line.strip().startswith(field) for line in lines)
    lines = [f"    {field}: {value}" if line.strip().startswith(field) else line for line in lines]
    path.write_text("\n".join(lines), "utf-8")

    with pytest.raises(ReviewsError) as caught:
        review.load(path)

    assert "outcome is one of" in (caught.value.hint or "")
    assert f"{path}:5" in str(caught.value)


@pytest.mark.parametrize("name", ["loop", '"a\\0.md"'])
def test_what_is_no_path_of_an_article_is_refused(tmp_path: Path, path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    review.save(path, decision(tmp_path, verdict(), fixed=True))
    lines = path.read_text("utf-8").splitlines()
    place = next(n for n, line in enumerate(lines) if "article:" in line)
    lines[place] = f"  - article: {name}"
    path.write_text("\n".join(lines), "utf-8")

    with pytest.raises(ReviewsError, match=rf"reviews\.yaml:{place + 1}: .* is not the path"):
        review.load(path)


def test_a_folder_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    with pytest.raises(ReviewsError, match="cannot write"):
        review.save(tmp_path / "missing" / review.FILE_NAME, decision(tmp_path, verdict()))
