"""What a correct positions.py does."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from autograder import after, close, digits, hidden, hint, points, settings


def encoding(length: int, d_model: int, base: float = 10000.0) -> Tensor:
    """The formula in float64, column by column, and each column by its number."""
    columns = torch.arange(d_model)
    pairs = columns.div(2, rounding_mode="floor")
    powers = float(base) ** (2 * pairs.double() / d_model)
    angles = torch.arange(length)[:, None] / powers
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


@points(1)
@settings("cpu float32")
@hint("position 0 is 0 1 0 1: the sines of 0 and the cosines of 0")
def test_worked_example(student):
    """positional_encoding gets three positions of four features right by hand"""
    expected = [
        [0, 1, 0, 1],
        [0.8414709848, 0.5403023059, 0.0099998333, 0.9999500004],
        [0.9092974268, -0.4161468365, 0.0199986667, 0.9998000067],
    ]

    got = student.positional_encoding(3, 4)

    close(got, torch.tensor(expected, dtype=torch.float64))


@points(2)
@settings("cpu float32")
@digits(
    0.5,
    "positional_encoding is right to rounding at late positions, in the default dtype",
    # A few rows have angles beyond 2048 that are no integers: there a single rounding
    # to float32 is off by ten times what is allowed, and by less where fewer rows are.
    cases=[{"length": 6000, "d_model": 18}],
    hint="an angle near 3000 has four digits before its point, and float32 has seven",
)
@pytest.mark.parametrize(("length", "d_model"), [(7, 6), (3, 16), (5, 2), (9, 12)])
def test_agrees_with_the_formula(student, length, d_model):
    """positional_encoding follows the formula for any even number of features"""
    close(student.positional_encoding(length, d_model), encoding(length, d_model))


@points(1)
@settings("cpu float32")
@after(test_agrees_with_the_formula)
@hint("how many sines have 7 columns, and how many cosines?")
@pytest.mark.parametrize(("length", "d_model"), [(5, 7), (3, 1), (4, 5), (6, 9)])
def test_odd_number_of_features(student, length, d_model):
    """with an odd d_model the last column is a sine without its cosine"""
    close(student.positional_encoding(length, d_model), encoding(length, d_model))


@points(1)
@settings("cpu float32")
@after(test_agrees_with_the_formula)
@pytest.mark.parametrize("base", [100.0, 7.5, 2, 1e6])
def test_base(student, base):
    """base is what the frequencies are powers of"""
    close(student.positional_encoding(6, 8, base), encoding(6, 8, base))


@points(0.5)
@hidden
@settings("cpu float32")
@after(test_agrees_with_the_formula)
@pytest.mark.parametrize(
    ("length", "d_model", "base"),
    [(1, 4, 10000.0), (4, 2, 50.0), (1, 6, 20.0), (2, 128, 10000.0)],
)
def test_few_positions(student, length, d_model, base):
    """positional_encoding takes a single position, and very many features"""
    expected = encoding(length, d_model, base)

    close(student.positional_encoding(length, d_model, base), expected)


@points(0.5)
@hidden
@settings("cpu float32")
@after(test_agrees_with_the_formula)
@pytest.mark.parametrize(
    ("length", "d_model", "base"), [(2, 4, 10000.0), (0, 6, 10000.0), (0, 8, 3.0)]
)
def test_no_positions(student, length, d_model, base):
    """the encoding of no positions has no rows, and all columns"""
    expected = encoding(length, d_model, base)

    close(student.positional_encoding(length, d_model, base), expected)


@points(1)
@hidden
@settings("cpu float32")
@after(test_odd_number_of_features)
@pytest.mark.parametrize(
    ("length", "d_model", "base"),
    [(3, 3, 9.0), (4, 11, 10000.0), (1, 7, 10000.0), (2, 1, 40.0)],
)
def test_odd_with_the_rest(student, length, d_model, base):
    """an odd d_model works with every length and base"""
    expected = encoding(length, d_model, base)

    close(student.positional_encoding(length, d_model, base), expected)
