"""Small questions about the nodes of a syntax tree; all without recursion."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(body: Iterable[ast.stmt]) -> list[Definition]:
    """The functions and classes among some statements, in their order."""
    return [node for node in body if isinstance(node, DEFINITIONS)]


def bound_by(alias: ast.alias) -> str:
    """The name that an import binds: ``a`` for ``import a.b``."""
    return alias.asname or alias.name.partition(".")[0]


def bound_names(body: Iterable[ast.stmt]) -> set[str]:
    """All names that the statements of a scope bind."""
    body = list(body)
    found = {*stored_names(body)}
    for node in own_nodes(body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {bound_by(alias) for alias in node.names}
    return found


def own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a scope; a function or a class within is only named."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.comprehension):
            waiting += [node.iter, *node.ifs]  # its target is its own
        elif not isinstance(node, (*DEFINITIONS, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


def stored_names(body: Iterable[ast.AST]) -> Iterator[str]:
    """The names that the statements of a scope bind, but for imports."""
    for node in own_nodes(body):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, DEFINITIONS):
            yield node.name
        else:
            yield from names_in(node)


def names_in(node: ast.AST) -> list[str]:
    """Names that a node binds and that are plain text in it."""
    name = None
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        name = node.name
    elif isinstance(node, ast.MatchMapping):
        name = node.rest
    return [name] if name else []


def is_chain(node: ast.AST) -> bool:
    """Whether it is a name, or attributes of one: ``F``, ``torch.nn``."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def root_name(node: ast.AST) -> str:
    """The name that a chain of attributes and items begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def owner_name(node: ast.AST) -> str:
    """The same, where calls of methods are parts of the chain: ``x.view(-1)[0]``."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        if isinstance(node, ast.Call) and not isinstance(node.func, ast.Attribute):
            return ""
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def last_name(node: ast.AST) -> str:
    """``conv2d`` of ``conv2d`` and of ``F.conv2d``; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def name_text(node: ast.AST) -> str:
    """A string that reads like a name, ``conv2d`` or ``torch.conv2d``."""
    text = text_of(node) or ""
    return text if DOTTED.fullmatch(text) else ""


def text_of(node: ast.AST) -> str | None:
    """The string that is written there, in one piece or in several; None where none is.

    ``"conv" + "2d"``, ``f"conv{2}d"`` and ``"".join(["conv", "2d"])`` are conv2d.
    """
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    parts: list[ast.AST] = []
    between = ""
    if isinstance(node, ast.BinOp):
        return _sum_of_texts(node)
    if isinstance(node, ast.JoinedStr):
        parts = [*node.values]
    elif isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Constant):
        plain = node.conversion == -1 and node.format_spec is None
        return str(node.value.value) if plain else None
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "join"
        and isinstance(node.func.value, ast.Constant)
        and isinstance(node.func.value.value, str)
        and len(node.args) == 1
        and isinstance(node.args[0], (ast.List, ast.Tuple))
    ):
        parts, between = [*node.args[0].elts], node.func.value.value
    if not parts:
        return None
    texts = [text_of(part) for part in parts]
    return None if None in texts else between.join(filter(None, texts))


def _sum_of_texts(node: ast.AST) -> str | None:
    """The same of ``"conv" + "2d"``: a sum may be long, and most are of no texts."""
    texts: list[str] = []
    while isinstance(node, ast.BinOp):
        right = text_of(node.right) if isinstance(node.op, ast.Add) else None
        if right is None:
            return None
        texts.append(right)
        node = node.left
    first = text_of(node)
    return None if first is None else "".join([first, *reversed(texts)])
