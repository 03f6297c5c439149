"""A solution's module cut into what becomes a cell: text, given code, stubs."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from autograder.course.names import NamePart, parts
from autograder.course.source import Lines, last_line, parse, split
from autograder.course.stubs import BEGIN, END, make_stub
from autograder.errors import CourseError
from autograder.sources.syntax import DEFINITIONS


@dataclass(frozen=True)
class ModulePart:
    """Some statements of a module.

    Attributes:
        kind: a docstring, code that is given, or what students write.
        names: that it defines.
        stub: what students get of it.
        source: the same with the solution and its marks.
    """

    kind: Literal["text", "code", "stub"]
    names: tuple[str, ...]
    stub: str
    source: str


def module_parts(source: str, file: str, siblings: Collection[str]) -> list[ModulePart]:
    """The parts of a module, in order.

    Imports come first, as one part, without those of other exercises: a notebook has
    one namespace. What the solution alone has at its top (helpers, imports) goes with
    the function before which it stands.

    Args:
        source: of the solution.
        file: its name, for errors.
        siblings: the exercises of the assignment.
    """
    stub = make_stub(source, file)
    students = _Module(stub, file, siblings)
    solved = _Module(_without_marks_at_the_top(source), file, siblings)
    found = []
    if students.docstring:
        found.append(ModulePart("text", (), students.docstring, students.docstring))
    if students.imports:
        found.append(ModulePart("code", (), students.imports, students.imports))
    carried = ""  # of the solution, for the next stub
    if solved.imports != students.imports:
        carried = _marked(solved.plain_imports)
    given: dict[tuple[str, ...], list[str]] = {}
    for chunk in students.chunks:
        given.setdefault(chunk.names, []).append(chunk.text)
    last_stub = None
    for chunk in solved.chunks:
        texts = given.get(chunk.names)
        if not texts:  # the solution's alone
            carried += _marked(chunk.text)
            continue
        text = texts.pop(0)
        if BEGIN not in chunk.text:
            found.append(ModulePart("code", chunk.names, text, chunk.text))
            continue
        last_stub = len(found)
        found.append(ModulePart("stub", chunk.names, text, carried + chunk.text))
        carried = ""
    if carried:
        if last_stub is None:
            raise CourseError(
                f"{file}: asks for no function or class, so a notebook has no cell for "
                "what is written there. Put a solution region into a function."
            )
        part = found[last_stub]
        joined = f"{part.source}\n\n\n{carried.rstrip()}"
        found[last_stub] = ModulePart("stub", part.names, part.stub, joined)
    return found


def _marked(text: str) -> str:
    return f"{BEGIN}\n{text.strip()}\n{END}\n\n\n"


def _without_marks_at_the_top(source: str) -> str:
    """What stands between them is known by being in no stub."""
    marks = (BEGIN, END)
    return "".join(line for line in split(source) if line.rstrip() not in marks)


@dataclass(frozen=True)
class _Chunk:
    names: tuple[str, ...]
    text: str


class _Module:
    """A module's docstring, its imports, and all else in chunks."""

    def __init__(self, source: str, file: str, siblings: Collection[str]) -> None:
        self.docstring = ""
        self.imports = ""
        self.chunks: list[_Chunk] = []
        source = _without_siblings(source, file, siblings)
        lines = split(source)
        imports: list[str] = []
        before = 0  # the last line that is accounted for
        for part in parts(source, file):
            first, last = part.lines
            node = part.nodes[0]
            if isinstance(node, ast.Import | ast.ImportFrom):
                imports += lines[first - 1 : last]
                before = last
                continue
            if not self.chunks and _is_docstring(node):
                self.docstring = ast.literal_eval(node.value).strip()  # type: ignore[attr-defined]
                before = last
                continue
            last = _with_end(lines, last)
            text = "".join(lines[before:last]).strip("\n")
            self.chunks.append(_Chunk(_names(part), text))
            before = last
        rest = "".join(lines[before:]).strip("\n")
        if rest and self.chunks:
            chunk = self.chunks[-1]
            self.chunks[-1] = _Chunk(chunk.names, f"{chunk.text}\n{rest}")
        self.imports = "".join(imports).strip("\n")

    @property
    def plain_imports(self) -> str:
        """Without futures, which hold in all later cells, and come first in one."""
        lines = self.imports.splitlines(keepends=True)
        return "".join(x for x in lines if not x.startswith("from __future__"))


def _names(part: NamePart) -> tuple[str, ...]:
    defined = [node.name for node in part.nodes if isinstance(node, DEFINITIONS)]
    return tuple(defined or sorted(part.binds))


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _with_end(lines: list[str], last: int) -> int:
    """The last line of a function, with the mark that ends its solution."""
    for number in range(last, len(lines)):
        line = lines[number]
        if line.strip():
            return number + 1 if line[0] == " " and line.strip() == END else last
    return last


def _without_siblings(source: str, file: str, siblings: Collection[str]) -> str:
    """The source without imports of other exercises, wherever they stand."""
    cut: list[Lines] = []
    for node in ast.walk(parse(source, file)):
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names if alias.name in siblings]
            if named:
                raise CourseError(
                    f"{file}:{node.lineno}: imports {named[0]} as a module, which a "
                    f"notebook does not have. Write `from {named[0]} import ...`."
                )
        if isinstance(node, ast.ImportFrom) and node.module in siblings:
            if any(alias.asname for alias in node.names):
                raise CourseError(
                    f"{file}:{node.lineno}: imports from {node.module} under another "
                    "name, which a notebook does not have. Use the name as it is."
                )
            cut.append((node.lineno, last_line(node)))
    return "".join(
        line
        for number, line in enumerate(split(source), 1)
        if not any(first <= number <= last for first, last in cut)
    )
