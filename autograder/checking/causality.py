"""The claim that what comes later changes nothing before it, up to rounding."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checking.case import CaseRun, current
from autograder.checking.difference import Differs, compare
from autograder.checking.facts import describe, kind_of
from autograder.checking.rules import Rules
from autograder.checking.tolerance import FLOAT64_RELATIVE, scale_of
from autograder.verdict import Mismatch


def causal(
    function: Any,
    x: torch.Tensor,
    *others: Any,
    at: int,
    dim: int = 1,
    future: float | None = None,
) -> None:
    """Changing ``x`` from position ``at`` on changes the output there, not before.

    Two calls: one with ``x`` as it is, one with all of it from ``at`` on (``at`` too)
    drawn anew. Along the axis ``dim``, the output before ``at`` is the same in both,
    up to rounding, and at ``at`` it is another. Where several tensors come back, the
    first is looked at. What gives back its input is causal, too, so let it wait for a
    check of values with ``@after``. ::

        x = draw(2, 6, 3)
        causal(lambda x: student.softmax(x, 2), x, at=4)
        causal(lambda x: student.softmax(x, 2), x, at=4, future=1e6)

    Code that weighs all positions first and forgets the later ones afterwards is right
    on paper, but its rounding depends on them, and where they are large it underflows.
    So ``future`` is for what must bear large numbers: ``1e6`` shows a mask that adds
    -1e4 and calls it minus infinity. ``math.nan`` is too much for any product with a
    mask, since 0 times NaN is NaN, and is right for a recurrent network.

    Args:
        function: ``student.name``, an object, also with weights, or a function of the
            check's own that calls them.
        x: numbers, or whole numbers such as tokens, which become others of those in x.
        others: further arguments, the same in both calls.
        at: the first position that is changed; there is one before it.
        dim: the axis of ``x``, and of the output, that is time.
        future: how large the numbers are that come from ``at`` on, or ``math.nan``; if
            not given, each is half a unit to one and a half away from the old one.

    Raises:
        Differs: the output before ``at`` changed, or that at ``at`` did not.
    """
    __tracebackhide__ = True
    case = current()
    if not isinstance(x, torch.Tensor) or not -x.dim() <= dim < x.dim():
        raise ValueError(f"causal: x is {describe(x)} and has no axis {dim}")
    if future is not None and not x.is_floating_point():
        raise ValueError(
            f"causal: future={future} is of numbers, and x is {describe(x)}; leave it "
            "out, and its tokens become others"
        )
    length = x.shape[dim]
    if not 0 < at < length:
        raise ValueError(
            f"causal: at={at} of a length of {length}; there must be something before "
            f"it, and something from it on: choose 1 to {length - 1}"
        )
    calls = len(case.events)

    before = _first(function(x, *others), length, dim)
    other = _changed(case, x, at, dim, future)
    after = _first(function(other, *others), length, dim)

    if len(case.events) == calls:
        raise TypeError("causal: the function called nothing of the student's")
    if before.shape != after.shape or before.dtype != after.dtype:
        of = "the output for another x of the same shape"
        raise Differs(Mismatch("shape", of, describe(before), describe(after)))
    # What dtype an answer has is for other checks to say.
    how = Rules(before.dtype, equal_nan=True, strict=False)
    how.floor = scale_of(before.narrow(dim, 0, at))
    for place in range(at):
        if not _same(after.select(dim, place), before.select(dim, place), how):
            wanted = f"the same one whatever the input holds from position {at} on"
            raise Differs(_differs(place, wanted, "another one"))
    for remark in how.remarks:
        case.remark(remark)
    if not _moved(before.select(dim, at), after.select(dim, at)):
        wanted = f"another one where the input changes from position {at} on"
        raise Differs(_differs(at, wanted, "the same one"))


def _same(got: torch.Tensor, expected: torch.Tensor, how: Rules) -> bool:
    """Whether two outputs are the same up to rounding."""
    return compare(got, expected, "the output", how) is None


def _moved(before: torch.Tensor, after: torch.Tensor) -> bool:
    """Whether two outputs differ by more than the rounding of float64."""
    if not before.is_floating_point():
        return not torch.equal(before, after)
    one, other = before.to(torch.float64), after.to(torch.float64)
    away = (one - other).abs() > FLOAT64_RELATIVE * scale_of(one)
    return bool((away | (one.isfinite() != other.isfinite())).any())


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


def _changed(
    case: CaseRun, x: torch.Tensor, at: int, dim: int, future: float | None
) -> torch.Tensor:
    """A copy of ``x`` in which every value from ``at`` on is another."""
    changed = x.detach().clone()
    late = changed.narrow(dim, at, x.shape[dim] - at)
    if x.dtype == torch.bool:
        late.logical_not_()
    elif x.is_floating_point():
        unit = torch.rand(late.shape, generator=case.generator, dtype=torch.float64)
        away = 0.5 + unit
        if future is not None:
            signs = torch.randint(0, 2, late.shape, generator=case.generator) * 2 - 1
            late.copy_((away * signs * future).to(x.dtype))
        else:
            # No rounding makes that equal again, and from what is no number, too, a
            # number is away.
            old = late.to(torch.float64)
            new = torch.where(old.isfinite(), old + away * old.abs().clamp(min=1), away)
            late.copy_(new.to(x.dtype))
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
