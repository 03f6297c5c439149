"""How two values differ, in facts: the first mismatch, or None."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from autograder.checking.facts import describe, is_long, kind_of, number_text, preview
from autograder.checking.grids import (
    grid_of,
    grid_of_shapes,
    number_texts,
    previews,
)
from autograder.checking.output_parts import part_of
from autograder.checking.tolerance import (
    COARSE_CEILING,
    Change,
    allowed_error,
    scale_of,
    watching,
)
from autograder.protocol.dtypes import dtype_name
from autograder.protocol.values import Opaque
from autograder.verdict import Mismatch, Remark


class Differs(AssertionError):
    """The student's answer is not what it must be; ``mismatch`` says how."""

    def __init__(self, mismatch: Mismatch) -> None:
        super().__init__(_in_one_line(mismatch))
        self.mismatch = mismatch


def _in_one_line(mismatch: Mismatch) -> str:
    """For pytest, which shows the text of an exception and no more."""
    if mismatch.kind == "device":
        return (
            f"{mismatch.of} is on {mismatch.got}, and the inputs are on "
            f"{mismatch.expected} (sim is the simulated GPU)"
        )
    text = f"{mismatch.of}: expected {mismatch.expected}"
    text += _listed(mismatch.expected_preview, mismatch.total)
    text += f", got {mismatch.got}{_listed(mismatch.got_preview, mismatch.total)}"
    if mismatch.differing is not None:
        one = mismatch.total == 1
        text += f"; {mismatch.differing} of {mismatch.total} "
        text += "value differs" if one else "values differ"
        text += "" if one else f", most of all at {mismatch.where}"
    return text


def _listed(preview: list[str], total: int | None) -> str:
    more = "" if total is not None and total <= len(preview) else ", ..."
    return f" ({', '.join(preview)}{more})" if preview else ""


@dataclass
class Compare:
    """Under which rules values are compared."""

    dtype: torch.dtype
    equal_nan: bool = False
    exact: bool = False  # not even rounding is allowed
    # Whether dtypes, types and the digits beyond float32 count. Where they do not,
    # what is accepted all the same is remembered in ``remarks``.
    strict: bool = True
    changes: Callable[[torch.dtype, int], list[float]] | None = None
    position: int = 0  # of the tensor compared among those of ``changes``
    floor: float = 0.0  # the largest scale of several tensors that count as one
    saw_floats: bool = False
    saw_types: bool = False  # values whose type counts only where ``strict``
    remarks: list[Remark] = field(default_factory=list)
    _known: tuple[Any, dict[tuple[torch.dtype, int], list[float]]] | None = None

    def change(self, dtype: torch.dtype) -> Change | None:
        """What computes the truth's own change; None where its inputs are unknown."""
        if self.changes is None:
            return None
        return functools.partial(self._change, dtype)

    def _change(self, dtype: torch.dtype, perturbations: int) -> float:
        """The truth's own change for the tensor at ``position``."""
        assert self.changes is not None
        if self._known is None or self._known[0] is not self.changes:
            self._known = (self.changes, {})
        known = self._known[1]
        if (dtype, perturbations) not in known:
            known[dtype, perturbations] = self.changes(dtype, perturbations)
        return known[dtype, perturbations][self.position]

    def accept(self, kind: str, of: str, expected: str, got: str) -> None:
        """Remember what only a strict check would refuse."""
        remark = Remark(kind, of, expected, got)
        if remark not in self.remarks:
            self.remarks.append(remark)


EXACT = Compare(torch.float64, exact=True)


def compare(
    got: Any, expected: Any, of: str, how: Compare, positioned: bool = False
) -> Mismatch | None:
    """The first mismatch between an answer and the truth, depth first."""
    if not positioned:
        how.position = -1
    return _compare(got, expected, of, how, positioned)


def _compare(
    got: Any, expected: Any, of: str, how: Compare, positioned: bool
) -> Mismatch | None:
    if isinstance(expected, torch.Tensor):
        if expected.is_floating_point() and not positioned:
            how.position += 1
        number = type(got) in (int, float) and expected.ndim == 0
        if number and not how.strict:
            how.accept("type", of, f"a Tensor, {_float(expected, how)}", _seen(got))
            got = torch.tensor(got, dtype=how.dtype).to(expected.dtype)
        if not isinstance(got, torch.Tensor):
            return Mismatch(
                "type", of, f"a Tensor, {_float(expected, how)}", _seen(got)
            )
        return _tensors(got, expected, of, how)
    if type(expected) is float:
        how.saw_floats = how.saw_types = True
        return _floats(got, expected, of, how)
    if isinstance(expected, (tuple, list)):
        kind = tuple if isinstance(expected, tuple) else list
        if not _same_kind(got, expected, of, how) or len(got) != len(expected):
            wanted = f"a {kind.__name__} of {len(expected)}"
            return Mismatch("structure", of, wanted, _seen(got))
        for index, (one, other) in enumerate(zip(got, expected)):
            found = _compare(one, other, part_of(of, index), how, positioned)
            if found is not None:
                return found
        return None
    if isinstance(expected, dict):
        if not isinstance(got, dict) or set(got) != set(expected):
            keys = list(got) if isinstance(got, dict) else _seen(got)
            wanted = f"a dict with keys {list(expected)}"
            return Mismatch("structure", of, wanted, str(keys)[:200])
        for key, value in sorted(expected.items(), key=lambda item: repr(item[0])):
            found = _compare(got[key], value, part_of(of, key), how, positioned)
            if found is not None:
                return found
        return None
    return compare_exactly(got, expected, of, how)


def compare_exactly(
    got: Any, expected: Any, of: str, how: Compare = EXACT
) -> Mismatch | None:
    """The first mismatch between values that must be the same, types included."""
    if isinstance(expected, torch.Tensor):
        if not isinstance(got, torch.Tensor):
            return Mismatch("type", of, f"a Tensor, {describe(expected)}", _seen(got))
        exact = replace(how, dtype=expected.dtype, exact=True)
        return _tensors(got, expected, of, exact)
    if isinstance(expected, torch.Size):
        expected = tuple(expected)
    if isinstance(got, torch.Size):
        got = tuple(got)
    if isinstance(expected, (tuple, list)):
        same_kind = _same_kind(got, expected, of, how)
        if not same_kind or len(got) != len(expected):
            kind = "value" if same_kind else "structure"
            return Mismatch(kind, of, describe(expected), _seen(got))
        for index, (one, other) in enumerate(zip(got, expected)):
            found = compare_exactly(one, other, part_of(of, index), how)
            if found is not None and is_long(expected):  # its part says more
                return found
            if found is not None:
                return Mismatch("value", of, describe(expected), _seen(got))
        return None
    if isinstance(expected, dict):
        if type(got) is not dict:
            return Mismatch("structure", of, describe(expected), _seen(got))
        if set(got) != set(expected):
            wanted, came = _entries(expected, got), _entries(got, expected)
            return Mismatch("structure", of, wanted or "no more", came or "nothing")
        for key, value in expected.items():
            found = compare_exactly(got[key], value, part_of(of, key), how)
            if found is not None:
                return found
        return None
    how.saw_types |= type(expected) is int
    if type(got) is not type(expected):
        if how.strict or not _is_the_number(got, expected):
            return Mismatch("type", of, kind_of(expected), _seen(got))
        how.accept("type", of, kind_of(expected), _seen(got))
        return None
    if got != expected:
        return Mismatch("value", of, describe(expected), describe(got))
    return None


def _entries(of: dict[Any, Any], other: dict[Any, Any]) -> str:
    """``conv.weight: (4, 3), conv.bias: (4,)``: what is in one dict only."""
    own = [f"{key}: {describe(of[key])}" for key in of if key not in other]
    text = ", ".join(own)
    return text if len(text) <= 400 else f"{text[:397]}..."


def _same_kind(got: Any, expected: Any, of: str, how: Compare) -> bool:
    """Whether it is a tuple where it must be one; a list will do where not strict."""
    how.saw_types = True
    kind = tuple if isinstance(expected, tuple) else list
    if type(got) is kind:
        return True
    if how.strict or type(got) not in (tuple, list):
        return False
    how.accept("type", of, f"a {kind.__name__}", f"a {type(got).__name__}")
    return True


def _is_the_number(got: Any, expected: Any) -> bool:
    """Whether 9.0, or a tensor that holds 9, stands for the int 9."""
    if type(expected) is not int:
        return False
    if isinstance(got, torch.Tensor) and got.numel() == 1 and got.dtype != torch.bool:
        got = got.item()
    return type(got) in (int, float) and bool(got == expected)


def gradient_mismatch(
    label: str, got: torch.Tensor | None, expected: torch.Tensor
) -> Mismatch:
    """No gradient arrives where there must be one."""
    return Mismatch(
        kind="no_gradient",
        of=label,
        expected=describe(expected),
        got="no gradient" if got is None else describe(got),
        expected_preview=preview(expected),
    )


def _tensors(
    got: torch.Tensor, expected: torch.Tensor, of: str, how: Compare
) -> Mismatch | None:
    if got.shape != expected.shape:
        wanted, shown = _float(expected, how), grid_of_shapes(got, expected)
        return Mismatch("shape", of, wanted, describe(got), grid=shown)
    dtype = how.dtype if expected.is_floating_point() else expected.dtype
    how.saw_types |= not expected.is_floating_point() and dtype != torch.bool
    if got.dtype != dtype:
        wanted = _float(expected, how)
        if how.strict or not _is_near(got.dtype, dtype):
            return Mismatch("dtype", of, wanted, describe(got))
        how.accept("dtype", of, wanted, describe(got))
    if how.exact or not expected.is_floating_point():
        wrong = got != expected
        if not bool(wrong.any()):
            return None
        wanted = _float(expected, how)
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
    wanted = _float(expected, how)
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


def _allowed(error: float, scale: float, of: str, wanted: str, how: Compare) -> float:
    """The error that is allowed; float32's where digits beyond it do not count."""
    allowed = allowed_error(error, scale, how.dtype, how.change(how.dtype))
    if error <= allowed or how.strict or how.dtype != torch.float64:
        return allowed
    rounding = _coarse(error, scale, how)
    if error <= rounding:
        off = f"off by {error:.1e}, where {allowed:.1e} is float64's rounding"
        how.accept("digits", of, wanted, off)
    return rounding


def _coarse(error: float, scale: float, how: Compare) -> float:
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
    how: Compare,
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


def _floats(got: Any, expected: float, of: str, how: Compare) -> Mismatch | None:
    if isinstance(got, torch.Tensor) and got.numel() == 1 and not how.strict:
        how.accept("type", of, f"the float {number_text(expected)}", _seen(got))
        got = float(got)
    if type(got) not in (float, int):
        return Mismatch("type", of, f"the float {number_text(expected)}", _seen(got))
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


def _float(expected: torch.Tensor, how: Compare) -> str:
    """The expected shape, in the dtype that the setting asks for."""
    if expected.is_floating_point():
        dtype = dtype_name(how.dtype)
        return f"{dtype}[{', '.join(map(str, expected.shape))}]"
    return describe(expected)


def _seen(got: Any) -> str:
    if isinstance(got, (torch.Tensor, Opaque)) or got is None:
        return describe(got) if isinstance(got, torch.Tensor) else kind_of(got)
    if isinstance(got, (tuple, list)):
        return describe(got)
    return kind_of(got)
