"""
Average checkpoints of one run: `python -m training.judge.average FIRST SECOND ... --output FILE`.

Weights that one run passed through lie close together, and their mean often generalises better
than any of them (Izmailov et al. 2018, arXiv 1803.05407; Wortsman et al. 2022, arXiv 2203.05482).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch


def averaged(checkpoints: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Return the mean of every tensor; all checkpoints must hold the same ones."""
    first, *others = checkpoints
    if any(other.keys() != first.keys() for other in others):
        raise SystemExit("these checkpoints are not of one model")
    return {name: sum((o[name] for o in others), first[name]) / len(checkpoints) for name in first}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    read = [torch.load(p, map_location="cpu", weights_only=True) for p in options.checkpoints]
    torch.save(read[-1] | {"model": averaged([c["model"] for c in read])}, options.output)


if __name__ == "__main__":
    main()
