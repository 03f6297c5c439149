"""Arguments before a call and after: lists, dicts, modules, and marks of tensors.

What tensors hold is looked at by whoever has copies of them; here it is whether they
require gradients, and have one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

from autograder.protocol.values import Packer, Tree

_CONTAINERS = (list, dict, tuple)


class Arguments:
    """The arguments of one call, as they are now.

    Usage::

        arguments = Arguments(args, kwargs, special)
        f(*args, **kwargs)
        arguments.altered()  # [["0", "is empty after the call"]]

    Args:
        args: positional arguments.
        kwargs: keyword arguments.
        special: claims objects when a container is packed, see ``Packer``.
    """

    def __init__(
        self,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        special: Callable[[Any], Tree | None],
    ) -> None:
        self._special = special
        places = [(str(number), value) for number, value in enumerate(args)]
        places += list(kwargs.items())
        self._modules = [
            (place, value, _state(value))
            for place, value in places
            if isinstance(value, nn.Module)
        ]
        self._tensors = [
            (place, tensor, _marks(tensor))
            for place, value in places
            for tensor in self._tensors_in(value)
        ]
        self._containers = [
            (place, value, len(value), self._packed(value))
            for place, value in places
            if isinstance(value, _CONTAINERS)
        ]

    def altered(self) -> list[list[str]]:
        """Place and fact of each argument that is not as it was."""
        found = []
        for place, value, count, before in self._containers:
            if not _same(self._packed(value), before):
                found.append([place, _of_a_container(count, len(value))])
        for place, module, state in self._modules:
            what = _of_a_module(state, _state(module))
            if what is not None:
                found.append([place, what])
        for place, tensor, marks in self._tensors:
            found += [[place, what] for what in _of_a_tensor(marks, _marks(tensor))]
        return found[:20]

    def _tensors_in(self, value: Any) -> list[torch.Tensor]:
        if isinstance(value, torch.Tensor):
            return [value]
        packed = self._packed(value) if isinstance(value, _CONTAINERS) else None
        return packed[1] if packed is not None else []

    def _packed(self, value: Any) -> tuple[Tree, list[torch.Tensor]] | None:
        packer = Packer(self._special)
        try:
            return packer.pack(value), packer.tensors
        except Exception:  # a value too deep to be looked at
            return None


def _same(
    left: tuple[Tree, list[torch.Tensor]] | None,
    right: tuple[Tree, list[torch.Tensor]] | None,
) -> bool:
    """The same entries, and the very same tensors."""
    if left is None or right is None:
        return left is right
    same_tensors = len(left[1]) == len(right[1]) and all(
        one is other for one, other in zip(left[1], right[1])
    )
    return same_tensors and bool(left[0] == right[0])


_Marks = tuple[bool, torch.Tensor | None]


def _marks(tensor: torch.Tensor) -> _Marks:
    """Whether a tensor requires gradients, and the one that it has."""
    gradient = tensor.grad if tensor.is_leaf else None
    return tensor.requires_grad, None if gradient is None else gradient.clone()


def _of_a_tensor(before: _Marks, after: _Marks) -> Iterator[str]:
    if before[0] != after[0]:
        now, then = ("gradients", "none") if after[0] else ("no gradients", "some")
        yield f"requires {now} after the call, and required {then} before"
    if not _same_gradient(before[1], after[1]):
        yield f"has {'no' if after[1] is None else 'another'} gradient after the call"


def _same_gradient(before: torch.Tensor | None, after: torch.Tensor | None) -> bool:
    if before is None or after is None:
        return before is after
    return same_bits(before, after)


def _of_a_container(before: int, after: int) -> str:
    if after == before:
        return "has other entries after the call"
    now = "is empty" if after == 0 else f"holds {after}"
    return f"{now} after the call, and held {before} before"


_State = dict[str, list[Any]]


def _state(module: nn.Module) -> _State:
    named: list[tuple[str, torch.Tensor]] = [
        *module.named_parameters(remove_duplicate=False),
        *module.named_buffers(remove_duplicate=False),
    ]
    return {
        "names": [name for name, _ in named],
        "frozen": [tensor.requires_grad for _, tensor in named],
        "values": [tensor.detach().clone() for _, tensor in named],
        "gradients": [_marks(tensor)[1] for _, tensor in named],
        "mode": [part.training for part in module.modules()],
    }


def _of_a_module(before: _State, after: _State) -> str | None:
    if before["names"] != after["names"]:
        return "has other parameters or buffers after the call"
    for name, one, other in zip(after["names"], before["frozen"], after["frozen"]):
        if one != other:
            return f"has {name} {'frozen' if one else 'trainable'} after the call"
    for name, one, other in zip(after["names"], before["values"], after["values"]):
        if not same_bits(one, other):
            return f"has other values in {name} after the call"
    pairs = zip(after["names"], before["gradients"], after["gradients"])
    for name, one, other in pairs:
        if not _same_gradient(one, other):
            now = "no" if other is None else "another"
            return f"has {now} gradient in {name} after the call"
    if before["mode"] != after["mode"]:
        return "has been switched between train() and eval() by the call"
    return None


def same_bits(left: torch.Tensor, right: torch.Tensor) -> bool:
    """Whether two tensors hold the same values, NaN equal to NaN."""
    if left.shape != right.shape or left.dtype != right.dtype:
        return False
    if torch.equal(left, right):
        return True
    if left.is_floating_point():
        return bool(((left == right) | (left.isnan() & right.isnan())).all())
    return False
