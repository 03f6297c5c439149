"""Short texts for values: ``float64[2, 3]``, and a call that can be typed again."""

from __future__ import annotations

import functools
from typing import Any

import torch

from autograder.protocol.dtypes import dtype_name
from autograder.protocol.values import Opaque, Parameters, type_name

PREVIEWED = 4  # values of a tensor that are shown
_LONGEST = 120  # characters of a value


def describe(value: Any) -> str:
    """dtype and shape of a tensor; the value itself where it is short."""
    if isinstance(value, torch.Tensor):
        dtype = dtype_name(value.dtype)
        return f"{dtype}[{', '.join(map(str, value.shape))}]"
    if isinstance(value, Opaque):
        return value.type
    if isinstance(value, (list, tuple)):
        if all(type(item) in (int, float, bool, str) for item in value):
            return _short(repr(value))
        inside = ", ".join(describe(item) for item in value[:6])
        more = ", ..." if len(value) > 6 else ""
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        left, right = "[]" if isinstance(value, list) else "()"
        return f"{left}{inside}{more}{comma}{right}"
    if isinstance(value, dict):
        inside = ", ".join(f"{k!r}: {describe(v)}" for k, v in list(value.items())[:6])
        return f"{{{inside}{', ...' if len(value) > 6 else ''}}}"
    if value is None or isinstance(value, (bool, int, float, str, torch.dtype)):
        return _short(repr(value))
    if isinstance(value, Parameters):
        return "parameters()"
    if isinstance(value, functools.partial):
        given = [describe(part) for part in (value.func, *value.args)]
        given += [f"{key}={describe(part)}" for key, part in value.keywords.items()]
        return f"partial({', '.join(given)})"
    name = getattr(value, "_name", None) or getattr(value, "__name__", None)
    return str(name) if name else type_name(value)


def is_long(value: list[Any] | tuple[Any, ...]) -> bool:
    """Whether ``describe`` shows a part of it only, or more than fits a line."""
    return len(value) > 6 or len(describe(value)) > 60


def kind_of(value: Any) -> str:
    """``a Tensor``, ``a tuple of 2``, ``the int 3``, ``None``."""
    if isinstance(value, torch.Tensor):
        return "a Tensor"
    if value is None:
        return "None"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, Opaque):
        return f"a {value.type}" if value.type[:2] not in ("a ", "an") else value.type
    if isinstance(value, (bool, int, float, str)):
        return f"the {type(value).__name__} {_short(repr(value))}"
    return f"a {type_name(value).rpartition('.')[2]}"


def seen_text(value: Any) -> str:
    """What came in place of another kind of value: tensors and sequences whole."""
    whole = isinstance(value, (torch.Tensor, tuple, list))
    return describe(value) if whole else kind_of(value)


def call_text(
    name: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    parameters: list[str],
    tensors: list[torch.Tensor],
) -> tuple[str, list[str]]:
    """The call as one would type it, whole, and a name for each of its tensors."""
    names = [""] * len(tensors)

    def shown(value: Any, label: str) -> str:
        for index, tensor in enumerate(tensors):
            if value is tensor:
                names[index] = names[index] or label
                return names[index]
        if isinstance(value, (list, tuple)):
            parts = [shown(v, f"{label}[{i}]") for i, v in enumerate(value)]
            comma = "," if isinstance(value, tuple) and len(parts) == 1 else ""
            left, right = "[]" if isinstance(value, list) else "()"
            return f"{left}{', '.join(parts)}{comma}{right}"
        if isinstance(value, dict):
            inside = (f"{k!r}: {shown(v, f'{label}[{k!r}]')}" for k, v in value.items())
            return f"{{{', '.join(inside)}}}"
        if isinstance(value, functools.partial):
            given = [shown(v, f"{label}[{i}]") for i, v in enumerate(value.args)]
            given += [f"{key}={shown(v, key)}" for key, v in value.keywords.items()]
            return f"partial({', '.join([describe(value.func), *given])})"
        if value is None or isinstance(value, (bool, int, float, str)):
            return repr(value)  # whole, so that it can be typed again
        return describe(value)

    texts = []
    for index, value in enumerate(args):
        label = parameters[index] if index < len(parameters) else f"argument{index + 1}"
        texts.append(shown(value, label))
    texts += [f"{key}={shown(value, key)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(texts)})", names


def preview(tensor: torch.Tensor) -> list[str]:
    """Its first values, as text."""
    return [number_text(v) for v in tensor.detach().reshape(-1)[:PREVIEWED].tolist()]


def number_text(number: Any) -> str:
    """Four significant digits of a float, all of an int."""
    return f"{number:.4g}" if isinstance(number, float) else repr(number)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
