"""Answers that know nothing: zeros, the mean, NaN, the input itself.

They have the right structure, shapes and dtypes; numbers of Python are forged as those
in tensors are. A check that compares numbers and lets one of them pass as a whole
proves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch

from autograder.checking.callers import Caller
from autograder.protocol.calls import Answer, Request
from autograder.protocol.exceptions import Thrown
from autograder.protocol.values import Tree, unpack


@dataclass(frozen=True)
class Forgery:
    """How tensors are replaced, and how the floats of an answer are."""

    tensor: Callable[[torch.Tensor, list[torch.Tensor]], torch.Tensor]
    number: Callable[[list[float], list[float]], float]  # of the answer, of the inputs


def _zeros(answer: torch.Tensor, inputs: list[torch.Tensor]) -> torch.Tensor:
    return torch.zeros_like(answer)


def _mean(answer: torch.Tensor, inputs: list[torch.Tensor]) -> torch.Tensor:
    """The mean of several; one alone is its own mean, so then that of the inputs."""
    known = answer if answer.numel() > 1 else _values(inputs)
    return torch.full_like(answer, float(known.double().mean()) if len(known) else 0.5)


def _values(inputs: list[torch.Tensor]) -> torch.Tensor:
    """All floating-point numbers of the inputs in a row."""
    floats = [t.detach().double().flatten() for t in inputs if t.is_floating_point()]
    return torch.cat(floats) if floats else torch.zeros(0)


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


def _mean_number(answer: list[float], inputs: list[float]) -> float:
    """The mean of several; one alone is its own mean, so then that of the inputs."""
    known = answer if len(answer) > 1 else inputs
    return math.fsum(known) / len(known) if known else 0.5


TRIVIAL = {
    "zeros": Forgery(_zeros, lambda answer, inputs: 0.0),
    "the mean": Forgery(_mean, _mean_number),
    "NaN": Forgery(_nan, lambda answer, inputs: math.nan),
    "a copy of the input": Forgery(
        _input, lambda answer, inputs: inputs[0] if inputs else 1.0
    ),
}


class TrivialCaller:
    """Calls the reference and replaces every floating-point number in its answers."""

    def __init__(self, inner: Caller, forgery: Forgery) -> None:
        self._inner = inner
        self._forge = forgery.tensor
        self._number = forgery.number
        self.release = inner.release
        self.forget = inner.forget
        self.parameter_names = inner.parameter_names
        self.output_names = inner.output_names

    def call(self, request: Request) -> Answer:
        """Run one call and forge its numbers."""
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
        return replace(
            answer,
            value=self._tree(answer.value, request),
            tensors=forged,
            gradients=gradients,
            again=again,
        )

    def _tree(self, tree: Tree, request: Request) -> Tree:
        numbers = list(_floats(tree))
        if not numbers:
            return tree
        number = self._number(numbers, list(_floats_given(request)))
        return _with_floats(
            tree, number if math.isfinite(number) else {"float": repr(number)}
        )

    def backward(
        self, graph: int, cotangents: list[torch.Tensor | None]
    ) -> list[torch.Tensor | None] | Thrown:
        """Run one backward and forge its gradients."""
        found = self._inner.backward(graph, cotangents)
        if isinstance(found, Thrown):
            return found
        given = [cotangent for cotangent in cotangents if cotangent is not None]
        return [None if g is None else self._forge(g, given) for g in found]


def _is_float(tree: Tree) -> bool:
    return type(tree) is float or (type(tree) is dict and "float" in tree)


def _floats(tree: Tree) -> Iterator[float]:
    """The floats of a tree, in order; keys of dicts and other words are none."""
    if _is_float(tree):
        yield unpack(tree, [])
    elif isinstance(tree, list):
        for item in tree:
            yield from _floats(item)
    elif isinstance(tree, dict):
        for kind, content in tree.items():
            if kind == "dict":
                yield from _floats([item for _, item in content])
            elif kind == "tuple":
                yield from _floats(content)


def _floats_given(request: Request) -> Iterator[float]:
    """The floats that a call was given: the first of each tensor, then plain ones."""
    for tensor in request.tensors:
        if tensor.is_floating_point() and tensor.numel():
            yield float(tensor.reshape(-1)[0])
    yield from _floats(request.args)
    yield from _floats(request.kwargs)


def _with_floats(tree: Tree, number: Tree) -> Tree:
    if _is_float(tree):
        return number
    if isinstance(tree, list):
        return [_with_floats(item, number) for item in tree]
    if isinstance(tree, dict):
        changed: dict[str, Any] = {}
        for kind, content in tree.items():
            if kind == "dict":
                content = [[key, _with_floats(item, number)] for key, item in content]
            elif kind == "tuple":
                content = _with_floats(content, number)
            changed[kind] = content
        return changed
    return tree
