"""
Average checkpoints of one run: `python -m training.judge.average FIRST SECOND ... --output FILE`.

`--shares 0.15 0.85` weighs them; without, all count alike. The checkpoints of a run and of one that
went on from it are of one run, too.

Weights that one run passed through lie close together, and their mean often generalises better
than any of them (Izmailov et al. 2018, arXiv 1803.05407; Wortsman et al. 2022, arXiv 2203.05482).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence


def averaged(
    checkpoints: Sequence[dict[str, torch.Tensor]], shares: Sequence[float]
) -> dict[str, torch.Tensor]:
    """Return the weighted mean of every tensor; all checkpoints must hold the same ones."""
    first, *others = checkpoints
    if any(other.keys() != first.keys() for other in others):
        raise SystemExit("these checkpoints are not of one model")
    if len(shares) != len(checkpoints) or abs(sum(shares) - 1) > 1e-6:
        raise SystemExit("one share is needed for each checkpoint, and together they must be 1")
    weighed = list(zip(checkpoints, shares, strict=True))
    return {name: torch.stack([s * c[name] for c, s in weighed]).sum(0) for name in first}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--shares", type=float, nargs="+", help="of each, together 1")
    options = parser.parse_args()
    read = [torch.load(p, map_location="cpu", weights_only=True) for p in options.checkpoints]
    shares = options.shares or [1 / len(read)] * len(read)
    model = averaged([c["model"] for c in read], shares)
    torch.save(read[-1] | {"model": model}, options.output)


if __name__ == "__main__":
    main()
