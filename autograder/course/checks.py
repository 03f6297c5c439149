"""The check file that students get: the hidden checks and their helpers cut out."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from autograder.course.names import (
    NamePart,
    imported,
    parts,
    used_names,
    without_imports,
)
from autograder.course.source import Lines, changed, last_line, split
from autograder.errors import CourseError

_HIDDEN = "autograder.hidden"


def visible_checks(source: str, file: str = "test_exercise.py") -> str:
    """Return the check file without its hidden checks.

    Helpers, constants and imports that only hidden checks used go with them;
    everything else keeps its formatting.

    Raises:
        CourseError: a visible check needs a hidden one, or ``hidden`` stands where
            it marks no check at the top of the file.
    """
    module_parts = parts(source, file)
    marks = _marks(source, file)
    hidden = [part for part in module_parts if _is_hidden(part, marks)]
    visible = [part for part in module_parts if part not in hidden]
    serving = _reach(hidden, module_parts)
    starts = [part for part in visible if _is_root(part) or part not in serving]
    kept = _reach(starts, module_parts)
    for part in hidden:
        if part in kept:
            raise _needed(part, kept, file)
    cuts = [part for part in serving if part not in kept]
    lines = split(source)
    changes: dict[Lines, str | None] = {}
    for part in cuts:
        changes[_with_comments(lines, part, module_parts)] = None
    cut = changed(source, changes)
    useless = used_names(source, file) - used_names(cut, file)
    result = without_imports(cut, file, useless)
    left = _marks(result, file) & used_names(result, file)
    if left:
        raise CourseError(
            f"{file}: {sorted(left)[0]!r} marks something that is no check at the top "
            "of the file. Write @hidden right above a test function."
        )
    return result


def _marks(source: str, file: str) -> set[str]:
    """The names that stand for autograder's ``hidden`` here."""
    names = imported(source, file)
    return {name for name, whole in names.items() if whole == _HIDDEN}


def _is_hidden(part: NamePart, marks: set[str]) -> bool:
    decorators = getattr(part.nodes[0], "decorator_list", [])
    for decorator in decorators:
        mark = decorator.func if isinstance(decorator, ast.Call) else decorator
        if ast.unparse(mark) in marks | {_HIDDEN}:
            return True
    return False


def _is_root(part: NamePart) -> bool:
    """Whether a part is there for its own sake, whoever names it.

    Such are visible checks, what pytest looks for, and what binds no name.
    """
    if not part.binds or any(_is_fixture(node) for node in part.nodes):
        return True
    return any(
        name.startswith(("test", "Test", "pytest_", "pytestmark", "__"))
        for name in part.binds
    )


def _is_fixture(node: ast.stmt) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any("autouse" in ast.unparse(decorator) for decorator in decorators)


def _reach(starts: Iterable[NamePart], module_parts: list[NamePart]) -> list[NamePart]:
    """The parts that these need, themselves included, in the order they are met."""
    found = list(starts)
    for part in found:  # grows on the way
        found += [
            other
            for other in module_parts
            if other.binds & part.uses and other not in found
        ]
    return found


def _needed(hidden: NamePart, kept: list[NamePart], file: str) -> CourseError:
    name = next(iter(hidden.binds), "")
    users = [part for part in kept if name in part.uses and part is not hidden]
    user = next((n for part in users for n in sorted(part.binds)), "a visible check")
    return CourseError(
        f"{file}:{hidden.lines[0]}: the hidden {name} is used by {user}, which "
        f"students get. Make {user} hidden too, or free it of {name}."
    )


def _with_comments(
    lines: list[str], part: NamePart, module_parts: list[NamePart]
) -> Lines:
    """The part's lines with all comments between the part before and this one.

    The first statement's are left: they are about the file.
    """
    first, last = part.lines
    index = module_parts.index(part)
    end = last_line(module_parts[index - 1].nodes[-1]) if index else first - 1
    for number in range(end + 1, first):
        if lines[number - 1].startswith("#"):
            return number, last
    return first, last
