"""The words of a plan: on which axes the inputs of a function vary.

A plan is written as the function that it is about. Called with the arguments of one
call, it says where the call lies on each axis::

    @plan(bias=plan.GIVEN, stride=plan.SIDES, square=plan.YES)
    def conv2d(x, weight, bias=None, stride=1):
        return {
            "bias": plan.given(bias),
            "stride": plan.sides(stride),
            "square": plan.yes(x.shape[2] == x.shape[3]),
        }

``autograder verify`` wants every value and every pair of values tried by some case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from autograder.errors import CourseError

Written = TypeVar("Written", bound=Callable[..., Any])


class Planning:
    """``plan``: the mark itself, and the usual ways to place an argument on an axis."""

    SIDES = ("usual", "number", "pair")  # of ``sides``
    COUNTS = ("none", "one", "many")  # of ``count``
    GIVEN = ("none", "given")
    YES = ("no", "yes")

    def __call__(
        self,
        impossible: Mapping[str, str] | None = None,
        masks: Sequence[str] = (),
        **axes: Sequence[str],
    ) -> Callable[[Written], Written]:
        """Mark a function as the plan of the solution's function of the same name.

        A class's plan is of its constructor; ``<Class>__<method>`` is that of a method,
        whose first argument is the object.

        Args:
            impossible: pairs that no call can have, ``"groups=many, channels=one"``,
                each with its reason.
            masks: values that leave nothing to see of the others, ``"batch=none"``: a
                call with one tries the pairs that it is in, and no others.
            axes: for each axis its values.
        """
        if not axes:
            raise CourseError("plan: names no axis; write plan(axis=(value, value))")
        for name, values in axes.items():
            if isinstance(values, str) or len(set(values)) < 2:
                raise CourseError(
                    f"plan: the axis {name!r} has the values {values!r}; name at least "
                    "two different ones, in a tuple"
                )
        pairs = {_pair(text, axes): why for text, why in (impossible or {}).items()}

        masking = {_value(text, axes, "masks") for text in masks}

        def decorate(written: Written) -> Written:
            written.autograder_plan = dict(axes), pairs, masking  # type: ignore[attr-defined]
            return written

        return decorate

    @staticmethod
    def sides(value: Any, usual: Any = 1) -> str:
        """``usual``, another ``number``, an ``equal pair``, or a ``pair``."""
        if isinstance(value, (tuple, list)):
            return "equal pair" if value[0] == value[1] else "pair"
        return "usual" if value == usual else "number"

    @staticmethod
    def count(number: int) -> str:
        """``none``, ``one`` or ``many``."""
        return Planning.COUNTS[min(number, 2)]

    @staticmethod
    def given(value: Any) -> str:
        """``none`` or ``given``."""
        return Planning.GIVEN[value is not None]

    @staticmethod
    def yes(value: Any) -> str:
        """``no`` or ``yes``."""
        return Planning.YES[bool(value)]


plan = Planning()


def _pair(text: str, axes: Mapping[str, Sequence[str]]) -> frozenset[tuple[str, str]]:
    found = {_value(part, axes, "impossible") for part in text.split(",")}
    if len({axis for axis, _ in found}) != 2:
        raise CourseError(f"plan: impossible={text!r} must name two different axes")
    return frozenset(found)


def _value(text: str, axes: Mapping[str, Sequence[str]], where: str) -> tuple[str, str]:
    axis, _, value = text.strip().partition("=")
    if value not in axes.get(axis, ()):
        raise CourseError(
            f"plan: {where} names {text.strip()!r}, which is no axis with one of its "
            "values; write 'axis=value'"
        )
    return axis, value
