"""Recognising a mistake: the signature of all that was observed of a failing case.

A signature holds numbers and hashes only: of each call, what was asked and what came
back. Tensors are represented by shape, dtype, counts of NaN and infinities, and
projections on fixed random directions, so that two answers have equal signatures, up
to rounding, exactly when they are equal; none can be read back from it. Releases carry
the mistakes' signatures on the public inputs; nothing else of a mistake leaves.
"""

from __future__ import annotations

import functools
import hashlib
import json
from typing import Any

import torch

from autograder.checking.case import CaseRun, Event

DIRECTIONS = 3
MOST_VALUES = 100_000
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
        return len(left) == len(right) and all(map(same_signature, left, right))
    if isinstance(left, dict):
        if "projections" in left:
            return _same_tensor(left, right)
        return left.keys() == right.keys() and all(
            same_signature(left[key], right[key]) for key in left
        )
    if isinstance(left, float):
        return abs(left - right) <= 1e-8 * max(abs(left), abs(right))
    return bool(left == right)


def _event(event: Event, order: dict[int, int]) -> Signature:
    answer = event.answer
    args = _counted(event.args, order)
    asked = [event.function, _digest(args), [_tensor(t) for t in event.inputs]]
    if answer.thrown is not None:
        return [asked, "thrown", answer.thrown.type, _digest(answer.thrown.message)]
    if answer.misfit is not None or answer.missing is not None:
        return [asked, "misfit", _digest([answer.misfit, answer.missing])]
    return [
        asked,
        _plain(_counted(answer.value, order)),
        [_tensor(tensor) for tensor in answer.tensors],
        answer.changed,
        [None if g is None else _tensor(g) for g in answer.gradients or ()],
    ]


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


def _tensor(tensor: torch.Tensor) -> dict[str, Any]:
    plain = {
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype).removeprefix("torch."),
    }
    if tensor.numel() > MOST_VALUES:  # no mistake's answer is so large
        return plain | {"odd": [], "norm": 0.0, "projections": [0.0] * DIRECTIONS}
    values = tensor.detach().to(torch.float64).reshape(-1)
    finite = torch.where(values.isfinite(), values, 0.0)
    return plain | {
        "odd": [
            int(values.isnan().sum()),
            int((values == torch.inf).sum()),
            int((values == -torch.inf).sum()),
        ],
        "norm": _rounded(float(finite.norm())),
        "projections": [
            _rounded(p) for p in (_directions(values.numel()) @ finite).tolist()
        ],
    }


def _rounded(number: float) -> float:
    """Ten digits: more than is compared, and short in a file."""
    return float(f"{number:.10g}")


@functools.lru_cache(maxsize=256)
def _directions(count: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(count)
    return torch.randn(DIRECTIONS, count, generator=generator, dtype=torch.float64)


def _same_tensor(left: dict[str, Any], right: dict[str, Any]) -> bool:
    if any(left[key] != right.get(key) for key in ("shape", "dtype", "odd")):
        return False
    allowed = RELATIVE.get(left["dtype"], 1e-9) * max(left["norm"], right["norm"])
    pairs = zip(left["projections"], right["projections"])
    return all(abs(one - other) <= allowed for one, other in pairs)


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
