"""The call that a finding is about, so that it can be typed again.

The text that an event has is a whole expression. Long arguments get a name here, and
so does the object that is called; what the names stand for is told beside the call.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from autograder.checking.case import GRADIENT, CaseRun
from autograder.checking.facts import describe
from autograder.checking.grids import input_grids
from autograder.checking.objects import Objects
from autograder.verdict import Call

_LONG = 48  # characters of a list, tuple, dict or text; a longer one gets a name
_MOST = 4000  # characters of what a name stands for
_WEIGHTS = "its weights"
_LISTS = (ast.List, ast.Tuple, ast.Dict, ast.Set)


def last_call(run: CaseRun) -> Call | None:
    """The last call of a case, if one was made."""
    calls = [event for event in run.events if event.function != GRADIENT]
    if not calls:
        return None
    event = calls[-1]
    # One that was asked twice in one message has the same arguments, not equal ones.
    before = [one for one in calls[:-1] if one.args[0] is not event.args[0]]
    whole, names = event.written
    given = {n: t for n, t in zip(names, event.inputs) if n and _mentions(whole, n)}
    arguments = {name: describe(tensor) for name, tensor in given.items()}
    if any(name and name not in given for name in names):
        arguments[_WEIGHTS] = "given by the check"
    text, values = written_short(whole, event.parameters())
    text, made = Objects(before).told(text, event)
    grids = input_grids(given.items()) if arguments.keys() == given.keys() else {}
    return Call(text, arguments, made | values, grids)


def written_short(
    text: str, parameters: Sequence[str] | None = None
) -> tuple[str, dict[str, str]]:
    """The call with names for its long arguments, and what they stand for.

    Args:
        text: of the call.
        parameters: the names of its positional arguments.
    """
    call = _parsed(text)
    if call is None:
        return text, {}
    values: dict[str, str] = {}
    spans: list[tuple[int, int, str]] = []
    named: list[tuple[str, ast.expr]] = [
        (_name_of(number, parameters or ()), node)
        for number, node in enumerate(call.args)
    ]
    named += [(keyword.arg or "", keyword.value) for keyword in call.keywords]
    for name, node in named:
        start, end = _place(text, node)
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if (
            end - start <= _LONG
            or not (is_text or isinstance(node, _LISTS))
            or not name
        ):
            continue
        spans.append((start, end, name))
        if not any(isinstance(part, ast.Name) for part in ast.walk(node)):
            values[name] = text[start:end][:_MOST]
    for start, end, name in reversed(spans):
        text = text[:start] + name + text[end:]
    return text, values


def _parsed(text: str) -> ast.Call | None:
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if isinstance(tree, ast.Call) else None


def _place(text: str, node: ast.expr) -> tuple[int, int]:
    """Where a node stands in a text of one line, in characters."""
    encoded = text.encode()
    before = encoded[: node.col_offset].decode()
    inside = encoded[node.col_offset : node.end_col_offset].decode()
    return len(before), len(before) + len(inside)


def _name_of(number: int, parameters: Sequence[str]) -> str:
    return parameters[number] if number < len(parameters) else f"argument{number + 1}"


def _mentions(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", text))
