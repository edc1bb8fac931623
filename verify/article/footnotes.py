"""
A note's text -> Reference: what the note itself says of its source.

Notes follow many styles, and most follow none with care. So each field is found by what
marks it (quotation marks, an address, "accessed"), taken out, and the publisher is what is
left between the title and the first date.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from verify.article.manuscript import tidy
from verify.article.quotations import Pair, scan
from verify.article.repair import repair
from verify.language import dates, identify
from verify.model import UNDETERMINED, Reference, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from verify.article.manuscript import Note
    from verify.model import Language, Repair

# A note longer than this is an essay; its address, title and date stand in its beginning.
LONGEST_NOTE = 5_000

# Real addresses rarely pass 2,000 characters, which is also where browsers and servers stop.
ADDRESS = re.compile(
    r"https?://[^\s<>\"“”«»]{1,2000}|(?<![\w@./])www\.[^\s<>\"“”«»]{3,2000}|"
    r"(?<![\w./])(?:doi\.org/|dx\.doi\.org/|doi:\s?)10\.\d{4,9}/[^\s<>\"“”«»]{1,500}",
    re.IGNORECASE,
)
AFTER_ADDRESS = ".,;:!?'’…،؛؟*_|\\"
"""What ends the sentence around an address, and not the address."""
CLOSING = {")": "(", "]": "[", "}": "{"}

ACCESS_CUES = (
    r"date of (?:last )?access(?:ion)?",
    r"(?:last )?access(?:ed)?(?: date)?(?: on)?",
    r"accession date",
    r"(?:last )?retrieved(?: on)?",
    r"(?:last )?(?:viewed|visited|checked|consulted|seen)(?: on)?",
    r"erişim(?: tarihi)?",
    r"abgerufen(?: am)?",
    r"zugriff(?: am)?",
    r"consulté(?: le)?",
    r"consultado(?: el)?",
    r"дата обращения",
    r"تاریخ (?:دسترسی|مراجعه|بازیابی|بازدید|مشاهده|رؤیت)",
    r"(?:آخرین )?(?:دسترسی|بازدید|بازیابی|مشاهده)(?:[\u200c ]?شده)?(?: در(?: تاریخ)?)?",
    r"تاريخ (?:الوصول|الدخول|الاطلاع|الزيارة|المشاهدة)",
    r"اطلع عليه(?: في| بتاريخ)?",
)
ACCESS = re.compile(
    rf"(?<![\w\u200c])(?P<cue>{'|'.join(ACCESS_CUES)})(?P<colon>\s?:)?\s", re.IGNORECASE
)
ACCESS_END = re.compile(
    r"[)\]();؛|\"“”«»]|\b(?:from|at|via)\b|https?:|www\.|،?\s{0,9}از\s|\.\s{0,20}$|"
    # a full stop before a word, but not the one of a German day
    r"(?<!\s\d)(?<!\s\d\d)(?<!^\d)(?<!^\d\d)\.(?=\s+[^\W\d_]{3})|(?<=\d{4})\.(?=\s)",
    re.IGNORECASE,
)
# Long enough for "Wednesday, the 28th of September, 2022, at 10:15 p.m."
LONGEST_DATE = 60

ARCHIVED = re.compile(r"archived (?:from the original )?(?:on |at )?.{0,40}", re.IGNORECASE)
SEPARATORS = " \t,.;:،؛؟|/–—-()[]"
YEAR_STYLE = re.compile(
    # APA: Author, A. (2022, May 3). Title of the page. Publisher.
    r"\((?:\d{4}|[۰-۹]{4})[^()]{0,30}\)\.?\s{1,9}(?P<title>[^.؟?!]{8,300})[.؟?!](?=\s|$)"
)
TAIL_END = re.compile(
    # page, volume and issue numbers, and what else ends a publisher's name
    r"\b(?:pp?|vol|no|issue|nos|isbn|issn|s)\.?\s?\d|\bn\.d\.|\(|\[|\bصص?\.?\s?[\d۰-۹]|"
    r"\bشماره\s?[\d۰-۹]|\bbi\.?\s?t\b|[{}<>]",
    re.IGNORECASE,
)
YEAR_ONLY = re.compile(
    r"(?<![\w۰-۹])(?:1[3-9]\d\d|20\d\d|[۱][۳۴][۰-۹]{2}|[۱۲][۰۹][۰-۹]{2})(?![\w۰-۹])"
)
# Blanks before a mark are bounded: each starts a search of its own.
SEGMENT = re.compile(r"\s{0,20}[,،;؛|]\s*|\.\s+(?=\S)|\s[–—-]\s")
SHORT_TITLES = re.compile(r"(?:^|[\s.])(?:\w{1,2}|St|Dr|Mr|Mrs|Ms|Inc|Ltd|Co|Dept|Univ|Prof)$")


LEADS = frozenset({"see", "cf", "e.g", "in", "also", "quoted", "from", "by"})
"""Words that lead up to a title without being part of it."""

SAME_SOURCE = frozenset({"ibid", "ibidem", "ebd", "ebenda", "همان", "همانجا"})
_PLACES = """
    p pp page pages f ff and at s seite ص صص صفحه صفحات صفحهی و تا
    منبع مأخذ ماخذ اثر کتاب مقاله جا
"""
PLACES = frozenset(_PLACES.split())
"""What a note of the same source may add: a page, and «همان منبع» says "source" as well."""

# "May 3", "Wednesday, May 3": a date has two words before its first number at most.
BEGINS_AS_DATE = re.compile(r"\W*(?:[^\W\d]+\W+){0,2}\d")
WORD = re.compile(r"[^\W\d_]+")


class Access(NamedTuple):
    """The words that say when the source was read, and where they stand in the note."""

    raw: str
    span: Span


class Title(NamedTuple):
    """A title; `end` is where the rest of the note begins, `start` where the title does."""

    text: str
    start: int
    end: int
    is_balanced: bool = True


def read_note(note: Note, markers: Sequence[Span] = ()) -> Reference:
    """Read the fields of one note."""
    if note.is_link:
        return _link(note, markers)
    raw = note.raw[:LONGEST_NOTE]
    addresses = find_addresses(raw)
    bare = _blank(raw, [s for _, s in addresses])
    title = find_title(bare, note.emphasis)
    outside = _blank(bare, [Span(title.start, title.end)]) if title else bare
    access = find_access(outside)
    repaired = repair(title.text) if title else None
    return Reference(
        label=note.label,
        raw=note.raw,
        span=note.span,
        title=title.text if title else None,
        title_repaired=repaired,
        title_balanced=title.is_balanced if title else True,
        publisher=find_publisher(outside, title, access) if title else None,
        urls=tuple(dict.fromkeys([*(u for u, _ in addresses), *note.urls])),
        accessed=dates.read_date(access.raw) if access else None,
        accessed_raw=access.raw if access else None,
        language=_language(title.text if title else None, repaired),
        markers=tuple(markers),
    )


def read_notes(
    notes: Sequence[Note], places: Mapping[str, Sequence[Span]]
) -> tuple[Reference, ...]:
    """Read all notes in the order of the article; `places` are their markers, by label."""
    found: list[Reference] = []
    above: Reference | None = None
    for note in notes:
        reference = read_note(note, places.get(note.label, ()))
        if above and _is_same_source(note) and _is_cited_first(above, reference):
            reference = _same_as(above, reference)
        found.append(reference)
        above = above if note.is_link else reference
    return tuple(found)


def _is_same_source(note: Note) -> bool:
    """Whether a note says "ibid." or «همان», and no more than a page: a title is another work."""
    words = WORD.findall(note.raw[:LONGEST_NOTE].replace("\u200c", "").casefold())
    is_same = words[:1] and words[0] in SAME_SOURCE and PLACES.issuperset(words[1:])
    return bool(is_same) and not (note.is_link or note.urls)


def _is_cited_first(above: Reference, below: Reference) -> bool:
    """Whether readers meet two notes in the order in which they are written; Markdown sorts."""
    return not (above.markers and below.markers) or above.markers[0].start < below.markers[0].start


def _same_as(above: Reference, below: Reference) -> Reference:
    """Give a note the source of the one above it, without the faults that are told there."""
    repaired = above.title_repaired
    return replace(
        above,
        label=below.label,
        raw=below.raw,
        span=below.span,
        markers=below.markers,
        title=repaired.text if repaired else above.title,
        title_repaired=None,
        title_balanced=True,
        accessed_raw=above.accessed_raw if above.accessed else None,
    )


def _link(note: Note, markers: Sequence[Span]) -> Reference:
    """Read an inline link: its words belong to the article, so it has no title of its own."""
    return Reference(
        label=note.label,
        raw=note.raw,
        span=note.span,
        urls=note.urls,
        markers=tuple(markers),
        is_link=True,
    )


def _language(title: str | None, repaired: Repair | None) -> Language:
    """Return the language of the title, as it reads when repaired."""
    if title is None:
        return UNDETERMINED
    text = repaired.text if repaired else title
    return identify.identify(text, second_opinion=False).language


def _blank(text: str, spans: Sequence[Span]) -> str:
    """Return `text`, exactly as long, with a bar for each address and spaces around it."""
    for span in spans:
        text = f"{text[: span.start]}|{' ' * (span.end - span.start - 1)}{text[span.end :]}"
    return text


# --- addresses ----------------------------------------------------------------------------


def find_addresses(text: str) -> list[tuple[str, Span]]:
    """Return the addresses in `text`, each with where it stands."""
    found = []
    for match in ADDRESS.finditer(text):
        written = _trim(match[0])
        if len(written) > len("http://"):
            found.append((_complete(written), Span(match.start(), match.start() + len(written))))
    return found


def _trim(address: str) -> str:
    """Cut off what belongs to the sentence: punctuation, and brackets without a partner."""
    while address:
        last = address[-1]
        is_lone = last in CLOSING and address.count(last) > address.count(CLOSING[last])
        if last not in AFTER_ADDRESS and not is_lone:
            break
        address = address[:-1]
    return address


def _complete(written: str) -> str:
    """Add the scheme that the note leaves out."""
    lowered = written.lower()
    if lowered.startswith("http"):
        return written
    if lowered.startswith("www."):
        return f"http://{written}"
    return f"https://doi.org/{written[lowered.index('10.') :]}"


# --- the access date ----------------------------------------------------------------------


def find_access(text: str) -> Access | None:
    """
    Return the words that say when the source was read.

    "accessed" is an ordinary word too, so without a colon a number must follow it soon.
    """
    for cue in ACCESS.finditer(text):
        rest = text[cue.end() : cue.end() + LONGEST_DATE]
        end = ACCESS_END.search(rest)
        written = rest[: end.start()] if end else rest
        raw = written.strip(SEPARATORS)
        if raw and (cue["colon"] or BEGINS_AS_DATE.match(raw)):
            return Access(raw, Span(cue.start(), cue.end() + len(written)))
    return None


# --- the day of publication ---------------------------------------------------------------


def find_published(note: Reference) -> date | None:
    """Return the only day that a note gives beside those of its title, access and archiving."""
    raw = note.raw[:LONGEST_NOTE]
    text = _blank(raw, [span for _, span in find_addresses(raw)])
    if title := find_title(text, note.title):
        text = _blank(text, [Span(title.start, title.end)])
    if access := find_access(text):
        text = _blank(text, [access.span])
    mentions = dates.find_dates(ARCHIVED.sub("|", text))
    days = {mention.first for mention in mentions if mention.is_exact}
    return days.pop() if len(days) == 1 else None


# --- the title ----------------------------------------------------------------------------


def find_title(text: str, emphasis: str | None = None) -> Title | None:
    """Return the title: what stands in quotation marks, else in italics, else after APA's year."""
    marks = scan(text)
    outer = next((p for p in marks.pairs if not _is_inner(text, p)), None)
    unclosed = _lone_opener(text, marks.unclosed, outer)
    if unclosed is not None:
        return _without_closing(text, unclosed)
    unopened = _lone_closer(text, marks.unopened, outer)
    if unopened is not None:
        return _titled(text, Span(_segment_start(text), unopened), unopened + 1, balanced=False)
    if outer:
        return _titled(text, outer.inner, outer.end + 1)
    return _emphasised(text, emphasis) or _after_year(text)


def _titled(text: str, inner: Span, end: int, *, balanced: bool = True) -> Title | None:
    """Return the words of `inner` without the comma that American style puts inside."""
    words = tidy(text[inner.start : inner.end]).strip(" ,،;؛")
    if words.endswith(".") and not words.endswith("..") and not re.search(r"\b\w\.$", words):
        words = words[:-1]
    return Title(words, max(0, inner.start - 1), end, balanced) if words else None


def _is_inner(text: str, pair: Pair) -> bool:
    """
    Whether a pair stands inside a title whose own marks are missing.

    Then words lead up to it and words go on behind it, with nothing to part them; and the
    pair is not the better part of what they make up.
    """
    before = re.split(r"[,،;؛:.|]", text[max(0, pair.start - 200) : pair.start])[-1].split()
    after = re.split(r"[,،;؛:.|]", text[pair.end + 1 : pair.end + 200])[0].split()
    inside = text[pair.start + 1 : pair.end].split()
    leads = [w for w in before if w.casefold() not in LEADS]
    return bool(leads) and len(after) > 1 and len(inside) < len(leads) + len(after)


def _lone_opener(text: str, unclosed: Sequence[int], outer: Pair | None) -> int | None:
    """Return the opening mark that begins the title and is never closed."""
    for at in unclosed:
        if (outer is None or at < outer.start) and text[at + 1 : at + 40].strip():
            return at
    return None


def _lone_closer(text: str, unopened: Sequence[int], outer: Pair | None) -> int | None:
    """Return the closing mark of a title that was never opened."""
    for at in unopened:
        if (outer is None or at < outer.start) and len(text[:at].split()) > 1:
            return at
    return None


def _without_closing(text: str, opener: int) -> Title | None:
    """
    Return a title whose closing mark is missing: it ends at the comma before the publisher.

    That is the last comma before the date or address with a short name behind it; a title
    has commas of its own.
    """
    end = _tail_start(text, opener + 1)
    body = text[opener + 1 : end].rstrip(SEPARATORS)
    parts = list(re.finditer(r"\s{0,20}[,،]\s*|\.\s+", body))
    if parts and len(body[parts[-1].end() :].split()) <= LONGEST_PUBLISHER:
        body = body[: parts[-1].start()]
    return _titled(
        text, Span(opener + 1, opener + 1 + len(body)), opener + 1 + len(body), balanced=False
    )


LONGEST_PUBLISHER = 6
"""In words, where only a comma tells a title from its publisher."""


def _tail_start(text: str, start: int) -> int:
    """Return where the date, the access note or the address begins that follows `start`."""
    ends = [len(text)]
    access = ACCESS.search(text, start)
    if access:
        ends.append(access.start())
    bar = text.find("|", start)
    if bar >= 0:
        ends.append(bar)
    mention = next(
        (m for m in dates.find_dates(text[start:]) if _is_dated(text, start, m.span)), None
    )
    if mention:
        ends.append(start + mention.span.start)
    return min(ends)


def _is_dated(text: str, start: int, span: Span) -> bool:
    """Whether a date stands apart, as a note's own does, and not within the title's words."""
    before = text[start : start + span.start].rstrip(" ")
    return before.endswith((",", "،", "(", ".", ";", "؛"))


def _segment_start(text: str) -> int:
    """Return where a title without an opening mark begins: the note's own beginning."""
    return len(text) - len(text.lstrip(SEPARATORS))


def _emphasised(text: str, emphasis: str | None) -> Title | None:
    """Return the title in italics, or the words of a link."""
    words = tidy(emphasis or "").strip(" ,،;؛")
    if not words or words.rstrip(".").casefold() in SAME_SOURCE:
        return None
    at = text.find(words)
    return Title(words, max(at, 0), at + len(words)) if at >= 0 else None


def _after_year(text: str) -> Title | None:
    match = YEAR_STYLE.search(text)
    return Title(tidy(match["title"]), match.start("title"), match.end()) if match else None


# --- the publisher ------------------------------------------------------------------------


def find_publisher(text: str, title: Title, access: Access | None) -> str | None:
    """Return the first name between the title and the date or address, if there is one."""
    end = len(text)
    if access and access.span.start >= title.end:
        end = access.span.start
    tail = text[title.end : end]
    archived = ARCHIVED.search(tail)
    tail = tail[: archived.start()] if archived else tail
    stops = [m.start() for p in (TAIL_END, YEAR_ONLY) if (m := p.search(tail.strip(" ,،"), 0))]
    lead = len(tail) - len(tail.lstrip(" ,،"))
    tail = tail[: lead + min(stops)] if stops else tail
    mention = next(iter(dates.find_dates(tail)), None)
    tail = tail[: mention.span.start] if mention else tail
    return _first_name(tail)


def _first_name(tail: str) -> str | None:
    """Return the first segment of `tail` that has letters; a full stop within a name is kept."""
    start = 0
    for match in SEGMENT.finditer(tail):
        if match[0].startswith(".") and SHORT_TITLES.search(tail[start : match.start()]):
            continue
        name = _clean_name(tail[start : match.start()])
        if name:
            return name
        start = match.end()
    return _clean_name(tail[start:])


def _clean_name(written: str) -> str | None:
    """Return a name without what surrounds it; volume numbers behind a journal's are none."""
    name = tidy(written).strip(SEPARATORS + "*_\"“”«»‘’'")
    name = re.sub(r"^(?:in|at|via)\s+(?=[A-Z])|\s{1,20}\d{1,4}$", "", name).strip()
    return name if any(c.isalpha() for c in name) else None
