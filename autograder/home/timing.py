"""A caller at home with a limit on each call, by the process's own timer."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import torch

from autograder.checking.callers import Stopped
from autograder.checking.local import LocalCaller
from autograder.protocol.answering import Interrupted
from autograder.protocol.calls import Answer, Request
from autograder.protocol.throwing import Thrown
from autograder.verdict import Outcome

CAN_TIME = hasattr(signal, "setitimer") and hasattr(signal, "SIGPROF")


class TimedCaller:
    """Runs calls in this process and stops each after some seconds of CPU time.

    A function that ran out of time is not called again. Nothing is contained: a loop
    that swallows every exception is ended by whoever watches this process.
    """

    def __init__(self, inner: LocalCaller, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds
        self._stopped: dict[str, Stopped] = {}
        self.release = inner.release
        self.forget = inner.forget
        self.parameter_names = inner.parameter_names

    def call(self, request: Request) -> Answer:
        """Run one call."""
        name = str(request.target[1])
        if name in self._stopped:
            raise self._stopped[name]
        try:
            with self._limited(name):
                return self._inner.call(request)
        except Stopped as stopped:
            self._stopped[name] = stopped
            raise

    def backward(
        self, graph: int, cotangents: list[torch.Tensor | None]
    ) -> list[torch.Tensor | None] | Thrown:
        """Run one backward through a call made before."""
        with self._limited("the backward"):
            return self._inner.backward(graph, cotangents)

    @contextmanager
    def _limited(self, doing: str) -> Iterator[None]:
        if not CAN_TIME:
            yield
            return

        def stop(number: int, frame: FrameType | None) -> None:
            raise Interrupted

        before = signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, self._seconds)
        try:
            yield
        except Interrupted:
            raise Stopped(
                Outcome.OUT_OF_TIME, f"{doing}: no answer in {self._seconds:g} s"
            ) from None
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
