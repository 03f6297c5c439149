"""What a factor is: a size of the call, or its inverse, root or the like, if surely.

A name is given where exactly one idea explains the factor in every call. Sizes of the
same axis of different tensors are one idea; two axes that are equal in every call are
two, and then there is no name.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from autograder.checking.relations.asked import Asked

Seen = tuple[Asked | None, torch.Tensor, float]  # a call, its truth, its factor
Idea = tuple[str, str]  # what a size is of, and how it enters
Sizes = dict[str, tuple[str, float]]  # by name: what it is of, and how much

_FORMS: dict[str, Callable[[float], float]] = {
    "size": lambda n: n,
    "1/size": lambda n: 1 / n,
    "sqrt": lambda n: math.sqrt(n),
    "1/sqrt": lambda n: 1 / math.sqrt(n),
    "size/(size-1)": lambda n: n / (n - 1),
    "(size-1)/size": lambda n: (n - 1) / n,
}
_COMMON = (2.0, 0.5)  # numbers that need no size to explain them


def named_factor(seen: list[Seen], output: bool) -> dict[str, str] | None:
    """The facts ``size`` (its name), ``form`` and ``sizes`` of a factor; or None.

    Args:
        seen: the calls, with their factors.
        output: what was compared is the output, so that its sizes count, too.
    """
    factors = [abs(factor) for _, _, factor in seen]
    if not factors or any(asked is None for asked, _, _ in seen):
        return None
    signs = {factor > 0 for _, _, factor in seen if abs(factor) != 1.0}
    constant = all(math.isclose(f, factors[0], rel_tol=1e-9) for f in factors)
    if len(signs) > 1 or (constant and factors[0] in _COMMON):
        return None
    found: dict[Idea, list[tuple[str, list[float]]]] = {}
    for name, (idea, values) in _columns(seen, output).items():
        for form, of in _FORMS.items():
            if min(values) < (2 if "-1" in form else 1):
                continue
            if all(
                math.isclose(of(v), f, rel_tol=1e-9) for v, f in zip(values, factors)
            ):
                found.setdefault((idea, form), []).append((name, values))
    if len(found) != 1:
        return None
    (((_, form), names),) = found.items()
    given = [name for name, _ in names if not name.startswith("the output's")]
    sizes = ", ".join(f"{int(value)}" for value in sorted(set(names[0][1])))
    sign = {} if True in signs else {"sign": "turned"}
    named = " and ".join(given[:2]) if given else names[0][0]
    return {"size": named, "form": form, "sizes": sizes, **sign}


def _columns(seen: list[Seen], output: bool) -> dict[str, tuple[str, list[float]]]:
    """The sizes by name, call by call, each with what it is of."""
    rows = [
        _given(asked) | (_made(truth) if output else {})
        for asked, truth, _ in seen
        if asked is not None
    ]
    return {
        name: (idea, [row[name][1] for row in rows])
        for name, (idea, _) in rows[0].items()
        if all(name in row for row in rows)
    }


def _given(asked: Asked) -> Sizes:
    """Sizes of the tensors that were given, and the integers."""
    sizes: Sizes = {}
    for order, (name, tensor) in enumerate(asked.tensors.items()):
        for axis, size in enumerate(tensor.shape):
            label = f"{name}.shape[{axis}]"
            if order == 0 and axis == 0 and tensor.ndim == 4:
                label = f"the batch size ({label})"
            sizes[label] = (f"axis {axis}", float(size))
        if tensor.ndim > 1:
            sizes[f"{name}.numel()"] = (f"all of {name}", float(tensor.numel()))
        if tensor.ndim > 2:
            rows, columns = tensor.ndim - 2, tensor.ndim - 1
            inner = float(tensor.shape[rows] * tensor.shape[columns])
            label = f"{name}.shape[{rows}] * {name}.shape[{columns}]"
            sizes[label] = (f"places of {name}", inner)
            each = float(tensor[0].numel()) if len(tensor) else 0.0
            sizes[f"{name}[0].numel()"] = (f"each of {name}", each)
    for name, value in asked.plain.items():
        if type(value) is int:
            sizes[name] = (name, float(value))
            sizes[f"{name} * {name}"] = (f"{name} squared", float(value * value))
        elif isinstance(value, tuple) and len(value) == 2:
            product = float(math.prod(value))
            sizes[f"{name}[0] * {name}[1]"] = (f"{name} squared", product)
    return sizes


def _made(truth: torch.Tensor) -> Sizes:
    """Sizes of the right answer."""
    sizes: Sizes = {}
    for axis, size in enumerate(truth.shape):
        sizes[f"the output's shape[{axis}]"] = (f"axis {axis}", float(size))
    if truth.ndim > 1:
        sizes["the output's numel()"] = ("all of the output", float(truth.numel()))
    if truth.ndim > 2:
        inner = float(truth.shape[-1] * truth.shape[-2])
        sizes["the output's number of places"] = ("places of the output", inner)
    return sizes
