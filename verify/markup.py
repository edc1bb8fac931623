"""What must be known of markup before it is parsed, where the parser's own time is not linear."""

from __future__ import annotations

import re

MOST_ATTRIBUTES = 300
"""
Attributes of one tag. libxml2 compares each with all before it: 60,000 take it 5 seconds, two
million an hour. Of 153 collected pages no tag has more than 40.
"""

# As HTML's tokenizer has it (https://html.spec.whatwg.org/multipage/parsing.html): an attribute
# needs no blank before it after a quoted one. Nothing here gives back what it has taken, and
# tokens do not overlap, so the scan is linear: 10 million characters take 0.5 s.
_ATTRIBUTE = r"""[\s/]*+=?+[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s>]*+))?+"""
_RAW = "script|style|textarea|title|xmp|iframe|noembed|noframes"
_TOKEN = re.compile(
    rf"<!--(?!-?>)(?:(?!--!?>).)*+"
    rf"|(?P<crowded><[a-z][^\s/>]*+(?:{_ATTRIBUTE}){{{MOST_ATTRIBUTES}}})"
    rf"|<(?P<raw>{_RAW})(?=[\s/>])(?:{_ATTRIBUTE})*+[\s/]*+>(?:(?!</(?P=raw)).)*+"
    rf"|<[a-z][^\s/>]*+(?:{_ATTRIBUTE})*+",
    re.DOTALL | re.IGNORECASE,
)


def is_crowded(text: str) -> bool:
    """Whether a tag has `MOST_ATTRIBUTES` or more."""
    return any(token["crowded"] for token in _TOKEN.finditer(text))
