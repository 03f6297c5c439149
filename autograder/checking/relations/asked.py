"""What a call was asked: its arguments by name, those left out with their defaults."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from autograder.checking.case import GRADIENT, CaseRun, Compared, Event
from autograder.protocol.values import NotAValue, unpack

NO_DEFAULT = object()
Parameter = tuple[str, Any]  # its name, and its default or NO_DEFAULT


@dataclass(frozen=True)
class Asked:
    """The arguments of one call, by the names that the student's function gives."""

    tensors: dict[str, torch.Tensor]
    plain: dict[str, Any]  # numbers, pairs of them, truth values, None
    order: tuple[
        str, ...
    ] = ()  # the names of the positional arguments, as far as known


def asked_by(run: CaseRun, compared: Compared, event: Event | None) -> Asked | None:
    """What was asked where this was compared; None where nobody knows.

    Args:
        run: the case, whose calls know the names of their tensors.
        compared: the comparison; where an oracle gave the truth, it has the arguments.
        event: the call that it was about, where that is known.
    """
    names = _names(run)
    if compared.oracle is not None:
        parameters = parameters_of(compared.oracle)
        args, kwargs = compared.args, compared.kwargs
        weights: dict[str, torch.Tensor] = {}
        if args and _is_weights(args[0]):
            weights, args, parameters = dict(args[0]), args[1:], parameters[1:]
        own = _own_names(run.events[-1]) if run.events else []
        parameters = [
            (own[i] if i < len(own) else name, default)
            for i, (name, default) in enumerate(parameters)
        ] or [(name, NO_DEFAULT) for name in own]
        return _asked(args, kwargs, parameters, names, weights)
    if event is None:
        return None
    try:
        args, kwargs = unpack(event.args, event.inputs)
        parameters = [(name, NO_DEFAULT) for name in _own_names(event)]
        return _asked(tuple(args), dict(kwargs), parameters, names, {})
    except (NotAValue, TypeError, ValueError):
        return None


def parameters_of(function: Callable[..., Any]) -> list[Parameter]:
    """Names and defaults of a function's parameters, in order, as far as known.

    torch's own functions have no signature; the first line of their help has one.
    """
    try:
        return list(_remembered(function))
    except TypeError:  # an object that cannot be a key
        return _parameters(function)


def _parameters(function: Callable[..., Any]) -> list[Parameter]:
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        found = []
    named = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    if found and not any(one.kind in named for one in found):
        empty = inspect.Parameter.empty
        return [
            (p.name, NO_DEFAULT if p.default is empty else p.default) for p in found
        ]
    text = getattr(function, "__doc__", None)
    name = getattr(function, "__name__", "")
    shown = re.search(r"^\s*(\w+)\((.*?)\)(?: ->|\s*$)", text or "", re.M)
    if not shown or (name not in ("fn", shown[1])):
        return []
    parameters = []
    for part in re.split(r",\s*(?![^()]*\))", shown[2]):
        label, equals, default = part.strip().partition("=")
        if not label.isidentifier():
            break
        parameters.append((label, _literal(default) if equals else NO_DEFAULT))
    return parameters


_remembered = functools.lru_cache(maxsize=64)(_parameters)


def event_of(run: CaseRun, compared: Compared, last: bool) -> Event | None:
    """The call whose answer was compared; the last one, for the last comparison."""
    calls = [event for event in run.events if event.function != GRADIENT]
    found = [event for event in calls if _gave(event, compared.got)]
    if len(found) == 1:
        return found[0]
    return calls[-1] if last and calls else None


def _gave(event: Event, got: Any) -> bool:
    """Whether this very tensor, or a number of this value, was the call's answer."""
    if isinstance(got, torch.Tensor):
        return any(
            t is got or (t.shape == got.shape and t.data_ptr() == got.data_ptr() != 0)
            for t in event.answer.tensors
        )
    if event.answer.tensors:
        return False
    try:
        return bool(unpack(event.answer.value, [], callables=False) == got)
    except NotAValue:
        return False


def _names(run: CaseRun) -> dict[int, str]:
    """The name of each tensor that was given to a call, by id."""
    names: dict[int, str] = {}
    for event in run.events[-2:]:  # the others are of other comparisons, as a rule
        if not event.inputs:
            continue
        for tensor, name in zip(event.inputs, event.written[1]):
            if name:
                names[id(tensor)] = name
    return names


def _own_names(event: Event) -> list[str]:
    return [name for name in event.parameters() if name.isidentifier()]


def _is_weights(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(isinstance(item, torch.Tensor) for item in value.values())
    )


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError):
        return NO_DEFAULT


def _asked(
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    parameters: list[Parameter],
    names: dict[int, str],
    weights: dict[str, torch.Tensor],
) -> Asked:
    tensors: dict[str, torch.Tensor] = {}
    plain: dict[str, Any] = {}
    given = [
        (parameters[i][0] if i < len(parameters) else f"argument {i + 1}", value)
        for i, value in enumerate(args)
    ]
    for label, value in [*given, *kwargs.items()]:
        if isinstance(value, torch.Tensor):
            tensors[names.get(id(value), label)] = value.detach()
        elif isinstance(value, (list, tuple)) and any(
            isinstance(item, torch.Tensor) for item in value
        ):
            for i, item in enumerate(value):
                if isinstance(item, torch.Tensor):
                    tensors[f"{label}[{i}]"] = item.detach()
        elif is_plain(value):
            plain[label] = tuple(value) if isinstance(value, list) else value
    for name, tensor in weights.items():
        tensors.setdefault(str(name), tensor.detach())
    for label, default in parameters:
        known = label in tensors or label in plain or default is NO_DEFAULT
        if not known and is_plain(default):
            plain[label] = default
    return Asked(tensors, plain, tuple(label for label, _ in given))


def is_plain(value: Any) -> bool:
    """Whether this is a number, a pair of integers, a truth value or None."""
    if value is None or type(value) in (bool, int, float):
        return True
    return (
        isinstance(value, (list, tuple))
        and 0 < len(value) <= 3
        and all(type(item) is int for item in value)
    )
