"""Objects that stay where the student's code made them, and are spoken of by number."""

from __future__ import annotations

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
