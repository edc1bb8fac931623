"""Which language a text is in."""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING

import pytest
from langdetect import PROFILES_DIRECTORY, DetectorFactory

from verify.language import identify as identification
from verify.language.identify import Identifier, identify
from verify.model import UNDETERMINED, Language

if TYPE_CHECKING:
    from pathlib import Path

OLD_TYPING = str.maketrans({"ی": "ي", "ک": "ك", "\u200c": " "})


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("وزارت خارجه این خبر را تأیید نکرد و گفت که گفت‌وگوها ادامه دارد.", "fa"),
        ("د بهرنیو چارو وزارت وویل چې خبرې به دوام ولري", "ps"),
        ("وزارت خارجہ نے کہا ہے کہ بات چیت جاری رہے گی", "ur"),
        ("قالت وزارة الخارجية إن المحادثات سوف تستمر في الأسبوع المقبل", "ar"),
        ("وەزارەتی دەرەوە ڕایگەیاند کە گفتوگۆکان بەردەوام دەبن", "ckb"),
        ("تاشقى ئىشلار مىنىستىرلىقى سۆھبەتنىڭ داۋاملىشىدىغانلىقىنى بىلدۈردى", "ug"),
        ("The foreign ministry said that the talks would go on next week.", "en"),
        ("Dışişleri Bakanlığı görüşmelerin gelecek hafta süreceğini açıkladı.", "tr"),
        ("Xarici İşlər Nazirliyi danışıqların gələn həftə davam edəcəyini bildirdi.", "az"),
        ("Вазорати корҳои хориҷӣ гуфт, ки музокирот идома дорад", "tg"),
        ("Министерство иностранных дел заявило, что переговоры продолжатся", "ru"),
        ("Le ministère a déclaré que les pourparlers vont continuer dans la semaine.", "fr"),
        ("Das Ministerium erklärte, dass die Gespräche nächste Woche weitergehen.", "de"),
        ("外務省は協議が続くと述べた", "ja"),
        ("משרד החוץ הודיע כי השיחות יימשכו", "he"),
    ],
)
def test_a_sentence_has_its_language(text: str, language: str) -> None:
    found = Identifier().identify(text)
    assert found.language == language
    assert 0.5 < found.confidence <= 1


def test_persian_in_arabic_letters_is_persian() -> None:
    text = "وزارت خارجه اين خبر را تأييد نكرد و گفت كه گفت و گوها ادامه دارد."
    assert identify(text).language == "fa"


def test_dari_is_persian_here() -> None:
    assert identify("پوهنتون کابل اعلان کرد که محصلین به صنف‌ها برگردند").language == "fa"
    assert identify("۱۲", Language("prs")).opinions["declared"] == "fa"


@pytest.mark.parametrize("text", ["", "   ", "۱۲۳ 45 !؟", "\u200c\u200f", "﷼"])
def test_a_text_without_letters_is_undetermined(text: str) -> None:
    found = identify(text)
    assert found.language == UNDETERMINED
    assert found.confidence == 0


def test_a_short_text_takes_the_declared_language_if_its_script_allows() -> None:
    assert identify("کابل").language == UNDETERMINED
    assert identify("کابل", Language("fa-IR")).language == "fa"
    assert identify("کابل", Language("en")).language == UNDETERMINED


def test_a_wrong_declaration_is_overruled_and_disputed() -> None:
    found = identify("وزارت خارجه این خبر را تأیید نکرد و رد کرد.", Language("en-US"))
    assert found.language == "fa"
    assert found.opinions["declared"] == "en"
    assert found.is_disputed


def test_each_method_is_heard() -> None:
    found = identify("The talks went on for a week in the capital.", Language("en"))
    assert found.opinions == {"letters": "en", "langdetect": "en", "declared": "en"}
    assert not found.is_disputed


def test_langdetect_is_not_asked_for_what_it_does_not_know() -> None:
    assert "langdetect" not in identify("د بهرنیو چارو وزارت وویل چې خبرې دوام لري").opinions


def test_the_answer_is_always_the_same() -> None:
    text = "Kabul, Herat and Mazar: three cities"
    assert len({identify(text).language for _ in range(5)}) == 1


def test_four_words_of_real_titles_are_enough(shared: Path) -> None:
    expected = {"fas": "fa", "prs": "fa", "eng": "en"}
    rng = random.Random(1)
    right: list[bool] = []
    not_persian: list[bool] = []
    with gzip.open(shared / "data" / "langid.tsv.gz", "rt", encoding="utf-8") as rows:
        for number, row in enumerate(rows):
            code, _, granularity, text = row.rstrip("\n").split("\t")
            words = text.split()
            if number % 15 or len(words) < 4 or not granularity.startswith("sentence"):
                continue
            start = rng.randrange(len(words) - 3)
            title = " ".join(words[start : start + 4])
            if code in expected:
                right.append(identify(title).language == expected[code])
            if expected.get(code) == "fa":
                right.append(identify(title.translate(OLD_TYPING)).language == "fa")
            if code in {"pus", "urd", "arb", "ckb"}:
                not_persian.append(identify(title).language != "fa")
    assert sum(right) / len(right) >= 0.98
    assert sum(not_persian) / len(not_persian) >= 0.98


def test_letters_weigh_what_langdetect_itself_says() -> None:
    theirs = DetectorFactory()
    theirs.load_profile(PROFILES_DIRECTORY)
    ours = identification._factory()
    known = theirs.word_lang_prob_map

    assert sorted(ours.langlist) == sorted(theirs.langlist)
    for letters in [*known][::300]:
        assert dict(zip(ours.langlist, ours.word_lang_prob_map[letters], strict=True)) == dict(
            zip(theirs.langlist, known[letters], strict=True)
        )
    assert all(
        (pair in ours.word_lang_prob_map) == (pair in known) for pair in ("th", "ﷺﷺ", "\x00")
    )
