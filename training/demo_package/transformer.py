"""
A small transformer, its training, and its conversion to CTranslate2 (int8).

The shape follows ctranslate2's own TransformerSpec: norms before each part, ReLU, scaled
embeddings, and the position encodings that ctranslate2 makes by itself (no limit of length).
"""

from __future__ import annotations

import math
import random
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from ctranslate2.specs import common_spec, transformer_spec
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

WIDTH = 96
HEADS = 4
HIDDEN = 256
ENCODER_LAYERS = 2
DECODER_LAYERS = 2
BATCH_TOKENS = 1500
PEAK_RATE = 3e-3
DROPOUT = 0.05
START, END = 1, 2


def positions(length: int) -> torch.Tensor:
    """Compute ctranslate2's own encodings: from position 1, sines first, then cosines."""
    half = WIDTH // 2
    scale = torch.exp(torch.arange(half) * (-math.log(10000.0) / (half - 1)))
    angles = (torch.arange(length) + 1)[:, None] * scale[None]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class Attention(nn.Module):  # type: ignore[misc]
    """Several heads of attention."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.output = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, states: Any, memory: Any, mask: Any) -> Any:
        """Attend from `states` to `memory`; True in `mask` hides a place."""

        def heads(tensor: Any) -> Any:
            return tensor.view(len(tensor), -1, HEADS, WIDTH // HEADS).transpose(1, 2)

        mixed = functional.scaled_dot_product_attention(
            heads(self.query(states)), heads(self.key(memory)), heads(self.value(memory)), ~mask
        )
        return self.output(mixed.transpose(1, 2).reshape(states.shape))


class Layer(nn.Module):  # type: ignore[misc]
    """One layer of the encoder or, with attention to the source, of the decoder."""

    def __init__(self, *, decoder: bool) -> None:
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(WIDTH), Attention()
        if decoder:
            self.source_norm, self.source_attention = nn.LayerNorm(WIDTH), Attention()
        self.last_norm = nn.LayerNorm(WIDTH)
        self.expand, self.contract = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, states: Any, mask: Any, memory: Any = None, memory_mask: Any = None) -> Any:
        """Run the layer; `memory` is what the encoder made of the source."""
        normed = self.norm(states)
        states = states + self.dropout(self.attention(normed, normed, mask))
        if memory is not None:
            normed = self.source_norm(states)
            states = states + self.dropout(self.source_attention(normed, memory, memory_mask))
        hidden = functional.relu(self.expand(self.last_norm(states)))
        return states + self.dropout(self.contract(hidden))


class Model(nn.Module):  # type: ignore[misc]
    """The whole network; the last row of each embedding is padding, in training only."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.padding = vocabulary
        self.source, self.target = (nn.Embedding(vocabulary + 1, WIDTH) for _ in range(2))
        for table in (self.source, self.target):
            nn.init.normal_(table.weight, std=WIDTH**-0.5)
        self.encoder = nn.ModuleList(Layer(decoder=False) for _ in range(ENCODER_LAYERS))
        self.decoder = nn.ModuleList(Layer(decoder=True) for _ in range(DECODER_LAYERS))
        self.encoder_norm, self.decoder_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.projection = nn.Linear(WIDTH, vocabulary)

    def forward(self, source: Any, target: Any) -> Any:
        """Return the scores of each next piece."""
        mask = (source == self.padding)[:, None, None, :]
        memory = self.source(source) * math.sqrt(WIDTH) + positions(source.size(1))
        for layer in self.encoder:
            memory = layer(memory, mask)
        memory = self.encoder_norm(memory)
        length = target.size(1)
        future = torch.triu(torch.ones(length, length, dtype=torch.bool), 1)[None, None]
        states = self.target(target) * math.sqrt(WIDTH) + positions(length)
        for layer in self.decoder:
            states = layer(states, future, memory, mask)
        return self.projection(self.decoder_norm(states))


def train(
    tokenizer: Any,
    rounds: Iterable[Sequence[tuple[str, str]]],
    count: int,
    seed: int,
    output: Path,
) -> None:
    """Train on each round's pairs, then write the model for ctranslate2 to `output`."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    model = Model(tokenizer.get_piece_size())
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), weight_decay=0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, PEAK_RATE, epochs=count, steps_per_epoch=1, pct_start=0.15
    )
    chance, began = random.Random(seed), time.perf_counter()
    for epoch, pairs in enumerate(rounds, 1):
        losses = [_step(model, optimizer, *b) for b in _batches(tokenizer, pairs, chance)]
        schedule.step() if epoch < count else None
        if epoch % 5 == 0:
            mean, seconds = sum(losses) / len(losses), time.perf_counter() - began
            print(f"epoch {epoch}: loss {mean:.4f}, {seconds:.0f} s", flush=True)
    model.eval()
    convert(model, [tokenizer.id_to_piece(i) for i in range(tokenizer.get_piece_size())], output)


def _batches(tokenizer: Any, pairs: Sequence[tuple[str, str]], chance: random.Random) -> Any:
    """Group pairs of like length, about BATCH_TOKENS pieces each, in random order."""
    encoded = [(tokenizer.encode(a), tokenizer.encode(b)) for a, b in pairs]
    chance.shuffle(encoded)
    encoded.sort(key=lambda pair: len(pair[1]) // 4)
    batches: list[list[tuple[list[int], list[int]]]] = [[]]
    for pair in encoded:
        if len(batches[-1]) * len(pair[1]) > BATCH_TOKENS:
            batches.append([])
        batches[-1].append(pair)
    chance.shuffle(batches)
    padding = tokenizer.get_piece_size()
    for batch in batches:
        sources = [source for source, _ in batch]
        inputs = [[START, *target] for _, target in batch]
        outputs = [[*target, END] for _, target in batch]
        yield tuple(_pad(rows, padding) for rows in (sources, inputs, outputs))


def _pad(rows: list[list[int]], padding: int) -> torch.Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [padding] * (width - len(row)) for row in rows])


def _step(model: Any, optimizer: Any, source: Any, inputs: Any, outputs: Any) -> float:
    scores = model(source, inputs)
    loss = functional.cross_entropy(
        scores.flatten(0, 1), outputs.flatten(), ignore_index=model.padding, label_smoothing=0.05
    )
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def convert(model: Any, vocabulary: list[str], output: Path) -> None:
    """Write the model in ctranslate2's format, int8."""
    spec = transformer_spec.TransformerSpec.from_config(
        (ENCODER_LAYERS, DECODER_LAYERS),
        HEADS,
        pre_norm=True,
        activation=common_spec.Activation.RELU,
    )
    size = len(vocabulary)
    spec.encoder.embeddings[0].weight = _array(model.source.weight)[:size]
    spec.decoder.embeddings.weight = _array(model.target.weight)[:size]
    for part, layers in ((spec.encoder, model.encoder), (spec.decoder, model.decoder)):
        for target, layer in zip(part.layer, layers, strict=True):
            _layer(target, layer)
    _norm(spec.encoder.layer_norm, model.encoder_norm)
    _norm(spec.decoder.layer_norm, model.decoder_norm)
    _linear(spec.decoder.projection, model.projection)
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.decoder_start_token = vocabulary[START]
    spec.validate()
    spec.optimize(quantization="int8")
    output.mkdir()
    spec.save(str(output))


def _layer(target: Any, layer: Any) -> None:
    attention = target.self_attention
    _norm(attention.layer_norm, layer.norm)
    _linear(attention.linear[0], layer.attention.query, layer.attention.key, layer.attention.value)
    _linear(attention.linear[1], layer.attention.output)
    if hasattr(layer, "source_attention"):
        _norm(target.attention.layer_norm, layer.source_norm)
        _linear(target.attention.linear[0], layer.source_attention.query)
        _linear(
            target.attention.linear[1], layer.source_attention.key, layer.source_attention.value
        )
        _linear(target.attention.linear[2], layer.source_attention.output)
    _norm(target.ffn.layer_norm, layer.last_norm)
    _linear(target.ffn.linear_0, layer.expand)
    _linear(target.ffn.linear_1, layer.contract)


def _linear(target: Any, *layers: Any) -> None:
    """Copy one layer, or several side by side, as ctranslate2 fuses them."""
    target.weight = np.concatenate([_array(layer.weight) for layer in layers])
    target.bias = np.concatenate([_array(layer.bias) for layer in layers])


def _norm(target: Any, layer: Any) -> None:
    target.gamma, target.beta = _array(layer.weight), _array(layer.bias)


def _array(tensor: Any) -> Any:
    return tensor.detach().numpy().astype(np.float32)
