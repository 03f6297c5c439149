"""Relations number by number: a constant, an argument, a factor, a sum, a function."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import torch

from autograder.checking.relations.asked import Asked
from autograder.checking.relations.evidence import (
    FEWEST_CALLS,
    FEWEST_NUMBERS,
    Evidence,
)
from autograder.checking.relations.parts import Part, distinct, finite
from autograder.checking.relations.quantities import named_factor
from autograder.checking.tolerance import scale_of
from autograder.verdict import Relation

Change = Callable[[torch.Tensor], torch.Tensor]


def constant(evidence: Evidence) -> Iterator[Relation]:
    """Every number of every wrong answer is the same one, such as 0."""
    if not evidence.aligned or not evidence.enough():
        return
    first = evidence.wrong[0].got.reshape(-1)[0]
    if not bool(first.isfinite() | first.isnan()):
        return
    for part in evidence.wrong:
        if not part.is_(first.expand(part.got.shape)):
            return
    for part in evidence.right:
        if not part.is_(first.expand(part.got.shape)):
            return
    text = "NaN" if bool(first.isnan()) else plain_number(float(first))
    yield Relation("constant", {"of": evidence.of, "value": text})


def unchanged(evidence: Evidence) -> Iterator[Relation]:
    """The answer is one of the arguments, as it was given."""
    if not evidence.enough():
        return
    names = [
        name
        for name in _shared_tensors(evidence)
        if all(_is_argument(part, name) for part in evidence.members)
    ]
    if evidence.series:
        got = [float(part.got) for part in evidence.members]
        names += [
            name
            for name in _shared_numbers(evidence)
            if got == [float(asked.plain[name]) for asked in _known(evidence)]
        ]
    if len(names) == 1:  # of two equal arguments neither can be named
        yield Relation("unchanged", {"of": evidence.of, "argument": names[0]})


def factor(evidence: Evidence) -> Iterator[Relation]:
    """The answer is the right one times a number: -1, 2, 1/3, the size of an axis."""
    if not evidence.aligned or not evidence.enough() or evidence.made_by_hand:
        return
    found: list[tuple[Part, float]] = []
    for part in evidence.members:
        number = _factor_of(part)
        if number is None:
            return
        if bool(part.truth.any()):
            found.append((part, number))
    numbers = [number for _, number in found]
    if not numbers:
        return
    same = all(math.isclose(n, numbers[0], rel_tol=1e-9) for n in numbers)
    facts = {"of": evidence.of}
    if same and math.isclose(numbers[0], -1.0, rel_tol=1e-9):
        yield Relation("sign", facts)
        return
    seen = [(part.asked, part.truth, number) for part, number in found]
    name = named_factor(seen, evidence.of == "the output")
    if name is not None:
        facts |= name
    if same:
        yield Relation("factor", facts | {"factor": plain_number(numbers[0])})
    elif name is not None:
        shown = [plain_number(n) for n in sorted(set(numbers)) if n != 1.0]
        listed = ", ".join(dict.fromkeys(shown))
        yield Relation("factor", facts | {"values": listed})


def _factor_of(part: Part) -> float | None:
    """The one number by which this answer differs; 1 of a right one."""
    if part.right:
        return 1.0
    if part.truth.ndim == 0 and bool(part.truth):
        number = float(part.got) / float(part.truth)
        return number if finite(number) else None
    scale = scale_of(part.truth)
    if not scale or not bool(part.truth.isfinite().all()):
        return None
    if not bool(part.got.isfinite().all()):
        return None
    truth, got = part.truth / scale, part.got / scale
    number = float((got * truth).sum() / (truth * truth).sum())
    if not finite(number):
        return None
    return number if part.is_(part.truth * number) else None


def offset(evidence: Evidence) -> Iterator[Relation]:
    """The answer is the right one plus the same number everywhere."""
    if not evidence.aligned or not evidence.enough() or evidence.made_by_hand:
        return
    if evidence.right_somewhere:
        return
    first = evidence.wrong[0]
    number = float((first.got - first.truth).reshape(-1).median())
    if not finite(number) or any(scale_of(part.truth) == 0 for part in evidence.wrong):
        return
    if evidence.holds(lambda truth: truth + number):
        sign = "more" if number > 0 else "less"
        size = plain_number(abs(number))
        yield Relation("offset", {"of": evidence.of, "number": size, "sign": sign})


def difference(evidence: Evidence) -> Iterator[Relation]:
    """The answer is the right one with an argument added or taken away once."""
    if not evidence.aligned or evidence.series or not evidence.enough():
        return
    found = [
        {"of": evidence.of, "argument": name, "sign": word}
        for name in _shared_tensors(evidence)
        for sign, word in ((1, "more"), (-1, "less"))
        if all(_differs_by(part, name, sign) for part in evidence.parts)
    ]
    if len(found) == 1:
        yield Relation("difference", found[0])


def _differs_by(part: Part, name: str, sign: int) -> bool:
    assert part.asked is not None
    given = part.asked.tensors[name].to(torch.float64)
    if part.truth.ndim == 0 or not given.numel():
        return False
    shapes = [given.shape]
    if given.ndim == 1:
        axes = [i for i, size in enumerate(part.truth.shape) if size == len(given)]
        shapes = [
            torch.Size([-1 if i == axis else 1 for i in range(part.truth.ndim)])
            for axis in axes
        ]
    elif given.shape != part.truth.shape:
        return False
    return any(
        part.fits(lambda truth, s=shape: truth + sign * given.reshape(s))  # type: ignore[misc]
        for shape in shapes
    )


def function(evidence: Evidence) -> Iterator[Relation]:
    """The answer is a known function of the right one, applied to each number."""
    if not evidence.aligned or not evidence.enough() or evidence.made_by_hand:
        return
    for name, change in _FUNCTIONS.items():
        explains = all(_is_function(part, change) for part in evidence.parts)
        if explains and _varied(evidence.wrong, change):
            yield Relation("function", {"of": evidence.of, "function": name})
            return


def along_an_axis(evidence: Evidence) -> Iterator[Relation]:
    """The answer is the right one with a softmax or a running sum along an axis."""
    arrays = evidence.arrays
    if not arrays or not evidence.aligned or not evidence.enough():
        return
    for axis in range(arrays[0].truth.ndim):
        for name, run in _ALONG.items():

            def change(truth: torch.Tensor, run=run, axis=axis) -> torch.Tensor:  # type: ignore[no-untyped-def]
                return run(truth, axis)  # type: ignore[no-any-return]

            explains = all(_is_function(part, change) for part in arrays)
            if explains and _varied(evidence.wrong, change):
                facts = {"of": evidence.of, "function": name, "axis": str(axis)}
                yield Relation("function", facts)
                return


def _is_function(part: Part, change: Change) -> bool:
    wanted = change(part.truth)
    if not bool(wanted.isfinite().all()):
        return False
    return part.fits(lambda truth: wanted) and (
        part.right or part.is_(wanted, elementwise=True)
    )


def _varied(parts: list[Part], change: Change) -> bool:
    """Whether what the function makes is itself no constant."""
    made = torch.cat([change(part.truth).reshape(-1) for part in parts])
    series = parts[0].series
    fewest = FEWEST_CALLS if series else FEWEST_NUMBERS
    return made.numel() >= fewest and distinct(made) >= FEWEST_CALLS


_FUNCTIONS: dict[str, Change] = {
    "absolute value": torch.abs,
    "square": torch.square,
    "square root": torch.sqrt,
    "exponential": torch.exp,
    "logarithm": torch.log,
    "reciprocal": torch.reciprocal,
    "difference from 1": lambda truth: 1 - truth,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "floor": torch.floor,
    "rounding up": torch.ceil,
    "rounding": torch.round,
}
_ALONG: dict[str, Callable[[torch.Tensor, int], torch.Tensor]] = {
    "softmax": torch.softmax,
    "log_softmax": torch.log_softmax,
    "cumsum": torch.cumsum,
}


def plain_number(number: float) -> str:
    """``3``, ``1/12``, ``sqrt(2)``; six digits of any other."""
    if number == round(number) and abs(number) < 1e15:
        return str(int(number))
    for value, form in ((number, "{}"), (number * number, "sqrt({})")):
        near = Fraction(value).limit_denominator(400)
        if near and math.isclose(value, float(near), rel_tol=1e-10):
            if form == "{}":
                return str(near)
            sign = "-" if number < 0 else ""
            if near.numerator == 1:
                return f"{sign}1/sqrt({near.denominator})"
            if near.denominator == 1:
                return f"{sign}sqrt({near.numerator})"
    return f"{number:.6g}"


def _known(evidence: Evidence) -> list[Asked]:
    """What was asked, call by call; nothing unless all of it is known."""
    known = [part.asked for part in evidence.members if part.asked is not None]
    return known if len(known) == len(evidence.members) else []


def _shared_tensors(evidence: Evidence) -> list[str]:
    """Names of the tensors that were given in every call."""
    known = _known(evidence)
    return [
        name
        for name, tensor in (known[0].tensors.items() if known else ())
        if all(name in asked.tensors for asked in known) and not tensor.is_complex()
    ]


def _shared_numbers(evidence: Evidence) -> list[str]:
    known = _known(evidence)
    return [
        name
        for name in (known[0].plain if known else ())
        if all(_is_number(asked.plain.get(name)) for asked in known)
    ]


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _is_argument(part: Part, name: str) -> bool:
    assert part.asked is not None
    return part.is_(part.asked.tensors[name].to(torch.float64))
