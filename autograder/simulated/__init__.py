"""A GPU where there is none: code that would fail on CUDA fails here, in CUDA's words.

Tensors on the device ``sim:0`` hold their values in the computer's own memory. Each
operator on them runs on the CPU, after the same question that CUDA asks: is every
tensor where it has to be? Kernels and waits of the host for the device are counted.

``available`` says why this torch cannot have it, or None. ``register`` makes the
device, once a process; nothing else in here changes torch. ``simulating`` surrounds
code that is to find a GPU, and gives its counts.
"""

from __future__ import annotations

from autograder.simulated.backend import DEVICE, available, register, warm_up
from autograder.simulated.counting import Counts, Wait
from autograder.simulated.entering import simulating
from autograder.simulated.moving import module_to_device, to_device, to_host

__all__ = [
    "DEVICE",
    "Counts",
    "Wait",
    "available",
    "module_to_device",
    "register",
    "simulating",
    "to_device",
    "to_host",
    "warm_up",
]
