"""Whether sandboxed children can use the GPU, and how many of them at a time."""

from __future__ import annotations

import torch

from autograder.checking.callers import Stopped
from autograder.executor.cuda import Gpu
from autograder.grading.children import Line, ZygoteError
from autograder.grading.limits import (
    GPU_CONTEXT_MEBIBYTES,
    GPU_PROBLEM_CHARACTERS,
    GPU_TRIAL_CALL_SECONDS,
    GPU_TRIAL_SECONDS,
)
from autograder.grading.process import GpuError
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.wire import Budget
from autograder.protocol.calls import Request
from autograder.protocol.values import Packer

_TRIAL = "def double(x):\n    return 2 * x\n"


def room_for(gpu: Gpu, mebibytes: int) -> int:
    """How many children fit into the GPU's free memory; one is always tried."""
    return max(1, gpu.free_mebibytes // (mebibytes + GPU_CONTEXT_MEBIBYTES))


def why_not(line: Line, mebibytes: int) -> str | None:
    """Why a sandboxed child cannot compute on the GPU; None where it can."""
    budget = Budget.of(GPU_TRIAL_SECONDS)
    job = CalledFile({"trial": _TRIAL}, "trial", (), mebibytes)
    caller = RemoteCaller(line, job, budget, GPU_TRIAL_CALL_SECONDS, lambda name: ["x"])
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
        told = answer.thrown.message[:GPU_PROBLEM_CHARACTERS]
        return f"a sandboxed process cannot use the GPU: {told}"
    right = answer.devices == ["cuda"] and torch.equal(
        answer.tensors[0], torch.full((3,), 2.0)
    )
    return None if right else "the GPU gives wrong answers to a sandboxed process"
