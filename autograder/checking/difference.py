"""How two values differ, in facts: the first mismatch, or None."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from autograder.checking.facts import describe, is_long, kind_of, preview, seen_text
from autograder.checking.number_difference import (
    float_mismatch,
    tensor_mismatch,
    wanted_text,
)
from autograder.checking.output_parts import part_of
from autograder.checking.rules import EXACT, Rules
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


def compare(
    got: Any, expected: Any, of: str, how: Rules, positioned: bool = False
) -> Mismatch | None:
    """The first mismatch between an answer and the truth, depth first."""
    if not positioned:
        how.position = -1
    return _compare(got, expected, of, how, positioned)


def _compare(
    got: Any, expected: Any, of: str, how: Rules, positioned: bool
) -> Mismatch | None:
    if isinstance(expected, torch.Tensor):
        if expected.is_floating_point() and not positioned:
            how.position += 1
        number = type(got) in (int, float) and expected.ndim == 0
        if number and not how.strict:
            how.accept(
                "type", of, f"a Tensor, {wanted_text(expected, how)}", seen_text(got)
            )
            got = torch.tensor(got, dtype=how.dtype).to(expected.dtype)
        if not isinstance(got, torch.Tensor):
            return Mismatch(
                "type", of, f"a Tensor, {wanted_text(expected, how)}", seen_text(got)
            )
        return tensor_mismatch(got, expected, of, how)
    if type(expected) is float:
        how.saw_floats = how.saw_types = True
        return float_mismatch(got, expected, of, how)
    if isinstance(expected, (tuple, list)):
        kind = tuple if isinstance(expected, tuple) else list
        if not _same_kind(got, expected, of, how) or len(got) != len(expected):
            wanted = f"a {kind.__name__} of {len(expected)}"
            return Mismatch("structure", of, wanted, seen_text(got))
        for index, (one, other) in enumerate(zip(got, expected)):
            found = _compare(one, other, part_of(of, index), how, positioned)
            if found is not None:
                return found
        return None
    if isinstance(expected, dict):
        if not isinstance(got, dict) or set(got) != set(expected):
            keys = list(got) if isinstance(got, dict) else seen_text(got)
            wanted = f"a dict with keys {list(expected)}"
            return Mismatch("structure", of, wanted, str(keys)[:200])
        for key, value in sorted(expected.items(), key=lambda item: repr(item[0])):
            found = _compare(got[key], value, part_of(of, key), how, positioned)
            if found is not None:
                return found
        return None
    return compare_exactly(got, expected, of, how)


def compare_exactly(
    got: Any, expected: Any, of: str, how: Rules = EXACT
) -> Mismatch | None:
    """The first mismatch between values that must be the same, types included."""
    if isinstance(expected, torch.Tensor):
        if not isinstance(got, torch.Tensor):
            return Mismatch(
                "type", of, f"a Tensor, {describe(expected)}", seen_text(got)
            )
        exact = replace(how, dtype=expected.dtype, exact=True)
        return tensor_mismatch(got, expected, of, exact)
    if isinstance(expected, torch.Size):
        expected = tuple(expected)
    if isinstance(got, torch.Size):
        got = tuple(got)
    if isinstance(expected, (tuple, list)):
        same_kind = _same_kind(got, expected, of, how)
        if not same_kind or len(got) != len(expected):
            kind = "value" if same_kind else "structure"
            return Mismatch(kind, of, describe(expected), seen_text(got))
        for index, (one, other) in enumerate(zip(got, expected)):
            found = compare_exactly(one, other, part_of(of, index), how)
            if found is not None and is_long(expected):  # its part says more
                return found
            if found is not None:
                return Mismatch("value", of, describe(expected), seen_text(got))
        return None
    if isinstance(expected, dict):
        if type(got) is not dict:
            return Mismatch("structure", of, describe(expected), seen_text(got))
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
            return Mismatch("type", of, kind_of(expected), seen_text(got))
        how.accept("type", of, kind_of(expected), seen_text(got))
        return None
    if got != expected:
        return Mismatch("value", of, describe(expected), describe(got))
    return None


def _entries(of: dict[Any, Any], other: dict[Any, Any]) -> str:
    """``conv.weight: (4, 3), conv.bias: (4,)``: what is in one dict only."""
    own = [f"{key}: {describe(of[key])}" for key in of if key not in other]
    text = ", ".join(own)
    return text if len(text) <= 400 else f"{text[:397]}..."


def _same_kind(got: Any, expected: Any, of: str, how: Rules) -> bool:
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
