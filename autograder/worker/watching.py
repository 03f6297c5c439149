"""Notes at run time which forbidden functions are called, as a hint for people."""

from __future__ import annotations

import fnmatch
import functools
from collections.abc import Iterable
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
    for rule in patterns:
        for dotted in fnmatch.filter(_public_functions(), rule):
            space, _, name = dotted.rpartition(".")
            function = getattr(WATCHED[space], name)
            if not hasattr(function, "autograder_watched"):
                setattr(WATCHED[space], name, _noting(function, dotted, used))


@functools.cache
def _public_functions() -> list[str]:
    """The dotted names that can be watched; the zygote asks once for all children."""
    return [
        f"{space}.{name}"
        for space, module in WATCHED.items()
        for name, value in vars(module).items()
        if callable(value) and not isinstance(value, type) and name[0] != "_"
    ]


def warm_up() -> None:
    """Gather the names before a child needs them."""
    _public_functions()


def _noting(function: Any, name: str, used: list[str]) -> Any:
    @functools.wraps(function, updated=())
    def noted(*args: Any, **kwargs: Any) -> Any:
        if name not in used and len(used) < KEPT:
            used.append(name)
        return function(*args, **kwargs)

    del noted.__wrapped__  # or its original would be one attribute away
    noted.autograder_watched = True  # type: ignore[attr-defined]
    return noted
