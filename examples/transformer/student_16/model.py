"""The model: an encoder that reads, and a decoder that writes token after token."""

from __future__ import annotations
import math
import torch
from layers import DecoderLayer, EncoderLayer
from positions import positional_encoding
from torch import Tensor, nn


class Transformer(nn.Module):
    """From a source text and a target text to logits for the target's next tokens."""

    def __init__(
        self,
        source_vocab: int,
        target_vocab: int,
        d_model: int,
        num_heads: int,
        d_ff: int,
        num_layers: int,
    ) -> None:
        super().__init__()
        self.source_embedding = nn.Embedding(source_vocab, d_model)
        self.target_embedding = nn.Embedding(target_vocab, d_model)
        self.encoder = nn.ModuleList(
            (EncoderLayer(d_model, num_heads, d_ff) for _ in range(num_layers))
        )
        self.decoder = nn.ModuleList(
            (DecoderLayer(d_model, num_heads, d_ff) for _ in range(num_layers))
        )
        self.output = nn.Linear(d_model, target_vocab)

    def _embedded(self, embedding: nn.Embedding, tokens: Tensor) -> Tensor:
        """The vectors of tokens in their places."""
        vectors: Tensor = embedding(tokens)
        _, length, d_model = vectors.shape
        positions = positional_encoding(length, d_model)
        return vectors * math.sqrt(d_model) + positions.to(vectors)

    def forward(
        self, source: Tensor, target: Tensor, source_lengths: Tensor | None = None
    ) -> Tensor:
        """Logits for the token that follows each position of the target."""
        present = None
        if source_lengths is not None:
            places = torch.arange(source.shape[1], device=source.device)
            present = (places < source_lengths[:, None])[:, None, None, :]
        length = target.shape[1]
        past = torch.ones(length, length, dtype=torch.bool, device=target.device).tril()
        memory = self._embedded(self.source_embedding, source)
        for layer in self.encoder:
            memory = layer(memory, present)
        x = self._embedded(self.target_embedding, target)
        for layer in self.decoder:
            x = layer(x, memory, past, present)
        logits: Tensor = self.output(x)
        return logits


def greedy_decode(
    model: nn.Module, source: Tensor, start: int, end: int, max_length: int
) -> Tensor:
    """Translate by taking the likeliest next token, again and again."""
    target = source.new_full((len(source), 1), start)
    ended = torch.zeros(len(source), dtype=torch.bool, device=source.device)
    with torch.no_grad():
        while target.shape[1] < max_length and (not ended.all()):
            token = model(source, target)[:, -1].argmax(-1).masked_fill(ended, end)
            target = torch.cat([target, token[:, None]], dim=1)
            ended = ended | (token == end)
    return target


def transformer_parameters(
    source_vocab: int, target_vocab: int, d_model: int, d_ff: int, num_layers: int
) -> int:
    """The number of parameters of a Transformer, of the class above exactly."""
    attention = 4 * d_model * (d_model + 1)
    network = d_ff * (d_model + 1) + d_model * (d_ff + 1)
    norm = 2 * d_model
    encoder = attention + network + 2 * norm
    decoder = 2 * attention + network + 3 * norm
    embeddings = (source_vocab + target_vocab) * d_model
    output = target_vocab * (d_model + 1)
    return embeddings + num_layers * (encoder + decoder) + output
