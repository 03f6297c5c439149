"""How far an answer may be from the truth. The one place that says so.

The truth is float64. An answer in float64 may err by ``1e-9`` of the scale of the true
values (their largest magnitude). An answer in a lower precision may err by ``ULPS``
units in the last place of that scale, plus ``SPREAD`` times the change that the truth
itself shows when its inputs, and all that is computed from them on the way, move by one
unit in the last place: what rounding could do to the best of implementations. That
second part has a ceiling.

docs/numerics.md says why, and how the numbers were found; ``autograder numerics``
measures whether they hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch

FLOAT64_RELATIVE = 1e-9
ULPS = 16
SPREAD = 8
PERTURBATIONS = 8  # of which the largest change counts
ASSUMED = 8  # units that a truth changes by whose inputs are not known
CEILING = 1 / 8  # of the scale: an answer that is off by more is wrong in any precision
# The same for float32's digits in float64: what is exact there must not seem to jump
# only because a nudge of float32's size breaks a tie.
COARSE_CEILING = 1e-3

Change = Callable[[int], float]  # of the truth, at most, under so many perturbations
# Is told of a comparison: error, scale, the answer's dtype, and the truth's change.
Watch = Callable[[float, float, torch.dtype, Change | None], None]

_WATCH: ContextVar[Watch | None] = ContextVar("autograder_watch", default=None)


def scale_of(expected: torch.Tensor) -> float:
    """The largest finite magnitude; 0 for a tensor without one."""
    magnitudes = expected.detach().to(torch.float64).abs()
    largest = float(magnitudes.max()) if magnitudes.numel() else 0.0
    if math.isfinite(largest):
        return largest
    finite = magnitudes[magnitudes.isfinite()]
    return float(finite.max()) if finite.numel() else 0.0


def allowed_error(
    error: float,
    scale: float,
    dtype: torch.dtype,
    change: Change | None,
    ceiling: float = CEILING,
) -> float:
    """The error that an answer in ``dtype`` may have.

    Args:
        error: largest distance of the answer from the truth.
        scale: of the true values, see ``scale_of``; of a gradient, the largest among
            the gradients of its call, since one that is zero on paper is made of the
            noise that the others leave.
        dtype: of the answer.
        change: computes the truth's largest change under perturbations; None where its
            inputs are not known. It is asked only where ``error`` passes what rounding
            alone allows, since it costs evaluations of the truth; the verdict is the
            same as if it always were.
        ceiling: of what change allows, as a part of the scale.
    """
    if dtype == torch.float64:
        return FLOAT64_RELATIVE * scale
    unit = torch.finfo(dtype).eps * scale
    if error <= ULPS * unit:
        return ULPS * unit
    moved = ASSUMED * unit if change is None else change(PERTURBATIONS)
    return ULPS * unit + min(SPREAD * moved, ceiling * scale)


def nudged(
    tensor: torch.Tensor, dtype: torch.dtype, generator: torch.Generator
) -> torch.Tensor:
    """A float64 copy, each value moved by one unit in the last place of ``dtype``."""
    signs = torch.randint(0, 2, tensor.shape, generator=generator) * 2 - 1
    return tensor * (1 + signs * torch.finfo(dtype).eps)


def ratio_of(
    error: float,
    scale: float,
    dtype: torch.dtype,
    change: Change | None,
    known: float = 0.0,
) -> float:
    """The error in units of all that is allowed: an answer passes up to 1.

    It is infinite for an error that is no finite number, and for any error where
    nothing is allowed. What ``change`` allows is counted in, too, except where the
    ratio could not exceed ``known`` even without: then an upper bound of it is given,
    which does not exceed ``known`` either.
    """
    if error == 0.0:
        return 0.0
    if not math.isfinite(error):
        return math.inf
    least = allowed_error(0.0, scale, dtype, change)
    if error <= known * least:
        return error / least
    if change is not None and dtype != torch.float64:
        least += min(SPREAD * change(1), CEILING * scale)
        if error <= known * least:
            return error / least
    most = allowed_error(math.inf, scale, dtype, change)
    return error / most if most else math.inf


@contextmanager
def watched_by(watch: Watch) -> Iterator[None]:
    """Within it, ``watch`` is told of every comparison of floats."""
    token = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(token)


def watching() -> Watch | None:
    """Who is to be told of comparisons; nobody as a rule."""
    return _WATCH.get()
