"""Backwards: torch's check of devices, from which it excuses subclasses, and errors."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import overrides
from torch.autograd.function import BackwardCFunction

from autograder.simulated import lost_errors

__tracebackhide__ = True  # pytest, and its debugger, stop at the student's line

_BACKWARD: Any = torch.autograd.backward
_GRAD: Any = torch.autograd.grad
_APPLY: Any = BackwardCFunction.apply


def backward(tensors: Any, grad_tensors: Any = None, *args: Any, **kwargs: Any) -> None:
    """``torch.autograd.backward``, where gradients begin on the outputs' device."""
    _check(_listed(tensors), _listed(grad_tensors))
    _BACKWARD(tensors, grad_tensors, *args, **kwargs)


def grad(outputs: Any, inputs: Any, grad_outputs: Any = None, *a: Any, **k: Any) -> Any:
    """``torch.autograd.grad``, likewise."""
    _check(_listed(outputs), _listed(grad_outputs))
    return _GRAD(outputs, inputs, grad_outputs, *a, **k)


def apply(self: Any, *gradients: Any) -> Any:
    """Run the backward of a ``torch.autograd.Function`` and look at what it returns."""
    found = _APPLY(self, *gradients)
    returned = found if isinstance(found, tuple) else (found,)
    needed = [
        (number, gradient)
        for number, gradient in enumerate(returned)
        if self.needs_input_grad[number]
    ]
    edges = [edge for edge in self.next_functions if edge[0] is not None]
    for (number, gradient), (node, place) in zip(needed, edges):
        if isinstance(gradient, torch.Tensor):
            problem = _problem(number, node._input_metadata[place].device, gradient)
            if problem:
                raise RuntimeError(f"Function {self.name()} returned an {problem}")
    return found


@contextlib.contextmanager
def run_with(mode: overrides.TorchFunctionMode) -> Iterator[None]:
    """Within it, what a backward calls of Python's finds the mode, and errors arrive.

    torch takes a mode away while it handles a call, ``tensor.backward()`` too; but
    hooks and backwards by hand are code like any other.
    """
    engine: Any = torch.autograd
    modes: Any = overrides._get_current_function_mode_stack
    run = engine._engine_run_backward

    def run_backward(*args: Any, **kwargs: Any) -> Any:
        on = any(one is mode for one in modes())
        lost_errors.found()
        collects = gc.isenabled()
        gc.disable()  # where Python collects with an error pending, it drops the error
        try:
            with contextlib.nullcontext() if on else mode:
                return run(*args, **kwargs)
        except SystemError:
            error = lost_errors.found()
            if error is None:
                raise
        finally:
            if collects:
                gc.enable()
        try:
            raise error
        finally:
            del error  # which holds this frame, and all tensors of the call with it

    engine._engine_run_backward = run_backward
    try:
        yield
    finally:
        engine._engine_run_backward = run


def _check(outputs: Sequence[Any], gradients: Sequence[Any]) -> None:
    for number, (output, gradient) in enumerate(zip(outputs, gradients)):
        if isinstance(output, torch.Tensor) and isinstance(gradient, torch.Tensor):
            problem = _problem(number, output.device, gradient)
            if problem:
                raise RuntimeError(problem)


def _problem(number: int, wanted: torch.device, gradient: torch.Tensor) -> str | None:
    if gradient.device == wanted or gradient.dim() == 0:
        return None
    return (
        f"invalid gradient at index {number} - expected device {wanted} but got "
        f"{gradient.device}"
    )


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, (tuple, list)) else (value,)
