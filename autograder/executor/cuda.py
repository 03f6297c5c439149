"""CUDA: is there a GPU, who may use it, and how its numbers are made comparable.

A process that has asked CUDA for anything cannot fork children that use it. So whether
there is a GPU is asked in a process of its own, which ends with the answer.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import torch

MEBIBYTE = 1 << 20
_PATIENCE = 60.0  # seconds; a driver that wakes up takes a few


@dataclass(frozen=True)
class Gpu:
    """The GPU that torch takes when it is asked for ``cuda``."""

    name: str
    total_mebibytes: int
    free_mebibytes: int  # when it was found


@cache
def find_gpu() -> Gpu | str:
    """The GPU, or why there is none to use."""
    built: Any = torch.backends.cuda.is_built  # untyped in torch
    if not built():
        return f"torch {torch.__version__} is built without CUDA"
    if not hasattr(os, "fork"):
        return _found_by_another()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            os.write(writer, as_json(look()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    ready, _, _ = select.select([reader], [], [], _PATIENCE)
    text = os.read(reader, 1 << 16) if ready else b""
    os.close(reader)
    if not text:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    if not text:
        return "the GPU's driver does not answer"
    return _from_json(text.decode())


def _found_by_another() -> Gpu | str:
    """The answer of a new process, where none can be forked."""
    code = "from autograder.executor import cuda; print(cuda.as_json(cuda.look()))"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, timeout=_PATIENCE
        )
        return _from_json(done.stdout.decode())
    except (subprocess.SubprocessError, ValueError):
        return "the GPU's driver does not answer"


def as_json(found: Gpu | str) -> str:
    """The GPU, or why there is none, on one line."""
    return json.dumps(found if isinstance(found, str) else asdict(found))


def _from_json(text: str) -> Gpu | str:
    told = json.loads(text)
    return told if isinstance(told, str) else Gpu(**told)


def look() -> Gpu | str:
    """The GPU as CUDA tells of it, which this process wakes up."""
    try:
        if not torch.cuda.is_available():
            return f"torch {torch.__version__} finds no GPU"
        free, total = torch.cuda.mem_get_info()
        name = torch.cuda.get_device_name()
    except Exception as error:  # whatever a driver says
        return f"the GPU cannot be used: {' '.join(str(error).split())[:200]}"
    return Gpu(name, total // MEBIBYTE, free // MEBIBYTE)


_CAP: list[int] = []  # MiB that tensors of this process may take
_AWAKE: list[bool] = []
_RUNNING: list[bool] = []  # a call on the GPU
_CHOICE = ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER")


def chosen() -> dict[str, str]:
    """Which of several GPUs whoever runs this process has chosen, by environment."""
    return {name: os.environ[name] for name in _CHOICE if name in os.environ}


def allow(mebibytes: int | None) -> None:
    """Decide, before a student's first line, whether this process may use the GPU.

    Args:
        mebibytes: of the GPU's memory that it may use; None hides the GPU.
    """
    _CAP[:] = [] if mebibytes is None else [mebibytes]
    if mebibytes is None:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
        return
    _hide_from_calls_on_the_cpu()
    os.environ |= {
        "CUDA_LAUNCH_BLOCKING": "1",  # an error is raised at the line that makes it
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # without it sums are not repeatable
        "CUDA_CACHE_DISABLE": "1",  # writes no files
    }


def _hide_from_calls_on_the_cpu() -> None:
    """At import, and while a call runs on the CPU, no code finds a GPU."""
    asked = torch.cuda.is_available
    if getattr(asked, "autograder", False):
        return

    def is_available() -> bool:
        return bool(_RUNNING) and asked()

    vars(is_available)["autograder"] = True
    vars(torch.cuda)["is_available"] = is_available


def start() -> None:
    """Wake CUDA up and cap its memory, so that no call of a student's pays for it.

    The second time nothing happens.
    """
    if _AWAKE:
        return
    init: Any = torch.cuda.init  # untyped in torch
    init()
    total = torch.cuda.get_device_properties(0).total_memory / MEBIBYTE
    for cap in _CAP:
        torch.cuda.set_per_process_memory_fraction(min(1.0, cap / total))
    with exact_numbers():
        weight: Any = torch.ones(2, 2, device="cuda", requires_grad=True)
        (weight @ weight).sum().backward()
    torch.cuda.synchronize()
    _AWAKE.append(True)


@contextlib.contextmanager
def exact_numbers() -> Iterator[None]:
    """Within it CUDA is found, rounds as IEEE 754 has it, and repeats its numbers.

    No TF32, which has 10 bits where float32 has 23; deterministic kernels where torch
    has them. ``torch.use_deterministic_algorithms`` would import torch's compiler.
    """
    state: Any = torch._C
    kept = (
        state._get_deterministic_algorithms(),
        state._get_deterministic_algorithms_warn_only(),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer versions have another name for this
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
    for owner in _precisions():
        owner.fp32_precision = "ieee"
    products: Any = torch.backends.cuda.matmul
    products.allow_fp16_reduced_precision_reduction = False
    products.allow_bf16_reduced_precision_reduction = False
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    warnings.filterwarnings("ignore", message=".*not have a deterministic impl")
    state._set_deterministic_algorithms(True, warn_only=True)
    _RUNNING.append(True)
    try:
        yield
    finally:
        _RUNNING.pop()
        state._set_deterministic_algorithms(kept[0], warn_only=kept[1])


def _precisions() -> list[Any]:
    """Where newer versions of torch keep how float32 may be rounded."""
    backends: Any = torch.backends
    cudnn = backends.cudnn
    places = [backends, backends.cuda.matmul, cudnn]
    places += [getattr(cudnn, name, None) for name in ("conv", "rnn")]
    return [place for place in places if hasattr(place, "fp32_precision")]


def works() -> bool:
    """Whether the GPU still answers this process.

    After an assertion on the device, or an illegal access, nothing does any more.
    """
    try:
        torch.cuda.synchronize()
    except Exception:
        return False
    return True
