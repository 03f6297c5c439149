"""Small arrays as rows of short texts: a student sees the numbers themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch

from autograder.checking.facts import PREVIEWED
from autograder.verdict import SmallArray

_MOST = 8  # rows and columns of a grid
_MOST_IN_A_ROW = 10  # of an array that is one row
_WIDEST = 70  # characters of a row: a grid fits a terminal of 80
_DIGITS = (4, 6, 9, 12, 17)


def grid_of(
    got: torch.Tensor,
    expected: torch.Tensor,
    wrong: torch.Tensor,
    where: Sequence[int],
) -> SmallArray | None:
    """Both sides whole, or the slice that holds the place ``where``; None if too large.

    Args:
        got: the answer.
        expected: of the same shape.
        wrong: true where they differ.
        where: the place of the largest error.
    """
    at = list(where[:-2])
    ours, theirs, places = (_slice(side, at) for side in (expected, got, wrong))
    if not _is_small(ours):
        return None
    # A right value is shown as the true one: they may differ by rounding.
    pairs = [
        [number_texts(one, other if bad else one) for one, other, bad in zip(*rows)]
        for rows in zip(ours.tolist(), theirs.tolist(), places.tolist())
    ]
    grid = SmallArray(
        expected=[[pair[0] for pair in row] for row in pairs],
        got=[[pair[1] for pair in row] for row in pairs],
        wrong=[[int(i) for i in place] for place in places.nonzero().tolist()],
        at=at,
    )
    return grid if _fits(grid.expected) and _fits(grid.got) else None


def grid_of_shapes(got: torch.Tensor, expected: torch.Tensor) -> SmallArray | None:
    """Both sides where their shapes differ, and neither has more than rows and columns.

    Leading axes of one place do not count.
    """
    sides = [_plain_table(side) for side in (expected, got)]
    if sides[0] is None or sides[1] is None:
        return None
    grid = SmallArray(expected=sides[0], got=sides[1])
    return grid if _fits(grid.expected) and _fits(grid.got) else None


def input_grids(
    named: Iterable[tuple[str, torch.Tensor]],
) -> dict[str, list[list[str]]]:
    """Small inputs of a call, whole, by name; empty where one is too large.

    A picture without its kernel would be no help.
    """
    found: dict[str, list[list[str]]] = {}
    for name, tensor in named:
        table = _plain_table(tensor)
        if table is None or not _fits(table):
            return {}
        found[name] = table
    return found


def previews(
    expected: torch.Tensor, got: torch.Tensor, wrong: torch.Tensor
) -> tuple[list[str], list[str]]:
    """The first values of both sides as text; two that differ look different."""
    sides = [side.detach()[:PREVIEWED].tolist() for side in (expected, got, wrong)]
    # A right value is shown as the true one: they may differ by rounding.
    pairs = [number_texts(a, b if bad else a) for a, b, bad in zip(*sides)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def number_texts(one: Any, other: Any) -> tuple[str, str]:
    """Two numbers as short texts; more digits where they differ and look the same."""
    for digits in _DIGITS:
        texts = _text(one, digits), _text(other, digits)
        if texts[0] != texts[1] or one == other:
            break
    return texts


def _text(number: Any, digits: int = 4) -> str:
    if not isinstance(number, float):
        return str(number)
    if number.is_integer() and abs(number) < 1e6:
        return str(int(number))
    return f"{number:.{digits}g}"


def _slice(tensor: torch.Tensor, at: list[int]) -> torch.Tensor:
    """The rows and columns at these leading indices; one row of what has one axis."""
    found = tensor.detach()[tuple(at)] if at else tensor.detach()
    return found.unsqueeze(0) if found.ndim == 1 else found


def _is_small(table: torch.Tensor) -> bool:
    if table.ndim != 2 or table.is_complex() or not table.numel() > 1:
        return False
    rows, columns = table.shape
    return rows <= _MOST and columns <= (_MOST_IN_A_ROW if rows == 1 else _MOST)


def _plain_table(tensor: torch.Tensor) -> list[list[str]] | None:
    """The texts of a tensor whose axes before the last two have one place each."""
    if any(size != 1 for size in tensor.shape[:-2]):
        return None
    table = _slice(tensor, [0] * (tensor.ndim - 2))
    if not _is_small(table):
        return None
    return [[_text(number) for number in row] for row in table.tolist()]


def _fits(table: list[list[str]]) -> bool:
    widths = [max(map(len, column)) for column in zip(*table)]
    return sum(width + 2 for width in widths) <= _WIDEST
