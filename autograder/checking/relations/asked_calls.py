"""The calls that a check compared, one by one, each with the parts of its answer."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from autograder.checking.case import CaseRun, Compared
from autograder.checking.output_parts import names_of_parts
from autograder.checking.relations.asked import Asked, asked_by, event_of
from autograder.checking.relations.parts import Part, Path, numbers_of, unit_of
from autograder.protocol.values import Raising


@dataclass(frozen=True)
class Call:
    """One call that was compared: what was asked, and all parts of what came."""

    asked: Asked | None
    right: bool
    parts: list[Part]
    compared: Compared
    refused: bool = False  # it should have raised an exception, and did not


def calls_of(runs: list[CaseRun], most: int) -> list[Call]:
    """The calls that were compared, in float64 where there is such a setting.

    Of many calls in one message, about ``most`` that lie apart are enough.
    """
    double = [run for run in runs if run.setting.dtype == torch.float64]
    return [call for run in double or runs for call in _calls(run, most)]


def _calls(run: CaseRun, most: int) -> list[Call]:
    calls: list[Call] = []
    names = names_of_parts(run)
    for index, compared in enumerate(run.compared):
        if compared.calls is not None:
            calls += _calls_in_grid(compared, most)
            continue
        gradient = compared.of.startswith("the gradient")
        if gradient and calls:  # it belongs to the call before it
            call = calls[-1]
            parts = parts_of(compared, call.asked, names)
            calls[-1] = Call(
                call.asked,
                call.right and compared.right,
                [*call.parts, *parts],
                call.compared,
            )
            continue
        last = index == len(run.compared) - 1
        event = None
        if compared.oracle is None:
            event = event_of(run, compared, last)
        asked = asked_by(run, compared, event)
        parts = parts_of(compared, asked, names)
        calls.append(Call(asked, compared.right, parts, compared))
    return calls


def parts_of(
    compared: Compared, asked: Asked | None, names: Sequence[str] = ()
) -> list[Part]:
    """The numbers of a comparison, taken apart; ``names`` are those of its parts."""
    path: Path | None = None if compared.of.startswith("the gradient") else ()
    found: list[Part] = []

    def take(got: Any, truth: Any, of: str, path: Path | None) -> None:
        if isinstance(truth, (list, tuple)) and isinstance(got, (list, tuple)):
            if len(got) == len(truth):
                for key, (one, other) in enumerate(zip(got, truth)):
                    take(one, other, _inside(of, key, names), _deeper(path, key))
            return
        if isinstance(truth, dict) and isinstance(got, dict):
            for key in truth:
                if key in got:
                    take(
                        got[key],
                        truth[key],
                        _inside(of, key, names),
                        _deeper(path, key),
                    )
            return
        numbers, right_numbers = numbers_of(got), numbers_of(truth)
        if numbers is None or right_numbers is None:
            return
        unit = unit_of(got)
        part = Part(of, numbers, right_numbers, unit, False, path, asked, compared)
        right = compared.right
        if not right and path:  # of several parts some may be right
            right = part.comparable and not bool(part.bad.any())
        found.append(replace(part, right=right))

    take(compared.got, compared.expected, compared.of, path)
    return found


def _inside(of: str, key: Any, names: Sequence[str]) -> str:
    if of == "the output" and type(key) is int and key < len(names):
        return names[key]
    return f"{'output' if of == 'the output' else of}[{key!r}]"


def _deeper(path: Path | None, key: Any) -> Path | None:
    return None if path is None else (*path, key)


def _calls_in_grid(compared: Compared, most: int) -> list[Call]:
    """Calls out of one message; those that raised came to no answer."""
    assert compared.calls is not None
    names, points = compared.calls
    truths = dict(zip(points, compared.expected))
    oracle = _remembered(compared.oracle, truths)
    # A step that has no divisor in common with most grids meets all their values.
    step = max(1, len(points) // most)
    step += step > 1 and step % 2 == 0
    found = []
    for number in range(0, len(points), step):
        point = points[number]
        got, expected = compared.got[number], compared.expected[number]
        if isinstance(got, Raising):
            continue
        refused = isinstance(expected, Raising)
        # Whether 3.0 will do for 3 is another question than whether it is 3.
        right = not refused and bool(got == expected)
        asked = Asked({}, dict(zip(names, point)), tuple(names))
        one = Compared(compared.of, got, expected, right, oracle, point)
        parts = [] if refused else parts_of(one, asked)
        found.append(Call(asked, right, parts, one, refused))
    return found


def _remembered(
    oracle: Callable[..., Any] | None, truths: dict[tuple[Any, ...], Any]
) -> Callable[..., Any]:
    """The oracle, which need not be asked again about what it was asked."""

    def answer(*point: Any) -> Any:
        if point in truths and not isinstance(truths[point], Raising):
            return truths[point]
        if oracle is None or point in truths:
            raise ValueError("no answer")
        return oracle(*point)

    return functools.wraps(oracle)(answer) if oracle is not None else answer
