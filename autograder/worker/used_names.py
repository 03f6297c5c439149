"""Notes at run time which forbidden functions are called, as a hint for people."""

from __future__ import annotations

import fnmatch
import functools
from collections.abc import Callable, Collection, Iterator, MutableMapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import torch
import torch.autograd
import torch.func
import torch.nn.functional
import torch.nn.grad

from autograder.executor.gradients import is_ours
from autograder.sources.torch_names import is_on_autograd
from autograder.worker.limits import USED_NAMES
from autograder.worker.operators import (
    NAMED,
    Operators,
    has_operators,
    is_about,
    known_operators,
)

WATCHED: dict[str, ModuleType] = {
    "torch": torch,
    "torch.func": torch.func,
    "torch.nn.functional": torch.nn.functional,
    "torch.nn.grad": torch.nn.grad,
}
# What all of torch's backwards come to, a tensor's own among them.
ENGINE = "_engine_run_backward"
BACKWARD = "torch.autograd"  # what such a call is told as


class Watch:
    """The functions that one exercise forbids; each call leaves its name in ``used``.

    Modules such as nn.Conv2d call these functions, so their use is seen as well. They
    are wrapped only while that exercise's code runs: no other one meets a wrapper.
    """

    def __init__(self, patterns: Collection[str]) -> None:
        self.used: list[str] = []
        self._patterns = patterns
        self._wrapped = []
        for dotted in sorted({n for p in patterns for n in _matching(p)}):
            space, _, name = dotted.rpartition(".")
            function = getattr(WATCHED[space], name)
            noted = _noting(function, dotted, self.used)
            self._wrapped.append((WATCHED[space], name, function, noted))
        if is_on_autograd(patterns):
            engine: Any = getattr(torch.autograd, ENGINE)
            noted = _noting(engine, BACKWARD, self.used, but=is_ours)
            self._wrapped.append((torch.autograd, ENGINE, engine, noted))

    @property
    def has_operators(self) -> bool:
        """Whether operators are worth a look."""
        return has_operators(self._patterns)

    @contextmanager
    def operators_of(self, function: str) -> Iterator[None]:
        """Surrounds a call of a function: operators that it may not use are noted."""
        seen = Operators()
        with seen:
            yield
        for name in sorted(seen.names()):
            if is_about(name, self._patterns, function):
                _note(f"{NAMED}{name}", self.used)

    def on(self) -> None:
        """Wrap the functions."""
        self.used.clear()
        for module, name, _, noted in self._wrapped:
            setattr(module, name, noted)

    def off(self) -> None:
        """Put them back, but for those that the code has replaced by its own."""
        for module, name, function, noted in self._wrapped:
            if getattr(module, name, None) is noted:
                setattr(module, name, function)


def _matching(pattern: str) -> list[str]:
    return fnmatch.filter(_public_functions(), pattern)


@functools.cache
def _public_functions() -> list[str]:
    """The dotted names that can be watched; the zygote asks once for all children."""
    return [
        f"{space}.{name}"
        for space, module in WATCHED.items()
        for name, value in vars(module).items()
        if callable(value) and not isinstance(value, type) and name[0] != "_"
    ]


@functools.cache
def known_names(patterns: tuple[str, ...]) -> frozenset[str]:
    """What a watch may tell under these patterns. Any other text is not its own."""
    names = {name for pattern in patterns for name in _matching(pattern)}
    if is_on_autograd(patterns):
        names.add(BACKWARD)
    return frozenset(names | known_operators(patterns))


def warm_up() -> None:
    """Gather the names before a child needs them."""
    _public_functions()
    _scripted_builtins()


def _note(name: str, used: list[str]) -> None:
    if name not in used and len(used) < USED_NAMES:
        used.append(name)


def _noting(
    function: Any, name: str, used: list[str], but: Callable[[], bool] = lambda: False
) -> Any:
    @functools.wraps(function, updated=())
    def noted(*args: Any, **kwargs: Any) -> Any:
        if not but():
            _note(name, used)
        return function(*args, **kwargs)

    del noted.__wrapped__  # or its original would be one attribute away
    _let_script(noted, function)
    return noted


def _let_script(noted: Any, function: Any) -> None:
    """Let torch.jit take the one for the other: it compiles no function like ours.

    What is compiled calls the original, which operators show and this watch does not.
    """
    builtins = _scripted_builtins()
    if id(function) in builtins:
        builtins[id(noted)] = builtins[id(function)]
    elif function in _scripted_pairs():
        _scripted_pairs()[noted] = _scripted_pairs()[function]
    else:
        noted.__prepare_scriptable__ = lambda: function


def _scripted_builtins() -> dict[int, str]:
    """What torch.jit knows of functions that are operators, by their ``id``."""
    from torch.jit import _builtins

    know: Callable[[], dict[int, str]] = _builtins._get_builtin_table
    return know()


def _scripted_pairs() -> MutableMapping[Any, Any]:
    """The functions that torch.jit compiles as one of two, by an argument."""
    from torch import _jit_internal

    pairs: MutableMapping[Any, Any] = _jit_internal.boolean_dispatched
    return pairs
