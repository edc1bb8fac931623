"""
Which language a text is in: script and letters first, langdetect second, the page's word third.

Rules of letters read Persian better than any model we measured, above all Persian typed with
the Arabic «ي» and «ك», and they alone keep Pashto, Sorani and Urdu apart from it. Dari and
the Persian of Iran are one written language here: `fa`.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from verify.model import UNDETERMINED, Identification, Language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# More text than this changes no answer: full sentences are right 99.8 % of the time.
_ENOUGH = 4_000
# Below 20 letters langdetect is wrong for one Persian text in fourteen (20-character cuts of
# whole sentences), so it is not asked.
_FEWEST_LETTERS = 20
# A single letter is a list's number, or a name's initial.
_FEWEST_TO_TELL = 2
# Below 40 letters langdetect calls one English title in fifty French, Italian or Estonian.
_FEWEST_FOR_MODEL = 40
# How sure either opinion must be before langdetect speaks for a text in Latin letters.
_SURE = 0.9

_RANGES = (
    ("Arab", "ء-يٱ-ۓەۮ-ۿݐ-ݿﭐ-﷿ﹰ-ﻼ"),
    ("Latn", "A-Za-zÀ-ɏḀ-ỿ"),
    ("Cyrl", "Ѐ-ӿ"),
    ("Hebr", "א-ת"),
    ("Grek", "Ͱ-Ͽ"),
    ("Armn", "Ա-֏"),
    ("Geor", "ა-ჿ"),
    ("Deva", "ऀ-ॿ"),
    ("Beng", "ঀ-৿"),
    ("Thai", "ก-๛"),
    ("Kana", "ぁ-ヿ"),
    ("Hang", "가-힣"),
    ("Hani", "一-鿿"),
)
_SCRIPTS = {script: re.compile(f"[{letters}]") for script, letters in _RANGES}
_ONLY = {
    "Hebr": "he",
    "Grek": "el",
    "Armn": "hy",
    "Geor": "ka",
    "Deva": "hi",
    "Beng": "bn",
    "Thai": "th",
    "Kana": "ja",
    "Hang": "ko",
    "Hani": "zh",
}

# Letters that one language of a script has and its neighbours lack.
_LETTERS = {
    "ps": "ټډړږښځڅۍېګڼ",
    "ckb": "ێڕڵڤ",
    "ug": "ۇۈۋڭ",
    "ur": "ٹڈڑےںہھۓ",
    "sd": "ٻڄڃڇڌڏڊٺٽڦڳڱڻ",
    "tr": "ğışİ",
    "az": "əğışİ",
    "de": "ßä",
    "fr": "èêàùœ",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "pl": "łąęśżźń",
    "ro": "țșă",
    "cs": "řěů",
    "vi": "ơưđạ",
    "tg": "ӣӯҳҷқғ",
    "kk": "әұүһі",
    "uk": "єїґі",
    "ru": "ыэё",
    "uz": "ўқғҳ",
}
# Letters that speak for a language without being its own.
_SHARED = {
    "ckb": "ۆە",
    "ug": "ۆە",
    "tr": "öüç",
    "de": "öü",
    "es": "áíóú",
    "fa": "پچژگ\u200c",
    "ar": "ةأإ",
}
# What words begin or end with: the Arabic article, Persian verbs and plurals.
_AFFIXES = {
    "ar": re.compile(r"\b[وفبک]?ال\w{3,}|\bلل\w{3,}"),
    "fa": re.compile(r"\bن?می(?=\w{2}|\u200c)|\w{2}(?:های|ها|هایی)\b|\w(?:ترین|اند)\b"),
}

_WORDS = {
    "fa": """
        و در به از که این را با است برای آن یک خود تا بر هم نیز شد می کرد شده های هر اما یا
        باید بود شود دارد کند سال پس ها ما من او شما چه اگر نیست بین روی توسط مورد همه هیچ
        حال دارند هستند کردند بودند داشت بزرگ چند مدیر بنیاد کمتر آنها ایران تهران بنابراین همچنین
        کنار نخست افزایش کاهش توان بی کنند دهد گیرد گرفت یافت بسیار گذشته کشور روز امروز چنین
        دیگر داد گفت خواهد کردن شدن بودن درباره چگونه چرا آیا کجا بدون میان میشود میکند
    """,
    "ar": """
        في من إلى الى على أن ان أو عن التي الذي هذا هذه ذلك تلك مع قد لا ما بعد حيث كان كانت
        لم بين كما ثم هو هي لقد عند وقد غير كل بعض إن تم يتم هناك وهو وهي لكن حتى أي قبل
    """,
    "ur": """
        کے میں ہے سے اور کا کو ہیں کی نے کہ اس یہ کیا لیے کرنے نہیں بھی ہو جو والے گیا تو تک
        ان ہونے ساتھ کر تھا کرتے ہوئے ہی آپ جب دیا ہوتا گئی ہم ہوا جاتا وہ تھی لئے کچھ گا کوئی
    """,
    "ps": """
        د په چې کې سره شوی څخه ته هغه یې کوي لري دې کېږي کیږي کړی له دي دا یوه لکه کوم لخوا دوی
        وروسته باندې وو نه ډیر ډېر خپل چی کی پورې نورو بیا یو او دی وي سوي دغه ددې ده لپاره توګه
    """,
    "ckb": """
        لە بۆ کە بە لەگەڵ یان ئەو هەیە لەسەر ئەم هەروەها وەکو بێت زۆر ئەگەر وەک وە دەبێت بوو
        دەکات دەست هەموو ئەوەی بەڵام لەو نێوان ناو
    """,
    "ug": "ۋە بىلەن ئۈچۈن بىر بۇ ئۇ دەپ بولغان قىلىش ھەم",
    "en": """
        the of and to in is that for was with as on by are it be from at this an have has had or
        which not were his her their its a he she they we you but who will would been more than
        after about over into says said how why what when new
    """,
    "tr": "ve bir bu için ile da de olarak çok daha olan en gibi kadar ama değil ne var mi mı",
    "az": "və bir bu üçün ilə də olan daha ki edir olub kimi ən isə amma deyil var",
    "de": "der die das und ist nicht ein eine mit von zu den auf für im dem des sich auch bei",
    "fr": "le la les des et est une un du dans pour que qui sur par pas au avec ce il elle en",
    "es": "el la los las de y que en un una es por con para del se su no lo como más",
    "it": "il la di che e un una per non con del della sono gli le da nel alla",
    "pt": "o a os as de e que em um uma do da para com não por se na no dos",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook",
    "ru": "и в не на что с по как это он она они из у за от для его",
    "tg": "ва дар аз ба ки ин бо барои аст шуд он ро мекунад",
    "uk": "і в не на що з та як це до у за від для його",
}
_KNOWN = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_OF_SCRIPT = {
    "Arab": ("fa", "ar", "ur", "ps", "ckb", "ug", "sd"),
    "Latn": ("en", "tr", "az", "de", "fr", "es", "it", "pt", "nl", "pl", "ro", "cs", "vi"),
    "Cyrl": ("ru", "tg", "uk", "kk", "uz"),
}
# langdetect has no profile of these and calls them Persian, Turkish or Russian every time.
_UNKNOWN_TO_MODEL = frozenset({"ps", "ckb", "ug", "sd", "az", "tg", "kk", "uz"})

_WORD = re.compile(r"[^\W\d_]+")
_ARABIC_WORD = re.compile("[ء-يٱ-ۓەۮ-ۿ]+")
_ARABIC_FORM = str.maketrans("يىك", "ییک")
_OWN = {language: re.compile(f"[{letters}]") for language, letters in _LETTERS.items()}
_COMMON = {language: re.compile(f"[{letters}]") for language, letters in _SHARED.items()}

# Two languages whose scores lie nearer than this cannot be told apart. Measured on 4-word
# cuts of sentences that the trigrams were not counted on.
_MARGIN = 0.5
# A single word, such as a city's name, must be far clearer: «تهران» is none of five languages.
_FEW_LETTERS, _MARGIN_OF_FEW = 8, 1.5
# Most pages in Arabic script that reach us are Persian. On the same cuts this gains 0.4 % of
# the Persian ones and loses none of the others.
_PRIOR = 0.6
# What one point of letters and words weighs against the trigrams, in nats: 1.0 to 2.0 give the
# same accuracy to 0.3 % on those cuts.
_POINT = 1.5


class Identifier:
    """Names the language of a text."""

    def identify(self, text: str, declared: Language | None = None) -> Identification:
        """Return the likeliest language; `declared` is what the page says of itself."""
        return identify(text, declared)


def identify(
    text: str, declared: Language | None = None, *, second_opinion: bool = True
) -> Identification:
    """
    Return the likeliest language of `text`, with what each method says.

    Never raises. Where letters cannot tell, the text has the declared language if its
    script allows that, and otherwise none. Without a `second_opinion`, langdetect (by far
    the slowest part) is asked only where it can decide; the language returned is the same.
    """
    sample = text[:_ENOUGH]
    script, count = _script(sample)
    named = _primary(declared) if declared else UNDETERMINED
    by_letters, confidence = _by_letters(sample, script, count)
    opinions = {"letters": by_letters}
    decides = script == "Latn" and count >= _FEWEST_FOR_MODEL and confidence < _SURE
    is_known = count >= _FEWEST_LETTERS and by_letters not in _UNKNOWN_TO_MODEL
    if is_known and (second_opinion or decides):
        opinions["langdetect"], sureness = _by_model(sample)
        if decides and sureness > _SURE:
            by_letters, confidence = opinions["langdetect"], sureness
    if declared:
        opinions["declared"] = named
    if by_letters == UNDETERMINED and named in _allowed(script):
        return Identification(named, 0.5, opinions)
    return Identification(by_letters, confidence, opinions)


def _primary(declared: str) -> Language:
    """Return the language of a tag such as `fa-IR`; Dari is Persian here."""
    primary = re.split(r"[-_]", declared.strip().lower(), maxsplit=1)[0]
    return Language({"prs": "fa", "pes": "fa", "fas": "fa", "per": "fa"}.get(primary, primary))


def _allowed(script: str) -> frozenset[str]:
    """Return the languages that a text in this script may be declared to be in."""
    return frozenset((*_OF_SCRIPT.get(script, ()), _ONLY.get(script, "")))


def _script(text: str) -> tuple[str, int]:
    """Return the script that most letters are in, and how many letters those are."""
    counts = {script: len(pattern.findall(text)) for script, pattern in _SCRIPTS.items()}
    if counts["Kana"]:
        # Japanese is written in both
        counts["Kana"] += counts["Hani"]
    # Latin names stand in Persian titles; Persian names hardly ever in Latin ones.
    counts["Latn"] //= 4 if counts["Arab"] else 1
    script = max(counts, key=counts.__getitem__)
    return (script, counts[script]) if counts[script] else ("", 0)


def _by_letters(text: str, script: str, count: int) -> tuple[Language, float]:
    """Return the language that letters and words speak for, and how surely."""
    if script in _ONLY:
        return Language(_ONLY[script]), 0.9
    if script not in _OF_SCRIPT or count < _FEWEST_TO_TELL:
        return UNDETERMINED, 0.0
    points = _points(text, script)
    scores = {language: _POINT * value for language, value in points.items()}
    if script == "Arab":
        scores = _arabic_scores(text, scores)
    best, second = sorted(scores, key=scores.__getitem__, reverse=True)[:2]
    margin = scores[best] - scores[second]
    if script == "Latn" and margin < _MARGIN and scores["en"] >= scores[best]:
        # Nothing speaks against English, and every letter is one of its own.
        return Language("en"), 0.7
    is_short = script == "Arab" and count < _FEW_LETTERS
    if margin < (_MARGIN_OF_FEW if is_short else _MARGIN):
        return UNDETERMINED, 0.0
    return Language(best), 1 - 0.5 * math.exp(-margin / 2)


def _points(text: str, script: str) -> dict[str, int]:
    """Return how much in the letters and words speaks for each language of the script."""
    text = text.casefold()
    plain = text.translate(_ARABIC_FORM)
    words = Counter(_WORD.findall(text)) | Counter(_WORD.findall(plain))
    points: dict[str, int] = {}
    for language in _OF_SCRIPT[script]:
        known = _KNOWN.get(language, frozenset())
        points[language] = 2 * sum(count for word, count in words.items() if word in known)
        for weight, patterns, where in ((6, _OWN, text), (1, _COMMON, text), (1, _AFFIXES, plain)):
            if language in patterns:
                points[language] += weight * len(patterns[language].findall(where))
    return points


def _arabic_scores(text: str, points: Mapping[str, float]) -> dict[str, float]:
    """Add what the trigrams say; languages without trigrams need letters of their own."""
    table = _trigram_table()
    scores = {language: points[language] for language in table.languages}
    for trigram in trigrams(text):
        for language, weight in zip(table.languages, table.weights.get(trigram, ()), strict=False):
            scores[language] += weight
    scores["fa"] += _PRIOR
    own = {language: len(_OWN[language].findall(text)) for language in ("ug", "sd", "ckb", "ur")}
    for language, rival in (("ug", "ckb"), ("sd", "ur")):
        # two, so that one stray letter does not turn a page
        if own[language] >= 2 and own[language] > own[rival]:
            scores[language] = max(scores.values()) + own[language]
    return scores


def _by_model(text: str) -> tuple[Language, float]:
    """Return what langdetect says, and how sure it is."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory().create()
    detector.append(text)
    try:
        first = detector.get_probabilities()[0]
    except (LangDetectException, IndexError):
        return UNDETERMINED, 0.0
    return _primary(first.lang), float(first.prob)


@lru_cache(maxsize=1)
def _factory() -> Any:
    """Load langdetect's profiles once, with the seed without which it answers at random."""
    from langdetect import PROFILES_DIRECTORY, DetectorFactory

    DetectorFactory.seed = 0
    factory = DetectorFactory()
    paths = sorted(p for p in Path(PROFILES_DIRECTORY).iterdir() if not p.name.startswith("."))
    profiles = [json.loads(path.read_bytes()) for path in paths]
    factory.langlist = [profile["name"] for profile in profiles]
    factory.word_lang_prob_map = _Shares(profiles)
    return factory


class _Shares:
    """
    How often a group of letters stands in each language, as langdetect looks it up.

    Only what a text has is worked out: to fill langdetect's own table, with all of the 88,000
    groups, takes four times as long as to read the profiles, and 40 MB.
    """

    def __init__(self, profiles: Sequence[Mapping[str, Any]]) -> None:
        self._counts = [(profile["freq"], profile["n_words"]) for profile in profiles]
        self._known = frozenset[str]().union(*(counts for counts, _ in self._counts))
        self._shares: dict[str, list[float]] = {}

    def __contains__(self, letters: str) -> bool:
        return letters in self._known

    def __getitem__(self, letters: str) -> list[float]:
        if letters not in self._shares:
            place = len(letters) - 1
            shares = [counts.get(letters, 0) / totals[place] for counts, totals in self._counts]
            self._shares[letters] = shares
        return self._shares[letters]


class _Table(NamedTuple):
    """The trigrams of Arabic script: how likely each is in each language, as logarithms."""

    languages: tuple[str, ...]
    weights: dict[str, tuple[float, ...]]


@lru_cache(maxsize=1)
def _trigram_table() -> _Table:
    """Read the table that training/trigrams.py made."""
    text = resources.files("verify.language").joinpath("data", "trigrams.tsv").read_text("utf-8")
    header, *rows = (line.split("\t") for line in text.splitlines())
    weights = {
        row[0].replace("_", " "): tuple(math.log((int(rate) + 2) / 1e6) for rate in row[1:])
        for row in rows
    }
    return _Table(tuple(header[1:]), weights)


def trigrams(text: str) -> list[str]:
    """Return each word's trigrams, with its edges, in Persian letters."""
    words = _ARABIC_WORD.findall(text.translate(_ARABIC_FORM))
    padded = (f" {word} " for word in words)
    return [word[i : i + 3] for word in padded for i in range(len(word) - 2)]
