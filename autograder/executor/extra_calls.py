"""One more call of each function, whose answer nobody sees, with an eye on it.

What looks at operators makes each of them some twenty microseconds slower, and has a
hand in how they are run. So no call that is judged is looked at: a function that is
called twice on the same arguments anyway is called once more in between.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch

from autograder.executor.targets import Interrupted

SECONDS = 0.02  # CPU time of a call at most: with an eye on it, it takes ten times that
Around = Callable[[str], AbstractContextManager[Any]]


class ExtraCalls:
    """Makes them; ``around`` surrounds a call, and is told whose it is."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._made: set[str] = set()
        self._began = 0.0

    def begin(self) -> None:
        """A judged call begins."""
        self._began = time.process_time()

    def make(self, name: str, call: Callable[[], object]) -> None:
        """One of the function that was just called, if there was none before."""
        took = time.process_time() - self._began
        if name in self._made or took > SECONDS:
            return
        self._made.add(name)
        with _same_draws(), self._around(name):
            try:
                call()
            except Interrupted:
                raise
            except BaseException:  # it is not judged; the next one is
                return


@contextlib.contextmanager
def _same_draws() -> Iterator[None]:
    """What is drawn at random within it is drawn again afterwards."""
    kept = torch.get_rng_state(), random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        torch.set_rng_state(kept[0])
        random.setstate(kept[1])
        np.random.set_state(kept[2])
