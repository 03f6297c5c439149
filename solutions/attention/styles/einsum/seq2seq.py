"""Built on scores.py, with one more axis for the single query."""

from __future__ import annotations

import torch
from scores import attention, contextualize
from torch import nn


def attention_step(decoder_state, encoder_states, mask=None):
    """One query for each text."""
    if mask is not None:
        mask = mask.reshape(-1, 1, mask.shape[-1])
    query = decoder_state[:, None, :]
    context, weights = attention(query, encoder_states, encoder_states, mask, 1)
    return context[:, 0], weights[:, 0]


def additive_attention_step(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """The scores as dot products of one feature."""
    query = torch.einsum("ah,nh->na", weight_query, decoder_state)
    keys = torch.einsum("ah,nsh->nsa", weight_key, encoder_states)
    scores = torch.einsum("a,nsa->ns", v, torch.tanh(query[:, None] + keys))
    if mask is not None:
        mask = mask.reshape(-1, 1, mask.shape[-1])
    one = torch.ones_like(scores[:, :1]).unsqueeze(1)
    _, weights = attention(one, scores.unsqueeze(-1), encoder_states, mask, 1.0)
    return contextualize(weights, encoder_states).squeeze(1), weights.squeeze(1)


class AttentionDecoder(nn.Module):
    """One step is a method; the state is a pair."""

    def __init__(self, vocab_size, hidden_size, input_feeding=True):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        if input_feeding:
            self.cell = nn.GRUCell(2 * hidden_size, hidden_size)
        else:
            self.cell = nn.GRUCell(hidden_size, hidden_size)
        self.combine = nn.Linear(2 * hidden_size, hidden_size, bias=False)
        self.output = nn.Linear(hidden_size, vocab_size)
        self.input_feeding = input_feeding

    def step(self, token, state, encoder_states, mask):
        """Logits, weights and the new state (h, o)."""
        h, o = state
        x = self.embedding(token)
        if self.input_feeding:
            x = torch.cat((x, o), dim=1)
        h = self.cell(x, h)
        context, weights = attention_step(h, encoder_states, mask)
        o = torch.tanh(self.combine(torch.cat((context, h), dim=1)))
        return self.output(o), weights, (h, o)

    def forward(self, targets_in, encoder_states, h0, mask=None):
        """All steps."""
        state = h0, torch.zeros_like(h0)
        logits, weights = [], []
        for token in targets_in:
            *found, state = self.step(token, state, encoder_states, mask)
            logits.append(found[0])
            weights.append(found[1])
        return torch.stack(logits), torch.stack(weights)


class CaptioningAttention(nn.Module):
    """attention of scores.py behind three layers."""

    def __init__(self, text_dim, image_dim, attention_dim):
        super().__init__()
        self.query = nn.Linear(text_dim, attention_dim)
        self.key = nn.Linear(image_dim, attention_dim)
        self.value = nn.Linear(image_dim, attention_dim)

    def forward(self, text, image):
        """From the words to the regions."""
        return attention(self.query(text), self.key(image), self.value(image))
