"""Probes of the numbers that a device gives, and of what it allows."""

from __future__ import annotations

import hashlib
import os
import signal
from typing import Any

import torch
import torch.nn.functional as F

from autograder.executor.devices import on_host
from tests.gpu.code_probes import on
from tests.gpu.workbench import CHILD_MEBIBYTES
from tests.simulated import modules_of_torch

SIZE = 1024


def product_error(place: str) -> float:
    """Error of a 1024 by 1024 product in float32, relative to the largest true value.

    Beforehand TF32 is switched on, as a student's code may have done.
    """
    generator = torch.Generator().manual_seed(2)
    left, right = torch.randn(2, SIZE, SIZE, generator=generator)
    truth = left.double() @ right.double()
    return _error(place, torch.matmul, truth, left, right)


def convolution_error(place: str) -> float:
    """The same of a convolution."""
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(2, 32, 24, 24, generator=generator)
    weight = torch.randn(16, 32, 3, 3, generator=generator)
    truth = F.conv2d(x.double(), weight.double())
    return _error(place, F.conv2d, truth, x, weight)


def _error(place: str, function: Any, truth: torch.Tensor, *given: Any) -> float:
    device = on(place)
    moved = [device.put(tensor) for tensor in given]
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    with device.around():
        found = function(*moved)
    error = (on_host(found).double() - truth).abs().max() / truth.abs().max()
    return float(error)


def digests(place: str) -> dict[str, str]:
    """A digest of the bits of some results, each made twice, at once and again."""
    found = {}
    for name in ("a small network", "LSTM", "Conv2d", "MultiheadAttention"):
        make, shape = modules_of_torch.CASES[name]
        x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
        for attempt in ("first", "second"):
            moved = on(place).put(x.clone())
            with on(place).around():
                values = modules_of_torch.trained(make, moved, "cuda")
            found[f"{name}, {attempt}"] = _digest(values)
    for attempt in ("first", "second"):
        found[f"sums of many, {attempt}"] = _digest(_sums(place))
    return found


def _sums(place: str) -> list[torch.Tensor]:
    """What adds many numbers in one place, in an order that a GPU may choose."""
    generator = torch.Generator().manual_seed(4)
    numbers = torch.randn(20_000, generator=generator)
    places = torch.randint(0, 7, (20_000,), generator=generator)
    device = on(place)
    x, where = device.put(numbers), device.put(places)
    with device.around():
        table = torch.zeros(7, device=x.device, requires_grad=True)
        F.embedding(where, table[:, None]).mul(x[:, None]).sum().backward()
        assert table.grad is not None
        zeros = torch.zeros(7, device=x.device)
        return [
            zeros.index_add(0, where, x),
            zeros.scatter_add(0, where, x),
            zeros.index_put((where,), x, accumulate=True),
            table.grad,
            x.sum(),
        ]


def _digest(values: list[torch.Tensor]) -> str:
    digest = hashlib.sha256()
    for value in values:
        digest.update(on_host(value).contiguous().numpy().tobytes())
    return digest.hexdigest()


def taken(place: str, mebibytes: int) -> str:
    """What torch says to a demand for memory; an empty text where it is met."""
    try:
        torch.empty(mebibytes << 20, dtype=torch.uint8, device=place)
    except torch.cuda.OutOfMemoryError as error:
        return str(error)
    return ""


def taken_beyond_the_cap(place: str) -> dict[str, Any]:
    """Demands below and above the cap, and whether the device works afterwards."""
    on(place)  # which sets the cap
    total = torch.cuda.get_device_properties(0).total_memory >> 20
    found: dict[str, Any] = {
        "cap": CHILD_MEBIBYTES,
        "total": total,
        "half": taken(place, CHILD_MEBIBYTES // 2),
        "more": taken(place, CHILD_MEBIBYTES + 256),
    }
    return found | {"afterwards": doubled(place)}


def asserts_on_the_device(place: str) -> str:
    """The type of exception that a position outside of a table brings."""
    device = on(place)
    table = device.put(torch.ones(3, 2))
    rows = device.put(torch.tensor([0, 3]))
    try:
        with device.around():
            on_host(F.embedding(rows, table))
    except Exception as error:
        return type(error).__name__
    return ""


def doubled(place: str) -> list[float]:
    """Something that works, wherever the device does."""
    device = on(place)
    with device.around():
        found = device.put(torch.arange(3.0)) * 2
    return on_host(found).tolist()


def raises(place: str) -> None:
    """Breaks off."""
    raise LookupError(f"nothing on {place}")


def dies(place: str) -> None:
    """Takes its process with it."""
    os.kill(os.getpid(), signal.SIGKILL)


def never_answers(place: str) -> None:
    """Waits for what does not come."""
    signal.pause()


def process(place: str) -> int:
    """The process that it runs in."""
    return os.getpid()
