"""Index by index, step by step, and text by text."""

import torch
from torch import nn


def one_hot(indices, num_classes):
    """Rows."""
    flat = indices.flatten().tolist()
    rows = torch.zeros(len(flat), num_classes, dtype=torch.long, device=indices.device)
    for row, index in enumerate(flat):
        if not 0 <= index < num_classes:
            raise ValueError(f"{index} is no class")
        rows[row, index] = 1
    return rows.view(*indices.shape, num_classes)


class CharRNN(nn.Module):
    """A network that takes torch's, one step at a time."""

    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.RNN(input_size=hidden_size, hidden_size=hidden_size)
        self.linear = nn.Linear(hidden_size, vocab_size)

    def forward(self, tokens, h=None):
        """Logits and state."""
        logits = []
        for t in range(tokens.shape[0]):
            output, h = self.rnn(self.embedding(tokens[t : t + 1]), h)
            logits.append(self.linear(output[0]))
        return torch.stack(logits), h


def greedy_sample(model, first, h, length):
    """All texts, each for itself."""
    texts = []
    for n in range(first.shape[0]):
        state = None if h is None else h[:, n : n + 1]
        token, text = first[n].reshape(1, 1), []
        while len(text) < length:
            logits, state = model(token, state)
            token = torch.argmax(logits[0], dim=1, keepdim=True)
            text.append(int(token))
        texts.append(text)
    answer = torch.tensor(texts, dtype=torch.long, device=first.device)
    return answer.reshape(first.shape[0], length).t()
