"""With parameters of its own in place of layers, and texts that are read anew."""

import torch
from torch import nn


def one_hot(indices, num_classes):
    """Rows, scattered."""
    if indices.numel():
        low, high = torch.aminmax(indices)
        assert low >= 0
        assert high < num_classes
    rows = torch.zeros(
        (*indices.shape, num_classes), dtype=torch.int64, device=indices.device
    )
    return rows.scatter_(-1, indices[..., None], 1)


class Weights(nn.Module):
    """Parameters by name."""

    def __init__(self, **shapes):
        super().__init__()
        for name, shape in shapes.items():
            setattr(self, name, nn.Parameter(torch.randn(shape) * 0.1))


class CharRNN(nn.Module):
    """A network without a layer of torch's."""

    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        v, h = vocab_size, hidden_size
        self.embedding = Weights(weight=(v, h))
        self.rnn = Weights(
            weight_ih_l0=(h, h), weight_hh_l0=(h, h), bias_ih_l0=(h,), bias_hh_l0=(h,)
        )
        self.linear = Weights(weight=(v, h), bias=(v,))

    def forward(self, tokens, h=None):
        """Logits and state."""
        rnn = self.rnn
        places = torch.arange(len(self.embedding.weight), device=tokens.device)
        rows = (tokens[..., None] == places).to(rnn.weight_ih_l0.dtype)
        seen = torch.einsum("tnv,vh->tnh", rows, self.embedding.weight)
        seen = torch.einsum("tnh,kh->tnk", seen, rnn.weight_ih_l0) + rnn.bias_ih_l0
        state = torch.zeros_like(seen[0]) if h is None else h.squeeze(0)
        states = []
        for given in seen:
            kept = torch.einsum("nh,kh->nk", state, rnn.weight_hh_l0) + rnn.bias_hh_l0
            state = torch.tanh(given + kept)
            states.append(state)
        logits = torch.einsum("tnh,vh->tnv", torch.stack(states), self.linear.weight)
        return logits + self.linear.bias, state.unsqueeze(0)


def greedy_sample(model, first, h, length):
    """The whole text is read anew for each token, from the first state."""
    model.eval()
    text = first.unsqueeze(0)
    for _ in range(length):
        logits, _ = model(text, h)
        text = torch.cat([text, logits[-1].max(dim=-1).indices.unsqueeze(0)])
    return text[1:]
