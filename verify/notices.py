"""What the reader of a report must know of its run, in a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.model import UNDETERMINED, Document, Failure, Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from verify.changes import Changes
    from verify.judge.verdict import Examiner
    from verify.model import Article, Citation, Reading, SourceId, Verdict

ENGLISH = "en"

UNJUDGED = "the run's time was over before this claim was judged (--time-limit)"


def left_out(text: Article, same: Collection[Citation], changes: Changes | None) -> Iterator[str]:
    """Say how much was not asked, because nothing of it has changed."""
    if changes and same:
        yield (
            f"{len(same)} of {len(text.citations)} citations were left out: neither their words "
            f"nor what is known of their sources has changed since {changes.revision}; this run "
            "says nothing of them"
        )


def cut_short(readings: Mapping[SourceId, Reading], verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Say how much was not looked at for want of time, and nothing where all was."""
    unread = sum(
        isinstance(r, Unavailable) and r.attempts[-1].failure is Failure.TIME_OVER
        for r in readings.values()
    )
    unjudged = sum(UNJUDGED in v.reasons for v in verdicts)
    if unread or unjudged:
        yield (
            f"the run's time was over before {unread} of {len(readings)} sources were read and "
            f"{unjudged} more claims were judged; a longer --time-limit has them checked"
        )


def of_the_parts(examiner: Examiner) -> Iterator[str]:
    """Say what the parts of the judge have to say of themselves."""
    from verify.judge import others

    for part in (examiner.judge, *examiner.memories):
        yield from others.notices(part)


def languages(readings: Mapping[SourceId, Reading], examiner: Examiner) -> Iterator[str]:
    """Say which languages were not translated, and which are in doubt."""
    read = {r.language for r in readings.values() if isinstance(r, Document)}
    for language in sorted(read - {ENGLISH, UNDETERMINED, *examiner.translators}):
        yield (
            f"sources in {language!r} were judged in their own language and not translated: "
            f"no {language}-en package is installed (try: verify models install {language})"
        )
    for source, reading in readings.items():
        if isinstance(reading, Document) and reading.identification.is_disputed:
            opinions = reading.identification.opinions.items()
            said = ", ".join(f"{who}: {language}" for who, language in opinions)
            yield f"the language of {source} is in doubt ({said}); read as {reading.language!r}"
