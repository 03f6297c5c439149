"""Which names the statements at the top of a module make and use."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.course.source import (
    Lines,
    changed,
    first_line,
    last_line,
    parse,
    split,
)
from autograder.sources.syntax import DEFINITIONS, FUNCTIONS, bound_by


@dataclass(frozen=True)
class NamePart:
    """One statement at the top of a module, or several that share a line."""

    lines: Lines
    nodes: tuple[ast.stmt, ...]
    binds: frozenset[str]  # names of the module that it makes or changes
    uses: frozenset[str]  # names of the module that it reads


def parts(source: str, file: str) -> list[NamePart]:
    """The statements at the top of a module, in order."""
    groups: list[list[ast.stmt]] = []
    for node in parse(source, file).body:
        if groups and first_line(node) <= last_line(groups[-1][-1]):
            groups[-1].append(node)
        else:
            groups.append([node])
    lines = split(source)
    found = []
    for group in groups:
        first, last = first_line(group[0]), last_line(group[-1])
        table = symtable.symtable("".join(lines[first - 1 : last]), file, "exec")
        binds, uses = _in_scope(table)
        for node in group:
            binds |= _changed_in_place(node)
            uses |= _named_in_texts(node)
        span = first, last
        found.append(NamePart(span, tuple(group), frozenset(binds), frozenset(uses)))
    return found


def used_names(source: str, file: str) -> frozenset[str]:
    """All names of the module that something in it reads."""
    return frozenset().union(*(part.uses for part in parts(source, file)))


def imported(source: str, file: str) -> dict[str, str]:
    """What each name imported at the top stands for: ``F`` torch.nn.functional."""
    found = {}
    for node in parse(source, file).body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[bound_by(alias)] = alias.name if alias.asname else bound_by(alias)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[bound_by(alias)] = f"{node.module or ''}.{alias.name}"
    return found


def without_imports(source: str, file: str, useless: Iterable[str]) -> str:
    """The source without the imports at its top that bind these names."""
    useless = set(useless)
    lines = split(source)
    changes: dict[Lines, str | None] = {}
    for part in parts(source, file):
        node = part.nodes[0]
        if len(part.nodes) > 1 or not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        kept = [alias for alias in node.names if bound_by(alias) not in useless]
        first, last = part.lines
        if not kept:
            changes[with_comment(lines, part.lines)] = None
        elif len(kept) < len(node.names):
            rest = lines[last - 1].encode()[node.end_col_offset :].decode()
            changes[first, last] = _import_text(node, kept) + rest
    return changed(source, changes)


def with_comment(lines: list[str], span: Lines) -> Lines:
    """These lines, with the comment that stands right above them."""
    first, last = span
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return first, last


def _in_scope(table: symtable.SymbolTable) -> tuple[set[str], set[str]]:
    top = table.get_type() == "module"
    binds, uses = set(), set()
    for symbol in table.get_symbols():
        if not (top or symbol.is_global()):
            continue
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            binds.add(symbol.get_name())
        if symbol.is_referenced():
            uses.add(symbol.get_name())
    for child in table.get_children():
        more_binds, more_uses = _in_scope(child)
        binds |= more_binds
        uses |= more_uses
    return binds, uses


def _changed_in_place(node: ast.AST) -> set[str]:
    """``TABLE`` for ``TABLE["x"] = 1`` and for ``TABLE.update(...)``."""
    if isinstance(node, DEFINITIONS):
        return set()
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign | ast.Delete):
        targets = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        targets = [node.value.func]
    found: set[str] = set()
    for target in targets:
        base = target
        while isinstance(base, ast.Attribute | ast.Subscript):
            base = base.value
        if isinstance(base, ast.Name) and base is not target:
            found.add(base.id)
    return found.union(*map(_changed_in_place, ast.iter_child_nodes(node)))


def _named_in_texts(node: ast.stmt) -> set[str]:
    """Names in quoted annotations and in ``__all__``."""
    found = set()
    annotations: list[ast.expr | None] = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg | ast.AnnAssign):
            annotations.append(inner.annotation)
        elif isinstance(inner, FUNCTIONS):
            annotations.append(inner.returns)
    for text in (text for a in annotations if a is not None for text in _texts(a)):
        try:
            quoted = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError):  # jaxtyping's "batch channels"
            continue
        found |= {n.id for n in ast.walk(quoted) if isinstance(n, ast.Name)}
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets):
            found |= set(_texts(node))
    return found


def _texts(node: ast.AST) -> list[str]:
    inner = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    return [value for value in inner if isinstance(value, str)]


def _import_text(node: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> str:
    written = [ast.unparse(alias) for alias in names]
    if isinstance(node, ast.Import):
        return f"import {', '.join(written)}"
    start = f"from {'.' * node.level}{node.module or ''} import "
    line = start + ", ".join(written)
    if len(line) <= 88:
        return line
    return start + "(\n" + "".join(f"    {name},\n" for name in written) + ")"
