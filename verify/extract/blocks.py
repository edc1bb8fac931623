"""A page's tree -> its visible text, one block at a time, with what the markup says of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from verify.errors import ExtractError
from verify.markup import MOST_ATTRIBUTES, is_crowded
from verify.model import Failure, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_CHARACTERS = 10_000_000
"""The largest of 153 collected pages has 2.9 million characters."""

MAX_TAGS = 200_000
"""Each costs memory in the tree; the busiest of 153 collected pages has 19,300."""

TOO_DEEP = "Excessive depth"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


BLOCK_TAGS = _set(
    """
    address article aside blockquote body caption center dd details dialog dir div dl dt
    fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr
    legend li main menu nav noscript ol p pre section summary table tbody td tfoot th thead
    tr ul
    """
)

UNSEEN_TAGS = _set(
    """
    applet area audio base canvas datalist embed frame head iframe link map meta object
    param script select source style svg template textarea title track video
    """
)
"""What a browser does not show as text (a fallback inside `video` is not shown, either)."""

CELLS = frozenset({"td", "th"})

BREAKING = BLOCK_TAGS | {"br"}

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

ASIDE_TAGS = frozenset({"nav", "aside", "footer", "menu", "button", "dialog", "noscript"})

ASIDE_ROLES = _set(
    """
    alert alertdialog banner button complementary contentinfo dialog form menu menubar
    navigation search tablist toolbar tooltip
    """
)

COMMENT_NAMES = re.compile(
    r"(?<![a-z])(?:comments?|commentlist|comment-?body|disqus|respond|replies|nazarat|nazar)"
    r"(?![a-z])"
)

ASIDE_NAMES = re.compile(
    r"(?<![a-z])(?:"
    r"related|recommend(?:ed|ation|ations)?|read-?more|more-?news|also-?read|most-?(?:read|"
    r"viewed|visited|popular)|popular|trending|latest|teasers?|sidebar|side-?bar|widget|widgets|"
    r"breadcrumbs?|nav|navbar|navigation|menu|submenu|topbar|footer|foot|masthead|pagination|pager|"
    r"share|sharing|sharedaddy|sharebar|share-?(?:this|bar|buttons?)|social|follow|addthis|"
    r"tags?|taglist|tag-?cloud|keywords|tools|toolbar|print|"
    r"ads?|advert|advertisement|advertising|sponsor|sponsored|promo|promos|banner|"
    r"newsletter|subscribe|subscription|signup|sign-?up|cookie|cookies|consent|gdpr|popup|"
    r"modal|author-?(?:box|bio|info|card)|about-?(?:the-?)?author|bio|skip-?link|screen-?reader-?text"
    r")(?![a-z])"
)
"""Words in a class or an id that name what surrounds an article; whole words only."""

NAMING_ATTRIBUTES = ("class", "id", "data-component", "data-e2e", "data-testid")

NEVER_ASIDE = frozenset({"html", "body", "main", "article"})

HIDING_STYLE = re.compile(r"display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden")

INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""
Soft hyphens, zero-width spaces and bidi marks. Those that reorder (U+202A-E, U+2066-9) could
show a reader other words than are there. U+200C and U+200D are letters' matters and stay.
"""


def clean(text: str) -> str:
    """Collapse white space and drop what cannot be seen, but keep every ZWNJ."""
    return " ".join(INVISIBLE.sub("", text).split())


def spans_of(lines: Iterable[str], start: int = 0) -> list[Span]:
    """Return where each line stands in the text that joins them by line ends, from `start` on."""
    spans = []
    for line in lines:
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return spans


@dataclass(slots=True)
class Block:
    """One line of the page's text. `element` is the number of the element that holds it."""

    text: str
    tag: str
    element: int
    link_characters: int

    @property
    def link_share(self) -> float:
        """How much of it is links, from 0 to 1."""
        return min(1.0, self.link_characters / len(self.text))


class Aside(Enum):
    """What the markup calls an element that is not part of an article."""

    NO = "no"
    SURROUNDING = "surrounding"
    COMMENTS = "comments"


@dataclass(slots=True)
class Element:
    """An element as the walk met it: its parent's number and the range of blocks inside it."""

    parent: int
    tag: str
    first: int
    last: int
    aside: Aside


def parse(text: str) -> Any:
    """Return the root of the page's tree, or `None` where there is none."""
    from lxml import etree

    if len(text) > MAX_CHARACTERS or text.count("<") > MAX_TAGS:
        raise ExtractError(
            f"the page has {len(text)} characters and {text.count('<')} tags; more than "
            f"{MAX_CHARACTERS} or {MAX_TAGS} are not read",
            failure=Failure.TOO_LARGE,
        )
    if is_crowded(text):
        raise ExtractError(
            f"a tag of the page has more than {MOST_ATTRIBUTES} attributes",
            failure=Failure.TOO_LARGE,
        )
    for is_huge in (False, True):  # 256 levels, which broken old pages exceed; then 2,048
        parser = etree.HTMLParser(
            encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=is_huge
        )
        root = _parsed(text.encode("utf-8", "replace"), parser)
        if not any(TOO_DEEP in entry.message for entry in parser.error_log):
            return root
    raise ExtractError("the page nests its elements too deeply", failure=Failure.TOO_LARGE)


def _parsed(data: bytes, parser: Any) -> Any:
    from lxml import etree

    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None


def read(root: Any, *, show_hidden: bool = False) -> tuple[list[Block], list[Element]]:
    """Return the visible blocks under `root` in order, and the elements around them."""
    from lxml import etree

    walk = _Walk(show_hidden=show_hidden)
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        if event == "end":
            walk.leave(element)
        elif not walk.enter(element):
            events.skip_subtree()
    walk.flush()
    return walk.blocks, walk.elements


@dataclass(slots=True)
class _State:
    """What holds inside the element that the walk is in."""

    number: int
    tag: str
    """The nearest block element's."""
    is_link: bool = False
    is_row: bool = False
    """Inside a table row that is read as one line."""
    is_article: bool = False
    is_shown: bool = True


class _Walk:
    """Collects blocks on the way through the tree, without recursion."""

    def __init__(self, *, show_hidden: bool) -> None:
        self.show_hidden = show_hidden
        self.blocks: list[Block] = []
        self.stack = [_State(-1, "body")]
        self.elements: list[Element] = []
        self.pieces: list[str] = []
        self.links = 0
        self.after_break = False
        self.is_new_cell = False

    def enter(self, element: Any) -> bool:
        """Take in an element's start; return whether to go into it."""
        around, tag = self.stack[-1], str(element.tag)
        if not self._is_shown(element, tag):
            self.stack.append(_State(-1, tag, is_shown=False))
            return False
        if around.is_row and tag in CELLS:
            self.is_new_cell = bool(self.pieces)
        elif tag in BLOCK_TAGS:
            self.flush()
        elif tag == "br":
            self._break()
        here = len(self.blocks)
        aside = _aside(element, tag, is_in_article=around.is_article)
        self.elements.append(Element(around.number, tag, here, here, aside))
        self.stack.append(self._state(element, tag, around))
        self._text(element.text)
        return True

    def leave(self, element: Any) -> None:
        """Take in an element's end and the text after it."""
        state = self.stack.pop()
        around = self.stack[-1]
        if state.is_shown:
            if element.tag in BLOCK_TAGS and not around.is_row:
                self.flush(state)
            self.elements[state.number].last = len(self.blocks)
        self._text(element.tail)

    def flush(self, state: _State | None = None) -> None:
        """End the block that is being collected, which belongs to the element `state`."""
        text = clean("".join(self.pieces))
        state = state or self.stack[-1]
        if text:
            self.blocks.append(Block(text, state.tag, state.number, self.links))
        self.pieces.clear()
        self.links = 0
        self.after_break = self.is_new_cell = False

    def _state(self, element: Any, tag: str, around: _State) -> _State:
        is_block = tag in BLOCK_TAGS
        return _State(
            number=len(self.elements) - 1,
            tag=tag if is_block else around.tag,
            is_link=around.is_link or (tag == "a" and element.get("href") is not None),
            is_row=around.is_row or (tag == "tr" and _is_one_line(element)),
            is_article=around.is_article or tag in {"article", "main"},
        )

    def _text(self, text: str | None) -> None:
        if not text:
            return
        if self.is_new_cell and clean(text):
            self.pieces.append(" | ")
            self.is_new_cell = False
        self.pieces.append(text)
        if not text.isspace():
            self.after_break = False
            if self.stack[-1].is_link:
                self.links += len(clean(text))

    def _break(self) -> None:
        """One line break is a space; a second one ends the paragraph, as old pages write it."""
        if self.after_break:
            self.flush()
        else:
            self.pieces.append(" ")
            self.after_break = True

    def _is_shown(self, element: Any, tag: str) -> bool:
        if tag in UNSEEN_TAGS:
            return False
        if self.show_hidden or tag in {"html", "body"}:
            return True
        return not (
            element.get("hidden") is not None
            or element.get("aria-hidden") == "true"
            or (tag == "dialog" and element.get("open") is None)
            or HIDING_STYLE.search(element.get("style", "")[:500].lower())
        )


def _aside(element: Any, tag: str, *, is_in_article: bool) -> Aside:
    """Say what the tag, the role and the names of an element make of it."""
    if tag in NEVER_ASIDE:
        return Aside.NO
    if tag in ASIDE_TAGS or element.get("role", "").lower() in ASIDE_ROLES:
        return Aside.SURROUNDING
    if tag == "header" and not is_in_article:
        return Aside.SURROUNDING
    names = " ".join(element.get(name, "")[:200] for name in NAMING_ATTRIBUTES).strip()
    if not names:
        return Aside.NO
    words = _words(names)
    if COMMENT_NAMES.search(words):
        return Aside.COMMENTS
    return Aside.SURROUNDING if ASIDE_NAMES.search(words) else Aside.NO


CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _words(names: str) -> str:
    """Write class names with one kind of separator: `relatedPosts` as `related-posts`."""
    return CAMEL.sub("-", names).lower().replace("_", "-")


def _is_one_line(row: Any) -> bool:
    """Whether a table row holds plain cells, which say more together than apart."""
    cells = list(row)
    return (
        1 < len(cells) <= 20
        and all(cell.tag in CELLS for cell in cells)
        and not any(e.tag in BREAKING for cell in cells for e in cell.iterdescendants())
    )
