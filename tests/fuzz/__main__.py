"""Run each property for so many minutes: `python -m tests.fuzz --minutes 10 [NAME ...]`."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from tests.fuzz.properties import PROPERTIES

ROUND = 300
"""Examples between two looks at the clock."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each property")
    parser.add_argument("names", nargs="*", metavar="NAME", help="properties (default: all)")
    options = parser.parse_args()
    chosen = [p for p in PROPERTIES if not options.names or p.__name__ in options.names]
    return min(1, sum(not _holds(each, options.minutes) for each in chosen))


def _holds(property_: Any, minutes: float) -> bool:
    """Return whether a property held for so long; say on the way what broke it."""
    calls = 0
    inner = property_.hypothesis.inner_test

    def counted(*values: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        return inner(*values, **named)

    property_.hypothesis.inner_test = counted
    long = settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
    )(property_)
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        try:
            long()
        except BaseException:  # noqa: BLE001 (whatever it is, it is a finding)
            traceback.print_exc(limit=8)
            print(f"{property_.__name__}: broken after {calls} examples", flush=True)  # noqa: T201
            return False
    print(f"{property_.__name__}: {calls} examples, 0 crashes", flush=True)  # noqa: T201
    return True


if __name__ == "__main__":
    sys.exit(main())
