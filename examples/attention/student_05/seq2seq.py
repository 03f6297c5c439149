import torch
from torch import nn

from scores import attention


def attention_step(decoder_state, encoder_states, mask=None):
    q = decoder_state.unsqueeze(1)
    if mask is not None:
        mask = mask.expand(encoder_states.shape[:2]).unsqueeze(1)
    context, weights = attention(q, encoder_states, encoder_states, mask, scale=1.0)
    return context.squeeze(1), weights.squeeze(1)


def additive_attention_step(decoder_state, encoder_states, weight_query, weight_key, v, mask=None):
    layer = torch.tanh((decoder_state @ weight_query.T)[:, None, :] + encoder_states @ weight_key.T)
    scores = (layer * v).sum(-1)
    # attention with keys of one feature does the softmax and the mean
    q = torch.ones_like(scores[:, :1]).unsqueeze(-1)
    if mask is not None:
        mask = mask.expand(scores.shape).unsqueeze(1)
    context, weights = attention(q, scores.unsqueeze(-1), encoder_states, mask)
    return context.squeeze(1), weights.squeeze(1)


class AttentionDecoder(nn.Module):
    def __init__(self, vocab_size, hidden_size, input_feeding=True):
        super().__init__()
        self.vocab_size, self.hidden_size, self.input_feeding = vocab_size, hidden_size, input_feeding
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.cell = nn.GRUCell((1 + int(input_feeding)) * hidden_size, hidden_size)
        self.combine = nn.Linear(2 * hidden_size, hidden_size, bias=False)
        self.output = nn.Linear(hidden_size, vocab_size)

    def step(self, embedded, h, o, encoder_states, mask):
        x = torch.cat((embedded, o), -1) if self.input_feeding else embedded
        h = self.cell(x, h)
        context, weights = attention_step(h, encoder_states, mask)
        return h, self.combine(torch.cat((context, h), -1)).tanh(), weights

    def forward(self, targets_in, encoder_states, h0, mask=None):
        T, N = targets_in.shape
        logits = h0.new_empty(T, N, self.vocab_size)
        weights = h0.new_empty(T, N, encoder_states.shape[1])
        h, o = h0, h0 * 0
        for t, embedded in enumerate(self.embedding(targets_in)):
            h, o, weights[t] = self.step(embedded, h, o, encoder_states, mask)
            logits[t] = self.output(o)
        return logits, weights


class CaptioningAttention(nn.Module):
    def __init__(self, text_dim, image_dim, attention_dim):
        super().__init__()
        self.query = nn.Linear(text_dim, attention_dim)
        self.key = nn.Linear(image_dim, attention_dim)
        self.value = nn.Linear(image_dim, attention_dim)

    def forward(self, text, image):
        return attention(self.query(text), self.key(image), self.value(image))
