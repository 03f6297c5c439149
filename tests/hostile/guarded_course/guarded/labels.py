"""Answers that are no tensors."""

from __future__ import annotations


def label(index: int) -> str:
    """north, east, south, west: the name of a direction, and round again."""
    # BEGIN SOLUTION
    return ("north", "east", "south", "west")[index % 4]
    # END SOLUTION


def total(values: list[int]) -> int:
    """The sum of some whole numbers."""
    # BEGIN SOLUTION
    return sum(values)
    # END SOLUTION
