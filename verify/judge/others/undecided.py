"""Where another judge gives no answer: the judgement that decides nothing, and says why."""

from __future__ import annotations

from verify.model import Judgement

# Between "nothing found" and "supported" of `strictness.UNMEASURED`, the cuts for judges whose
# scores were not measured: whoever overlooks the reason still decides nothing by it.
UNDECIDED = 0.35


def undecided(reason: str) -> Judgement:
    """Return the judgement of a passage that was not judged."""
    return Judgement(UNDECIDED, 0.0, abstained=reason)
