"""Recognising a mistake: the signature of all that was observed of a failing case.

A signature holds numbers and hashes only: of each call, what was asked and what came
back. Tensors are represented by shape, dtype, counts of NaN and infinities, and
projections on fixed random directions, so that two answers have equal signatures, up
to rounding, exactly when they are equal; none can be read back from it. The inputs of
a case are the same for all, and stay out. Releases carry the mistakes' signatures on
the public inputs; nothing else of a mistake leaves.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from autograder.checking.case import CaseRun, Event
from autograder.checking.tolerance import scale_of
from autograder.protocol.dtypes import dtype_name

TENSOR = "tensor"  # begins the signature of one
DIRECTIONS = 3
MOST_VALUES = 100_000
CLAIMS = ("assertion", "exception")  # of the check's own, about its last call
MOST_EVIDENCE = 50  # numbers of one tensor: more would tell no more
RELATIVE = {"float64": 1e-8, "float32": 1e-4, "bfloat16": 5e-2, "float16": 5e-3}

Signature = list[Any]


def signature_of(case: CaseRun, reason: str) -> Signature:
    """What was observed of a case up to its failure.

    ``reason`` is the kind of the failure: a mistake that fails elsewhere differs.
    """
    order: dict[int, int] = {}
    return [reason, *(_event(event, order) for event in case.events)]


def same_signature(left: Signature, right: Signature) -> bool:
    """Whether two signatures tell of the same behaviour, up to rounding."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        if left[:1] == [TENSOR] == right[:1]:
            return _same_tensor(left, right)
        return len(left) == len(right) and all(map(same_signature, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(
            same_signature(left[key], right[key]) for key in left
        )
    if isinstance(left, float):
        return abs(left - right) <= 1e-8 * max(abs(left), abs(right))
    return bool(left == right)


@dataclass(frozen=True)
class Observation:
    """What was observed of a case that failed."""

    signature: Signature
    numbers: int = 0  # different wrong floating-point numbers
    calls: frozenset[str] = frozenset()  # other wrong values, each with its call
    odd: bool = False  # an exception, or wrong by NaN and infinities alone

    @property
    def is_wrong(self) -> bool:
        """Whether a value is wrong, and not only its form: a type, an argument."""
        return self.odd or bool(self.numbers) or bool(self.calls)


def observe(case: CaseRun, reason: str) -> Observation:
    """What was observed of a case up to its failure, and how much of it is evidence."""
    signature = signature_of(case, reason)
    if reason == "thrown":
        return Observation(signature, calls=frozenset(case.wrong_calls), odd=True)
    numbers: set[float] = set()
    others: list[str] = []
    for compared in case.compared:
        if not compared.right:
            for leaf in _wrong(compared.got, compared.expected):
                if isinstance(leaf, float):
                    numbers.add(leaf)
                else:
                    others += leaf
    if reason in CLAIMS:
        others.append(reason)
    asked = _digest(_history(case)) if others else ""
    calls = {f"{asked} {other}" for other in others} | set(case.wrong_calls)
    finite = {number for number in numbers if math.isfinite(number)}
    odd = bool(numbers) and not finite and not calls
    return Observation(signature, len(finite), frozenset(calls), odd)


def _history(case: CaseRun) -> list[Any]:
    """All that a case asked: what is asked again is no new evidence."""
    order: dict[int, int] = {}
    return [
        [
            event.function,
            _counted(event.args, order),
            [_tensor(t) for t in event.inputs],
        ]
        for event in case.events
    ]


def _wrong(got: Any, expected: Any) -> Iterator[float | list[str]]:
    """The wrong leaves of an answer: a number, or what else tells one from others.

    That is two things for a text, which says more than an integer.
    """
    if isinstance(got, (tuple, list)) and isinstance(expected, (tuple, list)):
        for one, other in itertools.zip_longest(got, expected):
            yield from _wrong(one, other)
    elif isinstance(got, dict) and isinstance(expected, dict):
        for key in [*expected, *(key for key in got if key not in expected)]:
            yield from _wrong(got.get(key), expected.get(key))
    elif isinstance(got, torch.Tensor):
        yield from _wrong_numbers(got, expected)
    elif type(got) is float:
        right = type(expected) is float and _is_right(got, expected)
        if not right:
            yield got
    elif type(got) is not type(expected) or got != expected:
        pair = repr((got, expected))[:200]
        yield [pair, f"{pair} as text"] if type(got) is str else [pair]


def _is_right(got: float, expected: float) -> bool:
    if math.isnan(got) or math.isnan(expected):
        return math.isnan(got) and math.isnan(expected)
    return got == expected or abs(got - expected) <= 1e-9 * abs(expected)


def _wrong_numbers(got: torch.Tensor, expected: Any) -> Iterator[float]:
    """The different wrong numbers of a tensor; one NaN for all that are no numbers.

    Where one number stands for several true ones, a zero for all that is negative,
    these are counted if they are more: which places are wrong tells as much as what
    stands there. A tensor of one number everywhere tells nothing but that.
    """
    if got.numel() > MOST_VALUES:
        return
    numbers = got.detach().to(torch.float64).reshape(-1)
    if isinstance(expected, torch.Tensor) and got.shape == expected.shape:
        truth = expected.detach().to(torch.float64).reshape(-1)
        right = (numbers == truth) | (numbers.isnan() & truth.isnan())
        right |= (numbers - truth).abs() <= 1e-9 * scale_of(truth)
        constant = bool((numbers == numbers[:1]).all())
        truth, numbers = truth[~right], numbers[~right]
        if not constant and bool(numbers.isfinite().all() & truth.isfinite().all()):
            numbers = max(torch.unique(numbers), torch.unique(truth), key=len)
    finite = numbers.isfinite()
    yield from torch.unique(numbers[finite])[:MOST_EVIDENCE].tolist()
    if not bool(finite.all()):
        yield math.nan


def _event(event: Event, order: dict[int, int]) -> Signature:
    answer = event.answer
    args = _counted(event.args, order)
    asked = [event.function, _digest(args)]
    if answer.thrown is not None:
        return [asked, "thrown", answer.thrown.type, _digest(answer.thrown.message)]
    if answer.misfit is not None or answer.missing is not None:
        return [asked, "misfit", _digest([answer.misfit, answer.missing])]
    if event.many:
        return [asked, _digest(_rounded_in(answer.value))]
    return [
        asked,
        _plain(_counted(answer.value, order)),
        [_tensor(tensor) for tensor in answer.tensors],
        answer.changed,
        _gradients(answer.gradients or ()),
    ]


def _gradients(gradients: Sequence[torch.Tensor | None]) -> list[Any]:
    """Those of one call. One that is zero on paper is zero, and not its rounding.

    A softmax does not see a bias of the keys: what comes out as its gradient differs
    from one processor to the next, and from one right style to another.
    """
    found = [None if g is None else _tensor(g) for g in gradients]
    largest = max((each[4][0] for each in found if each is not None), default=0.0)
    for each in found:
        if each is not None and each[4][0] <= RELATIVE.get(each[1], 1e-9) * largest:
            each[4] = [0.0] * len(each[4])
    return found


def _counted(tree: Any, order: dict[int, int]) -> Any:
    """A tree with its objects numbered as they appear in this case.

    Their numbers in the worker tell how many there were before this case.
    """
    if isinstance(tree, list):
        return [_counted(item, order) for item in tree]
    if isinstance(tree, dict):
        return {
            key: order.setdefault(item, len(order))
            if key in ("handle", "parameters")
            else _counted(item, order)
            for key, item in tree.items()
        }
    return tree


def _plain(tree: Any) -> Any:
    """A tree with its texts and integers hashed away, floats kept for comparison."""
    if isinstance(tree, float):
        return tree
    if isinstance(tree, list):
        return [_plain(item) for item in tree]
    if isinstance(tree, dict):
        return {key: _plain(item) for key, item in tree.items()}
    return _digest(tree)


def _tensor(tensor: torch.Tensor) -> list[Any]:
    """``["tensor", dtype, shape, counts of NaN, inf and -inf, norm, projections]``."""
    dtype = dtype_name(tensor.dtype)
    head = [TENSOR, dtype, list(tensor.shape)]
    if tensor.numel() > MOST_VALUES:  # no mistake's answer is so large
        return [*head, [], [0.0] * (1 + DIRECTIONS)]
    values = tensor.detach().to(torch.float64).reshape(-1)
    finite = torch.where(values.isfinite(), values, 0.0)
    odd = [values.isnan(), values == torch.inf, values == -torch.inf]
    projections = (_directions(values.numel()) @ finite).tolist()
    numbers = [_rounded(number) for number in (float(finite.norm()), *projections)]
    return [*head, [int(some.sum()) for some in odd], numbers]


def _rounded(number: float) -> float:
    """Ten digits: more than is compared, and short in a file."""
    return float(f"{number:.10g}")


def _rounded_in(tree: Any) -> Any:
    """A tree whose floats are rounded: (7 - 3) / 3 + 1 is (7 - 3 + 3) / 3."""
    if isinstance(tree, float):
        return _rounded(tree)
    if isinstance(tree, list):
        return [_rounded_in(item) for item in tree]
    if isinstance(tree, dict):
        return {key: _rounded_in(item) for key, item in tree.items()}
    return tree


@functools.lru_cache(maxsize=256)
def _directions(count: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(count)
    return torch.randn(DIRECTIONS, count, generator=generator, dtype=torch.float64)


def _same_tensor(left: list[Any], right: list[Any]) -> bool:
    if len(left) != 5 or left[:4] != right[:4] or len(left[4]) != len(right[4]):
        return False
    allowed = RELATIVE.get(left[1], 1e-9) * max(left[4][0], right[4][0])
    return all(abs(one - other) <= allowed for one, other in zip(left[4], right[4]))


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
