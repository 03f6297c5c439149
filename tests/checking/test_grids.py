"""Small arrays as rows of short texts."""

from __future__ import annotations

import pytest
import torch

from autograder.checking.difference import compare
from autograder.checking.grids import grid_of, input_grids, number_texts
from autograder.checking.rules import Rules
from autograder.verdict import SmallArray

F64 = torch.float64


def grid(got: torch.Tensor, expected: torch.Tensor) -> SmallArray | None:
    """What a comparison shows."""
    mismatch = compare(got, expected, "the output", Rules(F64))
    assert mismatch is not None
    return mismatch.grid


def test_a_small_array_is_shown_whole_with_its_wrong_places() -> None:
    """Integers stand as integers, whatever their dtype."""
    expected = torch.tensor([[1.0, -23.0], [0.5, 3.0]], dtype=F64)
    got = expected.clone()
    got[0, 1] = 1 / 3

    assert grid(got, expected) == SmallArray(
        [["1", "-23"], ["0.5", "3"]], [["1", "0.3333"], ["0.5", "3"]], [[0, 1]], []
    )


def test_of_more_axes_the_slice_with_the_largest_error_is_shown() -> None:
    """Its leading indices are told."""
    expected = torch.zeros(2, 3, 2, 2, dtype=F64)
    got = expected.clone()
    got[0, 0, 0, 0], got[1, 2, 1, 0] = 1.0, 5.0

    shown = grid(got, expected)

    assert shown is not None
    assert (shown.at, shown.wrong) == ([1, 2], [[1, 0]])
    assert shown.got == [["0", "0"], ["5", "0"]]


def test_one_axis_is_one_row() -> None:
    """A vector of a few numbers stands in a line."""
    expected = torch.tensor([1.0, 2.0, 3.0], dtype=F64)

    shown = grid(expected + torch.tensor([0.0, 1.0, 0.0]), expected)

    assert shown == SmallArray([["1", "2", "3"]], [["1", "3", "3"]], [[0, 1]], [])


@pytest.mark.parametrize("shape", [(9, 2), (2, 9), (11,), (), (1,)])
def test_what_does_not_fit_or_is_one_number_is_no_grid(shape: tuple[int, ...]) -> None:
    """Previews tell of it."""
    expected = torch.zeros(shape, dtype=F64)

    assert grid(expected + 1, expected) is None


def test_no_row_is_wider_than_a_terminal() -> None:
    """Eight long numbers do not fit beside each other."""
    expected = torch.full((2, 8), -1.2345678e-100, dtype=F64)

    assert grid(expected * 2, expected) is None


def test_sides_of_unequal_shape_are_both_shown() -> None:
    """A row too many is seen at once; no place is marked."""
    shown = grid(torch.ones(1, 3, 2, dtype=F64), torch.ones(1, 2, 2, dtype=F64))

    assert shown == SmallArray([["1", "1"]] * 2, [["1", "1"]] * 3)


def test_two_numbers_that_differ_never_look_the_same() -> None:
    """Four digits where they tell, more where they do not."""
    assert number_texts(0.123456, 0.2) == ("0.1235", "0.2")
    assert number_texts(0.1234561, 0.1234569) == ("0.123456", "0.123457")
    assert number_texts(1.0, 1.0 + 2e-16)[0] != number_texts(1.0, 1.0 + 2e-16)[1]
    assert number_texts(True, False) == ("True", "False")


def test_inputs_are_shown_if_all_of_them_are_small() -> None:
    """A picture without its kernel would be no help."""
    small = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])

    assert input_grids([("x", small)]) == {"x": [["1", "2"], ["3", "4"]]}
    assert input_grids([("x", small), ("weight", torch.zeros(2, 1, 2, 2))]) == {}


def test_rounding_is_not_shown() -> None:
    """A value that is right but for rounding has the short text of the true one."""
    truth = torch.tensor([[1 / 3, 2.0]], dtype=torch.float64)
    got = torch.tensor([[1 / 3 + 1e-16, 3.0]], dtype=torch.float64)

    grid = grid_of(got, truth, torch.tensor([[False, True]]), [0, 1])

    assert grid is not None
    assert (grid.expected, grid.got) == ([["0.3333", "2"]], [["0.3333", "3"]])
