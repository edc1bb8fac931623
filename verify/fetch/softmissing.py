"""
Pages that say in friendly words, with status 200, that there is no such page.

Each sign is a suspicion and no proof: such a page is reported as suspect, and never as dead.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from verify.replays import original

if TYPE_CHECKING:
    from verify.model import Extraction, Snapshot

FRONT = re.compile(
    r"/?(?:(?:en|fa|prs|ps|ar|az|bn|ckb|da|de|es|fi|fr|he|hi|id|it|ja|ko|ku|nl|no|pl|pt|ru|sv|tg|"
    r"tr|uk|ur|uz|zh)(?:[-_][a-z]{2,4})?/?)?(?:(?:index|default|home|main)(?:\.\w{2,5})?/?)?",
    re.IGNORECASE,
)
"""The paths of front pages, also those of one language's edition: `/`, `/fa/`, `/index.html`."""

SEARCH = re.compile(r"/(?:search|suche|find|جستجو)(?:[./]|$)", re.IGNORECASE)

SEARCHED = frozenset({"q", "s", "query", "search", "keyword", "keywords"})
"""Names under which sites take the words that are searched for."""

MISSING_PATH = re.compile(
    r"/(?:(?:error|errors|page)[-_/]?)?404(?:[./]|$)|/(?:page[-_]?)?not[-_]?found(?:[./]|$)",
    re.IGNORECASE,
)

WORDS = re.compile(
    r"(?:error\W{0,3}|http\W{0,3}|خطا[یي]?\W{0,3})?(?:404|۴۰۴)(?:\W|$)|"
    r"(?:(?:the|this|that|your|requested|sorry|oops|we(?:'re| are)? sorry)\W{1,4}){0,4}"
    r"(?:page|article|story|content|document|file|url)\W{1,3}(?:(?:you|we|are|were|is|was|has|have|"
    r"requested|looking|for|can|could|does|do|been|no|longer)\W{1,3}){0,8}"
    r"(?:not\W{1,3}(?:be\W{1,3})?(?:found|exist|available)|cannot be found|can.?t be found|"
    r"couldn.?t be found|doesn.?t exist|no longer (?:exists?|available)|unavailable|removed)|"
    r"(?:not found|nothing (?:was )?found)\W{0,3}$|"
    r"(?:متأ?سفانه\W{1,3})?(?:این |آن )?(?:صفحه|صفحۀ|صفحهٔ|مطلب|خبر|مقاله|محتوا)[یٔ]?\W{1,3}"
    r"(?:(?:مورد|نظر|درخواستی|درخواست|شما|شده|مورد نظرتان|نظرتان)\W{1,3}){0,5}"
    r"(?:یافت|پیدا|وجود|موجود|در دسترس|حذف)\W{1,3}(?:نشد|نمی|ندارد|نیست|نشده|شده)|"
    r"(?:یافت|پیدا)\W{1,3}نشد\W{0,3}$",
    re.IGNORECASE,
)
"""How a page's title, or the heading of it, says that there is no such page."""

JOINTS = re.compile(r"\s[|\u2013\u2014:\u00b7•«»/-]{1,2}\s|\s[|\u2013\u2014-]|[|:]\s")
"""What stands in a title between the page's own and the site's name."""

LONGEST_HEAD = 120
"""Characters of a line that can be such a heading; in a longer one the words are an article's."""

MOST_OF_ERROR = 1_500
"""
Characters of main text that a page with such a title may have; chosen. None of 159 collected
pages (Mozilla's readability set, newspaper4k's) has such a title and so little text.
"""

SUSPECT_LENGTH = 600
"""
Characters of main text below which a sibling is asked for, although no word is suspicious. Of the
same 159 pages 17 have less, so that one page in ten costs its site a second request.
"""


def suspicion(snapshot: Snapshot, extraction: Extraction) -> str | None:
    """Return what speaks for a page that is not there, in words; `None` where nothing does."""
    asked, final = original(snapshot.address), original(snapshot.final_address)
    led = _led(asked, final) if snapshot.redirects else None
    if led:
        return f"the address leads to {led}"
    if len(_main(extraction)) > MOST_OF_ERROR:
        return None
    for line in _heads(extraction):
        if any(WORDS.match(part.strip()) for part in JOINTS.split(line)):
            return f"the page says “{line[:80]}”"
    return None


def is_short(extraction: Extraction) -> bool:
    """Whether a page says so little that a made-up address may well give the same."""
    return len(_main(extraction)) < SUSPECT_LENGTH


def sibling(address: str) -> str | None:
    """
    Return an address beside this one at which there can be no page, `None` for a front page.

    It is the same for the same page, so that a run can be repeated.
    """
    parts = urlsplit(address)
    folder, _, last = parts.path.rpartition("/")
    if not last and not folder:
        return None
    made_up = f"verify-{sha256(address.encode()).hexdigest()[:16]}"
    tail = last[last.rfind(".") :] if "." in last[1:] else ""
    return parts._replace(path=f"{folder}/{made_up}{tail}", query="", fragment="").geturl()


def is_alike(page: Extraction, other: Extraction) -> bool:
    """Whether two pages say the same, but for their addresses, numbers and times."""
    one, two = (_words(extraction.text) for extraction in (page, other))
    shared = len(one & two)
    return bool(one) and shared >= 0.95 * max(len(one), len(two))


# --- the small steps --------------------------------------------------------------------


def _led(asked: str, final: str) -> str | None:
    """Return what kind of page a redirect ended at, where it is none of the article's."""
    try:
        before, after = urlsplit(asked), urlsplit(final)
    except ValueError:  # behind an archive's own address, anything may stand
        return None
    if FRONT.fullmatch(before.path) and not before.query:
        return None
    if MISSING_PATH.search(after.path) and not MISSING_PATH.search(before.path):
        return "a page for missing pages"
    if FRONT.fullmatch(after.path) and not after.query:
        return "the site's front page"
    return "a search page" if _is_search(after) and not SEARCH.search(before.path) else None


def _is_search(parts: SplitResult) -> bool:
    """Whether an address is that of a site's search."""
    named = {field.partition("=")[0].lower() for field in parts.query[:2_000].split("&")}
    return bool(SEARCH.search(parts.path) or (named & SEARCHED and FRONT.fullmatch(parts.path)))


def _main(extraction: Extraction) -> str:
    return "\n".join(extraction.text[s.start : s.end] for s in extraction.main)


def _heads(extraction: Extraction) -> list[str]:
    """Return the title, and the first lines of the main text."""
    first = extraction.main[0].start if extraction.main else 0
    lines = [extraction.title or "", *extraction.text[first : first + 1_000].splitlines()[:2]]
    return [line.strip() for line in lines if 0 < len(line.strip()) <= LONGEST_HEAD]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{2,40}", text[:200_000]))
