"""Small arrays as blocks of numbers, the wrong ones in brackets.

The brackets stay where colour does not show and where a screen reader reads: a mark is
a character, and what it means is said beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.verdict import CheckResult, Outcome
from autograder.wording.clean import one_line

MARKED = "got, wrong values in [ ]"
_ABOUT_ANSWERS = ("value", "shape", "type", "structure")
_GAP = 4
_CELL = 24  # characters that a cell may have; a verdict file may hold anything


@dataclass(frozen=True)
class Block:
    """A titled table of short texts; ``wrong`` are the places [row, column] to mark."""

    title: str
    rows: list[list[str]]
    wrong: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class GridShown:
    """Both sides of an answer: what it is, and a block for each side."""

    caption: str  # "the output, float64[2, 3, 4, 5], at [0, 1]"
    blocks: list[Block]


def grid_shown(check: CheckResult) -> GridShown | None:
    """Both sides of a small answer of a visible check that failed."""
    mismatch = check.mismatch
    if check.hidden or check.follows or check.outcome is not Outcome.FAILED:
        return None
    if mismatch is None or mismatch.grid is None:
        return None
    grid = mismatch.grid
    wrong = frozenset((place[0], place[1]) for place in grid.wrong if len(place) == 2)
    caption = one_line(mismatch.of, 120)
    if mismatch.kind == "value":
        caption += f", {one_line(mismatch.expected, 80)}"
        titles = ["expected", MARKED if wrong else "got"]
    else:
        titles = [
            f"expected, {one_line(mismatch.expected, 60)}",
            f"got, {one_line(mismatch.got, 60)}",
        ]
    if grid.at:
        caption += f", at {grid.at}"
    return GridShown(
        caption,
        [
            Block(titles[0], _cleaned(grid.expected)),
            Block(titles[1], _cleaned(grid.got), wrong),
        ],
    )


def inputs_shown(check: CheckResult) -> list[Block]:
    """The small arguments of a call whose answer has wrong values, or a wrong form."""
    mismatch = check.mismatch
    if check.hidden or check.follows or check.outcome is not Outcome.FAILED:
        return []
    if check.call is None or mismatch is None or mismatch.kind not in _ABOUT_ANSWERS:
        return []
    return [
        Block(one_line(name, 40), _cleaned(rows))
        for name, rows in check.call.grids.items()
    ]


def block_lines(block: Block) -> list[str]:
    """The title and the rows, columns under each other, wrong values in brackets."""
    cells = [
        [
            f"[{text}]" if (i, j) in block.wrong else f" {text} "
            for j, text in enumerate(row)
        ]
        for i, row in enumerate(block.rows)
    ]
    columns = max(map(len, cells), default=0)
    widths = [max(len(row[j]) for row in cells if j < len(row)) for j in range(columns)]
    lines = [
        " ".join(cell.rjust(widths[j]) for j, cell in enumerate(row)).rstrip()
        for row in cells
    ]
    return [block.title, *lines]


def beside(blocks: Sequence[Block], width: int) -> list[str]:
    """The blocks side by side where they fit into a width, else one above the other."""
    every = [block_lines(block) for block in blocks]
    widths = [max(map(len, lines)) for lines in every]
    if sum(widths) + _GAP * (len(every) - 1) > width:
        return [line for lines in every for line in lines]
    height = max(map(len, every), default=0)
    padded = [
        [line.ljust(widths[n]) for line in lines + [""] * (height - len(lines))]
        for n, lines in enumerate(every)
    ]
    return [(" " * _GAP).join(row).rstrip() for row in zip(*padded)]


def grid_lines(check: CheckResult, width: int = 74) -> list[str]:
    """All that is shown of a check in grids, as lines of text."""
    shown = grid_shown(check)
    inputs = inputs_shown(check)
    lines = [*beside(inputs, width), ""] if inputs else []
    if shown is None:
        return lines
    return [*lines, f"{shown.caption}:", *beside(shown.blocks, width)]


def _cleaned(rows: list[list[str]]) -> list[list[str]]:
    return [[one_line(text, _CELL) for text in row] for row in rows]
