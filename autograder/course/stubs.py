"""The stub that students get for a solution.

Authors put ``# BEGIN SOLUTION`` and ``# END SOLUTION`` on lines of their own around
what students write. In a function the region becomes one raise; elsewhere (a helper
at the top of the module, a method) it vanishes. Nothing else changes, except that
imports which only the solution used go too.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass

from autograder.course.names import imported, used_names, without_imports
from autograder.course.source import (
    Lines,
    changed,
    first_line,
    last_line,
    parse,
    split,
)
from autograder.errors import CourseError
from autograder.sources.syntax import DEFINITIONS

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"

# Students want these at hand, whether or not what is left of the file uses them.
_KEPT_IMPORTS = ("torch", "torch.nn", "torch.nn.functional", "torch.Tensor")

_LIKE_A_MARK = re.compile(r"#\W*(begin|end)\W*solution\b", re.IGNORECASE)


@dataclass(frozen=True)
class Region:
    """What students write: from one mark's line to the other's."""

    lines: Lines
    indent: str
    function: str | None  # "ConvNet.forward"; None outside of functions


def make_stub(source: str, file: str = "solution.py") -> str:
    """Return the stub that students get for this solution.

    Raises:
        CourseError: the marks are missing, unbalanced, nested, or split a statement.
    """
    regions = find_regions(source, file)
    if not regions:
        raise CourseError(
            f"{file}: has no solution region, so students would get all of it. "
            f"Put '{BEGIN}' and '{END}' around what they write."
        )
    changes: dict[Lines, str | None] = {}
    for region in regions:
        name = region.function
        raises = f'raise NotImplementedError("{name} is not written yet")'
        changes[region.lines] = f"{region.indent}{raises}\n" if name else None
    stub = changed(source, changes)
    try:
        compile(stub, file, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise CourseError(
            f"{file}: without its solution regions it is no valid Python: {error}. "
            "Leave at least a docstring in each class and block around a region."
        ) from None
    useless = used_names(source, file) - used_names(stub, file)
    stands_for = imported(source, file)
    return without_imports(
        stub, file, [n for n in useless if not _is_kept(stands_for.get(n, ""))]
    )


def find_regions(source: str, file: str) -> list[Region]:
    """The solution regions of a module, in order.

    Raises:
        CourseError: a mark is unbalanced, nested, or splits a statement.
    """
    tree = parse(source, file)
    regions = []
    opened: tuple[int, int] | None = None
    for line, column, is_begin in _marks(source, file):
        if is_begin and opened:
            raise CourseError(
                f"{file}:{line}: '{BEGIN}' inside the region that line {opened[0]} "
                f"begins; regions do not nest. Write '{END}' first, or drop this one."
            )
        if not is_begin and not opened:
            raise CourseError(
                f"{file}:{line}: '{END}' ends no region. "
                f"Write '{BEGIN}' above it, or drop it."
            )
        if is_begin:
            opened = line, column
            continue
        assert opened is not None
        if column != opened[1]:
            raise CourseError(
                f"{file}:{line}: '{END}' is indented by {column} columns, but its "
                f"'{BEGIN}' in line {opened[0]} by {opened[1]}. Indent both alike."
            )
        indent = split(source)[line - 1][:column]
        if not _holds_code(source, (opened[0], line)):
            raise CourseError(
                f"{file}:{opened[0]}: the region up to line {line} holds no code. "
                "Put the marks around what students write, or drop them."
            )
        function = _enclosing_function(tree, (opened[0], line), column, file)
        regions.append(Region((opened[0], line), indent, function))
        opened = None
    if opened:
        raise CourseError(
            f"{file}:{opened[0]}: '{BEGIN}' is never closed. "
            f"Write '{END}' below the solution, indented alike."
        )
    return regions


def _is_kept(whole_name: str) -> bool:
    return whole_name in _KEPT_IMPORTS or whole_name.startswith("typing.")


def _marks(source: str, file: str) -> list[tuple[int, int, bool]]:
    """Line, column and kind of each mark; marks inside strings are none."""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or not _LIKE_A_MARK.match(token.string):
            continue
        line, column = token.start
        if token.string not in (BEGIN, END) or token.line[:column].strip():
            raise CourseError(
                f"{file}:{line}: {token.line.strip()!r} is nearly a mark. Write "
                f"'{BEGIN}' or '{END}' exactly so, on a line of its own."
            )
        found.append((line, column, token.string == BEGIN))
    return found


def _holds_code(source: str, region: Lines) -> bool:
    between = (line.strip() for line in split(source)[region[0] : region[1] - 1])
    return any(line and not line.startswith("#") for line in between)


def _enclosing_function(
    tree: ast.Module, region: Lines, column: int, file: str
) -> str | None:
    """The dotted name of the function around a region, None outside of functions."""
    begin, end = region
    body: list[ast.stmt] = tree.body
    elifs: list[list[ast.stmt]] = []
    names: list[str] = []
    scope: ast.AST = tree
    while True:
        touched = [n for n in body if first_line(n) < end and last_line(n) > begin]
        inside = [n for n in touched if first_line(n) > begin and last_line(n) < end]
        if touched and touched == inside and body not in elifs:
            if any(node.col_offset != column for node in inside):
                raise CourseError(
                    f"{file}:{begin}: the marks are indented by {column} columns, the "
                    f"code between them by {inside[0].col_offset}. Indent them alike."
                )
            break
        blocks = _blocks(touched[0]) if len(touched) == 1 and not inside else []
        holding = [b for b in blocks if b and _overlaps(b, region)]
        if len(holding) != 1:
            raise CourseError(
                f"{file}:{begin}: the region up to line {end} splits a statement. "
                "Put the marks around whole statements of one block."
            )
        node = touched[0]
        elifs = _elifs(node)
        if isinstance(node, DEFINITIONS):
            names.append(node.name)
            scope = node
        body = holding[0]
    return None if isinstance(scope, ast.ClassDef | ast.Module) else ".".join(names)


def _elifs(node: ast.stmt) -> list[list[ast.stmt]]:
    """The else block that is written ``elif``: for ast an if at the outer column."""
    if not isinstance(node, ast.If) or len(node.orelse) != 1:
        return []
    below = node.orelse[0]
    is_elif = isinstance(below, ast.If) and below.col_offset == node.col_offset
    return [node.orelse] if is_elif else []


def _overlaps(block: list[ast.stmt], region: Lines) -> bool:
    return first_line(block[0]) < region[1] and last_line(block[-1]) > region[0]


def _blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of statements right inside a compound statement."""
    blocks: list[list[ast.stmt]] = []
    for part in (node, *getattr(node, "handlers", []), *getattr(node, "cases", [])):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(part, name, [])
            blocks += [block] if isinstance(block, list) and block else []
    return blocks
