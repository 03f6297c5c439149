"""Code that runs on CUDA runs on the simulated GPU, with the CPU's results."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from autograder import simulated
from tests.simulated import (
    legal_code_of_courses,
    legal_code_of_gradients,
    legal_code_of_models,
    legal_code_of_sequences,
)
from tests.simulated.legal_code import LEGAL

_FILES_OF_CODE = (  # all of it is among LEGAL
    legal_code_of_courses,
    legal_code_of_gradients,
    legal_code_of_models,
    legal_code_of_sequences,
)


def _plain(value):
    if isinstance(value, torch.Tensor):
        return simulated.to_host(value)
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def _same(found, expected):
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected):
            _same(one, other)
    elif isinstance(expected, torch.Tensor):
        torch.testing.assert_close(found, expected)
    else:
        assert found == expected


# torch's own derivatives forwards are made with it.
@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")
@pytest.mark.parametrize("name", LEGAL)
def test_legal_code_runs(has_device, name):
    """What CUDA allows runs, with the results of the CPU."""
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(5))
    expected = _plain(LEGAL[name](x.clone()))
    with simulated.simulating() as counts:
        found = _plain(LEGAL[name](simulated.to_device(x.clone())))
        assert 0 <= counts.live <= counts.peak
    _same(found, expected)


def test_cuda_means_the_device(has_device):
    """``cuda`` in a student's code is the simulated device, and only within."""
    x = torch.ones(2)
    with simulated.simulating():
        assert torch.cuda.is_available()
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        found = [
            torch.zeros(2, device="cuda"),
            torch.zeros(2, device=device),
            x.to("cuda:0"),
            x.to(device),
            x.cuda(),
            nn.Linear(2, 2).cuda().weight,
            nn.Linear(2, 2).to("cuda").weight,
            nn.Linear(2, 2, device="cuda").weight,
            x.to(torch.device("cuda", 0)),
            x.to(device="cuda", dtype=torch.float64),
        ]
        torch.cuda.manual_seed(0)
        torch.cuda.synchronize()
    assert {str(tensor.device) for tensor in found} == {"sim:0"}
    assert not torch.cuda.is_available()
    assert isinstance(torch.Generator(), torch.Generator)


def test_there_is_one_device(has_device):
    """A second device is refused."""
    with simulated.simulating(), pytest.raises(RuntimeError, match="invalid device"):
        torch.zeros(2, device="cuda:1")


def test_a_tensor_shows_where_it_is(has_device):
    """What is printed names the device."""
    with simulated.simulating():
        x = torch.ones(2, device="sim")
        assert repr(x) == "tensor([1., 1.], device='sim:0')"
        assert "requires_grad=True" in repr(x.requires_grad_())
        assert repr(nn.Parameter(x)).startswith("Parameter containing:")
        assert "MulBackward" in repr(x * 2)
