"""Texts one by one, token after token: sources are cut to their lengths, no masks."""

from __future__ import annotations

import math

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
        self.root = math.sqrt(d_model)
        self.source_embedding = nn.Embedding(source_vocab, d_model)
        self.target_embedding = nn.Embedding(target_vocab, d_model)
        encoder, decoder = [], []
        for _ in range(num_layers):
            encoder += [EncoderLayer(d_model, num_heads, d_ff)]
            decoder += [DecoderLayer(d_model, num_heads, d_ff)]
        self.encoder = nn.ModuleList(encoder)
        self.decoder = nn.ModuleList(decoder)
        self.output = nn.Linear(d_model, target_vocab)

    def forward(self, source, target, source_lengths=None):
        """One call."""
        if len(source) == 0:
            return self.output(self.target_embedding(target))
        texts = []
        for number in range(len(source)):
            text = source[number]
            if source_lengths is not None:
                text = text[: source_lengths[number]]
            texts.append(self.one(text[None], target[number][None]))
        return torch.cat(texts)

    def one(self, source, target):
        """One text."""
        memory = self.placed(self.source_embedding, source)
        for layer in self.encoder:
            memory = layer(memory)
        x = self.placed(self.target_embedding, target)
        mask = torch.zeros(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device)
        for place in range(x.shape[1]):
            mask[place, : place + 1] = True
        for layer in self.decoder:
            x = layer(x, memory, self_mask=mask)
        return self.output(x)

    def placed(self, embedding, tokens):
        """Vectors of tokens in their places."""
        vectors = self.root * embedding(tokens)
        sines = positional_encoding(vectors.shape[1], vectors.shape[2])
        return vectors + sines.to(device=vectors.device, dtype=vectors.dtype)


@torch.no_grad()
def greedy_decode(model, source, start, end, max_length):
    """The likeliest translation."""
    rows = [[start] for _ in source]
    while len(rows[0]) < max_length and not all(end in row[1:] for row in rows):
        target = torch.tensor(rows, device=source.device)
        logits = model(source, target)
        for row, scores in zip(rows, logits[:, -1].tolist()):
            row.append(end if end in row[1:] else scores.index(max(scores)))
    return torch.tensor(rows, device=source.device)


def transformer_parameters(source_vocab, target_vocab, d_model, d_ff, num_layers):
    """Counted on a model that has no numbers."""
    with torch.device("meta"):
        model = Transformer(source_vocab, target_vocab, d_model, 1, d_ff, num_layers)
    count = 0
    for parameter in model.parameters():
        count += parameter.numel()
    return count
