"""Values as JSON trees plus a list of tensors: the only things that cross the boundary.

A tensor in a tree is ``{"tensor": index}``; the same tensor object given twice has the
same index, so ``attention(x, x, x)`` arrives as one tensor given three times. What
cannot cross becomes ``Opaque``, which carries the name of its type and nothing else.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from autograder.protocol.dtypes import DTYPES, STORED_AS, dtype_name
from autograder.protocol.limits import MAX_BITS, MAX_DEPTH, MAX_ITEMS, MAX_TEXT
from autograder.protocol.public import public_name, resolve_public

Tree = Any  # None, bool, int, float, str, list of trees, dict with one key as below


_WHOLE = frozenset((bool, int, type(None)))  # their own trees, whatever their value
_SAME = _WHOLE | {float, str}  # trees that are their own values


class NotAValue(Exception):
    """A tree that is malformed, too deep or too large."""


@dataclass(frozen=True)
class Handle:
    """An object that stays in the worker, by its number there."""

    id: int


@dataclass(frozen=True)
class Parameters:
    """``handle.parameters()``, to be evaluated where the object lives."""

    id: int


@dataclass(frozen=True)
class Raising:
    """One of many calls raised: the nearest built-in type of the exception."""

    type: str  # "ValueError"


@dataclass(frozen=True)
class Opaque:
    """Something that cannot cross: only what it is."""

    type: str  # "numpy.ndarray", "a sparse tensor"


class Packer:
    """Turns values into trees, collecting the tensors on the way.

    ``special`` may claim a value first by returning a tree for it (else None); it is
    not asked for None, a bool or an int.
    """

    def __init__(self, special: Callable[[Any], Tree | None] | None = None) -> None:
        self.tensors: list[torch.Tensor] = []
        self._index: dict[int, int] = {}
        self._special = special
        self._items = 0

    def pack(self, value: Any, depth: int = 0) -> Tree:
        """Return the tree of a value; its tensors are appended to ``tensors``."""
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise NotAValue("a value nested too deeply or with too many items")
        kind = type(value)
        if kind in _WHOLE:
            if kind is int and value.bit_length() > MAX_BITS:
                raise NotAValue("a whole number of more than 4000 digits")
            return value
        if self._special is not None:
            claimed = self._special(value)
            if claimed is not None:
                return claimed
        if kind is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if kind is str:
            return value[:MAX_TEXT]
        if kind is list:
            return [self.pack(item, depth + 1) for item in value]
        if kind is tuple or isinstance(value, torch.Size):
            return {"tuple": [self.pack(item, depth + 1) for item in value]}
        if isinstance(value, dict):
            pairs = [
                [self.pack(key, depth + 1), self.pack(item, depth + 1)]
                for key, item in value.items()
            ]
            return {"dict": pairs}
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        return self._other(value, depth)

    def _tensor(self, value: torch.Tensor) -> Tree:
        reason = why_not_plain(value)
        if reason is not None:
            return {"opaque": reason}
        if id(value) not in self._index:
            self._index[id(value)] = len(self.tensors)
            self.tensors.append(value)
        return {"tensor": self._index[id(value)]}

    def _other(self, value: Any, depth: int) -> Tree:
        if isinstance(value, Handle):
            return {"handle": value.id}
        if isinstance(value, Parameters):
            return {"parameters": value.id}
        if isinstance(value, Raising):
            return {"raised": value.type}
        if isinstance(value, torch.dtype):
            return {"dtype": dtype_name(value)}
        if isinstance(value, functools.partial):
            parts = (value.func, list(value.args), dict(value.keywords))
            return {"partial": [self.pack(part, depth + 1) for part in parts]}
        if isinstance(value, (set, frozenset)):
            return {"opaque": type(value).__name__}
        # A namedtuple (torch's own max returns one) is a tuple to whoever reads it.
        if isinstance(value, tuple):
            return {"tuple": [self.pack(item, depth + 1) for item in value]}
        item = _numpy_scalar(value)
        if item is not None:
            return self.pack(item, depth + 1)
        name = public_name(value)
        if name is not None:
            return {"public": name}
        return {"opaque": type_name(value)}


def unpack(
    tree: Tree,
    tensors: list[torch.Tensor],
    objects: Callable[[str, int], Any] | None = None,
    depth: int = 0,
    callables: bool = True,
) -> Any:
    """Return the value of a tree.

    ``objects`` gives what a ``handle`` or ``parameters`` entry stands for; without it
    they become ``Handle`` and ``Parameters``. Without ``callables`` public functions
    become ``Opaque``: a worker must not choose what the grader calls.

    Raises:
        NotAValue: the tree is malformed.
    """
    if depth > MAX_DEPTH:
        raise NotAValue("a value nested too deeply")
    if type(tree) in _SAME:
        return tree
    same = _SAME if depth < MAX_DEPTH else frozenset()
    again = functools.partial(
        unpack,
        tensors=tensors,
        objects=objects,
        depth=depth + 1,
        callables=callables,
    )
    if type(tree) is list:
        return [item if type(item) in same else again(item) for item in tree]
    if type(tree) is not dict or len(tree) != 1:
        raise NotAValue("an entry that is no value")
    ((kind, content),) = tree.items()
    try:
        if kind in ("tuple", "dict") and type(content) is not list:
            raise NotAValue(f"a malformed {kind!r} entry")
        if kind == "tuple":
            return tuple(
                [item if type(item) in same else again(item) for item in content]
            )
        if kind == "dict":
            return {again(key): again(item) for key, item in content}
        if kind == "tensor":
            if type(content) is not int or not 0 <= content < len(tensors):
                raise NotAValue("a tensor that was not sent")
            return tensors[content]
        if kind == "float" and type(content) is str:
            return float(content)
        if kind == "opaque":
            return Opaque(str(content)[:200])
        if kind == "raised":
            return Raising(str(content)[:100])
        if kind == "dtype":
            return DTYPES[content]
        if kind in ("public", "partial") and not callables:
            return Opaque("function")
        if kind == "public":
            return resolve_public(content)
        if kind == "partial":
            function, args, keywords = content
            return functools.partial(again(function), *again(args), **again(keywords))
        if kind in ("handle", "parameters") and type(content) is int:
            if objects is not None:
                return objects(kind, content)
            return Handle(content) if kind == "handle" else Parameters(content)
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        raise NotAValue(f"a malformed {kind!r} entry") from error
    raise NotAValue(f"an entry of unknown kind {str(kind)[:40]!r}")


def count_items(tree: Tree) -> int:
    """How many entries a tree has."""
    waiting, count = [tree], 0
    while waiting:
        item = waiting.pop()
        count += 1
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            waiting += item.values()
    return count


def kinds_in(tree: Tree) -> set[str]:
    """What the entries of a tree are: ``tensor``, ``handle``, ``tuple`` and so on."""
    waiting: list[Tree] = [tree]
    found: set[str] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            found.update(item)
            waiting += item.values()
    return found


def tensor_numbers(tree: Tree) -> list[int]:
    """The numbers of the tensors in a tree; those of a dict by the order of its keys.

    Two dicts with the same keys are equal in whatever order they were filled.
    """
    if isinstance(tree, list):
        return [number for item in tree for number in tensor_numbers(item)]
    if not isinstance(tree, dict):
        return []
    ((kind, content),) = tree.items()
    if kind == "tensor":
        return [content]
    if kind == "dict":
        pairs = sorted(content, key=lambda pair: repr(unpack(pair[0], [])))
        return [number for _, item in pairs for number in tensor_numbers(item)]
    return tensor_numbers(content) if kind == "tuple" else []


def why_not_plain(tensor: torch.Tensor) -> str | None:
    """What keeps a tensor from crossing, in words, or None when nothing does."""
    if tensor.layout is not torch.strided:
        return "a sparse tensor"
    if tensor.device.type == "meta":
        return "a tensor on the meta device"
    if tensor.dtype not in STORED_AS:
        return f"a {dtype_name(tensor.dtype)} tensor"
    return None


def type_name(value: Any) -> str:
    """``numpy.ndarray`` for an array, ``generator`` for a generator."""
    kind = type(value)
    module = getattr(kind, "__module__", "builtins")
    name = str(getattr(kind, "__qualname__", "object"))
    return name if module == "builtins" else f"{module}.{name}"


def _numpy_scalar(value: Any) -> Any:
    """A NumPy number as the Python number it is, or None."""
    kind = type(value)
    if kind.__module__ != "numpy" or not hasattr(value, "dtype"):
        return None
    if getattr(value, "shape", None) != () or kind.__name__ == "ndarray":
        return None
    item = value.item()
    return item if type(item) in (bool, int, float) else None
