"""
This run beside an earlier one: which claims are new, which fare worse, and which better.

A claim is the same claim where its words are, by the folded text, and where its source has the
same address; where it stands, and in which note, may change. Equal claims of one source are told
apart by their order. What is left over may have been edited: it is paired with the sentence of
the same source that shares most words with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from verify.language.fold import normalise
from verify.model import Outcome
from verify.report.findings import worst_of
from verify.report.words import SIGNS, worst_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from verify.model import Finding, Report, Verdict
    from verify.report.strings import Strings

_RANK = {outcome: rank for rank, outcome in enumerate(SIGNS)}

# Rules on notes and entries, which need no source: their findings are gone where they are.
_OFFLINE = ("CIT", "SRC")

# Two sentences that share two words in three are one sentence, edited: chosen, so that a new
# figure, a name or a clause makes no new sentence of it; a wrong pair costs a misleading "was".
SAME_SENTENCE = 2 / 3

# Of one source, left without their like; more is an article written anew. Bounds the work.
MOST_EDITED = 50
LONGEST_CLAIM = 2000


class Turn(StrEnum):
    """What has become of a claim."""

    WORSE = "worse"
    BETTER = "better"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Change:
    """A claim of which an earlier report said something else, or nothing."""

    report: Report
    verdict: Verdict
    turn: Turn
    was: Outcome | None
    """`None` where the earlier report does not have the claim."""
    day: date
    """Of the earlier report."""
    is_edited: bool = False
    """Whether the sentence itself is another one by now."""


class _Placed(NamedTuple):
    """A claim, and the report that has it."""

    report: Report
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Since:
    """What has changed since an earlier run. Empty where there is none to compare with."""

    reports: Sequence[Report] = ()
    pairs: Sequence[tuple[Report, Report]] = ()
    """Each article that both runs have: now, and then."""
    day: date | None = None
    """The day of the earlier run."""
    _changes: Mapping[int, Change] = field(default_factory=dict)
    _kept: AbstractSet[int] = frozenset()
    """The verdicts of then whose claims are still made."""
    _known: AbstractSet[str] = frozenset()

    @classmethod
    def between(cls, reports: Sequence[Report], before: Sequence[Report]) -> Since:
        """Compare two runs; `before` is the earlier one, or nothing."""
        day = max((r.created.date() for r in before), default=None)
        if day is None:
            return cls()
        # What `verify lint` wrote has no verdicts: against that, every claim would be new.
        asked = reports if any(r.fetched for r in before) else ()
        paired = list(_paired(asked, before))
        changes = (_change(now, then, day) for now, then in paired)
        return cls(
            reports,
            _pairs(reports, before),
            day,
            {id(change.verdict): change for change in changes if change},
            {id(then.verdict) for _, then in paired if then},
            {_key(finding) for report in before for finding in report.findings},
        )

    def within(self, report: Report) -> Since:
        """Return what has changed in one article."""
        return replace(
            self,
            reports=[each for each in self.reports if each is report],
            pairs=[pair for pair in self.pairs if pair[0] is report],
        )

    @property
    def is_asked(self) -> bool:
        """Whether there is an earlier run to compare with."""
        return self.day is not None

    def of(self, verdict: Verdict) -> Change | None:
        """Return what has become of a claim of this run; `None` where nothing has."""
        return self._changes.get(id(verdict))

    def changes(self, turn: Turn) -> list[Change]:
        """Return the claims that fare so, the worst of today first."""
        verdicts = worst_first([v for report in self.reports for v in report.verdicts])
        changes = (self.of(verdict) for verdict in verdicts)
        return [change for change in changes if change and change.turn is turn]

    def gone(self) -> int:
        """Count the claims that the articles no longer make, as far as this run looked."""
        whole = (then for now, then in self.pairs if _is_whole(now))
        return sum(id(v) not in self._kept for then in whole for v in then.verdicts)

    def is_fresh(self, finding: Finding) -> bool:
        """Whether the earlier run did not have a finding."""
        return self.is_asked and _key(finding) not in self._known

    def fresh(self) -> list[Finding]:
        """Return the open findings that the earlier run did not have, worst first."""
        found = [f for r in self.reports for f in r.findings if f.is_open and self.is_fresh(f)]
        return worst_of(found)

    def solved(self) -> list[Finding]:
        """Return the findings of then that this run looked for and did not find."""
        now = {_key(finding) for report in self.reports for finding in report.findings}
        gone = (
            finding
            for report, then in self.pairs
            for finding in then.findings
            if finding.is_open and _key(finding) not in now and _could_tell(report, finding)
        )
        return worst_of(gone)

    def told(self, say: Strings) -> list[str]:
        """Say in a few words what has changed; one who reads nothing else reads this."""
        counts = {turn: len(self.changes(turn)) for turn in Turn}
        said = [say.count(f"since.{turn}", count) for turn, count in counts.items() if count]
        if gone := self.gone():
            said.append(say.count("since.gone", gone))
        said = said or [say("since.same")]
        if fresh := len(self.fresh()):
            said.append(say.count("since.fresh", fresh))
        if solved := len(self.solved()):
            said.append(say.count("since.solved", solved))
        return said

    def line(self, say: Strings) -> str:
        """Say all of it in one sentence."""
        if self.day is None:
            return ""
        return say("since.line", day=say.day(self.day), said=say.listed(self.told(say)))

    def coverage(self, say: Strings) -> str:
        """Say how much was checked then, and how much now; empty where no article is the same."""
        if not self.pairs or not all(now.fetched and then.fetched for now, then in self.pairs):
            return ""
        now = [report.coverage for report, _ in self.pairs]
        then = [report.coverage for _, report in self.pairs]
        return say(
            "since.coverage",
            then=sum(c.checked for c in then),
            of_then=sum(c.citations for c in then),
            now=sum(c.checked for c in now),
            of_now=sum(c.citations for c in now),
        )


def _change(now: _Placed, then: _Placed | None, day: date) -> Change | None:
    if then is None:
        return Change(*now, Turn.NEW, None, day)
    was = then.verdict.outcome
    turn = _turn(was, now.verdict.outcome)
    if turn is None:
        return None
    is_edited = normalise(now.verdict.claim.text) != normalise(then.verdict.claim.text)
    return Change(*now, turn, was, then.report.created.date(), is_edited)


def _turn(then: Outcome, now: Outcome) -> Turn | None:
    """
    Say whether a claim fares worse or better.

    No evidence is never a pass, so that what can no longer be checked fares worse, whatever it
    was; and what is found wanting at the first look is no better than it seemed.
    """
    if then is now:
        return None
    if now is Outcome.UNCHECKED:
        return Turn.WORSE
    if then is Outcome.UNCHECKED:
        return Turn.BETTER if now is Outcome.SUPPORTED else Turn.WORSE
    return Turn.WORSE if _RANK[now] < _RANK[then] else Turn.BETTER


def _pairs(reports: Sequence[Report], before: Sequence[Report]) -> list[tuple[Report, Report]]:
    """Pair each article with its former self; one article with one, also under another name."""
    if len(reports) == len(before) == 1:
        return [(reports[0], before[0])]
    then = {report.article.path.as_posix(): report for report in before}
    paths = ((report, report.article.path.as_posix()) for report in reports)
    return [(report, then[path]) for report, path in paths if path in then]


def _paired(
    reports: Iterable[Report], before: Iterable[Report]
) -> Iterator[tuple[_Placed, _Placed | None]]:
    """Give each claim of now with the same one of then, or the one that it was before."""
    then = dict(_claims(before))
    left: defaultdict[str, list[_Placed]] = defaultdict(list)
    for key, now in _claims(reports):
        if earlier := then.pop(key, None):
            yield now, earlier
        else:
            left[key[1]].append(now)
    waiting: defaultdict[str, list[_Placed]] = defaultdict(list)
    for key, earlier in then.items():
        waiting[key[1]].append(earlier)
    for source, edited in left.items():
        yield from _likest(edited, waiting[source][:MOST_EDITED])


def _likest(
    edited: Iterable[_Placed], waiting: Iterable[_Placed]
) -> Iterator[tuple[_Placed, _Placed | None]]:
    """Pair each sentence with the waiting one that it shares most words with, each once."""
    others = [(_words(then), then) for then in waiting]
    for now in edited:
        words = _words(now)
        alike = [(_likeness(words, each), place) for place, (each, _) in enumerate(others)]
        most, place = max(alike, default=(0.0, 0))
        yield now, others.pop(place)[1] if most >= SAME_SENTENCE else None


def _words(placed: _Placed) -> Counter[str]:
    return Counter(normalise(placed.verdict.claim.text[:LONGEST_CLAIM]).split())


def _likeness(words: Counter[str], others: Counter[str]) -> float:
    """Return how many of the words of two sentences they share, from 0 to 1."""
    return 2 * (words & others).total() / max(1, words.total() + others.total())


def _claims(reports: Iterable[Report]) -> Iterator[tuple[tuple[str, str, int], _Placed]]:
    seen: Counter[tuple[str, str]] = Counter()
    for report in reports:
        for verdict in report.verdicts:
            same = normalise(verdict.claim.text), _source(report, verdict)
            yield (*same, seen[same]), _Placed(report, verdict)
            seen[same] += 1


def _source(report: Report, verdict: Verdict) -> str:
    """Name a source in words that outlive its note's number: its address without the scheme."""
    source = report.sources.get(verdict.source_id) if verdict.source_id else None
    if source is None:
        return ""
    address = next(iter(source.urls), "")
    bare = address.partition("://")[2] or address
    return bare.removeprefix("www.").rstrip("/") or source.title or source.id


def _key(finding: Finding) -> str:
    """Tell a finding; reports before 1.1 have no fingerprints."""
    return finding.fingerprint or f"{finding.code} {finding.flag.message}"


def _could_tell(report: Report, finding: Finding) -> bool:
    """Whether a run would have found it again: its citation was neither left out nor unread."""
    if report.is_unread:
        return False
    if finding.code.startswith(_OFFLINE):
        return True
    unread = {v.citation.label for v in report.verdicts
              if v.citation and v.outcome is Outcome.UNCHECKED}  # fmt: skip
    return _is_whole(report) and finding.flag.label not in unread


def _is_whole(report: Report) -> bool:
    """Whether every citation of an article was looked at."""
    return report.fetched and not report.left_out and not report.is_unread
