"""Each property of `tests.fuzz` on a few examples, and everything that long runs have found."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.fuzz.properties import PROPERTIES

FINDINGS: list[tuple[str, tuple[Any, ...]]] = [
    ("html_article", (b"<p>word</p><script>1</script>\x1f",)),
    ("html_article", (b"<p>word</p><script>1</script>&#31; <sup><a href='#n'>1</a></sup>&#x1;",)),
]
"""The property that broke, and what broke it."""


@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda p: str(p.__name__))
def test_hostile_input_is_read_or_refused(holds: Any) -> None:
    settings(
        max_examples=25,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )(holds)()


@pytest.mark.parametrize(("name", "values"), FINDINGS)
def test_what_was_found_stays_mended(name: str, values: tuple[Any, ...]) -> None:
    holds: Any = next(p for p in PROPERTIES if p.__name__ == name)
    holds.hypothesis.inner_test(*values)
