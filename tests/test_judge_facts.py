from __future__ import annotations

from datetime import date

import pytest

from verify.judge.facts import compare, merge
from verify.model import Fact, FactKind, FactOutcome, Side

PASSAGE = "حنیف اتمر در ۶ آبان ۱۴۰۱ گفت بیش از ۴۰ درصد مدارس ولایت هرات بسته شده است."


def outcome(claim: str, passage: str, kind: FactKind) -> list[FactOutcome]:
    return [f.outcome for f in compare(claim, passage) if f.kind is kind]


@pytest.mark.parametrize(
    ("claim", "kind", "expected"),
    [
        ("more than 40 percent of schools", FactKind.NUMBER, FactOutcome.MATCHED),
        ("more than forty percent of schools", FactKind.NUMBER, FactOutcome.MATCHED),
        ("more than 46 percent of schools", FactKind.NUMBER, FactOutcome.MISMATCHED),
        ("said so on 28 October 2022", FactKind.DATE, FactOutcome.MATCHED),
        ("said so in October 2022", FactKind.DATE, FactOutcome.MATCHED),
        ("said so on 29 October 2022", FactKind.DATE, FactOutcome.MISMATCHED),
        ("minister Haneef Atmar said", FactKind.NAME, FactOutcome.MATCHED),
        ("minister Zalmay Rassoul said", FactKind.NAME, FactOutcome.MISSING),
        ("in Kandahar province", FactKind.NAME, FactOutcome.MISMATCHED),
        ("schools were not closed", FactKind.NEGATION, FactOutcome.MISMATCHED),
    ],
)
def test_a_fact_of_an_english_claim_is_compared_with_its_persian_passage(
    claim: str, kind: FactKind, expected: FactOutcome
) -> None:
    assert outcome(claim, PASSAGE, kind) == [expected]


def test_a_number_is_missing_where_the_passage_gives_none() -> None:
    found = outcome("it closed 12 schools", "مدارس شهر بسته شد", FactKind.NUMBER)
    assert found == [FactOutcome.MISSING]


def test_a_percentage_equals_the_same_fraction_and_no_other_number() -> None:
    assert outcome("20 percent", "یک پنجم مردم", FactKind.NUMBER) == [FactOutcome.MATCHED]
    assert outcome("20 percent", "۲۵ درصد مردم", FactKind.NUMBER) == [FactOutcome.MISMATCHED]


def test_days_are_not_months() -> None:
    assert outcome("after 5 months", "پس از ۵ روز", FactKind.NUMBER) == [FactOutcome.MISMATCHED]
    assert outcome("after 5 days", "پس از ۵ روز", FactKind.NUMBER) == [FactOutcome.MATCHED]


def test_a_round_number_bears_out_only_what_says_about() -> None:
    passage = "۲٬۴۹۶٬۰۰۰ نفر"
    assert outcome("about 2.5 million people", passage, FactKind.NUMBER) == [FactOutcome.MATCHED]
    assert outcome("2.5 million people", passage, FactKind.NUMBER) == [FactOutcome.MISMATCHED]


@pytest.mark.parametrize(
    ("claim", "passage", "expected"),
    [
        # another thing is counted
        ("it has 14 articles", "سه کشور نخستین آن را پذیرفتند", FactOutcome.MISSING),
        ("it has 14 articles", "این پیمان ۱۳ ماده دارد", FactOutcome.MISMATCHED),
        ("it has 14 annexes", "این پیمان ۱۳ پیوست دارد", FactOutcome.MISMATCHED),
        ("it has 14 articles", "۹۰۰۰ نفر آمدند", FactOutcome.MISSING),
        ("it grew by 14 percent", "سه کشور آن را پذیرفتند", FactOutcome.MISSING),
        ("it has 14 long articles", "three states and their capital signed", FactOutcome.MISSING),
        ("it has 14 articles", "the treaty has 13 articles", FactOutcome.MISMATCHED),
        ("the 1st regiment", "هنگ اول", FactOutcome.MATCHED),
        ("level 1 of the test", "یک آزمون سطح ۳", FactOutcome.MISMATCHED),
        ("nine hours", "نه ساعت", FactOutcome.MATCHED),
        ("104,500 barrels", "۱۰۴.۵۰۰ بشکه", FactOutcome.MATCHED),
        ("two weeks", "۱۴ روز", FactOutcome.MATCHED),
        ("12 months", "یک سال", FactOutcome.MATCHED),
        ("one in five people", "۲۰ درصد مردم", FactOutcome.MATCHED),
        ("one in five people", "یک پنجم مردم", FactOutcome.MATCHED),
        ("more than 40 people", "۴۳ نفر", FactOutcome.MATCHED),
        ("more than 40 people", "۳۹ نفر", FactOutcome.MISMATCHED),
        ("fewer than 40 people", "۳۸ نفر", FactOutcome.MATCHED),
        ("about 41 people", "حدود ۴۰ نفر", FactOutcome.MISMATCHED),
    ],
)
def test_a_number_is_set_beside_the_one_in_its_place(
    claim: str, passage: str, expected: FactOutcome
) -> None:
    assert outcome(claim, passage, FactKind.NUMBER) == [expected]


def test_each_number_of_the_passage_bears_out_one_of_the_claim() -> None:
    claim = "12 schools and 30 teachers, then 30 more teachers"
    passage = "۱۲ مدرسه و ۳۰ آموزگار و سپس ۲۵ آموزگار دیگر"
    found = outcome(claim, passage, FactKind.NUMBER)
    assert found == [FactOutcome.MATCHED, FactOutcome.MATCHED, FactOutcome.MISMATCHED]


@pytest.mark.parametrize(
    ("claim", "passage", "expected"),
    [
        ("on 12 March", "در ۱۲ مارس", FactOutcome.MATCHED),
        ("on 12 March", "در ۱۲ آوریل", FactOutcome.MISMATCHED),
        ("on 28 October", "در ۶ آبان", FactOutcome.MATCHED),
        ("on 12 March 2020", "در ۱۲ مارس", FactOutcome.MATCHED),
        ("in June", "در ماه مارس", FactOutcome.MISMATCHED),
        ("on Tuesday", "روز سه‌شنبه", FactOutcome.MATCHED),
        ("on Tuesday", "روز چهارشنبه", FactOutcome.MISMATCHED),
        ("in the 1930s", "در دههٔ ۱۹۴۰", FactOutcome.MISMATCHED),
    ],
)
def test_a_partial_date_is_compared_as_far_as_it_goes(
    claim: str, passage: str, expected: FactOutcome
) -> None:
    assert outcome(claim, passage, FactKind.DATE) == [expected]


def test_a_weekday_that_is_not_the_day_of_its_date_is_named() -> None:
    passage = "روز ۶ آبان ۱۴۰۱"
    fine = outcome("on Friday, 28 October 2022", passage, FactKind.DATE)
    assert set(fine) == {FactOutcome.MATCHED}
    wrong = outcome("on Thursday, 28 October 2022", passage, FactKind.DATE)
    assert wrong == [FactOutcome.MATCHED, FactOutcome.MISMATCHED]


def test_a_relative_day_is_never_a_mismatch_and_is_resolved_where_it_can_be() -> None:
    claim, passage = "on 26 October 2022 he said", "او دیروز گفت"
    assert outcome(claim, passage, FactKind.DATE) == [FactOutcome.MISSING]
    (fact,) = compare(claim, passage, near=date(2022, 10, 27))
    assert (fact.outcome, fact.source_text) == (FactOutcome.MATCHED, "دیروز")
    assert outcome("on Tuesday he said", passage, FactKind.DATE) == []


@pytest.mark.parametrize(
    ("claim", "passage", "expected"),
    [
        ("it denied the report", "این گزارش را تکذیب کرد", [FactOutcome.MATCHED]),
        ("it denied the report", "این گزارش را تکذیب نکرد", [FactOutcome.MISMATCHED]),
        ("it did not deny the report", "این گزارش را تکذیب نکرد", []),
        ("nobody came", "هیچ‌کس نیامد", [FactOutcome.MATCHED]),
        ("its origin is not unknown", "منشأ آن نامشخص است", [FactOutcome.MISMATCHED]),
        ("it is not suitable", "نامناسب است", [FactOutcome.MATCHED]),
        ("it took nine hours", "نه ساعت طول کشید", []),
    ],
)
def test_denials_are_weighed_against_one_another(
    claim: str, passage: str, expected: list[FactOutcome]
) -> None:
    assert outcome(claim, passage, FactKind.NEGATION) == expected


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("it denied the report", "این گزارش را تأیید کرد"),
        ("it confirmed the report", "این گزارش را تکذیب کرد"),
    ],
)
def test_a_denial_beside_its_opposite_is_told_once(claim: str, passage: str) -> None:
    found = [f.kind for f in compare(claim, passage) if f.outcome is FactOutcome.MISMATCHED]
    assert found == [FactKind.POLARITY]


def test_both_denying_is_a_match_and_the_passage_alone_denying_is_named() -> None:
    passage = "دولت برنامه‌ای برای بازگشایی مدارس ندارد"
    (fact,) = compare("the government has no plan to open schools", passage)
    assert fact.outcome is FactOutcome.MATCHED
    (fact,) = compare("the government has a plan to open schools", passage)
    assert (fact.outcome, fact.claim_text, fact.source_text) == (
        FactOutcome.MISMATCHED,
        "",
        "ندارد",
    )


def test_what_either_side_bears_out_counts_as_borne_out() -> None:
    lacking = Fact(FactKind.NAME, FactOutcome.MISSING, "Parwan")
    borne_out = Fact(FactKind.NAME, FactOutcome.MATCHED, "Parwan", None, Side.TRANSLATION)
    assert merge([lacking], [borne_out]) == (borne_out,)
    assert merge([borne_out], [lacking]) == (borne_out,)


def test_edits_of_real_sentences_are_caught(shared: object) -> None:
    import gzip
    import json
    from pathlib import Path

    data = Path(str(shared)) / "data"
    docs = json.loads(gzip.decompress((data / "xclaim_dev_docs.json.gz").read_bytes()))
    rows = [
        json.loads(r)
        for r in gzip.decompress((data / "xclaim_dev.jsonl.gz").read_bytes()).splitlines()
    ]
    rows = [r for r in rows if r["doc"].startswith("flores") and r["label"] != "not_found"][:400]
    wrong = {"number": [], "negation": [], "verbatim_translation": []}  # type: dict[str, list[bool]]
    for row in rows:
        facts = compare(row["claim"], docs[row["doc"]][row["gold_sent"]])
        kinds = {f.kind for f in facts if f.outcome is FactOutcome.MISMATCHED}
        lacking = {f.kind for f in facts if f.outcome is FactOutcome.MISSING}
        bad = bool(kinds & {FactKind.NUMBER, FactKind.DATE, FactKind.NEGATION})
        wrong.setdefault(row["kind"], []).append(bad or FactKind.NUMBER in lacking)
    assert sum(wrong["number"]) >= 0.9 * len(wrong["number"])
    assert sum(wrong["negation"]) >= 0.8 * len(wrong["negation"])
    assert sum(wrong["verbatim_translation"]) <= 0.08 * len(wrong["verbatim_translation"])


def test_a_place_is_another_where_its_name_is_a_common_word_too() -> None:
    assert outcome("cases in Iran", "بعضی از مبتلایان در چین", FactKind.NAME) == [
        FactOutcome.MISMATCHED
    ]
    assert outcome("cases in Iran", "دامن چین‌دار و چین", FactKind.NAME) == [FactOutcome.MISSING]


def test_a_currency_sign_may_stand_inside_an_amount() -> None:
    assert outcome("worth $2 million", "به ارزش 2$ میلیون", FactKind.NUMBER) == [
        FactOutcome.MATCHED
    ]


@pytest.mark.parametrize("repeated", ["million ", "هزار "])
def test_a_number_beyond_every_float_is_set_beside_none(repeated: str) -> None:
    passage = f"about 3 {repeated * 300}people"
    assert outcome("about 3 people", passage, FactKind.NUMBER) == [FactOutcome.MISSING]
    assert outcome(passage, "about 3 people", FactKind.NUMBER)[:1] == [FactOutcome.MISSING]
