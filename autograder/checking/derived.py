"""Checks that a mark on another check makes: of digits, of types, on the device.

One slip costs one check. A forgotten ``dtype=`` or ``device=``, a list for a tuple and
an overwritten argument each cost the one check that is about them; all others accept
the answer where its values are right, and remember what they accepted.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from autograder.checking.bounds import no_more_than
from autograder.checking.case import case_label
from autograder.checking.vocabulary import Decorated, mark, marked
from autograder.errors import CourseError

Cases = Sequence["str | dict[str, Any]"]

PROMISES = {
    "digits": (
        "{function} answers in the dtype that it is given, with all its digits, and "
        "leaves its arguments alone"
    ),
    "types": "{function} returns the very types that its docstring names",
    "device": "{function} runs where its inputs are",
}


@dataclass(frozen=True)
class Derivation:
    """What a mark asks for: one more check, with the body of the one that has it."""

    kind: str  # "digits", "types" or "device"
    points: float
    promise: str | None
    cases: tuple[str | dict[str, Any], ...] | None
    hint: str | None
    bounds: dict[str, Any]

    @property
    def is_strict(self) -> bool:
        """Whether dtypes, types, all digits and untouched arguments count in it."""
        return self.kind != "device"


def digits(
    points: float,
    promise: str | None = None,
    *,
    cases: Cases | None = None,
    hint: str | None = None,
) -> Callable[[Decorated], Decorated]:
    """Make a second check of this one, in which dtype and all digits count.

    Each function with floating-point results has one, and no other check of it loses
    points over them. Types and untouched arguments count in it as well, and what the
    other visible checks of the function remark, unless it has cases of its own. It
    waits for the check that it is made of. Usage::

        @points(4)
        @digits(1)
        def test_agrees_with_torch(student, draw): ...

    Args:
        points: what it is worth.
        promise: in place of the usual one.
        cases: ids of some of the check's cases, or arguments of cases of its own;
            all of the check's, if not given, which costs no call.
        hint: a word to whoever fails it.
    """
    return _derive("digits", points, promise, cases, hint)


def types(
    points: float,
    promise: str | None = None,
    *,
    cases: Cases | None = None,
    hint: str | None = None,
) -> Callable[[Decorated], Decorated]:
    """Make a second check of this one, in which types count: a tuple is no list.

    For functions whose results are integers, tuples or lists. Usage::

        @points(2)
        @types(0.5, "layer_shapes returns a list of tuples of ints")
        def test_the_network_of_the_recitation(student): ...

    Args: as ``digits``.
    """
    return _derive("types", points, promise, cases, hint)


def device(
    points: float,
    promise: str | None = None,
    *,
    cases: Cases | None = None,
    hint: str | None = None,
    **bounds: Any,
) -> Callable[[Decorated], Decorated]:
    """Make a second check of this one that runs on the simulated GPU.

    Usage::

        @points(4)
        @device(1, synchronisations=0, cases=[{"stride": 1, "padding": 0}])
        @pytest.mark.parametrize(...)
        def test_agrees_with_torch(student, draw, stride, padding): ...

    Args:
        points: what it is worth.
        promise: in place of the usual one.
        cases: as ``digits``; if not given, the first and the last of the check's.
        hint: a word to whoever fails it.
        bounds: of each call's work, as for ``no_more_than``.
    """
    return _derive("device", points, promise, cases, hint, bounds)


def _derive(
    kind: str,
    points: float,
    promise: str | None,
    cases: Cases | None,
    hint: str | None,
    bounds: dict[str, Any] | None = None,
) -> Callable[[Decorated], Decorated]:
    chosen = None if cases is None else tuple(cases)
    derivation = Derivation(kind, points, promise, chosen, hint, bounds or {})

    def decorate(check: Decorated) -> Decorated:
        found: tuple[Derivation, ...] = marked(check, "derivations", ())
        if any(other.kind == kind for other in found):
            raise CourseError(f"{check.__name__} is marked @{kind} twice; drop one")
        # Decorators apply from below: the uppermost stands first in reports.
        mark(check, "derivations", (derivation, *found))
        return check

    return decorate


def derived_functions(
    body: Any, function: str, cases_of: Callable[[Any], list[Any]]
) -> list[Any]:
    """The test functions that a check's marks make, ready for pytest.

    Args:
        body: the check as it stands in its file.
        function: the student's function that it is about.
        cases_of: the cases of a test function, see ``parametrised.cases_of``.
    """
    return [
        _derived(body, function, derivation, cases_of)
        for derivation in marked(body, "derivations", ())
    ]


def _derived(
    body: Any, function: str, derivation: Derivation, cases_of: Callable[..., Any]
) -> Any:
    name = f"{body.__name__}_{derivation.kind}"
    if hasattr(body, "hypothesis"):
        raise CourseError(
            f"{body.__name__} draws its inputs by Hypothesis and is marked "
            f"@{derivation.kind}; mark a check whose cases are written down"
        )

    @functools.wraps(body)
    def check(*args: Any, **kwargs: Any) -> None:
        __tracebackhide__ = True
        body(*args, **kwargs)
        if derivation.bounds:
            no_more_than(**derivation.bounds)

    check.__name__ = check.__qualname__ = name
    promise = derivation.promise or PROMISES[derivation.kind]
    check.__doc__ = promise.format(function=function)
    every = cases_of(body)
    chosen = _chosen(every, derivation, body.__name__)
    others = [m for m in getattr(body, "pytestmark", []) if m.name != "parametrize"]
    check.pytestmark = others + _parametrized(chosen)  # type: ignore[attr-defined]
    mark(check, "derivations", ())
    mark(check, "derived", derivation.kind)
    mark(check, "parent", body.__name__)
    same = [case.id for case in chosen] == [case.id for case in every]
    mark(check, "same_cases", same and derivation.cases is None)
    mark(check, "strict", derivation.is_strict)
    mark(check, "points", derivation.points)
    mark(check, "hint", derivation.hint)
    mark(check, "after", (*marked(body, "after", ()), body.__name__))
    if derivation.kind == "device":
        mark(check, "settings", ("sim",))
    return check


def _chosen(every: list[Any], derivation: Derivation, name: str) -> list[Any]:
    if derivation.cases is None:
        if derivation.kind == "device" and len(every) > 2:
            return [every[0], every[-1]]
        return every
    known = {case.id: case for case in every}
    found = []
    for case in derivation.cases:
        if isinstance(case, str):
            if case not in known:
                raise CourseError(
                    f"{name}: @{derivation.kind} names the case {case!r}; there are "
                    f"{', '.join(map(repr, known))}"
                )
            found.append(known[case])
        else:
            asked = set(every[0].arguments)
            if set(case) != asked:
                raise CourseError(
                    f"{name}: a case of @{derivation.kind} gives {sorted(case)}; the "
                    f"check takes {sorted(asked)}"
                )
            found.append(type(every[0])(case_label(case), dict(case)))
    return found


def _parametrized(cases: list[Any]) -> list[Any]:
    names = list(cases[0].arguments) if cases else []
    if not names:
        return []
    values = [
        pytest.param(*(case.arguments[name] for name in names), id=case.id)
        for case in cases
    ]
    return [pytest.mark.parametrize(names, values).mark]
