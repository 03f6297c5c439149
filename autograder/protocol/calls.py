"""A call and its answer, as they are asked and given on both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import torch

from autograder.protocol.exceptions import Thrown
from autograder.protocol.values import Tree


@dataclass(frozen=True)
class Request:
    """One call.

    ``target`` is ``["function", name]``, ``["handle", id]``, ``["method", id, name]``,
    ``["public", name]``, ``["scripted"]`` or ``["shapes", id]``. ``weights`` maps
    parameter names to tensor numbers; ``tracked`` are the numbers of the tensors that
    require gradients.
    """

    target: list[Any]
    args: Tree
    kwargs: Tree
    tensors: list[torch.Tensor]
    weights: dict[str, int] | None = None
    tracked: list[int] = field(default_factory=list)
    keep: bool = False  # make a handle of the result, whatever it is
    device: str = "cpu"
    dtype: str | None = None  # "float32": what a module that is made here is to be in
    name: str = ""  # "ConvNet.fit", for messages; it stays with who asks
    # Answer twice: first plainly; then following gradients. With cotangents (tensor
    # numbers, the last ones; one for each tensor of the value, None for those that the
    # gradients do not start from) these come back at once, and no graph is kept.
    twice: bool = False
    cotangents: list[int | None] = field(default_factory=list)
    # Many calls in one message: ``args`` is then a list of lists of plain values, and
    # the value a list of answers, ``{"raised": type}`` where a call raised.
    many: bool = False


@dataclass(frozen=True)
class Answer:
    """What came of a call: ``thrown``, ``misfit``, ``missing``, or else the value."""

    value: Tree = None
    tensors: list[torch.Tensor] = field(default_factory=list)
    differentiable: list[bool] = field(default_factory=list)
    graph: int | None = None
    changed: list[int] = field(default_factory=list)  # tensors that the call changed
    # Other arguments that it changed: place ("0", or a keyword), and what happened.
    altered: list[list[str]] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)  # of the tensors, before .cpu()
    printed: str = ""
    used: list[str] = field(default_factory=list)  # forbidden names seen at run time
    thrown: Thrown | None = None
    misfit: list[str] | None = None  # weights that do not fit: [expected, got]
    missing: list[str] | None = None  # the names there are, where the asked one is not
    gradients: list[torch.Tensor | None] | None = None  # of the tracked inputs
    again: Answer | None = None  # to the second of two calls
    spent: bool = False  # who answers can answer no other call
    # On a device whose work is counted, by the student's code alone:
    kernels: int = 0  # launched
    peak: int = 0  # bytes of memory at a time, the inputs aside
    waited: int = 0  # times that the host waited for the device
    waits: list[str] = field(default_factory=list)  # the first: ".item() at a.py:12"


Part = TypeVar("Part", Request, Answer)


def with_other(part: Part, **fields: Any) -> Part:
    """A call or an answer with other values in some of its fields.

    As ``dataclasses.replace`` does it, which takes ten times as long.
    """
    made: Part = object.__new__(type(part))
    vars(made).update(vars(part), **fields)
    return made
