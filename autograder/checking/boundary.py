"""Autograd across the boundary: one call into student code is one node of the graph."""

from __future__ import annotations

import builtins
from typing import Any

import torch

from autograder.checking.callers import Caller, Stopped
from autograder.checking.case import GRADIENT, Event, current
from autograder.protocol.calls import Answer
from autograder.protocol.exceptions import Thrown
from autograder.verdict import Outcome


def _note_gradients(
    cotangents: list[torch.Tensor | None], found: list[torch.Tensor | None] | Thrown
) -> None:
    if isinstance(found, Thrown):
        answer = Answer(thrown=found)
    else:
        there = [gradient is not None for gradient in found]
        gradients = [gradient for gradient in found if gradient is not None]
        answer = Answer(value=there, tensors=gradients)
    given = [cotangent for cotangent in cotangents if cotangent is not None]
    current().events.append(Event(GRADIENT, None, given, answer))


def through(
    graph: Graph, answer: Answer, tracked: list[torch.Tensor]
) -> tuple[torch.Tensor, ...]:
    """The answer's tensors, as functions of the tracked inputs of its call."""
    apply: Any = _Boundary.apply
    outputs: tuple[torch.Tensor, ...] = apply(graph, answer, *tracked)
    return outputs


class Graph:
    """A worker's graph; forgotten there once nobody here can ask for it."""

    def __init__(self, caller: Caller, number: int, is_of_check: bool = True) -> None:
        self.caller = caller
        self.number = number
        self.is_of_check = is_of_check  # what a check asks for is noted in its case

    def __del__(self) -> None:
        self.caller.release([self.number])


class _Boundary(torch.autograd.Function):
    """One call into student code as one node of the graph."""

    @staticmethod
    def forward(
        ctx: Any, graph: Graph, answer: Answer, *tracked: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        ctx.set_materialize_grads(False)
        ctx.graph = graph
        ctx.inputs = [(tensor.shape, tensor.dtype) for tensor in tracked]
        ctx.differentiable = answer.differentiable
        # The case keeps the answer; through its own tensors it would keep the graph.
        outputs = tuple(tensor.detach() for tensor in answer.tensors)
        constant = [
            output for output, keep in zip(outputs, answer.differentiable) if not keep
        ]
        ctx.mark_non_differentiable(*constant)
        return outputs

    @staticmethod
    def backward(ctx: Any, *cotangents: torch.Tensor | None) -> Any:
        if torch.is_grad_enabled():  # create_graph; torch's own mark lets some pass
            raise RuntimeError(
                "a gradient through student code cannot be differentiated again; "
                "leave create_graph out"
            )
        wanted = [c for c, keep in zip(cotangents, ctx.differentiable) if keep]
        found = ctx.graph.caller.backward(ctx.graph.number, wanted)
        if ctx.graph.is_of_check:
            _note_gradients(wanted, found)
        if isinstance(found, Thrown):
            raise as_exception(found)
        fits = [g is None or (g.shape, g.dtype) == i for g, i in zip(found, ctx.inputs)]
        if len(found) != len(ctx.inputs) or not all(fits):
            # Only a worker that lies gets here; torch checks an honest one's.
            raise Stopped(Outcome.CRASHED, "gradients that do not fit their inputs")
        return (None, None, *found)


def as_exception(thrown: Thrown) -> BaseException:
    """The exception of the nearest built-in type, with the facts attached."""
    error: Any = thrown.original
    if not isinstance(error, Exception):
        kind = getattr(builtins, thrown.nearest, Exception)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            kind = RuntimeError
        error = _made(kind, thrown.message)
    error.student_thrown = thrown
    raised: BaseException = error
    return raised


def thrown_by_student(error: BaseException) -> Thrown | None:
    """The facts of an exception that came out of student code, else None."""
    return getattr(error, "student_thrown", None)


def _made(kind: type[Exception], message: str) -> Exception:
    """An exception of that type, or of the nearest base that takes one text."""
    for base in kind.__mro__:
        try:
            made = base(message)
        except TypeError:
            continue  # UnicodeDecodeError wants five arguments
        if isinstance(made, Exception):
            return made
    return Exception(message)
