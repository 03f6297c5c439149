"""Whether sandboxed children can use the GPU, and how many of them at a time."""

from __future__ import annotations

import torch

from autograder.checking.callers import Stopped
from autograder.executor.cuda import Gpu
from autograder.grading.children import Line, ZygoteError
from autograder.grading.process import GpuError
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.wire import Budget
from autograder.protocol.calls import Request
from autograder.protocol.values import Packer

CONTEXT_MEBIBYTES = 700  # what CUDA takes for a process, tensors aside
_TRIAL = "def double(x):\n    return 2 * x\n"


def room_for(gpu: Gpu, mebibytes: int) -> int:
    """How many children fit into the GPU's free memory; one is always tried."""
    return max(1, gpu.free_mebibytes // (mebibytes + CONTEXT_MEBIBYTES))


def why_not(line: Line, mebibytes: int) -> str | None:
    """Why a sandboxed child cannot compute on the GPU; None where it can."""
    budget = Budget.of(60)
    job = CalledFile({"trial": _TRIAL}, "trial", (), mebibytes)
    caller = RemoteCaller(line, job, budget, 10.0, lambda name: ["x"])
    packer = Packer(lambda value: None)
    args = packer.pack((torch.ones(3),))
    request = Request(
        ["function", "double"], args, packer.pack({}), packer.tensors, device="cuda"
    )
    try:
        caller.start()
        answer = caller.call(request)
    except (Stopped, GpuError, ZygoteError) as error:
        return f"a sandboxed process cannot use the GPU: {error}"
    finally:
        caller.close()
    if answer.thrown is not None:
        return f"a sandboxed process cannot use the GPU: {answer.thrown.message[:300]}"
    right = answer.devices == ["cuda"] and torch.equal(
        answer.tensors[0], torch.full((3,), 2.0)
    )
    return None if right else "the GPU gives wrong answers to a sandboxed process"
