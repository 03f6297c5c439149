"""The claims that checks make: ``agrees``, ``close``, ``equal``.

``__tracebackhide__`` lets pytest, and its debugger, stop at the check's own line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch

from autograder.checking.case import CaseRun, Compared, current
from autograder.checking.composing import compared_as_one
from autograder.checking.difference import (
    Differs,
    compare,
    compare_exactly,
    gradient_mismatch,
)
from autograder.checking.functions import Answered
from autograder.checking.handles import weights_of
from autograder.checking.known import TRUTHS
from autograder.checking.naming import Names
from autograder.checking.output_parts import part_of
from autograder.checking.rounding import Nudge
from autograder.checking.rules import Rules
from autograder.checking.tolerance import FLOAT64_RELATIVE
from autograder.checking.truth import Truth, Within, tensors_in
from autograder.executor.overwriting import BEFORE
from autograder.verdict import Mismatch, Remark


def close(
    got: Any,
    expected: Any,
    *,
    equal_nan: bool = False,
    dtype: torch.dtype | None = None,
) -> None:
    """``got`` is ``expected`` up to rounding: structure, shapes, dtypes and values.

    Args:
        got: what the student's code returned.
        expected: tensors (exact or float64), numbers, or tuples, lists, dicts of them.
            Floating-point tensors are expected in the setting's dtype.
        equal_nan: NaN is the right answer where ``expected`` has it.
        dtype: as for ``agrees``.

    Raises:
        Differs: it is not.
    """
    __tracebackhide__ = True
    case = current()
    how = rules(case, equal_nan, dtype)
    mismatch = compare(got, expected, "the output", how)
    _claimed(case, mismatch, how, got, expected)


def equal(got: Any, expected: Any) -> None:
    """``got`` is exactly ``expected``, its types included.

    A bool is no int and 3.0 is no 3; a torch.Size passes for a tuple and a NumPy
    integer for an int.

    Raises:
        Differs: it is not.
    """
    __tracebackhide__ = True
    case = current()
    how = rules(case)
    mismatch = compare_exactly(got, expected, "the output", how)
    _claimed(case, mismatch, how, got, expected)


def agrees(
    function: Any,
    oracle: Callable[..., Any],
    *args: Any,
    gradient: bool | Sequence[str] = True,
    equal_nan: bool = False,
    dtype: torch.dtype | None = None,
    **kwargs: Any,
) -> None:
    """``function`` does on these arguments what ``oracle`` does in float64.

    First the value (shape, dtype, inputs untouched), then a second call, and with it
    the gradients of all floating-point inputs under one random cotangent. In the second
    dtype of the CPU one call gives all of this, except that answers repeat. ::

        agrees(student.softmax, torch.softmax, draw(2, 3), dim=1)
        agrees(lambda x: student.softmax(2 * x, 0), lambda x: torch.softmax(2 * x, 0),
               draw(4))
        agrees(student.softmax, torch.softmax, draw(2, 3), 1, gradient=["x"])

    Args:
        function: ``student.name``, or an object; one with weights (``with_weights``)
            is compared with ``oracle(weights, *args)``. A function of the check's own
            that calls the student's is compared as a whole:
            ``agrees(lambda x: student.f(student.g(x)), oracle, x)``.
        oracle: an independent implementation, such as torch's own. At the top of the
            check file, it is asked once in a process for the same inputs.
        args: arguments of both.
        gradient: also compare gradients, where the oracle has any; or the names of the
            arguments and weights whose gradients alone are compared, such as
            ``["x", "q_proj.weight"]``.
        equal_nan: NaN is the right answer where the oracle gives it.
        dtype: of floating-point answers, where a function promises one whatever it is
            given; else it is the setting's.
        kwargs: keyword arguments of both.

    Raises:
        Differs: it does something else.
    """
    __tracebackhide__ = True
    case = current()
    how = rules(case, equal_nan, dtype)
    function = compared_as_one(function)
    weights = weights_of(function)
    named = Names(function, oracle, args, kwargs)
    only = None if isinstance(gradient, bool) else named.chosen(gradient)
    given = args if weights is None else (weights, *args)
    truth = TRUTHS.of(oracle, given, kwargs)
    how.changes = lambda dtype, perturbations: truth.changes(
        dtype,
        lambda t, *rest: [x for x in tensors_in(t.value) if x.is_floating_point()],
        perturbations,
    )

    cotangents = _cotangents(case, truth, how.dtype) if gradient else None

    # In a further setting one call does both: all that differs between the two of them
    # has been seen in the first. What a device counts is that of a plain call.
    one = case.asked_twice and (case.setting.device == "cpu" or cotangents is None)
    ask = function.once if one else function.twice
    first, ask_again = ask(args, kwargs, cotangents)
    mismatch = compare(first.value, truth.value, "the output", how)
    _claimed(case, mismatch, how, first.value, truth.value, oracle, given, kwargs)

    second = ask_again()
    if second is not first:
        again = compare(second.value, truth.value, "the output", how)
        must(case, _repeated(again), how)
    if cotangents is not None:
        _gradients(case, second, truth, cotangents, how, named, only)


def _claimed(
    case: CaseRun,
    mismatch: Mismatch | None,
    how: Rules,
    got: Any,
    expected: Any,
    *asked: Any,
) -> None:
    """Note a comparison of the output, and raise what is wrong with it, or its call.

    ``asked`` are the oracle and its arguments, where one gave what is expected.
    """
    __tracebackhide__ = True
    right = mismatch is None
    case.compared.append(Compared("the output", got, expected, right, *asked))
    must(case, mismatch, how)
    arguments_untouched(case)


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
    how: Rules,
    named: Names,
    only: set[int] | None,
) -> None:
    __tracebackhide__ = True
    outputs = [o for o in tensors_in(truth.value) if o.requires_grad]
    starts = [c.to(torch.float64) for c in cotangents if c is not None]
    _followed(second, truth, cotangents, only)

    def measured(other: Truth, nudge: Nudge, rounding: Within) -> list[torch.Tensor]:
        followed = [t for t in tensors_in(other.value) if t.requires_grad]
        moved = [nudge(start) for start in starts]
        with rounding:
            found = other.gradients(followed, moved).values()
        return [g if g is not None else torch.zeros(()) for g in found]

    how.changes = lambda dtype, count: truth.changes(dtype, measured, count)
    expected = truth.gradients(outputs, starts)
    # What is zero on paper is made of the noise that larger gradients leave behind.
    how.floor = max(
        (truth.scale_of(g) for g in expected.values() if g is not None), default=0
    )
    have = second.gradients or {}
    for position, (key, true) in enumerate(expected.items()):
        if only is not None and key not in only:
            continue
        of = f"the gradient of {named.label(key) or 'an input'}"
        right = torch.zeros_like(truth.leaves[key]) if true is None else true
        got = have.get(key)
        if got is None:
            if bool((right.abs() > FLOAT64_RELATIVE * how.floor).any()):
                raise Differs(gradient_mismatch(of, None, right))
            continue
        how.position = position
        mismatch = compare(got, right, "the gradient", how, positioned=True)
        case.compared.append(Compared(of, got, right, mismatch is None))
        if mismatch is not None:
            mismatch = replace(mismatch, of=of)
        must(case, mismatch, how)


def _followed(
    second: Answered,
    truth: Truth,
    cotangents: list[torch.Tensor | None],
    only: set[int] | None,
) -> None:
    """An output without a graph is right where there is nothing to differentiate."""
    __tracebackhide__ = True
    triples = zip(tensors_in(second.value), tensors_in(truth.value), cotangents)
    for number, (got, wanted, cotangent) in enumerate(triples):
        if cotangent is None or id(got) in second.followed:
            continue
        alone = truth.gradients([wanted], [cotangent.to(torch.float64)])
        asked = [g for key, g in alone.items() if only is None or key in only]
        if any(g is not None and bool(g.any()) for g in asked):
            parts = truth.value if isinstance(truth.value, tuple) else ()
            flat = len(parts) == len(cotangents)  # one tensor each
            of = part_of("the output", number) if flat else "the output"
            raise Differs(gradient_mismatch(of, None, wanted))


def arguments_untouched(case: CaseRun) -> None:
    """No call since the last look has changed an argument that it must leave alone."""
    __tracebackhide__ = True
    new, case.looked_at = case.events[case.looked_at :], len(case.events)
    for event in new:
        names = [event.written[1][index] for index in event.answer.changed]
        touched = [(name, "is overwritten by the call") for name in names]
        touched += [(name, what) for name, what in event.altered if name not in names]
        left = [(n, what) for n, what in touched if n not in case.changes]
        if not left:
            continue
        of = " and ".join(dict.fromkeys(name for name, _ in left))
        given = of == BEFORE
        as_they_were = (
            f"the {'answer as it was' if given else 'arguments as they were'}"
        )
        got = f"{of} {left[0][1]}"
        if case.strict:
            raise Differs(Mismatch("changed_input", of, as_they_were, got))
        case.remark(Remark("changed_input", of, as_they_were, got))


def rules(
    case: CaseRun, equal_nan: bool = False, dtype: torch.dtype | None = None
) -> Rules:
    """How values are compared in this case."""
    return Rules(dtype or case.setting.dtype, equal_nan, strict=case.strict)


def _repeated(mismatch: Mismatch | None) -> Mismatch | None:
    """The first call was right; that the second is not is a finding of its own."""
    if mismatch is None or mismatch.kind != "value":
        return mismatch
    return replace(mismatch, kind="not_repeatable")


def must(case: CaseRun, mismatch: Mismatch | None, how: Rules | None) -> None:
    """Note what was accepted, and raise the mismatch if there is one."""
    __tracebackhide__ = True
    if how is not None:
        case.numeric = case.numeric or how.saw_floats
        case.typed = case.typed or how.saw_types
        for remark in how.remarks:
            case.remark(remark)
    if mismatch is not None:
        raise Differs(mismatch)
