"""Positions worked out here, padding looked up in a table, a buffer that is filled."""

from __future__ import annotations

import layers
import torch
import torch.nn.functional as F
from torch import nn


class Transformer(nn.Module):
    """An encoder and a decoder."""

    def __init__(
        self, source_vocab, target_vocab, d_model, num_heads, d_ff, num_layers
    ):
        super().__init__()
        self.source_embedding = nn.Embedding(source_vocab, d_model)
        self.target_embedding = nn.Embedding(target_vocab, d_model)
        self.encoder, self.decoder = nn.ModuleList(), nn.ModuleList()
        for _ in range(num_layers):
            self.encoder.append(layers.EncoderLayer(d_model, num_heads, d_ff))
            self.decoder.append(layers.DecoderLayer(d_model, num_heads, d_ff))
        self.output = nn.Linear(d_model, target_vocab)
        pairs = torch.arange(0, d_model, 2, dtype=torch.float64)
        self.rates = [10000.0 ** (-pair / d_model) for pair in pairs.tolist()]

    def encode(self, source, mask=None):
        """The memory."""
        x = self.embedded(source, self.source_embedding)
        for layer in self.encoder:
            x = layer(x, mask)
        return x

    def decode(self, target, memory, mask=None):
        """The logits."""
        length = target.size(1)
        future = torch.triu(target.new_ones(length, length), diagonal=1)
        x = self.embedded(target, self.target_embedding)
        for layer in self.decoder:
            x = layer(x, memory, future == 0, mask)
        return F.linear(x, self.output.weight, self.output.bias)

    def forward(self, source, target, source_lengths=None):
        """One call."""
        if source_lengths is None:
            return self.decode(target, self.encode(source))
        size = source.size(1)
        table = source.new_ones(size + 1, size).tril(-1).bool()  # one row for a length
        mask = table.index_select(0, source_lengths)[:, None, None]
        return self.decode(target, self.encode(source, mask), mask)

    def embedded(self, tokens, embedding):
        """Vectors of tokens in their places."""
        x = F.embedding(tokens, embedding.weight)
        length, d = x.shape[1:]
        places = torch.arange(length, device=x.device, dtype=torch.float64)
        columns = [
            f(places * rate) for rate in self.rates for f in (torch.sin, torch.cos)
        ]
        sines = torch.stack(columns[:d], -1).to(x.dtype)
        return torch.add(sines, x, alpha=d**0.5)


def greedy_decode(model, source, start, end, max_length):
    """The likeliest translation."""
    rows = source.shape[0]
    buffer = torch.full((rows, max_length), end, device=source.device)
    buffer[:, 0] = start
    alive = torch.ones(rows, dtype=torch.bool, device=source.device)
    used = 1
    while used < max_length:
        with torch.no_grad():
            scores = model(source, buffer[:, :used].clone())[:, used - 1]
        best = scores.argmax(dim=1)
        buffer[:, used] = best * alive + end * ~alive
        alive &= best != end
        used += 1
        if not alive.any():
            break
    return buffer[:, :used]


def transformer_parameters(source_vocab, target_vocab, d_model, d_ff, num_layers):
    """The parts in a list, each with the number of times that it is there."""

    def linear(inputs, outputs):
        return (inputs + 1) * outputs

    parts = [
        (source_vocab * d_model, 1),
        (target_vocab * d_model, 1),
        (linear(d_model, d_model), (4 + 8) * num_layers),
        (linear(d_model, d_ff) + linear(d_ff, d_model), 2 * num_layers),
        (d_model + d_model, (2 + 3) * num_layers),
        (linear(d_model, target_vocab), 1),
    ]
    return sum(numbers * times for numbers, times in parts)
