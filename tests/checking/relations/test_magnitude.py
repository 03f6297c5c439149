"""Relations number by number: said where they hold exactly, and never nearly."""

from __future__ import annotations

import math

import pytest
import torch

from autograder.checking.case import SETTINGS, Compared
from autograder.checking.relations import relations_of
from autograder.checking.relations.parts import close_to
from autograder.verdict import Relation
from tests.checking.related import drawn, found, kinds, one_off, runs_of

ROWS = [[drawn(3, 7)], [drawn(5, 4)], [drawn(2, 9)]]


def rows(x: torch.Tensor) -> torch.Tensor:
    """An oracle whose answer is as large as its argument."""
    return 3 * torch.sin(x)


@pytest.mark.parametrize(
    ("wrong", "kind", "facts"),
    [
        (lambda x: -rows(x), "sign", {}),
        (lambda x: 2 * rows(x), "factor", {"factor": "2"}),
        (lambda x: rows(x) / 12, "factor", {"factor": "1/12"}),
        (lambda x: rows(x) * math.sqrt(2), "factor", {"factor": "sqrt(2)"}),
        (lambda x: rows(x) * -1.7320508, "factor", {"factor": "-1.73205"}),
        (lambda x: rows(x) + 1, "offset", {"number": "1", "sign": "more"}),
        (lambda x: rows(x) - 0.25, "offset", {"number": "1/4", "sign": "less"}),
        (lambda x: rows(x) + x, "difference", {"argument": "x", "sign": "more"}),
        (lambda x: rows(x) - x, "difference", {"argument": "x", "sign": "less"}),
        (lambda x: x, "unchanged", {"argument": "x"}),
        (lambda x: torch.zeros_like(x), "constant", {"value": "0"}),
        (lambda x: torch.full_like(x, 0.5), "constant", {"value": "1/2"}),
        (lambda x: x * torch.nan, "constant", {"value": "NaN"}),
        (lambda x: x * torch.inf * 0 + torch.inf, "constant", {"value": "NaN"}),
        (lambda x: rows(x).abs(), "function", {"function": "absolute value"}),
        (lambda x: rows(x) ** 2, "function", {"function": "square"}),
        (lambda x: rows(x).exp(), "function", {"function": "exponential"}),
        (lambda x: rows(x).relu(), "function", {"function": "relu"}),
        (lambda x: rows(x).sigmoid(), "function", {"function": "sigmoid"}),
        (lambda x: 1 / rows(x), "function", {"function": "reciprocal"}),
        (lambda x: 1 - rows(x), "function", {"function": "difference from 1"}),
        (lambda x: rows(x).floor(), "function", {"function": "floor"}),
        (
            lambda x: rows(x).softmax(1),
            "function",
            {"function": "softmax", "axis": "1"},
        ),
        (
            lambda x: rows(x).log_softmax(0),
            "function",
            {"function": "log_softmax", "axis": "0"},
        ),
        (lambda x: rows(x).cumsum(1), "function", {"function": "cumsum", "axis": "1"}),
    ],
)
def test_what_holds_everywhere(wrong, kind: str, facts: dict[str, str]) -> None:
    """One relation explains every number of every case, and is said alone."""
    assert found(wrong, rows, ROWS, ["x"]) == [
        Relation(kind, {"of": "the output", **facts})
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: -rows(x),
        lambda x: 2 * rows(x),
        lambda x: rows(x) + 1,
        lambda x: rows(x) + x,
        lambda x: x,
        lambda x: rows(x).abs(),
        lambda x: rows(x) ** 2,
        lambda x: rows(x).exp(),
        lambda x: rows(x).softmax(1),
        lambda x: rows(x).cumsum(1),
    ],
)
def test_one_number_off_by_a_millionth_is_silent(wrong) -> None:
    """Nearly is not at all."""
    said = kinds(found(one_off(wrong), rows, ROWS, ["x"]))
    # The running sum is right at its first place, and so is the one that is off.
    assert [kind for kind in said if kind != "at_an_end"] == []


def test_a_logarithm_is_said_where_there_is_one() -> None:
    """Truths that are positive have logarithms and roots."""
    for wrong, name in (
        (torch.Tensor.log, "logarithm"),
        (torch.Tensor.sqrt, "square root"),
    ):
        relations = found(lambda x, w=wrong: w(x.exp()), torch.exp, ROWS, ["argument"])
        assert relations[0].facts.get("function", name) == name
    # The logarithm of exp(x) is x: both hold, and the simpler one is said.
    assert kinds(found(lambda x: x, torch.exp, ROWS, ["x"])) == ["unchanged"]


def test_two_factors_are_no_factor() -> None:
    """A number that differs from case to case is none, unless a size explains it."""
    factors = iter([3.0, 7.0, 11.0])

    assert found(lambda x: next(factors) * rows(x), rows, ROWS, ["x"]) == []


def test_a_case_that_passes_contradicts_a_factor() -> None:
    """What is right in one case is not twice the right one everywhere."""

    def wrong(x: torch.Tensor) -> torch.Tensor:
        return rows(x) * (2 if len(x) > 2 else 1)

    assert found(wrong, rows, ROWS, ["x"]) == []


def test_one_number_is_no_evidence() -> None:
    """Any number is some factor of any other."""
    asked = [[drawn(1, 1)]]

    assert found(lambda x: 2 * rows(x), rows, asked, ["x"]) == []
    assert found(lambda x: 2 * x[0, 0], lambda x: x[0, 0], asked, ["x"]) == []


def test_equal_numbers_are_no_evidence() -> None:
    """Where all right numbers are the same, a factor and a sum cannot be told apart."""
    asked = [[torch.ones(4, 5, dtype=torch.float64)]]

    assert found(lambda x: 2 * x, lambda x: x.clone(), asked, ["x"]) == []


def test_an_example_for_a_pencil_is_no_evidence() -> None:
    """A kernel that turned round is its own negative proves nothing of signs."""
    x = torch.arange(1.0, 13.0, dtype=torch.float64).reshape(3, 4)

    assert found(lambda x: -x, lambda x: x.clone(), [[x]], ["y"]) == []
    asked = [[x], [x.flip(0)]]
    assert kinds(found(lambda x: -x, lambda x: x.clone(), asked, ["y"])) == ["sign"]


IMAGES = [[drawn(3, 2, 5, 7)], [drawn(4, 3, 6, 5)]]


@pytest.mark.parametrize(
    ("wrong", "oracle", "facts"),
    [
        (
            lambda x: x.sum(0),
            lambda x: x.mean(0),
            {"size": "the batch size (x.shape[0])", "form": "size", "values": "3, 4"},
        ),
        (
            lambda x: x.mean((2, 3)),
            lambda x: x.sum((2, 3)),
            {
                "size": "x.shape[2] * x.shape[3]",
                "form": "1/size",
                "values": "1/35, 1/30",
            },
        ),
        (
            lambda x: x.var(1),
            lambda x: x.var(1, correction=0),
            {"size": "x.shape[1]", "form": "size/(size-1)", "values": "3/2, 2"},
        ),
        (
            lambda x: x.cos(),
            lambda x: x.cos() / math.sqrt(x.shape[3]),
            {"size": "x.shape[3]", "form": "sqrt", "values": "sqrt(5), sqrt(7)"},
        ),
        (
            lambda x: -x.sum(0),
            lambda x: x.mean(0),
            {
                "size": "the batch size (x.shape[0])",
                "form": "size",
                "sign": "turned",
                "values": "-4, -3",
            },
        ),
    ],
)
def test_a_factor_is_named_by_the_size_that_it_is(wrong, oracle, facts) -> None:
    """A sum for a mean, and the like: the same size explains every case."""
    (relation,) = found(wrong, oracle, IMAGES, ["x"])

    del relation.facts["sizes"]
    assert relation == Relation("factor", {"of": "the output", **facts})


def test_a_constant_factor_is_named_where_one_size_alone_has_it() -> None:
    """3 is the batch size: no other size of the call is 3."""
    (relation,) = found(lambda x: 3 * rows(x), rows, [[drawn(3, 2, 5, 7)]], ["x"])

    assert relation.facts["factor"] == "3"
    assert relation.facts["size"] == "the batch size (x.shape[0])"


@pytest.mark.parametrize(
    ("factor", "shape"), [(3, (3, 3, 5, 7)), (2, (2, 3, 5, 7)), (11, (2, 3, 5, 7))]
)
def test_a_factor_that_two_sizes_or_none_explain_has_no_name(factor, shape) -> None:
    """Two axes of size 3, and 2, which is so often a factor, get the number alone."""
    (relation,) = found(lambda x: factor * rows(x), rows, [[drawn(*shape)]], ["x"])

    assert relation == Relation("factor", {"of": "the output", "factor": str(factor)})


def test_a_factor_that_is_one_in_a_case_that_passes() -> None:
    """A batch of one is right, and its size is 1: the name explains it, too."""
    asked = [*IMAGES, [drawn(1, 2, 5, 7)]]
    (relation,) = found(lambda x: x.sum(0), lambda x: x.mean(0), asked, ["x"])

    assert relation.facts["size"] == "the batch size (x.shape[0])"


def test_numbers_of_many_calls() -> None:
    """Integers, one a call: off by one everywhere, or twice as many."""

    def size(n: int, k: int) -> int:
        return n - k + 1

    asked = [[n, k] for n in range(5, 12) for k in (2, 3, 5)]
    assert found(lambda n, k: n - k, size, asked, ["n", "k"])[0] == Relation(
        "offset", {"of": "the output", "number": "1", "sign": "less"}
    )
    doubled = found(lambda n, k: 2 * size(n, k), size, asked, ["n", "k"])
    assert doubled == [Relation("factor", {"of": "the output", "factor": "2"})]
    (same,) = found(lambda n, k: n, size, asked, ["n", "k"])
    assert same == Relation("unchanged", {"of": "the output", "argument": "n"})
    assert found(lambda n, k: n - k, size, asked[:2], ["n", "k"]) == []


def test_float32_is_left_aside_where_there_is_float64() -> None:
    """Rounding in float32 would blur what float64 shows exactly."""
    double = runs_of(lambda x: 2 * rows(x), rows, ROWS, ["x"])
    single = runs_of(
        lambda x: 2.001 * rows(x), rows, ROWS, setting=SETTINGS["cpu float32"]
    )

    assert kinds(relations_of([*single, *double])) == ["factor"]


def test_odd_values_are_no_trouble() -> None:
    """NaN, infinity, nothing at all, huge integers, booleans, words and None."""
    odd = torch.tensor([torch.nan, torch.inf, -torch.inf, 0.0] * 3, dtype=torch.float64)
    answers = [
        (odd, odd + 1),
        (odd, torch.zeros(12, dtype=torch.float64)),
        (torch.zeros(0, 3), torch.zeros(0, 4)),
        (torch.tensor(True), torch.tensor(False)),
        (2**70, 2**70 + 1),
        (torch.tensor([2**62] * 9), torch.tensor([2**62 + 1] * 9)),
        (None, torch.ones(3)),
        ("three", 3),
        ([1, 2], (1, 2, 3)),
        (torch.ones(3, dtype=torch.complex64), torch.ones(3)),
        (torch.ones(400, 400), torch.zeros(400, 400)),
        (torch.ones(3).to_sparse(), torch.ones(3)),
        ({"a": 1}, {"b": 2}),
        (True, 1),
    ]
    for got, expected in answers:
        runs = runs_of(lambda: 0, lambda: 0, [[]] * 2)
        for run in runs:
            run.compared[0] = Compared("the output", got, expected, False)
        assert relations_of(runs) == []
    assert relations_of([]) == []


def test_nothing_is_near_infinity() -> None:
    """A finite number is no rounding error away from an infinite one."""
    wanted = torch.tensor([torch.inf, -torch.inf, torch.nan, 2.0], dtype=torch.float64)
    got = torch.tensor([1e308, -torch.inf, torch.nan, 2.0], dtype=torch.float64)

    for elementwise in (True, False):
        same = close_to(got, wanted, 1e-9, elementwise)
        assert same.tolist() == [False, True, True, True]
