"""Notes at run time which forbidden functions are called, as a hint for people."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Any

import torch
import torch.nn.functional
import torch.nn.grad

WATCHED: dict[str, ModuleType] = {
    "torch": torch,
    "torch.nn.functional": torch.nn.functional,
    "torch.nn.grad": torch.nn.grad,
}
KEPT = 20


def watch(patterns: Iterable[str], used: list[str]) -> None:
    """Wrap the functions that match, so that each call leaves its name in ``used``.

    Modules such as nn.Conv2d call these functions, so their use is seen as well.
    """
    rules = list(patterns)
    for space, module in WATCHED.items():
        for name, value in list(vars(module).items()):
            dotted = f"{space}.{name}"
            if name.startswith("_") or not callable(value) or isinstance(value, type):
                continue
            if any(fnmatchcase(dotted, rule) for rule in rules):
                setattr(module, name, _noting(value, dotted, used))


def _noting(function: Any, name: str, used: list[str]) -> Any:
    @functools.wraps(function, updated=())
    def noted(*args: Any, **kwargs: Any) -> Any:
        if name not in used and len(used) < KEPT:
            used.append(name)
        return function(*args, **kwargs)

    return noted
