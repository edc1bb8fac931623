"""Reports of hostile pages: nothing drives the terminal, nothing runs, nothing loads."""

from __future__ import annotations

import pytest

from tests import hostile
from verify.report import FORMATTERS, on_terminal
from verify.report.visible import one_line, shortened, visible, web_address


def test_there_are_more_than_a_hundred_payloads() -> None:
    assert len(set(hostile.ALL)) == len(hostile.ALL) > 150


@pytest.mark.parametrize("group", hostile.PAYLOADS)
def test_nothing_of_a_page_drives_the_terminal(group: str) -> None:
    for payload in hostile.PAYLOADS[group]:
        report = hostile.poisoned(payload)
        assert not hostile.terminal_faults(on_terminal(colour=False, width=80).format([report]))


@pytest.mark.parametrize("payload", hostile.PAYLOADS["terminal escapes"])
def test_colour_lets_no_foreign_escape_through(payload: str) -> None:
    """All escapes of a coloured report are colours, and those of a harmless one."""
    coloured = on_terminal(colour=True, width=80)
    ours = set(_escapes(coloured.format([hostile.poisoned(hostile.HARMLESS)])))
    assert set(_escapes(coloured.format([hostile.poisoned(payload)]))) <= ours


def _escapes(output: str) -> list[str]:
    return [part.partition("m")[0] for part in output.split("\x1b")[1:]]


def test_markup_of_the_terminal_s_library_is_shown_as_it_stands() -> None:
    output = on_terminal(colour=True, width=200).format([hostile.poisoned("[bold red]word[/]")])
    assert "[bold red]word[/]" in output
    assert ":warning:" in on_terminal(colour=True, width=200).format(
        [hostile.poisoned(":warning:")]
    )


@pytest.fixture(scope="module")
def harmless() -> str:
    return FORMATTERS["html"].format(
        [hostile.poisoned("https://harmless.example/"), hostile.poisoned("باران")]
    )


@pytest.mark.parametrize("group", hostile.PAYLOADS)
def test_nothing_of_a_page_becomes_part_of_the_html(group: str, harmless: str) -> None:
    # What breaks out of an attribute does so beside others, too; an address has to stand alone.
    together = group not in {"addresses", "length"}
    payloads = hostile.PAYLOADS[group]
    for payload in (" ".join(payloads), *payloads[:2]) if together else payloads:
        page = FORMATTERS["html"].format([hostile.poisoned(payload)])
        assert not hostile.html_faults(page, harmless), payload[:60]


def test_the_check_of_html_sees_what_would_be_wrong() -> None:
    harmless = "<p><a href='https://a.example'>x</a></p><style>p{}</style>"
    for page, words in {
        "<p><script>1</script></p>": "new: script",
        "<p onclick=x></p>": "p has onclick",
        "<a href='javascript:1'>x</a>": "leads to",
        "<img src='https://a.example'>": "loads",
        "<p></p><style>p{} b{}</style>": "changed",
    }.items():
        assert any(words in fault for fault in hostile.html_faults(page, harmless)), page


@pytest.mark.parametrize("payload", hostile.PAYLOADS["addresses"])
def test_only_web_addresses_become_links(payload: str) -> None:
    link = web_address(payload)
    assert link is None or link.startswith("https://")


def test_what_is_made_visible_holds_no_control() -> None:
    for payload in hostile.ALL:
        for shown in (visible(payload), one_line(payload), shortened(payload, 80)):
            assert not hostile.terminal_faults(shown)
        assert len(shortened(payload, 80)) <= 80
        assert "\n" not in one_line(payload)


def test_the_non_joiner_of_persian_is_never_taken_for_a_control() -> None:
    assert visible("می‌شود") == "می‌شود"
