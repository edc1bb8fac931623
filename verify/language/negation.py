"""
The words that deny: verbs with «ن», and the likes of "not", "without", «هیچ» and «عدم».

Persian negates inside the verb, with a letter that begins thousands of other words
(«نماینده», «نشان», «نظامی»), so verbs are known by their stems and endings, not by «ن».
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from verify.language.numbers import find_numbers
from verify.model import Span

ZWNJ = "\u200c"
PLAIN = str.maketrans("يىكةأإٱ’", "ییکهااا'")  # one for one, so that offsets stay true

_PAST_STEMS = (
    "شد بود داشت کرد رفت داد گفت توانست خواست یافت گرفت گذاشت گذشت پذیرفت رسید رساند ماند دید "
    "خورد زد ساخت نوشت شناخت دانست فرستاد شنید کشید برد خرید فروخت گشت پرداخت بست شکست مرد "
    "پرسید ترسید فهمید جنگید خواند گرداند بخشید پیوست دوید ریخت سوخت پوشید چید دزدید گریخت "
    "نمود نوشید باخت برگشت پیمود گنجید لرزید چرخید پسندید کشت شست"
)
PAST_STEMS = _PAST_STEMS.split()
_PRESENT_STEMS = (
    "کن شو دار باش رو ده گو گوی توان خواه یاب گیر گذار گذر پذیر رس رسان مان بین خور زن ساز "
    "نویس شناس دان فرست شنو کش بر خر فروش گرد پرداز بند شکن میر پرس ترس فهم جنگ خوان بخش "
    "پیوند شوی دو ریز سوز پوش نشین نما پسند"
)
PRESENT_STEMS = _PRESENT_STEMS.split()
# stems in «آ» and «ا» take a «ی» between: نیامد، نیفتاد
_VOWEL_PAST = "امد اورد افتاد انداخت ایستاد اموخت افزود افروخت انجامید اندیشید"
VOWEL_PAST = _VOWEL_PAST.split()
_VOWEL_PRESENT = "ای اور افت انداز ایست اموز افزای انجام"
VOWEL_PRESENT = _VOWEL_PRESENT.split()
AFTER_VOWEL = {"امد": "یامد", "اورد": "یاورد", "اموخت": "یاموخت", "ای": "یای", "اور": "یاور"}
AFTER_VOWEL |= {"اموز": "یاموز"}

PAST_ENDING = r"(?:م|ی|یم|ید|ند|ن|ه|ه‌?ام|ه‌?ای|ه‌?است|ه‌?ایم|ه‌?اید|ه‌?اند)?"
PRESENT_ENDING = r"(?:م|ی|د|یم|ید|ند)"


def _after(stem: str) -> str:
    if stem in AFTER_VOWEL:
        return AFTER_VOWEL[stem]
    return "ی" + stem[1:] if stem[0] == "ا" and stem[1] != "ی" else "ی" + stem


_PAST = "|".join([*PAST_STEMS, *map(_after, VOWEL_PAST)])
_PRESENT = "|".join([*PRESENT_STEMS, *map(_after, VOWEL_PRESENT)])

VERB = re.compile(
    rf"ن(?:(?:{_PAST}){PAST_ENDING}|(?:{_PRESENT}){PRESENT_ENDING}"
    rf"|خواه(?:م|ی|د|یم|ید|ند)|باید|بایست|بایستی|شاید|توان)"
    rf"|نمی‌?[^\W\d_‌]{{2,}}[^\s]{{0,12}}|نمی|نیست(?:م|ی|یم|ید|ند)?|نداره|نکنه"
    rf"|نیست‌?ا?ند"
)

# a finite verb, denied or not: where one stands before «و», a sentence ends
FINITE = re.compile(
    rf"[نب]?(?:(?:{_PAST}){PAST_ENDING}|(?:{_PRESENT}){PRESENT_ENDING})"
    rf"|ن?می‌?[^\W\d_‌]{{2,}}[^\s]{{0,12}}|است|هست(?:م|ی|یم|ید|ند)?|نیست(?:م|ی|یم|ید|ند)?|اند"
    rf"|ن?خواه(?:م|ی|د|یم|ید|ند)"
)

# words that look like a negated verb and are none: battle, beside, meeting, to look, soft ...
_FALSE_FRIENDS = (
    "نبرد نبردی نبردها نبری نزد نزدی نشست نشسته نشستی نشستند نشستم نشستن نشستیم نمیر نمین نمید "
    "نمود نمودند نمودن نموده نمودم نمودید نماید نمایند نمایم نرمی نرم نگری نگرند نگرد نگردم "
    "نخری نوشی نسازی نهم ندا نگین نگران نگرانی"
)
FALSE_FRIENDS = frozenset(_FALSE_FRIENDS.split())

# a negated verb repeats them («هیچ‌کس نرفت» denies once), so they add nothing beside one
_CONCORD = "هیچ هیچکس هیچگاه هیچیک هیچکدام هیچگونه هیچوقت هیچکجا هرگز ابدا اصلا"
CONCORD = frozenset(_CONCORD.split())
_PERSIAN_NOUN = "بدون عدم فاقد بی‌آنکه بی‌انکه بلا فقدان"
PERSIAN_NOUN = frozenset(_PERSIAN_NOUN.split())
# nouns that deny with a light verb; «رد» is also a trace and a passage, so its verb decides
_PERSIAN_VERB = "تکذیب انکار منکر خودداری امتناع"
PERSIAN_VERB = frozenset(_PERSIAN_VERB.split())
REJECTED = re.compile(r"ن?کرد\w*|ن?می‌?کن\w*|ن?کن\w*|ن?نمود\w*")
_PERSIAN_WEAK = (
    "ممانعت ناتوان ناکام مخالفت مخالف منتفی رد نفی منع "
    "کمبود قلت ممنوع ناممکن غیرممکن نقض محروم لغو بعید به‌ندرت بندرت غیر مگر"
)
PERSIAN_WEAK = frozenset(_PERSIAN_WEAK.split())
ENGLISH_STRONG = re.compile(
    r"cannot|not|never|neither|nor|none|nobody|nothing|nowhere|no|[a-z]+n't"
)
ENGLISH_NOUN = re.compile(r"without|lack(?:s|ed|ing)?|absence")
ENGLISH_VERB = re.compile(
    r"refus(?:e[ds]?|ing|als?)|den(?:y|ies|ied|ying|ials?)|reject(?:s|ed|ing|ion)?"
)
# adjectives that deny themselves alone; the roots are those whose negative is common in print
ENGLISH_AFFIX = re.compile(
    r"non(?!e)(?:[a-z]{5,})?|un(?:able|likely|known|clear|necessary|aware|certain(?:ty)?|safe|usual|fair"
    r"|successful|official|available|important|realistic|reliable|[a-z]{5,}ed)"
    r"|in(?:correct|accurate|appropriate|adequate|action|active|complete|effective|sufficient"
    r"|formal|dependent|capable|valid|secure|visible|ability|direct)(?:ly)?"
    r"|im(?:possible|proper|mature)|il(?:legal|literate)|ir(?:regular|responsible)|asym[a-z]+"
    r"|dis(?:credit|approv|agree|prov|satisf|regard|qualif|honest|obe[dy]|lik|trust)[a-z]*"
    r"|(?:un|in)[a-z]{4,}[ai]ble|(?!unl|nonethel|neverthel|regardl)[a-z]{4,}less(?:ly)?"
    r"|anonymous|shortages?|scarcity"
)
ENGLISH_WEAK = re.compile(
    r"fail(?:s|ed|ing|ures?)?|prevent(?:s|ed|ing)?|hardly|barely|scarcely|rarely|seldom"
    r"|avoid(?:s|ed|ing)?|absent|oppos(?:e[ds]?|ing)|prohibit(?:s|ed|ing)?|ban(?:s|ned)?"
    r"|cancel(?:s|led|ed)?|few|little|rather|instead|excluding|except|precludes?|against|unless"
    r"|reluctant|dismiss(?:e[ds]|ing|al)?|exclude[sd]?|trouble|difficult(?:y|ies)?|problems?|stop(?:s|ped)?|free|less|least|out"
)
# «بی‌سابقه», «غیرقانونی», «نامشخص»: an adjective that denies itself alone
PERSIAN_AFFIX = re.compile(
    r"بی‌[^\W\d_]{2,}|غیر‌?[^\W\d_]{3,}|نا(?!م(?:ه|ی|گ|زد|وس|آ|دار)|شر|پدید|راح|پل|تو|قل|توان)[مپکتشقدر][^\W\d_]{3,}"
)

WORD = re.compile(r"[^\W\d_]+(?:[\u200c'][^\W\d_]+)*")

# "not only" and «نه تنها» assert, "no one, not even he" denies once; "No. 5" counts
NOT_DENYING_AFTER = frozenset(
    {"only", "just", "merely", "simply", "least", "even", "تنها", "فقط", "صرفا", "صرف", "حتی"}
)


class Strength(StrEnum):
    """How surely a word turns what is said into its opposite."""

    STRONG = "strong"
    CONCORD = "concord"
    """Denies only together with a verb that does, or where there is no verb."""
    NOUN = "noun"
    """Denies a noun: "without", "lack of", «بدون», «عدم»."""
    VERB = "verb"
    """Denies by its meaning: "refuse", «تکذیب»."""
    AFFIX = "affix"
    """An adjective that denies itself alone ("unknown", «نامشخص»): it calls for no answer."""
    WEAK = "weak"
    """May answer a denial, and is none by itself ("against", «ممنوع»)."""


DENIALS = frozenset({Strength.STRONG, Strength.NOUN, Strength.VERB})
"""What turns a sentence into its opposite."""


@dataclass(frozen=True, slots=True)
class NegationMention:
    """One word that denies."""

    span: Span
    text: str
    strength: Strength


def find_negations(text: str) -> list[NegationMention]:
    """Return the words of `text` that deny, in order."""
    plain = text.translate(PLAIN)
    lowered = plain.lower() if len(plain.lower()) == len(plain) else plain
    words = list(WORD.finditer(lowered))
    # «نه ساعت» is nine hours
    nines = {n.span.start for n in find_numbers(text)} if "نه" in plain else set()
    found = []
    for index, match in enumerate(words):
        after = words[index + 1] if index + 1 < len(words) else None
        strength = _strength(lowered, match, after, words[index - 1] if index else None)
        if strength is not None:
            span = Span(match.start(), match.end())
            if span.start in nines:
                continue
            found.append(NegationMention(span, text[span.start : span.end], strength))
    return found


def is_negated(text: str) -> bool:
    """Say whether `text` denies something in so many words."""
    in_words = {Strength.STRONG, Strength.CONCORD, Strength.NOUN}
    return any(m.strength in in_words for m in find_negations(text))


def is_verb(word: str) -> bool:
    """Whether a Persian word is a finite verb, by its form."""
    return FINITE.fullmatch(_bare(word.translate(PLAIN))) is not None


def _strength(
    text: str, match: re.Match[str], after: re.Match[str] | None, before: re.Match[str] | None
) -> Strength | None:
    word = match.group()
    following = after.group() if after else ""
    if word.isascii():
        return _english(text, match, following, before.group() if before else "")
    return _persian(word, following, before.group() if before else "")


def _english(text: str, match: re.Match[str], following: str, before: str) -> Strength | None:
    word = match.group()
    if ENGLISH_STRONG.fullmatch(word):
        numbered = word == "no" and re.match(r"\.\s*\d", text[match.end() : match.end() + 4])
        if numbered or following in NOT_DENYING_AFTER or (word == "not" and before == "or"):
            return None
        return Strength.STRONG
    if word.startswith("declin"):
        return Strength.VERB if following == "to" else None
    kinds = {
        ENGLISH_NOUN: Strength.NOUN,
        ENGLISH_VERB: Strength.VERB,
        ENGLISH_AFFIX: Strength.AFFIX,
        ENGLISH_WEAK: Strength.WEAK,
    }
    return next((kind for pattern, kind in kinds.items() if pattern.fullmatch(word)), None)


def _persian(word: str, following: str, before: str) -> Strength | None:
    joined = word.replace(ZWNJ, "")
    if word in {"نه", "نخیر"}:
        is_none = following in NOT_DENYING_AFTER or before in {"یا", "چه"}
        return None if is_none else Strength.STRONG
    is_verb = word in PERSIAN_VERB or (word == "رد" and REJECTED.fullmatch(following))
    kinds = {
        Strength.CONCORD: joined in CONCORD,
        Strength.NOUN: word in PERSIAN_NOUN,
        Strength.VERB: is_verb,
        Strength.WEAK: joined in PERSIAN_WEAK,
        Strength.AFFIX: PERSIAN_AFFIX.fullmatch(word),
        None: word in FALSE_FRIENDS or joined in FALSE_FRIENDS,
        Strength.STRONG: VERB.fullmatch(_bare(word)),
    }
    return next((kind for kind, is_so in kinds.items() if is_so), None)


def _bare(word: str) -> str:
    """Write «آ» as «ا», so that one list of stems serves both spellings."""
    return word.replace("آ", "ا")
