"""What a page states for machines, as JSON-LD: objects, the article's body, its price."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from verify.extract.blocks import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MAX_JSON = 500_000
MAX_JSON_NODES = 5_000
"""Bounds of one page's JSON-LD; real pages have a few dozen nodes in a few kilobytes."""

ARTICLE_TYPES = re.compile(r"article|posting|report|webpage|book|thesis|dataset", re.IGNORECASE)

TEXT_TYPES = re.compile(r"article|posting|report|review|recipe|scholarly", re.IGNORECASE)
"""The types whose `articleBody` is the text of the page (https://schema.org/articleBody)."""

INSIDE = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart")


def read_things(root: Any) -> list[dict[str, Any]]:
    """Return the objects of a page's JSON-LD, articles first."""
    found: list[dict[str, Any]] = []
    room = MAX_JSON
    for script in root.xpath("//script[@type]"):
        if not script.get("type", "")[:40].strip().lower().startswith("application/ld+json"):
            continue
        text = script.text or ""
        room -= len(text)
        if room < 0 or len(found) >= MAX_JSON_NODES:
            break
        found += _objects(_json(text))
    return sorted(found, key=lambda thing: not ARTICLE_TYPES.search(_type(thing)))


def _type(thing: Mapping[str, Any]) -> str:
    return str(thing.get("@type", ""))[:200]


def _json(text: str) -> Any:
    """Read JSON as pages write it: in a comment, with raw line ends, or not at all."""
    stripped = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        return json.loads(stripped, strict=False)
    except (ValueError, RecursionError):
        return None


def _objects(value: Any) -> list[dict[str, Any]]:
    """Return the top-level objects, and those that a list, a graph or an article holds."""
    found: list[dict[str, Any]] = []
    waiting = [value]
    for each in waiting:
        if len(found) >= MAX_JSON_NODES or len(waiting) > 10 * MAX_JSON_NODES:
            break
        if isinstance(each, list):
            waiting += each[:100]
        elif isinstance(each, dict):
            found.append(each)
            waiting += [each[key] for key in INSIDE if isinstance(each.get(key), (dict, list))]
    return found


# --- the article's body -----------------------------------------------------------------

TAG = re.compile(r"<[/a-zA-Z][^<>]{0,500}>")
PARAGRAPH_END = re.compile(r"</?(?:p|div|br|li|h[1-6]|blockquote)\b[^<>]{0,500}>", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?؟…\n]+\s*")

LONG_ENOUGH = 20
"""Characters of a sentence that is not on a page by accident; shorter ones are not looked for."""

MAX_ASKED = 200
"""Sentences looked for, so that a hostile page of both kinds of text costs bounded time."""

MOST_SHOWN = 0.5
"""Share of its sentences from which a body counts as shown already; chosen. On the 153 collected
pages those with a body show nearly all of it or next to nothing."""


def body(things: Iterable[Mapping[str, Any]], visible: str) -> list[str]:
    """Return the paragraphs of the article's body that a page states and does not show."""
    for thing in things:
        stated = thing.get("articleBody")
        if isinstance(stated, str) and TEXT_TYPES.search(_type(thing)):
            paragraphs = _paragraphs(stated)
            if paragraphs and not _is_shown(paragraphs, visible):
                return paragraphs
    return []


def _paragraphs(stated: str) -> list[str]:
    """Write a body as lines; some pages put tags or entities into it."""
    text = html.unescape(stated)
    text = TAG.sub("", PARAGRAPH_END.sub("\n", text))
    return [line for line in map(clean, re.split(r"[\n\r\u2028\u2029]+", text)) if line]


def _is_shown(paragraphs: Sequence[str], visible: str) -> bool:
    shown = _squeezed(visible)
    sentences = [_squeezed(s) for s in SENTENCE_END.split("\n".join(paragraphs))]
    telling = [s for s in sentences if len(s) >= LONG_ENOUGH]
    if not telling:
        return _squeezed("".join(paragraphs)) in shown
    asked = telling[:MAX_ASKED]
    return sum(s in shown for s in asked) >= MOST_SHOWN * len(asked)


def _squeezed(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).casefold()


# --- its price --------------------------------------------------------------------------


def price(root: Any, things: Iterable[Mapping[str, Any]]) -> str | None:
    """Return what the page says about having to pay, if it does."""
    if any(_is_no(thing.get("isAccessibleForFree")) for thing in things):
        return "its publisher marks it as not free to read (isAccessibleForFree)"
    marked = root.xpath("//*[@itemprop='isAccessibleForFree']")[:20]
    if any(_is_no(e.get("content") or e.get("href") or e.text) for e in marked):
        return "its publisher marks it as not free to read (isAccessibleForFree)"
    tiers = root.xpath("//meta[@property='article:content_tier']/@content")[:20]
    if any(tier.strip().lower() == "locked" for tier in tiers):
        return "its publisher marks it as locked (article:content_tier)"
    return None


def _is_no(value: Any) -> bool:
    """Say whether a schema.org Boolean is false, in one of the ways in which it is written."""
    if isinstance(value, str):
        return value.strip().lower().rpartition("/")[2] in {"false", "no", "0"}
    return value is False
