"""What it means for a claim that a page and its archived copy differ."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from verify.judge.drift import LONGEST, drift, settle
from verify.model import (
    Attempt,
    Claim,
    Document,
    DriftKind,
    Evidence,
    Extraction,
    Failure,
    Identification,
    Language,
    Outcome,
    Snapshot,
    SourceId,
    Span,
    Verdict,
    Version,
)

LIVE = datetime(2026, 3, 20, tzinfo=UTC)
THEN = datetime(2022, 6, 1, tzinfo=UTC)
CLAIM = Claim("The mill by the river ground two thousand sacks of grain.")

BEFORE = "Before it.\nThe mill by the river ground two thousand sacks of grain in May.\nAfter it."
AFTER = "Before it.\nThe mill by the river ground nine hundred sacks of grain in May.\nAfter it."
WITHOUT = "Before it.\nThe orchard was sold to a family from the coast.\nAfter it."
PERSIAN_BEFORE = "پیش از آن.\nآسیاب کنار رود دو هزار کیسه گندم آرد می‌کرد.\nپس از آن."
PERSIAN_AFTER = "پیش از آن.\nآسیاب کنار رود نهصد کیسه گندم آرد می‌کرد.\nپس از آن."


def document(text: str, via: str = "live") -> Document:
    captured = THEN if via == "archive" else None
    snapshot = Snapshot(
        SourceId("s"), "a", "a", "text/plain", text.encode(), LIVE, via, captured=captured
    )
    extraction = Extraction(text, (Span(0, len(text)),))
    attempts = (Attempt("b", "recorded", Failure.GONE, "gone"),) if via == "live" else ()
    return Document(snapshot, extraction, Identification(Language("en"), 1.0), attempts)


def verdict(page: Document, outcome: Outcome, words: str = "") -> Verdict:
    snapshot = page.snapshot
    version = Version(
        snapshot.via, "a", snapshot.retrieved, snapshot.sha256, captured=snapshot.captured
    )
    line = next((each for each in page.text.splitlines() if words and words in each), "")
    start = page.text.find(line)
    evidence = (Evidence(line, Span(start, start + len(line)), 1.0, "exact"),) if line else ()
    return Verdict(CLAIM, outcome, evidence=evidence, version=version)


def test_evidence_that_is_gone_is_told_with_what_stands_there_now() -> None:
    page, copy = document(AFTER), document(BEFORE, "archive")
    live, then = verdict(page, Outcome.NOT_FOUND), verdict(copy, Outcome.SUPPORTED, "mill")

    chosen, (judged,) = settle(page, copy, [(live, then)])

    assert chosen.snapshot.via == "archive"
    assert chosen.attempts == page.attempts
    assert judged.outcome is Outcome.SUPPORTED
    assert judged.drift is not None
    assert judged.drift.kind is DriftKind.ONLY_IN_COPY
    assert judged.drift.other == live.version
    assert judged.drift.outcome is Outcome.NOT_FOUND
    assert "two thousand" in judged.drift.before
    assert "nine hundred" in judged.drift.after


def test_evidence_that_was_not_there_yet_is_told() -> None:
    page, copy = document(BEFORE), document(WITHOUT, "archive")
    live, then = verdict(page, Outcome.SUPPORTED, "mill"), verdict(copy, Outcome.NOT_FOUND)

    chosen, (judged,) = settle(page, copy, [(live, then)])

    assert chosen is page
    assert judged.drift is not None
    assert judged.drift.kind is DriftKind.ONLY_LIVE
    assert judged.drift.other.captured == THEN
    assert judged.drift.before == "", "an orchard is no mill"
    assert "two thousand" in judged.drift.after


def test_evidence_in_both_is_told_and_the_page_judged() -> None:
    page, copy = document(BEFORE), document(BEFORE + "\nMore.", "archive")
    pair = (verdict(page, Outcome.SUPPORTED, "mill"), verdict(copy, Outcome.SUPPORTED, "mill"))

    chosen, (judged,) = settle(page, copy, [pair])

    assert chosen is page
    assert judged.drift is not None
    assert judged.drift.kind is DriftKind.BOTH


def test_a_source_of_several_claims_is_judged_by_one_version() -> None:
    page, copy = document(AFTER), document(BEFORE, "archive")
    pairs = [
        (verdict(page, Outcome.NOT_FOUND), verdict(copy, Outcome.SUPPORTED, "mill")),
        (verdict(page, Outcome.NOT_FOUND), verdict(copy, Outcome.SUPPORTED, "mill")),
        (verdict(page, Outcome.PARTLY_SUPPORTED, "mill"), verdict(copy, Outcome.NOT_FOUND)),
    ]

    chosen, judged = settle(page, copy, pairs)

    assert chosen.snapshot.via == "archive"
    assert [v.version.via for v in judged if v.version] == ["archive"] * 3
    kinds = [v.drift.kind for v in judged if v.drift]
    assert kinds == [DriftKind.ONLY_IN_COPY, DriftKind.ONLY_IN_COPY, DriftKind.ONLY_LIVE]


@pytest.mark.parametrize(("now", "then"), list(product(Outcome, Outcome)))
def test_every_pair_of_outcomes_has_one_meaning(now: Outcome, then: Outcome) -> None:
    page, copy = document(BEFORE), document(AFTER, "archive")
    live, archived = verdict(page, now, "mill"), verdict(copy, then, "mill")

    turned = drift(archived, live, copy, page, live)
    found = drift(live, archived, page, copy, archived)

    mirror = {
        DriftKind.ONLY_IN_COPY: DriftKind.ONLY_LIVE,
        DriftKind.ONLY_LIVE: DriftKind.ONLY_IN_COPY,
    }
    assert (found is None) == (turned is None)
    if found and turned:
        assert turned.kind is mirror.get(found.kind, found.kind)
        assert found.outcome is then
    silent = {Outcome.NOT_FOUND, Outcome.UNCHECKED, Outcome.CONTRADICTED}
    assert (found is None) == ({now, then} <= silent)


def test_what_is_shown_is_short_and_shows_the_difference() -> None:
    long = "The mill by the river stood for years. " * 12
    one = f"{long}It ground two thousand sacks of grain.{long}"
    two = f"{long}It ground nine hundred sacks of grain.{long}"
    page, copy = document(two), document(one, "archive")
    live, then = verdict(page, Outcome.NOT_FOUND), verdict(copy, Outcome.SUPPORTED, "mill")

    found = drift(live, then, page, copy, live)

    assert found is not None
    for text, words in ((found.before, "two thousand"), (found.after, "nine hundred")):
        assert words in text
        assert len(text) < LONGEST + 50


def test_persian_passages_keep_their_joiners() -> None:
    page, copy = document(PERSIAN_AFTER), document(PERSIAN_BEFORE, "archive")
    live, then = verdict(page, Outcome.NOT_FOUND), verdict(copy, Outcome.SUPPORTED, "آسیاب")

    found = drift(live, then, page, copy, live)

    assert found is not None
    assert "می\u200cکرد" in found.before
    assert "نهصد" in found.after


@pytest.mark.parametrize("text", ["", "\n" * 50_000, "word " * 100_000, "x" * 500_000])
def test_an_odd_page_costs_little(text: str) -> None:
    page, copy = document(text), document(BEFORE, "archive")
    live, then = verdict(page, Outcome.NOT_FOUND), verdict(copy, Outcome.SUPPORTED, "mill")

    found = drift(live, then, page, copy, live)

    assert found is not None
    assert found.after == ""
