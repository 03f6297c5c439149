"""Public objects of torch cross by name: ``torch.sin``, ``torch.nn.Linear``."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional

NAMESPACES = {
    "torch": torch,
    "torch.nn": torch.nn,
    "torch.nn.functional": torch.nn.functional,
    "torch.optim": torch.optim,
}


def public_name(value: Any) -> str | None:
    """``torch.nn.Linear`` for that class; None for what has no public name there."""
    name = getattr(value, "__name__", None)
    if not callable(value) or not isinstance(name, str) or name.startswith("_"):
        return None
    for space, module in NAMESPACES.items():
        if getattr(module, name, None) is value:
            return f"{space}.{name}"
    return None


def resolve_public(name: str) -> Any:
    """The object of that public name.

    Raises:
        ValueError: the name is not a public, callable one of these namespaces.
    """
    space, _, last = name.rpartition(".")
    found = getattr(NAMESPACES.get(space), last, None)
    if last.startswith("_") or not callable(found):
        raise ValueError(f"{name!r} is not a public name of {', '.join(NAMESPACES)}")
    return found
