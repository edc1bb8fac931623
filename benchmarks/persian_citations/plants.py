"""What is planted in a true sentence: other spellings (part a), and single flips (part b)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

# --- spelling ---------------------------------------------------------------------------

_JOINS_ON = "بتسمنکلفقشج"

VARIANTS: dict[str, Callable[[str], str]] = {
    "arabic-letters": lambda s: s.translate(str.maketrans("یک", "يك")),
    "no-joiner": lambda s: s.replace("\u200c", ""),
    "space-for-joiner": lambda s: s.replace("\u200c", " "),
    "digit-script": lambda s: s.translate(
        str.maketrans("0123456789۰۱۲۳۴۵۶۷۸۹", "۰۱۲۳۴۵۶۷۸۹0123456789")
    ),
    "diacritics": lambda s: re.sub(f"(?<=[{_JOINS_ON}])(?=[ا-ی])", "َ", s, count=5),
    "tatweel": lambda s: re.sub(f"(?<=[{_JOINS_ON}])(?=[ا-ی])", "ـ", s, count=4),
    "hamza": lambda s: (
        s.translate(str.maketrans("أؤ", "او")).replace("ه‌ی ", "هٔ ").replace("ۀ", "ه‌ی")
    ),
    "marks": lambda s: s.translate(str.maketrans("«»،؛-", "“”,;–")),
}

# --- flips ------------------------------------------------------------------------------


def _both(pairs: str) -> dict[str, str]:
    """Return swaps in both directions from lines of two words or more."""
    swaps: dict[str, str] = {}
    for line in pairs.strip().splitlines():
        left, right = line.strip().split(" / ")
        swaps |= {left: right, right: left}
    return swaps


_SWAPS: dict[str, dict[str, str]] = {
    "negation": _both("""
        است / نیست
        هستند / نیستند
        شد / نشد
        شدند / نشدند
        شده / نشده
        دارد / ندارد
        دارند / ندارند
        بود / نبود
        بودند / نبودند
        کرد / نکرد
        کردند / نکردند
        شود / نشود
        کند / نکند
        خواهد / نخواهد
        باید / نباید
        می‌شود / نمی‌شود
        می‌کند / نمی‌کند
        می‌کنند / نمی‌کنند
        می‌تواند / نمی‌تواند
        می‌توانند / نمی‌توانند
        is / is not
        was / was not
        are / are not
        were / were not
        can / cannot
        has / has not
        have / have not
        with / without
    """),
    "date": _both("""
        January / October
        February / November
        March / June
        April / December
        May / August
        July / September
        Monday / Thursday
        Sunday / Friday
        Saturday / Tuesday
        ژانویه / اکتبر
        فوریه / نوامبر
        مارس / ژوئن
        آوریل / دسامبر
        جنوری / اکتوبر
        فبروری / نومبر
        مارچ / جون
        اپریل / دسمبر
        دوشنبه / جمعه
        یکشنبه / چهارشنبه
    """),
    "name": _both("""
        China / Iran
        Germany / France
        Russia / Japan
        London / Paris
        Italy / Spain
        Washington / Berlin
        India / Turkey
        چین / ایران
        آلمان / فرانسه
        روسیه / ژاپن
        لندن / پاریس
        ایتالیا / اسپانیا
        جرمنی / جاپان
        انگلستان / هند
        آمریکا / کانادا
        امریکا / فرانسه
    """),
    "unit": _both("""
        percent / kilometers
        miles / kilometres
        km / miles
        days / years
        hours / minutes
        months / weeks
        meters / feet
        dollars / euros
        درصد / کیلومتر
        فیصد / کیلومتر
        روز / ماه
        ساعت / دقیقه
        سال / هفته
        متر / مایل
        دلار / یورو
        دالر / یورو
    """),
    "antonym": _both("""
        increase / decrease
        increased / decreased
        more / less
        higher / lower
        before / after
        first / last
        north / south
        large / small
        accepted / rejected
        افزایش / کاهش
        بیشتر / کمتر
        قبل / بعد
        پیش / پس
        شمال / جنوب
        مثبت / منفی
        شرق / غرب
        بزرگ / کوچک
        اولین / آخرین
        موافق / مخالف
    """),
    "speaker": _both("""
        researchers / doctors
        Researchers / Doctors
        scientists / officials
        Scientists / Officials
        experts / witnesses
        police / army
        minister / president
        Minister / President
        spokesman / chairman
        media / residents
        محققان / پزشکان
        محققین / داکتران
        دانشمندان / مقامات
        مقامات / شاهدان
        پلیس / ارتش
        پولیس / اردو
        سخنگوی / رئیس
        نخست‌وزیر / رئیس‌جمهور
        رسانه‌های / ساکنان
        متخصصان / معلمان
    """),
    # One way only: a hedge is dropped or hardened, never added.
    "hedge": {
        "may": "will",
        "might": "will",
        "could": "will",
        "probably": "",
        "possibly": "",
        "reportedly": "",
        "perhaps": "",
        "likely": "certainly",
        "احتمالاً": "",
        "احتمالا": "",
        "شاید": "",
        "ظاهراً": "",
        "ممکن است": "",
        "می‌تواند": "باید",
    },
}

NAMED_AS: dict[str, list[str]] = {
    "negation": ["negation"],
    "number": ["number"],
    "date": ["date"],
    "name": ["name"],
    "unit": ["unit"],
    "antonym": ["word-changed", "negation", "antonym"],
    "speaker": ["word-changed", "name", "speaker"],
    "hedge": ["modality"],
}
"""The kinds of difference that call a planted flip what it is; one of them is enough."""

_SAYING = (
    "said|says|say|told|announced|reported|report|stated|confirmed|believe|warned|added|"
    "گفت|گفته|گفتند|می‌گوید|می‌گویند|اعلام|گزارش|اظهار|افزود|معتقدند"
)
_MONTHS = re.compile("|".join(w for w in _SWAPS["date"] if not w.endswith(("day", "شنبه"))))
_NUMBER = re.compile(r"(?<![\w.,/:٫-])\d{1,3}(?![\w.,/:٫-])")


def flipped(kind: str, sentence: str, rng: random.Random) -> str | None:
    """Return the sentence with one flip of this kind, or `None` where it has no place for one."""
    if kind == "number":
        return _other_number(sentence, rng)
    swaps = _SWAPS[kind]
    words = "|".join(map(re.escape, sorted(swaps, key=len, reverse=True)))
    before = r"(?<=\d )" if kind == "unit" else r"(?<![\w\u200c'-])"
    after = rf"(?=(?:[\s\u200c]+\S+){{0,4}}?\s(?:{_SAYING})\b)" if kind == "speaker" else ""
    found = list(re.finditer(rf"{before}(?:{words})(?![\w\u200c'-]){after}", sentence))
    if len(found) != 1:  # with a second one it would be open which is the flipped one
        return None
    at = found[0]
    result = sentence[: at.start()] + swaps[at[0]] + sentence[at.end() :]
    result = re.sub(" {2,}", " ", result).strip()
    # a word dropped at either end leaves a shorter quotation, and a true one
    return None if result in sentence else result


def _other_number(sentence: str, rng: random.Random) -> str | None:
    found = list(_NUMBER.finditer(sentence))
    if len(found) != 1 or _MONTHS.search(sentence):  # a day of a month would be a date
        return None
    value = int(found[0][0]) + rng.choice((1, 2, 10, 30))
    digits = str(value)
    if found[0][0][0] in "۰۱۲۳۴۵۶۷۸۹":
        digits = digits.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    return sentence[: found[0].start()] + digits + sentence[found[0].end() :]
