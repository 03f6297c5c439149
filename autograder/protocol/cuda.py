"""The GPU of this machine, found without touching it: who forks must not have used it.

A process that has asked CUDA for anything cannot fork children that use it. So the
question is put in a process of its own, which ends with the answer.
"""

from __future__ import annotations

import json
import os
import select
import signal
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
        return _looked()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            found = _looked()
            told = found if isinstance(found, str) else asdict(found)
            os.write(writer, json.dumps(told).encode())
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
    told = json.loads(text)
    return told if isinstance(told, str) else Gpu(**told)


def _looked() -> Gpu | str:
    try:
        if not torch.cuda.is_available():
            return f"torch {torch.__version__} finds no GPU"
        free, total = torch.cuda.mem_get_info()
        name = torch.cuda.get_device_name()
    except Exception as error:  # whatever a driver says
        return f"the GPU cannot be used: {' '.join(str(error).split())[:200]}"
    return Gpu(name, total // MEBIBYTE, free // MEBIBYTE)
