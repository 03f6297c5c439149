"""One place of a source replaced, all other text kept to the byte."""

from __future__ import annotations

import ast
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

Span = tuple[int, int]  # first byte, and the one behind the last


@dataclass(frozen=True)
class Edit:
    """A replacement of one place, and the kind of change that it is."""

    kind: str  # "operator", "deletion"; see mutations.py
    start: int
    end: int
    text: str


class Source:
    """Python source by its bytes, as ast counts columns."""

    def __init__(self, text: str) -> None:
        self.content = text.encode()
        lines = self.content.splitlines(keepends=True)
        self._starts = [0, *accumulate(map(len, lines))]

    def span(self, node: ast.AST) -> Span:
        """Where an expression, a statement, an argument or a keyword stands."""
        first, last = getattr(node, "lineno"), getattr(node, "end_lineno")  # noqa: B009
        return (
            self._starts[first - 1] + getattr(node, "col_offset"),  # noqa: B009
            self._starts[last - 1] + getattr(node, "end_col_offset"),  # noqa: B009
        )

    def of(self, node: ast.AST) -> str:
        """The text of a node, without the brackets around it."""
        return self.between(*self.span(node))

    def between(self, start: int, end: int) -> str:
        """The text between two bytes."""
        return self.content[start:end].decode()

    def line_number(self, place: int) -> int:
        """The line of a byte, counted from 1."""
        return bisect_right(self._starts, place)

    def lines_around(self, start: int, end: int) -> Span:
        """The bytes of the whole lines that hold these."""
        first = self._starts[self.line_number(start) - 1]
        last = self.content.find(b"\n", max(start, end - 1))
        return first, len(self.content) if last < 0 else last

    def with_edit(self, edit: Edit) -> str:
        """The whole source after one edit."""
        return (
            self.content[: edit.start] + edit.text.encode() + self.content[edit.end :]
        ).decode()
