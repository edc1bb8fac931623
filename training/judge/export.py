"""
Write the encoder and the judge as the files that `verify` runs.

    python -m training.judge.export --encoder
    python -m training.judge.export --checkpoint .cache/judge/checkpoint.pt [--output FILE]

The layers become an ONNX graph of eight-bit products; the table of word pieces, which both
models share, a NumPy file. Three choices make the numbers good on every machine:

* The scales of what flows between the layers are fixed here, from texts of the training set,
  not taken anew from every batch: a sentence's result does not depend on its neighbours.
* A few of the 384 channels are twenty times as large as the rest. Each channel is divided by
  a power of its largest value first, and the weights behind it multiplied by the same.
* Weights keep seven bits: processors without VNNI add two products in 16 bits, and with
  eight bits that overflows.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from training.judge import sources
from training.judge.e5 import Encoder, load_cross_encoder, load_encoder, padded, read, weights_file
from training.judge.vocabulary import SHARED, WEIGHTS, kept_places, raw
from verify.language.fold import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.judge.e5 import Layer, Tokenizer

SEED = 20261123
FUSED = "com.microsoft"

# How much of a channel's size moves into the weights: over 0.35 to 1, measured on FLORES, the
# cosines to the unquantised vectors were nearest at 0.7 to 0.8 (.9984; without, .9959).
SMOOTHING = 0.75
LARGEST_WEIGHT = 63

# How many inputs are rounded before all that follow are told: only speed depends on it.
BLOCK = 64

# Behind which layer the words of two languages are most alike: see docs/judging.md.
MIDDLE = 8

# Texts whose values fix the scales. The largest values hardly differ from text to text.
CALIBRATED_ON = 160


@dataclass
class Range:
    """Of one layer's input: every channel's least and largest value, and how they go together."""

    low: Any = 0.0
    high: Any = 0.0
    products: Any = 0.0

    def see(self, values: NDArray[np.float32]) -> None:
        """Take values in, one row a piece."""
        self.low = np.minimum(self.low, values.min(0))
        self.high = np.maximum(self.high, values.max(0))
        self.products += values.T @ values


@dataclass
class Graph:
    """An ONNX graph that is written node by node."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, value: Any, kind: Any = np.float32) -> str:
        """Add an array and return its name."""
        name = f"c{len(self.constants)}"
        array = np.array(value, dtype=kind, order="C")
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def add(self, kind: str, *inputs: str, outputs: int = 1, **settings: Any) -> Any:
        """Add a node and return the names of what it puts out."""
        names = [f"n{len(self.nodes)}_{index}" for index in range(outputs)]
        domain = FUSED if kind in _FUSED_KINDS else ""
        self.nodes.append(helper.make_node(kind, inputs, names, domain=domain, **settings))
        return names[0] if outputs == 1 else names

    def linear(self, states: str, part: nn.Linear, seen: Range) -> str:
        """Add a product in eight bits: weights a channel, activations a tensor."""
        weights = _array(part.weight)
        largest = np.maximum(np.maximum(-seen.low, seen.high), 1e-3)
        moved = largest**SMOOTHING / np.abs(weights).max(0) ** (1 - SMOOTHING)
        moved /= np.median(moved)
        low, high = min(0.0, (seen.low / moved).min()), max(0.0, (seen.high / moved).max())
        step = (high - low) / 255
        weights = weights * moved
        scales = np.abs(weights).max(1) / LARGEST_WEIGHT
        whole = rounded(weights / scales[:, None], seen.products / np.outer(moved, moved))
        smooth = self.add("Mul", states, self.constant(1 / moved))
        scale = self.constant(step)
        zero = self.constant(round(-low / step), np.uint8)
        return str(
            self.add(
                "MatMulIntegerToFloat",
                self.add("QuantizeLinear", smooth, scale, zero),
                self.constant(whole.T, np.int8),
                scale,
                self.constant(scales),
                zero,
                self.constant(np.zeros(len(scales)), np.int8),
                self.constant(_array(part.bias)),
            )
        )

    def norm(self, states: str, other: str, part: nn.LayerNorm) -> str:
        """Add the sum of two states, normalised."""
        weight, bias = self.constant(_array(part.weight)), self.constant(_array(part.bias))
        return str(
            self.add("SkipLayerNormalization", states, other, weight, bias, epsilon=part.eps)
        )

    def plain(self, states: str, part: nn.Linear) -> str:
        """Add a product in single precision: those of the head cost nothing."""
        weight, bias = self.constant(_array(part.weight)), self.constant(_array(part.bias))
        return str(self.add("Gemm", states, weight, bias, transB=1))

    def layer(self, states: str, part: Layer, seen: Sequence[Range]) -> str:
        """Add a layer of the encoder."""
        joined = self.linear(states, part.query_key_value, seen[0])
        query, key, value = self.add("Split", joined, outputs=3, axis=-1, num_outputs=3)
        mixed = self.add("MultiHeadAttention", query, key, value, "", "mask", num_heads=part.heads)
        attended = self.linear(mixed, part.attended, seen[1])
        states = self.norm(attended, states, part.attended_norm)
        raised = self.add("Gelu", self.linear(states, part.inner, seen[2]))
        return self.norm(self.linear(raised, part.outer, seen[3]), states, part.outer_norm)

    def encoder(self, part: Encoder, seen: Sequence[Sequence[Range]]) -> tuple[list[str], str]:
        """Add all layers; return the pieces' states behind each, and the mean of the last."""
        places = _array(part.position.weight) + _array(part.kind.weight)[0]
        length = self.add("Shape", "mask", start=1)
        zero = self.constant([0], np.int64)
        places = self.add("Slice", self.constant(places), zero, length, zero)
        states = self.add("Add", "words", places)
        weight, bias = (
            self.constant(_array(part.norm.weight)),
            self.constant(_array(part.norm.bias)),
        )
        states = self.add("LayerNormalization", states, weight, bias, epsilon=part.norm.eps)
        behind = []
        for layer, ranges in zip(part.layers, seen, strict=True):
            states = self.layer(states, layer, ranges)
            behind.append(states)
        mask = self.add("Cast", "mask", to=TensorProto.FLOAT)
        mask = self.add("Unsqueeze", mask, self.constant([2], np.int64))
        along = self.constant([1], np.int64)
        total = self.add("ReduceSum", self.add("Mul", states, mask), along, keepdims=0)
        return behind, str(self.add("Div", total, self.add("ReduceSum", mask, along, keepdims=0)))

    def write(self, path: Path, width: int, *, states: str = "") -> None:
        """Write the graph, whose last node gives the output; `states` names a second one."""
        inputs = [
            helper.make_tensor_value_info("words", TensorProto.FLOAT, ["rows", "pieces", width]),
            helper.make_tensor_value_info("mask", TensorProto.INT32, ["rows", "pieces"]),
        ]
        output = self.nodes[-1].output[0]
        outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["rows", None])]
        if states:
            shape = ["rows", "pieces", width]
            outputs.append(helper.make_tensor_value_info(states, TensorProto.FLOAT, shape))
        graph = helper.make_graph(self.nodes, "e5", inputs, outputs, self.constants)
        versions = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
        path.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(helper.make_model(graph, opset_imports=versions, ir_version=9), path)


_FUSED_KINDS = {"MatMulIntegerToFloat", "MultiHeadAttention", "SkipLayerNormalization", "Gelu"}


def rounded(weights: NDArray[Any], products: NDArray[Any]) -> NDArray[Any]:
    """
    Round the weights so that what they give, not what they are, changes least.

    Column by column, the weights to come make up for what the rounding of this one did to the
    outputs; `products` says which inputs go together (Frantar et al., GPTQ, 2022).
    """
    firm = products.astype(np.float64)
    firm[np.diag_indices_from(firm)] += 0.01 * np.diag(firm).mean()
    upper = np.linalg.cholesky(np.linalg.inv(firm)).T.astype(np.float32)
    rest = weights.T.astype(np.float32)  # a row an input from here on
    errors = np.zeros_like(rest)
    for start in range(0, len(rest), BLOCK):
        stop = start + BLOCK
        for row in range(start, min(stop, len(rest))):
            whole = np.clip(np.round(rest[row]), -LARGEST_WEIGHT, LARGEST_WEIGHT)
            errors[row] = (rest[row] - whole) / upper[row, row]
            rest[row + 1 : stop] -= np.outer(upper[row, row + 1 : stop], errors[row])
            rest[row] = whole
        rest[stop:] -= upper[start:stop, stop:].T @ errors[start:stop]
    return rest.T


def _array(tensor: torch.Tensor) -> NDArray[np.float32]:
    values: NDArray[np.float32] = tensor.detach().float().numpy()
    return values


def ranges(encoder: Encoder, rows: Sequence[Sequence[int]]) -> list[list[Range]]:
    """Return what flows into the four products of every layer, over these rows."""
    seen = [[Range() for _ in range(4)] for _ in encoder.layers]

    def watch(part: nn.Linear, into: Range) -> None:
        part.register_forward_pre_hook(lambda _, inputs: into.see(_array(inputs[0][0])))

    for layer, into in zip(encoder.layers, seen, strict=True):
        for part, place in zip(
            (layer.query_key_value, layer.attended, layer.inner, layer.outer), into, strict=True
        ):
            watch(part, place)
    with torch.no_grad():
        for row in rows:  # one at a time: padding has values too
            encoder(*padded([row], 1))
    return seen


def encoder_rows(tokenizer: Tokenizer) -> list[list[int]]:
    """Return sentences to fix the encoder's scales on."""
    chosen = random.Random(SEED).sample(list(raw(SHARED)), CALIBRATED_ON)
    folded = [f"query: {normalise(text)}" for text in chosen]
    return [[0, *row[:510], 2] for row in tokenizer.ids(folded)]


def judge_rows(tokenizer: Tokenizer) -> list[list[int]]:
    """Return pairs to fix the judge's scales on, in one language and in two."""
    pairs = [(r.passage, r.claim) for r in sources.labelled("farstail") if r.split == "Train"]
    pairs += [(r.passage, r.claim) for r in sources.fever()]
    sentences = sources.tico()
    pairs += [(f"{one.persian} {other.persian}", one.english) for one, other in pairwise(sentences)]
    chosen = random.Random(SEED).sample(pairs, CALIBRATED_ON)
    passages = tokenizer.ids([normalise(passage) for passage, _ in chosen])
    claims = tokenizer.ids([normalise(claim) for _, claim in chosen])
    return [tokenizer.joined(*pair, 256) for pair in zip(passages, claims, strict=True)]


def export_encoder(output: Path) -> None:
    encoder, tokenizer = load_encoder(dropout=0.0)
    encoder.eval()
    graph = Graph()
    behind, mean = graph.encoder(encoder, ranges(encoder, encoder_rows(tokenizer)))
    length = graph.add("ReduceL2", mean, graph.constant([1], np.int64), keepdims=1)
    graph.add("Div", mean, length)
    graph.write(output, encoder.shape.width, states=behind[MIDDLE - 1])


def export_judge(checkpoint: Path | None, output: Path) -> None:
    model, tokenizer = load_cross_encoder(checkpoint)
    graph = Graph()
    behind, mean = graph.encoder(model.encoder, ranges(model.encoder, judge_rows(tokenizer)))
    first = graph.add("Gather", behind[-1], graph.constant(0, np.int64), axis=1)
    read_of = graph.add("Concat", first, mean, axis=1)
    hidden = graph.add("Tanh", graph.plain(read_of, model.dense))
    graph.add("Softmax", graph.plain(hidden, model.classes), axis=1)
    graph.write(output, model.encoder.shape.width)


def export_table(output: Path) -> None:
    """Write the rows of the pieces that were kept: a scale and eight-bit numbers each."""
    shape, vocabulary, tensors = read(weights_file())
    places = kept_places(vocabulary, WEIGHTS / "pieces.model")
    rows = tensors["emb.word"].reshape(-1, shape.width)[places]
    scales = np.maximum(np.abs(rows).max(1), 1e-12) / 127
    kind = np.dtype([("scale", "<f4"), ("weights", "i1", (shape.width,))])
    table = np.empty(len(rows), kind)
    table["scale"], table["weights"] = scales, np.round(rows / scales[:, None])
    np.save(output, table)


def pin() -> None:
    """Write down what the shipped files are."""
    path = WEIGHTS / "weights.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["files"] = {
        file.name: {
            "bytes": file.stat().st_size,
            "sha256": sha256(file.read_bytes()).hexdigest(),
        }
        for file in sorted(WEIGHTS.iterdir())
        if file != path
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--encoder", action="store_true", help="the encoder and the table")
    parser.add_argument("--judge", action="store_true", help="an untrained judge, for trials")
    parser.add_argument("--checkpoint", type=Path, help="the judge, from this checkpoint")
    parser.add_argument("--output", type=Path, help="where the judge goes, if not shipped")
    given = parser.parse_args()
    torch.set_num_threads(1)  # one text at a time: more would only wait for one another
    if given.encoder:
        export_table(WEIGHTS / "words.npy")
        export_encoder(WEIGHTS / "encoder.int8.onnx")
    if given.checkpoint or given.judge:
        export_judge(given.checkpoint, given.output or WEIGHTS / "judge.int8.onnx")
    pin()


if __name__ == "__main__":
    main()
