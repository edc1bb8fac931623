"""YAML files that people and verify both write: comments and order are kept, nothing is lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from verify.errors import InputError

# Some thousand entries make 1 MB; whatever is larger was not written by hand.
MAX_BYTES = 10_000_000


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
        raise error(f"cannot read {path}:{line}: {fault.problem}") from None
    except (YAMLError, RecursionError, ValueError) as fault:
        raise error(f"cannot read {path}: {str(fault).splitlines()[0]}") from None


def write(path: Path, data: Any, error: type[InputError]) -> None:
    """Write `data` beside `path` and move it there: whoever is killed meanwhile loses nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            _yaml().dump(data, file)
        draft.replace(path)
    except OSError as fault:
        draft.unlink(missing_ok=True)
        reason = (fault.strerror or str(fault)).lower()
        raise error(
            f"cannot write {path}: {reason}", hint="make the folder writable, or copy the article"
        ) from None


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


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    # Long lines stay as people wrote them.
    yaml.width = 4096
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
