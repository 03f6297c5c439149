"""What a check gives to student code: it must be able to cross to where that runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.protocol.values import Packer, Tree

_KINDS = {
    "function": "a function of the check's own",
    "method": "a method of the check's own",
    "type": "a class of the check's own",
}


def packed_call(
    name: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    packer: Packer,
    parameters: Callable[[], list[str]],
) -> tuple[Tree, Tree]:
    """The arguments of a call as trees; their tensors are left in ``packer``.

    Raises:
        TypeError: one of them cannot cross, by the check's fault.
    """
    packed, keywords = packer.pack(tuple(args)), packer.pack(kwargs)
    for index, tree in enumerate(packed["tuple"]):
        what = _stuck(tree)
        if what is not None:
            names = parameters()
            known = index < len(names)
            raise TypeError(_why(name, names[index] if known else str(index + 1), what))
    for key, tree in keywords["dict"]:
        what = _stuck(tree)
        if what is not None:
            raise TypeError(_why(name, key, what))
    return packed, keywords


def packed_point(name: str, point: tuple[Any, ...]) -> list[Tree]:
    """The arguments of one of many calls, none of which holds a tensor.

    Raises:
        TypeError: one of them cannot cross, by the check's fault.
    """
    trees = []
    for index, value in enumerate(point):
        tree = value if type(value) is int else Packer().pack(value)
        what = None if tree is value else _stuck(tree)
        if what is not None:
            raise TypeError(_why(name, str(index + 1), what))
        trees.append(tree)
    return trees


def packed_weights(
    name: str, weights: dict[str, torch.Tensor], packer: Packer
) -> dict[str, int]:
    """The number of each weight's tensor.

    Raises:
        TypeError: one of them is no tensor that can cross, by the check's fault.
    """
    numbers = {}
    for weight, value in weights.items():
        tree = packer.pack(value)
        if not isinstance(tree, dict) or "tensor" not in tree:
            raise TypeError(
                f"{name}: with_weights takes tensors by name, and {weight!r} is "
                f"{_stuck(tree) or type(value).__name__}; give a plain tensor"
            )
        numbers[weight] = tree["tensor"]
    return numbers


def _why(name: str, argument: str, what: str) -> str:
    return (
        f"{name}: the argument {argument!r} is or holds {_KINDS.get(what, what)}, "
        "which cannot cross to where the student's code runs. Numbers, texts, tensors, "
        "lists, tuples, dicts, public functions of torch and functools.partial of them "
        "can; make an object there with student.build(...), or with "
        "student.scripted(...) what stands for a network"
    )


def _stuck(tree: Tree) -> str | None:
    """The type of the first part of a tree that is no value; None where all are."""
    if isinstance(tree, list):
        return next((what for what in map(_stuck, tree) if what is not None), None)
    if not isinstance(tree, dict):
        return None
    ((kind, content),) = tree.items()
    if kind == "opaque":
        return str(content)
    return _stuck(content) if kind in ("tuple", "dict", "partial") else None
