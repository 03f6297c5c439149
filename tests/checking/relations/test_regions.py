"""Relations of place: where answers are wrong, said only where it is exact."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from autograder.verdict import Relation
from tests.checking.related import drawn, found, kinds

Wrong = Callable[[torch.Tensor], torch.Tensor]
IMAGES = [[drawn(4, 6, 7, 9)], [drawn(3, 6, 8, 5)], [drawn(5, 6, 5, 6)]]


def sine(x: torch.Tensor) -> torch.Tensor:
    """An oracle without symmetries."""
    return torch.sin(x)


def wrong_at(*index: object, but: bool = False) -> Wrong:
    """An answer that is wrong at these places only, or everywhere else."""

    def wrong(x: torch.Tensor) -> torch.Tensor:
        chosen = torch.zeros(x.shape, dtype=torch.bool)
        chosen[index] = True
        noise = 1 + (x * 7).cos() ** 2  # no pattern of its own
        return torch.where(chosen ^ but, sine(x) + noise, sine(x))

    return wrong


ALL = slice(None)
BATCH = {"axis": "0", "batch": "yes"}


@pytest.mark.parametrize(
    ("wrong", "kind", "facts"),
    [
        (wrong_at(0), "at_an_end", {**BATCH, "place": "first", "there": "wrong"}),
        (wrong_at(-1), "at_an_end", {**BATCH, "place": "last", "there": "wrong"}),
        (
            wrong_at(0, but=True),
            "at_an_end",
            {**BATCH, "place": "first", "there": "right"},
        ),
        (
            wrong_at(ALL, -1, but=True),
            "at_an_end",
            {"axis": "1", "place": "last", "there": "right"},
        ),
        (
            wrong_at(ALL, ALL, [0, -1]),
            "at_an_end",
            {"axis": "2", "place": "first and last", "there": "wrong"},
        ),
        (
            wrong_at(..., 0),
            "at_an_end",
            {"axis": "3", "place": "first", "there": "wrong"},
        ),
        (
            wrong_at(ALL, ALL, slice(1, -1), slice(1, -1), but=True),
            "rim",
            {"width": "1"},
        ),
        (
            wrong_at(ALL, ALL, slice(2, -2), slice(2, -2), but=True),
            "rim",
            {"width": "2"},
        ),
        (
            wrong_at(ALL, slice(0, 3), but=True),
            "block",
            {"axis": "1", "blocks": "2", "block": "first", "there": "right"},
        ),
        (
            wrong_at(ALL, slice(2, 4)),
            "block",
            {"axis": "1", "blocks": "3", "block": "1", "there": "wrong"},
        ),
    ],
)
def test_where_an_answer_is_wrong(wrong, kind: str, facts: dict[str, str]) -> None:
    """The place is the same in every case, and all other places are right."""
    assert found(wrong, sine, IMAGES, ["x"]) == [
        Relation(kind, {"of": "the output", **facts})
    ]


@pytest.mark.parametrize(
    "wrong",
    [wrong_at([0, 1], ALL, [0, -1]), wrong_at([0, 1], ALL, ALL, [-1, 0])],
    ids=["rows", "columns"],
)
def test_whole_rows_or_columns_alone_are_no_border(wrong) -> None:
    """The first row of one image, and the last of another: no border is wrong."""
    assert "rim" not in kinds(found(wrong, sine, IMAGES, ["x"]))


@pytest.mark.parametrize(
    "wrong",
    [
        wrong_at(0),
        wrong_at(..., 0),
        wrong_at(ALL, ALL, slice(1, -1), slice(1, -1), but=True),
        wrong_at(ALL, slice(0, 3), but=True),
        wrong_at(ALL, slice(2, 4)),
    ],
)
def test_one_number_elsewhere_off_by_a_millionth_is_silent(wrong) -> None:
    """A single wrong number in the middle, and the place is no longer the place."""

    def nearly(x: torch.Tensor) -> torch.Tensor:
        y = wrong(x).clone()
        right = torch.where(y == sine(x), y.abs(), 0.0)[1:, 1:, 2:-2, 2:-2]
        at = torch.unravel_index(right.argmax(), right.shape)
        y[1:, 1:, 2:-2, 2:-2][at] *= 1 + 1e-6
        return y

    assert found(nearly, sine, IMAGES, ["x"]) == []


def test_a_wrong_number_at_the_place_that_is_right_is_silent() -> None:
    """Right for the first item only means all of the first item."""

    def nearly(x: torch.Tensor) -> torch.Tensor:
        y = wrong_at(0, but=True)(x)
        y[0, 0, 0, 0] += 1e-6 * y.abs().max()
        return y

    assert found(nearly, sine, IMAGES, ["x"]) == []


def test_two_cases_wrong_at_two_ends_are_silent() -> None:
    """The first item in one case and the last in the other is no rule."""
    places = iter([0, -1, 0])

    assert found(lambda x: wrong_at(next(places))(x), sine, IMAGES, ["x"]) == []


def test_zeros_that_anybody_has_are_not_told() -> None:
    """That an answer is right where the right one is 0 means nothing."""

    def oracle(x: torch.Tensor) -> torch.Tensor:
        y = sine(x)
        y[:, 0] = 0.0
        return y

    def wrong(x: torch.Tensor) -> torch.Tensor:
        y = wrong_at(ALL)(x)
        y[:, 0] = 0.0
        return y

    assert found(wrong, oracle, IMAGES, ["x"]) == []


def test_groups_of_channels_are_called_so() -> None:
    """One group is right, whatever the number of groups."""

    def wrong(x: torch.Tensor, groups: int) -> torch.Tensor:
        return wrong_at(ALL, slice(0, 6 // groups), but=True)(x)

    asked = [[drawn(2, 6, 5, 4), {"groups": groups}] for groups in (2, 3, 2)]
    (relation,) = found(wrong, lambda x, groups: sine(x), asked, ["x", "groups"])

    facts = {"axis": "1", "blocks": "groups", "block": "first", "there": "right"}
    assert relation == Relation("block", {"of": "the output", **facts})


def test_not_a_number_at_some_places() -> None:
    """How many, and where, if that is where the right answer is 0."""

    def oracle(x: torch.Tensor) -> torch.Tensor:
        return torch.where(x > 0.8, x, 0.0)

    def wrong(x: torch.Tensor) -> torch.Tensor:
        y = oracle(x)
        return torch.where(y == 0, torch.nan, y)

    (relation,) = found(wrong, oracle, IMAGES, ["x"])
    assert relation.kind == "not_a_number"
    assert relation.facts["value"] == "NaN"
    assert relation.facts["where"] == "the right answer is 0"
    total = sum(x.numel() for (x,) in IMAGES)
    zeros = sum(int((oracle(x) == 0).sum()) for (x,) in IMAGES)
    assert relation.facts["count"] == str(zeros)
    assert relation.facts["total"] == str(total)

    def elsewhere(x: torch.Tensor) -> torch.Tensor:
        y = sine(x)
        y.reshape(-1)[::17] = torch.inf
        return y

    (relation,) = found(elsewhere, sine, IMAGES, ["x"])
    assert (relation.facts["value"], "where" in relation.facts) == ("infinity", False)

    def one_more(x: torch.Tensor) -> torch.Tensor:
        y = elsewhere(x)
        y.reshape(-1)[3] += 1e-6
        return y

    assert found(one_more, sine, IMAGES, ["x"]) == []


def test_wrong_exactly_where_an_argument_is_negative() -> None:
    """Each wrong number has a negative argument, and each right one has none."""

    def wrong(x: torch.Tensor) -> torch.Tensor:
        return torch.where(x < 0, x.exp(), x.cos())

    (relation,) = found(wrong, torch.cos, IMAGES, ["x"])
    facts = {"of": "the output", "argument": "x", "sign": "negative"}
    assert relation == Relation("by_sign", facts)

    def nearly(x: torch.Tensor) -> torch.Tensor:
        return torch.where(x < -0.1, x.exp(), x.cos())

    assert found(nearly, torch.cos, IMAGES, ["x"]) == []


def test_sums_to_one_along_another_axis() -> None:
    """A softmax along the wrong axis; one without its sum says what its sums are."""

    def oracle(x: torch.Tensor) -> torch.Tensor:
        return x.softmax(1)

    asked = [[drawn(4, 5)], [drawn(3, 6)]]
    (relation,) = found(lambda x: x.softmax(0), oracle, asked, ["x"])
    facts = {"of": "the output", "axis": "1", "other": "0"}
    assert relation == Relation("sums", facts)

    (relation,) = found(lambda x: x.exp() / 7, oracle, asked, ["x"])
    assert relation.kind == "sums"
    assert float(relation.facts["low"]) < float(relation.facts["high"])
    # What sums to one as it should is wrong in some other way.
    assert found(lambda x: (2 * x).softmax(1), oracle, asked, ["x"]) == []


def test_too_few_numbers_have_no_place() -> None:
    """Three wrong numbers in one case may stand anywhere."""

    def wrong(x: torch.Tensor) -> torch.Tensor:
        y = sine(x)
        y[0, :3] += 1
        return y

    assert kinds(found(wrong, sine, [[drawn(5, 6)]], ["x"])) == []
