"""How torch is set up wherever checks or a student's code run on a CPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


def tune_for_small_tensors() -> None:
    """One thread, and no kernels that are compiled for one shape.

    Checks use tensors of hundreds of values. Threads cost more than they bring there,
    and break every process that is forked later; oneDNN compiles a kernel for each new
    shape, which takes as long as dozens of calls of the ready-made ones. NNPACK, which
    torch takes for 3 by 3 kernels where the batch has 16 images or more, is slower for
    small ones, and its shortcut loses twenty times as many digits.
    """
    torch.set_num_threads(1)
    set_flags: Any = torch.backends.mkldnn.set_flags  # untyped in torch
    set_flags(False)
    set_nnpack: Any = torch.backends.nnpack.set_flags  # untyped in torch, too
    set_nnpack(False)


@contextmanager
def one_dnn(is_on: bool) -> Iterator[None]:
    """Within it torch may use oneDNN, as it does by itself."""
    if not is_on:
        yield
        return
    set_flags: Any = torch.backends.mkldnn.set_flags
    before = set_flags(True)
    try:
        yield
    finally:
        set_flags(before[0])
