"""Counts what a GPU has least of: time for kernels, patience of the host, memory."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from types import FrameType

import torch

_PLACES = 20  # of so many waits; the others are counted without one
_OURS = (os.path.dirname(__file__), os.path.dirname(torch.__file__))


@dataclass(frozen=True)
class Wait:
    """The host waited until the device had finished."""

    what: str  # ".item()"
    lines: tuple[tuple[str, int], ...]  # file and line, innermost first; torch's not


@dataclass
class Counts:
    """Kernels launched on the device, memory taken there, and waits for it."""

    kernels: int = 0
    peak: int = 0  # bytes held at a time, at most, of what was taken since the restart
    live: int = 0  # bytes held now
    epoch: int = 0
    waited: int = 0
    waits: list[Wait] = field(default_factory=list)  # the first of them
    is_host: bool = False  # its memory is taken for the host's, too

    def wait(self, what: str) -> None:
        """The host waits; not for somebody who looks at it in a debugger."""
        if sys.gettrace() is not None and _asked_by_a_debugger():
            return
        self.waited += 1
        if len(self.waits) < _PLACES:
            self.waits.append(Wait(what, _lines()))

    def restart(self) -> None:
        """Count from zero."""
        self.kernels = self.waited = self.peak = self.live = 0
        self.waits = []
        self.epoch += 1


COUNTS = Counts()


class Memory:
    """A piece of the device's memory; tensors that share it share this object."""

    __slots__ = ("epoch", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.epoch = COUNTS.epoch
        COUNTS.live += size
        COUNTS.peak = max(COUNTS.peak, COUNTS.live)

    def __del__(self) -> None:
        if self.epoch == COUNTS.epoch:
            COUNTS.live -= self.size


def _asked_by_a_debugger() -> bool:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if os.path.basename(frame.f_code.co_filename) in ("pdb.py", "bdb.py"):
            return True
        frame = frame.f_back
    return False


def _lines() -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and len(found) < 30:
        name = frame.f_code.co_filename
        if not name.startswith(_OURS):
            found.append((name, frame.f_lineno))
        frame = frame.f_back
    return tuple(found)
