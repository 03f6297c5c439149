"""A caller at home with a limit on each call, by the process's own timer."""

from __future__ import annotations

import ast
import linecache
import signal
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, TracebackType

import torch

from autograder.checking.callers import Stopped
from autograder.checking.local import LocalCaller
from autograder.executor.targets import Interrupted
from autograder.protocol.calls import Answer, Request
from autograder.protocol.exceptions import Thrown, place_text
from autograder.verdict import Outcome

CAN_TIME = hasattr(signal, "setitimer") and hasattr(signal, "SIGPROF")


class TimedCaller:
    """Runs calls in this process and stops each after some seconds of CPU time.

    A function or class that ran out of time is not called again. Nothing is contained:
    a loop that swallows every exception is ended by whoever watches this process.
    """

    def __init__(
        self, inner: LocalCaller, seconds: float, sources: Mapping[str, str]
    ) -> None:
        self._inner = inner
        self._seconds = seconds
        self._sources = sources  # names of the student's files, by those in tracebacks
        self._stopped: dict[str, Stopped] = {}
        self._asked: dict[int, str] = {}  # by graph: whose backward it is
        self.release = inner.release
        self.parameter_names = inner.parameter_names
        self.output_names = inner.output_names

    def call(self, request: Request) -> Answer:
        """Run one call."""
        # The target of an object's method is a number; the name says whose it is.
        name = request.name or str(request.target[1])
        self._refuse_stopped(name)
        with self._limited(name, name):
            answer = self._inner.call(request)
        if answer.graph is not None:
            self._asked[answer.graph] = name
        return answer

    def backward(
        self, graph: int, cotangents: list[torch.Tensor | None]
    ) -> list[torch.Tensor | None] | Thrown:
        """Run one backward through a call made before."""
        name = self._asked.get(graph, "a call")
        self._refuse_stopped(name)
        with self._limited(f"the backward of {name}", name):
            return self._inner.backward(graph, cotangents)

    def forget(self) -> None:
        """Forget all objects and graphs; what was stopped stays stopped."""
        self._asked.clear()
        self._inner.forget()

    def _refuse_stopped(self, name: str) -> None:
        known = self._stopped.get(name.partition(".")[0])
        if known is not None:
            # A new one: that which was raised holds on to the frames of its check.
            raise Stopped(known.outcome, known.detail, known.look_at)

    @contextmanager
    def _limited(self, doing: str, name: str) -> Iterator[None]:
        if not CAN_TIME:
            yield
            return

        def stop(number: int, frame: FrameType | None) -> None:
            raise Interrupted

        before = signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, self._seconds)
        try:
            yield
        except Interrupted as interrupted:
            detail = f"{doing}: no answer in {self._seconds:g} s"
            loop = _loop_in(interrupted.__traceback__, self._sources)
            found = Stopped(Outcome.OUT_OF_TIME, detail, loop)
            self._stopped[name.partition(".")[0]] = found
            raise Stopped(Outcome.OUT_OF_TIME, detail, loop) from None
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)


def _loop_in(stack: TracebackType | None, sources: Mapping[str, str]) -> str | None:
    """The student's own loop that was running: ``pooling.py:12``.

    A ``while`` may never end, so the innermost counts; where there is none it is the
    outermost ``for``. Other lines are where it was by chance, and are not told.
    """
    loops: list[tuple[str, ast.stmt]] = []
    for entry in traceback.extract_tb(stack):
        if entry.filename in sources and entry.lineno is not None:
            place = sources[entry.filename]
            loops += [(place, loop) for loop in _loops(entry.filename, entry.lineno)]
    endless = [pair for pair in loops if isinstance(pair[1], ast.While)]
    for place, loop in (*endless[-1:], *loops[:1]):
        return place_text(place, loop.lineno)
    return None


def _loops(file: str, line: int) -> list[ast.stmt]:
    """The loops around a line of a file, outermost first."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    kinds = (ast.While, ast.For)
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, kinds) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return sorted(around, key=lambda loop: loop.lineno)
