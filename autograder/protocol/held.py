"""Objects that stay where the student's code made them, and are spoken of by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from autograder.protocol.values import Tree

_DATA = (torch.Tensor, tuple, list, dict, str, int, float)


class Held:
    """Models, optimizers and objects of the student's own classes.

    Args:
        own: the name of the student's module.
    """

    def __init__(self, own: str) -> None:
        self._own = own
        self._objects: dict[int, Any] = {}
        self._count = 0

    def __getitem__(self, number: int) -> Any:
        return self._objects[number]

    def handle(self, value: Any, keep: bool) -> Tree | None:
        """The handle of what stays here; None for what crosses as a value.

        With ``keep`` everything stays but data; a parameter is none, so that it can be
        given to a module, or to two.
        """
        for number, known in self._objects.items():
            if known is value:
                return {"handle": number}
        own = type(value).__module__ == self._own
        stays = keep or own or isinstance(value, (nn.Module, torch.optim.Optimizer))
        is_parameter = keep and isinstance(value, nn.Parameter)
        if (
            value is None
            or not stays
            or (isinstance(value, _DATA) and not is_parameter)
        ):
            return None
        self._count += 1
        self._objects[self._count] = value
        return {"handle": self._count}

    def clear(self) -> None:
        """Forget them all; a number is never given again."""
        self._objects.clear()


class Misfit(Exception):
    """Weights that do not fit a module; ``facts`` are [expected, got]."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.facts = [expected, got]


def check_weights(held: Any, weights: dict[str, torch.Tensor]) -> None:
    """Refuse weights whose names or shapes are not those of the module's parameters.

    Raises:
        Misfit: they are not.
    """
    own = {name: tuple(p.shape) for name, p in held.named_parameters()}
    given = {name: tuple(weight.shape) for name, weight in weights.items()}
    if own != given:
        parts = sorted(set(own.items()) ^ set(given.items()))
        names = sorted({name for name, _ in parts})

        def listed(of: dict[str, tuple[int, ...]]) -> str:
            found = [f"{n} {list(of[n])}" if n in of else f"no {n}" for n in names]
            return ", ".join(found[:8]) + (", ..." if len(found) > 8 else "")

        raise Misfit(listed(given), listed(own))


@contextmanager
def taken_for_parameters(weights: Iterable[torch.Tensor]) -> Iterator[None]:
    """Plain tensors pass for ``nn.Parameter``, as ``Module.get_parameter`` asks."""
    marked = {id(w): w for w in weights if not isinstance(w, nn.Parameter)}
    for weight in marked.values():
        weight._is_param = True
    try:
        yield
    finally:
        for weight in marked.values():
            del weight._is_param
