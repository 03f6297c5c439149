"""The claim that what comes later changes nothing before it."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checking.case import CaseRun, current
from autograder.checking.difference import Differs
from autograder.checking.facts import describe, kind_of
from autograder.protocol.arguments import same_bits
from autograder.verdict import Mismatch


def causal(function: Any, x: torch.Tensor, *others: Any, at: int, dim: int = 1) -> None:
    """Changing ``x`` from position ``at`` on changes the output there, not before.

    Two calls: one with ``x`` as it is, one with all of it from ``at`` on (``at`` too)
    drawn anew. Along the axis ``dim``, the output before ``at`` is the same in both,
    bit for bit, and at ``at`` it is another. Where several tensors come back, the first
    is looked at. What gives back its input is causal, too, so let it wait for a check
    of values with ``@after``. ::

        x = draw(2, 6, 3)
        causal(lambda x: student.softmax(x, 2), x, at=4)

    Args:
        function: ``student.name``, an object, also with weights, or a function of the
            check's own that calls them.
        x: numbers, or whole numbers such as tokens, which become others of those in x.
        others: further arguments, the same in both calls.
        at: the first position that is changed; there is one before it.
        dim: the axis of ``x``, and of the output, that is time.

    Raises:
        Differs: the output before ``at`` changed, or that at ``at`` did not.
    """
    __tracebackhide__ = True
    case = current()
    if not isinstance(x, torch.Tensor) or not -x.dim() <= dim < x.dim():
        raise ValueError(f"causal: x is {describe(x)} and has no axis {dim}")
    length = x.shape[dim]
    if not 0 < at < length:
        raise ValueError(
            f"causal: at={at} of a length of {length}; there must be something before "
            f"it, and something from it on: choose 1 to {length - 1}"
        )
    calls = len(case.events)

    before = _first(function(x, *others), length, dim)
    after = _first(function(_changed(case, x, at, dim), *others), length, dim)

    if len(case.events) == calls:
        raise TypeError("causal: the function called nothing of the student's")
    if before.shape != after.shape or before.dtype != after.dtype:
        of = "the output for another x of the same shape"
        raise Differs(Mismatch("shape", of, describe(before), describe(after)))
    for place in range(at):
        one, other = before.select(dim, place), after.select(dim, place)
        if not same_bits(one, other):
            wanted = f"the same one whatever the input holds from position {at} on"
            raise Differs(_differs(place, wanted, "another one"))
    if same_bits(before.select(dim, at), after.select(dim, at)):
        wanted = f"another one where the input changes from position {at} on"
        raise Differs(_differs(at, wanted, "the same one"))


def _first(answer: Any, length: int, dim: int) -> torch.Tensor:
    """The first tensor of an answer, which must have the axis of time."""
    __tracebackhide__ = True
    found = answer
    while isinstance(found, (tuple, list)) and found:
        found = found[0]
    if not isinstance(found, torch.Tensor):
        raise Differs(Mismatch("type", "the output", "a Tensor", kind_of(answer)))
    has_axis = -found.dim() <= dim < found.dim()
    if not has_axis or found.shape[dim] != length:
        wanted = f"{length} positions along axis {dim}"
        raise Differs(Mismatch("shape", "the output", wanted, describe(found)))
    return found.detach()


def _changed(case: CaseRun, x: torch.Tensor, at: int, dim: int) -> torch.Tensor:
    """A copy of ``x`` in which every value from ``at`` on is another."""
    changed = x.detach().clone()
    late = changed.narrow(dim, at, x.shape[dim] - at)
    if x.dtype == torch.bool:
        late.logical_not_()
    elif x.is_floating_point():
        # At least half a unit away: no rounding makes that equal again.
        unit = torch.rand(late.shape, generator=case.generator, dtype=torch.float64)
        late.add_((0.5 + unit).to(x.dtype))
    else:
        low, high = int(x.min()), int(x.max())
        if low == high:
            raise ValueError(
                f"causal: x holds {low} everywhere, so that it has no other tokens to "
                "change to; draw them from a range"
            )
        size = (late.shape, 1 + high - low)
        step = torch.randint(1, size[1], size[0], generator=case.generator)
        late.copy_((late - low + step) % size[1] + low)
    return changed


def _differs(place: int, wanted: str, got: str) -> Mismatch:
    return Mismatch("causality", f"the output at position {place}", wanted, got)
