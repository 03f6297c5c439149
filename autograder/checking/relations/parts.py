"""One array or number that was compared, both sides as float64 on the CPU."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from autograder.checking.case import Compared
from autograder.checking.relations.asked import Asked
from autograder.checking.tolerance import FLOAT64_RELATIVE, ULPS, scale_of

MOST_VALUES = 100_000  # larger tensors are not looked into
EXACT_INTEGERS = 2**53
INTEGERS = 1e-15  # no more than dividing them loses

Path = tuple[Any, ...]


@dataclass(frozen=True)
class Part:
    """One array or number that was compared."""

    of: str  # "the output", "output[1]", "the gradient of weight"
    got: torch.Tensor
    truth: torch.Tensor
    unit: float  # the error allowed, relative to the scale
    right: bool = False
    path: Path | None = None  # where in the oracle's value; None for a gradient
    asked: Asked | None = None
    compared: Compared | None = None
    series: bool = False  # numbers of different calls, each with a scale of its own

    @cached_property
    def comparable(self) -> bool:
        """Whether the shapes agree."""
        return self.got.shape == self.truth.shape

    @cached_property
    def bad(self) -> torch.Tensor:
        """Which places of the answer are wrong."""
        return ~close_to(self.got, self.truth, self.unit, self.series)

    def is_(self, wanted: torch.Tensor, elementwise: bool = False) -> bool:
        """Whether this answer is ``wanted``, up to rounding."""
        if self.got.shape != wanted.shape:
            return False
        each = elementwise or self.series
        if not each and wanted.numel():  # the quick way, without NaN
            error = float((self.got - wanted).abs().max())
            scale = float(wanted.abs().max())
            if math.isfinite(error) and math.isfinite(scale):
                return error <= self.unit * scale
        return bool(close_to(self.got, wanted, self.unit, each).all())

    def fits(self, change: Callable[[torch.Tensor], torch.Tensor | None]) -> bool:
        """Whether the answer is what ``change`` makes of the truth.

        Of an answer that is right: whether ``change`` leaves it as it is.
        """
        wanted = change(self.truth)
        if wanted is None:
            return False
        if not self.right:
            return self.is_(wanted)
        return wanted.shape == self.truth.shape and bool(
            close_to(wanted, self.truth, self.unit, self.series).all()
        )


def distinct(values: torch.Tensor) -> int:
    """How many different numbers there are."""
    if not values.numel():
        return 0
    ordered = values.reshape(-1).sort().values
    return 1 + int((ordered[1:] != ordered[:-1]).sum())


def close_to(
    got: torch.Tensor,
    wanted: torch.Tensor,
    unit: float,
    elementwise: bool = False,
) -> torch.Tensor:
    """Where two tensors of one shape are equal, up to rounding; NaN equals NaN."""
    same = (got == wanted) | (got.isnan() & wanted.isnan())
    near = (got - wanted).abs()
    if elementwise:
        return same | ((near <= unit * wanted.abs()) & near.isfinite())
    return same | (near <= unit * scale_of(wanted))


def inner_parts(value: Any) -> list[torch.Tensor]:
    """The numbers of a nested value, part by part; none where some are no numbers."""
    if isinstance(value, (tuple, list)):
        found = [inner_parts(item) for item in value]
        return [one for some in found for one in some] if all(found) else []
    numbers = numbers_of(value)
    return [] if numbers is None else [numbers]


def is_equal(got: torch.Tensor, wanted: torch.Tensor) -> bool:
    """Whether two float64 tensors are equal, up to rounding."""
    if got.shape != wanted.shape:
        return False
    return bool(close_to(got, wanted, FLOAT64_RELATIVE).all())


def numbers_of(value: Any) -> torch.Tensor | None:
    """Float64 numbers of a tensor or a number; None where they would not be exact."""
    if isinstance(value, torch.Tensor):
        if value.layout != torch.strided or value.is_complex() or value.is_quantized:
            return None
        if value.numel() > MOST_VALUES:
            return None
        if value.dtype == torch.int64 and value.numel():
            low, high = value.min().item(), value.max().item()
            if max(-low, high) > EXACT_INTEGERS:
                return None
        return value.detach().to("cpu", torch.float64)
    if type(value) is float or (type(value) is int and abs(value) <= EXACT_INTEGERS):
        return torch.tensor(float(value), dtype=torch.float64)
    return None


def unit_of(got: Any) -> float:
    """The error that an answer of this type may have, relative to the scale."""
    if isinstance(got, torch.Tensor):
        if not got.is_floating_point():
            return INTEGERS
        if got.dtype != torch.float64:
            return ULPS * torch.finfo(got.dtype).eps
        return FLOAT64_RELATIVE
    return INTEGERS if type(got) is int else FLOAT64_RELATIVE


def finite(number: float) -> bool:
    """Whether this is a number that can be said, and none of the smallest."""
    return math.isfinite(number) and abs(number) > 1e-300
