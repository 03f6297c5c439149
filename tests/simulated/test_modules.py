"""torch's own modules, as students use them: no false alarm, and the CPU's numbers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from autograder import simulated

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


def _trained(make, x, device, optimizer="Adam"):
    """Outputs, losses and parameters of three steps."""
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
    return [simulated.to_host(value) for value in seen]


def _both(make, x, optimizer="Adam"):
    expected = _trained(make, x, "cpu", optimizer)
    with simulated.simulating():
        on_device = x if x.dtype is torch.int64 else x.clone()
        found = _trained(make, simulated.to_device(on_device), "cuda", optimizer)
    return found, expected


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")
def test_modules_train(has_device, name):
    """Three steps of Adam and an evaluation go as on the CPU."""
    make, shape = CASES[name]
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    found, expected = _both(make, x)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_an_embedding_trains(has_device):
    """nn.Embedding with Adam, the padding row included."""
    words = torch.tensor([[1, 2, 0], [3, 1, 1]])
    found, expected = _both(lambda: nn.Embedding(5, 4, padding_idx=0), words)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_step(has_device, optimizer):
    """torch's optimizers do as on the CPU."""
    x = torch.randn(3, 6, generator=torch.Generator().manual_seed(1))
    found, expected = _both(lambda: nn.Linear(6, 4), x, optimizer)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
