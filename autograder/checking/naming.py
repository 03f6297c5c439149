"""What the tensors of a call are called: ``x``, ``state[0]``, ``q_proj.weight``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import torch

from autograder.checking.handles import parameter_names_of, weights_of

Named = dict[str, list[torch.Tensor]]


def named_tensors(
    parameters: Sequence[str],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    weights: dict[str, torch.Tensor] | None,
) -> Named:
    """The tensors of each argument, of each part of one, and of each weight.

    One tensor may have several names; where a list or a dict is an argument, its own
    name stands for all that is in it.
    """
    found: Named = {}

    def walk(value: Any, name: str) -> list[torch.Tensor]:
        inside: list[torch.Tensor] = []
        if isinstance(value, torch.Tensor):
            inside = [value]
        elif isinstance(value, (list, tuple)):
            for index, part in enumerate(value):
                inside += walk(part, f"{name}[{index}]")
        elif isinstance(value, dict):
            for key, part in value.items():
                inside += walk(part, f"{name}[{key!r}]")
        if inside:
            found[name] = inside
        return inside

    for index, value in enumerate(args):
        known = index < len(parameters)
        walk(value, parameters[index] if known else f"argument{index + 1}")
    for key, value in kwargs.items():
        walk(value, key)
    for name, weight in (weights or {}).items():
        found[name] = [weight]
    return found


class Names:
    """The names of the arguments of one call of ``agrees``, made when asked for.

    Args:
        function: what is compared, the student's or a composition.
        oracle: what it is compared with; a student may have renamed arguments at home.
        args: of the call.
        kwargs: of the call.
    """

    def __init__(
        self,
        function: Any,
        oracle: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self._function = function
        self._oracle = oracle
        self._given = (args, kwargs)

    def label(self, key: int) -> str | None:
        """The first name that is the tensor's own alone, by its id."""
        return self._labels.get(key)

    def chosen(self, asked: Sequence[str]) -> set[int]:
        """The ids of the tensors that ``gradient=`` asks for by name.

        Raises:
            TypeError: a single text instead of a list of them.
            ValueError: a name that is not there.
        """
        if isinstance(asked, str):
            raise TypeError(
                f"gradient takes a list of names; write gradient=[{asked!r}]"
            )
        found: set[int] = set()
        for name in asked:
            tensors = self._named.get(name) or self._as_the_oracle_has_them.get(name)
            floating = list(filter(_floating, tensors or []))
            if not floating:
                there = [n for n, ts in self._named.items() if any(map(_floating, ts))]
                raise ValueError(
                    f"gradient names {name!r}, which is no argument or weight of this "
                    "call with floating-point numbers; there are "
                    f"{', '.join(there) or 'none'}"
                )
            found |= set(map(id, floating))
        return found

    @cached_property
    def _labels(self) -> dict[int, str]:
        labels: dict[int, str] = {}
        for name, tensors in self._named.items():
            if len(tensors) == 1:
                labels.setdefault(id(tensors[0]), name)
        return labels

    @cached_property
    def _named(self) -> Named:
        parameters = parameter_names_of(self._function)
        return named_tensors(parameters, *self._given, weights_of(self._function))

    @cached_property
    def _as_the_oracle_has_them(self) -> Named:
        weights = weights_of(self._function)
        parameters = parameters_of(self._oracle)
        if weights is not None:
            parameters = parameters[1:]
        return named_tensors(parameters, *self._given, weights)


def parameters_of(function: Callable[..., Any]) -> list[str]:
    """The names of a function's parameters; none where they cannot be found out."""
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _floating(tensor: torch.Tensor) -> bool:
    return tensor.is_floating_point()
