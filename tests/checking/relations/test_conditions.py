"""Relations across calls, and to the answers that are right for other arguments."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F

from autograder.checking.case import CPU_FLOAT64, CaseRun, Compared
from autograder.checking.everywhere import Grid
from autograder.checking.relations import relations_of
from autograder.protocol.values import Raising
from autograder.verdict import Relation
from tests.checking.related import drawn, found, is_right, kinds, one_off

WEIGHT = drawn(4, 3, 3, 2)
NAMES = ["x", "weight", "bias", "stride", "padding", "dilation"]


def conv(x: torch.Tensor, weight: torch.Tensor, **how: Any) -> torch.Tensor:
    """The oracle."""
    return F.conv2d(x, weight, **how)


def asked(*options: dict[str, Any], size: tuple[int, ...] = (2, 3, 10, 8)) -> list[Any]:
    """The same images under these options."""
    return [[drawn(*size), WEIGHT, option] for option in options]


PADDED = asked(
    {"stride": 1, "padding": 0},
    {"stride": 2, "padding": 0},
    {"stride": 1, "padding": 2},
    {"stride": (2, 1), "padding": (0, 2)},
    {"stride": (3, 2), "padding": (2, 1)},
)


def edged(x: torch.Tensor, weight: torch.Tensor, stride: Any, padding: Any) -> Any:
    """Pads with ones, which no other call does."""
    rows, columns = padding if isinstance(padding, tuple) else (padding, padding)
    image = F.pad(x, (columns, columns, rows, rows), value=1.0)
    return F.conv2d(image, weight, stride=stride)


def test_wrong_exactly_where_there_is_padding() -> None:
    """Each answer without padding is right, each other one wrong; both are counted."""
    said = found(edged, conv, PADDED, NAMES)

    facts = {"condition": "padding = 0", "there": "right", "right": "2", "wrong": "3"}
    assert said == [Relation("condition", facts)]


def test_one_right_answer_among_the_padded_is_silent() -> None:
    """A condition with an exception is none."""

    def wrong(x: Any, weight: Any, stride: Any, padding: Any) -> Any:
        return (conv if padding == 2 else edged)(
            x, weight, stride=stride, padding=padding
        )

    assert "condition" not in kinds(found(wrong, conv, PADDED, NAMES))


def test_two_conditions_that_fit_equally_are_silent() -> None:
    """Where stride and padding change together, neither can be blamed."""
    together = asked(
        {"stride": 1, "padding": 0},
        {"stride": (1, 1), "padding": 0},
        {"stride": 2, "padding": 2},
        {"stride": 3, "padding": 1},
        {"stride": 2, "padding": 1},
    )

    assert "condition" not in kinds(found(edged, conv, together, NAMES))


def test_calls_that_differ_in_nothing_have_no_condition() -> None:
    """Two right answers to the same options are one kind of call, not two."""
    repeated = asked(
        {"stride": 1, "padding": 0},
        {"stride": 1, "padding": 0},
        {"stride": 1, "padding": 2},
        {"stride": (2, 1), "padding": (0, 2)},
        {"stride": (3, 2), "padding": (2, 1)},
    )

    assert "condition" not in kinds(found(edged, conv, repeated, NAMES))


def test_few_calls_have_no_condition() -> None:
    """One right answer and two wrong ones could differ in anything."""
    assert "condition" not in kinds(found(edged, conv, PADDED[1:4], NAMES))


SIZES = [(6, 6), (6, 7), (8, 8), (7, 5), (5, 5), (4, 8)]


def noisy(x: torch.Tensor) -> torch.Tensor:
    """Wrong everywhere, by no relation."""
    return torch.sin(x) + (7 * x).cos() ** 2 + 1


@pytest.mark.parametrize(
    ("shapes", "is_right_for", "condition", "there"),
    [
        (
            [(2, 3, *size) for size in SIZES],
            lambda x: x.shape[2] == x.shape[3],
            "x square (its last two sizes equal)",
            "right",
        ),
        (
            [(n, 3, n + 3, 5) for n in (1, 2, 3, 4)] + [(1, 3, 6, 5)],
            lambda x: len(x) == 1,
            "x.shape[0] = 1",
            "right",
        ),
        (
            [(n, 3, n + 3, 5) for n in (1, 2, 3, 4)] + [(1, 3, 6, 5)],
            lambda x: len(x) > 1,
            "x.shape[0] = 1",
            "wrong",
        ),
        (
            [(2, 3, n) for n in (3, 4, 5, 6, 8, 9)],
            lambda x: x.shape[2] % 2 == 1,
            "x.shape[2] odd",
            "right",
        ),
    ],
)
def test_conditions_on_sizes(shapes, is_right_for, condition: str, there: str) -> None:
    """Square images, a batch of one, odd sizes."""
    calls = [[drawn(*shape)] for shape in shapes]

    def wrong(x: torch.Tensor) -> torch.Tensor:
        return torch.sin(x) if is_right_for(x) else noisy(x)

    said = found(wrong, torch.sin, calls, ["x"])

    assert (said[0].kind, said[0].facts["condition"]) == ("condition", condition)
    assert said[0].facts["there"] == there


def out_size(n: int, k: int, stride: int, padding: int) -> int:
    """The size of a convolution's output."""
    return (n + 2 * padding - k) // stride + 1


GRID = [
    [n, k, stride, padding]
    for n in range(7, 12)
    for k in (1, 2, 3)
    for stride in (1, 2, 3)
    for padding in (0, 1, 2)
]
SIZE_NAMES = ["n", "k", "stride", "padding"]


@pytest.mark.parametrize(
    ("wrong", "condition", "there"),
    [
        (
            lambda n, k, stride, padding: (
                out_size(n, k, stride, padding) + (n if padding else 0)
            ),
            "padding = 0",
            "right",
        ),
        (
            lambda n, k, stride, padding: (
                out_size(n, k, stride, padding) + (n * k if k % 2 == 0 else 0)
            ),
            "k odd",
            "right",
        ),
        (
            lambda n, k, stride, padding: (
                out_size(n, k, stride, padding)
                + (n * k if padding > 0 and stride > 1 else 0)
            ),
            "stride = 1 or padding = 0",
            "right",
        ),
    ],
)
def test_conditions_on_integers(wrong, condition: str, there: str) -> None:
    """A whole grid of calls: the condition is exact, and counted."""
    for knows_oracle in (True, False):
        said = found(wrong, out_size, GRID, SIZE_NAMES, knows_oracle=knows_oracle)
        assert said[0].facts["condition"] == condition
        assert said[0].facts["there"] == there
        total = int(said[0].facts["right"]) + int(said[0].facts["wrong"])
        assert total == len(GRID)


def test_a_few_numbers_have_no_condition() -> None:
    """Eleven calls of an integer function could be parted by chance."""

    def wrong(n: int, k: int, stride: int, padding: int) -> int:
        return out_size(n, k, stride, padding) + (n if padding else 0)

    chosen = GRID[::4]
    assert kinds(found(wrong, out_size, chosen[:11], SIZE_NAMES)) == []
    assert kinds(found(wrong, out_size, chosen[:16], SIZE_NAMES)) == ["condition"]


def test_an_integer_argument_that_is_not_looked_at() -> None:
    """The answer is what is right for padding = 0, in every call."""
    said = found(
        lambda n, k, stride, padding: out_size(n, k, stride, 0),
        out_size,
        GRID,
        SIZE_NAMES,
    )

    facts = {"of": "the output", "argument": "padding", "instead": "0"}
    assert said == [Relation("alternative", facts)]


def test_an_integer_argument_in_the_place_of_another() -> None:
    """The kernel is taken for the stride, in every call."""
    said = found(
        lambda n, k, stride, padding: out_size(n, k, k, padding),
        out_size,
        GRID,
        SIZE_NAMES,
    )

    facts = {"of": "the output", "argument": "stride", "instead": "k"}
    assert said == [Relation("alternative", facts)]


def without(name: str) -> Any:
    """A convolution that does not look at one of its arguments."""

    def wrong(x: Any, weight: Any, **how: Any) -> Any:
        how.pop(name)
        return F.conv2d(x, weight, **how)

    return wrong


@pytest.mark.parametrize(
    ("wrong", "argument", "instead"),
    [
        (without("stride"), "stride", "left out"),
        (without("padding"), "padding", "left out"),
        (
            lambda x, w, stride, padding: conv(
                x, w, stride=stride, padding=padding[::-1]
            ),
            "padding",
            "reversed",
        ),
        (
            lambda x, w, stride, padding: conv(x, w, stride=stride[0], padding=padding),
            "stride",
            "the first",
        ),
    ],
)
def test_the_answer_for_another_argument(wrong, argument: str, instead: str) -> None:
    """The oracle says so in every case, also where the argument does not matter."""
    pairs = asked(
        {"stride": (2, 1), "padding": (1, 0)},
        {"stride": (1, 1), "padding": (0, 0)},
        {"stride": (3, 2), "padding": (2, 1)},
    )
    said = found(wrong, conv, pairs, NAMES)

    facts = {"of": "the output", "argument": argument, "instead": instead}
    assert said == [Relation("alternative", facts)]
    assert "alternative" not in kinds(found(one_off(wrong), conv, pairs, NAMES))
    silent = found(wrong, conv, pairs, NAMES, knows_oracle=False)
    assert "alternative" not in kinds(silent)  # there is nobody to ask


def test_a_truth_value_turned_and_tensors_exchanged() -> None:
    """True for False, and keys for queries."""
    calls = [[drawn(4, 6, seed=i), {"even": True}] for i in range(3)]

    def oracle(x: Any, even: bool) -> Any:
        return x.cos() if even else x.sin()

    said = found(lambda x, even: x.sin(), oracle, calls, ["x"])
    facts = {"of": "the output", "argument": "even", "instead": "turned"}
    assert said == [Relation("alternative", facts)]

    def scores(q: Any, k: Any) -> Any:
        return q @ k.mT + q[:, :1]

    pairs = [[drawn(4, 6, seed=i), drawn(4, 6, seed=i + 9)] for i in range(3)]
    said = found(lambda q, k: scores(k, q), scores, pairs, ["q", "k"])
    facts = {"of": "the output", "argument": "k and q", "instead": "exchanged"}
    assert said == [Relation("alternative", facts)]


def test_a_changed_argument_that_fails_one_case_is_silent() -> None:
    """In the last case the stride does count, so it is not left out."""

    def wrong(x: Any, weight: Any, stride: Any, padding: Any) -> Any:
        stride = stride if stride == (3, 2) else 1
        return F.conv2d(x, weight, stride=stride, padding=padding)

    assert "alternative" not in kinds(found(wrong, conv, PADDED, NAMES))


def test_two_arguments_that_do_the_same_are_silent() -> None:
    """Where leaving out either gives this answer, none is named."""
    calls = [[drawn(5, 4), {"shift": 1.0, "scale": True}]] * 2

    def oracle(x: Any, shift: float = 0.0, scale: bool = False) -> Any:
        return torch.sin(x) + shift * x**2 if scale else torch.sin(x)

    said = found(lambda x, **_: torch.sin(x), oracle, calls, ["x"])
    assert "alternative" not in kinds(said)


def test_the_gradient_that_is_wrong_is_named() -> None:
    """The value is right in every case; so are the gradients that were compared."""

    class Halved(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            return x.clone()

        @staticmethod
        def backward(ctx: Any, *grads: torch.Tensor) -> torch.Tensor:
            return (grads[0] + 1).cos()

    def wrong(x: Any, weight: Any, bias: Any) -> Any:
        return F.linear(x, Halved.apply(weight), bias)

    calls = [[drawn(3, 4), drawn(5, 4), drawn(5)], [drawn(2, 4), drawn(3, 4), drawn(3)]]
    names = ["x", "weight", "bias"]
    said = found(wrong, F.linear, calls, names, gradients=["x", "bias", "weight"])
    assert said == [Relation("gradient", {"gradient": "weight", "right": "bias, x"})]

    class Doubled(Halved):
        @staticmethod
        def backward(ctx: Any, *grads: torch.Tensor) -> torch.Tensor:
            return 2 * grads[0]

    def doubled(x: Any, weight: Any, bias: Any) -> Any:
        return F.linear(x, Doubled.apply(weight), bias)

    said = found(doubled, F.linear, calls, names, gradients=names)
    assert said == [
        Relation("factor", {"of": "the gradient of weight", "factor": "2"}),
        Relation("gradient", {"gradient": "weight", "right": "x"}),
    ]


def test_two_gradients_wrong_in_two_cases_are_silent() -> None:
    """No gradient is the one that is wrong."""
    runs = []
    for name in ("x", "weight"):
        run = CaseRun(CPU_FLOAT64, 1)
        y = drawn(3, 4)
        run.compared.append(Compared("the output", y, y, True))
        run.compared.append(
            Compared(f"the gradient of {name}", drawn(3, 4, seed=2), y, False)
        )
        runs.append(run)

    assert relations_of(runs) == []


def test_a_pair_in_the_wrong_order() -> None:
    """Height and width stand in each other's place, in every call."""

    def oracle(height: int, width: int) -> tuple[int, int]:
        return height // 2, width // 2

    calls = [[12, 8], [10, 16], [6, 6], [20, 4]]

    def wrong(height: int, width: int) -> tuple[int, int]:
        return width // 2, height // 2

    said = found(wrong, oracle, calls, ["height", "width"])
    assert said == [Relation("parts", {"of": "the output", "order": "1 0"})]

    def once(height: int, width: int) -> tuple[int, int]:
        return wrong(height, width) if height != 20 else (3, 3)

    assert "parts" not in kinds(found(once, oracle, calls, ["height", "width"]))
    # Two calls, or pairs of equal numbers, show no order.
    for few in (calls[:2], [[n, n] for n in (4, 6, 8, 10)]):
        assert found(wrong, oracle, few, ["height", "width"]) == []


def test_outputs_in_another_order_or_one_alone() -> None:
    """The state and the output of a cell, exchanged; or the output without it."""

    def oracle(x: Any) -> Any:
        return torch.sin(x), torch.cos(x)

    calls = [[drawn(3, 5)], [drawn(4, 7)]]
    said = found(lambda x: oracle(x)[::-1], oracle, calls, ["x"])
    assert said == [Relation("parts", {"of": "the output", "order": "1 0"})]
    said = found(lambda x: oracle(x)[1], oracle, calls, ["x"])
    assert said == [Relation("one_part", {"of": "the output", "part": "1"})]

    nearly = found(lambda x: one_off(torch.cos)(x), oracle, calls, ["x"])
    assert nearly == []
    nearly = found(lambda x: (torch.cos(x), one_off(torch.sin)(x)), oracle, calls, [])
    assert "parts" not in kinds(nearly)


def test_parts_of_an_answer_are_told_apart() -> None:
    """The second of two outputs is twice the right one, and is named."""

    def oracle(x: Any) -> Any:
        return torch.sin(x), torch.cos(x)

    calls = [[drawn(3, 5)], [drawn(4, 7)]]
    said = found(lambda x: (x.sin(), 2 * x.cos()), oracle, calls, ["x"])
    assert said == [Relation("factor", {"of": "output[1]", "factor": "2"})]

    said = found(lambda x: (-x.sin(), 2 * x.cos()), oracle, calls, ["x"])
    assert kinds(said) == ["sign", "factor"]
    assert is_right(oracle(calls[0][0]), oracle(calls[0][0]))


def test_what_was_asked_is_known_without_an_oracle() -> None:
    """Arguments come from the call itself where a check compares with ``close``."""
    calls = [[drawn(3, 5)], [drawn(4, 7)]]

    said = found(lambda x: x, torch.sin, calls, ["x"], knows_oracle=False)

    assert said == [Relation("unchanged", {"of": "the output", "argument": "x"})]


def in_one_message(wrong: Any, oracle: Any, grid: Grid) -> list[CaseRun]:
    """A case of ``everywhere``."""
    run = CaseRun(CPU_FLOAT64, 1)
    got = []
    for point in grid.points:
        try:
            got.append(wrong(*point))
        except ValueError:
            got.append(Raising("ValueError"))
    truths = grid.truth(oracle)
    calls = (grid.names, grid.points)
    run.compared.append(
        Compared("the output", got, truths, got == truths, oracle, calls=calls)
    )
    return [run]


LARGE = Grid(n=range(1, 15), k=range(1, 6), stride=range(1, 5), padding=range(4))


def fitting(n: int, k: int, stride: int, padding: int) -> int:
    """The size of an output, of windows that fit."""
    if k > n + 2 * padding:
        raise ValueError("the window does not fit")
    return out_size(n, k, stride, padding)


@pytest.mark.parametrize(
    ("wrong", "kind", "fact"),
    [
        (lambda *point: fitting(*point) - 1, "offset", ("number", "1")),
        (
            lambda n, k, stride, padding: fitting(n, k, 1, padding),
            "alternative",
            ("instead", "1"),
        ),
        (
            lambda n, k, stride, padding: (
                fitting(n, k, stride, padding) + n * (stride > 1)
            ),
            "condition",
            ("condition", "stride = 1"),
        ),
    ],
)
def test_a_whole_grid_in_one_message(wrong, kind: str, fact: tuple[str, str]) -> None:
    """Each point is a call; those that raise on both sides say nothing."""
    (relation,) = relations_of(in_one_message(wrong, fitting, LARGE))

    assert relation.kind == kind
    assert relation.facts[fact[0]] == fact[1]
    if kind == "condition":
        answers = [p for p in LARGE.points if p[1] <= p[0] + 2 * p[3]]
        assert relation.facts["right"] == str(sum(p[2] == 1 for p in answers))
        assert relation.facts["wrong"] == str(sum(p[2] > 1 for p in answers))


def test_one_point_of_a_grid_contradicts() -> None:
    """A sample is looked at first; what is said holds for all 1,120 points."""
    for exception in LARGE.points[1], LARGE.points[777], LARGE.points[-1]:

        def wrong(*point: int, exception: Any = exception) -> int:
            return fitting(*point) - (1 if point != exception else 2)

        try:
            fitting(*exception)
        except ValueError:
            continue
        assert relations_of(in_one_message(wrong, fitting, LARGE)) == []


def test_an_answer_where_there_is_none() -> None:
    """A call that should raise and gives a number is a wrong one, and no number."""

    def wrong(n: int, k: int, stride: int, padding: int) -> int:
        return out_size(n, k, stride, padding) + (n if padding == 0 else 0)

    assert relations_of(in_one_message(wrong, fitting, LARGE)) == []
    # Wrong exactly where k > n + 2 * padding, which is no condition that is known.
    assert relations_of(in_one_message(out_size, fitting, LARGE)) == []
