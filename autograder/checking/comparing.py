"""The claims that checks make: ``agrees``, ``close``, ``equal``.

``__tracebackhide__`` lets pytest, and its debugger, stop at the check's own line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from autograder.checking.callers import Stopped
from autograder.checking.case import CaseRun, current
from autograder.checking.difference import (
    Compare,
    Differs,
    compare,
    compare_exactly,
    gradient_mismatch,
)
from autograder.checking.rounding import Nudge
from autograder.checking.student import Answered, weights_of
from autograder.checking.truth import Truth, Within, tensors_in
from autograder.verdict import Mismatch, Outcome


def close(got: Any, expected: Any, *, equal_nan: bool = False) -> None:
    """``got`` is ``expected`` up to rounding: structure, shapes, dtypes and values.

    Args:
        got: what the student's code returned.
        expected: tensors (exact or float64), numbers, or tuples, lists, dicts of them.
            Floating-point tensors are expected in the setting's dtype.
        equal_nan: NaN is the right answer where ``expected`` has it.

    Raises:
        Differs: it is not.
    """
    __tracebackhide__ = True
    case = current()
    how = Compare(case.setting.dtype, case.setting.device, equal_nan)
    _must(case, compare(got, expected, "the output", how), how)


def equal(got: Any, expected: Any) -> None:
    """``got`` is exactly ``expected``, its types included.

    A bool is no int and 3.0 is no 3; a torch.Size passes for a tuple and a NumPy
    integer for an int.

    Raises:
        Differs: it is not.
    """
    __tracebackhide__ = True
    _must(current(), compare_exactly(got, expected, "the output"))


def agrees(
    function: Any,
    oracle: Callable[..., Any],
    *args: Any,
    gradient: bool = True,
    equal_nan: bool = False,
    **kwargs: Any,
) -> None:
    """``function`` does on these arguments what ``oracle`` does in float64.

    First the value (shape, dtype, inputs untouched), then a second call, and with it
    the gradients of all floating-point inputs under one random cotangent.

    Args:
        function: ``student.name``, or an object; one with weights (``with_weights``)
            is compared with ``oracle(weights, *args)``.
        oracle: an independent implementation, such as torch's own.
        args: arguments of both.
        gradient: also compare gradients, where the oracle has any.
        equal_nan: NaN is the right answer where the oracle gives it.
        kwargs: keyword arguments of both.

    Raises:
        Differs: it does something else.
    """
    __tracebackhide__ = True
    case = current()
    how = Compare(case.setting.dtype, case.setting.device, equal_nan)
    weights = weights_of(function)
    truth = Truth(oracle, args if weights is None else (weights, *args), kwargs)
    how.changes = lambda perturbations: truth.changes(
        how.dtype,
        lambda t, *rest: [x for x in tensors_in(t.value) if x.is_floating_point()],
        perturbations,
    )

    cotangents = _cotangents(case, truth, how.dtype) if gradient else None

    first, ask_again = function.twice(args, kwargs, cotangents)
    _must(case, compare(first.value, truth.value, "the output", how), how)
    _inputs_untouched(case)

    second = ask_again()
    _must(case, _repeated(compare(second.value, truth.value, "the output", how)))
    if cotangents is not None:
        _gradients(case, second, truth, cotangents, how)


def _cotangents(
    case: CaseRun, truth: Truth, dtype: torch.dtype
) -> list[torch.Tensor | None] | None:
    """A random one for each output that has gradients; None where none has."""
    outputs = tensors_in(truth.value)
    if not any(output.requires_grad for output in outputs):
        return None
    return [
        torch.randn(o.shape, generator=case.generator, dtype=torch.float64).to(dtype)
        if o.requires_grad
        else None
        for o in outputs
    ]


def _gradients(
    case: CaseRun,
    second: Answered,
    truth: Truth,
    cotangents: list[torch.Tensor | None],
    how: Compare,
) -> None:
    __tracebackhide__ = True
    call = case.events[-1]
    outputs = tensors_in(truth.value)
    for got, wanted in zip(tensors_in(second.value), outputs):
        if wanted.requires_grad and id(got) not in second.followed:
            raise Differs(gradient_mismatch("the output", None, wanted))
    if second.gradients is None:
        raise Stopped(Outcome.CRASHED, "an answer that fits, without its gradients")
    starts = [c.to(torch.float64) for c in cotangents if c is not None]

    def label(key: int) -> str:
        names = dict(zip(map(id, call.inputs), call.written[1]))
        return f"the gradient of {names.get(key) or 'an input'}"

    def measured(other: Truth, nudge: Nudge, rounding: Within) -> list[torch.Tensor]:
        followed = [t for t in tensors_in(other.value) if t.requires_grad]
        moved = [nudge(start) for start in starts]
        with rounding:
            found = other.gradients(followed, moved).values()
        return [g if g is not None else torch.zeros(()) for g in found]

    how.changes = lambda count: truth.changes(how.dtype, measured, count)
    expected = truth.gradients([o for o in outputs if o.requires_grad], starts)
    for position, (key, true) in enumerate(expected.items()):
        have = second.gradients[key]
        right = torch.zeros_like(truth.leaves[key]) if true is None else true
        if have is None and bool(right.any()):
            raise Differs(gradient_mismatch(label(key), None, right))
        if have is None:
            continue
        how.position = position
        mismatch = compare(have, right, "the gradient", how, positioned=True)
        if mismatch is not None:
            mismatch = replace(mismatch, of=label(key))
        _must(case, mismatch, how)


def _inputs_untouched(case: CaseRun) -> None:
    __tracebackhide__ = True
    event = case.events[-1]
    if event.answer.changed:
        names = [event.written[1][index] for index in event.answer.changed]
        raise Differs(
            Mismatch(
                kind="changed_input",
                of=" and ".join(names),
                expected="the arguments as they were",
                got=f"{' and '.join(names)} overwritten by the call",
            )
        )


def _repeated(mismatch: Mismatch | None) -> Mismatch | None:
    """The first call was right; that the second is not is a finding of its own."""
    if mismatch is None or mismatch.kind != "value":
        return mismatch
    return replace(mismatch, kind="not_repeatable")


def _must(case: CaseRun, mismatch: Mismatch | None, how: Compare | None = None) -> None:
    __tracebackhide__ = True
    if how is not None and how.saw_floats:
        case.numeric = True
    if mismatch is not None:
        raise Differs(mismatch)
