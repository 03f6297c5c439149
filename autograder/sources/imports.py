"""Which libraries a source imports, by reading it and running nothing."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.sources.cells import cells_of
from autograder.sources.services import is_service

# With these around it, an import says itself what to do without the library.
_CATCHING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
# They come along with torch and autograder, and only annotate.
_QUIET = frozenset({"jaxtyping", "typing_extensions"})


@dataclass(frozen=True)
class Import:
    """One statement that imports."""

    modules: tuple[str, ...]  # "matplotlib.pyplot"
    first: int  # its lines
    last: int
    is_optional: bool  # an exception of it would be caught where it stands

    @property
    def names(self) -> list[str]:
        """The first parts: "matplotlib" of matplotlib.pyplot."""
        return [module.partition(".")[0] for module in self.modules]


def is_there(name: str, libraries: Collection[str], own: Collection[str]) -> bool:
    """Whether code may import it: ``own`` modules and the standard library, too."""
    top = name.partition(".")[0]
    return (
        top in libraries
        or top in own
        or top in sys.stdlib_module_names
        or top in _QUIET
        or any(module.startswith(f"{top}.") for module in own)
    )


def imports_in(source: str) -> list[Import]:
    """The imports of a source, cell by cell; none of a cell that cannot be parsed.

    Lines are those of the cell. What notebooks have around them is no import.
    """
    cells = cells_of(source)
    if cells is None:
        return [*_imports_of(source)]
    found = [one for cell in cells for one in _imports_of(cell.text)]
    return [one for one in found if not any(map(is_service, one.modules))]


@functools.lru_cache(maxsize=256)  # each exercise of a submission asks for them all
def _imports_of(text: str) -> tuple[Import, ...]:
    try:
        return tuple(_imports(ast.parse(text).body, False))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def absent_libraries(
    sources: Mapping[str, str], module: str, libraries: Collection[str]
) -> dict[str, list[str]]:
    """By file, what a module and those that it imports ask for and is not there.

    Imports that provide for that themselves are left out.
    """
    found: dict[str, list[str]] = {}
    waiting, seen = [module], set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in sources:
            continue
        seen.add(name)
        asked = imports_in(sources[name])
        waiting += [top for one in asked for top in one.names]
        absent = {
            top
            for one in asked
            for top in one.names
            if not one.is_optional and not is_there(top, libraries, sources)
        }
        if absent:
            found[f"{name.replace('.', '/')}.py"] = sorted(absent)
    return found


def absent_in(scan: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a worker says of ``absent_libraries``; only names come through."""
    found = scan.get("absent")
    if not isinstance(found, dict):
        return {}
    return {
        str(file)[:100]: [str(name)[:60] for name in names if _is_name(name)][:10]
        for file, names in list(found.items())[:20]
        if isinstance(names, list)
    }


def _is_name(name: object) -> bool:
    return isinstance(name, str) and name.isidentifier()


def _imports(body: list[ast.stmt], is_optional: bool) -> Iterator[Import]:
    waiting: list[tuple[ast.AST, bool]] = [(node, is_optional) for node in body]
    while waiting:
        node, caught = waiting.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                names = [] if node.level else [node.module or ""]
            yield Import(
                tuple(names), node.lineno, node.end_lineno or node.lineno, caught
            )
        elif isinstance(node, ast.Try):
            guarded = caught or any(map(_catches, node.handlers))
            waiting += [(inner, guarded) for inner in node.body]
            rest = [*node.handlers, *node.orelse, *node.finalbody]
            waiting += [(inner, caught) for inner in rest]
        elif isinstance(node, ast.With) and any(map(_suppresses, node.items)):
            waiting += [(inner, True) for inner in node.body]
        elif isinstance(node, ast.If) and _never_holds(node.test):
            waiting += [(inner, caught) for inner in node.orelse]
        else:
            waiting += [(inner, caught) for inner in ast.iter_child_nodes(node)]


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or bool(_last_names(handler.type) & _CATCHING)


def _suppresses(item: ast.withitem) -> bool:
    call = item.context_expr
    if not isinstance(call, ast.Call) or "suppress" not in _last_names(call.func):
        return False
    return any(_last_names(argument) & _CATCHING for argument in call.args)


def _never_holds(test: ast.expr) -> bool:
    """Whether it is about type checkers, or about a file that is run as a program."""
    if isinstance(test, ast.Compare):
        return "__name__" in _last_names(test.left)
    return "TYPE_CHECKING" in _last_names(test)


def _last_names(node: ast.expr) -> set[str]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    found = set()
    for part in parts:
        if isinstance(part, ast.Attribute):
            found.add(part.attr)
        elif isinstance(part, ast.Name):
            found.add(part.id)
    return found
