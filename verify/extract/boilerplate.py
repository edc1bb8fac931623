"""
Which blocks of a page are its main text.

jusText (Pomikálek 2011) says of each block by itself whether it reads like prose: by length,
by the share of links, by the share of the language's most frequent words. What stands around
it then decides the doubtful ones. On top of that come what the markup says (a menu, a side
bar, comments) and the element that holds most of the good text: a short quotation, a lead or a
list inside it belongs to the article, whatever it looks like alone.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from verify.extract.blocks import HEADINGS, Aside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verify.extract.blocks import Block, Element


class Grade(IntEnum):
    """How much a block reads like the main text."""

    BAD = 0
    SHORT = 1
    FAIR = 2
    GOOD = 3


GRADES = {"bad": Grade.BAD, "short": Grade.SHORT, "neargood": Grade.FAIR, "good": Grade.GOOD}


def find_main(
    blocks: Sequence[Block], elements: Sequence[Element], language: str | None
) -> list[int]:
    """Return the numbers of the blocks that are the main text, in order."""
    own = _own_grades(blocks, language)
    aside = _asides(blocks, elements, own)
    left = [Grade.BAD if a else g for g, a in zip(own, aside, strict=True)]
    # A short item of news may have no paragraph that is long enough to be good by itself.
    best = Grade.GOOD if Grade.GOOD in left else Grade.FAIR
    grades = _in_context([Grade.GOOD if grade is best else grade for grade in left])
    body = _body(blocks, elements, grades, aside)
    if body is None:
        return _longest_run(blocks, aside)
    return [
        number
        for number, block in enumerate(blocks)
        if not aside[number]
        and (grades[number] is Grade.GOOD or block.tag == "h1" or (number in body and _fits(block)))
    ]


# --- what the markup says ---------------------------------------------------------------

MAX_SHARE = {Aside.SURROUNDING: 0.5, Aside.COMMENTS: 0.9}
"""
Share of a page's prose up to which an element called `widget`, `with-sidebar` or `comments` is
what its name says. Above it, the name means the whole: of 153 collected pages, 7 wrap their
article in such an element. Comments may be longer than what they comment on.
"""


def _asides(
    blocks: Sequence[Block], elements: Sequence[Element], own: Sequence[Grade]
) -> list[bool]:
    """Return for each block whether it stands in a menu, a side bar, among comments."""
    prose = _sums(len(b.text) if g >= Grade.FAIR else 0 for b, g in zip(blocks, own, strict=True))
    titles = _sums(int(block.tag == "h1") for block in blocks)
    depth = [0] * (len(blocks) + 1)
    for element in elements:
        if element.aside is Aside.NO or titles[element.last] > titles[element.first]:
            continue
        share = MAX_SHARE[element.aside]
        if prose[element.last] - prose[element.first] <= share * prose[-1]:
            depth[element.first] += 1
            depth[element.last] -= 1
    return [total > 0 for total in accumulate(depth[:-1])]


def _sums(values: Iterable[int]) -> list[int]:
    return [0, *accumulate(values)]


# --- each block by itself ---------------------------------------------------------------


def _own_grades(blocks: Sequence[Block], language: str | None) -> list[Grade]:
    from justext.core import PathInfo, classify_paragraphs
    from justext.paragraph import Paragraph

    paths = {tag: PathInfo().append(tag) for tag in {b.tag for b in blocks}}
    paragraphs = []
    for block in blocks:
        paragraph = Paragraph(paths[block.tag])
        paragraph.append_text(_plain(block.text))
        paragraph.chars_count_in_links = block.link_characters
        paragraphs.append(paragraph)
    words = stop_words(language)
    low, high = (0.30, 0.32) if words else (0.0, 0.0)  # jusText's own defaults
    classify_paragraphs(paragraphs, words, stopwords_low=low, stopwords_high=high)
    return [
        _linked(block, GRADES[paragraph.cf_class])
        for block, paragraph in zip(blocks, paragraphs, strict=True)
    ]


PROSE_LENGTH = 200
MOSTLY_LINKS = 0.5
"""
jusText's own length of a good paragraph; half, because a paragraph that is more link than text is
a list of links. Letting such prose in finds 0.4 % more main text on 153 collected pages, and
costs no precision.
"""


def _linked(block: Block, grade: Grade) -> Grade:
    """
    Take a long paragraph for prose although a good part of it is links.

    An encyclopaedia links every other word; jusText draws the line at a fifth.
    """
    is_prose = len(block.text) > PROSE_LENGTH and block.tag in {"p", "blockquote", "li"}
    if grade is Grade.BAD and is_prose and block.link_share < MOSTLY_LINKS:
        return Grade.FAIR
    return grade


ARABIC_FORMS = str.maketrans({"ي": "ی", "ك": "ک", "\u200c": " "})


def _plain(text: str) -> str:
    """Write Persian as the stop list has it: Farsi ye and kaf, and parts of words apart."""
    return text.translate(ARABIC_FORMS)


STOP_LISTS = {
    "ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fa": "Persian",
    "fr": "French", "he": "Hebrew", "it": "Italian", "ku": "Kurdish", "nl": "Dutch",
    "pl": "Polish", "prs": "Persian", "ps": "Persian", "pt": "Portuguese", "ru": "Russian",
    "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "az": "Azerbaijani",
    "el": "Greek", "fi": "Finnish", "hu": "Hungarian", "id": "Indonesian", "ro": "Romanian",
    "vi": "Vietnamese", "cs": "Czech", "da": "Danish", "no": "Norwegian_Bokmal",
}  # fmt: skip


@cache
def stop_words(language: str | None) -> frozenset[str]:
    """Return a language's most frequent words; none where we have no list."""
    import justext

    name = STOP_LISTS.get(language or "")
    return frozenset(justext.get_stoplist(name)) if name else frozenset()


# --- each block among its neighbours ----------------------------------------------------


def _in_context(own: Sequence[Grade]) -> list[Grade]:
    """
    Settle what is short or fair by the nearest good or bad blocks on both sides.

    jusText's second pass, in linear time: its own looks for each neighbour anew, which takes
    minutes on a page of 50,000 short lines.
    """
    grades = list(own)
    for doubtful, stands in ((Grade.SHORT, _short_stands), (Grade.FAIR, _fair_stands)):
        before = _neighbours(grades, doubtful)
        after = _neighbours(grades[::-1], doubtful)[::-1]
        grades = [
            (Grade.GOOD if stands(b, a) else Grade.BAD) if grade is doubtful else grade
            for grade, b, a in zip(grades, before, after, strict=True)
        ]
    return grades


def _short_stands(before: Grade, after: Grade) -> bool:
    return before >= Grade.FAIR and after >= Grade.FAIR


def _fair_stands(before: Grade, after: Grade) -> bool:
    return Grade.GOOD in {before, after}


def _neighbours(grades: Sequence[Grade], skipped: Grade) -> list[Grade]:
    """Return for each block the grade of the nearest one before it that is not `skipped`."""
    nearest, found = Grade.BAD, []
    for grade in grades:
        found.append(nearest)
        if grade is not skipped:
            nearest = grade
    return found


# --- the element that holds the article -------------------------------------------------


def _body(
    blocks: Sequence[Block],
    elements: Sequence[Element],
    grades: Sequence[Grade],
    aside: Sequence[bool],
) -> range | None:
    """
    Return the range of blocks inside the element that holds most of the good text.

    As readability does it: a block's length counts for its parent in full and for each
    element further out by half as much.
    """
    scores: dict[int, float] = {}
    for block, grade in zip(blocks, grades, strict=True):
        if grade is not Grade.GOOD:
            continue
        weight, number = float(len(block.text)), block.element
        if number >= 0 and elements[number].tag in {"p", *HEADINGS, "li"}:
            number = elements[number].parent
        for _ in range(4):
            if number < 0:
                break
            scores[number] = scores.get(number, 0.0) + weight
            weight, number = weight / 2, elements[number].parent
    if not scores:
        return None
    return _widened(max(scores, key=scores.__getitem__), blocks, elements, aside)


def _widened(
    number: int, blocks: Sequence[Block], elements: Sequence[Element], aside: Sequence[bool]
) -> range:
    """
    Take in what surrounds the element while little of that is links.

    An article in several wrapped pieces has its longest piece found first.
    """
    sizes = [0 if a else len(b.text) for b, a in zip(blocks, aside, strict=True)]
    own = _sums(sizes)
    linked = _sums(int(b.link_share * s) for b, s in zip(blocks, sizes, strict=True))
    best = elements[number]
    while best.parent >= 0 and best.tag not in {"article", "main"}:
        wider = elements[best.parent]
        links = linked[wider.last] - linked[wider.first]
        if wider.tag not in WRAPPERS or links > MAX_LINKS * (own[wider.last] - own[wider.first]):
            break
        best = wider
    return range(best.first, best.last)


WRAPPERS = frozenset({"div", "section", "article", "main"})

MAX_LINKS = 0.05
"""
Share of links up to which a wider element still counts as the article. On 153 collected pages
0.05 finds 1.4 % more of the main text than no widening, and 0.2 lets 2 % more of the rest in.
"""


PROSE_TAGS = frozenset({"p", "blockquote", "li", "dd", "dt", "pre", "td", "tr", "figcaption"})
END_MARK = re.compile(r"[.!?؟…:»”\"]$")


def _fits(block: Block) -> bool:
    """Whether a block inside the article's element belongs to it."""
    if block.link_share > MOSTLY_LINKS:
        return False
    return (
        block.tag in PROSE_TAGS or block.tag in HEADINGS or END_MARK.search(block.text) is not None
    )


def _longest_run(blocks: Sequence[Block], aside: Sequence[bool]) -> list[int]:
    """
    Return the stretch of blocks outside links that holds the most text.

    For pages that have no single good paragraph: poems, lists, a language without a stop list.
    """
    best = (0, 0, 0)
    start = size = 0
    for number, block in enumerate(blocks):
        if block.link_share > MOSTLY_LINKS or aside[number]:
            start, size = number + 1, 0
            continue
        size += len(block.text)
        best = max(best, (size, start, number + 1))
    return list(range(best[1], best[2]))
