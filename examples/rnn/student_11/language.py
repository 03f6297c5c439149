import torch
from torch import nn

from sequence import RNN


def one_hot(indices, num_classes):
    if indices.numel() and (indices.min() < 0 or indices.max() >= num_classes):
        raise IndexError("index out of range")
    places = torch.arange(num_classes, device=indices.device)
    return (indices.unsqueeze(-1) == places).long()


class CharRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.rnn = RNN(hidden_size, hidden_size)
        self.linear = nn.Linear(hidden_size, vocab_size)

    def forward(self, tokens, h=None):
        outputs, h = self.rnn(self.embedding(tokens), h)
        return self.linear(outputs), h


def greedy_sample(model, first, h, length):
    found = torch.zeros(length, len(first), dtype=torch.long, device=first.device)
    token = first
    for step in range(length):
        logits, h = model(token.unsqueeze(0), h)
        token = logits[0].argmax(dim=-1)
        found[step] = token
    return found
