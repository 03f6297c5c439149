"""Which operators of torch a rule is about, and a mode that sees them when they run.

However a function was got at, its operators come through torch's dispatcher:
``torch.conv2d`` as ``aten::convolution``. What was seen is a hint for people, as all
that a worker says beside its answers: code can look for the mode, and do otherwise.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from autograder.sources.forbidden import rules_by_function
from autograder.sources.statements import ANY
from autograder.sources.torch_names import operator_names

# Where the functions are that are operators, or little more.
_SPACES = (
    *("torch", "torch.nn.functional", "torch._C._nn", "torch.ops.aten"),
    *("torch.special", "torch._VF"),
)
NAMED = "torch.ops.aten."  # before what is told of one


def has_operators(patterns: Collection[str]) -> bool:
    """Whether some of them are about operators at all; those on autograd are not."""
    rules = rules_by_function(patterns).values()
    return any(_last_parts(those) for those in rules)


def is_about(operator: str, patterns: Collection[str], function: str) -> bool:
    """Whether a rule for a function is about an operator: ``convolution``."""
    rules = rules_by_function(patterns)
    return any(
        fnmatchcase(name, last)
        for last in _last_parts([*rules.get(ANY, ()), *rules.get(function, ())])
        for name in operator_names(operator)
    )


def _last_parts(rules: Collection[str]) -> set[str]:
    pairs = [rule.rpartition(".") for rule in rules]
    return {last for space, _, last in pairs if space in _SPACES and last.strip("*")}


def known_operators(patterns: Collection[str]) -> set[str]:
    """What may be told to have run, under any of these rules."""
    rules = [rule for those in rules_by_function(patterns).values() for rule in those]
    return {f"{NAMED}{name}" for name in _operators() if is_about(name, rules, ANY)}


@functools.cache
def _operators() -> frozenset[str]:
    """The names of all operators that torch has by itself."""
    names = torch._C._dispatch_get_all_op_names()
    spelt = [name.removeprefix("aten::") for name in names if name.startswith("aten::")]
    return frozenset(name.partition(".")[0] for name in spelt)


class Operators(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's
    """Keeps the names of the operators that run in it."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen: set[Any] = set()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Note an operator, and run it."""
        self.seen.add(func)
        return func(*args, **(kwargs or {}))

    def names(self) -> set[str]:
        """Those seen, without their overloads."""
        whole = [str(func) for func in self.seen]
        spelt = [name.removeprefix("aten.") for name in whole if name[:5] == "aten."]
        return {name.partition(".")[0] for name in spelt}
