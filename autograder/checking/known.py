"""Truths that are known already: every submission of a class is asked the same.

A submission's inputs depend on the seed alone. So what an oracle gives for them is
computed for the first submission that a process checks, and looked up for the others.
What is looked up was computed for the same oracle on the same bits, types, layouts in
memory and order of arguments; where that is not certain, the oracle is asked again.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Hashable
from typing import Any

import torch

from autograder.checking.truth import Truth
from autograder.protocol.public import public_name

MAX_BYTES = 1 << 20  # of the inputs of one call that is kept
MAX_TOTAL = 16 << 20  # of those of all; then all are forgotten

_PLAIN = (bool, int, float, str, type(None), torch.dtype)


class Unknown(Exception):
    """Arguments that cannot be told from others for certain."""


class Truths:
    """The truths of the calls so far."""

    def __init__(self, total: int = MAX_TOTAL) -> None:
        self._total = total
        self._bytes = 0
        self._known: dict[Hashable, Truth] = {}

    def of(
        self, oracle: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Truth:
        """The truth of a call; that of an earlier one with the same inputs will do."""
        if not _lasts(oracle):
            return Truth(oracle, args, kwargs)
        tensors: dict[int, bytes] = {}
        try:
            key = (oracle, _sight([args, kwargs], tensors))
        except Unknown:
            return Truth(oracle, args, kwargs)
        known = self._known.get(key)
        if known is not None:
            return known.again(args, kwargs)
        truth = Truth(oracle, args, kwargs, keep=True)
        size = sum(map(len, tensors.values()))
        if size > MAX_BYTES:
            return truth
        if self._bytes + size > self._total:
            self._known.clear()
            self._bytes = 0
        self._bytes += size
        self._known[key] = truth
        return truth


TRUTHS = Truths()


def _lasts(oracle: Callable[..., Any]) -> bool:
    """Whether an oracle is the same function in the next submission's check.

    One that a check makes on its way may hold what only that check knows.
    """
    try:
        return _is_at_the_top(oracle)
    except TypeError:  # it has no hash
        return False


@functools.lru_cache(maxsize=256)
def _is_at_the_top(oracle: Callable[..., Any]) -> bool:
    if public_name(oracle) is not None:
        return True
    module = sys.modules.get(getattr(oracle, "__module__", None) or "")
    return vars(module or object).get(getattr(oracle, "__name__", "")) is oracle


def _sight(value: Any, tensors: dict[int, bytes]) -> Hashable:
    """All that an oracle can see of a value.

    Raises:
        Unknown: it may see more.
    """
    kind = type(value)
    if kind is torch.Tensor:
        if id(value) in tensors:
            return "again", list(tensors).index(id(value))
        tensors[id(value)] = content = _content(value)
        return value.dtype, tuple(value.shape), value.stride(), content
    if kind in _PLAIN:  # True is 1 to a dict, and 0.0 is -0.0
        return kind, repr(value) if kind is float else value
    if kind is list or kind is tuple or kind is torch.Size:
        return kind, tuple([_sight(part, tensors) for part in value])
    if kind is dict:
        parts = [(key, _sight(part, tensors)) for key, part in value.items()]
        if all(type(key) is str for key in value):
            return kind, tuple(parts)
    raise Unknown


def _content(tensor: torch.Tensor) -> bytes:
    if tensor.layout is not torch.strided or tensor.device.type != "cpu":
        raise Unknown
    plain = tensor.detach()
    if plain.dtype is torch.bfloat16:
        plain = plain.contiguous().view(torch.int16)
    if plain.is_conj() or plain.is_neg():
        raise Unknown
    content: bytes = plain.numpy().tobytes()
    return content
