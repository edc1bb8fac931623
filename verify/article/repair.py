"""
A readable form of a garbled Persian title, with everything that was changed to get it.

Copying a title through a PDF or an old editor breaks its zero-width non-joiners into other
characters. We restore one only where the characters around it leave no doubt: healthy
titles have brackets, colons and Latin abbreviations too, and those stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from verify.model import Change, Repair

ZWNJ = "\u200c"
P = "[\u0621-\u063a\u0641-\u064a\u064b-\u0652\u0670-\u06d3\u06d5]"
"""A Persian or Arabic letter, or a mark on one; no tatweel, digit or punctuation."""

PREFIXES = frozenset({"می", "نمی", "همی"})
"""Verb prefixes: what follows them is always joined by a zero-width non-joiner."""

_SUFFIXES = """
    ها های هایی هایش هایم هایت هایشان هایمان هایتان هاست هاي هايي
    تر تری ترین ترینها
"""
SUFFIXES = frozenset(_SUFFIXES.split())
"""Endings that are written behind a zero-width non-joiner, and are no words of their own."""

PERSONS = frozenset({"اند", "ایم", "اید"})
"""
Endings of a verb behind its participle, as in «رفته‌اند». Only there: «ام» and «ای» begin
titles and vocatives as well, so a colon before them is left alone.
"""

_LAST_WORDS = """
    است نیست بود نبود شد نشد کرد نکرد داد نداد گفت نگفت گفتند رفت آمد گرفت یافت زد خورد
    دارد ندارد دارند ندارند باشد نباشد هست هستند نیستند بودند شدند کردند دادند خواهد
"""
LAST_WORDS = frozenset(_LAST_WORDS.split())
"""Verbs that end a clause: what is stuck to them is the next clause, not an ending."""

SURE = (
    r"[\[\]{}|]{0,2}ve[\[\]{}|]{0,2}",  # as in notes that a Turkish editor retyped
    "¬",  # what an old word processor shows for it
    "\x9d",  # windows-1256 read as Latin-1
    "â€Œ",  # UTF-8 read as windows-1252
    "&zwnj;",
    "&#8204;",
    "&#[xX]200[cC];",
)
"""What a half-space becomes, and what is never healthy between two Persian letters."""
JUNK = re.compile(
    rf"(?<={P})(?:(?P<sure>{'|'.join(SURE)})|(?P<bracket>[\[\]{{}}])|(?P<colon>:))(?={P})"
)
WORD_BEHIND = re.compile(rf"(?:{P}|{ZWNJ}){{1,40}}\Z")
WORD_AHEAD = re.compile(rf"(?:{P}|{ZWNJ}){{1,40}}")

_STRAY = """
    accessed accession access retrieved available archived online download downloaded date
    from link source sources title url http https www pdf html ibid see via and ve erişim
    tarihi kaynak başlık
"""
STRAY = frozenset(_STRAY.split())
"""Words of a note's own apparatus: stuck to a title, they are no part of it."""

# Shorter Latin words stuck to Persian are mostly symbols and abbreviations (G7, 5G, USB).
LATIN_BEFORE = re.compile(rf"(?<![^\W\d_])([A-Za-zİışğüöçŞĞÜÖÇ]{{2,20}})(?={P})")
LATIN_AFTER = re.compile(rf"(?<={P})([A-Za-zİışğüöçŞĞÜÖÇ]{{2,20}})(?![^\W\d_])")

_JOINED_BY_WAW = """
    گفت|وگو گفت|وشنود جست|وجو شست|وشو پرس|وجو کسب|وکار حمل|ونقل ساخت|وساز پخت|وپز رفت|وآمد
    رفت|وروب جنب|وجوش کشت|وکشتار تاخت|وتاز سوخت|وساز پیچ|وخم نشست|وبرخاست
"""
JOINED_BY_WAW = {c.replace("|", ""): c.replace("|", ZWNJ) for c in _JOINED_BY_WAW.split()}
"""
Compounds of two words and «و» that are misspelt without their half-spaces, whatever
follows them; the list is short and closed because a guess here would invent Persian.
"""
WAW_COMPOUND = re.compile(rf"(?<!{P})(?<!{ZWNJ})(?:{'|'.join(JOINED_BY_WAW).replace('ک', '[کك]')})")

BECAME = "a zero-width non-joiner had become {!r}"
SEPARATED = "{!r} stood where two words meet"
STRAY_WORD = "the stray word {!r} was stuck to the title"
GLUED_WORD = "the word {!r} was stuck to its neighbour"
LOST = "the half-spaces of a common compound were lost"
LONE_BRACKET = "the bracket {!r} has no partner"


@dataclass(slots=True)
class _Draft:
    """The title while it is being repaired."""

    text: str
    changes: list[Change]

    def change(self, before: str, after: str, reason: str) -> None:
        self.changes.append(Change(before, after, reason))


def repair(title: str) -> Repair | None:
    """Return a readable form of `title`, or `None` where it is not garbled."""
    if not re.search(P, title):
        return None
    draft = _Draft(title, [])
    for step in (_drop_stray_words, _restore_half_spaces, _drop_lone_brackets, _restore_compounds):
        step(draft)
    draft.text = " ".join(draft.text.split(" ")).strip()
    return Repair(draft.text, tuple(draft.changes)) if draft.changes else None


def _plain(word: str) -> str:
    """Return the word with Persian ye and kaf, for looking it up."""
    return word.replace("ي", "ی").replace("ك", "ک")


def _drop_stray_words(draft: _Draft) -> None:
    """Take out words such as `Accessed` that are stuck to a Persian word."""

    def replace(match: re.Match[str]) -> str:
        word = match[1]
        if word == "ve":
            return word  # a half-space, most likely: the next step looks at its neighbours
        glued, is_before = _neighbour(match)
        if is_before and _plain(glued) in SUFFIXES:
            return word  # «PDFها» is how Persian writes the plural
        if word.casefold() in STRAY:
            before = word + glued if is_before else glued + word
            draft.change(before, glued, STRAY_WORD.format(word))
            return ""
        if not _is_foreign_name(word):
            return word
        before, after = (word, glued) if is_before else (glued, word)
        draft.change(before + after, f"{before} {after}", GLUED_WORD.format(word))
        return f"{word} " if is_before else f" {word}"

    for pattern in (LATIN_BEFORE, LATIN_AFTER):
        draft.text = pattern.sub(replace, draft.text)


def _neighbour(match: re.Match[str]) -> tuple[str, bool]:
    """Return the Persian word that a Latin one is stuck to, and whether it stands behind it."""
    ahead = WORD_AHEAD.match(match.string, match.end())
    if ahead:
        return ahead[0], True
    behind = WORD_BEHIND.search(match.string[max(0, match.start() - 41) : match.start()])
    return (behind[0] if behind else ""), False


def _is_foreign_name(word: str) -> bool:
    """Whether a Latin word is no abbreviation: those take Persian endings without a space."""
    return len(word) > 3 and (word.islower() or word.istitle())


def _restore_half_spaces(draft: _Draft) -> None:
    """Put a zero-width non-joiner (or a space between clauses) back where junk stands."""
    text = draft.text
    is_certain = any(_is_certain(text, m) for m in JUNK.finditer(text))
    partners = _partners(text)
    pieces: list[str] = []
    at = 0
    for match in JUNK.finditer(text):
        if not _is_junk(text, match, partners, is_certain=is_certain):
            continue
        pieces.append(text[at : match.start()])
        behind, ahead = _words_around("".join(pieces[-3:]), text, match)
        mark = " " if _ends_clause(behind) and not _is_ending(behind, ahead) else ZWNJ
        reason = (BECAME if mark == ZWNJ else SEPARATED).format(match[0])
        draft.change(f"{behind}{match[0]}{ahead}", f"{behind}{mark}{ahead}", reason)
        pieces.append(mark)
        at = match.end()
    pieces.append(text[at:])
    draft.text = "".join(pieces)


def _words_around(done: str, text: str, match: re.Match[str]) -> tuple[str, str]:
    behind = WORD_BEHIND.search(done[-41:])
    ahead = WORD_AHEAD.match(text, match.end())
    return (behind[0] if behind else ""), (ahead[0] if ahead else "")


def _is_certain(text: str, match: re.Match[str]) -> bool:
    """Whether the junk can be nothing else: its characters say so, or the words around it."""
    behind, ahead = _words_around(text[max(0, match.start() - 41) : match.start()], text, match)
    return bool(match["sure"]) or _plain(behind) in PREFIXES or _is_ending(behind, ahead)


def _is_ending(behind: str, ahead: str) -> bool:
    """Whether `ahead` is no word of its own, but the ending of the word behind."""
    word = _plain(ahead)
    return word in SUFFIXES or (word in PERSONS and len(behind) > 2 and behind.endswith("ه"))


def _is_junk(
    text: str, match: re.Match[str], partners: dict[int, int], *, is_certain: bool
) -> bool:
    """
    Whether a match stands for a half-space.

    A colon needs a prefix or an ending beside it. A bracket without a partner cannot be
    healthy between letters; one with a partner is, unless the title is surely garbled and
    the partner is stuck between letters as well («دولت [کابل] گفت» never is).
    """
    if match["sure"]:
        return True
    behind, ahead = _words_around(text[max(0, match.start() - 41) : match.start()], text, match)
    if match["colon"]:
        is_ending = len(behind) > 1 and _is_ending(behind, ahead)
        return _plain(behind) in PREFIXES or is_ending
    if _plain(behind) in PREFIXES:
        return True
    partner = partners.get(match.start())
    return partner is None or (is_certain and _is_stuck(text, partner))


def _is_stuck(text: str, at: int) -> bool:
    """Whether the bracket at `at` has a letter on both sides; `ve` counts as one."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return bool(re.fullmatch(f"{P}|[ev]", before) and re.fullmatch(f"{P}|[ev]", after))


def _partners(text: str) -> dict[int, int]:
    """Return for each bracket the offset of the one it pairs with."""
    partners: dict[int, int] = {}
    open_at: list[int] = []
    for match in re.finditer(r"[\[\]{}]", text):
        if match[0] in "[{":
            open_at.append(match.start())
        elif open_at:
            opener = open_at.pop()
            partners[opener], partners[match.start()] = match.start(), opener
    return partners


def _ends_clause(word: str) -> bool:
    """Whether `word` is a whole verb: one with its prefix joined, or one of the common."""
    prefix, joint, _ = _plain(word).partition(ZWNJ)
    return (bool(joint) and prefix in PREFIXES) or _plain(word) in LAST_WORDS


def _drop_lone_brackets(draft: _Draft) -> None:
    """Take out a bracket that lost its partner, in a title that is garbled anyway."""
    if not draft.changes:
        return
    partners = _partners(draft.text)
    lone = [m for m in re.finditer(r"[\[\]{}]", draft.text) if m.start() not in partners]
    for match in reversed(lone):
        draft.text = draft.text[: match.start()] + draft.text[match.end() :]
        draft.change(match[0], "", LONE_BRACKET.format(match[0]))


def _restore_compounds(draft: _Draft) -> None:
    """Give «گفتوگو» and its like their half-spaces back."""

    def replace(match: re.Match[str]) -> str:
        restored = JOINED_BY_WAW[_plain(match[0])]
        draft.change(match[0], restored, LOST)
        return restored

    draft.text = WAW_COMPOUND.sub(replace, draft.text)
