"""Relations between the parts of an answer, and between an output and its gradients."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from autograder.checking.relations.asked_calls import Call
from autograder.checking.relations.evidence import FEWEST_CALLS, FEWEST_NUMBERS
from autograder.checking.relations.parts import inner_parts, is_equal
from autograder.verdict import Relation

MOST_PARTS = 4


def gradient(calls: list[Call]) -> Iterator[Relation]:
    """The output is right in every call, and the gradient of one argument is wrong."""
    failed = [call for call in calls if not call.right]
    sets = []
    for call in failed:
        # A call's last comparison failed; those before it passed.
        wrong = {part.of for part in call.parts if not part.right}
        right = {part.of for part in call.parts if part.right}
        if len(wrong) != 1 or not right:
            return
        sets.append((wrong.pop(), right))
    names = {name for name, _ in sets}
    if len(names) != 1 or not (name := names.pop()).startswith("the gradient of "):
        return
    right = set.intersection(*(right for _, right in sets))
    others = sorted(
        one.removeprefix("the gradient of ")
        for one in right
        if one.startswith("the gradient of ")
    )
    facts = {
        "gradient": name.removeprefix("the gradient of "),
        "right": ", ".join(others),
    }
    yield Relation("gradient", facts)


def exchanged(calls: list[Call]) -> Iterator[Relation]:
    """The parts of a tuple stand in another order, or one of them stands alone."""
    pairs = [(call.compared.got, call.compared.expected) for call in calls]
    lengths = {
        len(expected) if isinstance(expected, (tuple, list)) else 0
        for _, expected in pairs
    }
    if len(lengths) != 1 or not 2 <= (count := lengths.pop()) <= MOST_PARTS:
        return
    of = {"of": calls[0].compared.of}
    numbers = [value for _, expected in pairs for value in _flat(expected)]
    if len(numbers) < FEWEST_NUMBERS or not _different(calls):
        return
    if all(isinstance(got, (tuple, list)) and len(got) == count for got, _ in pairs):
        plain = tuple(range(count))
        for order in itertools.permutations(plain):
            if order != plain and all(
                all(_same(got[i], expected[j]) for i, j in enumerate(order))
                for got, expected in pairs
            ):
                yield Relation("parts", of | {"order": " ".join(map(str, order))})
                return
    for index in range(count):
        if all(_same(got, expected[index]) for got, expected in pairs):
            yield Relation("one_part", of | {"part": str(index)})
            return


def _different(calls: list[Call]) -> bool:
    """Whether there are arrays, or several calls of different truth."""
    truths = [inner_parts(call.compared.expected) for call in calls if not call.right]
    if any(part.ndim for parts in truths for part in parts):
        return True
    return len({tuple(map(float, parts)) for parts in truths}) >= FEWEST_CALLS


def _flat(value: Any) -> list[float]:
    return [n for part in inner_parts(value) for n in part.reshape(-1).tolist()[:20]]


def _same(got: Any, expected: Any) -> bool:
    """Whether two values are equal up to rounding, in all their parts."""
    if isinstance(got, (tuple, list)) != isinstance(expected, (tuple, list)):
        return False
    one, other = inner_parts(got), inner_parts(expected)
    if len(one) != len(other) or not one:
        return False
    return all(is_equal(a, b) for a, b in zip(one, other))
