"""Addresses in reports: a host is written so that no letter can pass for another."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from tests import sample
from verify.hosts import in_ascii, name, readable, shown
from verify.model import Attempt, Document, Failure, Report, SourceId, Unavailable, Version
from verify.report import FORMATTERS
from verify.report.html import HtmlFormatter

BANK = "https://раураl.example/خبر?q=1"  # Cyrillic letters
PLAIN = "https://xn--l-7sba6dbr.example/خبر?q=1"
PERSIAN = "https://کتابخانه.ایران/صفحه"
PUNYCODE = "https://xn--mgbacgw9lh19e.xn--mgba3a4f16a/صفحه"


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        (BANK, PLAIN),
        (PERSIAN, PUNYCODE),
        ("https://аррӏе.com/x", "https://xn--80ak6aa92e.com/x"),  # one script, and all Cyrillic
        ("http://bаnk.example:8080", "http://xn--bnk-6cd.example:8080"),
        ("HTTPS://BАNK.example/", "HTTPS://xn--bnk-6cd.example/"),
        ("http://ｂａｎｋ。example/", "http://bank.example/"),
        ("http://ایرانbank.example/", "http://xn--bank-z5fa3ezi21c.example/"),
        ("http://bаnk.example@evil.example/", "http://b%D0%B0nk.example@evil.example/"),
        ("http://می‌خواهم.example/", "http://xn--mgbn2ecje63gr19l.example/"),
        ("http://bаnk.example.", "http://xn--bnk-6cd.example."),
        ("https://gazette.example/خبر", "https://gazette.example/خبر"),
        ("see https://bаnk.example, or not", "see https://xn--bnk-6cd.example, or not"),
        ("“https://bаnk.example/a…”: gone", "“https://xn--bnk-6cd.example/a…”: gone"),
        ("نشانی http://سایت.ایران، و", "نشانی http://xn--mgbgz72d.xn--mgba3a4f16a، و"),
        (
            "a: https://bаnk.a/ b: http://bаnk.b/",
            "a: https://xn--bnk-6cd.a/ b: http://xn--bnk-6cd.b/",
        ),
        ("pages/کتاب.html", "pages/کتاب.html"),
        ("", ""),
    ],
)
def test_a_host_is_written_in_ascii_and_all_else_stays(written: str, safe: str) -> None:
    assert in_ascii(written) == safe
    assert in_ascii(safe) == safe


@pytest.mark.parametrize(
    ("address", "host"),
    [
        (PERSIAN, "کتابخانه.ایران"),
        ("https://کتاب.example:8080/", "کتاب.example"),
        ("http://می‌خواهم.ایران/", "می‌خواهم.ایران"),
        ("https://کتاب۲.example/", "کتاب۲.example"),
        (BANK, None),
        ("https://аррӏе.com/", None),
        ("https://ایرانbank.example/", None),
        ("https://کتاب.bаnk.example/", None),
        ("https://ایران@evil.example/", None),
        ("https://gazette.example/خبر", None),
        ("https://xn--mgba3a4f16a.example/", None),
    ],
)
def test_only_persian_and_arabic_letters_stand_beside_punycode(
    address: str, host: str | None
) -> None:
    assert readable(address) == host
    assert shown(address) == (f"{in_ascii(address)} ({host})" if host else in_ascii(address))


@pytest.mark.parametrize(
    "host",
    [
        "б" * 5_000 + ".example",
        "б." * 900,
        "б" * 300,
        "\u202eelpmaxe",
        "a\ud800b",
        "\u200cا",
        "-б-",
        "б..б",
        "ا1۱",
        "𝐛ank",
        "ß" * 64,
    ],
)
def test_a_host_that_nobody_can_have_is_ascii_all_the_same(host: str) -> None:
    began = time.perf_counter()
    spelt = in_ascii(f"https://{host}/")
    assert time.perf_counter() - began < 0.5
    assert spelt.isascii() or len(host) > 2_000
    assert "б" not in spelt[:2_000]


def test_what_is_fetched_is_what_is_shown() -> None:
    for host in ("раураl.example", "کتابخانه.ایران", "ｂａｎｋ。example", "BANK.example."):
        assert (
            in_ascii(f"https://{host}/").lower().rstrip("/").rstrip(".") == f"https://{name(host)}"
        )


# --- the formats ------------------------------------------------------------------------


def report(address: str) -> Report:
    """Return the sample with one address in every place that has one."""
    whole = sample.decided()
    readings: dict[SourceId, Document | Unavailable] = {}
    for key, reading in whole.readings.items():
        attempt = Attempt(address, "live", Failure.GONE, f"404 at {address}")
        if isinstance(reading, Document):
            snapshot = replace(reading.snapshot, address=address, final_address=address)
            readings[key] = replace(reading, snapshot=snapshot, attempts=(attempt,))
        else:
            readings[key] = Unavailable(key, (attempt,))

    def version(old: Version | None) -> Version | None:
        return replace(old, address=address) if old else None

    verdicts = tuple(
        replace(
            v,
            version=version(v.version),
            reasons=(f"could not be read ({address})", *v.reasons),
            evidence=tuple(
                replace(e, fragment=f"{address}#:~:text=a" if e.fragment else None)
                for e in v.evidence
            ),
        )
        for v in whole.verdicts
    )
    findings = tuple(
        replace(f, flag=replace(f.flag, message=f"“{address}” is gone")) for f in whole.findings
    )
    return replace(
        whole,
        readings=readings,
        verdicts=verdicts,
        findings=findings,
        sources={k: replace(s, urls=(address,)) for k, s in whole.sources.items()},
        notices=(f"of {address}",),
    )


PEOPLE = ("terminal", "markdown", "csv", "junit", "github")


@pytest.mark.parametrize("format_name", PEOPLE)
def test_a_false_letter_gets_into_no_report_for_people(format_name: str) -> None:
    output = FORMATTERS[format_name].format([report(BANK)])

    assert "xn--l-7sba6dbr.example" in output
    assert "раураl" not in output
    assert "%D1%80%D0%B0" not in output


@pytest.mark.parametrize("ui", ["en", "fa"])
def test_a_false_letter_is_in_no_text_of_the_page(ui: str) -> None:
    page = BeautifulSoup(HtmlFormatter(ui).format([report(BANK)]), "lxml")
    for script in page(["script", "style"]):
        script.decompose()
    assert "xn--l-7sba6dbr.example" in page.get_text()
    assert "раураl" not in page.get_text()


def test_a_false_letter_is_in_no_message_of_sarif() -> None:
    sarif = json.loads(FORMATTERS["sarif"].format([report(BANK)]))
    messages = json.dumps(_messages(sarif), ensure_ascii=False)
    assert "xn--l-7sba6dbr.example" in messages
    assert "раураl" not in messages


def _messages(value: object) -> list[object]:
    if isinstance(value, dict):
        own = [v for k, v in value.items() if k in {"message", "text", "markdown"}]
        rest = [v for k, v in value.items() if k not in {"message", "properties"}]
        return own + [m for v in rest for m in _messages(v)]
    return [m for v in value for m in _messages(v)] if isinstance(value, list) else []


def test_json_keeps_what_was_written() -> None:
    output = FORMATTERS["json"].format([report(BANK)])

    assert json.loads(output)["verdicts"][0]["version"]["address"] == BANK
    assert "xn--" not in output


@pytest.mark.parametrize("format_name", ["terminal", "html", "markdown", "junit"])
def test_a_persian_name_is_shown_in_both_ways(format_name: str) -> None:
    output = FORMATTERS[format_name].format([report(PERSIAN)])

    assert "xn--mgbacgw9lh19e.xn--mgba3a4f16a" in output
    assert "کتابخانه.ایران" in output
