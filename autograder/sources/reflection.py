"""Where a source reaches the names of a module as a whole: ``globals()``, ``exec``.

Who says such a thing can give any name another value. Who only looks cannot:
``"torch" in globals()``, ``__import__("math")``, ``exec`` of a text that can be read.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from autograder.sources.given_texts import code_in
from autograder.sources.syntax import name_text

NAMES = frozenset({"globals", "exec", "eval", "__builtins__", "__import__"})
NAMES_AT_TOP = NAMES | {"locals", "vars", "__getattr__"}
PARTS = frozenset({"__globals__", "__builtins__", "f_globals", "modules"})
SETTING = frozenset({"update", "setdefault", "__setitem__", "__ior__"})

_SPACES = frozenset({"globals", "locals", "vars"})
_LOOKING = frozenset({"get", "keys", "items", "values", "copy"})
_COPYING = frozenset({"dict", "list", "set", "sorted", "tuple", "len", "print", "iter"})
# Through these modules everything else can be had.
_DOORS = frozenset({"builtins", "gc", "importlib", "inspect", "sys", "__main__"})
_OTHERS = (sys.stdlib_module_names - _DOORS) | {"numpy", "torch"}


def looking(statement: ast.AST) -> set[int]:
    """The ids of nodes that stand for such a thing and by which nothing is changed."""
    found: set[int] = set()
    for node in ast.walk(statement):
        for looked_at in _looked_at(node):
            if is_space(looked_at):
                found.add(id(looked_at.func))
            elif _is_modules(looked_at, node):
                found.add(id(looked_at))
        if isinstance(node, ast.Call) and _only_reads(node):
            found.add(id(node.func))
    return found


def is_space(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether it is ``globals()`` or its like."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    return node.func.id in _SPACES


def looked_up(node: ast.AST) -> str:
    """``helper`` of ``globals()["helper"]`` and of ``globals().get("helper")``."""
    if isinstance(node, ast.Subscript) and is_space(node.value):
        return name_text(node.slice)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    if node.func.attr != "get" or not is_space(node.func.value) or not node.args:
        return ""
    return name_text(node.args[0])


def set_names(node: ast.Call) -> Iterable[str]:
    """The names that ``globals().update(...)`` sets; empty texts for unknown ones."""
    if not isinstance(node.func, ast.Attribute) or not is_space(node.func.value):
        return ()
    if node.func.attr not in SETTING:
        return ()
    names = [word.arg or "" for word in node.keywords]
    if node.func.attr in ("setdefault", "__setitem__"):
        return [*names, *map(name_text, node.args[:1])]
    for given in node.args:
        keys = given.keys if isinstance(given, ast.Dict) else [given]
        names += ["" if key is None else name_text(key) for key in keys]
    return names


def _looked_at(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare):
        if all(isinstance(each, (ast.In, ast.NotIn)) for each in node.ops):
            yield from node.comparators
    elif isinstance(node, ast.Subscript):
        if isinstance(node.ctx, ast.Load) or is_space(node.value):
            yield node.value  # what is set is another matter: a name, or any name
    elif isinstance(node, (ast.For, ast.comprehension)):
        yield node.iter
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            if node.func.attr in _LOOKING | SETTING:  # `set_names` has the latter
                yield node.func.value
        elif isinstance(node.func, ast.Name) and node.func.id in _COPYING:
            yield from node.args


def _is_modules(node: ast.AST, within: ast.AST) -> bool:
    """Whether it is ``sys.modules``, of which no module of the student's is taken."""
    if not isinstance(node, ast.Attribute) or node.attr != "modules":
        return False
    return not isinstance(within, ast.Subscript) or _is_other(within.slice)


def _only_reads(node: ast.Call) -> bool:
    """Whether it is ``exec`` or ``__import__`` of what is plain to see."""
    if not isinstance(node.func, ast.Name) or node.keywords or len(node.args) != 1:
        return False
    if node.func.id == "__import__":
        return _is_other(node.args[0])
    return node.func.id in ("exec", "eval") and _can_be_read(node.args[0])


def _is_other(node: ast.AST) -> bool:
    """Whether it names a module that is neither the student's nor a back door."""
    return name_text(node).partition(".")[0] in _OTHERS


def _can_be_read(node: ast.AST) -> bool:
    """Whether it is a text of code whose names are those of where it stands."""
    text = code_in(node)
    if text is None:
        return False
    try:
        tree = ast.parse(text.lstrip(" \t"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return not any(isinstance(inner, ast.Global) for inner in ast.walk(tree))
