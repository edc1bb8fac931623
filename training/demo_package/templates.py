"""
Sentences made from patterns, in the manner of Afghan and Iranian news.

They teach the demonstration package what a sentence of our example may change: a number, a
date, a place, a speaker, and whether a thing did or did not happen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

Pair = tuple[str, str]

SPEAKERS: tuple[Pair, ...] = (
    ("وزیر خارجه", "the foreign minister"),
    ("وزیر ترانسپورت", "the minister of transport"),
    ("معاون وزیر حمل‌ونقل", "the deputy minister of transport"),
    ("رئیس جمهور", "the president"),
    ("شهردار تهران", "the mayor of Tehran"),
    ("والی هرات", "the governor of Herat"),
    ("سخنگوی دولت", "the government spokesman"),
    ("سخنگوی وزارت خارجه", "the foreign ministry spokesman"),
    ("رئیس گمرک", "the head of customs"),
    ("نمایندهٔ ایران", "the representative of Iran"),
    ("نمایندهٔ افغانستان", "the representative of Afghanistan"),
    ("نمایندهٔ تاجیکستان", "the representative of Tajikistan"),
    ("یک نمایندهٔ مجلس", "a member of parliament"),
    ("بانک مرکزی", "the central bank"),
    ("رئیس پلیس", "the chief of police"),
    ("یک پژوهشگر", "a researcher"),
    ("سازمان ملل", "the United Nations"),
)
PLACES: tuple[Pair, ...] = (
    ("هرات", "Herat"),
    ("کابل", "Kabul"),
    ("مشهد", "Mashhad"),
    ("تهران", "Tehran"),
    ("مزار شریف", "Mazar-e-Sharif"),
    ("قندهار", "Kandahar"),
    ("اصفهان", "Isfahan"),
    ("شهر دوشنبه", "the city of Dushanbe"),
    ("زاهدان", "Zahedan"),
    ("نیمروز", "Nimruz"),
)
TIMES: tuple[Pair, ...] = (
    ("دیروز", "yesterday"),
    ("امروز", "today"),
    ("روز شنبه", "on Saturday"),
    ("روز یکشنبه", "on Sunday"),
    ("روز دوشنبه", "on Monday"),
    ("روز سه‌شنبه", "on Tuesday"),
    ("روز چهارشنبه", "on Wednesday"),
    ("روز پنجشنبه", "on Thursday"),
    ("روز جمعه", "on Friday"),
)
IRANIAN_MONTHS: tuple[Pair, ...] = (
    ("فروردین", "Farvardin"),
    ("اردیبهشت", "Ordibehesht"),
    ("خرداد", "Khordad"),
    ("تیر", "Tir"),
    ("مرداد", "Mordad"),
    ("شهریور", "Shahrivar"),
    ("مهر", "Mehr"),
    ("آبان", "Aban"),
    ("آذر", "Azar"),
    ("دی", "Dey"),
    ("بهمن", "Bahman"),
    ("اسفند", "Esfand"),
)
AFGHAN_MONTHS: tuple[Pair, ...] = (
    ("حمل", "Hamal"),
    ("ثور", "Sawr"),
    ("جوزا", "Jawza"),
    ("سرطان", "Saratan"),
    ("اسد", "Asad"),
    ("سنبله", "Sunbula"),
    ("میزان", "Mizan"),
    ("عقرب", "Aqrab"),
    ("قوس", "Qaws"),
    ("جدی", "Jadi"),
    ("دلو", "Dalwa"),
    ("حوت", "Hut"),
)
WESTERN_MONTHS: tuple[Pair, ...] = (
    ("ژانویهٔ", "January"),
    ("فوریهٔ", "February"),
    ("مارس", "March"),
    ("آوریل", "April"),
    ("مهٔ", "May"),
    ("ژوئن", "June"),
    ("ژوئیهٔ", "July"),
    ("اوت", "August"),
    ("سپتامبر", "September"),
    ("اکتبر", "October"),
    ("نوامبر", "November"),
    ("دسامبر", "December"),
)
# What happened, and the same thing not having happened.
EVENTS: tuple[tuple[Pair, Pair], ...] = (
    (("مذاکرات پایان یافت", "the talks ended"), ("مذاکرات پایان نیافت", "the talks did not end")),
    (("گفتگوها آغاز شد", "the talks began"), ("گفتگوها آغاز نشد", "the talks did not begin")),
    (
        ("وزیران به توافق رسیدند", "the ministers reached agreement"),
        ("وزیران به توافق نرسیدند", "the ministers did not reach agreement"),
    ),
    (
        ("دولت این سند را امضا کرد", "the government signed this document"),
        ("دولت این سند را امضا نکرد", "the government did not sign this document"),
    ),
    (
        ("دولت گزارش را منتشر کرد", "the government published the report"),
        ("دولت گزارش را منتشر نکرد", "the government did not publish the report"),
    ),
    (("مرز باز است", "the border is open"), ("مرز باز نیست", "the border is not open")),
    (("راه بسته است", "the road is closed"), ("راه بسته نیست", "the road is not closed")),
    (
        ("بخش نخست آماده است", "the first section is ready"),
        ("بخش نخست آماده نیست", "the first section is not ready"),
    ),
    (
        ("قیمت نان افزایش یافت", "the price of bread rose"),
        ("قیمت نان افزایش نیافت", "the price of bread did not rise"),
    ),
    (
        ("نرخ تورم کاهش یافت", "the inflation rate fell"),
        ("نرخ تورم کاهش نیافت", "the inflation rate did not fall"),
    ),
    (
        ("مدارس تعطیل می‌شوند", "schools will be closed"),
        ("مدارس تعطیل نمی‌شوند", "schools will not be closed"),
    ),
    (
        ("قطار به ایستگاه رسید", "the train reached the station"),
        ("قطار به ایستگاه نرسید", "the train did not reach the station"),
    ),
    (
        ("بازرگانان عوارض می‌پردازند", "traders pay duties"),
        ("بازرگانان عوارض نمی‌پردازند", "traders do not pay duties"),
    ),
    (
        ("کارگران مزد خود را گرفتند", "the workers received their wages"),
        ("کارگران مزد خود را نگرفتند", "the workers did not receive their wages"),
    ),
    (
        ("بانک با وام موافقت کرد", "the bank agreed to the loan"),
        ("بانک با وام موافقت نکرد", "the bank did not agree to the loan"),
    ),
    (
        ("رانندگان ویزا دارند", "drivers have visas"),
        ("رانندگان ویزا ندارند", "drivers have no visas"),
    ),
    (
        ("این کشور در طرح سهمی دارد", "this country has a share in the project"),
        ("این کشور در طرح سهمی ندارد", "this country has no share in the project"),
    ),
    (
        ("شرکت می‌تواند کار را پایان دهد", "the company can finish the work"),
        ("شرکت نمی‌تواند کار را پایان دهد", "the company cannot finish the work"),
    ),
    (
        ("نامه پاسخ داده شده است", "the letter has been answered"),
        ("نامه هنوز پاسخ داده نشده است", "the letter has not been answered yet"),
    ),
    (
        ("آب آشامیدنی به روستا رسیده است", "drinking water has reached the village"),
        ("آب آشامیدنی به روستا نرسیده است", "drinking water has not reached the village"),
    ),
)
SAYINGS: tuple[Pair, ...] = (
    ("گفت که", "said that"),
    ("اعلام کرد که", "announced that"),
    ("تأکید کرد که", "stressed that"),
    ("افزود که", "added that"),
    ("تأیید کرد که", "confirmed that"),
)
COUNTED: tuple[Pair, ...] = (
    ("در {p} {n} نفر کشته شدند.", "{n} people were killed in {p}."),
    ("در {p} {n} نفر زخمی شدند.", "{n} people were injured in {p}."),
    ("حدود {n} نفر در {p} کار می‌کنند.", "About {n} people work in {p}."),
    ("{n} خانواده به {p} بازگشتند.", "{n} families returned to {p}."),
    ("{n} خانواده به {p} بازنگشتند.", "{n} families did not return to {p}."),
    ("{n} موتر باربری به {p} رسید.", "{n} lorries reached {p}."),
    ("{n} واگن سیمان به {p} رسید.", "{n} wagons of cement reached {p}."),
    ("اتحادیهٔ {p} {n} عضو دارد.", "The {p} union has {n} members."),
    ("راه {p} {n} کیلومتر است.", "The {p} road is {n} kilometres long."),
    ("بودجهٔ {p} {n} میلیون دلار است.", "The budget of {p} is {n} million dollars."),
    ("وام {p} {n} میلیون افغانی بود.", "The loan for {p} was {n} million afghanis."),
    ("بهای زمین در {p} {n} درصد افزایش یافت.", "The price of land in {p} rose by {n} percent."),
    ("بهای نان در {p} {n} درصد کاهش یافت.", "The price of bread in {p} fell by {n} percent."),
    ("صادرات {p} به {n} هزار تن رسید.", "Exports from {p} reached {n} thousand tonnes."),
    ("سفر تا {p} {n} ساعت طول می‌کشد.", "The journey to {p} takes {n} hours."),
    ("ساخت ایستگاه {p} {n} ماه طول کشید.", "Building the {p} station took {n} months."),
    ("در {p} {n} مدرسه ساخته شد.", "{n} schools were built in {p}."),
    ("در {p} {n} مدرسه بسته است.", "{n} schools are closed in {p}."),
)
DATED: tuple[Pair, ...] = (
    ("این نشست روز {d} در {p} برگزار شد.", "This meeting was held in {p} on {d}."),
    ("نشست بعدی روز {d} در {p} برگزار می‌شود.", "The next meeting will be held in {p} on {d}."),
    ("قطار روز {d} {p} را ترک کرد.", "The train left {p} on {d}."),
    ("قطار روز {d} به {p} نرسید.", "The train did not reach {p} on {d}."),
    ("این سند روز {d} در {p} امضا شد.", "This document was signed in {p} on {d}."),
    ("وزیر روز {d} به {p} سفر کرد.", "The minister travelled to {p} on {d}."),
)
PERSIAN_DIGITS = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")


def draw(chance: random.Random) -> Pair:
    """Make one sentence with its English."""
    kinds: tuple[Callable[[random.Random], Pair], ...] = (_reported, _event, _counted, _dated)
    persian, english = chance.choice((*kinds, _counted, _dated, _change))(chance)
    return persian, english[0].upper() + english[1:]


def number(chance: random.Random) -> str:
    """Draw a number such as news has: short ones as often as long ones, some with a fraction."""
    digits = chance.choice((1, 2, 2, 3, 3, 4))
    whole = str(chance.randint(10 ** (digits - 1), 10**digits - 1))
    return f"{whole}.{chance.randint(1, 9)}" if digits < 3 and chance.random() < 0.1 else whole


def in_persian(chance: random.Random, value: str) -> str:
    """Write a number in Persian digits, as most pages do, or leave it as it is."""
    return value.translate(PERSIAN_DIGITS) if chance.random() < 0.8 else value


def _counted(chance: random.Random) -> Pair:
    (persian, english), place, n = chance.choice(COUNTED), chance.choice(PLACES), number(chance)
    return (
        persian.format(p=place[0], n=in_persian(chance, n)),
        english.format(p=place[1], n=n),
    )


def _dated(chance: random.Random) -> Pair:
    (persian, english), place = chance.choice(DATED), chance.choice(PLACES)
    day = str(chance.randint(1, 31))
    year, months = chance.choice(
        (
            (chance.randint(1300, 1410), IRANIAN_MONTHS),
            (chance.randint(1300, 1410), AFGHAN_MONTHS),
            (chance.randint(1950, 2029), WESTERN_MONTHS),
        )
    )
    month = chance.choice(months)
    date = f"{in_persian(chance, day)} {month[0]} {in_persian(chance, str(year))}"
    return (
        persian.format(p=place[0], d=date),
        english.format(p=place[1], d=f"{day} {month[1]} {year}"),
    )


def _reported(chance: random.Random) -> Pair:
    speaker, saying, time = chance.choice(SPEAKERS), chance.choice(SAYINGS), chance.choice(TIMES)
    event = chance.choice(chance.choice(EVENTS))
    if chance.random() < 0.3:
        verb = saying[0].removesuffix(" که"), saying[1].removesuffix(" that")
        quoted = event[1][0].upper() + event[1][1:]
        return f"{speaker[0]} {verb[0]}: «{event[0]}.»", f"{speaker[1]} {verb[1]}: “{quoted}.”"
    return (
        f"{speaker[0]} {time[0]} {saying[0]} {event[0]}.",
        f"{speaker[1]} {saying[1].split()[0]} {time[1]} that {event[1]}.",
    )


def _event(chance: random.Random) -> Pair:
    event, time = chance.choice(chance.choice(EVENTS)), chance.choice(TIMES)
    if chance.random() < 0.5:
        return f"{event[0]}.", f"{event[1]}."
    return f"{time[0]} {event[0]}.", f"{event[1]} {time[1]}."


def _change(chance: random.Random) -> Pair:
    things = (
        ("شمار دانش‌آموزان", "the number of pupils"),
        ("زمان انتظار", "the waiting time"),
        ("حقوق معلمان", "the pay of teachers"),
        ("شمار موترها", "the number of lorries"),
    )
    persian, english = chance.choice(things)
    first, second = sorted((number(chance), number(chance)), key=float)
    low, high = in_persian(chance, first), in_persian(chance, second)
    if chance.random() < 0.5:
        return (
            f"{persian} از {low} به {high} افزایش یافت.",
            f"{english} rose from {first} to {second}.",
        )
    return (
        f"{persian} از {high} به {low} کاهش یافت.",
        f"{english} fell from {second} to {first}.",
    )
