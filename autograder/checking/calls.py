"""The call that a finding is about, so that it can be typed again.

The text that an event has is a whole expression. Long arguments get a name here, and
so does the object that is called; what the names stand for is told beside the call.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from autograder.checking.case import GRADIENT, CaseRun, Event
from autograder.checking.facts import describe
from autograder.checking.grids import input_grids
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
    event, before = calls[-1], calls[:-1]
    whole, names = event.written
    given = {n: t for n, t in zip(names, event.inputs) if n and _mentions(whole, n)}
    arguments = {name: describe(tensor) for name, tensor in given.items()}
    if any(name and name not in given for name in names):
        arguments[_WEIGHTS] = "given by the check"
    text, values = written_short(whole, event.parameters())
    text, made = _with_objects(text, before)
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


def variable_of(kind: str) -> str:
    """``conv_net`` for an object of ConvNet, ``lstm_cell`` for one of LSTMCell."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", kind)
    return words.lower()


def _with_objects(text: str, before: Iterable[Event]) -> tuple[str, dict[str, str]]:
    """The call with a variable for each object in it, and how each was made."""
    made: dict[str, list[str]] = {}
    for event in before:
        if isinstance(event.answer.value, dict) and "handle" in event.answer.value:
            whole = written_short(event.written[0], event.parameters())[0]
            for kind, texts in made.items():
                if len(texts) == 1:  # Sequential(Linear(3, 4)), and not Linear alone
                    alone = rf"(?<![\w.'\"]){re.escape(kind)}(?![\w'\"(.])"
                    whole = re.sub(alone, texts[0].replace("\\", r"\\"), whole)
            if whole not in made.setdefault(event.function, []):
                made[event.function].append(whole)
    values: dict[str, str] = {}
    for kind, texts in made.items():
        # The class alone, or before a method: not where it is called to make one.
        pattern = rf"(?<![\w.'\"])({re.escape(kind)})(?:\.forward)?(?![\w'\"])(?!\()"
        called = rf"(?<![\w.'\"]){re.escape(kind)}\.forward(?=\()"
        name = variable_of(kind)
        text, first = re.subn(called, name, text)
        text, others = re.subn(pattern, name, text)
        if first + others and len(texts) == 1:
            values[name] = texts[0]
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
