"""bmm, a recursion over the steps, output and combine after the loop."""

from __future__ import annotations

import math

import torch
from torch import nn


def _masked_softmax(scores, mask):
    if mask is None:
        return nn.functional.softmax(scores, dim=-1)
    bias = torch.zeros_like(scores).masked_fill(~mask, torch.finfo(scores.dtype).min)
    return nn.functional.softmax(scores + bias, dim=-1) * mask


def attention_step(decoder_state, encoder_states, mask=None):
    """Products of batches of matrices."""
    scores = torch.bmm(encoder_states, decoder_state.unsqueeze(2)).squeeze(2)
    weights = _masked_softmax(scores, mask)
    return torch.bmm(weights.unsqueeze(1), encoder_states).squeeze(1), weights


def additive_attention_step(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """Both matrices as one, of the two vectors side by side."""
    both = torch.cat([weight_query, weight_key], dim=1)
    queries = decoder_state.unsqueeze(1).expand_as(encoder_states)
    layer = torch.tanh(torch.cat([queries, encoder_states], dim=2).matmul(both.t()))
    weights = _masked_softmax(layer.matmul(v), mask)
    return (encoder_states * weights[..., None]).sum(dim=1), weights


class AttentionDecoder(nn.Module):
    """Recursive; the logits of all steps are computed at once."""

    def __init__(self, vocab_size, hidden_size, input_feeding=True):
        super().__init__()
        self.width = hidden_size
        self.cell = nn.GRUCell(hidden_size + input_feeding * hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocab_size)
        self.combine = nn.Linear(hidden_size * 2, hidden_size, bias=False)
        self.embedding = nn.Embedding(vocab_size, hidden_size)

    def _unrolled(self, embedded, h, o, encoder_states, mask):
        if len(embedded) == 0:
            return []
        x = torch.cat([embedded[0], o], 1)[:, : self.cell.input_size]
        h = self.cell(x, h)
        context, weights = attention_step(h, encoder_states, mask)
        matrix = self.combine.weight
        ours, theirs = matrix[:, : self.width], matrix[:, self.width :]
        o = torch.tanh(context @ ours.T + h @ theirs.T)
        rest = self._unrolled(embedded[1:], h, o, encoder_states, mask)
        return [(o, weights), *rest]

    def forward(self, targets_in, encoder_states, h0, mask=None):
        """Unroll, then score."""
        embedded = self.embedding(targets_in)
        steps = self._unrolled(embedded, h0, 0 * h0, encoder_states, mask)
        outputs, weights = (torch.stack(part) for part in zip(*steps))
        return self.output(outputs), weights


class CaptioningAttention(nn.Module):
    """Scaled in both factors, by the fourth root."""

    def __init__(self, text_dim, image_dim, attention_dim):
        super().__init__()
        self.root = math.sqrt(math.sqrt(attention_dim))
        self.query = nn.Linear(text_dim, attention_dim)
        self.key = nn.Linear(image_dim, attention_dim)
        self.value = nn.Linear(image_dim, attention_dim)

    def forward(self, text, image):
        """bmm, softmax, bmm."""
        query, key = self.query(text) / self.root, self.key(image) / self.root
        weights = _masked_softmax(torch.bmm(query, key.transpose(1, 2)), None)
        return torch.bmm(weights, self.value(image)), weights
