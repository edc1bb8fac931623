"""
Every regular expression of the package, attacked with texts made from its own shape.

A repeat in an expression is pumped: what may stand before it, what it repeats ten thousand
times, and then something that does not fit. Where that takes more than linear time, the
expression is either mended or listed below with the length that its callers hold it to.
"""

from __future__ import annotations

import ast
import importlib
import re
import time
import types
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import verify
from verify.language.spelling import is_variant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = Path(verify.__file__).parent

# The standard library's own reader of expressions; its public names are deprecated.
op: Any = importlib.import_module("re._constants")
sre_parse: Any = importlib.import_module("re._parser")

SIZES = (16, 20, 24, 28, 32, 48, 96, 400)
"""Close together: an exponential expression must be caught before it takes hours."""

PATIENCE = 0.15
"""Seconds of this thread's own for a size of `SIZES`; expressions of ours take up to 0.001 s."""

LONGEST = 10_000
QUICK = 0.01
"""Seconds for `LONGEST` characters below which nothing is looked at twice."""

GROWTH = 8
"""
How many times as long four times the text may take: linear expressions take 4 times as long,
quadratic ones 16 times.
"""

BOUNDED: dict[str, tuple[int, str]] = {
    r"verify.article.typed:[^\W\d_]*$": (4, "the four characters before a raised number"),
}
"""Expressions that are not linear, the characters that their callers give them, and where."""

BEGINNING = {"ENGLISH_AFFIX"}
"""Names of expressions that are matched from the beginning, in a loop over several of them."""

SEARCHING = {"search", "finditer", "findall", "sub", "subn", "split"}
ANCHORED = {"match", "fullmatch"}


@dataclass(frozen=True)
class Regex:
    """One expression, where it stands, and how it is used."""

    place: str
    pattern: re.Pattern[Any]
    method: str


# --- finding them -----------------------------------------------------------------------


MADE_AT_RUN_TIME = {
    "verify.judge.flips": ("_ASSERTED",),
    "verify.language.dates": ("_PATTERNS", "_LOOSE"),
    "verify.language.identify": ("_SCRIPTS", "_OWN", "_COMMON"),
    "verify.language.spelling": ("a word with its hamzas free, at most four: is_variant",),
}
"""
Modules with calls whose expression cannot be read off the call: those of a loop, which are found
in the names that keep them, and one that is made of a word, which has a test of its own.
"""


@cache
def _trees() -> dict[str, ast.Module]:
    names = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        if name != "verify.__main__":
            names[name] = ast.parse(path.read_text("utf-8"))
    return names


@cache
def regexes() -> dict[str, Regex]:
    """Return every expression of the package by its place."""
    found: dict[str, Regex] = {}
    for module, tree in _trees().items():
        names = vars(importlib.import_module(module))
        for regex in (*_named(module, names), *_written(module, tree, names)):
            known = {(r.pattern.pattern, r.pattern.flags) for r in found.values()}
            if (regex.pattern.pattern, regex.pattern.flags) not in known:
                found[regex.place] = regex
    return found


def _named(module: str, names: dict[str, Any]) -> Iterator[Regex]:
    """Yield the expressions that a module's names hold, also those inside containers."""
    for name, value in list(names.items()):
        for number, pattern in enumerate(_patterns(value, depth=4)):
            place = f"{module}:{name}" + (f"[{number}]" if number else "")
            yield Regex(place, pattern, _method(name))


def _patterns(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict | types.MappingProxyType):
        yield from _inside([*value.keys(), *value.values()], depth)
    elif depth and isinstance(value, tuple | list | set | frozenset):
        yield from _inside(value, depth)
    elif depth and hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        yield from _inside((getattr(value, name) for name in value.__dataclass_fields__), depth)


def _inside(values: Iterable[Any], depth: int) -> Iterator[re.Pattern[Any]]:
    for value in islice(values, 5_000):
        yield from _patterns(value, depth - 1)


def _written(module: str, tree: ast.Module, names: dict[str, Any]) -> Iterator[Regex]:
    """Yield the expressions of calls such as `re.sub("…", …)`."""
    for call in _calls(tree):
        try:
            source = eval(ast.unparse(call.args[0]), dict(names))
        except NameError:
            continue  # made of what has no name here; see `MADE_AT_RUN_TIME`
        flags = _flags(call, names)
        pattern = source if isinstance(source, re.Pattern) else re.compile(source, flags)
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        place = f"{module}:{str(pattern.pattern)[:40]}"
        yield Regex(place, pattern, "match" if method in ANCHORED else "search")


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in {"compile", *SEARCHING, *ANCHORED}
        ):
            yield node


def _flags(call: ast.Call, names: dict[str, Any]) -> int:
    assert isinstance(call.func, ast.Attribute)
    given = [k.value for k in call.keywords if k.arg == "flags"]
    place = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(call.func.attr, 2)
    given += call.args[place : place + 1]
    return int(eval(ast.unparse(given[0]), dict(names))) if given else 0


@cache
def _methods() -> dict[str, set[str]]:
    """Return how the names of the package are used, wherever that is."""
    used: dict[str, set[str]] = {}
    for tree in _trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in SEARCHING | ANCHORED:
                name = node.value
                if isinstance(name, ast.Name | ast.Attribute):
                    key = name.id if isinstance(name, ast.Name) else name.attr
                    used.setdefault(key, set()).add(node.attr)
    return used


def _method(name: str) -> str:
    used = _methods().get(name, {"match"} if name in BEGINNING else set())
    return "match" if used and used <= ANCHORED else "search"


# --- attacking them ---------------------------------------------------------------------

MISFITS = ("", "\x00", "!", "\n", "ک")
"""What ends an attack; one of them does not fit after whatever was repeated."""


def attacks(pattern: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """Return what to begin with, what to repeat, and what to end with."""
    flags = pattern.flags & ~re.DEBUG
    source = pattern.pattern
    text = source.decode("latin-1") if isinstance(source, bytes) else source
    tree = sre_parse.parse(text, flags & ~re.UNICODE if isinstance(source, bytes) else flags)
    pumps = dict.fromkeys(_pumps(tree, ""))
    singles = dict.fromkeys(("", unit) for unit in _units(tree))
    return [
        (before, unit, end)
        for before, unit in islice({**pumps, **singles}, 60)
        for end in MISFITS
        if unit
    ]


def _pumps(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """Yield each repeat's unit with an example of what stands before it."""
    for code, value in tree:
        if code in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
            _, most, body = value
            if most > 10:
                for unit in _examples(body):
                    yield before, unit
                    yield "", before + unit
            yield from _pumps(body, before)
        for inner in _branches(code, value):
            yield from _pumps(inner, before)
        before = (before + next(iter(_examples([(code, value)])), ""))[:200]


def _branches(code: Any, value: Any) -> list[Any]:
    if code is op.SUBPATTERN:
        return [value[-1]]
    if code is op.BRANCH:
        return list(value[1])
    if code is op.ATOMIC_GROUP:
        return [value]
    if code in {op.ASSERT, op.ASSERT_NOT}:
        return [value[1]]
    return []


def _examples(tree: Any) -> list[str]:
    """Return up to four texts that a tree matches, leaving out what looks around."""
    whole = [""]
    for code, value in tree:
        whole = [a + b for a in whole for b in _one(code, value)][:4]
    return whole


CATEGORIES = {
    op.CATEGORY_DIGIT: "1۱",
    op.CATEGORY_NOT_DIGIT: "a ",
    op.CATEGORY_SPACE: " \t\n",
    op.CATEGORY_NOT_SPACE: "a1.",
    op.CATEGORY_WORD: "a1ب",
    op.CATEGORY_NOT_WORD: " .-",
}


def _one(code: Any, value: Any) -> list[str]:
    if code in {op.LITERAL, op.NOT_LITERAL}:
        return [chr(value if code is op.LITERAL else 97 + (value == 97))]
    if code is op.ANY:
        return ["a", " "]
    if code is op.IN:
        return _of_set(value)
    if code in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
        least, most, body = value
        return [e * max(least, min(1, most)) for e in _examples(body)]
    inner = _branches(code, value)
    if code in {op.ASSERT, op.ASSERT_NOT} or not inner:
        return [""]
    return [example for branch in inner[:4] for example in _examples(branch)[:2]]


def _of_set(items: Any) -> list[str]:
    chars: list[str] = []
    for code, value in items:
        if code is op.LITERAL:
            chars.append(chr(value))
        elif code is op.RANGE:
            chars += [chr(value[0]), chr(value[1])]
        elif code is op.CATEGORY:
            chars += CATEGORIES[value]
    if items[0][0] is op.NEGATE:
        compiled = [c for c in "a1 .\tب-<" if c not in chars]
        return compiled[:4] or ["\x01"]
    return list(dict.fromkeys([*chars[:3], *chars[-1:]]))


def _units(tree: Any) -> list[str]:
    """Return the single characters that the expression speaks of."""
    found: list[str] = []
    for code, value in tree:
        if code in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
            found += _units(value[-1])
        elif code in {op.LITERAL, op.IN}:
            found += _one(code, value)[:2]
        for inner in _branches(code, value):
            found += _units(inner)
    return list(dict.fromkeys(found))[:12]


def _seconds(regex: Regex, text: str) -> float:
    subject: Any = text
    if isinstance(regex.pattern.pattern, bytes):
        subject = text.encode("latin-1", "replace")
    began = time.thread_time()
    if regex.method == "match":
        regex.pattern.match(subject)
    else:
        for _ in regex.pattern.finditer(subject):
            pass
    return time.thread_time() - began


def slow(regex: Regex, longest: int = LONGEST) -> tuple[int, float, str] | None:
    """Return the size, the time and the attack that take too long, or `None`."""
    for before, unit, end in attacks(regex.pattern):

        def pumped(size: int, before: str = before, unit: str = unit, end: str = end) -> str:
            return before + unit * max(1, size // len(unit)) + end

        shown = repr((before[-40:], unit[:40], end))
        for size in SIZES:
            taken = _seconds(regex, pumped(size))
            if taken > PATIENCE:
                return size, round(taken, 2), shown
        if _grows(regex, pumped(longest // 4), pumped(longest)):
            return longest, round(_seconds(regex, pumped(longest)), 2), shown
    return None


def _grows(regex: Regex, short: str, long: str) -> bool:
    """Whether the time grows faster than the text; measured again where it seems so."""
    if _seconds(regex, long) < QUICK:
        return False
    for _ in range(3):
        base = min(_seconds(regex, short) for _ in range(3))
        if _seconds(regex, long) < max(QUICK, GROWTH * base):
            return False
    return True


# --- the tests --------------------------------------------------------------------------


def test_all_expressions_are_found() -> None:
    unread: dict[str, int] = {}
    for module, tree in _trees().items():
        names = vars(importlib.import_module(module))
        missed = sum(not _is_read(call, names) for call in _calls(tree))
        if missed:
            unread[module] = missed
    assert unread == {module: len(kept) for module, kept in MADE_AT_RUN_TIME.items()}
    assert len(regexes()) > 200


def _is_read(call: ast.Call, names: dict[str, Any]) -> bool:
    try:
        eval(ast.unparse(call.args[0]), dict(names))
    except NameError:
        return False
    return True


@pytest.mark.parametrize(
    "place", [f"{m}:{n}" for m, kept in MADE_AT_RUN_TIME.items() for n in kept if n.isidentifier()]
)
def test_expressions_made_in_a_loop_are_attacked_under_the_name_that_keeps_them(place: str) -> None:
    module, _, name = place.partition(":")
    kept = list(_patterns(vars(importlib.import_module(module))[name], depth=4))
    known = {(r.pattern.pattern, r.pattern.flags) for r in regexes().values()}
    assert kept
    assert {(p.pattern, p.flags) for p in kept} <= known


@pytest.mark.parametrize("hamza", "أإؤئ")
@pytest.mark.parametrize("chair", "ایو")
def test_a_word_of_hamzas_is_compared_in_linear_time(hamza: str, chair: str) -> None:
    began = time.thread_time()
    for count in (2, 4, 5, 24, 400, 40_000):
        assert not is_variant(hamza * count + "ب", chair * (count + 1) + "پ")
    assert time.thread_time() - began < 1


WRITTEN_IN_JS = re.compile(
    r"[(=:,]\s*/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n*])(?:\\.|[^/\\\n])*)/"
)


def test_the_page_s_own_expressions_take_linear_time() -> None:
    found = {
        f"{path.name}: {source}": Regex(path.name, re.compile(source), "search")
        for path in sorted((PACKAGE / "report" / "page").glob("*.js"))
        for source in WRITTEN_IN_JS.findall(path.read_text("utf-8"))
    }
    script = "".join(p.read_text("utf-8") for p in (PACKAGE / "report" / "page").glob("*.js"))
    assert len(found) >= 8
    assert "RegExp" not in script, "an expression that is made at run time has to be attacked, too"
    slow_ones = {place: attack for place, regex in found.items() if (attack := slow(regex))}
    assert slow_ones == {}


@pytest.mark.parametrize("room", sorted({name.split(".")[1] for name in _trees() if "." in name}))
def test_no_expression_takes_more_than_linear_time(room: str) -> None:
    mine = {p: r for p, r in regexes().items() if p.split(":")[0].split(".")[1:2] == [room]}
    found = {p: slow(r, BOUNDED.get(p, (LONGEST, ""))[0]) for p, r in mine.items()}
    assert {p: f for p, f in found.items() if f} == {}


def test_the_bounds_name_expressions_that_exist() -> None:
    assert set(BOUNDED) <= set(regexes())


@pytest.mark.parametrize(
    ("source", "method"),
    [
        (r"(a+)+b", "match"),
        (r"(a|aa)+$", "match"),
        (r"\s+$", "search"),
        (r"(\w+\s?)*:", "match"),
        (r"x[^>]*y", "search"),
        (rb"<a[^>]*>", "search"),
    ],
)
def test_the_attack_finds_expressions_that_are_not_linear(source: Any, method: str) -> None:
    assert slow(Regex("here", re.compile(source), method))


@pytest.mark.parametrize(
    "source", [r"a{1,40}b", r"\[(\d{1,5})\]", r"[^\S\n]+", r"(?<!a)b{1,9}", r"\s{0,9}=\s{0,9}"]
)
def test_the_attack_lets_linear_expressions_be(source: str) -> None:
    assert slow(Regex("here", re.compile(source), "search")) is None
