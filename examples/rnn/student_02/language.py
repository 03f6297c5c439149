"""With torch's functions, a table of all inputs, and recursion."""

import torch
import torch.nn.functional as F
from sequence import RNN
from torch import nn


def one_hot(indices, num_classes):
    """Rows by torch, which refuses what is out of range."""
    if indices.numel() == 0:
        return indices.new_zeros((*indices.shape, num_classes))
    if indices.max().item() >= num_classes:
        raise IndexError("too large")
    return F.one_hot(indices, num_classes)


class CharRNN(nn.Module):
    """A network in one line, with all of its layers in a list that names them."""

    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        for name, layer in (
            ("embedding", nn.Embedding(vocab_size, hidden_size)),
            ("rnn", RNN(hidden_size, hidden_size)),
            ("linear", nn.Linear(hidden_size, vocab_size)),
        ):
            self.add_module(name, layer)

    def forward(self, tokens, h=None):
        """Logits and state, by way of the flat outputs of all texts."""
        length, texts = tokens.shape
        seen = F.embedding(tokens.flatten(), self.embedding.weight)
        outputs, h = self.rnn(seen.unflatten(0, (length, texts)), h)
        return self.linear(outputs.flatten(0, 1)).reshape(length, texts, -1), h


@torch.no_grad()
def greedy_sample(model, first, h, length):
    """The next token, and what follows it."""
    if length == 0:
        return first.reshape(1, -1)[:0]
    logits, h = model(first.reshape(1, -1), h)
    probabilities = logits.log_softmax(-1)
    following = torch.argmax(probabilities, -1)
    return torch.vstack([following, greedy_sample(model, following[0], h, length - 1)])
