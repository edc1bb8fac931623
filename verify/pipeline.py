"""
The one module that knows every stage, and the order they run in.

A check goes through these steps, marked in the code below:

(1) read the article: its notes, its markers and the sentences they stand for;
(2) join each note with its entry in sources.yaml;
(3) get each source that a citation leans on, trying every place it may be in;
(4) read its text, and identify the language;
(5) judge each citation against its own source;
(6) look for quotations that their own source lacks in the article's other sources;
(7) put what people decided beside each verdict;
(8) let the rules look at all of it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias, assert_never

from verify import corpus, notices, review, rules, sources
from verify.article import read as read_article
from verify.errors import ArticleError, InputError
from verify.language.identify import Identifier, identify
from verify.model import (
    Article,
    Attempt,
    Citation,
    Claim,
    ClaimKind,
    Document,
    Extraction,
    Outcome,
    Quotation,
    Report,
    Snapshot,
    SourceId,
    Span,
    Unavailable,
    Verdict,
    Version,
)
from verify.resolve import Resolver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from verify.changes import Changes
    from verify.corpus import Member
    from verify.interfaces import Fetcher, LanguageIdentifier
    from verify.judge.verdict import Examiner
    from verify.model import Language, Reading, Source, Suppression
    from verify.settings import Settings

Progress: TypeAlias = "Callable[[str], None]"
"""Told in a few words what is being done, for a person who waits."""

# More than this many unreadable articles have one cause, which the first ones name.
MOST_TOLD = 10


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """Runs articles through every stage. Holds the tools, keeps no state of a run."""

    files: Fetcher
    live: Fetcher
    identifier: LanguageIdentifier
    examiner: Examiner
    recorded: Fetcher | None = None
    browser: Fetcher | None = None
    """Shows pages that scripts write, where the person allows it."""
    copies: Fetcher | None = None
    """Lists the archived copies of a page; without it, no archive is asked."""
    archive: Fetcher | None = None
    offline: bool = False
    drift: bool = False
    """Whether live pages are compared with the copies of the days on which they were accessed."""
    strict: bool = False
    """Whether one failure makes a link dead, in place of three on three days."""
    jobs: int = 8
    is_over: Callable[[], bool] = lambda: False
    """Whether the run's time is over. Asked before each claim is judged, in the article's order."""
    told: tuple[str, ...] = ()
    """What the reader of every report must know of this run."""
    changes: Changes | None = None
    """Where it is given, citations that are as they were are left out."""
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    progress: Progress = field(default=lambda _: None)

    def check(self, article: Path, sources_file: Path | None = None) -> Report:
        """
        Check every citation of `article`.

        Raises `InputError` where the article or its sources.yaml cannot be read, and nothing
        for a source that cannot be had: its citations come back `UNCHECKED`.
        """
        return self._report(*_joined(article, sources_file))  # (1), (2)

    def check_all(
        self, members: Sequence[Member], sources_file: Path | None = None
    ) -> list[Report]:
        """
        Check many articles.

        One that cannot be read comes back with nothing but the reason; `InputError` is raised
        where that is so of them all.
        """
        return _each(members, sources_file, self._report, self.clock)

    def _report(self, text: Article, entries: dict[SourceId, Source]) -> Report:
        decisions = review.load(reviews_file(text, entries))
        same = self.changes.unchanged(text, entries, decisions) if self.changes else frozenset()
        asked = tuple(c for c in text.citations if c not in same)
        readings = self._readings(asked, entries)  # (3), (4)
        copies, readings = self._archived(entries, readings)
        verdicts = self._verdicts(asked, entries, readings)  # (5)
        verdicts, readings = self._compared(verdicts, readings, copies)
        verdicts = _attributed(verdicts, entries, readings)  # (6)
        report = Report(
            text,
            entries,
            self.clock(),
            readings=readings,
            verdicts=verdicts,
            tools=self.examiner.tools(),
            notices=(
                *self.told,
                *notices.left_out(text, same, self.changes),
                *notices.cut_short(readings, verdicts),
                *notices.of_the_parts(self.examiner),
                *notices.languages(readings, self.examiner),
            ),
            strict=self.strict,
            suppressions=_suppressions(text, entries),
            left_out=len(text.citations) - len(asked),
        )
        report = review.apply(report, decisions)  # (7)
        return replace(report, findings=rules.apply(report))  # (8)

    def gather(
        self, article: Path, sources_file: Path | None = None, *, pinned: bool = True
    ) -> tuple[dict[SourceId, Source], dict[SourceId, Reading]]:
        """
        Read every source that `article` cites, and judge nothing.

        Where not `pinned`, bytes that sources.yaml does not pin are taken, too.
        """
        text, entries = _joined(article, sources_file)
        if not pinned:
            entries = {name: replace(s, sha256=None) for name, s in entries.items()}
        return entries, self._readings(text.citations, entries)

    def through(self, wrap: Callable[[Fetcher], Fetcher]) -> Verifier:
        """Return a verifier that asks for every source through `wrap`."""
        return replace(
            self,
            files=wrap(self.files),
            live=wrap(self.live),
            recorded=wrap(self.recorded) if self.recorded else None,
            browser=wrap(self.browser) if self.browser else None,
            copies=wrap(self.copies) if self.copies else None,
            archive=wrap(self.archive) if self.archive else None,
        )

    def read(self, source: Source) -> Reading:
        """Try each place that may hold `source`, in order, until one can be read."""
        return self._resolver().read(source)

    def _resolver(self) -> Resolver:
        return Resolver(
            files=self.files,
            live=self.live,
            identifier=self.identifier,
            recorded=self.recorded,
            browser=self.browser,
            copies=self.copies,
            archive=self.archive,
            offline=self.offline,
            clock=self.clock,
        )

    def _readings(
        self, citations: Sequence[Citation], entries: Mapping[SourceId, Source]
    ) -> dict[SourceId, Reading]:
        """Read every source that a citation leans on, several at once."""
        known = sources.by_label(entries)
        cited = list({known[c.label].id: known[c.label] for c in citations}.values())

        def read(source: Source) -> Reading:
            self.progress(f"reading {_shown(source)}")
            return self.read(source)

        with ThreadPoolExecutor(self.jobs, thread_name_prefix="verify") as pool:
            return {s.id: r for s, r in zip(cited, pool.map(read, cited), strict=True)}

    def _archived(
        self, entries: Mapping[SourceId, Source], readings: dict[SourceId, Reading]
    ) -> tuple[dict[SourceId, Document], dict[SourceId, Reading]]:
        """Get the copy beside each live page; what failed is said with the page."""
        live = {n: r for n, r in readings.items() if isinstance(r, Document)} if self.drift else {}
        resolver = self._resolver()
        with ThreadPoolExecutor(self.jobs, thread_name_prefix="verify") as pool:
            found = pool.map(lambda item: resolver.copy(entries[item[0]], item[1]), live.items())
            asked = dict(zip(live, found, strict=True))
        noted = {n: replace(live[n], attempts=(*live[n].attempts, *a[1])) for n, a in asked.items()}
        return {n: a[0] for n, a in asked.items() if a[0]}, {**readings, **noted}

    def _verdicts(
        self,
        citations: Sequence[Citation],
        entries: Mapping[SourceId, Source],
        readings: Mapping[SourceId, Reading],
    ) -> tuple[Verdict, ...]:
        known = sources.by_label(entries)
        verdicts = []
        for number, citation in enumerate(citations, 1):
            self.progress(f"judging {number} of {len(citations)}")
            source = known[citation.label]
            reading = readings[source.id]
            if isinstance(reading, Document) and self.is_over():
                verdict = Verdict(citation.claim, Outcome.UNCHECKED, reasons=(notices.UNJUDGED,))
                verdicts.append(replace(verdict, citation=citation, source_id=source.id))
            else:
                verdicts.append(self._verdict(citation, source, reading))
        return tuple(verdicts)

    def _verdict(self, citation: Citation, source: Source, reading: Reading) -> Verdict:
        return replace(
            self._judged(_claim(citation.claim, source), source, reading), citation=citation
        )

    def _compared(
        self,
        verdicts: tuple[Verdict, ...],
        readings: dict[SourceId, Reading],
        copies: Mapping[SourceId, Document],
    ) -> tuple[tuple[Verdict, ...], dict[SourceId, Reading]]:
        """Judge the claims by the archived copies, too, and say where the evidence stands."""
        from verify.judge.drift import settle

        settled, chosen = list(verdicts), dict(readings)
        for name, copy in copies.items():
            if self.is_over():
                break
            self.progress(f"comparing {name} with its archived copy")
            page, places = (
                readings[name],
                [n for n, v in enumerate(verdicts) if v.source_id == name],
            )
            if isinstance(page, Document):
                pairs = [(verdicts[n], self._by(verdicts[n], copy)) for n in places]
                chosen[name], best = settle(page, copy, pairs)
                for place, verdict in zip(places, best, strict=True):
                    settled[place] = verdict
        return tuple(settled), chosen

    def _by(self, verdict: Verdict, copy: Document) -> Verdict:
        """Judge the claim of a verdict by another version of its source."""
        other = _examined(self.examiner, verdict.claim, copy)
        return replace(other, citation=verdict.citation, source_id=verdict.source_id)

    def judge(self, claim: Claim, source: Source) -> Verdict:
        """Read one source and judge one claim against it."""
        return self._judged(claim, source, self.read(source))

    def _judged(self, claim: Claim, source: Source, reading: Reading) -> Verdict:
        match reading:
            case Unavailable(attempts=attempts):
                reasons = tuple(dict.fromkeys(_reason(a) for a in attempts))
                verdict = Verdict(claim, Outcome.UNCHECKED, reasons=reasons)
            case Document():
                verdict = _examined(self.examiner, claim, reading)
            case _:
                assert_never(reading)
        return replace(verdict, source_id=source.id)


def lint(article: Path, sources_file: Path | None = None) -> Report:
    """Look at an article and its sources.yaml alone: steps (1), (2) and (8)."""
    return _linted(*_joined(article, sources_file))


def lint_all(members: Sequence[Member], sources_file: Path | None = None) -> list[Report]:
    """Lint many articles, as `Verifier.check_all` checks them."""
    return _each(members, sources_file, _linted, lambda: datetime.now(UTC))


def _linted(text: Article, entries: dict[SourceId, Source]) -> Report:
    given = _suppressions(text, entries)
    report = Report(text, entries, datetime.now(UTC), fetched=False, suppressions=given)
    return replace(report, findings=rules.apply(report))


def quoted(claim: str, quote: str | None) -> Claim:
    """Return a claim in words of its own, or one that stands on `quote`."""
    if not quote:
        return Claim(claim)
    return Claim(claim, ClaimKind.QUOTE, (Quotation(quote, Span(0, len(quote))),))


def check_text(
    examiner: Examiner,
    claim: str,
    text: str,
    *,
    quote: str | None = None,
    language: Language | None = None,
) -> Verdict:
    """Judge one claim against a text handed over by the caller, who may name its language."""
    body = text.encode("utf-8", "surrogatepass")
    snapshot = Snapshot(SourceId("given"), "", "", "text/plain", body, datetime.now(UTC), "given")
    extraction = Extraction(text, (Span(0, len(text)),), declared=language)
    # langdetect takes most of the time and is asked where it decides; no report shows the rest.
    identification = identify(text, language, second_opinion=False)
    document = Document(snapshot, extraction, identification)
    verdict = examiner.examine(quoted(claim, quote), document)
    return replace(verdict, source_id=snapshot.source_id, version=_version(snapshot))


@contextmanager
def opened(settings: Settings, *, progress: Progress = lambda _: None) -> Iterator[Verifier]:
    """Yield a verifier with the real tools, as `settings` ask for; close them afterwards."""
    from verify.tools import fetchers

    with fetchers(settings) as tools:
        yield Verifier(
            files=tools.files,
            live=tools.live,
            recorded=tools.recorded,
            browser=tools.browser,
            copies=tools.copies,
            archive=tools.archive,
            identifier=Identifier(),
            examiner=build_examiner(settings),
            offline=settings.offline,
            drift=settings.drift,
            strict=settings.strict,
            jobs=settings.jobs,
            is_over=tools.is_over,
            told=tools.told,
            progress=progress,
        )


def build_examiner(settings: Settings) -> Examiner:
    """Return the judge with its encoder and whatever translators are installed."""
    from verify.judge.counterparts import Counterparts
    from verify.judge.crossencoder import CrossEncoder
    from verify.judge.encode import OnnxEncoder
    from verify.judge.memory import Memory
    from verify.judge.others import Choice
    from verify.judge.others import opened as opened_judge
    from verify.judge.verdict import Examiner
    from verify.translate import translators
    from verify.translate.cache import TranslationCache

    memory, cache = Memory(), TranslationCache()
    packages = settings.packages
    found = translators(extra_folders=packages, cache=cache) if settings.translate else {}
    reader = CrossEncoder(remembered=memory)
    encoder = OnnxEncoder(remembered=memory, beside=reader.load_ahead)
    return Examiner(
        encoder=encoder,
        translators=found,
        judge=opened_judge(Choice.of(settings), encoder),
        reader=reader,
        strictness=settings.strictness,
        counterparts=Counterparts(encoder, memory),
        memories=(memory, cache),
    )


# --- the small steps --------------------------------------------------------------------


def _joined(article: Path, sources_file: Path | None) -> tuple[Article, dict[SourceId, Source]]:
    text = read_article(article)
    path = sources_file or sources.find(article)
    return text, sources.join(text, sources.load(path) if path else [])


def _each(
    members: Sequence[Member],
    sources_file: Path | None,
    look: Callable[[Article, dict[SourceId, Source]], Report],
    clock: Callable[[], datetime],
) -> list[Report]:
    """Look at every article that was named, or found with notes of its own."""
    reports: list[Report] = []
    errors: list[InputError] = []
    for member in members:
        try:
            corpus.check(member)
            text, entries = _joined(member.path, sources_file)
        except InputError as error:
            errors.append(error)
            notice = f"this article was not checked: {error}"
            reports.append(Report(Article(member.path, "", ()), {}, clock(), notices=(notice,)))
            continue
        if member.is_named or any(not r.is_link for r in text.references):
            reports.append(look(text, entries))
    if not reports:
        raise ArticleError(
            "none of the files found has notes", hint="name an article itself to check its links"
        )
    if len(errors) == len(reports):
        raise _together(errors)
    return rules.together(reports)


def _together(errors: Sequence[InputError]) -> InputError:
    if len(errors) > 1:
        lines = [str(error) for error in errors[:MOST_TOLD]]
        more = [f"and {len(errors) - MOST_TOLD} more"] if len(errors) > MOST_TOLD else []
        return InputError("\n  ".join([*lines, *more]), hint=errors[0].hint)
    return errors[0]


def _suppressions(text: Article, entries: Mapping[SourceId, Source]) -> tuple[Suppression, ...]:
    return (*text.suppressions, *(s for e in entries.values() for s in e.suppressions))


def _claim(claim: Claim, source: Source) -> Claim:
    """Let sources.yaml say which words to look for."""
    if source.quote:
        return replace(quoted(source.quote, source.quote), context=claim.context)
    if source.claim:
        return Claim(source.claim, context=claim.context)
    return claim


def _attributed(
    verdicts: tuple[Verdict, ...],
    entries: Mapping[SourceId, Source],
    readings: Mapping[SourceId, Reading],
) -> tuple[Verdict, ...]:
    from verify.judge.elsewhere import attribute

    return attribute(verdicts, entries, readings)


def reviews_file(article: Article, entries: Mapping[SourceId, Source]) -> Path:
    """Return where the decisions on an article are kept."""
    used = next((s.path for s in entries.values() if s.in_yaml), None)
    return review.find(article.path, used or sources.find(article.path))


def _reason(attempt: Attempt) -> str:
    is_named = not attempt.address or attempt.address in attempt.reason
    where = "" if is_named else f" ({attempt.address})"
    return f"the source could not be read: {attempt.reason}{where}"


def _examined(examiner: Examiner, claim: Claim, document: Document) -> Verdict:
    """Judge a claim by one text, and name the version. A part of a text denies nothing."""
    verdict = examiner.examine(claim, document)
    paywalled = document.extraction.paywalled
    if paywalled and verdict.outcome is Outcome.NOT_FOUND:
        reason = f"only a part of the source could be read: {paywalled}"
        reasons = (reason, *verdict.reasons)
        verdict = replace(verdict, outcome=Outcome.UNCHECKED, confidence=None, reasons=reasons)
    return replace(verdict, version=_version(document.snapshot))


def _version(snapshot: Snapshot) -> Version:
    return Version(
        snapshot.via,
        snapshot.final_address,
        snapshot.retrieved,
        snapshot.sha256,
        snapshot.captured,
    )


def _shown(source: Source) -> str:
    labels = ", ".join(f"[{label}]" for label in source.labels)
    return f"{labels} {source.title or source.publisher or source.id}".strip()
