"""What a correct masks.py does."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from autograder import after, device, equal, hidden, hint, points, types


def causal(length: int) -> Tensor:
    """Position by position."""
    rows = [[j <= i for j in range(length)] for i in range(length)]
    return torch.tensor(rows, dtype=torch.bool).reshape(length, length)


def padding(lengths: list[int], max_length: int) -> Tensor:
    """Text by text."""
    rows = [[j < length for j in range(max_length)] for length in lengths]
    return torch.tensor(rows, dtype=torch.bool).reshape(len(lengths), max_length)


def allowed(masks: list[Tensor]) -> Tensor:
    """Mask by mask."""
    expected = torch.ones((), dtype=torch.bool)
    for mask in masks:
        expected = expected & mask
    return expected


@points(2)
@types(0.5)
@hint("write the table down: a row for each position, a column for what it may see")
@pytest.mark.parametrize(
    "rows",
    [
        [[1, 0], [1, 1]],
        [[1, 0, 0], [1, 1, 0], [1, 1, 1]],
        [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]],
        [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [1, 1, 1, 1, 0], [1] * 5],
    ],
    ids=["two positions", "three positions", "four positions", "five positions"],
)
def test_causal_mask_by_hand(student, rows):
    """causal_mask lets each position attend to itself and to what came before"""
    equal(student.causal_mask(len(rows)), torch.tensor(rows, dtype=torch.bool))


@points(1)
@hidden
@after(test_causal_mask_by_hand)
@pytest.mark.parametrize("length", [0, 1, 2, 130])
def test_causal_mask_of_any_length(student, length):
    """causal_mask is right for every length, down to none"""
    equal(student.causal_mask(length), causal(length))


@points(2)
@types(0.5)
@pytest.mark.parametrize(
    ("lengths", "max_length", "rows"),
    [
        ([3, 1], 4, [[1, 1, 1, 0], [1, 0, 0, 0]]),
        ([2, 3, 1], 3, [[1, 1, 0], [1, 1, 1], [1, 0, 0]]),
        (
            [2, 1, 3, 2],
            5,
            [[1, 1, 0, 0, 0], [1] + [0] * 4, [1] * 3 + [0] * 2, [1, 1] + [0] * 3],
        ),
    ],
    ids=["two texts", "three texts", "four texts"],
)
def test_padding_mask_by_hand(student, lengths, max_length, rows):
    """padding_mask is True for the words of each text and False behind them"""
    got = student.padding_mask(torch.tensor(lengths), max_length)

    equal(got, torch.tensor(rows, dtype=torch.bool))


@points(1.5)
@device(0.5, synchronisations=0)
@pytest.mark.parametrize("max_length", [6, 9])
def test_padding_mask_of_many_texts(student, draw, max_length):
    """padding_mask has one row for each text, as long as it is told to be"""
    lengths = draw.integers(1, 6, 5)

    equal(
        student.padding_mask(lengths, max_length),
        padding(lengths.tolist(), max_length),
    )


@points(1)
@hidden
@after(test_padding_mask_by_hand)
@pytest.mark.parametrize(
    ("lengths", "max_length"),
    [
        ([0, 4, 2], 4),
        ([3], 5),
        ([4], 4),
        ([0], 3),
        ([2, 0, 290, 150, 129], 260),
        ([1, 0, 3], 6),
        ([7], 4),
        ([], 3),
    ],
)
def test_padding_mask_of_any_length(student, lengths, max_length):
    """padding_mask takes texts without a word, texts that are too long, and no text"""
    got = student.padding_mask(torch.tensor(lengths, dtype=torch.int64), max_length)

    equal(got, padding(lengths, max_length))


@points(2)
@types(0.5, "combine_masks returns booleans, and leaves the masks that it got alone")
@device(0.5, synchronisations=0)
@hint("True where the first mask and the second one are True")
@pytest.mark.parametrize(
    ("masks", "expected"),
    [
        (
            [
                [[1, 0, 0], [1, 1, 0], [1, 1, 1]],
                [[1, 1, 0], [1, 1, 0], [1, 1, 0]],
            ],
            [[1, 0, 0], [1, 1, 0], [1, 1, 0]],
        ),
        (
            [[[1, 1, 1, 0], [0, 1, 1, 1]], [[1, 0, 1, 0], [1, 1, 0, 1]]],
            [[1, 0, 1, 0], [0, 1, 0, 1]],
        ),
        (
            [[[1, 1, 1]] * 2, [[0, 1, 1], [1, 1, 0]], [[1, 1, 0], [1, 0, 1]]],
            [[0, 1, 0], [1, 0, 0]],
        ),
        (
            [
                [[1, 1, 1, 0, 1]],
                [[1, 0, 1, 1, 1]],
                [[1, 1, 1, 0, 1]],
                [[0, 1, 1, 1, 1]],
            ],
            [[0, 0, 1, 0, 1]],
        ),
    ],
    ids=["causal and padding", "two masks", "three masks", "four masks"],
)
def test_combine_masks_by_hand(student, masks, expected):
    """combine_masks allows what all of its masks allow"""
    masks = [torch.tensor(mask, dtype=torch.bool) for mask in masks]

    equal(student.combine_masks(*masks), torch.tensor(expected, dtype=torch.bool))


@points(2)
@pytest.mark.parametrize(
    "shapes",
    [
        [(6, 6), (4, 1, 6)],
        [(4, 1, 1, 6), (6, 6)],
        [(6, 6), (4, 1, 6), (6,)],
        [(1, 6), (6, 1), (4, 1, 6)],
    ],
)
def test_combine_masks_broadcasts(student, draw, shapes):
    """combine_masks broadcasts its masks, the smaller ones first or last"""
    masks = [draw.booleans(*shape, p=0.7) for shape in shapes]

    equal(student.combine_masks(*masks), allowed(masks))


@points(1.5)
@hidden
@after(test_combine_masks_by_hand)
@pytest.mark.parametrize(
    "shapes",
    [
        [(3, 5)],
        [(3, 5), (3, 5), (3, 5), (3, 5)],
        [(3, 1), (1, 5), (2, 1, 1)],
        [(5,), (3, 1), (2, 1, 5), (5,)],
        [(0, 5), (1, 5)],
    ],
)
def test_combine_masks_one_or_many(student, draw, shapes):
    """combine_masks takes one mask, or many, of any shapes that go together"""
    masks = [draw.booleans(*shape, p=0.8) for shape in shapes]

    equal(student.combine_masks(*masks), allowed(masks))
