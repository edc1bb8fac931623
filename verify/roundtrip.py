"""YAML files that people and verify both write: comments and order are kept, nothing is lost."""

from __future__ import annotations

import os
import re
from io import StringIO
from typing import TYPE_CHECKING, Any

from verify.errors import MAX_TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verify.errors import InputError

# Some thousand entries make 1 MB; whatever is larger was not written by hand.
MAX_BYTES = 10_000_000

BOM = "\ufeff"
"""What some editors of Windows begin a file with."""

INDENT = 2
"""How far the items of a list stand in, where a file has none yet."""

DASH = re.compile(r"^( *)- ", re.MULTILINE)


def parse(text: str) -> Any:
    """Return the document in `text`, with its comments. Raises what `read` turns into words."""
    return _yaml().load(text)


def read(path: Path, error: type[InputError]) -> Any:
    """Return the document in `path`. Raises `error` with the line of the fault."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        if path.stat().st_size > MAX_BYTES:
            raise error(f"cannot read {path}: larger than {MAX_BYTES // 1_000_000} MB")
        return parse(path.read_text("utf-8-sig"))
    except OSError as fault:
        reason = (fault.strerror or str(fault)).lower()
        raise error(f"cannot read {path}: {reason}") from None
    except UnicodeDecodeError:
        raise error(f"cannot read {path}: it is not UTF-8 text") from None
    except MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise error(f"cannot read {path}:{line}: {str(fault.problem)[:MAX_TOLD]}") from None
    except (YAMLError, RecursionError, ValueError) as fault:
        raise error(f"cannot read {path}: {str(fault).splitlines()[0][:MAX_TOLD]}") from None


def text_of(path: Path) -> str:
    """Return a file that `read` has taken, with its own line ends."""
    return path.read_bytes().decode("utf-8")


def write(path: Path, data: Any, error: type[InputError]) -> None:
    """Write `data` in the indentation and with the line ends that the file has."""
    write_text(path, _dumped(data, text_of(path) if path.is_file() else ""), error)


def write_text(path: Path, text: str, error: type[InputError]) -> None:
    """Write `text` beside `path` and move it there: whoever is killed meanwhile loses nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(text.encode("utf-8"))
        draft.replace(path)
    except OSError as fault:
        draft.unlink(missing_ok=True)
        reason = (fault.strerror or str(fault)).lower()
        raise error(
            f"cannot write {path}: {reason}", hint="make the folder writable, or copy the article"
        ) from None


# --- edits of a text, which leave every other byte of it as it was ------------------------


def with_lines(text: str, lines: str) -> str:
    """Return `text` with `lines` behind it, with the line ends that it has."""
    text = _ended(text)
    return _inserted(text, len(text), lines)


def appended(text: str, key: str, items: list[Any]) -> str | None:
    """
    Return `text` with `items` behind those of the list at `key`.

    `None` where that takes more than lines of their own, as for a list between brackets.
    """
    if text.startswith(BOM):
        return _after_bom(appended(text[1:], key, items))
    text = _ended(text)
    old, root = _plain(text), _node(text)
    found = _value(root, key)
    if found is None:
        return None
    value, following = found
    if not value.value or (value.id == "scalar" and value.value in {"~", "null"}):
        bare = text[: value.start_mark.index].rstrip(" ") + text[value.end_mark.index :]
        if bare != text:
            return appended(bare, key, items)
        held, column = [], INDENT
    elif value.id == "sequence" and not value.flow_style:
        held, column = old[key], value.start_mark.column
    else:
        return None
    lines = _lines(items, column)
    wanted = {**old, key: [*held, *_plain(lines)]}
    end = following.start_mark.index if following else root.end_mark.index
    places = (_before_remarks(text, end, column), end) if following else (end,)
    made = (_inserted(text, place, _apart(text[:place], column) + lines) for place in places)
    return next((new for new in made if _plain(new) == wanted), None)


def with_field(text: str, key: str, index: int, name: str, value: str) -> str | None:
    """
    Return `text` with the field `name: value` in one item of the list at `key`.

    `value` needs no quotation marks. `None` where it takes more than that one line.
    """
    if text.startswith(BOM):
        return _after_bom(with_field(text[1:], key, index, name, value))
    text = _ended(text)
    old, found = _plain(text), _value(_node(text), key)
    if found is None or found[0].id != "sequence" or found[0].value[index].id != "mapping":
        return None
    item = found[0].value[index]
    changed = {**old[key][index], name: value}
    wanted = {**old, key: [*old[key][:index], changed, *old[key][index + 1 :]]}
    made = _with_field(text, item, name, value)
    return next((new for new in made if _plain(new) == wanted), None)


def _with_field(text: str, item: Any, name: str, value: str) -> Iterator[str]:
    """Yield the ways to write it, the tidiest first; the caller knows which of them says so."""
    known = next((v for k, v in item.value if k.value == name), None)
    if known is not None:
        start, stop = known.start_mark.index, known.end_mark.index
        yield text[:start] + value + text[stop:]
        yield f"{text[:start]} {value}{text[stop:]}"
    elif item.flow_style:
        end = item.value[-1][1].end_mark.index
        yield f"{text[:end]}, {name}: {value}{text[end:]}"
    else:
        end = _end(item)
        line = f"{' ' * item.start_mark.column}{name}: {value}\n"
        said = len(text[:end].rstrip())
        newline = text.find("\n", said)
        yield _inserted(text, newline + 1 if newline >= 0 else len(text), line)
        # the blank lines behind a text of several lines may be part of it
        yield _inserted(text, end, line)


def _node(text: str) -> Any:
    """Return the root of a document with the place of each part; `None` where it has aliases."""
    import yaml

    try:
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        if any(isinstance(event, yaml.AliasEvent) for event in events):
            return None
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None


def _plain(text: str) -> Any:
    """Return what a document says, every scalar as text; `None` where it cannot be read."""
    import yaml

    try:
        return yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  (it makes texts alone)
    except yaml.YAMLError:
        return None


def _value(root: Any, key: str) -> tuple[Any, Any] | None:
    """Return the value at `key` of a document, and the key behind it."""
    if root is None or root.id != "mapping" or root.flow_style:
        return None
    keys = [name.value for name, _ in root.value]
    if key not in keys:
        return None
    at = keys.index(key)
    following = root.value[at + 1][0] if at + 1 < len(keys) else None
    return root.value[at][1], following


def _end(node: Any) -> int:
    """Return where a value ends; by libyaml, a block ends where the next one begins."""
    while node.id != "scalar" and not node.flow_style:
        node = node.value[-1][1] if node.id == "mapping" else node.value[-1]
    return int(node.end_mark.index)


def _lines(items: list[Any], column: int) -> str:
    """Write items as they stand in a list of that indentation."""
    stream = StringIO()
    _yaml().dump(items, stream)
    lines = stream.getvalue().splitlines(keepends=True)
    return "".join(" " * column + line.removeprefix(" " * INDENT) for line in lines)


def _before_remarks(text: str, end: int, column: int) -> int:
    """Return where the remarks begin that stand before a key, and belong to it."""
    lines = text[:end].splitlines(keepends=True)
    while lines and (not lines[-1].strip() or _is_remark(lines[-1], column)):
        end -= len(lines.pop())
    return end


def _is_remark(line: str, column: int) -> bool:
    """Whether a line is a comment on no item of the list, which would be written further in."""
    return line.lstrip().startswith("#") and len(line) - len(line.lstrip()) <= column


def _apart(head: str, column: int) -> str:
    """Return the blank line that keeps a remark from seeming to be one on what is appended."""
    lines = head.splitlines()
    return "\n" if lines and _is_remark(lines[-1], column) else ""


def _inserted(text: str, place: int, lines: str) -> str:
    """Put lines into a text, with the line ends that it has."""
    head, tail = text[:place], text[place:]
    return head + (lines.replace("\n", "\r\n") if "\r\n" in text else lines) + tail


def _ended(text: str) -> str:
    """Return a text whose last line has its end."""
    end = "\r\n" if "\r\n" in text else "\n"
    return text if not text or text.endswith("\n") else text + end


def _after_bom(text: str | None) -> str | None:
    return None if text is None else BOM + text


def flow(items: list[Any]) -> Any:
    """Return a list that is written on one line."""
    from ruamel.yaml.comments import CommentedSeq

    sequence = CommentedSeq(items)
    sequence.fa.set_flow_style()
    return sequence


def quoted(text: str) -> Any:
    """Return a text that is written between quotation marks, such as a label that is a number."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    return DoubleQuotedScalarString(text)


def _dumped(data: Any, before: str) -> str:
    """Write a whole document in the manner of `before`, as far as the library lets us."""
    dash, stream = DASH.search(before), StringIO()
    yaml = _yaml(len(dash[1]) if dash else INDENT)
    yaml.explicit_start = bool(re.search(r"^---\s", before, re.MULTILINE))
    yaml.dump(data, stream)
    text = (BOM if before.startswith(BOM) else "") + stream.getvalue()
    return text.replace("\n", "\r\n") if "\r\n" in before else text


def _yaml(indent: int = INDENT) -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    # Long lines stay as people wrote them.
    yaml.width = 4096
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=indent + 2, offset=indent)
    return yaml
