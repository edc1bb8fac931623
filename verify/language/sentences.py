"""
Where sentences end, in Persian and English.

A sentence never crosses a line. What closes it stays with it: quotation marks, brackets and
the [1] of a note, before or after the full stop. A quotation of several sentences stays in
the sentence that quotes it, so that a note behind it carries the whole of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verify.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

# A quotation or bracket longer than this holds sentences of its own. Measured on the
# paragraphs of Wikipedia and of health texts (TICO-19): 99 % of paired marks enclose less.
_LONGEST_INSET = 400
# How deep marks may nest before the rest is read as plain characters.
_DEEPEST_INSET = 8

_CLOSERS = "\"'”’»›)\\]}"
_QUOTED = frozenset("\"'”’»›")
_MARKER = r"\[[^\[\]\n]{1,12}\]"
_END = re.compile(
    # the marks that end a sentence, with what closes behind them
    rf"(?P<mark>[.!?؟۔…]+)(?P<tail>(?:[{_CLOSERS}]|[^\S\n]{{0,3}}{_MARKER})*)"
)
_PAIRS = {"«": "»", "“": "”", "„": "”", "(": ")", "[": "]", "‹": "›"}
_CLOSING = frozenset(_PAIRS.values())
_PAIR = re.compile(r"[«»“”„‹›()\[\]\"]")

_ABBREVIATIONS = """
    mr mrs ms dr prof rev hon gen col lt maj capt sgt cmdr adm gov sen rep pres amb st
    vs v cf al ca approx est dept univ bros
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun
    no nos vol vols pp ed eds fig figs sec ch art par para op cit ibid trans
"""
# These, and letters with full stops between them («U.S.», «a.m.», «ه.ش.»), end a sentence
# often enough that the word behind them decides.
_MAY_END = "etc jr sr inc ltd co corp ph.d"
_NUMBERED = "p no nos vol vols pp fig figs sec ch art par para jan feb mar"
_OPENERS = """
    the a an he she it they we you i this that these those there in on at but and however
    when while after before if although as his her their its our for from with then
"""
# Behind a closed Persian quotation these carry its sentence on: Persian has no capitals.
_CARRIES_ON = """
    و را که گفت گفتند گفته می‌گوید می‌گویند پرسید پرسیدند افزود افزودند افزوده نوشت نوشته
    است بود بودند شد خواند خواندند اعلام تأکید تاکید یاد توصیف
"""
_ABBREVIATED, _NUMBERING, _ENDING, _OPENING, _CARRYING = (
    frozenset(words.split())
    for words in (_ABBREVIATIONS, _NUMBERED, _MAY_END, _OPENERS, _CARRIES_ON)
)
_DOTTED = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_LAST_WORD = re.compile(r"(?:(?<=[^\w.'’])|^)[^\W\d_][\w.]{0,10}\Z")
_NEXT_WORD = re.compile(r"[\s\"'“‘«(\[]*([^\W\d_]+(?:\u200c[^\W\d_]+)*)")
_LETTER = re.compile(r"[^\W_]")
_HURRIED = re.compile(r"[\u0600-\u06ff]{4}|[a-z]{2}[A-Z][a-z]")


def split(text: str) -> list[Span]:
    """Return the sentences of `text` in order, without the white space around them."""
    sentences: list[Span] = []
    start = 0
    for line in text.split("\n"):
        sentences.extend(_split_line(line, start))
        start += len(line) + 1
    return sentences


def _split_line(line: str, offset: int) -> list[Span]:
    """Return the sentences of one line, which begins at `offset`."""
    sentences: list[Span] = []
    start = 0
    for end in [*_ends(line), len(line)]:
        body = line[start:end]
        left = offset + start + len(body) - len(body.lstrip())
        span = Span(left, left + len(body.strip()))
        start = end
        if span.start == span.end:
            continue
        if sentences and not _LETTER.search(body):
            # a stray mark belongs to what it follows
            sentences[-1] = Span(sentences[-1].start, span.end)
        else:
            sentences.append(span)
    return sentences


def _ends(line: str) -> Iterator[int]:
    """Yield the offsets behind each sentence but the last."""
    insets = _insets(line)
    inset = 0
    for match in _END.finditer(line):
        while inset < len(insets) and insets[inset].end <= match.end():
            inset += 1
        inside = inset < len(insets) and insets[inset].start < match.start()
        if not inside and _is_end(line, match):
            yield match.end()


def _insets(line: str) -> list[Span]:
    """Return the outermost quotations and brackets of a line, in order."""
    stack: list[tuple[str, int]] = []
    insets: list[Span] = []
    for match in _PAIR.finditer(line):
        mark, place = match[0], match.start()
        while stack and place - stack[0][1] > _LONGEST_INSET:
            del stack[0]
        closer = next((i for i in reversed(range(len(stack))) if stack[i][0] == mark), None)
        if closer is not None:
            span = Span(stack[closer][1], match.end())
            del stack[closer:]
            while insets and insets[-1].start >= span.start:
                insets.pop()
            insets.append(span)
        elif mark not in _CLOSING and len(stack) < _DEEPEST_INSET:
            stack.append((_PAIRS.get(mark, mark), place))
    return insets


def _is_end(line: str, match: re.Match[str]) -> bool:
    """Whether this mark ends a sentence."""
    end = match.end()
    if end == len(line):
        return True
    if not line[end].isspace():
        return _runs_on(line, match)
    follower = _NEXT_WORD.match(line, end, end + 60)
    word = follower[1] if follower else ""
    if word in _CARRYING and not _QUOTED.isdisjoint(match["tail"]):
        return False
    if match["mark"] == ".":
        return _full_stop_ends(line, match, word)
    # «…» in mid-sentence, and «"Why?" he asked»
    may_go_on = match["tail"] or match["mark"][0] in ".…"
    return not (may_go_on and word[:1].islower())


def _runs_on(line: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends although no space follows, as hurried typing has it."""
    if line[max(0, match.start() - 1)].isdecimal() or line[match.end()].isdecimal():
        return False  # «۴۷.۴» is one number, though its digits are of the Arabic block
    around = line[max(0, match.start() - 2) : match.start()] + line[match.end() : match.end() + 2]
    return bool(_HURRIED.fullmatch(around))


def _full_stop_ends(line: str, match: re.Match[str], follower: str) -> bool:
    """Whether a single full stop with a space behind it ends a sentence."""
    if follower[:1].islower():
        return False
    if match["tail"]:
        return True
    last = _LAST_WORD.search(line, max(0, match.start() - 12), match.start())
    word = last[0].casefold() if last else ""
    if word in _NUMBERING:
        return not line[match.end() : match.end() + 3].lstrip()[:1].isdecimal()
    if word in _ABBREVIATED:
        return False
    if len(word) == 1:
        return not _is_initial(line[match.start() - 1], follower)
    is_dotted = word in _ENDING or _DOTTED.fullmatch(word)
    return not is_dotted or follower.casefold() in _OPENING


def _is_initial(letter: str, follower: str) -> bool:
    """Whether a single letter before a full stop stands for a name («J. K. Rowling»)."""
    is_name = follower[:1].isupper() and follower.casefold() not in _OPENING
    return is_name and letter.isupper() and letter != "I"
