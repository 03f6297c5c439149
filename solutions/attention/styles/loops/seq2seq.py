"""Text by text and state by state; lists that grow."""

from __future__ import annotations

import torch
from torch import nn


def attention_step(decoder_state, encoder_states, mask=None):
    """Dot products, one by one."""
    n, s, _ = encoder_states.shape
    full = torch.ones(n, s, dtype=torch.bool, device=decoder_state.device)
    full = full if mask is None else mask.expand(n, s)
    weights, contexts = [], []
    for query, states, allowed in zip(decoder_state, encoder_states, full):
        scores = torch.stack([query.dot(state) for state in states])
        scores = torch.where(allowed, scores, torch.full_like(scores, -torch.inf))
        shares = torch.softmax(scores, 0)
        shares = torch.where(allowed, shares, torch.zeros_like(shares))
        weights.append(shares)
        contexts.append(sum(p * state for p, state in zip(shares, states)))
    return torch.stack(contexts), torch.stack(weights)


def additive_attention_step(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """The small network, one state at a time."""
    query = nn.functional.linear(decoder_state, weight_query)
    columns = []
    for j in range(encoder_states.shape[1]):
        keys = nn.functional.linear(encoder_states[:, j], weight_key)
        columns.append((v * torch.tanh(query + keys)).sum(-1))
    scores = torch.stack(columns, dim=1)
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    powers = torch.exp(scores - scores.detach().amax(1, keepdim=True)) * mask
    total = powers.sum(1, keepdim=True)
    weights = powers / torch.where(total > 0, total, torch.ones_like(total))
    context = 0
    for j in range(encoder_states.shape[1]):
        context = context + weights[:, j, None] * encoder_states[:, j]
    return context, weights


class AttentionDecoder(nn.Module):
    """Indices over time, and a buffer for what is fed."""

    def __init__(self, vocab_size, hidden_size, input_feeding=True):
        super().__init__()
        self.feeds = input_feeding
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.cell = nn.GRUCell(hidden_size * (1 + input_feeding), hidden_size)
        self.combine = nn.Linear(2 * hidden_size, hidden_size, bias=False)
        self.output = nn.Linear(hidden_size, vocab_size)

    def forward(self, targets_in, encoder_states, h0, mask=None):
        """Step by step."""
        state = h0
        fed = h0.new_zeros(len(h0), self.hidden_size)
        logits, weights = [], []
        for t in range(targets_in.shape[0]):
            word = self.embedding(targets_in[t])
            if self.feeds:
                word = torch.hstack([word, fed])
            state = self.cell(word, state)
            context, look = attention_step(state, encoder_states, mask)
            fed = torch.tanh(self.combine(torch.hstack([context, state])))
            logits += [self.output(fed)]
            weights += [look]
        return torch.stack(logits, 0), torch.stack(weights, 0)


class CaptioningAttention(nn.Module):
    """Word by word."""

    def __init__(self, text_dim, image_dim, attention_dim):
        super().__init__()
        self.query = nn.Linear(text_dim, attention_dim)
        self.key = nn.Linear(image_dim, attention_dim)
        self.value = nn.Linear(image_dim, attention_dim)
        self.factor = attention_dim**-0.5

    def forward(self, text, image):
        """A look of attention_step for each word, with other values."""
        keys, values = self.key(image), self.value(image)
        contexts, weights = [], []
        for word in self.query(text).unbind(1):
            look = attention_step(word * self.factor, keys)[1]
            weights.append(look)
            contexts.append((look.unsqueeze(-1) * values).sum(1))
        return torch.stack(contexts, 1), torch.stack(weights, 1)
