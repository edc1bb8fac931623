from __future__ import annotations

import pytest

from verify.language.speech import find_speakers, find_titled, has_unnamed_speaker


def spoken(text: str) -> list[str]:
    return [s.text for s in find_speakers(text)]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("The mayor said the bridge was safe.", "The mayor"),
        ("On Monday, the mayor told reporters that the bridge was safe.", "the mayor"),
        ("The bridge is safe, according to the mayor of Herat.", "the mayor of Herat"),
        ("The bridge is safe, the police said.", "the police"),
        ("The bank's director, Laila Azimi, warned of losses.", "The bank's director, Laila Azimi"),
        ("شهردار گفت که پل امن است.", "شهردار"),
        ("به گفتهٔ شهردار هرات، پل امن است.", "شهردار هرات"),
        ("به گفته‌ی پلیس، پل امن است.", "پلیس"),
        ("لیلا عظیمی، مدیر بانک، در نشست کابل گفت پل امن است.", "لیلا عظیمی، مدیر بانک"),
        ("وزارت صحت در هرات اعلام کرد که پل امن است.", "وزارت صحت"),
    ],
)
def test_a_speaker_is_found_with_name_and_title(text: str, speaker: str) -> None:
    assert spoken(text) == [speaker]


@pytest.mark.parametrize(
    "text",
    [
        "He said it was safe.",
        "Officials said it was safe.",
        "او گفت که امن است.",
        "مقام‌ها گفتند امن است.",
    ],
)
def test_a_pronoun_or_a_plural_names_nobody(text: str) -> None:
    assert spoken(text) == []
    assert has_unnamed_speaker(text)


@pytest.mark.parametrize(
    "text",
    [
        "The United States is large.",
        "The case was reported on Monday.",
        "پل امن است.",
        "گفتگوها پایان یافت.",
    ],
)
def test_nobody_speaks_where_nothing_is_said(text: str) -> None:
    assert spoken(text) == []
    assert not has_unnamed_speaker(text)


def test_titles_are_one_in_both_languages() -> None:
    (english,), (persian,) = find_speakers("The mayor said so."), find_speakers("شهردار گفت.")
    assert english.roles == persian.roles == {"mayor"}


def test_words_before_a_title_are_a_name() -> None:
    text = "لیلا عظیمی، مدیر بانک، گفت"
    assert [text[s.start : s.end] for s in find_titled(text)] == ["لیلا عظیمی"]
