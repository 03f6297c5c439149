"""How two values differ, in facts: the first mismatch, or None."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from autograder.checking.facts import describe, kind_of, number_text, preview
from autograder.checking.tolerance import Change, allowed_error, watching
from autograder.protocol.values import Opaque
from autograder.verdict import Mismatch


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
    text += _listed(mismatch.expected_preview)
    text += f", got {mismatch.got}{_listed(mismatch.got_preview)}"
    if mismatch.differing is not None:
        text += f"; {mismatch.differing} of {mismatch.total} values differ"
        text += f", most of all at {mismatch.where}"
    return text


def _listed(preview: list[str]) -> str:
    return f" ({', '.join(preview)}, ...)" if preview else ""


@dataclass
class Compare:
    """Under which rules values are compared."""

    dtype: torch.dtype
    device: str = "cpu"
    equal_nan: bool = False
    exact: bool = False  # not even rounding is allowed
    changes: Callable[[int], list[float]] | None = None
    position: int = 0  # of the tensor compared among those of ``changes``
    saw_floats: bool = False
    _known: tuple[Any, dict[int, list[float]]] | None = None

    @property
    def change(self) -> Change | None:
        """What computes the truth's own change; None where its inputs are unknown."""
        return self._change if self.changes is not None else None

    def _change(self, perturbations: int) -> float:
        """The truth's own change for the tensor at ``position``."""
        assert self.changes is not None
        if self._known is None or self._known[0] is not self.changes:
            self._known = (self.changes, {})
        known = self._known[1]
        if perturbations not in known:
            known[perturbations] = self.changes(perturbations)
        return known[perturbations][self.position]


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
        if not isinstance(got, torch.Tensor):
            return Mismatch(
                "type", of, f"a Tensor, {_float(expected, how)}", _seen(got)
            )
        return _tensors(got, expected, of, how)
    if type(expected) is float:
        how.saw_floats = True
        return _floats(got, expected, of, how)
    if isinstance(expected, (tuple, list)):
        kind = tuple if isinstance(expected, tuple) else list
        if type(got) is not kind or len(got) != len(expected):
            wanted = f"a {kind.__name__} of {len(expected)}"
            return Mismatch("structure", of, wanted, _seen(got))
        for index, (one, other) in enumerate(zip(got, expected)):
            found = _compare(one, other, _part(of, index), how, positioned)
            if found is not None:
                return found
        return None
    if isinstance(expected, dict):
        if not isinstance(got, dict) or set(got) != set(expected):
            keys = list(got) if isinstance(got, dict) else _seen(got)
            wanted = f"a dict with keys {list(expected)}"
            return Mismatch("structure", of, wanted, str(keys)[:200])
        for key, value in sorted(expected.items(), key=lambda item: repr(item[0])):
            found = _compare(got[key], value, _part(of, key), how, positioned)
            if found is not None:
                return found
        return None
    return compare_exactly(got, expected, of)


def compare_exactly(got: Any, expected: Any, of: str) -> Mismatch | None:
    """The first mismatch between values that must be the same, types included."""
    if isinstance(expected, torch.Tensor):
        if not isinstance(got, torch.Tensor):
            return Mismatch("type", of, f"a Tensor, {describe(expected)}", _seen(got))
        return _tensors(got, expected, of, Compare(expected.dtype, exact=True))
    if isinstance(expected, torch.Size):
        expected = tuple(expected)
    if isinstance(got, torch.Size):
        got = tuple(got)
    same_kind = type(got) is type(expected)
    if isinstance(expected, (tuple, list)):
        if not same_kind or len(got) != len(expected):
            kind = "value" if same_kind else "structure"
            return Mismatch(kind, of, describe(expected), _seen(got))
        for index, (one, other) in enumerate(zip(got, expected)):
            if compare_exactly(one, other, _part(of, index)) is not None:
                return Mismatch("value", of, describe(expected), _seen(got))
        return None
    if isinstance(expected, dict):
        if not same_kind or set(got) != set(expected):
            return Mismatch("structure", of, describe(expected), _seen(got))
        for key, value in expected.items():
            found = compare_exactly(got[key], value, _part(of, key))
            if found is not None:
                return found
        return None
    if not same_kind:
        return Mismatch("type", of, kind_of(expected), kind_of(got))
    if got != expected:
        return Mismatch("value", of, describe(expected), describe(got))
    return None


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
    wanted = _float(expected, how)
    if got.shape != expected.shape:
        return Mismatch("shape", of, wanted, describe(got))
    dtype = how.dtype if expected.is_floating_point() else expected.dtype
    if got.dtype != dtype:
        return Mismatch("dtype", of, wanted, describe(got))
    if how.exact or not expected.is_floating_point():
        wrong = got != expected
        if not bool(wrong.any()):
            return None
        return _values(of, wanted, got, expected, wrong, None, None, how)
    how.saw_floats = True
    truth = expected.detach().to(torch.float64)
    answer = got.detach().to(torch.float64)
    same = answer == truth
    if how.equal_nan:
        same |= answer.isnan() & truth.isnan()
    distance = (answer - truth).abs().masked_fill(same, 0.0)
    error = float(distance.max()) if distance.numel() else 0.0
    tell = watching()
    if tell is not None:
        tell(error, truth, how.dtype, how.change)
    if error == 0.0:
        return None
    if not math.isfinite(error):
        bad = ~distance.isfinite()
        return _values(of, wanted, got, truth, bad, None, None, how)
    allowed = allowed_error(error, truth, how.dtype, how.change)
    if error <= allowed:
        return None
    wrong = distance > allowed
    return _values(of, wanted, got, truth, wrong, distance, allowed, how)


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
    return Mismatch(
        kind="value",
        of=of,
        expected=wanted,
        got=describe(got),
        expected_preview=preview(expected.reshape(-1)[first:]),
        got_preview=preview(got.reshape(-1)[first:]),
        differing=int(wrong.sum()),
        total=wrong.numel(),
        where=where,
        error=None if distance is None else float(distance.max()),
        allowed=allowed,
    )


def _floats(got: Any, expected: float, of: str, how: Compare) -> Mismatch | None:
    if type(got) not in (float, int):
        return Mismatch("type", of, f"the float {number_text(expected)}", _seen(got))
    same = got == expected or (how.equal_nan and got != got and expected != expected)
    try:
        error = 0.0 if same else abs(float(got) - expected)
    except OverflowError:  # an int beyond all floats
        error = math.inf
    truth = torch.tensor(expected, dtype=torch.float64)
    tell = watching()
    if tell is not None:
        tell(error, truth, how.dtype, None)
    allowed = allowed_error(error, truth, how.dtype, None)
    if same or error <= allowed:
        return None
    finite = math.isfinite(error)
    return Mismatch(
        kind="value",
        of=of,
        expected=number_text(expected),
        got=number_text(float(got)) if finite else describe(got),
        error=error if finite else None,
        allowed=allowed if finite else None,
    )


def _float(expected: torch.Tensor, how: Compare) -> str:
    """The expected shape, in the dtype that the setting asks for."""
    if expected.is_floating_point():
        dtype = str(how.dtype).removeprefix("torch.")
        return f"{dtype}[{', '.join(map(str, expected.shape))}]"
    return describe(expected)


def _seen(got: Any) -> str:
    if isinstance(got, (torch.Tensor, Opaque)) or got is None:
        return describe(got) if isinstance(got, torch.Tensor) else kind_of(got)
    if isinstance(got, (tuple, list)):
        return describe(got)
    return kind_of(got)


def _part(of: str, key: Any) -> str:
    return f"{'output' if of == 'the output' else of}[{key!r}]"
