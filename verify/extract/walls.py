"""
Pages that are not the article: a wall of consent, a test for humans, scripts, a paywall's teaser.

They are known by their structure. Words alone would accuse an article about cookies.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from verify.extract.blocks import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.extract.blocks import Block

FEW = 200
"""
Characters of visible text from which a page counts as shown; chosen. The shortest article of
153 collected pages has 420.
"""


def visible_length(blocks: Sequence[Block]) -> int:
    """Return how much a reader with scripts sees: not what is said to those without."""
    return sum(len(block.text) for block in blocks if block.tag != "noscript")


# --- scripts ----------------------------------------------------------------------------

SHELLS = frozenset(
    {"root", "app", "__next", "__nuxt", "react-root", "app-root", "main-app", "application",
     "ember-app", "svelte", "___gatsby", "gatsby-focus-wrapper", "q-app"}
)  # fmt: skip
"""Names of the empty element that a script fills; the frameworks' own."""

ASKS_FOR_SCRIPTS = re.compile(
    r"(?:enable|turn on|activate|requires?|needs?|without|disabled)\W{1,3}(?:\w{1,12}\W{1,3}){0,3}"
    r"java\s?script|java\s?script\W{1,3}(?:\w{1,12}\W{1,3}){0,3}(?:disabled|enabled?|required|"
    r"turned off)|جاوا[\s\u200c]?اسکریپت",
    re.IGNORECASE,
)


MOST_AROUND = 600
LINE = 100
"""Characters of menu around a plea for scripts, and of its longest line; chosen."""


def needs_browser(root: Any, blocks: Sequence[Block]) -> bool:
    """Say whether a page has next to no text, and scripts that would write it."""
    if visible_length(blocks) > MOST_AROUND + 3 * LINE or not root.xpath("boolean(//script)"):
        return False
    rest = [b for b in blocks if len(b.text) >= 3 * LINE or not ASKS_FOR_SCRIPTS.search(b.text)]
    size = visible_length(rest)
    if len(rest) < len(blocks):
        return size < MOST_AROUND and not any(len(block.text) > LINE for block in rest)
    return size < FEW and _has_empty_shell(root)


def _has_empty_shell(root: Any) -> bool:
    elements = root.xpath("//body//*[@id][not(self::script)]")[:200]
    return any(
        element.get("id", "").lower() in SHELLS and not "".join(element.itertext()).strip()
        for element in elements
    )


# --- consent, and tests for humans ------------------------------------------------------

CHALLENGES = re.compile(
    r"/cdn-cgi/challenge-platform|challenges\.cloudflare\.com|captcha-delivery\.com|"
    r"_incapsula_resource|px-captcha|perimeterx|awswaf|/recaptcha/|hcaptcha\.com|"
    r"arcaptcha|__arcsjs|ddos-guard|sucuri_cloudproxy|/distil_",
    re.IGNORECASE,
)
"""Addresses and names in the scripts of bot walls, as their makers write them."""

WALL_NAMES = re.compile(
    r"(?<![a-z])(?:cookie|consent|gdpr|captcha|challenge|cmp|didomi|onetrust)", re.IGNORECASE
)

CONSENT_FORMS = re.compile(r"consent|captcha|challenge|human", re.IGNORECASE)

MOST_OF_WALL = 3_000
"""Characters; the longest consent page that we know has 1,600, and an article has more."""

MOST_WALLS = 10


def is_wall(root: Any, blocks: Sequence[Block]) -> bool:
    """Say whether a page asks for consent, or for a sign that we are human, and shows no more."""
    size = visible_length(blocks)
    if size > MOST_OF_WALL or root.xpath("boolean(//article//p)"):
        return False
    if size < 3 * FEW and _challenges(root):
        return True
    forms = root.xpath("//form[@action]")[:MOST_WALLS]
    if any(CONSENT_FORMS.search(form.get("action")[:500]) for form in forms):
        return not _has_prose(blocks, size)
    return _is_covered(root, size)


def _challenges(root: Any) -> bool:
    sources = root.xpath("//script/@src | //iframe/@src | //form/@action")[:100]
    if any(CHALLENGES.search(source[:500]) for source in sources):
        return True
    scripts = root.xpath("//script[not(@src)]")[:30]
    return any(CHALLENGES.search((script.text or "")[:20_000]) for script in scripts)


def _has_prose(blocks: Sequence[Block], size: int) -> bool:
    """Say whether there is an article beside a form: headings and several long paragraphs."""
    return sum(len(b.text) for b in blocks if len(b.text) > FEW) > size / 2 and size > 3 * FEW


def _is_covered(root: Any, size: int) -> bool:
    """Say whether nearly all the text stands in an element that is called a consent dialog."""
    named = root.xpath("//body//*[@id or @class][.//button or .//form or .//input or .//a]")
    inside = 0
    for element in [e for e in named[:500] if _is_wall_name(e)][:MOST_WALLS]:
        length = visible_length(read(element, show_hidden=True)[0])
        inside = max(inside, length)
    return inside > 0 and size - inside < FEW and inside >= size / 2


def _is_wall_name(element: Any) -> bool:
    names = f"{element.get('id', '')[:200]} {element.get('class', '')[:200]}"
    return element.tag not in {"html", "body"} and WALL_NAMES.search(names) is not None


# --- a teaser ---------------------------------------------------------------------------

ASKS_FOR_MONEY = re.compile(
    r"(?:subscribe|sign up|register|log ?in|sign in|join|become a (?:member|subscriber))\b"
    r".{0,40}\bto (?:continue|keep|read|unlock|access|finish)|"
    r"to (?:continue|keep) reading|to read the (?:full|whole|rest)|"
    r"(?:this|the full) (?:article|story|content|post) is (?:only )?(?:for|available to|"
    r"reserved for|exclusive to) (?:paying |paid |our |premium )?(?:subscribers|members)|"
    r"(?:subscriber|member|premium)[- ]only (?:article|story|content)|"
    r"already a (?:subscriber|member)\?|"
    r"برای (?:خواندن|مطالعه|مشاهده|دیدن)[یٔ‌]{0,2} (?:ادامه|متن کامل|باقی|نسخه کامل)|"
    r"(?:ویژه|مخصوص|تنها برای) (?:مشترکان|مشترکین|اعضا)|"
    r"ادامه(?:ی|ٔ)? (?:این )?(?:مطلب|مقاله|خبر|گزارش) (?:را )?(?:با|پس از|برای) "
    r"(?:خرید|اشتراک|عضویت)",
    re.IGNORECASE,
)

LONGEST_DEMAND = 250
"""Characters of a line that asks for money; in a longer one the words are an article's own."""

MOST_TEASER = 3_000
"""Characters of main text that can be a teaser; the longest that we saw has 1,400."""


def is_teaser(blocks: Sequence[Block], main: Sequence[int]) -> bool:
    """Say whether the main text is short and a demand for money follows where it ends."""
    length = sum(len(blocks[number].text) for number in main)
    if not main or length > MOST_TEASER:
        return False
    following = range(max(main[0], main[-1] - 1), min(len(blocks), main[-1] + 6))
    return any(
        len(blocks[n].text) <= LONGEST_DEMAND and ASKS_FOR_MONEY.search(blocks[n].text)
        for n in following
    )
