"""torch's own modules and optimizers, as students use them, and three steps of each."""

from __future__ import annotations

import torch
from torch import nn

CASES = {
    "Linear": (lambda: nn.Linear(6, 4), (3, 6)),
    "Bilinear": (lambda: _Twice(nn.Bilinear(6, 6, 4)), (3, 6)),
    "LSTM": (lambda: nn.LSTM(6, 4, num_layers=2), (5, 2, 6)),
    "LSTM, both ways": (
        lambda: nn.LSTM(6, 4, bidirectional=True, batch_first=True),
        (2, 5, 6),
    ),
    "LSTM, projected": (lambda: nn.LSTM(6, 4, proj_size=3), (5, 2, 6)),
    "LSTM, no bias": (lambda: nn.LSTM(6, 4, bias=False), (5, 2, 6)),
    "GRU": (lambda: nn.GRU(6, 4, num_layers=2), (5, 2, 6)),
    "GRU, no bias": (lambda: nn.GRU(6, 4, bias=False), (5, 2, 6)),
    "RNN": (lambda: nn.RNN(6, 4), (5, 2, 6)),
    "LSTMCell": (lambda: nn.LSTMCell(6, 4), (3, 6)),
    "GRUCell": (lambda: nn.GRUCell(6, 4), (3, 6)),
    "RNNCell": (lambda: nn.RNNCell(6, 4), (3, 6)),
    "MultiheadAttention": (
        lambda: _Thrice(nn.MultiheadAttention(6, 2, batch_first=True)),
        (2, 5, 6),
    ),
    "TransformerEncoderLayer": (
        lambda: nn.TransformerEncoderLayer(6, 2, 8, dropout=0.0, batch_first=True),
        (2, 5, 6),
    ),
    "TransformerEncoder": (
        lambda: nn.TransformerEncoder(
            nn.TransformerEncoderLayer(6, 2, 8, dropout=0.0, batch_first=True),
            2,
            enable_nested_tensor=False,
        ),
        (2, 5, 6),
    ),
    "TransformerDecoderLayer": (
        lambda: _Twice(nn.TransformerDecoderLayer(6, 2, 8, dropout=0.0)),
        (2, 5, 6),
    ),
    "Conv1d": (lambda: nn.Conv1d(3, 4, 3), (2, 3, 8)),
    "Conv2d": (lambda: nn.Conv2d(3, 4, 3, stride=2, padding=1), (2, 3, 8, 8)),
    "Conv2d, reflecting": (
        lambda: nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect"),
        (2, 3, 8, 8),
    ),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(3, 4, 3), (2, 3, 5, 5)),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(3), (2, 3, 5, 5)),
    "GroupNorm": (lambda: nn.GroupNorm(3, 6), (2, 6, 5)),
    "LayerNorm": (lambda: nn.LayerNorm(6), (2, 5, 6)),
    "PReLU": (lambda: nn.PReLU(6), (2, 6)),
    "weight_norm": (
        lambda: nn.utils.parametrizations.weight_norm(nn.Linear(6, 4)),
        (3, 6),
    ),
    "a small network": (
        lambda: nn.Sequential(
            nn.Conv2d(3, 4, 3),
            nn.BatchNorm2d(4),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(16, 5),
            nn.GELU(),
            nn.LogSoftmax(-1),
        ),
        (2, 3, 8, 8),
    ),
}
OPTIMIZERS = ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "NAdam", "Adamax"]


class _Twice(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x, x)


class _Thrice(_Twice):
    def forward(self, x):
        steps = x.shape[1]
        mask = nn.Transformer.generate_square_subsequent_mask(steps, device=x.device)
        return self.inner(x, x, x, attn_mask=mask)


def _first(value):
    while isinstance(value, tuple):
        value = value[0]
    return value


def trained(make, x, device, optimizer="Adam"):
    """Outputs, losses and parameters of three steps, where the device has them."""
    torch.manual_seed(0)
    model = make().to(device)
    # Some gradients are zero but for rounding, a key's bias among them; without a large
    # eps the optimizers make whole steps of them.
    more = {} if optimizer == "SGD" else {"eps": 1e-2}
    chosen = getattr(torch.optim, optimizer)(model.parameters(), lr=0.05, **more)
    seen = []
    for _ in range(3):
        chosen.zero_grad()
        output = _first(model(x))
        loss = (output * output).mean()
        loss.backward()
        chosen.step()
        seen += [output.detach(), loss.detach()]
    seen += [p.detach() for p in model.parameters()]
    model.eval()
    with torch.no_grad():
        seen.append(_first(model(x)))
    return seen
