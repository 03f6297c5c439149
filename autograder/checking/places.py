"""Where in a student's source to look."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from autograder.checking.objects import variable_of
from autograder.sources.cells import cells_of, is_notebook
from autograder.sources.syntax import Definition, definitions
from autograder.verdict import CheckResult, Frame, Outcome


def placed(result: CheckResult, source: str | None) -> CheckResult:
    """The result with ``look_at``: the line that raised, or where the fault begins.

    That is the first line of the function; where a name in it is not allowed, the first
    line with that name. Of a class it is ``forward``, or the method
    that was called, where the answer of an object is wrong, and ``__init__`` where its
    parameters are. Where an exception should have come, it is the one line of the
    function that raises it. The first line of a function that ran out of time, or that
    never raises, would help nobody, and is left out.
    """
    if result.outcome is Outcome.PASSED or result.look_at is not None:
        return result
    file = f"{result.exercise}.py"
    if result.mismatch is not None and result.mismatch.kind == "work":
        place = r" at (\w+\.py:\d+|cell \d+, line \d+)"
        waited = re.search(place, result.mismatch.got)
        if waited is not None:
            return replace(result, look_at=waited[1])
    if result.raised is not None and result.raised.frames:
        return replace(result, look_at=result.raised.frames[-1].place)
    if source is None or result.outcome is Outcome.OUT_OF_TIME:
        return result
    if is_notebook(source):
        return replace(result, look_at=_in_cells(result, source))
    if should_raise(result) and _line_of(result, source) is None:
        return result
    line = _line_of(result, source)
    return replace(result, look_at=file if line is None else f"{file}:{line}")


def without_lines_of(result: CheckResult, files: Collection[str]) -> CheckResult:
    """The result without the lines of some files, which its student does not have."""
    if result.raised is None:
        return result
    every = result.raised.frames
    frames = [frame for frame in every if frame.file not in files]
    return replace(result, raised=replace(result.raised, frames=frames))


def led_to_the_call(results: Iterable[CheckResult]) -> list[CheckResult]:
    """The results, a crash in code that is right placed where that was called.

    What passes all of its own checks and raises was given something that it cannot
    take: the line to look at is the one that gave it.
    """
    results = list(results)
    return [_at_the_call(result, results) for result in results]


def _at_the_call(result: CheckResult, others: Sequence[CheckResult]) -> CheckResult:
    frames = result.raised.frames if result.raised is not None else []
    if result.outcome is not Outcome.CRASHED or len(frames) < 2:
        return result
    if result.look_at != frames[-1].place or result.raised is None:
        return result
    if result.raised.type in ("LeftInCode", "SystemExit"):  # they stand in that line
        return result
    for before, frame in pairwise(frames):
        if _is_proved(frame, result, others):
            return replace(result, look_at=before.place)
    return result


def _is_proved(frame: Frame, of: CheckResult, others: Sequence[CheckResult]) -> bool:
    """Whether a line is in a function, or in a file below, whose checks all pass."""
    in_a_cell = frame.file.startswith("cell ")
    file = frame.file.removesuffix(".py")
    mine = [check for check in others if in_a_cell or check.exercise == file]
    below = not in_a_cell and file != of.exercise
    own = [check for check in mine if check.function == frame.function]
    if of.function == frame.function or not (own or below):
        return False
    proof = own or mine
    return bool(proof) and all(check.outcome is Outcome.PASSED for check in proof)


def definition_of(result: CheckResult, source: str) -> tuple[str, ast.stmt] | None:
    """The definition of what a check is about, and its file or cell; if there is one.

    Of a class it is the whole of it.
    """
    texts = [(f"{result.exercise}.py", source)]
    if is_notebook(source):
        cells = cells_of(source) or []
        texts = [(f"cell {cell.number}", cell.text) for cell in reversed(cells)]
    for shown, text in texts:
        try:
            node = _named(ast.parse(text).body, result.function)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if node is not None:
            return shown, node
    return None


def _line_of(result: CheckResult, source: str) -> int | None:
    """The line of the definition; None where there is none of this name."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pattern = rf"^(?:async\s+def|def|class)\s+{re.escape(result.function)}\b"
        found = re.search(pattern, source, re.MULTILINE)
        return source.count("\n", 0, found.start()) + 1 if found else None
    node = _named(body, result.function)
    if isinstance(node, ast.ClassDef):
        node = _named(node.body, _method(result)) or node
    if node is not None and result.outcome is Outcome.REFUSED:
        return _naming(node, body, result.detail or "") or node.lineno
    if node is not None and should_raise(result):
        return _raising(node, result.mismatch.expected if result.mismatch else "")
    return None if node is None else node.lineno


def _naming(node: ast.stmt, body: list[ast.stmt], detail: str) -> int | None:
    """The first line with the name that is refused, in the function or else above."""
    told = re.match(r"\w+ uses ([\w.]+)", detail)
    if told is None:
        return None
    last = told[1].rpartition(".")[2]
    for place in ([node], body):
        lines = [
            part.lineno
            for top in place
            for part in ast.walk(top)
            if isinstance(part, (ast.Attribute, ast.Name, ast.alias))
            and last in _called(part).split(".")
        ]
        if lines:
            return min(lines)
    return None


def _called(part: ast.Attribute | ast.Name | ast.alias) -> str:
    if isinstance(part, ast.Attribute):
        return part.attr
    return part.id if isinstance(part, ast.Name) else part.name


def should_raise(result: CheckResult) -> bool:
    """Whether an exception should have come, and none did."""
    mismatch = result.mismatch
    return mismatch is not None and mismatch.kind == "exception"


def _raising(node: ast.stmt, wanted: str) -> int | None:
    """The line of a definition that raises this exception, if it is one line."""
    lines = []
    for part in ast.walk(node):
        if isinstance(part, ast.Raise) and part.exc is not None:
            made = part.exc.func if isinstance(part.exc, ast.Call) else part.exc
            if ast.unparse(made).rpartition(".")[2] == wanted:
                lines.append(part.lineno)
    return lines[0] if len(lines) == 1 else None


def _named(body: list[ast.stmt], name: str) -> Definition | None:
    """The last definition of a name, which is the one that counts."""
    found = [node for node in definitions(body) if node.name == name]
    return found[-1] if found else None


def _method(result: CheckResult) -> str:
    """The method of a class that a finding is about."""
    about_parameters = result.mismatch is not None and re.match(
        r"the (parameters|shape) of ", result.mismatch.of
    )
    text = result.call.text if result.call else ""
    called = re.match(r"(\w+)(?:\.(\w+))?\(", text)
    mine = rf"{variable_of(result.function)}(_\d+)?"
    if about_parameters or called is None or not re.fullmatch(mine, called[1]):
        return "__init__"
    method = called[2] or "forward"
    return "__init__" if method == "named_parameters" else method


def _in_cells(result: CheckResult, notebook: str) -> str | None:
    """The cell that holds the definition; of several the last, which counts."""
    for cell in reversed(cells_of(notebook) or []):
        line = _line_of(result, cell.text)
        if line is not None:
            return f"cell {cell.number}, line {line}"
    return None
