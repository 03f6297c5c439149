"""Gradients on the wrong device: torch itself excuses subclasses from its check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.autograd.function import BackwardCFunction

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
