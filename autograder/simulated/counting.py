"""Counts what costs time on a GPU: kernels, and waits of the host for the device."""

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
    """Kernels launched on the device, and waits for it."""

    kernels: int = 0
    waited: int = 0
    waits: list[Wait] = field(default_factory=list)  # the first of them

    def wait(self, what: str) -> None:
        """The host waits."""
        self.waited += 1
        if len(self.waits) < _PLACES:
            self.waits.append(Wait(what, _lines()))

    def restart(self) -> None:
        """Count from zero."""
        self.kernels = self.waited = 0
        self.waits = []

    def taken(self) -> Counts:
        """What has been counted, as an object of its own."""
        return Counts(self.kernels, self.waited, list(self.waits))


COUNTS = Counts()


def _lines() -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and len(found) < 30:
        name = frame.f_code.co_filename
        if not name.startswith(_OURS):
            found.append((name, frame.f_lineno))
        frame = frame.f_back
    return tuple(found)
