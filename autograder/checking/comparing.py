"""The claims that checks make: ``agrees``, ``close``, ``equal``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from autograder.checking.case import CaseRun, current
from autograder.checking.difference import (
    Compare,
    Differs,
    compare,
    compare_exactly,
    gradient_mismatch,
)
from autograder.checking.student import weights_of, with_other_weights
from autograder.checking.truth import Truth, replace_tensors, tensors_in
from autograder.protocol.frames import private_copy
from autograder.protocol.gradients import gradients_under
from autograder.verdict import Mismatch


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
    case = current()
    how = Compare(case.setting.dtype, case.setting.device, equal_nan)
    weights = weights_of(function)
    truth = Truth(oracle, args if weights is None else (weights, *args), kwargs)
    how.changes = lambda: truth.changes(
        how.dtype, lambda t: [x for x in tensors_in(t.value) if x.is_floating_point()]
    )

    got = function(*args, **kwargs)
    _must(case, compare(got, truth.value, "the output", how), how)
    _inputs_untouched(case)

    tracked = gradient and any(
        tensor.requires_grad for tensor in tensors_in(truth.value)
    )
    if not tracked:
        again = function(*args, **kwargs)
        _must(case, _repeated(compare(again, truth.value, "the output", how)))
        return
    _gradients(case, function, truth, (args, kwargs), how)


def _gradients(
    case: CaseRun,
    function: Any,
    truth: Truth,
    given: tuple[tuple[Any, ...], dict[str, Any]],
    how: Compare,
) -> None:
    copies: dict[int, torch.Tensor] = {}

    def follow(tensor: torch.Tensor) -> torch.Tensor:
        if not tensor.is_floating_point():
            return tensor
        if id(tensor) not in copies:
            copies[id(tensor)] = private_copy(tensor).requires_grad_()
        return copies[id(tensor)]

    weights = weights_of(function)
    if weights is not None:
        function = with_other_weights(function, replace_tensors(weights, follow))
    args, kwargs = replace_tensors(given, follow)
    again = function(*args, **kwargs)
    call = case.events[-1]
    _must(case, _repeated(compare(again, truth.value, "the output", how)))

    pairs = [
        (got, expected)
        for got, expected in zip(tensors_in(again), tensors_in(truth.value))
        if expected.requires_grad
    ]
    cotangents = [
        torch.randn(e.shape, generator=case.generator, dtype=torch.float64)
        .to(how.dtype)
        .to(torch.float64)
        for _, e in pairs
    ]
    expected = truth.gradients([e for _, e in pairs], cotangents)
    for got, wanted in pairs:
        if not got.requires_grad:
            raise Differs(gradient_mismatch("the output", None, wanted))
    found = gradients_under(
        [got for got, _ in pairs],
        list(copies.values()),
        [c.to(got.dtype) for c, (got, _) in zip(cotangents, pairs)],
    )
    got_gradients = dict(zip(copies, found))

    def label(copy: torch.Tensor) -> str:
        names = dict(zip(map(id, call.inputs), call.written[1]))
        return f"the gradient of {names.get(id(copy)) or 'an input'}"

    def measured(other: Truth) -> list[torch.Tensor]:
        outputs = [t for t in tensors_in(other.value) if t.requires_grad]
        gradients = other.gradients(outputs, cotangents).values()
        return [g if g is not None else torch.zeros(()) for g in gradients]

    how.changes = lambda: truth.changes(how.dtype, measured)
    for position, (key, truths) in enumerate(expected.items()):
        have = got_gradients[key]
        right = torch.zeros_like(truth.leaves[key]) if truths is None else truths
        if have is None and bool(right.any()):
            raise Differs(gradient_mismatch(label(copies[key]), None, right))
        if have is None:
            continue
        how.position = position
        mismatch = compare(have, right, "the gradient", how, positioned=True)
        if mismatch is not None:
            mismatch = replace(mismatch, of=label(copies[key]))
        _must(case, mismatch, how)


def _inputs_untouched(case: CaseRun) -> None:
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
    if how is not None and how.saw_floats:
        case.numeric = True
    if mismatch is not None:
        raise Differs(mismatch)
