"""How the numbers of two tensors, or two floats, differ by more than is allowed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import torch

from autograder.checking.facts import describe, number_text, seen_text
from autograder.checking.grids import (
    grid_of,
    grid_of_shapes,
    number_texts,
    previews,
)
from autograder.checking.rules import Rules
from autograder.checking.tolerance import (
    COARSE_CEILING,
    allowed_error,
    scale_of,
    watching,
)
from autograder.protocol.dtypes import dtype_name
from autograder.verdict import Mismatch


def tensor_mismatch(
    got: torch.Tensor, expected: torch.Tensor, of: str, how: Rules
) -> Mismatch | None:
    """What is wrong with a tensor: its shape, its dtype, or its numbers."""
    if got.shape != expected.shape:
        wanted, shown = wanted_text(expected, how), grid_of_shapes(got, expected)
        return Mismatch("shape", of, wanted, describe(got), grid=shown)
    dtype = how.dtype if expected.is_floating_point() else expected.dtype
    how.saw_types |= not expected.is_floating_point() and dtype != torch.bool
    if got.dtype != dtype:
        wanted = wanted_text(expected, how)
        if how.strict or not _is_near(got.dtype, dtype):
            return Mismatch("dtype", of, wanted, describe(got))
        how.accept("dtype", of, wanted, describe(got))
    if how.exact or not expected.is_floating_point():
        wrong = got != expected
        if not bool(wrong.any()):
            return None
        wanted = wanted_text(expected, how)
        return _values(of, wanted, got, expected, wrong, None, None, how)
    how.saw_floats = True
    truth = expected.detach().to(torch.float64)
    answer = got.detach().to(torch.float64)
    distance = (answer - truth).abs()
    error = float(distance.max()) if distance.numel() else 0.0
    if not math.isfinite(error):  # infinities and NaN may be right where they are
        same = answer == truth
        if how.equal_nan:
            same |= answer.isnan() & truth.isnan()
        distance = distance.masked_fill(same, 0.0)
        error = float(distance.max())
    tell = watching()
    if error == 0.0 and tell is None:
        return None
    # A floor is the largest scale among those of one call, this one with them.
    scale = how.floor or scale_of(truth)
    if tell is not None:
        tell(error, scale, how.dtype, how.change(how.dtype))
    if error == 0.0:
        return None
    wanted = wanted_text(expected, how)
    if not math.isfinite(error):
        bad = ~distance.isfinite()
        return _values(of, wanted, got, truth, bad, None, None, how)
    allowed = _allowed(error, scale, of, wanted, how)
    if error <= allowed:
        return None
    wrong = distance > allowed
    found = _values(of, wanted, got, truth, wrong, distance, allowed, how)
    right = error <= _coarse(error, scale, how)
    return replace(found, digits=_digits(answer[wrong]) if right else None)


def _allowed(error: float, scale: float, of: str, wanted: str, how: Rules) -> float:
    """The error that is allowed; float32's where digits beyond it do not count."""
    allowed = allowed_error(error, scale, how.dtype, how.change(how.dtype))
    if error <= allowed or how.strict or how.dtype != torch.float64:
        return allowed
    rounding = _coarse(error, scale, how)
    if error <= rounding:
        off = f"off by {error:.1e}, where {allowed:.1e} is float64's rounding"
        how.accept("digits", of, wanted, off)
    return rounding


def _coarse(error: float, scale: float, how: Rules) -> float:
    """The error that float32 would be allowed; none where float64 is not asked for."""
    if how.dtype != torch.float64:
        return 0.0
    coarse = torch.float32
    return allowed_error(error, scale, coarse, how.change(coarse), COARSE_CEILING)


def _digits(wrong: torch.Tensor) -> str:
    """What is known of numbers that are right to float32's rounding, and no further."""
    held = wrong.to(torch.float32).to(torch.float64) == wrong
    return "float32 values" if bool(held.all()) else "float32"


def _is_near(got: torch.dtype, expected: torch.dtype) -> bool:
    """Whether a dtype may pass for another where only values count; bool for none."""
    if expected.is_floating_point:
        return got.is_floating_point
    return torch.bool not in (got, expected) and not got.is_complex


def _values(
    of: str,
    wanted: str,
    got: torch.Tensor,
    expected: torch.Tensor,
    wrong: torch.Tensor,
    distance: torch.Tensor | None,
    allowed: float | None,
    how: Rules,
) -> Mismatch:
    ranked = wrong.to(torch.float64) if distance is None else distance
    worst = int(ranked.reshape(-1).argmax())
    where = [int(i) for i in torch.unravel_index(torch.tensor(worst), wrong.shape)]
    # The preview begins at the first wrong value: the right ones teach nothing.
    first = int(wrong.reshape(-1).to(torch.uint8).argmax())
    flat = [side.reshape(-1)[first:] for side in (expected, got, wrong)]
    shown = previews(flat[0], flat[1], flat[2])
    return Mismatch(
        kind="value",
        of=of,
        expected=wanted,
        got=describe(got),
        expected_preview=shown[0],
        got_preview=shown[1],
        differing=int(wrong.sum()),
        total=wrong.numel(),
        where=where,
        error=None if distance is None else float(distance.max()),
        allowed=allowed,
        grid=grid_of(got, expected, wrong, where),
    )


def float_mismatch(got: Any, expected: float, of: str, how: Rules) -> Mismatch | None:
    """What is wrong with a number that ought to be a float."""
    if isinstance(got, torch.Tensor) and got.numel() == 1 and not how.strict:
        how.accept("type", of, f"the float {number_text(expected)}", seen_text(got))
        got = float(got)
    if type(got) not in (float, int):
        return Mismatch(
            "type", of, f"the float {number_text(expected)}", seen_text(got)
        )
    same = got == expected or (how.equal_nan and got != got and expected != expected)
    try:
        error = 0.0 if same else abs(float(got) - expected)
    except OverflowError:  # an int beyond all floats
        error = math.inf
    scale = max(abs(expected) if math.isfinite(expected) else 0.0, how.floor)
    tell = watching()
    if tell is not None:
        tell(error, scale, how.dtype, None)
    finite = math.isfinite(error)
    unknown = replace(how, changes=None)  # a number has no place among the tensors
    allowed = _allowed(error, scale, of, "float64", unknown) if finite else 0.0
    if same or error <= allowed:
        return None
    texts = number_texts(expected, float(got)) if finite else None
    right = finite and error <= _coarse(error, scale, unknown)
    return Mismatch(
        kind="value",
        of=of,
        expected=texts[0] if texts else number_text(expected),
        got=texts[1] if texts else describe(got),
        error=error if finite else None,
        allowed=allowed if finite else None,
        digits=_digits(torch.tensor(float(got), dtype=torch.float64))
        if right
        else None,
    )


def wanted_text(expected: torch.Tensor, how: Rules) -> str:
    """The expected shape, in the dtype that the setting asks for."""
    if expected.is_floating_point():
        dtype = dtype_name(how.dtype)
        return f"{dtype}[{', '.join(map(str, expected.shape))}]"
    return describe(expected)
