"""Relations of order: the right numbers in other places, and silence on near misses."""

from __future__ import annotations

import pytest
import torch

from autograder.verdict import Relation
from tests.checking.related import drawn, found, kinds, one_off

BLOCKS = [[drawn(3, 4, 6)], [drawn(2, 4, 6, seed=1)], [drawn(5, 4, 6)]]


def sine(x: torch.Tensor) -> torch.Tensor:
    """An oracle without symmetries."""
    return torch.sin(x)


def moved(x: torch.Tensor) -> torch.Tensor:
    """Moved by one place along the last axis, zeros coming in."""
    y = torch.zeros_like(x)
    y[..., 1:] = sine(x)[..., :-1]
    return y


def swapped_blocks(x: torch.Tensor) -> torch.Tensor:
    """The last two of four blocks along axis 1 in each other's place."""
    return sine(x)[:, [0, 1, 3, 2]]


CASES = [
    (lambda x: sine(x).mT, "axes", {"axes": "1 and 2", "order": "0, 2, 1"}),
    (lambda x: sine(x).permute(1, 2, 0), "axes", {"order": "1, 2, 0"}),
    (
        lambda x: sine(x).mT.reshape(x.shape),
        "read_across",
        {"axes": "1 and 2", "order": "0, 2, 1"},
    ),
    (lambda x: sine(x).flip(2), "reversed", {"axes": "2"}),
    (lambda x: sine(x).flip(1, 2), "reversed", {"axes": "1 and 2"}),
    (moved, "shifted", {"axes": "2", "rim": "zeros", "towards": "higher"}),
    (
        lambda x: sine(x).roll(-1, 1),
        "permuted",
        {"axis": "1", "order": "1 2 3 0"},
    ),
    (
        lambda x: sine(x).roll(1, 2),
        "permuted",
        {"axis": "2", "order": "5 0 1 2 3 4"},
    ),
    (swapped_blocks, "permuted", {"axis": "1", "order": "0 1 3 2"}),
    (
        lambda x: sine(x).roll(3, 2),
        "permuted",
        {"axis": "2", "order": "1 0"},
    ),
    (
        lambda x: sine(x)[:, :1].expand(x.shape),
        "repeated",
        {"axis": "1", "place": "first"},
    ),
    (
        lambda x: sine(x)[:, :, -1:].expand(x.shape),
        "repeated",
        {"axis": "2", "place": "last"},
    ),
    (lambda x: sine(x)[:, 1:], "lacking", {"axes": "1", "place": "first"}),
    (lambda x: sine(x)[:, :-1, :-2], "lacking", {"axes": "1 and 2", "place": "last"}),
    (
        lambda x: sine(x)[:, 1:-1, 1:-1],
        "lacking",
        {"axes": "1 and 2", "place": "both"},
    ),
    (
        lambda x: torch.cat([sine(x), 0.1 * x[:, :1]], 1),
        "surplus",
        {"axes": "1", "place": "last"},
    ),
]


@pytest.mark.parametrize(("wrong", "kind", "facts"), CASES)
def test_the_right_numbers_elsewhere(wrong, kind: str, facts: dict[str, str]) -> None:
    """One order explains every case."""
    assert found(wrong, sine, BLOCKS, ["x"]) == [
        Relation(kind, {"of": "the output", **facts})
    ]


@pytest.mark.parametrize("wrong", [wrong for wrong, _, _ in CASES])
def test_one_number_off_by_a_millionth_is_silent(wrong) -> None:
    """Nearly is not at all; what is right beside it may still be told."""
    said = kinds(found(one_off(wrong), sine, BLOCKS, ["x"]))

    assert set(said) <= {"at_an_end", "block"}


def test_a_shape_that_is_the_right_one_transposed() -> None:
    """Axes that are exchanged show in the shape as well; a square case need not."""
    asked = [[drawn(3, 5)], [drawn(4, 4)]]
    (relation,) = found(lambda x: sine(x).T, sine, asked, ["x"])

    assert relation.facts["axes"] == "0 and 1"


def test_a_symmetric_truth_shows_no_exchange() -> None:
    """Where the right answer is its own transpose, no wrong one can be."""

    def gram(x: torch.Tensor) -> torch.Tensor:
        return x @ x.mT

    asked = [[drawn(5, 3)], [drawn(4, 3)]]
    assert found(lambda x: gram(x) + x[:, :1], gram, asked, ["x"]) == []


def test_a_case_that_passes_contradicts_an_exchange() -> None:
    """Axes that are exchanged in one case only are not exchanged."""

    def wrong(x: torch.Tensor) -> torch.Tensor:
        return sine(x).T if len(x) > 3 else sine(x)

    assert found(wrong, sine, [[drawn(3, 5)], [drawn(4, 4)]], ["x"]) == []


def test_two_cases_in_two_orders_are_no_order() -> None:
    """One case backwards along one axis and one along the other: nothing to say."""
    axes = iter([0, 1])

    asked = [[drawn(5, 6)], [drawn(4, 7)]]
    assert found(lambda x: sine(x).flip(next(axes)), sine, asked, ["x"]) == []


def test_the_same_numbers_in_another_shape() -> None:
    """The shape is wrong and nothing else."""
    (relation,) = found(lambda x: sine(x).flatten(1), sine, BLOCKS, ["x"])

    facts = {"of": "the output", "got": "[3, 24]", "expected": "[3, 4, 6]"}
    assert relation == Relation("shape", facts)
    assert found(lambda x: sine(x).mT.flatten(1), sine, BLOCKS, ["x"]) == []


@pytest.mark.parametrize(
    ("wrong", "oracle", "facts"),
    [
        (
            lambda x: sine(x).sum(1),
            sine,
            {"function": "sum", "axis": "1", "whole": "truth"},
        ),
        (
            sine,
            lambda x: sine(x).mean(2),
            {"function": "mean", "axis": "2", "whole": "got"},
        ),
        (
            lambda x: sine(x).mean(0, keepdim=True),
            sine,
            {"function": "mean", "axis": "0", "whole": "truth"},
        ),
        (
            lambda x: sine(x)[:, -1],
            sine,
            {"function": "last place", "axis": "1", "whole": "truth"},
        ),
        (
            lambda x: sine(x).amax(2),
            sine,
            {"function": "maximum", "axis": "2", "whole": "truth"},
        ),
    ],
)
def test_a_sum_along_an_axis_too_many_or_too_few(wrong, oracle, facts) -> None:
    """The shapes differ by one axis, and a sum or mean makes one of the other."""
    (relation,) = found(wrong, oracle, BLOCKS, ["x"])

    assert relation == Relation("reduced", {"of": "the output", **facts})
    assert found(lambda x: wrong(x) + 0.5 * wrong(x) ** 2, oracle, BLOCKS, ["x"]) == []


@pytest.mark.parametrize(
    ("steps", "axes"), [(((2, 1),), "2"), (((1, 1), (2, 1)), "1 and 2")]
)
def test_what_stands_where_nothing_was_moved_to(steps, axes: str) -> None:
    """Zeros, the other end, or other numbers: said as they are."""
    axis = [axis for axis, _ in steps]
    asked = [[drawn(2, 9, 10)], [drawn(3, 11, 9)]]

    def wrong(x: torch.Tensor) -> torch.Tensor:
        return sine(x).roll([1] * len(axis), axis)

    (relation,) = found(wrong, sine, asked, ["x"])
    assert (relation.kind, relation.facts["axes"]) == ("shifted", axes)
    rim = {"2": "the other end", "1 and 2": "other numbers"}[axes]
    assert relation.facts["rim"] == rim

    def padded(x: torch.Tensor) -> torch.Tensor:
        y = wrong(x)
        for along in axis:
            y.narrow(along, 0, 1).zero_()
        return y

    assert found(padded, sine, asked, ["x"])[0].facts["rim"] == "zeros"


@pytest.mark.parametrize(
    ("order", "shown"), [((0, 2), "0 2 4 6 1 3 5 7"), ((2, 0), "0 4 1 5 2 6 3 7")]
)
def test_places_dealt_out_in_turn(order: tuple[int, int], shown: str) -> None:
    """Even places before odd ones, and the reverse, whatever the size of the axis."""

    def wrong(x: torch.Tensor) -> torch.Tensor:
        rows = (-1, 2) if order == (0, 2) else (2, -1)
        return sine(x).unflatten(1, rows).mT.flatten(1)

    (relation,) = found(wrong, sine, [[drawn(3, 8)], [drawn(2, 10)]], ["x"])

    assert relation.kind == "interleaved"
    assert (relation.facts["axis"], relation.facts["order"]) == ("1", shown)
    nearly = found(one_off(wrong), sine, [[drawn(3, 8)], [drawn(2, 10)]], ["x"])
    assert set(kinds(nearly)) <= {"at_an_end"}


def test_constant_rows_show_no_shift() -> None:
    """What does not change along an axis cannot be seen moving there."""

    def oracle(x: torch.Tensor) -> torch.Tensor:
        return sine(x)[:, :1].expand(x.shape)

    def wrong(x: torch.Tensor) -> torch.Tensor:
        y = oracle(x).clone()
        y[:, 0] = 0.0
        return y

    said = found(wrong, oracle, [[drawn(9, 5)], [drawn(8, 4)]], ["x"])
    assert kinds(said) == ["at_an_end"]
