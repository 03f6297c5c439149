"""Python source as lines: change some of them and keep all others to the byte."""

from __future__ import annotations

import ast
import io
from collections.abc import Mapping
from pathlib import Path

from autograder.errors import CourseError

Lines = tuple[int, int]  # first and last line, counted from 1


def read_text(file: Path) -> str:
    """The text of a file, its line ends made ``\\n``.

    Raises:
        CourseError: it cannot be read, or is not UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{file}: cannot be read as UTF-8 text: {error}.") from None


def split(source: str) -> list[str]:
    """The source's lines with their ends, as Python counts them."""
    return io.StringIO(source).readlines()


def parse(source: str, file: str) -> ast.Module:
    """Parse Python source.

    Raises:
        CourseError: it is not Python.
    """
    try:
        return ast.parse(source, filename=file)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise CourseError(f"{file}:{line}: is not valid Python: {error}.") from None


def first_line(node: ast.stmt) -> int:
    """The line a statement starts on, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def last_line(node: ast.stmt) -> int:
    """The line a statement ends on."""
    return node.end_lineno or node.lineno


def changed(source: str, changes: Mapping[Lines, str | None]) -> str:
    """The source with some lines replaced by a text, or cut where it is None.

    Where lines are cut stays the larger one of the gaps that meet, so that
    definitions keep their distance; at the ends of the file none stays.
    """
    lines = split(source)
    by_first = {first: (last, text) for (first, last), text in changes.items()}
    kept: list[str] = []
    gap: list[str] = []
    seam: list[str] | None = None  # the widest gap among those around cut lines

    def close_gap() -> None:
        nonlocal gap, seam
        if seam is None:
            kept.extend(gap)
        elif kept:
            kept.extend(_longer(seam, gap))
        gap, seam = [], None

    number = 1
    while number <= len(lines):
        last, text = by_first.get(number, (number, lines[number - 1]))
        if text is None:
            seam = _longer(seam or [], gap)
            gap = []
        elif not text.strip():
            gap.append(text)
        else:
            close_gap()
            kept.append(text)
        number = last + 1
    if seam is None:
        close_gap()
    return "".join(kept)


def _longer(one: list[str], other: list[str]) -> list[str]:
    return other if len(other) > len(one) else one
