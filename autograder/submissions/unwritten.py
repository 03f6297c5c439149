"""Which of two versions of a file holds the work: what is written in each.

Only where it is sure: a file as it was handed out beside a notebook that has all of it
written. Everything else is for the student to say.
"""

from __future__ import annotations

import ast
from enum import Enum

from autograder.sources.cells import parts
from autograder.sources.syntax import FUNCTIONS, definitions
from autograder.submissions.limits import COMPARED_CHARACTERS


class Better(Enum):
    """Which of two versions counts."""

    FIRST = "first"
    SECOND = "second"
    UNCLEAR = "unclear"


def better(first: str, second: str) -> Better:
    """Whether a second version counts before a first one, whose name is the right one.

    The first counts unless the second has written what the first leaves open. Then the
    second counts if it lacks nothing of the first and says the same where both have
    something written; else nobody knows. What is too long is not looked into.
    """
    if max(len(first), len(second)) > COMPARED_CHARACTERS:
        return Better.FIRST
    mine, theirs = _functions(first), _functions(second)
    opened = [name for name, text in mine.items() if text is None]
    if not any(theirs.get(name) for name in opened):
        return Better.FIRST
    for name, text in mine.items():
        if text is not None and text != theirs.get(name):
            return Better.UNCLEAR
    return Better.SECOND


def _functions(source: str) -> dict[str, str | None]:
    """The code of each function and method by name; None for one that is a stub."""
    found: dict[str, str | None] = {}
    for part in parts(source, "<source>"):
        for node in definitions(part.tree.body if part.tree is not None else ()):
            if isinstance(node, FUNCTIONS):
                found[node.name] = _code(node)
                continue
            for inner in definitions(node.body):
                if isinstance(inner, FUNCTIONS):
                    found[f"{node.name}.{inner.name}"] = _code(inner)
    return found


def _code(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]  # the docstring
    if len(body) == 1 and isinstance(body[0], ast.Raise):
        raised = body[0].exc
        called = raised.func if isinstance(raised, ast.Call) else raised
        if isinstance(called, ast.Name) and called.id == "NotImplementedError":
            return None
    return "\n".join(map(ast.dump, body)) + " "
