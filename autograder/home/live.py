"""Functions as a kernel holds them, beside those that the judged cells define.

They can differ: a cell that failed has changed nothing in the kernel, a function can be
imported from a file. What tells two functions apart is their compiled code.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any

from autograder.home.replay import Execution, names_of
from autograder.sources.cells import notebook_text, parts
from autograder.sources.magics import plain_cell
from autograder.sources.syntax import definitions, stored_names

FILE = "file:"  # before the name of the module that a function was imported from
_PLAIN = (int, float, complex, str, bytes, type(None))


def kept_in(names: Mapping[str, Any]) -> dict[str, str]:
    """By name, what stands for the functions and classes of a kernel.

    Args:
        names: of the kernel; values of other kinds are left out.
    """
    found = {}
    for name, value in list(names.items()):
        if type(value) is FunctionType or isinstance(value, type):
            module = getattr(value, "__module__", None)
            if module != "__main__":
                found[name] = f"{FILE}{module}"
            elif type(value) is FunctionType:
                found[name] = _digest(value.__code__)
            else:
                found[name] = _of_class(
                    method.__code__
                    for method in vars(value).values()
                    if type(method) is FunctionType
                )
    return found


def judged_in(cells: Sequence[Execution]) -> dict[str, tuple[int, str]]:
    """By name, the cell that defines a function or class last, and what stands for it.

    Only of those that their cell leaves as they are: a name that is bound in another
    way, too, or that has decorators, is left out.
    """
    texts = {one.count: plain_cell(one.text).code.rstrip() for one in cells}
    most = max(texts, default=0)
    source = notebook_text(texts.get(count, "") for count in range(1, most + 1))
    found: dict[str, tuple[int, str]] = {}
    for part in parts(source, "<cells>"):
        if part.cell is None or part.tree is None or part.code is None:
            continue
        for name in names_of(part.text).bound:
            found.pop(name, None)
        codes = {c.co_name: c for c in part.code.co_consts if isinstance(c, CodeType)}
        stored = Counter(stored_names(part.tree.body))
        for node in definitions(part.tree.body):
            if node.decorator_list or stored[node.name] > 1 or node.name not in codes:
                continue
            code = codes[node.name]
            stamp = _digest(code)
            if isinstance(node, ast.ClassDef):
                plain = {n.name for n in definitions(node.body) if not n.decorator_list}
                inner = [c for c in code.co_consts if isinstance(c, CodeType)]
                stamp = _of_class(c for c in inner if c.co_name in plain)
            found[node.name] = part.cell.number, stamp
    return found


def _digest(code: CodeType) -> str:
    constants = [c for c in code.co_consts if isinstance(c, _PLAIN)]
    inner = [_digest(c) for c in code.co_consts if isinstance(c, CodeType)]
    facts = (code.co_code, code.co_names, code.co_varnames, constants, inner)
    return hashlib.sha256(repr(facts).encode("utf-8", "replace")).hexdigest()


def _of_class(codes: Iterable[CodeType]) -> str:
    return "class:" + " ".join(sorted(_digest(code) for code in codes))
