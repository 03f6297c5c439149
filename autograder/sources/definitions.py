"""The functions and classes of a source, what each of them uses, and what it imports.

All of it is read, cell by cell where a source has cells; nothing is run.
"""

from __future__ import annotations

import ast

from autograder.sources.cells import parts
from autograder.sources.syntax import definitions


def reached(source: str) -> dict[str, set[str]]:
    """For each function or class at the top, the names of those that it uses.

    Names that it uses through others are among them.
    """
    body = [statement for tree in _trees(source) for statement in tree.body]
    uses = {
        node.name: {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        for node in definitions(body)
    }
    found: dict[str, set[str]] = {}
    for name in uses:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            new = (uses.get(waiting.pop(), set()) & uses.keys()) - seen
            seen |= new
            waiting += new
        found[name] = seen
    return found


def dependents(source: str, function: str) -> set[str]:
    """The functions and classes that a change of ``function`` may change, with it."""
    uses = reached(source)
    return {function, *(name for name, used in uses.items() if function in used)}


def imported_modules(source: str) -> set[str]:
    """The names of the modules that a source imports anywhere."""
    nodes = [node for tree in _trees(source) for node in ast.walk(tree)]
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def _trees(source: str) -> list[ast.Module]:
    return [part.tree for part in parts(source, "<source>") if part.tree is not None]
