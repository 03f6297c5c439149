"""What follows from another function: a fault that is told once.

Where ``layer_shapes`` calls ``conv_output_size``, a fault of the latter fails the
former's checks too. That is said only where it is so: the student's function calls the
other one, and gives in every case what the solution would give if it called the
student's instead of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import torch

from autograder.checking.boundary import Graph, as_exception, through
from autograder.checking.callers import Caller
from autograder.checking.finding import Finding
from autograder.checking.lookalikes import Mistaken, does_the_same
from autograder.protocol.calls import Request, with_other
from autograder.protocol.values import Packer, unpack
from autograder.sources.definitions import reached
from autograder.verdict import Outcome

_FAULTY = (Outcome.FAILED, Outcome.CRASHED)


class Hybrid(Protocol):
    """Gives the solution with one of its functions replaced."""

    def __call__(self, function: str, code: Callable[..., Any]) -> Mistaken:
        """What it answers, ready to be compared with."""


def following(
    findings: list[Finding], source: str, caller: Caller, hybrid: Hybrid
) -> list[Finding]:
    """The findings, with the function that each follows from, where one does.

    Args:
        findings: of the checks of one exercise, ideas included.
        source: of the student's file.
        caller: who runs the student's code.
        hybrid: the solution with one function replaced.
    """
    faulty = {f.check.function for f in findings if f.result.outcome in _FAULTY}
    # Most have no faulty function or one, which follows from nothing.
    called = reached(source) if len(faulty) > 1 else {}
    found: dict[str, str] = {}
    for function in sorted(faulty):
        own = [finding for finding in findings if finding.check.function == function]
        if not any(finding.observed for finding in own):
            continue
        for other in sorted(faulty & called.get(function, set()) - {function}):
            mistaken = hybrid(other, forwarded(caller, other))
            if all(does_the_same(mistaken, finding) for finding in own):
                found[function] = other
                break
    return [
        # Not an idea of its own, even where a classic mistake would do the same.
        replace(f, result=replace(f.result, follows=found[function], idea=None))
        if f.observed and (function := f.check.function) in found
        else f
        for f in findings
    ]


def forwarded(caller: Caller, function: str) -> Callable[..., Any]:
    """A function of the student's as one that the solution can call."""

    def call(*args: Any, **kwargs: Any) -> Any:
        packer = Packer()
        packed, named = packer.pack(tuple(args)), packer.pack(kwargs)
        given = packer.tensors
        followed = torch.is_grad_enabled()
        tracked = [i for i, t in enumerate(given) if followed and t.requires_grad]
        request = Request(["function", function], packed, named, given, name=function)
        answer = caller.call(with_other(request, tracked=tracked))
        if answer.thrown is not None:
            raise as_exception(answer.thrown)
        tensors = answer.tensors
        if answer.graph is not None:
            graph = Graph(caller, answer.graph, is_of_check=False)
            tensors = list(through(graph, answer, [given[i] for i in tracked]))
        return unpack(answer.value, tensors, callables=False)

    return call
