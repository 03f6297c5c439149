"""Relations across calls: which of them are right, and which are not.

A condition is said only where it parts all right answers from all wrong ones, where
there are several of both, and where no other condition does the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.checking.relations.asked import Asked
from autograder.checking.relations.asked_calls import Call
from autograder.verdict import Relation

FEWEST_OF_EACH = 2  # right calls, and wrong ones
FEWEST_IN_ALL = 5
FEWEST_NUMBERS_IN_ALL = 12  # of calls that are answered by single numbers
FEWEST_FOR_TWO = 16  # before two conditions together are tried
MOST_NAMES = 12  # of integers that are compared with each other

Column = list[Any]  # one argument, or one size, in every call
Truths = list[bool]  # whether something holds, call by call


def condition(calls: list[Call]) -> Iterator[Relation]:
    """Every answer with padding = 0 is right, and every other one is wrong."""
    wrong = [not call.right for call in calls]
    if not _varied(calls, wrong):
        return
    asked = [call.asked for call in calls if call.asked is not None]
    if len(asked) < len(calls):
        return
    simple = _simple(asked)
    for tier in (simple, _compared(asked)):
        found = [name for name, holds in tier.items() if _parts(holds, wrong)]
        if len(found) == 1:
            holds = tier[found[0]]
            yield _said(found[0], "wrong" if holds == wrong else "right", wrong)
        if found:
            return
    if len(calls) >= FEWEST_FOR_TWO:
        yield from _together(simple, wrong)


def _together(simple: dict[str, Truths], wrong: Truths) -> Iterator[Relation]:
    """Wrong exactly where neither of two conditions holds: padding and stride."""
    # Where it holds, all answers are right.
    safe = [
        name
        for name, holds in simple.items()
        if any(holds) and not any(h and w for h, w in zip(holds, wrong))
    ]
    found = []
    for i, one in enumerate(safe):
        for other in safe[i + 1 :]:
            either = [a or b for a, b in zip(simple[one], simple[other])]
            if _parts(either, wrong):
                found.append(f"{one} or {other}")
    if len(found) == 1:
        yield _said(found[0], "right", wrong)


def _said(name: str, there: str, wrong: Truths) -> Relation:
    facts = {"condition": name, "there": there}
    facts["right"] = str(wrong.count(False))
    facts["wrong"] = str(wrong.count(True))
    return Relation("condition", facts)


def _parts(holds: Truths, wrong: Truths) -> bool:
    """Whether a condition parts the right from the wrong."""
    return holds == wrong or all(h != w for h, w in zip(holds, wrong))


def _varied(calls: list[Call], wrong: Truths) -> bool:
    """Whether there are several different calls of both kinds."""
    arrays = any(part.truth.ndim for call in calls for part in call.parts)
    if len(calls) < (FEWEST_IN_ALL if arrays else FEWEST_NUMBERS_IN_ALL):
        return False
    for kind in (True, False):
        chosen = [c.asked for c, w in zip(calls, wrong) if w is kind and c.asked]
        if len({_key(asked) for asked in chosen[:200]}) < FEWEST_OF_EACH:
            return False
    return True


def _key(asked: Asked) -> str:
    shapes = {name: tuple(t.shape) for name, t in asked.tensors.items()}
    return repr((shapes, asked.plain))


def _simple(asked: list[Asked]) -> dict[str, Truths]:
    """Conditions on one argument, or one size, alone."""
    found: dict[str, Truths] = {}
    for name, column in _columns(asked).items():
        seen = {repr(value) for value in column}
        if len(seen) < 2:
            continue
        for value in (None, True, False):
            if any(one is value for one in column):
                found[f"{name} = {value}"] = [one is value for one in column]
        if all(isinstance(one, bool) for one in column):
            found.pop(f"{name} = False", None)  # the same as not True
        for number in (0, 1):
            if any(_is(one, number) for one in column):
                found[f"{name} = {number}"] = [_is(one, number) for one in column]
        if any(isinstance(one, tuple) for one in column):
            found[f"both numbers of {name} equal"] = [_is_even_pair(o) for o in column]
    for name in _shared(asked):
        tensors = [one.tensors[name] for one in asked]
        if all(tensor.ndim >= 2 for tensor in tensors):
            square = [t.shape[-1] == t.shape[-2] for t in tensors]
            if len(set(square)) > 1:
                found[f"{name} square (its last two sizes equal)"] = square
    missing = {n for one in asked for n in one.tensors} - set(_shared(asked))
    for name in sorted(missing):
        given = [name in one.tensors for one in asked]
        if not all(name in one.plain for one, g in zip(asked, given) if not g):
            found[f"{name} given"] = given
    return _without_repeats(found)


def _without_repeats(found: dict[str, Truths]) -> dict[str, Truths]:
    """One condition of those that say the same of the same axis of two tensors."""
    kept: dict[str, Truths] = {}
    axes: set[tuple[str, tuple[bool, ...]]] = set()
    for name, holds in found.items():
        _, dot, axis = name.partition(".shape")
        if dot and (axis, tuple(holds)) in axes:
            continue
        axes.add((axis, tuple(holds)))
        kept[name] = holds
    return kept


def _compared(asked: list[Asked]) -> dict[str, Truths]:
    """Conditions on parity, and on two integers."""
    numbers = {
        name: column
        for name, column in _columns(asked).items()
        if all(type(one) is int for one in column) and len(set(column)) > 1
    }
    found: dict[str, Truths] = {}
    for name, column in numbers.items():
        found[f"{name} odd"] = [one % 2 == 1 for one in column]
    own = [name for name in numbers if ".shape" not in name][:MOST_NAMES]
    for name in own:
        for other in own:
            pairs = list(zip(numbers[name], numbers[other]))
            if name < other:
                found[f"{name} = {other}"] = [a == b for a, b in pairs]
            if name != other:
                found[f"{name} > {other}"] = [a > b for a, b in pairs]
                if all(b > 0 for _, b in pairs):
                    divides = [a % b == 0 for a, b in pairs]
                    found[f"{name} a multiple of {other}"] = divides
    return found


def _columns(asked: list[Asked]) -> dict[str, Column]:
    """Each plain argument and each size, where every call has it."""
    columns: dict[str, Column] = {}
    for name in asked[0].plain:
        if all(name in one.plain or name in one.tensors for one in asked):
            columns[name] = [one.plain.get(name, "a tensor") for one in asked]
    for name in asked[0].tensors:
        if name not in columns and all(
            name in one.tensors or name in one.plain for one in asked
        ):
            columns[name] = [one.plain.get(name, "a tensor") for one in asked]
    for name in _shared(asked):
        shapes = [one.tensors[name].shape for one in asked]
        if len({len(shape) for shape in shapes}) == 1:
            for axis in range(len(shapes[0])):
                columns[f"{name}.shape[{axis}]"] = [shape[axis] for shape in shapes]
    return columns


def _shared(asked: list[Asked]) -> list[str]:
    return [
        name for name in asked[0].tensors if all(name in one.tensors for one in asked)
    ]


def _is(value: Any, number: int) -> bool:
    """Whether this is the number, or a pair of it."""
    if isinstance(value, tuple):
        return all(one == number for one in value)
    return type(value) in (int, float) and bool(value == number)


def _is_even_pair(value: Any) -> bool:
    return not isinstance(value, tuple) or len(set(value)) == 1
