"""Garbled Persian titles, and healthy ones that must stay as they are."""

from __future__ import annotations

import pytest

from verify.article.repair import repair

Z = "\u200c"


@pytest.mark.parametrize(
    ("garbled", "readable"),
    [
        ("باران می[بارد", f"باران می{Z}بارد"),
        ("باران نمی]بارد", f"باران نمی{Z}بارد"),
        ("باران نمی:بارد", f"باران نمی{Z}بارد"),
        ("باران نمیveبارد", f"باران نمی{Z}بارد"),
        ("سنگ[تراشve]های کهن", f"سنگ{Z}تراش{Z}های کهن"),
        ("خانه[ها و باغveها", f"خانه{Z}ها و باغ{Z}ها"),
        (
            "رود می[خشکد؛ ابر نمیveبارد]باغ چه می:شود؟",
            f"رود می{Z}خشکد؛ ابر نمی{Z}بارد باغ چه می{Z}شود؟",
        ),
        ("کتاب:های نو", f"کتاب{Z}های نو"),
        ("آنان نیامده:اند", f"آنان نیامده{Z}اند"),
        ("به کوه رفته:ایم", f"به کوه رفته{Z}ایم"),
        ("آگاهی¬بخش", f"آگاهی{Z}بخش"),
        ("می&zwnj;رود", f"می{Z}رود"),
        ("Accessedباران آمد", "باران آمد"),
        ("باران آمدRetrieved", "باران آمد"),
        ("گفتوگوی دو همسایه", f"گفت{Z}وگوی دو همسایه"),
        ("در جستوجوی آب", f"در جست{Z}وجوی آب"),
        ("كسبوكارهای خرد", f"کسب{Z}وکارهای خرد"),
    ],
)
def test_a_garbled_title_gets_a_readable_form(garbled: str, readable: str) -> None:
    found = repair(garbled)
    assert found is not None
    assert found.text == readable
    assert found.changes
    assert all(c.before != c.after and c.reason for c in found.changes)


@pytest.mark.parametrize(
    "healthy",
    [
        "A [very] brief history: part one",
        "Five [ve] things",
        "باران: ابر آمد",
        "باران:ابر آمد",
        "خانه:ای کاش باران",
        "نامه:ام‌القری",
        "باران:اند سال بعد",
        "او گفت [همسایه] باید بماند",
        "شهر[کابل]بزرگ است",
        "بانک[های] مرکزی",
        "[ویدئو] باران در کوه",
        "[ویدئو]باران در کوه",
        "گزارش BBC از باران",
        "گزارش BBC: باران آمد",
        "iPhoneهای تازه",
        "PDFها و USBها",
        "نشست G7 در شهر",
        "نسخهٔ [۲] کتاب",
        f"گفت{Z}وگوی دو همسایه",
        "گفت و گوی دو همسایه",
        "باران میبارد",
        f"خانه{Z}های «کهن»شهر",
        "ساعت ۱۲:۳۰ باران آمد",
        "",
    ],
)
def test_a_healthy_title_stays_as_it_is(healthy: str) -> None:
    assert repair(healthy) is None


def test_a_foreign_name_stuck_to_persian_is_set_apart_and_not_lost() -> None:
    found = repair("Facebookفارسی شد")
    assert found is not None
    assert found.text == "Facebook فارسی شد"


def test_every_change_is_recorded_with_its_words() -> None:
    found = repair("Accessedابر نمی:بارد")
    assert found is not None
    assert [(c.before, c.after) for c in found.changes] == [
        ("Accessedابر", "ابر"),
        ("نمی:بارد", f"نمی{Z}بارد"),
    ]


def test_a_repaired_title_needs_no_second_repair() -> None:
    found = repair("رود می[خشکد؛ ابر نمیveبارد]باغ چه می:شود؟")
    assert found is not None
    assert repair(found.text) is None
