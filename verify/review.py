"""
reviews.yaml: what people decided about claims, and whether it still stands.

A decision stands while the sentence and the evidence are what the person had before them. What
a person writes into the file (comments, order, other fields' wording) is kept when we write.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from verify import roundtrip
from verify.errors import ReviewsError
from verify.language.fold import normalise
from verify.links import AWAY, leads_away
from verify.model import Outcome, Review, Span, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from verify.model import Claim, Report

FILE_NAME = "reviews.yaml"

HEAD = """\
# What people decided about claims, written by `verify audit`. Comments and order are kept.
# A decision stands until its sentence or its evidence changes; then verify asks again.
"""

FIELDS = frozenset(
    {
        "article", "note", "claim", "outcome", "reviewer", "date", "comment", "fixed",
        "claim_sha256", "evidence_sha256", "version_sha256", "span", "passage",
    }
)  # fmt: skip
NEEDED = ("article", "note", "outcome", "reviewer", "date", "claim_sha256")

DECIDED = frozenset(Outcome) - {Outcome.UNCHECKED}
"""What a person can answer."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A review, with the place in the articles that it is for. `article` is absolute."""

    article: Path
    label: str
    review: Review
    claim: str = ""
    """The sentence as it was, for people who read the file."""
    passage: str = ""
    """The passage as it was."""


def find(article: Path, sources: Path | None) -> Path:
    """Return where the decisions on `article` are kept: beside its sources.yaml, or beside it."""
    return (sources or article).parent / FILE_NAME


def claim_digest(claim: Claim) -> str:
    """Return the SHA-256 of a claim's words; spelling variants and spaces do not change it."""
    return _digest(claim.text)


def passage_digest(text: str) -> str:
    """Return the SHA-256 of a passage's words."""
    return _digest(text)


def _digest(text: str) -> str:
    return sha256(" ".join(normalise(text).split()).encode()).hexdigest()


# --- applying ---------------------------------------------------------------------------


def apply(report: Report, decisions: Iterable[Decision]) -> Report:
    """Give each verdict the decision that stands for it, or say why one stands no longer."""
    here = report.article.path.resolve()
    mine = [d for d in decisions if d.article == here]
    if not mine:
        return report
    claims = {claim_digest(v.claim) for v in report.verdicts}
    return replace(report, verdicts=tuple(_reviewed(v, mine, claims) for v in report.verdicts))


def _reviewed(verdict: Verdict, decisions: Sequence[Decision], claims: set[str]) -> Verdict:
    label = verdict.citation.label if verdict.citation else ""
    digest = claim_digest(verdict.claim)
    mine = [d for d in decisions if d.label == label]
    same = [d for d in mine if d.review.claim_sha256 == digest]
    if same:
        review = same[-1].review
        why = _changed(verdict, review)
        return replace(verdict, asks_again=why) if why else replace(verdict, review=review)
    # One that belongs to a sentence that is nowhere any more was meant for this one.
    orphans = [d for d in mine if d.review.claim_sha256 not in claims]
    if not orphans:
        return verdict
    review = orphans[-1].review
    return replace(verdict, asks_again=f"the sentence has changed since {_who(review)} decided")


def _changed(verdict: Verdict, review: Review) -> str | None:
    """Return why a decision on the same sentence stands no longer, if so."""
    if verdict.version is None or review.version_sha256 == verdict.version.sha256:
        # What cannot be had now has not been seen to change.
        return None
    seen = {passage_digest(e.text) for e in verdict.evidence}
    if review.evidence_sha256 is not None and review.evidence_sha256 in seen:
        return None
    return f"the source has changed since {_who(review)} decided"


def _who(review: Review) -> str:
    return f"{review.reviewer} ({review.date.isoformat()})"


# --- reading ----------------------------------------------------------------------------


def load(path: Path) -> list[Decision]:
    """Return the decisions in `path`; none where there is no such file. Raises `ReviewsError`."""
    if not path.is_file():
        return []
    if leads_away(path, path.parent):
        raise ReviewsError(
            f"cannot read {path}: {AWAY}",
            hint="copy the file to where the link is",
        )
    data = roundtrip.read(path, ReviewsError)
    items = data.get("reviews") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise ReviewsError(
            f"cannot read {path}:1: it has no list of 'reviews'",
            hint="`verify audit` writes the file; remove it to begin anew",
        )
    return [_decision(path, item) for item in items]


def _decision(path: Path, item: Any) -> Decision:
    where = f"{path}:{item.lc.line + 1}" if hasattr(item, "lc") else str(path)
    if not isinstance(item, dict):
        raise ReviewsError(f"cannot read {where}: a review is a list of fields")
    for name in item:
        if name not in FIELDS:
            known = ", ".join(sorted(FIELDS))
            raise ReviewsError(
                f"cannot read {where}: {name!r} is not a field", hint=f"the fields are {known}"
            )
    for name in NEEDED:
        if item.get(name) in (None, ""):
            raise ReviewsError(f"cannot read {where}: it has no {name!r}")
    try:
        article = (path.resolve().parent / str(item["article"])).resolve()
    except (ValueError, RuntimeError, OSError) as error:  # a NUL; a link that leads to itself
        raise ReviewsError(
            f"cannot read {where}: {item['article']!r} is not the path of an article",
            hint=f"name the article from the folder of {path.name}",
        ) from error
    return Decision(
        article,
        str(item["note"]),
        _review(where, item),
        str(item.get("claim", "")),
        str(item.get("passage", "")),
    )


def _review(where: str, item: Mapping[str, Any]) -> Review:
    try:
        day = item["date"]
        span = item.get("span")
        return Review(
            outcome=_outcome(str(item["outcome"])),
            reviewer=str(item["reviewer"]),
            date=day if type(day) is date else date.fromisoformat(str(day)),
            claim_sha256=str(item["claim_sha256"]),
            evidence_sha256=_text(item.get("evidence_sha256")),
            version_sha256=_text(item.get("version_sha256")),
            span=Span(int(span[0]), int(span[1])) if span else None,
            note=str(item.get("comment") or ""),
            fixed=_is_true(item.get("fixed", False)),
        )
    except (ValueError, TypeError, IndexError, KeyError) as error:
        raise ReviewsError(
            f"cannot read {where}: {error}",
            hint=f"outcome is one of {', '.join(sorted(o.value for o in DECIDED))}; "
            "date is written as 2026-03-20; span as [120, 180]; fixed as true or false",
        ) from None


def _outcome(written: str) -> Outcome:
    outcome = Outcome(written)
    if outcome not in DECIDED:
        raise ValueError(f"{written!r} is no decision")
    return outcome


def _is_true(value: object) -> bool:
    """Return a YAML Boolean; `no` is a word in YAML 1.2, and would count as true."""
    if not isinstance(value, bool):
        raise TypeError(f"'fixed' cannot be {value!r}")
    return value


def _text(value: object) -> str | None:
    return None if value is None else str(value)


# --- writing ----------------------------------------------------------------------------


def save(path: Path, decision: Decision) -> None:
    """Put `decision` into `path` in the place of an earlier one on the same sentence."""
    data = _document(path)
    item = dict(_fields(path, decision))
    for known in data["reviews"]:
        if _is_same(path, known, decision):
            for name in [n for n in known if n not in item]:
                del known[name]
            known.update(item)
            break
    else:
        _append(path, data, item)
        return
    _write(path, data)


def _append(path: Path, data: Any, item: dict[str, Any]) -> None:
    """Add a decision as lines of its own, so that nothing else in the file moves."""
    text = roundtrip.text_of(path) if path.is_file() else f"{HEAD}version: 1\nreviews: []\n"
    longer = roundtrip.appended(text, "reviews", [item])
    if longer is not None:
        roundtrip.write_text(path, longer, ReviewsError)
        return
    data["reviews"].append(item)
    _write(path, data)


def remove(path: Path, decision: Decision) -> None:
    """Take back a decision; nothing happens where there is none."""
    data = _document(path)
    kept = [known for known in data["reviews"] if not _is_same(path, known, decision)]
    if len(kept) < len(data["reviews"]):
        for known in [k for k in data["reviews"] if _is_same(path, k, decision)]:
            data["reviews"].remove(known)
        _write(path, data)


def _document(path: Path) -> Any:
    load(path)  # what we cannot read we must not write over
    if path.is_file():
        return roundtrip.read(path, ReviewsError)
    return roundtrip.parse(f"{HEAD}version: 1\nreviews: []\n")


def _is_same(path: Path, known: Mapping[str, Any], decision: Decision) -> bool:
    article = (path.resolve().parent / str(known["article"])).resolve()
    return (
        article == decision.article
        and str(known["note"]) == decision.label
        and str(known["claim_sha256"]) == decision.review.claim_sha256
    )


def _fields(path: Path, decision: Decision) -> Iterator[tuple[str, Any]]:
    review = decision.review
    yield "article", os.path.relpath(decision.article, path.resolve().parent)
    yield "note", roundtrip.quoted(decision.label)
    yield "claim", decision.claim
    yield "outcome", review.outcome.value
    yield "reviewer", review.reviewer
    yield "date", review.date
    if review.note:
        yield "comment", review.note
    if review.fixed:
        yield "fixed", True
    if decision.passage:
        yield "passage", decision.passage
    if review.span:
        yield "span", roundtrip.flow([review.span.start, review.span.end])
    yield "claim_sha256", review.claim_sha256
    if review.evidence_sha256:
        yield "evidence_sha256", review.evidence_sha256
    if review.version_sha256:
        yield "version_sha256", review.version_sha256


def _write(path: Path, data: Any) -> None:
    data["reviews"].fa.set_block_style()
    roundtrip.write(path, data, ReviewsError)
