"""What is set for CUDA around a call, as far as it shows without a GPU."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from autograder.executor import cuda
from autograder.executor.devices import Cuda

SET_BEFORE = """
import torch
torch.backends.cuda.matmul.allow_tf32 = True
for place in cuda_places():
    place.fp32_precision = "tf32"
torch.use_deterministic_algorithms(False)
from autograder.executor import cuda
with cuda.exact_numbers():
    assert not torch.backends.cuda.matmul.allow_tf32
    assert not torch.backends.cudnn.allow_tf32
    assert {place.fp32_precision for place in cuda_places()} <= {"ieee"}
    products = torch.backends.cuda.matmul
    assert not products.allow_fp16_reduced_precision_reduction
    assert not products.allow_bf16_reduced_precision_reduction
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.backends.cudnn.deterministic and not torch.backends.cudnn.benchmark
assert not torch.are_deterministic_algorithms_enabled()
"""
PLACES = """
def cuda_places():
    backends = torch.backends
    found = [backends, backends.cuda.matmul, backends.cudnn]
    found += [getattr(backends.cudnn, name, None) for name in ("conv", "rnn")]
    return [place for place in found if hasattr(place, "fp32_precision")]
"""
SEEN = """
import torch
torch.cuda.is_available = lambda: True
from autograder.executor import cuda
cuda.allow(100)
cuda.allow(100)
assert not torch.cuda.is_available()
with cuda.exact_numbers():
    assert torch.cuda.is_available()
assert not torch.cuda.is_available()
"""


@pytest.mark.parametrize("code", [PLACES + SET_BEFORE, SEEN], ids=["exact", "found"])
def test_around_a_call(code: str) -> None:
    """Numbers are exact whatever was set before; a GPU is found in such calls only."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(12.0).reshape(3, 4).T,
        torch.arange(12.0).reshape(3, 4)[:, ::2],
        torch.arange(4.0)[1:2].expand(3, 4),
        torch.zeros(0, 3),
    ],
    ids=["transposed", "sliced", "expanded", "empty"],
)
def test_a_layout_survives_the_way(
    tensor: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a check lays out oddly in memory lies as oddly on the device."""
    monkeypatch.setattr(cuda, "start", lambda: None)
    there = Cuda("cpu").put(tensor)  # the way is the same, wherever it leads

    assert there.stride() == tensor.stride()
    assert torch.equal(there, tensor)


def test_the_gpu_is_asked_for_in_another_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """This process never wakes CUDA up; an answer, or none, comes from its child."""
    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: True)
    gpu = cuda.Gpu("a GPU", 1000, 900)
    for look, found in (
        (lambda: gpu, gpu),
        (lambda: "no driver", "no driver"),
        (lambda: 1 / 0, "the GPU's driver does not answer"),
    ):
        monkeypatch.setattr(cuda, "look", look)
        cuda.find_gpu.cache_clear()
        assert cuda.find_gpu() == found
    cuda.find_gpu.cache_clear()
