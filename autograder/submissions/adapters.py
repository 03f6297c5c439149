"""A course's own names and files: one file of imports, in place of the exercise files.

An instructor who keeps other names maps ours to theirs, once for the whole class::

    # adapters.py
    from hw1.layers import my_conv as conv2d

    def max_pool2d(x, kernel_size, **others):
        from hw1.pool import MaxPool
        return MaxPool(kernel_size, **others)(x)

It takes the place of every exercise file. What students hand in are modules of their
own, which it imports, so that they are read for forbidden names like any helper. Each
statement at its top runs by itself: one that fails costs the names that it binds.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.sources.cells import EACH_ALONE
from autograder.sources.syntax import bound_names
from autograder.tables import listed


@dataclass(frozen=True)
class Adapters:
    """What an instructor maps.

    Attributes:
        path: of the file, as reports name it.
        sources: for each exercise, what stands in place of its file.
        modules: for each exercise, the students' modules that it takes names from.
    """

    path: str
    sources: Mapping[str, str]
    modules: Mapping[str, frozenset[str]]

    def roots(self, paths: Collection[str]) -> set[str]:
        """The folders that modules are imported from, found by where files lie."""
        found = set()
        for module in frozenset().union(*self.modules.values()):
            inner = module.replace(".", "/")
            for end in (f"{inner}.py", f"{inner}/__init__.py"):
                for path in paths:
                    if f"/{path}".endswith(f"/{end}"):
                        found.add(path[: -len(end)].rstrip("/"))
        return found


def load_adapters(file: Path, exercises: Mapping[str, Collection[str]]) -> Adapters:
    """Read the file.

    Args:
        file: where it is.
        exercises: the functions and classes of each.

    Raises:
        CourseError: it cannot be read, or lacks a name that is checked.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        body = ast.parse(text).body
    except OSError as error:
        raise CourseError(f"{file}: cannot be read ({error.strerror}).") from None
    except (SyntaxError, ValueError) as error:
        raise CourseError(f"{file}: is no Python that can be read: {error}") from None
    _refuse_what_cannot_be_followed(file, body, exercises)
    bound = bound_names(body)
    for exercise, names in exercises.items():
        missing = sorted({*names} - bound)
        if missing:
            raise CourseError(
                f"{file}: has no {listed(missing)}, which the checks of {exercise} "
                "call. Import each under that name, or define it."
            )
    sources = {name: _part(text, body, name, exercises) for name in exercises}
    modules = {name: _modules(source) for name, source in sources.items()}
    return Adapters(file.name, sources, modules)


def _refuse_what_cannot_be_followed(
    file: Path, body: list[ast.stmt], exercises: Collection[str]
) -> None:
    for node in (inside for one in body for inside in ast.walk(one)):
        if not isinstance(node, ast.ImportFrom | ast.Import):
            continue
        place = f"{file}:{node.lineno}"
        if any(alias.name == "*" for alias in node.names):
            raise CourseError(f"{place}: imports *. Import the names that are needed.")
        if isinstance(node, ast.ImportFrom) and (node.level or not node.module):
            raise CourseError(f"{place}: is relative. Write the whole module's name.")
        named = [node.module] if isinstance(node, ast.ImportFrom) else []
        named = named or [alias.name for alias in node.names]
        for module in named:
            if module in exercises:
                raise CourseError(
                    f"{place}: imports from {module}, which is an exercise, whose "
                    "place this file takes. A module of students needs another name."
                )


def _part(
    text: str,
    body: list[ast.stmt],
    exercise: str,
    exercises: Mapping[str, Collection[str]],
) -> str:
    """The file without statements that bind names of other exercises alone."""
    others = {name for some in exercises.values() for name in some}
    lines = text.splitlines()
    for node in body:
        bound = bound_names([node]) & others
        if bound and not bound & {*exercises[exercise]}:
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(one.lineno for one in decorators)])
            for number in range(first - 1, node.end_lineno or node.lineno):
                lines[number] = ""  # the others keep their places
    return "\n".join([*lines, EACH_ALONE, ""])


def _modules(source: str) -> frozenset[str]:
    nodes = list(ast.walk(ast.parse(source)))
    found = {
        node.module
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module
    }
    found |= {
        alias.name
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    known = {*sys.stdlib_module_names, "numpy", "torch"}
    return frozenset(name for name in found if name.partition(".")[0] not in known)
