import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def masked_softmax(scores, mask):
    if mask is None:
        return F.softmax(scores, dim=-1)
    w = F.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
    return w.masked_fill(~mask, 0.0)


def attention_step(decoder_state, encoder_states, mask=None):
    scores = torch.bmm(encoder_states, decoder_state.unsqueeze(2)).squeeze(2)  # (N, S)
    weights = masked_softmax(scores, mask)
    context = torch.bmm(weights.unsqueeze(1), encoder_states).squeeze(1)
    return context, weights


def additive_attention_step(decoder_state, encoder_states, weight_query, weight_key, v, mask=None):
    q = F.linear(decoder_state, weight_query).unsqueeze(1)  # (N, 1, A)
    k = F.linear(encoder_states, weight_key)  # (N, S, A)
    scores = torch.tanh(q + k) @ v
    weights = masked_softmax(scores, mask)
    context = torch.bmm(weights.unsqueeze(1), encoder_states).squeeze(1)
    return context, weights


class AttentionDecoder(nn.Module):
    def __init__(self, vocab_size, hidden_size, input_feeding=True):
        super().__init__()
        self.input_feeding = input_feeding
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.cell = nn.GRUCell(hidden_size * 2 if input_feeding else hidden_size, hidden_size)
        self.combine = nn.Linear(hidden_size * 2, hidden_size, bias=False)
        self.output = nn.Linear(hidden_size, vocab_size)

    def forward(self, targets_in, encoder_states, h0, mask=None):
        h = h0
        o = torch.zeros_like(h0)
        logits = []
        weights = []
        for t in range(len(targets_in)):
            x = self.embedding(targets_in[t])
            if self.input_feeding:
                x = torch.cat([x, o], dim=1)
            h = self.cell(x, h)
            context, w = attention_step(h, encoder_states, mask)
            o = torch.tanh(self.combine(torch.cat([context, h], dim=1)))
            logits.append(self.output(o))
            weights.append(w)
        return torch.stack(logits), torch.stack(weights)


class CaptioningAttention(nn.Module):
    def __init__(self, text_dim, image_dim, attention_dim):
        super().__init__()
        self.query = nn.Linear(text_dim, attention_dim)
        self.key = nn.Linear(image_dim, attention_dim)
        self.value = nn.Linear(image_dim, attention_dim)

    def forward(self, text, image):
        q = self.query(text)
        k = self.key(image)
        v = self.value(image)
        scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])
        weights = F.softmax(scores, dim=-1)
        return weights @ v, weights


decoder = AttentionDecoder(20, 8)
logits, weights = decoder(torch.zeros(3, 2, dtype=torch.long), torch.randn(5, 2, 8), torch.zeros(2, 8))
print(logits.shape)
