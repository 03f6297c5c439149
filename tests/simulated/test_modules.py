"""torch's own modules, as students use them: no false alarm, and the CPU's numbers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from autograder import simulated
from tests.simulated.modules_of_torch import CASES, OPTIMIZERS, trained


def _both(make, x, optimizer="Adam"):
    expected = trained(make, x, "cpu", optimizer)
    with simulated.simulating():
        on_device = x if x.dtype is torch.int64 else x.clone()
        found = trained(make, simulated.to_device(on_device), "cuda", optimizer)
    return [simulated.to_host(value) for value in found], expected


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
