"""Answers that know nothing: zeros, the mean, NaN, the input itself.

They have the right structure, shapes and dtypes. A check that compares numbers and lets
one of them pass as a whole proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch

from autograder.checking.callers import Caller
from autograder.protocol.calls import Answer, Request
from autograder.protocol.throwing import Thrown

Forge = Callable[[torch.Tensor, list[torch.Tensor]], torch.Tensor]


def _zeros(answer: torch.Tensor, inputs: list[torch.Tensor]) -> torch.Tensor:
    return torch.zeros_like(answer)


def _mean(answer: torch.Tensor, inputs: list[torch.Tensor]) -> torch.Tensor:
    mean = answer.mean() if answer.numel() else torch.zeros(())
    return torch.full_like(answer, float(mean))


def _nan(answer: torch.Tensor, inputs: list[torch.Tensor]) -> torch.Tensor:
    return torch.full_like(answer, torch.nan)


def _input(answer: torch.Tensor, inputs: list[torch.Tensor]) -> torch.Tensor:
    """The first input of the answer's shape; else the first input's values, cut."""
    floats = [t for t in inputs if t.is_floating_point() and t.numel()]
    same = [t for t in floats if t.shape == answer.shape]
    if same:
        return same[0].detach().to(answer.dtype).clone()
    if not floats:
        return torch.ones_like(answer)
    values = floats[0].detach().reshape(-1).to(answer.dtype)
    times = -(-answer.numel() // max(values.numel(), 1))
    return values.repeat(max(times, 1))[: answer.numel()].reshape(answer.shape).clone()


TRIVIAL: dict[str, Forge] = {
    "zeros": _zeros,
    "the mean": _mean,
    "NaN": _nan,
    "a copy of the input": _input,
}


class TrivialCaller:
    """Calls the reference and replaces every number in its tensors."""

    def __init__(self, inner: Caller, forge: Forge) -> None:
        self._inner = inner
        self._forge = forge
        self.release = inner.release
        self.forget = inner.forget
        self.parameter_names = inner.parameter_names

    def call(self, request: Request) -> Answer:
        """Run one call and forge its tensors."""
        return self._forged(self._inner.call(request), request)

    def _forged(self, answer: Answer, request: Request) -> Answer:
        forged = [
            self._forge(tensor, request.tensors)
            if tensor.is_floating_point()
            else tensor
            for tensor in answer.tensors
        ]
        gradients = answer.gradients
        if gradients is not None:
            starts = [request.tensors[c] for c in request.cotangents if c is not None]
            gradients = [
                None if g is None else self._forge(g, starts) for g in gradients
            ]
        again = answer.again
        if again is not None:
            again = self._forged(again, request)
        return replace(answer, tensors=forged, gradients=gradients, again=again)

    def backward(
        self, graph: int, cotangents: list[torch.Tensor | None]
    ) -> list[torch.Tensor | None] | Thrown:
        """Run one backward and forge its gradients."""
        found = self._inner.backward(graph, cotangents)
        if isinstance(found, Thrown):
            return found
        given = [cotangent for cotangent in cotangents if cotangent is not None]
        return [None if g is None else self._forge(g, given) for g in found]
