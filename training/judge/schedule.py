"""When the judge learns what, and how fast: it follows from the seed and the budget alone."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_BATCH_TOKENS = 2_400
_BATCH_ROWS = 56
# Rows are sorted by length within such a pool, so that a batch holds hardly any padding.
_POOL = 1_500
_WARM_UP = 80
# The rate never falls quite to zero before the end.
_LEAST = 0.01


def batches(lengths: list[int], seed: int) -> list[list[int]]:
    """Return one epoch's batches of row numbers, of nearly equal length within each."""
    order = list(range(len(lengths)))
    chance = random.Random(seed)
    chance.shuffle(order)
    found = []
    for start in range(0, len(order), _POOL):
        batch: list[int] = []
        for row in sorted(order[start : start + _POOL], key=lengths.__getitem__):
            full = (len(batch) + 1) * lengths[row] > _BATCH_TOKENS
            if batch and (full or len(batch) == _BATCH_ROWS):
                found.append(batch)
                batch = []
            batch.append(row)
        found.append(batch)
    chance.shuffle(found)
    return found


@dataclass(frozen=True)
class Plan:
    """The learning rate's way: from `begins` of it at `begun` tokens to nothing at `budget`."""

    budget: int
    begun: int = 0
    begins: float = 1.0

    def share(self, step: int, tokens: int) -> float:
        """Return the share of the full rate: up over the first steps, then down to nothing."""
        left = max(0.0, 1 - (tokens - self.begun) / max(1, self.budget - self.begun))
        return min(1.0, (step + 1) / _WARM_UP) * max(_LEAST, self.begins * left)


def planned(path: Path, budget: int, tokens: int, again: float | None = None) -> Plan:
    """
    Return the plan of the run whose file this is, where `tokens` are learnt from already.

    If the budget is another than before, the rate goes on from where it stands, or from `again`
    of it (a run that is over stands at nothing), and reaches zero at the new end.
    """
    plan = Plan(budget)
    if tokens and path.exists():
        plan = Plan(**json.loads(path.read_text(encoding="utf-8")))
        if plan.budget != budget:
            begins = plan.share(_WARM_UP, tokens) if again is None else again
            plan = Plan(budget, tokens, begins)
    path.write_text(json.dumps(asdict(plan)), encoding="utf-8")
    return plan
