"""
Fine-tune the encoder as a judge: `python -m training.judge.train`.

Seeded and resumable: the whole schedule (which batch comes when, how fast to learn) follows
from the seed and the budget of tokens, never from the clock. Interrupted, it goes on from the
last checkpoint; on a slow machine `--tokens` may shorten the rest, and the learning rate then
falls to zero over what is left.

The layers learn in float32. They compute in bfloat16 where the processor multiplies it by itself
(1.8 times as fast as float32), and in float32 elsewhere. The word embeddings are frozen: they
are shared with the encoder.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from training.judge.e5 import (
    NOT_ENTAILED,
    CrossEncoder,
    Tokenizer,
    load_cross_encoder,
    load_encoder,
    padded,
)
from training.judge.pairs import further_pairs, training_pairs
from training.judge.schedule import batches, planned

FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "judge"
_LONGEST = 256
_EVERY_SECONDS = 240
# The share of pieces that a step does not see. Against learning by heart; chosen.
_HIDDEN = 0.06


def loss_of(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the mean loss; for `NOT_ENTAILED` either of the other two classes will do."""
    logs = functional.log_softmax(scores, -1)
    exact = -logs.gather(1, labels.clamp(max=2)[:, None])[:, 0]
    either = -torch.logsumexp(logs[:, 1:], -1)
    return torch.where(labels == NOT_ENTAILED, either, exact).mean()


class Run:
    """A training run: model, float32 copies of what is learnt, and where it stands."""

    def __init__(self, model: CrossEncoder, rate: float, frozen: int, *, halved: bool) -> None:
        self.model, self.rate = model, rate
        encoder = model.encoder
        for part in (encoder.word, encoder.position, encoder.kind, *encoder.layers[:frozen]):
            part.requires_grad_(requires_grad=False)
        self.learnt = [p for p in model.parameters() if p.requires_grad]
        self.precise = [p.detach().clone().float().requires_grad_() for p in self.learnt]
        if halved:
            encoder.layers.bfloat16()
        decayed = [p for p in self.precise if p.dim() > 1]
        plain = [p for p in self.precise if p.dim() <= 1]
        groups = [
            {"params": decayed, "weight_decay": 0.01},
            {"params": plain, "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, rate, betas=(0.9, 0.98), fused=True)
        self.step = self.tokens = self.epoch = self.batch = 0

    def learn(self, ids: torch.Tensor, attention: torch.Tensor, labels: torch.Tensor) -> float:
        """Take one step and return its loss."""
        loss = loss_of(self.model(ids, _thinned(attention)), labels)
        loss.backward()
        for own, precise in zip(self.learnt, self.precise, strict=True):
            precise.grad = own.grad.float()
            own.grad = None
        torch.nn.utils.clip_grad_norm_(self.precise, 1.0)
        self.optimiser.step()
        with torch.no_grad():
            for own, precise in zip(self.learnt, self.precise, strict=True):
                own.copy_(precise)
        self.step += 1
        self.tokens += int(attention.sum())
        return float(loss.detach())

    def state(self) -> dict[str, torch.Tensor]:
        """Return the weights in float32 as they are learnt, without the word embeddings."""
        state = {
            name: value.float()
            for name, value in self.model.state_dict().items()
            if name != "encoder.word.weight"
        }
        names = [name for name, p in self.model.named_parameters() if p.requires_grad]
        state |= {n: p.detach() for n, p in zip(names, self.precise, strict=True)}
        return state

    def save(self, folder: Path, seed: int, config: dict[str, Any]) -> None:
        """Write the checkpoint and, beside it, what a resumed run needs; each in one move."""
        checkpoint = {
            "model": self.state(),
            "step": self.step,
            "seed": seed,
            "config": config,
        }
        _write(checkpoint, folder / "checkpoint.pt")
        progress = {
            "precise": [p.detach() for p in self.precise],
            "optimiser": self.optimiser.state_dict(),
            "at": (self.step, self.tokens, self.epoch, self.batch),
        }
        _write(progress, folder / "progress.pt")

    def resume(self, folder: Path) -> None:
        """Go on from the last checkpoint, where there is one."""
        path = folder / "progress.pt"
        if not path.exists():
            return
        saved = torch.load(path, weights_only=True)
        self.step, self.tokens, self.epoch, self.batch = saved["at"]
        self.optimiser.load_state_dict(saved["optimiser"])
        with torch.no_grad():
            for own, precise, value in zip(
                self.learnt, self.precise, saved["precise"], strict=True
            ):
                precise.copy_(value)
                own.copy_(value)


def _thinned(attention: torch.Tensor) -> torch.Tensor:
    """Return the mask with a few pieces hidden, never the first: what is left must do."""
    kept = torch.rand(attention.shape) >= _HIDDEN
    kept[:, 0] = True
    return attention * kept


def _write(content: dict[str, Any], path: Path) -> None:
    part = path.with_suffix(".part")
    torch.save(content, part)
    part.replace(path)


def computes_in_halves() -> bool:
    """Whether this processor multiplies bfloat16 by itself; if not, that is a third as fast."""
    flags = Path("/proc/cpuinfo")
    return flags.exists() and bool({"avx512_bf16", "amx_bf16"} & set(flags.read_text().split()))


def rows_of(
    tokenizer: Tokenizer, seed: int, epoch: int, *, further: bool
) -> list[tuple[list[int], int]]:
    """Return one epoch's pairs as pieces, with their labels."""
    pairs = (further_pairs if further else training_pairs)(seed, epoch)
    passages = tokenizer.ids([pair.passage for pair in pairs])
    claims = tokenizer.ids([pair.claim for pair in pairs])
    rows = [
        (tokenizer.joined(passage, claim, _LONGEST), pair.label)
        for passage, claim, pair in zip(passages, claims, pairs, strict=True)
    ]
    print(f"{len(rows)} pairs, {sum(len(ids) for ids, _ in rows):,} tokens", flush=True)
    return rows


def train(run: Run, tokenizer: Tokenizer, options: argparse.Namespace) -> None:
    """Learn until the budget of tokens is spent."""
    # A resumed run starts from the rate it had; what remains of the budget takes it to zero.
    plan = planned(options.folder / "plan.json", options.tokens, run.tokens, options.again)
    log = (options.folder / "log.jsonl").open("a", encoding="utf-8")
    started, fresh, saved, losses = time.monotonic(), run.tokens, time.monotonic(), [0.0]
    run.model.train()
    while run.tokens < options.tokens:
        # every epoch has its own edits of the parallel text
        rows = rows_of(tokenizer, options.seed, run.epoch, further=bool(options.start))
        epoch = batches([len(ids) for ids, _ in rows], options.seed + run.epoch)
        for batch in epoch[run.batch :]:
            share = plan.share(run.step, run.tokens)
            for group in run.optimiser.param_groups:
                group["lr"] = run.rate * share
            torch.manual_seed(options.seed * 1_000_003 + run.step)
            ids, attention = padded([rows[i][0] for i in batch], 1)
            losses.append(run.learn(ids, attention, torch.tensor([rows[i][1] for i in batch])))
            run.batch += 1
            if run.tokens >= options.tokens:
                break
            if time.monotonic() - saved > _EVERY_SECONDS:
                saved = time.monotonic()
                run.save(options.folder, options.seed, _config(options))
                speed = (run.tokens - fresh) / (saved - started)
                _note(log, run, losses[-80:], speed, (options.tokens - run.tokens) / speed / 60)
        else:
            run.epoch, run.batch = run.epoch + 1, 0
    run.save(options.folder, options.seed, _config(options))
    _note(log, run, losses[-80:], (run.tokens - fresh) / (time.monotonic() - started), 0.0)
    log.close()


def _config(options: argparse.Namespace) -> dict[str, Any]:
    names = ("layers", "tokens", "rate", "frozen")
    return {name: getattr(options, name) for name in names} | {"longest": _LONGEST}


def _note(log: Any, run: Run, losses: list[float], speed: float, left: float) -> None:
    entry = {
        "step": run.step,
        "tokens": run.tokens,
        "epoch": run.epoch,
        "loss": round(sum(losses) / len(losses), 4),
        "tokens_a_second": round(speed),
        "minutes_left": round(left, 1),
        "at": time.strftime("%H:%M:%S"),
    }
    log.write(json.dumps(entry) + "\n")
    log.flush()
    print(entry, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--tokens", type=int, default=4_000_000, help="the budget")
    parser.add_argument("--rate", type=float, default=1.2e-4, help="the highest learning rate")
    parser.add_argument(
        "--again", type=float, help="with more --tokens for a finished run: the rate to begin from"
    )
    parser.add_argument(
        "--start", type=Path, help="a checkpoint or an exported judge to go on from"
    )
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--frozen", type=int, default=3, help="layers that stay as they are")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    return parser


def main() -> None:
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.start:
        model, tokenizer = load_cross_encoder(options.start)
    else:
        encoder, tokenizer = load_encoder(layers=options.layers)
        model = CrossEncoder(encoder)
    run = Run(model, options.rate, options.frozen, halved=computes_in_halves())
    run.resume(options.folder)
    train(run, tokenizer, options)


if __name__ == "__main__":
    main()
