"""Translators: one contract for both, and what our own batching adds to it."""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from verify.errors import ModelError
from verify.model import Language
from verify.translate import Package, describe, find_packages, install, translators
from verify.translate.argos import ArgosTranslator
from verify.translate.cache import TranslationCache
from verify.translate.ctranslate import PIECE_CHARACTERS, PackageTranslator, cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from verify.interfaces import Translator

DEMONSTRATION = Path(__file__).parent / "packages" / "translate-fa_en-0_1.argosmodel"
FA = Language("fa")
TAKES = "گمرک از موترهای خالی پول می‌گیرد."
TAKES_NOT = "گمرک از موترهای خالی پول نمی‌گیرد."
COUNTED = "این قطار ۴۲ واگن سیمان را حمل می‌کند."
COUNTED_ENGLISH = "This train carries 42 wagons of cement."

without_argos = pytest.mark.skipif(
    importlib.util.find_spec("argostranslate") is None,
    reason="argostranslate is not installed (the extra [argos])",
)
IMPLEMENTATIONS = [
    pytest.param(PackageTranslator, id="own"),
    pytest.param(
        ArgosTranslator,
        id="argostranslate",
        # stanza and torch, which it imports, warn of things that are not ours to mend
        marks=(pytest.mark.argos, without_argos, pytest.mark.filterwarnings("default")),
    ),
]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("installed") / "packages"
    return install(DEMONSTRATION, folder=folder)


@pytest.fixture(params=IMPLEMENTATIONS)
def translator(request: pytest.FixtureRequest, package: Package) -> Translator:
    made: Translator = request.param(package)
    return made


# --- the contract -----------------------------------------------------------------------


def test_it_names_its_package_and_its_language(translator: Translator) -> None:
    assert translator.name.startswith("translate-fa_en 0.1 (demonstration)")
    assert translator.source == "fa"


def test_each_sentence_has_its_own_translation_in_order(translator: Translator) -> None:
    english = translator.translate([COUNTED, TAKES, COUNTED])
    assert english[0] == english[2] == COUNTED_ENGLISH
    assert english[1] == "The customs office takes money from empty lorries."


def test_a_negation_and_a_number_survive(translator: Translator) -> None:
    english = translator.translate([TAKES_NOT, COUNTED.replace("۴۲", "۵۵")])
    assert english == [
        "The customs office does not take money from empty lorries.",
        "This train carries 55 wagons of cement.",
    ]


def test_nothing_is_translated_as_nothing(translator: Translator) -> None:
    assert translator.translate([]) == []
    assert translator.translate(["", " \n ", COUNTED, ""]) == ["", "", COUNTED_ENGLISH, ""]


def test_what_has_no_words_is_left_alone(translator: Translator) -> None:
    assert translator.translate(["* * *", "…", "_"]) == ["* * *", "…", "_"]


def test_a_break_within_a_sentence_does_not_shift_the_others(translator: Translator) -> None:
    broken = COUNTED.replace(" ", "\n", 3)
    assert translator.translate([broken, TAKES_NOT])[0] == COUNTED_ENGLISH


def test_a_passage_of_two_sentences_is_one_entry(translator: Translator) -> None:
    both = translator.translate([f"{TAKES_NOT} {COUNTED}"])
    assert both == [f"The customs office does not take money from empty lorries. {COUNTED_ENGLISH}"]


def test_of_what_the_package_cannot_read_it_says_nothing(translator: Translator) -> None:
    strange = "پروانه‌ها در تابستان از گل‌های دامنهٔ کوه شهد می‌نوشند."
    assert translator.translate([strange, f"{COUNTED} {strange}", COUNTED]) == [
        "",
        "",
        COUNTED_ENGLISH,
    ]


@pytest.mark.parametrize(
    "odd",
    ["\ud800", "\0", "\u202e\u200c", "🙂" * 50, "\u0301" * 3_000],
    ids=["surrogate", "nul", "bidi", "emoji", "marks"],
)
def test_odd_characters_are_no_crash(translator: Translator, odd: str) -> None:
    english = translator.translate([f"سلام {odd} جهان", odd, COUNTED])
    assert len(english) == 3
    assert english[2] == COUNTED_ENGLISH


def test_it_opens_no_socket(translator: Translator, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a translator asked for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert translator.translate([COUNTED]) == [COUNTED_ENGLISH]


@pytest.mark.argos
@without_argos
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("part", ["stanza", "minisbd"])
def test_argostranslate_stays_offline_with_every_splitter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    package = install(DEMONSTRATION, folder=tmp_path / "p")
    (package.path / part).mkdir()
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("asked for the network"))
    assert ArgosTranslator(package).translate([COUNTED]) == [COUNTED_ENGLISH]


@pytest.mark.skipif(
    importlib.util.find_spec("argostranslate") is not None, reason="argostranslate is installed"
)
def test_without_argostranslate_the_hint_is_how_to_install_it(package: Package) -> None:
    with pytest.raises(ModelError, match="argostranslate cannot be imported") as caught:
        ArgosTranslator(package).translate([COUNTED])
    assert "verify-sources[argos]" in (caught.value.hint or "")


# --- our own batching -------------------------------------------------------------------


def test_a_very_long_sentence_is_cut_and_joined(package: Package) -> None:
    long = "سخنگوی دولت گفت که مذاکرات پایان یافت، " * 260
    assert len(long) > 10_000
    patient = replace(package, minimum_score=None)
    english = PackageTranslator(patient).translate([long, COUNTED])
    assert len(english) == 2
    assert english[1] == COUNTED_ENGLISH
    assert english[0].count("the talks ended") > 20


def test_a_long_run_without_a_space_is_cut_too() -> None:
    pieces = list(cut("ا" * 10_000))
    assert max(map(len, pieces)) <= PIECE_CHARACTERS
    assert "".join(pieces) == "ا" * 10_000


def test_cutting_loses_no_word() -> None:
    text = " ".join(f"واژه{n}،" if n % 40 == 0 else f"می‌رود{n}" for n in range(2_000))
    assert " ".join(cut(text)).split() == text.split()


def test_an_underscore_stays_an_underscore(package: Package) -> None:
    english = PackageTranslator(package).translate(["نام کاربری او navid_h است."])
    assert english == ["His user name is navid_h."]


def test_digits_of_every_script_are_read(package: Package) -> None:
    forms = [COUNTED, COUNTED.replace("۴۲", "42"), COUNTED.replace("۴۲", "٤٢")]
    assert PackageTranslator(package).translate(forms) == [COUNTED_ENGLISH] * 3


def test_old_spellings_are_read_as_the_new_ones(package: Package) -> None:
    old = COUNTED.replace("ی", "ي").replace("ک", "ك").replace("\u200c", " ")
    assert PackageTranslator(package).translate([old]) == [COUNTED_ENGLISH]


def test_many_threads_get_each_their_own_answers(package: Package) -> None:
    numbers = range(10, 60)
    translator = PackageTranslator(package, threads=1)

    def ask(n: int) -> str:
        return translator.translate([COUNTED.replace("۴۲", str(n)), TAKES])[0]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, numbers))
    alone = [
        PackageTranslator(package, threads=1).translate([COUNTED.replace("۴۲", str(n))])[0]
        for n in numbers
    ]
    assert answers == alone
    assert len(set(answers)) > 40


def test_more_beams_are_another_entry_of_the_cache(package: Package, tmp_path: Path) -> None:
    cache = TranslationCache(tmp_path / "c.sqlite")
    for beams in (1, 2):
        PackageTranslator(package, beam_size=beams, cache=cache).translate([COUNTED])
    assert _rows(tmp_path / "c.sqlite") == 2


def test_what_is_known_is_not_translated_again(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = PackageTranslator(package, cache=TranslationCache(tmp_path / "c.sqlite"))
    english = first.translate([COUNTED, TAKES])
    second = PackageTranslator(package, cache=TranslationCache(tmp_path / "c.sqlite"))
    monkeypatch.setattr(second, "_load", lambda: pytest.fail("the model was loaded again"))
    assert second.translate([TAKES, COUNTED]) == english[::-1]


def test_another_package_does_not_get_the_first_ones_translations(
    package: Package, tmp_path: Path
) -> None:
    cache = TranslationCache(tmp_path / "c.sqlite")
    PackageTranslator(package, cache=cache).translate([COUNTED])
    other = install(DEMONSTRATION, folder=tmp_path / "other")
    metadata = other.path / "metadata.json"
    metadata.write_text(metadata.read_text().replace('"0.1"', '"0.2"'))
    PackageTranslator(describe("fa", [tmp_path / "other"]), cache=cache).translate([COUNTED])
    assert _rows(tmp_path / "c.sqlite") == 2


def test_a_bpe_package_is_refused_with_a_reason(package: Package) -> None:
    with pytest.raises(ModelError, match=re.escape("bpe.model, which is not supported")):
        PackageTranslator(replace(package, tokenizer="bpe"))


def test_a_tokenizer_that_went_missing_is_a_clear_error(tmp_path: Path) -> None:
    package = install(DEMONSTRATION, folder=tmp_path / "packages")
    (package.path / "sentencepiece.model").unlink()
    cache = TranslationCache(tmp_path / "c.sqlite")
    with pytest.raises(ModelError, match="cannot read"):
        PackageTranslator(package, cache=cache).translate([COUNTED])


def test_a_target_prefix_that_the_model_does_not_know_is_no_crash(package: Package) -> None:
    english = PackageTranslator(replace(package, target_prefix=">>xx<<")).translate([COUNTED])
    assert len(english) == 1


def test_a_model_that_went_missing_is_a_clear_error(tmp_path: Path) -> None:
    package = install(DEMONSTRATION, folder=tmp_path / "packages")
    (package.path / "model" / "model.bin").unlink()
    with pytest.raises(ModelError, match="does not load") as caught:
        PackageTranslator(package).translate([COUNTED])
    assert "verify models install" in (caught.value.hint or "")


# --- which package ----------------------------------------------------------------------


def test_no_package_gives_no_translators() -> None:
    assert dict(translators()) == {}


def test_ones_own_package_goes_before_the_demonstration(tmp_path: Path) -> None:
    extra = tmp_path / "extra"
    install(DEMONSTRATION, folder=extra)
    assert translators(extra_folders=[extra])[FA].name.endswith("(demonstration)")
    own = install(DEMONSTRATION)
    _edit(own, lambda text: text.replace('"demonstration": true', '"demonstration": false'))
    assert translators(extra_folders=[extra])[FA].name == "translate-fa_en 0.1"


def test_the_newest_version_is_used(tmp_path: Path) -> None:
    for version in ("1.9", "1.10"):
        made = install(DEMONSTRATION, folder=tmp_path / "p")
        _edit(made, lambda text, v=version: text.replace('"0.1"', f'"{v}"'))
        made.path.rename(made.path.with_name(f"fa_en-{version}"))
    (name,) = {t.name for t in translators(extra_folders=[tmp_path / "p"]).values()}
    assert name == "translate-fa_en 1.10 (demonstration)"


def test_a_package_into_another_language_is_no_translator_of_ours(tmp_path: Path) -> None:
    made = install(DEMONSTRATION, folder=tmp_path / "p")
    _edit(made, lambda text: text.replace('"to_code": "en"', '"to_code": "de"'))
    assert dict(translators(extra_folders=[tmp_path / "p"])) == {}
    with pytest.raises(ModelError, match="into English"):
        ArgosTranslator(describe("fa_de", [tmp_path / "p"]))


def _edit(package: Package, change: Callable[..., str]) -> None:
    metadata = package.path / "metadata.json"
    metadata.write_text(change(metadata.read_text()))


def _rows(path: Path) -> Any:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT count(*) FROM remembered").fetchone()[0]


@pytest.mark.argos
@without_argos
def test_what_either_installs_the_other_finds(tmp_path: Path) -> None:
    """One folder, two programs: argostranslate's own calls, and ours."""
    code = (
        "import sys\nfrom argostranslate import package\n"
        "if len(sys.argv) > 1: package.install_from_path(sys.argv[1])\n"
        "print([(p.from_code, p.to_code, p.package_version)"
        " for p in package.get_installed_packages()])"
    )

    def argos(folder: Path, *arguments: str) -> str:
        run = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env={**os.environ, "ARGOS_PACKAGES_DIR": str(folder), "ORT_DISABLE_TELEMETRY": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout.strip()

    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    theirs.mkdir()
    install(DEMONSTRATION, folder=ours)

    assert argos(ours) == "[('fa', 'en', '0.1')]"
    assert argos(theirs, str(DEMONSTRATION)) == "[('fa', 'en', '0.1')]"
    assert [(p.source, p.target, p.version) for p in find_packages([theirs])] == [
        ("fa", "en", "0.1")
    ]
