"""The small changes that a mutant may have: one operator, one constant, one line.

Each rule looks at one node of the syntax tree and proposes edits of its text. Texts
that only people read (messages of exceptions, docstrings, annotations) stay.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from autograder.authoring.splice import Edit, Source

OPERATORS: dict[type[ast.AST], tuple[str, tuple[str, ...]]] = {
    ast.Add: ("+", ("-",)),
    ast.Sub: ("-", ("+",)),
    ast.Mult: ("*", ("/", "+")),
    ast.Div: ("/", ("*", "//")),
    ast.FloorDiv: ("//", ("/", "%")),
    ast.Mod: ("%", ("//",)),
    ast.Pow: ("**", ("*",)),
    ast.BitAnd: ("&", ("|",)),
    ast.BitOr: ("|", ("&",)),
    ast.And: ("and", ("or",)),
    ast.Or: ("or", ("and",)),
    ast.Lt: ("<", ("<=", ">")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.Is: ("is", ("is not",)),
    ast.IsNot: ("is not", ("is",)),
    ast.In: ("in", ("not in",)),
    ast.NotIn: ("not in", ("in",)),
}
FAMILIES = (
    ("max", "min"),
    ("amax", "amin"),
    ("argmax", "argmin"),
    ("maximum", "minimum"),
    ("cummax", "cummin"),
    ("sum", "mean"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("new_zeros", "new_ones"),
    ("floor", "ceil"),
    ("any", "all"),
    ("triu", "tril"),
    ("sigmoid", "tanh"),
    ("cumsum", "cumprod"),
    ("MaxPool2d", "AvgPool2d"),
)
EXCHANGED = {
    name: other for one, two in FAMILIES for name, other in ((one, two), (two, one))
}
DELETED = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Expr,
    ast.For,
    ast.While,
    ast.If,
    ast.With,
    ast.Return,
    ast.Raise,
    ast.Assert,
    ast.Delete,
    ast.Continue,
    ast.Break,
)


def edits(tree: ast.AST, source: Source) -> Iterator[Edit]:
    """Every edit that a rule proposes, in the order of the source."""
    for node in _walk(tree):
        for rule in RULES:
            yield from rule(node, source)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            yield from _other_results(function, source)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if isinstance(node, ast.JoinedStr):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        if isinstance(node, ast.Raise) and name in ("exc", "cause"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child)


def _token(
    source: Source,
    kind: str,
    operator: ast.AST,
    left: ast.AST,
    right: ast.AST,
    end: str = "",
) -> Iterator[Edit]:
    """The operator between two nodes, exchanged."""
    if type(operator) not in OPERATORS:
        return
    token, others = OPERATORS[type(operator)]
    start = source.span(left)[1]
    place = source.between(start, source.span(right)[0]).find(token + end)
    if place < 0:
        return
    place += start
    for other in others:
        yield Edit(kind, place, place + len(token), other)


def _operators(node: ast.AST, source: Source) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp):
        yield from _token(source, "operator", node.op, node.left, node.right)
    elif isinstance(node, ast.AugAssign):
        yield from _token(source, "operator", node.op, node.target, node.value, "=")
        start, end = source.span(node.target)[1], source.span(node.value)[0]
        yield Edit("operator", start, end, " = ")
    elif isinstance(node, ast.BoolOp):
        for left, right in zip(node.values, node.values[1:]):
            yield from _token(source, "operator", node.op, left, right)
    elif isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, sides, sides[1:]):
            yield from _token(source, "comparison", operator, left, right)
    elif isinstance(node, ast.UnaryOp):
        start, end = source.span(node)[0], source.span(node.operand)[0]
        between = source.between(start, end)  # with a bracket that may follow
        for token in ("not ", "-", "~"):
            if between.startswith(token):
                yield Edit("operator", start, start + len(token), "")


def _constants(node: ast.AST, source: Source) -> Iterator[Edit]:
    if not isinstance(node, ast.Constant):
        return
    start, end = source.span(node)
    value = node.value
    others: list[object] = []
    if isinstance(value, bool):
        others = [not value]
    elif value is None:
        others = [0]
    elif isinstance(value, int):
        others = [value + 1, value - 1]
    elif isinstance(value, float):
        others = [value + 1, value - 1, 0.0]
    for other in others:
        if other != value or type(other) is not type(value):
            yield Edit("constant", start, end, repr(other))


def _axes(node: ast.AST, source: Source) -> Iterator[Edit]:
    """An axis given by keyword, moved to the first and the last."""
    if isinstance(node, ast.keyword) and node.arg in ("dim", "axis", "start_dim"):
        start, end = source.span(node.value)
        for other in ("0", "-1"):
            if source.of(node.value) != other:
                yield Edit("axis", start, end, other)


def _arguments(node: ast.AST, source: Source) -> Iterator[Edit]:
    if not isinstance(node, ast.Call):
        return
    if not _has_no_order(node):
        yield from _swapped("arguments", node.args, source)
    before = source.span(node.args[-1])[1] if node.args else None
    for number, keyword in enumerate(node.keywords):
        start, end = source.span(keyword)
        if before is not None:
            yield Edit("keyword", before, end, "")
        elif number + 1 < len(node.keywords):
            yield Edit("keyword", start, source.span(node.keywords[number + 1])[0], "")
        else:
            yield Edit("keyword", start, end, "")
        before = end


def _has_no_order(call: ast.Call) -> bool:
    """Whether it is the same with its arguments in another order."""
    if isinstance(call.func, ast.Name):
        return call.func.id in ("max", "min")
    # Of the module's function, torch.transpose(x, 0, 1), x is one of three.
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in ("transpose", "swapaxes", "swapdims")
        and len(call.args) == 2
    )


def _tuples(node: ast.AST, source: Source) -> Iterator[Edit]:
    if isinstance(node, (ast.Tuple, ast.List)):
        yield from _swapped("order", node.elts, source)


def _swapped(kind: str, nodes: Sequence[ast.expr], source: Source) -> Iterator[Edit]:
    for one, two in pairwise(nodes):
        if isinstance(one, ast.Starred) or isinstance(two, ast.Starred):
            continue
        (start, middle), (behind, end) = source.span(one), source.span(two)
        text = source.of(two) + source.between(middle, behind) + source.of(one)
        yield Edit(kind, start, end, text)


def _slices(node: ast.AST, source: Source) -> Iterator[Edit]:
    if isinstance(node, ast.Slice):
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                yield Edit("slice", *source.span(part), "")


def _statements(node: ast.AST, source: Source) -> Iterator[Edit]:
    if not isinstance(node, DELETED):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    yield Edit("deletion", *source.span(node), "pass")


def _detached(node: ast.AST, source: Source) -> Iterator[Edit]:
    """What is returned or assigned, cut off from its gradients."""
    if not isinstance(node, (ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return
    value = node.value
    if value is None or isinstance(value, (ast.Constant, ast.Compare)):
        return
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    for part in parts:
        yield Edit("detach", *source.span(part), f"({source.of(part)}).detach()")


def _loops(node: ast.AST, source: Source) -> Iterator[Edit]:
    if not isinstance(node, (ast.For, ast.comprehension)):
        return
    start, end = source.span(node.iter)
    text = source.of(node.iter)
    for part in ("[1:]", "[:-1]"):
        yield Edit("loop", start, end, f"list({text}){part}")


def _branches(node: ast.AST, source: Source) -> Iterator[Edit]:
    tests: list[ast.expr] = []
    if isinstance(node, (ast.If, ast.IfExp)):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    for test in tests:
        for other in ("True", "False"):
            yield Edit("branch", *source.span(test), other)


def _names(node: ast.AST, source: Source) -> Iterator[Edit]:
    if isinstance(node, ast.Attribute) and node.attr in EXCHANGED:
        end = source.span(node)[1]
        start = end - len(node.attr.encode())
        yield Edit("name", start, end, EXCHANGED[node.attr])
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        other = EXCHANGED.get(node.func.id)
        if other in ("max", "min", "any", "all"):
            yield Edit("name", *source.span(node.func), other)


def _other_results(function: ast.FunctionDef, source: Source) -> Iterator[Edit]:
    """Another name of the function returned: its first argument, its last variable."""
    names = [a.arg for a in function.args.args if a.arg != "self"][:1]
    assigned = [
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    names += [name for name in assigned[-1:] if name not in names]
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            for name in names:
                if source.of(node.value) != name:
                    yield Edit("result", *source.span(node.value), name)


RULES: tuple[Callable[[ast.AST, Source], Iterator[Edit]], ...] = (
    _operators,
    _constants,
    _axes,
    _arguments,
    _tuples,
    _slices,
    _statements,
    _detached,
    _loops,
    _branches,
    _names,
)
