"""Where a student's function leaves autograd, told only where a gradient is missing.

What is told is a fact about a line: that it calls ``.detach()``, say, through which no
gradient flows. Code in which no such call stands is told nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from autograder.checking.places import definition_of
from autograder.protocol.exceptions import place_text
from autograder.sources.syntax import FUNCTIONS
from autograder.verdict import CheckResult, Outcome

_METHODS = ("detach", "detach_", "item", "tolist", "numpy")
_MODES = ("no_grad", "inference_mode")
_SIZES = ("shape", "size", "len", "numel", "dim", "ndim", "sqrt", "dtype", "device")
_MOST_NAMED = 3


def left_autograd(result: CheckResult, source: str | None) -> CheckResult:
    """The result with the lines through which no gradient flows, where one is missing.

    They are the ``detail``, and the first of them is where to look.
    """
    mismatch = result.mismatch
    if result.outcome is not Outcome.FAILED or mismatch is None or source is None:
        return result
    if mismatch.kind != "no_gradient":
        return result
    found = definition_of(result, source)
    if found is None:
        return result
    shown, node = found
    calls = sorted(set(_leaving(node)))
    if not calls:
        return result
    told = [f"{place_text(shown, line)} {what}" for line, what in calls[:_MOST_NAMED]]
    whole = f"{'; '.join(told)}: nothing flows back through that"
    return replace(result, detail=whole, look_at=place_text(shown, calls[0][0]))


def _leaving(function: ast.stmt) -> Iterator[tuple[int, str]]:
    """The lines that leave autograd, each with what it does."""
    sizes = set(_numbers_in(function))
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and node.attr == "data":
            if isinstance(node.ctx, ast.Load):
                yield node.lineno, "takes .data"
        elif isinstance(node, ast.Call):
            name = _last(node.func)
            if isinstance(node.func, ast.Attribute) and name in _METHODS:
                yield node.lineno, f"calls .{name}()"
            elif _is_torch(node.func, "tensor") and _makes_anew(node, sizes):
                yield node.lineno, f"calls torch.tensor({ast.unparse(node.args[0])})"
        modes: list[ast.expr] = []
        if isinstance(node, (ast.With, ast.AsyncWith)):
            modes = [item.context_expr for item in node.items]
        elif isinstance(node, FUNCTIONS):
            modes = node.decorator_list
        for mode in modes:
            used = mode.func if isinstance(mode, ast.Call) else mode
            if _last(used) in _MODES:
                yield mode.lineno, f"computes under {_last(used)}()"


def _makes_anew(call: ast.Call, sizes: set[str]) -> bool:
    """Whether what is given to torch.tensor was computed, and is no size."""
    if not call.args:
        return False
    names: set[str] = set()
    for node in ast.walk(call.args[0]):
        if isinstance(node, (ast.Name, ast.Attribute)) and _last(node) in _SIZES:
            return False
        if isinstance(node, ast.Name):
            names.add(node.id)
    return bool(names - sizes)


def _numbers_in(function: ast.stmt) -> Iterator[str]:
    """Names that stand for sizes, constants or arguments that are no tensors."""
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and node.annotation is not None:
            if "Tensor" not in ast.unparse(node.annotation):
                yield node.arg
        elif isinstance(node, ast.Assign) and _is_a_size(node.value):
            for target in node.targets:
                yield from _names(target)
        elif isinstance(node, (ast.For, ast.comprehension)):
            counts = "range" in _names(node.iter)
            yield from _names(node.target) if counts else []


def _is_a_size(value: ast.expr) -> bool:
    parts = [n for n in ast.walk(value) if isinstance(n, (ast.Name, ast.Attribute))]
    return any(_last(part) in _SIZES for part in parts) or not _names(value)


def _names(node: ast.expr) -> list[str]:
    return [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]


def _is_torch(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) == f"torch.{name}"


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
