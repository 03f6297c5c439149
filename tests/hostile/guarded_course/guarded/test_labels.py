"""What a correct labels.py does."""

from __future__ import annotations

import pytest

from autograder import equal, hidden, points

HIDDEN_INDEX = 73019


@points(1)
@pytest.mark.parametrize("index", [0, 1, 2, 3])
def test_label(student, index):
    """label knows the four directions"""
    equal(student.label(index), ["north", "east", "south", "west"][index])


@points(1)
@hidden
def test_round_again(student):
    """label goes round again"""
    equal(student.label(HIDDEN_INDEX), "west")


@points(1)
@pytest.mark.parametrize("values", [[1, 2, 3], [], [-4, 9]], ids=["3", "none", "2"])
def test_total(student, values):
    """total adds"""
    equal(student.total(values), sum(values))
