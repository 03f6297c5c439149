"""Runs probes on a device, in processes that nobody else depends on.

A test process must never wake CUDA up: forks of it could not use CUDA, and an assertion
on the device would end all that comes after. So a *base* process is started afresh
(spawned, not forked), which imports torch and touches no device. It forks a child for
the probes, and a new one where the old one died, or its device answers no more. A probe
that must not see what others have left behind asks for a fresh child.

A probe is a function of an importable module. Its first argument is the name of the
place, the others and its result are plain values.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

PATIENCE = 240.0  # seconds for one probe; a GPU that is slow to start takes a few
CHILD_MEBIBYTES = 4096  # of the GPU's memory, for a child's tensors


class ProbeError(AssertionError):
    """A probe broke off: an exception that it did not expect, or its process ended."""


@dataclass(frozen=True)
class _Order:
    probe: Callable[..., Any]
    arguments: tuple[Any, ...]
    fresh: bool
    patience: float  # seconds


@dataclass(frozen=True)
class _Outcome:
    value: Any = None
    problem: str | None = None
    spent: bool = False  # the device of this process answers no more


class Workbench:
    """One base process for one place; use it with ``with``."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> Workbench:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._base = context.Process(target=_base, args=(theirs, self._place))
        self._base.start()
        theirs.close()
        return self

    def __exit__(self, *error: object) -> None:
        self._pipe.close()
        self._base.join(10)
        if self._base.is_alive():
            self._base.kill()
            self._base.join()

    def ask(
        self,
        probe: Callable[..., Any],
        *arguments: Any,
        fresh: bool = False,
        patience: float = PATIENCE,
    ) -> Any:
        """The result of ``probe(place, *arguments)``, run in a child.

        Args:
            probe: a function that can be imported by its name.
            arguments: plain values.
            fresh: in a child of its own, which has not used the device before.
            patience: seconds to wait for it.

        Raises:
            ProbeError: the probe raised, its process ended, or it took too long.
        """
        self._pipe.send(_Order(probe, arguments, fresh, patience))
        try:
            outcome = self._pipe.recv()
        except EOFError:
            raise ProbeError(f"no base process for {probe.__name__} any more") from None
        if outcome.problem is not None:
            raise ProbeError(f"{probe.__name__} on {self._place}: {outcome.problem}")
        return outcome.value


def _base(pipe: Connection, place: str) -> None:
    """The base process: passes orders on to children, until the pipe ends."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads do not survive forks
    from autograder.sandbox import die_with_parent

    die_with_parent(os.getppid())
    from autograder.worker.preparation import warm_up

    warm_up()
    if place == "sim":
        from autograder import simulated

        simulated.warm_up()
    shared: _Child | None = None
    while True:
        try:
            order = pipe.recv()
        except EOFError:
            break
        child = shared if shared is not None and not order.fresh else _Child(place)
        outcome = child.do(order)
        if order.fresh or outcome.spent:
            child.end()
            shared = shared if order.fresh else None
        else:
            shared = child
        pipe.send(outcome)
    if shared is not None:
        shared.end()


class _Child:
    """A fork of the base, which may use the device."""

    def __init__(self, place: str) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._pipe, place), daemon=True
        )
        self._process.start()
        theirs.close()

    def do(self, order: _Order) -> _Outcome:
        try:
            self._pipe.send(order)
            if not self._pipe.poll(order.patience):
                self._process.kill()
                why = f"no answer in {order.patience:g} seconds"
                return _Outcome(problem=why, spent=True)
            return self._pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            return _Outcome(problem=_how_it_ended(self._process), spent=True)

    def end(self) -> None:
        self._pipe.close()
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(pipe: Connection, bases: Connection, place: str) -> None:
    """A child: does orders until the base closes the pipe, or the device is spent."""
    from autograder.executor import cuda
    from autograder.sandbox import die_with_parent

    die_with_parent(os.getppid())
    bases.close()  # else the pipe would never end
    cuda.allow(CHILD_MEBIBYTES if place == "cuda" else None)
    while True:
        try:
            order = pipe.recv()
        except EOFError:
            break
        value, problem = None, None
        try:
            value = order.probe(place, *order.arguments)
        except BaseException:
            problem = traceback.format_exc()
        spent = place == "cuda" and _is_spent()
        pipe.send(_Outcome(value, problem, spent))
        if spent:
            break
    os._exit(0)  # what a broken driver does at the end of a process is not ours


def _is_spent() -> bool:
    import torch

    from autograder.executor import cuda

    return torch.cuda.is_initialized() and not cuda.works()


def _how_it_ended(process: Any) -> str:
    code = process.exitcode
    if code is not None and code < 0:
        return f"its process died of {signal.Signals(-code).name}"
    return f"its process ended with {code}"
