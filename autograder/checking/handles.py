"""What words ask of functions and objects of the student's beside calling them."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checking.callers import Caller
from autograder.checking.functions import Function, Object
from autograder.protocol.public import public_name


def built(caller: Caller, device: str, maker: Any) -> Function:
    """What makes an object of torch's own where the student's code runs."""
    name = public_name(maker)
    if name is None:
        raise TypeError(f"{maker!r} is no public name of torch, torch.nn or optim")
    label = name.rpartition(".")[2]
    return Function(caller, device, ["public", name], label, keep=True)


def build_beside(held: Object, maker: Any, *args: Any, **kwargs: Any) -> Any:
    """``student.build`` for who has an object of the student's only."""
    return built(held._caller, held._device, maker)(*args, **kwargs)


def without_weights(held: Object) -> Object:
    """The same object, with the parameters that it has where it lives."""
    return Object(held._caller, held._device, held._number, held._name)


def method_of(function: Any, held: Object) -> str | None:
    """The name of the method of this object that a function is; None for others."""
    target = getattr(function, "_target", [])
    return target[2] if target[:2] == ["method", held._number] else None


def weights_of(function: Any) -> dict[str, torch.Tensor] | None:
    """The weights that were given to an object by ``with_weights``."""
    return getattr(function, "_weights", None)


def parameter_names_of(function: Any) -> list[str]:
    """The names of the parameters of what ``agrees`` compares."""
    names: list[str] = function._parameter_names()
    return names
