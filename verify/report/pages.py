"""Write what docs/report.md says of the JSON report: `python -m verify.report.pages`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.report.load import schema
from verify.report.words import DIFFERENCES, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAGE = Path("docs/report.md")

INTRODUCTION = """\
# The report

Written from the report's JSON Schema by `python -m verify.report.pages`; change it there.

A report comes in the formats of [formats.md](formats.md): for a terminal, as one HTML page that
stands alone, for CI servers and spreadsheets, and as JSON for programs. The JSON holds
everything that the others show: `verify render REPORT.json --format html` makes the page of a
saved run.

```console
$ verify check article.md --format json --output report.json
$ verify render report.json --format html --output report.html
```

The HTML page loads nothing, and its policy lets no script run but its own. Controls that could
reorder what is read are shown as marks, such as `⟨U+202E⟩`.

## The JSON

One article makes one object, several make `{"schema_version": …, "reports": […]}`. All offsets
count code points and are half-open: in Python, `text[start:end]`. Every key is always there,
but for those marked with a later version in older files; what is not known is `null`. Later
versions may add keys: skip those that you do not know. The first number of `schema_version`
changes when an older reader would misread the new form.

The JSON Schema is in the package: `verify/schemas/report.schema.json`. The sources' texts are
not in the report, only the passages that matter and the SHA-256 of what was judged.
"""

# The order in which a reader meets the parts.
PARTS = (
    "report", "article", "citation", "claim", "quotation", "reference", "change", "source",
    "reading", "attempt", "verdict", "judgement", "version", "evidence", "word_link",
    "quote_selector", "position_selector", "difference", "fact", "elsewhere", "drift", "review",
    "finding", "suppression", "coverage", "position", "span", "reports",
)  # fmt: skip


def page() -> str:
    """Return the whole page."""
    definitions = schema()["$defs"]
    parts = ["\n".join(_part(name, definitions[name])) for name in PARTS]
    return "\n".join([INTRODUCTION, *_outcomes(), *_differences(), *parts])


def _outcomes() -> Iterator[str]:
    yield "### Outcomes\n"
    yield "| outcome | meaning |\n|---|---|"
    for outcome, word in OUTCOMES.items():
        yield f"| `{outcome.value}` | {word.meaning} |"
    yield ""


def _differences() -> Iterator[str]:
    yield "### Differences\n"
    yield "| kind | what differs | changes what is said |\n|---|---|---|"
    for kind, name in DIFFERENCES.items():
        yield f"| `{kind.value}` | {name} | {'yes' if kind.is_material else 'no'} |"
    yield ""


def _part(name: str, definition: Mapping[str, Any]) -> Iterator[str]:
    yield f"### `{name}`\n"
    yield f"{definition['description']}\n"
    yield "| key | type | what it says |\n|---|---|---|"
    for key, value in definition["properties"].items():
        yield f"| `{key}` | {_type(value)} | {_cell(value['description'])}{_since(value)} |"
    yield ""


def _since(value: Mapping[str, Any]) -> str:
    return f" Since {value['since']}." if "since" in value else ""


def _type(value: Mapping[str, Any]) -> str:
    """Name a value's type in a few words."""
    if "$ref" in value:
        return f"`{value['$ref'].rpartition('/')[2]}`"
    if "anyOf" in value:
        return " or ".join(_type(each) for each in value["anyOf"])
    if "enum" in value:
        return " or ".join("null" if each is None else f"`{each}`" for each in value["enum"])
    if value["type"] == "array":
        return f"list of {_type(value['items'])}"
    types = value["type"]
    return types if isinstance(types, str) else " or ".join(types)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
