"""Compositions: functions of a check that call the student's, once or step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import torch

from autograder.checking.case import current
from autograder.checking.difference import Differs
from autograder.checking.facts import describe, kind_of
from autograder.checking.functions import Answered, Function
from autograder.checking.handles import parameter_names_of, weights_of
from autograder.checking.naming import parameters_of
from autograder.checking.truth import remembered, replace_tensors, tensors_in
from autograder.executor.gradients import gradients_under
from autograder.protocol.frames import private_copy
from autograder.verdict import Mismatch

__tracebackhide__ = True  # for pytest: from the check to the student's line


class Composed:
    """A function of the check's own that calls the student's, to be compared as one.

    Args:
        function: of the arguments; of ``(weights, *arguments)`` with weights.
        weights: by name, for a composition of an object that has them.
        names: of the parameters, less the weights; those of the function by default.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        weights: dict[str, torch.Tensor] | None = None,
        names: Callable[[], list[str]] | None = None,
    ) -> None:
        self._function = function
        self._weights = weights
        self._names = names or (lambda: parameters_of(function))

    def _parameter_names(self) -> list[str]:
        return self._names()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it once."""
        return self._function(*self._given(args), **kwargs)

    def twice(
        self,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        cotangents: list[torch.Tensor | None] | None,
    ) -> tuple[Answered, Callable[[], Answered]]:
        """Call it; what comes of a second call is given when it is asked for.

        As a function of the student's does, but in as many messages as it has calls.
        """
        calls = len(current().events)
        given = (self._given(args), kwargs)
        value = self._call(replace_tensors(given, remembered(private_copy)))
        if len(current().events) == calls:
            raise TypeError(
                "agrees compares what the student's code does, and the function that "
                "it was given called nothing of the student's; use student in it"
            )

        def second() -> Answered:
            if cotangents is None:
                again = self._call(replace_tensors(given, remembered(private_copy)))
                return Answered(again, set(), None)
            return self._followed(given, cotangents)

        return Answered(value, set(), None), second

    once = twice  # calls that gradients go through do not tell of arguments changed

    def _given(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        return args if self._weights is None else (self._weights, *args)

    def _call(self, given: tuple[tuple[Any, ...], dict[str, Any]]) -> Any:
        args, kwargs = given
        return self._function(*args, **kwargs)

    def _followed(
        self,
        given: tuple[tuple[Any, ...], dict[str, Any]],
        cotangents: list[torch.Tensor | None],
    ) -> Answered:
        """The value and the gradients, through the calls' own graphs."""
        leaves: dict[int, torch.Tensor] = {}

        def leaf(tensor: torch.Tensor) -> torch.Tensor:
            copied = private_copy(tensor)
            if tensor.is_floating_point():
                leaves[id(tensor)] = copied.requires_grad_()
            return copied

        with torch.enable_grad():
            value = self._call(replace_tensors(given, remembered(leaf)))
        outputs = tensors_in(value)
        pairs = [
            (output, cotangent)
            for output, cotangent in zip(outputs, cotangents)
            if cotangent is not None
            and output.requires_grad
            and output.shape == cotangent.shape
        ]
        found: tuple[torch.Tensor | None, ...] = (None,) * len(leaves)
        if pairs:
            starts, ends = zip(*pairs)
            found = gradients_under(starts, list(leaves.values()), ends)
        followed = {id(output) for output in outputs if output.requires_grad}
        return Answered(value, followed, dict(zip(leaves, found)))


def compared_as_one(function: Any) -> Any:
    """What ``agrees`` is given, as something that answers twice.

    Raises:
        TypeError: it is nothing that can be called.
    """
    if isinstance(function, (Function, Composed)):
        return function
    if not callable(function):
        raise TypeError(
            f"agrees was given {function!r}; give it student.NAME, an object of the "
            "student's, or a function that calls them"
        )
    return Composed(function)


def unroll(cell: Any) -> Any:
    """One step of a recurrent network, made into a function of all steps.

    A step ``(x, state, *rest)`` gives the new state or ``(output, state)``; what comes
    back says which. All steps, ``(xs, state, *rest)``, give ``(outputs, state)``: the
    outputs stacked (of a step that gives the state alone, the state, or the first part
    of it) and the last state. A student's function or object and an oracle are unrolled
    alike; for an object with weights the oracle takes ``(weights, xs, state, *rest)``.
    Gradients go back through all steps. ::

        state = draw(3, 5), draw(3, 5)
        weights = draw.weights({"ih": (20, 2), "hh": (20, 5), "b": (20,), "c": (20,)})
        steps, oracle = unroll(student.lstm_cell), unroll(torch.lstm_cell)
        agrees(steps, oracle, draw(4, 3, 2), state, *weights.values())

    A state that begins as None needs a step that gives ``(output, state)``.
    """
    __tracebackhide__ = True
    if not callable(cell):
        raise TypeError(f"unroll takes a step, something to call, and not {cell!r}")
    if not isinstance(cell, Function):

        def steps(*given: Any) -> Any:
            if given and isinstance(given[0], dict):
                weights, *args = given
                return _walk(lambda *inner: cell(weights, *inner), args, False)
            return _walk(cell, given, False)

        return steps
    weights = weights_of(cell)

    def names() -> list[str]:
        found = parameter_names_of(cell)
        return [f"{found[0]}s", *found[1:]] if found else []

    if weights is None:
        return Composed(lambda *args: _walk(cell, args, True), None, names)
    weighted: Any = cell
    return Composed(
        lambda w, *args: _walk(weighted.with_weights(w), args, True), weights, names
    )


def _walk(cell: Callable[..., Any], given: Any, of_the_student: bool) -> Any:
    """All steps of a cell, one after the other."""
    __tracebackhide__ = True
    if len(given) < 2:
        raise TypeError("what unroll gives takes (xs, state, *rest)")
    xs, state, *rest = given
    if not isinstance(xs, torch.Tensor) or not len(xs):
        raise ValueError(
            f"unroll walks along the first axis of xs, one step or more; got "
            f"{describe(xs)}"
        )
    outputs: list[torch.Tensor] = []
    for number, x in enumerate(xs):
        back = cell(x, state, *rest)
        read = _read(back, state)
        if read is None:
            state_kind = "(output, state)" if state is None else _like(state)
            _odd(of_the_student, "structure", number, state_kind, kind_of(back))
        output, state = read
        first = outputs[0] if outputs else output
        if (output.shape, output.dtype) != (first.shape, first.dtype):
            _odd(of_the_student, "shape", number, describe(first), describe(output))
        outputs.append(output)
    return torch.stack(outputs), state


def _read(back: Any, state: Any) -> tuple[torch.Tensor, Any] | None:
    """Output and new state in what a step gave back; None where they are not there."""
    if state is not None and _alike(back, state):
        first = back if isinstance(back, torch.Tensor) else back[0]
        return (first, back) if isinstance(first, torch.Tensor) else None
    if not isinstance(back, (tuple, list)) or len(back) != 2:
        return None
    output, new = back
    if not isinstance(output, torch.Tensor) or new is None:
        return None
    return (output, new) if state is None or _alike(new, state) else None


def _alike(new: Any, old: Any) -> bool:
    """Whether two states are of one kind: a tensor, or a tuple of as many."""
    if isinstance(old, torch.Tensor):
        return isinstance(new, torch.Tensor)
    return (
        isinstance(old, (tuple, list))
        and isinstance(new, (tuple, list))
        and len(new) == len(old)
        and all(map(_alike, new, old))
    )


def _like(state: Any) -> str:
    return f"the new state, {kind_of(state)}, or (output, state)"


def _odd(of_the_student: bool, kind: str, step: int, wanted: str, got: str) -> NoReturn:
    __tracebackhide__ = True
    of = f"what step {step + 1} gives back"
    if of_the_student:
        raise Differs(Mismatch(kind, of, wanted, got))
    raise TypeError(f"unroll: {of} of the oracle is {got}, and should be {wanted}")
