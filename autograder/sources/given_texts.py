"""Texts that a source gives to what makes names, code or operators of them.

``getattr(F, "conv2d")`` and ``F.__dict__["conv2d"]`` are ``F.conv2d``. What else is
given a text has that text as a last part of its dotted name, so that it is followed
through imports and aliases together with who takes it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autograder.sources.syntax import is_chain, name_text, text_of

MADE = ")"  # a part of a dotted name that is made while the code runs
_GIVEN = "("  # begins a part that is a text
_DOT = "\x1f"  # stands for the dots of such a text

# A module's or an object's own attributes, by a text.
_BY_TEXT = re.compile(
    r"(.+?)\.(?:__dict__|__getattribute__|__dict__\.(?:get|__getitem__))\.([()].*)"
)
_IMPORTERS = (
    *("importlib.import_module", "importlib.__import__", "builtins.__import__"),
    *("__import__", "pkgutil.resolve_name", "pydoc.locate"),
)
IMPORTER_NAMES = frozenset(name.rpartition(".")[2] for name in _IMPORTERS)
_IMPORTING = frozenset(
    {
        *_IMPORTERS,
        *("sys.modules", "sys.modules.get", "sys.modules.__getitem__"),
    }
)
_OPERATOR = re.compile(r"\b[A-Za-z_]\w*(?:(?:::|\.)\w+)+")


def given(text: str) -> str:
    """A text as a part of a dotted name."""
    return _GIVEN + text.replace(".", _DOT)


def told(dotted: str) -> tuple[str, str | None]:
    """Who is given a text, and the text; None where there is none."""
    holder, dot, text = f".{dotted}".partition(f".{_GIVEN}")
    return holder[1:], text.replace(_DOT, ".") if dot else None


def is_made(dotted: str) -> bool:
    """Whether some part of it is made while the code runs."""
    return MADE in dotted.split(".")


def got_by_text(node: ast.AST) -> tuple[ast.expr, str] | None:
    """``F`` and ``conv2d`` of ``getattr(F, "conv2d")``; None for anything else."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    if node.func.id != "getattr" or len(node.args) < 2:
        return None
    return node.args[0], name_text(node.args[1]) or MADE


def takes_text(node: ast.AST) -> Iterator[tuple[ast.expr, str, ast.expr]]:
    """Who is called with a text, or asked for an item by one, and what is added.

    Last comes the part of the node that is told with that.
    """
    if isinstance(node, ast.Call):
        words = [word.value for word in node.keywords]
        text = next(iter(map(text_of, [*node.args, *words])), None)
        if text is not None and is_chain(node.func):
            yield node.func, given(text), node.func
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            key = node.args[0] if node.args else node
            for holder, part in _items(node.func.value, key):
                yield holder, part, node.func
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        if (text := text_of(node.slice)) is not None and is_chain(node.value):
            yield node.value, given(text), node.value
        else:
            for holder, part in _items(node.value, node.slice):
                yield holder, part, node.value


def _items(holder: ast.expr, key: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    """An item of ``vars(F)``, ``F.__dict__`` or ``sys.modules``."""
    text = text_of(key)
    part = MADE if text is None else given(text)
    if (
        isinstance(holder, ast.Call)
        and isinstance(holder.func, ast.Name)
        and holder.func.id == "vars"
        and len(holder.args) == 1
        and is_chain(holder.args[0])
    ):
        yield holder.args[0], f"__dict__.{part}"
    elif isinstance(holder, ast.Attribute) and is_chain(holder) and text is None:
        itself = isinstance(key, ast.Name) and key.id == "__name__"
        if holder.attr == "__dict__" or (holder.attr == "modules" and not itself):
            yield holder, part


def code_in(node: ast.AST, of_value: bool = False) -> str | None:
    """The code that is given as a text, through ``compile`` perhaps."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "compile"
        and node.args
    ):
        return code_in(node.args[0])
    text = text_of(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, bytes):
        text = node.value.decode("utf-8", "replace")
    return text.lstrip(" \t") if of_value and text else text


def read_by_text(dotted: str) -> str:
    """What a dotted name is that is got by a text; empty where it is got otherwise."""
    if match := _BY_TEXT.fullmatch(dotted):
        _, text = told(match[2])
        return f"{match[1]}.{MADE if text is None else text}"
    holder, text = told(dotted)
    return (text or "").replace(":", ".", 1) if holder in _IMPORTING else ""


def imports(dotted: str) -> bool:
    """Whether it imports by a text."""
    return dotted in _IMPORTING


def operators_in(text: str) -> list[tuple[str, str]]:
    """The names in a text for torch, ``aten::conv2d`` and ``torch.conv2d``.

    Each as it is written, and dotted.
    """
    code = re.sub(r"#.*", "", text)
    found = []
    for name in _OPERATOR.findall(code):
        space, colons, rest = name.partition("::")
        if colons:
            found.append((name, f"torch.ops.{space}.{rest}"))
        else:
            last = name.rpartition(".")[2]
            found += [(name, name), (name, f"torch.Tensor.{last}")]
    return found
