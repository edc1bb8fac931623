"""
Which links of a page are notes, and what they lead to.

Every system marks notes in its own way (WordPress, Word, Pandoc, Wikipedia, and a dozen
plugins), but in all of them a note is a short link that leads *down* the page, and the way
back is a link that leads *up*. That is the rule here; the names of classes only help it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from verify.article.manuscript import tidy
from verify.article.typed import read_label

if TYPE_CHECKING:
    from collections.abc import Iterator

Element: TypeAlias = Any
"""An element of lxml, which has no types of its own."""

LABEL = re.compile(
    r"[\[(]?\s?(?:(?:note|nb|n|یادداشت|پ)[\s.]{0,2})?"
    r"(?:[0-9۰-۹٠-٩]{1,5}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,5}|[a-z]{1,2}|[ivxlc]{1,6}|[α-ωا-ی]|[*†‡§¶#]{1,4})\s?[\])]?",
    re.IGNORECASE,
)
NOTE_CLASS = re.compile(
    r"foot-?note-?(?:ref|link|anchor)|note-?ref|easy-footnote|fn-ref", re.IGNORECASE
)
BACK_CLASS = re.compile(r"back-?(?:ref|link)|to-top|footnote-return", re.IGNORECASE)
NOTE_FRAGMENT = re.compile(
    r"(?:foot|end|side)-?note|(?:^|[-_:])(?:_?ftn|_?edn|fn|cite_note|note|ref)", re.IGNORECASE
)
BACK_FRAGMENT = re.compile(r"(?:ftn|edn|fn|note|cite)[-_:]?(?:ref|back)|ref[-_:]?fn", re.IGNORECASE)
DEFINITION = re.compile(r"_?(?:ftn|edn|fn|footnote|endnote)[-_:]?(\d{1,5})", re.IGNORECASE)
NOTE_LIST = re.compile(r"foot-?notes?|end-?notes?|references|reflist|\bnotes?\b", re.IGNORECASE)

NUMBER = re.compile(r"\d{1,9}")

NOTE_BLOCKS = frozenset({"li", "p", "div", "aside", "dd", "td", "section", "blockquote"})
WRAPPERS = frozenset({"li", "div", "aside", "dd", "section"})
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

# A note has a few paragraphs; what has more of them is a section that a link leads to.
MOST_PARAGRAPHS = 6


@dataclass(slots=True)
class NoteMap:
    """
    The notes of a page, by element.

    `markers` are the links that point to notes. `starts` are the elements that notes begin
    with; a note ends with the element that `ends` has for it, or where the next one begins.
    """

    markers: dict[Element, str] = field(default_factory=dict)
    starts: dict[Element, str] = field(default_factory=dict)
    ends: dict[Element, Element] = field(default_factory=dict)
    back_links: list[Element] = field(default_factory=list)


def map_notes(root: Element) -> NoteMap:
    """Find the notes of the page below `root`."""
    order = {element: place for place, element in enumerate(root.iter())}
    targets = _targets(root)
    found = NoteMap()
    names = _Names()
    sections = {t for t in targets.values() if _is_section(t)}
    cited: dict[Element, str] = {}
    for link in root.iter("a"):
        fragment = _fragment(link, targets)
        target = targets.get(fragment) if fragment else None
        if fragment is None or target in sections:
            continue
        if _leads_back(link, fragment, target, order):
            found.back_links.append(link)
        elif _is_marker(link, fragment):
            found.markers[link] = names.label(fragment, words_of(link))
            if target is not None:
                cited.setdefault(target, found.markers[link])
    _bound(found, cited | _uncited(root, cited, targets, names))
    return found


def words_of(element: Element) -> str:
    """Return all text of an element on one line."""
    return tidy("".join(element.itertext()))


def attributes(element: Element) -> str:
    """Return the names that a page gives an element: its classes, its id and its role."""
    return " ".join(element.get(a) or "" for a in ("class", "id", "role"))


class _Names:
    """Gives each note a label: what its marker shows, made unique where a page begins anew."""

    def __init__(self) -> None:
        self._by_fragment: dict[str, str] = {}
        self._taken: Counter[str] = Counter()

    def label(self, fragment: str, shown: str) -> str:
        """Return the label of the note at `fragment`."""
        if fragment not in self._by_fragment:
            self._by_fragment[fragment] = self._unique(read_label(shown) or _number_in(fragment))
        return self._by_fragment[fragment]

    def _unique(self, label: str) -> str:
        self._taken[label] += 1
        count = self._taken[label]
        return label if count == 1 else f"{label}-{count}"


def _number_in(fragment: str) -> str:
    digits = re.findall(r"\d{1,5}", fragment)
    return digits[-1] if digits else fragment[:40]


def _targets(root: Element) -> dict[str, Element]:
    """Return the elements that a fragment can name; the first of a name wins, as in browsers."""
    targets: dict[str, Element] = {}
    for element in root.iter():
        names = (element.get("id"), element.get("name") if element.tag == "a" else None)
        for name in names:
            if name:
                targets.setdefault(name, element)
    return targets


def _fragment(link: Element, targets: dict[str, Element]) -> str | None:
    """Return the place on this very page that a link leads to."""
    page, hash_sign, fragment = (link.get("href") or "").strip().partition("#")
    if not hash_sign or not fragment:
        return None
    if fragment not in targets:
        fragment = unquote(fragment)
    return fragment if not page or fragment in targets else None


def _leads_back(
    link: Element, fragment: str, target: Element | None, order: dict[Element, int]
) -> bool:
    if target is not None:
        return order[target] <= order[link]
    names = attributes(link)
    return bool(
        BACK_CLASS.search(names) or "doc-backlink" in names or BACK_FRAGMENT.search(fragment)
    )


def _is_marker(link: Element, fragment: str) -> bool:
    """Whether a link down the page is a note: it says so, or it is as short as a label."""
    parent = link.getparent()
    names = f"{attributes(link)} {attributes(parent)}"
    if "doc-noteref" in names or NOTE_CLASS.search(names):
        return True
    shown = words_of(link)
    if not LABEL.fullmatch(shown):
        return False
    is_raised = (
        any(a.tag == "sup" for a in link.iterancestors("sup")) or link.find("sup") is not None
    )
    return is_raised or shown[0] in "[(" or bool(NOTE_FRAGMENT.search(fragment))


def _is_section(target: Element) -> bool:
    """Whether a link's target is a part of the article and no note."""
    headings = islice(target.iter(*HEADINGS), 1)
    paragraphs = islice(target.iter("p"), MOST_PARAGRAPHS + 1)
    return bool(list(headings)) or len(list(paragraphs)) > MOST_PARAGRAPHS


def _uncited(
    root: Element, cited: dict[Element, str], targets: dict[str, Element], names: _Names
) -> dict[Element, str]:
    """
    Find the notes that no link points to.

    They are list items among notes (all items of a list of notes where the page has no
    links at all: its markers are plain text), and targets that are named like notes.
    """
    found: dict[Element, str] = {}
    for note_list in root.iter("ol"):
        holds_notes = any(_holds(item, cited) for item in note_list.iterchildren("li"))
        if holds_notes or (not cited and _is_note_list(note_list)):
            for item, number in _numbered(note_list):
                if not _holds(item, cited):
                    found[item] = names.label(f"item {number} of {id(note_list)}", number)
    for name, element in targets.items():
        match = DEFINITION.fullmatch(name)
        if match and cited and not _is_known(element, cited, found):
            found[element] = names.label(name, match[1])
    return found


def _is_known(element: Element, *notes: dict[Element, str]) -> bool:
    """Whether an element is a note already, is part of one, or has one in it."""
    return any(
        element in known
        or any(a in known for a in element.iterancestors())
        or _holds(element, known)
        for known in notes
    )


def _holds(element: Element, notes: dict[Element, str]) -> bool:
    return bool(notes) and any(e in notes for e in element.iter())


def _is_note_list(note_list: Element) -> bool:
    parent = note_list.getparent()
    return bool(NOTE_LIST.search(f"{attributes(note_list)} {attributes(parent)}"))


def _numbered(note_list: Element) -> Iterator[tuple[Element, str]]:
    """Yield the items of a list with the numbers that a browser shows."""
    number = _whole(note_list.get("start"), 1)
    for item in note_list.iterchildren("li"):
        number = _whole(item.get("value"), number)
        yield item, str(number)
        number += 1


def _whole(written: str | None, default: int) -> int:
    """Return the number that an attribute gives, where it is one that a list can have."""
    return int(written) if written and NUMBER.fullmatch(written) else default


def _bound(found: NoteMap, notes: dict[Element, str]) -> None:
    """Find the block of each note: it begins with the block, unless several notes share it."""
    shares = Counter(a for target in notes for a in (target, *target.iterancestors()))
    for target, label in notes.items():
        block = _block_of(target)
        if block is None:
            continue
        while _is_wrapped(block, shares):
            block = block.getparent()
        start = block if shares[block] == 1 else target
        found.starts[start] = label
        found.ends[start] = block


def _block_of(target: Element) -> Element | None:
    if target.tag in NOTE_BLOCKS:
        return target
    return next((a for a in target.iterancestors() if a.tag in NOTE_BLOCKS), None)


def _is_wrapped(block: Element, shares: Counter[Element]) -> bool:
    """Whether the element around a note's block holds only that note, and is named like one."""
    parent = block.getparent()
    return (
        parent is not None
        and parent.tag in WRAPPERS
        and shares[parent] == 1
        and bool(DEFINITION.fullmatch(parent.get("id") or "") or parent.tag == "li")
        and not _is_section(parent)
    )
