"""Masks made by comparing positions, tables of weights that are indexed, no loop."""

from __future__ import annotations

import functools

import torch
from layers import DecoderLayer, EncoderLayer
from positions import positional_encoding
from torch import nn


class Transformer(nn.Module):
    """An encoder and a decoder."""

    def __init__(
        self, source_vocab, target_vocab, d_model, num_heads, d_ff, num_layers
    ):
        super().__init__()
        self.d_model = d_model
        self.source_embedding = nn.Embedding(source_vocab, d_model)
        self.target_embedding = nn.Embedding(target_vocab, d_model)
        sizes = d_model, num_heads, d_ff
        self.encoder = nn.ModuleList([EncoderLayer(*sizes) for _ in range(num_layers)])
        self.decoder = nn.ModuleList([DecoderLayer(*sizes) for _ in range(num_layers)])
        self.output = nn.Linear(d_model, target_vocab, bias=True)

    def forward(self, source, target, source_lengths=None):
        """One call."""
        mask = None
        if source_lengths is not None:
            steps = torch.ones_like(source).cumsum(1)
            mask = (steps <= source_lengths.unsqueeze(1)).unsqueeze(1).unsqueeze(1)
        memory = functools.reduce(
            lambda y, layer: layer(y, mask),
            self.encoder,
            self.embed(self.source_embedding.weight, source),
        )
        place = torch.arange(target.size(1), device=target.device)
        seen = place.unsqueeze(0) <= place.unsqueeze(1)
        y = functools.reduce(
            lambda y, layer: layer(y, memory, memory_mask=mask, self_mask=seen),
            self.decoder,
            self.embed(self.target_embedding.weight, target),
        )
        return torch.einsum("nld,vd->nlv", y, self.output.weight) + self.output.bias

    def embed(self, table, tokens):
        """Vectors of tokens in their places."""
        sines = positional_encoding(tokens.size(1), self.d_model)
        return table[tokens] * self.d_model**0.5 + sines.to(table.device, table.dtype)


def greedy_decode(model, source, start, end, max_length):
    """The likeliest translation."""

    def go_on(target):
        ended = (target[:, 1:] == end).any(1)
        if target.size(1) >= max_length or bool(ended.all()):
            return target
        with torch.no_grad():
            logits = model(source, target)
        best = torch.where(ended, end, logits[:, -1, :].max(-1).indices)
        return go_on(torch.hstack([target, best.unsqueeze(1)]))

    column = torch.full_like(source[:, :1], start)
    return go_on(column)


def transformer_parameters(source_vocab, target_vocab, d_model, d_ff, num_layers):
    """Layer by layer, as a polynomial in d_model."""
    square = 12 * num_layers
    linear = (4 * d_ff + 2 + 12 + 10) * num_layers + source_vocab + 2 * target_vocab
    return square * d_model**2 + linear * d_model + 2 * d_ff * num_layers + target_vocab
