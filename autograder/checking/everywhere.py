"""``everywhere``: a function of small integers, on every point of a whole grid.

A sample of a few calls lets a wrong formula pass under one seed and fail under another.
A grid of thousands is asked in one message, in milliseconds, and nothing is left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from autograder.checking.case import Compared, current
from autograder.checking.comparing import arguments_untouched, must, rules
from autograder.checking.crossing import packed_point
from autograder.checking.difference import Differs, compare_exactly
from autograder.checking.functions import Function
from autograder.checking.rules import Rules
from autograder.protocol.limits import MAX_ITEMS
from autograder.protocol.values import Raising, Tree
from autograder.verdict import Mismatch

_MOST_WRONG = 50  # calls that are kept as evidence


class Grid:
    """Every combination of some values of a function's arguments, in one order.

    Usage::

        SIZES = Grid(size=range(1, 9), kernel=range(1, 4), stride=[None, 1, 2])

    Args:
        where: leaves out combinations for which it is false; it is called with the
            arguments by name.
        values: of each argument by name, in the order of the function's parameters:
            integers, booleans, None, texts, or tuples of these.

    Raises:
        ValueError: the grid is empty, or has more points than one message may hold.
    """

    def __init__(
        self, where: Callable[..., bool] | None = None, **values: Iterable[Any]
    ) -> None:
        self.names = list(values)
        points = itertools.product(*(list(some) for some in values.values()))
        self.points = [
            point
            for point in points
            if where is None or where(**dict(zip(self.names, point)))
        ]
        if not 0 < len(self.points) <= MAX_ITEMS:
            raise ValueError(
                f"a grid of {len(self.points)} points; there must be one, and at most "
                f"{MAX_ITEMS} fit into a message: choose other ranges"
            )
        self._truths: dict[Any, list[Any]] = {}
        self._packed: list[list[Tree]] = []

    def packed(self, name: str) -> list[list[Tree]]:
        """The points as they cross; ``name`` is that of the function, for errors.

        Raises:
            TypeError: a value is none that can cross.
        """
        if not self._packed:
            self._packed = [packed_point(name, point) for point in self.points]
        return self._packed

    def truth(self, oracle: Callable[..., Any]) -> list[Any]:
        """What the oracle gives at every point; ``Raising`` for a ValueError."""
        if oracle not in self._truths:
            self._truths[oracle] = [_outcome(oracle, point) for point in self.points]
        return self._truths[oracle]


def everywhere(function: Any, oracle: Callable[..., Any], grid: Grid) -> None:
    """``function`` gives what ``oracle`` gives on every point of a grid, exactly.

    Where the oracle raises ValueError, the function must raise it, too. Usage::

        def size(length, kernel, stride):
            if kernel > length:
                raise ValueError
            return (length - kernel) // stride + 1

        everywhere(student.window_count, size, GRID)

    Args:
        function: ``student.name``; it is called by position.
        oracle: an independent formula. It is evaluated once in a process, so it must
            be defined at the top of the check file.
        grid: the points, made once at the top of the check file.

    Raises:
        Differs: it does not; the facts are those of the first call that is wrong.
    """
    __tracebackhide__ = True
    if not isinstance(function, Function):
        raise TypeError("everywhere asks a function of the student's: student.NAME")
    case = current()
    how = rules(case)
    expected = grid.truth(oracle)
    got = function.many(grid.packed)
    wrong = [
        number
        for number, (ours, theirs) in enumerate(zip(expected, got))
        if not (type(theirs) is type(ours) and theirs == ours)
        and _differs(theirs, ours, how)
    ]
    case.compared.append(
        Compared(
            "the output",
            got,
            expected,
            not wrong,
            oracle,
            calls=(grid.names, grid.points),
        )
    )
    if not wrong:
        must(case, None, how)
        arguments_untouched(case)
        return
    case.wrong_calls += [f"{grid.points[n]} {got[n]!r}" for n in wrong[:_MOST_WRONG]]
    counts = [len(wrong), len(grid.points)]
    raise Differs(_first(function, grid.points[wrong[0]], expected[wrong[0]], counts))


def _first(
    function: Function, point: tuple[Any, ...], expected: Any, counts: list[int]
) -> Mismatch:
    """The facts of the first call that is wrong, which is made again, alone."""
    __tracebackhide__ = True
    if isinstance(expected, Raising):
        try:
            answer = function(*point)
        except ValueError:
            return _not_repeatable(expected.type, counts)
        text = f"{answer!r}"
        return Mismatch("exception", "the call", expected.type, text, calls=counts)
    answer = function(*point)  # what it raises is told as such
    found = compare_exactly(answer, expected, "the output")
    if found is None:
        return _not_repeatable("the same answer", counts)
    return replace(found, calls=counts)


def _not_repeatable(expected: str, counts: list[int]) -> Mismatch:
    again = "another one when asked again"
    return Mismatch("not_repeatable", "the output", expected, again, calls=counts)


def _differs(got: Any, expected: Any, how: Rules) -> bool:
    if isinstance(expected, Raising) or isinstance(got, Raising):
        return bool(got != expected)
    return compare_exactly(got, expected, "the output", how) is not None


def _outcome(oracle: Callable[..., Any], point: tuple[Any, ...]) -> Any:
    try:
        return oracle(*point)
    except ValueError:
        return Raising("ValueError")
