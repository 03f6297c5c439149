"""JSON files that differ by rounding alone.

Processors round differently in the last digits, so numbers that one has computed and
checked in are not what another computes to the last of them.
"""

from __future__ import annotations

import json
from typing import Any

RELATIVE = 1e-6  # of the largest number of the list that a number stands in


def same_but_for_rounding(left: bytes, right: bytes) -> bool:
    """Whether two JSON texts are the same, up to rounding of their floats.

    Usage::

        same_but_for_rounding(b"[1.0, 1e-12]", b"[1.0, 2e-12]")  # True
    """
    try:
        return _same(json.loads(left), json.loads(right))
    except (ValueError, RecursionError):
        return False


def _same(left: Any, right: Any, scale: float = 0.0) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) <= RELATIVE * max(scale, abs(left), abs(right))
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(
            _same(left[key], right[key]) for key in left
        )
    if isinstance(left, list):
        both = [abs(x) for x in (*left, *right) if isinstance(x, float)]
        largest = max(both, default=0.0)
        return len(left) == len(right) and all(
            _same(one, other, largest) for one, other in zip(left, right)
        )
    return bool(left == right)
